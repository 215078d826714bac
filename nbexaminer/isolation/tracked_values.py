"""Lists, dictionaries, sets, arrays and streams that an object of the student's and a test both hold.

Each process has its own; what has changed in one since the last request or reply is sent along with the next,
and changes the other. The student's process gives the numbers.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

_MUTABLE = (list, dict, set, bytearray, np.ndarray, io.StringIO, io.BytesIO)
_MOST, _LARGEST = 50, 1 << 16  # values, and bytes of each


class TrackedValues:
    """The values of one session, by number."""

    def __init__(self, encoded: Callable[[Any], bytes], put: Callable[[Any, Any], Any]) -> None:
        """encoded: returns the bytes of a value, b"" if it can't travel; put: gives a value the content of
        another."""
        self._encoded, self._put = encoded, put
        self._values: dict[int, Any] = {}
        self._sent: dict[int, bytes] = {}

    def __len__(self) -> int:
        return len(self._values)

    def clear(self) -> None:
        self._values.clear()
        self._sent.clear()

    def find(self, number: int) -> Any:
        """Return a value. Raises KeyError."""
        return self._values[number]

    def number_of(self, value: Any) -> int | None:
        """Return the number of a value that is tracked."""
        return next((number for number, known in self._values.items() if known is value), None)

    def track(self, value: Any) -> int | None:
        """Return the number of a value, a new one if it is not tracked yet; None if it can't be."""
        if type(value) not in _MUTABLE:
            return None
        number = self.number_of(value)
        if number is None and len(self._values) < _MOST:
            number = len(self._values) + 1
            if not self.adopt(number, value):
                return None
        return number

    def adopt(self, number: int, value: Any) -> bool:
        """Track a value under a number; return whether it is one that can be."""
        if type(value) not in _MUTABLE or len(self._values) >= _MOST:
            return False
        content = self._encoded(value)
        if not 0 < len(content) <= _LARGEST:
            return False
        self._values[number], self._sent[number] = value, content
        return True

    def changes(self) -> dict[int, Any]:
        """Return what has changed since it was sent last, or came."""
        return dict(self._changed())

    def _changed(self) -> Iterator[tuple[int, Any]]:
        for number, value in self._values.items():
            content = self._encoded(value)
            if content and content != self._sent[number]:
                self._sent[number] = content
                yield number, value

    def take(self, changes: Mapping[int, Any]) -> None:
        """Let values change as they have at the other end."""
        for number, content in changes.items():
            if number in self._values and type(content) is type(self._values[number]):
                self._put(self._values[number], content)
                self._sent[number] = self._encoded(self._values[number])


def put_content(old: Any, new: Any) -> None:
    """Give a list, dictionary, set, array or stream the content of another of its kind."""
    if isinstance(old, np.ndarray):
        if old.shape == new.shape and old.dtype == new.dtype:
            old[...] = new
    elif isinstance(old, (io.StringIO, io.BytesIO)):
        old.seek(0)
        old.truncate()
        old.write(new.getvalue())
        old.seek(new.tell())
    elif isinstance(old, (dict, set)):
        old.clear()
        old.update(new)
    else:
        old[:] = new
