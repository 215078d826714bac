"""Plain records shared by the whole package: what a student earned, why, and what is said about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


@dataclass(frozen=True)
class Text:
    """A message in both languages: English leads, Chinese accompanies. Where there is none in Chinese (the
    text of somebody else's exception, say), `zh` is empty."""

    en: str = ""
    zh: str = ""

    def __str__(self) -> str:
        return "\n".join(filter(None, (self.en, self.zh)))

    def __bool__(self) -> bool:
        return bool(self.en or self.zh)


@dataclass(frozen=True)
class Picture:
    """A drawing (an SVG element, as text), and what it shows for those who don't see it."""

    svg: str
    alt: Text


class Reason(StrEnum):
    """Why a verdict is what it is."""

    PASSED = "passed"
    WRONG = "wrong"
    RAISED = "raised"
    TIMED_OUT = "timed out"
    OUT_OF_MEMORY = "out of memory"
    DIED = "died"
    BAD_REPLY = "bad reply"
    FOLDER_FULL = "folder full"
    TOO_MANY_PROCESSES = "too many processes"
    MISSING = "missing"
    NOT_ANSWERED = "not answered"
    NO_SCORE = "no score"


@dataclass(frozen=True)
class Verdict:
    """What came of a check, and what the student is told. Where it is shown, text is made from it; nothing
    is ever read back from text.

    credit: the share of the points that it earns, 0 to 1.
    text: what is right or wrong, in a sentence or two; remark: what else there is to say.
    exercise: the function it is about, which is named first where the text stands alone; "" if none is.
    error: the class name of the exception that ended the student's code, if one did.
    mistake: the name of the known mistake it was recognised as, if any.
    call_stopped: whether some call of the answer did not come to its end.
    together: whether the check ran in the student's process, where it can be read and fooled.
    picture: shows the mistake, where that says more than words; it is an output of the cell.
    """

    reason: Reason
    credit: float = 0.0
    text: Text = Text()
    remark: Text = Text()
    exercise: str = ""
    error: str = ""
    mistake: str | None = None
    call_stopped: bool = False
    together: bool = False
    picture: Picture | None = None

    @property
    def headline(self) -> Text:
        """The text, with the name of the exercise before it."""
        if not self.exercise:
            return self.text
        return Text(
            self.text.en and f"{self.exercise}: {self.text.en}",
            self.text.zh and f"{self.exercise}：{self.text.zh}",
        )

    @property
    def message(self) -> Text:
        """All that the student is told."""
        head = self.headline
        return Text("\n".join(filter(None, (head.en, self.remark.en))), head.zh + self.remark.zh)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data, for a notebook's metadata and the ledger; the picture is left out."""
        plain = {
            "reason": str(self.reason),
            "credit": self.credit,
            "text": [self.text.en, self.text.zh],
            "remark": [self.remark.en, self.remark.zh] if self.remark else None,
            "exercise": self.exercise,
            "error": self.error,
            "mistake": self.mistake,
            "call_stopped": self.call_stopped,
            "together": self.together,
        }
        return {name: value for name, value in plain.items() if value}

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Verdict:
        """Raises KeyError, TypeError or ValueError if it was not made by to_json."""
        texts = {name: Text(*plain[name]) for name in ("text", "remark") if name in plain}
        return cls(**{**plain, **texts, "reason": Reason(plain["reason"])})


class Score(float):
    """Points for a check, with the verdict that they come from."""

    verdict: Verdict

    def __new__(cls, points: float, verdict: Verdict) -> Score:
        score = super().__new__(cls, points)
        score.verdict = verdict
        return score


@dataclass(frozen=True)
class CheckOutcome:
    """What came of one test cell: its score, its verdict, and what it printed."""

    grade_id: str
    score: float
    points: float
    verdict: Verdict
    printed: str = ""


@dataclass(frozen=True)
class InstructorCell:
    """A cell as the instructor's copy has it; this alone decides what is trusted.

    role: "setup" (runs on both sides), "locked", "test" or "solution"; points: of a test.
    """

    grade_id: str
    role: str
    source: str
    points: float = 0.0
