"""Objects of the student's that can't travel, as the examiner sees them: mirrors.

A mirror has no content. Whatever is done to it is asked of the student's process, where the object is, and
what comes back is plain data or another mirror. So what a mirror answers is the student's word:

- `==` with a plain value is decided here, by value; the object's own `__eq__` is asked only about another
  object of the student's;
- arithmetic and order between an object and a plain value never give a plain value, so that no tolerance can
  be met by an object that answers what it likes.
"""

from __future__ import annotations

import builtins
import inspect
import types
from collections.abc import Callable
from numbers import Number
from typing import Any, Protocol

import numpy as np

from nbexaminer.isolation.operations import BINARY, COMPARISONS, OTHER, SPECIAL_METHODS, UNARY
from nbexaminer.isolation.remote_exceptions import described

PLAIN_BASES = {
    *("bool", "int", "float", "complex", "str", "bytes"),
    *("list", "tuple", "dict", "set", "frozenset"),
}

# What IPython and NumPy look for in any object: a mirror is not to be shown or taken as an array by these.
_NEVER_ASKED = ("__array", "_repr_", "_ipython_", "_mirror_")


# What a class has of its own and a mirror's class would have instead.
_OF_CLASSES = SPECIAL_METHODS | {
    *("__doc__", "__dict__", "__bases__", "__base__", "__mro__", "__init__", "__annotations__", "__flags__"),
    *("__eq__", "__hash__", "__str__", "__repr__", "__new__", "__init_subclass__", "__subclasses__"),
}


class Operations(Protocol):
    """The table of mirrors, which has an operation done in the student's process."""

    def operate(self, operation: str, *args: Any, **kwargs: Any) -> Any: ...


class MirrorType(type):
    """The class of the mirrors of one class's instances; the class's own mirror, too, if it is a student's.

    Its mirrors' `_mirror_classes` are the numbers of their classes, by which `isinstance` is decided here.
    """

    _mirrors: Operations
    _number: int | None
    _numbers: frozenset[int]

    def __new__(mcs, name: str, bases: tuple[Any, ...], content: dict[str, Any]) -> Any:
        """A class statement of a test's, which derives from a class of the student's: it is made there."""
        cell = content.pop("__classcell__", None)
        first, *others = sorted(bases, key=lambda base: not isinstance(base, MirrorType))
        told = {key: _of_a_class(value) for key, value in content.items() if key not in _NOT_TOLD}
        made = first._mirrors.operate("derive", first, name, tuple(others), told)
        if cell is not None:
            cell.cell_contents = made
        return made

    def __getattribute__(cls, name: str) -> Any:
        if name in _OF_CLASSES and type.__getattribute__(cls, "_number") is not None:
            return cls._mirrors.operate("getattr", cls, name)
        return super().__getattribute__(name)

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return cls._mirrors.operate("__call__", cls, *args, **kwargs)

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(type(instance), MirrorType) and cls._number in type(instance)._numbers

    def __subclasscheck__(cls, subclass: Any) -> bool:
        return isinstance(subclass, MirrorType) and cls._number in subclass._numbers

    def __getattr__(cls, name: str) -> Any:
        if cls._number is None or name.startswith(_NEVER_ASKED):
            raise AttributeError(name)
        return cls._mirrors.operate("getattr", cls, name)

    def __setattr__(cls, name: str, value: Any) -> None:
        cls._mirrors.operate("setattr", cls, name, value)

    def __repr__(cls) -> str:
        return f"<class '__main__.{cls.__name__}'>"

    def __dir__(cls) -> list[str]:
        return [as_text(name) for name in cls._mirrors.operate("__dir__", cls)]

    def __bool__(cls) -> bool:
        return True

    def __iter__(cls) -> Any:  # of an Enum
        return cls._mirrors.operate("__iter__", cls)

    def __len__(cls) -> int:
        return int(cls._mirrors.operate("__len__", cls))

    def __getitem__(cls, key: Any) -> Any:
        return cls._mirrors.operate("__getitem__", cls, key)

    def __contains__(cls, item: Any) -> bool:
        return _truth(cls._mirrors.operate("__contains__", cls, item))

    @property
    def __signature__(cls) -> inspect.Signature:
        return signature_of(cls._mirrors.operate("signature", cls))


class Mirror:
    """What all mirrors can do; the special methods of an object's class come on top."""

    _mirrors: Operations
    _library: type | None
    _plain_base: str | None

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        return self._library or type(self)

    @property
    def __dict__(self) -> Any:  # type: ignore[override]
        return self._mirrors.operate("getattr", self, "__dict__")

    @property
    def __signature__(self) -> inspect.Signature:
        return signature_of(self._mirrors.operate("signature", self))

    def __getattr__(self, name: str) -> Any:
        if name.startswith(_NEVER_ASKED) or name == "__signature__":
            raise AttributeError(name)
        result = self._mirrors.operate("getattr", self, name)
        return _mixed(self, result) if _is_mixed(self) and is_mirror(result) else result

    def __setattr__(self, name: str, value: Any) -> None:
        self._mirrors.operate("setattr", self, name, value)

    def __delattr__(self, name: str) -> None:
        self._mirrors.operate("delattr", self, name)

    def __eq__(self, other: Any) -> Any:
        if is_mirror(other):
            return self._mirrors.operate("__eq__", self, other)
        if self._plain_base and not is_mirror(other):
            return self._mirrors.operate("plain", self) == other
        return False

    def __ne__(self, other: Any) -> Any:
        if is_mirror(other):
            return self._mirrors.operate("__ne__", self, other)
        return not self == other

    def __hash__(self) -> int:
        return hash(object.__getattribute__(self, "_mirror_key"))

    def __repr__(self) -> str:
        return as_text(self._mirrors.operate("__repr__", self))

    def __str__(self) -> str:
        return as_text(self._mirrors.operate("__str__", self))

    def __format__(self, form: str) -> str:
        return as_text(self._mirrors.operate("__format__", self, form))

    def __dir__(self) -> list[str]:
        return [as_text(name) for name in self._mirrors.operate("__dir__", self)]

    __array_ufunc__ = None  # `array - mirror` is asked of the object, as a whole

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        """NumPy must not look into an object that could be nested without end."""
        if self._plain_base:
            return np.asarray(self._mirrors.operate("plain", self), *args, **kwargs)
        array = np.empty((), object)
        array[()] = self
        return array

    def __copy__(self) -> Any:
        return self._mirrors.operate("__copy__", self)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return self._mirrors.operate("__deepcopy__", self)

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError(f"an object of type {type(self).__name__} can't be pickled here")


_NOT_TOLD = ("__module__", "__qualname__", "__classcell__")


def _of_a_class(value: Any) -> tuple[str, Any]:
    """Return the kind of a class's attribute, and the function or value in it."""
    if type(value) is property:
        return "property", value.fget
    if type(value) in (staticmethod, classmethod):
        return type(value).__name__, value.__func__
    return ("function" if type(value) is types.FunctionType else "value"), value


def is_mirror(value: Any) -> bool:
    """Return whether a value stands for an object of the student's."""
    return isinstance(type(value), MirrorType) or isinstance(value, MirrorType)


def signature_of(parameters: Any) -> inspect.Signature:
    """Return a signature of what the student's process says of it. Raises AttributeError if that is none."""
    try:
        return inspect.Signature(
            [
                inspect.Parameter(
                    name, inspect._ParameterKind(kind), default=default if known else inspect._empty
                )
                for name, kind, known, default in parameters
            ]
        )
    except (TypeError, ValueError):
        raise AttributeError("__signature__") from None


def as_text(value: Any) -> str:
    if type(value) is not str:
        raise TypeError(f"that is no text but of type {type(value).__name__}")
    return value


def _asking(operation: str) -> Callable[..., Any]:
    def method(self: Mirror, *args: Any, **kwargs: Any) -> Any:
        return self._mirrors.operate(operation, self, *args, **kwargs)

    method.__name__ = operation
    return method


def _asking_with_plain(operation: str) -> Callable[..., Any]:
    """A binary operation, which gives no plain value if the other operand is one."""

    def method(self: Mirror, other: Any) -> Any:
        if is_mirror(other):
            return self._mirrors.operate(operation, self, other)
        if self._plain_base:
            return getattr(self._mirrors.operate("plain", self), operation)(other)
        return _mixed(self, self._mirrors.operate(operation, self, other))

    method.__name__ = operation
    return method


def _asking_unary(operation: str) -> Callable[..., Any]:
    def method(self: Mirror, *args: Any, **kwargs: Any) -> Any:
        result = self._mirrors.operate(operation, self, *args, **kwargs)
        return _mixed(self, result) if _is_mixed(self) else result

    method.__name__ = operation
    return method


def _is_mixed(mirror: Mirror) -> bool:
    """Return whether a mirror came of an operation with a plain value."""
    try:
        return bool(object.__getattribute__(mirror, "_mirror_mixed"))
    except AttributeError:
        return False


def _mixed(mirror: Mirror, result: Any) -> Any:
    """Return the result of an operation with a plain value, if it is no plain number or truth value."""
    if is_mirror(result):
        object.__setattr__(result, "_mirror_mixed", True)
    elif isinstance(result, (bool, Number, np.ndarray, np.generic)):
        raise TypeError(f"an object of type {type(mirror).__name__} can't be compared with a plain value")
    return result


def _next(self: Mirror) -> Any:
    reply = self._mirrors.operate("__next__", self)
    if type(reply) is not tuple or len(reply) != 2:
        raise TypeError("that is no iterator")
    if not reply[0]:
        raise StopIteration
    return reply[1]


def _contains(self: Mirror, item: Any) -> bool:
    own = [type.__dict__["__dict__"].__get__(cls) for cls in type.mro(type(self))]
    if any("__iter__" in content for content in own) and not is_mirror(item):  # by value
        items: Any = self
        return any(other is item or other == item for other in items)
    return _truth(self._mirrors.operate("__contains__", self, item))


def _exit(self: Mirror, kind: Any, error: Any, traceback: Any) -> Any:
    if error is not None and not is_mirror(error) and not isinstance(kind, type(None)):
        known = getattr(builtins, kind.__name__, None) is kind
        error = error if known else described(error)
    return self._mirrors.operate("__exit__", self, error)


def _hash(self: Mirror) -> int:
    value = self._mirrors.operate("__hash__", self)
    if type(value) is not int:
        raise TypeError("that is no hash")
    return value


def _truth(value: Any) -> bool:
    if type(value) is not bool:
        raise TypeError("that is neither true nor false")
    return value


METHODS: dict[str, Callable[..., Any]] = {
    **{name: _asking(name) for name in OTHER},
    **{name: _asking_unary(name) for name in UNARY},
    **{name: _asking_with_plain(name) for name in COMPARISONS},
    **{name: _asking_with_plain(name) for name in BINARY},
    **{f"__r{name[2:]}": _asking_with_plain(f"__r{name[2:]}") for name in BINARY},
    "__call__": _asking_unary("__call__"),
    "__exit__": _exit,
    "__hash__": _hash,
    "__next__": _next,
    "__contains__": _contains,
    "__bool__": lambda self: _truth(self._mirrors.operate("__bool__", self)),
    "__iter__": lambda self: self._mirrors.operate("__iter__", self),
}
