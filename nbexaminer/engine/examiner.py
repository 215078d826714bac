"""The examiner: runs the instructor's locked cells, with a proxy for each function of the student's.

A proxy sends the arguments to the student's process and brings the result back, so no object, method or
hook of the student's is ever in the process that compares and scores.
"""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Any

import numpy as np

from nbexaminer.engine import figure_cache, student_figures, unpickling
from nbexaminer.engine.cell_names import Import
from nbexaminer.engine.figure_arguments import passes_figures
from nbexaminer.engine.introspection import introspect
from nbexaminer.engine.mirrors import Mirrors
from nbexaminer.engine.remote import Absent, Calls, Function, Globals, Remote
from nbexaminer.errors import MissingFunction
from nbexaminer.isolation.shell import CellResult, Shell
from nbexaminer.isolation.wire import Context, share

FUNCTION, OBJECT, NOTHING = object(), object(), object()


class Examiner:
    """One namespace for the locked cells of a submission."""

    def __init__(self) -> None:
        main = sys.modules["__main__"]
        figure_cache.remember()
        student_figures.install()
        introspect()
        unpickling.install()
        self._shell = Shell(keep_results=False)
        self._shell.warm_up()
        sys.modules["__main__"] = main  # IPython takes its place, and new processes look for it there
        self.reset()

    def reset(self) -> None:
        """Forget the submission before."""
        self._shell.reset()
        self.mirrors = Mirrors()
        self.withheld: Set[str] = frozenset()  # names of helpers that may not be lent yet
        self.rebound: Set[str] = frozenset()  # names of the student's functions' that the cell may rebind
        self.assigned: Set[str] = frozenset()  # global names that students' functions may bind
        self.shares_random = False  # whether the state of Python's own random numbers travels along
        np.random.seed()  # workers that were forked from one process would all draw the same
        self._random = np.random.get_state()
        self._calls: Calls | None = None

    def run(
        self,
        source: str,
        calls: Calls,
        found: Mapping[str, Any],
        is_test: bool = False,
        is_seeded: bool = True,
        tracks: bool = False,
    ) -> CellResult:
        """Run a locked cell.

        found: what stands under each name that the cell may read from the student's process: FUNCTION, OBJECT
        (one that stays there), a value, an Import of which to take the examiner's own copy, a MissingFunction
        with the reason why the function isn't there, or NOTHING if a variable isn't there; is_seeded,
        tracks: as of Remote.
        """
        values = [
            name
            for name, value in found.items()
            if _is_value(value) or (value is NOTHING and name in self.assigned)
        ]
        variables = Globals(self._shell.namespace, values, self.rebound, self.shares_random)
        remote = Remote(calls, variables, self.mirrors, self.withheld, is_seeded, tracks)
        if calls is not self._calls:
            self._calls = calls
            self.mirrors.begin_session(remote.ask, calls.context)
        self._bind(found, remote)
        variables.begin()
        np.random.set_state(self._random)  # not as a student's code has left it in the test before
        figures = functools.partial(remote.ask, "pyplot") if is_test else None
        makes_there = is_test and passes_figures(source, frozenset(found))
        with (
            student_figures.asked_by(figures, makes_there),
            unpickling.restricted_unpickling(from_start=is_test),
            self._as_main(),
        ):
            result = self._shell.run(source)
        if not is_test:
            self._random = np.random.get_state()
        return result

    def _bind(self, found: Mapping[str, Any], remote: Remote) -> None:
        """Bind the names that a cell may read, as `run` says."""
        namespace = self._shell.namespace
        for name, value in found.items():
            if value is NOTHING:
                namespace.pop(name, None)
            elif value is FUNCTION:
                namespace[name] = Function(name, remote)
            elif value is OBJECT:
                namespace.pop(name, None)
                with contextlib.suppress(Exception):  # what stands there now is not asked to be in order
                    namespace[name] = Function(name, remote).operate("itself")
            elif isinstance(value, MissingFunction):
                namespace[name] = Absent(name, value)
            elif isinstance(value, Import):
                with contextlib.suppress(ImportError, AttributeError):
                    namespace[name] = value.load()
            else:
                namespace[name] = value
        for name in [name for name, value in namespace.items() if self.mirrors.is_gone(value)]:
            with contextlib.suppress(Exception):  # a test has made it, whose text ran over there, too
                namespace[name] = Function(name, remote).operate("itself")

    @contextlib.contextmanager
    def _as_main(self) -> Iterator[None]:
        """Let `__main__` be what the cells are, as in a kernel: unittest looks for tests there."""
        before = sys.modules["__main__"]
        sys.modules["__main__"] = self._shell.module
        try:
            yield
        finally:
            sys.modules["__main__"] = before

    def share_imports(self, context: Context, imports: Mapping[str, Import]) -> None:
        """Let instances of classes that students' cells import travel by value; all of them are there."""
        share(context, {name: imported.load() for name, imported in imports.items()}, imports)

    def share(self, context: Context, names: Iterable[str]) -> None:
        """Let instances of the classes under some names, which trusted text has bound, travel by value."""
        share(context, self._shell.namespace, names)


def _is_value(value: Any) -> bool:
    is_mark = any(value is mark for mark in (FUNCTION, OBJECT, NOTHING))
    return not (is_mark or isinstance(value, (MissingFunction, Import)))
