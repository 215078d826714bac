"""The only way between the student's process and the examiner's: plain data in bounded messages.

A message is a length (8 bytes) and one encoded value. A value is a tag (1 byte) and its content; only
the types listed in `encode` exist on the wire, so nothing that arrives can run code or hold a method of
the student's. Whatever arrives is checked as a stranger's: tags, lengths, depth, total size, dtypes.
"""

from __future__ import annotations

import contextlib
import functools
import math
import os
import re
import select
import struct
import time
from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from nbexaminer.errors import WireError

MAX_BYTES = 64 * 2**20  # of one message
MAX_DEPTH = 12  # of containers inside containers
MAX_ITEMS = 1_000_000  # values of a message, all together
MAX_KEYS = 10_000  # of its dictionaries, if not text: some numbers are chosen so that their hashes collide
MAX_INTEGER = 1000  # bytes of a whole number; Python can still print it
PLAIN_KINDS = "biufcSU"  # dtypes without Python objects, fields or references

_LENGTH = struct.Struct("<Q")
_FLOAT = struct.Struct("<d")
_DTYPE = re.compile(r"[<>|][biufcSU][0-9]{1,9}")
_ARRAY_ITEMS = 10  # a small array takes as much memory as so many other values


class Opaque:
    """Stands for a value that can't travel: its type's name, and why it can't.

    It has no number, no order and no truth and equals nothing, so no comparison can succeed with it.
    """

    def __init__(self, type_name: str, reason: str) -> None:
        self.type_name, self.reason = type_name, reason

    def __repr__(self) -> str:
        return f"<{self.type_name}: {self.reason}>"

    def _refuse(self, other: Any = None) -> NoReturn:
        raise TypeError(f"the result is of type {self.type_name}, which can't be checked: {self.reason}")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __bool__ = _refuse
    __hash__ = object.__hash__


# --------------------------------------------------------------------------------------------------
# encoding; runs on both sides, and what it does on the student's side is not trusted


def encode(value: Any) -> bytes:
    """Return the bytes of a value; a part that can't travel becomes an Opaque.

    None, bool, int, float, complex, str, bytes, list, tuple, dict, NumPy scalars and arrays of plain
    dtypes travel as they are; an instance of a subclass of one of them as its plain base.
    Raises WireError if the whole is too large.
    """
    writer = _Writer()
    writer.value(value, 0)
    writer.check()
    return bytes(writer.out)


class _Writer:
    def __init__(self) -> None:
        self.out, self.items = bytearray(), 0

    def check(self) -> None:
        if len(self.out) > MAX_BYTES:
            raise WireError(f"it takes more than {MAX_BYTES >> 20} MiB")
        if self.items > MAX_ITEMS:
            raise WireError(f"it has more than {MAX_ITEMS} parts")

    def value(self, value: Any, depth: int) -> None:
        self.items += 1
        self.check()
        out, kind = self.out, type(value)  # not isinstance, which asks the value itself
        if value is None:
            out += b"N"
        elif value is True or value is False:
            out += b"T" if value else b"F"
        elif issubclass(kind, np.generic):
            self.array(b"g", np.asarray(value), value)
        elif issubclass(kind, np.ndarray):
            self.array(b"a", np.asarray(value), value)
        elif issubclass(kind, int):
            self.integer(value)
        elif issubclass(kind, float):
            out += b"f" + _FLOAT.pack(value)
        elif issubclass(kind, complex):
            out += b"c" + b"".join(_FLOAT.pack(part.__get__(value)) for part in (complex.real, complex.imag))
        elif issubclass(kind, str):
            self.put(b"s", str.encode(value, "utf-8", "replace"))
        elif issubclass(kind, (bytes, bytearray)):
            self.put(b"b", b"".join([value]))
        elif issubclass(kind, (list, tuple, dict)):
            self.container(value, depth)
        elif issubclass(kind, Opaque):
            self.put(b"o", f"{value.type_name}\0{value.reason}".encode("utf-8", "replace"))
        else:
            self.opaque(value, "it is not plain data")

    def integer(self, value: int) -> None:
        size = int.bit_length(value) // 8 + 1
        if size > MAX_INTEGER:
            self.opaque(value, f"it has more than {MAX_INTEGER * 8} bits")
        else:
            self.put(b"i", int.to_bytes(value, size, "little", signed=True))

    def container(self, value: list | tuple | dict, depth: int) -> None:
        if depth >= MAX_DEPTH:
            self.opaque(value, "it is nested too deep")
        elif issubclass(type(value), dict):
            items = list(dict.items(value))  # what it holds, whatever a subclass says
            self.out += b"d" + _LENGTH.pack(len(items))
            for key, item in items:
                self.value(key, depth + 1)
                self.value(item, depth + 1)
        else:
            base, tag = (list, b"l") if issubclass(type(value), list) else (tuple, b"t")
            items = base.__getitem__(value, slice(None))
            self.out += tag + _LENGTH.pack(len(items))
            for item in items:
                self.value(item, depth + 1)

    def array(self, tag: bytes, array: np.ndarray, value: Any) -> None:
        if array.dtype.kind not in PLAIN_KINDS:
            self.opaque(value, f"its dtype is of kind {array.dtype.kind!r}")
        elif array.nbytes > MAX_BYTES:
            self.opaque(value, f"it is larger than {MAX_BYTES >> 20} MiB")
        else:
            self.items += _ARRAY_ITEMS if tag == b"a" else 0
            self.out += tag
            self.put(b"", array.dtype.str.encode())
            self.out += bytes([array.ndim]) + b"".join(_LENGTH.pack(n) for n in array.shape)
            self.out += array.tobytes()

    def put(self, tag: bytes, content: bytes) -> None:
        self.out += tag + _LENGTH.pack(len(content)) + content

    def opaque(self, value: Any, reason: str) -> None:
        self.put(b"o", f"{type(value).__name__}\0{reason}".encode("utf-8", "replace"))


# --------------------------------------------------------------------------------------------------
# decoding; trusts nothing


def decode(data: bytes) -> Any:
    """Return the value of some bytes. Raises WireError if they are anything but one encoded value."""
    reader = _Reader(data)
    value = reader.value(0)
    if reader.at != len(data):
        raise WireError("there is more than one value")
    return value


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data, self.at, self.items, self.keys = memoryview(data), 0, 0, 0

    def take(self, count: int) -> memoryview:
        end = self.at + count
        if end > len(self.data):
            raise WireError("it ends too early")
        part, self.at = self.data[self.at : end], end
        return part

    def length(self) -> int:
        at, self.at = self.at, self.at + 8
        if self.at > len(self.data):
            raise WireError("it ends too early")
        return _LENGTH.unpack_from(self.data, at)[0]

    def text(self) -> str:
        return str(self.take(self.length()), "utf-8", "replace")

    def count(self) -> int:
        if (count := self.length()) > len(self.data) - self.at:
            raise WireError("it has fewer items than it says")
        return count

    def value(self, depth: int, items: int = 1) -> Any:
        self.items += items
        if self.items > MAX_ITEMS:
            raise WireError("it has too many items")
        if depth > MAX_DEPTH:
            raise WireError("it is nested too deep")
        tag = bytes(self.take(1))
        if tag in _CONSTANTS:
            return _CONSTANTS[tag]
        if tag == b"a":
            self.items += _ARRAY_ITEMS
            return self.array()
        if tag == b"i":
            return self.integer()
        if tag == b"s":
            return self.text()
        if tag == b"f":
            return _FLOAT.unpack(self.take(8))[0]
        if tag in b"lt":
            values = [self.value(depth + 1) for _ in range(self.count())]
            return values if tag == b"l" else tuple(values)
        if tag == b"d":
            return self.dictionary(depth)
        if tag == b"c":
            return complex(*(_FLOAT.unpack(self.take(8))[0] for _ in range(2)))
        if tag == b"b":
            return bytes(self.take(self.length()))
        if tag == b"g":
            return self.array(scalar=True)[()]
        if tag == b"o":
            return Opaque(*(_printable(part) for part in (self.text().split("\0", 1) + [""])[:2]))
        raise WireError(f"there is no tag {tag!r}")

    def integer(self) -> int:
        if not 0 < (size := self.length()) <= MAX_INTEGER:
            raise WireError("it holds a malformed whole number")
        return int.from_bytes(self.take(size), "little", signed=True)

    def dictionary(self, depth: int) -> dict:
        result = {}
        for _ in range(self.count()):
            key = self.value(depth + 1)
            self.keys += not isinstance(key, (str, bytes))  # their hashes can't be foreseen
            if self.keys > MAX_KEYS:
                raise WireError("it has too many keys")
            item = self.value(depth + 1)
            try:
                result[key] = item
            except TypeError:
                raise WireError("a key of a dictionary is not hashable") from None
        return result

    def array(self, scalar: bool = False) -> np.ndarray:
        dtype = _plain_dtype(self.text())
        if dtype is None:
            raise WireError("an array has no dtype that may travel")
        shape = tuple(self.length() for _ in range(self.take(1)[0]))
        if len(shape) > 32 or (scalar and shape):
            raise WireError("an array has too many axes")
        if math.prod(max(n, 1) for n in shape) * max(dtype.itemsize, 1) > MAX_BYTES:
            raise WireError("an array is too large")
        content = np.frombuffer(bytearray(self.take(math.prod(shape) * dtype.itemsize)), np.uint8)
        if dtype.kind == "b" and content.max(initial=0) > 1:
            raise WireError("an array holds truth values that are neither true nor false")
        if dtype.kind == "U":
            _check_text(content.view(dtype.str[0] + "u4"))
        return content.view(dtype).reshape(shape) if content.size else np.zeros(shape, dtype)


@functools.lru_cache(100)
def _plain_dtype(name: str) -> np.dtype | None:
    try:
        dtype = np.dtype(name) if _DTYPE.fullmatch(name) else None
    except (TypeError, ValueError):
        return None
    return dtype if dtype is not None and dtype.str == name else None


def _printable(text: str) -> str:
    return "".join(filter(str.isprintable, text[:200]))


def _check_text(points: np.ndarray) -> None:
    """Raise WireError if there is a number that stands for no character, or for half of one."""
    if points.max(initial=0) > 0x10FFFF or ((points >= 0xD800) & (points < 0xE000)).any():
        raise WireError("an array holds what is not text")


_CONSTANTS = {b"N": None, b"T": True, b"F": False}


# --------------------------------------------------------------------------------------------------
# sending and receiving


class Channel:
    """One end of a two-way stream (a socket's descriptor), speaking in messages."""

    def __init__(self, descriptor: int, watch: Callable[[], None] | None = None, every: float = 0.05) -> None:
        """watch: called every so many seconds while a message is waited for, whether or not bytes come."""
        self.descriptor = descriptor
        self._watch, self._every = watch, every
        self._watched = time.monotonic()
        self._ahead = bytearray()
        self._reads_ahead = 1 << 16 if watch else 0  # else a descriptor may follow, for somebody else to take
        self._pollers = {event: select.poll() for event in (select.POLLIN, select.POLLOUT)}
        for event, poller in self._pollers.items():
            poller.register(descriptor, event)

    def send(self, value: Any, deadline: float | None = None) -> None:
        """Send a value. Raises WireError if it is too large, TimeoutError, or OSError if nobody listens."""
        content = encode(value)
        rest = memoryview(_LENGTH.pack(len(content)) + content)
        while True:
            with contextlib.suppress(BlockingIOError):
                rest = rest[os.write(self.descriptor, rest[: 1 << 16]) :]
            if not rest:
                return
            self._wait(select.POLLOUT, deadline)

    def receive(self, deadline: float | None = None) -> Any:
        """Return the next value. Raises WireError, EOFError at the end, TimeoutError, or what watch raises.

        deadline: on the clock of time.monotonic(), seconds; None waits for ever.
        """
        length = _LENGTH.unpack(self._read(_LENGTH.size, deadline))[0]
        if length > MAX_BYTES:
            raise WireError("a message is too long")
        return decode(self._read(length, deadline))

    def _read(self, count: int, deadline: float | None) -> bytes:
        content = self._ahead
        while len(content) < count:
            self._wait(select.POLLIN, deadline)
            part = os.read(self.descriptor, min(max(count - len(content), self._reads_ahead), 1 << 20))
            if not part:
                raise EOFError
            content += part
        self._ahead = content[count:]
        return bytes(content[:count])

    def _wait(self, event: int, deadline: float | None) -> None:
        """Wait until there is something to do; a stranger who always has something wins no time."""
        if deadline is None:
            return
        ready: list = []
        while not ready:
            now = time.monotonic()
            if now >= deadline:
                raise TimeoutError
            if self._watch and now >= self._watched + self._every:
                self._watch()
                self._watched = now = time.monotonic()
            ready = self._pollers[event].poll(max(0.0, min(deadline - now, self._every)) * 1000)

    def close(self) -> None:
        os.close(self.descriptor)
