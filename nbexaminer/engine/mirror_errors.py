"""Exceptions of the student's own classes, as a test catches them."""

from __future__ import annotations

from typing import Any

from nbexaminer.engine.mirror_objects import Mirror


class MirrorError(Mirror):
    """What mirrors of exceptions can do besides being raised."""

    own_line: str | None = None

    def __str__(self) -> str:
        return str(object.__getattribute__(self, "_mirror_text"))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    @property
    def args(self) -> Any:
        return self._mirrors.operate("getattr", self, "args")

    @property
    def __cause__(self) -> Any:
        return self._mirrors.operate("getattr", self, "__cause__")

    def _render_traceback_(self) -> list[str]:
        return list(object.__getattribute__(self, "_mirror_lines"))


def prepare_error(error: Any, text: str, line: str, lines: list[str]) -> BaseException:
    """Give the mirror of an exception its text, the student's own line and what to show of it."""
    for name, value in (("_mirror_text", text), ("own_line", line), ("_mirror_lines", lines)):
        object.__setattr__(error, name, value)
    return error  # type: ignore[no-any-return]
