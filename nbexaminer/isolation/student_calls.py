"""What a student's process does with the student's functions: call them, and describe what came of it.

Nothing here is trusted once a student's code has run.
"""

from __future__ import annotations

import contextlib
import functools
import io
import random as python_random_module
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nbexaminer.errors import WireError
from nbexaminer.isolation.line_counter import counting_lines
from nbexaminer.isolation.operations import OPERATIONS
from nbexaminer.isolation.remote_exceptions import ancestor, exception
from nbexaminer.isolation.remote_objects import derived_class
from nbexaminer.isolation.replies import MAX_FRAMES, MAX_PRINTED
from nbexaminer.isolation.student_references import StudentReferences
from nbexaminer.isolation.tracked_values import TrackedValues, put_content
from nbexaminer.isolation.wire import MAX_BYTES, Channel, Opaque, encode

_UNCHANGEABLE = (type(None), bool, int, float, complex, str, bytes, tuple)
_UNBOUND = object()
_MAX_WATCHED = 1 << 16  # bytes of a global variable that is compared after each call
_NOT_THE_STUDENT = (sys.prefix, sys.base_prefix, str(Path(__file__).parents[1]))  # whose code is left out


class Caller:
    """Calls functions by name, each going on with NumPy's random numbers from where the last one ended.

    channel: to the examiner, which calls helpers and functions that were passed as arguments.
    """

    def __init__(self, namespace: dict[str, Any], channel: Channel) -> None:
        self._namespace, self.channel = namespace, channel
        self.references = StudentReferences(self._ask_examiner)
        self._state: Any = np.random.get_state()
        self._own: dict[str, Any] = {}  # what is replaced just now
        self._printed = io.StringIO()  # by the call that runs
        self._tracked = TrackedValues(self._encoded, put_content)

    def call(
        self,
        name: str | None,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        random: tuple[Any, ...] | None,
        helpers: list[str],
        watched: Sequence[str],
        replaced: dict[str, Any] | None = None,
        removed: Sequence[str] = (),
        python_random: python_random_module.Random | None = None,
        count_lines: bool = False,
        operation: str | None = None,
        target: Any = None,
        changes: dict[int, Any] | None = None,
        tracked: dict[int | str, int] | None = None,
        track: bool = False,
    ) -> dict[str, Any]:
        """Call a function by its name, or do an operation to it or to a target; return the result or
        exception, what was printed and what was changed in place.

        random: the state of NumPy's random numbers to begin with, or None to go on from the last call's;
        helpers: names under which the function is to find helpers of the examiner's;
        replaced, removed: global names that a test has bound anew or deleted, as long as the call lasts;
        python_random: the state of Python's own random numbers to begin with, and then to return;
        watched: global names whose values to return if the call has changed them;
        count_lines: whether to count the lines of the notebook that run; "value" is then a pair, the result
        and their number.
        changes, tracked, track: of TrackedValues: what the test has changed, which arguments are known by a
        number, and whether to give numbers to the result and the arguments.
        """
        self.references.begin_session()
        self._tracked.take(changes or {})
        args, kwargs = self._with_tracked(args, kwargs, tracked or {})
        before, globals_before = self._encoded([args, kwargs]), self._globals(watched)
        outer, self._printed = self._printed, io.StringIO()
        printed = self._printed
        self._seed(random, python_random)
        helping = {helper: self._helper(helper) for helper in helpers}
        with self._replaced({**helping, **(replaced or {})}, removed), contextlib.redirect_stdout(printed):
            find = functools.partial(self._function, name, operation, target, count_lines)
            outcome = self._outcome(find, args, kwargs)
        self._printed = outer
        after = self._encoded([args, kwargs])
        return (
            outcome
            | {
                "changed": None if after == before else [args, kwargs],
                "random": self._drawn(),
                "python_random": python_random_module._inst if python_random else None,
                "printed": printed.getvalue()[:MAX_PRINTED],
                "same_as": next(
                    (key for key, value in _items(args, kwargs) if value is outcome.get("value")), None
                ),
                "globals": self._changed_globals(watched, globals_before),
            }
            | self._tracking(args, kwargs, outcome, track)
        )

    def _with_tracked(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], tracked: dict[int | str, int]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        def known(key: int | str, value: Any) -> Any:
            return self._tracked.find(tracked[key]) if key in tracked else value

        return (
            tuple(known(key, value) for key, value in enumerate(args)),
            {key: known(key, value) for key, value in kwargs.items()},
        )

    def _tracking(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], outcome: dict[str, Any], track: bool
    ) -> dict[str, Any]:
        """Return what to add to a reply about values that a test holds, too."""
        if not track:
            return {"changes": self._tracked.changes()} if len(self._tracked) else {}
        changes = self._tracked.changes()
        numbers = {key: self._tracked.track(value) for key, value in _items(args, kwargs)}
        return {
            "changes": changes,
            "tracked": {key: number for key, number in numbers.items() if number},
            "tracked_value": self._tracked.track(outcome.get("value")),
        }

    def _seed(
        self, random: tuple[Any, ...] | None, python_random: python_random_module.Random | None
    ) -> None:
        if random is not None:
            np.random.set_state(random)
            self._state = random
        if python_random is not None:
            python_random_module.setstate(python_random.getstate())

    def _outcome(
        self, find: Callable[[], Callable[..., Any]], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> dict[str, Any]:
        try:
            return {"value": find()(*args, **kwargs)}
        except BaseException as error:  # KeyboardInterrupt and SystemExit too
            return {"raised": _description(error)}

    def _function(
        self, name: str | None, operation: str | None, target: Any, count_lines: bool
    ) -> Callable[..., Any]:
        if name is not None:
            target = self._own.get(name, self._namespace.get(name, _UNBOUND))
            if target is _UNBOUND:
                raise NameError(f"name {name!r} is not defined")
        does = derived_class if operation == "derive" else OPERATIONS[operation] if operation else None
        function = functools.partial(does, target) if does else target
        return functools.partial(counting_lines, self._namespace, function) if count_lines else function

    @contextlib.contextmanager
    def _replaced(self, replacements: dict[str, Any], removed: Sequence[str]) -> Iterator[None]:
        """Bind global names anew, or delete them, for a while; who calls by name gets the student's own."""
        names = {*replacements, *removed}
        before = {name: self._namespace.get(name, _UNBOUND) for name in names}
        own = {name: before[name] for name in names - self._own.keys()}
        self._own |= own
        self._namespace.update(replacements)
        for name in removed:
            self._namespace.pop(name, None)
        try:
            yield
        finally:
            for name, value in before.items():
                self._namespace.pop(name, None)
                if value is not _UNBOUND:
                    self._namespace[name] = value
            for name in own:
                del self._own[name]

    def _encoded(self, value: Any) -> bytes:
        try:
            return encode(value, self.channel.context)
        except WireError:
            return b""

    def _globals(self, names: Sequence[str]) -> dict[str, tuple[Any, bytes]]:
        """Return global variables, each as an object and as it would travel."""
        there = {name: self._namespace[name] for name in names if name in self._namespace}
        return {name: (value, self._encoded(value)) for name, value in there.items()}

    def _changed_globals(
        self, names: Sequence[str], before: Mapping[str, tuple[Any, bytes]]
    ) -> dict[str, Any]:
        """Return the global variables that are not as before; of large ones, those that are bound anew."""
        found = {}
        for name, (value, content) in self._globals(names).items():
            old_value, old_content = before.get(name, (_UNBOUND, None))
            if content != old_content and (len(content) < _MAX_WATCHED or value is not old_value):
                found[name] = value
        return found

    def _drawn(self) -> tuple[Any, ...] | None:
        """Return the state of NumPy's random numbers, or None if it is that of before."""
        before, self._state = self._state, np.random.get_state()
        same = self._state[2:] == before[2:] and np.array_equal(self._state[1], before[1])
        return None if same else self._state

    def _helper(self, name: str) -> Callable[..., Any]:
        """Return a function that lets the examiner do the work: its code is not here."""

        def helper(*args: Any, **kwargs: Any) -> Any:
            return self._ask_examiner(name, args, kwargs)

        helper.__name__ = name
        return helper

    def _ask_examiner(self, function: str | int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Let the examiner call a helper by name, or by number a function of its own that was passed here.

        While it works, it may call functions that are here.
        """
        said = self._printed.getvalue()[:MAX_PRINTED]  # so that all is printed in its order
        self._printed.seek(0)
        self._printed.truncate()
        self.channel.send({"ask": function, "args": args, "kwargs": kwargs, "printed": said})
        while "do" in (reply := self.channel.receive()):
            send_reply(self.channel, self.call(**reply["with"]))
        if "raised" in reply:
            raise exception(**reply["raised"])
        return reply["value"]


def _items(args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[tuple[int | str, Any]]:
    """Return the arguments that can be changed in place, each with its position or keyword."""
    pairs: list[tuple[int | str, Any]] = [*enumerate(args), *kwargs.items()]
    return [(key, value) for key, value in pairs if not isinstance(value, _UNCHANGEABLE)]


def send_reply(channel: Channel, reply: dict[str, Any]) -> None:
    """Send a reply; without its large parts if it is too large."""
    try:
        channel.send(reply)
    except WireError as error:
        smaller: dict[str, Any]
        if "outputs" in reply:
            note = f"... (the outputs are left out: {error})\n"
            smaller = {
                "outputs": [{"output_type": "stream", "name": "stderr", "text": note}],
                "values": {name: _small(value) for name, value in reply["values"].items()},
            }
        else:
            smaller = {"value": Opaque(type(reply.get("value")).__name__, str(error)), "changed": None}
        channel.send(reply | smaller)


def _small(value: Any) -> Any:
    try:
        if len(encode(value)) < MAX_BYTES // 16:
            return value
        return Opaque(type(value).__name__, "it is too large")
    except WireError as error:
        return Opaque(type(value).__name__, str(error))


def error_text(error: BaseException) -> str:
    try:
        return str(error)
    except BaseException:
        return "(its text can't be shown)"


def _description(error: BaseException) -> dict[str, Any]:
    """Describe an exception by text, with the frames of the student's own code only."""
    frames = [
        [frame.name, frame.lineno or 0, (frame.line or "").strip()]
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith(_NOT_THE_STUDENT)
    ]
    described: dict[str, Any] = {"error": error} if type(error).__module__ == "__main__" else {}
    return described | {
        "kind": type(error).__name__,
        "ancestor": ancestor(error),
        "text": error_text(error),
        "frames": frames[-MAX_FRAMES:],
    }
