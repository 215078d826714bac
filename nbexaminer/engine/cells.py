"""What the engine has to know of a cell: its id, its role, whether it comes to its end for sure."""

from __future__ import annotations

import ast
import sys
from collections.abc import Mapping

from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution

from nbexaminer.engine.cell_names import python_text
from nbexaminer.model import InstructorCell

_MAX_QUICK = 50_000  # characters of a cell that is parsed here: parsing takes a thousand times as much memory
_MAX_FINALLY = 3  # nested in each other: each doubles the code that Python makes of what is inside


def instructor_cells(known: Mapping[str, NotebookNode]) -> dict[str, InstructorCell]:
    """Return what the engine needs of the instructor's cells; the one called `setup` is the set-up."""
    cells = {}
    for name, cell in known.items():
        if cell.cell_type == "code":
            tested = is_grade(cell) and not is_solution(cell)
            locked = "setup" if name == "setup" else "locked"
            role = "test" if tested else "solution" if is_solution(cell) else locked
            points = float(cell.metadata.nbgrader.get("points", 0))
            cells[name] = InstructorCell(name, role, cell.source, points)
    return cells


def grade_id(cell: NotebookNode) -> str:
    """Return the id that nbgrader knows a cell by; "" if it has none."""
    try:
        return str(cell.metadata.nbgrader.grade_id)
    except AttributeError:
        return ""


def comes_to_its_end(source: str) -> bool:
    """Return whether a cell does nothing but define functions and import what is imported already, so that
    it comes to its end for sure."""
    if len(source) > _MAX_QUICK:
        return False
    try:
        tree = ast.parse(source)
        finally_blocks = sum(isinstance(node, ast.Try) and bool(node.finalbody) for node in ast.walk(tree))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return finally_blocks <= _MAX_FINALLY and all(
        _only_defines(node) or _only_imports(node) for node in tree.body
    )


def _only_defines(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.FunctionDef)
        and not node.decorator_list
        and all(
            isinstance(default, ast.Constant) for default in (*node.args.defaults, *node.args.kw_defaults)
        )
        and not any(isinstance(part, ast.arg) and part.annotation for part in ast.walk(node.args))
        and not node.returns
    )


def _only_imports(node: ast.stmt) -> bool:
    """What the examiner has, a student's process has, too, or it says at once that it is not there."""
    if isinstance(node, ast.Import):
        return all(alias.name in sys.modules for alias in node.names)
    if isinstance(node, ast.ImportFrom) and not node.level and node.module in sys.modules:
        there = getattr(sys.modules[node.module], "__dict__", {})  # None may stand in for a module
        return all(alias.name in there for alias in node.names)
    return False


def is_blank(source: str, released: str) -> bool:
    """Return whether an answer is still the form that some courses give to fill in: `x = None` in each place.

    Whatever else is done in it stands in the released cell already, or only looks at what there is.
    """
    if "None" not in source:
        return False
    try:
        tree, given = (ast.parse(python_text(text)) for text in (source, released))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    known = {ast.dump(node) for node in ast.walk(given) if isinstance(node, ast.stmt)}
    own = [node for node in ast.walk(tree) if isinstance(node, ast.stmt) and ast.dump(node) not in known]
    return any(map(_awaits, own)) and all(_awaits(node) or _does_nothing(node) for node in own)


def _awaits(node: ast.stmt) -> bool:
    """Return whether a statement has None where something is to be filled in."""
    value: ast.expr | None = None
    if isinstance(node, (ast.Assign, ast.AugAssign)):
        value = node.value
    elif isinstance(node, ast.For):  # for i in range(None)
        value = node.iter.args[0] if isinstance(node.iter, ast.Call) and node.iter.args else node.iter
    values = value.elts if isinstance(value, ast.Tuple) else [value]
    return bool(values) and all(isinstance(one, ast.Constant) and one.value is None for one in values)


def _does_nothing(node: ast.stmt) -> bool:
    """Return whether a statement only leads to others, or looks at what there is."""
    if isinstance(node, ast.Expr):
        function = node.value.func if isinstance(node.value, ast.Call) else None
        return isinstance(node.value, ast.Constant) or (
            isinstance(function, ast.Name) and function.id == "print"
        )
    if isinstance(node, ast.Return):
        return all(
            isinstance(part, (ast.Return, ast.Name, ast.Tuple, ast.Constant, ast.Load))
            for part in ast.walk(node)
        )
    return isinstance(node, (ast.FunctionDef, ast.If, ast.For, ast.Assert, ast.Pass))
