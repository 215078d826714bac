"""Guards "types kept exactly": what lists, numbers and arrays can't express arrives as it was, too."""

from __future__ import annotations

import collections
import contextlib
import copy
import dataclasses
import datetime
import decimal
import enum
import fractions
import io
import math
import operator
import pathlib
import random
import re
import struct
import subprocess
import sys
import types
import zoneinfo

import numpy as np
import pandas as pd
import pandas.testing
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from PIL import Image

from nbexaminer.errors import WireError
from nbexaminer.isolation.wire import Context, Opaque, Reference, decode, encode, standard_kinds

DAYS = pd.date_range("2020-01-01", periods=3)
BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
PLAIN = [
    *({1, 2.5, "a", (None,)}, set(), frozenset({1}), {frozenset({1}): {2}}),
    *(range(3, 10, 2), slice(1, None, 2), slice(None), bytearray(b"ab"), ..., NotImplemented),
    *(int, type(None), ValueError, np.float64, len, math.sin, operator.add, np.sin, np.mean),
    *(decimal.Decimal("1.50"), decimal.Decimal("-1E+3"), decimal.Decimal("NaN"), fractions.Fraction(-1, 3)),
    *(datetime.datetime(2020, 1, 2, 3, 4, 5, 6), datetime.datetime(2020, 1, 2, tzinfo=datetime.UTC)),
    *(datetime.datetime(2020, 10, 25, 2, 30, tzinfo=BERLIN, fold=1), datetime.time(1, 2, 3, tzinfo=BERLIN)),
    *(datetime.date(2020, 1, 1), datetime.timedelta(1, 2, 3)),
    datetime.timezone(datetime.timedelta(hours=2), "summer"),
    *(pathlib.Path("a/b"), collections.Counter("abca"), collections.OrderedDict(b=1, a=2)),
    *(collections.defaultdict(list, a=[1]), collections.deque([1, 2], 3)),
    *(np.datetime64("2020-01-01"), np.timedelta64(3, "D"), np.array(["2020-01-01", "NaT"], "M8[ns]")),
    *(np.array([1, None, "a"], object), np.zeros((2, 0), object), np.array(5, object)),
    *(np.zeros(2, "f8,i4"), np.zeros(2, "f8,i4")[0], np.dtype("f8"), np.dtype([("a", "f8", 3)])),
    np.array([((1, True), "xy", [1, 2])], [("a", [("x", "i4"), ("y", "?")]), ("b", "U5"), ("c", "f4", (2,))]),
    *(np.zeros(3, np.dtype([("a", "i1"), ("b", "f8")], align=True)), np.matrix([[1, 2]])),
    *(np.rec.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]), np.ma.masked),
    *(np.ma.masked_array([1, 2, 3], [0, 1, 0], fill_value=7), np.ma.masked_array([1.5])),
    *(pd.Timestamp("2020-01-01", tz="Asia/Tokyo"), pd.Timedelta("1h"), pd.NaT, pd.NA, pd.Period("2020-01")),
    *(np.random.default_rng(3), np.random.RandomState(3), random.Random(3)),
    *(pd.Interval(0, 1), pd.Categorical(["a", "b", None]), pd.array([1, None]), pd.CategoricalDtype(["a"])),
]
INDEXES = [
    *(pd.Index([1, 2], name="n"), pd.Index(["a", None]), pd.Index([1, "a", None]), pd.RangeIndex(3), DAYS),
    *(pd.MultiIndex.from_product([[1, 2], ["a"]], names=["u", None]), pd.CategoricalIndex(["a", "b"])),
    *(pd.interval_range(0, 2), pd.period_range("2020", periods=2, freq="Y"), DAYS.tz_localize("UTC")),
    pd.to_timedelta(["1h", None]),
]
SERIES = [
    *(pd.Series([1, 2], name="x"), pd.Series(["a", None], index=["p", "q"]), pd.Series([], dtype=float)),
    *(
        pd.Series([1, 2, 2]).value_counts(),
        pd.Series(["a", None], dtype="string"),
        pd.Series({"a": 1, "b": "x"}),
    ),
]
FRAMES = [
    pd.DataFrame({"a": [1, 2, 3], "b": [1.5, np.nan, 2], "c": list("xyz"), "d": DAYS}),
    pd.DataFrame({"a": pd.Categorical(["x", "y", None]), "b": pd.array([True, None, False])}, index=DAYS),
    pd.DataFrame(
        np.arange(6).reshape(2, 3), columns=pd.MultiIndex.from_tuples([("a", 1), ("a", 2), ("b", 1)])
    ),
    pd.DataFrame({"a": [1, 1, 2], "b": [3, 4, 5], "c": [1.0, 2, 3]}).groupby(["a", "b"]).agg(["sum", "mean"]),
    *(pd.DataFrame(), pd.DataFrame({"a": [1]}).iloc[:0], pd.DataFrame([[1, 2]], columns=["x", "x"])),
    pd.DataFrame(
        {
            "zone": DAYS.tz_localize("Europe/Berlin"),
            "month": pd.period_range("2020-01", periods=3, freq="M"),
            "between": pd.cut([1, 2, 3], 2),
            "long": pd.to_timedelta([1, 2, None], unit="h"),
        }
    ),
]
SPARSE = [
    getattr(scipy.sparse, f"{form}_{kind}")(np.array([[1, 0, 2.0], [0, 0, 3]]))
    for form in ("bsr", "coo", "csc", "csr", "dia", "dok", "lil")
    for kind in ("matrix", "array")
]


def _picture(mode: str) -> Image.Image:
    picture = Image.new(mode, (13, 7))
    bands = len(picture.getbands())
    picture.putpixel((3, 3), 1 if bands == 1 else (5,) * bands)
    return picture


PICTURES = [_picture(mode) for mode in ("1", "L", "P", "LA", "RGB", "RGBA", "CMYK", "I", "F", "I;16")]


def _with_normal(generator):
    same = copy.deepcopy(generator)
    return same if hasattr(same, "normal") else types.SimpleNamespace(normal=same.gauss)


def _assert_same(got: object, value: object) -> None:
    """Equal, of the same types all the way down, what has no value included."""
    assert type(got) is type(value)
    if value is np.ma.masked:
        assert got is value
    elif isinstance(value, np.ma.MaskedArray):
        _assert_same(got.data, value.data)
        _assert_same(np.ma.getmaskarray(got), np.ma.getmaskarray(value))
        assert (repr(got.fill_value), got.hardmask) == (repr(value.fill_value), value.hardmask)
    elif isinstance(value, (np.ndarray, np.generic)):
        assert (got.dtype, got.shape) == (value.dtype, value.shape)
        assert got.tolist() == value.tolist() if value.dtype.hasobject else got.tobytes() == value.tobytes()
    elif isinstance(value, (pd.DataFrame, pd.Series, pd.Index)):
        compare = next(
            getattr(pandas.testing, f"assert_{name}_equal")
            for name, cls in (("frame", pd.DataFrame), ("series", pd.Series), ("index", pd.Index))
            if isinstance(value, cls)
        )
        compare(got, value)
    elif scipy.sparse.issparse(value):
        assert got.dtype == value.dtype and (got.toarray() == value.toarray()).all()
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        _assert_same(vars(got), vars(value))
    elif isinstance(value, (dict, list, tuple, collections.deque)):
        assert len(got) == len(value)
        ours, theirs = (part.items() if isinstance(part, dict) else part for part in (got, value))
        for one, other in zip(ours, theirs, strict=True):
            _assert_same(one, other)
    elif isinstance(value, (np.random.Generator, np.random.RandomState, random.Random)):
        one, other = ([same.normal(0, 1) for _ in range(9)] for same in map(_with_normal, (got, value)))
        assert one == other
    elif isinstance(value, (set, frozenset, Image.Image)):
        assert got == value
    else:
        assert repr(got) == repr(value)


@pytest.mark.parametrize(
    "value", [*PLAIN, *INDEXES, *SERIES, *FRAMES, *SPARSE, *PICTURES], ids=lambda value: type(value).__name__
)
def test_a_value_of_a_known_kind_arrives_exactly_wherever_it_stands(value):
    _assert_same(decode(encode(value)), value)
    if not isinstance(value, (dict, list)):
        _assert_same(decode(encode({"in": [value]}))["in"][0], value)


# --------------------------------------------------------------------------------------------------
# classes that both ends have


@dataclasses.dataclass
class Point:
    x: int
    y: float = 0.0


class Colour(enum.Enum):
    RED = 1
    GREEN = "g"


class Node:
    def __init__(self, value, following=None):
        self.value, self.following, self.itself = value, following, self

    def __eq__(self, other):
        raise AssertionError("no method of it is asked")


class Slots:
    __slots__ = ("__hidden", "left")

    def __init__(self):
        self.__hidden = 2

    def hidden(self):
        return self.__hidden


Pair = collections.namedtuple("Pair", "left right")
SHARED = Context({cls.__name__: cls for cls in (Point, Colour, Node, Slots, Pair)})


@pytest.mark.parametrize(
    "value",
    [Point(1, 2.5), Colour.GREEN, [Colour.RED], Pair(1, Point(2)), Point, {"k": (Pair(1, 2),)}],
    ids=repr,
)
def test_instances_of_shared_classes_travel_by_value(value):
    got = decode(encode(value, SHARED), SHARED)
    assert got == value and type(got) is type(value)


def test_shared_instances_keep_who_they_are_within_a_message():
    first = Node(1, Node(2))
    got, again = decode(encode([first, first], SHARED), SHARED)
    assert got is again and got.itself is got and got.following.value == 2
    slots = decode(encode(Slots(), SHARED), SHARED)
    assert slots.hidden() == 2 and not hasattr(slots, "left")


def test_without_a_shared_class_there_is_no_instance_and_a_named_tuple_is_one_like_it():
    assert isinstance(decode(encode(Point(1))), Opaque)
    got = decode(encode(Pair(1, 2.0)))
    assert got == (1, 2.0) and got.right == 2.0 and type(got).__name__ == "Pair" and not isinstance(got, Pair)
    got = decode(
        encode(Pair(1, 2), SHARED), Context({"Pair": collections.namedtuple("Pair", "other fields")})
    )
    assert got._fields == ("left", "right")


def _put(*texts: str) -> bytes:
    return b"".join(struct.pack("<Q", len(text.encode())) + text.encode() for text in texts)


def _of(kind: str, content: object) -> bytes:
    return b"k" + _put(kind) + encode(content)


ONE = struct.pack("<Q", 1)
INTS = np.arange(4, dtype=np.int32)
LIES = {
    "an unknown class": b"I" + _put("Unknown") + struct.pack("<Q", 0),
    "an instance of an Enum": b"I" + _put("Colour") + struct.pack("<Q", 0),
    "an instance of a function": b"I" + _put("function") + struct.pack("<Q", 0),
    "an attribute of another": b"I" + _put("Slots") + ONE + _put("__class__") + encode(3),
    "a member that is none": b"E" + _put("Colour", "__class__"),
    "a member of no Enum": b"E" + _put("Point", "x"),
    "an instance to come": b"R" + struct.pack("<Q", 0),
    "a shared thing that is none": b"C" + _put("os"),
    "a reference without a table": b"h" + ONE + ONE + _put("x"),
    "a named tuple with a method": b"n" + _put("P") + encode(("__eq__",)) + encode((1,)),
    "a named tuple of code": b"n" + _put("P") + encode(("a=print(1)",)) + encode((1,)),
    "a named tuple named by code": b"n" + _put("P(x)") + encode(("a",)) + encode((1,)),
    "a named tuple with one field twice": b"n" + _put("P") + encode(("a", "a")) + encode((1, 2)),
    "a set of lists": _of("builtins.set", [[1]]),
    "a class that is none of ours": _of("builtins.type", "type"),
    "a function that does something": _of("builtins.function", "builtins.exec"),
    "a NumPy function that reads files": _of("numpy.function", "load"),
    "a ufunc that is none": _of("numpy.ufunc", "load"),
    "a huge decimal": _of("builtins.decimal", "1E+999999999"),
    "a fraction not reduced": _of("builtins.fraction", (2, 4)),
    "a fraction of nothing": _of("builtins.fraction", (2, 0)),
    "a time zone from a file": _of("builtins.zoneinfo", "../../etc/passwd"),
    "a date in no month": _of("builtins.date", (2020, 13, 1)),
    "objects with another shape": _of("numpy.array", ("objects", ((2, 3), [1, 2]))),
    "a field outside": _of("numpy.dtype", (["a"], ["<f8"], [4], 8)),
    "a field of objects": _of("numpy.dtype", (["a"], ["|O"], [0], 8)),
    "too large a field": _of("numpy.dtype", ("<f8", (2**40,))),
    "a mask of another shape": _of("numpy.masked", (INTS, np.array([True]), None, False)),
    "a table of two lengths": _of("pandas.DataFrame", ([INTS, INTS[:2]], DAYS, pd.Index(["a", "b"]))),
    "a category that is none": _of("pandas.Series", (("category", INTS, pd.Index(["a"]), False), DAYS, None)),
    "a level that is none": _of("pandas.Index", ("multi", [None], [pd.Index([1])], [INTS])),
    "pointers outside": _of("scipy.sparse.csr_matrix", ((3, 3), INTS, [INTS, INTS * 1000])),
    "columns outside": _of("scipy.sparse.csr_matrix", ((1, 3), INTS, [INTS, np.array([0, 4], np.int32)])),
    "negative places": _of("scipy.sparse.coo_matrix", ((9, 9), INTS, [INTS, -INTS])),
    "too few pixels": _of("PIL.Image", ("RGB", (100, 100), b"123", None)),
    "a picture with a decoder": _of("PIL.Image", ("jpeg", (1, 1), b"123", None)),
}


@pytest.mark.parametrize("lie", LIES)
def test_lies_about_kinds_are_wire_errors(lie):
    context = Context({**SHARED.shared, "function": _put})
    with pytest.raises(WireError):
        decode(LIES[lie], context)


def test_damaged_messages_of_all_kinds_are_values_or_wire_errors():
    chance = random.Random(0)
    samples = [encode(value, SHARED) for value in (*PLAIN, *INDEXES, *SERIES, *FRAMES, *SPARSE, *PICTURES)]
    for data in samples + [encode([Point(1), Colour.RED, Node(1), Slots(), Pair(1, 2)], SHARED)]:
        for _ in range(40):
            damaged = bytearray(data)
            at = chance.randrange(len(damaged))
            damaged[at : at + chance.choice([1, 1, 8])] = chance.randbytes(chance.choice([1, 1, 8]))
            with contextlib.suppress(WireError):
                repr(decode(bytes(damaged), SHARED))


def test_a_kind_whose_library_is_not_imported_is_neither_made_nor_imported():
    code = (
        "import sys; from nbexaminer.isolation.wire import decode\n"
        "print(decode(sys.stdin.buffer.read()), 'pandas' in sys.modules)"
    )
    data = encode(FRAMES[0])
    said = subprocess.run([sys.executable, "-c", code], input=data, capture_output=True, check=True).stdout
    assert said.decode().strip() == "<pandas.DataFrame: its library is not imported by the checks> False"


def test_references_go_back_to_whom_they_came_from():
    class Table:
        def __init__(self):
            self.kept = []

        def refer(self, value):
            self.kept.append(value)
            return Reference(True, len(self.kept) - 1, type(value).__name__, ("callable",))

        def find(self, reference):
            return reference

    table = Context(references=Table())
    got = decode(encode([object(), lambda: 1], table), table)
    assert got == [Reference(True, 0, "object", ("callable",)), Reference(True, 1, "function", ("callable",))]


# --------------------------------------------------------------------------------------------------
# what nobody would think of

LEAVES = st.one_of(
    *(st.none(), st.booleans(), st.integers(), st.floats(), st.complex_numbers(), st.binary(), st.decimals()),
    *(
        st.text(st.characters(exclude_categories=["Cs"])),
        st.fractions(),
        st.dates(),
        st.datetimes(),
        st.times(),
    ),
    *(
        st.timedeltas(),
        st.datetimes(timezones=st.timezones()),
        st.sampled_from(Colour),
    ),
    st_numpy.arrays(
        st.one_of(
            st_numpy.scalar_dtypes().filter(lambda dtype: dtype.char not in "gG"),
            st_numpy.array_dtypes(st_numpy.scalar_dtypes().filter(lambda dtype: dtype.char not in "gG")),
        ),
        st_numpy.array_shapes(min_dims=0, max_side=3, min_side=0),
    ),
    st.builds(Point, st.integers(), st.floats(allow_nan=False)),
    st.lists(st.integers() | st.text(st.characters(exclude_categories=["Cs"]))).map(pd.Series),
)
KEYS = st.one_of(st.integers(), st.text(st.characters(exclude_categories=["Cs"])), st.dates(), st.fractions())
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        *(st.lists(inner), st.lists(inner).map(tuple), st.dictionaries(KEYS, inner), st.sets(KEYS)),
        *(st.lists(inner).map(collections.deque), st.tuples(inner, inner).map(lambda pair: Pair(*pair))),
    ),
    max_leaves=6,
)


@settings(max_examples=100, deadline=None, database=None, derandomize=True)
@given(VALUES)
def test_values_made_up_arrive_exactly(value):
    _assert_same(decode(encode(value, SHARED), SHARED), value)


def test_patterns_go_to_students_code_only():
    """What a pattern of a student's is matched with could take for ever."""
    examiner = Context(is_examiner=True)
    sent = encode(re.compile("a+", re.I), examiner)
    assert decode(sent) == re.compile("a+", re.I)
    with pytest.raises(WireError):
        decode(sent, examiner)
    assert isinstance(decode(encode(re.compile("a+"))), Opaque)


def test_exceptions_and_streams_travel():
    error = decode(encode(KeyError("k", 3)))
    assert type(error) is KeyError and error.args == ("k", 3)
    for stream in (io.StringIO("ab\r\nc"), io.BytesIO(b"abc")):
        stream.seek(2)
        arrived = decode(encode(stream))
        assert (type(arrived), arrived.tell()) == (type(stream), 2)
        assert arrived.getvalue() == stream.getvalue()
    for name in ("SystemExit", "KeyboardInterrupt", "ExceptionGroup", "int"):
        with pytest.raises(WireError):
            standard_kinds._build_exception((name, ("text",)))
