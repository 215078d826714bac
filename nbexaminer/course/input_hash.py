"""A hash of all that decides what becomes of a submission: while it is the same, so is the result.

That is the submission; the instructor's cells and files; the hidden tests and whatever else those cells
import, wherever it is imported from; the configuration; the engine, and the versions of what it runs on.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import importlib.metadata
import json
import os
import platform
import re
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbexaminer.course.plan import GradingPlan
from nbexaminer.engine.cell_names import python_text
from nbexaminer.isolation import packages

_CHUNK = 2**20
_LARGEST = 200 * 2**20  # bytes; of a larger file the size and the time of its last change count
_INSTALLED = {"site-packages", "dist-packages"}
_NO_MATTER = {"CourseDirectory": {"root", "db_url"}, "Application": None, "NbGrader": None, "Exchange": None}


def course_hash(plan: GradingPlan) -> bytes:
    """Return a hash of all that an assignment's submissions are graded with."""
    digest = hashlib.sha256(engine_version().encode())
    parts = (
        plan.limits,
        plan.kernelspecs,
        plan.own_files,
        plan.ignored,
        _configuration(plan),
        sorted(_versions(plan)),
    )
    digest.update(repr(parts).encode("utf-8", "surrogatepass"))
    for name, cells in plan.known.items():
        for cell in cells.values():
            text = f"{name}\0{cell.source}\0{json.dumps(cell.metadata, sort_keys=True)}\0"
            digest.update(text.encode("utf-8", "surrogatepass"))
    if plan.files:
        _add_folder(digest, plan.files)
    for name, path in _imported_files(plan):
        _add_file(digest, name, path)
    return digest.digest()


def input_hash(folder: Path, course_hash: bytes) -> str:
    """Return a hash of all that decides what becomes of the submission in a folder."""
    digest = hashlib.sha256(course_hash)
    _add_folder(digest, folder)
    return digest.hexdigest()


@functools.cache
def engine_version() -> str:
    """Return what must be the same on all machines, and from one batch to the next, for the same results."""
    digest = hashlib.sha256()
    for name, path in packages.files(__name__.partition(".")[0]):
        if not name.endswith((".pyc", ".typed")):
            _add_file(digest, name, path)
    python = ".".join(platform.python_version_tuple()[:2])
    numpy = importlib.metadata.version("numpy")
    return f"nbexaminer {digest.hexdigest()[:8]}, Python {python} and NumPy {numpy}"


# ------------------------------------------------------------------------------------------ files


def _add_folder(digest: Any, folder: Path) -> None:
    """Add all plain files below a folder. Links, pipes and devices are none: they are never opened."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(set(folders) - {"__pycache__", ".ipynb_checkpoints"})
        for name in sorted(names):
            path = Path(parent, name)
            _add_file(digest, str(path.relative_to(folder)), path)


def _add_file(digest: Any, name: str, path: Path) -> None:
    digest.update(os.fsencode(name) + b"\0")
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        digest.update(f"{error.errno}\0".encode())
        return
    with open(descriptor, "rb", buffering=0) as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            digest.update(b"no file\0")
        elif status.st_size > _LARGEST:
            digest.update(f"{status.st_size} {status.st_mtime_ns}\0".encode())
        else:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)


# ----------------------------------------------------------------------------------- what is imported


def _imported_files(plan: GradingPlan) -> Iterator[tuple[str, Path]]:
    """Yield the files of what the instructor's cells import, and of what that imports, unless a version says
    all of it; each with its name."""
    seen: set[str] = set()
    waiting = [*plan.limits.hidden_packages, *_imports_of(plan)]
    while waiting:
        name = waiting.pop()
        if name in seen or name in sys.stdlib_module_names or name == "nbexaminer":
            continue
        seen.add(name)
        where = packages.locations(name, plan.packages)
        if name not in plan.limits.hidden_packages and any(_INSTALLED & {*path.parts} for path in where):
            continue
        for file, path in packages.files(name, plan.packages):
            yield file, path
            if path.suffix == ".py":
                waiting += _imports(path.read_text(encoding="utf-8", errors="replace"))


def _imports_of(plan: GradingPlan) -> Iterator[str]:
    """Yield the names of top-level modules that an assignment's cells and the course's own steps import."""
    for cells in plan.known.values():
        for cell in cells.values():
            if cell.cell_type == "code":
                yield from _imports(cell.source)
    for step in (*plan.steps_before, *plan.steps_after):
        yield step.__module__.partition(".")[0]
    late = plan.config.get("AssignLatePenalties", {}).get("plugin_class", "")  # a name, or the class itself
    yield (late if isinstance(late, str) else late.__module__).partition(".")[0]


@functools.cache
def _imports(source: str) -> frozenset[str]:
    """Return the names of top-level modules that a text imports; those that are imported by name only when
    it runs are not seen."""
    try:
        tree = ast.parse(python_text(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return frozenset(found)


def _versions(plan: GradingPlan) -> set[str]:
    """Return the versions of what the engine needs, and of what is installed and imported by an
    assignment's cells."""
    names = {*_needed(), *_imports_of(plan), *plan.limits.preload} - sys.stdlib_module_names
    return {f"{name} {version}" for name in names if (version := _version(name))}


@functools.cache
def _needed() -> frozenset[str]:
    try:
        required = importlib.metadata.requires("nbexaminer") or []
    except importlib.metadata.PackageNotFoundError:
        return frozenset()
    return frozenset(re.split(r"[^\w.-]", line)[0] for line in required if "extra ==" not in line)


@functools.cache
def _version(name: str) -> str:
    """Return the version of what provides a module, or of a distribution; "" if none is installed."""
    try:
        return importlib.metadata.version(name)
    except (importlib.metadata.PackageNotFoundError, ValueError):
        providers = _providers().get(name, ())
        return " ".join(f"{one} {importlib.metadata.version(one)}" for one in sorted(providers))


@functools.cache
def _providers() -> dict[str, list[str]]:
    return {**importlib.metadata.packages_distributions()}


# -------------------------------------------------------------------------------------- configuration


def _configuration(plan: GradingPlan) -> str:
    """Return the configuration as text, but for what can change no result."""
    kept = {}
    for section, traits in plan.config.items():
        leave = _NO_MATTER.get(section, set())
        if leave is not None:
            kept[section] = {name: value for name, value in traits.items() if name not in leave}
    kept = {section: traits for section, traits in kept.items() if traits}  # asking for one makes it
    steps = [_named(step) for step in (*plan.steps_before, *plan.steps_after)]
    return json.dumps([kept, steps], sort_keys=True, default=_named)


def _named(value: Any) -> str:
    """Return a class or function by its name, else how it shows itself, less its address."""
    name = getattr(value, "__qualname__", None)
    return f"{value.__module__}.{name}" if name else re.sub(r" at 0x[0-9a-f]+", "", repr(value))
