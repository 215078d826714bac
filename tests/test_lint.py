"""The linter of source notebooks: the source passes; each rule finds a notebook broken in just that way."""

import json
import shutil
from pathlib import Path

import nbformat
import pytest

from nbexaminer.course.course import Course
from nbexaminer.course.lint import Level, lint

COURSE = Path(__file__).parent.parent
SOURCES = sorted(path.name for path in (COURSE / "source").iterdir() if path.is_dir())
SOLUTION = """def half(x):
    ### START CODE HERE ### (≈ 1 line)
    y = x / 2
    ### END CODE HERE ###
    return y"""
TEST = """assert half(2) == 1
### BEGIN HIDDEN TESTS
from reference import hidden_tests
check = hidden_tests.half(half, points=5)
### END HIDDEN TESTS"""
PROSE = "# Halves\n\nA *half* is $x / 2$. 一半就是除以二。\n\n![a circle cut in two](images/half.svg)"


@pytest.mark.parametrize("assignment", SOURCES)
def test_the_source_passes(assignment):
    assert lint(Course(COURSE), assignment) == []


@pytest.fixture
def notebook():
    """A small notebook that follows every rule."""

    def cell(grade_id, source, **nbgrader):
        cell = nbformat.v4.new_code_cell(source, id=grade_id.replace("_", "-"))
        roles = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
        cell.metadata["nbgrader"] = roles | {"grade_id": grade_id} | nbgrader
        return cell

    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell(PROSE, id="halves"),
            cell("half", SOLUTION, solution=True),
            cell("test_half", TEST, grade=True, locked=True, points=5),
        ]
    )
    notebook.metadata = nbformat.from_dict({"language_info": {"name": "python"}})
    return notebook


@pytest.fixture
def problems(tmp_path):
    """Return a function that lints a notebook; it stands beside one image."""
    folder = tmp_path / "source" / "halves"
    (folder / "images").mkdir(parents=True)
    (folder / "images" / "half.svg").write_text("<svg/>")

    shutil.copy(COURSE / "nbgrader_config.py", tmp_path)
    course = Course(tmp_path)

    def problems(notebook):
        (folder / "halves.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
        return [problem.text for problem in lint(course, "halves")]

    return problems


def test_a_tidy_notebook_passes(notebook, problems):
    assert problems(notebook) == []


def test_a_test_may_pass_functions(notebook, problems):
    code(notebook, 2, ASSERT, "def two():\n    return 2\nassert half(x=two) == half(lambda: 2) == half(half)")
    assert problems(notebook) == []


def prose(notebook, old, new):
    notebook.cells[0].source = notebook.cells[0].source.replace(old, new)


def code(notebook, index, old, new):
    notebook.cells[index].source = notebook.cells[index].source.replace(old, new)


MARKER = "    ### END CODE HERE ###\n"
HIDDEN = "### BEGIN HIDDEN TESTS\n"
ASSERT = "assert half(2) == 1"
BROKEN = {
    "looks-into-the-process": (
        lambda n: code(n, 2, ASSERT, "import sys\nassert sys.modules"),
        "line 2: it looks into the process of a kernel (sys.modules); if it passes in one process only",
    ),
    "reads-a-students-variable": (
        lambda n: code(n, 2, ASSERT, "def check():\n    assert half(mine) == 1\ncheck()"),
        "line 2: it reads 'mine', which no cell before it defines",
    ),
    "test-is-not-python": (lambda n: code(n, 2, ASSERT, "assert half(2) = 1"), "line 1: it is not Python"),
    "old-format": (lambda n: n.update(nbformat_minor=4), "older than 4.5"),
    "not-valid": (lambda n: n.cells[1].pop("outputs"), "cells/1 is not valid"),
    "no-id": (lambda n: n.cells[1].pop("id"), "'id' is a required property"),
    "id-twice": (lambda n: n.cells[0].update(id="half"), "2 cells have the id 'half'"),
    "random-id": (lambda n: n.cells[0].update(id="5b1e0c7a"), "not '5b1e0c7a'"),
    "outputs": (
        lambda n: n.cells[1].outputs.append(nbformat.v4.new_output("stream", text="1")),
        "cell 1 (half): strip its outputs",
    ),
    "execution-count": (lambda n: n.cells[2].update(execution_count=3), "cell 2 (test_half): strip"),
    "cell-metadata": (lambda n: n.cells[0].metadata.update(collapsed=True), "remove 'collapsed'"),
    "tag": (lambda n: n.cells[2].metadata.update(tags=["skip-execution"]), "its tag 'skip-execution'"),
    "nbgrader-metadata": (lambda n: n.cells[2].metadata.nbgrader.update(checksum="1"), "remove 'checksum'"),
    "notebook-metadata": (lambda n: n.metadata.update(authors=[]), "remove 'authors'"),
    "language-version": (lambda n: n.metadata.language_info.update(version="3.12"), "remove 'version'"),
    "grade-id-twice": (lambda n: n.cells.append({**n.cells[2], "id": "again"}), "2 cells have the grade_id"),
    "marker-missing": (lambda n: code(n, 1, MARKER, ""), "its partner"),
    "marker-twice": (lambda n: code(n, 1, MARKER, MARKER * 2), "its partner"),
    "markers-swapped": (
        lambda n: code(n, 1, SOLUTION, "### END CODE HERE ###\ny = 1\n### START CODE HERE ###"),
        "its partner",
    ),
    "no-solution": (lambda n: code(n, 1, "y = x / 2", "# think"), "write the solution"),
    "no-test": (lambda n: n.cells.pop(), "cell 1 (half): put a test cell with the grade_id 'test_half'"),
    "test-first": (lambda n: n.cells.reverse(), "put a test cell"),
    "no-solution-cell": (lambda n: n.cells.pop(1), "cell 1 (test_half): call it as a solution cell"),
    "no-hidden-tests": (
        lambda n: code(n, 2, TEST, "assert half(2) == 1"),
        "give it one line '### BEGIN HIDDEN",
    ),
    "hidden-unpaired": (lambda n: code(n, 2, HIDDEN, ""), "one line '### END HIDDEN"),
    "points-differ": (
        lambda n: n.cells[2].metadata.nbgrader.update(points=4),
        "let its hidden test give points=4",
    ),
    "points-not-given": (lambda n: code(n, 2, ", points=5", ""), "let its hidden test give points=5"),
    "no-alt-text": (lambda n: prose(n, "a circle cut in two", ""), "describe the image 'images/half.svg'"),
    "short-alt-text": (lambda n: prose(n, "a circle cut in two", "figure"), "it is 'figure'"),
    "alt-text-is-file": (lambda n: prose(n, "a circle cut in two", "images/half"), "it is 'images/half'"),
    "html-without-alt": (
        lambda n: prose(n, "![a circle cut in two](images/half.svg)", '<img src="images/half.svg">'),
        "describe the image 'images/half.svg'",
    ),
    "image-missing": (lambda n: prose(n, "half.svg", "third.svg"), "put the image 'images/third.svg' beside"),
    "image-elsewhere": (lambda n: prose(n, "images/", "https://example.org/"), "put the image 'https:"),
    "no-chinese": (lambda n: prose(n, "一半就是除以二。", ""), "say it in Chinese too"),
    "no-english": (lambda n: prose(n, "A *half* is", ""), "say it in English too"),
    "absolute-path": (
        lambda n: code(n, 1, "x / 2", 'open("/data/x.txt")'),
        "'/data/' starts an absolute path",
    ),
    "home-folder": (lambda n: prose(n, "images/half", "~/half"), "'~/' starts an absolute path"),
}


@pytest.mark.parametrize(("damage", "message"), BROKEN.values(), ids=BROKEN)
def test_each_rule_finds_what_breaks_it(notebook, problems, damage, message):
    damage(notebook)
    found = problems(notebook)
    assert any(message in problem for problem in found), found
    assert all(problem.startswith("source/halves/halves.ipynb") for problem in found)


@pytest.mark.parametrize(
    "text", ["## 1 - Halves", "$$y = x / 2$$", '<img src="images/half.svg" alt="a circle cut in two">']
)
def test_headings_formulas_and_figures_alone_need_no_chinese(notebook, problems, text):
    notebook.cells[0].source = text
    assert problems(notebook) == []


def test_a_file_that_is_no_notebook_and_a_folder_without_one_are_named(tmp_path):
    shutil.copy(COURSE / "nbgrader_config.py", tmp_path)
    course = Course(tmp_path)
    assert "holds no notebook" in lint(course, "halves")[0].text
    (tmp_path / "source" / "halves").mkdir(parents=True)
    (tmp_path / "source" / "halves" / "halves.ipynb").write_text("not JSON")
    [problem] = lint(course, "halves")
    assert "is no notebook" in problem.text and problem.level == Level.ERROR
