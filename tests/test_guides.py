"""The guides for instructors and authors: their commands, run in order, print what is shown.

A block of kind `console` holds commands, each behind `$ `, and what they print on standard output. There
`...` stands for anything, and on a line of its own for any lines.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from lab import homely
from lms_archives import Pupil, canvas_files, canvas_gradebook, zip_of

from examples import sample_class

COURSE = Path(__file__).parent.parent
INSTRUCTORS, AUTHORS = (COURSE / "docs" / f"{name}.md" for name in ("instructors", "authoring"))
ASSIGNMENT = "cnn-step-by-step"
FILE = f"{ASSIGNMENT}.ipynb"
HANDED_IN = {1001: "right", 1002: "stride-ignored", 1003: "half-done"}
LIMIT = 120  # seconds for a command that takes far less


def steps(guide):
    """Return (command, what a guide shows of its output), in their order."""
    guide = guide.read_text(encoding="utf-8")
    blocks = re.findall(r"^```console\n\$ (.*?)^```$", guide, re.DOTALL | re.MULTILINE)
    parts = [part for block in blocks for part in block.split("\n$ ")]
    return [(command, shown) for command, _, shown in (part.partition("\n") for part in parts)]


def pattern(shown):
    """Return the regular expression for output as the guide shows it."""
    lines = (
        r"(?:.*\n)*" if line == "..." else ".*".join(map(re.escape, line.split("..."))) + r"\n"
        for line in shown.splitlines()
    )
    return "".join(lines)


def write_what_canvas_gives(folder):
    """Put the class of the guide into a folder: the submissions of three, and the gradebook of four."""
    sample_class.write(folder, ASSIGNMENT)
    pupils = [Pupil(1004, "absent")]
    for number, name in HANDED_IN.items():
        work = folder / "submitted" / name / ASSIGNMENT / FILE
        pupils.append(Pupil(number, name, {FILE: work.read_bytes()}))
    shutil.rmtree(folder / "submitted")
    (folder / "submissions.zip").write_bytes(zip_of(canvas_files(pupils)))
    (folder / "gradebook.csv").write_text(canvas_gradebook(pupils), encoding="utf-8")


@pytest.mark.parametrize("guide", [INSTRUCTORS, AUTHORS], ids=lambda path: path.stem)
def test_each_command_does_what_the_guide_says(guide, tmp_path):
    """In a folder and a home that are empty at first."""
    place, home = tmp_path / "place", tmp_path / "home"
    for folder in (place, home):
        folder.mkdir()
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    environment = homely(home) | {"COURSE": str(COURSE), "PATH": path, "TZ": "UTC", "COLUMNS": "110"}
    for command, shown in steps(guide):
        if command.startswith("cd "):
            place = place / command.removeprefix("cd ")
            continue
        if command.startswith("nbexaminer collect"):
            write_what_canvas_gives(place)
        done = subprocess.run(
            command, shell=True, cwd=place, env=environment, capture_output=True, text=True, timeout=LIMIT
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        said = f"{command}\n{done.stdout}"
        assert re.fullmatch(pattern(f"{command}\n{shown}"), said), f"{said}\nThe guide shows:\n{shown}"


def test_the_guides_go_all_the_way():
    used = {
        guide: {command.split()[1] for command, _ in steps(guide) if command.startswith("nbexaminer ")}
        for guide in (INSTRUCTORS, AUTHORS)
    }
    assert used[INSTRUCTORS] == {"lint", "release", "collect", "autograde", "export", "return"}
    assert used[AUTHORS] == {"quickstart", "new", "lint", "release", "autograde", "mistakes"}


def test_the_readme_leads_to_the_guides():
    text = (COURSE / "README.md").read_text(encoding="utf-8")
    assert [
        name for name in ("instructors", "authoring", "students") if f"](docs/{name}.md)" not in text
    ] == []


def test_messages_that_are_explained_are_messages_of_ours():
    """What docs/questions.md quotes in its tables is what somebody may read."""
    text = (COURSE / "docs" / "questions.md").read_text(encoding="utf-8")
    table = text.partition("| message |")[2].partition("\n\n")[0]
    quoted = re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE)
    code = "".join(path.read_text(encoding="utf-8") for path in (COURSE / "nbexaminer").rglob("*.py"))
    said = " ".join(code.split()).replace('" f"', "").replace('" "', "")
    pieces = [piece.strip() for message in quoted for piece in re.split("…|so many MiB", message)]
    assert len(quoted) == 7 and [piece for piece in pieces if piece not in said] == []
