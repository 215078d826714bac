"""Where the processes of a batch come from: each is forked from one that has everything imported.

There are two such processes, one for workers and one for students' code. They start in the background
while the command line is still importing; so nothing large is imported here.
"""

from __future__ import annotations

import atexit
import functools
import multiprocessing
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from multiprocessing import forkserver
from pathlib import Path

_KEPT_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TZ", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")


class Nursery:
    """workers: the multiprocessing context that makes workers; students: asked for warm processes, by
    sending it the descriptor that such a process is to listen to."""

    def __init__(self) -> None:
        self.workers = multiprocessing.get_context("forkserver")
        self.workers.set_forkserver_preload(["nbexaminer.batch.preload"])
        forkserver.ensure_running()
        self._home = temporary_folder("nursery")
        self.students, theirs = socket.socketpair()
        with theirs:
            self._process = start_python(theirs.fileno(), self._home, "nursery")

    def close(self) -> None:
        self.students.close()
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self._home, ignore_errors=True)


@functools.cache
def nursery() -> Nursery:
    """Return the one of this process; it is there until the process ends."""
    one = Nursery()
    atexit.register(one.close)
    return one


def start_python(descriptor: int, home: Path, *arguments: str) -> subprocess.Popen:
    """Start a Python for students' code, in which nothing of ours is; what goes wrong is in home/errors."""
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


def temporary_folder(what: str) -> Path:
    """Make a folder whose name tells whose it is, so that it can be removed after a process was killed."""
    return Path(tempfile.mkdtemp(prefix=f"nbexaminer-{os.getpid()}-{what}-"))


def _environment(home: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return kept | threads | {"HOME": home, "MPLCONFIGDIR": home, "IPYTHONDIR": home, "TMPDIR": home}
