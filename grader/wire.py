"""The only way between the student's process and the examiner's: plain data in bounded messages.

A message is a length (8 bytes) and one encoded value. A value is a tag (1 byte) and its content; only
the types listed in `encode` exist on the wire, so nothing that arrives can run code or hold a method of
the student's. Whatever arrives is checked as a stranger's: tags, lengths, depth, total size, dtypes.
"""

from __future__ import annotations

import math
import os
import select
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

MAX_BYTES = 64 * 2**20  # of one message
MAX_DEPTH = 12  # of containers inside containers
MAX_ITEMS = 1_000_000  # of all containers of a message together
PLAIN_KINDS = "biufcSU"  # dtypes without Python objects, fields or references

_LENGTH = struct.Struct("<Q")
_FLOAT = struct.Struct("<d")


class WireError(Exception):
    """What came over the wire is not a message, or what was to be sent can't be one."""


@dataclass(frozen=True)
class Opaque:
    """Stands for a value that can't travel: its type's name, and why it can't.

    An examiner finds no attribute, no number and no truth in it, only that it is of the wrong type.
    """

    type_name: str
    reason: str


# --------------------------------------------------------------------------------------------------
# encoding; runs on both sides, and what it does on the student's side is not trusted


def encode(value: Any) -> bytes:
    """Return the bytes of a value; a part that can't travel becomes an Opaque.

    None, bool, int, float, complex, str, bytes, list, tuple, dict, NumPy scalars and arrays of plain
    dtypes travel as they are; an instance of a subclass of one of them as its plain base.
    Raises WireError if the whole is too large.
    """
    out = bytearray()
    _encode(value, out, 0)
    if len(out) > MAX_BYTES:
        raise WireError(f"a value of more than {MAX_BYTES >> 20} MiB can't be passed on")
    return bytes(out)


def _encode(value: Any, out: bytearray, depth: int) -> None:
    if len(out) > MAX_BYTES:
        return
    if value is None:
        out += b"N"
    elif value is True or value is False:
        out += b"T" if value else b"F"
    elif isinstance(value, np.generic):
        _encode_array(b"g", np.asarray(value), value, out)
    elif isinstance(value, np.ndarray):
        _encode_array(b"a", np.asarray(value), value, out)
    elif isinstance(value, int):
        _put(b"i", b"%d" % int(value) if value.bit_length() < 10_000 else b"0", out)
    elif isinstance(value, float):
        out += b"f" + _FLOAT.pack(float(value))
    elif isinstance(value, complex):
        out += b"c" + _FLOAT.pack(value.real) + _FLOAT.pack(value.imag)
    elif isinstance(value, str):
        _put(b"s", str(value).encode("utf-8", "replace"), out)
    elif isinstance(value, (bytes, bytearray)):
        _put(b"b", bytes(value), out)
    elif isinstance(value, (list, tuple, dict)) and depth >= MAX_DEPTH:
        _opaque(value, "it is nested too deep", out)
    elif isinstance(value, (list, tuple)):
        out += (b"l" if isinstance(value, list) else b"t") + _LENGTH.pack(len(value))
        for item in value:
            _encode(item, out, depth + 1)
    elif isinstance(value, dict):
        out += b"d" + _LENGTH.pack(len(value))
        for key, item in value.items():
            _encode(key, out, depth + 1)
            _encode(item, out, depth + 1)
    elif isinstance(value, Opaque):
        _put(b"o", f"{value.type_name}\0{value.reason}".encode("utf-8", "replace"), out)
    else:
        _opaque(value, "it is not plain data", out)


def _encode_array(tag: bytes, array: np.ndarray, value: Any, out: bytearray) -> None:
    if array.dtype.kind not in PLAIN_KINDS:
        _opaque(value, f"its dtype is {array.dtype.kind!r}", out)
    elif array.nbytes > MAX_BYTES:
        _opaque(value, f"it is larger than {MAX_BYTES >> 20} MiB", out)
    else:
        out += tag
        _put(b"", array.dtype.str.encode(), out)
        out += bytes([array.ndim]) + b"".join(_LENGTH.pack(n) for n in array.shape)
        out += array.tobytes()


def _put(tag: bytes, content: bytes, out: bytearray) -> None:
    out += tag + _LENGTH.pack(len(content)) + content


def _opaque(value: Any, reason: str, out: bytearray) -> None:
    _put(b"o", f"{type(value).__name__}\0{reason}".encode("utf-8", "replace"), out)


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
        self.data, self.at, self.items = memoryview(data), 0, 0

    def take(self, count: int) -> memoryview:
        end = self.at + count
        if end > len(self.data):
            raise WireError("it ends too early")
        part, self.at = self.data[self.at : end], end
        return part

    def length(self) -> int:
        return _LENGTH.unpack(self.take(8))[0]

    def text(self) -> str:
        return str(self.take(self.length()), "utf-8", "replace")

    def count(self) -> int:
        self.items += (count := self.length())
        if self.items > MAX_ITEMS or count > len(self.data):
            raise WireError("it has too many items")
        return count

    def value(self, depth: int) -> Any:
        if depth > MAX_DEPTH + 1:
            raise WireError("it is nested too deep")
        tag = bytes(self.take(1))
        if tag in _CONSTANTS:
            return _CONSTANTS[tag]
        if tag == b"i":
            return self.integer()
        if tag == b"f":
            return _FLOAT.unpack(self.take(8))[0]
        if tag == b"c":
            return complex(*(_FLOAT.unpack(self.take(8))[0] for _ in range(2)))
        if tag == b"s":
            return self.text()
        if tag == b"b":
            return bytes(self.take(self.length()))
        if tag in b"lt":
            items = [self.value(depth + 1) for _ in range(self.count())]
            return items if tag == b"l" else tuple(items)
        if tag == b"d":
            return self.dictionary(depth)
        if tag in b"ag":
            array = self.array()
            return array if tag == b"a" else array[()]
        if tag == b"o":
            return Opaque(*(self.text().split("\0", 1) + [""])[:2])
        raise WireError(f"there is no tag {tag!r}")

    def integer(self) -> int:
        digits = bytes(self.take(self.length()))
        if len(digits) > 4000 or not digits.removeprefix(b"-").isdigit():
            raise WireError("it holds a malformed whole number")
        return int(digits)

    def dictionary(self, depth: int) -> dict:
        result = {}
        for _ in range(self.count()):
            key = self.value(depth + 1)
            try:
                result[key] = self.value(depth + 1)
            except TypeError:
                raise WireError("a key of a dictionary is not hashable") from None
        return result

    def array(self) -> np.ndarray:
        name = self.text()
        try:
            dtype = np.dtype(name)
        except (TypeError, ValueError, SyntaxError):
            raise WireError("an array has no known dtype") from None
        if dtype.kind not in PLAIN_KINDS or dtype.str != name:
            raise WireError("an array has a dtype that may not travel")
        shape = tuple(self.length() for _ in range(self.take(1)[0]))
        size = math.prod(shape) * dtype.itemsize
        if len(shape) > 32 or max(shape, default=0) > MAX_BYTES or size > len(self.data):
            raise WireError("an array is larger than its message")
        return np.frombuffer(bytearray(self.take(size)), dtype=dtype).reshape(shape)


_CONSTANTS = {b"N": None, b"T": True, b"F": False}


# --------------------------------------------------------------------------------------------------
# sending and receiving


class Channel:
    """One end of a two-way stream (a socket's descriptor), speaking in messages."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def send(self, value: Any, deadline: float | None = None) -> None:
        """Send a value. Raises WireError if it is too large, TimeoutError, or OSError if nobody listens."""
        content = encode(value)
        rest = memoryview(_LENGTH.pack(len(content)) + content)
        while rest:
            self._wait(deadline, write=True)
            rest = rest[os.write(self.descriptor, rest[: 1 << 16]) :]

    def receive(
        self,
        deadline: float | None = None,
        watch: Callable[[], None] | None = None,
        every: float = math.inf,
    ) -> Any:
        """Return the next value. Raises WireError, EOFError at the end, or TimeoutError.

        deadline: on the clock of time.monotonic(), seconds; None waits for ever.
        watch: called every so many seconds while nothing comes.
        """
        length = _LENGTH.unpack(self._read(_LENGTH.size, deadline, watch, every))[0]
        if length > MAX_BYTES:
            raise WireError("a message is too long")
        return decode(self._read(length, deadline, watch, every))

    def _read(
        self, count: int, deadline: float | None, watch: Callable[[], None] | None, every: float
    ) -> bytes:
        content = bytearray()
        while len(content) < count:
            self._wait(deadline, watch=watch, every=every)
            part = os.read(self.descriptor, min(count - len(content), 1 << 20))
            if not part:
                raise EOFError
            content += part
        return bytes(content)

    def _wait(
        self,
        deadline: float | None,
        write: bool = False,
        watch: Callable[[], None] | None = None,
        every: float = math.inf,
    ) -> None:
        if deadline is None:
            return
        poller = select.poll()
        poller.register(self.descriptor, select.POLLOUT if write else select.POLLIN)
        while True:
            left = max(0.0, deadline - time.monotonic())
            if poller.poll(min(left, every) * 1000):
                return
            if left <= every:
                raise TimeoutError
            if watch:
                watch()

    def close(self) -> None:
        os.close(self.descriptor)
