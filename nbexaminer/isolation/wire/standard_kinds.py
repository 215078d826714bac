"""Values of Python's standard library, beyond those that every message may hold."""

from __future__ import annotations

import builtins
import collections
import datetime
import decimal
import fractions
import io
import math
import operator
import pathlib
import random
import re
import types
import zoneinfo
from typing import Any

import numpy as np

from nbexaminer.errors import WireError
from nbexaminer.isolation.wire.format import MAX_KEYS
from nbexaminer.isolation.wire.kinds import Kind, Unfit, all_plain, parts, plain

_DECIMAL = re.compile(r"-?(\d{1,2400}(\.\d{0,2400})?(E[+-]?\d{1,5})?|Infinity|s?NaN\d{0,100})", re.ASCII)
_ZONE = re.compile(r"[A-Za-z0-9_+-]{1,40}(/[A-Za-z0-9_+-]{1,40}){0,3}", re.ASCII)
_EXPONENT = 10_000

# Classes that do nothing but make a value, and functions that do nothing but compute one.
_CLASSES: dict[str, type] = {
    cls.__name__: cls
    for cls in vars(builtins).values()
    if isinstance(cls, type)
    and (issubclass(cls, BaseException) or cls in (bool, bytearray, bytes, complex, dict, float, frozenset))
} | {cls.__name__: cls for cls in (int, list, object, range, set, slice, str, tuple, types.NoneType)}
_CLASSES |= {f"numpy.{cls.__name__}": cls for cls in {*np.sctypeDict.values(), np.ndarray}}
_FUNCTIONS = {
    f"{module.__name__}.{name}": function
    for module, names in (
        (builtins, "abs all any ascii bin chr divmod hash hex len max min oct ord pow repr round sorted sum"),
        (math, " ".join(name for name in vars(math) if name[0] != "_")),
        (
            operator,
            "add and_ contains eq floordiv ge gt le lt matmul mod mul ne neg not_ or_ pow sub truediv xor",
        ),
    )
    for name in names.split()
    if isinstance(function := getattr(module, name), types.BuiltinFunctionType)
}
_FACTORIES = (int, float, complex, str, list, dict, set, tuple, bool)


def _hashable(items: list[Any]) -> list[Any]:
    if sum(not isinstance(item, (str, bytes)) for item in items) > MAX_KEYS:
        raise WireError("a set has too many members")
    return items


def _name(table: dict[str, Any], value: Any) -> str:
    for name, known in table.items():
        if known is value:
            return name
    raise Unfit("it is a function or class, not plain data")


def _build_decimal(text: Any) -> decimal.Decimal:
    if not _DECIMAL.fullmatch(plain(text, str)):
        raise WireError("that is no decimal number")
    number = decimal.Decimal(text)
    if number.is_finite() and abs(number.adjusted()) > _EXPONENT:
        raise WireError("a decimal number is too large")
    return number


def _split_decimal(number: decimal.Decimal) -> str:
    text = decimal.Decimal.__str__(number)
    if not _DECIMAL.fullmatch(text) or (number.is_finite() and abs(number.adjusted()) > _EXPONENT):
        raise Unfit("it is a decimal number with too many digits")
    return text


def _build_fraction(content: Any) -> fractions.Fraction:
    numerator, denominator = parts(content, int, int)
    fraction = fractions.Fraction(numerator, denominator)
    if (fraction.numerator, fraction.denominator) != (numerator, denominator):
        raise WireError("a fraction is not reduced")
    return fraction


def split_zone(zone: Any) -> Any:
    """Return a time zone of one of the two kinds that travel, or None. Raises Unfit."""
    if zone is None or type(zone) is datetime.timezone or (type(zone) is zoneinfo.ZoneInfo and zone.key):
        return zone
    raise Unfit(f"its time zone is a {type(zone).__name__}")


def build_zone(zone: Any) -> datetime.tzinfo | None:
    if zone is None or isinstance(zone, (datetime.timezone, zoneinfo.ZoneInfo)):
        return zone
    raise WireError("that is no time zone")


def _build_zoneinfo(key: Any) -> zoneinfo.ZoneInfo:
    if not _ZONE.fullmatch(plain(key, str)):
        raise WireError("that is no name of a time zone")
    try:
        return zoneinfo.ZoneInfo(key)
    except (zoneinfo.ZoneInfoNotFoundError, OSError):
        raise WireError("there is no such time zone") from None


def _split_timezone(zone: datetime.timezone) -> tuple[datetime.timedelta, str | None]:
    name = zone.tzname(None)
    offset = zone.utcoffset(None)
    return offset, None if name == datetime.timezone(offset).tzname(None) else name


def _build_timezone(content: Any) -> datetime.timezone:
    offset, name = parts(content, datetime.timedelta, (str, types.NoneType))
    if not offset and name is None:
        return datetime.UTC
    return datetime.timezone(offset) if name is None else datetime.timezone(offset, name[:100])


def _split_datetime(moment: datetime.datetime) -> tuple[Any, ...]:
    fields = ("year", "month", "day", "hour", "minute", "second", "microsecond")
    return (*(getattr(moment, name) for name in fields), moment.fold, split_zone(moment.tzinfo))


def _build_datetime(content: Any) -> datetime.datetime:
    *numbers, fold, zone = plain(content, tuple)
    year, month, day, hour, minute, second, microsecond = all_plain(numbers, int)
    moment = datetime.datetime(year, month, day, hour, minute, second, microsecond, build_zone(zone))
    return moment.replace(fold=plain(fold, int))


def _split_time(time: datetime.time) -> tuple[Any, ...]:
    return (time.hour, time.minute, time.second, time.microsecond, time.fold, split_zone(time.tzinfo))


def _build_time(content: Any) -> datetime.time:
    *numbers, fold, zone = plain(content, tuple)
    hour, minute, second, microsecond = all_plain(numbers, int)
    return datetime.time(hour, minute, second, microsecond, build_zone(zone), fold=plain(fold, int))


def _split_default(value: collections.defaultdict[Any, Any]) -> tuple[str | None, dict[Any, Any]]:
    factory = value.default_factory
    name = factory.__name__ if factory in _FACTORIES else None
    return name, dict(dict.items(value))


def _build_default(content: Any) -> collections.defaultdict[Any, Any]:
    name, items = parts(content, (str, types.NoneType), dict)
    factories = {cls.__name__: cls for cls in _FACTORIES} | {None: None}
    return collections.defaultdict(factories[name], items)


def _build_counter(items: Any) -> collections.Counter[Any]:
    counter: collections.Counter[Any] = collections.Counter()
    dict.update(counter, plain(items, dict))
    return counter


def _build_deque(content: Any) -> collections.deque[Any]:
    items, longest = parts(content, list, (int, types.NoneType))
    return collections.deque(items, longest)


def _build_constant(name: Any) -> Any:
    return {"Ellipsis": Ellipsis, "NotImplemented": NotImplemented}[plain(name, str)]


def _split_exception(error: BaseException) -> tuple[str, tuple[Any, ...]]:
    name = type(error).__name__
    if _CLASSES.get(name) is not type(error) or not isinstance(error, Exception) or vars(error):
        raise Unfit("it is an exception with more than its arguments")
    return name, error.args


def _build_exception(content: Any) -> Exception:
    name, args = parts(content, str, tuple)
    cls = _CLASSES[name]
    if not issubclass(cls, Exception) or issubclass(cls, BaseExceptionGroup):
        raise WireError("that is no such exception")
    made = cls(*args)
    if type(made) is not cls:  # OSError makes one of its subclasses
        raise WireError("that is no such exception")
    return made


def _build_stream(content: Any) -> io.StringIO | io.BytesIO:
    held, position = parts(content, (str, bytes), int)
    stream = io.StringIO(held, newline="") if isinstance(held, str) else io.BytesIO(held)
    stream.seek(min(max(position, 0), len(held)))
    return stream


def _split_stream(stream: io.StringIO | io.BytesIO) -> tuple[str | bytes, int]:
    if stream.closed:
        raise Unfit("it is closed")
    return stream.getvalue(), stream.tell()


def _build_pattern(content: Any) -> re.Pattern[Any]:
    text, flags = parts(content, (str, bytes), int)
    return re.compile(text, flags)


def _build_path(text: Any) -> pathlib.Path:
    return pathlib.Path(plain(text, str)[:4096])


def _split_random(generator: random.Random) -> Any:
    version, numbers, following = generator.getstate()
    return version, np.array(numbers, np.uint32), following


def _build_random(content: Any) -> random.Random:
    version, numbers, following = parts(content, int, np.ndarray, (float, types.NoneType))
    if (numbers.dtype, numbers.shape) != (np.uint32, (625,)) or version != 3 or numbers[-1] > 624:
        raise WireError("that is no state of random numbers")
    generator = random.Random(0)
    generator.setstate((version, tuple(numbers.tolist()), following))
    return generator


KINDS = (
    Kind("builtins.random", random.Random, _split_random, _build_random, 500),
    Kind("builtins.set", set, lambda v: list(set.__iter__(v)), lambda c: set(_hashable(plain(c, list)))),
    Kind(
        "builtins.frozenset",
        frozenset,
        lambda v: list(frozenset.__iter__(v)),
        lambda c: frozenset(_hashable(plain(c, list))),
    ),
    Kind(
        "builtins.range",
        range,
        lambda v: (v.start, v.stop, v.step),
        lambda c: range(*parts(c, int, int, int)),
    ),
    Kind(
        "builtins.slice",
        slice,
        lambda v: (v.start, v.stop, v.step),
        lambda c: slice(*plain(c, tuple)[:3]),
    ),
    Kind("builtins.bytearray", bytearray, bytes, lambda c: bytearray(plain(c, bytes))),
    Kind("builtins.ellipsis", types.EllipsisType, lambda v: "Ellipsis", _build_constant),
    Kind("builtins.notimplemented", types.NotImplementedType, lambda v: "NotImplemented", _build_constant),
    Kind("builtins.type", type, lambda v: _name(_CLASSES, v), lambda c: _CLASSES[plain(c, str)]),
    Kind(
        "builtins.function",
        types.BuiltinFunctionType,
        lambda v: _name(_FUNCTIONS, v),
        lambda c: _FUNCTIONS[plain(c, str)],
    ),
    Kind("builtins.decimal", decimal.Decimal, _split_decimal, _build_decimal),
    Kind("builtins.fraction", fractions.Fraction, lambda v: (v.numerator, v.denominator), _build_fraction),
    Kind("builtins.datetime", datetime.datetime, _split_datetime, _build_datetime),
    Kind(
        "builtins.date",
        datetime.date,
        lambda v: (v.year, v.month, v.day),
        lambda c: datetime.date(*parts(c, int, int, int)),
    ),
    Kind("builtins.time", datetime.time, _split_time, _build_time),
    Kind(
        "builtins.timedelta",
        datetime.timedelta,
        lambda v: (v.days, v.seconds, v.microseconds),
        lambda c: datetime.timedelta(*parts(c, int, int, int)),
    ),
    Kind("builtins.timezone", datetime.timezone, _split_timezone, _build_timezone),
    Kind("builtins.zoneinfo", zoneinfo.ZoneInfo, lambda v: split_zone(v).key, _build_zoneinfo),
    Kind("builtins.exception", BaseException, _split_exception, _build_exception),
    Kind("io.text", io.StringIO, _split_stream, _build_stream),
    Kind("io.bytes", io.BytesIO, _split_stream, _build_stream),
    Kind("re.pattern", re.Pattern, lambda v: (v.pattern, v.flags), _build_pattern, one_way=True),
    Kind("builtins.path", pathlib.Path, str, _build_path),
    Kind("builtins.counter", collections.Counter, lambda v: dict(dict.items(v)), _build_counter),
    Kind(
        "builtins.ordereddict",
        collections.OrderedDict,
        lambda v: dict(collections.OrderedDict.items(v)),
        lambda c: collections.OrderedDict(plain(c, dict)),
    ),
    Kind("builtins.defaultdict", collections.defaultdict, _split_default, _build_default),
    Kind("builtins.deque", collections.deque, lambda v: (list(v), v.maxlen), _build_deque),
)
