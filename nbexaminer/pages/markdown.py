"""Markdown as HTML that is safe, whoever wrote it: nothing in it runs, is fetched or reaches out of its
place, and it takes no longer than a page has time for."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import nh3

from nbexaminer.pages.equations import markdown2html
from nbexaminer.pages.rendering_budget import RenderingBudget, TooCostly

_MATHML = """
    math semantics annotation mrow mi mo mn mtext mspace msub msup msubsup munder mover munderover mfrac msqrt
    mroot mtable mtr mtd mstyle mpadded mphantom menclose mmultiscripts mprescripts
"""
_MATHML_ATTRIBUTES = """
    display encoding displaystyle scriptlevel stretchy lspace rspace width height depth accent accentunder
    linethickness minsize maxsize largeop movablelimits symmetric form fence separator mathvariant
"""
_TAGS = (nh3.ALLOWED_TAGS - {"article", "aside", "footer", "header", "nav", "map", "area"}) | {
    *_MATHML.split()
}
_ATTRIBUTES = {name: {*_MATHML_ATTRIBUTES.split()} for name in _MATHML.split()} | {
    "a": {"href"},
    "img": {"src", "alt", "width"},
    "span": {"class"},
    "details": {"open"},
    "th": {"align"},
}
_SCHEMES = {"http", "https", "mailto", "attachment"}
_IMAGE = re.compile(r"<img [^>]*>")
_ATTRIBUTE = re.compile(r'\b(src|alt|width)="([^"]*)"')

# From the address in the Markdown to that in the page; "" if there is none.
FindPicture = Callable[[str], str]


def safe_markdown(source: str, budget: RenderingBudget, find: FindPicture, remember: bool = False) -> str:
    """Return Markdown as HTML. What takes too long to render is shown as it was written.

    find: says which pictures are shown, and from where; of any other its alternative text is left.
    remember: whether its equations may be kept in memory: those of the course's own text, which comes again.
    """
    try:
        with budget.timed():
            cleaned = nh3.clean(
                markdown2html(source, remember),
                tags=_TAGS,
                attributes=_ATTRIBUTES,
                url_schemes=_SCHEMES,
                link_rel="noopener noreferrer",
            )
            rendered = _IMAGE.sub(lambda tag: _picture(tag[0], find), cleaned)
    except TooCostly:
        rendered = ""
    if (not rendered and source.strip()) or not budget.take(len(rendered)):
        return _as_written(source, budget)
    return rendered


def _as_written(source: str, budget: RenderingBudget) -> str:
    shown = html.escape(source)
    return f"<pre>{shown}</pre>" if budget.take(len(shown)) else "<p>…</p>"


def _picture(tag: str, find: FindPicture) -> str:
    named = dict(_ATTRIBUTE.findall(tag))
    alt = named.get("alt", "")
    if address := find(html.unescape(named.get("src", ""))):
        width = f' width="{named["width"]}"' if "width" in named else ""
        return f'<img src="{html.escape(address)}" alt="{alt}"{width}>'
    return f'<span class="figure">{alt or "a picture"}</span>'
