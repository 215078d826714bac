"""What a test passes to students' code and can't travel: functions, and instances of the test's own classes.

They stay here, and the student's process gets something that asks for them. What can be asked is what the
test's author has written: calls, public attributes, special methods of the class; nothing with an underscore,
so no way leads from an object to Python's own insides.
"""

from __future__ import annotations

import functools
import inspect
import sys
import types
from collections.abc import Callable
from typing import Any

from nbexaminer.errors import WireError
from nbexaminer.isolation.operations import MAX_OBJECTS, OPERATIONS, SPECIAL_METHODS
from nbexaminer.isolation.wire import Reference

_MAX_TEXT = 500  # characters of a function's documentation
_KNOWN = (types.FunctionType, types.MethodType, types.BuiltinFunctionType, functools.partial, type)
_OF_EACH = frozenset({"__eq__", "__ne__", "__repr__", "__str__", "__hash__"})


class PassedObjects:
    """The examiner's objects that the student's process may refer to, by number."""

    def __init__(self) -> None:
        self.functions: dict[int, Callable[..., Any]] = {}  # what to call when one is asked for something
        self._objects: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}  # by id of the object

    def clear(self) -> None:
        for table in (self.functions, self._objects, self._numbers):
            table.clear()

    def refer(self, value: Any) -> Reference | None:
        is_instance = _is_of_tests(type(value))
        if not (is_instance or callable(value)) or len(self._objects) >= MAX_OBJECTS:
            return None
        number = self._numbers.setdefault(id(value), len(self._numbers) + 1)
        self._objects[number] = value
        if not is_instance:
            self.functions[number] = value
            return Reference(True, number, _name(value), _of_function(value))
        special = special_methods(type(value))
        self.functions[number] = functools.partial(_operate, value, special)
        return Reference(True, number, type(value).__name__, ("instance", *_bases(value), *sorted(special)))

    def find(self, number: int) -> Any:
        if number not in self._objects:
            raise WireError("there is no such object of the test's")
        return self._objects[number]


def _is_of_tests(cls: type) -> bool:
    """Return whether a class is made for a test: by its text, or by unittest.mock."""
    mock = sys.modules.get("unittest.mock")
    is_mock = mock is not None and issubclass(cls, mock.NonCallableMock)
    return is_mock or (cls.__module__ == "__main__")


def special_methods(cls: type) -> frozenset[str]:
    """Return the special methods that a class has of its own."""
    found = {name for base in type.mro(cls)[:-1] for name in vars(base)}
    return frozenset(found & SPECIAL_METHODS)


def _operate(value: Any, special: frozenset[str], operation: str, *args: Any, **kwargs: Any) -> Any:
    """Do what the student's code asks of an object of the test's."""
    if operation in ("getattr", "setattr"):
        if type(args[0]) is not str or args[0].startswith("_"):
            raise AttributeError(f"{type(value).__name__!r} object has no attribute {str(args[0])[:100]!r}")
    elif operation not in special | _OF_EACH:
        raise TypeError(f"a {type(value).__name__} has no {operation[:100]}")
    return OPERATIONS[operation](value, *args, **kwargs)


def _name(function: Any) -> str:
    named = issubclass(type(function), _KNOWN) and hasattr(function, "__name__")
    return str(function.__name__ if named else type(function).__name__)


def _bases(value: Any) -> list[str]:
    return [f"={base.__module__}.{base.__qualname__}" for base in type.mro(type(value))[1:-1]]


def _of_function(function: Any) -> tuple[str, ...]:
    """Return a function's documentation and parameters: name, kind, and whether there is a default."""
    if not issubclass(type(function), _KNOWN):  # it may be a student's, which must not be asked just now
        return ("function",)
    text = function.__doc__ if isinstance(function.__doc__, str) else ""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return ("function", text[:_MAX_TEXT])
    told = (f"{one.name} {int(one.kind)} {int(one.default is not one.empty)}" for one in parameters)
    return ("function", text[:_MAX_TEXT], *told)
