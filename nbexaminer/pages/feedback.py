"""The page that a student gets back: one file, made from an autograded notebook, in need of nothing else.

On top what came of each exercise, below the student's code with the outcome and message of each check.
The course's own text is folded away. Of a hidden test a page shows neither the source nor anything that
the test alone knows. The formgrader shows the instructor all.
"""

from __future__ import annotations

import copy
import functools
import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from jinja2 import Environment, PackageLoader, Template
from markupsafe import Markup
from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import ClearHiddenTests
from nbgrader.utils import is_grade, is_locked, is_solution, is_task
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from traitlets import Unicode, default

from nbexaminer.course.results import full_name
from nbexaminer.engine.cells import grade_id
from nbexaminer.engine.restore import is_note
from nbexaminer.messages import shown_verdict
from nbexaminer.pages.inline import content_policy, text_of
from nbexaminer.pages.markdown import safe_markdown
from nbexaminer.pages.outcome_summary import SummaryLine, plain, summary, summary_line, verdict_of
from nbexaminer.pages.pictures import attached, data_uri, file_uri
from nbexaminer.pages.rendering_budget import RenderingBudget, TooCostly

Folders = tuple[Path, ...]  # that pictures are looked for in
STYLE = text_of("feedback.css")

MAX_PRINTED = 20_000  # characters of one output that a page shows
_LONG = 10_000  # characters of a code cell

_HEADING = re.compile(r"^#{1,6} +(.+?)(?: *#+)?$", re.MULTILINE)
_LEVEL = re.compile(r"(</?h)([1-6])>")  # the page has two levels of headings above those in a cell
_QUOTE = re.compile(r"<blockquote>(?=.{0,20}[\u4e00-\u9fff])", re.DOTALL)
_WIDE = re.compile(r'<table>.*?</table>|<pre>|<math display="block">.*?</math>', re.DOTALL)
_COLOURED = frozenset(  # Pygments' classes that feedback.css knows
    ("k", "kn", "kc", "kd", "ow", "s1", "s2", "sa", "sd", "se", "sf", "si", "s", "mi", "mf", "mh", "il")
    + ("nf", "nc", "nb", "bp", "ne", "nd", "fm", "c1", "c", "ch", "cm")
)
_PICTURES = ("image/svg+xml", "image/png", "image/jpeg")


@dataclass(frozen=True)
class Block:
    """A part of the page below the summary; the template knows how each kind looks.

    kind: "course" (folded text of the course), "answer", "check", "own" (a cell of the student's) or
    "locked" (what a locked cell printed and drew).
    title: of what is folded, or the name of an exercise; html: the cell; outputs: (kind, content, alt).
    """

    kind: str
    title: str = ""
    html: Markup = Markup("")
    outputs: tuple[tuple[str, str, str], ...] = ()
    line: SummaryLine | None = None
    comment: Markup = Markup("")
    anchor: str = ""
    source: Markup = field(default=Markup(""))


class FeedbackExporter(Exporter):
    """Makes the page: for `nbgrader generate_feedback`, and for nbexaminer.batch.worker."""

    source = Unicode("", help="The folder with the assignment's source; by default as nbgrader says.").tag(
        config=True
    )

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(  # type: ignore[override]  # nbconvert itself returns a text
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kwargs: Any
    ) -> tuple[str, dict[str, Any]]:
        """Return the page and nbconvert's resources."""
        if any(getattr(step, "enabled", True) for step in self._preprocessors):
            nb, resources = super().from_notebook_node(nb, resources, **kwargs)
        else:  # nothing to do but to copy it, twice
            resources = self._init_resources(resources)  # type: ignore[no-untyped-call]
        place = resources.get("nbgrader", {})
        own = Path(resources["metadata"].get("path") or ".")
        pictures = (Path(self.source), own) if self.source else (own,)
        nb = without_secrets(nb)
        lines = list(summary(nb))
        page = _template().render(
            style=STYLE,
            policy=content_policy(STYLE),
            title=place.get("notebook") or resources["metadata"]["name"],
            student=place.get("student", ""),
            name=place["name"] if "name" in place else _name_of(place),
            lines=lines,
            score=place.get("score", sum(line.score for line in lines)),
            max_score=place.get("max_score", sum(line.points for line in lines)),
            late_penalty=place.get("late_penalty", 0),
            notes=[course_markdown(cell.source) for cell in nb.cells if is_note(cell)],
            blocks=list(_Page(self._course_text(place), pictures).blocks(nb)),
        )
        return page, resources

    def _course_text(self, place: Mapping[str, Any]) -> frozenset[str]:
        folder = self.source
        if not folder and (folders := getattr(self.parent, "coursedir", None)):
            folder = folders.format_path(folders.source_directory, ".", place["assignment"])
        return _markdown_of(Path(folder, f"{place.get('notebook')}.ipynb")) if folder else frozenset()


def _name_of(place: Mapping[str, Any]) -> str:
    """Return a student's name as the gradebook knows it, where nbgrader itself makes the page."""
    if not place.get("db_url"):
        return ""
    with Gradebook(place["db_url"]) as gradebook:
        return full_name(gradebook.find_student(place["student"]))


def without_secrets(nb: NotebookNode) -> NotebookNode:
    """Return a copy without the hidden part of the tests, nor the tracebacks that would show it."""
    return NotebookNode(nb, cells=[_without_secrets(cell) for cell in nb.cells])


def _without_secrets(cell: NotebookNode) -> NotebookNode:
    if cell.cell_type != "code" or not is_grade(cell) or is_solution(cell):
        return cell
    shown = copy.deepcopy(cell)
    verdict = verdict_of(cell)
    if ClearHiddenTests()._remove_hidden_test_region(shown):
        for output in shown.outputs:
            if output.output_type == "error":
                output.traceback = [shown_verdict(verdict)]
    return shown


class _Page:
    """The making of one page: what it may cost, and where its pictures are."""

    def __init__(self, course_text: frozenset[str], folders: Folders) -> None:
        self._course_text, self._folders = course_text, folders
        self._budget = RenderingBudget()  # of what students write; the course's own text is not counted

    def blocks(self, nb: NotebookNode) -> Iterator[Block]:
        """Yield the parts of the page; all that the course says between two of them is folded into one."""
        titles: list[str] = []
        folded: list[str] = []

        def fold() -> Iterator[Block]:
            if folded:
                yield Block("course", " · ".join(titles), Markup("".join(folded)))
                titles.clear()
                folded.clear()

        for cell in nb.cells:
            if is_note(cell):
                continue
            if cell.cell_type == "markdown" and cell.source in self._course_text:
                titles += _HEADING.findall(cell.source)
                folded.append(course_markdown(cell.source))
            elif cell.cell_type == "code" and is_locked(cell) and not is_grade(cell):
                folded.append(f'<pre tabindex="0">{_highlight_once(cell.source)}</pre>')
                if outputs := tuple(self._outputs(cell)):
                    yield from fold()
                    yield Block("locked", grade_id(cell), outputs=outputs)
            else:
                yield from fold()
                yield self._block(cell)
        yield from fold()

    def _block(self, cell: NotebookNode) -> Block:
        """Return a cell that the student wrote, or that checks what they wrote."""
        name = grade_id(cell)
        if is_grade(cell) and not is_solution(cell):
            shown = tuple(output for output in self._outputs(cell) if output[0] == "picture")
            code = Markup(_code(cell.source))
            return Block("check", name, outputs=shown, line=summary_line(cell), anchor=name, source=code)
        if cell.cell_type == "code":
            content = self._own_code(cell.source)
        elif cell.cell_type == "markdown":
            content = self._own_markdown(cell)
        else:
            content = self._own_code(cell.source, is_python=False)
        comment = cell.metadata.get("nbgrader", {}).get("comment") or ""
        if comment == "No response.":  # nbgrader's own; the outcome says so in both languages
            comment = ""
        return Block(
            "answer" if is_solution(cell) or is_task(cell) else "own",
            name,
            Markup(content),
            tuple(self._outputs(cell)),
            summary_line(cell) if is_grade(cell) or is_task(cell) else None,
            Markup(course_markdown(comment)),
            name,
        )

    def _own_markdown(self, cell: NotebookNode) -> str:
        pasted = dict(attached(cell))

        def find(address: str) -> str:
            uri = pasted.get(address) or next(filter(None, (file_uri(f, address) for f in self._folders)), "")
            return uri if self._budget.take(len(uri)) else ""

        return _scrolling(safe_markdown(cell.source, self._budget, find))

    def _own_code(self, source: str, is_python: bool = True) -> str:
        try:
            with self._budget.timed():
                shown = _code(source) if is_python else f'<pre tabindex="0">{html.escape(source)}</pre>'
        except TooCostly:
            shown = f'<pre tabindex="0">{html.escape(source)}</pre>'
        return shown if self._budget.take(len(shown)) else "<p>…</p>"

    def _outputs(self, cell: NotebookNode) -> Iterator[tuple[str, str, str]]:
        """Yield ("text", text, ""), ("error", text, "") or ("picture", its address, alternative text)."""
        is_own = not is_locked(cell)
        for kind, content, alt in _shown_outputs(cell):
            if not is_own or self._budget.take(len(content) + len(alt)):
                yield kind, content, alt


def _shown_outputs(cell: NotebookNode) -> Iterator[tuple[str, str, str]]:
    for output in cell.get("outputs", ()):
        if output.output_type == "stream":
            yield "text", _short(output.text), ""
        elif output.output_type == "error":
            yield "error", _short("\n".join(output.traceback)), ""
        elif "data" in output:
            text = _short("".join(output.data.get("text/plain", "")))
            uris = (data_uri(kind, output.data[kind]) for kind in _PICTURES if kind in output.data)
            if uri := next(filter(None, uris), ""):
                alt = "a picture that this cell drew" if text.startswith("<") or not text else text
                yield "picture", uri, alt
            else:
                yield "text", text, ""


def _short(text: str) -> str:
    """Return what is printed, its end left out if it is very long."""
    text = plain(text).rstrip("\n")
    return text if len(text) <= MAX_PRINTED else f"{text[:MAX_PRINTED]}\n..."


class _Formatter(HtmlFormatter):
    """Marks the words that the style knows, and leaves the others alone: a page is a third smaller."""

    def _get_css_classes(self, ttype: Any) -> str:
        name: str = self._get_css_class(ttype)
        return name if name in _COLOURED else ""


def _code(source: str) -> str:
    return f'<pre tabindex="0">{_highlighted(source)}</pre>'


def _highlighted(source: str) -> str:
    """Return Python with its words marked; what is long is a student's own, and not kept in memory."""
    return (_highlight if len(source) > _LONG else _highlight_once)(source)


def _highlight(source: str) -> str:
    marked: str = highlight(source, PythonLexer(stripnl=False), _Formatter(nowrap=True))
    return marked.rstrip("\n")


_highlight_once = functools.lru_cache(maxsize=256)(_highlight)


@functools.lru_cache(maxsize=256)
def course_markdown(source: str) -> str:
    """Return Markdown of the course's, or of its graders', as HTML; its pictures are not shown."""
    return _scrolling(safe_markdown(source, RenderingBudget(), lambda address: "", remember=True))


def _scrolling(rendered: str) -> str:
    """Put headings below the page's own, mark what is Chinese, and let what is wider than a phone scroll in
    a box of its own, which the keyboard can reach."""
    rendered = _LEVEL.sub(lambda tag: f"{tag[1]}{min(6, int(tag[2]) + 2)}>", rendered)
    return _WIDE.sub(_box, _QUOTE.sub('<blockquote lang="zh">', rendered))


def _box(found: re.Match[str]) -> str:
    if found[0] == "<pre>":
        return '<pre tabindex="0">'
    box = "div" if found[0].startswith("<table>") else "span"
    return f'<{box} class="wide" tabindex="0">{found[0]}</{box}>'


@functools.lru_cache(maxsize=32)
def _markdown_of(path: Path) -> frozenset[str]:
    """Return the texts of a notebook that the course wrote; none if it is not there."""
    if not path.is_file():
        return frozenset()
    cells = nbformat.read(path, as_version=4).cells
    return frozenset(cell.source for cell in cells if cell.cell_type == "markdown" and not is_solution(cell))


@functools.cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("nbexaminer.pages", "."), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["code"] = _with_code
    environment.filters["points"] = lambda number: f"{round(number, 2):g}"
    return environment.get_template("feedback.html.jinja")


def _with_code(text: str) -> Markup:
    """Return a message with its `code` set as code."""
    escaped = html.escape(text, quote=False).replace("\n", "<br>")
    return Markup(re.sub(r"`([^`]+?)`", r"<code>\1</code>", escaped))
