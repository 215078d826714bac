"""Make the bytes of a value. It runs at both ends, and what it does in a student's process is not trusted."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any

import numpy as np

from nbexaminer.errors import WireError
from nbexaminer.isolation.wire.context import EMPTY, Context
from nbexaminer.isolation.wire.format import (
    ARRAY_ITEMS,
    FLOAT,
    LENGTH,
    MAX_AXES,
    MAX_BYTES,
    MAX_DEPTH,
    MAX_INTEGER,
    MAX_ITEMS,
    PLAIN_KINDS,
    Opaque,
)
from nbexaminer.isolation.wire.kinds import Unfit, kind_of, load
from nbexaminer.isolation.wire.shared import attributes_of, is_simple


def encode(value: Any, context: Context = EMPTY) -> bytes:
    """Return the bytes of a value; a part that can't travel becomes a reference or an Opaque.

    None, bool, int, float, complex, str, bytes, list, tuple, dict, NumPy scalars and arrays, named tuples,
    and what `kinds` lists travel as they are, and so do members and instances of classes that both ends
    have; an instance of a subclass of one of the others as its plain base. Raises WireError if the whole is
    too large.
    """
    load()
    encoder = _Encoder(context)
    encoder.value(value, 0)
    encoder.check()
    return bytes(encoder.out)


class _Encoder:
    def __init__(self, context: Context) -> None:
        self.out, self.items, self.context = bytearray(), 0, context
        self.instances: dict[int, tuple[int, Any]] = {}  # by id: number, and the object, which so stays

    def check(self) -> None:
        if len(self.out) > MAX_BYTES:
            raise WireError(f"it takes more than {MAX_BYTES >> 20} MiB")
        if self.items > MAX_ITEMS:
            raise WireError(f"it has more than {MAX_ITEMS} parts")

    def value(self, value: Any, depth: int) -> None:
        self.items += 1
        self.check()
        kind = type(value)  # not isinstance, which asks the value itself
        if write := _EXACT.get(kind):
            write(self, value, depth)
        elif issubclass(kind, np.generic) and not issubclass(kind, np.void):
            self.array(b"g", np.asarray(value), value, depth)
        elif kind is np.ndarray or (issubclass(kind, np.ndarray) and kind_of(kind) is kind_of(np.ndarray)):
            self.array(b"a", np.asarray(value), value, depth)
        else:
            self.other(value, kind, depth)

    def other(self, value: Any, kind: type, depth: int) -> None:
        """Write what is no value of a plain type itself: the first way that fits."""
        if name := self.context.name_of(value):
            self.put(b"C", name.encode())
        elif self.shared(value, kind, depth) or (kind.__module__ == "__main__" and self.refer(value)):
            pass
        elif issubclass(kind, tuple) and hasattr(kind, "_fields"):
            self.put(b"n", kind.__name__.encode("utf-8", "replace"))
            self.container(tuple(kind._fields), depth)
            self.container(tuple.__getitem__(value, slice(None)), depth)
        elif issubclass(kind, Opaque):
            self.put(b"o", f"{value.type_name}\0{value.reason}".encode("utf-8", "replace"))
        else:
            self.by_kind(value, kind, depth)

    def by_kind(self, value: Any, kind: type, depth: int) -> None:
        reason = "it is not plain data"
        if (known := kind_of(kind)) and (self.context.is_examiner or not known.one_way):
            try:
                content = known.split(value)
            except Unfit as unfit:
                reason = str(unfit)
            else:
                if depth >= MAX_DEPTH:
                    self.opaque(value, "it is nested too deep")
                    return
                self.put(b"k", known.name.encode())
                self.value(content, depth + 1)
                return
        if write := next((_EXACT[base] for base in type.mro(kind) if base in _EXACT), None):
            write(self, value, depth)  # as its plain base
            return
        if not self.refer(value):
            self.opaque(value, reason)

    def shared(self, value: Any, kind: type, depth: int) -> bool:
        """Write an instance of a class that both ends have; return whether it is one that can travel."""
        if not (name := self.context.name_of(kind)):
            return False
        if issubclass(kind, Enum):
            if value.name not in kind.__members__:  # a combination of flags
                return False
            self.put(b"E", name.encode())
            self.put(b"", value.name.encode())
        elif (number := self.instances.get(id(value))) is not None:
            self.out += b"R" + LENGTH.pack(number[0])
        elif depth < MAX_DEPTH and is_simple(kind):
            self.instances[id(value)] = len(self.instances), value
            self.put(b"I", name.encode())
            attributes = attributes_of(value)
            self.out += LENGTH.pack(len(attributes))
            for key, item in attributes.items():
                self.put(b"", str(key).encode("utf-8", "replace"))
                self.value(item, depth + 1)
        else:
            return False
        return True

    def refer(self, value: Any) -> bool:
        references = self.context.references
        if references is None or (reference := references.refer(value)) is None:
            return False
        self.out += b"h" + LENGTH.pack(reference.mine) + LENGTH.pack(reference.number)
        self.put(b"", "\0".join((reference.type_name, *reference.traits)).encode("utf-8", "replace"))
        return True

    def constant(self, value: Any, depth: int) -> None:
        self.out += b"N" if value is None else b"T" if value else b"F"

    def integer(self, value: int, depth: int) -> None:
        size = int.bit_length(value) // 8 + 1
        if size > MAX_INTEGER:
            self.opaque(value, f"it has more than {MAX_INTEGER * 8} bits")
        else:
            self.put(b"i", int.to_bytes(value, size, "little", signed=True))

    def float(self, value: float, depth: int) -> None:
        self.out += b"f" + FLOAT.pack(value)

    def complex(self, value: complex, depth: int) -> None:
        real, imag = (part.__get__(value) for part in (complex.real, complex.imag))
        self.out += b"c" + FLOAT.pack(real) + FLOAT.pack(imag)

    def text(self, value: str, depth: int) -> None:
        self.put(b"s", str.encode(value, "utf-8", "replace"))

    def octets(self, value: bytes, depth: int) -> None:
        self.put(b"b", b"".join([value]))

    def container(self, value: Any, depth: int) -> None:
        if depth >= MAX_DEPTH:
            self.opaque(value, "it is nested too deep")
        elif issubclass(type(value), dict):
            pairs = list(dict.items(value))  # what it holds, whatever a subclass says
            self.out += b"d" + LENGTH.pack(len(pairs))
            for key, item in pairs:
                self.value(key, depth + 1)
                self.value(item, depth + 1)
        else:
            is_list = issubclass(type(value), list)
            tag = b"l" if is_list else b"t"
            items = list.__getitem__(value, slice(None)) if is_list else tuple.__getitem__(value, slice(None))
            self.out += tag + LENGTH.pack(len(items))
            for item in items:
                self.value(item, depth + 1)

    def array(self, tag: bytes, array: np.ndarray[Any, Any], value: Any, depth: int) -> None:
        if array.dtype.kind not in PLAIN_KINDS:
            self.by_kind(array, np.ndarray, depth)
        elif array.nbytes > MAX_BYTES:
            self.opaque(value, f"it is larger than {MAX_BYTES >> 20} MiB")
        elif array.ndim > MAX_AXES:
            self.opaque(value, f"it has more than {MAX_AXES} axes")
        else:
            self.items += ARRAY_ITEMS if tag == b"a" else 0
            self.out += tag
            self.put(b"", array.dtype.str.encode())
            self.out += bytes([array.ndim]) + b"".join(LENGTH.pack(n) for n in array.shape)
            self.out += array.tobytes()

    def put(self, tag: bytes, content: bytes) -> None:
        self.out += tag + LENGTH.pack(len(content)) + content

    def opaque(self, value: Any, reason: str) -> None:
        self.put(b"o", f"{type(value).__name__}\0{reason}".encode("utf-8", "replace"))


_EXACT: dict[type, Callable[[_Encoder, Any, int], None]] = {
    type(None): _Encoder.constant,
    bool: _Encoder.constant,
    int: _Encoder.integer,
    float: _Encoder.float,
    complex: _Encoder.complex,
    str: _Encoder.text,
    bytes: _Encoder.octets,
    list: _Encoder.container,
    tuple: _Encoder.container,
    dict: _Encoder.container,
}
