"""Starts the students' processes, speaks with them, watches them and ends them.

A Warm process is a Python that waits with everything imported. For each submission it forks a first
copy; every cell of the student runs in a copy of the one before, and every test talks to a copy of its
own. So what happens in a copy, a crash or an endless loop too, leaves the one before as it was.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from grader import processes, sandbox
from grader.model import CallStopped
from grader.sandbox import Limits, SandboxError
from grader.wire import Channel, WireError

_SYSTEM_FILES = ("/usr/lib", "/lib", "/lib64", "/usr/share/fonts", "/usr/share/zoneinfo", "/dev/null")
_DEVICES = ("/dev/urandom", "/dev/zero")
_KEPT_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TZ", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
_WATCH_EVERY = 0.1  # seconds
_START_LIMIT = 60.0  # seconds for a Python to import everything
_FOLDER_LIMIT = 64 * 2**20  # bytes in the private folder


@dataclass(frozen=True)
class Rules:
    """How a submission is run.

    call_seconds: for one cell or one call; submission_seconds: for all of it; sandbox: whether the
    walls are built (without them a student's code can do what the caller can).
    """

    call_seconds: float = 10.0
    submission_seconds: float = 120.0
    sandbox: bool = True
    limits: Limits = field(default_factory=Limits)


class Warm:
    """A Python process with everything imported, which forks one copy for each submission."""

    def __init__(self, rules: Rules) -> None:
        """Raises SandboxError if this machine can't build the sandbox, or if the process doesn't start."""
        if rules.sandbox and (lacks := sandbox.missing()):
            raise SandboxError(
                f"Students' code can't be shut in on this machine; it lacks: {'; '.join(lacks)}. "
                "Use another machine, or `--sandbox none` if you trust every submission."
            )
        self.rules = rules
        self._home = tempfile.mkdtemp(prefix="warm-")
        errors = Path(self._home) / "errors"
        ours, theirs = socket.socketpair()
        with theirs, errors.open("wb") as stderr:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-m", "grader.student", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                cwd=self._home,
                env=_environment(self._home),
                start_new_session=True,
            )
        self._socket = ours
        self._channel = Channel(ours.fileno())
        try:
            self._channel.receive(time.monotonic() + _START_LIMIT)
        except (EOFError, TimeoutError, WireError) as error:
            said = errors.read_text(errors="replace").strip().splitlines() or ["it says nothing"]
            self.close()
            raise SandboxError(f"the process for students' code does not start: {said[-1]}") from error
        self.memory = processes.memory(self._process.pid)

    @contextlib.contextmanager
    def submission(self, files: Path | None) -> Iterator[Submission]:
        """A fresh copy for one submission, in a private folder with the assignment's files in it."""
        with tempfile.TemporaryDirectory(prefix="student-", ignore_cleanup_errors=True) as folder:
            if files:
                _copy_files(files, Path(folder))
            try:
                yield Submission(self, folder, files)
            finally:
                processes.end_descendants(self._process.pid)

    def first_copy(self, folder: str) -> Copy:
        request = {
            "folder": folder,
            "sandbox": self.rules.sandbox,
            "readable": [sys.prefix, sys.base_prefix, *_SYSTEM_FILES, *_DEVICES],
            "limits": asdict(self.rules.limits),
        }
        return Copy.fork(self._channel, self._socket, request, _START_LIMIT)

    def descendants(self) -> list[int]:
        return processes.descendants(self._process.pid)

    def end_others(self, keep: set[int]) -> None:
        processes.end_descendants(self._process.pid, keep)

    def close(self) -> None:
        """End it and all that stems from it."""
        processes.end_descendants(self._process.pid)
        self._process.kill()
        self._process.wait()
        self._socket.close()
        shutil.rmtree(self._home, ignore_errors=True)


class Submission:
    """The process of one student: its state after the cells so far, and copies of it."""

    def __init__(self, warm: Warm, folder: str, files: Path | None) -> None:
        """Raises SandboxError if the walls can't be built."""
        self._warm, self._folder, self._files = warm, Path(folder), files
        self._deadline = time.monotonic() + warm.rules.submission_seconds
        self._copies = [warm.first_copy(folder)]
        self._listing = self._listed()

    def run(self, source: str, names: list[str]) -> dict[str, Any]:
        """Run a cell of the student's; its state is kept if it comes to its end, be it by an error.

        Returns what grader.student tells of it. Raises CallStopped if it doesn't come to its end; the
        next cell then goes on from the state before.
        """
        copy = self._fork()
        try:
            answer = copy.ask({"do": "cell", "with": {"source": source, "names": names}}, self._limit(), self)
        except CallStopped:
            self._end(copy)
            raise
        self._copies.append(copy)
        self._listing = self._listed()
        return answer

    @contextlib.contextmanager
    def test(self) -> Iterator[Test]:
        """A test's own copy of the process; nothing that happens in it is left afterwards."""
        test = Test(self)
        try:
            yield test
        finally:
            test.end()
            if self._listed() != self._listing:
                self._restore_files()

    def watch(self) -> None:
        """Raises CallStopped if the student's processes hold too much memory or fill their folder."""
        rules = self._warm.rules
        held = sum(max(0, processes.memory(pid) - self._warm.memory) for pid in self._warm.descendants())
        if held > rules.limits.memory:
            raise CallStopped("out of memory")
        if sum(size for size, _ in self._listed().values()) > _FOLDER_LIMIT:
            raise CallStopped("died")

    def _fork(self) -> Copy:
        """Fork the newest state that still answers."""
        while True:
            try:
                return self._copies[-1].copy(self._limit())
            except CallStopped:
                self._copies.pop()
                if not self._copies:
                    self._copies.append(self._warm.first_copy(str(self._folder)))

    def _end(self, copy: Copy | None) -> None:
        if copy:
            copy.close()
        self._warm.end_others({kept.pid for kept in self._copies})

    def _limit(self) -> float:
        return max(0.0, min(self._warm.rules.call_seconds, self._deadline - time.monotonic()))

    def _listed(self) -> dict[str, tuple[int, int]]:
        listing = {}
        for path, _, names in os.walk(self._folder):
            for name in names:
                with contextlib.suppress(OSError):
                    status = os.lstat(os.path.join(path, name))
                    listing[os.path.join(path, name)] = status.st_size, status.st_mtime_ns
        return listing

    def _restore_files(self) -> None:
        """Undo what a test's copy did to the folder, so that no test finds what another left."""
        for entry in self._folder.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry, ignore_errors=True)
            else:
                entry.unlink(missing_ok=True)
        if self._files:
            _copy_files(self._files, self._folder)
            for path in (self._folder, *self._folder.rglob("*")):
                if os.geteuid() == 0 and self._warm.rules.sandbox:
                    os.chown(path, sandbox.unprivileged_user(), -1)
        self._listing = self._listed()


class Test:
    """Calls functions in a copy of the student's process; a new copy after one that was stopped."""

    def __init__(self, submission: Submission) -> None:
        self._submission = submission
        self._copy: Copy | None = None

    def call(self, request: dict[str, Any], helpers: Mapping[str, Callable]) -> dict[str, Any]:
        """Return what grader.student tells of a call. Raises CallStopped if it doesn't come back."""
        submission = self._submission
        if self._copy is None:
            self._copy = submission._fork()
        try:
            message = {"do": "call", "with": request}
            return self._copy.ask(message, submission._limit(), submission, helpers)
        except BaseException:  # whatever it was, what this copy says next would answer the wrong call
            self.end()
            raise

    def end(self) -> None:
        if self._copy is not None:
            copy, self._copy = self._copy, None
            self._submission._end(copy)


class Copy:
    """One process of a student's and the channel to it."""

    def __init__(self, end: socket.socket, pid: int) -> None:
        self._socket, self.pid = end, pid
        end.setblocking(False)  # a student who doesn't read must not hold us up
        self._channel = Channel(end.fileno())

    @classmethod
    def fork(cls, channel: Channel, end: socket.socket, request: dict, seconds: float) -> Copy:
        """Let a process fork. Raises CallStopped if it doesn't, SandboxError if the copy can't be shut in."""
        deadline = time.monotonic() + seconds
        ours, theirs = socket.socketpair()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        try:
            with theirs, _stopping():
                channel.send(request, deadline)
                socket.send_fds(end, [b"+"], [theirs.fileno()])
            with _stopping():
                copy = cls(ours, _sender(ours, deadline))
                answer = copy._channel.receive(deadline)
        except CallStopped:
            ours.close()
            raise
        if answer != "ready":
            ours.close()
            raise SandboxError(str(answer))
        return copy

    def copy(self, seconds: float) -> Copy:
        return Copy.fork(self._channel, self._socket, {"do": "fork"}, seconds)

    def ask(
        self,
        request: dict[str, Any],
        seconds: float,
        submission: Submission,
        helpers: Mapping[str, Callable] | None = None,
    ) -> dict[str, Any]:
        """Return the answer to a request, having lent helpers on the way. Raises CallStopped."""
        deadline = time.monotonic() + seconds
        with _stopping():
            self._channel.send(request, deadline)
            while True:
                answer = self._channel.receive(deadline, submission.watch, _WATCH_EVERY)
                if not isinstance(answer, dict):
                    raise WireError("an answer is not a dictionary")
                if not helpers or "ask" not in answer:
                    return answer
                self._channel.send(_help(helpers, answer), deadline)

    def close(self) -> None:
        self._socket.close()


@contextlib.contextmanager
def _stopping() -> Iterator[None]:
    """Whatever keeps a process from answering is a CallStopped with its reason."""
    try:
        yield
    except TimeoutError:
        raise CallStopped("timed out") from None
    except (EOFError, OSError, WireError, KeyError, TypeError, ValueError):
        raise CallStopped("died") from None


def _sender(end: socket.socket, deadline: float) -> int:
    """Return the process id that the kernel gives for the sender of the first byte."""
    end.settimeout(max(0.001, deadline - time.monotonic()))
    _, ancillary, _, _ = end.recvmsg(1, socket.CMSG_SPACE(struct.calcsize("3i")))
    for level, kind, content in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS:
            return struct.unpack("3i", content)[0]
    raise EOFError


def _help(helpers: Mapping[str, Callable], question: dict[str, Any]) -> dict[str, Any]:
    """Do the work of a correct helper for the student's process, which doesn't get to see its code."""
    try:
        return {"value": helpers[question["ask"]](*question["args"], **question["kwargs"])}
    except Exception as error:
        return {"raised": f"{type(error).__name__}: {error}"}


def _environment(home: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return kept | threads | {"HOME": home, "MPLCONFIGDIR": home, "IPYTHONDIR": home, "TMPDIR": home}


def _copy_files(source: Path, folder: Path) -> None:
    """Copy an assignment's files, but no notebook."""
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("*.ipynb"), dirs_exist_ok=True)
