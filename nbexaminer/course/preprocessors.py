"""What we add to nbgrader's steps; nbgrader_config.py puts these preprocessors in their places."""

from __future__ import annotations

import atexit
import functools
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearSolutions, Execute, NbGraderPreprocessor
from nbgrader.utils import is_solution
from traitlets import Bool, Float, Integer, List, Unicode, default
from traitlets.config import Config

from nbexaminer.course.written_files import add_written
from nbexaminer.engine.cells import instructor_cells
from nbexaminer.engine.engine import Engine
from nbexaminer.engine.program import preloadable, program_of
from nbexaminer.engine.restore import known_cells, restore
from nbexaminer.errors import CourseError
from nbexaminer.isolation.folder import AssignmentFiles
from nbexaminer.isolation.limits import ProcessLimits, RunLimits
from nbexaminer.isolation.packages import make_importable

_NBGRADERS_MARKERS = ("BEGIN SOLUTION", "END SOLUTION")


def solution_markers(config: Config) -> list[tuple[str, str]]:
    """Return the pairs of markers around solutions that a course may use: its own, and nbgrader's."""
    step = ClearSolutions(config=config)
    own = (step.begin_solution_delimeter, step.end_solution_delimeter)
    return list(dict.fromkeys((own, _NBGRADERS_MARKERS)))


class KeepMarkers(ClearSolutions):
    """Release: replace what is between the two marker lines, and nothing else.

    nbgrader's own step removes the marker lines too, and with them the hint of how many lines. Where a
    cell has nbgrader's own markers instead of the course's, that is done here as well.
    """

    def _replace_solution_region(self, cell: NotebookNode, language: str) -> bool:
        """Return whether there was a region; raises RuntimeError if a marker lacks its partner."""
        stub = (self.code_stub[language] if cell.cell_type == "code" else self.text_stub).split("\n")
        kept: list[str] = []
        inside = replaced = False
        begin, end = self._markers(cell)
        for line in cell.source.split("\n"):
            begins, ends = begin in line, end in line
            if begins == inside and (begins or ends):
                raise RuntimeError(f"solution marker without its partner: {line.strip()}\n\n{cell.source}")
            if not inside and not begins or ((begins or ends) and begin == self.begin_solution_delimeter):
                kept.append(line)
            if begins:
                indent = line[: len(line) - len(line.lstrip())]
                kept += [indent + stub_line for stub_line in stub]
                replaced = True
            inside = begins or (inside and not ends)
        if inside:
            raise RuntimeError(f"no '{end}' after the last marker:\n\n{cell.source}")
        cell.source = "\n".join(kept)
        return replaced

    def _markers(self, cell: NotebookNode) -> tuple[str, str]:
        own = (self.begin_solution_delimeter, self.end_solution_delimeter)
        if any(marker in cell.source for marker in own):
            return own
        return _NBGRADERS_MARKERS if _NBGRADERS_MARKERS[0] in cell.source else own

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        if cell.cell_type == "markdown" and not is_solution(cell):
            return cell, resources  # prose may speak of the markers
        cell, resources = super().preprocess_cell(cell, resources, index)
        return cell, resources


_NO_TIMEOUT = 600.0  # seconds for a cell where nbgrader sets no limit


def require_python(notebook: str, kernelspec: Mapping[str, Any] | None) -> None:
    """Raises CourseError if a notebook is written for a kernel of another language."""
    language = str((kernelspec or {}).get("language") or "python").lower()
    if language not in ("python", "python3", "ipython"):
        kernel = (kernelspec or {}).get("display_name") or language
        raise CourseError(
            f"{notebook}.ipynb is written for the kernel {kernel}; nbexaminer runs Python only. Grade its "
            "assignment with stock nbgrader: take nbexaminer.configure out of a copy of nbgrader_config.py."
        )


class RestoreCells(NbGraderPreprocessor):
    """Autograde: put a mangled submission right, before any other step looks at it.

    It stands in for DeduplicateIds, which leaves empty metadata behind a duplicated cell, at which
    nbgrader stops as "SchemaTooOld".
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Raises MissingEntry if the gradebook lacks the notebook."""
        keeps_outputs = not Execute(config=self.config).enabled  # `nbgrader autograde --no-execute`
        for note in restore(nb, _known(resources), keeps_outputs):
            self.log.warning("Put right: %s", note.en)
        return nb, resources


class IsolatedExecute(NbGraderPreprocessor):
    """Autograde: in place of Execute, run the student's cells and the tests in processes of their own."""

    sandbox = Bool(True, help="Whether students' code is shut in; without, it can do what you can.").tag(
        config=True
    )
    call_seconds = Float(
        help="How long one cell or one call of a test may take, in seconds; by default Execute.timeout."
    ).tag(config=True)
    submission_seconds = Float(
        help="How long a whole submission may take; by default 120 seconds, or four times call_seconds if "
        "that is more."
    ).tag(config=True)
    memory = Integer(1024, help="MiB that a student's processes may take.").tag(config=True)
    hidden_packages = List(
        Unicode(),
        help="Packages of hidden tests, in the course folder or installed: no process of "
        "a student's can read them.",
    ).tag(config=True)
    preload = List(
        Unicode(), help="Modules that students' code imports and that are slow to: imported once, for all."
    ).tag(config=True)
    together = List(
        Unicode(),
        help="Tests (grade_ids) that look into the student's process and so run there, in the sandbox: they "
        "can be read and fooled there, as under nbgrader's own Execute.",
    ).tag(config=True)

    @default("call_seconds")
    def _call_seconds_default(self) -> float:
        timeout = Execute(config=self.config).timeout
        return float(timeout) if timeout and timeout > 0 else _NO_TIMEOUT

    @default("submission_seconds")
    def _submission_seconds_default(self) -> float:
        return max(120.0, 4 * self.call_seconds)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Raises SandboxError if this machine can't sandbox students' code, CourseError if the notebook is
        not written in Python."""
        if not Execute(config=self.config).enabled:
            return nb, resources
        place = resources["nbgrader"]
        require_python(place["notebook"], nb.metadata.get("kernelspec"))
        folders = CourseDirectory(parent=self)
        folder = Path(folders.format_path(folders.source_directory, ".", place["assignment"]))
        cells = instructor_cells(_known(resources))
        program = program_of(cells, folder / f"{place['notebook']}.ipynb")
        files = None
        if folder.is_dir():
            own = self.config.get("Autograde", {}).get("exclude_overwriting", {}).get(place["assignment"], ())
            submitted = Path(resources["metadata"]["path"])
            files = AssignmentFiles(folder, (*folders.ignore, *own), submitted)
        preload = preloadable([program], folder if files else None, self.hidden_packages)
        make_importable(Path(folders.root))
        engine = _engine(replace(self.limits, preload=(*self.preload, *preload)))
        written: dict[str, bytes] = {}
        engine.grade(nb, cells, files, program, written)
        add_written(Path(resources["metadata"]["path"]), written)
        return nb, resources

    @property
    def limits(self) -> RunLimits:
        process = ProcessLimits(memory=self.memory * 2**20)
        hidden, preload = tuple(self.hidden_packages), tuple(self.preload)
        return RunLimits(
            self.call_seconds,
            self.submission_seconds,
            self.sandbox,
            process,
            hidden,
            preload,
            tuple(self.together),
        )


@functools.cache
def _engine(limits: RunLimits) -> Engine:
    """One warm engine for all submissions that this process grades."""
    engine = Engine(limits)
    atexit.register(engine.close)
    return engine


def _known(resources: dict[str, Any]) -> dict[str, NotebookNode]:
    place = resources["nbgrader"]
    with Gradebook(place["db_url"]) as gradebook:
        return known_cells(gradebook.find_notebook(place["notebook"], place["assignment"]))
