"""The examiner's table of references: which mirror stands for which object of the student's.

What a mirror can do is told by the student's process: see isolation.student_references for the form.
"""

from __future__ import annotations

import builtins
import functools
import sys
import types
from collections.abc import Mapping
from typing import Any, Protocol

from nbexaminer.engine.copy_back import copy_back
from nbexaminer.engine.mirror_errors import MirrorError
from nbexaminer.engine.mirror_objects import (
    METHODS,
    PLAIN_BASES,
    Mirror,
    MirrorType,
    is_mirror,
)
from nbexaminer.engine.passed_objects import PassedObjects
from nbexaminer.errors import MissingFunction, WireError
from nbexaminer.isolation.operations import BINARY, MAX_OBJECTS, SESSION_NUMBERS, SPECIAL_METHODS
from nbexaminer.isolation.tracked_values import TrackedValues
from nbexaminer.isolation.wire import Context, Reference, encode
from nbexaminer.model import Text

_GONE = Text(
    "this object was made in an earlier test, and what a test makes is gone after it",
    "这个对象是在之前的测试中创建的，测试结束后就不存在了",
)
_NOT_RAISED = {"StopIteration", "StopAsyncIteration", "ExceptionGroup"}  # they mean more than an error
_BY_VALUE = {"ndarray", "DataFrame", "Series", "Index"}  # a mirror is never taken for one of these


class Ask(Protocol):
    """Whatever has an operation done in the student's process, and returns or raises what came of it."""

    def __call__(self, operation: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any: ...


class Mirrors:
    """The examiner's end of references, for one submission; see nbexaminer.isolation.wire.context."""

    def __init__(self) -> None:
        self.ask: Ask | None = None  # of the session of the cell that runs
        self.session = 0
        self.count = 0  # how many references have come
        self.passed = PassedObjects()
        self.tracked: TrackedValues | None = None  # of the session
        self._known: dict[tuple[int, int], Any] = {}  # by session (0: of all) and number
        self._types: dict[tuple[str, ...], MirrorType] = {}
        self.shared: Mapping[str, Any] = {}  # classes and functions of the instructor's that both ends have

    def begin_session(self, ask: Ask, context: Context) -> None:
        """From now on, ask this session; what was made in the last one is gone."""
        self.ask = ask
        self.tracked = TrackedValues(functools.partial(_encoded, context=context), copy_back)
        self.passed.clear()
        self.lose_session()

    def lose_session(self) -> None:
        """What the present session has made is gone."""
        self.session += 1
        if self.tracked:
            self.tracked.clear()

    def refer(self, value: Any) -> Reference | None:
        cls = type(value)
        if isinstance(cls, MirrorType):
            return Reference(False, self._number_of(value))
        if isinstance(value, MirrorType):
            return Reference(False, value._number or 0)
        return self.passed.refer(value)

    def find(self, reference: Reference) -> Any:
        if not reference.mine:
            return self.passed.find(reference.number)
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
        base: Any = BaseException if BaseException in type.mro(mirror_type) else object
        mirror = base.__new__(mirror_type)
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
        cls_name = (own[0][-1] if is_own else name) or "object"
        base = self._shared_class(traits) or _library_class(libraries)
        special = SPECIAL_METHODS.intersection(traits)
        reverse = {f"__r{method[2:]}" for method in special & BINARY.keys()}
        content = {method: METHODS[method] for method in special | reverse} | {
            "__doc__": property(lambda mirror: mirror._mirrors.operate("getattr", mirror, "__doc__")),
            "_mirrors": self,
            "_number": numbers[0] if is_own else None,
            "_numbers": frozenset(numbers),
            "_library": _derived(cls_name, base) if is_own and base else base,
            "_plain_base": next((known for known in map(_builtin, libraries) if known in PLAIN_BASES), None),
            "__module__": "__main__" if is_own else "".join(libraries[:1]).rpartition(".")[0],
        }
        bases: tuple[type, ...] = (Mirror,)
        if error := next((cls for cls in map(_exception_class, libraries) if cls), None):
            parent = next((k for k, trait in enumerate(classes[1:], start=1) if trait.startswith("#")), None)
            bases = (self._type(tuple(classes[parent:]), name),) if parent else (MirrorError, error)
        made = type.__new__(MirrorType, cls_name, bases, content)
        self._types[traits] = made
        return made

    def _shared_class(self, traits: tuple[str, ...]) -> type | None:
        """Return the first class of the instructor's among an object's classes: both ends have it."""
        found = (self.shared.get(trait[1:]) for trait in traits if trait.startswith("@"))
        return next((cls for cls in found if isinstance(cls, type)), None)


def _encoded(value: Any, context: Context) -> bytes:
    try:
        return encode(value, context)
    except WireError:
        return b""


def _builtin(name: str) -> str:
    return name.removeprefix("builtins.")


def _exception_class(name: str) -> type[Exception] | None:
    """Return the built-in exception of a name; SystemExit and the like must not end the examiner."""
    found = getattr(builtins, _builtin(name), None) if name.startswith("builtins.") else None
    is_error = isinstance(found, type) and issubclass(found, Exception)
    return found if is_error and _builtin(name) not in _NOT_RAISED else None


def _derived(name: str, base: type) -> type:
    """Return a class like one that a student has derived from one of ours: for `isinstance` alone."""
    try:
        return type(base)(name, (base,), {"__module__": "__main__"})
    except Exception:  # it is final, or asks for more
        return base


def _library_class(names: list[str]) -> type | None:
    """Return the first class of a library among an object's classes, if it is imported here: for
    `isinstance`."""
    for name in names:
        module, _, qualname = name.rpartition(".")
        if _exception_class(name):
            return None  # it is a real base
        if module == "builtins" and qualname in PLAIN_BASES - {"bool"}:
            return getattr(builtins, qualname)  # type: ignore[no-any-return]
        found = _BUILTIN_TYPES.get(qualname) if module == "builtins" else None
        found = found or getattr(sys.modules.get(module), qualname, None)
        if isinstance(found, type):
            return None if found.__name__ in _BY_VALUE else found
    return None


_BUILTIN_TYPES = {value.__name__: value for value in vars(types).values() if isinstance(value, type)}
