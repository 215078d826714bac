"""What the examiner can ask a student's process to do with an object that stays there.

An object that is no plain data stays in the process where it is; the other process refers to it by a number
(see nbexaminer.isolation.wire.context). Everything is done to it by one of the operations here.
"""

from __future__ import annotations

import copy
import importlib
import inspect
import operator
import sys
from collections.abc import Callable
from typing import Any

from nbexaminer.isolation.remote_exceptions import exception

_ABOUT_FIGURES = ("gcf", "gca", "get_fignums", "close")
MAX_OBJECTS = 100_000  # that one process keeps for the other
SESSION_NUMBERS = 1 << 32  # from here on, numbers are those of one session; below, they stay valid

# The methods that Python looks up in an object's class, each with the operation that it stands for.
UNARY: dict[str, Callable[..., Any]] = {
    "__neg__": operator.neg,
    "__pos__": operator.pos,
    "__abs__": abs,
    "__invert__": operator.invert,
    "__round__": round,
    "__float__": float,
    "__int__": int,
    "__complex__": complex,
    "__index__": operator.index,
}
BINARY: dict[str, Callable[..., Any]] = {
    **{
        f"__{name}__": getattr(operator, name) for name in ("add", "sub", "mul", "truediv", "floordiv", "mod")
    },
    **{f"__{name}__": getattr(operator, name) for name in ("pow", "matmul", "lshift", "rshift", "xor")},
    "__and__": operator.and_,
    "__or__": operator.or_,
    "__divmod__": divmod,
}
COMPARISONS: dict[str, Callable[..., Any]] = {
    f"__{name}__": getattr(operator, name) for name in ("lt", "le", "gt", "ge")
}
OTHER: dict[str, Callable[..., Any]] = {
    "__call__": lambda function, *args, **kwargs: function(*args, **kwargs),
    "__len__": len,
    "__iter__": iter,
    "__next__": lambda iterator: _next(iterator),
    "__reversed__": reversed,
    "__contains__": operator.contains,
    "__getitem__": operator.getitem,
    "__setitem__": operator.setitem,
    "__delitem__": operator.delitem,
    "__bool__": bool,
    "__hash__": hash,
    "__enter__": lambda manager: manager.__enter__(),
    "__exit__": lambda manager, error: _exit(manager, error),
}
SPECIAL_METHODS = frozenset({*UNARY, *BINARY, *COMPARISONS, *OTHER})  # that an object has or has not


def _next(iterator: Any) -> tuple[bool, Any]:
    """Return whether there is one more item, and the item."""
    try:
        return True, next(iterator)
    except StopIteration:
        return False, None


def _exit(manager: Any, error: Any) -> Any:
    """Leave a context; error: what failed in it, described if it is another process's."""
    if isinstance(error, dict):
        error = exception(**error)
    return manager.__exit__(type(error) if error else None, error, None)


def _pyplot(name: str, *args: Any, **kwargs: Any) -> Any:
    """Make a figure, or ask about those that have been drawn here; 0 if nobody has drawn any."""
    if name in _ABOUT_FIGURES and not getattr(sys.modules.get("matplotlib.pyplot"), "get_fignums", list)():
        return 0
    return getattr(importlib.import_module("matplotlib.pyplot"), name)(*args, **kwargs)


def _signature(function: Any) -> list[tuple[str, int, bool, Any]]:
    """Return the parameters of a function: name, kind, whether there is a default, and the default."""
    return [
        (
            one.name,
            int(one.kind),
            one.default is not one.empty,
            None if one.default is one.empty else one.default,
        )
        for one in inspect.signature(function).parameters.values()
    ]


def _plain_base(value: Any) -> Any:
    """Return what an instance of a subclass of a plain class holds, as one of the plain class."""
    bases: tuple[Any, ...] = (bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset)
    for base in bases:
        if isinstance(value, base):
            return base(base.__iter__(value)) if base in (list, tuple, set, frozenset) else base(value)
    raise TypeError("it is no plain data")


def _reverse(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda value, other: function(other, value)


OPERATIONS: dict[str, Callable[..., Any]] = {
    **UNARY,
    **BINARY,
    **{f"__r{name[2:]}": _reverse(function) for name, function in BINARY.items()},
    **COMPARISONS,
    **OTHER,
    "__eq__": operator.eq,
    "__ne__": operator.ne,
    "__repr__": repr,
    "__str__": str,
    "__format__": format,
    "__dir__": dir,
    "getattr": getattr,
    "__copy__": copy.copy,
    "__deepcopy__": copy.deepcopy,
    "setattr": setattr,
    "delattr": delattr,
    "issubclass": issubclass,
    "getsource": inspect.getsource,
    "signature": _signature,
    "plain": _plain_base,
    "itself": lambda value: value,
    "pyplot": _pyplot,
}
