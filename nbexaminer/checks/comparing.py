"""Compare a student's result with the wanted one: first the type, then the shape, then values.

A message tells what was got, and of the wanted result only its type and shape, so that it can be
shown although the inputs are hidden.
"""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real
from typing import Any

import numpy as np

from nbexaminer.isolation.wire import Opaque
from nbexaminer.model import Text

ATOL = 1e-10


def difference(
    got: Any, wanted: Any, name: str = "the result", parts: tuple[str, ...] = (), rtol: float = 1e-9
) -> Text | None:
    """Return what is wrong with `got`, or None if it is as good as `wanted`.

    name: how the message calls the value; parts: the names of its members if it is a tuple.
    """
    if isinstance(wanted, Opaque):  # of two answers, not of a reference's; all that is known is the type
        alike = isinstance(got, Opaque) and got.type_name == wanted.type_name
        return None if alike else _wrong_type(got, name, describe(wanted), describe(wanted))
    if isinstance(wanted, np.ndarray):
        return _array_difference(got, wanted, name, rtol)
    if isinstance(wanted, (tuple, list)):
        return _tuple_difference(got, wanted, name, parts, rtol)
    if isinstance(wanted, Mapping):
        return _mapping_difference(got, wanted, name, rtol)
    if isinstance(wanted, Real) and not isinstance(wanted, (bool, np.bool_)):
        return _number_difference(got, wanted, name, rtol)
    if type(got) is not type(wanted) or got != wanted:
        return _wrong_type(got, name, f"{wanted!r}", f"{wanted!r}")
    return None


def describe(value: Any) -> str:
    """Return what a value is, in a few words: its type, and the shape of an array."""
    if value is None:
        return "None"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, (tuple, list)):
        return f"a {type(value).__name__} of {len(value)}"
    name = value.type_name if isinstance(value, Opaque) else type(value).__name__
    return f"a value of type {name}"


def _wrong_type(got: Any, name: str, wanted_en: str, wanted_zh: str) -> Text:
    hint = " (is a `return` or an assignment missing?)" if got is None else ""
    hint_zh = "（是不是漏了 return 或赋值？）" if got is None else ""
    return Text(
        f"{name} should be {wanted_en}; yours is {describe(got)}{hint}.",
        f"{name} 应当是{wanted_zh}，你给的是 {describe(got)}{hint_zh}。",
    )


def _array_difference(got: Any, wanted: np.ndarray, name: str, rtol: float) -> Text | None:
    if not isinstance(got, np.ndarray) or got.dtype.kind not in "biuf":
        return _wrong_type(got, name, f"an array of shape {wanted.shape}", f"形状为 {wanted.shape} 的数组")
    if got.shape != wanted.shape:
        return Text(
            f"{name} has shape {got.shape}, but should have shape {wanted.shape}.",
            f"{name} 的形状是 {got.shape}，应当是 {wanted.shape}。",
        )
    if (got.dtype == bool) != (wanted.dtype == bool):
        return Text(
            f"{name} holds {got.dtype} values, but should hold {wanted.dtype}.",
            f"{name} 的元素类型是 {got.dtype}，应当是 {wanted.dtype}。",
        )
    wrong = ~np.isclose(np.asarray(got), wanted, rtol=rtol, atol=ATOL, equal_nan=True)
    if not wrong.any():
        return None
    index = tuple(int(i) for i in np.argwhere(wrong)[0])
    return Text(
        f"{name} has the right shape {wanted.shape}, but {wrong.sum()} of its {wrong.size} values are "
        f"wrong, the first at index {index}, where yours is {got[index]:.6g}.",
        f"{name} 的形状 {wanted.shape} 是对的，但 {wrong.size} 个值里有 {wrong.sum()} 个不对，"
        f"第一个在下标 {index}，你算出的是 {got[index]:.6g}。",
    )


def _number_difference(got: Any, wanted: Real, name: str, rtol: float) -> Text | None:
    if isinstance(got, np.ndarray) and got.ndim == 0 and got.dtype.kind in "iuf":
        got = got.item()
    if not isinstance(got, Real) or isinstance(got, (bool, np.bool_)):
        return _wrong_type(got, name, "a single number", "一个数")
    value = _float(got)
    if not np.isclose(value, _float(wanted), rtol=rtol, atol=ATOL, equal_nan=True):
        return Text(
            f"{name} is a single number, as it should be, but its value {value:.6g} is wrong.",
            f"{name} 是一个数，这没错，但它的值 {value:.6g} 不对。",
        )
    return None


def _float(number: Real) -> float:
    try:
        return float(number)
    except OverflowError:  # of a whole number with hundreds of digits
        return np.inf if number > 0 else -np.inf  # type: ignore[operator]  # typeshed gives Real no order


def _tuple_difference(
    got: Any, wanted: tuple[Any, ...] | list[Any], name: str, parts: tuple[str, ...], rtol: float
) -> Text | None:
    listed = f" ({', '.join(parts)})" if parts else ""
    if not isinstance(got, (tuple, list)) or len(got) != len(wanted):
        return _wrong_type(
            got, name, f"a tuple of {len(wanted)}{listed}", f"含 {len(wanted)} 项的元组{listed}"
        )
    names = parts or tuple(f"{name}[{k}]" for k in range(len(wanted)))
    differences = (difference(g, w, n, rtol=rtol) for g, w, n in zip(got, wanted, names, strict=True))
    return next((found for found in differences if found), None)


def _mapping_difference(got: Any, wanted: Mapping[Any, Any], name: str, rtol: float) -> Text | None:
    if not isinstance(got, Mapping) or not set(got) >= set(wanted):
        keys = ", ".join(map(repr, wanted))
        return _wrong_type(got, name, f"a dictionary with the keys {keys}", f"键为 {keys} 的字典")
    differences = (difference(got[k], wanted[k], f"{name}[{k!r}]", rtol=rtol) for k in wanted)
    return next((found for found in differences if found), None)
