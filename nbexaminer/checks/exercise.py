"""What a hidden test calls: try an answer on many inputs, score it, and name the mistake.

An answer that is wrong is diagnosed by simulation: each known mistake is a small variant of the
reference solution; the variant that behaves as the answer does on every input names the mistake.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import inspect
import io
import os
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from IPython import get_ipython
from IPython.display import display

from nbexaminer.checks.comparing import difference
from nbexaminer.errors import CallStopped, CheckFailed, MissingFunction, reason_of
from nbexaminer.messages import STOPPED, raised, shown_verdict
from nbexaminer.model import Picture, Reason, Score, Text, Verdict

TIME_LIMIT = 2.0  # seconds for one call; a plain loop takes some hundredths of a second
_LENT_SIZE = 500  # numbers in the inputs tried with lent helpers, which are asked once for each window

_LIBRARIES = (os.path.dirname(os.path.dirname(__file__)), sys.prefix, sys.base_prefix)


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
    """The function raised.

    reason: as in Verdict; kind: the exception's class name, of a missing function that of the exception
    that ended its cell; line: the student's own line that raised it.
    """

    reason: Reason
    kind: str
    text: Text
    line: str = ""


@dataclass(frozen=True)
class Stopped:
    """The function did not come back; the reason as in CallStopped."""

    reason: Reason


Outcome = Returned | Raised | Stopped


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
    """

    name: str
    reference: Callable[..., Any]
    cases: tuple[Case, ...]
    mistakes: tuple[Mistake, ...] = ()
    helpers: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    parts: tuple[str, ...] = ()
    picture: Callable[[Any], Picture | None] | None = None

    def __call__(
        self, function: Callable, points: float, visible: Callable[[], Any] | None = None
    ) -> Callable[[], float]:
        """Return the examination of `function`: call it to get the score, 0 to `points`.

        It prints what the visible test prints, then the verdict. Raises CheckFailed with the
        reason when nothing is earned, so that score and message can't come apart.
        """

        def examine() -> float:
            with _asked_once(function):  # the hidden and the visible check share their example
                verdict = self.verdict(function)
                if visible and not verdict.call_stopped:
                    with contextlib.suppress(Exception, SystemExit, CallStopped), _calm(), _limited():
                        visible()
            if verdict.picture:
                _show_picture(verdict.picture)
            if verdict.credit < 1 and not points * verdict.credit:
                raise CheckFailed(replace(verdict, credit=0.0))
            _show(shown_verdict(verdict))
            return Score(points * verdict.credit, verdict)

        return examine

    def verdict(self, function: Callable) -> Verdict:
        """Try `function` on every case; an error carried forward from a helper costs nothing."""
        outcomes = self._try(function, range(len(self.cases)))
        stopped = any(isinstance(outcome, Stopped) for outcome in outcomes.values())
        return replace(self._judged(function, outcomes), exercise=self.name, call_stopped=stopped)

    def _judged(self, function: Callable, outcomes: dict[int, Outcome]) -> Verdict:
        if self._first_problem(outcomes) is None:
            return self._passed()
        if self.helpers:
            stopped = any(isinstance(outcome, Stopped) for outcome in outcomes.values())
            tell = [k for k in range(len(self.cases)) if stopped or self._is_wrong(k, outcomes[k])]
            tell = sorted(tell, key=lambda k: _size(self.cases[k].args))[:4]  # the small ones tell soonest
            first = self.cases[tell[0]]
            own = outcomes.get(tell[0]) or _outcome(function, first)
            with _lent(function, self.helpers) as lent:
                if lent and _differ(own, _outcome(function, first)):
                    outcomes = self._try(function, self._small())
            if self._first_problem(outcomes) is None:
                return self._carried_forward(function, tell[:1] if stopped else tell)
        return self._diagnosed(outcomes)

    def _is_wrong(self, case: int, outcome: Outcome) -> bool:
        return self._problem(self.cases[case], outcome) is not None

    def _small(self) -> list[int]:
        """The cases to try with lent helpers, which are asked for each window: large ones add nothing."""
        sizes = [_size(case.args) for case in self.cases]
        return [k for k, size in enumerate(sizes) if size <= max(_LENT_SIZE, min(sizes))]

    def _try(self, function: Callable, cases: Iterable[int]) -> dict[int, Outcome]:
        """The outcome of each case, up to the first one that does not come back."""
        outcomes: dict[int, Outcome] = {}
        for k in cases:
            outcomes[k] = _outcome(function, self.cases[k])
            if isinstance(outcomes[k], Stopped):
                break
        return outcomes

    def _first_problem(self, outcomes: Mapping[int, Outcome]) -> tuple[int, Text] | None:
        for index, outcome in outcomes.items():
            if problem := self._problem(self.cases[index], outcome):
                return index, problem
        return None

    def _problem(self, case: Case, outcome: Outcome) -> Text | None:
        if isinstance(outcome, Stopped):
            return STOPPED[outcome.reason]
        if isinstance(outcome, Raised):
            return raised(outcome.kind, outcome.text.en, outcome.line)
        wanted = case.wanted() if case.wanted else _simulated(self.reference, case).value
        name = self._result_name
        problem = difference(outcome.value, wanted, name, self.parts, case.rtol)
        if problem:
            return problem
        for description, fact, number in case.facts:
            if problem := difference(fact(outcome.value), number, description, rtol=case.rtol):
                return problem
        return self._left_changed(outcome.changed)

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

    @property
    def _result_name(self) -> str:
        return f"the result of `{self.name}`"

    def _passed(self) -> Verdict:
        count = len(self.cases)
        text = Text(f"right on all {count} inputs it was tried on.", f"试过的 {count} 组输入全部正确。")
        return Verdict(Reason.PASSED, 1.0, text)

    def _carried_forward(self, function: Callable, wrong: list[int]) -> Verdict:
        """Name the helper that alone makes all right if it is lent; all of them if there is none such."""
        culprits = list(self.helpers)
        for name in culprits if len(culprits) > 1 else ():
            with _lent(function, {name: self.helpers[name]}):
                if not any(self._problem(self.cases[k], _outcome(function, self.cases[k])) for k in wrong):
                    culprits = [name]
                    break
        names = " and ".join(f"`{name}`" for name in culprits)
        text = Text(
            f"right. It fails only because it calls your {names}, where the real "
            f"mistake is; with a correct {names} it passes, and it earns its points.",
            f"这个函数本身是对的。出错是因为它调用了你的 {names}，"
            "错误在那里；换上正确的版本就能通过，所以照样得分。",
        )
        return Verdict(Reason.PASSED, 1.0, text)

    def _diagnosed(self, outcomes: Mapping[int, Outcome]) -> Verdict:
        index, problem = self._first_problem(outcomes)
        first = outcomes[index]
        reason = Reason.WRONG if isinstance(first, Returned) else first.reason
        error = first.kind if isinstance(first, Raised) else ""
        if reason == Reason.NOT_ANSWERED:
            return Verdict(reason, text=Text("not answered yet.", "还没有作答。"))
        if reason == Reason.MISSING:
            return Verdict(reason, text=first.text, error=error)
        label = self.cases[index].label
        mistake, alone = self._recognised(outcomes, index)
        if mistake:
            more = "" if alone else " With other inputs something else goes wrong too."
            more_zh = "" if alone else "换一些输入，还有别的错误。"
            return Verdict(
                reason,
                mistake.credit if alone else 0.0,
                mistake.text,
                Text(f"First seen with {label}.{more}", more_zh),
                error=error,
                mistake=mistake.name,
                picture=self._picture(outcomes, mistake),
            )
        text = Text(f"with {label}, {problem.en}", problem.zh)
        return Verdict(reason, text=text, error=error, picture=self._picture(outcomes))

    def _picture(self, outcomes: Mapping[int, Outcome], mistake: Mistake | None = None) -> Picture | None:
        if mistake and mistake.picture:
            return mistake.picture()
        shown = outcomes.get(0)
        if self.picture and isinstance(shown, Returned) and self._problem(self.cases[0], shown):
            return self.picture(shown.value)
        return None

    def _recognised(self, outcomes: Mapping[int, Outcome], first: int) -> tuple[Mistake | None, bool]:
        """The known mistake that behaves alike on every case (True), else on the first wrong one (False).

        Small cases are asked first: they tell most mistakes apart, and a large one takes a hundred times as
        long.
        """

        def alike(mistake: Mistake, k: int) -> bool:
            return _same(outcomes[k], _simulated(mistake.variant, self.cases[k]))

        by_size = sorted(outcomes, key=lambda k: _size(self.cases[k].args))
        for mistake in self.mistakes:
            if all(alike(mistake, k) for k in by_size):
                return mistake, True
        if isinstance(outcomes[first], Returned):
            small = by_size[0]
            for mistake in self.mistakes:
                simulated = _simulated(mistake.variant, self.cases[small])
                if _same_form(outcomes[small], simulated) and alike(mistake, first):
                    return mistake, False
        return None, False


def _show(message: str) -> None:
    """Make a message an output of the cell, apart from what was printed."""
    if get_ipython():
        display({"text/plain": message}, raw=True)
    else:
        print(message)


def _show_picture(picture: Picture) -> None:
    """Make a picture an output of the cell, which says nothing about the score."""
    if get_ipython():
        display({"image/svg+xml": picture.svg, "text/plain": str(picture.alt)}, raw=True)


def _outcome(function: Callable, case: Case, ours: bool = False) -> Outcome:
    """Call `function` on a copy of the case's inputs; its prints and warnings are not shown.

    ours: whether it is known to come to an end, however busy the machine.
    """
    args, kwargs = copy.deepcopy((case.args, dict(case.kwargs)))
    try:
        limit = contextlib.nullcontext() if ours else _limited()
        with limit, _calm(), contextlib.redirect_stdout(io.StringIO()):
            value = function(*args, **kwargs)
        return Returned(value, _changed(case, args, kwargs) if case.keeps_inputs else ())
    except CallStopped as stopped:
        return Stopped(stopped.reason)
    except MissingFunction as missing:
        return Raised(Reason.MISSING, missing.error, missing.text)
    except (Exception, SystemExit) as error:
        return Raised(reason_of(error), type(error).__name__, Text(str(error)), _own_line(error))


def _changed(case: Case, args: tuple, kwargs: Mapping[str, Any]) -> tuple[int | str, ...]:
    """Which arguments of a case are no longer as they were."""
    before, after = ((*enumerate(a), *k.items()) for a, k in ((case.args, case.kwargs), (args, kwargs)))
    pairs = zip(before, after, strict=True)
    return tuple(key for (key, old), (_, new) in pairs if not callable(old) and difference(new, old))


@functools.cache
def _simulated(function: Callable, case: Case) -> Outcome:
    """What a function of our own does, remembered: it is asked again for every student."""
    return _outcome(function, case, ours=True)


@contextlib.contextmanager
def _limited() -> Iterator[None]:
    """Raise CallStopped in what runs longer than TIME_LIMIT, where the system has a clock for that."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def expire(signum: int, frame: object) -> None:
        raise CallStopped(Reason.TIMED_OUT)

    previous = signal.signal(signal.SIGALRM, expire)
    signal.setitimer(signal.ITIMER_REAL, TIME_LIMIT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


@contextlib.contextmanager
def _calm() -> Iterator[None]:
    """Keep warnings and standard error out of the outputs: nbgrader takes them for a failure."""
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def _own_line(error: BaseException) -> str:
    """The last line of the student's own code that the error passed through.

    An error from another process brings it along as its attribute `own_line`.
    """
    if hasattr(error, "own_line"):
        return error.own_line
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith(_LIBRARIES)
    ]
    return (frames[-1].line or "").strip() if frames else ""


def _asked_once(function: Callable) -> contextlib.AbstractContextManager:
    """Return what spares the second of two equal calls, if the function lives in another process."""
    return getattr(function, "asked_once", contextlib.nullcontext)()


@contextlib.contextmanager
def _lent(function: Callable, helpers: Mapping[str, Callable]) -> Iterator[bool]:
    """Let `function` find correct helpers under their names; yields whether that could be done.

    A function in another process knows itself how, by its method `lend`.
    """
    if hasattr(type(function), "lend"):
        with function.lend(helpers):
            yield True
        return
    function = inspect.unwrap(getattr(function, "func", function))  # a functools.partial has one
    if not hasattr(function, "__globals__"):
        function = type(function).__call__
    namespace = getattr(function, "__globals__", None)
    if namespace is None:
        yield False
        return
    missing = object()
    own = {name: namespace.get(name, missing) for name in helpers}
    namespace.update(helpers)
    try:
        yield True
    finally:
        for name, value in own.items():
            if value is missing:
                del namespace[name]
            else:
                namespace[name] = value


def _size(value: Any) -> int:
    """Return how many numbers there are in arguments."""
    if isinstance(value, (tuple, list)):
        return sum(map(_size, value))
    return getattr(value, "size", 1)


def _differ(own: Outcome, lent: Outcome) -> bool:
    """Whether lent helpers change what a function does."""
    return not (isinstance(own, Stopped) and isinstance(lent, Stopped)) and not _same(own, lent)


def _same_form(got: Outcome, simulated: Outcome) -> bool:
    """Whether two results could be alike at all: not so None and an array, or an array and a pair."""
    if isinstance(got, Returned) and isinstance(simulated, Returned):
        return _form(got.value) == _form(simulated.value)
    return True


def _form(value: Any) -> Any:
    return tuple(map(_form, value)) if isinstance(value, tuple) else value is None


def _same(got: Outcome, simulated: Outcome) -> bool:
    if isinstance(got, Returned) and isinstance(simulated, Returned):
        both_ways = ((got.value, simulated.value), (simulated.value, got.value))  # neither has a key too many
        return got.changed == simulated.changed and not any(difference(*pair) for pair in both_ways)
    if isinstance(got, Raised) and isinstance(simulated, Raised):
        return got.kind == simulated.kind and got.text == simulated.text
    return False
