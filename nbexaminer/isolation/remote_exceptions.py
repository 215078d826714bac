"""Exceptions that cross from one process to another: as names and text, and made anew on the other side."""

from __future__ import annotations

import builtins
from typing import Any


def described(error: BaseException) -> dict[str, Any]:
    """Return the class name of an exception, that of its nearest built-in ancestor, and its text."""
    return {"kind": type(error).__name__, "ancestor": ancestor(error), "text": str(error)}


def ancestor(error: BaseException) -> str:
    """Return the name of the nearest class of an exception's that Python itself defines."""
    names = [cls.__name__ for cls in type(error).__mro__ if cls.__module__ == "builtins"]
    return names[0] if names else "Exception"


def exception(kind: str, ancestor: str, text: str, **attributes: Any) -> Exception:
    """Return an exception of a class of that name, with that text, which `except` knows by its built-in
    ancestor; SystemExit and the like, which are no Exception, become one."""
    base = getattr(builtins, ancestor, Exception)
    if not (isinstance(base, type) and issubclass(base, Exception)):
        base = Exception

    class Remote(base):  # type: ignore[misc, valid-type]
        def __init__(self) -> None:
            Exception.__init__(self, text)

        def __str__(self) -> str:
            return text

    Remote.__name__ = Remote.__qualname__ = str(kind)
    for name, value in attributes.items():
        setattr(Remote, name, value)
    return Remote()
