"""What we add to nbgrader's steps; nbgrader_config.py puts these preprocessors in their places."""

from __future__ import annotations

import itertools
import math

from nbformat import NotebookNode, v4
from nbgrader.api import Gradebook, Notebook, SourceCell
from nbgrader.nbgraderformat import SCHEMA_VERSION
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions, NbGraderPreprocessor
from nbgrader.utils import is_grade, is_locked, is_solution, is_task

from grader.model import Text

_NEW_CELL = {"code": v4.new_code_cell, "markdown": v4.new_markdown_cell, "raw": v4.new_raw_cell}


class KeepMarkers(ClearSolutions):
    """Release: replace what is between the two marker lines, and nothing else.

    nbgrader's own step removes the marker lines too, and with them the hint of how many lines.
    """

    def _replace_solution_region(self, cell: NotebookNode, language: str) -> bool:
        """Return whether there was a region; raises RuntimeError if a marker lacks its partner."""
        stub = (self.code_stub[language] if cell.cell_type == "code" else self.text_stub).split("\n")
        kept: list[str] = []
        inside = replaced = False
        for line in cell.source.split("\n"):
            begins, ends = self.begin_solution_delimeter in line, self.end_solution_delimeter in line
            if begins == inside and (begins or ends):
                raise RuntimeError(f"solution marker without its partner: {line.strip()}\n\n{cell.source}")
            if begins or ends or not inside:
                kept.append(line)
            if begins:
                indent = line[: len(line) - len(line.lstrip())]
                kept += [indent + stub_line for stub_line in stub]
                replaced = True
            inside = begins or (inside and not ends)
        if inside:
            raise RuntimeError(f"no '{self.end_solution_delimeter}' after the last marker:\n\n{cell.source}")
        cell.source = "\n".join(kept)
        return replaced

    def preprocess_cell(self, cell: NotebookNode, resources: dict, index: int) -> tuple[NotebookNode, dict]:
        if cell.cell_type == "markdown" and not is_solution(cell):
            return cell, resources  # prose may speak of the markers
        return super().preprocess_cell(cell, resources, index)


class RestoreCells(NbGraderPreprocessor):
    """Autograde: bring a submission back to what the gradebook says of the instructor's cells.

    Whatever a student (or a tool) did to metadata, tags, locked text, cell types, order and number
    of cells, the steps after this one find every locked and every graded cell once. A note at the
    top of the notebook lists what was put right. It stands in for DeduplicateIds, which leaves empty
    metadata behind a duplicated cell, at which nbgrader stops as "SchemaTooOld".
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Raises MissingEntry if the gradebook lacks the notebook."""
        place = resources["nbgrader"]
        with Gradebook(place["db_url"]) as gradebook:
            notebook = gradebook.find_notebook(place["notebook"], place["assignment"])
            self.known = {cell.name: _from_source(cell, notebook) for cell in notebook.source_cells}
        self.notes: list[Text] = []
        self.cells = self._recognised(nb.cells)
        self._put_back()
        self._reorder()
        if self.notes:
            self.cells.insert(0, v4.new_markdown_cell(_listed(self.notes)))
        for number, cell in enumerate(self.cells):
            cell.id = f"cell-{number}"  # old formats have none, and editors make duplicates
        nb.cells = self.cells
        nb.nbformat, nb.nbformat_minor = v4.nbformat, v4.nbformat_minor
        return nb, resources

    def _recognised(self, cells: list[NotebookNode]) -> list[NotebookNode]:
        """Take each known cell's metadata, and a locked one's text, from the source; drop all other."""
        recognised: list[NotebookNode] = []
        seen = set()
        for cell in reversed(cells):  # the last of several copies counts, as in DeduplicateIds
            name = grade_id(cell)
            model = self.known.get(name)
            if name in seen:
                self._note(name, "was there more than once; the last counts", "出现了多次,以最后一个为准")
            if model is None or name in seen:
                recognised.append(_copy(cell, cell.cell_type))
                continue
            seen.add(name)
            if cell.cell_type != model.cell_type:
                self._note(name, f"is a {model.cell_type} cell again", f"已恢复为 {model.cell_type} 单元格")
            if is_locked(model) and cell.source.strip() not in (model.source.strip(), _released(model)):
                self._note(name, "has the course's text again", "已恢复为课程原文")
            restored = _copy(cell, model.cell_type, model.metadata)
            if is_locked(model):
                restored.source = model.source
            recognised.append(restored)
        return recognised[::-1]

    def _put_back(self) -> None:
        """Add missing cells: helpers in their place, graded ones at the end, where all is defined."""
        present = {grade_id(cell) for cell in self.cells}
        for name, model in self.known.items():
            if name in present:
                continue
            if _is_graded(model):
                self._note(name, "was missing; it is at the end now", "原来缺失,已补在末尾")
                self.cells.append(model)
            elif is_locked(model):
                self._note(name, "was missing; it is back in its place", "原来缺失,已放回原处")
                self._put_before_followers(model)
            else:
                self._note(name, "is missing", "缺失")

    def _reorder(self) -> None:
        """Move tests below the answers that they follow in the source, and the set-up above all tests."""
        present = {grade_id(cell): cell for cell in self.cells}
        in_order = [present[name] for name in self.known if name in present]
        above: list[NotebookNode] = []
        for cell in in_order:
            last = max(above, key=self.cells.index, default=cell)
            if is_solution(cell):
                above.append(cell)
            elif _is_graded(cell) and self.cells.index(cell) < self.cells.index(last):
                self._note(grade_id(cell), "stands below its answer again", "已移回对应答案之后")
                self.cells.remove(cell)
                self.cells.insert(self.cells.index(last) + 1, cell)
                above.append(cell)  # so that tests moved to one place keep their order
        for number, cell in enumerate(itertools.takewhile(lambda cell: not is_solution(cell), in_order)):
            locked = [other for other in in_order[number:] if not is_solution(other)]
            first = min(locked, key=self.cells.index)
            if not _is_graded(cell) and first is not cell:
                self._note(grade_id(cell), "stands above the checks again", "已移回检查之前")
                self.cells.remove(cell)
                self._put_before_followers(cell)

    def _put_before_followers(self, cell: NotebookNode) -> None:
        """Insert a cell before all those present that follow it in the source."""
        names = list(self.known)
        followers = set(names[names.index(grade_id(cell)) + 1 :])
        places = (number for number, other in enumerate(self.cells) if grade_id(other) in followers)
        self.cells.insert(min(places, default=len(self.cells)), cell)

    def _note(self, name: str, en: str, zh: str) -> None:
        self.log.warning("%s %s", name, en)
        self.notes.append(Text(f"`{name}` {en}", zh))


class FailClosed(NbGraderPreprocessor):
    """Autograde, after Execute: a test that did not run to its end earns nothing.

    nbgrader scores a test cell by its outputs alone: one that never ran, or that ends in `nan` or in
    text, would earn full marks, and one whose answer printed a warning would earn none.
    """

    def preprocess_cell(self, cell: NotebookNode, resources: dict, index: int) -> tuple[NotebookNode, dict]:
        if cell.cell_type == "code" and is_grade(cell) and not is_solution(cell):
            results = [output for output in cell.outputs if output.output_type == "execute_result"]
            failed = any(output.output_type == "error" for output in cell.outputs)
            reason = _unfinished(cell) or _bad_score(results, cell.metadata.nbgrader.points)
            if reason and not failed:
                cell.outputs.append(_error_output(reason))
            if reason or failed:  # nbgrader would take a result that stands before the error
                cell.outputs = [output for output in cell.outputs if output.output_type != "execute_result"]
            elif results:
                for output in cell.outputs:
                    if output.output_type == "stream":
                        output.name = "stdout"  # a warning is no failure
        return cell, resources


def _unfinished(cell: NotebookNode) -> Text | None:
    replied = "shell.execute_reply" in cell.metadata.get("execution", {})
    if cell.execution_count is not None and replied:
        return None
    return Text("This check did not run to its end, so it earns nothing.", "这项检查没有运行完,所以不得分。")


def _bad_score(results: list[NotebookNode], points: float) -> Text | None:
    """A plain test ends without a result, which is nbgrader's full score; any result must be one."""
    for output in results:
        shown = str(output.data.get("text/plain", ""))
        try:
            score = float(shown)
        except ValueError:
            score = math.nan
        if not 0 <= score <= points:  # nan is neither
            return Text(
                f"This check ended in {shown[:80]!r}, no score from 0 to {points:g}, so it earns nothing.",
                f"这项检查的结果不是 0 到 {points:g} 之间的分数,所以不得分。",
            )
    return None


def _error_output(reason: Text) -> NotebookNode:
    return v4.new_output("error", ename="CheckFailed", evalue=str(reason), traceback=[f"✗ {reason}"])


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
        "schema_version": SCHEMA_VERSION,
    }
    if cell.name in points:
        metadata["points"] = points[cell.name]
    return _NEW_CELL[cell.cell_type](cell.source, metadata={"nbgrader": metadata})


def _copy(cell: NotebookNode, cell_type: str, metadata: dict | None = None) -> NotebookNode:
    """Return a cell with the source of another and no tags, outputs or ids; pasted images stay."""
    copied = _NEW_CELL[cell_type](cell.source, metadata=dict(metadata or {}))
    if "attachments" in cell and cell_type != "code":
        copied.attachments = cell.attachments
    return copied


def grade_id(cell: NotebookNode) -> str | None:
    """Return the id that nbgrader knows a cell by, if it has one."""
    try:
        return str(cell.metadata.nbgrader.grade_id)
    except AttributeError:
        return None


def _is_graded(cell: NotebookNode) -> bool:
    return is_grade(cell) or is_task(cell)


def _released(cell: NotebookNode) -> str:
    """Return the text that students got of a locked cell: it has no hidden tests."""
    released, _ = ClearHiddenTests().preprocess_cell(_copy(cell, cell.cell_type, cell.metadata), {}, 0)
    return released.source.strip()


def _listed(notes: list[Text]) -> str:
    lines = "\n".join(f"- {note.en} {note.zh}" for note in notes)
    return f"**Put right before grading 评分前已恢复:**\n\n{lines}"
