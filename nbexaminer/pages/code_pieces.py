"""Cut a cell's code into the pieces that answers are compared by: its statements and larger expressions,
without its own names, comments, formatting, prints and the order of statements."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

PIECE = 6  # nodes of an expression that make a piece of its own
LONGEST = 20_000  # characters of an answer that are looked at
_SILENT = {"ctx", "annotation", "returns", "type_comment", "kind", "type_params"}
_DOCSTRING = re.compile(r'^[ \t]*[rR]?("""|\'\'\').*?(\1|\Z)', re.DOTALL | re.MULTILINE)
_WORD = re.compile(r"\w+|[^\w\s]")
_NAMING = (ast.arg, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler)
_ASSIGNED = re.compile(r"^([\w, ]+?)\s*[-+*/]?=(?!=)", re.MULTILINE)
_ERRORS = (SyntaxError, ValueError, RecursionError, MemoryError)


def pieces(text: str, given: str = "") -> dict[str, set[int]]:
    """Return the pieces of a cell's code, each with the lines it stands on, from 0.

    What is no Python is taken statement by statement, as far as it goes, without the lines of `given`.
    """
    text = text[:LONGEST]
    try:
        return _cut([(ast.parse(text), 0)])
    except _ERRORS:
        pass
    trees: list[tuple[ast.Module, int]] = []
    found: dict[str, set[int]] = {}
    text = _DOCSTRING.sub(lambda match: "\n" * match[0].count("\n"), text)
    known = {line.strip() for line in given.splitlines()}
    for number, statement in _statements(text.splitlines(), known):
        if isinstance(statement, ast.Module):
            trees.append((statement, number))
        else:
            found.setdefault(statement, set()).add(number)
    assigned = {name for line in found for name in _names_assigned(line)}
    return _cut(trees, assigned) | found


def _statements(lines: list[str], known: set[str]) -> Iterator[tuple[int, ast.Module | str]]:
    """Yield what can be parsed, a statement or the head of one at a time, and the words of other lines."""
    lines = [
        "" if line.strip() in known else re.sub(r"^\s*elif\b", "if", line).strip() for line in lines[:500]
    ]
    number = 0
    while number < len(lines):
        for end in range(number + 1, min(number + 4, len(lines)) + 1):
            text = "\n".join(lines[number:end])
            if tree := _parsed(text) or _parsed(f"{text}\n  pass"):
                yield number, tree
                break
        else:
            end, line = number + 1, lines[number].partition("#")[0].strip()
            repaired = (f"{line}: pass", f"{line})", line[:-1], f"{line[:-1]} pass")  # the usual slips
            if tree := next(filter(None, map(_parsed, repaired)), None):
                yield number, tree
            elif words := _WORD.findall(line):
                yield number, " ".join(words)
        number = end


def _parsed(text: str) -> ast.Module | None:
    try:
        tree = ast.parse(text)
        _cut([(tree, 0)])
    except _ERRORS:
        return None
    return tree


def _cut(trees: Iterable[tuple[ast.Module, int]], names: Iterable[str] = ()) -> dict[str, set[int]]:
    """Cut trees, each with the number of its first line, in pieces; `names` are the cell's own, too.

    Raises RecursionError if one is too deep.
    """
    trees = list(trees)
    cutter = _Cutter({*names, *(name for tree, _ in trees for name in _own_names(tree))})
    for tree, number in trees:
        cutter.first = number - 1
        for statement in tree.body:
            cutter.statement(statement)
    return cutter.pieces


def _names_assigned(line: str) -> list[str]:
    """Return the names that a line seems to assign to, though it can't be parsed."""
    found = _ASSIGNED.match(line)
    return re.findall(r"\w+", found[1]) if found else []


def _own_names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name


class _Cutter:
    """Takes trees apart: each statement, and each expression in it that is large enough, is a piece.

    An expression that was cut off leaves a name in its place, as if its value had been assigned before.
    """

    def __init__(self, own_names: set[str]) -> None:
        self.own_names = own_names
        self.first = 0
        self.pieces: dict[str, set[int]] = {}

    def statement(self, node: ast.stmt) -> None:
        if isinstance(node, ast.AnnAssign) and node.value:
            node = ast.copy_location(ast.Assign([node.target], node.value), node)
        if not _is_silent(node):
            text, _, lines = self._text(node)
            self.pieces.setdefault(text, set()).update(lines)

    def _text(self, node: ast.AST) -> tuple[str, int, set[int]]:
        """Return a node as text, how many nodes that is, and its lines."""
        if isinstance(node, ast.Name):
            return "_" if node.id in self.own_names else node.id, 1, {node.lineno + self.first}
        words, size = [type(node).__name__], int(not isinstance(node, (ast.operator, ast.cmpop)))
        lines = {node.lineno + self.first} if hasattr(node, "lineno") else set()
        for field, value in ast.iter_fields(node):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.stmt):
                    self.statement(child)
                elif isinstance(child, ast.AST) and field not in _SILENT:
                    inner, inner_size, inner_lines = self._text(child)
                    words.append(inner)
                    size += inner_size
                    lines |= inner_lines
                elif child is not None and field not in _SILENT:
                    words.append("_" if isinstance(node, _NAMING) else repr(child))
        text = f"({' '.join(words)})"
        if isinstance(node, ast.expr) and size >= PIECE:
            self.pieces.setdefault(text, set()).update(lines)
            return "_", 1, set()
        return text, size, lines


def _is_silent(node: ast.stmt) -> bool:
    """Return whether a statement does nothing that counts: docstrings, `pass`, prints."""
    if isinstance(node, ast.Expr):
        value = node.value
        is_print = isinstance(value, ast.Call) and getattr(value.func, "id", "") == "print"
        return is_print or isinstance(value, ast.Constant)
    return isinstance(node, ast.Pass)
