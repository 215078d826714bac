"""Marks what is English and what is Chinese in a notebook's text, so that a reader may choose.

The notebooks keep three habits: a Chinese rendering is a quotation that begins with 中文; a caption, a
table's cell or a summary says both, with a dot between (`English · 中文`); a Chinese paragraph in a hint
stands by itself. The marks are `lang` attributes; what has none is for everybody.
"""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, NavigableString, Tag

_CHINESE = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")
_DOT = " · "
_BLOCKS = ["p", "li", "td", "th", "summary"]


def mark(cell: Tag) -> None:
    """Mark the text of one Markdown cell in place."""
    for quotation in cell.find_all("blockquote"):
        if quotation.get_text().lstrip().startswith("中文"):
            quotation["lang"] = "zh"
            if (label := quotation.find("strong")) and label.get_text() == "中文":
                label["class"] = "label"
    for block in cell.find_all(_BLOCKS):
        if block.find_parent(lang=True) or block.find(_BLOCKS):
            continue
        if not _split(block) and _is_chinese(block):
            block["lang"] = "zh"
    for part in [cell, *cell.find_all("details")]:
        if part.find(lang="zh", recursive=False):
            for block in part.find_all(["p", "ul", "ol"], recursive=False):
                if not block.get("lang") and not block.find(lang=True) and _LATIN.search(_words(block)):
                    block["lang"] = "en"


def _split(block: Tag) -> bool:
    """Put what stands before the dot and what stands after it into elements of their own."""
    while len(block.contents) == 1 and isinstance(block.contents[0], Tag):
        block = block.contents[0]
    for child in block.contents:
        if not isinstance(child, NavigableString) or _DOT not in child:
            continue
        before, after = child.split(_DOT, 1)
        english = [*child.previous_siblings][::-1] + [NavigableString(before)]
        chinese = [NavigableString(after), *child.next_siblings]
        if any(map(_chinese, english)) or not any(map(_chinese, chinese)):
            continue
        around = _take_brackets(english, chinese)
        for node in list(block.contents):
            node.extract()
        block.extend([around[0], _span("en", english), NavigableString(" "), _span("zh", chinese), around[1]])
        return True
    return False


def _take_brackets(english: list, chinese: list) -> tuple[NavigableString, NavigableString]:
    """A bracket that is opened before the English and closed after the Chinese belongs to both."""
    first, last = english[0], chinese[-1]
    if not (isinstance(first, NavigableString) and isinstance(last, NavigableString)):
        return NavigableString(""), NavigableString("")
    if not (first.startswith("（") and last.endswith("）")):
        return NavigableString(""), NavigableString("")
    english[0], chinese[-1] = NavigableString(first[1:]), NavigableString(last[:-1])
    return NavigableString("（"), NavigableString("）")


def _span(language: str, nodes: list) -> Tag:
    span = BeautifulSoup().new_tag("span", lang=language)
    span.extend(nodes)
    return span


def _chinese(node: Tag | NavigableString) -> bool:
    return _CHINESE.search(node.get_text()) is not None


def _is_chinese(block: Tag) -> bool:
    words = _words(block)
    return len(_CHINESE.findall(words)) > len(_LATIN.findall(words))


def _words(block: Tag) -> str:
    """The text outside of code and equations."""
    return "".join(text for text in block.find_all(string=True) if not text.find_parent(["code", "math"]))
