"""Draw the pictures of the notebook "Convolutional Neural Networks: A Network That Learns".

The inputs of each picture are small arrays below; every other number in it is computed from them, by the
reference. Coordinates are CSS pixels from the upper left corner. Letters are large, so that they can be read
on a phone, which shows a picture at half its size.

Run as ``python -m figures.cnn_that_learns`` from the root of the repository.
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
    PLAIN,
    RULE,
    STRONG_GRADIENT,
    STYLE,
    WIDTH,
    ZEROS,
    Card,
    Role,
    number,
    times,
)
from reference.cnn_that_learns import solutions

IMAGES = Path(__file__).parents[1] / "source" / "cnn-that-learns" / "images"
NAME, NOTE = 20, 17  # sizes of letters: of names, of notes

# ReLU, forward and backward, shares one example; so does the dense layer.
Z = np.array([[3, -1, 0], [0.5, 2, -4]])
DA = np.array([[5, 7, 2], [-6, 1, 3]])
A_PREV, W, B = np.array([[1, 2, 0], [3, -1, 1]]), np.array([[1, 0], [2, 1], [-1, 2]]), np.array([[10, 20]])
DZ = np.array([[1, -1], [2, 3]])


def short(value: float, digits: int = 3) -> str:
    """Write a number with so many digits at most."""
    return number(round(float(value), digits) + 0.0)


def named(card: Card, x: float, y: float, values, role: Role, cell: float, name: str, **look) -> None:
    """Draw a matrix with its name above, in large letters."""
    values = np.asarray(values, dtype=object)
    card.grid(x, y, values, role, cell, size=22, **look)
    ink = INK if role is PLAIN else role.edge
    card.text(x + values.shape[1] * cell / 2, y - 20, name, NAME, ink, code=True, bold=True)


def sign(card: Card, x: float, y: float, content: str) -> None:
    """Draw what stands between two matrices."""
    card.text(x, y, content, 30, MUTED)


def relu_forward() -> None:
    """Entries of Z that are negative become 0."""
    A, _ = solutions.relu_forward(Z)
    card, cell, top = Card(400), 74, 76
    named(card, 40, top, Z, INPUT, cell, "Z", bold=Z > 0)
    card.arrow(282, top + cell, 418, top + cell)
    card.text(350, top + cell - 22, "max(Z, 0)", NAME, MUTED, code=True)
    tint = np.where(Z > 0, OUTPUT.tint, ZEROS.tint)
    named(card, 438, top, A, OUTPUT, cell, "A", bold=Z > 0, tint=tint)

    left, base, unit = 350, 372, 26
    card.path((left - 160, base), (left + 190, base), color=RULE)
    card.path((left, base + 10), (left, base - 118), color=RULE)
    card.path((left - 150, base), (left, base), (left + 4 * unit, base - 4 * unit), color=OUTPUT.edge, line=3)
    for value in Z.flat:
        x, y = left + value * unit, base - max(value, 0) * unit
        card.axes.plot([x], [y], "o", color=OUTPUT.edge, ms=8, clip_on=False)
    card.text(left + 196, base - 16, "Z", NOTE, MUTED, code=True)
    card.text(left + 22, base - 112, "A", NOTE, MUTED, code=True)
    card.text(MARGIN, base - 60, "negative: 0", NOTE, MUTED, "left")
    card.text(WIDTH - MARGIN, base - 60, "positive: as it is", NOTE, OUTPUT.edge, "right")
    card.save(IMAGES / "relu_forward.svg")


def relu_backward() -> None:
    """The gradient passes where Z was positive."""
    mask = Z > 0
    dZ = solutions.relu_backward(DA, Z)
    card, cell, top = Card(470), 66, 76
    named(card, 30, top, Z, INPUT, cell, "cache = Z", bold=mask, tint=np.where(mask, INPUT.tint, "white"))
    card.arrow(240, top + cell, 322, top + cell)
    card.text(281, top + cell - 22, "> 0 ?", NAME, MUTED, code=True)
    wide = 105
    for (row, column), value in np.ndenumerate(mask):
        x, y = 342 + column * wide, top + row * cell
        card.rectangle(x, y, wide, cell, GRADIENT.tint if value else "white", MUTED)
        card.text(x + wide / 2, y + cell / 2, number(value), 22, bold=value)
    card.text(342 + 1.5 * wide, top - 20, "the mask", NAME)

    y = 292
    named(card, 30, y, DA, GRADIENT, cell, "dA")
    sign(card, 256, y + cell, "×")
    card.text(326, y + cell, "mask", NAME, INK, code=True)
    sign(card, 396, y + cell, "=")
    tint = np.where(mask, STRONG_GRADIENT, "white")
    named(card, 440, y, dZ, GRADIENT, cell, "dZ", bold=mask, tint=tint)
    card.text(WIDTH / 2, 448, "where Z was 0 or negative, nothing comes back", NOTE, GRADIENT.edge)
    card.save(IMAGES / "relu_backward.svg")


def dense_forward() -> None:
    """Rows of A_prev times columns of W, plus b."""
    Z, _ = solutions.dense_forward(A_PREV, W, B)
    card, cell, top = Card(474), 56, 80
    first = np.zeros(A_PREV.shape, bool)
    first[0] = True
    column = np.zeros(W.shape, bool)
    column[:, 0] = True
    named(card, 26, top + cell / 2, A_PREV, INPUT, cell, "A_prev", bold=first)
    card.rectangle(26, top + cell / 2, 3 * cell, cell, line=3)
    sign(card, 228, top + 1.5 * cell, "@")
    named(card, 252, top, W, FILTER, cell, "W", bold=column)
    card.rectangle(252, top, cell, 3 * cell, line=3)
    sign(card, 394, top + 1.5 * cell, "+")
    named(card, 416, top + cell, B, FILTER, cell, "b", bold=[[True, False]])
    sign(card, 554, top + 1.5 * cell, "=")
    corner = np.array([[True, False], [False, False]])
    named(card, 572, top + cell / 2, Z, OUTPUT, cell, "Z", bold=corner)
    card.rectangle(572, top + cell / 2, cell, cell, line=3)
    for x, values, role in ((110, A_PREV, INPUT), (308, W, FILTER), (472, B, FILTER), (628, Z, OUTPUT)):
        card.text(x, top + 3 * cell + 22, str(values.shape), NOTE, role.edge, code=True)

    card.rule(316)
    terms = " + ".join(
        f"{a}·{w}" if w >= 0 else f"{a}·(−{-w})" for a, w in zip(A_PREV[0], W[:, 0], strict=True)
    )
    card.text(MARGIN, 348, "the first entry:", NOTE, MUTED, "left")
    card.text(MARGIN, 382, f"Z[0, 0] = {terms} + {B[0, 0]} = {number(Z[0, 0])}", 21, INK, "left", code=True)
    card.text(MARGIN, 424, "each row is an example; every row gets the same b", NOTE, FILTER.edge, "left")
    card.text(MARGIN, 452, "inside, the numbers of inputs must agree: 3 and 3", NOTE, MUTED, "left")
    card.save(IMAGES / "dense_forward.svg")


def dense_backward() -> None:
    """What comes back to the inputs, the weights and the biases."""
    dA_prev, dW, db = solutions.dense_backward(DZ, (A_PREV, W, B))
    card, cell = Card(772), 54

    def part(y: float, formula: str, left, operator: str, right, result) -> None:
        """A formula, and below it two matrices and what they give."""
        card.text(MARGIN, y, formula, 21, INK, "left", code=True, bold=True)
        y += 62
        rows = max(len(values) for values, *_ in (left, right, result) if values is not None)
        x = MARGIN + 10
        for values, role, name in (left, right, result):
            if values is None:
                continue
            named(card, x, y + (rows - len(values)) * cell / 2, values, role, cell, name)
            x += np.shape(values)[1] * cell + 30
            if name != result[2]:
                sign(
                    card,
                    x - 4,
                    y + rows * cell / 2,
                    operator if name == left[2] and right[0] is not None else "=",
                )
                x += 26

    part(
        34,
        "dA_prev = dZ @ W.T",
        (DZ, GRADIENT, "dZ"),
        "@",
        (W.T, FILTER, "W.T"),
        (dA_prev, GRADIENT, "dA_prev"),
    )
    card.rule(232)
    part(
        262,
        "dW = A_prev.T @ dZ",
        (A_PREV.T, INPUT, "A_prev.T"),
        "@",
        (DZ, GRADIENT, "dZ"),
        (dW, GRADIENT, "dW"),
    )
    worked = f"dW[0, 0] = {A_PREV[0, 0]}·{DZ[0, 0]} + {A_PREV[1, 0]}·{DZ[1, 0]} = {dW[0, 0]}:"
    card.text(MARGIN, 520, f"{worked} summed over both examples", NOTE, GRADIENT.edge, "left")
    card.rule(546)
    part(576, "db = sum over the examples", (DZ, GRADIENT, "dZ"), "", (None, None, ""), (db, GRADIENT, "db"))
    card.text(
        360,
        638 + cell,
        f"{DZ[0, 0]} + {DZ[1, 0]} = {db[0, 0]},  −1 + 3 = {db[0, 1]}",
        NOTE,
        GRADIENT.edge,
        "left",
    )
    card.save(IMAGES / "dense_backward.svg")


def softmax() -> None:
    """Two examples: from scores to probabilities, to the cost, to the gradient."""
    E = np.array([[1, 2, 5], [1, 2, 1]])
    y = np.array([2, 0])
    P = E / E.sum(axis=1, keepdims=True)
    cost, dZ = solutions.softmax_cross_entropy(np.log(E), y)
    card, wide, high = Card(722), 96, 50
    right = np.zeros(E.shape, bool)
    right[[0, 1], y] = True

    def rows(top: float, name: str, values, role: Role, note: str, write=short) -> None:
        card.text(
            MARGIN,
            top + high,
            name,
            NAME,
            role.edge if role is not PLAIN else INK,
            "left",
            code=True,
            bold=True,
        )
        for (row, column), value in np.ndenumerate(values):
            x, yy = 130 + column * wide, top + row * high
            face = role.tint if right[row, column] else "white"
            card.rectangle(x, yy, wide, high, face, role.edge, 1)
            size = 22 if len(write(value)) < 6 else 19
            card.text(x + wide / 2, yy + high / 2, write(value), size, bold=right[row, column])
            if right[row, column]:
                card.rectangle(x + 1, yy + 1, wide - 2, high - 2, edge=INK, line=2.6)
        card.lines(130 + 3 * wide + 22, top + 24, note.split("\n"), MUTED, 26, size=NOTE)

    card.text(MARGIN, 28, "class", NOTE, MUTED, "left")
    for k in range(3):
        card.text(130 + (k + 0.5) * wide, 28, k, NOTE, MUTED)
    rows(
        48,
        "Z",
        np.log(E),
        INPUT,
        "scores of two examples;\nframed: the right class,\ny = [2, 0]",
        lambda v: short(v, 2),
    )
    card.arrow(130 + 1.5 * wide, 154, 130 + 1.5 * wide, 184)
    card.text(130 + 1.5 * wide + 16, 169, "exp", NOTE, MUTED, "left", code=True)
    rows(190, "exp(Z)", E, PLAIN, f"sums of the rows:\n{E[0].sum()}\n{E[1].sum()}")
    card.arrow(130 + 1.5 * wide, 296, 130 + 1.5 * wide, 326)
    card.text(130 + 1.5 * wide + 16, 311, "divide by the sum of the row", NOTE, MUTED, "left")
    rows(332, "P", P, OUTPUT, "probabilities:\neach row sums to 1")
    losses = -np.log(P[[0, 1], y])
    card.rule(456)
    logarithms = f"(−ln {short(P[0, 2])} − ln {short(P[1, 0])}) / 2"
    worked = f"cost = {logarithms} = ({short(losses[0], 2)} + {short(losses[1], 2)}) / 2 = {short(cost, 2)}"
    card.text(MARGIN, 484, worked, NOTE, INK, "left", code=True)
    card.rule(512)
    card.text(MARGIN, 540, "dZ = (P, minus 1 at the right class) / m", 19, INK, "left", code=True, bold=True)
    rows(
        564,
        "dZ",
        dZ,
        GRADIENT,
        "\n".join(f"({short(P[k])} − 1) / 2 = {short(dZ[k], 4)}" for k in ((0, 2), (1, 0))),
        lambda v: short(v, 4),
    )
    card.text(
        MARGIN,
        694,
        "negative at the right class: its score wants to grow; each row sums to 0",
        NOTE,
        GRADIENT.edge,
        "left",
    )
    card.save(IMAGES / "softmax.svg")


def numerical_gradient() -> None:
    """A chord through two points is steeper than the curve if one of them is the point itself."""
    p, step = 2.0, 0.5

    def J(x):
        return x**3

    card = Card(560)
    left, base, across, up = 60, 356, 300, 17

    def at(x, y):
        return left + (x - 1.2) * across, base - y * up

    xs = np.linspace(1.2, 2.63, 80)
    card.path(*[at(x, J(x)) for x in xs], color=MUTED, line=2)
    card.path((left - 10, base), (WIDTH - MARGIN, base), color=RULE)
    low, high = p - step, p + step
    for x, name, below in ((low, "p − ε", f"{low:g}"), (p, "p", f"{p:g}"), (high, "p + ε", f"{high:g}")):
        card.path((at(x, 0)[0], base), at(x, J(x)), color=RULE, style=(0, (4, 3)))
        card.text(at(x, 0)[0], base + 20, name, NAME, INK, code=True)
        card.text(at(x, 0)[0], base + 44, below, NOTE, MUTED)
    for ends, role, style in (((low, high), OUTPUT, "solid"), ((p, high), FILTER, (0, (6, 3)))):
        slope = (J(ends[1]) - J(ends[0])) / (ends[1] - ends[0])
        drawn = (ends[0] - 0.12, ends[1] + 0.1)
        card.path(
            *[at(x, J(ends[0]) + slope * (x - ends[0])) for x in drawn], color=role.edge, line=3, style=style
        )
    for x in (low, p, high):
        card.axes.plot(*[[v] for v in at(x, J(x))], "o", color=INK, ms=8, clip_on=False)
        below = x == p
        place = at(x, J(x))[0] + (14 if below else -14), at(x, J(x))[1] + (16 if below else -16)
        card.text(*place, f"J = {J(x):g}", NOTE, INK, "left" if below else "right")
    card.text(MARGIN, 30, "J(p) = p³: the slope at p = 2 is 3·2² = 12", NAME, INK, "left")
    central, sided = (J(high) - J(low)) / (2 * step), (J(high) - J(p)) / step
    card.rule(426)
    card.text(
        MARGIN,
        456,
        f"central:    ({J(high):g} − {J(low):g}) / (2·{step}) = {central:g}",
        19,
        OUTPUT.edge,
        "left",
        code=True,
        bold=True,
    )
    card.text(
        MARGIN,
        490,
        f"one-sided:  ({J(high):g} − {J(p):g}) / {step}     = {sided:g}",
        19,
        FILTER.edge,
        "left",
        code=True,
    )
    card.text(MARGIN, 528, "both get better as ε shrinks, the central one much faster", NOTE, MUTED, "left")
    card.save(IMAGES / "numerical_gradient.svg")


def network() -> None:
    """The whole network as volumes, from a digit to ten scores."""
    card = Card(640)
    x, unit = 300, 11
    steps = (
        ("X", (8, 8, 1), INPUT, "an image"),
        ("Z1, A1", (6, 6, 8), OUTPUT, "convolution, 8 filters of 3 × 3; ReLU"),
        ("P1", (3, 3, 8), OUTPUT, "max pooling, windows of 2 × 2"),
    )
    y = 60
    for name, shape, role, note in steps:
        height = shape[0] * unit
        middle = y + height / 2
        card.volume(x, y, shape, unit, role, "#bcdcf1" if role is INPUT else "#b3e2d2")
        card.text(x - 90, middle - 8, name, NAME, role.edge, "right", code=True, bold=True)
        card.text(x - 90, middle + 18, times(shape), NOTE, MUTED, "right")
        card.lines(x + 150, middle, [note.split(",")[0]], INK, size=NOTE)
        if "," in note:
            card.lines(x + 150, middle + 24, [note.split(",")[1].strip()], MUTED, size=NOTE)
        if name != "P1":
            card.arrow(x + 40, y + height + 10, x + 40, y + height + 46)
        y += height + 92
    y -= 50
    card.arrow(x + 40, y - 26, x + 40, y + 8)
    card.text(x + 60, y - 10, "flatten", NOTE, MUTED, "left", code=True)
    card.mesh((x - 140, y + 16), (5, 0), (0, 18), (72, 1), OUTPUT.tint, OUTPUT.edge)
    card.text(x - 160, y + 25, "72 numbers", NOTE, MUTED, "right")
    card.arrow(x + 40, y + 42, x + 40, y + 76)
    card.text(x + 60, y + 58, "dense layer", NOTE, INK, "left")
    scores = (0, 1, -2, 0, 1, 0, -1, 7, 0, 2)
    for k, value in enumerate(scores):
        face = FILTER.tint if value == max(scores) else "white"
        card.rectangle(x - 150 + k * 40, y + 84, 40, 40, face, FILTER.edge)
        card.text(x - 130 + k * 40, y + 104, number(value), NOTE, bold=value == max(scores))
        card.text(x - 130 + k * 40, y + 138, str(k), NOTE, FILTER.edge if value == max(scores) else MUTED)
    card.text(x - 160, y + 104, "Z2", NAME, FILTER.edge, "right", code=True, bold=True)
    card.text(x + 262, y + 104, "scores", NOTE, MUTED, "left")
    card.text(x + 262, y + 138, "the digit", NOTE, MUTED, "left")
    card.save(IMAGES / "network.svg")


def model() -> None:
    """Forwards down the left, backwards up the right, and between them the caches."""
    card = Card(742)
    rows = (
        ("conv_forward", "cache_conv", "conv_backward", "Z1", "6 × 6 × 8", "dZ1"),
        ("relu_forward", "cache_relu", "relu_backward", "A1", "6 × 6 × 8", "dA1"),
        ("pool_forward", "cache_pool", "pool_backward", "P1", "3 × 3 × 8", "dP1"),
        ("reshape", "P1.shape", "reshape", "F1", "72", "dF1"),
        ("dense_forward", "cache_dense", "dense_backward", "Z2", "10", "dZ2"),
    )
    left, middle, right, wide, high, pitch = 40, 280, 470, 190, 50, 112
    top = 82
    card.text(left + wide / 2, 28, "X", NAME, INPUT.edge, code=True, bold=True)
    card.text(left + wide / 2 + 74, 28, "8 × 8 × 1", NOTE, MUTED)
    card.text(right + wide / 2, 28, "dW1, db1", NAME, GRADIENT.edge, code=True, bold=True)
    card.arrow(left + wide / 2, 44, left + wide / 2, top - 4)
    card.arrow(right + wide / 2, top - 4, right + wide / 2, 44)
    for k, (forward, cache, backward, out, shape, grad) in enumerate(rows):
        y = top + k * pitch
        card.rectangle(left, y, wide, high, OUTPUT.tint, OUTPUT.edge, 1.6)
        card.text(left + wide / 2, y + high / 2, forward, 19, code=True)
        card.rectangle(right, y, wide, high, GRADIENT.tint, GRADIENT.edge, 1.6)
        card.text(right + wide / 2, y + high / 2, backward, 19, code=True)
        card.text(middle + 70, y + high / 2 - 16, cache, NOTE, FILTER.edge, code=True, bold=True)
        card.arrow(left + wide + 10, y + high / 2 + 6, right - 10, y + high / 2 + 6)
        below = y + high
        card.arrow(left + wide / 2, below + 4, left + wide / 2, below + pitch - high - 4)
        card.text(left + wide / 2 + 14, below + 30, out, NAME, OUTPUT.edge, "left", code=True, bold=True)
        card.text(left + wide / 2 + 54, below + 30, shape, NOTE, MUTED, "left")
        card.arrow(right + wide / 2, below + pitch - high - 4, right + wide / 2, below + 4)
        card.text(right + wide / 2 + 14, below + 30, grad, NAME, GRADIENT.edge, "left", code=True, bold=True)
    card.text(
        right - 8,
        top + 4 * pitch + high + 30,
        "dW2, db2  ←",
        NAME,
        GRADIENT.edge,
        "right",
        code=True,
        bold=True,
    )
    y = top + 5 * pitch
    card.rectangle(left, y, right + wide - left, 48, FILTER.tint, FILTER.edge, 1.6)
    card.text((left + right + wide) / 2, y + 24, "softmax_cross_entropy(Z2, y)", 19, code=True)
    card.text(
        (left + right + wide) / 2, y + 72, "forwards down the left, backwards up the right", NOTE, MUTED
    )
    card.save(IMAGES / "model.svg")


def update() -> None:
    """A step on two parameters with worked numbers, and what it means on a curve."""
    parameters = {"W1": np.array([[1, 2], [3, 4]]), "b1": np.array([[0, 10]])}
    gradients = {"dW1": np.array([[10, 0], [-10, 5]]), "db1": np.array([[-20, 5]])}
    rate = 0.1
    new = solutions.update(parameters, gradients, rate)
    card, cell = Card(640), 66
    for y, name in ((62, "W1"), (278, "b1")):
        old = parameters[name]
        middle = y + len(old) * cell / 2
        named(card, 30, y, old, FILTER, cell, name)
        sign(card, 204, middle, "−")
        card.text(258, middle, f"{rate} ×", 24, INK)
        named(card, 308, y, gradients[f"d{name}"], GRADIENT, cell, f"d{name}")
        sign(card, 474, middle, "=")
        named(card, 506, y, new[name], OUTPUT, cell, f"new {name}")
    card.text(WIDTH / 2, 218, f"3 − 0.1 · (−10) = {number(new['W1'][1, 0])}", NOTE, OUTPUT.edge)
    card.rule(372)

    left, base = 350, 610

    def at(w):
        return left + (w - 3) * 90, base - 44 * (w - 3) ** 2

    card.path(*[at(w) for w in np.linspace(0.95, 5.05, 90)], color=MUTED, line=2)
    points, w = [], 1.0
    for _ in range(5):
        points.append(at(w))
        w -= 0.2 * 2 * (w - 3)
    for start, end in zip(points[:-1], points[1:], strict=True):
        card.arrow(*start, *end)
    for x, y in points:
        card.axes.plot([x], [y], "o", color=OUTPUT.edge, ms=9, clip_on=False)
    card.text(MARGIN, 400, "J", NAME, MUTED, "left", code=True)
    card.text(left, 408, "against the gradient,", NOTE)
    card.text(left, 434, "downhill: the slope", NOTE)
    card.text(left, 460, "shrinks, so do the steps", NOTE)
    card.text(WIDTH - MARGIN, 622, "w", NAME, MUTED, "right", code=True)
    card.save(IMAGES / "update.svg")


def main() -> None:
    """Draw every picture."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    plt.switch_backend("Agg")  # no window, no display
    with plt.style.context(["default", STYLE]):  # whatever the reader's own settings are
        for draw in (network, relu_forward, relu_backward, dense_forward, dense_backward):
            draw()
        for draw in (softmax, numerical_gradient, model, update):
            draw()


if __name__ == "__main__":
    main()
