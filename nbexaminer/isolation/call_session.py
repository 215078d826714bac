"""What one locked cell has of the student's process: a fork of its own to call functions in."""

from __future__ import annotations

import time
from typing import Any

from nbexaminer.errors import CallStopped
from nbexaminer.isolation import replies
from nbexaminer.isolation.connection import Connection, Helpers, stopping
from nbexaminer.isolation.file_exchange import FileExchange
from nbexaminer.isolation.folder import PrivateFolder
from nbexaminer.isolation.monitor import Monitor
from nbexaminer.isolation.snapshots import Snapshots
from nbexaminer.isolation.time_budget import TimeBudget
from nbexaminer.isolation.wire import Context

RandomState = tuple[Any, ...]


class CallSession:
    """Calls functions in a fork of the student's process; in a new fork after one that was stopped.

    is_scored: whether a test uses it; what comes after the test does not wait for what has hung.
    """

    def __init__(
        self,
        snapshots: Snapshots,
        monitor: Monitor,
        budget: TimeBudget,
        folder: PrivateFolder,
        context: Context,
    ) -> None:
        self._snapshots, self._monitor, self._budget, self._folder = snapshots, monitor, budget, folder
        self.context = context
        self.files: FileExchange | None = None  # if what is called reads files of the test's, or writes some
        self._connection: Connection | None = None
        self._random: RandomState | None = None
        self._was_used = False
        self._spent = 0.0  # seconds, in operations on objects: a test's take no longer together than one call
        self.is_scored = True

    def call(self, request: dict[str, Any], helpers: Helpers) -> dict[str, Any]:
        """Return the checked reply to a call. Raises CallStopped if the call doesn't come to its end."""
        name = request["name"] or ""
        if not self.is_scored and self._budget.has_hung(name):
            raise CallStopped("timed out")
        self._was_used = True
        try:
            if self._connection is None:
                self._connection, self._random = self._snapshots.fork(), None
            state = request["random"]
            if self._random and _same_state(self._random, state):
                request = request | {"random": None}  # it goes on from where it is
            if self.files:
                self.files.to_student()
                names, values = request["kwargs"].keys(), request["kwargs"].values()
                kwargs = dict(zip(names, self.files.paths_there(values), strict=True))
                request = request | {"args": self.files.paths_there(request["args"]), "kwargs": kwargs}
            message = {"do": "call", "with": request}
            if not name and self._spent > self._budget.first_call_limit:
                raise CallStopped("timed out")  # each step of an endless generator is quick
            pid, seconds = self._connection.pid, self._budget.processor_limit
            begin = time.monotonic()
            with stopping(), self._monitor.limited_processor_time(pid, seconds):
                reply = replies.call(self._connection.request(message, self._budget.call_limit, helpers))
            if not name:
                self._spent += time.monotonic() - begin
            self._random = reply["random"] or state
            if self.files:
                self.files.from_student()
                if "value" in reply:
                    reply["value"] = self.files.path_here(reply["value"])
            return reply
        except BaseException as error:  # what this process says next would be the reply to another call
            self._budget.record(error, name)
            self._end_processes()
            raise

    def end(self) -> None:
        """End its process and whatever that has left behind, its files too."""
        if self._was_used:
            self._end_processes()
            self._folder.restore()
        if self.files:
            self.files.look()

    def _end_processes(self) -> None:
        connection, self._connection = self._connection, None
        if connection:
            connection.close()
        self._snapshots.end_others()


def _same_state(one: RandomState, other: RandomState) -> bool:
    """Return whether two states of NumPy's random numbers are the same."""
    return one[2:] == other[2:] and bool((one[1] == other[1]).all())
