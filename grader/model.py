"""Plain records shared by the whole package, and the error that students meet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Text:
    """A message in both languages: English leads, Chinese accompanies."""

    en: str
    zh: str

    def __str__(self) -> str:
        return f"{self.en}\n{self.zh}"


class CheckFailed(AssertionError):
    """A check that did not pass. Jupyter shows its message alone, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [f"✗ {self}"]


@dataclass(frozen=True, eq=False)
class Case:
    """One set of inputs on which an answer is tried.

    label: what is particular about the inputs, for messages (never an expected value).
    wanted: makes the expected result where it must not come from the reference solution.
    facts: (description, function of the result, number it must give), for published outputs.
    rtol: relative tolerance of the comparison.
    """

    label: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    wanted: Callable[[], Any] | None = None
    facts: tuple[tuple[str, Callable[[Any], Any], Any], ...] = ()
    rtol: float = 1e-9


@dataclass(frozen=True, eq=False)
class Mistake:
    """A known wrong answer: a variant of the reference solution and what to tell its author.

    credit: the share of the points that the idea is worth all the same (0 to 1).
    """

    name: str
    variant: Callable[..., Any]
    text: Text
    credit: float = 0.0


@dataclass(frozen=True)
class Returned:
    """The function came back with a value."""

    value: Any


@dataclass(frozen=True)
class Raised:
    """The function raised: the exception's class name, its text and the student's own line."""

    kind: str
    text: str
    line: str = ""
    unanswered: bool = False


@dataclass(frozen=True)
class Verdict:
    """What an answer earns (share of the points, 0 to 1) and what its author is told.

    mistake: the name of the known mistake it was recognised as, if any.
    timed_out: whether a call had to be stopped.
    """

    credit: float
    text: Text
    mistake: str | None = None
    timed_out: bool = False
