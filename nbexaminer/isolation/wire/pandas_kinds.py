"""pandas' tables, columns, indexes and scalars, for those who have imported pandas."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from nbexaminer.errors import WireError
from nbexaminer.isolation.wire.format import PLAIN_KINDS
from nbexaminer.isolation.wire.kinds import Kind, Unfit, all_plain, parts, plain
from nbexaminer.isolation.wire.standard_kinds import build_zone, split_zone

_TABLE = 200  # what an empty table or index takes, in values of a message
_NUMBERS = {
    f"{sign}{kind}{bits}": dtype()
    for sign, kind, sizes in (
        ("", "Int", (8, 16, 32, 64)),
        ("U", "Int", (8, 16, 32, 64)),
        ("", "Float", (32, 64)),
    )
    for bits in sizes
    if (dtype := getattr(pd, f"{sign}{kind}{bits}Dtype"))
} | {"boolean": pd.BooleanDtype()}
_UNITS = ("s", "ms", "us", "ns")
_MOST_CHARACTERS = 40  # of a frequency's name

# A column is a NumPy array as it is, or (what, ...) of an extension's; an index is a tuple of what makes it.


def _split_column(values: Any) -> Any:
    if isinstance(values, np.ndarray):
        return values
    if type(values) is pd.arrays.NumpyExtensionArray:
        return "numpy", values.to_numpy()
    dtype = values.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return "category", np.asarray(values.codes), values.categories, bool(values.ordered)
    if isinstance(dtype, pd.StringDtype) and dtype.storage == "python":
        texts = [
            None if missing else str(text) for text, missing in zip(values, pd.isna(values), strict=True)
        ]
        return "text", texts, dtype.na_value is pd.NA
    if dtype.name in _NUMBERS:
        return "nullable", dtype.name, np.asarray(values._data), np.asarray(values._mask)
    if isinstance(dtype, pd.DatetimeTZDtype):
        return "zoned", values.asi8, dtype.unit, split_zone(dtype.tz)
    if isinstance(dtype, pd.PeriodDtype):
        return "period", values.asi8, dtype.name.removeprefix("period[").removesuffix("]")
    if isinstance(dtype, pd.IntervalDtype):
        return "interval", values.left, values.right, values.closed
    if isinstance(values, (pd.arrays.DatetimeArray, pd.arrays.TimedeltaArray)):
        return values.to_numpy()
    raise Unfit(f"it has a column of dtype {dtype}")


def _build_column(content: Any) -> Any:
    if type(content) is np.ndarray:
        if content.ndim != 1 or not (content.dtype.kind in PLAIN_KINDS or content.dtype.kind == "O"):
            raise WireError("a column is one array of plain values")
        return content
    what, *rest = plain(content, tuple)
    return _COLUMNS[plain(what, str)](*rest)


def _category(codes: Any, categories: Any, ordered: Any) -> Any:
    if not isinstance(categories, pd.Index):
        raise WireError("categories are an index")
    codes = _integers(codes)
    if len(codes) and not -1 <= codes.min() <= codes.max() < len(categories):
        raise WireError("there is no such category")
    return pd.Categorical.from_codes(codes, dtype=pd.CategoricalDtype(categories, plain(ordered, bool)))


def _text(texts: Any, has_na: Any) -> Any:
    if not all(text is None or type(text) is str for text in plain(texts, list)):
        raise WireError("a column of text holds something else")
    dtype = pd.StringDtype("python", na_value=pd.NA if plain(has_na, bool) else np.nan)
    return pd.array(texts, dtype=dtype)


def _nullable(name: Any, values: Any, mask: Any) -> Any:
    dtype = _NUMBERS[plain(name, str)]
    if (
        _one_axis(values).dtype != dtype.numpy_dtype
        or _one_axis(mask).dtype != np.bool_
        or len(mask) != len(values)
    ):
        raise WireError("a nullable column has other values than its dtype")
    return dtype.construct_array_type()(values, mask)


def _zoned(values: Any, unit: Any, zone: Any) -> Any:
    if plain(unit, str) not in _UNITS or build_zone(zone) is None:
        raise WireError("times with a zone have a unit and a zone")
    moments = pd.DatetimeIndex(_integers(values).view(f"M8[{unit}]"))
    return moments.tz_localize("UTC").tz_convert(zone).array


def _period(values: Any, frequency: Any) -> Any:
    return pd.PeriodIndex.from_ordinals(_integers(values), freq=_frequency(frequency)).array


def _interval(left: Any, right: Any, closed: Any) -> Any:
    if not isinstance(left, pd.Index) or not isinstance(right, pd.Index):
        raise WireError("intervals have an index of their left ends, and one of their right ends")
    return pd.arrays.IntervalArray.from_arrays(left, right, closed=plain(closed, str))


_COLUMNS: dict[str, Callable[..., Any]] = {
    "numpy": lambda values: pd.arrays.NumpyExtensionArray(_one_axis(values)),
    "category": _category,
    "text": _text,
    "nullable": _nullable,
    "zoned": _zoned,
    "period": _period,
    "interval": _interval,
}


def _one_axis(values: Any) -> Any:
    if plain(values, np.ndarray).ndim != 1:
        raise WireError("a column has one axis")
    return values


def _integers(values: Any) -> Any:
    if _one_axis(values).dtype.kind != "i":
        raise WireError("whole numbers are wanted")
    return values


def _frequency(name: Any) -> Any:
    if name is not None and len(plain(name, str)) > _MOST_CHARACTERS:
        raise WireError("that is no frequency")
    return name


def _split_index(index: pd.Index) -> Any:
    names = list(index.names)
    if isinstance(index, pd.MultiIndex):
        return (
            "multi",
            names,
            [level.set_names(None) for level in index.levels],
            list(map(np.asarray, index.codes)),
        )
    if isinstance(index, pd.RangeIndex):
        return "range", names, index.start, index.stop, index.step
    frequency = (
        getattr(index, "freq", None) if isinstance(index, (pd.DatetimeIndex, pd.TimedeltaIndex)) else None
    )
    return "index", names, _split_column(index.array), frequency.freqstr if frequency is not None else None


def _build_index(content: Any) -> pd.Index:
    what, names, *rest = plain(content, tuple)
    if len(plain(names, list)) != 1 and what != "multi":
        raise WireError("an index has one name")
    if what == "range":
        return pd.RangeIndex(*all_plain(rest, int), name=names[0])
    if what == "multi":
        levels, codes = rest
        for level, numbers in zip(plain(levels, list), plain(codes, list), strict=True):
            if not isinstance(level, pd.Index) or (len(numbers) and _integers(numbers).max() >= len(level)):
                raise WireError("an index has levels, and which entry of them stands where")
        return pd.MultiIndex(levels, codes, names=names)
    if what != "index":
        raise WireError("there is no such index")
    values, frequency = rest
    index = pd.Index(_build_column(values), name=names[0], copy=False, **_dtype(values))
    if frequency is not None:
        if not isinstance(index, (pd.DatetimeIndex, pd.TimedeltaIndex)):
            raise WireError("only times have a frequency")
        index.freq = _frequency(frequency)
    return index


def _dtype(values: Any) -> dict[str, Any]:
    """Objects stay such: pandas would look for a better dtype."""
    return {"dtype": values.dtype} if type(values) is np.ndarray else {}


def _split_series(series: pd.Series) -> Any:
    return _split_column(series.array), series.index, series.name


def _build_series(content: Any) -> pd.Series:
    values, index, name = plain(content, tuple)
    if not isinstance(index, pd.Index):
        raise WireError("a column has an index")
    return pd.Series(_build_column(values), index=index, name=name, copy=False, **_dtype(values))


def _split_frame(frame: pd.DataFrame) -> Any:
    columns = [_split_column(frame.iloc[:, number].array) for number in range(frame.shape[1])]
    return columns, frame.index, frame.columns


def _build_frame(content: Any) -> pd.DataFrame:
    columns, index, names = plain(content, tuple)
    if (
        not isinstance(index, pd.Index)
        or not isinstance(names, pd.Index)
        or len(plain(columns, list)) != len(names)
    ):
        raise WireError("a table has an index, and a name for each column")
    series = {
        number: pd.Series(_build_column(values), index=index, **_dtype(values))
        for number, values in enumerate(columns)
    }
    frame = pd.DataFrame(series, index=index)
    frame.columns = names
    return frame


def _split_timestamp(moment: pd.Timestamp) -> Any:
    return moment.asm8, split_zone(moment.tz), moment.fold


def _build_timestamp(content: Any) -> pd.Timestamp:
    value, zone, fold = plain(content, tuple)
    moment = pd.Timestamp(plain(value, np.datetime64))
    if build_zone(zone) is None:
        return moment
    return moment.tz_localize("UTC").tz_convert(zone).replace(fold=plain(fold, int))


def _split_interval(interval: pd.Interval) -> Any:
    return interval.left, interval.right, interval.closed


def _index(cls: type[pd.Index]) -> Kind:
    return Kind(f"pandas.{cls.__name__}", cls, _split_index, _build_index, _TABLE)


def _extension(cls: type) -> Kind:
    return Kind(f"pandas.{cls.__name__}", cls, _split_column, _build_column, _TABLE)


KINDS = (
    Kind("pandas.DataFrame", pd.DataFrame, _split_frame, _build_frame, _TABLE),
    Kind("pandas.Series", pd.Series, _split_series, _build_series, _TABLE),
    _index(pd.Index),
    _extension(pd.api.extensions.ExtensionArray),
    Kind("pandas.Timestamp", pd.Timestamp, _split_timestamp, _build_timestamp),
    Kind(
        "pandas.Timedelta", pd.Timedelta, lambda v: v.asm8, lambda c: pd.Timedelta(plain(c, np.timedelta64))
    ),
    Kind("pandas.NaT", type(pd.NaT), lambda v: None, lambda c: pd.NaT),
    Kind("pandas.NA", type(pd.NA), lambda v: None, lambda c: pd.NA),
    Kind(
        "pandas.Period",
        pd.Period,
        lambda v: (v.ordinal, v.freqstr),
        lambda c: pd.Period(ordinal=plain(c[0], int), freq=_frequency(c[1])),
    ),
    Kind("pandas.Interval", pd.Interval, _split_interval, lambda c: pd.Interval(*plain(c, tuple)[:3])),
    Kind(
        "pandas.CategoricalDtype",
        pd.CategoricalDtype,
        lambda v: (v.categories, v.ordered),
        lambda c: pd.CategoricalDtype(*parts(c, (pd.Index, types.NoneType), (bool, types.NoneType))),
    ),
)
