"""Made-up classes for tests of likeness: many independent right answers, and copies in disguise."""

from __future__ import annotations

import ast
import builtins
import random
import re
from collections.abc import Iterator
from textwrap import indent

from student_answers import HEADERS

# What students choose between, the most usual first: by function, the choices in the order of the lines.
# `…` in a choice is the place of those that follow, indented.

SIZES = (
    "{n} = int(({prev} - f{pad}) / stride) + 1",
    "{n} = ({prev} - f{pad}) // stride + 1",
    "{n} = int(1 + ({prev} - f{pad}) / stride)",
    "{n} = 1 + ({prev} - f{pad}) // stride",
    "{n} = int(np.floor(({prev} - f{pad}) / stride)) + 1",
    "{n} = math.floor(({prev} - f{pad}) / stride + 1)",
    "{n} = int(({prev} - f{pad} + stride) / stride)",
)


def _sizes(pad: str) -> tuple[str, ...]:
    pairs = (("n_H", "n_H_prev"), ("n_W", "n_W_prev"))
    return tuple("\n".join(form.format(n=n, prev=prev, pad=pad) for n, prev in pairs) for form in SIZES)


SHAPE = (
    "(m, n_H_prev, n_W_prev, n_C_prev) = A_prev.shape",
    "m, n_H_prev, n_W_prev, _ = np.shape(A_prev)",
    "m = A_prev.shape[0]\nn_H_prev, n_W_prev = A_prev.shape[1:3]\nn_C_prev = A_prev.shape[3]",
    "m = len(A_prev)\nn_H_prev = A_prev.shape[1]\nn_W_prev = A_prev.shape[2]\nn_C_prev = A_prev.shape[-1]",
)
CORNERS = tuple(
    line.replace("; ", "\n")
    for line in (
        "top = h * stride; bottom = top + f; left = w * stride; right = left + f",
        "top, left = h * stride, w * stride; bottom, right = top + f, left + f",
        "top = stride * h; bottom = stride * h + f; left = stride * w; right = stride * w + f",
        "top = h * stride; left = w * stride; bottom = f + top; right = f + left",
    )
)
LOOPS = (
    "for h in range(n_H):\n    for w in range(n_W):\n        for c in range(n_C):\n            …",
    "for c in range(n_C):\n    for h in range(n_H):\n        for w in range(n_W):\n            …",
    "for h in range(0, n_H):\n    for w in range(0, n_W):\n        for c in range(0, n_C):\n            …",
    "for h, w, c in np.ndindex(n_H, n_W, n_C):\n    …",
    "for h, w, c in itertools.product(range(n_H), range(n_W), range(n_C)):\n    …",
)
CHOICES = {
    "conv_forward": (
        SHAPE,
        (
            "(f, f, n_C_prev, n_C) = W.shape",
            "f, _, _, n_C = W.shape",
            "f = W.shape[0]\nn_C = W.shape[3]",
            "f, n_C = len(W), W.shape[-1]",
        ),
        (
            "stride = hparameters['stride']\npad = hparameters['pad']",
            "stride, pad = hparameters['stride'], hparameters['pad']",
            "stride = hparameters.get('stride')\npad = hparameters.get('pad')",
        ),
        _sizes(" + 2 * pad"),
        (
            "Z = np.zeros((m, n_H, n_W, n_C))",
            "Z = np.zeros([m, n_H, n_W, n_C])",
            "Z = np.empty((m, n_H, n_W, n_C))",
            "Z = np.zeros(shape=(m, n_H, n_W, n_C), dtype=float)",
        ),
        (
            "A_prev_pad = zero_pad(A_prev, pad)",
            "A_prev_pad = np.pad(A_prev, ((0, 0), (pad, pad), (pad, pad), (0, 0)), 'constant')",
            "A_prev_pad = zero_pad(X=A_prev, pad=pad)",
        ),
        (
            "for i in range(m):\n    a_prev_pad = A_prev_pad[i]\n    …",
            "for i in range(m):\n    a_prev_pad = A_prev_pad[i, :, :, :]\n    …",
            "for i, a_prev_pad in enumerate(A_prev_pad):\n    …",
        ),
        LOOPS,
        CORNERS,
        (
            "a_slice_prev = a_prev_pad[top:bottom, left:right, :]",
            "a_slice_prev = a_prev_pad[top:bottom, left:right]",
            "rows = a_prev_pad[top:bottom]\na_slice_prev = rows[:, left:right]",
        ),
        (
            "Z[i, h, w, c] = conv_single_step(a_slice_prev, W[:, :, :, c], b[:, :, :, c])",
            "Z[i, h, w, c] = conv_single_step(a_slice_prev, W[..., c], b[..., c])",
            "weights = W[:, :, :, c]\nbias = b[:, :, :, c]\n"
            "Z[i, h, w, c] = conv_single_step(a_slice_prev, weights, bias)",
            "Z[i, h, w, c] = np.sum(a_slice_prev * W[:, :, :, c]) + b[0, 0, 0, c]",
        ),
    ),
    "pool_forward": (
        SHAPE,
        (
            "f = hparameters['f']\nstride = hparameters['stride']",
            "f, stride = hparameters['f'], hparameters['stride']",
            "f = hparameters.get('f')\nstride = hparameters.get('stride')",
        ),
        _sizes(""),
        ("n_C = n_C_prev", "n_C = A_prev.shape[3]", "n_C = A_prev.shape[-1]"),
        (
            "A = np.zeros((m, n_H, n_W, n_C))",
            "A = np.zeros([m, n_H, n_W, n_C])",
            "A = np.empty((m, n_H, n_W, n_C))",
        ),
        (
            "for i in range(m):\n    …",
            "for i in range(m):\n    a_prev = A_prev[i]\n    …",
            "for i in range(len(A_prev)):\n    …",
        ),
        LOOPS,
        CORNERS,
        (
            "window = A_prev[i, top:bottom, left:right, c]",
            "window = A_prev[i][top:bottom, left:right, c]",
        ),
        (
            "if mode == 'max':\n    A[i, h, w, c] = np.max(window)\n"
            "elif mode == 'average':\n    A[i, h, w, c] = np.mean(window)",
            "if mode == 'max':\n    A[i, h, w, c] = window.max()\nelse:\n    A[i, h, w, c] = window.mean()",
            "A[i, h, w, c] = np.max(window) if mode == 'max' else np.mean(window)",
            "if mode == 'max':\n    A[i, h, w, c] = np.amax(window)\nif mode == 'average':\n"
            "    A[i, h, w, c] = np.average(window)",
        ),
    ),
}


def independent(function: str, chance: random.Random) -> str:
    """Return an answer in which each choice is made for itself, a usual one more often than not."""
    body = "…"
    for forms in CHOICES[function]:
        form = chance.choices(forms, [2.0**-rank for rank in range(len(forms))])[0]
        body = _put(body, form if "…" in form else f"{form}\n…")
    return f"def {function}({HEADERS[function]}):\n{indent(_put(body, '').rstrip(), '    ')}\n"


def _put(body: str, form: str) -> str:
    """Put a form at the place of the mark, with its indentation."""
    before, _, _ = body.rpartition("…")
    margin = before.rpartition("\n")[2]
    return before + form.replace("\n", f"\n{margin}")


# --------------------------------------------------------------------------------------------- hands

NAMES = {
    "top": ("vert_start", "vert_start", "vert_start", "h_start", "v0", "top"),
    "bottom": ("vert_end", "vert_end", "vert_end", "h_end", "v1", "bottom"),
    "left": ("horiz_start", "horiz_start", "horiz_start", "w_start", "h0", "left"),
    "right": ("horiz_end", "horiz_end", "horiz_end", "w_end", "h1", "right"),
    "a_slice_prev": ("a_slice_prev", "a_slice_prev", "a_slice", "window"),
    "A_prev_pad": ("A_prev_pad", "A_prev_pad", "padded"),
}
COMMENTS = {
    "A_prev.shape": ("# Retrieve dimensions from A_prev's shape", "# sizes", "# the shape of the input"),
    "hparameters": ('# Retrieve information from "hparameters"', "# hyperparameters", "# 超参数"),
    "n_H =": ("# Compute the dimensions of the output", "# output size", "# floor", "# by the formula"),
    "zeros": ("# Initialize the output with zeros", "# start with zeros", "# 初始化"),
    "for i": ("# loop over the batch", "# each example", "# examples"),
    "for h": ("# loop over the vertical axis", "# rows", "# down"),
    "for w": ("# loop over the horizontal axis", "# columns", "# across"),
    "vert_start =": ("# Find the corners of the current slice", "# corners", "# where the window is"),
}


def by_hand(text: str, chance: random.Random) -> str:
    """Return an answer as one student writes it: names, spaces, quotes and comments of the student's own.

    Half of the students keep to what is usual in all of it; a habit is kept throughout.
    """
    pick = 0 if chance.random() < 0.3 else chance.randrange(6)
    for name, names in NAMES.items():
        text = re.sub(rf"\b{name}\b", names[pick % len(names)], text)
    for tight, loose in ((",", ", "), ("=", " = "), ("*", " * "), ("+", " + "), ("/", " / ")):
        if chance.random() < 0.35:
            text = text.replace(loose, tight)
    if chance.random() < 0.4:
        text = text.replace("'", '"')
    keeps, out = chance.choice((0.0, 0.2, 0.8)), []
    for line in text.splitlines():
        for part, comments in COMMENTS.items():
            if part in line and chance.random() < keeps:
                out.append(line[: len(line) - len(line.lstrip())] + chance.choice(comments))
        out.append(line)
    return "\n".join(out)


def handwritten(count: int, seed: int) -> dict[str, dict[str, str]]:
    """Return the answers of a class by function, each student's in a hand of the student's own."""
    answers = dict(class_of(count, seed))
    habits = {student: seed * 10_000 + number for number, student in enumerate(answers["conv_forward"])}
    return {
        function: {student: by_hand(text, random.Random(habits[student])) for student, text in texts.items()}
        for function, texts in answers.items()
    }


# ----------------------------------------------------------------------------------------- disguises


class _Renamed(ast.NodeTransformer):
    """Gives each name that a cell makes, loop variables and parameters too, a new one."""

    def __init__(self, tree: ast.AST) -> None:
        made = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
        made |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
        made -= set(dir(builtins))
        self.names = {name: f"my_{number}" for number, name in enumerate(sorted(made, reverse=True))}

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self.names.get(node.id, node.id), node.ctx)

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(self.names[node.arg])


def renamed(text: str) -> str:
    tree = ast.parse(text)
    return ast.unparse(_Renamed(tree).visit(tree))


def reordered(text: str) -> str:
    """Exchange neighbouring assignments that do not need each other, wherever there are such."""
    tree = ast.parse(text)
    for node in list(ast.walk(tree)):
        body = getattr(node, "body", None)
        for place in range(0, len(body) - 1 if isinstance(body, list) else 0):
            if _apart(body[place], body[place + 1]):
                body[place : place + 2] = body[place + 1], body[place]
    return ast.unparse(tree)


def _apart(one: ast.stmt, other: ast.stmt) -> bool:
    if not (isinstance(one, ast.Assign) and isinstance(other, ast.Assign)):
        return False
    names = [
        (
            {n.id for n in ast.walk(s) if isinstance(n, ast.Name)},
            {n.id for t in s.targets for n in ast.walk(t) if isinstance(n, ast.Name)},
        )
        for s in (one, other)
    ]
    return names[0][0].isdisjoint(names[1][1]) and names[1][0].isdisjoint(names[0][1])


def reformatted(text: str) -> str:
    """Other indentation, spaces and quotes."""
    lines = []
    for line in ast.unparse(ast.parse(text)).splitlines():
        code = line.lstrip()
        margin = "  " * ((len(line) - len(code)) // 4)
        lines.append(margin + code.replace(", ", ",").replace(" = ", "=").replace("'", '"'))
    return "\n".join(lines)


def commented(text: str) -> str:
    """Comments, a docstring and prints in between."""
    lines = []
    for number, line in enumerate(ast.unparse(ast.parse(text)).splitlines()):
        margin = line[: len(line) - len(line.lstrip())]
        if not line.lstrip().startswith(("else", "elif")):
            lines.append(f"{margin}# step {number}: now we do what has to be done")
        lines.append(f"{line}  # here")
        if line.startswith("def "):
            lines.append('    """All my own work."""')
        elif line.rstrip().endswith(":"):
            lines.append(f"{margin}    print('step', {number})")
    return "\n".join(lines)


def broken(text: str) -> str:
    """A bracket too many in the middle."""
    lines = ast.unparse(ast.parse(text)).splitlines()
    lines[len(lines) // 2] += ")"
    return "\n".join(lines)


DISGUISES = {
    "renamed": renamed,
    "reordered": reordered,
    "reformatted": reformatted,
    "commented": commented,
    "all of it": lambda text: commented(reformatted(reordered(renamed(text)))),
    "broken": lambda text: broken(renamed(text)),
}


def class_of(count: int, seed: int) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each function of CHOICES with the answers of so many students."""
    chance = random.Random(seed)
    for function in CHOICES:
        yield function, {f"student-{n:04}": independent(function, chance) for n in range(count)}
