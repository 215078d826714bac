"""Draw the pictures of the notebook "Convolutional Neural Networks: Without Loops".

The inputs of each picture are small arrays below; every other number in it is computed from them.
Coordinates are CSS pixels from the upper left corner, so a font size here is the size on the page.

Run as ``python -m figures.cnn_fast`` from the root of the repository.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from figures.card import (
    FILTER,
    GRADIENT,
    INK,
    INPUT,
    MARGIN,
    MUTED,
    NARROW,
    OUTPUT,
    RULE,
    STYLE,
    ZEROS,
    Card,
    times,
)

IMAGES = Path(__file__).parents[1] / "source" / "cnn-fast" / "images"

IMAGE = np.array([[7, 2, 5, 1], [4, 9, 3, 6], [8, 1, 2, 4]])  # the image of part one's first figure
FILTERS = np.array([[[1, 0], [0, -1]], [[0, 1], [1, 0]]])
BIASES = np.array([10, -10])
DZ = np.array([[[1, 0, 2], [0, 1, 0]], [[0, 1, 0], [0, 0, -1]]])  # of both filters
F = 2
POOLED = np.array([[1, 5, 0, 0], [3, 2, 0, 0], [7, 1, 0, 6], [4, 2, 6, 1]])
POOL_GRADIENT = np.array([[4, 10], [2, -8]])
PLACES = np.array(
    [["#cfe8f7", "#fbf0ae"], ["#f7d9e7", "#dfe3e7"]]
)  # one tint for each place (p, q) of a window


def windows(a: np.ndarray, stride: int = 1) -> np.ndarray:
    """Return all F × F windows of one channel as rows."""
    n_H, n_W = ((n - F) // stride + 1 for n in a.shape)
    slices = (a[h * stride : h * stride + F, w * stride : w * stride + F] for h, w in np.ndindex(n_H, n_W))
    return np.array([window.ravel() for window in slices])


def labelled_rows(card: Card, x: float, y: float, cell: float, shape: tuple[int, int]) -> None:
    """Write h, w before each row of a matrix of windows."""
    for row, (h, w) in enumerate(np.ndindex(shape)):
        card.text(x - 10, y + (row + 0.5) * cell, f"{h}, {w}", 12, MUTED, "right", code=True)
    card.text(x - 10, y - 14, "h, w", 12, MUTED, "right", code=True)


def labelled_columns(card: Card, x: float, y: float, cell: float) -> None:
    """Write p, q above each column of a matrix of windows."""
    for column, (p, q) in enumerate(np.ndindex(F, F)):
        card.text(x + (column + 0.5) * cell, y - 14, f"{p}, {q}", 12, MUTED, code=True)


def im2col() -> None:
    """One image and the matrix of its windows; below, where the channels stand."""
    matrix, cell = windows(IMAGE), 40
    n_H, n_W = (n - F + 1 for n in IMAGE.shape)
    card = Card(716, NARROW)
    left, top = MARGIN + 16, 84
    card.text(left + 2 * cell, 32, "A[i, :, :, 0]", 14, INPUT.edge, code=True, bold=True)
    card.text(left + 2 * cell, 56, f"f = {F}, stride = 1, pad = 0", 12, MUTED, code=True)
    card.grid(left, top, IMAGE, INPUT, cell)
    last = (n_H - 1, n_W - 1)
    for (h, w), role in (((0, 0), FILTER), (last, GRADIENT)):
        card.rectangle(
            left + w * cell + 2, top + h * cell + 2, F * cell - 4, F * cell - 4, edge=role.edge, line=3.4
        )
    note = (f"{n_H} · {n_W} = {n_H * n_W} windows", f"of {F} · {F} · 1 = {F * F} numbers")
    card.lines(left + 4 * cell + 24, top + 48, note, INPUT.edge, leading=24)

    x, y = 136, 284
    card.arrow(left + 2 * cell, top + 3 * cell + 12, x + 20, y - 46)
    card.text(x + 2 * cell, y - 38, "columns", 14, OUTPUT.edge, code=True, bold=True)
    tint = np.full(matrix.shape, OUTPUT.tint)
    tint[0], tint[-1] = FILTER.tint, GRADIENT.tint
    labelled_columns(card, x, y, cell)
    card.text(x - 12, y - 14, "p, q:", 12, MUTED, "right", code=True)
    card.grid(x, y, matrix, OUTPUT, cell, tint=tint)
    for row, (h, w) in enumerate(np.ndindex(n_H, n_W)):
        card.text(x - 12, y + (row + 0.5) * cell, f"h = {h}, w = {w}", 12, MUTED, "right", code=True)
    note = ("one row for", "each window,", "one column for", "each place in it")
    card.lines(x + 4 * cell + 14, y + 84, note, OUTPUT.edge, size=12)

    card.rule(552)
    card.lines(MARGIN, 578, ("with two channels:", "those of a pixel stand side by side"), size=14, bold=True)
    x, y, wide, high = 78, 648, 42, 34
    card.text(x - 8, y - 14, "p, q", 12, MUTED, "right", code=True)
    card.text(x - 8, y + high / 2, "channel", 12, MUTED, "right")
    for k, (p, q, c) in enumerate(np.ndindex(F, F, 2)):
        card.rectangle(x + k * wide, y, wide, high, PLACES[p, q], RULE)
        card.text(x + (k + 0.5) * wide, y + high / 2, f"c={c}", 12, code=True)
        if not c:
            card.text(x + (k + 1) * wide, y - 14, f"{p}, {q}", 12, MUTED, code=True)
    card.save(IMAGES / "im2col.svg")


def places() -> None:
    """The loops turned inside out: for each place in the window, all windows at once."""
    stride, rows, columns, cell, small = 2, 4, 6, 42, 32
    image = np.arange(rows * columns).reshape(rows, columns)
    n_H, n_W = rows // stride, columns // stride
    card = Card(670, NARROW)
    left, top = (NARROW - columns * cell) / 2, 84
    card.text(NARROW / 2, 30, "A_pad[i, :, :, 0]", 14, INPUT.edge, code=True, bold=True)
    card.text(NARROW / 2, 54, f"f = {F}, stride = {stride}", 12, MUTED, code=True)
    card.grid(left, top, image, INPUT, cell, tint=np.tile(PLACES, (n_H, n_W)))
    for h, w in np.ndindex(n_H, n_W):
        card.rectangle(left + w * 2 * cell, top + h * 2 * cell, 2 * cell, 2 * cell, line=2.6)
    card.text(NARROW / 2, top + rows * cell + 24, "6 windows, framed; 4 places in each, tinted", 13, MUTED)
    for k, (p, q) in enumerate(np.ndindex(F, F)):
        x, y = MARGIN, 314 + 88 * k
        taken = image[p : p + stride * n_H : stride, q : q + stride * n_W : stride]
        slices = f"[{p}:{p + stride * n_H}:{stride}, {q}:{q + stride * n_W}:{stride}]"
        card.text(x, y + 8, f"p = {p}, q = {q}", 13, ha="left", code=True, bold=True)
        card.text(x, y + 31, slices, 13, ha="left", code=True)
        card.text(x, y + 54, f"column {k}", 12, MUTED, "left")
        card.grid(x + 168, y, taken, INPUT, small, tint=PLACES[p, q], size=14)
        card.text(x + 168 + 3 * small + 12, y + small, "all 6 windows", 12, MUTED, "left")
    card.save(IMAGES / "places.svg")


def col2im() -> None:
    """Two rows go back into their windows; and how many windows hold each pixel."""
    rows, cell, small = np.arange(1, 9).reshape(2, 4), 42, 36
    parts = np.zeros((2, 2, 3), int)
    for w in range(2):
        parts[w, :, w : w + 2] = rows[w].reshape(2, 2)
    total = parts.sum(axis=0)
    card = Card(676, NARROW)
    x, y = 136, 76
    card.text(x + 2 * cell, 26, "columns", 14, GRADIENT.edge, code=True, bold=True)
    labelled_columns(card, x, y, cell)
    labelled_rows(card, x, y, cell, (1, 2))
    tint = np.array([[FILTER.tint] * 4, [INPUT.tint] * 4])
    card.grid(x, y, rows, GRADIENT, cell, tint=tint)
    card.text(NARROW / 2, y + 2 * cell + 24, "each row goes back to its window", 12, MUTED)
    lefts, y = (MARGIN, MARGIN + 140, MARGIN + 280), 240
    for w, (left, tone) in enumerate(zip(lefts, (FILTER, INPUT), strict=False)):
        inside = np.zeros((2, 3), bool)
        inside[:, w : w + 2] = True
        values, faces = np.where(inside, parts[w], None), np.where(inside, tone.tint, "white")
        card.text(left + 1.5 * small, y - 18, f"h = 0, w = {w}", 12, MUTED, code=True)
        card.grid(left, y, values, ZEROS, small, tint=faces)
        card.rectangle(left + w * small, y, 2 * small, 2 * small, edge=tone.edge, line=2.6)
    for left, sign in ((lefts[1], "+"), (lefts[2], "=")):
        card.text(left - 16, y + small, sign, 20)
    shared = np.array([[False, True, False]] * 2)
    card.text(lefts[2] + 1.5 * small, y - 18, "added up", 13, bold=True)
    faces = np.where(shared, "#cfaee6", GRADIENT.tint)
    card.grid(lefts[2], y, total, GRADIENT, small, bold=shared, tint=faces)
    sums = " and ".join(f"{parts[0, k, 1]} + {parts[1, k, 1]} = {total[k, 1]}" for k in range(2))
    card.text(NARROW / 2, y + 2 * small + 24, f"where windows overlap: {sums}", 13, GRADIENT.edge)

    card.rule(364)
    card.lines(MARGIN, 390, ("a matrix of ones:", "how many windows hold each pixel"), size=14, bold=True)
    ones = np.zeros((3, 4), int)
    for h, w in np.ndindex(2, 3):
        ones[h : h + 2, w : w + 2] += 1
    x, y = MARGIN, 470
    card.text(x + 2 * 24, y - 16, "columns", 13, GRADIENT.edge, code=True, bold=True)
    card.grid(x, y, np.ones((6, 4), int), GRADIENT, 24, size=12)
    card.arrow(x + 4 * 24 + 18, y + 72, 228, y + 72)
    card.text(184, y + 54, "col2im", 13, code=True)
    card.grid(246, y + 9, ones, GRADIENT, cell, above="(1, 3, 4, 1)")
    card.text(NARROW / 2, y + 176, "at a corner 1 window, at an edge 2, in the middle 4", 13, MUTED)
    card.save(IMAGES / "col2im.svg")


def product() -> None:
    """The whole layer as one matrix product, and back into an image."""
    matrix, flat, cell = windows(IMAGE), FILTERS.reshape(2, -1).T, 34
    result = matrix @ flat + BIASES
    card = Card(722, NARROW)
    x, y = 66, 84
    names = {"size": 14, "code": True, "bold": True}
    card.text(x + 2 * cell, 28, "columns", color=INPUT.edge, **names)
    card.text(x + 2 * cell, 50, times(matrix.shape), 13, INPUT.edge)
    labelled_rows(card, x, y, cell, (2, 3))
    card.grid(x, y, matrix, INPUT, cell)
    card.text(x + 4 * cell + 17, y + 3 * cell, "@", 20)
    x += 4 * cell + 34
    card.text(x + cell, 28, "W_flat", color=FILTER.edge, **names)
    card.text(x + cell, 50, times(flat.shape), 13, FILTER.edge)
    card.grid(x, y + cell, flat, FILTER, cell)
    card.text(x + 2 * cell + 17, y + 3 * cell, "+", 20)
    x += 2 * cell + 34
    card.text(x + cell, 28, "b", color=FILTER.edge, **names)
    card.grid(x, y + 2.5 * cell, BIASES[None], FILTER, cell, size=14)

    x, y = 110, 386
    card.text(x - 26, y + 3 * cell, "=", 20)
    card.text(x + cell, y - 56, "Z_flat", color=OUTPUT.edge, **names)
    card.text(x + cell, y - 34, times(result.shape), 13, OUTPUT.edge)
    card.grid(x, y, result, OUTPUT, cell)
    card.arrow(x + 2 * cell + 16, y + 3 * cell, x + 2 * cell + 76, y + 3 * cell)
    card.text(x + 2 * cell + 44, y + 3 * cell - 16, "reshape", 12, code=True)
    x += 2 * cell + 94
    card.text(x + 1.5 * cell, y - 56, "Z[i]", color=OUTPUT.edge, **names)
    card.text(x + 1.5 * cell, y - 34, times((2, 3, 2)), 13, OUTPUT.edge)
    for c in range(2):
        card.grid(x, y + c * 112, result[:, c].reshape(2, 3), OUTPUT, cell, size=14)
        card.text(x + 1.5 * cell, y + c * 112 + 2 * cell + 14, f"filter {c}", 12, MUTED)
    first = " ".join(
        ("+ " if v >= 0 else "− ") + f"{a} · {abs(v)}" for a, v in zip(matrix[0], flat[:, 0], strict=True)
    )
    y += 6 * cell + 36
    card.text(NARROW / 2, y, "row 0, filter 0:", 13, MUTED)
    card.text(NARROW / 2, y + 22, f"{first[2:]} + {BIASES[0]} = {result[0, 0]}", 14)
    note = ("a row is a window, a column is a filter:", "one product does every position of every image")
    for k, line in enumerate(note):
        card.text(NARROW / 2, y + 52 + 20 * k, line, 12, MUTED)
    card.save(IMAGES / "product.svg")


def backward() -> None:
    """The same product on the way back: one for dW, one for the columns, a sum for db."""
    matrix, flat = windows(IMAGE), FILTERS.reshape(2, -1).T
    dZ = DZ.reshape(2, -1).T
    dW, db, dcolumns = matrix.T @ dZ, dZ.sum(axis=0), dZ @ flat.T
    cell, card = 34, Card(1182, NARROW)
    names = {"size": 13, "code": True, "bold": True}

    title = ("dW: what stood under each weight,", "times dZ, added up over all windows")
    card.lines(MARGIN, 28, title, size=14, bold=True)
    x, y = 50, 104
    card.text(x + 3 * cell, y - 18, "columns.T  4 × 6", color=INPUT.edge, **names)
    card.grid(x, y + cell, matrix.T, INPUT, cell, size=14)
    x += 6 * cell + 40
    card.text(x - 20, y + 3 * cell, "@", 18)
    card.text(x + cell, y - 18, "dZ_flat", color=GRADIENT.edge, **names)
    card.grid(x, y, dZ, GRADIENT, cell, size=14)
    x, y = 84, 372
    card.text(x - 26, y + 2 * cell, "=", 18)
    card.text(x + cell, y - 18, "4 × 2", color=GRADIENT.edge, **names)
    card.grid(x, y, dW, GRADIENT, cell, size=14)
    x += 2 * cell + 66
    card.arrow(x - 52, y + 2 * cell, x - 14, y + 2 * cell)
    for c in range(2):
        left = x + c * 110
        card.grid(left, y + cell, dW[:, c].reshape(2, 2), GRADIENT, cell, size=14)
        card.text(left + cell, y + cell - 18, "dW", color=GRADIENT.edge, **names)
        card.text(left + cell, y + 3 * cell + 16, f"filter {c}", 12, MUTED)
    y = 548
    card.text(66, y + cell / 2, "db =", color=GRADIENT.edge, **names)
    card.grid(96, y, db[None], GRADIENT, cell, size=14)
    card.text(186, y + cell / 2, "each column of dZ_flat, added up", 12, MUTED, "left")

    card.rule(612)
    title = ("dA_prev: each dZ times its filter,", "back into its window")
    card.lines(MARGIN, 638, title, size=14, bold=True)
    x, y = 84, 714
    card.text(x + cell, y - 18, "dZ_flat", color=GRADIENT.edge, **names)
    card.grid(x, y, dZ, GRADIENT, cell, size=14)
    x += 2 * cell + 40
    card.text(x - 20, y + 3 * cell, "@", 18)
    card.text(x + 2 * cell, y - 18 + 2 * cell, "W_flat.T  2 × 4", color=FILTER.edge, **names)
    card.grid(x, y + 2 * cell, flat.T, FILTER, cell, size=14)
    x, y = 64, 964
    card.text(x - 22, y + 2.6 * cell, "=", 18)
    card.text(x + 2 * 30, y - 18, "6 × 4", color=GRADIENT.edge, **names)
    card.grid(x, y, dcolumns, GRADIENT, 30, size=14)
    x += 4 * 30 + 94
    card.arrow(x - 84, y + 3 * 30, x - 10, y + 3 * 30)
    card.text(x - 48, y + 3 * 30 - 16, "col2im", 13, code=True)
    dA = np.zeros(IMAGE.shape, int)
    for row, (h, w) in zip(dcolumns, np.ndindex(2, 3), strict=True):
        dA[h : h + 2, w : w + 2] += row.reshape(2, 2)
    card.text(x + 2 * cell, y + 90 - 1.5 * cell - 18, "dA_prev[i]", color=GRADIENT.edge, **names)
    card.grid(x, y + 90 - 1.5 * cell, dA, GRADIENT, cell, size=14)
    card.text(x + 2 * cell, y + 90 + 1.5 * cell + 18, times((3, 4, 1)), 13, GRADIENT.edge)
    card.save(IMAGES / "backward.svg")


def pooling() -> None:
    """Windows as rows, the largest of each; the gradient back to the first of the largest."""
    matrix, cell = windows(POOLED, 2), 40
    best, first = matrix.max(axis=1), matrix.argmax(axis=1)
    tints = PLACES.reshape(-1)
    card = Card(778, NARROW)
    x, y = MARGIN, 86
    card.text(x + 2 * cell, 28, "A_prev[i, :, :, c]", 14, INPUT.edge, code=True, bold=True)
    card.text(x + 2 * cell, 52, "f = 2, stride = 2", 12, MUTED, code=True)
    card.grid(x, y, POOLED, INPUT, cell, tint=PLACES.repeat(2, 0).repeat(2, 1))
    for h, w in np.ndindex(2, 2):
        card.rectangle(x + w * 2 * cell, y + h * 2 * cell, 2 * cell, 2 * cell, line=2.6)
    x = NARROW - MARGIN - 4 * cell
    card.arrow(MARGIN + 4 * cell + 14, y + 2 * cell, x - 14, y + 2 * cell)
    card.text(x + 2 * cell, 28, "windows", 14, INPUT.edge, code=True, bold=True)
    for k in range(4):
        card.text(x + (k + 0.5) * cell, y - 14, str(k), 12, MUTED, code=True)
    chosen = np.arange(4) == first[:, None]
    card.grid(x, y, matrix, INPUT, cell, tint=np.repeat(tints[:, None], 4, 1), bold=chosen)
    for row, place in enumerate(first):
        card.rectangle(
            x + place * cell + 2, y + row * cell + 2, cell - 4, cell - 4, edge=FILTER.edge, line=2.8
        )
    y = 304
    columns = {"max": best, "argmax": first, "mean": matrix.mean(axis=1)}
    for k, (name, values) in enumerate(columns.items()):
        role, left = FILTER if name == "argmax" else OUTPUT, 90 + 110 * k
        card.grid(
            left, y, values[:, None], role, cell, tint=tints[:, None], size=13 if name == "mean" else 16
        )
        card.text(left + cell / 2, y - 16, name, 13, role.edge, code=True, bold=True)
    card.text(NARROW / 2, y + 4 * cell + 24, "equal values: argmax takes the first", 13, FILTER.edge)

    card.rule(514)
    title = ("on the way back: all of dA", "to the place that argmax found")
    card.lines(MARGIN, 540, title, size=14, bold=True)
    y, cell = 624, 30
    card.grid(MARGIN, y + cell, POOL_GRADIENT, GRADIENT, cell, tint=PLACES, above="dA", size=14)
    card.arrow(MARGIN + 2 * cell + 10, y + 2 * cell, 128, y + 2 * cell)
    shares = chosen * POOL_GRADIENT.reshape(-1, 1)
    faces = np.where(chosen, tints[:, None], "white")
    card.grid(136, y, shares, GRADIENT, cell, tint=faces, bold=chosen, size=14)
    card.text(136 + 2 * cell, y - 16, "shares", 13, GRADIENT.edge, code=True, bold=True)
    card.arrow(136 + 4 * cell + 8, y + 2 * cell, 288, y + 2 * cell)
    card.text(275, y + 4 * cell + 14, "col2im", 12, code=True)
    dA_prev = np.zeros((4, 4), int)
    for row, (h, w) in zip(shares, np.ndindex(2, 2), strict=True):
        dA_prev[2 * h : 2 * h + 2, 2 * w : 2 * w + 2] += row.reshape(2, 2)
    faces = np.where(dA_prev != 0, PLACES.repeat(2, 0).repeat(2, 1), "white")
    card.grid(294, y, dA_prev, GRADIENT, cell, tint=faces, bold=dA_prev != 0, size=14)
    card.text(294 + 2 * cell, y - 16, "dA_prev", 13, GRADIENT.edge, code=True, bold=True)
    card.save(IMAGES / "pooling.svg")


LAYERS = (  # name, f, stride, pad, channels
    ("conv", 3, 1, 1, 4),
    ("pool", 2, 2, 0, 4),
    ("conv", 3, 1, 1, 8),
    ("pool", 2, 2, 0, 8),
)


def parameters() -> None:
    """A small network layer by layer: shapes and the number of parameters."""
    card = Card(408, NARROW)
    columns = (MARGIN, 140, 236, NARROW - MARGIN)
    for x, title in zip(columns, ("layer", "output", "weights + biases", "number"), strict=True):
        card.text(x, 30, title, 12, MUTED, "right" if title == "number" else "left", bold=True)
    rows = [("input", "", (28, 28, 1), "", 0)]
    side, before = 28, 1
    for kind, f, stride, pad, n in LAYERS:
        side = (side + 2 * pad - f) // stride + 1
        count = (f * f * before + 1) * n if kind == "conv" else 0
        formula = f"{f}·{f}·{before} · {n} + {n}" if count else "nothing to learn"
        rows.append((kind, f"f = {f}, stride = {stride}", (side, side, n), formula, count))
        before = n
    inputs = side * side * before
    total = (inputs + 1) * 10
    rows.append(("dense", f"{side}·{side}·{before} = {inputs}", (10,), f"{inputs} · 10 + 10", total))
    most = max(count for *_, count in rows)
    for k, (kind, note, shape, formula, count) in enumerate(rows):
        y = 66 + 50 * k
        role = {"conv": FILTER, "pool": INPUT, "dense": OUTPUT}.get(kind, ZEROS)
        card.rectangle(MARGIN - 6, y - 20, NARROW - 2 * MARGIN + 12, 42, role.tint, "none")
        card.text(columns[0], y - 7 if note else y, kind, 14, ha="left", code=True, bold=True)
        card.text(columns[0], y + 11, note, 12, MUTED, "left")
        card.text(columns[1], y, times(shape), 13, ha="left")
        card.text(columns[2], y - 4 if count else y, formula, 13, INK if count else MUTED, "left")
        card.rectangle(columns[2], y + 9, 120 * count / most, 7, role.edge, "none")
        card.text(columns[3], y, str(count), 15, ha="right", bold=bool(count))
    y = 66 + 50 * len(rows)
    card.text(NARROW - MARGIN, y, f"in all {sum(count for *_, count in rows)}", 16, ha="right", bold=True)
    card.lines(MARGIN, y - 6, ("most of them in the last layer,", "which shares nothing"), MUTED, 17, size=12)
    card.save(IMAGES / "parameters.svg")


def receptive_field() -> None:
    """One number behind four layers, and all the pixels that it depends on, along one axis."""
    card = Card(430, NARROW)
    reach, jump, table = 1, 1, [(1, 1)]
    for _, f, stride, *_ in LAYERS:
        reach, jump = reach + (f - 1) * jump, jump * stride
        table.append((reach, jump))
    cell, left, bottom, step = 22, 92, 366, 74
    needed = [1]
    for _, f, stride, *_ in reversed(LAYERS):
        needed.append((needed[-1] - 1) * stride + f)
    needed = needed[::-1]
    centres = left + (np.arange(reach) + 0.5) * cell
    levels = [centres]
    for _, f, stride, *_ in LAYERS:
        before = levels[-1]
        count = (len(before) - f) // stride + 1
        levels.append(np.array([before[k * stride : k * stride + f].mean() for k in range(count)]))
    names = ["input", *(f"{kind}, f = {f}, s = {s}" for kind, f, s, *_ in LAYERS)]
    roles = [INPUT, FILTER, OUTPUT, FILTER, OUTPUT]
    for k, level in enumerate(levels):
        y = bottom - k * step
        if k:
            _, f, stride, *_ = LAYERS[k - 1]
            for j, x in enumerate(level):
                for end in (j * stride, j * stride + f - 1):
                    card.path((x, y + 9), (levels[k - 1][end], y + step - 10), color=RULE, line=1.1)
    for k, (level, role) in enumerate(zip(levels, roles, strict=True)):
        y = bottom - k * step
        for x in level:
            card.rectangle(x - 9, y - 9, 18, 18, role.tint, role.edge, 1.4)
        card.text(MARGIN - 8, y - 9 if k else y, names[k].split(",")[0], 13, ha="left", code=True, bold=True)
        if k:
            card.text(MARGIN - 8, y + 10, names[k].split(", ", 1)[1], 11, MUTED, "left")
        side, distance = table[k]
        card.text(356, y, str(side), 17, ha="center", bold=True)
        worked = f"{table[k - 1][0]} + ({LAYERS[k - 1][1]} − 1)·{table[k - 1][1]}" if k else ""
        card.text(356, y + 19, worked, 11, MUTED)
        card.text(412, y, str(distance), 17, bold=True)
        card.text(412, y + 19, f"{table[k - 1][1]}·{LAYERS[k - 1][2]}" if k else "", 11, MUTED)
    card.text(356, 26, "side r", 12, MUTED, bold=True)
    card.text(412, 26, "d", 12, MUTED, bold=True)
    card.text(left + reach * cell / 2, bottom + 36, f"{reach} pixels", 14, INPUT.edge, bold=True)
    card.save(IMAGES / "receptive_field.svg")


def main() -> None:
    """Draw every picture."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    plt.switch_backend("Agg")  # no window, no display
    with plt.style.context(["default", STYLE]):  # whatever the reader's own settings are
        for draw in (im2col, places, col2im, product, backward, pooling, parameters, receptive_field):
            draw()


if __name__ == "__main__":
    main()
