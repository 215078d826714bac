"""Tests that look into a kernel's history: what students have typed is not in the examiner's."""

from __future__ import annotations

import ast
import functools

from nbexaminer.engine.cell_names import python_text

NO_HISTORY = "this test asks for the kernel's history of cells, which only a process shared with students has"
_NAMES = {"In", "Out", "_ih", "_oh", "_i", "_ii", "_iii", "history_manager"}
_MAGICS = {"rerun", "recall", "rep", "history", "hist", "macro"}
_RUNNING = {"run_line_magic", "run_cell_magic", "magic"}


@functools.lru_cache(1000)
def asks_for_history(source: str) -> bool:
    """Return whether a cell asks for cells that ran before it, by a magic or by IPython's names for them."""
    try:
        nodes = list(ast.walk(ast.parse(python_text(source))))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    names = [node for node in nodes if isinstance(node, (ast.Name, ast.Attribute))]
    bound = {node.id for node in names if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    read = {node.id if isinstance(node, ast.Name) else node.attr for node in names}
    return bool((read - bound) & _NAMES) or any(
        isinstance(node, ast.Call)
        and getattr(node.func, "attr", "") in _RUNNING
        and isinstance(node.args[0] if node.args else None, ast.Constant)
        and str(node.args[0].value).split()[:1] in [[magic] for magic in _MAGICS]  # type: ignore[attr-defined]
        for node in nodes
    )
