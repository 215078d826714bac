"""Which tests may need the student's own process? What they ask can't always be asked from another one.

It is only looked for in the instructor's text here; that the instructor's own solution passes is tried when
an assignment is released (nbexaminer.course.solution_check).
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from nbexaminer.engine.cell_names import cell_names, python_text
from nbexaminer.engine.program import PROVIDED

_HISTORY = {"In", "Out", "_ih", "_oh", "_i"}
_ATTRIBUTES = {"_getframe", "get_objects", "modules"}  # of sys and gc
_DECLARE = "if it passes in one process only, declare it in IsolatedExecute.together (docs/any-course.md)"


def wire_problems(source: str, earlier: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield line and problem for what a test may not be able to ask of another process.

    earlier: the texts of all cells of code before it.
    """
    try:
        tree = ast.parse(python_text(source))
    except SyntaxError as error:
        yield error.lineno or 1, f"it is not Python: {error.msg}"
        return
    for node in ast.walk(tree):
        if what := _look_inside(node):
            yield getattr(node, "lineno", 1), f"it looks into the process of a kernel ({what}); {_DECLARE}."
    before = [cell_names(text) for text in earlier]
    if any(found.star_imports for found in before):
        return
    known = {name for found in before for name in found.bound} | PROVIDED
    for name in sorted(cell_names(source).read - known):
        line = next((n.lineno for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id == name), 1)
        yield line, f"it reads {name!r}, which no cell before it defines."


def _look_inside(node: ast.AST) -> str:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "get_ipython":
        return "get_ipython()"
    if isinstance(node, ast.Name) and node.id in _HISTORY:
        return node.id
    if isinstance(node, ast.Attribute) and node.attr in _ATTRIBUTES and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    return ""
