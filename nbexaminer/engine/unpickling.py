"""What a test may unpickle: data, but nothing that runs code.

Bytes or a file of a student's could be a pickle that runs whatever it likes in the examiner. While a test
runs, and in any locked cell that has called students' code, only classes that hold plain data are found.
"""

from __future__ import annotations

import contextlib
import functools
import pickle
import sys
from collections.abc import Iterator
from typing import Any

_PANDAS = (
    *("core.frame.DataFrame", "core.series.Series", "core.indexes.base.Index"),
    *("core.indexes.base._new_Index", "core.indexes.range.RangeIndex", "core.indexes.multi.MultiIndex"),
    *("core.indexes.datetimes.DatetimeIndex", "core.indexes.datetimes._new_DatetimeIndex"),
    *("core.internals.managers.BlockManager", "core.internals.managers.SingleBlockManager"),
    "_libs.internals._unpickle_block",
    *("DataFrame", "Series", "Index", "RangeIndex", "MultiIndex", "CategoricalIndex", "DatetimeIndex"),
    *("TimedeltaIndex", "PeriodIndex", "IntervalIndex", "core.indexes.interval._new_IntervalIndex"),
    *("_libs.arrays.__pyx_unpickle_NDArrayBacked", "Categorical", "CategoricalDtype", "NA", "Interval"),
    *(f"arrays.{kind}Array" for kind in ("String", "Datetime", "Timedelta", "Period", "Integer")),
    *(f"arrays.{kind}Array" for kind in ("Floating", "Boolean", "Interval")),
    *(f"{kind}Dtype" for kind in ("String", "DatetimeTZ", "Period", "Boolean", "Interval")),
    *(f"{sign}Int{bits}Dtype" for sign in ("", "U") for bits in (8, 16, 32, 64)),
    *("Float32Dtype", "Float64Dtype", "_libs.tslibs.timestamps._unpickle_timestamp"),
    *("_libs.tslibs.timedeltas._timedelta_unpickle", "_libs.tslibs.nattype._nat_unpickle", "Period"),
    *(f"_libs.tslibs.offsets.{unit}" for unit in ("Day", "Hour", "Minute", "Second", "MonthEnd", "YearEnd")),
)
_SPARSE = ("bsr", "coo", "csc", "csr", "dia", "dok", "lil")
_SAFE = {
    *(f"builtins.{name}" for name in ("set", "frozenset", "complex", "slice", "range", "bytearray")),
    "builtins.object",
    *(f"builtins.{name}" for name in ("list", "dict", "tuple", "int", "float", "str", "bytes", "bool")),
    *(f"collections.{name}" for name in ("OrderedDict", "defaultdict", "deque", "Counter")),
    *(f"datetime.{name}" for name in ("date", "time", "datetime", "timedelta", "timezone")),
    *("decimal.Decimal", "fractions.Fraction", "copyreg._reconstructor", "copyreg.__newobj__"),
    *("_codecs.encode", "numpy.ndarray", "numpy.dtype"),
    *(f"numpy.{core}.multiarray.{name}" for core in ("core", "_core") for name in ("_reconstruct", "scalar")),
    *(f"numpy.{core}.numeric._frombuffer" for core in ("core", "_core")),
    *("numpy.ma.core._mareconstruct", "numpy.ma.MaskedArray", "numpy.ma.core.MaskedArray", "numpy.poly1d"),
    *("numpy.polynomial.polynomial.Polynomial", "pathlib.PosixPath", "pathlib.PurePosixPath"),
    *(f"scipy.sparse._{kind}.{kind}_{form}" for kind in _SPARSE for form in ("matrix", "array")),
    *(f"pandas.{name}" for name in _PANDAS),
}
_is_restricted = False


@functools.cache
def install() -> None:
    """Let this process ask here whenever something is unpickled; that can't be undone."""
    sys.addaudithook(_check)


@contextlib.contextmanager
def restricted_unpickling(from_start: bool) -> Iterator[None]:
    """Restrict what can be unpickled, from the start or from `restrict` on."""
    global _is_restricted
    _is_restricted = from_start
    try:
        yield
    finally:
        _is_restricted = False


def restrict() -> None:
    """From now on until the cell's end, unpickle nothing but plain data."""
    global _is_restricted
    _is_restricted = True


def _check(event: str, args: tuple[Any, ...]) -> None:
    if event == "pickle.find_class" and _is_restricted and f"{args[0]}.{args[1]}" not in _SAFE:
        raise pickle.UnpicklingError(
            f"a test may unpickle plain data only, not {args[0]}.{args[1]}: it could be of a student's making"
        )
