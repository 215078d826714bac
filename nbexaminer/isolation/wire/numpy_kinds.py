"""NumPy's values beyond arrays and scalars of plain dtypes, which every message may hold."""

from __future__ import annotations

import math
import types
from typing import Any

import numpy as np

from nbexaminer.errors import WireError
from nbexaminer.isolation.wire.format import (
    ARRAY_ITEMS,
    MAX_AXES,
    MAX_BYTES,
    MAX_ITEMS,
    PLAIN_KINDS,
    plain_dtype,
)
from nbexaminer.isolation.wire.kinds import Kind, Unfit, all_plain, parts, plain

_SAFE = (
    "all any argmax argmin average clip cumprod cumsum diff linspace max mean median min percentile prod ptp "
    "round sort std sum var"
)
_FUNCTIONS: dict[str, Any] = {name: getattr(np, name) for name in _SAFE.split()}


def shape_of(shape: Any) -> tuple[int, ...]:
    """Return a shape after a look at its axes, however much they hold."""
    if len(plain(shape, tuple)) > MAX_AXES or min(all_plain(shape, int), default=0) < 0:
        raise WireError("an array has no such shape")
    return tuple(shape)


# A dtype is a text if it is plain, or (names, dtypes, offsets, size): of what, where and how far.


def split_dtype(dtype: np.dtype[Any]) -> Any:
    if dtype.kind in PLAIN_KINDS or dtype.kind == "O":
        return dtype.str
    if dtype.subdtype:
        inner, shape = dtype.subdtype
        return split_dtype(inner), shape
    if dtype.names is None:
        raise Unfit(f"its dtype is of kind {dtype.kind!r}")
    if dtype.hasobject:
        raise Unfit("its dtype has fields of Python objects")
    found = [dtype.fields[name][:2] for name in dtype.names]  # type: ignore[index]
    kinds, offsets = [split_dtype(part) for part, _ in found], [int(offset) for _, offset in found]
    return list(dtype.names), kinds, offsets, dtype.itemsize


def build_dtype(content: Any, objects: bool = True) -> np.dtype[Any]:
    if type(content) is str:
        dtype = np.dtype(object) if objects and content == "|O" else plain_dtype(content)
        if dtype is None:
            raise WireError("there is no such dtype that may travel")
        return dtype
    if type(content) is tuple and len(content) == 2:
        inner, shape = build_dtype(content[0], objects=False), shape_of(content[1])
        if math.prod(max(n, 1) for n in shape) * max(inner.itemsize, 1) > MAX_BYTES:
            raise WireError("a dtype is too large")
        return np.dtype((inner, shape))
    names, kinds, offsets, size = parts(content, list, list, list, int)
    dtypes = [build_dtype(kind, objects=False) for kind in kinds]
    all_plain(names, str), all_plain(offsets, int)
    ends = [offset + dtype.itemsize for offset, dtype in zip(offsets, dtypes, strict=True)]
    if min(offsets, default=0) < 0 or not max(ends, default=0) <= size <= MAX_BYTES:
        raise WireError("the fields of a dtype are not inside of it")
    return np.dtype({"names": names, "formats": dtypes, "offsets": offsets, "itemsize": size})


def _split_record(array: np.ndarray[Any, Any]) -> Any:
    """An array with fields: its dtype, shape, and each field's values as an array of their own."""
    columns = [np.asarray(array[name]) for name in array.dtype.names or ()]
    return split_dtype(array.dtype), array.shape, columns


def _build_record(content: Any) -> np.ndarray[Any, Any]:
    kind, shape, columns = parts(content, tuple, tuple, list)
    dtype, shape = build_dtype(kind), shape_of(shape)
    if dtype.names is None or math.prod(max(n, 1) for n in shape) * max(dtype.itemsize, 1) > MAX_BYTES:
        raise WireError("an array has too large a dtype, or none with fields")
    array = np.zeros(shape, dtype)
    for name, column in zip(dtype.names, all_plain(columns, np.ndarray), strict=True):
        if (column.dtype, column.shape) != (array[name].dtype, array[name].shape):
            raise WireError("a field has values of another dtype or shape")
        array[name] = column
    return array


def _split_objects(array: np.ndarray[Any, Any]) -> Any:
    return array.shape, array.ravel().tolist() if array.ndim else [array.item()]


def _build_objects(content: Any) -> np.ndarray[Any, Any]:
    shape, items = parts(content, tuple, list)
    if math.prod(shape_of(shape)) != len(items) or math.prod(max(n, 1) for n in shape) > MAX_ITEMS:
        raise WireError("an array has more or fewer values than its shape says")
    array = np.empty(len(items), object)
    for number, item in enumerate(items):
        array[number] = item
    return array.reshape(shape)


def split_array(array: np.ndarray[Any, Any]) -> Any:
    """Return an array whose dtype is not plain as something that may travel."""
    if array.dtype.kind == "O":
        return "objects", _split_objects(array)
    if array.dtype.names is not None:
        return "record", _split_record(array)
    raise Unfit(f"its dtype is of kind {array.dtype.kind!r}")


def build_array(content: Any) -> np.ndarray[Any, Any]:
    what, content = parts(content, str, tuple)
    return {"objects": _build_objects, "record": _build_record}[what](content)


def _split_masked(array: np.ma.MaskedArray[Any, Any]) -> Any:
    if array is np.ma.masked:
        return None
    mask = None if array.mask is np.ma.nomask else np.asarray(array.mask)
    fill = None if getattr(array, "_fill_value", None) is None else np.asarray(array.fill_value)
    return np.asarray(array.data), mask, fill, bool(array.hardmask)


def _build_masked(content: Any) -> Any:
    if content is None:
        return np.ma.masked
    data, mask, fill, hard = parts(
        content, np.ndarray, (np.ndarray, types.NoneType), (np.ndarray, types.NoneType), bool
    )
    if mask is not None and (mask.shape != data.shape or mask.dtype != np.ma.make_mask_descr(data.dtype)):
        raise WireError("a mask has another shape than its array")
    if fill is not None and (fill.shape, fill.dtype) != ((), data.dtype):
        raise WireError("a fill value has another dtype than its array")
    mask = np.ma.nomask if mask is None else mask
    fill = None if fill is None else fill[()]
    return np.ma.MaskedArray(data, mask, fill_value=fill, hard_mask=hard, copy=False)


def _build_matrix(array: Any) -> Any:
    if plain(array, np.ndarray).ndim != 2:
        raise WireError("a matrix has two axes")
    return array.view(np.matrix)


def _build_recarray(array: Any) -> Any:
    return plain(array, np.ndarray).view(np.recarray)


def _build_scalar(array: Any) -> Any:
    if plain(array, np.ndarray).shape != () or array.dtype.names is None:
        raise WireError("a scalar with fields has no axes")
    return array[()]


def _build_record_scalar(array: Any) -> Any:
    return _build_scalar(array).view(np.dtype((np.record, array.dtype)))


def _ufunc(ufunc: np.ufunc) -> str:
    if getattr(np, ufunc.__name__, None) is not ufunc:
        raise Unfit("it is a ufunc that NumPy does not have under its name")
    return str(ufunc.__name__)


def _build_ufunc(name: Any) -> np.ufunc:
    ufunc = vars(np).get(plain(name, str))
    if type(ufunc) is not np.ufunc:
        raise WireError("there is no such ufunc")
    return ufunc


def _function(function: Any) -> str:
    name = getattr(function, "__name__", "")
    if _FUNCTIONS.get(name) is not function:
        raise Unfit("it is a function, not plain data")
    return str(name)


def _split_generator(generator: np.random.Generator) -> Any:
    state = generator.bit_generator.state
    if type(generator.bit_generator) is not np.random.PCG64:
        raise Unfit("it draws from another bit generator than PCG64")
    return state["state"]["state"], state["state"]["inc"], state["has_uint32"], state["uinteger"]


def _build_generator(content: Any) -> np.random.Generator:
    state, increment, has_next, following = parts(content, int, int, int, int)
    if not (
        0 <= state < 2**128 and 0 <= increment < 2**128 and has_next in (0, 1) and 0 <= following < 2**32
    ):
        raise WireError("that is no state of random numbers")
    generator = np.random.Generator(np.random.PCG64(0))
    generator.bit_generator.state = {
        "bit_generator": "PCG64",
        "state": {"state": state, "inc": increment},
        "has_uint32": has_next,
        "uinteger": following,
    }
    return generator


def _split_random_state(generator: np.random.RandomState) -> Any:
    kind, *state = generator.get_state()
    if kind != "MT19937":
        raise Unfit("it draws from another bit generator than MT19937")
    return tuple(state)


def _build_random_state(content: Any) -> np.random.RandomState:
    key, position, has_next, following = parts(content, np.ndarray, int, int, float)
    if (
        (key.dtype, key.shape) != (np.uint32, (624,))
        or not (key[1:].any() or key[0] >> 31)  # from zeros no normal number ever comes
        or not 0 <= position <= 624  # NumPy would read foreign memory
        or has_next not in (0, 1)
        or not math.isfinite(following)
    ):
        raise WireError("that is no state of random numbers")
    generator = np.random.RandomState(0)
    generator.set_state(("MT19937", key, position, has_next, following))
    return generator


KINDS = (
    Kind("numpy.generator", np.random.Generator, _split_generator, _build_generator, 100),
    Kind("numpy.randomstate", np.random.RandomState, _split_random_state, _build_random_state, 500),
    Kind("numpy.array", np.ndarray, split_array, build_array, cost=3 * ARRAY_ITEMS),
    Kind("numpy.void", np.void, np.asarray, _build_scalar, cost=3 * ARRAY_ITEMS),
    Kind("numpy.record", np.record, lambda v: np.asarray(v).view(np.ndarray), _build_record_scalar),
    Kind("numpy.masked", np.ma.MaskedArray, _split_masked, _build_masked, cost=3 * ARRAY_ITEMS),
    Kind("numpy.matrix", np.matrix, np.asarray, _build_matrix, cost=ARRAY_ITEMS),
    Kind("numpy.recarray", np.recarray, np.asarray, _build_recarray, cost=3 * ARRAY_ITEMS),
    Kind("numpy.dtype", np.dtype, split_dtype, build_dtype),
    Kind("numpy.ufunc", np.ufunc, _ufunc, _build_ufunc),
    Kind("numpy.function", type(np.sum), _function, lambda name: _FUNCTIONS[plain(name, str)]),
)
