"""How the formgrader shows Markdown: harmless, whoever wrote it, and in need of no other machine."""

from __future__ import annotations

import re

import nh3
from jinja2 import pass_context
from jinja2.runtime import Context

from nbexaminer.pages import equations
from nbexaminer.pages.feedback import ALLOWED, attached

_ATTRIBUTES = ALLOWED["attributes"] | {"img": {"src", "alt", "width"}}
# A file of the assignment or of the submission, by a path that cannot name another machine.
_OWN_PICTURE = re.compile(r"attachment:|[\w.][^:]*\Z")


@pass_context
def markdown2html(context: Context, source: str) -> str:
    """Return a cell's Markdown as HTML; a filter of nbconvert's, in place of its own of this name."""
    rules = ALLOWED | {"attributes": _ATTRIBUTES, "attribute_filter": _own}
    page = nh3.clean(equations.markdown2html(source), **rules)
    for address, picture in attached(context.get("cell", {})):
        page = page.replace(f'src="{address}"', f'src="{picture}"')
    return page


def _own(tag: str, name: str, value: str) -> str | None:
    return None if name == "src" and not _OWN_PICTURE.match(value) else value
