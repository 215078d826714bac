"""The student's end of references: its objects that the examiner refers to, and functions of the examiner's.

Nothing here is trusted once a student's code has run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nbexaminer.errors import WireError
from nbexaminer.isolation.operations import MAX_OBJECTS, SESSION_NUMBERS, SPECIAL_METHODS
from nbexaminer.isolation.remote_objects import RemoteFunction, RemoteObject, remote_object
from nbexaminer.isolation.wire import Reference

_FROM_LIBRARY, _OWN, _SHARED = "=", "#", "@"


class StudentReferences:
    """The objects that are referred to by number; a fork of the process has them, too."""

    def __init__(self, call_examiner: Callable[..., Any]) -> None:
        """call_examiner: calls a function of the examiner's, by its number, with arguments."""
        self._call_examiner = call_examiner
        self._objects: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}  # by id of the object
        self._next = 1
        self.shared: dict[str, Any] = {}  # classes and functions of the instructor's that both ends have
        self._remote: dict[int, Any] = {}  # what stands for the examiner's objects

    def begin_session(self) -> None:
        """From now on, give numbers that nobody but the examiner's present cell knows."""
        self._next = max(self._next, SESSION_NUMBERS)

    def refer(self, value: Any) -> Reference | None:
        if issubclass(type(value), (RemoteFunction, RemoteObject)):
            return Reference(False, value.number)
        if len(self._objects) >= MAX_OBJECTS:
            return None
        return Reference(True, self._number(value), type(value).__name__, tuple(self._traits(value)))

    def find(self, reference: Reference) -> Any:
        if reference.mine:
            if reference.number not in self._remote:
                make = remote_object if "instance" in reference.traits[:1] else RemoteFunction
                self._remote[reference.number] = make(reference, self._call_examiner)
            return self._remote[reference.number]
        if reference.number not in self._objects:
            raise WireError("there is no such object any more")
        return self._objects[reference.number]

    def _number(self, value: Any) -> int:
        number = self._numbers.get(id(value))
        if number is None:
            number, self._next = self._next, self._next + 1
            self._objects[number] = value
            self._numbers[id(value)] = number
        return number

    def _traits(self, value: Any) -> list[str]:
        """Return the classes of a value, the first its own, and the special methods that it has.

        A class of the student's is told by its number, one of a library or of the instructor's by its name.
        Of a value that is a class, its own bases come first, and what its instances have.
        """
        is_class = isinstance(value, type)
        cls = value if is_class else type(value)
        traits = ["class" if is_class else "instance"]
        for base in type.mro(cls)[:-1]:
            if base.__module__ == "__main__":
                traits.append(f"{_OWN}{self._number(base)} {base.__name__}")
                traits += [f"{_SHARED}{name}" for name, known in self.shared.items() if known is base]
            else:
                traits.append(f"{_FROM_LIBRARY}{base.__module__}.{base.__qualname__}")
        found = {name for base in type.mro(cls)[:-1] for name in vars(base)}
        return traits + sorted(found & SPECIAL_METHODS)
