# make alone lists the targets. Each that needs it sets up .venv/ first, and again when a lock has changed.

PYTHON     ?= python3
ASSIGNMENT ?=
SITE       ?= site

VENV := .venv/bin
PIP  := $(VENV)/python -m pip --disable-pip-version-check -qq install
# What a developer runs between two edits, under a minute: no class is graded, no browser or kernel started.
QUICK := $(addprefix tests/test_,architecture wire wire_kinds lint steps input_hash cli equations)

CODE := nbexaminer reference bench examples figures tests website nbgrader_config.py
LOCK := $(VENV)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: help setup release bundle grade lab site lite quick test lint bench lock clean distclean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "Variables: ASSIGNMENT=$(ASSIGNMENT) (without one, all)  PYTHON=$(PYTHON)  SITE=$(SITE)"

setup: .venv/installed ## Make .venv/ and install what requirements.lock says; its Python finds reference/, too

release: setup ## Make release/ from source/, of ASSIGNMENT or of all
	$(VENV)/nbexaminer release $(ASSIGNMENT)

bundle: release ## Make a zip for students of ASSIGNMENT or of each: the released notebook, its images and data
	@cd release && for name in $(or $(ASSIGNMENT),*/); do \
		$(CURDIR)/$(VENV)/python -m zipfile -c "$(CURDIR)/$${name%/}.zip" "$${name%/}/" && echo "Made $${name%/}.zip."; done

grade: setup ## Grade submitted/ (or the sample classes, if empty) and write feedback/
	$(VENV)/nbexaminer autograde $(ASSIGNMENT)

lab: setup ## Open the course in JupyterLab
	$(VENV)/nbexaminer lab $(ASSIGNMENT)

site: setup ## Make the website in SITE from release/
	$(VENV)/python -m website --site $(SITE)

# PYODIDE=path (absolute) or address of a Pyodide distribution: put it into SITE/lite/ (docs/website.md)
lite: setup .venv-lite/installed ## ... with a JupyterLab in SITE/lite/ that runs in the browser alone
	$(VENV)/python -m website --site $(SITE) --lite
	@rm -rf .venv-lite/.jupyterlite.doit.db .venv-lite/.cache # else what is gone from SITE counts as made
	@cd .venv-lite && bin/jupyter-lite build --contents $(CURDIR)/release --output-dir $(abspath $(SITE))/lite \
		--apps lab --no-sourcemaps $(if $(PYODIDE),--pyodide $(PYODIDE)) >build.log 2>&1 \
		|| { cat build.log; exit 1; }
	@echo "JupyterLab in the browser: $(SITE)/lite/lab/index.html"

quick: setup .venv/tests-installed ## Run the tests that take no minute all together
	$(VENV)/pytest -q $(wildcard $(addsuffix .py,$(QUICK)))

test: setup .venv/tests-installed .venv-lite/installed ## Run all tests (installs a browser and PostgreSQL for them where none is found)
	@$(VENV)/python tests/browser.py
	@$(VENV)/python tests/postgres.py
	$(VENV)/pytest

lint: setup .venv/tests-installed ## Check style, types and imports of the code, and form of the notebooks
	$(VENV)/ruff check $(CODE)
	$(VENV)/ruff format --check $(CODE)
	$(VENV)/lint-imports
	$(VENV)/mypy
	$(VENV)/nbexaminer lint --style

bench: setup .venv/tests-installed ## Measure the figures of speed and memory (about ten minutes; leave the machine alone)
	$(VENV)/python -m bench

lock: .venv/bin/python ## Resolve all requirements.txt into the lock files anew
	$(PIP) uv==0.13.9
	$(LOCK) pyproject.toml requirements.txt -o requirements.lock
	$(LOCK) -c requirements.lock tests/requirements.txt -o tests/requirements.lock
	$(LOCK) -c requirements.lock website/lite-requirements.txt -o website/lite-requirements.lock

clean: ## Remove what grading made and caches; keep submitted/, records/, gradebook.db and .venv/
	@find autograded feedback report -mindepth 1 -maxdepth 1 ! -name README.md -exec rm -rf {} + \
		2>/dev/null || true
	@find . -name '.venv*' -prune -o \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune \
		-exec rm -rf {} +
	@rm -rf site build dist *.egg-info .pytest_cache .ruff_cache .nbgrader.log

distclean: clean ## ... and remove gradebook.db (all grades!) and .venv/ too
	@rm -rf .venv .venv-lite gradebook.db*

.venv/bin/python:
	@$(PYTHON) -c 'import sys; v = sys.version.split()[0]; sys.version_info >= (3, 11) or sys.exit( \
		f"Python 3.11 or newer is needed; $(PYTHON) is {v}. Name another one: make PYTHON=python3.12")'
	@echo "Making .venv/ with $$($(PYTHON) --version) ..."
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

.venv/installed: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Installing requirements.lock (once; about a minute) ..."
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@echo "$(CURDIR)" >"$$($(VENV)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/course.pth"
	@touch $@

.venv/tests-installed: tests/requirements.lock .venv/installed
	@echo "Installing tests/requirements.lock ..."
	@$(PIP) --require-hashes -r tests/requirements.lock
	@touch $@

.venv-lite/installed: website/lite-requirements.lock website/lite-wheels.txt | .venv/bin/python
	@echo "Installing website/lite-requirements.lock ..."
	@$(VENV)/python -m venv .venv-lite || { rm -rf .venv-lite; exit 1; }
	@.venv-lite/bin/python -m pip --disable-pip-version-check -qq install --require-hashes \
		-r website/lite-requirements.lock
	@.venv-lite/bin/python -m pip --disable-pip-version-check -qq download --require-hashes --no-deps \
		-r website/lite-wheels.txt -d .venv-lite/pypi
	@touch $@
