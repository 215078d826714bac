"""Tests that make a figure with pyplot and pass it, or axes of it, to students' functions."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator

from nbexaminer.engine.cell_names import python_text

MAKERS = ("figure", "subplots", "subplot", "axes", "subplot_mosaic")  # of pyplot
_GIVING = {*MAKERS, "add_subplot", "add_axes", "gca", "gcf"}


@functools.lru_cache(1000)
def passes_figures(source: str, functions: frozenset[str]) -> bool:
    """Return whether a cell passes what pyplot has made to one of some functions, or to a method of one of
    them."""
    try:
        tree = ast.parse(python_text(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    made: set[str] = set()
    for node in ast.walk(tree):  # statements in their order, what is inside of them later
        for targets, value in _bindings(node):
            if _is_figure(value, made):
                made |= {part.id for part in ast.walk(targets) if isinstance(part, ast.Name)}
    return any(
        _base(node.func) in functions and any(_is_figure(value, made) for value in _arguments(node))
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    )


def _bindings(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    if isinstance(node, ast.Assign):
        yield from ((target, node.value) for target in node.targets)
    elif isinstance(node, (ast.For, ast.comprehension)):
        yield node.target, node.iter


def _is_figure(value: ast.AST, made: set[str]) -> bool:
    """Return whether a value may be a figure or axes: made by pyplot, or part of something that was."""
    parts = list(ast.walk(value))
    called = {getattr(part.func, "attr", _base(part.func)) for part in parts if isinstance(part, ast.Call)}
    names = {part.id for part in parts if isinstance(part, ast.Name)}
    return bool(called & _GIVING or names & made)


def _arguments(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def _base(node: ast.AST) -> str:
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
