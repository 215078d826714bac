"""The template process: a Python that has everything imported and forks a student process for each
submission."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from nbexaminer.errors import CallStopped, SandboxError, WireError
from nbexaminer.isolation import processes, sandbox
from nbexaminer.isolation.connection import (
    Connection,
    credentials_pair,
    greeting_process,
    request_fork,
)
from nbexaminer.isolation.folder import AssignmentFiles, PrivateFolder
from nbexaminer.isolation.fork_server import request_template, start_python
from nbexaminer.isolation.limits import RunLimits
from nbexaminer.isolation.readable import readable_paths
from nbexaminer.isolation.temporary import remove_folder, remove_leftovers, temporary_folder
from nbexaminer.isolation.wire import Channel

_READY = "ready"  # what student_process says when it can go on
_START_LIMIT = 60.0  # seconds for a Python to import everything


class TemplateProcess:
    """The engine's end of a template process; after somebody has killed it, another is started."""

    def __init__(self, limits: RunLimits, server: socket.socket | None = None) -> None:
        """server: a fork server's socket, to have it forked there; else it is started anew.

        Raises SandboxError if this machine can't build the sandbox, or if the process doesn't start.
        """
        if limits.sandbox:
            sandbox.require()
        self.limits = limits
        self.user = sandbox.unprivileged_user() if limits.sandbox else os.geteuid()
        self._server = server
        self._readable = readable_paths(limits.hidden_packages)
        self._start()

    def _start(self) -> None:
        remove_leftovers()
        self._prepared: Sequence[str] = ()
        self._home = temporary_folder("template")
        self._process: subprocess.Popen[bytes] | None = None
        self._pidfd = -1
        self._socket, their_end = credentials_pair()
        self._channel = Channel(self._socket.fileno())
        deadline = time.monotonic() + _START_LIMIT
        try:
            with their_end:
                self._fork_or_start(their_end.fileno())
            self.pid = greeting_process(self._socket, deadline)
            self._pidfd = os.pidfd_open(self.pid)
            self._channel.receive(deadline)
        except (EOFError, TimeoutError, WireError, OSError) as error:
            errors = self._home / "errors"
            lines = errors.read_text(errors="replace").strip().splitlines() if errors.exists() else []
            self.close()
            reason = lines[-1] if lines else "it says nothing"
            raise SandboxError(f"the process for students' code does not start: {reason}") from error

    def _fork_or_start(self, descriptor: int) -> None:
        if self._server:
            with contextlib.suppress(OSError):  # else the fork server has ended
                request_template(self._server, descriptor, self.limits.preload)
                return
        self._process = start_python(descriptor, self._home, *self.limits.preload)

    def prepare(self, cells: Sequence[str]) -> None:
        """Have cells of the instructor's, which will run in each student process, parsed once for all."""
        if cells != self._prepared:
            with contextlib.suppress(OSError):  # somebody has killed it, which the next one will notice
                self._channel.send({"prepare": cells})
                self._prepared = cells

    @contextlib.contextmanager
    def private_folder(self, files: AssignmentFiles | None) -> Iterator[PrivateFolder]:
        """A folder for one submission; when it is removed, all that stems from the template is ended."""
        if processes.has_ended(self._pidfd):  # somebody has killed it
            self.close()
            self._start()
        path, backup = temporary_folder("student"), temporary_folder("backup")
        try:
            yield PrivateFolder(path, backup, files, self.user)
        finally:
            processes.end_descendants(self.pid)
            remove_folder(path)
            remove_folder(backup)

    def fork_student(self, folder: Path, watch: Callable[[int], None]) -> Connection:
        """Fork the process of a submission. Raises SandboxError if it can't be sandboxed."""
        request = {
            "folder": str(folder),
            "sandbox": self.limits.sandbox,
            "readable": self._readable,
            "limits": asdict(self.limits.kernel_limits),
            "user": self.user,
        }
        try:
            end = request_fork(self._channel, self._socket, request, _START_LIMIT)
            connection = Connection.accept(end, _START_LIMIT, watch)
            reply = connection.receive(_START_LIMIT)
        except CallStopped as stopped:
            raise SandboxError(f"the process for students' code {stopped.reason}") from None
        if reply != _READY:
            raise SandboxError(str(reply))
        return connection

    def close(self) -> None:
        """End it and all that stems from it."""
        if self._pidfd >= 0:
            if not processes.has_ended(self._pidfd):  # else its id may be another's by now
                processes.end_descendants(self.pid)
            processes.kill(self._pidfd)
            os.close(self._pidfd)
            self._pidfd = -1
        if self._process:
            self._process.kill()
            self._process.wait()
        self._socket.close()
        shutil.rmtree(self._home, ignore_errors=True)
