"""Counts the lines of Python that a function runs: what grows with the input is a loop over it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def counting_lines(
    namespace: dict[str, Any], function: Callable[..., Any], *args: Any, **kwargs: Any
) -> tuple[Any, int]:
    """Call a function; return its result, and how many lines ran of the code that has these globals.

    Lines of libraries don't count, so one call of NumPy is one line, however large its arrays.
    """
    lines = 0

    def trace(frame: FrameType, event: str, arg: Any) -> Callable[..., Any] | None:
        nonlocal lines
        if frame.f_globals is not namespace:
            return None
        lines += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        result = function(*args, **kwargs)
    finally:
        sys.settrace(before)
    return result, lines
