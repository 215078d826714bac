"""The states of a student's process: each is a stopped process, from which others are forked.

Every cell runs in a fork of the newest state, and every test calls a fork of its own. So what happens in a
fork, be it a crash or an endless loop, leaves the state before as it was.
"""

from __future__ import annotations

import contextlib
import socket

from nbexaminer.errors import CallStopped, SandboxError
from nbexaminer.isolation import processes
from nbexaminer.isolation.connection import Connection
from nbexaminer.isolation.folder import PrivateFolder
from nbexaminer.isolation.monitor import Monitor
from nbexaminer.isolation.template_process import TemplateProcess
from nbexaminer.isolation.time_budget import TimeBudget
from nbexaminer.isolation.wire import Context

_KEPT = 2  # states: the newest, and one to go back to if that can't be forked


class Snapshots:
    """The states of one submission, the newest last."""

    def __init__(
        self,
        template: TemplateProcess,
        folder: PrivateFolder,
        monitor: Monitor,
        budget: TimeBudget,
        context: Context,
    ) -> None:
        """Raises SandboxError if the first process can't be sandboxed."""
        self._template, self._folder, self._monitor, self._budget = template, folder, monitor, budget
        self._context = context
        self._states: list[Connection] = []
        self._prepared: socket.socket | None = None
        self._begin()

    def newest(self) -> Connection:
        """Return the newest state that is alive. Raises CallStopped if there is no time left."""
        while True:
            if not self._budget.remaining:
                raise CallStopped("timed out")
            if not self._states:
                self.end_others()
                try:
                    self._begin()
                except SandboxError:  # it could be built before: what this submission left is in the way
                    raise CallStopped("died") from None
            if self._states[-1].pid in processes.descendants(self._template.pid):
                return self._states[-1]
            self._drop_newest()  # it has ended, and its id may be another's by now

    def fork(self) -> Connection:
        """Fork the newest state that still replies. Raises CallStopped."""
        while True:
            newest = self.newest()
            processes.resume(newest.pid)
            prepared, self._prepared = self._prepared, None
            try:
                end = prepared or newest.request_fork(self._budget.fork_limit)
                connection = Connection.accept(end, self._budget.fork_limit, self._monitor.check)
                connection.use(self._context)
                return connection
            except CallStopped:
                self._drop_newest()
            finally:
                processes.pause(newest.pid)

    def prepare_fork(self) -> None:
        """Let a fork be made while the caller goes on; only for a state in which no student's code has run.

        If it fails, `fork` will find out.
        """
        if self._prepared:
            return
        with contextlib.suppress(CallStopped):
            newest = self.newest()
            processes.resume(newest.pid)
            self._prepared = newest.request_fork(self._budget.fork_limit)

    def discard_prepared(self) -> None:
        """End the prepared fork: it lacks what is about to happen in the state it came from."""
        if self._prepared:
            self._prepared.close()
            self._prepared = None
            self.end_others()

    def add(self, connection: Connection) -> None:
        """Take a process as the newest state."""
        self._states.append(connection)
        for old in self._states[:-_KEPT]:
            old.close()
        del self._states[:-_KEPT]
        self._tell_monitor()

    def remove(self, connection: Connection) -> None:
        """End a process that is or was a state, and all else but the states left."""
        if connection in self._states:
            self._states.remove(connection)
            self._tell_monitor()
        connection.close()
        self.end_others()

    def end_others(self, *keep: Connection) -> None:
        """End all processes but the states and those to keep, which are stopped."""
        kept = {connection.pid for connection in (*self._states, *keep)}
        processes.end_descendants(self._template.pid, kept)

    def _begin(self) -> None:
        self._folder.restore(original=True)
        connection = self._template.fork_student(self._folder.path, self._monitor.check)
        connection.use(self._context)
        self.add(connection)

    def _drop_newest(self) -> None:
        self._states.pop().close()
        self._tell_monitor()

    def _tell_monitor(self) -> None:
        self._monitor.waiting = {state.pid for state in self._states}
