"""Which names a cell binds, reads and imports, by its text alone."""

from __future__ import annotations

import ast
import functools
import importlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager

_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_NAMED = (ast.FunctionDef, ast.ClassDef, ast.ExceptHandler, ast.MatchAs, ast.MatchStar)
_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


@dataclass(frozen=True)
class Import:
    """What an import statement binds a name to: a module, or an attribute of one ("*" for all of them)."""

    module: str
    attribute: str | None = None

    def is_there(self) -> bool:
        """Return whether this process has it, too; a module that a student has written, it has not."""
        try:
            self.load()
        except Exception:
            return False
        return True

    def load(self) -> Any:
        """Return this process's own copy. Raises ImportError or AttributeError."""
        module = importlib.import_module(self.module)
        if self.attribute is None:
            return module
        try:
            return getattr(module, self.attribute)
        except AttributeError:
            return importlib.import_module(f"{self.module}.{self.attribute}")


@dataclass(frozen=True)
class CellNames:
    """bound: names that the cell binds at its top level, and how: "function" (or class), "import" or
    "variable"; read: global names that it reads before it binds them itself, in its functions too;
    used: names that its functions and classes read; imports: what import statements bind, by name;
    star_imports: modules of which it imports all; words: all names and attributes in its text;
    changed: global names whose content its functions change; texts: names that it may read by their text;
    deleted: names that it deletes; assigned: global names that its functions bind; reads_all: whether it may
    read any name there is, as with `globals()`;
    makes_objects: whether it defines a class, a generator or a function inside another."""

    bound: dict[str, str] = field(default_factory=dict)
    read: frozenset[str] = frozenset()
    used: frozenset[str] = frozenset()
    imports: dict[str, Import] = field(default_factory=dict)
    star_imports: tuple[str, ...] = ()
    words: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    makes_objects: bool = False
    deleted: frozenset[str] = frozenset()
    assigned: frozenset[str] = frozenset()
    reads_all: bool = False


def python_text(source: str) -> str:
    """Return the Python that IPython makes of a cell, magics and all."""
    return TransformerManager().transform_cell(source)


@functools.lru_cache(1000)
def cell_names(source: str) -> CellNames:
    """Return the names of a cell; none if it is not Python."""
    try:
        tree = ast.parse(python_text(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return CellNames()
    cell = _Cell()
    cell.block(tree.body)
    later = cell.used - cell.bound.keys()
    words = frozenset(_words(tree))
    texts = frozenset(_texts(tree) if words & _BY_TEXT else ())
    return CellNames(
        cell.bound,
        frozenset(cell.read | later),
        frozenset(cell.used),
        cell.imports,
        tuple(cell.stars),
        words,
        frozenset(_changed(tree)),
        texts,
        any(map(_makes_objects, ast.walk(tree))),
        frozenset(
            part.id for part in ast.walk(tree) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Del)
        ),
        frozenset(name for part in ast.walk(tree) if isinstance(part, ast.Global) for name in part.names),
        bool(words & _BY_TEXT) and _reads_all(tree),
    )


_CHANGING = {
    *("add", "append", "appendleft", "clear", "discard", "extend", "extendleft", "insert", "pop", "popitem"),
    *("popleft", "remove", "reverse", "rotate", "setdefault", "sort", "update"),
}


def _changed(tree: ast.AST) -> Iterator[str]:
    """Yield the global names that functions assign to, or whose items, attributes or content they change."""
    for function in ast.walk(tree):
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        local = set(_bound_inside(function))
        for part in ast.walk(function):
            if isinstance(part, ast.Global):
                yield from part.names
            elif isinstance(part, (ast.Subscript, ast.Attribute)) and (
                not isinstance(part.ctx, ast.Load) or getattr(part, "attr", None) in _CHANGING
            ):
                base = part.value
                while isinstance(base, (ast.Subscript, ast.Attribute)):
                    base = base.value
                if isinstance(base, ast.Name) and base.id not in local:
                    yield base.id


def _makes_objects(node: ast.AST) -> bool:
    if isinstance(node, (ast.ClassDef, ast.Yield, ast.YieldFrom)):
        return True
    inner = ast.walk(node) if isinstance(node, ast.FunctionDef) else ()
    return any(isinstance(part, (ast.FunctionDef, ast.Lambda)) and part is not node for part in inner)


_BY_TEXT = {"globals", "locals", "vars", "dir", "user_ns"}  # with these, a name is read by its text


def _texts(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
            yield node.value


def _reads_all(tree: ast.AST) -> bool:
    """Return whether all global names are asked for, and not just one of them by its text."""
    namespaces = [
        part
        for part in ast.walk(tree)
        if isinstance(part, ast.Call)
        and isinstance(part.func, ast.Name)
        and part.func.id in _BY_TEXT
        and not part.args
    ]
    by_text: list[ast.AST] = []  # globals()["x"], globals().get("x"), "x" in globals()
    for part in ast.walk(tree):
        if isinstance(part, ast.Subscript) or (isinstance(part, ast.Attribute) and part.attr == "get"):
            by_text.append(part.value)
        elif isinstance(part, ast.Compare):
            by_text += part.comparators
    return any(part not in by_text for part in namespaces)


def _words(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.alias):
            yield from node.name.split(".")


class _Cell:
    """Goes through a cell's statements in their order."""

    def __init__(self) -> None:
        self.bound: dict[str, str] = {}
        self.read: set[str] = set()
        self.used: set[str] = set()  # by functions, when they are called
        self.imports: dict[str, Import] = {}
        self.stars: list[str] = []

    def block(self, statements: list[ast.stmt]) -> None:
        for statement in statements:
            self.statement(statement)

    def statement(self, node: ast.stmt) -> None:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            self.function(node)
            self.bind(node.name, "function")
        elif isinstance(node, ast.ClassDef):
            for part in (*node.bases, *node.keywords, *node.decorator_list):
                self.expressions(part)
            self.used |= _global_reads(node.body)
            self.bind(node.name, "function")
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            self.importing(node)
        else:
            self.parts(node)

    def parts(self, node: ast.AST) -> None:
        """Expressions first, then what they are bound to, then the blocks inside of a statement."""
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            self.loaded(node.target.id)
        blocks = [value for _, value in ast.iter_fields(node) if _is_block(value)]
        for name, value in ast.iter_fields(node):
            if not _is_block(value) and name not in ("target", "targets", "optional_vars"):
                for part in value if isinstance(value, list) else [value]:
                    if isinstance(part, (ast.withitem, ast.match_case)):
                        self.parts(part)
                    elif isinstance(part, ast.AST):
                        self.expressions(part)
        for name, value in ast.iter_fields(node):
            if name in ("target", "targets", "optional_vars") and value is not None:
                for part in value if isinstance(value, list) else [value]:
                    self.expressions(part)
        for block in blocks:
            for part in block:
                if isinstance(part, ast.stmt):
                    self.statement(part)
                else:  # a handler of exceptions
                    if getattr(part, "name", None):
                        self.bind(part.name, "variable")
                    self.parts(part)

    def expressions(self, node: ast.AST) -> None:
        if isinstance(node, ast.Lambda):
            self.function(node)
        elif isinstance(node, _Comprehension):
            inner = _Cell()
            for generator in node.generators:
                inner.expressions(generator.iter)
                inner.expressions(generator.target)
                for condition in generator.ifs:
                    inner.expressions(condition)
            for value in (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,):
                inner.expressions(value)
            for name in inner.read:
                self.loaded(name)
            self.used |= inner.used - inner.bound.keys()
        elif isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Store):
                self.bind(node.id, "variable")
            else:
                self.loaded(node.id)
        elif isinstance(node, ast.NamedExpr):
            self.expressions(node.value)
            self.expressions(node.target)
        else:
            for part in ast.iter_child_nodes(node):
                self.expressions(part)

    def function(self, node: _Function) -> None:
        """Its defaults and decorators are evaluated now, its body when it is called."""
        arguments = node.args
        for part in (*arguments.defaults, *arguments.kw_defaults, *getattr(node, "decorator_list", ())):
            if part is not None:
                self.expressions(part)
        self.used |= _global_reads([node])

    def importing(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            if isinstance(node, ast.Import):
                name = alias.asname or alias.name.partition(".")[0]
                self.imports[name] = Import(alias.name if alias.asname else name)
            elif alias.name == "*":
                self.stars.append(node.module or "")
                continue
            else:
                name = alias.asname or alias.name
                if not node.level:
                    self.imports[name] = Import(node.module or "", alias.name)
            self.bind(name, "import")

    def loaded(self, name: str) -> None:
        if name not in self.bound:
            self.read.add(name)

    def bind(self, name: str, how: str) -> None:
        self.bound[name] = how


def _is_block(value: object) -> bool:
    return isinstance(value, list) and bool(value) and (isinstance(value[0], (ast.stmt, ast.excepthandler)))


def _global_reads(nodes: list[ast.stmt] | list[_Function]) -> set[str]:
    """Return the names that functions among some nodes read and don't bind themselves."""
    found: set[str] = set()
    for node in nodes:
        local = set(_bound_inside(node)) if isinstance(node, _Function) else set()
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load) and part.id not in local:
                found.add(part.id)
    return found


def _bound_inside(node: ast.AST) -> Iterator[str]:
    """Yield the names that are local to a function or to one inside it, but for those declared global."""
    declared = {name for part in ast.walk(node) if isinstance(part, ast.Global) for name in part.names}
    for part in ast.walk(node):
        if isinstance(part, ast.arg) and part.arg not in declared:
            yield part.arg
        elif isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load) and part.id not in declared:
            yield part.id
        elif isinstance(part, _NAMED) and part is not node and part.name:
            yield part.name
        elif isinstance(part, ast.alias):
            yield part.asname or part.name.partition(".")[0]
