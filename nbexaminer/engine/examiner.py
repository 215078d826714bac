"""The examiner: runs the instructor's locked cells, with a proxy for each function of the student's.

A proxy sends the arguments to the student's process and brings the result back as plain data, so no
object, method or hook of the student's is ever in the process that compares and scores.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

import numpy as np

from nbexaminer.engine import figure_cache as drawings
from nbexaminer.errors import CallStopped, MissingFunction
from nbexaminer.isolation.remote_exceptions import exception
from nbexaminer.isolation.shell import CellResult, Shell
from nbexaminer.isolation.wire import decode, encode


class Calls(Protocol):
    """Whatever can call a function in the student's process, as isolation.call_session.CallSession does."""

    def call(self, request: dict[str, Any], helpers: Mapping[str, Callable]) -> dict[str, Any]: ...


class Examiner:
    """One namespace for the locked cells of a submission."""

    def __init__(self) -> None:
        main = sys.modules["__main__"]
        drawings.remember()
        self._shell = Shell(keep_results=False)
        self._shell.warm_up()
        sys.modules["__main__"] = main  # IPython takes its place, and new processes look for it there

    def reset(self) -> None:
        """Forget the submission before."""
        self._shell.reset()

    def run(self, source: str, calls: Calls, found: Mapping[str, Any]) -> CellResult:
        """Run a locked cell.

        found: what stands under each name of a solution cell: FUNCTION, a plain value, a MissingFunction with
        the reason why the function isn't there, or NOTHING if a variable isn't there.
        """
        for name, value in found.items():
            if value is FUNCTION:
                value = Function(name, calls)
            elif isinstance(value, MissingFunction):
                value = Absent(name, value)
            self._shell.namespace[name] = value
            if value is NOTHING:
                del self._shell.namespace[name]
        return self._shell.run(source)


FUNCTION, NOTHING = object(), object()


class Function:
    """A function of the student's, seen from the examiner."""

    def __init__(self, name: str, calls: Calls) -> None:
        self.__name__ = name
        self._calls = calls
        self._helpers: Mapping[str, Callable] = {}
        self._known: dict[bytes, bytes] | None = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it there. NumPy's random state travels along; what it changes in place is changed here too.

        Raises what it raised (a built-in exception of the same name, or of the nearest ancestor's),
        CallStopped if it doesn't come back. An argument that is a function is called back: it stays here, and
        the student's code gets one that asks for its results.
        """
        return self._ask(args, kwargs)

    def lines_run(self, *args: Any, **kwargs: Any) -> int:
        """Call it there, and return how many lines of the student's cells ran: a loop takes more of them the
        more there is to go through. It is the word of the student's process, as all that it says.
        """
        counted = self._ask(args, kwargs, counted=True)
        if not (type(counted) is tuple and len(counted) == 2 and type(counted[1]) is int):
            raise CallStopped("bad reply")  # its process speaks, but not as ours do
        return counted[1]

    def _ask(self, args: tuple, kwargs: dict[str, Any], counted: bool = False) -> Any:
        callbacks = {key: value for key, value in (*enumerate(args), *kwargs.items()) if callable(value)}
        request = {
            "name": self.__name__,
            "args": args,
            "kwargs": kwargs,
            "random": np.random.get_state(),
            "helpers": list(self._helpers),
            "count_lines": counted,
            "callbacks": {key: _callback_name(key) for key in callbacks},
        }
        answer = self._answer(request, {_callback_name(key): value for key, value in callbacks.items()})
        try:
            return self._taken(answer, args, kwargs)
        except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
            if getattr(error, "own_line", None) is not None:
                raise
            raise CallStopped("bad reply") from None  # its process speaks, but not as ours do

    def _answer(self, request: dict[str, Any], callbacks: Mapping[str, Callable]) -> dict[str, Any]:
        if self._known is None or callbacks:  # two functions can't be told apart
            return self._calls.call(request, {**self._helpers, **callbacks})
        question = encode([request[part] for part in ("args", "kwargs", "helpers", "count_lines")])
        if question not in self._known:
            answer = self._calls.call(request, self._helpers)
            if answer["random"] is not None:  # it may differ the next time
                return answer
            self._known[question] = encode(answer)
        return decode(self._known[question])

    def _taken(self, answer: dict[str, Any], args: tuple, kwargs: dict[str, Any]) -> Any:
        if answer["random"] is not None:
            np.random.set_state(answer["random"])
        sys.stdout.write(answer["printed"])
        if answer["changed"] is not None:
            _copy_back([args, kwargs], answer["changed"])
        if "raised" in answer:
            raise _exception(**answer["raised"])
        return answer["value"]

    @contextlib.contextmanager
    def lend(self, helpers: Mapping[str, Callable]) -> Iterator[None]:
        """While this lasts, the function finds these helpers under their names; they run over here."""
        self._helpers = helpers
        try:
            yield
        finally:
            self._helpers = {}

    @contextlib.contextmanager
    def asked_once(self) -> Iterator[None]:
        """While this lasts, the same question gets the same answer without asking again."""
        self._known = {}
        try:
            yield
        finally:
            self._known = None


class Absent(Function):
    """Stands for a function that isn't there: a call raises MissingFunction."""

    def __init__(self, name: str, missing: MissingFunction) -> None:
        self.__name__ = name
        self._missing = missing

    def _ask(self, args: tuple, kwargs: dict[str, Any], counted: bool = False) -> Any:
        raise self._missing


def _callback_name(key: int | str) -> str:
    return f"argument {key}"  # no name of a helper's


def _exception(kind: str, ancestor: str, text: str, frames: list[list]) -> Exception:
    """Make an exception of the student's kind, which shows the student's own lines only."""
    lines = [f"  {function}, line {line}: {code}" for function, line, code in frames]
    return exception(
        kind,
        ancestor,
        text,
        own_line=str(frames[-1][2]) if frames else "",
        _render_traceback_=lambda self: [*lines, f"{kind}: {text}"],
    )


def _copy_back(old: Any, new: Any) -> None:
    """Change arrays, lists and dictionaries in place to what they were changed to over there."""
    if isinstance(old, np.ndarray) and isinstance(new, np.ndarray):
        if old.shape == new.shape and old.flags.writeable:
            old[...] = new
    elif isinstance(old, dict) and isinstance(new, dict):
        for key in [key for key in old if key not in new]:
            del old[key]
        for key, value in new.items():
            old[key] = _changed(old[key], value) if key in old else value
    elif isinstance(old, list) and isinstance(new, list):
        old[:] = [_changed(was, value) for was, value in zip(old, new, strict=False)] + new[len(old) :]
    elif isinstance(old, tuple) and isinstance(new, tuple):
        for was, value in zip(old, new, strict=False):
            _copy_back(was, value)


def _changed(old: Any, new: Any) -> Any:
    """Keep an object whose content can be changed; else take the new one."""
    if type(old) is type(new) and isinstance(old, (np.ndarray, dict, list, tuple)):
        if isinstance(old, np.ndarray) and old.shape != new.shape:
            return new
        _copy_back(old, new)
        return old
    return new
