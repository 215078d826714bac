"""Pictures of mistakes: what should be beside what is, on inputs that the notebook shows.

Each is a small SVG, written as text: quick to make, sharp at any size, readable in light and dark.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import numpy as np

from nbexaminer.checks import Picture, Text
from reference.cnn_step_by_step.loops import corner, in_order

RIGHT, YOURS = Text("as it should be", "应当是"), Text("yours", "你的")
MOST = 12  # rows or columns that are drawn

_HEIGHT, _GAP, _MARGIN = 26, 28, 12  # pixels: of a cell, between panels, around all
_CAPTION, _HEAD, _FOOT = 32, 30, 24  # what stands on top, above and below a panel
_PHONE = 300
_STYLE = """
.nbexaminer-picture{--p:#fff;--i:#1f2328;--g:#b6bfc9;--f:#dbe7f6;--w:#b3261e;--t:#f6c9c4;--r:#1a6b31;--s:#bfe5c8;
font:12px system-ui,sans-serif}
@media(prefers-color-scheme:dark){.nbexaminer-picture{--p:#1b2027;--i:#e6e9ed;--g:#4a535f;--f:#2a3a50;--w:#ff9c92;
--t:#5c2a27;--r:#6cce83;--s:#1f4a2b}}
.nbexaminer-picture .p{fill:var(--p)}.nbexaminer-picture text{fill:var(--i);font-weight:600}
.nbexaminer-picture .c{fill:none;stroke:var(--g)}.nbexaminer-picture .f{fill:var(--f);stroke:var(--g)}
.nbexaminer-picture .o{fill:none;stroke:var(--i);stroke-opacity:.55;stroke-dasharray:3 3}
.nbexaminer-picture .wrong{fill:var(--t);stroke:var(--w);stroke-width:2.5}
.nbexaminer-picture .right{fill:var(--s);stroke:var(--r);stroke-width:2.5}
.nbexaminer-picture .n{text-anchor:middle;font-weight:400}
"""


def windows(
    vertical: Callable = corner, horizontal: Callable = corner, order: Callable = in_order
) -> Picture:
    """The windows of a layer whose corners are computed in this way: f 2 and stride 3, on 7 × 8 pixels.

    The parameters are those of loops.conv and loops.pool. One window is drawn in full, that of h = 1 and
    w = 2, the others in outline. With these numbers no two ways to misplace them look alike.
    """
    rows, columns, f, stride = 7, 8, 2, 3
    positions = [(h, w) for h in range(2) for w in range(3)]
    drawn = []
    for title, kind, corners, turned in (
        (RIGHT, "right", (corner, corner), in_order),
        (YOURS, "wrong", (vertical, horizontal), order),
    ):
        slices = [
            turned(slice(*corners[0](h, stride, f)), slice(*corners[1](w, stride, f))) for h, w in positions
        ]
        boxes = [_box(*window, "o", (rows, columns)) for window in slices[:-1]]
        last = slices[-1]
        named = f"[{last[0].start}:{last[0].stop}, {last[1].start}:{last[1].stop}]"
        grid = _cells(np.full((rows, columns), ""), 30)
        drawn.append((title, named, 30 * columns, [*grid, *boxes, _box(*last, kind, (rows, columns))], rows))
    return _picture(
        Text("The window of h = 1, w = 2 (f = 2, stride = 3)", "h 为 1、w 为 2 时的窗口（f 为 2，步幅为 3）"),
        drawn,
    )


def beside(caption: Text, wanted: np.ndarray, got: Any, digits: int = 2) -> Picture | None:
    """A small result beside the right one; of a batch of images the first, in its first channel.

    Entries that differ are framed. None if the result is nothing that can be drawn in a few cells.
    """
    grid, right = _grid(got), _grid(wanted)
    if grid is None or right is None:
        return None
    same = grid.shape == right.shape
    bools = [grid.dtype, right.dtype].count(bool)
    drawn = []
    for title, values, whole in ((RIGHT, right, wanted), (YOURS, grid, got)):
        words = np.array([[_written(value, digits) for value in row] for row in values])
        width = max(30, 10 + 7 * max(map(len, words.ravel())))
        differs = (values != right) if same else np.zeros(values.shape, bool)
        named = f"shape {np.shape(whole)}" + (f", {values.dtype}" if bools == 1 else "")
        drawn.append((title, named, width * words.shape[1], _cells(words, width, differs), len(words)))
    return _picture(caption, drawn)


def _grid(value: Any) -> np.ndarray | None:
    """Return numbers as a table that can be drawn, or None."""
    if value is None or isinstance(value, (str, bytes, dict)):
        return None
    try:
        array = np.asarray(value)
    except ValueError:  # rows of different lengths
        return None
    if array.dtype.kind not in "biuf":
        return None
    if array.ndim == 4 and len(array) and array.shape[3]:
        array = array[0, :, :, 0]
    array = np.atleast_2d(array)
    return array if array.ndim == 2 and array.size and max(array.shape) <= MOST else None


def _written(value: Any, digits: int) -> str:
    if isinstance(value, np.bool):
        return str(bool(value))
    if not np.isfinite(value) or abs(value) >= 1e4:
        return f"{value:.2g}"
    rounded = round(float(value), digits)
    return f"{rounded:g}" if rounded else "0"  # not -0


def _cells(words: np.ndarray, width: int, framed: np.ndarray | None = None) -> list[str]:
    """Return a table of words; a cell that holds one other than "0" is filled."""
    cells, frames = [], []
    for (row, column), word in np.ndenumerate(words):
        x, y = column * width, row * _HEIGHT
        box = f'<rect x="{x}" y="{y}" width="{width}" height="{_HEIGHT}"'
        cells.append(f'{box} class="{"c" if word in ("", "0", "False") else "f"}"/>')
        if framed is not None and framed[row, column]:
            frames.append(f'{box} class="wrong"/>')
        if word:
            frames.append(f'<text class="n" x="{x + width / 2:g}" y="{y + 17}">{escape(word)}</text>')
    return cells + frames


def _box(rows: slice, columns: slice, kind: str, shape: tuple[int, int]) -> str:
    """Return the part of a window that lies on the image, which may be nothing."""
    top, bottom, _ = rows.indices(shape[0])
    left, right, _ = columns.indices(shape[1])
    if bottom <= top or right <= left:
        return ""
    inset = 3 if kind == "o" else 1
    return (
        f'<rect x="{30 * left + inset}" y="{_HEIGHT * top + inset}" width="{30 * (right - left) - 2 * inset}"'
        f' height="{_HEIGHT * (bottom - top) - 2 * inset}" rx="3" class="{kind}"/>'
    )


def _picture(caption: Text, panels: list[tuple[Text, str, int, list[str], int]]) -> Picture:
    """Lay panels out: (title, what stands below, width in pixels, elements, rows of cells) each.

    They stand side by side, or one below the other where that would be too wide for a phone.
    """
    widths = [
        max(width, 7 * len(title.en) + 14 * len(title.zh), 8 * len(named))
        for title, named, width, _, _ in panels
    ]
    heights = [_HEAD + rows * _HEIGHT + _FOOT for *_, rows in panels]
    beside = sum(widths) + _GAP <= _PHONE
    x, y, parts = _MARGIN, _MARGIN + _CAPTION, []
    for (title, named, _, elements, rows), width, height in zip(panels, widths, heights, strict=True):
        parts.append(
            f'<g transform="translate({x} {y + _HEAD})"><text x="0" y="-8">{title.en} {title.zh}</text>'
            f'{"".join(elements)}<text x="0" y="{rows * _HEIGHT + 18}">{escape(named)}</text></g>'
        )
        x, y = (x + width + _GAP, y) if beside else (x, y + height)
    wide = max(sum(widths) + _GAP if beside else max(widths), 7 * len(caption.en), 12 * len(caption.zh))
    width = wide + 2 * _MARGIN
    height = 2 * _MARGIN + _CAPTION + (max(heights) if beside else sum(heights))
    said = "; ".join(f"{title.en}: {named}" for title, named, *_ in panels)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="nbexaminer-picture" role="img" width="{width}"'
        f' height="{height}" viewBox="0 0 {width} {height}"><title>{escape(f"{caption.en}. {said}.")}</title>'
        f'<style>{_STYLE}</style><rect class="p" width="{width}" height="{height}" rx="6"/>'
        f'<text x="{_MARGIN}" y="{_MARGIN + 10}">{escape(caption.en)}</text>'
        f'<text x="{_MARGIN}" y="{_MARGIN + 28}">{escape(caption.zh)}</text>{"".join(parts)}</svg>'
    )
    return Picture(svg, Text(f"{caption.en}. {said}.", caption.zh))
