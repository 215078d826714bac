"""Bring a submitted notebook back to what the instructor's copy says of its cells.

Whatever a student (or a tool) did to metadata, tags, locked text, cell types, order and number of cells:
afterwards every locked and every graded cell is there once, in a place where it can run.
"""

from __future__ import annotations

import copy
import functools
import itertools
import re
from collections.abc import Mapping
from typing import Any

from nbformat import NotebookNode, from_dict, v4
from nbgrader.api import Notebook, SourceCell
from nbgrader.nbgraderformat import SCHEMA_VERSION
from nbgrader.preprocessors import ClearHiddenTests
from nbgrader.utils import is_grade, is_locked, is_solution, is_task

from nbexaminer.engine.cells import grade_id
from nbexaminer.isolation import replies
from nbexaminer.model import Text


def known_cells(notebook: Notebook) -> dict[str, NotebookNode]:
    """Return the instructor's cells that the gradebook keeps of a notebook, by grade_id, in order."""
    return {cell.name: _from_source(cell, notebook) for cell in notebook.source_cells}


def restore(nb: NotebookNode, known: Mapping[str, NotebookNode], keeps_outputs: bool = False) -> list[Text]:
    """Put a notebook right; return what was done, which a note at its top lists, too.

    keeps_outputs: whether outputs of cells stay, as far as a page may show them; else there are none.
    """
    restored = _Restored(nb.cells, known, keeps_outputs)
    nb.cells = restored.cells
    if restored.notes:
        nb.cells.insert(
            0, v4.new_markdown_cell(_listed(restored.notes), metadata={"nbexaminer": {"note": True}})
        )
    for number, cell in enumerate(nb.cells):
        cell.id = f"cell-{number}"  # old formats have none, and editors make duplicates
    nb.nbformat, nb.nbformat_minor = v4.nbformat, v4.nbformat_minor
    return restored.notes


class _Restored:
    """The cells of a notebook while they are put right."""

    def __init__(
        self, cells: list[NotebookNode], known: Mapping[str, NotebookNode], keeps_outputs: bool
    ) -> None:
        self.known, self.keeps_outputs = known, keeps_outputs
        self.notes: list[Text] = []
        self.cells = self._recognised(cells)
        self._put_back()
        self._reorder()

    def _recognised(self, cells: list[NotebookNode]) -> list[NotebookNode]:
        """Take each known cell's metadata, and a locked one's text, from the source; drop all other."""
        recognised: list[NotebookNode] = []
        seen = set()
        for cell in reversed(cells):  # the last of several copies counts, as in DeduplicateIds
            name = grade_id(cell)
            model = self.known.get(name)
            if name in seen:
                self._note(name, "was there more than once; the last counts", "出现了多次，以最后一个为准")
            if model is None or name in seen:
                recognised.append(self._with_outputs(_own_copy(cell), cell))
                continue
            seen.add(name)
            if cell.cell_type != model.cell_type:
                self._note(name, f"is a {model.cell_type} cell again", f"已恢复为 {model.cell_type} 单元格")
            if is_locked(model) and not _is_text_of(cell.source.strip(), model):
                self._note(name, "has the course's text again", "已恢复为课程原文")
            restored = _copy(cell, model.cell_type, model.metadata)
            if is_locked(model):
                restored.source = model.source
            recognised.append(self._with_outputs(restored, cell))
        return recognised[::-1]

    def _with_outputs(self, restored: NotebookNode, cell: NotebookNode) -> NotebookNode:
        if self.keeps_outputs and restored.cell_type == cell.cell_type == "code":
            restored.outputs = [from_dict(output) for output in replies.stored(cell.get("outputs"))]
        return restored

    def _put_back(self) -> None:
        """Add missing cells in their place: helpers before what follows them in the source, graded ones below
        all that they follow."""
        present = {grade_id(cell) for cell in self.cells}
        for name, model in self.known.items():
            if name in present:
                continue
            if is_locked(model) or _is_graded(model):
                self._note(name, "was missing; it is back in its place", "原来缺失，已放回原处")
                put = self._put_after_predecessors if _is_graded(model) else self._put_before_followers
                put(copy.deepcopy(model))
            else:
                self._note(name, "is missing", "缺失")

    def _reorder(self) -> None:
        """Bring the tests into the source's order, each below its answers, and the set-up above them.

        A test may not run before one that it follows in the source: what it is given could help there. As
        many as are in order stay where they are.
        """
        present = {grade_id(cell): cell for cell in self.cells}
        in_order = [present[name] for name in self.known if name in present]
        tests = [cell for cell in in_order if _is_graded(cell) and not is_solution(cell)]
        staying = _longest_rise([self.cells.index(cell) for cell in tests])
        above: list[NotebookNode] = []
        for cell in in_order:
            last = max(above, key=self.cells.index, default=None)
            if cell in tests:
                place = self.cells.index(cell)
                if last is not None and (place not in staying or place < self.cells.index(last)):
                    self._move_after(cell, last)
                    staying = _longest_rise([self.cells.index(test) for test in tests])
            if is_solution(cell) or cell in tests:
                above.append(cell)
        for number, cell in enumerate(itertools.takewhile(lambda cell: not is_solution(cell), in_order)):
            locked = [other for other in in_order[number:] if not is_solution(other)]
            first = min(locked, key=self.cells.index)
            if not _is_graded(cell) and first is not cell:
                self._note(grade_id(cell), "stands above the checks again", "已移回检查之前")
                self.cells.remove(cell)
                self._put_before_followers(cell)

    def _move_after(self, cell: NotebookNode, last: NotebookNode) -> None:
        where = ("its answer", "对应答案") if is_solution(last) else ("the test before it", "前一项测试")
        self._note(grade_id(cell), f"stands below {where[0]} again", f"已移回{where[1]}之后")
        self.cells.remove(cell)
        self.cells.insert(self.cells.index(last) + 1, cell)

    def _put_after_predecessors(self, cell: NotebookNode) -> None:
        """Insert a cell after all those present that precede it in the source."""
        names = list(self.known)
        predecessors = set(names[: names.index(grade_id(cell))])
        places = (number for number, other in enumerate(self.cells) if grade_id(other) in predecessors)
        self.cells.insert(max(places, default=len(self.cells) - 1) + 1, cell)

    def _put_before_followers(self, cell: NotebookNode) -> None:
        """Insert a cell before all those present that follow it in the source."""
        names = list(self.known)
        followers = set(names[names.index(grade_id(cell)) + 1 :])
        places = (number for number, other in enumerate(self.cells) if grade_id(other) in followers)
        self.cells.insert(min(places, default=len(self.cells)), cell)

    def _note(self, name: str, en: str, zh: str) -> None:
        self.notes.append(Text(f"`{name}` {en}", zh))


def _longest_rise(numbers: list[int]) -> set[int]:
    """Return the numbers of a longest increasing subsequence."""
    best: list[list[int]] = [[]]  # then for each number, the longest that ends with it
    for number in numbers:
        before: list[int] = max((run for run in best if not run or run[-1] < number), key=len)
        best.append([*before, number])
    longest: list[int] = max(best, key=len)
    return set(longest)


def _from_source(cell: SourceCell, notebook: Notebook) -> NotebookNode:
    """Make a notebook cell of what the gradebook keeps of one, with the metadata it was released with."""
    points = {graded.name: graded.max_score for graded in (*notebook.grade_cells, *notebook.task_cells)}
    metadata = {
        "grade_id": cell.name,
        "grade": cell.name in {graded.name for graded in notebook.grade_cells},
        "solution": cell.name in {solution.name for solution in notebook.solution_cells},
        "task": cell.name in {task.name for task in notebook.task_cells},
        "locked": cell.locked,
        "cell_type": cell.cell_type,
        "checksum": cell.checksum,  # nbgrader knows by it an answer that was left as it came
        "schema_version": SCHEMA_VERSION,
    }
    if cell.name in points:
        metadata["points"] = points[cell.name]
    return _new_cell(cell.cell_type, cell.source, {"nbgrader": metadata})


def _copy(cell: NotebookNode, cell_type: str, metadata: dict[str, Any] | None = None) -> NotebookNode:
    """Return a cell with the source of another and no tags, outputs or ids; pasted images stay."""
    copied = _new_cell(cell_type, cell.source, metadata or {})
    if cell_type != "code" and (attachments := _well_formed(cell.get("attachments"))):
        copied.attachments = attachments
    return copied


def _well_formed(attachments: object) -> dict[str, dict[str, str]]:
    """Return what nbformat knows as attachments of a cell: texts, by name and MIME type."""
    found = attachments.items() if isinstance(attachments, dict) else ()
    texts = {
        name: {kind: content for kind, content in kinds.items() if isinstance(content, str)}
        for name, kinds in found
        if isinstance(kinds, dict)
    }
    return {name: kinds for name, kinds in texts.items() if kinds}


def _own_copy(cell: NotebookNode) -> NotebookNode:
    """Return a copy of a cell of the student's. What is neither code nor Markdown becomes Markdown that shows
    its text: nbconvert would put a raw cell into the formgrader's page as it is, script and all."""
    if cell.cell_type in ("code", "markdown"):
        return _copy(cell, cell.cell_type)
    source = str(cell.source)
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", source)), default=0))
    return _new_cell("markdown", f"{fence}\n{source}\n{fence}", {})


def _new_cell(cell_type: str, source: str, metadata: Mapping[str, Any]) -> NotebookNode:
    """Return a cell in nbformat's form; nbformat.v4 would check each against its schema, which is slow."""
    text = str(source).encode("utf-8", "replace").decode()  # JSON can hold halves of characters
    cell: NotebookNode = from_dict(
        {"id": "", "cell_type": cell_type, "metadata": dict(metadata), "source": text}
    )
    if cell_type == "code":
        cell.update(execution_count=None, outputs=[])
    return cell


def is_note(cell: NotebookNode) -> bool:
    """Return whether a cell is the note about what was restored; no cell of a submission can say so."""
    return bool(cell.cell_type == "markdown" and cell.metadata.get("nbexaminer", {}).get("note", False))


def _is_graded(cell: NotebookNode) -> bool:
    return bool(is_grade(cell) or is_task(cell))


def _is_text_of(source: str, model: NotebookNode) -> bool:
    return bool(source == model.source.strip()) or source == released(model.source)


@functools.cache
def released(source: str) -> str:
    """Return the text that students got of a locked cell: it has no hidden tests."""
    metadata = {"nbgrader": {"grade": True, "solution": False, "locked": True}}
    cell = _new_cell("code", source, metadata)
    released, _ = ClearHiddenTests().preprocess_cell(cell, {}, 0)
    return str(released.source.strip())


def _listed(notes: list[Text]) -> str:
    lines = "\n".join(f"- {note.en} {note.zh}" for note in notes)
    return f"**Put right before grading 评分前已恢复：**\n\n{lines}"
