"""Grade the assignments by stock nbgrader and by the engine, and compare each test cell's score."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

sys.path.insert(0, str(Path(__file__).parents[1]))
from gradebooks import rows

from .notebooks import Foreign

CONFIG = "c = get_config()\nc.CourseDirectory.course_id = 'foreign'\n"
OURS = "import nbexaminer\nnbexaminer.configure(c)\n"
Key = tuple[str, str, str, str]  # assignment, submission, notebook, cell


@dataclass
class Comparison:
    """Scores of test cells, by where they stand: stock's, and the engine's."""

    stock: dict[Key, float] = field(default_factory=dict)
    engine: dict[Key, float] = field(default_factory=dict)

    def less(self) -> list[Key]:
        return [key for key, score in self.stock.items() if self.engine.get(key, 0.0) < score]

    def more(self) -> list[Key]:
        return [key for key, score in self.stock.items() if self.engine.get(key, 0.0) > score]

    def line(self) -> str:
        cells, less, more = len(self.stock), len(self.less()), len(self.more())
        paid = sum(self.stock.values())
        got = sum(min(score, self.engine.get(key, 0.0)) for key, score in self.stock.items())
        return (
            f"{cells} cells: agree {(cells - less - more) / cells:.1%}, less {less}, more {more}; "
            f"of what stock pays {got / paid:.1%}"
        )


def prepare(root: Path, assignments: Iterable[Foreign]) -> None:
    """Make a course folder: sources, releases, and what was handed in."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "nbgrader_config.py").write_text(CONFIG)
    for assignment in assignments:
        assignment.write_source(root)
        _command(root, "nbgrader", "generate_assignment", assignment.name)
        assignment.submit(root)


def grade_by_stock(root: Path, names: Iterable[str]) -> dict[Key, float]:
    found = {}
    for name in names:
        _autograde(root, name)
        found |= scores(root, name)
    return found


def grade_by_engine(root: Path, names: Iterable[str], together: Iterable[str] = ()) -> dict[Key, float]:
    declared = f"c.IsolatedExecute.together = {list(together)}\n"
    (root / "nbgrader_config.py").write_text(CONFIG + OURS + declared)
    found = {}
    for name in names:
        _command(root, "nbexaminer", "autograde", name, ok=(0, 3))
        found |= scores(root, name)
    return found


def _autograde(root: Path, name: str) -> None:
    config = Config()
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.course_id = "foreign"
    api = NbGraderAPI(config=config)
    api.log.setLevel(logging.CRITICAL)
    for student in sorted(path.parent.name for path in (root / "submitted").glob(f"*/{name}")):
        for _ in range(3):  # a kernel may fail to start on a busy machine
            result = api.autograde(name, student)
            if result["success"]:
                break
        assert result["success"], result


def scores(root: Path, name: str) -> dict[Key, float]:
    folder = {path.stem for path in (root / "source" / name).glob("*.ipynb")}
    return {
        (name, student, notebook, cell): score
        for student, notebook, cell, score, *_ in rows(root)["grades"]
        if notebook in folder and cell.startswith("test_") and score is not None
    }


def compare(root: Path, assignments: Iterable[Foreign]) -> Comparison:
    chosen = list(assignments)
    prepare(root / "stock", chosen)
    shutil.copytree(root / "stock", root / "engine")
    names = [assignment.name for assignment in chosen]
    together = [name for assignment in chosen for name in assignment.together]
    stock = grade_by_stock(root / "stock", names)
    return Comparison(stock, grade_by_engine(root / "engine", names, together))


def table(comparison: Comparison) -> str:
    lines = []
    for name in sorted({key[0] for key in comparison.stock}):
        part = Comparison(
            {key: score for key, score in comparison.stock.items() if key[0] == name}, comparison.engine
        )
        lines.append(f"{name:15} {part.line()}")
        for what, keys in (("less", part.less()), ("more", part.more())):
            cells = Counter((key[3], key[1]) for key in keys)
            if cells:
                lines.append(f"    {what}: " + ", ".join(f"{cell} ({student})" for cell, student in cells))
    return "\n".join([*lines, "", comparison.line()])


def _command(root: Path, *command: str, ok: tuple[int, ...] = (0,)) -> None:
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    done = subprocess.run(
        [Path(sys.executable).parent / command[0], *command[1:]],
        cwd=root,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode in ok, done.stdout + done.stderr
