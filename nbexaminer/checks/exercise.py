"""What a hidden test calls: try an answer on many inputs, score it, and name the mistake."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from IPython import get_ipython
from IPython.display import display

from nbexaminer.checks.calling import (
    Outcome,
    Raised,
    Returned,
    Stopped,
    asked_once,
    calm,
    lent,
    limited,
    outcome,
    simulated,
    size,
)
from nbexaminer.checks.cases import Case, Mistake
from nbexaminer.checks.comparing import difference
from nbexaminer.checks.diagnosing import diagnosis, differ, is_comparable
from nbexaminer.errors import CallStopped, CheckFailed
from nbexaminer.messages import NOT_ANSWERED, STOPPED, hint, raised, sentence, shown_verdict
from nbexaminer.model import Picture, Reason, Score, Text, Verdict

_LENT_SIZE = 500  # numbers in the inputs tried with lent helpers, which are asked once for each window
_MOST_TELLING = 4  # wrong cases that are tried to find out which helper is to blame

_CHANGES = Text(
    "The result changes from call to call, though the inputs are the same. Does something start from random "
    "numbers (np.random)? Start from zeros.",
    "输入相同，每次调用的结果却不一样。是不是有数组用随机数（np.random）初始化了？应当从零开始。",
)
_NOTHING_THERE = (Reason.NOT_ANSWERED, Reason.MISSING)
Outcomes = dict[Case, Outcome]


@dataclass(frozen=True, eq=False)
class Exercise:
    """One function that students write, and all that is known about it.

    reference: the correct function.
    cases: the inputs to try, the published example first, then the quickest to tell mistakes apart.
    mistakes: the known wrong answers, the likeliest first.
    helpers: earlier exercises that this one builds on, by name, with their correct functions.
    parts: the names of the results, if it returns a tuple.
    picture: draws what was returned for the published example, if that is wrong, beside what should be
    returned; None if it can't. A picture of the known mistake goes before.
    maker: makes variants of the reference: its keyword arguments replace steps of it. With it, two mistakes
    whose `changes` replace different steps are recognised in one answer.
    """

    name: str
    reference: Callable[..., Any]
    cases: tuple[Case, ...]
    mistakes: tuple[Mistake, ...] = ()
    helpers: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    parts: tuple[str, ...] = ()
    picture: Callable[[Any], Picture | None] | None = None
    maker: Callable[..., Callable[..., Any]] | None = None

    def __call__(
        self, function: Callable[..., Any], points: float, visible: Callable[[], Any] | None = None
    ) -> Callable[[], float]:
        """Return the examination of `function`: call it to get the score, 0 to `points`.

        It prints what the visible test prints, then shows the verdict. Raises CheckFailed with the verdict
        when nothing is earned, so that score and message can't come apart.
        """

        def examine() -> float:
            with asked_once(function):  # the hidden and the visible check share their example
                verdict = self.verdict(function, points)
                if visible and not verdict.call_stopped:
                    with contextlib.suppress(Exception, SystemExit, CallStopped), calm(), limited():
                        visible()
            if verdict.picture:
                _show({"image/svg+xml": verdict.picture.svg, "text/plain": str(verdict.picture.alt)})
            if verdict.credit < 1 and not points * verdict.credit:
                raise CheckFailed(replace(verdict, credit=0.0))
            _show({"text/plain": shown_verdict(verdict)})
            return Score(points * verdict.credit, verdict)

        return examine

    def verdict(self, function: Callable[..., Any], points: float = 0.0) -> Verdict:
        """Try `function` on every case; an error carried forward from a helper costs nothing.

        points: what the exercise is worth, for what is said of it.
        """
        outcomes = self._outcomes(function, self.cases)
        stopped = any(isinstance(one, Stopped) for one in outcomes.values())
        verdict = self._judged(function, outcomes, points)
        return replace(verdict, text=sentence(verdict.text), exercise=self.name, call_stopped=stopped)

    def _judged(self, function: Callable[..., Any], outcomes: Outcomes, points: float) -> Verdict:
        first = self._first_wrong(outcomes)
        if first is None:
            return self._passed()
        helpers: Mapping[str, Callable[..., Any]] = {}
        if self.helpers:
            telling, own = self._telling(function, outcomes)
            with lent(function, self.helpers) as done:
                if done and differ(own, outcome(function, telling[0])):
                    outcomes, helpers = self._outcomes(function, self._small(telling[0])), self.helpers
            first = self._first_wrong(outcomes)
            if first is None:
                return self._carried_forward(function, telling, points)
        verdict = self._diagnosed(outcomes, first)
        if verdict.reason == Reason.WRONG and not verdict.mistake and is_comparable(outcomes[first]):
            with lent(function, helpers):  # as it was called the first time
                again = outcome(function, first)
            if differ(outcomes[first], again):
                return replace(verdict, text=_CHANGES, mistake="changes-from-call-to-call")
        return verdict

    def _outcomes(self, function: Callable[..., Any], cases: Iterable[Case]) -> Outcomes:
        """Return the outcome of each case, up to the first one that does not come back or is not answered."""
        outcomes: Outcomes = {}
        for case in cases:
            outcomes[case] = outcome(function, case)
            if _ends_trying(outcomes[case]):
                break
        return outcomes

    def _telling(self, function: Callable[..., Any], outcomes: Outcomes) -> tuple[list[Case], Outcome]:
        """Return cases that go wrong, the smallest first, and what the function makes of that one.

        After a call that did not come back there are cases not tried yet; a small one of them tells as
        much, sooner. If none does, the case that was the last has to.
        """
        wrong = sorted((case for case, one in outcomes.items() if self._problem(case, one)), key=_case_size)
        last = next((case for case, one in outcomes.items() if _ends_trying(one)), None)
        if last is None:
            return wrong[:_MOST_TELLING], outcomes[wrong[0]]
        found: Outcomes = {}
        for case in sorted(self._small(), key=_case_size):
            own = outcomes.get(case) or outcome(function, case)
            if self._problem(case, own):
                found[case] = own
                if isinstance(outcomes[last], Stopped) or len(found) == _MOST_TELLING:
                    break
        found = found or {last: outcomes[last]}
        return list(found), next(iter(found.values()))

    def _small(self, *more: Case) -> list[Case]:
        """Return the cases to try with lent helpers, which are asked for each window: large ones add
        nothing, but for those that are named."""
        largest = max(_LENT_SIZE, min(map(_case_size, self.cases)))
        return [case for case in self.cases if _case_size(case) <= largest or case in more]

    def _first_wrong(self, outcomes: Outcomes) -> Case | None:
        return next((case for case, one in outcomes.items() if self._problem(case, one)), None)

    def _problem(self, case: Case, one: Outcome) -> Text | None:
        """Return what is wrong with an outcome, or None if nothing is."""
        if isinstance(one, Stopped):
            return STOPPED[one.reason]
        if isinstance(one, Raised):
            return raised(one.kind, one.text.en, one.line)
        wanted = case.wanted() if case.wanted else self._wanted(case)
        if problem := difference(one.value, wanted, f"the result of `{self.name}`", self.parts, case.rtol):
            return problem
        for description, fact, value in case.facts:
            if problem := difference(fact(one.value), value, description, rtol=case.rtol):
                return problem
        return self._left_changed(one.changed)

    def _wanted(self, case: Case) -> Any:
        """Raises TypeError if the reference does not come to its end: the course is wrong, nobody else."""
        wanted = simulated(self.reference, case)
        if not isinstance(wanted, Returned):
            raise TypeError(f"the reference solution of {self.name} fails with {case.label}: {wanted}")
        return wanted.value

    def _left_changed(self, arguments: tuple[int | str, ...]) -> Text | None:
        if not arguments:
            return None
        first, names = arguments[0], list(inspect.signature(self.reference).parameters)
        name = names[first] if isinstance(first, int) else first
        return Text(
            f"the result is right, but the argument `{name}` is no longer what it was: leave it alone, and "
            "work on a copy or a new array.",
            f"结果是对的，但传入的 `{name}` 被改动了：不要动它，请用副本或新数组来算。",
        )

    def _passed(self) -> Verdict:
        count = len(self.cases)
        text = Text(f"Right on all {count} inputs it was tried on.", f"试过的 {count} 组输入全部正确。")
        return Verdict(Reason.PASSED, 1.0, text)

    def _carried_forward(self, function: Callable[..., Any], wrong: list[Case], points: float) -> Verdict:
        """Name the helper that alone makes all right if it is lent; all of them if there is none such."""
        culprits = list(self.helpers)
        for name in culprits if len(culprits) > 1 else ():
            with lent(function, {name: self.helpers[name]}):
                if not any(self._problem(case, outcome(function, case)) for case in wrong):
                    culprits = [name]
                    break
        names = " and ".join(f"`{name}`" for name in culprits)
        earns, earns_zh = (", and it earns its points", "，所以照样得分") if points else ("", "")
        text = Text(
            f"Right. It fails only because it calls your {names}, where the real mistake is; with a correct "
            f"{names} it passes{earns}.",
            f"这个函数本身是对的。出错是因为它调用了你的 {names}，"
            f"错误在那里；换上正确的版本就能通过{earns_zh}。",
        )
        return Verdict(Reason.PASSED, 1.0, text)

    def _diagnosed(self, outcomes: Outcomes, first: Case) -> Verdict:
        """Return the verdict on a wrong answer; first: the case that shows first that it is."""
        one = outcomes[first]
        reason = Reason.WRONG if isinstance(one, Returned) else one.reason
        error = one.kind if isinstance(one, Raised) else ""
        if reason == Reason.NOT_ANSWERED:
            return Verdict(reason, text=NOT_ANSWERED)
        if isinstance(one, Raised) and reason == Reason.MISSING:
            return Verdict(reason, text=one.text, error=error)
        found = diagnosis(outcomes, first, self.mistakes, self.maker)
        if found:
            more = "" if found.alone else " With other inputs something else goes wrong too."
            more_zh = "" if found.alone else "换一些输入，还有别的错误。"
            return Verdict(
                reason,
                found.mistake.credit if found.alone else 0.0,
                found.mistake.text,
                Text(f"First seen with {first.label}.{more}", more_zh),
                error=error,
                mistake=found.mistake.name,
                picture=self._picture(outcomes, found.mistake),
            )
        problem = self._problem(first, one) or Text()
        text = Text(f"With {first.label}, {problem.en}", problem.zh)
        remark = hint(one.text.en) if isinstance(one, Raised) else Text()
        return Verdict(reason, text=text, remark=remark, error=error, picture=self._picture(outcomes))

    def _picture(self, outcomes: Outcomes, mistake: Mistake | None = None) -> Picture | None:
        if mistake and mistake.picture:
            return mistake.picture()
        example = self.cases[0]
        shown = outcomes.get(example)
        if self.picture and isinstance(shown, Returned) and self._problem(example, shown):
            return self.picture(shown.value)
        return None


def _ends_trying(one: Outcome) -> bool:
    """Return whether an outcome says so much that no other case has to be tried."""
    return isinstance(one, Stopped) or (isinstance(one, Raised) and one.reason in _NOTHING_THERE)


def _case_size(case: Case) -> int:
    return size(case.args)


def _show(data: dict[str, str]) -> None:
    """Make data an output of the cell, apart from what was printed, that says nothing about the score."""
    if get_ipython():
        display(data, raw=True)
    elif "image/svg+xml" not in data:
        print(data["text/plain"])
