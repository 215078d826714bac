"""Landlock: which files a process can read and write, and no TCP, as the kernel's version allows.

https://docs.kernel.org/userspace-api/landlock.html
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Sequence
from pathlib import Path

from nbexaminer.isolation.kernel import kernel_call, libc

_LANDLOCK_CREATE_RULESET, _LANDLOCK_ADD_RULE, _LANDLOCK_RESTRICT_SELF = 444, 445, 446
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_ON_FILES = 1 << 1 | _READ_FILE | 1 << 14  # write, read, truncate: what makes sense for a single file
_FILE_ACCESS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}  # version: how many access bits it knows
_NOT_IN_FOLDER = 1 << 6 | 1 << 9 | 1 << 10 | 1 << 11 | 1 << 0  # no devices, sockets, pipes, programs


def version() -> int:
    """Return the version of Landlock that this kernel has; below 1 if it has none."""
    return int(
        libc.syscall(ctypes.c_long(_LANDLOCK_CREATE_RULESET), None, ctypes.c_size_t(0), ctypes.c_uint32(1))
    )


def ruleset(readable: Sequence[Path], writable: Path) -> int:
    """Return the descriptor of a ruleset.

    An older version knows fewer rights; what it can't forbid seccomp does: truncating what may only be
    read (version 2), connections (3), requests to devices (4), signals (5).
    """
    known = version()
    handled = (1 << _FILE_ACCESS[min(known, 5)]) - 1
    attributes = struct.pack("<Q", handled)
    if known >= 4:
        attributes += struct.pack("<Q", 0b11)  # no TCP: neither bind nor connect
    if known >= 6:
        attributes += struct.pack("<Q", 0b11)  # no abstract sockets, no signals to the outside
    created = kernel_call(
        "landlock_create_ruleset", libc.syscall, _LANDLOCK_CREATE_RULESET, attributes, len(attributes), 0
    )
    for path in readable:
        _allow(created, path, handled & (_READ_FILE | _READ_DIR))
    _allow(created, writable, handled & ~_NOT_IN_FOLDER)
    return created


def _allow(ruleset: int, path: Path, access: int) -> None:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = struct.pack("<Qi", access if path.is_dir() else access & _ON_FILES, descriptor)
        kernel_call("landlock_add_rule", libc.syscall, _LANDLOCK_ADD_RULE, ruleset, 1, rule, 0)
    finally:
        os.close(descriptor)


def restrict(ruleset: int) -> None:
    """Hold the calling process to a ruleset, for good."""
    kernel_call("landlock_restrict_self", libc.syscall, _LANDLOCK_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)
