"""The people of a course, each with a home and a folder, and what they do with nbgrader's commands."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from lab import homely

CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "cnn"
c.Exchange.root = {exchange!r}
"""
# One user of this machine plays all parts, so the name that nbgrader would take is the same for all.
OF_A_STUDENT = """
c.CourseDirectory.student_id = {student!r}
"""
LIMIT = 180  # seconds


class Person:
    """Somebody with a home, a folder to work in, and a configuration that names the exchange."""

    def __init__(self, place: Path, exchange: Path, student: str = "") -> None:
        """student: their id, if they are one; nbgrader takes it from the configuration."""
        self.home, self.folder = place / "home", place / "folder"
        self.folder.mkdir(parents=True)
        config = self.home / ".jupyter" / "nbgrader_config.py"
        config.parent.mkdir(parents=True)
        text = CONFIG + OF_A_STUDENT if student else CONFIG
        config.write_text(text.format(exchange=str(exchange), student=student))

    def run(self, program: str, *arguments: str) -> str:
        """Run a command of the course's in the folder; return what it prints."""
        done = subprocess.run(
            [Path(sys.executable).with_name(program), *arguments],
            cwd=self.folder,
            env=homely(self.home),
            capture_output=True,
            text=True,
            timeout=LIMIT,
        )
        assert done.returncode == 0, f"{program} {arguments}\n{done.stdout}{done.stderr}"
        return done.stdout

    def nbgrader(self, command: str, *options: str) -> None:
        self.run("nbgrader", command, *options)
