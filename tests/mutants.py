"""Mechanical mutants of the instructor's answers: each differs from the right one in one small place.

`python tests/mutants.py` prints how many there are, what became of them, and those that got away.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from assignments import EXERCISES, OF
from notebook_answers import solution_cells, submitted

from nbexaminer.checks import Exercise
from nbexaminer.model import Verdict

EQUIVALENTS = Path(__file__).with_name("equivalent_mutants.txt")


@dataclass(frozen=True)
class Mutant:
    """One changed answer: the statement that was changed, before and after, and the whole text."""

    function: str
    kind: str
    before: str
    after: str
    source: str

    @property
    def key(self) -> tuple[str, str, str]:
        return self.function, self.before, self.after


def mutants(function: str) -> list[Mutant]:
    """All mutants of one answer, no text twice, none that equals the original."""
    tree = ast.parse(solution_cells(OF[function])[function])
    body = tree.body[0]
    body.body.pop(0)  # the docstring
    original, found = ast.unparse(tree), {}
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names = {name for name in names if name != "np"}
    for kind, statement, before in _changed(body, body, names):
        source = ast.unparse(tree)
        if source != original:
            found.setdefault(source, Mutant(function, kind, before, _headline(statement), source))
    return list(found.values())


def fate(mutant: Mutant, exercise: Exercise) -> Verdict:
    """What the exercise says about the mutant; the exercise itself stops an endless loop."""
    return exercise.verdict(submitted(mutant.function, mutant.source))


def equivalents() -> dict[tuple[str, str, str], str]:
    """The mutants that change nothing that could be seen, by (function, before, after), with the reason."""
    found, function, reason, before = {}, "", "", ""
    for line in EQUIVALENTS.read_text(encoding="utf-8").splitlines():
        sign, text = line[:1], line[2:]
        if sign == "[":
            function = line.strip("[]")
        elif sign == "#":
            reason = text
        elif sign == "-":
            before = text
        elif sign == "+":
            found[function, before, text] = reason
    return found


# --------------------------------------------------------------------------------------------------
# Where to change: every place of the tree is changed, handed out, and changed back.


def _changed(node: ast.AST, statement: ast.stmt, names: set[str]) -> Iterator[tuple[str, ast.stmt, str]]:
    for field, value in ast.iter_fields(node):
        for place, child in enumerate(value) if isinstance(value, list) else ((None, value),):
            if not isinstance(child, ast.AST):
                continue
            inside = child if isinstance(child, ast.stmt) else statement
            before = _headline(inside)
            for kind, new in _alternatives(child, names):
                _put(node, field, place, new)
                yield kind, new if isinstance(new, ast.stmt) else inside, before
            _put(node, field, place, child)
            yield from _changed(child, inside, names)


def _put(node: ast.AST, field: str, place: int | None, child: ast.AST) -> None:
    if place is None:
        setattr(node, field, child)
    else:
        getattr(node, field)[place] = child


def _headline(statement: ast.stmt) -> str:
    return ast.unparse(statement).splitlines()[0]


# --------------------------------------------------------------------------------------------------
# What to change: alternatives to one node.

OPERATORS = {
    ast.Add: (ast.Sub, ast.Mult),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add, ast.Pow),
    ast.Div: (ast.FloorDiv, ast.Mult),
    ast.MatMult: (ast.Mult,),
}
COMPARISONS = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE)
NAMES = (
    ("n_H", "n_W"),
    ("n_H_prev", "n_W_prev"),
    ("n_H", "n_H_prev"),
    ("n_W", "n_W_prev"),
    ("n_C", "n_C_prev"),
    ("m", "n_H"),
    ("h", "w"),
    ("h", "i"),
    ("w", "c"),
    ("i", "c"),
    ("vert_start", "horiz_start"),
    ("vert_end", "horiz_end"),
    ("vert_start", "vert_end"),
    ("horiz_start", "horiz_end"),
    ("h", "vert_start"),
    ("w", "horiz_start"),
    ("stride", "f"),
    ("stride", "pad"),
    ("f", "pad"),
    ("A_prev", "A_prev_pad"),
    ("A_prev_pad", "dA_prev_pad"),
    ("A_prev", "a_prev_pad"),
    ("W", "b"),
    ("dW", "db"),
    ("dA", "A_prev"),
    ("dZ", "A_prev"),
    ("a_slice_prev", "W"),
    ("a_slice", "dZ"),
    ("X", "pad"),
    ("s", "W"),
    ("dz", "average"),
    ("Z", "A"),
    ("Z", "dZ"),
    ("Z", "shifted"),
    ("dA", "dZ"),
    ("dA", "Z"),
    ("A_prev", "W"),
    ("dA_prev", "dW"),
    ("log_P", "shifted"),
    ("m", "y"),
    ("cost", "dZ"),
    ("parameter", "nudge"),
    ("parameter", "gradient"),
    ("step", "index"),
    ("X", "Z1"),
    ("Z1", "A1"),
    ("A1", "P1"),
    ("P1", "F1"),
    ("cache_conv", "cache_relu"),
    ("cache_relu", "cache_pool"),
    ("cache_pool", "cache_dense"),
    ("conv_hparameters", "pool_hparameters"),
    ("dP1", "dF1"),
    ("dA1", "dP1"),
    ("dZ1", "dA1"),
    ("dX", "dW1"),
    ("dW1", "db1"),
    ("dW2", "db2"),
    ("dZ", "shape"),
    ("value", "rate"),
    ("parameters", "gradients"),
)
STRINGS = (
    ("stride", "pad"),
    ("stride", "f"),
    ("pad", "f"),
    ("max", "average"),
    ("constant", "edge"),
    ("constant", "symmetric"),
    ("constant", "wrap"),
    ("W1", "b1"),
    ("W2", "b2"),
    ("W1", "W2"),
    ("b1", "b2"),
    ("d", ""),
)
FUNCTIONS = {
    "np.sum": ("np.mean", "np.max", "np.min", "np.prod"),
    "np.mean": ("np.sum", "np.max", "np.min", "np.median"),
    "np.max": ("np.min", "np.mean", "np.sum", "np.argmax", "np.abs"),
    "np.zeros": ("np.ones", "np.empty_like"),
    "np.ones": ("np.zeros",),
    "int": ("round", "np.ceil", "float"),
    "create_mask_from_window": ("np.max", "np.zeros_like", "np.ones_like"),
    "distribute_value": ("np.full",),
    "np.maximum": ("np.minimum", "np.fmin", "np.add", "np.max"),
    "np.exp": ("np.log", "np.exp2", "np.expm1"),
    "np.log": ("np.exp", "np.log2", "np.log1p"),
    "np.arange": ("np.ones",),
    "relu_forward": ("dense_forward",),
}


def _alternatives(node: ast.AST, names: set[str]) -> Iterator[tuple[str, ast.AST]]:
    for type_, make in _MAKERS.items():
        if isinstance(node, type_):
            yield from make(node, names)


def _constant(node: ast.Constant, names: set[str]) -> Iterator[tuple[str, ast.AST]]:
    if type(node.value) is bool:
        yield "constant", ast.Constant(not node.value)
    if type(node.value) is int:
        for value in {0, 1, node.value + 1, node.value - 1} - {node.value}:
            yield "constant", ast.Constant(value)
    for other in _partners(STRINGS, node.value):
        yield "string", ast.Constant(other)


def _name(node: ast.Name, names: set[str]) -> Iterator[tuple[str, ast.AST]]:
    for other in _partners(NAMES, node.id):
        if other in names:
            yield "name", ast.Name(other, node.ctx)


def _partners(pairs: tuple[tuple[str, str], ...], one: object) -> Iterator[str]:
    for pair in pairs:
        if one in pair:
            yield pair[1 - pair.index(one)]


def _operation(node: ast.BinOp, names: set[str]) -> Iterator[tuple[str, ast.AST]]:
    for operator in OPERATORS.get(type(node.op), ()):
        yield "operator", ast.BinOp(node.left, operator(), node.right)
    if isinstance(node.op, ast.Sub | ast.Div | ast.MatMult):
        yield "operands swapped", ast.BinOp(node.right, node.op, node.left)
    yield "term dropped", node.left
    yield "term dropped", node.right


def _negation(node: ast.UnaryOp, names: set[str]) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node.op, ast.USub):
        yield "sign dropped", node.operand


def _transpose(node: ast.Attribute, names: set[str]) -> Iterator[tuple[str, ast.AST]]:
    if node.attr == "T":
        yield "transpose dropped", node.value


def _comparison(node: ast.Compare, names: set[str]) -> Iterator[tuple[str, ast.AST]]:
    for operator in COMPARISONS:
        yield "comparison", ast.Compare(node.left, [operator()], node.comparators)


def _tuple(node: ast.Tuple, names: set[str]) -> Iterator[tuple[str, ast.AST]]:
    """Axes, results, names on the left of `=`: two exchanged, or one left out."""
    for k in range(len(node.elts) - 1):
        elements = list(node.elts)
        elements[k], elements[k + 1] = elements[k + 1], elements[k]
        yield "axes swapped", ast.Tuple(elements, node.ctx)
    for k in range(len(node.elts)):
        yield "index dropped", ast.Tuple(node.elts[:k] + node.elts[k + 1 :], node.ctx)


def _slice(node: ast.Slice, names: set[str]) -> Iterator[tuple[str, ast.AST]]:
    if node.lower and node.upper:
        yield "slice", ast.Slice(node.upper, node.lower)
        yield "slice", ast.Slice(None, node.upper)
        yield "slice", ast.Slice(node.lower, None)
        yield "slice", ast.Slice(node.lower, ast.UnaryOp(ast.USub(), node.lower))
    else:
        yield "slice", ast.Constant(0)
        yield "slice", ast.Slice(ast.Constant(1), None)


def _call(node: ast.Call, names: set[str]) -> Iterator[tuple[str, ast.AST]]:
    called = ast.unparse(node.func)
    for other in FUNCTIONS.get(called, ()):
        yield "function", ast.Call(ast.parse(other, mode="eval").body, node.args, node.keywords)
    if called == "range":
        (end,) = node.args
        for bounds in ("1, {}", "{} - 1", "{} + 1", "{} // 2"):
            yield "loop", ast.parse(f"range({bounds.format(ast.unparse(end))})", mode="eval").body
    if called == "np.zeros":
        whole = ast.keyword("dtype", ast.Name("int", ast.Load()))
        yield "dtype", ast.Call(node.func, node.args, [whole])
        yield "initial value", ast.parse(f"np.full({ast.unparse(node.args[0])}, 0.5)", mode="eval").body
    if node.args:
        yield "call dropped", node.args[0]
    if len(node.args) > 1:
        yield "axes swapped", ast.Call(node.func, node.args[::-1], node.keywords)
        yield "argument dropped", ast.Call(node.func, node.args[:-1], node.keywords)
    if isinstance(node.func, ast.Attribute) and not node.args:
        yield "call dropped", node.func.value


def _index(node: ast.Subscript, names: set[str]) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node.ctx, ast.Load):
        yield "index dropped", node.value


def _statement(node: ast.stmt, names: set[str]) -> Iterator[tuple[str, ast.AST]]:
    yield "statement dropped", ast.Pass()
    if isinstance(node, ast.AugAssign):
        yield "+= to =", ast.Assign([node.target], node.value, lineno=0)
        for operator in OPERATORS[type(node.op)]:
            yield "operator", ast.AugAssign(node.target, operator(), node.value)
    if isinstance(node, ast.For) and not ast.unparse(node.iter).startswith("range("):
        for part in ("[1:]", "[:-1]"):
            some = ast.parse(f"list({ast.unparse(node.iter)}){part}", mode="eval").body
            yield "loop", ast.For(node.target, some, node.body, [], lineno=0)
    if isinstance(node, ast.If):
        yield "branch dropped", ast.If(node.test, node.body, [])
        yield "always true", ast.If(ast.Constant(True), node.body, node.orelse)
    if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
        yield "result dropped", ast.Return(node.value.elts[0])


_MAKERS: dict[type, Callable] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.BinOp: _operation,
    ast.UnaryOp: _negation,
    ast.Attribute: _transpose,
    ast.Compare: _comparison,
    ast.Tuple: _tuple,
    ast.Slice: _slice,
    ast.Call: _call,
    ast.Subscript: _index,
    ast.stmt: _statement,
}


# --------------------------------------------------------------------------------------------------


def table() -> str:
    """Count the mutants of each function by what became of them, and list the survivors."""
    known = equivalents()
    rows = [f"{'':24} {'total':>6} {'rejected':>9} {'named':>6} {'equivalent':>11} {'survived':>9}"]
    survivors = []
    for exercise in EXERCISES.values():
        verdicts = [(mutant, fate(mutant, exercise)) for mutant in mutants(exercise.name)]
        alive = [mutant for mutant, verdict in verdicts if verdict.credit == 1]
        named = sum(verdict.mistake is not None for _, verdict in verdicts)
        new = [mutant for mutant in alive if mutant.key not in known]
        counts = len(verdicts) - len(alive), named, len(alive) - len(new), len(new)
        rows.append("{:24} {:6} {:9} {:6} {:11} {:9}".format(exercise.name, len(verdicts), *counts))
        survivors += [f"\n[{m.function}]\n# {m.kind}\n- {m.before}\n+ {m.after}" for m in new]
    return "\n".join(rows + survivors)


if __name__ == "__main__":
    print(table())
