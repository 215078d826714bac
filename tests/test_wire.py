"""Guards "data only on the wire": what travels arrives exactly, and nothing that arrives can do harm."""

from __future__ import annotations

import collections
import contextlib
import datetime
import decimal
import enum
import math
import random
import socket
import struct
import threading
import time
import tracemalloc

import numpy as np
import pytest

from nbexaminer.errors import WireError
from nbexaminer.isolation import wire
from nbexaminer.isolation.wire import Channel, Opaque, decode, decoding, encode


class Noon(datetime.tzinfo):
    """A time zone of somebody's own."""


SCALARS = [
    *(None, True, False, 0, 1, -1, 127, 128, -128, -129, 255, 256, 2**63, -(2**64), 10**2000, -(10**2000)),
    *(0.0, -0.0, 1.5, math.inf, -math.inf, math.nan, 5e-324, 1.7976931348623157e308),
    *(0j, 1 - 2j, complex(math.nan, math.inf), "", "text", "零填充 ✓ \0 🙂", b"", b"\0\xff" * 9),
]
CONTAINERS = [
    *([], (), {}, [1, [2.5, [None]]], (1, ("a", b"b")), {"f": 2, "stride": 1}, [()], ([],), ({},)),
    *({1: "int", 2.5: "float", (1, "a"): "tuple", None: 0, False: [1]}, {"a": {"b": (np.arange(3),)}}),
]
DTYPES = [
    *("?", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "g", "c8", "c16", "G"),
    *("S5", "U3", ">f8", ">i4", ">c16", ">U2"),
]
SHAPES = [(), (0,), (1,), (5,), (2, 3), (2, 0, 3), (1, 1, 1, 1), (2, 3, 4, 5)]


def _same(a, b) -> bool:
    """Equal, of the same types all the way down, nan and the sign of zero included."""
    if type(a) is not type(b):
        return False
    if isinstance(a, (np.ndarray, np.generic)):
        if a.dtype.char in "gG":  # their last bytes mean nothing
            return (a.dtype, a.shape) == (b.dtype, b.shape) and bool(np.all(a == b))
        return (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes())
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(_same, a, b))
    if isinstance(a, dict):
        return len(a) == len(b) and all(_same(*pair) for pair in zip(a.items(), b.items(), strict=True))
    if isinstance(a, (float, complex)):
        return repr(a) == repr(b)
    return a == b


def _array(dtype: str, shape: tuple) -> np.ndarray:
    numbers = np.arange(-3, math.prod(shape) - 3).reshape(shape)
    return numbers.astype(dtype) if dtype[-1].isdigit() or dtype in "?gG" else numbers


@pytest.mark.parametrize("value", [*SCALARS, *CONTAINERS], ids=lambda value: repr(value)[:30])
def test_plain_data_arrives_exactly(value):
    assert _same(decode(encode(value)), value)


@pytest.mark.parametrize("dtype", DTYPES)
def test_arrays_and_numpy_scalars_arrive_exactly(dtype):
    for shape in SHAPES:
        array = _array(dtype, shape)
        got = decode(encode(array))
        assert _same(got, array)
        assert got.flags.writeable, "a test may change what it got"
        if array.size:
            assert _same(decode(encode(array.ravel()[0])), array.ravel()[0])


def test_memory_layout_does_not_matter():
    array = np.arange(120.0).reshape(4, 5, 6)
    for view in (
        array.T,
        np.asfortranarray(array),
        array[::2, ::-1, 1:3],
        np.broadcast_to(array[0], (3, 5, 6)),
    ):
        got = decode(encode(view))
        assert np.array_equal(got, view) and got.dtype == view.dtype
    special = np.array([np.nan, np.inf, -np.inf, -0.0])
    assert _same(decode(encode(special)), special)


def test_instances_of_subclasses_arrive_as_their_plain_base():
    class Grade(float):
        def __eq__(self, other):
            return True

        __hash__ = float.__hash__

    class Number(int):
        def bit_length(self):
            return 10**9

    class Text(str):
        def encode(self, *args):
            return b"lies"

    class Array(np.ndarray):
        def tobytes(self, *args):
            return b"lies"

    class Members(set):
        def __iter__(self):
            return iter("lies")

    class Bag(collections.Counter):
        def items(self):
            return [("lies", 1)]

    Color = enum.IntEnum("Color", "RED GREEN")
    for value, plain in (
        (Grade(2.5), 2.5),
        (Number(7), 7),
        (Text("abc"), "abc"),
        (Color.GREEN, 2),
        (Members([1]), {1}),
        (Bag("aab"), collections.Counter("aab")),
        (np.arange(3.0).view(Array), np.arange(3.0)),
    ):
        assert _same(decode(encode(value)), plain), value


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (object(), "not plain data"),
        (open, "not plain data"),
        (iter([1]), "not plain data"),
        (np.zeros(2, [("a", "O")]), "Python objects"),
        (np.void(b"abc"), "kind 'V'"),
        (np.array(["a"], "T"), "kind 'T'"),
        (decimal.Decimal("1e20000"), "too many digits"),
        (datetime.datetime(2020, 1, 1, tzinfo=Noon()), "time zone is a Noon"),
        (2**9000, "8000 bits"),
        (np.broadcast_to(0.0, (10**5, 10**5)), "larger than 64 MiB"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_what_cannot_travel_arrives_as_opaque_wherever_it_stands(value, says):
    for place in (value, [value], {"a": (1, value)}):
        got = decode(encode(place))
        while not isinstance(got, Opaque):
            got = next(iter(got.values())) if isinstance(got, dict) else got[-1]
        assert got.type_name == ("ndarray" if isinstance(value, np.void) else type(value).__name__)
        assert says in got.reason


def test_no_comparison_succeeds_with_opaque():
    one, other = decode(encode([object(), object()]))
    for refused in (
        lambda: one == other,
        lambda: one == one,
        lambda: one != 3,
        lambda: one == 3,
        lambda: one < 3,
        lambda: bool(one),
        lambda: not one,
        lambda: [one] == [other],
        lambda: np.allclose(one, one),
        lambda: np.array_equal(one, other),
        lambda: np.testing.assert_equal(one, other),
        lambda: float(one),
        lambda: len(one),
        lambda: one + 1,
        lambda: one[0],
        lambda: one(),
    ):
        with pytest.raises(TypeError):
            refused()
    with pytest.raises(AttributeError):
        one.shape  # noqa: B018
    hostile = Opaque("x" * 10**6, "\x1b[2J\u202e\n")
    assert repr(decode(encode(hostile))) == f"<{'x' * 200}: [2J>"


def test_cyclic_and_deep_values_end():
    cyclic: list = [1]
    cyclic.append(cyclic)
    got, depth = decode(encode(cyclic)), 0
    while isinstance(got, list):
        got, depth = got[1], depth + 1
    assert depth == wire.MAX_DEPTH and "too deep" in got.reason

    for wrap in (lambda inner: [inner], lambda inner: (inner,), lambda inner: {"k": inner}):
        deep: object = 1
        for _ in range(wire.MAX_DEPTH):
            deep = wrap(deep)
        assert _same(decode(encode(deep)), deep)
        assert "too deep" in repr(decode(encode(wrap(deep))))

    bush: list = []
    bush += [bush] * 100
    with pytest.raises(WireError, match="parts"):
        encode(bush)


def test_gigantic_values_are_refused():
    with pytest.raises(WireError, match="MiB"):
        encode(["x" * (wire.MAX_BYTES // 2)] * 3)
    with pytest.raises(WireError, match="parts"):
        encode([0] * (wire.MAX_ITEMS + 1))


def _put(content: bytes) -> bytes:
    return struct.pack("<Q", len(content)) + content


def _dtype(name: bytes, shape: tuple, content: bytes = b"", tag: bytes = b"a") -> bytes:
    return tag + _put(name) + bytes([len(shape)]) + struct.pack(f"<{len(shape)}Q", *shape) + content


BLOWN_UP = 48  # bytes of memory for one on the wire, at most
HUGE = struct.pack("<Q", 2**64 - 1)
LIES = {
    "nothing": b"",
    "no tag": b"?",
    "two values": b"NN",
    "cut off": b"f1234",
    "endless text": b"s" + HUGE,
    "endless list": b"l" + HUGE,
    "endless tuple": b"t" + struct.pack("<Q", 2**20) + b"N",
    "endless dictionary": b"d" + HUGE,
    "too deep": (b"t" + struct.pack("<Q", 1)) * 150 + b"N",
    "unhashable key": b"d" + struct.pack("<Q", 1) + b"l" + struct.pack("<Q", 0) + b"N",
    "array as a key": b"d" + struct.pack("<Q", 1) + _dtype(b"<f8", (1,), b"\0" * 8) + b"N",
    "empty number": b"i" + _put(b""),
    "endless number": b"i" + HUGE,
    "long number": b"i" + _put(b"\1" * 1001),
    "objects": _dtype(b"|O", (1,), b"\0" * 8),
    "a pointer": _dtype(b"|O8", (1,), b"\0" * 8),
    "a record": _dtype(b"<f8,<f8", (1,), b"\0" * 16),
    "a date without a unit": _dtype(b"<M8[foo]", (1,), b"\0" * 8),
    "void": _dtype(b"|V8", (1,), b"\0" * 8),
    "an unknown dtype": _dtype(b"<f3", (1,), b"\0" * 3),
    "a Python expression": _dtype(b"__import__('os')", (1,), b"\0" * 8),
    "another name of a dtype": _dtype(b"=f8", (1,), b"\0" * 8),
    "a dtype of 1 GB": _dtype(b"|S999999999", (1,), b""),
    "an empty array of great items": _dtype(b"|S999999999", (0,), b""),
    "too large a shape": _dtype(b"<f8", (2**40, 2**40), b""),
    "empty and too large": _dtype(b"<f8", (0, 2**62, 2**62), b""),
    "too many axes": _dtype(b"<f8", (1,) * 33, b"\0" * 8),
    "255 axes": b"a" + _put(b"<f8") + b"\xff",
    "a scalar with an axis": _dtype(b"<f8", (1,), b"\0" * 8, b"g"),
    "a truth value of 2": _dtype(b"|b1", (2,), b"\1\2"),
    "no character": _dtype(b"<U1", (1,), struct.pack("<I", 0x110000)),
    "half a character": _dtype(b">U1", (1,), struct.pack(">I", 0xD800)),
    "a dtype that is no text": _dtype(b"\xff\xfe\0", (1,), b"\0" * 8),
    "too many items": b"l" + struct.pack("<Q", 10_001) + b"N" * 10_001,
    "too many arrays": b"l" + struct.pack("<Q", 1000) + _dtype(b"|b1", (), b"\0") * 1000,
}


@pytest.mark.parametrize("lie", LIES)
def test_lies_are_wire_errors(lie, monkeypatch):
    monkeypatch.setattr(decoding, "MAX_ITEMS", 10_000)
    tracemalloc.start()
    try:
        with pytest.raises(WireError):
            decode(LIES[lie])
        assert tracemalloc.get_traced_memory()[1] < BLOWN_UP * len(LIES[lie]) + 2**20
    finally:
        tracemalloc.stop()


def test_numbers_chosen_so_that_their_hashes_collide_cost_no_time():
    keys = b"".join(encode(k * (2**61 - 1)) + b"N" for k in range(100_000))
    began = time.process_time()
    with pytest.raises(WireError, match="keys"):
        decode(b"d" + struct.pack("<Q", 100_000) + keys)
    assert time.process_time() - began < 10
    words = {f"word {k}": k for k in range(30_000)}
    assert decode(encode(words)) == words


def _sample(rng: random.Random, depth: int = 0) -> object:
    kind = rng.randrange(9 if depth < 4 else 6)
    if kind < 3:
        return rng.choice(SCALARS)
    if kind == 3:
        return rng.getrandbits(rng.randrange(1, 300)) - rng.getrandbits(64)
    if kind < 6:
        shape = tuple(rng.randrange(4) for _ in range(rng.randrange(4)))
        return _array(rng.choice(DTYPES), shape)
    if kind == 6:
        return {rng.choice(["a", 1, 2.5, (1, 2)]): _sample(rng, depth + 1) for _ in range(rng.randrange(4))}
    return rng.choice([list, tuple])(_sample(rng, depth + 1) for _ in range(rng.randrange(5)))


@pytest.mark.parametrize("seed", range(40))
def test_fuzz_decode_returns_plain_data_or_raises_wire_error(seed):
    """Whole values arrive exactly; damaged ones decode to plain data or raise WireError, in little memory."""
    rng = random.Random(seed)
    for _ in range(20):
        value = _sample(rng)
        data = encode(value)
        assert _same(decode(data), value)
        for _ in range(20):
            damaged = bytearray(data)
            for _ in range(rng.choice([1, 1, 2, 8])):
                at = rng.randrange(len(damaged) + 1)
                action = rng.randrange(4)
                if action == 0 and at < len(damaged):
                    damaged[at] = rng.randrange(256)
                elif action == 1:
                    damaged[at:at] = rng.randbytes(rng.randrange(1, 9))
                elif action == 2:
                    del damaged[at : at + rng.randrange(1, 9)]
                else:
                    damaged[at : at + 8] = HUGE if rng.randrange(2) else rng.randbytes(8)
            tracemalloc.start()
            try:
                _assert_plain(decode(bytes(damaged)))
            except WireError:
                pass
            finally:
                peak = tracemalloc.get_traced_memory()[1]
                tracemalloc.stop()
            assert peak < BLOWN_UP * len(damaged) + 2**16


def _assert_plain(value: object) -> None:
    if isinstance(value, (list, tuple)):
        for item in value:
            _assert_plain(item)
    elif isinstance(value, dict):
        for pair in value.items():
            _assert_plain(pair)
    elif isinstance(value, (np.ndarray, np.generic)):
        assert value.dtype.kind in wire.PLAIN_KINDS
        repr(value)
    else:
        assert value is None or type(value) in (bool, int, float, complex, str, bytes, Opaque)
        repr(value).encode()


# --------------------------------------------------------------------------------------------------
# channels


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def test_messages_arrive_one_after_the_other(ends):
    ours, theirs = ends
    values = [np.zeros(10**6), {"do": "call"}, None, "last"]
    thread = threading.Thread(target=lambda: [Channel(theirs.fileno()).send(value) for value in values])
    thread.start()
    channel = Channel(ours.fileno())
    assert all(_same(channel.receive(time.monotonic() + 20), value) for value in values)
    thread.join()
    theirs.shutdown(socket.SHUT_WR)
    with pytest.raises(EOFError):
        channel.receive(time.monotonic() + 20)


def test_a_length_that_is_too_large_is_refused_at_once(ends):
    ours, theirs = ends
    theirs.sendall(struct.pack("<Q", wire.MAX_BYTES + 1))
    with pytest.raises(WireError, match="too long"):
        Channel(ours.fileno()).receive(time.monotonic() + 20)


SAYINGS = {"silence": b"", "one long message": b"\0", "many messages": struct.pack("<Q", 1) + b"N"}


@pytest.mark.parametrize("saying", SAYINGS)
def test_time_is_up_for_silence_and_for_chatter_alike_and_watch_is_called(ends, saying):
    ours, theirs = ends
    theirs.settimeout(0.05)
    ended = threading.Event()

    def talk():
        theirs.sendall(struct.pack("<Q", wire.MAX_BYTES) if saying == "one long message" else b"")
        while SAYINGS[saying] and not ended.is_set():
            with contextlib.suppress(OSError):
                theirs.send(SAYINGS[saying])

    thread = threading.Thread(target=talk)
    thread.start()
    watched = []
    channel = Channel(ours.fileno(), lambda: watched.append(1), every=0.02)
    with pytest.raises(TimeoutError):
        deadline = time.monotonic() + 0.3
        while True:
            channel.receive(deadline)
    ended.set()
    thread.join()
    assert len(watched) >= 3


def test_who_does_not_read_can_not_hold_us_up(ends):
    ours, _ = ends
    ours.setblocking(False)
    with pytest.raises(TimeoutError):
        Channel(ours.fileno()).send(np.zeros(10**6), time.monotonic() + 0.1)
