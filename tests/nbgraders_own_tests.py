"""nbgrader's own tests with our steps in its place: `python -m tests.nbgraders_own_tests [WORDS OF -k]`.

They are installed with nbgrader. Each runs without our steps and with them; what passes without and fails
with them is printed, with the reason if that is deliberate (docs/any-course.md). It takes twenty minutes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

DELIBERATE = {
    "test_handle_failure": "a mangled notebook is put right and graded, where nbgrader stops",
    "test_handle_failure_single_notebook": "a mangled notebook is put right and graded, where nbgrader stops",
}
_FILES = (
    *("apps/test_nbgrader_autograde.py", "apps/test_nbgrader_generate_feedback.py", "apps/test_api.py"),
    *("apps/test_nbgrader_quickstart.py", "apps/test_nbgrader_generate_assignment.py"),
    *("apps/test_nbgrader_generate_solution.py", "apps/test_nbgrader_validate.py", "test_validator.py"),
    "preprocessors",
)
_CONFIG = "import nbexaminer\nc = get_config()\nnbexaminer.configure(c)\n"
_OUTCOMES, _WITH = "OWN_TESTS_OUTCOMES", "OWN_TESTS_WITH"  # in the environment: where to, and whether


def outcomes(words: str, with_steps: bool) -> dict[str, str]:
    """Run those of nbgrader's tests that pytest's -k selects; return what came of each, by its name."""
    import nbgrader

    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "pytest.ini").write_text("[pytest]\n")
        (folder / "config").mkdir()
        (folder / "config" / "nbgrader_config.py").write_text(_CONFIG)
        own = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
        found = folder / "outcomes.json"
        environment = os.environ | {
            "PATH": own,
            "PYTHONPATH": str(Path(__file__).parent),
            _OUTCOMES: str(found),
        }
        if with_steps:
            environment |= {"JUPYTER_CONFIG_PATH": str(folder / "config"), _WITH: "1"}
        tests = [str(Path(nbgrader.__file__).parent / "tests" / name) for name in _FILES]
        options = ["-c", "pytest.ini", "--rootdir", scratch, "-q", "-p", Path(__file__).stem, "-k", words]
        options += ["-p", "no:cacheprovider", "-p", "no:xdist"]
        subprocess.run(
            [sys.executable, "-m", "pytest", *options, *tests],
            cwd=folder,
            env=environment,
            stdout=subprocess.DEVNULL,
            check=False,
        )
        known: dict[str, str] = json.loads(found.read_text())
        return known


# --------------------------------------------------------------------------------------------------
# as a plugin of the pytest that runs them

_found: dict[str, str] = {}


def pytest_configure() -> None:
    if os.environ.get(_WITH):
        _configure_api()


def _configure_api() -> None:
    """nbgrader's API gets its configuration from the test, which knows no file."""
    from nbgrader.apps.api import NbGraderAPI
    from traitlets.config import Config

    import nbexaminer

    ours = Config()
    nbexaminer.configure(ours)
    plain = NbGraderAPI.__init__

    def configured(self, *args, **kwargs):
        if "config" in kwargs:
            merged = Config(ours)
            merged.merge(kwargs["config"])
            kwargs["config"] = merged
        plain(self, *args, **kwargs)

    NbGraderAPI.__init__ = configured


def pytest_runtest_logreport(report) -> None:
    name = report.nodeid.rpartition("::")[2]
    if report.when == "call" or report.outcome != "passed":
        _found[name] = report.outcome if report.when == "call" else f"{report.when} {report.outcome}"


def pytest_sessionfinish() -> None:
    if where := os.environ.get(_OUTCOMES):
        Path(where).write_text(json.dumps(_found))


if __name__ == "__main__":
    selected = " ".join(sys.argv[1:])
    without, with_ours = (outcomes(selected, with_steps) for with_steps in (False, True))
    passed = {name for name, outcome in without.items() if outcome == "passed"}
    lost = sorted(name for name in passed if with_ours.get(name) != "passed")
    print(f"{len(passed)} of {len(without)} pass without our steps; {len(lost)} of these fail with them")
    for name in lost:
        print(f"    {name}: {DELIBERATE.get(name, 'NOT DELIBERATE')}")
