"""Figures that were drawn before are shown again, and no others (nbexaminer/engine/figure_cache.py)."""

import pytest

from nbexaminer.engine.examiner import Examiner
from nbexaminer.isolation.shell import Shell

DRAW = """
import matplotlib.pyplot as plt
axis = plt.figure(figsize=(2, 2)).add_subplot()
axis.imshow([[0, 1], [2, {value}]])
axis.set_title({title!r})
{also}
plt.show()
"""


@pytest.fixture(scope="module")
def run():
    examiner = Examiner()
    examiner.run("%matplotlib inline", None, {})

    def picture(value: float = 3, title: str = "x", also: str = "") -> tuple[str, bool]:
        """Return a picture, and whether it had to be drawn."""
        source = "import matplotlib.figure as f\ndrawn = []\nold = f.Figure.draw\n"
        source += "f.Figure.draw = lambda *args: (drawn.append(1), old(*args))[1]\n"
        source += DRAW.format(value=value, title=title, also=also) + "\nf.Figure.draw = old"
        ran = examiner.run(source, None, {})
        assert ran.error is None
        shown = [
            output["data"]["image/png"] for output in ran.outputs if "image/png" in output.get("data", {})
        ]
        return shown[0], bool(Shell(keep_results=False).namespace["drawn"])

    return picture


def test_equal_figures_are_drawn_once(run):
    first, second = run(0.5), run(0.5)
    assert first == (second[0], True)
    assert not second[1]


@pytest.mark.parametrize(
    "other",
    [{"value": 2.5}, {"title": "y"}, {"also": "plt.rcParams['font.size'] = 20"}, {"also": "axis.grid()"}],
)
def test_other_numbers_titles_and_settings_are_drawn(run, other):
    first, second = run(), run(**other)
    assert second[1]
    assert first[0] != second[0]


@pytest.mark.parametrize("also", ["axis.format_coord = lambda x, y: ''", "axis.set_xlabel('\\ue000')"])
def test_what_cannot_be_compared_or_warns_is_drawn_each_time(run, also):
    """A figure with a function in it can't be pickled; one with an unknown letter must say so again."""
    assert run(7, also=also)[1] and run(7, also=also)[1]
