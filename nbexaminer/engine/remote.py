"""What the examiner has done in the student's process: functions called, objects asked."""

from __future__ import annotations

import builtins
import contextlib
import inspect
import random
import sys
import types
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from nbexaminer.engine import unpickling
from nbexaminer.engine.copy_back import Seen, copy_back, with_old
from nbexaminer.engine.mirror_errors import prepare_error
from nbexaminer.engine.mirror_objects import is_mirror, signature_of
from nbexaminer.engine.mirrors import Mirrors
from nbexaminer.engine.streams import lent
from nbexaminer.errors import CallStopped, MissingFunction
from nbexaminer.isolation.connection import Helpers
from nbexaminer.isolation.remote_exceptions import exception
from nbexaminer.isolation.wire import Context, decode, encode


class Calls(Protocol):
    """Whatever can call a function in the student's process, as isolation.call_session.CallSession does."""

    @property
    def context(self) -> Context: ...

    def call(self, request: dict[str, Any], helpers: Helpers) -> dict[str, Any]: ...


@dataclass
class Globals:
    """The student's global variables that a locked cell reads: a call may change them.

    rebound: names that the cell may bind anew or delete, for the student's functions, too.
    """

    namespace: dict[str, Any]
    names: Sequence[str]
    rebound: Collection[str] = ()
    shares_random: bool = False
    _before: dict[str, Any] = field(default_factory=dict)
    _builtins: dict[str, Any] = field(default_factory=dict)
    _stdin: Any = None

    def begin(self) -> None:
        """Take what is bound now as what the student's process has."""
        self._before = {name: self.namespace[name] for name in self.rebound if name in self.namespace}
        self._builtins = {name: getattr(builtins, name) for name in _BUILTINS}
        self._stdin = sys.stdin

    def replaced(self) -> tuple[dict[str, Any], list[str]]:
        """Return what the cell has bound anew, by name, and the names that it has deleted."""
        removed = [name for name in self._before if name not in self.namespace]
        found = {
            name: value
            for name in self.rebound
            if (value := self.namespace.get(name, _UNBOUND)) is not _UNBOUND
            and value is not self._before.get(name, _UNBOUND)
            and not (is_function(value) and value.__name__ == name)
        }
        for name, function in self._builtins.items():
            if (now := getattr(builtins, name, function)) is not function:
                found.setdefault(name, now)
        if sys.stdin is not self._stdin:
            found.setdefault("input", builtins.input)
        return found, removed

    def change(self, values: Mapping[str, Any], seen: Seen) -> None:
        for name in self.names:
            if name in values:
                self.namespace[name] = copy_back(self.namespace.get(name), values[name], seen)


_UNBOUND = object()
# A test may put something else in their place for a while, as `unittest.mock.patch` does.
_BUILTINS = [
    name
    for name, value in vars(builtins).items()
    if isinstance(value, (types.BuiltinFunctionType, type)) and name[0] != "_" and not name[0].isupper()
]


class Remote:
    """The student's process, as one locked cell has it."""

    def __init__(
        self,
        calls: Calls,
        variables: Globals,
        mirrors: Mirrors,
        withheld: Set[str] = frozenset(),
        is_seeded: bool = True,
        tracks: bool = False,
    ) -> None:
        """withheld: names of helpers that may not be lent yet; is_seeded: whether the cell seeds NumPy's
        random numbers itself; if not, students' code must not decide what it draws; tracks: whether what
        functions get and give is tracked (TrackedValues), as what objects do always is."""
        self.tracks = tracks
        self.calls, self._globals, self.mirrors = calls, variables, mirrors
        self.withheld, self._is_seeded = withheld, is_seeded

    def ask(self, operation: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Have an operation done to the object that the first argument, a mirror, stands for."""
        target, *others = args
        request = {"name": None, "operation": operation, "target": target}
        return self.taken(self.call(request, tuple(others), kwargs, {}), tuple(others), kwargs)

    def call(
        self, request: dict[str, Any], args: tuple[Any, ...], kwargs: dict[str, Any], helpers: Helpers
    ) -> dict[str, Any]:
        """Return the reply to a request with arguments. Raises CallStopped."""
        request = request | {
            "args": tuple(map(lent, args)),
            "kwargs": {name: lent(value) for name, value in kwargs.items()},
            "random": np.random.get_state(),
            "helpers": list(helpers),
            "watched": list(self._globals.names),
        }
        replaced, removed = self._globals.replaced()
        if replaced or removed:
            request |= {"replaced": replaced, "removed": removed}
        if self._globals.shares_random:
            request["python_random"] = random._inst
        known = self.mirrors.tracked
        tracks = self.tracks or is_mirror(request.get("target"))
        if known is not None and (tracks or len(known)):
            items = (*enumerate(args), *kwargs.items())
            numbers = {key: number for key, value in items if (number := known.number_of(value))}
            request |= {"changes": known.changes(), "tracked": numbers, "track": tracks}
        unpickling.restrict()
        try:
            return self.calls.call(request, _Callables(helpers, self.mirrors.passed.functions))
        except CallStopped:
            self.mirrors.lose_session()  # the next call is made in another process
            raise

    def taken(self, reply: dict[str, Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Let what a call did happen here, too, and return or raise what it did.

        Raises CallStopped if the reply is not as ours are.
        """
        try:
            return self._taken(reply, args, kwargs)
        except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
            if getattr(error, "own_line", None) is not None:
                raise
            raise CallStopped("bad reply") from None

    def _taken(self, reply: dict[str, Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if reply["random"] is not None and self._is_seeded:
            np.random.set_state(reply["random"])
        if reply["python_random"] is not None:
            random.setstate(reply["python_random"].getstate())
        sys.stdout.write(reply["printed"])
        seen: Seen = {}
        if reply["changed"] is not None:
            copy_back([args, kwargs], reply["changed"], seen)
        self._globals.change(reply["globals"], seen)
        known = self.mirrors.tracked
        if known is not None:
            known.take(reply["changes"])
            for key, number in reply["tracked"].items():
                value = args[key] if isinstance(key, int) else kwargs[key]
                if known.number_of(value) is None:
                    known.adopt(number, value)
        if "raised" in reply:
            raise _exception(**reply["raised"])
        key = reply["same_as"]
        if key is not None:
            return args[key] if isinstance(key, int) else kwargs[key]
        value = with_old(reply["value"], seen)
        if known is not None and (number := reply["tracked_value"]):
            with contextlib.suppress(KeyError):
                return known.find(number)
            known.adopt(number, value)
        return value


class _Callables(Mapping[str | int, Callable[..., Any]]):
    """Helpers by name, and functions that were passed as arguments by their number."""

    def __init__(self, helpers: Helpers, functions: Mapping[int, Callable[..., Any]]) -> None:
        self._helpers, self._functions = helpers, functions

    def __getitem__(self, key: str | int) -> Callable[..., Any]:
        return self._functions[key] if isinstance(key, int) else self._helpers[key]

    def __iter__(self) -> Iterator[str | int]:
        yield from (*self._helpers, *self._functions)

    def __len__(self) -> int:
        return len(self._helpers) + len(self._functions)


class Function:
    """A function of the student's, by its name, seen from the examiner."""

    def __init__(self, name: str, remote: Remote) -> None:
        self.__name__ = self.__qualname__ = name
        self._remote = remote
        self._helpers: Helpers = {}
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

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        return types.FunctionType  # to `isinstance` and `inspect`

    def __getattr__(self, name: str) -> Any:
        """Return an attribute of the function: its documentation, its signature, its code."""
        if name.startswith(("_repr_", "_ipython_", "__array")):
            raise AttributeError(name)
        return self.operate("getattr", name)

    @property
    def __signature__(self) -> inspect.Signature:
        return signature_of(self.operate("signature"))

    @property
    def __doc__(self) -> Any:  # type: ignore[override]
        return self.operate("getattr", "__doc__")

    def operate(self, operation: str, *args: Any) -> Any:
        """Have an operation done to the function."""
        request = {"name": self.__name__, "operation": operation}
        return self._remote.taken(self._remote.call(request, args, {}, {}), args, {})

    def _ask(self, args: tuple[Any, ...], kwargs: dict[str, Any], counted: bool = False) -> Any:
        return self._remote.taken(self._reply(args, kwargs, counted), args, kwargs)

    def _reply(self, args: tuple[Any, ...], kwargs: dict[str, Any], counted: bool) -> dict[str, Any]:
        request = {"name": self.__name__, "count_lines": counted}
        mirrors = self._remote.mirrors
        if self._known is None:
            return self._remote.call(request, args, kwargs, self._helpers)
        context, references = self._remote.calls.context, mirrors.count
        question = encode([args, kwargs, list(self._helpers), counted], context)
        if question not in self._known:
            reply = self._remote.call(request, args, kwargs, self._helpers)
            if reply["random"] is not None or mirrors.count != references:  # it may differ the next time
                return reply
            self._known[question] = encode(reply, context)
        return dict(decode(self._known[question], context))

    @contextlib.contextmanager
    def lend(self, helpers: Mapping[str, Callable[..., Any]]) -> Iterator[None]:
        """While this lasts, the function finds these helpers under their names; they run over here."""
        self._helpers = {name: helpers[name] for name in helpers if name not in self._remote.withheld}
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


def is_function(value: Any) -> bool:
    """Return whether a value is a function of the student's, by its name."""
    return issubclass(type(value), Function)


class Absent(Function):
    """Stands for a function that isn't there: a call raises MissingFunction."""

    def __init__(self, name: str, missing: MissingFunction) -> None:
        self.__name__ = self.__qualname__ = name
        self._missing = missing

    def _ask(self, args: tuple[Any, ...], kwargs: dict[str, Any], counted: bool = False) -> Any:
        raise self._missing

    def operate(self, operation: str, *args: Any) -> Any:
        raise self._missing

    @property
    def __doc__(self) -> Any:  # type: ignore[override]  # else it would be the one above
        raise self._missing


def _exception(
    kind: str, ancestor: str, text: str, frames: list[list[Any]], error: Any = None
) -> BaseException:
    """Make an exception of the student's kind, which shows the student's own lines only."""
    lines = [f"  {function}, line {line}: {code}" for function, line, code in frames]
    line = str(frames[-1][2]) if frames else ""
    if is_mirror(error) and isinstance(error, Exception):  # of a class of the student's own
        return prepare_error(error, text, line, [*lines, f"{kind}: {text}"])

    return exception(
        kind,
        ancestor,
        text,
        own_line=line,
        _render_traceback_=lambda self: [*lines, f"{kind}: {text}"],
    )
