"""The instructor's notebook: it runs from top to bottom in a kernel, and prints what it should."""

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

SOURCE = Path(__file__).parent.parent / "source" / "cnn-step-by-step" / "cnn-step-by-step.ipynb"
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


@pytest.fixture(scope="module")
def cells():
    """The notebook's cells by grade_id, with their outputs."""
    notebook = nbformat.read(SOURCE, as_version=4)
    NotebookClient(notebook, timeout=60, resources={"metadata": {"path": SOURCE.parent}}).execute()
    return {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells if cell.cell_type == "code"}


def printed(cell):
    return "".join(output.text for output in cell.outputs if output.get("name") == "stdout")


def test_it_runs_without_errors_and_warnings(cells):
    wrong = {
        name: cell.outputs for name, cell in cells.items() for output in cell.outputs if is_wrong(output)
    }
    assert not wrong


def is_wrong(output):
    return output.output_type == "error" or output.get("name") == "stderr"


@pytest.mark.parametrize("name", EXPECTED)
def test_it_prints_the_expected_outputs(cells, name):
    wanted, got = EXPECTED[name], printed(cells[name])
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
        if "picture_of(" in cell.source and "def " not in cell.source
    }
    assert pictures
    for name, cell in pictures.items():
        assert any("image/png" in output.get("data", ()) for output in cell.outputs), name
        assert "A picture will appear" not in printed(cell), name


def test_the_layer_learns_the_hidden_filter(cells):
    """From random weights to within 0.15 of (1, 0, -1) in each row, by the two functions that students write."""
    assert last_filter(printed(cells["learn_a_filter"])) == pytest.approx(HIDDEN_FILTER, abs=0.15)
    assert last_filter(printed(cells["learn_a_filter"]).splitlines()[0]) != pytest.approx(
        HIDDEN_FILTER, abs=1
    )


def last_filter(text):
    return [float(number) for number in NUMBER.findall(text.splitlines()[-1].partition(":")[2])]
