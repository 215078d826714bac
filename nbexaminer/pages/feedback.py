"""The page that a student gets back: one file, made from an autograded notebook, in need of nothing else.

On top what came of each exercise, below the student's code with the outcome and message of each check.
The course's own text is folded away. Of a hidden test a page shows neither the source nor anything that
the test alone knows. The formgrader shows the instructor all.
"""

from __future__ import annotations

import base64
import copy
import functools
import html
import mimetypes
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import nh3
from jinja2 import Environment, PackageLoader
from markupsafe import Markup
from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests
from nbgrader.utils import is_grade, is_locked, is_solution, is_task
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from traitlets import Unicode, default

from nbexaminer.engine.restore import grade_id, is_note
from nbexaminer.messages import shown_verdict
from nbexaminer.pages.equations import markdown2html
from nbexaminer.pages.summary import Line, line, plain, summary, verdict_of

Folders = tuple[Path, ...]  # that pictures are looked for in

MAX_PRINTED = 20_000  # characters of one output that a page shows

_HEADING = re.compile(r"^#{1,6} +(.+?)(?: *#+)?$", re.MULTILINE)
_LEVEL = re.compile(r"(</?h)([1-6])>")  # the page has two levels of headings above those in a cell
_IMAGE = re.compile(r"<img [^>]*>")
_ATTRIBUTE = re.compile(r'\b(src|alt)="([^"]*)"')
_QUOTE = re.compile(r"<blockquote>(?=.{0,20}[\u4e00-\u9fff])", re.DOTALL)
_WIDE = re.compile(r'<table>.*?</table>|<pre>|<math display="block">.*?</math>', re.DOTALL)
_PICTURES = ("image/svg+xml", "image/png", "image/jpeg")

# What may stand in a Markdown cell: nothing that runs, is fetched, or reaches out of its place.
_MATHML = """
    math semantics annotation mrow mi mo mn mtext mspace msub msup msubsup munder mover munderover mfrac msqrt
    mroot mtable mtr mtd mstyle mpadded mphantom menclose mmultiscripts mprescripts
"""
_MATHML_ATTRIBUTES = """
    display encoding displaystyle scriptlevel stretchy lspace rspace width height depth accent accentunder
    linethickness minsize maxsize largeop movablelimits symmetric form fence separator mathvariant
"""
ALLOWED = {
    "url_schemes": {"http", "https", "mailto", "attachment"},
    "link_rel": "noopener noreferrer",
    "tags": (nh3.ALLOWED_TAGS - {"article", "aside", "footer", "header", "nav", "map", "area"})
    | {*_MATHML.split()},
    "attributes": {name: {*_MATHML_ATTRIBUTES.split()} for name in _MATHML.split()}
    | {"a": {"href"}, "img": {"src", "alt"}, "span": {"class"}, "details": {"open"}, "th": {"align"}},
}


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
    line: Line | None = None
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

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict | None = None, **kwargs: Any
    ) -> tuple[str, dict]:
        """Return the page and nbconvert's resources."""
        if any(getattr(step, "enabled", True) for step in self._preprocessors):
            nb, resources = super().from_notebook_node(nb, resources, **kwargs)
        else:  # nothing to do but to copy it, twice
            resources = self._init_resources(resources)
        place = resources.get("nbgrader", {})
        own = Path(resources["metadata"].get("path") or ".")
        pictures = (Path(self.source), own) if self.source else (own,)
        nb = without_secrets(nb)
        lines = list(summary(nb))
        page = _template().render(
            title=place.get("notebook") or resources["metadata"]["name"],
            lines=lines,
            score=place.get("score", sum(line.score for line in lines)),
            max_score=place.get("max_score", sum(line.points for line in lines)),
            late_penalty=place.get("late_penalty", 0),
            notes=[_rendered(cell.source) for cell in nb.cells if is_note(cell)],
            blocks=list(_blocks(nb, self._course_text(place), pictures)),
        )
        return page, resources

    def _course_text(self, place: Mapping[str, Any]) -> frozenset[str]:
        folder = self.source
        if not folder and hasattr(self.parent, "coursedir"):
            folders = self.parent.coursedir
            folder = folders.format_path(folders.source_directory, ".", place["assignment"])
        return _markdown_of(Path(folder, f"{place.get('notebook')}.ipynb")) if folder else frozenset()


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


def _blocks(nb: NotebookNode, course_text: frozenset[str], pictures: Folders) -> Iterator[Block]:
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
        if cell.cell_type == "markdown" and cell.source in course_text:
            titles += _HEADING.findall(cell.source)
            folded.append(_rendered(cell.source))
        elif cell.cell_type == "code" and is_locked(cell) and not is_grade(cell):
            folded.append(f'<pre tabindex="0">{_highlighted(cell.source)}</pre>')
            if outputs := tuple(_outputs(cell)):
                yield from fold()
                yield Block("locked", grade_id(cell), outputs=outputs)
        else:
            yield from fold()
            yield _block(cell, pictures)
    yield from fold()


def _block(cell: NotebookNode, pictures: Folders) -> Block:
    """Return a cell that the student wrote, or that checks what they wrote."""
    if cell.cell_type == "code":
        content = Markup(f'<pre tabindex="0">{_highlighted(cell.source)}</pre>')
    elif cell.cell_type == "markdown":
        content = Markup(_rendered(cell.source, _embedded(cell, pictures)))
    else:
        content = Markup("<pre>{}</pre>").format(cell.source)
    name = grade_id(cell) or ""
    if is_grade(cell) and not is_solution(cell):
        shown = tuple(output for output in _outputs(cell) if output[0] == "picture")
        return Block("check", name, outputs=shown, line=line(cell), anchor=name, source=content)
    comment = cell.metadata.get("nbgrader", {}).get("comment") or ""
    if comment == "No response.":  # nbgrader's own; the outcome says so in both languages
        comment = ""
    return Block(
        "answer" if is_solution(cell) or is_task(cell) else "own",
        name,
        content,
        tuple(_outputs(cell)),
        line(cell) if is_grade(cell) or is_task(cell) else None,
        Markup(_rendered(comment)),
        name,
    )


def _outputs(cell: NotebookNode) -> Iterator[tuple[str, str, str]]:
    """Yield ("text", text, ""), ("error", text, "") or ("picture", its address, alternative text)."""
    for output in cell.get("outputs", ()):
        if output.output_type == "stream":
            yield "text", _short(output.text), ""
        elif output.output_type == "error":
            yield "error", _short("\n".join(output.traceback)), ""
        else:
            kind = next((kind for kind in _PICTURES if kind in output.data), None)
            text = "".join(output.data.get("text/plain", ""))
            if kind is None:
                yield "text", _short(text), ""
                continue
            content = "".join(output.data[kind]).strip()
            if kind == "image/svg+xml":
                content = base64.b64encode(content.encode()).decode()
            alt = "a picture that this cell drew" if text.startswith("<") or not text else text
            yield "picture", f"data:{kind};base64,{content}", alt


def _short(text: str) -> str:
    """Return what is printed, its end left out if it is very long."""
    text = plain(text).rstrip("\n")
    return text if len(text) <= MAX_PRINTED else f"{text[:MAX_PRINTED]}\n..."


def _remembered(render: Callable[..., str]) -> Callable[..., str]:
    """Render the same text once. What is long or holds pictures is a student's own and not kept: a worker
    sees thousands of those."""
    once = functools.lru_cache(maxsize=256)(render)

    @functools.wraps(render)
    def rendered(source: str, *embedded: Any) -> str:
        return render(source, *embedded) if any(embedded) or len(source) > 10_000 else once(source)

    return rendered


@_remembered
def _highlighted(source: str) -> str:
    return highlight(source, PythonLexer(stripnl=False), HtmlFormatter(nowrap=True)).rstrip("\n")


@_remembered
def _rendered(source: str, embedded: tuple[tuple[str, str], ...] = ()) -> str:
    """Return Markdown as HTML that is safe, whoever wrote it, with the pictures that are embedded.

    embedded: (address, data: URI) pairs. Of any other picture its alternative text is left.
    """
    rendered = nh3.clean(markdown2html(source), **ALLOWED)
    found = dict(embedded)

    def picture(tag: re.Match) -> str:
        named = dict(_ATTRIBUTE.findall(tag[0]))
        if uri := found.get(html.unescape(named.get("src", ""))):
            return f'<img src="{uri}" alt="{named.get("alt", "")}">'
        return f'<span class="figure">{named.get("alt") or "a picture"}</span>'

    rendered = _LEVEL.sub(lambda tag: f"{tag[1]}{min(6, int(tag[2]) + 2)}>", rendered)
    rendered = _QUOTE.sub('<blockquote lang="zh">', _IMAGE.sub(picture, rendered))
    return _WIDE.sub(_scrolling, rendered)


def attached(cell: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return (address, data: URI) of each picture that is pasted into a cell."""
    return tuple(
        (f"attachment:{name}", f"data:{kind};base64,{''.join(content)}")
        for name, kinds in cell.get("attachments", {}).items()
        for kind, content in kinds.items()
        if kind in ("image/png", "image/jpeg", "image/gif")
    )


def _scrolling(found: re.Match) -> str:
    """What is wider than a phone scrolls in a box of its own, which the keyboard can reach."""
    if found[0] == "<pre>":
        return '<pre tabindex="0">'
    box = "div" if found[0].startswith("<table>") else "span"
    return f'<{box} class="wide" tabindex="0">{found[0]}</{box}>'


def _embedded(cell: NotebookNode, places: Folders) -> tuple[tuple[str, str], ...]:
    """Return the pictures that a cell of the student's shows: pasted into it, or files beside the notebook."""
    names = re.findall(r'(?:\bsrc="|\]\()([^")\s]+)', cell.source)
    return (*attached(cell), *((name, uri) for name in names if (uri := _file(places, name))))


def _file(places: Folders, name: str) -> str:
    """Return the file as a data: URI if it is a picture of the assignment's or the submission's, else
    nothing."""
    kind = mimetypes.guess_type(name)[0] or ""
    if ":" in name or not kind.startswith("image/"):
        return ""
    for place in places:
        path = (place / name).resolve()
        if path.is_relative_to(place.resolve()) and path.is_file():
            return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"
    return ""


@functools.lru_cache(maxsize=32)
def _markdown_of(path: Path) -> frozenset[str]:
    """Return the texts of a notebook that the course wrote; none if it is not there."""
    if not path.is_file():
        return frozenset()
    cells = nbformat.read(path, as_version=4).cells
    return frozenset(cell.source for cell in cells if cell.cell_type == "markdown" and not is_solution(cell))


@functools.cache
def _template():
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
