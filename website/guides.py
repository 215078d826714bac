"""The documents of docs/ as pages of the site, in the order in which their index names them."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag

from nbexaminer.cli.commands import main
from nbexaminer.model import Text
from nbexaminer.pages.equations import markdown2html
from website import generated, languages
from website.sections import Heading, Section, fit_table, headings, mark_heading, searchable

_FOLDER = "docs"
_INDEX = "README.md"
# What is made at build, from the file that a link in the index names.
_MADE = {
    "nbexaminer/checks/__init__.py": ("checks", lambda: generated.api("nbexaminer.checks")),
    "nbexaminer/cli/commands.py": ("commands", lambda: generated.commands(main)),
}
_CHINESE = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True)
class Guide:
    """A document as a page; `page` is its path in the site."""

    page: str
    title: Text
    description: str
    contents: tuple[Heading, ...]
    sections: tuple[Section, ...]
    body: str
    is_english: bool


def read(course: Path, site: Path) -> list[Guide]:
    """Render the index in docs/, and each document that it links to; copy other files that are linked to.

    A link to what is not on the site, such as the source of the engine, becomes plain text.
    """
    index = course / _FOLDER / _INDEX
    linked = [path for path in _listed(index) if path.suffix == ".md" or _place(path, course) in _MADE]
    pages = {index: f"{_FOLDER}/index.html"}
    for target in linked:
        place = _place(target, course)
        name = _MADE[place][0] if place in _MADE else _name(target, course)
        pages[target] = f"{_FOLDER}/{name}.html"
    return [_guide(source, page, pages, course, site) for source, page in pages.items()]


def _place(path: Path, course: Path) -> str:
    return path.relative_to(course).as_posix() if path.is_relative_to(course) else ""


def _name(path: Path, course: Path) -> str:
    """Return what a document's page is called: `lms`, `contributing`; `examples` of `examples/README.md`."""
    return (path.parent.name if path.name == "README.md" and path.parent != course else path.stem).lower()


def _listed(index: Path) -> list[Path]:
    """Return the files that the index lists: the first link of each entry."""
    links = re.findall(r"^- \[[^]]+\]\(([^)#\s]+)\)", index.read_text(encoding="utf-8"), re.MULTILINE)
    return [Path(os.path.normpath(index.parent / link)) for link in links]


def _guide(source: Path, page: str, pages: dict[Path, str], course: Path, site: Path) -> Guide:
    made = _MADE.get(_place(source, course))
    text = made[1]() if made else source.read_text(encoding="utf-8")
    soup = BeautifulSoup(f'<div class="text">{markdown2html(text)}</div>', "html.parser")
    if not (title := soup.h1):
        raise ValueError(f"{source}: its first line should be a title (`# ...`)")
    blocks = soup.find_all(["p", "li"])
    chinese = [block for block in blocks if _CHINESE.search(block.get_text())]
    if 3 * len(chinese) > len(blocks):  # all of it in both languages
        languages.mark(soup.div)
    else:
        for block in chinese:
            block["lang"] = "zh"
    contents = headings(soup, {}, _slug)
    for link in soup.find_all("a"):
        _lead(link, source, page, pages, course, site)
    for picture in soup.find_all("img"):
        picture["src"] = _copied(source.parent / picture["src"], page, course, site)
    for table in soup.find_all("table"):
        fit_table(table, soup)
    name = Text(*2 * [title.get_text()])
    sections = searchable(soup, name, contents)
    for heading in contents:
        mark_heading(soup.find(id=heading.id), heading, {}, soup)
    first = soup.find("p")
    return Guide(
        page, name, first.get_text() if first else name.en, contents, sections, str(soup), not chinese
    )


def _slug(heading: str) -> str:
    """Return what a code host calls a heading in addresses, so that links between documents hold in both."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _lead(link: Tag, source: Path, page: str, pages: dict[Path, str], course: Path, site: Path) -> None:
    """Let a link of a document lead to a page of the site."""
    url = urlsplit(link["href"])
    if url.scheme or not url.path:
        return
    target = Path(os.path.normpath(source.parent / url.path))
    if target in pages:
        address = os.path.relpath(pages[target], Path(page).parent)
        link["href"] = f"{address}#{url.fragment}" if url.fragment else address
    elif target.is_file() and target.is_relative_to(course / _FOLDER):
        link["href"] = _copied(target, page, course, site)
    else:
        link.unwrap()


def _copied(file: Path, page: str, course: Path, site: Path) -> str:
    """Copy a file of docs/ to the same place in the site; return its address from a page."""
    place = os.path.normpath(file.relative_to(course))
    (site / place).parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, site / place)
    return os.path.relpath(place, Path(page).parent)
