"""The limits of a message, and what stands for a value that can't travel."""

from __future__ import annotations

import functools
import re
import struct
from typing import Any, NoReturn

import numpy as np

MAX_BYTES = 64 * 2**20  # of one message
MAX_DEPTH = 100  # of containers inside containers
MAX_ITEMS = 1_000_000  # values of a message, all together
MAX_KEYS = 10_000  # of its dictionaries and sets, if not text: numbers may be chosen so that hashes collide
MAX_INTEGER = 1000  # bytes of a whole number; Python can still print it
MAX_AXES = 32
PLAIN_KINDS = "biufcSUMm"  # dtypes without Python objects, fields or references

_DTYPE = re.compile(
    r"[<>|][biufcSU][0-9]{1,9}|[<>][Mm]8(\[[0-9]{0,6}(Y|M|W|D|h|m|s|ms|us|ns|ps|fs|as)\])?", re.ASCII
)

LENGTH = struct.Struct("<Q")
FLOAT = struct.Struct("<d")
ARRAY_ITEMS = 10  # a small array takes as much memory as so many other values


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


@functools.lru_cache(100)
def plain_dtype(name: str) -> np.dtype[Any] | None:
    """Return the dtype of a name that a message may hold; None for any other."""
    try:
        dtype = np.dtype(name) if _DTYPE.fullmatch(name) else None
    except (TypeError, ValueError):
        return None
    return dtype if dtype is not None and dtype.str == name else None
