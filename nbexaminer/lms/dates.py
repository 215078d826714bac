"""Read a date and time that a program wrote out for people, in whatever language.

Moodle's CSV files have no other: `Friday, 27 November 2026, 12:53 AM`, `Freitag, 27. November 2026, 00:53`,
`2026年11月27日 星期五 00:53`. Names of months and days come from Unicode's locale data (CLDR, through Babel).
A date counts only if the day of the week beside it is right, so that no language is guessed wrong.
"""

from __future__ import annotations

import contextlib
import functools
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime

from babel import Locale, UnknownLocaleError

_LANGUAGES = """
    ar bg ca cs da de el en es et eu fa fi fr gl he hi hr hu id it ja ko lt lv nb nl pl pt ro ru sk sl sr sv
    th tr uk vi zh zh_Hant
"""

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_TIME = re.compile(r"(?<!\d)(\d{1,2})\s?[:hH時时]\s?(\d{2})(?!\d)")
_DOTTED_TIME = re.compile(r"(?<!\d)(\d{1,2})\.(\d{2})(?![.\d])")


def parse_date(text: str) -> datetime | None:
    """Return a date with its time in UTC, read in this machine's zone; None if it can't be read surely."""
    text = unicodedata.normalize("NFKC", text).casefold()
    year = _YEAR.search(text)
    if not year:
        return None
    rest = f"{text[: year.start()]} {text[year.end() :]}"
    time = _TIME.search(rest) or _DOTTED_TIME.search(rest)
    if not time:
        return None
    behind = rest[time.end() :]
    rest = f"{rest[: time.start()]} {behind}"
    numbers = [int(number) for number in re.findall(r"\d+", rest)]
    found = set()
    for months, weekdays, halves in map(_words, _LANGUAGES.split()):
        weekday = _longest(weekdays, rest)
        if weekday is None:
            continue
        half = _longest(halves, rest)
        hour = int(time[1]) if half is None else int(time[1]) % 12 + 12 * half
        if half is None and hour <= 12 and re.search(r"[^\W\d_]", behind):
            continue  # perhaps a word for the afternoon
        for month, day in _days(numbers, _longest(months, rest)):
            with contextlib.suppress(ValueError):
                date = datetime(int(year[0]), month, day, hour, int(time[2]))
                if date.weekday() == weekday:
                    found.add(date)
    return found.pop().astimezone(UTC) if len(found) == 1 else None


def _days(numbers: list[int], month: int | None) -> list[tuple[int, int]]:
    """Return what month and day may be: the day beside the month's name, or two numbers in either order."""
    if len(numbers) == 1 and month:
        return [(month, numbers[0])]
    if len(numbers) == 2:
        return [(numbers[0], numbers[1]), (numbers[1], numbers[0])]
    return []


def _longest(names: dict[str, int], text: str) -> int | None:
    """Return what the longest of these names (as patterns) in a text stands for."""
    found = {match[0]: number for name, number in names.items() if (match := re.search(name, text))}
    return found[max(found, key=len)] if found else None


@functools.cache
def _words(language: str) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    """Return patterns of a language's months (1 to 12), days (0 is Monday) and halves of the day (0, 1)."""
    try:
        locale = Locale.parse(language)
    except UnknownLocaleError:  # a Babel with less data than ours
        return {}, {}, {}
    months, weekdays = (_names(forms) for forms in (locale.months["format"], locale.days["format"]))
    if language[:2] in ("zh", "ja", "ko"):  # one character, in brackets
        weekdays |= {rf"\({name}\)": number for number, name in locale.days["stand-alone"]["narrow"].items()}
    halves: dict[str, int] = {}
    for width in ("abbreviated", "wide"):
        periods = locale.day_periods["format"].get(width, {})
        halves |= {_word(periods[name]): half for half, name in enumerate(("am", "pm")) if name in periods}
    return months, weekdays, halves | {_word("am"): 0, _word("pm"): 1}


def _names(forms: Mapping[str, Mapping[int, str]]) -> dict[str, int]:
    """Return patterns of names, which may have an ending, and of their abbreviations, which have none."""
    short = {rf"{_word(name)}(?![^\W\d_])": number for number, name in forms["abbreviated"].items()}
    return short | {_word(name): number for number, name in forms["wide"].items()}


def _word(name: str) -> str:
    return rf"(?<![^\W\d_]){re.escape(_plain(name))}"


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().removesuffix(".")
