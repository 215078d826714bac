"""Instances of classes that both ends have: made without running a line of the class."""

from __future__ import annotations

import collections
import contextlib
import functools
import keyword
import sys
import types
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

from nbexaminer.errors import WireError
from nbexaminer.isolation.wire.context import Context
from nbexaminer.isolation.wire.kinds import Unfit, kind_of, load

_MOST_FIELDS = 200


def is_simple(cls: type) -> bool:
    """Return whether instances of a class consist of their attributes and nothing else."""
    try:
        object.__new__(cls)
    except TypeError:  # it is abstract, or has a content in C
        return False
    return True


def attributes_of(value: Any) -> dict[str, Any]:
    """Return the attributes of an instance, those in slots, too, without asking its class's methods."""
    found: dict[str, Any] = {}
    for name in (name for cls in type(value).__mro__ for name in _slots(cls)):
        try:
            found[name] = object.__getattribute__(value, name)
        except AttributeError:  # not set
            continue
    with contextlib.suppress(AttributeError):
        found.update(object.__getattribute__(value, "__dict__"))
    return found


def new_instance(cls: Any) -> Any:
    """Return an instance without attributes. Raises WireError if there can be no such."""
    if not isinstance(cls, type) or issubclass(cls, Enum):
        raise WireError("there is no such class that both ends have")
    try:
        return object.__new__(cls)
    except TypeError:
        raise WireError("instances of this class don't travel") from None


def set_attributes(instance: Any, attributes: Mapping[str, Any]) -> None:
    """Give an instance its attributes, and no others, without asking its class's methods."""
    for name in attributes_of(instance).keys() - attributes.keys():
        object.__delattr__(instance, name)
    own = getattr(instance, "__dict__", None)
    slots = {name for cls in type(instance).__mro__ for name in _slots(cls)}
    for name, value in attributes.items():
        if name in slots:
            object.__setattr__(instance, name, value)
        elif type(own) is dict:
            own[name] = value
        else:
            raise WireError(f"an instance has no attribute {name[:100]!r}")


def enum_member(cls: Any, name: str) -> Enum:
    """Return a member of an Enum that both ends have."""
    if not (isinstance(cls, type) and issubclass(cls, Enum) and name in cls.__members__):
        raise WireError("there is no such member of an Enum that both ends have")
    return cls.__members__[name]


def named_tuple(name: str, fields: Any, items: Any, shared: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return a named tuple: of the class that both ends have under its name, or else of one like it."""
    if type(fields) is not tuple or type(items) is not tuple or len(fields) != len(items):
        raise WireError("that is no named tuple")
    known = shared.get(name)
    if isinstance(known, type) and issubclass(known, tuple) and getattr(known, "_fields", None) == fields:
        return tuple.__new__(known, items)
    for text in (name, *fields):
        if type(text) is not str or not text.isidentifier() or keyword.iskeyword(text) or len(text) > 100:
            raise WireError("a named tuple has a field that is no name")
    if len(fields) > _MOST_FIELDS or len({*fields}) < len(fields) or any(text[0] == "_" for text in fields):
        raise WireError("a named tuple has such fields as none has")
    return tuple.__new__(_like(name, fields), items)


@functools.lru_cache(100)
def _like(name: str, fields: tuple[str, ...]) -> type[tuple[Any, ...]]:
    return collections.namedtuple(name, fields)


def _slots(cls: type) -> list[str]:
    slots = cls.__dict__.get("__slots__", ())
    names = [slots] if isinstance(slots, str) else list(slots)
    private = "_" + cls.__name__.lstrip("_")
    return [
        private + name if name.startswith("__") and not name.endswith("__") else name
        for name in names
        if name not in ("__dict__", "__weakref__")
    ]


def share(context: Context, namespace: Mapping[str, Any], names: Iterable[str]) -> None:
    """Take in the classes and functions under some names, as far as no library has them: both ends do so
    after the same text of the instructor's ran. Of a module beside the notebook, all its classes."""
    for name in names:
        value = namespace.get(name)
        if isinstance(value, (type, types.FunctionType)) and not _is_of_library(value.__module__):
            context.shared[name] = value
        elif isinstance(value, types.ModuleType) and not _is_of_library(value.__name__):
            for inner in list(vars(value).values()):
                if isinstance(inner, type) and inner.__module__ == value.__name__:
                    context.shared[f"{value.__name__}.{inner.__qualname__}"] = inner


@functools.lru_cache(1000)
def _is_of_library(module: str) -> bool:
    if module == "__main__":
        return False
    top = module.partition(".")[0]
    path = getattr(sys.modules.get(module), "__file__", None)
    installed = (sys.prefix, sys.base_prefix)
    return top in sys.stdlib_module_names or path is None or path.startswith(installed)


def travels(value: Any, context: Context) -> bool:
    """Return whether a function or class is one that both ends have."""
    if context.name_of(value):
        return True
    load()
    kind = kind_of(type(value))
    try:
        return kind is not None and kind.split(value) is not None
    except Unfit:
        return False
