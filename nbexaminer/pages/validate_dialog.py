"""What JupyterLab's Validate button shows: each check that fails, with its message in place of its code.

An extension of Jupyter's server beside nbgrader's own. `nbexaminer lab` enables it; elsewhere
`jupyter server extension enable nbexaminer.pages.validate_dialog` does.
"""

from __future__ import annotations

import html
import re

from jupyter_server.serverapp import ServerApp
from nbconvert.filters import strip_ansi
from nbformat import NotebookNode
from nbgrader.server_extensions.validate_assignment import handlers
from nbgrader.validator import Validator

from nbexaminer.engine.cells import grade_id

_FAILING_LINE = re.compile(r"^-+> +\d+ +(.+)$", re.MULTILINE)  # IPython's arrow, in each frame of a traceback
# The dialog shows a sentence of its own above each cell, which the names here replace, the cell's text and
# its error, each in a frame.
_STYLE = (
    "<style>#validation-message > div > p { display: none; } "
    "#validation-message pre { border: 0; margin: 0; padding: 0 0.5em; } "
    "#validation-message > div:nth-child(3n + 2) pre { font-weight: bold; margin-top: 0.8em; }</style>"
)


class MessageValidator(Validator):
    """Names failing checks by their exercise and message; those that earn points come first."""

    _failed: list[NotebookNode]

    def _get_failed_cells(self, nb: NotebookNode) -> list[NotebookNode]:
        failed = sorted(super()._get_failed_cells(nb), key=lambda cell: not _points(cell))
        self._failed = failed
        return failed

    def validate(self, filename: str) -> dict[str, list[dict[str, str]]]:
        """Return what nbgrader's dialog takes; its `error` is HTML."""
        self._failed = []
        results: dict[str, list[dict[str, str]]] = super().validate(filename)
        if "failed" in results:
            graded = [cell for cell in self._failed if _points(cell)]
            optional = self._failed[len(graded) :]
            results["failed"] = [*_group(graded, "graded", "计分"), *_group(optional, "optional", "不计分")]
        return results


def _group(cells: list[NotebookNode], kind: str, kind_zh: str) -> list[dict[str, str]]:
    """Return one entry for each cell; the first says how many there are of this kind, and which."""
    names = ", ".join(map(_name, cells))
    plural = "check fails" if len(cells) == 1 else "checks fail"
    heading = f"{len(cells)} {kind} {plural}: {names}\n{len(cells)} 项{kind_zh}的检查没有通过\n\n"
    entries = []
    for number, cell in enumerate(cells):
        worth = _points(cell)
        points = f" ({worth:g} {'point' if worth == 1 else 'points'} 分)" if worth else ""
        message = message_of(cell)
        error = f"{'' if number else _STYLE}{html.escape(message)}"
        source = f"{'' if number else heading}▸ {_name(cell)}{points}"
        entries.append({"source": source, "error": error, "raw_error": message})
    return entries


def message_of(cell: NotebookNode) -> str:
    """Return what a check that failed says, without its code: a message, or the line at which it failed."""
    errors = [output for output in cell.outputs if output.output_type == "error"]
    if not errors:
        printed = (out.text for out in cell.outputs if out.output_type == "stream" and out.name == "stderr")
        said = str(strip_ansi("".join(printed))).strip()
        return said or "Passed in part: not all points are earned. 部分通过。"
    error = errors[-1]
    trace = str(strip_ansi("\n".join(error.traceback)))
    if "Traceback (most recent call last)" not in trace:  # an exception that says itself how it is shown
        return trace.strip()
    line = next(iter(reversed(_FAILING_LINE.findall(trace))), "").strip()
    if error.ename == "AssertionError":
        return str(error.evalue).strip() or f"This does not hold 不成立: {line}"
    at = f"\n  in the line 出错处: {line}" if line else ""
    return f"{error.ename}: {error.evalue}{at}"


def _name(cell: NotebookNode) -> str:
    return grade_id(cell).removeprefix("test_") or grade_id(cell)


def _points(cell: NotebookNode) -> float:
    return float(cell.metadata.nbgrader.get("points") or 0)


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: ServerApp) -> None:
    """nbgrader's handler takes its validator from here, and has no setting for another."""
    handlers.Validator = MessageValidator
