"""A PostgreSQL server for the tests: Debian's package, in a folder of its own, on a Unix socket alone.

`make test` runs this file, which installs what is missing.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path


def ensure() -> Path:
    """Return the folder of PostgreSQL's programs, after installing them if they are missing."""
    if found := _programs():
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing postgresql ...", flush=True)
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        install = ("install", "-y", "--no-install-recommends", "postgresql")
        for command in (("update",), install):
            subprocess.run(
                ["apt-get", "-qq", *command], env=environment, stdout=subprocess.DEVNULL, check=True
            )
    if found := _programs():
        return found
    sys.exit("The tests need PostgreSQL's programs (initdb, postgres): install the package postgresql.")


def _programs() -> Path | None:
    """Debian keeps them out of the PATH."""
    named = [Path(path).parent for path in (shutil.which("initdb"),) if path]
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    places = [*debian, *named]
    return next((place for place in reversed(places) if (place / "postgres").exists()), None)


@contextlib.contextmanager
def server() -> Iterator[str]:
    """Run a server with an empty database; yields the database's URL."""
    programs = ensure()
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    try:
        who = {}
        if os.geteuid() == 0:  # as which it refuses to run
            who = {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []}
            shutil.chown(folder, "nobody")
        data, log = folder / "data", folder / "log"

        def run(name: str, *options: str) -> None:
            command = [str(programs / name), *options]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, **who)
            if done.returncode:
                said = log.read_text() if log.exists() else ""
                raise RuntimeError(f"{name}: {done.stderr}{done.stdout}{said}")

        run("initdb", "--pgdata", str(data), "--auth", "trust", "--username", "nbexaminer", "--no-sync")
        settings = f"-k {folder} -c listen_addresses= -c fsync=off"
        run("pg_ctl", "--pgdata", str(data), "--log", str(log), "-o", settings, "-w", "start")
        try:
            yield f"postgresql:///postgres?host={folder}&user=nbexaminer"
        finally:
            run("pg_ctl", "--pgdata", str(data), "--mode", "fast", "-w", "stop")
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    print("PostgreSQL:", ensure())
