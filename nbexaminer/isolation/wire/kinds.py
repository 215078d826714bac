"""Kinds of values beyond the plain ones: each is taken apart into plain values, and put together again.

A kind whose library is not imported does not exist: it is neither sent nor made, and no message makes
anybody import anything.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.abc import SourceLoader
from types import CodeType, ModuleType
from typing import Any, TypeVar

from nbexaminer.errors import WireError

Plain = TypeVar("Plain")

# Where the kinds of a library are; that of the standard library's modules come first.
_HERE = "nbexaminer.isolation.wire."
_LIBRARIES = {
    "builtins": _HERE + "standard_kinds",
    "numpy": _HERE + "numpy_kinds",
    "pandas": _HERE + "pandas_kinds",
    "scipy.sparse": _HERE + "scipy_kinds",
    "PIL.Image": _HERE + "pillow_kinds",
}


class Unfit(Exception):
    """A value of a kind that travels can't: the text says why."""


@dataclass(frozen=True)
class Kind:
    """of: the class, whose subclasses' instances travel as its own; name: starts with its library's.

    split: returns what it consists of, or raises Unfit. build: makes it of what a stranger sent in that
    place; it may raise whatever it likes but must check whatever could do harm. cost: the memory it takes
    beside its content, in values of a message. one_way: whether only the examiner sends it; a student's
    stays where it is, since what is done with it could take for ever.
    """

    name: str
    of: type
    split: Callable[[Any], Any]
    build: Callable[[Any], Any]
    cost: int = 10
    one_way: bool = False


_by_type: dict[type, Kind] = {}
_by_name: dict[str, Kind] = {}
_waiting = dict(_LIBRARIES)
_code: dict[str, CodeType] = {}


def prepare() -> None:
    """Read the code of all kinds now: a process in a sandbox can't read it when a library is imported."""
    for module in _LIBRARIES.values():
        spec = importlib.util.find_spec(module)
        assert spec and isinstance(spec.loader, SourceLoader)
        if code := spec.loader.get_code(module):
            _code[module] = code


def load() -> None:
    """Take in the kinds of what has been imported since."""
    for library in [library for library in _waiting if library in sys.modules]:
        name = _waiting.pop(library)
        if name in _code and name not in sys.modules:
            module = ModuleType(name)
            with contextlib.suppress(Exception):
                exec(_code[name], vars(module))
                sys.modules[name] = module
        with contextlib.suppress(Exception):  # the library is there in part only, so its values don't travel
            for kind in importlib.import_module(name).KINDS:
                _by_type[kind.of] = _by_name[kind.name] = kind


def kind_of(cls: type) -> Kind | None:
    """Return the kind of the instances of a class, if it is one."""
    return next((_by_type[base] for base in type.mro(cls) if base in _by_type), None)


def kind_named(name: str) -> Kind | None:
    """Return a kind of what is imported here."""
    return _by_name.get(name)


def parts(content: Any, *types: type | tuple[type, ...]) -> Any:
    """Return a tuple of plain values after a look at how many and of which types they are."""
    if type(content) is not tuple or len(content) != len(types):
        raise WireError("a value has other parts than its kind")
    for part, wanted in zip(content, types, strict=True):
        if type(part) not in (wanted if isinstance(wanted, tuple) else (wanted,)):
            raise WireError(f"a value has a part of type {type(part).__name__}")
    return content


def plain(value: Any, cls: type[Plain]) -> Plain:
    """Return a value after a look at its type."""
    if type(value) is not cls:
        raise WireError(f"a value is of type {type(value).__name__}, not {cls.__name__}")
    return value


def all_plain(values: Iterable[Any], cls: type[Plain]) -> list[Plain]:
    return [plain(value, cls) for value in values]
