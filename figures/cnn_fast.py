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
    OUTPUT,
    RULE,
    STYLE,
    WIDTH,
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
    card = Card(472)
    left, top, x = MARGIN + 14, 128, 400
    card.text(left + 2 * cell, 52, "A[i, :, :, 0]", 14, INPUT.edge, code=True, bold=True)
    card.text(left + 2 * cell, 76, f"f = {F}, stride = 1, pad = 0", 12, MUTED, code=True)
    card.grid(left, top, IMAGE, INPUT, cell)
    last = (n_H - 1, n_W - 1)
    for (h, w), role in (((0, 0), FILTER), (last, GRADIENT)):
        card.rectangle(
            left + w * cell + 2, top + h * cell + 2, F * cell - 4, F * cell - 4, edge=role.edge, line=3.4
        )
    y = 74
    card.text(x + 2 * cell, 26, "columns", 14, OUTPUT.edge, code=True, bold=True)
    tint = np.full(matrix.shape, OUTPUT.tint)
    tint[0], tint[-1] = FILTER.tint, GRADIENT.tint
    labelled_columns(card, x, y, cell)
    card.text(x - 56, y - 14, "p, q:", 12, MUTED, code=True)
    card.grid(x, y, matrix, OUTPUT, cell, tint=tint)
    for row, (h, w) in enumerate(np.ndindex(n_H, n_W)):
        card.text(x - 12, y + (row + 0.5) * cell, f"h = {h}, w = {w}", 12, MUTED, "right", code=True)
    card.arrow(left + 4 * cell + 14, top + 10, x - 108, y + 0.5 * cell)
    card.arrow(left + 4 * cell + 14, top + 2.5 * cell, x - 108, y + 5.5 * cell)
    note = ("one row for", "each window,", "one column for", "each place in it")
    card.lines(x + 4 * cell + 14, y + 84, note, OUTPUT.edge, size=12)
    card.text(left + 2 * cell, top + 3 * cell + 24, f"{n_H} · {n_W} = {n_H * n_W} windows", 13, INPUT.edge)
    card.text(left + 2 * cell, top + 3 * cell + 46, f"of {F} · {F} · 1 = {F * F} numbers", 13, INPUT.edge)

    card.rule(346)
    card.heading(MARGIN, 370, "with two channels: the channels of a pixel stand side by side")
    x, y, wide, high = 104, 414, 70, 34
    card.text(x - 12, y - 14, "p, q", 12, MUTED, "right", code=True)
    card.text(x - 12, y + high / 2, "channel", 12, MUTED, "right")
    for k, (p, q, c) in enumerate(np.ndindex(F, F, 2)):
        card.rectangle(x + k * wide, y, wide, high, PLACES[p, q], RULE)
        card.text(x + (k + 0.5) * wide, y + high / 2, f"c = {c}", 13, code=True)
        if not c:
            card.text(x + (k + 1) * wide, y - 14, f"{p}, {q}", 12, MUTED, code=True)
    card.save(IMAGES / "im2col.svg")


def places() -> None:
    """The loops turned inside out: for each place in the window, all windows at once."""
    stride, rows, columns, cell = 2, 4, 6, 42
    image = np.arange(rows * columns).reshape(rows, columns)
    n_H, n_W = rows // stride, columns // stride
    card = Card(400)
    left, top = MARGIN, 86
    card.text(left + 3 * cell, 30, "A_pad[i, :, :, 0]", 14, INPUT.edge, code=True, bold=True)
    card.text(left + 3 * cell, 54, f"f = {F}, stride = {stride}", 12, MUTED, code=True)
    card.grid(left, top, image, INPUT, cell, tint=np.tile(PLACES, (n_H, n_W)))
    for h, w in np.ndindex(n_H, n_W):
        card.rectangle(left + w * 2 * cell, top + h * 2 * cell, 2 * cell, 2 * cell, line=2.6)
    card.lines(
        left, top + rows * cell + 32, ("6 windows, framed;", "4 places in each, tinted"), MUTED, size=13
    )
    small = 32
    for k, (p, q) in enumerate(np.ndindex(F, F)):
        x, y = 330, 34 + 88 * k
        taken = image[p : p + stride * n_H : stride, q : q + stride * n_W : stride]
        card.text(x, y + 14, f"p = {p}, q = {q}", 13, ha="left", code=True, bold=True)
        card.text(
            x,
            y + 36,
            f"[{p}:{p + stride * n_H}:{stride}, {q}:{q + stride * n_W}:{stride}]",
            13,
            ha="left",
            code=True,
        )
        card.text(x, y + 58, f"column {k}", 12, MUTED, "left")
        card.grid(x + 158, y, taken, INPUT, small, tint=PLACES[p, q], size=14)
        card.text(x + 158 + 3 * small + 12, y + small, "all 6 windows", 12, MUTED, "left")
    card.save(IMAGES / "places.svg")


def col2im() -> None:
    """Two rows go back into their windows; and how many windows hold each pixel."""
    rows, cell = np.arange(1, 9).reshape(2, 4), 42
    parts = np.zeros((2, 2, 3), int)
    for w in range(2):
        parts[w, :, w : w + 2] = rows[w].reshape(2, 2)
    total = parts.sum(axis=0)
    card = Card(462)
    x, y = 84, 76
    card.text(x + 2 * cell, 26, "columns", 14, GRADIENT.edge, code=True, bold=True)
    labelled_columns(card, x, y, cell)
    labelled_rows(card, x, y, cell, (1, 2))
    tint = np.array([[FILTER.tint] * 4, [INPUT.tint] * 4])
    card.grid(x, y, rows, GRADIENT, cell, tint=tint)
    card.text(x + 2 * cell, y + 2 * cell + 24, "each row goes back to its window", 12, MUTED)
    lefts = (284, 426, 566)
    for w, (left, tone) in enumerate(zip(lefts, (FILTER, INPUT), strict=False)):
        inside = np.zeros((2, 3), bool)
        inside[:, w : w + 2] = True
        card.text(left + 1.2 * cell, 26, f"h = 0, w = {w}", 12, MUTED, code=True)
        card.grid(
            left, y, np.where(inside, parts[w], None), ZEROS, 36, tint=np.where(inside, tone.tint, "white")
        )
        card.rectangle(left + w * 36, y, 72, 72, edge=tone.edge, line=2.6)
    for left, sign in ((lefts[1], "+"), (lefts[2], "=")):
        card.text(left - 17, y + 36, sign, 20)
    shared = np.array([[False, True, False]] * 2)
    card.text(lefts[2] + 54, 26, "added up", 13, bold=True)
    card.grid(lefts[2], y, total, GRADIENT, 36, bold=shared, tint=np.where(shared, "#cfaee6", GRADIENT.tint))
    sums = " and ".join(f"{parts[0, k, 1]} + {parts[1, k, 1]} = {total[k, 1]}" for k in range(2))
    card.text(WIDTH - MARGIN, y + 3 * cell - 16, f"where windows overlap: {sums}", 13, GRADIENT.edge, "right")

    card.rule(214)
    card.heading(MARGIN, 238, "a matrix of ones: how many windows hold each pixel")
    ones = np.zeros((3, 4), int)
    for h, w in np.ndindex(2, 3):
        ones[h : h + 2, w : w + 2] += 1
    x, y = 96, 288
    matrix = np.ones((6, 4), int)
    card.text(x + 2 * 24, y - 16, "columns", 13, GRADIENT.edge, code=True, bold=True)
    card.grid(x, y, matrix, GRADIENT, 24, size=12)
    card.arrow(x + 4 * 24 + 24, y + 72, 306, y + 72)
    card.text(250, y + 54, "col2im", 13, code=True)
    card.grid(330, y + 12, ones, GRADIENT, cell, above="(1, 3, 4, 1)")
    card.lines(528, y + 40, ("a corner: 1 window", "an edge: 2", "the middle: 4"), MUTED, size=13, leading=26)
    card.save(IMAGES / "col2im.svg")


def product() -> None:
    """The whole layer as one matrix product, and back into an image."""
    matrix, flat, cell = windows(IMAGE), FILTERS.reshape(2, -1).T, 34
    result = matrix @ flat + BIASES
    card = Card(402)
    x, y = 62, 84
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
    card.text(x + 2 * cell + 17, y + 3 * cell, "=", 20)
    x += 2 * cell + 34
    card.text(x + cell, 28, "Z_flat", color=OUTPUT.edge, **names)
    card.text(x + cell, 50, times(result.shape), 13, OUTPUT.edge)
    card.grid(x, y, result, OUTPUT, cell)
    card.arrow(x + 2 * cell + 8, y + 3 * cell, x + 2 * cell + 32, y + 3 * cell)
    x += 2 * cell + 42
    card.text(x + 1.5 * 32, 28, "Z[i]", color=OUTPUT.edge, **names)
    card.text(x + 1.5 * 32, 50, times((2, 3, 2)), 13, OUTPUT.edge)
    for c in range(2):
        card.grid(x, y + 4 + c * 106, result[:, c].reshape(2, 3), OUTPUT, 32, size=13)
        card.text(x + 48, y + 4 + c * 106 + 80, f"filter {c}", 12, MUTED)
    first = " ".join(
        ("+ " if v >= 0 else "− ") + f"{a} · {abs(v)}" for a, v in zip(matrix[0], flat[:, 0], strict=True)
    )
    worked = f"row 0, filter 0:  {first[2:]} + {BIASES[0]} = {result[0, 0]}"
    card.text(WIDTH / 2, y + 6 * cell + 32, worked, 14)
    note = "a row is a window, a column is a filter: one product does every position of every image"
    card.text(WIDTH / 2, y + 6 * cell + 62, note, 12, MUTED)
    card.save(IMAGES / "product.svg")


def backward() -> None:
    """The same product on the way back: one for dW, one for the columns, a sum for db."""
    matrix, flat = windows(IMAGE), FILTERS.reshape(2, -1).T
    dZ = DZ.reshape(2, -1).T
    dW, db, dcolumns = matrix.T @ dZ, dZ.sum(axis=0), dZ @ flat.T
    cell, card = 34, Card(700)
    names = {"size": 13, "code": True, "bold": True}

    def part(y, title):
        card.heading(MARGIN, y, title)

    part(28, "dW: what stood under each weight, times dZ, added up over all windows")
    y = 88
    x = MARGIN + 8
    card.text(x + 3 * cell, y - 18, "columns.T  4 × 6", color=INPUT.edge, **names)
    card.grid(x, y + cell, matrix.T, INPUT, cell, size=14)
    x += 6 * cell + 34
    card.text(x - 17, y + 3 * cell, "@", 18)
    card.text(x + cell, y - 18, "dZ_flat", color=GRADIENT.edge, **names)
    card.grid(x, y, dZ, GRADIENT, cell, size=14)
    x += 2 * cell + 34
    card.text(x - 17, y + 3 * cell, "=", 18)
    card.text(x + cell, y - 18, "4 × 2", color=GRADIENT.edge, **names)
    card.grid(x, y + cell, dW, GRADIENT, cell, size=14)
    x += 2 * cell + 40
    card.arrow(x - 32, y + 3 * cell, x - 8, y + 3 * cell)
    card.text(x + cell, y - 18, "dW", color=GRADIENT.edge, **names)
    for c in range(2):
        card.grid(x, y + 10 + c * 100, dW[:, c].reshape(2, 2), GRADIENT, cell, size=14)
        card.text(x + cell, y + 10 + c * 100 + 2 * cell + 14, f"filter {c}", 12, MUTED)
    x += 2 * cell + 30
    card.text(x + cell, y - 18, "db", color=GRADIENT.edge, **names)
    card.grid(x, y + 2.5 * cell, db[None], GRADIENT, cell, size=14)
    card.lines(x - 2, y + 4.4 * cell, ("each column", "of dZ_flat,", "added up"), MUTED, size=12, leading=17)

    card.rule(350)
    part(376, "dA_prev: each dZ times its filter, back into its window")
    y = 438
    x = MARGIN + 8
    card.text(x + cell, y - 18, "dZ_flat", color=GRADIENT.edge, **names)
    card.grid(x, y, dZ, GRADIENT, cell, size=14)
    x += 2 * cell + 34
    card.text(x - 17, y + 3 * cell, "@", 18)
    card.text(x + 2 * cell, y - 18, "W_flat.T  2 × 4", color=FILTER.edge, **names)
    card.grid(x, y + 2 * cell, flat.T, FILTER, cell, size=14)
    x += 4 * cell + 34
    card.text(x - 17, y + 3 * cell, "=", 18)
    card.text(x + 2 * cell, y - 18, "6 × 4", color=GRADIENT.edge, **names)
    card.grid(x, y, dcolumns, GRADIENT, cell, size=14)
    x += 4 * cell + 78
    card.arrow(x - 68, y + 3 * cell, x - 10, y + 3 * cell)
    card.text(x - 40, y + 3 * cell - 16, "col2im", 13, code=True)
    dA = np.zeros(IMAGE.shape, int)
    for row, (h, w) in zip(dcolumns, np.ndindex(2, 3), strict=True):
        dA[h : h + 2, w : w + 2] += row.reshape(2, 2)
    card.text(x + 2 * cell, y - 18, "dA_prev[i]", color=GRADIENT.edge, **names)
    card.grid(x, y + 1.5 * cell, dA, GRADIENT, cell, size=14)
    card.text(x + 2 * cell, y + 4.5 * cell + 18, times((3, 4, 1)), 13, GRADIENT.edge)
    card.save(IMAGES / "backward.svg")


def pooling() -> None:
    """Windows as rows, the largest of each; the gradient back to the first of the largest."""
    matrix, cell = windows(POOLED, 2), 42
    best, first = matrix.max(axis=1), matrix.argmax(axis=1)
    tints = PLACES.reshape(-1)
    card = Card(520)
    x, y = MARGIN, 86
    card.text(x + 2 * cell, 28, "A_prev[i, :, :, c]", 14, INPUT.edge, code=True, bold=True)
    card.text(x + 2 * cell, 52, "f = 2, stride = 2", 12, MUTED, code=True)
    card.grid(x, y, POOLED, INPUT, cell, tint=PLACES.repeat(2, 0).repeat(2, 1))
    card.arrow(x + 4 * cell + 12, y + 2 * cell, x + 4 * cell + 46, y + 2 * cell)
    x = 268
    card.text(x + 2 * cell, 28, "windows", 14, INPUT.edge, code=True, bold=True)
    for k in range(4):
        card.text(x + (k + 0.5) * cell, y - 14, str(k), 12, MUTED, code=True)
    chosen = np.arange(4) == first[:, None]
    card.grid(x, y, matrix, INPUT, cell, tint=np.repeat(tints[:, None], 4, 1), bold=chosen)
    for row, place in enumerate(first):
        card.rectangle(
            x + place * cell + 2, y + row * cell + 2, cell - 4, cell - 4, edge=FILTER.edge, line=2.8
        )
    for left, name, values in (
        (476, "max", best),
        (548, "argmax", first),
        (620, "mean", matrix.mean(axis=1)),
    ):
        role = FILTER if name == "argmax" else OUTPUT
        card.text(left + cell / 2, 50, name, 13, role.edge, code=True, bold=True)
        card.grid(
            left, y, values[:, None], role, cell, tint=tints[:, None], size=13 if name == "mean" else 16
        )
    card.text(
        WIDTH - MARGIN, y + 4 * cell + 24, "equal values: argmax takes the first", 13, FILTER.edge, "right"
    )

    card.rule(296)
    card.heading(MARGIN, 320, "on the way back: all of dA to the place that argmax found")
    y, cell = 372, 34
    card.grid(MARGIN + 20, y + cell, POOL_GRADIENT, GRADIENT, cell, tint=PLACES, above="dA", size=14)
    card.arrow(MARGIN + 20 + 2 * cell + 16, y + 2 * cell, 186, y + 2 * cell)
    shares = chosen * POOL_GRADIENT.reshape(-1, 1)
    card.grid(
        206, y, shares, GRADIENT, cell, tint=np.where(chosen, tints[:, None], "white"), bold=chosen, size=14
    )
    card.text(206 + 2 * cell, y - 16, "shares", 13, GRADIENT.edge, code=True, bold=True)
    card.arrow(206 + 4 * cell + 16, y + 2 * cell, 440, y + 2 * cell)
    card.text(398, y + 2 * cell - 16, "col2im", 13, code=True)
    dA_prev = np.zeros((4, 4), int)
    for row, (h, w) in zip(shares, np.ndindex(2, 2), strict=True):
        dA_prev[2 * h : 2 * h + 2, 2 * w : 2 * w + 2] += row.reshape(2, 2)
    faces = np.where(dA_prev != 0, PLACES.repeat(2, 0).repeat(2, 1), "white")
    card.grid(460, y, dA_prev, GRADIENT, cell, tint=faces, bold=dA_prev != 0, size=14)
    card.text(460 + 2 * cell, y - 16, "dA_prev", 13, GRADIENT.edge, code=True, bold=True)
    card.save(IMAGES / "pooling.svg")


LAYERS = (  # name, f, stride, pad, channels
    ("conv", 3, 1, 1, 4),
    ("pool", 2, 2, 0, 4),
    ("conv", 3, 1, 1, 8),
    ("pool", 2, 2, 0, 8),
)


def parameters() -> None:
    """A small network layer by layer: shapes and the number of parameters."""
    card = Card(420)
    columns = (MARGIN, 196, 346, WIDTH - MARGIN - 70, WIDTH - MARGIN)
    for x, title in zip(columns, ("layer", "output", "weights + biases", "", "parameters"), strict=True):
        card.text(x, 30, title, 13, MUTED, "right" if title == "parameters" else "left", bold=True)
    rows = [("input", "", (28, 28, 1), "", 0)]
    side, before = 28, 1
    for kind, f, stride, pad, n in LAYERS:
        side = (side + 2 * pad - f) // stride + 1
        count = (f * f * before + 1) * n if kind == "conv" else 0
        formula = f"{f}·{f}·{before} · {n} + {n}" if count else "nothing to learn"
        rows.append((kind, f"f = {f}, stride = {stride}", (side, side, n), formula, count))
        before = n
    inputs = side * side * before
    rows.append(
        (
            "dense",
            f"{side}·{side}·{before} = {inputs} inputs",
            (10,),
            f"{inputs} · 10 + 10",
            (inputs + 1) * 10,
        )
    )
    most = max(count for *_, count in rows)
    for k, (kind, note, shape, formula, count) in enumerate(rows):
        y = 66 + 50 * k
        role = {"conv": FILTER, "pool": INPUT, "dense": OUTPUT}.get(kind, ZEROS)
        card.rectangle(MARGIN - 6, y - 20, WIDTH - 2 * MARGIN + 12, 42, role.tint, "none")
        card.text(columns[0], y - 7 if note else y, kind, 15, ha="left", code=True, bold=True)
        card.text(columns[0], y + 11, note, 11, MUTED, "left")
        card.text(columns[1], y, times(shape), 15, ha="left")
        card.text(columns[2], y, formula, 14, INK if count else MUTED, "left")
        card.rectangle(columns[2] + 158, y - 6, 90 * count / most, 12, role.edge, "none")
        card.text(columns[4], y, str(count), 16, ha="right", bold=bool(count))
    total = sum(count for *_, count in rows)
    card.text(WIDTH - MARGIN, 66 + 50 * len(rows) + 6, f"in all {total}", 17, ha="right", bold=True)
    card.text(
        MARGIN,
        66 + 50 * len(rows) + 6,
        "most of them in the last layer, which shares nothing",
        13,
        MUTED,
        "left",
    )
    card.save(IMAGES / "parameters.svg")


def receptive_field() -> None:
    """One number behind four layers, and all the pixels that it depends on, along one axis."""
    card = Card(430)
    reach, jump, table = 1, 1, [(1, 1)]
    for _, f, stride, *_ in LAYERS:
        reach, jump = reach + (f - 1) * jump, jump * stride
        table.append((reach, jump))
    cell, left, bottom, step = 34, 110, 366, 74
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
                    card.path((x, y + 12), (levels[k - 1][end], y + step - 13), color=RULE, line=1.1)
    for k, (level, role) in enumerate(zip(levels, roles, strict=True)):
        y = bottom - k * step
        for x in level:
            card.rectangle(x - 12, y - 12, 24, 24, role.tint, role.edge, 1.4)
        card.text(MARGIN - 8, y - 9, names[k].split(",")[0], 13, ha="left", code=True, bold=True)
        if k:
            card.text(MARGIN - 8, y + 10, names[k].split(", ", 1)[1], 11, MUTED, "left")
        side, distance = table[k]
        card.text(534, y, str(side), 17, ha="center", bold=True)
        worked = f"{table[k - 1][0]} + ({LAYERS[k - 1][1]} − 1)·{table[k - 1][1]}" if k else ""
        card.text(534, y + 19, worked, 11, MUTED)
        card.text(634, y, str(distance), 17, bold=True)
        card.text(634, y + 19, f"{table[k - 1][1]}·{LAYERS[k - 1][2]}" if k else "", 11, MUTED)
    card.text(534, 26, "sees", 13, MUTED, bold=True)
    card.text(634, 26, "distance", 13, MUTED, bold=True)
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
