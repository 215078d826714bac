"""One released notebook as a chapter: nbconvert renders its cells, and this makes them fit to be read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import nbformat
from bs4 import BeautifulSoup, NavigableString, Tag
from nbconvert.exporters import HTMLExporter
from PIL import Image

from nbexaminer.model import Text
from nbexaminer.pages.equations import markdown2html
from website import languages
from website.sections import Heading, Section, fit_table, headings, in_both, mark_heading, searchable

CELLS = Path(__file__).parent / "templates" / "cells.html.j2"
_LONG = 25  # characters of an equation, with those of its LaTeX, that may not fit on a phone's line
_PUNCTUATION = re.compile(r"[.,;:!?)，。；：！？、）]+")


@dataclass(frozen=True)
class Chapter:
    """What the pages show of a notebook; all paths are relative to the site.

    part: its place in the course, 0 if the notebook does not say; goal: what one has at its end, if told.
    """

    page: str
    notebook: str
    zip: str
    part: int
    title: Text
    description: str
    about: str
    goal: Text | None
    facts: Text
    picture: str
    contents: tuple[Heading, ...]
    sections: tuple[Section, ...]
    body: str


class _Cells(HTMLExporter):
    """nbconvert's exporter with our template, and equations that need no script."""

    def markdown2html(self, context: object, source: str) -> str:
        return markdown2html(source)

    markdown2html.jinja_pass_arg = HTMLExporter.markdown2html.jinja_pass_arg


def read(notebook: Path) -> Chapter:
    """Render a notebook whose pictures lie beside it; raises ValueError if it cannot be a page.

    Its metadata may say, under `course`, what the text does not: `part`, `title_zh`, `goal` (`en` and `zh`),
    `headings` (Chinese for English) and `playground` (a state of the playground for a heading).
    """
    folder = notebook.parent
    nb = nbformat.read(notebook, as_version=4)
    course: dict[str, Any] = nb.metadata.get("course", {})
    html, _ = _Cells(template_file=str(CELLS)).from_notebook_node(nb)
    soup = BeautifulSoup(html, "html.parser")
    if not (title := soup.h1):
        raise ValueError(
            f"{notebook}: no cell has a title (a line that begins with `# `), which the page needs"
        )
    for cell in soup.find_all("div", class_="text"):
        languages.mark(cell)
    for equation in soup.find_all("math"):
        _equation(equation, soup)
    for table in soup.find_all("table"):
        fit_table(table, soup)
    for picture in soup.find_all("img"):
        _picture(picture, folder, notebook, soup)
    name = Text(title.get_text(), course.get("title_zh", title.get_text()))
    contents = headings(soup, course.get("headings", {}))
    sections = searchable(soup, name, contents)
    first = title.find_parent(class_="text")
    about = [block for block in (first.p, first.find(lang="zh")) if block]
    description = first.p.get_text() if first.p else title.get_text()
    shown = soup.find("figure") or soup.find("img")
    _sections(soup, contents)
    in_both(title, name, soup)
    for heading in contents:
        mark_heading(soup.find(id=heading.id), heading, course.get("playground", {}), soup)
    place = f"{folder.name}/{notebook.stem}"
    goal = course.get("goal")
    return Chapter(
        page=f"{place}.html",
        notebook=f"{place}.ipynb",
        zip=f"{folder.name}/{folder.name}.zip",
        part=int(course.get("part", 0)),
        title=name,
        description=description,
        about="".join(map(str, about)),
        goal=Text(goal["en"], goal["zh"]) if goal else None,
        facts=_facts(nb),
        picture=str(shown or "")
        .replace('src="', f'src="{folder.name}/')
        .replace('srcset="', f'srcset="{folder.name}/'),
        contents=contents,
        sections=sections,
        body=str(soup),
    )


def _facts(nb: nbformat.NotebookNode) -> Text:
    marks = [cell.metadata.nbgrader for cell in nb.cells if "nbgrader" in cell.metadata]
    points = [mark.get("points", 0) for mark in marks if mark.grade]
    graded, optional = sum(map(bool, points)), points.count(0)
    return Text(
        f"{graded} exercises, {sum(points):g} points"
        + (f"; {optional} more are optional" if optional else "")
        + ".",
        f"{graded} 道题，共 {sum(points):g} 分" + (f"；另有 {optional} 道选做" if optional else "") + "。",
    )


def _sections(soup: BeautifulSoup, contents: tuple[Heading, ...]) -> None:
    """At the end of each section of the second level, lead to the one before and the one after."""
    starts = [heading for heading in contents if heading.level == 2]
    for number, start in enumerate(starts[:-1]):
        steps = soup.new_tag("nav", attrs={"class": "steps", "aria-label": f"After: {start.text.en}"})
        if number:
            steps.append(_link(soup, starts[number - 1], "← {}"))
        steps.append(_link(soup, starts[number + 1], "{} →"))
        soup.find(id=starts[number + 1].id).find_parent(class_="text").insert_before(steps)


def _link(soup: BeautifulSoup, heading: Heading, form: str) -> Tag:
    link = soup.new_tag("a", href=f"#{heading.id}")
    link.string = form.format(heading.text.en)
    in_both(link, Text(link.string, form.format(heading.text.zh)), soup)
    return link


def _equation(equation: Tag, soup: BeautifulSoup) -> None:
    """Keep the full stop or comma after an equation in the text on its line; a long one may scroll."""
    if equation.get("display") == "block":
        return
    after = equation.next_sibling
    mark = _PUNCTUATION.match(after) if isinstance(after, NavigableString) else None
    if mark or len(equation.get_text()) > _LONG:
        inline = equation.wrap(soup.new_tag("span", attrs={"class": "nowrap"}))
        if mark:
            after.replace_with(after[mark.end() :])
            inline.append(mark[0])


def _picture(picture: Tag, folder: Path, notebook: Path, soup: BeautifulSoup) -> None:
    """Say how large the picture is, before it is there; let an animation stand still for who wants that."""
    file = folder / unquote(picture["src"])
    if not file.is_file():
        raise ValueError(f"{notebook}: there is no picture {picture['src']}; put it beside the notebook")
    width, height = _size(file)
    shown = int(picture.get("width", width))
    picture.attrs |= {
        "width": shown,
        "height": round(shown * height / width),
        "loading": "lazy",
        "decoding": "async",
    }
    outer = picture
    if still := _still(file):
        outer = picture.wrap(soup.new_tag("picture"))
        media = "print, (prefers-reduced-motion: reduce)"
        outer.insert(0, soup.new_tag("source", srcset=still.relative_to(folder).as_posix(), media=media))
    _figure(outer, soup)


def _figure(picture: Tag, soup: BeautifulSoup) -> None:
    """A picture on a line of its own is a figure, and a paragraph in italics after it the caption."""
    if picture.parent.name == "p" and len(picture.parent.contents) == 1:
        picture = picture.parent
        picture.name = "figure"
    elif picture.parent.name == "details" or "text" in picture.parent.get("class", ()):
        picture = picture.wrap(soup.new_tag("figure"))
    else:
        return
    caption = picture.find_next_sibling()
    if caption and caption.name == "p" and [child.name for child in caption.contents] == ["em"]:
        caption.name = "figcaption"
        caption.em.unwrap()
        picture.append(caption.extract())


def _size(file: Path) -> tuple[float, float]:
    if file.suffix == ".svg":
        _, _, width, height = map(float, ElementTree.parse(file).getroot().attrib["viewBox"].split())
        return width, height
    with Image.open(file) as image:
        return image.size


def _still(file: Path) -> Path | None:
    """Write the last picture of an animation beside it."""
    with_frames = file.suffix in (".gif", ".webp", ".png")
    if not with_frames:
        return None
    with Image.open(file) as image:
        if getattr(image, "n_frames", 1) == 1:
            return None
        image.seek(image.n_frames - 1)
        still = file.with_name(f"{file.stem}-still.png")
        image.convert("RGBA").save(still, optimize=True)
        return still
