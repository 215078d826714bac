"""From the text of an assignment to a course folder: source, and what students have handed in.

A text is cut at lines that start with `# %%`. What follows the mark says what the part is:

    notebook NAME                another notebook begins (the first is named after the assignment)
    free | locked [ID]           an ordinary cell | a read-only one
    solution ID                  an answer that tests grade
    test ID POINTS [together]    a test cell; whether the course declares that it runs with students' code
    manual ID POINTS             an answer that a person grades (`text` for a Markdown cell: manual-text)
    wrong NAME ID                what the submission NAME has instead of a cell's text
    file PATH                    a file beside the notebook
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


@dataclass
class Foreign:
    """An assignment: its notebooks' cells, files beside them, and wrong submissions by name and cell."""

    name: str
    notebooks: dict[str, list] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    wrong: dict[str, dict[str, str]] = field(default_factory=dict)
    together: list[str] = field(default_factory=list)

    @classmethod
    def parse(cls, name: str, text: str) -> Foreign:
        made = cls(name)
        notebook = name
        for number, part in enumerate(text.split("\n# %% ")[1:]):
            mark, _, source = part.partition("\n")
            what, *words = mark.split()
            source = source.strip("\n")
            if what == "notebook":
                notebook = words[0]
            elif what == "file":
                made.files[words[0]] = source + "\n"
            elif what == "wrong":
                made.wrong.setdefault(words[0], {})[words[1]] = source
            else:
                made.together += words[:1] if "together" in words[2:] else []
                cells = made.notebooks.setdefault(notebook, [])
                cells.append(_cell(what, words, source, f"{notebook}-{number}".replace("_", "-")))
        return made

    def write_source(self, root: Path) -> None:
        folder = root / "source" / self.name
        for path, text in self.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        folder.mkdir(parents=True, exist_ok=True)
        for name, cells in self.notebooks.items():
            notebook = new_notebook(cells=cells, metadata={"kernelspec": KERNEL})
            nbformat.write(notebook, folder / f"{name}.ipynb")

    def submit(self, root: Path) -> list[str]:
        """Hand in the release untouched, with the solutions, and with each wrong answer among them."""
        submissions = {"blank": None, "right": {}} | self.wrong
        for student, changed in submissions.items():
            folder = root / "submitted" / student / self.name
            shutil.copytree(root / "release" / self.name, folder)
            for path in folder.glob("*.ipynb") if changed is not None else ():
                self._answer(path, changed)
        return list(submissions)

    def _answer(self, path: Path, changed: dict[str, str]) -> None:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        answers = {
            cell.metadata.nbgrader.grade_id: cell.source
            for cell in self.notebooks[path.stem]
            if cell.metadata.get("nbgrader", {}).get("solution")
        }
        for cell in notebook["cells"]:
            grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id", cell["id"])
            cell["source"] = changed.get(grade_id, answers.get(grade_id, cell["source"]))
        path.write_text(json.dumps(notebook), encoding="utf-8")


def _cell(what: str, words: list[str], source: str, cell_id: str) -> nbformat.NotebookNode:
    if what == "free":
        return new_code_cell(source, id=words[0] if words else cell_id)
    marks = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    marks["grade_id"] = words[0] if words else cell_id
    marks["locked"] = what in ("locked", "test", "task")
    marks["grade"] = what in ("test", "manual", "manual-text")
    marks["solution"] = what in ("solution", "manual", "manual-text")
    marks["task"] = what == "task"
    if marks["grade"] or marks["task"]:
        marks["points"] = float(words[1])
    new = new_markdown_cell if what in ("manual-text", "task", "text") else new_code_cell
    return new(source, id=cell_id, metadata={"nbgrader": marks})
