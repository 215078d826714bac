"""A Dask cluster for tests and figures: a scheduler and two workers, each a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from distributed import Client

_DASK = Path(sys.executable).with_name("dask")
_SETTINGS = {"DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False"}  # as docs/scaling.md says
_LIMIT = 60  # seconds for a cluster to start

# Python runs this in each process that starts: what opens a file in one of the folders fails.
_WALL = """
import os, sys

def refuse(event, args, folders={folders!r}):
    if event in ("open", "os.listdir", "os.scandir") and isinstance(args[0], (str, bytes)):
        if os.path.realpath(os.fsdecode(args[0])).startswith(folders):
            raise PermissionError(f"not on this machine: {{args[0]}}")

sys.addaudithook(refuse)
"""


@contextlib.contextmanager
def cluster(place: Path, hidden: tuple[Path, ...] = ()) -> Iterator[Client]:
    """Start one with two workers, one of them with a nanny, that can't open what is in the hidden folders."""
    walls, work, notes = place / "walls", place / "work", place / "scheduler.json"
    for folder in (walls, work):
        folder.mkdir(parents=True)
    text = _WALL.format(folders=tuple(str(folder.resolve()) for folder in hidden))
    (walls / "sitecustomize.py").write_text(text, encoding="utf-8")
    common = ("--scheduler-file", notes, "--no-dashboard", "--preload", "nbexaminer.batch.dask_pool")
    commands = (
        ("scheduler", *common, "--host", "127.0.0.1", "--port", "0"),
        ("worker", *common, "--nthreads", "1", "--name", "first", "--no-nanny"),
        ("worker", *common, "--nthreads", "1", "--name", "second"),
    )
    with contextlib.ExitStack() as stack:
        for command in commands:
            started = stack.enter_context((place / f"{command[0]}.log").open("a"))
            environment = os.environ | {"PYTHONPATH": str(walls), **_SETTINGS}
            process = subprocess.Popen(
                [_DASK, *map(str, command)], cwd=work, env=environment, stdout=started, stderr=started
            )
            stack.callback(_end, process)
            deadline = time.monotonic() + _LIMIT
            while not notes.exists() and process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.05)
        client = stack.enter_context(Client(json.loads(notes.read_text())["address"], timeout=_LIMIT))
        client.wait_for_workers(2, timeout=_LIMIT)
        yield client


def _end(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
