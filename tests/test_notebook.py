"""The instructor's notebooks: they run from top to bottom in a kernel, and print what they should."""

import functools
import re
from pathlib import Path

import nbformat
import pytest
from assignments import ASSIGNMENTS, notebook_path
from nbclient import NotebookClient

STEP_BY_STEP, THAT_LEARNS, FAST = "cnn-step-by-step", "cnn-that-learns", "cnn-fast"
QUICK_LAYERS = Path(__file__).parents[1] / "reference" / "cnn_step_by_step" / "solutions.py"
SHOW_NUMBERS = ("demo_gradient_check", "demo_model_check")  # and no picture
EXPECTED = {
    "test_zero_pad": """
        x.shape = (4, 3, 3, 2)
        x_pad.shape = (4, 7, 7, 2)
        x[1,1] = [[ 0.90085595 -0.68372786] [-0.12289023 -0.93576943] [-0.26788808  0.53035547]]
        x_pad[1,1] = [[0. 0.] [0. 0.] [0. 0.] [0. 0.] [0. 0.] [0. 0.] [0. 0.]]""",
    "test_conv_single_step": "Z = -6.999089450680221",
    "test_conv_forward": """
        Z's mean = 0.0028129462864862967
        cache_conv[0][1][2][3] = [-0.20075807  0.18656139  0.41005165]
        Z's mean at stride 2 = 0.048995203528855794""",
    "test_pool_forward": """
        mode = max
        A = [[[[1.74481176 1.6924546  2.10025514]]] [[[1.19891788 1.51981682 2.18557541]]]]
        mode = average
        A = [[[[-0.09498456  0.11180064 -0.14263511]]] [[[-0.09525108  0.28325018  0.33035185]]]]""",
    "test_conv_backward": """
        dA_mean = 4.1145817049149835
        dW_mean = 9.203677199014168
        db_mean = 1.3783436803789542""",
    "test_create_mask_from_window": """
        x = [[ 1.62434536 -0.61175641 -0.52817175] [-1.07296862  0.86540763 -2.3015387 ]]
        mask = [[ True False False] [False False False]]""",
    "test_distribute_value": "distributed value = [[0.5 0.5] [0.5 0.5]]",
    "test_pool_backward": """
        mode = max
        mean of dA = 0.14571390272918056
        dA_prev[1,1] = [[ 0.          0.        ] [ 5.05844394 -1.68282702] [ 0.          0.        ]]
        mode = average
        mean of dA = 0.14571390272918056
        dA_prev[1,1] = [[ 0.08485462  0.2787552 ] [ 1.26461098 -0.25749373] [ 1.17975636 -0.53624893]]""",
}
HIDDEN_FILTER = [1, 0, -1] * 3
PUBLISHED = "The published example"
NUMBER = re.compile(r"-?\d+\.?\d*")


@functools.cache
def executed(assignment):
    """A notebook with its outputs; where students may paste layers of their own, quick ones are."""
    path = notebook_path(assignment)
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.id == "your-layers":
            cell.source = QUICK_LAYERS.read_text(encoding="utf-8")
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": path.parent}}).execute()
    return notebook


def code_cells(assignment):
    found = (cell for cell in executed(assignment).cells if cell.cell_type == "code")
    return {cell.metadata.nbgrader.grade_id: cell for cell in found}


@pytest.fixture(params=ASSIGNMENTS)
def assignment(request):
    return request.param


@pytest.fixture
def cells(assignment):
    """The notebook's code cells by grade_id, with their outputs."""
    return code_cells(assignment)


def printed(cell):
    return "".join(output.text for output in cell.outputs if output.get("name") == "stdout")


def test_it_runs_without_errors_and_warnings(cells):
    wrong = {
        name: cell.outputs for name, cell in cells.items() for output in cell.outputs if is_wrong(output)
    }
    assert not wrong


def is_wrong(output):
    return output.output_type == "error" or output.get("name") == "stderr"


def test_all_notebooks_carry_the_same_helpers():
    notebooks = [nbformat.read(notebook_path(assignment), as_version=4) for assignment in ASSIGNMENTS]
    assert len({cell.source for notebook in notebooks for cell in notebook.cells if cell.id == "checks"}) == 1


def test_it_prints_what_its_text_says(assignment):
    """Each line of an "Expected output" is printed by the code cell before it."""
    before, promised = "", 0
    for cell in executed(assignment).cells:
        if cell.cell_type == "code":
            before = printed(cell).replace("-0.", " 0.")
        elif "**Expected output**" in cell.source:
            block = re.search(r"```text\n(.*?)```", cell.source, re.DOTALL)[1].replace("-0.", " 0.")
            missing = [
                line for line in block.splitlines() if "".join(line.split()) not in "".join(before.split())
            ]
            assert not missing, f"{cell.id}: {before}"
            promised += 1
    assert promised >= 8


@pytest.mark.parametrize("name", EXPECTED)
def test_it_prints_the_expected_outputs(name):
    wanted, got = EXPECTED[name], printed(code_cells(STEP_BY_STEP)[name])
    published = got[got.index(PUBLISHED) :].split("\n", 1)[1]
    numbers = [float(number) for number in NUMBER.findall(wanted)]
    assert [float(number) for number in NUMBER.findall(published)][: len(numbers)] == pytest.approx(
        numbers, abs=1e-8
    )
    words = "".join(NUMBER.sub("", wanted).split())
    assert "".join(NUMBER.sub("", published).split()).startswith(words)


def test_every_test_gives_its_points(cells):
    tests = [cell for cell in cells.values() if cell.metadata.nbgrader.grade]
    scores = [cell.outputs[-1].data["text/plain"] for cell in tests]
    assert scores == [str(float(cell.metadata.nbgrader.points)) for cell in tests]


def test_every_picture_is_drawn(cells):
    pictures = {
        name: cell
        for name, cell in cells.items()
        if "picture_of(" in cell.source and name not in ("checks", *SHOW_NUMBERS)
    }
    assert pictures
    for name, cell in pictures.items():
        assert any("image/png" in output.get("data", ()) for output in cell.outputs), name
        assert "A picture will appear" not in printed(cell), name


@pytest.mark.parametrize("name", ["clothes", "race", "train", "filters", "confusion", "shift"])
def test_part_three_draws_its_figures(name):
    outputs = code_cells(FAST)[f"demo_{name}"].outputs
    assert any("image/png" in output.get("data", ()) for output in outputs)


def test_the_layer_learns_the_hidden_filter():
    """From random weights to within 0.15 of (1, 0, -1) in each row, by what students write."""
    cells = code_cells(STEP_BY_STEP)
    assert last_filter(printed(cells["learn_a_filter"])) == pytest.approx(HIDDEN_FILTER, abs=0.15)
    assert last_filter(printed(cells["learn_a_filter"]).splitlines()[0]) != pytest.approx(
        HIDDEN_FILTER, abs=1
    )


def last_filter(text):
    return [float(number) for number in NUMBER.findall(text.splitlines()[-1].partition(":")[2])]


def test_the_network_learns_to_read():
    """At least 93 % of the held-out digits, in three epochs; and all its gradients are right."""
    cells = code_cells(THAT_LEARNS)
    of, right = re.search(r"Of (\d+) digits .* reads (\d+) right", printed(cells["training"])).groups()
    assert int(right) >= 0.93 * int(of)
    checked = printed(cells["demo_model_check"]) + printed(cells["demo_gradient_check"])
    differences = [float(number) for number in re.findall(r"difference (\S+)", checked)]
    assert len(differences) == 8 and max(differences) < 1e-8


def test_the_fast_network_learns_and_is_fast():
    """The last of five accuracies, and the ratio of the seconds of all four functions."""
    cells = code_cells(FAST)
    accuracies = [float(a) for a in re.findall(r"([\d.]+)% of the test", printed(cells["demo_train"]))]
    assert len(accuracies) == 5 and accuracies[-1] >= 84
    assert float(re.search(r"all four .* s +(\d+)", printed(cells["demo_race"]))[1]) >= 10
