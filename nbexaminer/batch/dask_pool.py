"""A pool of workers on many machines, by Dask: docs/scaling.md says how to start them.

The machines share no disk and need this package alone: the assignment and its hidden tests go out by value,
once to each worker, and so does each submission; what came of it comes back by value. Whoever starts the
batch is the only one that writes.

A worker of Dask's runs what it gets in a thread. Grading needs a main thread (timers), a process that it may
limit and lose, and forks; so each worker hands it to a process of its own, the same as on one machine.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import mimetypes
import multiprocessing
import os
import pickle
import socket
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, TimeoutError
from dataclasses import dataclass, replace
from multiprocessing.util import Finalize
from pathlib import Path

from distributed import Client, KilledWorker, Worker

from nbexaminer.batch.pool import LocalPool
from nbexaminer.batch.worker import Graded
from nbexaminer.course.grades import GradingTask
from nbexaminer.course.input_hash import engine_version
from nbexaminer.course.plan import GradingPlan
from nbexaminer.errors import PoolError, SandboxError
from nbexaminer.isolation import packages
from nbexaminer.isolation.fork_server import fork_server

_IDLE = 300.0  # seconds after which a worker gives up what it has of an assignment
_ANSWERS, _COMES = 5.0, 60.0  # seconds for a scheduler to answer, and for a first worker to come

Files = Mapping[str, bytes]  # by path below their folder


class DaskPool:
    """The workers of a Dask cluster."""

    def __init__(self, address: str, plan: GradingPlan) -> None:
        """Raises PoolError if the cluster is not there."""
        try:
            self._client = Client(address, timeout=_ANSWERS)
        except (OSError, ValueError) as error:
            raise PoolError(f"no Dask scheduler answers at {address}: {error}") from error
        try:
            self._client.wait_for_workers(1, timeout=_COMES)
        except TimeoutError as error:
            self._client.close()
            raise PoolError(f"the Dask scheduler at {address} has no workers; start some") from error
        self.broken: tuple[type[BaseException], ...] = (*LocalPool.broken, KilledWorker)
        self._executor = self._client.get_executor(pure=False)
        # A task like any other, so that Dask brings it to each worker once, and again if that is lost.
        self._bundle = self._client.submit(_unchanged, AssignmentBundle.of(plan), pure=False)
        if refused := self._bundle.exception():
            self._client.close()
            raise PoolError(f"a Dask worker can't take the assignment: {refused}") from refused
        self._files = plan.files

    def size(self) -> int:
        return max(1, len(self._client.nthreads()))

    def grade(self, task: GradingTask) -> Future[Graded]:
        try:
            files = {name: path.read_bytes() for name, path in _files(task.folder) if self._is_needed(name)}
        except OSError as error:
            unread: Future[Graded] = Future()
            unread.set_exception(error)
            return unread
        task = replace(task, folder=Path())
        graded: Future[Graded] = self._executor.submit(_grade, self._bundle, task, files)
        return graded

    def _is_needed(self, name: str) -> bool:
        """Whether a file of a submission is one that grading looks at: notebooks, and pictures for the page
        that the worker has not got."""
        if name.endswith(".ipynb") or name == "timestamp.txt":
            return True
        is_picture = (mimetypes.guess_type(name)[0] or "").startswith("image/")
        return is_picture and not (self._files and (self._files / name).is_file())

    def kill_stuck(self) -> None:
        """A worker itself ends what hangs; but there may be none any more."""
        if not self._client.nthreads():
            raise PoolError("the Dask cluster has lost all its workers")

    def close(self) -> None:
        self._client.close()


@dataclass(frozen=True, eq=False)
class AssignmentBundle:
    """What a worker gets once: how to grade an assignment, its folder, the packages of its hidden tests, and
    with what the scores must be made to be those of the machine that sent it; name: a hash of all that."""

    name: str
    plan: bytes
    files: Files
    hidden_tests: Files
    made_with: str

    @classmethod
    def of(cls, plan: GradingPlan) -> AssignmentBundle:
        files = {name: path.read_bytes() for name, path in _files(plan.files)} if plan.files else {}
        late = plan.config.AssignLatePenalties.get("plugin_class", "")  # by name, or the class itself
        plugin = (late if isinstance(late, str) else late.__module__).partition(".")[0]
        wanted = {*plan.limits.hidden_packages, plugin} - {"", "nbgrader"}
        hidden = {
            name: path.read_bytes()
            for package in sorted(wanted)
            for name, path in packages.files(package, plan.packages)
        }
        here = replace(plan, files=None, packages=Path())
        content = (pickle.dumps(here), files, hidden, engine_version())
        return cls(hashlib.sha256(pickle.dumps(content)).hexdigest(), *content)


class _WorkerSlot:
    """A worker's place for one assignment: its files, and the process that grades."""

    def __init__(self, bundle: AssignmentBundle) -> None:
        if bundle.made_with != engine_version():
            raise PoolError(f"it has {engine_version()}, and the batch has {bundle.made_with}")
        # Named so that the next engine removes it if this process is killed.
        self._home = tempfile.TemporaryDirectory(prefix=f"nbexaminer-{os.getpid()}-course-")
        home = Path(self._home.name)
        self._assignment, hidden_tests = home / "assignment", home / "hidden-tests"
        _unpack(bundle.files, self._assignment)
        _unpack(bundle.hidden_tests, hidden_tests)
        # Dask wants its workers to have no children, lest they outlive them; ours don't (worker.py).
        multiprocessing.current_process().daemon = False
        plan = replace(pickle.loads(bundle.plan), files=self._assignment, packages=hidden_tests)
        self._pool = LocalPool(plan, 1, None)
        # A process that multiprocessing began waits for its children when it ends, before any other clean-up.
        self._end = Finalize(None, self._pool.close, exitpriority=0)
        self._hang_timeout = plan.limits.hang_timeout
        self.used = time.monotonic()

    def close(self) -> None:
        self._end()
        self._home.cleanup()

    def grade(self, task: GradingTask, files: Files) -> Graded:
        with tempfile.TemporaryDirectory(dir=self._home.name) as folder:
            _unpack(files, Path(folder))
            future = self._pool.grade(replace(task, folder=Path(folder)))
            try:
                return future.result(self._hang_timeout)
            except TimeoutError:
                self._pool.kill_stuck()
                return future.result()  # it says that its process is broken


# A worker's places, by the names of their bundles; a bundle itself may come again, since Dask drops copies.
_slots: dict[str, _WorkerSlot] = {}
_one_at_a_time = threading.Lock()  # however many threads a worker has


@contextlib.contextmanager
def _slot(bundle: AssignmentBundle) -> Iterator[_WorkerSlot]:
    with _one_at_a_time:
        try:
            if bundle.name not in _slots:
                _close_idle()
                _slots[bundle.name] = _WorkerSlot(bundle)
            yield _slots[bundle.name]
            _slots[bundle.name].used = time.monotonic()
        except (PoolError, SandboxError) as error:
            raise PoolError(f"the Dask worker on {socket.gethostname()} can't grade: {error}") from error


@functools.cache
def _close_idle() -> None:
    """From now on, end what was not used for long: a batch that was killed can't say that it is over."""

    def close() -> None:
        while True:
            time.sleep(_IDLE / 10)
            with _one_at_a_time:
                for name, slot in list(_slots.items()):
                    if time.monotonic() - slot.used > _IDLE:
                        _slots.pop(name).close()

    threading.Thread(target=close, daemon=True).start()


def dask_setup(server: object) -> None:
    """`dask scheduler` and `dask worker` call this, given `--preload nbexaminer.batch.dask_pool`: what takes
    long to import and to start is then there before the first batch."""
    if isinstance(server, Worker):
        fork_server()


def _grade(bundle: AssignmentBundle, task: GradingTask, files: Files) -> Graded:
    with _slot(bundle) as slot:
        return slot.grade(task, files)


def _unchanged(bundle: AssignmentBundle) -> AssignmentBundle:
    return bundle


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield str(path.relative_to(folder)), path


def _unpack(files: Files, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
