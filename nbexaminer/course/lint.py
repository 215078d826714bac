"""Check the form of an assignment's source notebooks: what release and grading rely on, and readers too."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode, reader, validator

from nbexaminer.course.wire_problems import names_given, wire_problems
from nbexaminer.engine.engine import defined_names

START, END = "### START CODE HERE ###", "### END CODE HERE ###"
HIDDEN_START, HIDDEN_END = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
CELL_METADATA = {"jupyter", "nbgrader", "tags"}
JUPYTER_METADATA = {"source_hidden"}
NBGRADER_METADATA = {"grade", "grade_id", "locked", "points", "schema_version", "solution", "task"}
NOTEBOOK_METADATA = {"kernelspec", "language_info"}
TAGS = {"raises-exception"}
SHORTEST_ALT = 10

_IMAGE = re.compile(r"!\[(?P<alt>[^]]*)\]\((?P<src>[^)\s]+)[^)]*\)|<img\b(?P<attributes>[^>]*)>")
_ATTRIBUTE = re.compile(r"""\b(alt|src)\s*=\s*(["'])(.*?)\2""", re.DOTALL)
_CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.DOTALL | re.MULTILINE)
_FORMULA = re.compile(r"\$\$.*?\$\$|\$[^$\n]+\$", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_HEADING = re.compile(r"^\s*#+ .*$", re.MULTILINE)
_LINK = re.compile(r"\]\([^)]*\)|https?://\S+")
_RANDOM_ID = re.compile(r"(?=.*\d)[0-9a-f-]{6,}")
_TIDY_ID = re.compile(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*")
_ABSOLUTE_PATH = re.compile(r"""(?:^|(?<=[\s"'(=]))(?:file://|~/|/\w[\w.-]*/|[A-Za-z]:\\\w)""", re.MULTILINE)
_POINTS = re.compile(r"\bpoints=([\d.]+)")


def lint(course: Path, assignment: str) -> list[str]:
    """Return the problems of the assignment's source notebooks, each with what to do about it."""
    paths = sorted((course / "source" / assignment).glob("*.ipynb"))
    if not paths:
        return [f"source/{assignment}: it holds no notebook; put one there."]
    return [f"{path.relative_to(course)}{problem}" for path in paths for problem in _problems(path)]


def _problems(path: Path) -> Iterator[str]:
    try:
        notebook = reader.reads(path.read_text(encoding="utf-8"))
        errors = list(validator.iter_validate(json.loads(path.read_text(encoding="utf-8"))))
    except Exception as error:  # whatever a broken file makes the reader raise
        yield f": it is no notebook ({error}); restore it."
        return
    if (notebook.nbformat, notebook.get("nbformat_minor", 0)) < (4, 5):
        yield ": its format is older than 4.5, which has cell ids; save it in a current JupyterLab."
        return
    if errors:
        for error in errors:
            where = "/".join(map(str, error.relative_path)) or "it"
            yield f": {where} is not valid ({error.message[:200]}); repair it."
        return
    yield from _notebook_metadata(notebook)
    yield from _ids(notebook)
    for index, cell in enumerate(notebook.cells):
        where = f", cell {index} ({_grade_id(cell) or cell.id})"
        for problem in _cell_problems(notebook, index, path.parent):
            yield f"{where}: {problem}"


def _notebook_metadata(notebook: NotebookNode) -> Iterator[str]:
    for key in sorted(set(notebook.metadata) - NOTEBOOK_METADATA):
        yield f": remove {key!r} from the notebook's metadata."
    for key in sorted(set(notebook.metadata.get("language_info", {})) - {"name"}):
        yield f": remove {key!r} from language_info in the notebook's metadata; it changes with each machine."


def _ids(notebook: NotebookNode) -> Iterator[str]:
    for what, ids in (
        ("id", [cell.id for cell in notebook.cells]),
        ("grade_id", [_grade_id(cell) for cell in notebook.cells]),
    ):
        for name, count in Counter(filter(None, ids)).items():
            if count > 1:
                yield f": {count} cells have the {what} {name!r}; give each its own."


def _cell_problems(notebook: NotebookNode, index: int, folder: Path) -> Iterator[str]:
    cell = notebook.cells[index]
    yield from _cell_form(cell)
    if cell.cell_type == "markdown":
        yield from _images(cell, folder)
        yield from _languages(cell)
    if _is_solution(cell):
        yield from _solution(cell, notebook.cells[index + 1 :])
    if _is_test(cell):
        yield from _test(cell, notebook.cells[:index])
        yield from _through_the_wire(cell, notebook.cells[:index])


def _cell_form(cell: NotebookNode) -> Iterator[str]:
    if not _TIDY_ID.fullmatch(cell.id) or _RANDOM_ID.fullmatch(cell.id):
        yield f"give it an id that says what it is (small letters, digits, dashes), not {cell.id!r}."
    if cell.get("outputs") or cell.get("execution_count") is not None:
        yield "strip its outputs and its execution count."
    for key in sorted(set(cell.metadata) - CELL_METADATA):
        yield f"remove {key!r} from its metadata."
    for key in sorted(set(cell.metadata.get("jupyter", {})) - JUPYTER_METADATA):
        yield f"remove {key!r} from its jupyter metadata."
    for key in sorted(set(cell.metadata.get("nbgrader", {})) - NBGRADER_METADATA):
        yield f"remove {key!r} from its nbgrader metadata; nbgrader sets it at the release."
    for tag in sorted(set(cell.metadata.get("tags", ())) - TAGS):
        yield f"remove its tag {tag!r}."
    if found := _ABSOLUTE_PATH.search(_FORMULA.sub("", cell.source)):
        yield f"name files relative to the notebook; {found[0]!r} starts an absolute path."


def _images(cell: NotebookNode, folder: Path) -> Iterator[str]:
    for image in _IMAGE.finditer(_CODE.sub("", cell.source)):
        attributes = {key: value for key, _, value in _ATTRIBUTE.findall(image["attributes"] or "")}
        alt, src = image["alt"] or attributes.get("alt", ""), image["src"] or attributes.get("src", "")
        if len(alt.strip()) < SHORTEST_ALT or alt.strip() in src:
            yield f"describe the image {src!r} in its alt text; it is {alt!r}."
        if not (src and (folder / src).is_file()):
            yield f"put the image {src!r} beside the notebook; it is not there."


def _languages(cell: NotebookNode) -> Iterator[str]:
    text = cell.source
    for markup in (_CODE, _FORMULA, _IMAGE, _TAG, _HEADING, _LINK):
        text = markup.sub(" ", text)
    han, latin = re.search(r"[\u4e00-\u9fff]", text), re.search(r"[A-Za-z]{2}", text)
    if latin and not han:
        yield "say it in Chinese too."
    if han and not latin:
        yield "say it in English too."


def _solution(cell: NotebookNode, later: list[NotebookNode]) -> Iterator[str]:
    if problem := _unpaired(cell, START, END):
        yield problem
    elif not any(re.match(r"\s*[^\s#]", line) for line in _between(cell, START, END)):
        yield "write the solution between its markers; there is none."
    test = f"test_{_grade_id(cell)}"
    if not any(_is_test(other) and _grade_id(other) == test for other in later):
        yield f"put a test cell with the grade_id {test!r} after it."


def _test(cell: NotebookNode, earlier: list[NotebookNode]) -> Iterator[str]:
    tested = _grade_id(cell).removeprefix("test_")
    if not any(_is_solution(other) and f"test_{_grade_id(other)}" == _grade_id(cell) for other in earlier):
        yield f"give it the grade_id of a solution cell before it, with 'test_' in front; {tested!r} is none."
    if problem := _unpaired(cell, HIDDEN_START, HIDDEN_END):
        yield problem
        return
    promised = cell.metadata.nbgrader.get("points")
    given = [float(points) for points in _POINTS.findall("\n".join(_between(cell, HIDDEN_START, HIDDEN_END)))]
    if given != [promised]:
        yield f"let its hidden test give points={promised}, as its metadata say; it gives {given}."


def _through_the_wire(cell: NotebookNode, earlier: list[NotebookNode]) -> Iterator[str]:
    code = [other for other in earlier if other.cell_type == "code"]
    answers = {name for other in code if _is_solution(other) for name in defined_names(other.source)}
    given = {name for other in code if _is_locked(other) for name in names_given(other.source)}
    for line, problem in wire_problems(cell.source, answers, given):
        yield f"line {line}: {problem}"


def _unpaired(cell: NotebookNode, start: str, end: str) -> str | None:
    found = re.findall(f"{re.escape(start)}|{re.escape(end)}", cell.source)
    return None if found == [start, end] else f"give it one line {start!r} and below it one line {end!r}."


def _between(cell: NotebookNode, start: str, end: str) -> list[str]:
    inside = cell.source.partition(start)[2].partition(end)[0]
    return inside.splitlines()[1:]


def _grade_id(cell: NotebookNode) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def _is_solution(cell: NotebookNode) -> bool:
    """Whether students answer in this cell and a test cell grades it (not a person)."""
    nbgrader = cell.metadata.get("nbgrader", {})
    return bool(nbgrader.get("solution") and not nbgrader.get("grade"))


def _is_test(cell: NotebookNode) -> bool:
    nbgrader = cell.metadata.get("nbgrader", {})
    return bool(nbgrader.get("grade") and not nbgrader.get("solution"))


def _is_locked(cell: NotebookNode) -> bool:
    nbgrader = cell.metadata.get("nbgrader", {})
    return bool(nbgrader.get("locked") and not nbgrader.get("solution"))
