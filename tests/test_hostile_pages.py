"""Pages made from what a hostile student hands in: no script but ours runs, and no page costs much.

Guards "what people open" of docs/security.md.
"""

from __future__ import annotations

import base64
import copy
import html.parser
import io
import json
import os
import struct
import time
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nbconvert import HTMLExporter
from nbformat import from_dict
from nbformat.v4 import new_code_cell, new_notebook, new_output
from PIL import Image
from traitlets.config import Config

from nbexaminer.engine.cells import grade_id
from nbexaminer.engine.intake import submitted_notebooks
from nbexaminer.engine.restore import restore
from nbexaminer.errors import UnusableSubmission
from nbexaminer.pages import pictures, rendering_budget
from nbexaminer.pages.feedback import FeedbackExporter

NBGRADER = Path(__import__("nbgrader").__file__).parent
TAKEN = "<script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">"
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def markdown(source: str, **more) -> dict:
    """A cell that nbformat need not find well-formed."""
    return from_dict({"cell_type": "markdown", "id": "m", "metadata": {}, "source": source, **more})


def attached(name: str, kind: str, content) -> dict:
    return markdown(f"![a]({name}) ![b](attachment:{name})", attachments={name: {kind: content}})


def raw(**metadata) -> dict:
    return from_dict({"cell_type": "raw", "id": "r", "metadata": metadata, "source": TAKEN})


SVG = f"<svg xmlns='http://www.w3.org/2000/svg' onload=\"document.title='taken'\">{TAKEN}</svg>"
HOSTILE = {
    "content of a pasted picture": attached("a.png", "image/png", f'{PNG}">{TAKEN}'),
    "kind of a pasted picture": attached("a.png", f'image/png;base64,"><p>{TAKEN}', PNG),
    "name of a pasted picture": attached(f'a"{TAKEN}', "image/png", PNG),
    "a pasted page": attached("a.html", "text/html", TAKEN),
    "a pasted SVG": attached("a.svg", "image/svg+xml", SVG),
    "content in lines": attached("a.png", "image/png", f'{PNG}\n">{TAKEN}'),
    "alternative text": markdown(f"![> {TAKEN}](x.png) <img alt='\"> {TAKEN}' src=x.png>"),
    "raw": raw(),
    "raw HTML": raw(raw_mimetype="text/html"),
    "unknown kind of cell": from_dict({"cell_type": "bogus", "id": "x", "metadata": {}, "source": TAKEN}),
    "an equation": markdown(f"$\\text{{{TAKEN}}}$ $$\\href{{javascript:document.title=1}}{{x}}$$"),
    "a link": markdown("<a href=\"javascript:document.title='taken'\" id=results>x</a>"),
    "separators": markdown(f"a\u2028b\u2029c\u202ed {TAKEN}"),
}  # fmt: skip
ODD = {
    "no dictionary": markdown("![a](attachment:a.png)", attachments=["a.png"]),
    "no kinds": markdown("![a](attachment:a.png)", attachments={"a.png": PNG}),
    "no text": markdown("![a](attachment:a.png)", attachments={"a.png": {"image/png": 7}}),
    "nested": markdown("![a](attachment:a.png)", attachments={"a.png": {"image/png": [[PNG], {}]}}),
    "a long name": markdown(f"![a]({'x' * 300}.png)"),
    "a name with NUL": markdown("<img src='a&#0;.png'> ![a](a%00\0.png)"),
    "a folder": markdown("![a](folder.png) ![a](../) ![a](/etc/passwd.png)"),
}


def feedback(*cells, folder: Path = Path("/nowhere")) -> str:
    notebook = from_dict({**new_notebook(), "cells": copy.deepcopy(list(cells))})
    restore(notebook, {})  # as every submission is
    resources = {"metadata": {"name": "n", "path": str(folder)}, "nbgrader": {"notebook": "n"}}
    return FeedbackExporter().from_notebook_node(notebook, resources)[0]


def formgrader(*cells) -> str:
    """The page of the formgrader, in its own template, with the filter that nbexaminer.configure sets."""
    notebook = from_dict({**new_notebook(), "cells": copy.deepcopy(list(cells))})
    restore(notebook, {})  # as every submission is
    config = Config()
    config.HTMLExporter.filters = {"markdown2html": "nbexaminer.pages.formgrader.markdown2html"}
    config.HTMLExporter.extra_template_basedirs = [
        str(Path(pictures.__file__).parent / "jupyter" / "templates"),
        str(NBGRADER / "server_extensions" / "formgrader" / "templates"),
    ]
    exporter = HTMLExporter(template_name="formgrade", config=config)
    resources = {"metadata": {"name": "n"}, "base_url": ".", "index": 0, "total": 1}
    return exporter.from_notebook_node(notebook, resources)[0]


@pytest.mark.parametrize("made", [feedback, formgrader])
def test_no_script_of_a_students_runs_in_what_people_open(made, browser, tmp_path):
    file = tmp_path / "page.html"
    file.write_text(made(*HOSTILE.values(), *ODD.values()), encoding="utf-8")
    page = browser.new_page()
    page.route(
        "**/*", lambda route: route.continue_() if route.request.url.startswith("file:") else route.abort()
    )
    page.goto(file.as_uri())
    page.wait_for_load_state()
    assert page.title() != "taken"
    # The text is there to be read, and nothing of it is an element.
    assert "document.title='taken'" in page.locator("body").inner_text()
    assert page.locator("[onerror], [onload], a[href^='javascript']").count() == 0
    assert page.locator("script", has_text="taken").count() == 0
    page.close()


def test_a_feedback_page_runs_no_script_even_if_one_got_in(browser, tmp_path):
    page_text = feedback(markdown("x"))
    file = tmp_path / "page.html"
    file.write_text(page_text.replace("</main>", f"{TAKEN}</main>"), encoding="utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    page.wait_for_load_state()
    assert page.title() == "n: feedback"
    assert page.evaluate("getComputedStyle(document.body).maxWidth") != "none"  # our style is let in
    page.close()


@pytest.mark.parametrize("cell", [*HOSTILE.values(), *ODD.values()], ids=[*HOSTILE, *ODD])
def test_whatever_is_pasted_costs_nobody_their_page(cell, tmp_path):
    (tmp_path / "folder.png").mkdir()
    os.mkfifo(tmp_path / "x.png")
    for page in (feedback(cell, markdown("# Honest"), folder=tmp_path), formgrader(cell)):
        page.encode()
    assert "Honest" in feedback(cell, markdown("# Honest"), folder=tmp_path)


def test_real_pictures_are_shown():
    for kind, form in (("image/png", "PNG"), ("image/jpeg", "JPEG"), ("image/gif", "GIF")):
        buffer = io.BytesIO()
        Image.new("RGB", (3, 2), "red").save(buffer, form)
        content = base64.b64encode(buffer.getvalue()).decode()
        wrapped = "\n".join(content[k : k + 20] for k in range(0, len(content), 20))
        assert pictures.data_uri(kind, wrapped) == f"data:{kind};base64,{content}"
        for page in (feedback(attached("a b.png", kind, content)), formgrader(attached("c", kind, content))):
            assert f'src="data:{kind};base64,{content}"' in page or "attachment:a b.png" in page


def test_what_is_no_picture_is_not_shown_as_one():
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    huge = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 1, 0, 0, 0, 0))
    huge += chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    for content in (huge, b"<script>", b"", b"\x89PNG\r\n\x1a\n"):
        assert pictures.data_uri("image/png", base64.b64encode(content).decode()) == ""
    assert pictures.data_uri("image/jpeg", PNG) == ""  # another kind than it says
    assert pictures.data_uri("text/html", PNG) == ""


SLOW = {
    "blank lines": " \n" * 26_000,
    "percent signs": "[a](" + "%00" * 30_000 + ")",
    "brackets": "\\\\[" * 20_000,
    "elements": "<div>" * 20_000,
    "links": "[" * 20_000,
    "emphasis": "*a_" * 15_000,
    "quotes": "> " * 20_000,
    "backticks": "".join("`" * n + " " for n in range(250)) * 3,
    "tables": "|" * 5_000 + "\n" + "|-" * 5_000 + "\n",
}


@pytest.mark.parametrize("source", SLOW.values(), ids=SLOW)
def test_no_page_takes_long(source):
    """Three cells of what takes time that grows with the square, within what a page may cost."""
    began = time.process_time()
    page = feedback(*(markdown(source + str(n)) for n in range(3)))
    assert time.process_time() - began < rendering_budget.PAGE_SECONDS + 3
    assert len(page) < rendering_budget.PAGE_CHARACTERS + 1_000_000


def test_no_page_grows_without_end():
    buffer = io.BytesIO()
    Image.effect_noise((400, 400), 90).save(buffer, "PNG")
    picture = base64.b64encode(buffer.getvalue()).decode()
    many = markdown("![a](attachment:a.png)\n" * 400, attachments={"a.png": {"image/png": picture}})
    printed = [new_output("stream", text="x" * 30_000)] * 500
    drawn = [new_output("display_data", data={"image/png": picture, "text/plain": "<Figure>"})] * 200
    page = feedback(many, markdown("last words"))
    assert len(page) < rendering_budget.PAGE_CHARACTERS + 1_000_000 and "last words" in page
    notebook = new_notebook(cells=[new_code_cell("1", outputs=[*printed, *drawn])])
    page = FeedbackExporter().from_notebook_node(notebook, {"metadata": {"name": "n"}})[0]
    assert len(page) < rendering_budget.PAGE_CHARACTERS + 1_000_000


def test_equations_of_a_student_are_not_kept(monkeypatch):
    from nbexaminer.pages import equations

    before = equations._remembered_mathml.cache_info().currsize
    feedback(markdown("$\\alpha_{12345}$"))
    assert equations._remembered_mathml.cache_info().currsize == before


def test_notebook_json_of_any_shape_is_restored_or_refused():
    """As a fuzzer would: each value of a small notebook replaced by something of another type."""
    notebook = new_notebook(cells=[attached("a.png", "image/png", PNG), raw(), new_code_cell("x = 1")])
    text = json.dumps(notebook)
    for odd in (None, 7, [], {}, "x", [[]], {"a": None}, True):
        for key in ("attachments", "metadata", "source"):
            changed = json.loads(text)
            for cell in changed["cells"]:
                cell[key] = odd
            cells = [from_dict(cell) for cell in changed["cells"]]
            try:
                page = feedback(*cells)
            except (AttributeError, TypeError, ValueError, KeyError):
                continue  # the worker says so of this submission alone
            assert "<script" not in page


FRAGMENTS = (
    *(
        TAKEN,
        SVG,
        PNG,
        "![a](attachment:a.png)",
        "<b>",
        "\u2028",
        "\u202e",
        "\0",
        "\ud800",
        "```",
        "$x$",
        "$$",
    ),
    *(
        '"',
        "'",
        "--><",
        "]]>",
        "\\[",
        "javascript:alert(1)",
        "onerror=alert(1)",
        "<!--",
        "&lt;script&gt;",
        "# h\n",
    ),
)
TEXTS = st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=5)), max_size=6).map("".join)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=6,
)
KINDS = st.sampled_from(["text/plain", "text/html", "image/png", "image/svg+xml", "text/latex"])


def usually(strategy):
    """What a notebook holds in that place, or anything."""
    return st.one_of(*[strategy] * 12, VALUES)


OUTPUTS = st.fixed_dictionaries(
    {"output_type": usually(st.sampled_from(["stream", "error", "display_data", "execute_result"]))},
    optional={
        "name": usually(st.sampled_from(["stdout", "stderr"])),
        "text": usually(TEXTS),
        "data": usually(st.dictionaries(KINDS, usually(TEXTS), max_size=2)),
        "metadata": VALUES,
        "ename": usually(TEXTS),
        "evalue": usually(TEXTS),
        "traceback": usually(st.lists(TEXTS, max_size=2)),
    },
)
MARKS = st.fixed_dictionaries(
    {"grade_id": usually(st.sampled_from(["answer", "test_answer", "text", "other"]))},
    optional={"grade": VALUES, "solution": VALUES, "points": VALUES, "comment": VALUES, "cell_type": VALUES},
)
CELLS = st.fixed_dictionaries(
    {
        "cell_type": usually(st.sampled_from(["code", "markdown", "raw"])),
        "metadata": usually(st.fixed_dictionaries({}, optional={"nbgrader": usually(MARKS), "tags": VALUES})),
        "source": usually(st.one_of(TEXTS, st.lists(TEXTS, max_size=3))),
        "outputs": usually(st.lists(usually(OUTPUTS), max_size=2)),
    },
    optional={
        "id": VALUES,
        "attachments": usually(st.dictionaries(TEXTS, usually(st.dictionaries(KINDS, TEXTS, max_size=2)))),
    },
)
ANSWER = {"cell_type": "code", "metadata": {"nbgrader": {"grade_id": "answer"}}, "source": "x = 1"}
NOTEBOOKS = st.fixed_dictionaries(
    {
        "cells": st.lists(CELLS, max_size=4).map(lambda cells: [*cells, ANSWER]),
        "nbformat": st.just(4),
        "metadata": usually(st.dictionaries(TEXTS, VALUES, max_size=2)),
    },
    optional={"nbformat_minor": st.sampled_from([0, 4, 5])},
)


class _Elements(html.parser.HTMLParser):
    """Collects what could run."""

    def __init__(self) -> None:
        super().__init__()
        self.running: list[str] = []

    def handle_starttag(self, tag, attributes):
        addresses = [value or "" for name, value in attributes if name in ("href", "src", "action", "data")]
        if (
            tag in ("script", "iframe", "object", "embed", "base", "form", "link")
            or any(name.startswith("on") for name, _ in attributes)
            or any("script:" in address for address in addresses)
        ):
            self.running.append(f"{tag} {attributes}")


@pytest.fixture(scope="module")
def known():
    marks = {"schema_version": 3, "grade": False, "solution": False, "locked": False, "task": False}

    def cell(name, kind, **more):
        return from_dict(
            {"cell_type": kind, "source": "x", "metadata": {"nbgrader": marks | {"grade_id": name} | more}}
            | ({"outputs": [], "execution_count": None} if kind == "code" else {})
        )

    return {
        "answer": cell("answer", "code", solution=True),
        "test_answer": cell("test_answer", "code", grade=True, locked=True, points=2),
        "text": cell("text", "markdown", grade=True, solution=True, points=1),
    }


@settings(
    max_examples=int(os.environ.get("FUZZ", "60")), deadline=None, suppress_health_check=list(HealthCheck)
)
@given(NOTEBOOKS, st.booleans())
def test_any_notebook_is_refused_or_becomes_a_page_that_runs_nothing(known, tmp_path, content, keeps_outputs):
    (tmp_path / "n.ipynb").write_text(json.dumps(content))
    try:
        notebook = submitted_notebooks(tmp_path, {"n": known})["n"]
    except UnusableSubmission:
        return
    restore(notebook, known, keeps_outputs)
    assert {"answer", "test_answer", "text"} - {grade_id(cell) for cell in notebook.cells} <= {"answer"}
    resources = {"metadata": {"name": "n", "path": str(tmp_path)}, "nbgrader": {"notebook": "n"}}
    page = _Elements()
    page.feed(FeedbackExporter().from_notebook_node(notebook, resources)[0])
    assert page.running == []
