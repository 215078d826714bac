"""Grades one notebook: the student's cells in the student's process, the locked ones in the examiner.

What is trusted is decided by the instructor's cells alone. Every test ends in an outcome with a reason,
and in outputs that nbgrader scores in the same way; what did not run scores nothing.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import socket
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from nbformat import NotebookNode

from nbexaminer.engine.examiner import Examiner
from nbexaminer.engine.program import Program, program_of
from nbexaminer.engine.run import NotebookRun, text_for_students
from nbexaminer.engine.working_folder import WorkingFolder
from nbexaminer.isolation.folder import AssignmentFiles
from nbexaminer.isolation.limits import RunLimits
from nbexaminer.isolation.submission import open_submission
from nbexaminer.isolation.template_process import TemplateProcess
from nbexaminer.model import CheckOutcome, InstructorCell


class Engine:
    """A template process for students and an examiner; grades one submission after the other."""

    def __init__(self, limits: RunLimits | None = None, server: socket.socket | None = None) -> None:
        """server: a fork server's, where the template process comes from.

        Raises SandboxError if this machine can't build the sandbox.
        """
        self.limits = limits or RunLimits()
        gc.freeze()  # what is imported stays, and may be shared: it is not to be looked through
        self._template = TemplateProcess(self.limits, server)
        self._examiner = Examiner()
        self._working = WorkingFolder()
        gc.freeze()

    def grade(
        self,
        nb: NotebookNode,
        cells: Mapping[str, InstructorCell],
        files: AssignmentFiles | None = None,
        program: Program | None = None,
        written: dict[str, bytes] | None = None,
    ) -> list[CheckOutcome]:
        """Run a notebook and put the outputs into it; return one outcome for each test.

        nb: cells in the order to run, the locked ones as RestoreCells leaves them.
        files: those of the assignment; the examiner works in a copy, the student in another.
        program: what is known of the instructor's notebook; by default, as much as the cells tell.
        written: takes in the files that the notebook writes, by their path beside it.
        Raises SandboxError if students' code can't be sandboxed.
        """
        program = program or program_of(cells, None)
        self._template.prepare([text_for_students(cells[name]) for name in sorted(program.on_both_sides)])
        self._examiner.reset()
        beside = _importable(files.folder) if files else contextlib.nullcontext()
        with (
            _as_autograde(),
            beside,
            contextlib.chdir(self._working.prepare(files)),
            open_submission(self._template, files, self._examiner.mirrors) as submission,
        ):
            self._examiner.mirrors.shared = submission.context.shared
            _import(program.modules)
            run = NotebookRun(
                self._examiner, submission, cells, program, self._working.path, self.limits.together
            )
            outcomes = run.all(nb)
            if written is not None:
                written |= submission.written()
            return outcomes

    def close(self) -> None:
        self._template.close()
        self._working.close()


@contextlib.contextmanager
def _as_autograde() -> Iterator[None]:
    """Set what tells a cell that it is being graded, as `nbgrader autograde` does."""
    before = os.environ.get("NBGRADER_EXECUTION")  # nbgrader has set it itself when it runs us
    os.environ["NBGRADER_EXECUTION"] = "autograde"
    try:
        yield
    finally:
        if before is None:
            del os.environ["NBGRADER_EXECUTION"]


def _import(modules: Iterable[str]) -> None:
    """Import what is there; what it is needed for will say what is missing."""
    for module in modules:
        if module not in sys.modules:
            with contextlib.suppress(Exception):
                importlib.import_module(module)


@contextlib.contextmanager
def _importable(folder: Path) -> Iterator[None]:
    """Let locked cells import the modules that lie beside the notebook, as a kernel does; the next
    assignment may have others of the same name."""
    path, known = str(folder.resolve()), set(sys.modules)
    written = sys.dont_write_bytecode
    before = list(sys.path)
    sys.path[:] = [path, *filter(None, before)]  # "" would be the folder that students write to
    sys.dont_write_bytecode = True  # nothing is to appear in the instructor's folder
    try:
        yield
    finally:
        sys.path[:] = before
        sys.dont_write_bytecode = written
        for name in set(sys.modules) - known:
            if str(getattr(sys.modules[name], "__file__", None) or "").startswith(path):
                del sys.modules[name]
