"""What we add to nbgrader's steps: the release's markers, mangled notebooks, checks that did not end."""

import random
import re
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.preprocessors import CheckCellMetadata, OverwriteCells, OverwriteKernelspec
from nbgrader.utils import compute_checksum, is_grade, is_solution

from nbexaminer.course.preprocessors import KeepMarkers, RestoreCells
from nbexaminer.engine.cells import grade_id

ASSIGNMENT = "cnn-step-by-step"
SOURCE = Path(__file__).parent.parent / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"


# ------------------------------------------------------------------------------------ KeepMarkers


def keep_markers(cell, solution=True):
    cell.metadata.nbgrader = {"grade_id": "answer", "solution": solution, "grade": False, "locked": False}
    step = KeepMarkers(
        begin_solution_delimeter="START CODE HERE",
        end_solution_delimeter="END CODE HERE",
        code_stub={"python": "# comment\nraise NotImplementedError"},
    )
    notebook, _ = step.preprocess(new_notebook(cells=[cell]), {})
    return notebook.cells[0].source


@pytest.mark.parametrize(
    "cell",
    [cell for cell in nbformat.read(SOURCE, as_version=4).cells if is_solution(cell)],
    ids=grade_id,
)
def test_only_what_is_between_the_markers_is_replaced(cell):
    region = re.compile(r"(?<= START CODE HERE ###)(.*\n)(?s:(.*?))( *)(?=### END CODE HERE ###)")
    stub = r"\1\3# comment\n\3raise NotImplementedError\n\3"
    assert keep_markers(new_code_cell(cell.source)) == region.sub(stub, cell.source)


def test_the_stub_stands_at_the_indentation_of_its_own_marker():
    source = "# START CODE HERE\nx = 1\n# END CODE HERE\nif x:\n    # START CODE HERE\n    # END CODE HERE\n"
    assert keep_markers(new_code_cell(source)) == (
        "# START CODE HERE\n# comment\nraise NotImplementedError\n# END CODE HERE\nif x:\n"
        "    # START CODE HERE\n    # comment\n    raise NotImplementedError\n    # END CODE HERE\n"
    )


def test_the_markers_of_nbgrader_itself_do_as_well():
    source = "def f(x):\n    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION\n"
    assert keep_markers(new_code_cell(source)) == (
        "def f(x):\n    # comment\n    raise NotImplementedError\n"
    )


def test_an_answer_without_markers_is_all_replaced():
    assert keep_markers(new_code_cell("secret = 1")) == "# comment\nraise NotImplementedError"


def test_prose_may_speak_of_the_markers():
    prose = "Write between `### START CODE HERE ###` and `### END CODE HERE ###`."
    assert keep_markers(new_markdown_cell(prose), solution=False) == prose


@pytest.mark.parametrize("lines", ["START", "END", "START START END", "START END END", "END START"])
def test_a_marker_without_its_partner_is_refused(lines):
    source = "\n".join(f"# {word} CODE HERE\nx = 1" for word in lines.split())
    with pytest.raises(RuntimeError, match="CODE HERE"):
        keep_markers(new_code_cell(source))


def test_an_answer_outside_a_solution_cell_is_refused():
    with pytest.raises(RuntimeError, match="non-solution cell"):
        keep_markers(new_code_cell("# START CODE HERE\nx = 1\n# END CODE HERE"), solution=False)


# ----------------------------------------------------------------------------------- RestoreCells


@pytest.fixture
def submission(released):
    return nbformat.read(released / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", as_version=4)


@pytest.fixture
def restore(released):
    """Run the step and those of nbgrader that follow it; return the notebook and the note at its top."""

    def run(notebook):
        place = {
            "notebook": ASSIGNMENT,
            "assignment": ASSIGNMENT,
            "db_url": f"sqlite:///{released}/gradebook.db",
        }
        resources = {"nbgrader": place}
        for step in (RestoreCells, OverwriteKernelspec, OverwriteCells, CheckCellMetadata):
            notebook, resources = step().preprocess(notebook, resources)
        nbformat.validate(notebook)
        check_instructors_cells(notebook)
        first = notebook.cells[0].source
        return notebook, first if first.startswith("**Put right") else ""

    return run


def check_instructors_cells(notebook):
    """Every graded and every locked cell of the source is there once, as it is in the source."""
    source = {grade_id(c): c for c in nbformat.read(SOURCE, as_version=4).cells if grade_id(c)}
    present = [grade_id(cell) for cell in notebook.cells if grade_id(cell)]
    assert len(present) == len(set(present))
    assert {name for name, cell in source.items() if not is_solution(cell)} <= set(present) <= set(source)
    for cell in notebook.cells:
        assert not cell.metadata.get("tags")
        if name := grade_id(cell):
            kept = {key: cell.metadata.nbgrader.get(key) for key in source[name].metadata.nbgrader}
            assert kept == source[name].metadata.nbgrader
            assert cell.cell_type == source[name].cell_type
            if not is_solution(cell):
                assert cell.source == source[name].source
                assert compute_checksum(cell) == cell.metadata.nbgrader.checksum
    for name in present:
        if name.startswith("test_"):
            before = [answer for answer in list(source)[: list(source).index(name)] if answer in present]
            answers = [answer for answer in before if is_solution(source[answer])]
            assert all(present.index(answer) < present.index(name) for answer in answers)
            tests = [test for test in before if test.startswith("test_")]
            assert all(present.index(test) < present.index(name) for test in tests)
            assert present.index("setup") < present.index("checks") < present.index(name)


def at(notebook, name):
    return [grade_id(cell) for cell in notebook.cells].index(name)


def names(notebook):
    return [grade_id(cell) for cell in notebook.cells if grade_id(cell)]


def test_what_is_in_order_stays(submission, restore):
    expected = [(grade_id(cell), cell.source) for cell in submission.cells if not is_grade(cell)]
    notebook, note = restore(submission)
    assert [(grade_id(cell), cell.source) for cell in notebook.cells if not is_grade(cell)] == expected
    assert not note


def test_the_last_copy_of_a_cell_counts(submission, restore):
    for name in ("zero_pad", "test_zero_pad"):
        copy = nbformat.from_dict(submission.cells[at(submission, name)])
        submission.cells.insert(at(submission, name), copy)
    submission.cells[at(submission, "zero_pad") + 1].source = "the last"
    notebook, note = restore(submission)
    assert notebook.cells[at(notebook, "zero_pad")].source == "the last"
    assert notebook.cells[at(notebook, "zero_pad") - 1].source.startswith("def zero_pad")
    assert "`zero_pad` was there more than once" in note and "出现了多次" in note


def test_a_missing_test_is_back_in_its_place(submission, restore):
    order = names(submission)
    del submission.cells[at(submission, "test_conv_forward")]
    notebook, note = restore(submission)
    assert names(notebook) == order
    assert "`test_conv_forward` was missing; it is back in its place" in note


def test_missing_helpers_are_back_in_their_place(submission, restore):
    order = names(submission)
    submission.cells = [
        c for c in submission.cells if grade_id(c) not in ("setup", "checks", "demo_zero_pad")
    ]
    notebook, note = restore(submission)
    assert names(notebook) == order
    assert note.count("was missing; it is back in its place") == 3


def test_a_missing_answer_is_told(submission, restore):
    del submission.cells[at(submission, "conv_forward")]
    notebook, note = restore(submission)
    assert "`conv_forward` is missing" in note and "conv_forward" not in names(notebook)


def test_a_test_above_its_answer_moves_right_below_it(submission, restore):
    submission.cells.insert(0, submission.cells.pop(at(submission, "test_pool_forward")))
    order = names(nbformat.read(SOURCE, as_version=4))
    notebook, note = restore(submission)
    assert names(notebook) == order and "`test_pool_forward` stands below its answer again" in note


def test_a_test_below_its_answer_stays_if_no_other_test_comes_between(submission, restore):
    test = submission.cells.pop(at(submission, "test_pool_backward"))
    submission.cells.append(test)
    notebook, note = restore(submission)
    assert names(notebook)[-1] == "test_pool_backward" and not note


@pytest.mark.parametrize(
    ("moved", "before"), [("test_conv_forward", "test_zero_pad"), ("test_zero_pad", None)]
)
def test_tests_run_in_the_order_of_the_source(submission, restore, moved, before):
    """What a test is given, a correct helper say, must not help in one that comes before it."""
    order = [name for name in names(submission) if name.startswith("test_")]
    test = submission.cells.pop(at(submission, moved))
    submission.cells.insert(at(submission, before) if before else len(submission.cells), test)
    notebook, note = restore(submission)
    assert [name for name in names(notebook) if name.startswith("test_")] == order
    assert f"`{moved}` stands below" in note


def test_the_set_up_moves_above_the_tests(submission, restore):
    submission.cells.append(submission.cells.pop(at(submission, "setup")))
    notebook, note = restore(submission)
    assert names(notebook)[0] == "setup" and "`setup` stands above the checks again" in note


@pytest.mark.parametrize("seed", range(20))
def test_any_order_and_any_loss_is_put_right(submission, restore, seed):
    """What must hold is in check_instructors_cells."""
    draw = random.Random(seed)
    cells = draw.sample(submission.cells, draw.randrange(len(submission.cells)))
    submission.cells = cells + draw.sample(cells, len(cells) // 3)
    restore(nbformat.from_dict(submission))


def test_no_cell_left(submission, restore):
    submission.cells = []
    restore(submission)


def test_a_changed_test_gets_the_course_text(submission, restore):
    submission.cells[at(submission, "test_zero_pad")].source = "15.0"
    _, note = restore(submission)
    assert note.count("has the course's text again") == 1


@pytest.mark.parametrize(
    "metadata",
    [
        {"points": 1000},
        {"grade": False},
        {"solution": True, "locked": False},
        {"schema_version": 1},
        {"schema_version": 99},
        {"points": "many", "checksum": 3, "more": {}},
    ],
    ids=str,
)
def test_metadata_of_a_submission_decides_nothing(submission, restore, metadata):
    for cell in submission.cells:
        if grade_id(cell):
            cell.metadata.nbgrader.update(metadata)
    assert not restore(submission)[1]


@pytest.mark.parametrize(
    "metadata", [{}, [], "text", None, {"grade_id": "unknown"}, {"grade_id": ["x"]}], ids=str
)
def test_foreign_metadata_is_dropped(submission, restore, metadata):
    submission.cells.append(new_code_cell("1", metadata={"nbgrader": metadata}))
    notebook, note = restore(submission)
    assert notebook.cells[-1].metadata == {} and not note


def test_tags_and_old_outputs_are_dropped(submission, restore):
    for cell in submission.cells:
        cell.metadata.tags = ["skip-execution", "raises-exception"]
        if cell.cell_type == "code":
            cell.outputs = [new_output("execute_result", {"text/plain": "15.0"})]
            cell.execution_count = 7
    notebook, _ = restore(submission)  # looks at the tags
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not any(cell.outputs or cell.execution_count for cell in code)


@pytest.mark.parametrize("kind", ["markdown", "raw"])
def test_cell_types_are_put_right(submission, restore, kind):
    for name in ("zero_pad", "test_zero_pad", "setup"):
        cell = submission.cells[at(submission, name)]
        cell.cell_type = kind
        del cell["outputs"], cell["execution_count"]
    _, note = restore(submission)
    assert note.count("is a code cell again") == 3


@pytest.mark.parametrize("minor", range(6))
def test_cell_ids_may_be_missing_or_alike(submission, restore, minor):
    submission.nbformat_minor = minor
    for number, cell in enumerate(submission.cells):
        cell.id = "same"
        if number % 2:
            del cell["id"]
    restore(submission)
