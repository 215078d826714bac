"""The student's side of one submission: runs its cells and opens a session for each locked cell."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from nbexaminer.isolation import processes, replies
from nbexaminer.isolation.call_session import CallSession
from nbexaminer.isolation.connection import Connection, stopping
from nbexaminer.isolation.examiner_limits import bounded
from nbexaminer.isolation.file_exchange import FileExchange
from nbexaminer.isolation.folder import AssignmentFiles, PrivateFolder
from nbexaminer.isolation.monitor import Monitor
from nbexaminer.isolation.snapshots import Snapshots
from nbexaminer.isolation.template_process import TemplateProcess
from nbexaminer.isolation.time_budget import TimeBudget
from nbexaminer.isolation.wire import Context, References

_MAX_OUTPUTS = 32_000_000  # characters of a submission's outputs, pictures included
_LEAST_SECONDS = 1.0  # of processor time that a locked cell gets, however late it is


@contextlib.contextmanager
def open_submission(
    template: TemplateProcess, files: AssignmentFiles | None, references: References | None = None
) -> Iterator[Submission]:
    """A fresh process for one submission, in a private folder with the assignment's files in it.

    references: the table of objects that stay in one of the two processes. Raises SandboxError if it can't
    be sandboxed.
    """
    with template.private_folder(files) as folder:
        yield Submission(template, folder, references)


class Submission:
    """The process of one student: its state after the cells so far, and forks of it."""

    def __init__(
        self, template: TemplateProcess, folder: PrivateFolder, references: References | None = None
    ) -> None:
        """Raises SandboxError if the process can't be sandboxed."""
        self._limits, self._folder = template.limits, folder
        self._budget = TimeBudget(template.limits)
        self._monitor = Monitor(template.pid, folder, template.limits.process)
        self.context = Context({}, references, is_examiner=True)  # classes and functions that both sides have
        self._snapshots = Snapshots(template, folder, self._monitor, self._budget, self.context)
        self._session: CallSession | None = None
        self._outputs_left = _MAX_OUTPUTS
        self._has_run = False  # whether code of the student's has run, beyond definitions and imports

    def run(
        self, source: str, names: Sequence[str], shared: Sequence[str] = (), is_own: bool = False
    ) -> dict[str, Any]:
        """Run a cell of the student's; its state is kept if it comes to its end, be it by an error.

        names: what to return the values of; shared: names of what the examiner has, too, because the cell
        imports it, or defines it, if it is_own: the instructor's text. Returns the checked reply of the
        process (see replies.cell).
        Raises CallStopped if the cell doesn't come to its end; the next then starts from the state before.
        """
        self._has_run = True
        return self._run_in_fork(_cell_request(source, names, shared, is_own), self._budget.call_limit)

    def run_apart(self, source: str) -> dict[str, Any]:
        """Run a cell in a fork of the newest state, of which nothing is left. Returns and raises as `run`."""
        return self._run_in_fork(_cell_request(source), self._budget.call_limit, keep=False)

    def define(
        self, source: str, names: Sequence[str], shared: Sequence[str] = (), is_own: bool = False
    ) -> dict[str, Any]:
        """Run a cell that only defines functions and imports, as `run` does.

        As long as there were only such cells, nothing of the student's has run that could keep this one from
        its end; so it needs no state to go back to, which saves a fork.
        """
        request = _cell_request(source, names, shared, is_own)
        if self._has_run:  # what hung before says nothing of this cell: it keeps its whole time
            return self._run_in_fork(request, self._budget.first_call_limit)
        self._end_session()  # first: it restores the folder, which a locked cell may write to
        newest, limit = self._snapshots.newest(), self._budget.first_call_limit
        processes.resume(newest.pid)
        try:
            newest.send(request, limit)
            self._snapshots.discard_prepared()
            processes.resume(newest.pid)
            with stopping():
                checked = replies.cell(newest.receive(limit), self._outputs_left)
            self._folder.save()  # a locked cell may have written files
        except BaseException as error:
            self._budget.record(error)
            self._undo(newest)
            raise
        self._outputs_left -= replies.size(checked["outputs"])
        return checked

    def _run_in_fork(self, request: dict[str, Any], seconds: float, keep: bool = True) -> dict[str, Any]:
        """Run a cell in a fork of the newest state; keep: whether that is the newest state then."""
        self._end_session()
        connection = None
        try:
            connection = self._snapshots.fork()
            with stopping():
                checked = replies.cell(connection.request(request, seconds), self._outputs_left)
            if keep:
                self._snapshots.end_others(connection)
                self._folder.save()
        except BaseException as error:
            self._budget.record(error)
            self._undo(connection)
            raise
        self._outputs_left -= replies.size(checked["outputs"])
        if keep:
            self._snapshots.add(connection)
        else:
            self._undo(connection)
        return checked

    def _undo(self, connection: Connection | None) -> None:
        """End a process that ran a cell, and all else but the states; restore the folder."""
        if connection:
            self._snapshots.remove(connection)
        else:
            self._snapshots.end_others()
        self._folder.restore()

    def exchange(self, working: Path) -> FileExchange:
        """Return what brings files from and to the folder that locked cells run in."""
        return FileExchange(working, self._folder.path, self._folder.user)

    def written(self) -> dict[str, bytes]:
        """Return the files that the notebook's cells have written, by their path (PrivateFolder.written)."""
        self._end_session()
        return self._folder.written()

    @contextlib.contextmanager
    def session(self, fresh: bool = True) -> Iterator[CallSession]:
        """A fork of the process for a locked cell; nothing that happens in it is left afterwards.

        fresh: whether the cell has it for itself, as each test must; else it goes on in the last one's.
        While the cell runs, memory and processor time of this process are bounded, too. Raises CallStopped
        if they don't suffice.
        """
        if fresh or self._session is None:
            self._end_session()
            self._session = CallSession(
                self._snapshots, self._monitor, self._budget, self._folder, self.context
            )
            if fresh and not self._has_run:
                self._snapshots.prepare_fork()
        self._session.is_scored = fresh
        with bounded(self._limits.process.memory, max(_LEAST_SECONDS, self._budget.remaining)):
            yield self._session

    def _end_session(self) -> None:
        if self._session:
            self._session.end()
            self._session = None


def _cell_request(
    source: str, names: Sequence[str] = (), shared: Sequence[str] = (), is_own: bool = False
) -> dict[str, Any]:
    request = {"source": source, "names": list(names), "shared": list(shared), "is_own": is_own}
    return {"do": "cell", "with": request}
