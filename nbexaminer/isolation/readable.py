"""What students' code may read: Python, its packages and system libraries, but no hidden tests."""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Collection, Iterator
from pathlib import Path

from nbexaminer.isolation import packages

_SYSTEM_FILES = (
    *("/usr/lib", "/lib", "/lib64", "/usr/share/fonts", "/usr/share/zoneinfo"),
    *("/dev/null", "/dev/urandom"),  # not /dev/zero: mapped, it is shared memory that belongs to no file
)


def readable_paths(hidden_packages: Collection[str]) -> list[str]:
    """Return the files and folders that students' code may read: this package is not among them, nor are
    the hidden ones, wherever they are installed."""
    return [*python_folders(hidden_packages), *_SYSTEM_FILES]


def python_folders(hidden_packages: Collection[str]) -> Iterator[str]:
    """Yield the folders of Python and its packages without what is hidden in them."""
    prefixes = {Path(prefix) / lib for prefix in (sys.prefix, sys.base_prefix) for lib in ("lib", "lib64")}
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    folders = prefixes | {Path(sysconfig.get_path(name)) for name in names}
    hidden = {Path(__file__).resolve().parents[1]}
    for package in hidden_packages:
        hidden.update(packages.locations(package.partition(".")[0]))
    for folder in {folder.resolve() for folder in folders}:
        yield from without(folder, hidden)


def without(folder: Path, hidden: Collection[Path]) -> Iterator[str]:
    """Yield a folder, or what is in it where something hidden is in it, too."""
    if not any(path.is_relative_to(folder) for path in hidden):
        yield str(folder)
    elif folder not in hidden:
        for entry in sorted(folder.iterdir()):
            yield from without(entry, hidden)
