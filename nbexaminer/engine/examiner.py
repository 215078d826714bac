"""The examiner: runs the instructor's locked cells, with a proxy for each function of the student's.

A proxy sends the arguments to the student's process and brings the result back as plain data, so no
object, method or hook of the student's is ever in the process that compares and scores.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from nbexaminer.engine import figure_cache as drawings
from nbexaminer.engine.cell_names import Import
from nbexaminer.engine.copy_back import Seen, copy_back, with_old
from nbexaminer.errors import CallStopped, MissingFunction
from nbexaminer.isolation.remote_exceptions import exception
from nbexaminer.isolation.shell import CellResult, Shell
from nbexaminer.isolation.wire import Context, decode, encode, share, travels


class Calls(Protocol):
    """Whatever can call a function in the student's process, as isolation.call_session.CallSession does."""

    @property
    def context(self) -> Context: ...

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

        found: what stands under each name that the cell may read from the student's process: FUNCTION, a
        plain value, an Import of which to take the examiner's own copy, a MissingFunction with the reason why
        the function isn't there, or NOTHING if a variable isn't there.
        """
        namespace = self._shell.namespace
        variables = Globals(namespace, [name for name, value in found.items() if _is_value(value)])
        for name, value in found.items():
            if value is NOTHING:
                namespace.pop(name, None)
            elif value is FUNCTION:
                namespace[name] = Function(name, calls, variables)
            elif isinstance(value, MissingFunction):
                namespace[name] = Absent(name, value)
            elif isinstance(value, Import):
                with contextlib.suppress(ImportError, AttributeError):
                    namespace[name] = value.load()
            else:
                namespace[name] = value
        return self._shell.run(source)

    def share(self, context: Context, names: Iterable[str]) -> None:
        """Let instances of the classes under some names, which trusted text has bound, travel by value."""
        share(context, self._shell.namespace, names)


FUNCTION, NOTHING = object(), object()


def _is_value(value: Any) -> bool:
    return value is not FUNCTION and value is not NOTHING and not isinstance(value, (MissingFunction, Import))


@dataclass
class Globals:
    """The student's global variables that a locked cell reads: a call may change them."""

    namespace: dict[str, Any]
    names: Sequence[str]

    def change(self, values: Mapping[str, Any], seen: Seen) -> None:
        for name in self.names:
            if name in values:
                self.namespace[name] = copy_back(self.namespace.get(name), values[name], seen)


class Function:
    """A function of the student's, seen from the examiner."""

    def __init__(self, name: str, calls: Calls, variables: Globals) -> None:
        self.__name__ = name
        self._calls, self._globals = calls, variables
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
        callbacks = {
            key: value
            for key, value in (*enumerate(args), *kwargs.items())
            if callable(value) and not travels(value, self._calls.context)
        }
        request = {
            "name": self.__name__,
            "args": args,
            "kwargs": kwargs,
            "random": np.random.get_state(),
            "helpers": list(self._helpers),
            "count_lines": counted,
            "callbacks": {key: _callback_name(key) for key in callbacks},
            "watched": list(self._globals.names),
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
        context = self._calls.context
        question = encode([request[part] for part in ("args", "kwargs", "helpers", "count_lines")], context)
        if question not in self._known:
            answer = self._calls.call(request, self._helpers)
            if answer["random"] is not None:  # it may differ the next time
                return answer
            self._known[question] = encode(answer, context)
        return decode(self._known[question], context)

    def _taken(self, answer: dict[str, Any], args: tuple, kwargs: dict[str, Any]) -> Any:
        if answer["random"] is not None:
            np.random.set_state(answer["random"])
        sys.stdout.write(answer["printed"])
        seen: Seen = {}
        if answer["changed"] is not None:
            copy_back([args, kwargs], answer["changed"], seen)
        self._globals.change(answer["globals"], seen)
        if "raised" in answer:
            raise _exception(**answer["raised"])
        key = answer["same_as"]
        if key is not None:
            return args[key] if isinstance(key, int) else kwargs[key]
        return with_old(answer["value"], seen)

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
