"""The current figure, for tests that ask pyplot for it: the student's, if the test has drawn none itself.

A student's function that draws leaves its figure in the student's process, where it stays; the test gets
mirrors of it and of its axes. A figure that a test makes for a student's function to draw on is made there,
too.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import Any

from matplotlib import pyplot
from matplotlib._pylab_helpers import Gcf

from nbexaminer.engine.figure_arguments import MAKERS

_ASKED = ("gcf", "gca", "get_fignums", "close")
_ask: Callable[..., Any] | None = None
_makes_there = False


@functools.cache  # once for this process and those that it forks
def install() -> None:
    """From now on, let pyplot tell of students' figures, too."""
    for name in (*_ASKED, *MAKERS):
        setattr(pyplot, name, _asking(name, getattr(pyplot, name)))


@contextlib.contextmanager
def asked_by(ask: Callable[..., Any] | None, makes_there: bool = False) -> Iterator[None]:
    """ask: has pyplot's functions called in the student's process, by name, and gives 0 if there is no
    figure; None where it is not to be asked. makes_there: whether figures of the test are for students'
    functions."""
    global _ask, _makes_there
    _ask, _makes_there = ask, makes_there
    try:
        yield
    finally:
        _ask = None


def _asking(name: str, own: Callable[..., Any]) -> Callable[..., Any]:

    @functools.wraps(own)
    def function(*args: Any, **kwargs: Any) -> Any:
        if _ask is not None and _makes_there:
            there = _ask((name, *args), kwargs)
            if name in MAKERS or there != 0 or type(there) is not int:
                return there
        elif _ask is not None and name in _ASKED and not Gcf.figs and not kwargs:
            there = _ask((name, *args), {})
            if there != 0 or type(there) is not int:
                return there
        return own(*args, **kwargs)

    return function
