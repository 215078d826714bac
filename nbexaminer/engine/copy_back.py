"""What a call has changed in place over there is changed here, too."""

from __future__ import annotations

import io
import random
from typing import Any

import numpy as np

from nbexaminer.engine.mirror_objects import is_mirror
from nbexaminer.engine.streams import take_back
from nbexaminer.isolation.wire import set_attributes

Seen = dict[int, tuple[Any, Any]]  # by the id of a new instance: it, and the old one that it stands for


def copy_back(old: Any, new: Any, seen: Seen | None = None) -> Any:
    """Change arrays, lists, dictionaries, sets and instances of shared classes to what they were changed to
    over there; return what stands in the place now: the old object if its content can be changed."""
    seen = {} if seen is None else seen
    if id(new) in seen:
        return seen[id(new)][1]
    if issubclass(type(old), io.IOBase) and type(new) in (io.StringIO, io.BytesIO):
        take_back(old, new)
        return old
    if old is new or type(old) is not type(new) or is_mirror(old):
        return new
    if isinstance(old, np.ndarray):
        if old.shape != new.shape or old.dtype != new.dtype or not old.flags.writeable:
            return new
        old[...] = new
        if isinstance(old, np.ma.MaskedArray):
            old.mask = new.mask
    elif isinstance(old, dict):
        for key in [key for key in old if key not in new]:
            del old[key]
        for key, value in new.items():
            old[key] = copy_back(old[key], value, seen) if key in old else value
    elif isinstance(old, list):
        old[:] = [copy_back(*pair, seen) for pair in zip(old, new, strict=False)] + new[len(old) :]
    elif isinstance(old, tuple):
        parts = [copy_back(*pair, seen) for pair in zip(old, new, strict=False)]
        same = len(old) == len(new) and all(one is other for one, other in zip(parts, old, strict=True))
        return old if same else new
    elif isinstance(old, (set, bytearray)) or hasattr(old, "rotate"):  # a deque
        if old != new:
            old.clear()
            old.extend(new) if hasattr(old, "extend") else old.update(new)
    elif isinstance(old, (np.random.Generator, np.random.RandomState, random.Random)):
        _copy_state(old, new)
    elif _is_table(old):
        return _copy_table(old, new)
    elif hasattr(old, "__dict__") and type(old).__module__ not in ("builtins", "enum"):
        seen[id(new)] = new, old
        before = vars(old)
        after = {
            name: copy_back(before[name], value, seen) if name in before else value
            for name, value in vars(new).items()
        }
        set_attributes(old, after)
    else:
        return new
    return old


def with_old(value: Any, seen: Seen) -> Any:
    """Return a value in which the instances that were there before the call stand for themselves."""
    if id(value) in seen:
        return seen[id(value)][1]
    if type(value) in (list, tuple):
        return type(value)(with_old(part, seen) for part in value)
    if type(value) is dict:
        return {key: with_old(part, seen) for key, part in value.items()}
    return value


def _copy_state(old: Any, new: Any) -> None:
    """Let random numbers go on from where the other generator is."""
    if isinstance(old, np.random.Generator):
        old.bit_generator.state = new.bit_generator.state
    elif isinstance(old, np.random.RandomState):
        old.set_state(new.get_state())
    else:
        old.setstate(new.getstate())


def _is_table(value: Any) -> bool:
    return type(value).__module__.startswith("pandas.") and hasattr(value, "_update_inplace")


def _copy_table(old: Any, new: Any) -> Any:
    """A pandas table or column that was changed in place, columns and rows added or dropped included."""
    if not old.equals(new) or list(old.axes[-1]) != list(new.axes[-1]):
        old._update_inplace(new)
    return old
