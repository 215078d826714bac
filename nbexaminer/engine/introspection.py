"""What Python's own functions say of what is a student's: `inspect.getsource`, `issubclass`."""

from __future__ import annotations

import builtins
import inspect
from typing import Any

from nbexaminer.engine.mirror_objects import MirrorType, as_text, is_mirror


def introspect() -> None:
    """Let `inspect.getsource` know mirrors, which have no file here, and `issubclass` what they come of."""
    if hasattr(inspect.getsource, "of_mirrors"):
        return
    plain = inspect.getsource

    def getsource(value: Any) -> str:
        if is_mirror(value):
            cls = value if isinstance(value, MirrorType) else type(value)
            return as_text(cls._mirrors.operate("getsource", value))
        operate = vars(type(value)).get("operate")  # of a Function
        return as_text(operate(value, "getsource")) if operate else plain(value)

    plain_issubclass = builtins.issubclass

    def issubclass_(cls: Any, classes: Any) -> bool:
        if type(cls) is MirrorType and (base := type.__getattribute__(cls, "_library")) is not None:
            return plain_issubclass(base, classes) or plain_issubclass(cls, classes)
        return plain_issubclass(cls, classes)

    builtins.issubclass = issubclass_
    getsource.of_mirrors = True  # type: ignore[attr-defined]
    inspect.getsource = getsource  # type: ignore[assignment]
