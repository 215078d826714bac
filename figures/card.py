"""A card to draw on, and the one look of all pictures: colours, type, grids, volumes, arrows."""

import io
from pathlib import Path
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Polygon, Rectangle
from PIL import Image

WIDTH, NARROW, MARGIN = 700, 440, 26  # a narrow card can be read on a phone, too
DPI = 96  # one Matplotlib inch is 96 CSS pixels
DARK = "<style>@media (prefers-color-scheme: dark) { svg { filter: invert(.88) hue-rotate(180deg) } }</style>"
STYLE = {
    "svg.hashsalt": "cnn-step-by-step",  # fixed, so that the same picture gives the same bytes
    "svg.fonttype": "path",  # text as outlines: the page needs no font
}


class Role(NamedTuple):
    """The colours of one role: its lines and text, and its cells."""

    edge: str
    tint: str


# One colour for one role in every picture, after Okabe and Ito: told apart by colour-blind readers too.
INK, MUTED, RULE = "#1f2933", "#5b6770", "#cbd2d9"
INPUT, FILTER = Role("#0067a3", "#d6e9f6"), Role("#b84d00", "#fde3c8")
OUTPUT, GRADIENT = Role("#00775a", "#cdeee2"), Role("#7a3f9d", "#eadcf4")
PLAIN, ZEROS = Role(MUTED, "white"), Role(RULE, "#eef0f2")
STRONG_GRADIENT = "#cfaee6"


def number(value) -> str:
    """Write a number (or a bool) as short as it can be, with a proper minus sign."""
    return str(value) if isinstance(value, np.bool_) else f"{value:g}".replace("-", "\N{MINUS SIGN}")


def times(shape) -> str:
    """Write a shape the way people say it: 4 × 4 × 3."""
    return " × ".join(map(str, shape))


class Card:
    """A white card with rounded corners: readable on a light and on a dark page."""

    def __init__(self, height: int, width: int = WIDTH):
        self.width = width
        self.figure = plt.figure(figsize=(width / DPI, height / DPI), dpi=DPI)
        self.axes = self.figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(height, 0))
        self.axes.axis("off")
        round_ = "round,pad=0,rounding_size=12"
        self.add(FancyBboxPatch((1, 1), width - 2, height - 2, round_, facecolor="white", edgecolor=RULE))

    def add(self, patch) -> None:
        """Add a shape; nothing reaches over the edge, and clipping would only make the file larger."""
        self.axes.add_patch(patch).set_clip_on(False)

    def text(self, x, y, content, size=13, color=INK, ha="center", code=False, bold=False):
        """Write text around (x, y); ``size`` in pixels."""
        family, weight = ("DejaVu Sans Mono" if code else "DejaVu Sans"), ("bold" if bold else "normal")
        font = {"size": size * 72 / DPI, "family": family, "weight": weight}
        self.axes.text(x, y, content, color=color, ha=ha, va="center", **font)

    def heading(self, x, y, content):
        """Write the heading of a part of the card."""
        self.text(x, y, content, 14, ha="left", bold=True)

    def lines(self, x, y, contents, color=INK, leading=20, **look):
        """Write lines of text below one another, from (x, y)."""
        for k, content in enumerate(contents):
            self.text(x, y + k * leading, content, color=color, ha="left", **look)

    def rectangle(self, x, y, width, height, face="none", edge=INK, line=1.0):
        """Draw a rectangle whose upper left corner is (x, y)."""
        self.add(Rectangle((x, y), width, height, facecolor=face, edgecolor=edge, linewidth=line))

    def path(self, *points, color=MUTED, line=1.2, style="solid"):
        """Draw a line through the points."""
        self.axes.plot(*zip(*points, strict=True), color=color, lw=line, ls=style, clip_on=False)

    def rule(self, y):
        """Draw a line across the card."""
        self.path((MARGIN, y), (self.width - MARGIN, y), color=RULE)

    def arrow(self, x0, y0, x1, y1):
        """Draw an arrow from the first point to the second."""
        look = {"arrowstyle": "-|>", "mutation_scale": 13, "color": MUTED, "linewidth": 1.5}
        self.add(FancyArrowPatch((x0, y0), (x1, y1), shrinkA=0, shrinkB=0, **look))

    def grid(self, x, y, values, role, cell, tint=None, bold=False, above="", below="", size=16, color=INK):
        """Draw a matrix as cells, perhaps with a name above or below it.

        ``tint`` and ``bold`` hold for all cells or have an entry for each; a value of None is an empty cell.
        """
        values = np.asarray(values, dtype=object)
        rows, columns = values.shape
        tints = np.broadcast_to(role.tint if tint is None else tint, values.shape)
        bolds = np.broadcast_to(bold, values.shape)
        for (row, column), value in np.ndenumerate(values):
            left, top = x + column * cell, y + row * cell
            self.rectangle(left, top, cell, cell, tints[row, column], role.edge, 0.8)
            if value is not None:
                content = number(value)
                self.text(left + cell / 2, top + cell / 2 + 1, content, size, color, bold=bolds[row, column])
        self.rectangle(x, y, columns * cell, rows * cell, edge=role.edge, line=1.8)
        name = {"color": INK if role is PLAIN else role.edge, "code": True, "bold": True}
        self.text(x + columns * cell / 2, y - 16, above, 14, **name)
        self.text(x + columns * cell / 2, y + rows * cell + 16, below, 13, **name)

    def mesh(self, corner, along, back, counts, face, edge):
        """Draw a plain parallelogram of cells: ``counts`` steps of the vectors ``along`` and ``back``."""
        corner, along, back = map(np.array, (corner, along, back))
        across, deep = along * counts[0], back * counts[1]
        outline = [corner, corner + across, corner + across + deep, corner + deep]
        self.add(Polygon(outline, facecolor=face, edgecolor=edge, linewidth=1.2))
        gap = np.array([[np.nan, np.nan]])  # lifts the pen, so that all inner lines are one path
        strokes = [(corner + k * along, corner + k * along + deep) for k in range(1, counts[0])]
        strokes += [(corner + k * back, corner + k * back + across) for k in range(1, counts[1])]
        if strokes:
            points = np.concatenate([np.concatenate([stroke, gap]) for stroke in strokes])
            self.axes.plot(*points.T, color=edge, lw=0.6, clip_on=False, zorder=1)  # 1: under later shapes

    def volume(self, x, y, shape, unit, role, side, front=None):
        """Draw a box of ``shape`` (rows, columns, channels); channels recede to the upper right."""
        rows, columns, channels = shape
        back = (unit * 0.5, -unit * 0.4)
        self.mesh((x, y), (unit, 0), (0, unit), (columns, rows), front or role.tint, role.edge)
        self.mesh((x, y), (unit, 0), back, (columns, channels), side, role.edge)
        self.mesh((x + columns * unit, y), (0, unit), back, (rows, channels), side, role.edge)

    def save(self, path: Path) -> None:
        """Write the picture as SVG, without a date, and in ASCII: JupyterLite shows no other.

        On a dark page it turns dark, its colours keeping their hue.
        """
        buffer = io.StringIO()
        self.figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
        plt.close(self.figure)
        svg = buffer.getvalue().replace("<defs>", f"{DARK}<defs>", 1)
        path.write_bytes(svg.encode("ascii", "xmlcharrefreplace"))

    def frame(self) -> Image.Image:
        """Return the picture as pixels, for an animation."""
        buffer = io.BytesIO()
        self.figure.savefig(buffer, format="png", dpi=DPI, facecolor="white")
        plt.close(self.figure)
        return Image.open(buffer).convert("RGB")
