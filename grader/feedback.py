"""The page that a student gets back, made by nbgrader's template from an autograded notebook.

It shows the student's code, the outcome and the message of each check; of a hidden test it shows
neither the source nor anything that the test alone knows. The formgrader shows the instructor all.
"""

from __future__ import annotations

import base64
import copy
import hashlib
import mimetypes
import re
from pathlib import Path
from typing import Any

from jinja2 import pass_context
from nbconvert.exporters import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests
from nbgrader.utils import is_grade, is_solution

_FIGURE = re.compile(r'(<img [^>]*?\bsrc=")(?!data:|https?:)([^"]+)')
_PICTURE = re.compile(r'(?:\bsrc="|\]\()([^")\s]+)')
_STYLE = (
    "<style>pre{white-space:pre-wrap} summary{display:list-item;cursor:pointer}"
    " blockquote{font-size:inherit}</style>"
)
_BARE_IMAGE = re.compile(r"<img (?![^>]*\balt=)")


class FeedbackExporter(HTMLExporter):
    """nbconvert's HTML exporter, which keeps the secret and remembers what all pages share.

    The course's own text is the same on every page, so it is rendered once; and the finished page, with
    all its pictures in it, is not parsed again just to add alternative texts.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._rendered: dict[tuple[str, tuple[bytes, ...]], str] = {}

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict | None = None, **kwargs: Any
    ) -> tuple[str, dict]:
        """Return the page and nbconvert's resources."""
        nb = without_secrets(nb)
        resources = self._init_resources(resources or {})
        lexer = nb.metadata.get("language_info", {}).get("name")
        self.register_filter("highlight_code", Highlight2HTML(pygments_lexer=lexer, parent=self))
        self.register_filter(
            "filter_data_type",
            WidgetsDataTypeFilter(notebook_metadata=self._nb_metadata, parent=self, resources=resources),
        )
        page, resources = TemplateExporter.from_notebook_node(self, nb, resources, **kwargs)
        page = page.replace("</head>", f"{_STYLE}</head>", 1)
        return _BARE_IMAGE.sub('<img alt="a picture that this cell drew" ', page), resources

    @pass_context
    def markdown2html(self, context: Any, source: str) -> str:
        """Render Markdown, once for the same text with the same pictures."""
        if context.get("cell", {}).get("attachments"):
            return super().markdown2html(context, source)
        place = Path(context.get("resources", {}).get("metadata", {}).get("path", ""))
        pictures = (place / name for name in _PICTURE.findall(source))
        key = source, tuple(_digest(picture) for picture in pictures)
        if key not in self._rendered:
            html = super().markdown2html(context, source)
            # nbconvert's embed_images parses each tag alone, and so closes <details> and <kbd> at once.
            self._rendered[key] = _FIGURE.sub(lambda found: found[1] + _embedded(place, found[2]), html)
        return self._rendered[key]


def _embedded(place: Path, name: str) -> str:
    """Return the file as a data: URI if it is one of the submission's own, else its name."""
    path = (place / name).resolve()
    if not (path.is_relative_to(place.resolve()) and path.is_file()):
        return name
    kind = mimetypes.guess_type(path)[0]
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


def _digest(path: Path) -> bytes:
    try:
        return hashlib.sha256(path.read_bytes()).digest()
    except OSError:  # on the web, or not there
        return b""


def without_secrets(nb: NotebookNode) -> NotebookNode:
    """Return a copy without the hidden part of the tests, nor the tracebacks that would show it."""
    shown = copy.deepcopy(nb)
    clear = ClearHiddenTests()
    for cell in shown.cells:
        if cell.cell_type != "code" or not is_grade(cell) or is_solution(cell):
            continue
        if clear._remove_hidden_test_region(cell):
            for output in cell.outputs:
                if output.output_type == "error":
                    output.traceback = [_told(output, cell)]
    return shown


def _told(output: NotebookNode, cell: NotebookNode) -> str:
    """Return what a student may read of an error in a test cell: what the engine noted for them."""
    return cell.metadata.get("grader", {}).get("message") or f"✗ {output.ename}"
