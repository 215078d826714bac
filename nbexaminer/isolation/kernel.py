"""Calls to the Linux kernel that Python has no function for."""

from __future__ import annotations

import ctypes
import os
from typing import Any

libc = ctypes.CDLL(None, use_errno=True)


def kernel_call(name: str, function: Any, *args: int | bytes | None) -> int:
    """Call a function of the C library. Raises OSError, with the name in its text, if it fails."""
    result = int(function(*(ctypes.c_ulong(a) if isinstance(a, int) else a for a in args)))
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result
