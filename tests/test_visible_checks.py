"""Guards "the visible check never praises what is wrong or does not run" (docs/architecture.md).

Every known mistake that costs points fails its visible check; and a check says what is the matter with the
cell itself: an error when it was run, the `raise` line left in, not answered.
"""

from __future__ import annotations

import functools
import re

import answers_that_are_fast
import answers_that_learn
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from assignments import EXERCISES, OF, notebook_path
from IPython.core.interactiveshell import InteractiveShell
from notebook_answers import solution_cells, submitted
from student_answers import USUAL, edited
from unusual_answers import UNUSUAL

STEP_BY_STEP = "cnn-step-by-step"
UNUSUAL = UNUSUAL | answers_that_learn.UNUSUAL | answers_that_are_fast.UNUSUAL
KNOWN = [(exercise.name, mistake) for exercise in EXERCISES.values() for mistake in exercise.mistakes]
# What no small example can show, because nothing is wrong with the result that an example would show.
CANNOT_BE_SHOWN = {
    "single-precision": "the result is right to 7 digits, more than the notebook prints; it costs nothing",
}
HIDDEN = re.compile(r"### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS\n", re.DOTALL)
STUB = '    # Replace the next line with your code.\n    raise NotImplementedError("not answered yet")\n'


@functools.cache
def cells_of(assignment):
    """The text of each code cell by its grade_id, as students get it, but for the answers."""
    notebook = nbformat.read(notebook_path(assignment), as_version=4)
    named = (
        (cell.metadata.nbgrader.grade_id, cell) for cell in notebook.cells if "nbgrader" in cell.metadata
    )
    return {name: HIDDEN.sub("", cell.source) for name, cell in named}


@functools.cache
def namespace_of(assignment):
    """The helpers and the instructor's answers, as under grading: no cell of a student's was run."""
    namespace, cells = {"np": np, "plt": plt}, cells_of(assignment)
    exec(cells["setup"][cells["setup"].index("EXERCISES") :], namespace)
    exec(cells["checks"], namespace)
    for module in sorted(notebook_path(assignment).parent.glob("*.py")):
        exec(module.read_text(encoding="utf-8"), namespace)
    for source in solution_cells(assignment).values():
        exec(source, namespace)
    return namespace


@pytest.fixture(scope="module")
def cells():
    return cells_of(STEP_BY_STEP)


class Student:
    """A notebook in which cells are run one after the other, as a kernel runs them."""

    def __init__(self, cells):
        self.cells = cells
        self.shell = InteractiveShell.instance()
        self.shell.reset()
        self.shell.user_ns.update(np=np, plt=plt)
        self.run(cells["setup"][cells["setup"].index("EXERCISES") :])
        self.run(cells["checks"])

    def run(self, source):
        return self.shell.run_cell(source, store_history=True)

    def answer(self, name, source=None):
        return self.run(source or self.cells[name])

    def check(self, name):
        """Run a check; return what it says if it fails, "" if it passes."""
        ran = self.run(self.cells[f"test_{name}"])
        assert ran.error_before_exec is None
        error = ran.error_in_exec
        assert error is None or type(error).__name__ in ("CheckFailed", "NotAnswered"), repr(error)
        return str(error or "")


@pytest.fixture
def student(cells, monkeypatch, capsys):
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    yield Student(cells)
    InteractiveShell.clear_instance()


def checked(name, function):
    """Check a function under grading; return what the check says, "" if it passes."""
    cells = cells_of(OF[name])
    source = cells[f"test_{name}"].rpartition("check()")[0]
    own = namespace_of(OF[name]) | {name: function}
    exec(cells["checks"], own)  # whose functions look names up in the namespace that they were made in
    exec(source, own)
    try:
        own["check"]()
    except own["CheckFailed"] as failed:
        return str(failed)
    return ""


@functools.cache
def said_of(name, mistake):
    return checked(name, mistake.variant)


@pytest.mark.parametrize(("name", "mistake"), KNOWN, ids=lambda value: getattr(value, "name", value))
def test_a_known_mistake_fails_its_visible_check(name, mistake, capsys):
    says = said_of(name, mistake)
    assert bool(says) == (mistake.name not in CANNOT_BE_SHOWN)
    assert (mistake.credit == 1) == (mistake.name in CANNOT_BE_SHOWN)


@pytest.mark.parametrize("name", EXERCISES)
def test_frequent_mistakes_are_named(name, capsys):
    said = [said_of(name, mistake) for mistake in EXERCISES[name].mistakes]
    named = {says.partition("Most likely: ")[2] for says in said} - {""}
    assert len(named) >= 4 or name == "create_mask_from_window"


@pytest.mark.parametrize(("name", "about"), UNUSUAL)
def test_an_unusual_right_answer_passes(name, about, capsys):
    assert checked(name, submitted(name, *UNUSUAL[name, about])) == ""


# --------------------------------------------------------------------------------------------------
# Does the text of the cell run?


def stub(cells, name, extra=""):
    """The answer cell as the release has it, with a line of the student's beside the `raise`."""
    return re.sub(r"(### START.*?\n).*?( *### END)", rf"\g<1>{STUB}{extra}\2", cells[name], flags=re.DOTALL)


def test_nothing_was_run(student):
    assert "There is no zero_pad yet: run its cell first." in student.check("zero_pad")


def test_not_answered(student, cells):
    student.answer("zero_pad", stub(cells, "zero_pad"))
    assert student.check("zero_pad").startswith("zero_pad is not answered yet")


def test_the_raise_line_is_left(student, cells):
    for extra in ("    X_pad = np.pad(X, pad)\n", "    return X\n"):
        student.answer("zero_pad", stub(cells, "zero_pad", extra))
        assert "is still there: delete it" in student.check("zero_pad")


def test_an_unanswered_helper_is_named(student, cells):
    student.answer("conv_forward")
    student.answer("conv_single_step")
    student.answer("zero_pad", stub(cells, "zero_pad"))
    assert student.check("conv_forward").startswith("zero_pad is not answered yet")


BROKEN = {
    "a bracket is missing": ('"constant")', '"constant"'),
    "a line is not indented": ("    X_pad = np", " X_pad = np"),
    "an error before the function": ("def zero_pad", "undefined\ndef zero_pad"),
}


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("before", ["right", "not answered", "nothing"])
def test_an_error_in_the_cell_is_noticed(student, cells, before, change):
    if before != "nothing":
        student.answer("zero_pad", cells["zero_pad"] if before == "right" else stub(cells, "zero_pad"))
        student.check("zero_pad")
    assert student.answer("zero_pad", cells["zero_pad"].replace(*change)).success is False
    assert student.check("zero_pad").startswith("The cell of zero_pad ended in an error when it was last run")
    student.answer("zero_pad")
    assert student.check("zero_pad") == ""


@pytest.mark.parametrize(
    "answer",
    [
        "pad_it = lambda X, pad: np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))\nzero_pad = pad_it",
        "import functools\nzero_pad = functools.partial(my_pad)",
        "zero_pad = my_pad",
        "import functools\n\n@functools.wraps(my_pad)\ndef zero_pad(X, pad): return my_pad(X, pad)",
    ],
)
def test_other_ways_to_define_it_are_no_error(student, answer):
    student.run("def my_pad(X, pad):\n    return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))")
    student.answer("zero_pad", "def zero_pad(X, pad):\n    return X")
    assert student.check("zero_pad")
    student.answer("zero_pad", answer)
    assert student.check("zero_pad") == ""


@pytest.mark.parametrize("ran", [(), ("setup",)])
def test_a_check_before_the_first_cells_says_so(cells, ran):
    namespace = {}
    for name in ran:
        exec(cells[name][cells[name].index("EXERCISES") :], namespace)
    with pytest.raises(AssertionError, match="run the two cells of section 1 first"):
        exec(cells["test_zero_pad"], namespace)


# --------------------------------------------------------------------------------------------------
# What a check says


def test_an_exception_is_one_line_with_the_students_own_line(student, capsys):
    for name in ("zero_pad", "conv_single_step"):
        student.answer(name)
    student.answer("conv_forward", edited("conv_forward", ("h * stride", "h * strid")))
    says = student.check("conv_forward").splitlines()
    assert says[0] == "conv_forward raised NameError in your line: vert_start = h * strid"
    assert says[1] == "  name 'strid' is not defined"
    assert "Traceback" not in "".join(says)


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        ("return np.sum(a_slice_prev * W) + float(b)", ".item()"),
        ("Z = None\n    return Z[0]", "still None"),
        ("return np.float(np.sum(a_slice_prev * W) + b.item())", "dropped this name"),
        ("return a_slice_prev * W[:1, :2]", "Two shapes do not fit"),
    ],
)
def test_an_error_of_pythons_is_explained(student, body, hint):
    student.answer("conv_single_step", f"def conv_single_step(a_slice_prev, W, b):\n    {body}")
    assert hint in student.check("conv_single_step")


def test_got_and_wanted_stand_side_by_side(student):
    student.answer("conv_single_step")
    student.answer("zero_pad")
    student.answer("conv_forward", edited("conv_forward", ("= w * stride", "= w")))
    says = student.check("conv_forward")
    assert "6 of its 9 values are wrong, first Z[0, 0, 1, 0], marked >." in says
    table = [line.split() for line in says.splitlines() if line.startswith("     ")]
    assert table[0] == ["2", ">5", "*4", "2", "4", "0"]


def test_progress_counts_what_is_right_now(student, capsys):
    def last_line(name):
        says = student.check(name) or capsys.readouterr().out
        return says.strip().splitlines()[-1].strip()

    student.answer("zero_pad", USUAL["zero_pad"].replace("pad, pad", "pad, 0"))
    assert last_line("zero_pad").startswith("0 / 8 ✓ · 0 / 100 points")
    for name in ("zero_pad", "conv_single_step"):
        student.answer(name)
    assert last_line("zero_pad").startswith("1 / 8 ✓ · 15 / 100 points")
    assert last_line("conv_single_step").startswith("2 / 8 ✓ · 35 / 100 points")
    assert last_line("conv_single_step").endswith("3.3 - Convolutional Neural Networks - Forward pass")
    student.answer("zero_pad", USUAL["zero_pad"])  # another text, not checked yet
    assert last_line("conv_single_step").startswith("1 / 8 ✓ · 20 / 100 points")


def test_the_table_shows_the_state_of_each_exercise(student, cells, capsys):
    student.answer("zero_pad")
    student.answer("conv_single_step", stub(cells, "conv_single_step"))
    student.answer("create_mask_from_window", "def create_mask_from_window(x):\n    return x")
    for name in ("zero_pad", "conv_single_step", "create_mask_from_window"):
        student.check(name)
    capsys.readouterr()
    student.run("show_progress()")
    shown = capsys.readouterr().out.splitlines()
    states = {
        line.split()[0]: line.split("  ")[-1].split(" · ")[0].strip() for line in shown if line[:1].islower()
    }
    assert states == dict.fromkeys([name for name in EXERCISES if OF[name] == STEP_BY_STEP], "not yet") | {
        "zero_pad": "✓ passed",
        "create_mask_from_window": "✗ not right yet",
    }


def test_nothing_is_said_of_progress_under_grading(capsys):
    namespace = namespace_of(STEP_BY_STEP)
    right = namespace["zero_pad"]
    assert checked("zero_pad", right) == ""
    assert "points" not in capsys.readouterr().out
    assert "points" not in checked("zero_pad", lambda X, pad: X)
    capsys.readouterr()
    namespace["show_progress"]()
    assert capsys.readouterr().out == "No answer was run yet. 还没有运行过答案。\n"
