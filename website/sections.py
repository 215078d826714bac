"""What chapters and documents have in common: headings that can be linked to, found, and read in both
languages; tables that fit a phone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from bs4 import BeautifulSoup, NavigableString, Tag

from nbexaminer.model import Text


@dataclass(frozen=True)
class Heading:
    """An entry of the table of contents; text.zh is the English where the notebook has no other."""

    level: int
    id: str
    text: Text


@dataclass(frozen=True)
class Section:
    """What the search finds: the text below one heading, in both languages."""

    id: str
    title: Text
    words: str


def slug(heading: str) -> str:
    """Return what a heading of a chapter is called in addresses."""
    return re.sub(r"[^\w.]+", "-", heading.lower()).strip("-")


def headings(
    soup: BeautifulSoup, chinese: dict[str, str], named: Callable[[str], str] = slug
) -> tuple[Heading, ...]:
    """Give each heading an id of its own, and list them all but the title; a number stands before both."""
    seen: set[str] = set()
    found = []
    for heading in soup.find_all(re.compile("^h[2-6]$")):
        text = heading.get_text().strip()
        heading["id"] = name = _new(named(text), seen)
        found.append(Heading(int(heading.name[1]), name, Text(text, chinese.get(text, text))))
    return tuple(found)


def numbered(heading: str) -> tuple[str, str]:
    """Return the number of a heading and its words; beside the English, the number need not stand again."""
    found = re.match(r"((?:[←]\s)?\d[\d.]*\s*-?\s*)(.*)", heading)
    return (found[1], found[2]) if found else ("", heading)


def searchable(soup: BeautifulSoup, title: Text, contents: tuple[Heading, ...]) -> tuple[Section, ...]:
    """Return the text under each heading, and that before the first under the title."""
    words: dict[str, list[str]] = {"": []}
    here = ""
    for cell in soup.find_all(class_=["text", "code"]):
        for block in cell.find_all(re.compile("^(h[2-6]|p|li|td|th|figcaption|summary|pre)$")):
            if "id" in block.attrs:
                here = block["id"]
                words[here] = []
            elif not block.find(["p", "li", "td"]):
                words[here].append(" ".join(block.get_text(" ").split()))
    names = {"": title} | {heading.id: heading.text for heading in contents}
    return tuple(Section(id, names[id], " ".join(filter(None, words[id]))) for id in words)


def in_both(heading: Tag, text: Text, soup: BeautifulSoup) -> None:
    """Put a heading's Chinese beside its English, if it has any."""
    if text.zh == text.en:
        return
    english = soup.new_tag("span", lang="en")
    english.extend([child.extract() for child in list(heading.contents)])
    chinese = soup.new_tag("span", lang="zh")
    number, words = numbered(text.zh)
    if number:
        again = soup.new_tag("span", attrs={"class": "again"})
        again.string = number
        chinese.append(again)
    chinese.append(words)
    heading.extend([english, NavigableString(" "), chinese])


def mark_heading(heading: Tag, entry: Heading, playground: dict[str, str], soup: BeautifulSoup) -> None:
    """Add to a heading its Chinese, a link to itself, and the way to the playground if there is one."""
    in_both(heading, entry.text, soup)
    link = soup.new_tag("a", href=f"#{entry.id}", attrs={"class": "permalink", "title": "Link · 链接"})
    link["aria-label"] = f"Link to this section: {entry.text.en}"
    link.string = "#"
    heading.extend([NavigableString(" "), link])
    if state := playground.get(entry.text.en):
        try_it = soup.new_tag("p", attrs={"class": "try"})
        way = soup.new_tag("a", href=f"../playground/index.html?{state}")
        for language, words in (("en", "Try it in the playground"), ("zh", "到“试一试”里动手")):
            span = soup.new_tag("span", lang=language)
            span.string = words
            way.extend([span, NavigableString(" ")])
        try_it.append(way)
        heading.insert_after(try_it)


def _new(name: str, seen: set[str]) -> str:
    count = 1
    while (unique := name if count == 1 else f"{name}-{count}") in seen:
        count += 1
    seen.add(unique)
    return unique


def fit_table(table: Tag, soup: BeautifulSoup) -> None:
    """Make a table fit a phone; where it has no head, the first cell of a row names the row."""
    if (head := table.thead) and not head.get_text().strip():
        head.decompose()
        for row in table.find_all("tr"):
            row.find("td").name = "th"
            row.find("th")["scope"] = "row"
    for code in table.find_all("code", string=re.compile("_")):
        for part in code.string.extract().split("_"):
            code.extend(["_", soup.new_tag("wbr"), part] if code.contents else [part])
    table.wrap(soup.new_tag("div", attrs={"class": "scroll"}))
