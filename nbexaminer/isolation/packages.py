"""Where the packages lie that hold hidden tests: they are kept out of students' reach, wherever that is."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from importlib.machinery import PathFinder
from pathlib import Path


def make_importable(folder: Path) -> None:
    """Let this process import what lies in a folder, before all else; a course's hidden tests in its root.

    A worker calls it when it starts, nbgrader's own command when it grades its first submission. No process
    of a student's does.
    """
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))


def locations(package: str, folder: Path | None = None) -> list[Path]:
    """Return where a top-level package or module lies: its folders, or its file and its compiled one; [] if
    it is not there.

    folder: where to look first.
    """
    try:
        spec = PathFinder.find_spec(package, [str(folder)]) if folder else None
        spec = spec or importlib.util.find_spec(package)
    except (ImportError, ValueError):
        return []
    if spec is None:
        return []
    if spec.submodule_search_locations is not None:
        return [Path(folder).resolve() for folder in spec.submodule_search_locations]
    if spec.origin is None or not spec.has_location:
        return []
    return [Path(spec.origin).resolve(), Path(importlib.util.cache_from_source(spec.origin)).resolve()]


def files(package: str, folder: Path | None = None) -> Iterator[tuple[str, Path]]:
    """Yield the files of a top-level package or module, each with its path below where it is imported from.

    folder: where to look first.
    """
    for location in locations(package, folder):
        if location.is_dir():
            for path in sorted(location.rglob("*")):
                if path.is_file() and "__pycache__" not in path.parts:
                    yield f"{package}/{path.relative_to(location)}", path
        elif location.is_file() and location.suffix != ".pyc":
            yield location.name, location
