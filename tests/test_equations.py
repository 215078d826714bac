"""Equations in pages: MathML, made when the page is made, whatever a student writes."""

import html
import re
from pathlib import Path

import nbformat
import pytest

from nbexaminer.pages.equations import markdown2html, mathml

ASSIGNMENT = "cnn-step-by-step"
SOURCE = Path(__file__).parent.parent / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"


def test_every_equation_of_the_course_becomes_mathml():
    text = "\n\n".join(
        c.source for c in nbformat.read(SOURCE, as_version=4).cells if c.cell_type == "markdown"
    )
    page = markdown2html(text)
    assert page.count("<math") > 50
    assert 'class="latex"' not in page
    said = re.sub(r"<annotation.*?</annotation>|<pre.*?</pre>|<code.*?</code>", "", page, flags=re.DOTALL)
    assert "$" not in said and "\\" not in said and "2pt" not in said


@pytest.mark.parametrize(
    ("source", "display"),
    [
        ("a $x_1$ b", False),
        ("$$\nx_1\n$$", True),
        (r"a \\(x_1\\) b", False),
        (r"\\[x_1\\]", True),
        ("\\begin{align}\nx_1 &= y \\\\\nz &= w\n\\end{align}", True),
    ],
)
def test_all_ways_to_write_one(source, display):
    page = markdown2html(source)
    assert "<msub><mi>x</mi><mn>1</mn></msub>" in page
    assert ('display="block"' in page) == display
    assert "application/x-tex" in page


@pytest.mark.parametrize("latex", [r"\frac{1}{", r"\nonsense", "x < y & z", "}", r"\text{<img src=x>"])
def test_what_is_no_latex_is_shown_as_written(latex):
    page = mathml(latex)
    assert page.startswith("<code") and "<img" not in page
    assert html.unescape(re.sub("<[^>]*>", "", page)) == latex


def test_no_markup_comes_out_of_an_equation():
    page = mathml(r"\text{<script>alert(1)</script>}")
    assert page.startswith("<math") and "<script" not in page


@pytest.mark.parametrize(
    "latex",
    ["{" * 100_000 + "x" + "}" * 100_000, r"\sqrt{" * 9000 + "}" * 9000, "(" * 60, "[" * 60],
    ids=["braces", "roots", "parentheses", "brackets"],
)
def test_no_equation_holds_a_page_up(latex):
    """The converter would overflow its stack at the first two, and take years for the others."""
    assert mathml(latex).startswith("<code")


def test_macros_do_not_grow():
    assert mathml(r"\newcommand{\a}{\a\a}\a").startswith("<code")
