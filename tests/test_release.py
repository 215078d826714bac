"""The release: what is committed is what the source makes, it gives nothing away, and it runs."""

import re
import shutil
from pathlib import Path

import nbformat
import numpy as np
import pytest
from assignments import ASSIGNMENTS, hidden_tests
from nbclient import NotebookClient

from nbexaminer.course.course import Course
from nbexaminer.course.release import release as make_release

COURSE = Path(__file__).parent.parent
STUB = re.compile(r" +# Replace the next line .*\n +raise NotImplementedError\(.*\n")
ANSWER = re.compile(r"(?<=### START CODE HERE ###)(.*\n)(?s:(.*?))(?= +### END CODE HERE ###)")
HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS\n(?s:(.*?))### END HIDDEN TESTS\n")


def cells(folder):
    return nbformat.read(folder / f"{folder.name}.ipynb", as_version=4).cells


@pytest.fixture(scope="module", params=ASSIGNMENTS)
def assignment(request):
    return request.param


@pytest.fixture(scope="module")
def release(assignment, tmp_path_factory):
    root = tmp_path_factory.mktemp("course")
    shutil.copy(COURSE / "nbgrader_config.py", root)
    for folder in (f"source/{assignment}", "reference"):
        shutil.copytree(COURSE / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    make_release(Course(root), assignment)
    return root / "release" / assignment


@pytest.fixture(scope="module")
def released_text(release):
    return "\n".join(cell.source for cell in cells(release))


def test_what_is_committed_is_what_the_source_makes(release):
    assert contents(COURSE / "release" / release.name) == contents(release)


def test_what_lies_beside_the_notebook_is_in_it(release):
    beside = contents(COURSE / "source" / release.name)
    beside = {
        path: data
        for path, data in beside.items()
        if path.suffix != ".ipynb" and "__pycache__" not in path.parts
    }
    assert beside.items() <= contents(release).items()


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_only_answers_and_hidden_tests_are_left_out(release):
    """... and there is a stub for each answer; markers and hints stay."""
    expected = [
        HIDDEN.sub("", ANSWER.sub(r"\1", cell.source)) for cell in cells(COURSE / "source" / release.name)
    ]
    assert [STUB.sub("", cell.source) for cell in cells(release)] == expected
    solutions = [cell.source for cell in cells(release) if cell.metadata.get("nbgrader", {}).get("solution")]
    assert [len(STUB.findall(text)) for text in solutions] == [1] * len(hidden_tests(release.name).EXERCISES)


def test_no_line_of_an_answer_or_a_hidden_test_is_in_it(release, released_text):
    inside, outside = set(), ""
    for cell in cells(COURSE / "source" / release.name):
        for region in (ANSWER, HIDDEN):
            inside |= {
                line.strip()
                for found in region.finditer(cell.source)
                for line in found[found.lastindex].splitlines()
            }
        outside += HIDDEN.sub("", ANSWER.sub(r"\1", cell.source))
    telling = {line for line in inside if line not in outside}
    assert len(telling) > 30
    assert not {line for line in telling if line in released_text}


def test_nothing_of_the_reference_is_in_it(release, released_text):
    secrets = {"HIDDEN", "reference.", "reference import", "import hidden_tests", "nbexaminer"}
    for exercise in hidden_tests(release.name).EXERCISES:
        secrets |= {text for mistake in exercise.mistakes for text in (mistake.text.en, mistake.text.zh)}
        for case in exercise.cases:
            if "notebook's" not in case.label:
                secrets |= {case.label, *numbers(case.args)}
    assert len(secrets) > 400
    assert not {secret for secret in secrets if secret in released_text}


def numbers(value):
    """The first digits of what is in a hidden input, arrays inside tuples included."""
    if isinstance(value, tuple):
        return {text for item in value for text in numbers(item)}
    long = (f"{number:.5f}" for number in np.ravel(value)[:20]) if isinstance(value, np.ndarray) else ()
    return {text for text in long if not text.endswith("000")}


def test_it_runs_to_its_end_with_one_kind_message_for_each_exercise(release, tmp_path):
    shutil.copytree(release, tmp_path, dirs_exist_ok=True)
    notebook = nbformat.read(tmp_path / f"{release.name}.ipynb", as_version=4)
    NotebookClient(notebook, timeout=60, resources={"metadata": {"path": tmp_path}}).execute()
    for cell in notebook.cells:
        errors = [output for output in cell.get("outputs", ()) if output.output_type == "error"]
        assert len(errors) == bool(cell.metadata.get("nbgrader", {}).get("grade")), cell.source
        for error in errors:
            assert "is not answered yet" in error.evalue and "还没有作答" in error.evalue
            assert error.ename == "NotAnswered"
            assert error.traceback == [f"✗ {error.evalue}"]
        assert not any(output.get("name") == "stderr" for output in cell.get("outputs", ()))
