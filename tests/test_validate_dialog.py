"""What JupyterLab's Validate button is answered: messages, graded checks first; whatever the course."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from nbexaminer.pages.validate_dialog import MessageValidator, message_of


def check(name, points, source, *outputs):
    marks = {"grade": True, "solution": False, "locked": True, "points": points, "schema_version": 3}
    return new_code_cell(
        source, metadata={"nbgrader": marks | {"grade_id": name, "cell_type": "code"}}, outputs=list(outputs)
    )


def error(kind, text, *trace):
    return new_output("error", ename=kind, evalue=text, traceback=list(trace))


TRACE = (
    "\x1b[31mTraceback (most recent call last)\x1b[39m\nCell In[3], line 2\n"
    "      1 x = add(1, 2)\n----> 2 assert x == 3"
)


@pytest.fixture
def validate(tmp_path):
    def run(*cells):
        nb = new_notebook(cells=[new_markdown_cell("An assignment"), *cells])
        nb.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(nb, tmp_path / "lab.ipynb")
        validator = MessageValidator()
        validator.preprocessors = []  # the outputs are there already
        return validator.validate(str(tmp_path / "lab.ipynb"))

    return run


@pytest.mark.parametrize(
    ("outputs", "said"),
    [
        ([error("AssertionError", "add(1, 2) should be 3", TRACE)], "add(1, 2) should be 3"),
        ([error("AssertionError", "", TRACE)], "This does not hold 不成立: assert x == 3"),
        (
            [error("NameError", "name 'ad' is not defined", TRACE)],
            "NameError: name 'ad' is not defined\n  in the line 出错处: assert x == 3",
        ),
        ([error("CheckFailed", "not answered", "✗ not answered\n  没有作答")], "✗ not answered\n  没有作答"),
        ([new_output("stream", name="stderr", text="\x1b[31mlate\x1b[0m\n")], "late"),
        (
            [new_output("execute_result", {"text/plain": "0.5"}, execution_count=1)],
            "Passed in part: not all points are earned. 部分通过。",
        ),
    ],
    ids=["message", "bare-assert", "other-error", "own-rendering", "stderr", "in-part"],
)
def test_a_message_stands_for_the_code(outputs, said):
    assert message_of(check("t", 1, "secret = 1", *outputs)) == said


def test_graded_checks_come_first_and_apart(validate):
    wrong = error("AssertionError", "a < b & c", TRACE)
    cells = [
        check("test_bonus", 0, "assert bonus", wrong),
        check("test_add", 2.5, "assert add", wrong),
        check("test_right", 1, "assert right"),
        check("cell-7f", 1, "assert other", wrong),
    ]
    failed = validate(*cells)["failed"]
    assert [entry["source"].splitlines() for entry in failed] == [
        ["2 graded checks fail: add, cell-7f", "2 项计分的检查没有通过", "", "▸ add (2.5 points 分)"],
        ["▸ cell-7f (1 point 分)"],
        ["1 optional check fails: bonus", "1 项不计分的检查没有通过", "", "▸ bonus"],
    ]
    assert all(entry["error"].endswith("a &lt; b &amp; c") for entry in failed)  # it is shown as HTML


def test_a_notebook_without_failures_is_told_so(validate):
    assert validate(check("test_right", 1, "assert right")) == {}
