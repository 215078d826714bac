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


@dataclass(frozen=True)
class Picture:
    """A drawing (an SVG element, as text), and what it shows for those who don't see it."""

    svg: str
    alt: Text


class Score(float):
    """Points for a check; mistake: the name of the known mistake that was found all the same, if any."""

    mistake: str | None = None


@dataclass(frozen=True, eq=False)
class Case:
    """One set of inputs on which an answer is tried.

    label: what is particular about the inputs, for messages (never an expected value).
    wanted: makes the expected result where it must not come from the reference solution.
    facts: (description, function of the result, number it must give), for published outputs.
    rtol: relative tolerance of the comparison.
    keeps_inputs: whether the arguments must be left as they were.
    """

    label: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    wanted: Callable[[], Any] | None = None
    facts: tuple[tuple[str, Callable[[Any], Any], Any], ...] = ()
    rtol: float = 1e-9
    keeps_inputs: bool = False


@dataclass(frozen=True, eq=False)
class Mistake:
    """A known wrong answer: a variant of the reference solution and what to tell its author.

    credit: the share of the points that the idea is worth all the same (0 to 1).
    picture: draws the mistake beside what should be; it may show nothing that the notebook doesn't.
    """

    name: str
    variant: Callable[..., Any]
    text: Text
    credit: float = 0.0
    picture: Callable[[], Picture] | None = None


@dataclass(frozen=True)
class Returned:
    """The function came back with a value.

    changed: the arguments (by position or keyword) that it left changed, of a case that wants them kept.
    """

    value: Any
    changed: tuple[int | str, ...] = ()


@dataclass(frozen=True)
class Raised:
    """The function raised: the exception's class name, its text and the student's own line."""

    kind: str
    text: str
    line: str = ""


@dataclass(frozen=True)
class Stopped:
    """The function did not come back; the reason as in CallStopped."""

    reason: str


Outcome = Returned | Raised | Stopped


@dataclass(frozen=True)
class Verdict:
    """What an answer earns (share of the points, 0 to 1) and what its author is told.

    reason: "passed", "wrong", "raised", "timed out", "out of memory", "died", "missing" or
    "not answered".
    mistake: the name of the known mistake it was recognised as, if any.
    stopped: whether a call of it did not come back.
    picture: shows the mistake, where that says more than words.
    """

    credit: float
    text: Text
    reason: str
    mistake: str | None = None
    stopped: bool = False
    picture: Picture | None = None


@dataclass(frozen=True)
class InstructorCell:
    """A cell as the instructor's copy has it; this alone decides what is trusted.

    role: "setup" (runs on both sides), "locked", "test" or "solution"; points: of a test.
    """

    grade_id: str
    role: str
    source: str
    points: float = 0.0


@dataclass(frozen=True)
class TestOutcome:
    """What came of one test cell: its score, one of Verdict's reasons, what the student is told, and the
    name of the mistake if it is a known one."""

    grade_id: str
    score: float
    points: float
    reason: str
    message: str
    mistake: str | None = None
