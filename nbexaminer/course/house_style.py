"""House style: what this course asks of its notebooks beyond what release and grading need.

Both languages in each Markdown cell, tidy ids, nothing in the metadata that changes with each machine,
pictures that are described, a test behind each answer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode

from nbexaminer.course.source_cells import is_solution, is_test
from nbexaminer.engine.cells import grade_id

CELL_METADATA = {"jupyter", "nbgrader", "tags"}
NBGRADER_METADATA = {"grade", "grade_id", "locked", "points", "schema_version", "solution", "task"}
NOTEBOOK_METADATA = {"course", "kernelspec", "language_info"}  # course: what the website says of it
TAGS = {"raises-exception"}
JUPYTER_METADATA = {"source_hidden"}
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


def notebook_problems(notebook: NotebookNode) -> Iterator[str]:
    """Yield what is not as it should be of a notebook as a whole."""
    if (notebook.nbformat, notebook.get("nbformat_minor", 0)) < (4, 5):
        yield ": its format is older than 4.5, which has cell ids; save it in a current JupyterLab."
        return
    for key in sorted(set(notebook.metadata) - NOTEBOOK_METADATA):
        yield f": remove {key!r} from the notebook's metadata."
    for key in sorted(set(notebook.metadata.get("language_info", {})) - {"name"}):
        yield f": remove {key!r} from language_info in the notebook's metadata; it changes with each machine."
    for name, count in Counter(cell.get("id") for cell in notebook.cells).items():
        if count > 1:
            yield f": {count} cells have the id {name!r}; give each its own."


def cell_problems(notebook: NotebookNode, index: int, folder: Path) -> Iterator[str]:
    """Yield what is not as it should be of a cell; folder: where its pictures are."""
    if (notebook.nbformat, notebook.get("nbformat_minor", 0)) < (4, 5):
        return
    cell = notebook.cells[index]
    yield from _cell_form(cell)
    if cell.cell_type == "markdown":
        yield from _images(cell, folder)
        yield from _languages(cell)
    if is_solution(cell):
        test = f"test_{grade_id(cell)}"
        if not any(is_test(other) and grade_id(other) == test for other in notebook.cells[index + 1 :]):
            yield f"put a test cell with the grade_id {test!r} after it."
    if is_test(cell):
        tested = grade_id(cell).removeprefix("test_")
        earlier = notebook.cells[:index]
        if not any(is_solution(other) and f"test_{grade_id(other)}" == grade_id(cell) for other in earlier):
            yield f"call it as a solution cell before it, with 'test_' in front; {tested!r} is none."
        if cell.source.count("### BEGIN HIDDEN TESTS") != 1:
            yield "give it one line '### BEGIN HIDDEN TESTS' and below it one line '### END HIDDEN TESTS'."
        elif "points=" not in cell.source.partition("### BEGIN HIDDEN TESTS")[2]:
            promised = cell.metadata.nbgrader.get("points")
            yield f"let its hidden test give points={promised}, as its metadata say; it gives none."


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
