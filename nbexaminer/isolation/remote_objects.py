"""Functions and objects of the examiner's, as the student's code sees them: their code is not here."""

from __future__ import annotations

import inspect
import sys
import types
from collections.abc import Callable
from typing import Any

from nbexaminer.isolation.operations import SPECIAL_METHODS
from nbexaminer.isolation.wire import Reference

CallExaminer = Callable[[int, tuple[Any, ...], dict[str, Any]], Any]


class RemoteFunction:
    """A function of the examiner's."""

    def __init__(self, reference: Reference, call_examiner: CallExaminer) -> None:
        self.number = reference.number
        self.__name__ = self.__qualname__ = reference.type_name
        self.__module__ = "__main__"
        self._call_examiner = call_examiner
        _, self.__doc__, *parameters = (*reference.traits, "", "")[: max(2, len(reference.traits))]
        self._parameters = parameters if len(reference.traits) > 1 else None

    @property
    def __signature__(self) -> inspect.Signature:
        if self._parameters is None:
            raise AttributeError("__signature__")
        return inspect.Signature([_parameter(*told.split(" ")) for told in self._parameters])

    @property
    def __code__(self) -> Any:
        """As much of it as tells how many arguments the function takes."""
        plain = [
            name
            for name, one in self.__signature__.parameters.items()
            if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)
        ]
        return types.SimpleNamespace(co_argcount=len(plain), co_varnames=tuple(plain), co_name=self.__name__)

    def __repr__(self) -> str:
        return f"<function {self.__name__}>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._call_examiner(self.number, args, kwargs)


def derived_class(base: type, name: str, others: tuple[type, ...], content: dict[str, Any]) -> type:
    """Make the class that a test derives from one of the student's; its methods are the examiner's.

    content: by name, whether it is a function, staticmethod, classmethod, property or value, and what it is.
    """
    made = {key: _OF_A_CLASS[kind](value) for key, (kind, value) in content.items()}
    return type(base)(name, (base, *others), made | {"__module__": "__main__"})


def _method(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args, **kwargs: function(*args, **kwargs)  # a function, which is bound to an instance


_OF_A_CLASS: dict[str, Callable[[Any], Any]] = {
    "function": _method,
    "staticmethod": staticmethod,
    "classmethod": lambda function: classmethod(_method(function)),
    "property": property,
    "value": lambda value: value,
}


def _parameter(name: str, kind: str, has_default: str) -> inspect.Parameter:
    default = "..." if has_default == "1" else inspect.Parameter.empty
    return inspect.Parameter(name, inspect._ParameterKind(int(kind)), default=default)


class RemoteObject:
    """An instance of a class of the test's."""

    number: int
    _ask: Callable[..., Any]
    _library: type | None = None

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        return self._library or type(self)

    def __getattr__(self, name: str) -> Any:
        return self._ask("getattr", name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._ask("setattr", name, value)

    def __eq__(self, other: Any) -> Any:
        return self is other or self._ask("__eq__", other)

    def __hash__(self) -> int:
        return int(self._ask("__hash__"))

    def __repr__(self) -> str:
        return str(self._ask("__repr__"))

    def __str__(self) -> str:
        return str(self._ask("__str__"))


def remote_object(reference: Reference, call_examiner: CallExaminer) -> Any:
    """Return what stands for an object of the examiner's."""

    def ask(operation: str, *args: Any, **kwargs: Any) -> Any:
        return call_examiner(reference.number, (operation, *args), kwargs)

    libraries = [trait[1:] for trait in reference.traits if trait.startswith("=")]
    content: dict[str, Any] = {name: _asking(name) for name in SPECIAL_METHODS.intersection(reference.traits)}
    content |= {"__module__": "__main__", "number": reference.number, "_ask": staticmethod(ask)}
    content["_library"] = next(filter(None, map(_class, libraries)), None)
    return type(reference.type_name or "object", (RemoteObject,), content)()


def _class(name: str) -> type | None:
    module, _, qualname = name.rpartition(".")
    found = getattr(sys.modules.get(module), qualname, None)
    return found if isinstance(found, type) else None


def _asking(operation: str) -> Callable[..., Any]:
    if operation == "__next__":
        return _next

    def method(self: RemoteObject, *args: Any, **kwargs: Any) -> Any:
        return self._ask(operation, *args, **kwargs)

    method.__name__ = operation
    return method


def _next(self: RemoteObject) -> Any:
    there, item = self._ask("__next__")
    if not there:
        raise StopIteration
    return item
