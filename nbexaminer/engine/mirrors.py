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
import sys
import types
from collections.abc import Callable
from numbers import Number
from typing import Any, Protocol

import numpy as np

from nbexaminer.errors import MissingFunction, WireError
from nbexaminer.isolation.operations import (
    BINARY,
    COMPARISONS,
    MAX_OBJECTS,
    OTHER,
    SESSION_NUMBERS,
    SPECIAL_METHODS,
    UNARY,
)
from nbexaminer.isolation.wire import Reference
from nbexaminer.model import Text

_GONE = Text(
    "this object was made in an earlier test, and what a test makes is gone after it",
    "这个对象是在之前的测试中创建的，测试结束后就不存在了",
)
_NOT_RAISED = {"StopIteration", "StopAsyncIteration", "ExceptionGroup"}  # they mean more than an error
_BY_VALUE = {"ndarray", "DataFrame", "Series", "Index"}  # a mirror is never taken for one of these
_PLAIN_BASES = {
    "bool",
    "int",
    "float",
    "complex",
    "str",
    "bytes",
    "list",
    "tuple",
    "dict",
    "set",
    "frozenset",
}


# What IPython and NumPy look for in any object: a mirror is not to be shown or taken as an array by these.
_NEVER_ASKED = ("__array", "_repr_", "_ipython_", "_mirror_")


# What a class has of its own and a mirror's class would have instead.
_OF_CLASSES = SPECIAL_METHODS | {
    *("__doc__", "__dict__", "__bases__", "__base__", "__mro__", "__init__", "__annotations__", "__flags__"),
    *("__eq__", "__hash__", "__str__", "__repr__", "__new__", "__init_subclass__", "__subclasses__"),
}


class Ask(Protocol):
    """Whatever has an operation done in the student's process, and returns or raises what came of it."""

    def __call__(self, operation: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any: ...


class MirrorType(type):
    """The class of the mirrors of one class's instances; the class's own mirror, too, if it is a student's.

    Its mirrors' `_mirror_classes` are the numbers of their classes, by which `isinstance` is decided here.
    """

    _mirrors: Mirrors
    _number: int | None
    _numbers: frozenset[int]

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
        return [_text(name) for name in cls._mirrors.operate("__dir__", cls)]

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


class Mirrors:
    """The examiner's end of references, for one submission; see nbexaminer.isolation.wire.context."""

    def __init__(self) -> None:
        self.ask: Ask | None = None  # of the session of the cell that runs
        self.session = 0
        self.count = 0  # how many references have come
        self.functions: dict[int, Callable[..., Any]] = {}  # of the examiner's, that were passed
        self._passed: dict[int, int] = {}  # by id of such a function: its number
        self._known: dict[tuple[int, int], Any] = {}  # by session (0: of all) and number
        self._types: dict[tuple[str, ...], MirrorType] = {}

    def begin_session(self, ask: Ask) -> None:
        """From now on, ask this session; what was made in the last one is gone."""
        self.ask = ask
        self.functions.clear()
        self._passed.clear()
        self.lose_session()

    def lose_session(self) -> None:
        """What the present session has made is gone."""
        self.session += 1

    def refer(self, value: Any) -> Reference | None:
        cls = type(value)
        if isinstance(cls, MirrorType):
            return Reference(False, self._number_of(value))
        if isinstance(value, MirrorType):
            return Reference(False, value._number or 0)
        if not callable(value) or len(self.functions) >= MAX_OBJECTS:
            return None
        number = self._passed.setdefault(id(value), len(self.functions) + 1)
        self.functions[number] = value
        return Reference(True, number, str(getattr(value, "__name__", cls.__name__)))

    def find(self, reference: Reference) -> Any:
        if not reference.mine:
            if reference.number not in self.functions:
                raise WireError("there is no such function")
            return self.functions[reference.number]
        self.count += 1
        key = (self.session if reference.number >= SESSION_NUMBERS else 0), reference.number
        if key not in self._known:
            if len(self._known) >= 2 * MAX_OBJECTS:
                raise WireError("there are too many objects")
            self._known[key] = self._mirror(reference, key)
        return self._known[key]

    def is_gone(self, value: Any) -> bool:
        """Return whether a value is a mirror of what an earlier session has made."""
        if not is_mirror(value) or isinstance(value, MirrorType):
            return False
        return object.__getattribute__(value, "_mirror_key")[0] not in (0, self.session)

    def operate(self, operation: str, target: Any, *args: Any, **kwargs: Any) -> Any:
        """Have something done to a mirror's object."""
        if self.ask is None:
            raise MissingFunction(_GONE)
        return self.ask(operation, (target, *args), kwargs)

    def _number_of(self, mirror: Any) -> int:
        session, number = object.__getattribute__(mirror, "_mirror_key")
        if session not in (0, self.session):
            raise MissingFunction(_GONE)
        return int(number)

    def _mirror(self, reference: Reference, key: tuple[int, int]) -> Any:
        if not reference.traits or reference.traits[0] not in ("class", "instance"):
            raise WireError("an object has no traits")
        mirror_type = self._type(reference.traits[1:], reference.type_name)
        if reference.traits[0] == "class" and mirror_type._number == reference.number:
            return mirror_type
        is_error = issubclass_of_exception(mirror_type)
        mirror = BaseException.__new__(mirror_type) if is_error else object.__new__(mirror_type)
        object.__setattr__(mirror, "_mirror_key", key)
        return mirror

    def _type(self, traits: tuple[str, ...], name: str) -> MirrorType:
        """Return the class of the mirrors of objects with some traits (StudentReferences says which)."""
        if traits in self._types:
            return self._types[traits]
        classes = [trait for trait in traits if trait[:1] in ("#", "=")]
        own = [trait[1:].split(" ", 1) for trait in classes if trait.startswith("#")]
        libraries = [trait[1:] for trait in classes if trait.startswith("=")]
        numbers = [int(number) for number, *_ in own if number.isdecimal()]
        is_own = bool(numbers) and classes[0].startswith("#")
        special = SPECIAL_METHODS.intersection(traits)
        reverse = {f"__r{method[2:]}" for method in special & BINARY.keys()}
        content = {method: _METHODS[method] for method in special | reverse} | {
            "__doc__": property(lambda mirror: mirror._mirrors.operate("getattr", mirror, "__doc__")),
            "_mirrors": self,
            "_number": numbers[0] if is_own else None,
            "_numbers": frozenset(numbers),
            "_library": _library_class(libraries),
            "_plain_base": next((known for known in map(_builtin, libraries) if known in _PLAIN_BASES), None),
            "__module__": "__main__" if is_own else "".join(libraries[:1]).rpartition(".")[0],
        }
        bases: tuple[type, ...] = (_Mirror,)
        if error := next((cls for cls in map(_exception_class, libraries) if cls), None):
            parent = next((k for k, trait in enumerate(classes[1:], start=1) if trait.startswith("#")), None)
            bases = (self._type(tuple(classes[parent:]), name),) if parent else (_MirrorError, error)
        cls_name = own[0][-1] if is_own else name
        made = type.__new__(MirrorType, cls_name or "object", bases, content)
        self._types[traits] = made
        return made


class _Mirror:
    """What all mirrors can do; the special methods of an object's class come on top."""

    _mirrors: Mirrors
    _library: type | None
    _plain_base: str | None

    @property
    def __class__(self) -> type:  # type: ignore[override]
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
        return _text(self._mirrors.operate("__repr__", self))

    def __str__(self) -> str:
        return _text(self._mirrors.operate("__str__", self))

    def __format__(self, form: str) -> str:
        return _text(self._mirrors.operate("__format__", self, form))

    def __dir__(self) -> list[str]:
        return [_text(name) for name in self._mirrors.operate("__dir__", self)]

    __array_ufunc__ = None  # `array - mirror` is asked of the object, as a whole

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        """NumPy must not look into an object that could be nested without end."""
        if self._plain_base:
            return np.asarray(self._mirrors.operate("plain", self), *args, **kwargs)
        raise TypeError(f"an object of type {type(self).__name__} is no array")

    def __copy__(self) -> Any:
        return self._mirrors.operate("__copy__", self)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return self._mirrors.operate("__deepcopy__", self)

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError(f"an object of type {type(self).__name__} can't be pickled here")


class _MirrorError(_Mirror):
    """What mirrors of exceptions can do besides being raised."""

    own_line: str | None = None

    def __str__(self) -> str:
        return str(object.__getattribute__(self, "_mirror_text"))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    def _render_traceback_(self) -> list[str]:
        return list(object.__getattribute__(self, "_mirror_lines"))


def prepare_error(error: Any, text: str, line: str, lines: list[str]) -> BaseException:
    """Give the mirror of an exception its text, the student's own line and what to show of it."""
    for name, value in (("_mirror_text", text), ("own_line", line), ("_mirror_lines", lines)):
        object.__setattr__(error, name, value)
    error.args = (text,)
    return error  # type: ignore[no-any-return]


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


def _text(value: Any) -> str:
    if type(value) is not str:
        raise TypeError(f"that is no text but of type {type(value).__name__}")
    return value


def _builtin(name: str) -> str:
    return name.removeprefix("builtins.")


def _exception_class(name: str) -> type[Exception] | None:
    """Return the built-in exception of a name; SystemExit and the like must not end the examiner."""
    found = getattr(builtins, _builtin(name), None) if name.startswith("builtins.") else None
    is_error = isinstance(found, type) and issubclass(found, Exception)
    return found if is_error and _builtin(name) not in _NOT_RAISED else None


def issubclass_of_exception(cls: type) -> bool:
    return BaseException in type.mro(cls)


def _library_class(names: list[str]) -> type | None:
    """Return the first class of a library among an object's classes, if it is imported here: for
    `isinstance`."""
    for name in names:
        module, _, qualname = name.rpartition(".")
        if _exception_class(name):
            return None  # it is a real base
        if module == "builtins" and qualname in _PLAIN_BASES - {"bool"}:
            return getattr(builtins, qualname)  # type: ignore[no-any-return]
        found = _BUILTIN_TYPES.get(qualname) if module == "builtins" else None
        found = found or getattr(sys.modules.get(module), qualname, None)
        if isinstance(found, type):
            return None if found.__name__ in _BY_VALUE else found
    return None


_BUILTIN_TYPES = {value.__name__: value for value in vars(types).values() if isinstance(value, type)}


def _asking(operation: str) -> Callable[..., Any]:
    def method(self: _Mirror, *args: Any, **kwargs: Any) -> Any:
        return self._mirrors.operate(operation, self, *args, **kwargs)

    method.__name__ = operation
    return method


def _asking_with_plain(operation: str) -> Callable[..., Any]:
    """A binary operation, which gives no plain value if the other operand is one."""

    def method(self: _Mirror, other: Any) -> Any:
        if is_mirror(other):
            return self._mirrors.operate(operation, self, other)
        if self._plain_base:
            return getattr(self._mirrors.operate("plain", self), operation)(other)
        return _mixed(self, self._mirrors.operate(operation, self, other))

    method.__name__ = operation
    return method


def _asking_unary(operation: str) -> Callable[..., Any]:
    def method(self: _Mirror, *args: Any, **kwargs: Any) -> Any:
        result = self._mirrors.operate(operation, self, *args, **kwargs)
        return _mixed(self, result) if _is_mixed(self) else result

    method.__name__ = operation
    return method


def _is_mixed(mirror: _Mirror) -> bool:
    """Return whether a mirror came of an operation with a plain value."""
    try:
        return bool(object.__getattribute__(mirror, "_mirror_mixed"))
    except AttributeError:
        return False


def _mixed(mirror: _Mirror, result: Any) -> Any:
    """Return the result of an operation with a plain value, if it is no plain number or truth value."""
    if is_mirror(result):
        object.__setattr__(result, "_mirror_mixed", True)
    elif isinstance(result, (bool, Number, np.ndarray, np.generic)):
        raise TypeError(f"an object of type {type(mirror).__name__} can't be compared with a plain value")
    return result


def _next(self: _Mirror) -> Any:
    reply = self._mirrors.operate("__next__", self)
    if type(reply) is not tuple or len(reply) != 2:
        raise TypeError("that is no iterator")
    if not reply[0]:
        raise StopIteration
    return reply[1]


def _contains(self: _Mirror, item: Any) -> bool:
    own = [type.__dict__["__dict__"].__get__(cls) for cls in type.mro(type(self))]
    if any("__iter__" in content for content in own) and not is_mirror(item):  # by value
        return any(other is item or other == item for other in self)
    return _truth(self._mirrors.operate("__contains__", self, item))


def _truth(value: Any) -> bool:
    if type(value) is not bool:
        raise TypeError("that is neither true nor false")
    return value


_METHODS: dict[str, Callable[..., Any]] = {
    **{name: _asking(name) for name in OTHER},
    **{name: _asking_unary(name) for name in UNARY},
    **{name: _asking_with_plain(name) for name in COMPARISONS},
    **{name: _asking_with_plain(name) for name in BINARY},
    **{f"__r{name[2:]}": _asking_with_plain(f"__r{name[2:]}") for name in BINARY},
    "__call__": _asking_unary("__call__"),
    "__exit__": lambda self, *error: self._mirrors.operate("__exit__", self, any(error)),
    "__next__": _next,
    "__contains__": _contains,
    "__bool__": lambda self: _truth(self._mirrors.operate("__bool__", self)),
    "__iter__": lambda self: self._mirrors.operate("__iter__", self),
}


def introspect() -> None:
    """Let `inspect.getsource` know mirrors, which have no file here."""
    if hasattr(inspect.getsource, "of_mirrors"):
        return
    plain = inspect.getsource

    def getsource(value: Any) -> str:
        if is_mirror(value):
            cls = value if isinstance(value, MirrorType) else type(value)
            return _text(cls._mirrors.operate("getsource", value))
        operate = vars(type(value)).get("operate")  # of a Function
        return _text(operate(value, "getsource")) if operate else plain(value)

    getsource.of_mirrors = True  # type: ignore[attr-defined]
    inspect.getsource = getsource  # type: ignore[assignment]
