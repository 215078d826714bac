"""Starts the students' processes, speaks with them, watches them and ends them.

A Warm process is a Python that waits with everything imported. For each submission it forks a first
copy; every cell of the student runs in a copy of the one before, and every test talks to a copy of its
own. So what happens in a copy, a crash or an endless loop too, leaves the one before as it was. Copies
that only wait to be copied are stopped: nothing of the student's runs but what was asked for.
"""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal
import socket
import struct
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from nbexaminer.errors import CallStopped, SandboxError, WireError
from nbexaminer.isolation import packages, processes, sandbox
from nbexaminer.isolation import replies as answers
from nbexaminer.isolation.folder import Folder, clear
from nbexaminer.isolation.fork_server import start_python, temporary_folder
from nbexaminer.isolation.sandbox import Limits
from nbexaminer.isolation.wire import Channel

_SYSTEM_FILES = ("/usr/lib", "/lib", "/lib64", "/usr/share/fonts", "/usr/share/zoneinfo", "/dev/null")
_DEVICES = ("/dev/urandom", "/dev/zero")
_START_LIMIT = 60.0  # seconds for a Python to import everything
_GIVES_WAY_AFTER = 0.25  # seconds of processor time; honest calls take a tenth of a second together
_KEPT_COPIES = 2  # of the student's states: the newest, and one to go back to if that can't be copied
_ALL_OUTPUTS = 32_000_000  # characters of a submission's outputs, pictures included


@dataclass(frozen=True)
class Rules:
    """How a submission is run.

    call_seconds: for one cell or one call; once one has run into this limit, a twentieth of it, or a
    fortieth to hundredth in processor time;
    submission_seconds: for all of it; sandbox: whether the walls are built (without them a student's code
    can do what the caller can).
    hidden_packages: the top-level packages of hidden tests, which no process of a student's can read;
    preload: modules that are imported once for all, before any submission.
    """

    call_seconds: float = 10.0
    submission_seconds: float = 120.0
    sandbox: bool = True
    limits: Limits = field(default_factory=Limits)
    hidden_packages: tuple[str, ...] = ()
    preload: tuple[str, ...] = ()

    @property
    def patience(self) -> float:
        """Seconds after which a process that grades a submission hangs for sure."""
        return 2 * self.submission_seconds + 60


class Warm:
    """A Python process with everything imported, which forks one copy for each submission."""

    def __init__(self, rules: Rules, source: socket.socket | None = None) -> None:
        """source: a nursery's, to have it forked there; else it is started anew.

        Raises SandboxError if this machine can't build the sandbox, or if the process doesn't start.
        """
        if rules.sandbox and (lacks := sandbox.missing()):
            raise SandboxError(
                f"Students' code can't be shut in on this machine; it lacks: {'; '.join(lacks)}. "
                "Use another machine, or `--sandbox none` if you trust every submission."
            )
        self.rules = rules
        self._source = source
        self._user = sandbox.unprivileged_user() if rules.sandbox else os.geteuid()
        self._readable = [*_python_folders(rules.hidden_packages), *_SYSTEM_FILES, *_DEVICES]
        self._start()

    def _start(self) -> None:
        _clear_after_killed()
        self._home = temporary_folder("warm")
        self._process: subprocess.Popen | None = None
        self._end = -1
        self._socket, theirs = socket.socketpair()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self._channel = Channel(self._socket.fileno())
        deadline = time.monotonic() + _START_LIMIT
        try:
            with theirs:
                self._ask_for_one(theirs)
            self.pid = _sender(self._socket, deadline)
            self._end = os.pidfd_open(self.pid)
            self._channel.receive(deadline)
        except (EOFError, TimeoutError, WireError, OSError) as error:
            errors = self._home / "errors"
            said = errors.read_text(errors="replace").strip().splitlines() if errors.exists() else []
            self.close()
            why = said[-1] if said else "it says nothing"
            raise SandboxError(f"the process for students' code does not start: {why}") from error
        self.memory = processes.memory(self.pid)

    def _ask_for_one(self, theirs: socket.socket) -> None:
        if self._source:
            with contextlib.suppress(OSError):  # else the nursery has ended
                socket.send_fds(
                    self._source, [f"+{' '.join(self.rules.preload)}".encode()], [theirs.fileno()]
                )
                return
        self._process = start_python(theirs.fileno(), self._home, *self.rules.preload)

    def _is_there(self) -> bool:
        return not processes.has_ended(self._end)

    @contextlib.contextmanager
    def submission(self, files: Path | None) -> Iterator[Submission]:
        """A fresh copy for one submission, in a private folder with the assignment's files in it."""
        if not self._is_there():  # somebody has ended it
            self.close()
            self._start()
        folder, saved = map(temporary_folder, ("student", "saved"))
        try:
            yield Submission(self, Folder(folder, saved, files, self._user))
        finally:
            processes.end_descendants(self.pid)
            for path in (folder, saved):
                clear(path)
                path.rmdir()

    def first_copy(self, folder: Path, watch: Callable[[int], None]) -> Copy:
        """Raises SandboxError if the copy can't be shut in."""
        request = {
            "folder": str(folder),
            "sandbox": self.rules.sandbox,
            "readable": self._readable,
            "limits": asdict(self.rules.limits),
            "user": self._user,
        }
        try:
            end = begin_copy(self._channel, self._socket, request, _START_LIMIT)
            copy = Copy.met(end, _START_LIMIT, watch)
            said = copy.hear(_START_LIMIT)
        except CallStopped as stopped:
            raise SandboxError(f"the process for students' code {stopped.reason}") from None
        if said != "ready":
            raise SandboxError(str(said))
        return copy

    def descendants(self) -> dict[int, int]:
        return processes.descendants(self.pid)

    def end_others(self, keep: set[int]) -> None:
        processes.end_descendants(self.pid, keep)

    def close(self) -> None:
        """End it and all that stems from it."""
        if self._end >= 0:
            if self._is_there():  # else its number may be another's by now
                processes.end_descendants(self.pid)
            processes.end(self._end)
            os.close(self._end)
            self._end = -1
        if self._process:
            self._process.kill()
            self._process.wait()
        self._socket.close()
        shutil.rmtree(self._home, ignore_errors=True)


class Submission:
    """The process of one student: its state after the cells so far, and copies of it."""

    def __init__(self, warm: Warm, folder: Folder) -> None:
        """Raises SandboxError if the walls can't be built."""
        self._warm, self._folder = warm, folder
        self._deadline = time.monotonic() + warm.rules.submission_seconds
        self._room = _ALL_OUTPUTS
        self._has_run = False
        self._hanging: set[str] = set()  # what has run into a time limit
        self._before: float | None = None  # processor seconds before a call by whoever has hung
        self._copies: list[Copy] = []
        self._test: Test | None = None
        self._spare: socket.socket | None = None
        self._begin()

    def run(self, source: str, names: list[str]) -> dict[str, Any]:
        """Run a cell of the student's; its state is kept if it comes to its end, be it by an error.

        Returns what nbexaminer.isolation.student_process tells of it. Raises CallStopped if it doesn't come to its end; the
        next cell then goes on from the state before.
        """
        copy = None
        self._end_test()
        self._has_run = True
        try:
            copy = self._fork()
            request = {"do": "cell", "with": {"source": source, "names": names}}
            with _stopping():
                answer = answers.cell(copy.ask(request, self._limit()), self._room)
            self._end(None, copy)
            self._folder.save()
        except BaseException as error:
            self.learn(error)
            self._end(copy)
            self._folder.restore()
            raise
        self._room -= answers.size(answer["outputs"])
        self._copies.append(copy)
        for old in self._copies[:-_KEPT_COPIES]:
            old.close()
        del self._copies[:-_KEPT_COPIES]
        return answer

    def define(self, source: str, names: list[str]) -> dict[str, Any]:
        """Run a cell that only defines and imports, as `run` does.

        As long as there were only such cells, nothing of the student's has run that could keep this one from
        its end; so it needs no state to go back to, which saves a copy.
        """
        if self._has_run:
            return self.run(source, names)
        newest, limit = self._newest(), self._limit(shortened=False)
        processes.resume(newest.pid)
        try:
            newest.tell({"do": "cell", "with": {"source": source, "names": names}}, limit)
            self._end_test()  # meanwhile
            self._drop_spare()
            processes.resume(newest.pid)
            with _stopping():
                answer = answers.cell(newest.hear(limit), self._room)
        except BaseException as error:
            self.learn(error)
            self._copies.remove(newest)
            self._end(newest)
            self._folder.restore()
            raise
        self._room -= answers.size(answer["outputs"])
        return answer

    @contextlib.contextmanager
    def test(self, fresh: bool = True) -> Iterator[Test]:
        """A copy of the process for a locked cell; nothing that happens in it is left afterwards.

        fresh: whether the cell has it for itself, as each test must; else it goes on in the last one's.
        While the cell runs, the caller's memory and processor time are bounded too: it works on what a
        student's code made.
        """
        if fresh or self._test is None:
            self._end_test()
            self._test = Test(self)
            if fresh:
                self._begin_spare()
        self._test.is_scored = fresh
        with _bounded(self._warm.rules.limits.memory, max(1.0, self._deadline - time.monotonic())):
            yield self._test

    def watch(self, speaker: int) -> None:
        """Raises CallStopped if the process that is to answer has ended, or if all that are there are too
        many, too large, or fill their folder."""
        warm, limits = self._warm, self._warm.rules.limits
        running = warm.descendants()
        if speaker not in running or sum(running.values()) >= limits.processes:
            raise CallStopped("died")
        if sum(max(0, processes.memory(pid) - warm.memory) for pid in running) > limits.memory:
            held = sum(map(processes.proportional_memory, running)) - warm.memory
            if held > limits.memory:
                raise CallStopped("out of memory")
        self._folder.check(running, limits.file_size)
        for pid in running.keys() - {copy.pid for copy in self._copies}:  # those are what others are made of
            taken = processes.processor_seconds(pid)
            if taken > _GIVES_WAY_AFTER:
                processes.give_way(pid)
            if pid == speaker and self._before is not None and taken - self._before > self._processor_limit():
                raise CallStopped("timed out")

    def learn(self, error: BaseException, name: str = "") -> None:
        """Whoever has hung once is not waited for as long again; name: of the function, if it was one."""
        if isinstance(error, CallStopped) and error.reason == "timed out":
            self._hanging.add(name)

    def _end_test(self) -> None:
        """End what is left of the last test."""
        if self._test:
            self._test.end()
            self._test = None
            self._folder.restore()

    def _begin_spare(self) -> None:
        """Let a copy be made while the caller goes on; only if what it is made from can do no harm."""
        if not (self._has_run or self._spare):
            newest = self._newest()
            processes.resume(newest.pid)
            with contextlib.suppress(CallStopped):  # `_fork` will see to it
                self._spare = newest.begin_copy(self._limit())

    def _drop_spare(self) -> None:
        """End the copy that was made for a test if none has used it; it does not know what comes now."""
        if self._spare:
            self._spare.close()
            self._spare = None
            self._end(None)

    def _begin(self) -> None:
        self._folder.restore(original=True)
        self._copies.append(self._warm.first_copy(self._folder.path, self.watch))

    def _newest(self) -> Copy:
        """Return the newest state that is still alive."""
        while True:
            if not self._limit():
                raise CallStopped("timed out")
            if not self._copies:
                self._end(None)
                self._begin()
            if self._copies[-1].pid in self._warm.descendants():  # else its number may be another's by now
                return self._copies[-1]
            self._copies.pop().close()

    def _fork(self) -> Copy:
        """Fork the newest state that still answers."""
        while True:
            newest = self._newest()
            processes.resume(newest.pid)
            spare, self._spare = self._spare, None
            try:
                return Copy.met(spare or newest.begin_copy(self._limit()), self._limit(), self.watch)
            except CallStopped:
                self._copies.pop().close()
            finally:
                processes.pause(newest.pid)

    def _end(self, copy: Copy | None, *keep: Copy) -> None:
        """End a copy and all else but the kept ones, which are stopped."""
        if copy:
            copy.close()
        self._warm.end_others({kept.pid for kept in (*self._copies, *keep)})

    def _limit(self, shortened: bool = True) -> float:
        seconds = self._warm.rules.call_seconds / (20 if shortened and self._hanging else 1)
        return max(0.0, min(seconds, self._deadline - time.monotonic()))

    def _processor_limit(self) -> float:
        """What is left to whoever has hung, in processor time, which a busy machine does not shorten: the
        more often, the less."""
        return self._warm.rules.call_seconds / min(40 * len(self._hanging), 100)


class Test:
    """Calls functions in a copy of the student's process; a new copy after one that was stopped."""

    is_scored = True

    def __init__(self, submission: Submission) -> None:
        self._submission = submission
        self._copy: Copy | None = None
        self._random: tuple | None = None
        self._called = False

    def call(self, request: dict[str, Any], helpers: Mapping[str, Callable]) -> dict[str, Any]:
        """Return what nbexaminer.isolation.student_process tells of a call. Raises CallStopped if it doesn't come back."""
        submission, name = self._submission, request["name"]
        if not self.is_scored and name in submission._hanging:
            raise CallStopped("timed out")
        self._called = True
        before = submission._before  # of the call that this one is made from, if it is
        try:
            if self._copy is None:
                self._copy, self._random = submission._fork(), None
            if submission._hanging:
                submission._before = processes.processor_seconds(self._copy.pid)
            state = request["random"]
            if self._random and _same_state(self._random, state):
                request = request | {"random": None}  # it goes on from where it is
            message = {"do": "call", "with": request}
            with _stopping():
                answer = answers.call(self._copy.ask(message, submission._limit(), helpers))
            self._random = answer["random"] or state
            return answer
        except BaseException as error:  # what this copy says next would answer the wrong call
            submission.learn(error, name)
            self.end()
            raise
        finally:
            submission._before = before

    def end(self) -> None:
        """End the copy and whatever it left behind."""
        if self._called:
            copy, self._copy = self._copy, None
            self._submission._end(copy)


class Copy:
    """One process of a student's and the channel to it."""

    def __init__(self, end: socket.socket, pid: int, watch: Callable[[int], None]) -> None:
        """watch: called again and again with its pid while it is to answer."""
        self._socket, self.pid = end, pid
        end.setblocking(False)  # a student who doesn't read must not hold us up
        self._channel = Channel(end.fileno(), lambda: watch(pid))

    @classmethod
    def met(cls, end: socket.socket, seconds: float, watch: Callable[[int], None]) -> Copy:
        """Return the process at the other end, once it has introduced itself. Raises CallStopped."""
        try:
            with _stopping():
                return cls(end, _sender(end, time.monotonic() + seconds), watch)
        except BaseException:
            end.close()
            raise

    def begin_copy(self, seconds: float) -> socket.socket:
        """Let it fork; return the end of a channel at which the copy will introduce itself."""
        return begin_copy(self._channel, self._socket, {"do": "fork"}, seconds)

    def tell(self, request: dict[str, Any], seconds: float) -> None:
        """Say what it is to do. Raises CallStopped."""
        with _stopping():
            self._channel.send(request, time.monotonic() + seconds)

    def hear(self, seconds: float) -> Any:
        """Return what it says next. Raises CallStopped."""
        with _stopping():
            return self._channel.receive(time.monotonic() + seconds)

    def ask(
        self, request: dict[str, Any], seconds: float, helpers: Mapping[str, Callable] | None = None
    ) -> Any:
        """Return the answer to a request, having lent helpers on the way. Raises CallStopped."""
        deadline = time.monotonic() + seconds
        with _stopping():
            self._channel.send(request, deadline)
            while True:
                answer = self._channel.receive(deadline)
                if not (helpers and isinstance(answer, dict) and "ask" in answer):
                    return answer
                self._channel.send(_help(helpers, answer), deadline)

    def close(self) -> None:
        self._socket.close()


def begin_copy(channel: Channel, to: socket.socket, request: dict, seconds: float) -> socket.socket:
    """Ask a process to fork; return the end of a channel at which the copy will introduce itself.

    Raises CallStopped.
    """
    ours, theirs = socket.socketpair()
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    try:
        with theirs, _stopping():
            channel.send(request, time.monotonic() + seconds)
            socket.send_fds(to, [b"+"], [theirs.fileno()])
        return ours
    except BaseException:
        ours.close()
        raise


@contextlib.contextmanager
def _stopping() -> Iterator[None]:
    """Whatever keeps a process from answering, or from answering as ours do, is a CallStopped."""
    try:
        yield
    except TimeoutError:
        raise CallStopped("timed out") from None
    except MemoryError:
        raise CallStopped("out of memory") from None
    except (EOFError, OSError, WireError):
        raise CallStopped("died") from None


def _same_state(one: tuple, other: tuple) -> bool:
    """Return whether two states of NumPy's random numbers are the same."""
    return one[2:] == other[2:] and bool((one[1] == other[1]).all())


def _sender(end: socket.socket, deadline: float) -> int:
    """Return the process id that the kernel gives for the sender of the first byte."""
    end.settimeout(max(0.001, deadline - time.monotonic()))
    said, ancillary, _, _ = end.recvmsg(1, socket.CMSG_SPACE(struct.calcsize("3i")))
    if not said:  # it has ended; the kernel then says that number 0 had spoken
        raise EOFError
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


@contextlib.contextmanager
def _bounded(memory: int, seconds: float) -> Iterator[None]:
    """Let this process take no more than so much memory beyond what it has, and so much processor time.

    Raises CallStopped in what takes longer; a lack of memory is a MemoryError, as everywhere.
    """

    def expire(signum: int, frame: object) -> None:
        raise CallStopped("timed out")

    before = resource.getrlimit(resource.RLIMIT_AS)
    with open("/proc/self/statm") as file:
        limit = int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE") + memory
    soft = min((limit, *(bound for bound in before if bound != resource.RLIM_INFINITY)))
    timed = threading.current_thread() is threading.main_thread()
    try:
        resource.setrlimit(resource.RLIMIT_AS, (soft, before[1]))
        if timed:
            previous = signal.signal(signal.SIGPROF, expire)
            signal.setitimer(signal.ITIMER_PROF, seconds)
        yield
    finally:
        if timed:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGPROF, previous)
        resource.setrlimit(resource.RLIMIT_AS, before)


def _clear_after_killed() -> None:
    """Remove what engines have left that were killed before they could."""
    for path in Path(tempfile.gettempdir()).glob("nbexaminer-*-*-*"):
        owner = path.name.split("-")[1]
        if owner.isdigit() and not Path("/proc", owner).exists():
            with contextlib.suppress(OSError):  # somebody else's, or somebody else clears it right now
                clear(path)
                path.rmdir()


def _python_folders(hidden_packages: Iterable[str] = ()) -> Iterator[str]:
    """The folders of Python and its packages, but for this one and those of hidden tests."""
    prefixes = {Path(prefix) / lib for prefix in (sys.prefix, sys.base_prefix) for lib in ("lib", "lib64")}
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    folders = prefixes | {Path(sysconfig.get_path(name)) for name in names}
    secret = {Path(__file__).resolve().parents[1]}
    for package in hidden_packages:
        secret.update(packages.locations(package))
    for folder in {folder.resolve() for folder in folders}:
        yield from _without(folder, secret)


def _without(folder: Path, secret: set[Path]) -> Iterator[str]:
    if not any(path.is_relative_to(folder) for path in secret):
        yield str(folder)
    elif folder not in secret:
        for entry in sorted(folder.iterdir()):
            yield from _without(entry, secret)
