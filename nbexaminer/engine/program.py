"""What the instructor's notebook, solutions included, says of its names: who binds them, and who reads them.

A test reads some names that cells of the student's bind: functions, variables, imports. Which these are is
decided here, by the instructor's text alone; what stands under them is asked of the student's process.
"""

from __future__ import annotations

import builtins
import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import nbformat
from nbgrader.utils import is_grade, is_locked, is_solution

from nbexaminer.engine.cell_names import CellNames, Import, cell_names
from nbexaminer.model import InstructorCell

_SHOWING = {"print", "display", "plt", "show"}
_FILE_WORDS = {
    *("open", "Path", "glob", "shutil", "tempfile", "sqlite3", "subprocess", "system", "getoutput"),
    "ZipFile",
    *("exists", "is_file", "isfile", "read_text", "write_text", "read_bytes", "unlink", "remove", "listdir"),
    *("read_csv", "read_json", "read_excel", "read_table", "to_csv", "to_json", "load", "loadtxt"),
    *("genfromtxt", "save", "savetxt", "savefig", "imread", "imsave", "run_cell_magic"),
}
PROVIDED = {
    *dir(builtins),
    *("get_ipython", "display", "exit", "quit", "In", "Out", "_", "__", "___", "__name__"),
}


@dataclass(frozen=True)
class SourceCell:
    """A cell of code in the instructor's notebook; role: as of an InstructorCell, or "free" for an ordinary
    one."""

    grade_id: str | None
    role: str
    source: str

    @property
    def is_trusted(self) -> bool:
        return self.role not in ("solution", "free")


@dataclass(frozen=True)
class Program:
    """asked: names that trusted cells may read from the student's process;
    own: by trusted cell, those of them that a trusted cell has bound last before, which the student can't;
    owners: by name, the solution cell that binds it, and whether to a function (or class);
    imports: names that ordinary and solution cells import, and what;
    star_imports: modules they import all of;
    shared: names of what both sides have from locked cells and imports;
    on_both_sides: grade_ids of trusted cells whose text is to run in the student's process, too;
    with_files: grade_ids of trusted cells that may read or write files;
    used: global names that functions of the student's read; uses_random: whether a cell imports `random`;
    theirs: names that ordinary and solution cells bind; assigned: those that their functions bind;
    makes_objects: whether one of them defines a class, a generator or a function inside another, whose
    objects may keep what they are given.
    """

    asked: tuple[str, ...] = ()
    own: Mapping[str, frozenset[str]] = field(default_factory=dict)
    owners: Mapping[str, tuple[str | None, bool]] = field(default_factory=dict)
    imports: Mapping[str, Import] = field(default_factory=dict)
    star_imports: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    on_both_sides: frozenset[str] = frozenset()
    with_files: frozenset[str] = frozenset()
    used: frozenset[str] = frozenset()
    uses_random: bool = False
    theirs: frozenset[str] = frozenset()
    assigned: frozenset[str] = frozenset()
    makes_objects: bool = False

    @classmethod
    def of(cls, cells: Sequence[SourceCell]) -> Program:
        names = [(cell, cell_names(cell.source)) for cell in cells]
        theirs = [found for cell, found in names if not cell.is_trusted]
        locked = [found for cell, found in names if cell.is_trusted and cell.role != "test"]
        assigned = {name for found in theirs for name in found.assigned}
        bound = {name for found in theirs for name in found.bound} | assigned
        names = [(cell, _with_all(cell, found, bound)) for cell, found in names]
        trusted = [(cell.grade_id or "", found) for cell, found in names if cell.is_trusted]
        read = {name for _, found in trusted for name in found.read | (found.texts & bound)}
        changed = {name for found in theirs for name in found.changed}
        own = {grade_id: kept - changed for grade_id, kept in _own(names).items()}
        asked = {
            name
            for name in read
            if (name in bound | changed or name not in PROVIDED)
            and any(name in found.read | found.texts and name not in own[cell] for cell, found in trusted)
        }
        imports = {name: made for found in theirs for name, made in found.imports.items()}
        return cls(
            asked=tuple(sorted(asked)),
            own={grade_id: frozenset(kept & asked) for grade_id, kept in own.items()},
            owners=_owners(names),
            imports=imports,
            star_imports=tuple(module for found in theirs for module in found.star_imports),
            shared=tuple(sorted({*imports, *(name for found in locked for name in found.bound)})),
            on_both_sides=frozenset(_on_both_sides(names)),
            with_files=frozenset(_with_files(names)),
            used=frozenset(name for found in theirs for name in found.used),
            uses_random=any(made.module == "random" for _, found in names for made in found.imports.values()),
            theirs=frozenset(bound),
            assigned=frozenset(assigned),
            makes_objects=any(found.makes_objects for found in theirs),
        )

    @property
    def modules(self) -> list[str]:
        """The modules that ordinary and solution cells import."""
        return sorted({*(made.module for made in self.imports.values()), *self.star_imports})


@functools.lru_cache(100)
def _read_source(path: Path, changed: int) -> tuple[SourceCell, ...]:
    notebook = nbformat.read(path, as_version=4)
    return tuple(
        SourceCell(cell.metadata.get("nbgrader", {}).get("grade_id"), _role(cell), cell.source)
        for cell in notebook.cells
        if cell.cell_type == "code"
    )


def program_of(cells: Mapping[str, InstructorCell], notebook: Path | None) -> Program:
    """Return what is known of a notebook: of the instructor's, with its solutions, if it is there.

    cells: as the gradebook has them. What is trusted is their text; the notebook tells more of the others.
    """
    known = [SourceCell(cell.grade_id, cell.role, cell.source) for cell in cells.values()]
    if notebook is None or not notebook.is_file():
        return Program.of(known)
    trusted = {cell.grade_id: cell for cell in known if cell.is_trusted}
    source = _read_source(notebook, notebook.stat().st_mtime_ns)
    merged = [trusted.get(cell.grade_id, cell) for cell in source]
    there = {cell.grade_id for cell in merged}
    return Program.of([*merged, *(cell for cell in known if cell.grade_id not in there)])


def _role(cell: nbformat.NotebookNode) -> str:
    if is_solution(cell):
        return "solution"
    return "test" if is_grade(cell) else "locked" if is_locked(cell) else "free"


def preloadable(programs: Iterable[Program], folder: Path | None, hidden: Iterable[str]) -> tuple[str, ...]:
    """Return the modules that the instructor's ordinary and solution cells import, to be imported once for
    all students; none that lie beside the notebook, and none of hidden tests.

    folder: the assignment's; hidden: packages of hidden tests.
    """
    modules = sorted({module for program in programs for module in program.modules})
    out = {*hidden, *(path.stem for path in (folder.iterdir() if folder else ()))}
    return tuple(module for module in modules if module.partition(".")[0] not in out)


_Names = list[tuple[SourceCell, CellNames]]


def _with_all(cell: SourceCell, found: CellNames, bound: set[str]) -> CellNames:
    """Return the names of a cell, with what students bind among those it reads, if it may read any."""
    return replace(found, read=found.read | bound) if cell.is_trusted and found.reads_all else found


def _own(names: _Names) -> dict[str, set[str]]:
    """Return, by trusted cell, the names that a trusted cell was the last to bind before it."""
    last: dict[str, bool] = {}
    own: dict[str, set[str]] = {}
    for cell, found in names:
        if cell.is_trusted and cell.grade_id:
            own[cell.grade_id] = {name for name, trusted in last.items() if trusted}
        if cell.role != "test":
            last |= dict.fromkeys(found.bound, cell.is_trusted)
        else:  # what a test rebinds of the student's is its own only there
            last |= {name: True for name in found.bound if last.get(name, True)}
    return own


def _owners(names: _Names) -> dict[str, tuple[str | None, bool]]:
    owners: dict[str, tuple[str | None, bool]] = {}
    for cell, found in names:
        if cell.role == "solution":
            owners |= {name: (cell.grade_id, how == "function") for name, how in found.bound.items()}
    return owners


def _on_both_sides(names: _Names) -> Iterable[str]:
    """A test's text only if later cells that run there read what it binds, or if what it calls may keep
    something in a global variable that trusted cells read. A locked cell's always, unless it is a
    demonstration, and nothing that runs there builds on it. Where students make objects, which stay there,
    what trusted cells read of them counts, too."""
    demonstrations = _demonstrations(names)
    keeps_state = _keeps_state(names)
    with_objects = any(found.makes_objects for cell, found in names if cell.role == "solution")
    needed: set[str] = set()  # by the cells below
    for cell, found in reversed(names):
        runs_there = not cell.is_trusted
        if cell.is_trusted and cell.grade_id:
            may_be_left_out = cell.role == "test" or cell.grade_id in demonstrations
            if not may_be_left_out or keeps_state or needed & found.bound.keys():
                runs_there = True
                yield cell.grade_id
        if runs_there or with_objects:
            needed |= found.read


def _demonstrations(names: _Names) -> set[str | None]:
    """Return the locked cells that show what students have written, or what comes of it, or only draw and
    print."""
    answers = {name for cell, found in names if cell.role == "solution" for name in found.bound}
    found_cells = set()
    for cell, found in names:
        if cell.is_trusted and found.used & answers:  # functions that call what students have written
            answers |= {name for name, how in found.bound.items() if how == "function"}
        only_variables = set(found.bound.values()) <= {"variable"}
        if cell.role == "locked" and (found.read & answers or (only_variables and found.words & _SHOWING)):
            found_cells.add(cell.grade_id)
            answers |= found.bound.keys()
    return found_cells


def _keeps_state(names: _Names) -> bool:
    """Return whether functions of the student's change a variable that a trusted cell reads, too."""
    kinds = [found.bound for cell, found in names if cell.role != "test"]
    variables = {name for bound in kinds for name, how in bound.items() if how == "variable"}
    variables |= {name for cell, found in names if not cell.is_trusted for name in found.assigned}
    changed = {name for cell, found in names if not cell.is_trusted for name in found.changed}
    return any(variables & changed & found.read for cell, found in names if cell.is_trusted)


def _with_files(names: _Names) -> Iterable[str]:
    helpers: set[str] = set()  # functions of locked cells that may do so
    for cell, found in names:
        if cell.is_trusted and cell.grade_id:
            if found.words & _FILE_WORDS or found.words & helpers:
                yield cell.grade_id
            if cell.role != "test" and found.words & _FILE_WORDS:
                helpers |= {name for name, how in found.bound.items() if how == "function"}
