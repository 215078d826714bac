"""The processes that all others of a batch are forked from: each has everything imported.

There are two: one for workers (multiprocessing's fork server) and one for students' code. They start in the
background while the command line is still importing; so nothing large is imported here.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import json
import multiprocessing
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from multiprocessing import forkserver
from pathlib import Path

from nbexaminer.isolation.temporary import temporary_folder

_KEPT_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TZ", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")


class ForkServer:
    """workers: the multiprocessing context that makes workers; students: the socket at which template
    processes are asked for (see `request_template`)."""

    def __init__(self) -> None:
        self.workers = multiprocessing.get_context("forkserver")
        self.workers.set_forkserver_preload(["nbexaminer.batch.preload"])
        with _ignored_by_children(signal.SIGINT):  # Ctrl-C is for us, who then end it
            forkserver.ensure_running()
        self._home = temporary_folder("forkserver")
        self.students, their_end = socket.socketpair()
        with their_end:
            self._process = start_python(their_end.fileno(), self._home, "--fork-server")

    def close(self) -> None:
        self.students.close()
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self._home, ignore_errors=True)


@contextlib.contextmanager
def _ignored_by_children(number: signal.Signals) -> Iterator[None]:
    """Let processes that are started meanwhile ignore a signal; only the main thread can do that."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(number, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(number, before)


@functools.cache
def fork_server() -> ForkServer:
    """Return the fork server of this process; it runs until the process ends."""
    server = ForkServer()
    atexit.register(server.close)
    return server


def request_template(server: socket.socket, descriptor: int, preload: Sequence[str]) -> None:
    """Ask for a template process that listens to a descriptor. Raises OSError if the server has ended."""
    socket.send_fds(server, [json.dumps(list(preload)).encode()], [descriptor])


def start_python(descriptor: int, home: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a Python for students' code; what it writes to standard error is in home/errors."""
    with (home / "errors").open("wb") as errors:
        return subprocess.Popen(
            [sys.executable, "-I", "-m", "nbexaminer.isolation.student_process", str(descriptor), *arguments],
            pass_fds=[descriptor],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            cwd=home,
            env=_environment(str(home)),
            start_new_session=True,
        )


def _environment(home: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return kept | threads | {"HOME": home, "MPLCONFIGDIR": home, "IPYTHONDIR": home, "TMPDIR": home}
