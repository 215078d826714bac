"""The grading of one notebook, cell after cell."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from nbformat import NotebookNode, from_dict

from nbexaminer.engine.cell_names import Import, cell_names
from nbexaminer.engine.cells import comes_to_its_end, is_blank
from nbexaminer.engine.examiner import FUNCTION, NOTHING, OBJECT, Examiner
from nbexaminer.engine.history import NO_HISTORY, asks_for_history
from nbexaminer.engine.program import Program
from nbexaminer.engine.restore import released
from nbexaminer.engine.scoring import NOT_IN_NOTEBOOK, score_and_verdict
from nbexaminer.engine.working_folder import temporary_files_in
from nbexaminer.errors import CallStopped, MissingFunction
from nbexaminer.isolation.remote_exceptions import exception
from nbexaminer.isolation.shell import CellResult, error_output
from nbexaminer.isolation.submission import Submission
from nbexaminer.messages import NOT_ANSWERED, shown
from nbexaminer.model import CheckOutcome, InstructorCell, Reason, Text, Verdict

_STOPPED = {
    Reason.TIMED_OUT: Text("This cell was stopped: it ran too long.", "本单元格运行太久，已被停止。"),
    Reason.OUT_OF_MEMORY: Text("This cell took too much memory.", "本单元格占用内存过多，被停止。"),
    Reason.DIED: Text("The Python that ran this cell died.", "运行本单元格的 Python 进程中途退出了。"),
    Reason.BAD_REPLY: Text(
        "The Python that ran this cell sent what no cell gives.",
        "运行本单元格的 Python 进程返回了无法识别的内容。",
    ),
    Reason.FOLDER_FULL: Text(
        "This cell wrote too many files, or too large ones.", "本单元格写入的文件过多或过大。"
    ),
    Reason.TOO_MANY_PROCESSES: Text(
        "This cell started too many processes or threads.", "本单元格启动了过多的进程或线程。"
    ),
}
_NO_FUNCTION = "没有找到这个函数，单元格缺失或出错。"

_CELL_NAME = re.compile(r"\(<ipython-input-[^>]*>, line (\d+)\)")  # how IPython calls a cell


class NotebookRun:
    """The grading of one submission."""

    def __init__(
        self,
        examiner: Examiner,
        submission: Submission,
        cells: Mapping[str, InstructorCell],
        program: Program,
        working: Path,
        together: Collection[str] = (),
    ) -> None:
        """working: the folder in which the examiner runs locked cells; together: as of RunLimits."""
        self.together, self.working = together, working
        self.examiner, self.submission, self.cells, self.program = examiner, submission, cells, program
        self.files = submission.exchange(working) if program.with_files else None
        missing = MissingFunction(Text("there is no such function; its cell is missing", _NO_FUNCTION))
        self.blank: set[str] = set()  # answers that are still a form to fill in
        # A module that a student has written exists over there only.
        self.imports = {name: made for name, made in program.imports.items() if made.is_there()}
        examiner.share_imports(submission.context, self.imports)
        self.starred: set[str] = set()  # names of the instructor's that a locked cell imports by "*"
        self.found: dict[str, Any] = {
            name: missing if program.owners.get(name, (None, False))[1] else NOTHING for name in program.asked
        }

    def all(self, nb: NotebookNode) -> list[CheckOutcome]:
        outcomes = {}
        for number, cell in enumerate((cell for cell in nb.cells if cell.cell_type == "code"), start=1):
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
            known = self.cells.get(grade_id)
            if known is None or known.role == "solution":
                if known and is_blank(cell.source, known.source):
                    self.blank.add(known.grade_id)
                outputs = self.student_cell(cell.source, grade_id, self.imports)
            elif known.role == "test":
                outputs, outcome = self.test(known)
                if grade_id in self.program.on_both_sides:
                    self.trusted_cell(known)
                outcomes[grade_id] = outcome
                cell.metadata["nbexaminer"] = {"verdict": outcome.verdict.to_json()}
            else:
                if grade_id in self.program.on_both_sides:
                    self.trusted_cell(known)
                outputs = self.locked(known).outputs
                self.examiner.share(self.submission.context, cell_names(known.source).bound)
            cell.execution_count = number
            cell.outputs = [from_dict(_numbered(output, number)) for output in outputs]
        for known in self.cells.values():
            if known.role == "test" and known.grade_id not in outcomes:
                outcomes[known.grade_id] = CheckOutcome(known.grade_id, 0.0, known.points, NOT_IN_NOTEBOOK)
        return list(outcomes.values())

    def trusted_cell(self, known: InstructorCell) -> None:
        """Run a cell of the instructor's in the student's process, too."""
        text = text_for_students(known)
        names = cell_names(text)
        is_ours = known.role != "test" and names.read.isdisjoint(self.program.asked)  # it calls no answer
        self.student_cell(text, known.grade_id, names.bound, known.role == "setup" or is_ours, is_own=True)

    def student_cell(
        self,
        source: str,
        grade_id: str | None,
        shared: Iterable[str],
        is_quick: bool = False,
        is_own: bool = False,
    ) -> list[dict[str, Any]]:
        """Run a cell in the student's process and learn what stands under the names that tests read."""
        is_quick = is_quick or comes_to_its_end(source)
        run = self.submission.define if is_quick else self.submission.run
        try:
            answer = run(source, self.program.asked, list(shared), is_own)
        except CallStopped as stopped:
            self._explain(grade_id, str(_STOPPED[stopped.reason]), stopped.reason)
            return [_error(stopped.reason, _STOPPED[stopped.reason])]
        error = answer["error"]
        self._find(answer)
        if error:
            kinds = [output["ename"] for output in answer["outputs"] if output["output_type"] == "error"]
            self._explain(grade_id, error, kinds[-1] if kinds else "")
        outputs: list[dict[str, Any]] = answer["outputs"]
        return outputs

    def _find(self, answer: dict[str, Any]) -> None:
        present = {*answer["functions"], *answer["modules"], *answer["values"]}
        for name in self.program.asked:
            if name not in present:
                if not isinstance(self.found[name], MissingFunction):
                    self.found[name] = NOTHING
            elif imported := self._imported(name):
                self.found[name] = imported
            elif name in answer["functions"]:
                self.found[name] = FUNCTION
            elif name in answer["modules"]:
                self.found[name] = OBJECT
            elif name in answer["values"]:
                self.found[name] = answer["values"][name]

    def _imported(self, name: str) -> Import | None:
        """Return what the instructor's ordinary or solution cells import under a name."""
        if name in self.imports:
            return self.imports[name]
        modules = [module for module in self.program.star_imports if hasattr(sys.modules.get(module), name)]
        return Import(modules[-1], name) if modules and name not in self.program.owners else None

    def _explain(self, grade_id: str | None, text: str, error: str) -> None:
        place = _CELL_NAME.sub(r"(line \1)", text)
        why = Text(f"there is no such function; its cell ended in an error: {place}", _NO_FUNCTION)
        for name, found in self.found.items():
            if isinstance(found, MissingFunction) and self.program.owners[name][0] == grade_id:
                self.found[name] = MissingFunction(why, error)

    def locked(self, known: InstructorCell) -> CellResult:
        """Run a locked cell in the examiner; a stop that nobody caught is how it ended, too."""
        if known.role == "test" and asks_for_history(known.source):  # here it would pass whatever was typed
            error = LookupError(NO_HISTORY)
            return CellResult(outputs=[error_output(error)], error=error)
        try:
            return self._locked(known)
        except CallStopped as stopped:
            text = _STOPPED[stopped.reason]
            return CellResult(outputs=[_error(stopped.reason, text)], error=stopped)

    def _locked(self, known: InstructorCell) -> CellResult:
        with self.submission.session(fresh=known.role == "test") as calls:
            if self.files and known.grade_id in self.program.with_files:
                calls.files = self.files
                self.files.from_student()
            own = self.program.own.get(known.grade_id, frozenset())
            found = {name: value for name, value in self.found.items() if name not in own | self.starred}
            self.examiner.withheld = self._withheld(known)
            here = cell_names(known.source)
            for name in found.keys() - here.read:  # it may ask whether such a name is there at all
                if isinstance(found[name], MissingFunction) and (here.reads_all or name in here.texts):
                    found[name] = NOTHING
            bound = {name for name, how in here.bound.items() if how != "import"}
            self.examiner.rebound = self.program.used & {"input", *bound, *here.deleted}
            self.examiner.assigned = self.program.assigned
            self.examiner.shares_random = self.program.uses_random
            is_test, is_seeded = known.role == "test", self._is_seeded(known)
            with temporary_files_in(self.working if calls.files else None):
                ran = self.examiner.run(
                    known.source, calls, found, is_test, is_seeded, self.program.makes_objects
                )
            self.starred |= {name for name in _starred(here.star_imports) if name not in self.program.theirs}
            return ran

    def _is_seeded(self, known: InstructorCell) -> bool:
        """Return whether a cell, or a function of a locked cell that it uses, seeds random numbers."""
        seeding = {
            name
            for cell in self.cells.values()
            if cell.role in ("locked", "setup") and "seed" in cell.source
            for name, how in cell_names(cell.source).bound.items()
            if how == "function"
        }
        return "seed" in known.source or bool(cell_names(known.source).read & seeding)

    def _withheld(self, known: InstructorCell) -> frozenset[str]:
        """Return the helpers that a test may not lend yet: those whose own tests are still to come.

        A lent helper answers all questions, and its answers must not help in its own test.
        """
        later = list(self.cells.values())
        later = later[[cell.grade_id for cell in later].index(known.grade_id) + 1 :]
        return frozenset(name for cell in later if cell.role == "test" for name in self._tested(cell))

    def _tested(self, known: InstructorCell) -> frozenset[str]:
        """Return the functions that a test is about: those of the answers right above it."""
        answers = self._answers_above(known)
        return frozenset(name for name, (owner, _) in self.program.owners.items() if owner in answers)

    def _answers_above(self, known: InstructorCell) -> set[str]:
        cells = list(self.cells.values())
        above = cells[: [cell.grade_id for cell in cells].index(known.grade_id)]
        answers: set[str] = set()
        for cell in reversed(above):
            if cell.role == "solution":
                answers.add(cell.grade_id)
            elif answers:
                break
        return answers

    def run_together(self, known: InstructorCell) -> CellResult:
        """Run a test in a copy of the student's process: there it can be read and fooled."""
        try:
            reply = self.submission.run_apart(known.source)
        except CallStopped as stopped:
            return CellResult(outputs=[_error(stopped.reason, _STOPPED[stopped.reason])], error=stopped)
        errors = [output for output in reply["outputs"] if output["output_type"] == "error"]
        if not (errors or reply["error"]):
            return CellResult(outputs=reply["outputs"])
        kind, text = (errors[-1]["ename"], errors[-1]["evalue"]) if errors else ("Exception", reply["error"])
        return CellResult(outputs=reply["outputs"], error=exception(kind, kind, text))

    def test(self, known: InstructorCell) -> tuple[list[dict[str, Any]], CheckOutcome]:
        """Run a test cell; its outputs always agree with its outcome."""
        is_together = known.grade_id in self.together
        ran = self.run_together(known) if is_together else self.locked(known)
        score, verdict = score_and_verdict(ran, known)
        if not score and not verdict.credit and self.blank and self._answers_above(known) <= self.blank:
            verdict = Verdict(Reason.NOT_ANSWERED, text=NOT_ANSWERED, exercise=verdict.exercise)
            ran.outputs[:] = [_error(verdict.reason, verdict.text)]
        if is_together:
            verdict = replace(verdict, together=True)
        if verdict.reason == Reason.NO_SCORE:
            ran.outputs.append(_error(verdict.reason, verdict.text))
        if not score and any(output["output_type"] == "error" for output in ran.outputs):
            # nbgrader would take a result that stands before the error
            ran.outputs[:] = [output for output in ran.outputs if output["output_type"] != "execute_result"]
        for output in ran.outputs:
            if output.get("name") == "stderr":
                output["name"] = "stdout"  # a warning is no failure
        printed = "".join(output["text"] for output in ran.outputs if output["output_type"] == "stream")
        return ran.outputs, CheckOutcome(known.grade_id, score, known.points, verdict, printed.strip())


def text_for_students(known: InstructorCell) -> str:
    """Return the text of a trusted cell that may run in the student's process: no secret is in it."""
    return released(known.source) if known.role == "test" else known.source


def _starred(modules: Iterable[str]) -> Iterable[str]:
    """Return the names that modules give to who imports all of them."""
    for module in modules:
        content = vars(sys.modules.get(module, object))
        yield from content.get("__all__") or (name for name in content if not name.startswith("_"))


def _error(name: str, text: Text) -> dict[str, Any]:
    return {"output_type": "error", "ename": name, "evalue": str(text), "traceback": [shown(text)]}


def _numbered(output: dict[str, Any], number: int) -> dict[str, Any]:
    return output | {"execution_count": number} if output["output_type"] == "execute_result" else output
