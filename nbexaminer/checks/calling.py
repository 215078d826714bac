"""Call an answer on the inputs of a case, within its time, and say what came of it."""

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
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nbexaminer.checks.cases import Case
from nbexaminer.checks.comparing import difference
from nbexaminer.errors import CallStopped, MissingFunction, reason_of
from nbexaminer.model import Reason, Text

TIME_LIMIT = 2.0  # seconds for one call; a plain loop takes some hundredths of a second

# Outcomes that are remembered, the last that were asked for. A course of eight exercises has about 10,000, of
# 1 kB each; one whose test cells make their exercises anew has as many again for each student.
REMEMBERED = 2**14

_LIBRARIES = (os.path.dirname(os.path.dirname(__file__)), sys.prefix, sys.base_prefix)


@dataclass(frozen=True)
class Returned:
    """The function came back with a value.

    changed: the arguments (by position or keyword) that it left changed, of a case that wants them kept.
    """

    value: Any
    changed: tuple[int | str, ...] = ()

    @functools.cached_property
    def magnitude(self) -> float:
        """The sum of the absolute values of all numbers in it, which tells most results apart at once."""
        return _magnitude(self.value)


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


def outcome(function: Callable[..., Any], case: Case) -> Outcome:
    """Call a function on a copy of the case's inputs; its prints and warnings are not shown."""
    try:
        with limited():
            return _outcome(function, case)
    except CallStopped as stopped:
        return Stopped(stopped.reason)
    except MemoryError as error:
        return _raised(error)


@functools.lru_cache(REMEMBERED)
def simulated(function: Callable[..., Any], case: Case) -> Outcome:
    """Return what a function of our own does, which is asked again for every student.

    Only what it does of itself is remembered: if it is stopped, or lacks memory, the moment is to blame.
    Raises CallStopped or MemoryError then.
    """
    return _outcome(function, case)


def _outcome(function: Callable[..., Any], case: Case) -> Outcome:
    args, kwargs = copy.deepcopy((case.args, dict(case.kwargs)))
    try:
        with calm(), contextlib.redirect_stdout(io.StringIO()):
            value = function(*args, **kwargs)
        return Returned(value, _changed(case, args, kwargs) if case.keeps_inputs else ())
    except MissingFunction as missing:
        return Raised(Reason.MISSING, missing.error, missing.text)
    except MemoryError:
        raise
    except (Exception, SystemExit) as error:
        return _raised(error)


def _raised(error: BaseException) -> Raised:
    return Raised(reason_of(error), type(error).__name__, Text(str(error)), _own_line(error))


def _changed(case: Case, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> tuple[int | str, ...]:
    """Return which arguments of a case are no longer as they were."""
    before: list[tuple[int | str, Any]] = [*enumerate(case.args), *case.kwargs.items()]
    after: list[tuple[int | str, Any]] = [*enumerate(args), *kwargs.items()]
    pairs = zip(before, after, strict=True)
    return tuple(key for (key, old), (_, new) in pairs if not callable(old) and difference(new, old))


@contextlib.contextmanager
def limited() -> Iterator[None]:
    """Raise CallStopped in what runs longer than TIME_LIMIT, where the system has a clock for that; on a busy
    machine, where a call waits for its turn, in what runs longer by as much."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def expire(signum: int, frame: object) -> None:
        raise CallStopped(Reason.TIMED_OUT)

    previous = signal.signal(signal.SIGALRM, expire)
    signal.setitimer(signal.ITIMER_REAL, TIME_LIMIT * _waiting())
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def _waiting() -> float:
    """Return how many processes share a processor at the moment, at least 1."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


@contextlib.contextmanager
def calm() -> Iterator[None]:
    """Keep warnings and standard error out of the outputs: nbgrader takes them for a failure."""
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        yield


def _own_line(error: BaseException) -> str:
    """Return the last line of the student's own code that the error passed through.

    An error from another process brings it along as its attribute `own_line`.
    """
    if hasattr(error, "own_line"):
        return str(error.own_line)
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith(_LIBRARIES)
    ]
    return (frames[-1].line or "").strip() if frames else ""


def asked_once(function: Callable[..., Any]) -> contextlib.AbstractContextManager[None]:
    """Return what spares the second of two equal calls, if the function lives in another process."""
    once: Callable[[], contextlib.AbstractContextManager[None]]
    once = getattr(function, "asked_once", contextlib.nullcontext)
    return once()


@contextlib.contextmanager
def lent(function: Callable[..., Any], helpers: Mapping[str, Callable[..., Any]]) -> Iterator[bool]:
    """Let `function` find correct helpers under their names; yields whether that could be done.

    A function in another process knows itself how, by its method `lend`.
    """
    if hasattr(type(function), "lend"):
        with function.lend(helpers):  # type: ignore[attr-defined]
            yield True
        return
    function = inspect.unwrap(getattr(function, "func", function))  # a functools.partial has one
    if not hasattr(function, "__globals__"):
        function = type(function).__call__
    namespace = getattr(function, "__globals__", None)
    if namespace is None:
        yield False
        return
    own = {name: namespace[name] for name in helpers if name in namespace}
    namespace.update(helpers)
    try:
        yield True
    finally:
        for name in helpers:
            del namespace[name]
        namespace.update(own)


def _magnitude(value: Any) -> float:
    if isinstance(value, (tuple, list)):
        return sum(map(_magnitude, value))
    if isinstance(value, Mapping):
        return sum(map(_magnitude, value.values()))
    if isinstance(value, (np.ndarray, np.number, float, int)) and np.asarray(value).dtype.kind in "biuf":
        return float(np.abs(np.asarray(value, float)).sum())
    return 0.0


def size(value: Any) -> int:
    """Return how many numbers there are in arguments."""
    if isinstance(value, (tuple, list)):
        return sum(map(size, value))
    return int(getattr(value, "size", 1))
