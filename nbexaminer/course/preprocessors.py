"""What we add to nbgrader's steps; nbgrader_config.py puts these preprocessors in their places."""

from __future__ import annotations

import atexit
import functools
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearSolutions, NbGraderPreprocessor
from nbgrader.utils import is_solution
from traitlets import Bool, Float, Integer, List, Unicode
from traitlets.config import Config

from nbexaminer.engine.engine import Engine, instructor_cells
from nbexaminer.engine.program import preloadable, program_of
from nbexaminer.engine.restore import known_cells, restore
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


class RestoreCells(NbGraderPreprocessor):
    """Autograde: put a mangled submission right, before any other step looks at it.

    It stands in for DeduplicateIds, which leaves empty metadata behind a duplicated cell, at which
    nbgrader stops as "SchemaTooOld".
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Raises MissingEntry if the gradebook lacks the notebook."""
        for note in restore(nb, _known(resources)):
            self.log.warning("Put right: %s", note.en)
        return nb, resources


class IsolatedExecute(NbGraderPreprocessor):
    """Autograde: in place of Execute, run the student's cells and the tests in processes of their own."""

    sandbox = Bool(True, help="Whether students' code is shut in; without, it can do what you can.").tag(
        config=True
    )
    call_seconds = Float(10.0, help="How long one cell or one call of a test may take.").tag(config=True)
    submission_seconds = Float(120.0, help="How long a whole submission may take.").tag(config=True)
    memory = Integer(1024, help="MiB that a student's processes may take.").tag(config=True)
    hidden_packages = List(
        Unicode(),
        help="Packages of hidden tests, in the course folder or installed: no process of "
        "a student's can read them.",
    ).tag(config=True)
    preload = List(
        Unicode(), help="Modules that students' code imports and that are slow to: imported once, for all."
    ).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Raises SandboxError if this machine can't shut students' code in."""
        folders = CourseDirectory(parent=self)
        place = resources["nbgrader"]
        folder = Path(folders.format_path(folders.source_directory, ".", place["assignment"]))
        files = folder if folder.is_dir() else None
        cells = instructor_cells(_known(resources))
        program = program_of(cells, folder / f"{place['notebook']}.ipynb")
        preload = preloadable([program], files, self.hidden_packages)
        submitted = Path(resources["metadata"]["path"])
        make_importable(Path(folders.root))
        engine = _engine(replace(self.limits, preload=(*self.preload, *preload)))
        engine.grade(nb, cells, AssignmentFiles(files, submitted=submitted) if files else None, program)
        return nb, resources

    @property
    def limits(self) -> RunLimits:
        process = ProcessLimits(memory=self.memory * 2**20)
        hidden, preload = tuple(self.hidden_packages), tuple(self.preload)
        return RunLimits(self.call_seconds, self.submission_seconds, self.sandbox, process, hidden, preload)


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
