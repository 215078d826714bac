"""Markdown to HTML with equations in MathML, which browsers show without any script or request."""

from __future__ import annotations

import contextlib
import functools
import html
import re

from math_core import LatexError, LatexToMathML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

# The LaTeX stays inside, for who copies the equation. The rest keeps the converter's work small, whatever
# it is given: macros could grow without end, some thousand nested braces would overflow its stack, and
# each bracket that is not closed doubles its time.
_CONVERTER = LatexToMathML(annotation=True, max_expansions=0)
_MAX_LENGTH, _MAX_BRACKETS = 2000, 16
_ROW_SPACE = re.compile(r"(\\\\)\s*\[[\d.]+\s*(?:pt|em|ex|mm|cm|in)\]")  # \\[2pt], which it does not know


def mathml(latex: str, display: bool = False) -> str:
    """Return an equation as a `<math>` element; `display`: on a line of its own.

    LaTeX that can't be converted, say a student's with a brace too few, is shown as it was written.
    """
    known = _ROW_SPACE.sub(r"\1", latex)
    if len(known) <= _MAX_LENGTH and known.count("(") + known.count("[") <= _MAX_BRACKETS:
        with contextlib.suppress(LatexError):
            return _CONVERTER.convert_with_local_state(known, displaystyle=display)
    return f'<code class="latex">{html.escape(latex)}</code>'


_remembered_mathml = functools.lru_cache(maxsize=4096)(mathml)


class Renderer(IPythonRenderer):
    """nbconvert's renderer of Markdown, with equations in MathML."""

    def __init__(self, remember: bool) -> None:
        super().__init__(escape=False, exclude_anchor_links=True)
        self._mathml = _remembered_mathml if remember else mathml

    def inline_math(self, body: str) -> str:
        return self._mathml(body)

    def block_math(self, body: str) -> str:
        return self._mathml(body, display=True)

    def latex_environment(self, name: str, body: str) -> str:
        return self._mathml(rf"\begin{{{name}}}{body}\end{{{name}}}", display=True)

    def _embed_image_or_attachment(self, src: str) -> str:
        return src  # who makes the page knows where its pictures are; nbconvert raises if one is missing


def markdown2html(source: str, remember: bool = True) -> str:
    """Return a Markdown cell as HTML. HTML in it stays, as in Jupyter: give it only text that is trusted, or
    clean what comes out.

    remember: whether its equations are kept in memory, as those of a text that is rendered again should be.
    """
    rendered: str = MarkdownWithMath(renderer=Renderer(remember)).render(source)
    return rendered
