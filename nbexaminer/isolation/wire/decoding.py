"""Make a value of bytes that came from a stranger."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from nbexaminer.errors import WireError
from nbexaminer.isolation.wire.context import EMPTY, Context, Reference
from nbexaminer.isolation.wire.format import (
    ARRAY_ITEMS,
    FLOAT,
    LENGTH,
    MAX_AXES,
    MAX_BYTES,
    MAX_DEPTH,
    MAX_INTEGER,
    MAX_ITEMS,
    MAX_KEYS,
    Opaque,
    plain_dtype,
)
from nbexaminer.isolation.wire.kinds import kind_named, load
from nbexaminer.isolation.wire.shared import enum_member, named_tuple, new_instance, set_attributes

_CONSTANTS = {b"N": None, b"T": True, b"F": False}


def decode(data: bytes, context: Context = EMPTY) -> Any:
    """Return the value of some bytes. Raises WireError if they are anything but one encoded value."""
    load()
    decoder = _Decoder(data, context)
    value = decoder.value(0)
    if decoder.at != len(data):
        raise WireError("there is more than one value")
    return value


class _Decoder:
    def __init__(self, data: bytes, context: Context) -> None:
        self.data, self.at, self.context = memoryview(data), 0, context
        self.items = self.keys = 0
        self.instances: list[Any] = []

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
        length: int = LENGTH.unpack_from(self.data, at)[0]
        return length

    def text(self) -> str:
        return str(self.take(self.length()), "utf-8", "replace")

    def count(self) -> int:
        if (count := self.length()) > len(self.data) - self.at:
            raise WireError("it has fewer items than it says")
        return count

    def charge(self, items: int) -> None:
        self.items += items
        if self.items > MAX_ITEMS:
            raise WireError("it has too many items")

    def value(self, depth: int) -> Any:
        self.charge(1)
        if depth > MAX_DEPTH:
            raise WireError("it is nested too deep")
        tag = bytes(self.take(1))
        if tag in _CONSTANTS:
            return _CONSTANTS[tag]
        if tag == b"a":
            self.items += ARRAY_ITEMS
            return self.array()
        if tag == b"i":
            return self.integer()
        if tag == b"s":
            return self.text()
        if tag == b"f":
            return FLOAT.unpack(self.take(8))[0]
        if tag in b"lt":
            values = [self.value(depth + 1) for _ in range(self.count())]
            return values if tag == b"l" else tuple(values)
        if tag == b"d":
            return self.dictionary(depth)
        if tag == b"c":
            return complex(*(FLOAT.unpack(self.take(8))[0] for _ in range(2)))
        if tag == b"b":
            return bytes(self.take(self.length()))
        if tag == b"g":
            return self.array(scalar=True)[()]
        return self.rare(tag, depth)

    def rare(self, tag: bytes, depth: int) -> Any:
        if tag == b"k":
            return self.of_a_kind(depth)
        if tag == b"n":
            name, fields, items = self.text(), self.value(depth + 1), self.value(depth + 1)
            self.charge(10)
            return named_tuple(name, fields, items, self.context.shared)
        if tag == b"I":
            return self.instance(depth)
        if tag == b"R":
            if (number := self.length()) >= len(self.instances):
                raise WireError("it refers to an instance that has not come")
            return self.instances[number]
        if tag == b"E":
            return enum_member(self.context.shared.get(self.text()), self.text())
        if tag == b"C":
            if (name := self.text()) not in self.context.shared:
                raise WireError("there is no such shared class or function")
            return self.context.shared[name]
        if tag == b"h":
            return self.reference()
        if tag == b"o":
            return Opaque(*(_printable(part) for part in (self.text().split("\0", 1) + [""])[:2]))
        raise WireError(f"there is no tag {tag!r}")

    def of_a_kind(self, depth: int) -> Any:
        name = self.text()
        kind = kind_named(name)
        self.charge(kind.cost if kind else 1)
        content = self.value(depth + 1)
        if kind is None:
            return Opaque(_printable(name), "its library is not imported by the checks")
        if kind.one_way and self.context.is_examiner:
            raise WireError(f"only the examiner sends a {kind.name}")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return kind.build(content)
        except MemoryError:
            raise
        except Exception as error:
            if (part := _opaque_part(content)) is not None:
                return part
            raise WireError(f"a value is no {kind.name}: {type(error).__name__}") from None

    def instance(self, depth: int) -> Any:
        self.charge(10)
        instance = new_instance(self.context.shared.get(self.text()))
        self.instances.append(instance)
        names_and_values = [(self.text(), self.value(depth + 1)) for _ in range(self.count())]
        set_attributes(instance, dict(names_and_values))
        return instance

    def reference(self) -> Any:
        mine, number = self.length(), self.length()
        name, *traits = (_printable(part) for part in self.text()[:2000].split("\0"))
        if self.context.references is None:
            raise WireError("nothing can be referred to")
        return self.context.references.find(Reference(bool(mine), number, name, tuple(traits)))

    def integer(self) -> int:
        if not 0 < (size := self.length()) <= MAX_INTEGER:
            raise WireError("it holds a malformed whole number")
        return int.from_bytes(self.take(size), "little", signed=True)

    def dictionary(self, depth: int) -> dict[Any, Any]:
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

    def array(self, scalar: bool = False) -> np.ndarray[Any, Any]:
        dtype = plain_dtype(self.text())
        if dtype is None:
            raise WireError("an array has no dtype that may travel")
        shape = tuple(self.length() for _ in range(self.take(1)[0]))
        if len(shape) > MAX_AXES or (scalar and shape):
            raise WireError("an array has too many axes")
        if math.prod(max(n, 1) for n in shape) * max(dtype.itemsize, 1) > MAX_BYTES:
            raise WireError("an array is too large")
        content = np.frombuffer(bytearray(self.take(math.prod(shape) * dtype.itemsize)), np.uint8)
        if dtype.kind == "b" and content.max(initial=0) > 1:
            raise WireError("an array holds truth values that are neither true nor false")
        if dtype.kind == "U":
            _check_text(content.view(dtype.str[0] + "u4"))
        return content.view(dtype).reshape(shape) if content.size else np.zeros(shape, dtype)


def _opaque_part(content: Any) -> Opaque | None:
    """Return a part that could not travel, for which the whole then can't be made, if that is why."""
    parts = content if type(content) in (list, tuple) else [content]
    return next((part for part in parts if type(part) is Opaque), None)


def _printable(text: str) -> str:
    return "".join(filter(str.isprintable, text[:200]))


def _check_text(points: np.ndarray[Any, Any]) -> None:
    """Raise WireError if there is a number that stands for no character, or for half of one."""
    if points.max(initial=0) > 0x10FFFF or ((points >= 0xD800) & (points < 0xE000)).any():
        raise WireError("an array holds what is not text")
