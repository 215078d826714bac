"""Can a test work with the student's functions in another process? Only plain data goes there and back.

What could not work is found here, in the instructor's text, rather than while grading.
"""

from __future__ import annotations

import ast
import builtins
import symtable
from collections.abc import Iterator, Set

from nbexaminer.course.source_cells import python_text

_PROVIDED = {*dir(builtins), "get_ipython", "display", "In", "Out", "_", "__name__"}


def wire_problems(source: str, answers: Set[str], given: Set[str]) -> Iterator[tuple[int, str]]:
    """Yield line and problem for all in a test cell that needs one process.

    answers: the names that solution cells define; given: those that locked cells before it define.
    """
    try:
        text = python_text(source)
        tree = ast.parse(text)
    except SyntaxError as error:
        yield error.lineno or 1, f"it is not Python: {error.msg}"
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and _wants_identity(node) and _names(node) & answers:
            yield (
                node.lineno,
                "it compares a student's object by `is`; a copy arrives here: compare by `==`.",
            )
    known = answers | given | _PROVIDED
    for name in sorted(_read_from_outside(text) - known):
        line = next(n.lineno for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id == name)
        yield line, f"it reads {name!r}, which no locked and no solution cell before it defines."


def names_given(source: str) -> set[str]:
    """Return the names that a cell defines at its top level, imports too."""
    try:
        table = symtable.symtable(python_text(source), "cell", "exec")
    except SyntaxError:
        return set()
    return {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()}


def _wants_identity(node: ast.Compare) -> bool:
    constants = any(isinstance(side, ast.Constant) for side in (node.left, *node.comparators))
    return not constants and any(isinstance(operator, (ast.Is, ast.IsNot)) for operator in node.ops)


def _names(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def _read_from_outside(text: str) -> set[str]:
    """Return the global names that a cell reads, in functions too, but does not define itself."""
    top = symtable.symtable(text, "cell", "exec")
    own = {s.get_name() for s in top.get_symbols() if s.is_assigned() or s.is_imported()}
    found, waiting = set(), [top]
    while waiting:
        table = waiting.pop()
        waiting += table.get_children()
        for symbol in table.get_symbols():
            outside = symbol.is_global() or table is top
            if outside and symbol.is_referenced() and symbol.get_name() not in own:
                found.add(symbol.get_name())
    return found
