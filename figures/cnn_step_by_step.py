"""Draw the pictures of the notebook "Convolutional Neural Networks: Step by Step".

The inputs of each picture are small arrays below; every other number in it is computed from them.
Coordinates are CSS pixels from the upper left corner, so a font size here is the size on the page.

Run as ``python -m figures.cnn_step_by_step`` from the root of the repository.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

from figures.card import (
    FILTER,
    GRADIENT,
    INPUT,
    MARGIN,
    MUTED,
    NARROW,
    OUTPUT,
    PLAIN,
    RULE,
    STRONG_GRADIENT,
    STYLE,
    ZEROS,
    Card,
    number,
    times,
)

IMAGES = Path(__file__).parents[1] / "source" / "cnn-step-by-step" / "images"

# The pooling pictures, forward and backward, share one example.
POOL_INPUT = np.array([[1, 5, 2, 0], [3, 2, 8, 4], [7, 1, 0, 6], [4, 2, 3, 1]])
POOL_GRADIENT = np.array([[4, 10], [2, -8]])
POOL_F = POOL_STRIDE = 2
WINDOW_TINTS = np.array([["#cfe8f7", "#fbf0ae"], ["#f7d9e7", "#dfe3e7"]])  # the four pooling windows


def corners(index: int, stride: int, f: int) -> tuple[int, int]:
    """Return where a window starts and ends (exclusive) along one axis."""
    return index * stride, index * stride + f


def window(a: np.ndarray, h: int, w: int, stride: int, f: int) -> np.ndarray:
    """Return the view of ``a`` under the window for output position (h, w)."""
    (top, bottom), (left, right) = corners(h, stride, f), corners(w, stride, f)
    return a[top:bottom, left:right]


def out_size(n_prev: int, f: int, stride: int, pad: int = 0) -> int:
    """Return how many windows fit along one axis."""
    return (n_prev + 2 * pad - f) // stride + 1


def zero_padding() -> None:
    """One channel of one image, and the same with a border of zeros."""
    pad, cell = 2, 36
    X = np.zeros((4, 3, 4, 2), dtype=int)
    X[0, :, :, 0] = [[7, 2, 5, 1], [4, 9, 3, 6], [8, 1, 2, 4]]
    X_pad = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    small, large = X[0, :, :, 0], X_pad[0, :, :, 0]
    (n_H, n_W), (rows, columns) = small.shape, large.shape

    card = Card(714, NARROW)
    left, right, small_top, top = MARGIN, 96, 52, 268
    card.text(left + n_W * cell / 2, small_top - 20, "X", 16, INPUT.edge, code=True, bold=True)
    card.grid(left, small_top, small, INPUT, cell)
    beside = left + n_W * cell + 20
    card.lines(beside, small_top + 28, ("one channel", "of one image"), MUTED)
    card.lines(beside, small_top + 80, (f"(n_H, n_W) = {small.shape}",), INPUT.edge, code=True)
    middle = left + n_W * cell / 2
    card.arrow(middle, small_top + n_H * cell + 12, middle, top - 58)
    card.text(middle + 14, top - 72, f"zero_pad(X, {pad})", 14, ha="left", code=True)

    border = large.astype(object)
    border[pad : pad + n_H, pad : pad + n_W] = None
    card.text(right + columns * cell / 2, top - 28, "X_pad", 16, INPUT.edge, code=True, bold=True)
    card.grid(right, top, border, ZEROS, cell, color=MUTED)
    card.grid(right + pad * cell, top + pad * cell, small, INPUT, cell)
    for start in (0, pad + n_W):  # how wide the border is: left and right, then above and below
        x = right + start * cell
        card.path((x + 3, top - 8), (x + pad * cell - 3, top - 8))
        card.text(x + pad * cell / 2, top - 20, f"pad = {pad}", 12, MUTED, code=True)
    for start in (0, pad + n_H):
        y = top + start * cell
        card.path((right - 10, y + 3), (right - 10, y + pad * cell - 3))
        card.text(right - 18, y + pad * cell / 2, "pad", 12, MUTED, "right", code=True)
    shape = f"(n_H + 2*pad, n_W + 2*pad) = {large.shape}"
    card.text(NARROW - MARGIN, top + rows * cell + 22, shape, 13, INPUT.edge, "right", code=True)

    x, y, width, height = 120, 610, 74, 30
    for axis, name in enumerate(("m", "n_H", "n_W", "n_C")):
        centre = x + (axis + 0.5) * width
        padded = X.shape[axis] != X_pad.shape[axis]
        card.text(centre, y - 14, name, code=True)
        for row, array in enumerate((X, X_pad)):
            face = INPUT.tint if padded else ZEROS.tint
            card.rectangle(x + axis * width, y + row * height, width, height, face, RULE)
            card.text(centre, y + (row + 0.5) * height, array.shape[axis], 15)
        note, color = ("+ 2*pad", INPUT.edge) if padded else ("the same", MUTED)
        card.text(centre, y + 2 * height + 16, note, 12, color)
    for row, name in enumerate(("X.shape", "X_pad.shape")):
        card.text(x - 8, y + (row + 0.5) * height, name, ha="right", code=True)
    card.save(IMAGES / "zero_padding.svg")


def single_step() -> None:
    """Slice times filter, summed, plus the bias once."""
    a_slice_prev = np.array([[2, 0, 1], [3, 1, 2], [1, 4, 0]])
    W = np.array([[1, -1, 0], [2, 1, -1], [0, 1, 3]])
    b = 3
    products = a_slice_prev * W
    total = products.sum()
    Z = total + b

    card = Card(640, NARROW)
    cell, top = 46, 68
    side = 3 * cell
    below = top + side + 78
    places = ((52, top), (NARROW - 52 - side, top), ((NARROW - side) / 2, below))
    parts = (
        (a_slice_prev, INPUT, "a_slice_prev", "the slice"),
        (W, FILTER, "W", "the filter"),
        (products, PLAIN, "a_slice_prev * W", "element by element"),
    )
    for (left, y), (values, role, name, note) in zip(places, parts, strict=True):
        card.text(left + side / 2, y - 40, name, 14, role.edge, code=True, bold=True)
        card.text(left + side / 2, y - 18, note, 12, MUTED)
        card.grid(left, y, values, role, cell)
    card.text(NARROW / 2, top + side / 2, "×", 24)
    card.text(places[2][0] - 34, below + side / 2, "=", 24)

    terms = " + ".join(number(v) if v >= 0 else f"({number(v)})" for v in products.flat)
    y = below + side + 28
    card.text(NARROW / 2, y, f"{terms} = {total}", 14)

    y, box = y + 34, 54
    parts = (
        (-140, total, PLAIN, f"the sum of all {products.size}", False),
        (0, b, FILTER, "b", True),
        (140, Z, OUTPUT, "Z", True),
    )
    for offset, value, role, name, code in parts:
        centre = NARROW / 2 + offset
        card.grid(centre - box / 2, y, [[value]], role, box, size=22)
        card.text(centre, y + box + 18, name, 15 if code else 13, role.edge, code=code, bold=code)
    for offset, sign in ((-70, "+"), (70, "=")):
        card.text(NARROW / 2 + offset, y + box / 2, sign, 26)
    card.text(NARROW / 2, y + box + 44, "one bias for the filter, added once, after the sum", 13, FILTER.edge)
    note = ("One channel is drawn; with n_C_prev channels,", "all their products go into the same sum.")
    for k, line in enumerate(note):
        card.text(NARROW / 2, y + box + 70 + 18 * k, line, 12, MUTED)
    card.save(IMAGES / "single_step.svg")


def slice_corners() -> None:
    """The same output position with stride 1 and with stride 2."""
    n_H_prev, n_W_prev, f, h, w, cell, small = 5, 7, 2, 1, 2, 34, 18
    card = Card(874, NARROW)
    card.text(NARROW / 2, 28, f"output position h = {h}, w = {w}, window f = {f}", 14, code=True, bold=True)
    card.text(NARROW / 2, 52, "start = h * stride (or w * stride)", 13, MUTED, code=True)
    card.text(NARROW / 2, 72, "end = start + f, not included", 13, MUTED, code=True)
    left = 140
    for top, stride in ((152, 1), (552, 2)):
        (v0, v1), (h0, h1) = corners(h, stride, f), corners(w, stride, f)
        card.text(MARGIN, top - 34, f"stride = {stride}", 15, ha="left", code=True, bold=True)
        card.mesh((left, top), (cell, 0), (0, cell), (n_W_prev, n_H_prev), INPUT.tint, INPUT.edge)
        card.rectangle(left + h0 * cell, top + v0 * cell, f * cell, f * cell, FILTER.tint, FILTER.edge, 2.6)
        for edge in (h0, h1):  # the window ends where the end cell begins
            x = left + edge * cell
            card.path((x, top - 22), (x, top + v0 * cell), color=FILTER.edge, line=1.6, style=(0, (3, 2)))
        for edge in (v0, v1):
            y = top + edge * cell
            card.path((left - 22, y), (left + h0 * cell, y), color=FILTER.edge, line=1.6, style=(0, (3, 2)))
        plain, marked = {"size": 12, "color": MUTED}, {"size": 14, "color": FILTER.edge, "bold": True}
        for k in range(n_W_prev):
            card.text(left + (k + 0.5) * cell, top - 12, k, **(marked if k in (h0, h1) else plain))
        for k in range(n_H_prev):
            card.text(left - 12, top + (k + 0.5) * cell, k, **(marked if k in (v0, v1) else plain))
        name = {"color": FILTER.edge, "code": True}
        card.text(left + (h0 + 0.5) * cell + 6, top - 34, "horiz_start", ha="right", **name)
        card.text(left + (h1 + 0.5) * cell - 10, top - 34, "horiz_end", ha="left", **name)
        card.text(left - 28, top + (v0 + 0.5) * cell, "vert_start", ha="right", **name)
        card.text(left - 28, top + (v1 + 0.5) * cell, "vert_end", ha="right", **name)
        x, y = left + n_W_prev * cell, top + n_H_prev * cell
        card.text(x, y + 14, "a_prev", 13, INPUT.edge, "right", code=True)

        worked = (
            f"vert_start  = {h} * {stride} = {v0}",
            f"vert_end    = {v0} + {f} = {v1}",
            f"horiz_start = {w} * {stride} = {h0}",
            f"horiz_end   = {h0} + {f} = {h1}",
        )
        y += 36
        card.lines(MARGIN, y, worked, leading=21, code=True)
        rows, columns = " and ".join(map(str, range(v0, v1))), " and ".join(map(str, range(h0, h1)))
        card.lines(MARGIN, y + 90, [f"rows {rows}, columns {columns}"], FILTER.edge, bold=True)
        n_H, n_W = out_size(n_H_prev, f, stride), out_size(n_W_prev, f, stride)
        x = 276
        card.mesh((x, y - 6), (small, 0), (0, small), (n_W, n_H), OUTPUT.tint, OUTPUT.edge)
        card.rectangle(x + w * small, y - 6 + h * small, small, small, OUTPUT.edge, OUTPUT.edge)
        note = f"Z[{h}, {w}] in {times((n_H, n_W))}"
        card.lines(x, y + n_H * small + 10, [note], OUTPUT.edge)
    card.rule(486)
    card.save(IMAGES / "corners.svg")


def conv_forward() -> None:
    """The whole forward pass as volumes, with the sizes of the notebook's example."""
    shape, n_C, f, pad, stride, unit, cell = (4, 4, 3), 8, 2, 2, 1, 15, 11
    n_H_prev, n_W_prev, n_C_prev = shape
    rows, columns, _ = padded = (n_H_prev + 2 * pad, n_W_prev + 2 * pad, n_C_prev)
    n_H, n_W = out_size(n_H_prev, f, stride, pad), out_size(n_W_prev, f, stride, pad)
    name = {"size": 13, "ha": "left", "code": True, "bold": True}
    card = Card(924, NARROW)

    x, y = MARGIN, 124
    card.heading(x, 32, "1  pad")
    card.volume(x, y, shape, unit, INPUT, "#bcdcf1")
    card.text(x, y + n_H_prev * unit + 18, "A_prev[i]", color=INPUT.edge, **name)
    card.lines(x, y + n_H_prev * unit + 38, [times(shape)], INPUT.edge)
    card.arrow(x + 96, y + 30, x + 186, y + 30)
    card.text(x + 140, y + 14, f"pad = {pad}", code=True)

    x, y = 236, 92
    card.volume(x, y, padded, unit, INPUT, ZEROS.tint, front=ZEROS.tint)
    inside = (x + pad * unit, y + pad * unit)
    card.mesh(inside, (unit, 0), (0, unit), (n_W_prev, n_H_prev), INPUT.tint, INPUT.edge)
    column = columns - f  # the window in the upper right corner, where its depth shows
    card.volume(x + column * unit, y, (f, f, n_C_prev), unit, FILTER, "#f9cfa4")
    card.text(x, y + rows * unit + 18, "a_prev_pad", color=INPUT.edge, **name)
    card.lines(x, y + rows * unit + 38, [times(padded)], INPUT.edge)

    card.rule(272)
    x, tops, sheets = MARGIN, (330, 460, 630), 310
    card.heading(x, 298, f"2  slide each of the {n_C} filters over it")
    for top, c in zip(tops, (0, 1, n_C - 1), strict=True):
        middle = top + n_H * cell / 2
        card.text(x, middle - 30, f"W[:, :, :, {c}]", color=FILTER.edge, **name)
        card.volume(x + 4, middle + 4, (f, f, n_C_prev), unit, FILTER, "#f9cfa4")
        card.text(x + 70, middle + 2, times((f, f, n_C_prev)), 13, FILTER.edge, "left")
        card.text(x + 70, middle + 24, f"+ b[0, 0, 0, {c}]", 12, FILTER.edge, "left", code=True)
        card.arrow(x + 176, middle + 2, sheets - 12, middle + 2)
        card.mesh((sheets, top), (cell, 0), (0, cell), (n_W, n_H), OUTPUT.tint, OUTPUT.edge)
        card.rectangle(sheets + column // stride * cell, top, cell, cell, FILTER.edge, FILTER.edge)
        card.text(sheets + n_W * cell / 2, top + n_H * cell + 15, times((n_H, n_W)), 13, OUTPUT.edge)
    for dots in (x + 22, sheets + n_W * cell / 2):
        card.text(dots, 594, "⋮", 26, MUTED)

    card.rule(744)
    x, y, unit = 60, 810, 10
    card.heading(MARGIN, 770, f"3  stack the {n_C} feature maps")
    card.volume(x, y + 16, (n_H, n_W, n_C), unit, OUTPUT, "#b3e2d2")
    x = 220
    card.text(x, y + 12, "Z[i]", color=OUTPUT.edge, **name)
    card.lines(x + 44, y + 12, [times((n_H, n_W, n_C))], OUTPUT.edge)
    formula = ("n_H = n_W", f"= ({n_H_prev}+2*{pad}-{f})/{stride} + 1", f"= {n_H}")
    card.lines(x, y + 38, formula, MUTED, size=12, code=True)
    card.save(IMAGES / "conv_forward.svg")


def pool(a: np.ndarray, reduce) -> np.ndarray:
    """Pool ``a`` with the shared window and stride."""
    n = range(out_size(len(a), POOL_F, POOL_STRIDE))
    return np.array([[reduce(window(a, h, w, POOL_STRIDE, POOL_F)) for w in n] for h in n])


def spread(values: np.ndarray) -> np.ndarray:
    """Repeat each entry over its window."""
    return values.repeat(POOL_F, axis=0).repeat(POOL_F, axis=1)


def framed_windows(card: Card, x: float, y: float, cell: float, windows: int = 2, line: float = 2.6) -> None:
    """Draw a thick border around each window, so that they can be told apart without colours."""
    for row, column in np.ndindex(windows, windows):
        card.rectangle(x + column * cell, y + row * cell, cell, cell, line=line)


def pooling() -> None:
    """Max and average of the same four windows."""
    maxima, averages = pool(POOL_INPUT, np.max), pool(POOL_INPUT, np.mean)
    card = Card(560, NARROW)
    cell, small, top = 50, 56, 64
    left = (NARROW - 4 * cell) / 2
    card.text(NARROW / 2, 26, "A_prev", 15, INPUT.edge, code=True, bold=True)
    card.text(NARROW / 2, 48, f"f = {POOL_F}, stride = {POOL_STRIDE}", 12, MUTED, code=True)
    largest = spread(maxima) == POOL_INPUT
    card.grid(left, top, POOL_INPUT, INPUT, cell, tint=spread(WINDOW_TINTS), bold=largest)
    framed_windows(card, left, top, POOL_F * cell)
    first = [number(value) for value in window(POOL_INPUT, 0, 0, POOL_STRIDE, POOL_F).flat]
    parts = (
        (120, maxima, "max", f"max({', '.join(first)})"),
        (320, averages, "average", f"({' + '.join(first)}) / {len(first)}"),
    )
    y = top + 4 * cell + 84
    for x, values, mode, worked in parts:
        card.arrow(NARROW / 2 + (x - NARROW / 2) / 3, top + 4 * cell + 12, x, y - 36)
        name = f'A, mode="{mode}"'
        card.grid(x - small, y, values, OUTPUT, small, tint=WINDOW_TINTS, bold=mode == "max", above=name)
        framed_windows(card, x - small, y, small)
        card.text(x, y + 2 * small + 24, f"{worked}", 13)
        card.text(x, y + 2 * small + 44, f"= {number(values[0, 0])}", 13, bold=True)
    note = "height and width shrink; every channel is pooled by itself"
    card.text(NARROW / 2, 540, note, 12, MUTED)
    card.save(IMAGES / "pooling.svg")


def conv_backward() -> None:
    """Two overlapping windows: what each sends back, and how it adds up."""
    A_prev, W, dZ = np.array([[5, 1, 0], [2, 4, 3]]), np.array([[1, 2], [3, 1]]), np.array([2, 3])
    f, stride, cell = 2, 1, 38
    lefts = (150, 300)  # of what each of the two windows gives
    centres = [left + 1.5 * cell for left in lefts]
    spans = [corners(w, stride, f) for w in range(dZ.size)]
    covered = np.zeros((dZ.size, *A_prev.shape), dtype=bool)
    for w, (start, end) in enumerate(spans):
        covered[w, :, start:end] = True
    dA_parts = np.zeros(covered.shape, dtype=int)
    dA_parts[covered] = np.concatenate([(W * dz).ravel() for dz in dZ])
    dW_parts = np.array([A_prev[:, start:end] * dz for (start, end), dz in zip(spans, dZ, strict=True)])
    dA_prev, overlap = dA_parts.sum(axis=0), covered.all(axis=0)

    card = Card(838, NARROW)
    code = {"color": GRADIENT.edge, "code": True}
    for w, dz in enumerate(dZ):
        card.text(centres[w], 26, f"h = 0, w = {w}", code=True)
        card.text(centres[w], 48, f"dZ[0, {w}] = {dz}", 14, bold=True, **code)

    def signs(y, before):
        """Write the plus between the two parts, and the equals sign before their sum, below."""
        card.text(sum(centres) / 2, y + cell, "+", 22)
        card.text(before, y + 3 * cell + 48, "=", 22)

    card.rule(70)
    card.text(MARGIN, 92, "da_prev_pad[window] += W * dZ[h, w]", ha="left", code=True, bold=True)
    y = 114
    card.grid(MARGIN, y, W, FILTER, cell, below="W")
    for w, (start, end) in enumerate(spans):
        x, tint = lefts[w], np.where(covered[w], GRADIENT.tint, "white")
        card.grid(x, y, np.where(covered[w], dA_parts[w], None), ZEROS, cell, tint=tint)
        card.rectangle(x + start * cell, y, f * cell, f * cell, edge=GRADIENT.edge, line=2.4)
        card.text(x + (start + end) / 2 * cell, y + 2 * cell + 16, f"W * {dZ[w]}", **code)
    signs(y, lefts[0] - 24)
    tint = np.where(overlap, STRONG_GRADIENT, GRADIENT.tint)
    card.grid(lefts[0], y + 124, dA_prev, GRADIENT, cell, tint=tint, bold=overlap, below="dA_prev")
    sums = [
        f"{' + '.join(map(number, terms))} = {total}"
        for terms, total in zip(dA_parts[:, overlap].T, dA_prev[overlap], strict=True)
    ]
    card.lines(284, y + 140, ("where the windows", "overlap, both parts", "are added:", *sums), GRADIENT.edge)

    card.rule(368)
    card.text(MARGIN, 390, "dW += a_slice * dZ[h, w]", ha="left", code=True, bold=True)
    y = 412
    card.grid(MARGIN, y, A_prev, INPUT, cell, below="A_prev")
    for w, (start, end) in enumerate(spans):
        card.grid(lefts[w] + cell / 2, y, dW_parts[w], GRADIENT, cell)
        label = f"A_prev[0:{f}, {start}:{end}] * {dZ[w]}"
        card.text((204, 346)[w], y + 2 * cell + 16, label, 11, **code)
    signs(y, lefts[0] + cell / 2 - 24)
    card.grid(lefts[0] + cell / 2, y + 124, dW_parts.sum(axis=0), GRADIENT, cell, below="dW")

    card.rule(660)
    card.text(MARGIN, 682, "db += dZ[h, w]", ha="left", code=True, bold=True)
    y = 704
    for left, value in zip(lefts, dZ, strict=True):
        card.grid(left + cell, y, [[value]], GRADIENT, cell)
    card.text(sum(centres) / 2, y + cell / 2, "+", 22)
    card.text(lefts[0] + cell - 24, y + cell + 30, "=", 22)
    card.grid(lefts[0] + cell, y + cell + 12, [[dZ.sum()]], GRADIENT, cell, below="db")
    card.save(IMAGES / "conv_backward.svg")


def pooled_backward(card: Card, y: float, dA_prev: np.ndarray, notes: tuple[str, ...], bold) -> None:
    """Draw A_prev, dA and dA_prev: the backward pass over all windows."""
    cell, top, tint = 40, y + 72, spread(WINDOW_TINTS)
    card.rule(y)
    card.heading(MARGIN, y + 22, f"all windows, f = {POOL_F}, stride = {POOL_STRIDE}")
    left, right = 44, NARROW - 64 - 2 * cell
    card.grid(left, top, POOL_INPUT, INPUT, cell, tint=tint, bold=bold, above="A_prev")
    framed_windows(card, left, top, POOL_F * cell)
    card.grid(right, top + cell, POOL_GRADIENT, GRADIENT, cell, tint=WINDOW_TINTS, above="dA")
    framed_windows(card, right, top + cell, cell)
    below = top + 4 * cell + 60
    card.arrow(right + cell, top + 3 * cell + 14, NARROW / 2 + 2 * cell + 14, below + cell)
    faces = np.where(dA_prev, tint, "white")
    x = NARROW / 2 - 2 * cell
    card.grid(x, below, dA_prev, GRADIENT, cell, tint=faces, bold=bold, above="dA_prev")
    framed_windows(card, x, below, POOL_F * cell)
    for k, note in enumerate(notes):
        card.text(NARROW / 2, below + 4 * cell + 24 + 19 * k, note, 13, GRADIENT.edge)


def max_pool_backward() -> None:
    """The mask of one window, then the whole gradient."""
    h, w, cell, wide, top = 0, 1, 42, 58, 84
    x, dz = window(POOL_INPUT, h, w, POOL_STRIDE, POOL_F), POOL_GRADIENT[h, w]
    mask = x == x.max()
    card = Card(884, NARROW)
    card.heading(MARGIN, 26, f"one window, h = {h}, w = {w}")
    middle = top + cell
    card.grid(60, top, x, INPUT, cell, tint=WINDOW_TINTS[h, w], bold=mask, above="x")
    card.arrow(160, middle, 238, middle)
    card.text(199, middle - 14, f"max = {number(x.max())}", 12, MUTED)
    for (row, column), value in np.ndenumerate(mask):
        left, y = 262 + column * wide, top + row * cell
        card.rectangle(left, y, wide, cell, GRADIENT.tint if value else "white", MUTED)
        card.text(left + wide / 2, y + cell / 2, number(value), 14, bold=value)
    card.text(262 + wide, top - 16, "mask", 14, code=True, bold=True)

    top = 248
    middle = top + cell
    card.text(118, top - 18, "mask", 14, code=True, bold=True)
    for (row, column), value in np.ndenumerate(mask):
        left, y = 60 + column * wide, top + row * cell
        card.rectangle(left, y, wide, cell, GRADIENT.tint if value else "white", MUTED)
        card.text(left + wide / 2, y + cell / 2, number(value), 14, bold=value)
    card.text(198, middle, "×", 22)
    card.grid(222, top + cell / 2, [[dz]], GRADIENT, cell)
    card.text(243, top - 18, f"dA[i, {h}, {w}, c]", 13, GRADIENT.edge, code=True, bold=True)
    card.text(286, middle, "=", 22)
    card.grid(314, top, mask * dz, GRADIENT, cell, tint=np.where(mask, STRONG_GRADIENT, "white"), bold=mask)
    card.text(356, top + 2 * cell + 16, "added to dA_prev", 12, GRADIENT.edge)

    winners = spread(pool(POOL_INPUT, np.max)) == POOL_INPUT
    notes = ("only the largest entry of each window", "gets the gradient, the others get 0")
    pooled_backward(card, 372, winners * spread(POOL_GRADIENT), notes, winners)
    card.save(IMAGES / "max_pool_backward.svg")


def average_pool_backward() -> None:
    """Equal shares of one gradient, in a square and in another window, then the whole gradient."""
    card = Card(908, NARROW)
    card.heading(MARGIN, 26, "one window")
    cell = 42
    for top, dz, shape in ((68, 2, (2, 2)), (224, 12, (2, 3))):
        n_H, n_W = shape
        share, x, left = np.full(shape, dz / (n_H * n_W)), 44, 210
        card.grid(x, top + cell / 2, [[dz]], GRADIENT, cell, above="dz")
        card.arrow(x + cell + 12, top + cell, left - 14, top + cell)
        card.text(x + cell + 62, top + cell - 14, f"/ ({n_H} * {n_W})", code=True)
        card.grid(left, top, share, GRADIENT, cell)
        card.text(left + n_W * cell / 2, top - 16, f"shape = {shape}", 13, MUTED, code=True)
        worked = f"{dz} / {share.size} cells = {number(share[0, 0])} each"
        card.text(left + n_W * cell / 2, top + 2 * cell + 18, worked, 13, GRADIENT.edge)
    note = f"divide by n_H * n_W = {n_H * n_W}, not by n_H + n_W = {n_H + n_W}"
    card.text(NARROW / 2, top + 2 * cell + 46, note)
    notes = ("every entry of a window gets", "the same share, whatever its value was")
    pooled_backward(card, 396, spread(POOL_GRADIENT) / POOL_F**2, notes, False)
    card.save(IMAGES / "average_pool_backward.svg")


def small_network() -> None:
    """A whole small convolutional network, from an image to scores."""
    image, f, filters, pool_f, scores = 28, 5, 8, 2, 10
    conv = out_size(image, f, 1)
    pooled = conv // pool_f
    steps = (
        ((image, image, 1), INPUT, "an image of a digit", ""),
        ((conv, conv, filters), OUTPUT, f"convolution, f = {f}", "here"),
        ((pooled, pooled, filters), OUTPUT, f"max pooling, f = {pool_f}", "here"),
        ((pooled * pooled * filters,), PLAIN, "a long vector", "next"),
        ((scores,), FILTER, "dense layer: scores", "next"),
    )
    card = Card(606, NARROW)
    unit, centre, y = 4, 120, 44
    for k, (shape, role, note, where) in enumerate(steps):
        if len(shape) == 3:
            rows, columns, channels = shape
            x = centre - columns * unit / 2
            back = (3, -2.4)
            for c in reversed(range(channels)):
                at = (x + c * back[0], y + c * back[1])
                card.rectangle(*at, columns * unit, rows * unit, role.tint, role.edge, 1.0)
            height = rows * unit
            if k == 0:
                card.text(centre, y + height / 2, 7, 64, INPUT.edge)
        else:
            width, height = (200, 14) if len(steps) - k == 2 else (200, 20)
            cells = 40 if len(steps) - k == 2 else scores
            card.mesh(
                (centre - width / 2, y), (width / cells, 0), (0, height), (cells, 1), role.tint, role.edge
            )
            if cells == scores:  # the digit that it takes the image for
                card.rectangle(centre - width / 2 + 7 * width / cells, y, width / cells, height, FILTER.edge)
        middle = y + height / 2
        card.text(250, middle - 20, note, 13, ha="left", bold=True)
        size = times(shape) + (f" = {times((pooled, pooled, filters))}" if len(shape) == 1 and k == 3 else "")
        card.text(250, middle, f"{size}", 13, role.edge, "left")
        if where:
            tag = "built in this notebook" if where == "here" else "in the next notebook"
            card.text(
                250,
                middle + 20,
                tag,
                12,
                OUTPUT.edge if where == "here" else MUTED,
                "left",
                bold=where == "here",
            )
        y += height + 58
        if k < len(steps) - 1:
            card.arrow(centre, y - 52, centre, y - (30 if len(steps[k + 1][0]) == 3 else 10))
    labels = "0123456789"
    for digit, label in enumerate(labels):
        card.text(centre - 100 + 20 * digit + 10, y - 46, label, 12, FILTER.edge if label == "7" else MUTED)
    card.save(IMAGES / "convnet.svg")


def sliding_frame(a_prev, W, Z, h, w, stride) -> Image.Image:
    """Draw one position of the window; entries of Z that are still to come are None."""
    f, cell, small, y = len(W), 38, 34, 60
    x = (NARROW - a_prev.shape[1] * cell) / 2
    (v0, v1), (h0, h1) = corners(h, stride, f), corners(w, stride, f)
    tint = np.full(a_prev.shape, INPUT.tint)
    tint[v0:v1, h0:h1] = FILTER.tint
    card = Card(572, NARROW)
    card.text(NARROW / 2, 22, f"f = {f}, stride = {stride}", 13, MUTED, code=True)
    card.grid(x, y, a_prev, INPUT, cell, tint=tint, above="a_prev")
    card.rectangle(x + h0 * cell, y + v0 * cell, f * cell, f * cell, edge=FILTER.edge, line=3.2)
    y += a_prev.shape[0] * cell + 46
    card.text(70, y + 1.5 * small, "×", 22)
    card.grid(94, y, W, FILTER, small, above="W")
    card.text(222, y + 1.5 * small, "=", 22)
    filled = [[OUTPUT.tint if value is not None else "white" for value in row] for row in Z]
    card.grid(248, y, Z, OUTPUT, small, tint=filled, above="Z")
    card.rectangle(248 + w * small, y + h * small, small, small, edge=OUTPUT.edge, line=3.2)
    card.text(NARROW / 2, y + 3 * small + 22, "multiply cell by cell, then add up", 13, MUTED)
    place = f"h = {h}, w = {w}:  rows {v0}:{v1}, columns {h0}:{h1}"
    card.text(NARROW / 2, y + 3 * small + 50, place, 14, code=True)
    card.text(NARROW / 2, y + 3 * small + 74, f"Z[{h}, {w}] = {number(Z[h, w])}", 14, code=True, bold=True)
    return card.frame()


def sliding_steps(a_prev, W, Z, stride) -> None:
    """Draw three positions of the window below one another: what is seen before anything moves."""
    f, cell, tops = len(W), 22, (50, 256, 462)
    card = Card(650, NARROW)
    for top, (h, w) in zip(tops, ((0, 0), (0, 1), (1, 0)), strict=True):
        (v0, v1), (h0, h1) = corners(h, stride, f), corners(w, stride, f)
        tint = np.full(a_prev.shape, INPUT.tint)
        tint[v0:v1, h0:h1] = FILTER.tint
        above = {"size": 12}
        card.text(MARGIN, top - 24, f"h = {h}, w = {w}", 14, ha="left", code=True, bold=True)
        card.grid(MARGIN, top, a_prev, INPUT, cell, tint=tint, **above)
        card.rectangle(MARGIN + h0 * cell, top + v0 * cell, f * cell, f * cell, edge=FILTER.edge, line=2.8)
        middle = top + 3.5 * cell
        card.text(196, middle, "×", 18)
        card.grid(214, middle - 1.5 * cell, W, FILTER, cell, **above)
        card.text(298, middle, "=", 18)
        filled = np.array([[value if (row, column) <= (h, w) else None for column, value in enumerate(line)]
                           for row, line in enumerate(Z)], dtype=object)  # fmt: skip
        faces = [[OUTPUT.tint if value is not None else "white" for value in line] for line in filled]
        card.grid(316, middle - 1.5 * cell, filled, OUTPUT, cell, tint=faces, **above)
        card.rectangle(316 + w * cell, middle - 1.5 * cell + h * cell, cell, cell, edge=OUTPUT.edge, line=2.8)
        place = f"rows {v0}:{v1}, columns {h0}:{h1}"
        card.text(214, top + 6.6 * cell, place, 12, FILTER.edge, "left", code=True)
    card.save(IMAGES / "sliding_steps.svg")


def indexed(frames: list[Image.Image]) -> list[Image.Image]:
    """Reduce the frames to one palette, the last frame's most frequent colours, so that nothing flickers.

    By hand, because Pillow's own search is approximate: it turns white into a light grey.
    """
    last = frames[-1]
    counted = sorted(last.getcolors(last.width * last.height), reverse=True)
    palette = np.array([colour for _, colour in counted[:256]])
    reduced = []
    for frame in frames:
        colours, where = np.unique(np.asarray(frame, dtype=int).reshape(-1, 3), axis=0, return_inverse=True)
        nearest = np.square(colours[:, None] - palette).sum(axis=2).argmin(axis=1).astype(np.uint8)
        image = Image.fromarray(nearest[where].reshape(frame.height, frame.width))
        image.putpalette(palette.ravel().tolist())
        reduced.append(image)
    return reduced


def sliding_window() -> None:
    """An animated window: the output fills up, one entry for each position."""
    stride, n_prev = 2, 7
    rows, columns = np.indices((n_prev, n_prev))
    a_prev = np.clip(3 + rows // 2 - columns, 0, 2)  # bright on the left, dark on the right
    W = np.array([[1, 0, -1]] * 3)  # answers to a vertical edge
    n = out_size(n_prev, len(W), stride)
    Z = np.full((n, n), None)
    frames = []
    for h, w in np.ndindex(n, n):
        Z[h, w] = (window(a_prev, h, w, stride, len(W)) * W).sum()
        frames.append(sliding_frame(a_prev, W, Z, h, w, stride))
    first, *rest = indexed(frames)
    pauses = [2000] * len(rest) + [4000]  # milliseconds: time to do one of the sums in your head
    sliding_steps(a_prev, W, Z, stride)
    first.save(IMAGES / "sliding_window.gif", save_all=True, append_images=rest, duration=pauses, loop=0)


def main() -> None:
    """Draw every picture."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    plt.switch_backend("Agg")  # no window, no display
    with plt.style.context(["default", STYLE]):  # whatever the reader's own settings are
        for draw in (small_network, zero_padding, single_step, slice_corners, conv_forward, pooling):
            draw()
        for draw in (conv_backward, max_pool_backward, average_pool_backward, sliding_window):
            draw()


if __name__ == "__main__":
    main()
