"""Grades one notebook: the student's cells in the student's process, the locked ones in the examiner.

What is trusted is decided by the instructor's cells alone. Every test ends in an outcome with a reason,
and in outputs that nbgrader scores in the same way; what did not run scores nothing.
"""

from __future__ import annotations

import ast
import contextlib
import gc
import importlib
import os
import re
import socket
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode, from_dict
from nbgrader.utils import is_grade, is_solution

from nbexaminer.engine.cell_names import Import, cell_names
from nbexaminer.engine.examiner import FUNCTION, NOTHING, Examiner
from nbexaminer.engine.program import Program, program_of
from nbexaminer.engine.restore import released
from nbexaminer.engine.scoring import NOT_IN_NOTEBOOK, score_and_verdict
from nbexaminer.engine.working_folder import WorkingFolder
from nbexaminer.errors import CallStopped, MissingFunction
from nbexaminer.isolation.folder import AssignmentFiles
from nbexaminer.isolation.limits import RunLimits
from nbexaminer.isolation.shell import CellResult
from nbexaminer.isolation.submission import Submission, open_submission
from nbexaminer.isolation.template_process import TemplateProcess
from nbexaminer.messages import shown
from nbexaminer.model import CheckOutcome, InstructorCell, Reason, Text

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


class Engine:
    """A template process for students and an examiner; grades one submission after the other."""

    def __init__(self, limits: RunLimits | None = None, server: socket.socket | None = None) -> None:
        """server: a fork server's, where the template process comes from.

        Raises SandboxError if this machine can't build the sandbox.
        """
        self.limits = limits or RunLimits()
        gc.freeze()  # what is imported stays, and may be shared: it is not to be looked through
        self._template = TemplateProcess(self.limits, server)
        self._examiner = Examiner()
        self._working = WorkingFolder()
        gc.freeze()

    def grade(
        self,
        nb: NotebookNode,
        cells: Mapping[str, InstructorCell],
        files: AssignmentFiles | None = None,
        program: Program | None = None,
    ) -> list[CheckOutcome]:
        """Run a notebook and put the outputs into it; return one outcome for each test.

        nb: cells in the order to run, the locked ones as RestoreCells leaves them.
        files: those of the assignment; the examiner works in a copy, the student in another.
        program: what is known of the instructor's notebook; by default, as much as the cells tell.
        Raises SandboxError if students' code can't be sandboxed.
        """
        program = program or program_of(cells, None)
        self._examiner.reset()
        beside = _importable(files.folder) if files else contextlib.nullcontext()
        with (
            _as_autograde(),
            beside,
            contextlib.chdir(self._working.prepare(files)),
            open_submission(self._template, files, self._examiner.mirrors) as submission,
        ):
            _import(program.modules)
            return _Run(self._examiner, submission, cells, program, self._working.path).all(nb)

    def close(self) -> None:
        self._template.close()
        self._working.close()


@contextlib.contextmanager
def _as_autograde() -> Iterator[None]:
    """Set what tells a cell that it is being graded, as `nbgrader autograde` does."""
    before = os.environ.get("NBGRADER_EXECUTION")  # nbgrader has set it itself when it runs us
    os.environ["NBGRADER_EXECUTION"] = "autograde"
    try:
        yield
    finally:
        if before is None:
            del os.environ["NBGRADER_EXECUTION"]


def _import(modules: Iterable[str]) -> None:
    """Import what is there; what it is needed for will say what is missing."""
    for module in modules:
        if module not in sys.modules:
            with contextlib.suppress(Exception):
                importlib.import_module(module)


@contextlib.contextmanager
def _importable(folder: Path) -> Iterator[None]:
    """Let locked cells import the modules that lie beside the notebook, as a kernel does; the next
    assignment may have others of the same name."""
    path, known = str(folder.resolve()), set(sys.modules)
    written = sys.dont_write_bytecode
    before = list(sys.path)
    sys.path[:] = [
        path,
        *filter(None, before),
    ]  # no module is imported from the folder that students write to
    sys.dont_write_bytecode = True  # nothing is to appear in the instructor's folder
    try:
        yield
    finally:
        sys.path[:] = before
        sys.dont_write_bytecode = written
        for name in set(sys.modules) - known:
            if str(getattr(sys.modules[name], "__file__", None) or "").startswith(path):
                del sys.modules[name]


class _Run:
    """The grading of one submission."""

    def __init__(
        self,
        examiner: Examiner,
        submission: Submission,
        cells: Mapping[str, InstructorCell],
        program: Program,
        working: Path,
    ) -> None:
        self.examiner, self.submission, self.cells, self.program = examiner, submission, cells, program
        self.files = submission.exchange(working) if program.with_files else None
        missing = MissingFunction(Text("there is no such function; its cell is missing", _NO_FUNCTION))
        self.found: dict[str, Any] = {
            name: missing if program.owners.get(name, (None, False))[1] else NOTHING for name in program.asked
        }

    def all(self, nb: NotebookNode) -> list[CheckOutcome]:
        outcomes = {}
        for number, cell in enumerate((cell for cell in nb.cells if cell.cell_type == "code"), start=1):
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
            known = self.cells.get(grade_id)
            if known is None or known.role == "solution":
                outputs = self.student_cell(cell.source, grade_id, self.program.imports)
            elif known.role == "test":
                outputs, outcome = self.test(known)
                if grade_id in self.program.on_both_sides:
                    self.trusted_cell(known, released(known.source))
                outcomes[grade_id] = outcome
                cell.metadata["nbexaminer"] = {"verdict": outcome.verdict.to_json()}
            else:
                if grade_id in self.program.on_both_sides:
                    self.trusted_cell(known, known.source)
                outputs = self.locked(known).outputs
                self.examiner.share(self.submission.context, cell_names(known.source).bound)
            cell.execution_count = number
            cell.outputs = [from_dict(_numbered(output, number)) for output in outputs]
        for known in self.cells.values():
            if known.role == "test" and known.grade_id not in outcomes:
                outcomes[known.grade_id] = CheckOutcome(known.grade_id, 0.0, known.points, NOT_IN_NOTEBOOK)
        return list(outcomes.values())

    def trusted_cell(self, known: InstructorCell, text: str) -> None:
        """Run a cell of the instructor's, or what is released of it, in the student's process, too."""
        self.student_cell(text, known.grade_id, cell_names(text).bound, known.role == "setup")

    def student_cell(
        self, source: str, grade_id: str | None, shared: Iterable[str], is_quick: bool = False
    ) -> list[dict[str, Any]]:
        """Run a cell in the student's process and learn what stands under the names that tests read."""
        is_quick = is_quick or comes_to_its_end(source)
        run = self.submission.define if is_quick else self.submission.run
        try:
            answer = run(source, self.program.asked, list(shared))
        except CallStopped as stopped:
            self._explain(grade_id, str(_STOPPED[stopped.reason]), stopped.reason)
            return [_error(stopped.reason, _STOPPED[stopped.reason])]
        error = answer["error"]
        self._find(answer)
        if error:
            kinds = [output["ename"] for output in answer["outputs"] if output["output_type"] == "error"]
            self._explain(grade_id, error, kinds[-1] if kinds else "")
        return answer["outputs"]

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
            elif name in answer["values"]:
                self.found[name] = answer["values"][name]

    def _imported(self, name: str) -> Import | None:
        """Return what the instructor's ordinary or solution cells import under a name."""
        if name in self.program.imports:
            return self.program.imports[name]
        modules = [module for module in self.program.star_imports if hasattr(sys.modules.get(module), name)]
        return Import(modules[-1], name) if modules and name not in self.program.owners else None

    def _explain(self, grade_id: str | None, text: str, error: str) -> None:
        place = _CELL_NAME.sub(r"(line \1)", text)
        why = Text(f"there is no such function; its cell ended in an error: {place}", _NO_FUNCTION)
        for name, found in self.found.items():
            if isinstance(found, MissingFunction) and self.program.owners[name][0] == grade_id:
                self.found[name] = MissingFunction(why, error)

    def locked(self, known: InstructorCell) -> CellResult:
        with self.submission.session(fresh=known.role == "test") as calls:
            if self.files and known.grade_id in self.program.with_files:
                calls.files = self.files
                self.files.from_student()
            own = self.program.own.get(known.grade_id, frozenset())
            found = {name: value for name, value in self.found.items() if name not in own}
            return self.examiner.run(known.source, calls, found)

    def test(self, known: InstructorCell) -> tuple[list[dict[str, Any]], CheckOutcome]:
        """Run a test cell; its outputs always agree with its outcome."""
        ran = self.locked(known)
        score, verdict = score_and_verdict(ran, known)
        if verdict.reason == Reason.NO_SCORE:
            ran.outputs.append(_error(verdict.reason, verdict.text))
        if not score and verdict.credit < 1:  # nbgrader would take a result that stands before the error
            ran.outputs[:] = [output for output in ran.outputs if output["output_type"] != "execute_result"]
        for output in ran.outputs:
            if output.get("name") == "stderr":
                output["name"] = "stdout"  # a warning is no failure
        printed = "".join(output["text"] for output in ran.outputs if output["output_type"] == "stream")
        return ran.outputs, CheckOutcome(known.grade_id, score, known.points, verdict, printed.strip())


def defined_names(source: str) -> dict[str, bool]:
    """Return the names that a cell defines at its top level, and whether each is a function (or class)."""
    try:
        tree = ast.parse(TransformerManager().transform_cell(source))  # magics and all
    except SyntaxError:
        return {}
    names = {}
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names[node.name] = True
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            for inner in ast.walk(node):
                if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                    names[inner.id] = False
    return names


def comes_to_its_end(source: str) -> bool:
    """Return whether a cell does nothing but define functions and import what is imported already, so that
    it comes to its end for sure."""
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return all(_only_defines(node) or _only_imports(node) for node in body)


def _only_defines(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.FunctionDef)
        and not node.decorator_list
        and all(
            isinstance(default, ast.Constant) for default in (*node.args.defaults, *node.args.kw_defaults)
        )
        and not any(isinstance(part, ast.arg) and part.annotation for part in ast.walk(node.args))
        and not node.returns
    )


def _only_imports(node: ast.stmt) -> bool:
    """What the examiner has, a student's process has, too, or it says at once that it is not there."""
    if isinstance(node, ast.Import):
        return all(alias.name in sys.modules for alias in node.names)
    if isinstance(node, ast.ImportFrom) and not node.level and node.module in sys.modules:
        there = vars(sys.modules[node.module])
        return all(alias.name in there for alias in node.names)
    return False


def instructor_cells(known: Mapping[str, NotebookNode]) -> dict[str, InstructorCell]:
    """Return what the engine needs of the instructor's cells; the one called `setup` is the set-up."""
    cells = {}
    for name, cell in known.items():
        if cell.cell_type == "code":
            tested = is_grade(cell) and not is_solution(cell)
            locked = "setup" if name == "setup" else "locked"
            role = "test" if tested else "solution" if is_solution(cell) else locked
            points = float(cell.metadata.nbgrader.get("points", 0))
            cells[name] = InstructorCell(name, role, cell.source, points)
    return cells


def _error(name: str, text: Text) -> dict[str, Any]:
    return {"output_type": "error", "ename": name, "evalue": str(text), "traceback": [shown(text)]}


def _numbered(output: dict[str, Any], number: int) -> dict[str, Any]:
    return output | {"execution_count": number} if output["output_type"] == "execute_result" else output
