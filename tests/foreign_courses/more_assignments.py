"""More assignments, of habits further away from functions of numbers."""

from __future__ import annotations

from .notebooks import Foreign

_TEXTS = {}

# Classes with special methods and inheritance; a test that derives from them, or passes objects of its own.
_TEXTS["inheritance"] = '''
# %% free
from abc import ABC, abstractmethod
import math
# %% solution vector
class Vector:
    """A vector of the plane."""
    ### BEGIN SOLUTION
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __sub__(self, other):
        return self + (-1) * other

    def __mul__(self, factor):
        return Vector(self.x * factor, self.y * factor)

    __rmul__ = __mul__

    def __eq__(self, other):
        return isinstance(other, Vector) and (self.x, self.y) == (other.x, other.y)

    def __hash__(self):
        return hash((self.x, self.y))

    def __abs__(self):
        return math.hypot(self.x, self.y)

    def __getitem__(self, index):
        return (self.x, self.y)[index]

    def __lt__(self, other):
        return abs(self) < abs(other)

    def __bool__(self):
        return bool(self.x or self.y)

    def __repr__(self):
        return f"Vector({self.x}, {self.y})"

    @classmethod
    def from_polar(cls, r, angle):
        return cls(r * math.cos(angle), r * math.sin(angle))

    @staticmethod
    def zero():
        return Vector(0, 0)
    ### END SOLUTION
# %% test test_arithmetic 2
u, v = Vector(1, 2), Vector(3, -1)
assert u + v == Vector(4, 1)
assert u - v == Vector(-2, 3)
assert 3 * u == Vector(3, 6) and u * 2 == Vector(2, 4)
w = u
w += v
assert (w.x, w.y) == (4, 1)
# %% test test_protocols 2
assert abs(Vector(3, 4)) == 5
assert [*Vector(7, 8)] == [7, 8]
assert sorted([Vector(3, 4), Vector(1, 0)])[0] == Vector(1, 0)
assert len({Vector(1, 2), Vector(1, 2), Vector(2, 1)}) == 2
assert not Vector(0, 0) and Vector(1, 0)
assert f"{Vector(1, 2)}" == "Vector(1, 2)"
assert max([Vector(1, 1), Vector(5, 5)], key=abs).x == 5
# %% test test_alternative 1
assert math.isclose(Vector.from_polar(2, math.pi / 2).y, 2)
assert Vector.zero() == Vector(0, 0)
x, y = Vector(5, 6)
assert x + y == 11
# %% solution shapes
class Shape(ABC):
    @abstractmethod
    def area(self):
        ...

    ### BEGIN SOLUTION
    def describe(self):
        return f"{type(self).__name__} of area {self.area():.1f}"
    ### END SOLUTION


### BEGIN SOLUTION
class Circle(Shape):
    def __init__(self, radius):
        self.radius = radius

    def area(self):
        return math.pi * self.radius**2


class Square(Shape):
    def __init__(self, side):
        self.side = side

    def area(self):
        return self.side**2
### END SOLUTION


def total_area(shapes):
    ### BEGIN SOLUTION
    return sum(shape.area() for shape in shapes)
    ### END SOLUTION
# %% test test_shapes 2
assert issubclass(Circle, Shape) and issubclass(Square, Shape)
assert Circle(1).describe() == "Circle of area 3.1"
assert isinstance(Square(2), Shape) and not isinstance(Square(2), Circle)
assert type(Square(2)) is Square
assert Circle.__bases__ == (Shape,) and Shape in Circle.__mro__
# %% test test_abstract 1
try:
    Shape()
except TypeError:
    pass
else:
    assert False, "Shape is abstract"
# %% test test_total_area 1
assert math.isclose(total_area([Square(2), Square(3)]), 13)
# %% test test_own_shape 2
class Fixed:
    def __init__(self, size):
        self.size = size
        self.asked = 0

    def area(self):
        self.asked += 1
        return self.size
shapes = [Fixed(2), Fixed(5)]
assert total_area(shapes) == 7
assert shapes[0].asked == 1
# %% test test_derived 2
class Rectangle(Shape):
    def __init__(self, a, b):
        self.a, self.b = a, b

    def area(self):
        return self.a * self.b
assert Rectangle(2, 3).describe() == "Rectangle of area 6.0"
# %% wrong plain vector
class Vector:
    def __init__(self, x, y):
        self.x, self.y = x, y
    def __add__(self, other):
        return Vector(self.x + other.x, self.y - other.y)
    def __eq__(self, other):
        return True
# %% wrong plain shapes
class Shape:
    def area(self):
        return 0
class Circle(Shape):
    def __init__(self, radius):
        self.radius = radius
class Square(Shape):
    def __init__(self, side):
        self.side = side
    def area(self):
        return self.side * 2
def total_area(shapes):
    return shapes[0].area()
'''

# Tests in the style of unittest, mock objects, a suite that is run, time.
_TEXTS["unittests"] = '''
# %% locked
import unittest
from unittest import mock
import io
import time
# %% solution stack
class Stack:
    ### BEGIN SOLUTION
    def __init__(self, items=(), *, limit=None):
        self._items = list(items)
        self.limit = limit

    def push(self, item):
        if self.limit is not None and len(self._items) >= self.limit:
            raise OverflowError("full")
        self._items.append(item)

    def pop(self):
        if not self._items:
            raise IndexError("pop from an empty stack")
        return self._items.pop()

    def __len__(self):
        return len(self._items)
    ### END SOLUTION
# %% test test_stack 3
class TestStack(unittest.TestCase):
    def setUp(self):
        self.stack = Stack([1, 2])

    def test_pop(self):
        self.assertEqual(self.stack.pop(), 2)
        self.assertEqual(len(self.stack), 1)

    def test_limit(self):
        small = Stack(limit=1)
        small.push("a")
        with self.assertRaises(OverflowError):
            small.push("b")

    def test_empty(self):
        with self.assertRaisesRegex(IndexError, "empty"):
            Stack().pop()


result = unittest.TextTestRunner(stream=io.StringIO()).run(
    unittest.defaultTestLoader.loadTestsFromTestCase(TestStack)
)
assert result.wasSuccessful(), result.failures + result.errors
# %% solution notify
def notify(users, send):
    """Send "hi NAME" to each user; return how many that worked for."""
    ### BEGIN SOLUTION
    done = 0
    for user in users:
        try:
            send(f"hi {user}")
            done += 1
        except ConnectionError:
            pass
    return done
    ### END SOLUTION
# %% test test_notify 2
send = mock.Mock()
assert notify(["a", "b"], send) == 2
assert send.call_count == 2
send.assert_called_with("hi b")
send = mock.Mock(side_effect=[None, ConnectionError("down"), None])
assert notify("xyz", send) == 2
# %% solution shout
def shout():
    """Ask for a word; print it in capitals, with an end of the caller's choice."""
    ### BEGIN SOLUTION
    word = input("word? ")
    print(word.upper(), end="!\\n")
    ### END SOLUTION
# %% test test_shout 2
with mock.patch("builtins.input", return_value="hey"):
    with mock.patch("sys.stdout", new_callable=io.StringIO) as out:
        shout()
assert out.getvalue() == "HEY!\\n"
# %% test test_printed 1
with mock.patch("builtins.input", return_value="ho"), mock.patch("builtins.print") as printed:
    shout()
printed.assert_called_once_with("HO", end="!\\n")
# %% solution search
def contains(ordered, wanted):
    """By halving."""
    ### BEGIN SOLUTION
    low, high = 0, len(ordered)
    while low < high:
        middle = (low + high) // 2
        if ordered[middle] == wanted:
            return True
        if ordered[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return False
    ### END SOLUTION
# %% test test_contains 2
begin = time.perf_counter()
assert contains(range(0, 10**9, 2), 4) and not contains(range(0, 10**9, 2), 5)
assert time.perf_counter() - begin < 1
# %% test test_looks 1
class Spy(list):
    looks = 0

    def __getitem__(self, index):
        Spy.looks += 1
        return super().__getitem__(index)
assert contains(Spy(range(1000)), 999)
assert Spy.looks < 50, f"it looked {Spy.looks} times"
# %% wrong linear search
def contains(ordered, wanted):
    return any(ordered[i] == wanted for i in range(min(len(ordered), 2000)))
# %% wrong linear stack
class Stack:
    def __init__(self, items=()):
        self.items = list(items)
    def pop(self):
        return self.items.pop()
    def __len__(self):
        return len(self.items)
# %% wrong silent notify
def notify(users, send):
    for user in users:
        send(user)
    return len(users)
# %% wrong silent shout
def shout():
    return input().upper() + "!"
'''

# What a test asks of the figure that the student's cell or function has left.
_TEXTS["figures"] = '''
# %% free
import matplotlib.pyplot as plt
import numpy as np
# %% solution sine
x = np.linspace(0, 2 * np.pi, 50)
### BEGIN SOLUTION
plt.figure(figsize=(6, 3))
plt.plot(x, np.sin(x), label="sine")
plt.plot(x, np.cos(x), "r--", label="cosine")
plt.title("Waves")
plt.xlabel("x")
plt.legend()
### END SOLUTION
fig = plt.gcf()
ax = plt.gca()
# %% test test_sine 2
assert len(ax.lines) == 2
assert ax.get_title() == "Waves" and ax.get_xlabel() == "x"
np.testing.assert_allclose(ax.lines[0].get_ydata(), np.sin(x))
assert [text.get_text() for text in ax.get_legend().get_texts()] == ["sine", "cosine"]
assert tuple(fig.get_size_inches()) == (6, 3)
# %% solution histogram
def histogram(values, bins):
    ### BEGIN SOLUTION
    plt.hist(values, bins=bins)
    plt.ylabel("how many")
    ### END SOLUTION
# %% test test_histogram 2
plt.close("all")
histogram([1, 1, 2, 5], bins=4)
ax = plt.gca()
assert len(ax.patches) == 4
assert ax.patches[0].get_height() == 2
assert ax.get_ylabel() == "how many"
plt.close()
# %% test test_count 1
plt.close("all")
histogram([1, 2], bins=2)
assert len(plt.get_fignums()) == 1
assert plt.gcf().axes[0].get_ylabel() == "how many"
# %% solution grid
def grid(rows, columns):
    """A figure with so many axes, each titled by its number."""
    ### BEGIN SOLUTION
    figure, axes = plt.subplots(rows, columns, squeeze=False)
    for number, one in enumerate(axes.flat):
        one.set_title(str(number))
    return figure, axes
    ### END SOLUTION
# %% test test_grid 2
figure, axes = grid(2, 3)
assert isinstance(figure, plt.Figure)
assert axes.shape == (2, 3) and axes[1, 2].get_title() == "5"
assert len(figure.axes) == 6
# %% wrong no-title sine
x = np.linspace(0, 2 * np.pi, 50)
plt.plot(x, np.sin(x))
fig = plt.gcf()
ax = plt.gca()
# %% wrong no-title histogram
def histogram(values, bins):
    plt.bar(range(len(values)), values)
# %% wrong no-title grid
def grid(rows, columns):
    return plt.subplots(rows, columns)
'''

# The student's own exceptions, context managers, decorators; generators that are sent to.
_TEXTS["protocols"] = '''
# %% free
import contextlib
import functools
# %% solution errors
### BEGIN SOLUTION
class ParseError(ValueError):
    def __init__(self, text, position):
        super().__init__(f"cannot parse {text!r} at {position}")
        self.position = position


class EmptyError(ParseError):
    pass
### END SOLUTION


def parse(text):
    """A sum such as "1+2"; ParseError with the position of what is wrong, EmptyError for nothing."""
    ### BEGIN SOLUTION
    if not text:
        raise EmptyError(text, 0)
    total, position = 0, 0
    for part in text.split("+"):
        try:
            total += int(part)
        except ValueError as error:
            raise ParseError(text, position) from error
        position += len(part) + 1
    return total
    ### END SOLUTION
# %% test test_parse 3
assert parse("1+20+3") == 24
try:
    parse("1+x")
except ParseError as error:
    assert error.position == 2
    assert "1+x" in str(error)
    assert isinstance(error, ValueError)
    assert isinstance(error.__cause__, ValueError)
else:
    assert False, "no ParseError"
# %% test test_empty 1
try:
    parse("")
except EmptyError as error:
    assert error.args[0].startswith("cannot parse")
assert issubclass(EmptyError, ParseError) and issubclass(ParseError, ValueError)
# %% solution managers
### BEGIN SOLUTION
class Recorder:
    def __init__(self):
        self.events = []

    def __enter__(self):
        self.events.append("enter")
        return self

    def __exit__(self, kind, error, traceback):
        self.events.append(kind.__name__ if kind else "exit")
        return kind is KeyError


@contextlib.contextmanager
def changed(mapping, key, value):
    before = mapping.get(key)
    mapping[key] = value
    try:
        yield mapping
    finally:
        mapping[key] = before
### END SOLUTION
# %% test test_recorder 2
with Recorder() as recorder:
    assert recorder.events == ["enter"]
assert recorder.events == ["enter", "exit"]
with Recorder() as recorder:
    raise KeyError("swallowed")
assert recorder.events[-1] == "KeyError"
# %% test test_changed 2
settings = {"a": 1}
with changed(settings, "a", 5) as inside:
    assert inside["a"] == 5
    assert settings["a"] == 5
assert settings == {"a": 1}
# %% solution decorators
def retry(times):
    """Call a function again, so many times at most, while it raises an exception."""
    ### BEGIN SOLUTION
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            for attempt in range(times):
                try:
                    return function(*args, **kwargs)
                except Exception:
                    if attempt == times - 1:
                        raise
        return wrapper
    return decorate
    ### END SOLUTION
# %% test test_retry 2
tried = []

@retry(3)
def flaky(x, *, y=0):
    """Works the third time."""
    tried.append(x)
    if len(tried) < 3:
        raise OSError("not yet")
    return x + y
assert flaky(1, y=2) == 3 and tried == [1, 1, 1]
assert flaky.__name__ == "flaky" and flaky.__doc__.startswith("Works")
# %% test test_retry_gives_up 1
@retry(2)
def broken():
    raise ZeroDivisionError("always")
try:
    broken()
except ZeroDivisionError as error:
    assert str(error) == "always"
else:
    assert False
# %% solution averager
def averager():
    """A generator: send it numbers, it yields their mean so far."""
    ### BEGIN SOLUTION
    total = count = 0
    mean = None
    while True:
        total += yield mean
        count += 1
        mean = total / count
    ### END SOLUTION
# %% test test_averager 2
mean = averager()
assert next(mean) is None
assert mean.send(10) == 10
assert mean.send(20) == 15
mean.close()
try:
    next(mean)
    assert False
except StopIteration:
    pass
# %% solution delegation
def walk(tree):
    ### BEGIN SOLUTION
    for part in tree:
        if isinstance(part, (list, tuple)):
            yield from walk(part)
        else:
            yield part
    ### END SOLUTION
# %% test test_walk 1
assert list(walk([1, [2, (3, [4])]])) == [1, 2, 3, 4]
assert iter(walk([])) is not None
first, *rest = walk(["a", ["b"]])
assert (first, rest) == ("a", ["b"])
assert "".join(sorted(walk(["c", ["a"]]))) == "ac"
assert dict(zip(walk([1, [2]]), "xy")) == {1: "x", 2: "y"}
# %% wrong base errors
class ParseError(Exception):
    pass
class EmptyError(Exception):
    pass
def parse(text):
    try:
        return sum(map(int, text.split("+")))
    except ValueError:
        raise ParseError("wrong")
# %% wrong base managers
class Recorder:
    events = []
    def __enter__(self):
        self.events.append("enter")
    def __exit__(self, *error):
        self.events.append("exit")
def changed(mapping, key, value):
    mapping[key] = value
# %% wrong once decorators
def retry(times):
    return lambda function: function
# %% wrong once averager
def averager():
    yield None
    yield 10
# %% wrong once delegation
def walk(tree):
    return [*tree]
'''

# SQL, CSV, JSON, regular expressions, text streams.
_TEXTS["records"] = '''
# %% file people.csv
name,age,city
Ada,36,London
Bo,17,Oslo
Cy,52,London
# %% free
import csv
import io
import json
import re
import sqlite3
# %% solution read_people
def read_people(file):
    """The rows of an open CSV file as dictionaries, ages as numbers."""
    ### BEGIN SOLUTION
    return [{**row, "age": int(row["age"])} for row in csv.DictReader(file)]
    ### END SOLUTION
# %% test test_read_people 2
with open("people.csv") as file:
    people = read_people(file)
assert people[0] == {"name": "Ada", "age": 36, "city": "London"}
assert len(people) == 3
assert read_people(io.StringIO("name,age\\nX,1\\n")) == [{"name": "X", "age": 1}]
# %% solution database
def make_database(rows):
    """A database in memory with a table `people`."""
    ### BEGIN SOLUTION
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE people (name TEXT, age INTEGER, city TEXT)")
    connection.executemany("INSERT INTO people VALUES (:name, :age, :city)", rows)
    return connection
    ### END SOLUTION


### BEGIN SOLUTION
ADULTS = "SELECT name FROM people WHERE age >= 18 ORDER BY name"
### END SOLUTION
# %% test test_database 2
connection = make_database(
    [{"name": "Ada", "age": 36, "city": "London"}, {"name": "Bo", "age": 17, "city": "Oslo"}]
)
assert connection.execute("SELECT COUNT(*) FROM people").fetchone() == (2,)
assert [name for (name,) in connection.execute(ADULTS)] == ["Ada"]
cursor = connection.cursor()
cursor.execute("SELECT city FROM people WHERE name = ?", ("Bo",))
assert cursor.fetchall() == [("Oslo",)]
# %% test test_query 1
own = sqlite3.connect(":memory:")
own.execute("CREATE TABLE people (name TEXT, age INTEGER, city TEXT)")
own.executemany("INSERT INTO people VALUES (?, ?, ?)", [("Z", 20, "-"), ("Y", 18, "-"), ("X", 3, "-")])
assert [row[0] for row in own.execute(ADULTS)] == ["Y", "Z"]
# %% solution dates
### BEGIN SOLUTION
DATE = re.compile(r"(\\d{4})-(\\d\\d)-(\\d\\d)")
### END SOLUTION


def find_dates(text):
    ### BEGIN SOLUTION
    return [tuple(map(int, match.groups())) for match in DATE.finditer(text)]
    ### END SOLUTION
# %% test test_dates 2
assert find_dates("on 2024-05-03 and 2025-01-31.") == [(2024, 5, 3), (2025, 1, 31)]
assert DATE.fullmatch("2024-05-03") and not DATE.fullmatch("2024-5-3")
assert DATE.sub("?", "at 2020-01-01") == "at ?"
# %% solution summary
def summary(text):
    """Of JSON: a list of people; give JSON of the mean age by city, sorted."""
    ### BEGIN SOLUTION
    ages = {}
    for person in json.loads(text):
        ages.setdefault(person["city"], []).append(person["age"])
    return json.dumps({city: sum(found) / len(found) for city, found in sorted(ages.items())})
    ### END SOLUTION
# %% test test_summary 1
made = summary(json.dumps([{"city": "B", "age": 2}, {"city": "A", "age": 1}, {"city": "B", "age": 4}]))
assert json.loads(made) == {"A": 1, "B": 3}
assert made.index("A") < made.index("B")
# %% solution match
def first_match(pattern, text):
    """What `re` finds first."""
    ### BEGIN SOLUTION
    return re.search(pattern, text)
    ### END SOLUTION
# %% test test_match 1
found = first_match(re.compile("b+"), "aabbb")
assert found.group() == "bbb" and found.span() == (2, 5)
assert first_match("x", "y") is None
# %% solution table
def write_table(rows, stream):
    """Write rows as lines of cells with a tab between them."""
    ### BEGIN SOLUTION
    for row in rows:
        stream.write("\\t".join(map(str, row)) + "\\n")
    ### END SOLUTION
# %% test test_write_table 1
stream = io.StringIO()
write_table([[1, 2], ["a", None]], stream)
assert stream.getvalue() == "1\\t2\\na\\tNone\\n"
# %% wrong text read_people
def read_people(file):
    return list(csv.DictReader(file))
# %% wrong text database
def make_database(rows):
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE people (name, age, city)")
    return connection
ADULTS = "SELECT name FROM people"
# %% wrong text dates
DATE = re.compile(r"\\d+-\\d+-\\d+")
def find_dates(text):
    return DATE.findall(text)
# %% wrong text match
def first_match(pattern, text):
    return re.match(pattern, text)
# %% wrong print table
def write_table(rows, stream):
    for row in rows:
        print(*row, sep="\\t")
# %% wrong print summary
def summary(text):
    print(json.loads(text))
'''

# Keyword-only arguments, recursion that goes too deep, expressions as nested data, source code, hashes.
_TEXTS["recursion"] = '''
# %% locked
import hashlib
import inspect
import sys
import types


def digest(value):
    return hashlib.sha256(repr(value).encode()).hexdigest()[:8]
# %% solution derive
def derive(expression, *, by="x"):
    """The derivative of a number, a name, or ("+" or "*", left, right)."""
    ### BEGIN SOLUTION
    if isinstance(expression, tuple):
        operator, left, right = expression
        if operator == "+":
            return "+", derive(left, by=by), derive(right, by=by)
        return "+", ("*", derive(left, by=by), right), ("*", left, derive(right, by=by))
    return int(expression == by)
    ### END SOLUTION
# %% test test_derive 2
assert derive(3) == 0 and derive("x") == 1 and derive("y") == 0
assert derive(("+", "x", 1)) == ("+", 1, 0)
assert derive(("*", "x", "y"), by="y") == ("+", ("*", 0, "y"), ("*", "x", 1))
# %% test test_keyword_only 1
try:
    derive("x", "x")
except TypeError:
    pass
else:
    raise AssertionError("`by` should be keyword-only")
assert inspect.signature(derive).parameters["by"].default == "x"
assert inspect.getfullargspec(derive).kwonlyargs == ["by"]
# %% solution depth
def depth(n):
    """n, by recursion."""
    ### BEGIN SOLUTION
    return 0 if n == 0 else 1 + depth(n - 1)
    ### END SOLUTION
# %% test test_depth 2
assert depth(100) == 100
try:
    depth(10**6)
except RecursionError:
    pass
else:
    assert False, "without recursion?"
# %% test test_source 1
source = inspect.getsource(depth)
assert "for " not in source and "while " not in source
assert isinstance(depth, types.FunctionType)
assert depth.__code__.co_argcount == 1
assert "depth" in depth.__code__.co_names
# %% solution answers
### BEGIN SOLUTION
answer1 = 42
answer2 = "b"
answer3 = [1.5, 2.5]
### END SOLUTION
# %% test test_answers 3
assert "answer1" in globals(), "answer1 is missing"
assert digest(answer1) == "73475cb4"
assert digest(answer2) == "fa34b15a", "wrong letter"
assert digest(answer3) == "d931a904", "wrong numbers"
# %% test test_types 1
assert type(answer1) is int and type(answer2) is str and isinstance(answer3, list)
assert all(isinstance(number, float) for number in answer3)
# %% solution permutations
def permutations(items):
    """Yield all orders of the items."""
    ### BEGIN SOLUTION
    if not items:
        yield []
    for number, first in enumerate(items):
        for rest in permutations(items[:number] + items[number + 1:]):
            yield [first, *rest]
    ### END SOLUTION
# %% test test_permutations 2
assert sorted(permutations([1, 2, 3])) == [[1, 2, 3], [1, 3, 2], [2, 1, 3], [2, 3, 1], [3, 1, 2], [3, 2, 1]]
assert len(set(map(tuple, permutations([*range(5)])))) == 120
assert inspect.isgeneratorfunction(permutations)
# %% solution curry
def curry(f, n):
    """curry(f, 2)(a)(b) is f(a, b)"""
    ### BEGIN SOLUTION
    def take(args):
        return f(*args) if len(args) == n else lambda one: take([*args, one])
    return take([])
    ### END SOLUTION
# %% test test_curry 1
assert curry(lambda a, b, c: a + b * c, 3)(1)(2)(3) == 7
assert callable(curry(max, 2)(1))
assert curry(max, 2)(4)(9) == 9
# %% wrong loop depth
def depth(n):
    count = 0
    for _ in range(n):
        count += 1
    return count
# %% wrong loop answers
answer1 = 43
answer2 = "b"
# %% wrong positional derive
def derive(expression, by="x"):
    return int(expression == by)
# %% wrong positional permutations
def permutations(items):
    import itertools
    return [list(p) for p in itertools.permutations(items)]
# %% wrong positional curry
def curry(f, n):
    return lambda *args: f(*args)
'''

# Magics; a module that the student writes; tests that import it, share state, and look at IPython.
_TEXTS["magics"] = """
# %% locked
%matplotlib inline
import os
import subprocess
import sys
# %% solution greeting
%%writefile greeting.py
### BEGIN SOLUTION
def greet(name):
    return f"Hi, {name}"


if __name__ == "__main__":
    print(greet("world"))
### END SOLUTION
# %% test test_greeting_file 1
assert os.path.exists("greeting.py")
assert "def greet" in open("greeting.py").read()
# %% free
import greeting
from greeting import greet
# %% test test_greeting 1
assert greeting.greet("Bo") == "Hi, Bo"
assert greet("Al") == "Hi, Al"
# %% solution captured
%%capture output
### BEGIN SOLUTION
print("one")
print("two")
### END SOLUTION
# %% test test_captured 1
assert output.stdout.split() == ["one", "two"]
# %% solution timed
%%time
### BEGIN SOLUTION
squares = [n * n for n in range(1000)]
### END SOLUTION
# %% test test_timed 1
assert len(squares) == 1000 and squares[-1] == 998001
# %% free
shared = []
def note(text):
    shared.append(text)
    return len(shared)
# %% test test_first 1
assert note("a") == 1
seen = list(shared)
# %% test test_second 1
assert seen == ["a"]
assert note("b") == 2, "the tests before have noted one"
# %% wrong silent greeting
%%writefile greeting.py
def greet(name):
    print("Hi", name)
# %% wrong silent captured
print("one")
# %% wrong silent timed
squares = [n + n for n in range(1000)]
"""

# A helper module with checks; tests that build on each other; tables that are changed in several cells.
_TEXTS["checks"] = '''
# %% file checks.py
"""Checks of the course: each takes the student's function or value."""
import numpy as np


def check_function(function, cases):
    for args, wanted in cases:
        got = function(*args)
        assert np.allclose(got, wanted), f"{function.__name__}{args} is {got}, not {wanted}"


def check_table(table, columns, rows):
    import pandas as pd
    assert isinstance(table, pd.DataFrame), "that is no DataFrame"
    assert list(table.columns) == columns and len(table) == rows


def has_docstring(function):
    return bool(function.__doc__)
# %% locked
import numpy as np
import pandas as pd
import sys
sys.path.append(".")
from checks import *
# %% free
rng = np.random.RandomState(0)
scores = pd.DataFrame({"team": list("aabbc"), "points": [3, 5, 2, 8, 1]})
scores["day"] = pd.date_range("2024-01-01", periods=5)
# %% solution standardise
def standardise(x):
    """Mean 0, standard deviation 1."""
    ### BEGIN SOLUTION
    return (x - x.mean()) / x.std()
    ### END SOLUTION
# %% test test_standardise 2
check_function(standardise, [((np.array([1.0, 3.0]),), [-1, 1])])
assert has_docstring(standardise)
# %% solution totals
### BEGIN SOLUTION
totals = scores.groupby("team", as_index=False).agg(points=("points", "sum"), games=("day", "count"))
scores["double"] = scores["points"] * 2
best = totals.loc[totals["points"].idxmax()]
### END SOLUTION
# %% test test_totals 2
check_table(totals, ["team", "points", "games"], 3)
assert totals.set_index("team")["points"].to_dict() == {"a": 8, "b": 10, "c": 1}
assert best["team"] == "b" and best.points == 10
# %% test test_scores 1
assert "double" in scores and scores["double"].sum() == 38
assert scores["day"].dt.year.unique().tolist() == [2024]
# %% solution filtered
def busy(table, least):
    """Teams with so many points at least, as a table with the most first."""
    ### BEGIN SOLUTION
    found = table.groupby("team")["points"].sum()
    return found[found >= least].sort_values(ascending=False).to_frame()
    ### END SOLUTION
# %% test test_busy 2
expected = pd.DataFrame({"points": [10, 8]}, index=pd.Index(["b", "a"], name="team"))
pd.testing.assert_frame_equal(busy(scores, 5), expected)
assert busy(scores, 100).empty
# %% solution pivot
wide = None
### BEGIN SOLUTION
wide = scores.pivot_table(index="team", columns=scores["day"].dt.day, values="points", fill_value=0)
### END SOLUTION
# %% test test_wide 1
assert wide.shape == (3, 5)
assert wide.loc["c", 5] == 1 and wide.to_numpy().sum() == 19
# %% solution merged
def with_names(table, names):
    ### BEGIN SOLUTION
    return table.merge(names, on="team", how="left")
    ### END SOLUTION
# %% test test_with_names 1
names = pd.DataFrame({"team": ["a", "b"], "name": ["Ants", "Bees"]})
merged = with_names(scores, names)
assert merged["name"].isna().sum() == 1
assert merged.query("team == 'b'")["name"].unique().tolist() == ["Bees"]
# %% wrong half standardise
def standardise(x):
    return x - x.mean()
# %% wrong half totals
totals = scores.groupby("team").sum(numeric_only=True)
best = totals.iloc[0]
# %% wrong index filtered
def busy(table, least):
    return table[table["points"] >= least]
# %% wrong index pivot
wide = scores
# %% wrong index merged
def with_names(table, names):
    return table.merge(names, on="team")
'''

# A checker beside the notebook that is given all names; its result is the score, which may be 0.
_TEXTS["checker"] = """
# %% file checker.py
def check_mean(names):
    points = 0
    try:
        assert names["mean"]([1, 3]) == 2
        points += 1
        assert len(names["mean"].__doc__) > 5
        points += 1
    except (AssertionError, KeyError, TypeError, NotImplementedError):
        pass
    return points


def check_names(names):
    return sum(name in names for name in ("largest", "smallest"))
# %% locked
import checker
# %% solution mean
### BEGIN SOLUTION
def mean(values):
    '''The arithmetic mean.'''
    return sum(values) / len(values)
### END SOLUTION
# %% test test_mean 2
checker.check_mean(globals())
# %% solution extremes
### BEGIN SOLUTION
from builtins import max as largest, min as smallest
### END SOLUTION
# %% test test_names 2
checker.check_names(dir())
# %% wrong undocumented mean
mean = lambda values: sum(values) / len(values)
# %% wrong undocumented extremes
largest = max
# %% wrong none mean
average = 3
# %% wrong none extremes
import math
"""

# A package beside the notebook whose class students' code imports; a function that binds global names, which
# later cells go on with; a connection that is made in an ordinary cell; pickled tables to compare with.
_TEXTS["packages"] = """
# %% file shop/stock/__init__.py
from .items import Item
# %% file shop/stock/items.py
class Item:
    def __init__(self, name, price):
        self.name, self.price = name, price

    def __eq__(self, other):
        return (self.name, self.price) == (other.name, other.price)
# %% free
import sqlite3
import pandas as pd
connection = sqlite3.connect(":memory:")
connection.executescript(
    "create table fruit (name text, price real); insert into fruit values ('fig', 0.5), ('pear', 0.25);"
)
# %% solution imports
### BEGIN SOLUTION
from shop.stock import Item
### END SOLUTION
# %% solution cheaper
def cheaper(item: Item, part):
    ### BEGIN SOLUTION
    return Item(item.name, item.price * (1 - part))
    ### END SOLUTION
# %% test test_cheaper 2
assert cheaper(Item("fig", 2.0), 0.5) == Item("fig", 1.0)
assert isinstance(cheaper(Item("fig", 2.0), 0.25), Item)
# %% solution load
def load(part):
    global items, cheap
    ### BEGIN SOLUTION
    items = [Item(*row) for row in connection.execute("select * from fruit order by name")]
    cheap = [cheaper(item, part) for item in items]
    ### END SOLUTION
# %% test test_load 1
load(0.5)
assert [item.name for item in items] == ["fig", "pear"] and cheap[0].price == 0.25
# %% solution total
### BEGIN SOLUTION
total = sum(item.price for item in cheap)
query = "select name, price from fruit where price < 0.3"
### END SOLUTION
# %% test test_total 1
assert total == 0.375
# %% test test_query 2
import pickle
found = pd.read_sql(query, connection)
expected = pickle.loads(pickle.dumps(pd.DataFrame({"name": ["pear"], "price": [0.25]})))
pd.testing.assert_frame_equal(found, expected)
assert isinstance(connection, sqlite3.Connection)
# %% wrong inside cheaper
def cheaper(item, part):
    item.price *= part
# %% wrong inside load
def load(part):
    global items
    items = []
# %% wrong own imports
class Item:
    def __init__(self, name, price):
        self.name, self.price = name, price
# %% wrong own total
total = 0.375
query = "select name from fruit"
"""
# Many small habits of tests, of objects above all.
_TEXTS["habits"] = '''
# %% free
import asyncio, collections, enum, functools, random, dataclasses, typing, math
import numpy as np
import pandas as pd
# %% solution objects
### BEGIN SOLUTION
class Point(typing.NamedTuple):
    x: int
    y: int = 0
class Color(enum.Enum):
    RED = 1
    BLUE = 2
@dataclasses.dataclass(order=True)
class Item:
    name: str
    price: float = 1.0
    tags: list = dataclasses.field(default_factory=list)
class Grid:
    def __init__(self, n): self.cells = {}; self.n = n
    def __setitem__(self, k, v): self.cells[k] = v
    def __getitem__(self, k): return self.cells[k]
    def __contains__(self, k): return k in self.cells
    def __delitem__(self, k): del self.cells[k]
    def __len__(self): return len(self.cells)
    def __call__(self, x): return x + self.n
    @property
    def size(self): return self.n
    @size.setter
    def size(self, v):
        if v < 0: raise ValueError("negative")
        self.n = v
class Count:
    def __init__(self, n): self.i, self.n = 0, n
    def __iter__(self): return self
    def __next__(self):
        if self.i >= self.n: raise StopIteration
        self.i += 1
        return self.i
def make_items(): return [Item("b", 2.0), Item("a", 3.0)]
def square(x: float, n: int = 2) -> float:
    """The square.

    >>> square(3)
    9
    """
    return x ** n
async def later(x):
    await asyncio.sleep(0)
    return x + 1
def pick(): return random.choice([1, 2, 3, 4, 5])
@functools.lru_cache(maxsize=None)
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
def ref(name): return {"Point": Point, "Item": Item}[name]
def matrix(): return np.matrix([[1, 2], [3, 4]])
total = 5
def plotted(table): return table.plot(title="T")
def summarise(rows): return collections.OrderedDict(sorted(rows.items()))
def swap(pair): a, b = pair; return b, a
def ints(): return np.int64(3), np.float32(1.5), np.bool_(True)
### END SOLUTION
# %% test test_namedtuple 1
assert Point(1, 2) == Point(1, 2) and Point(1, 2) == (1, 2)
assert Point(1).y == 0 and Point._fields == ("x", "y")
x, y = Point(3, 4)
assert (x, y) == (3, 4)
assert isinstance(Point(1), tuple)
# %% test test_enum 1
assert Color.RED.value == 1 and Color.RED is Color.RED and Color["BLUE"] == Color.BLUE
assert [c.name for c in Color] == ["RED", "BLUE"] and Color(2) == Color.BLUE and len(Color) == 2
# %% test test_dataclass 1
assert Item("a") == Item("a", 1.0, []) and Item("a") < Item("b")
assert dataclasses.is_dataclass(Item)
assert repr(Item("a")) == "Item(name='a', price=1.0, tags=[])"
assert sorted(make_items())[0].name == "a" and max(make_items(), key=lambda i: i.price).name == "a"
assert {i.name: i for i in make_items()}["b"].price == 2.0
# %% test test_grid 1
g = Grid(3)
g["a"] = 1
assert g["a"] == 1 and "a" in g and len(g) == 1 and g(4) == 7
del g["a"]
assert "a" not in g
g.size = 5
assert g.size == 5
try:
    g.size = -1
except ValueError as e:
    assert "negative" in str(e)
else:
    assert False
# %% test test_copy 1
import copy
a = Item("x", 1.0, [1])
b = copy.deepcopy(a)
b.tags.append(2)
assert vars(a)["name"] == "x" and a.__dict__["price"] == 1.0
assert type(a).__name__ == "Item" and a.__class__.__name__ == "Item"
# %% test test_tags 1
a = Item("x")
a.tags.append("new")
assert a.tags == ["new"]
# %% test test_iter 1
assert list(Count(3)) == [1, 2, 3] and sum(Count(4)) == 10
assert list(zip(Count(2), "ab")) == [(1, "a"), (2, "b")]
it = iter(Count(1)); assert next(it) == 1 and next(it, "end") == "end"
assert tuple(enumerate(Count(2))) == ((0, 1), (1, 2)) and 2 in Count(3)
# %% test test_higher 1
assert list(map(square, [1, 2])) == [1, 4] and sorted([-2, 1], key=square) == [1, -2]
assert pd.Series([1, 2]).apply(square).tolist() == [1, 4]
assert np.vectorize(square)(np.array([2, 3])).tolist() == [4, 9]
assert functools.reduce(lambda a, f: f(a), [square, square], 2) == 16
# %% test test_numeric 1
from scipy import integrate, optimize
assert math.isclose(integrate.quad(square, 0, 1)[0], 1 / 3, rel_tol=1e-6)
# %% test test_inspect 1
import ast, inspect, textwrap
tree = ast.parse(textwrap.dedent(inspect.getsource(square)))
assert not any(isinstance(n, ast.For) for n in ast.walk(tree))
assert square.__defaults__ == (2,) and typing.get_type_hints(square)["n"] is int
assert inspect.isfunction(square) and callable(square) and square.__code__.co_varnames[:2] == ("x", "n")
assert inspect.isclass(Grid) and hasattr(Grid, "size") and isinstance(Grid.size, property)
assert "__len__" in dir(Grid) and issubclass(Grid, object) and callable(getattr(Grid, "__call__"))
assert inspect.signature(Grid.__init__).parameters.keys() == {"self", "n"}
# %% test test_doctest 1
import doctest
results = doctest.DocTestRunner(verbose=False)
for test in doctest.DocTestFinder().find(square, "square", globs={"square": square}):
    results.run(test)
assert results.summarize(verbose=False).failed == 0 and results.tries == 1
# %% test test_names 1
assert "total" in globals() and "total" in dir() and globals()["total"] == 5
try:
    total
except NameError:
    raise AssertionError("define total")
assert eval("total") == 5
# %% test test_async_run 1
import inspect
assert inspect.iscoroutinefunction(later)
# %% test test_random 1
random.seed(3)
mine = random.choice([1, 2, 3, 4, 5])
random.seed(3)
assert pick() == mine
# %% test test_cache 1
assert fib(30) == 832040
fib.cache_clear()
fib(5)
assert fib.cache_info().misses == 6
assert fib.__wrapped__(3) == 2
# %% test test_class_returned 1
assert ref("Point")(1, 2).y == 2 and ref("Item") is Item
# %% test test_matrix 1
assert isinstance(matrix(), np.matrix) and (matrix() * matrix()).tolist() == [[7, 10], [15, 22]]
# %% test test_plotted 1
ax = plotted(pd.DataFrame({"a": [1, 2]}))
assert ax.get_title() == "T" and len(ax.lines) == 1
import matplotlib
assert isinstance(ax, matplotlib.axes.Axes)
# %% test test_types 1
a, b, c = ints()
assert type(a) is np.int64 and isinstance(b, np.floating) and c and isinstance(c, np.bool_)
# %% test test_capture 1
from IPython.utils.capture import capture_output
with capture_output() as out:
    print("x")
assert out.stdout == "x\\n"
# %% test test_ordered 1
assert list(summarise({"b": 1, "a": 2})) == ["a", "b"] and isinstance(summarise({}), collections.OrderedDict)
# %% test test_partial 1
cube = functools.partial(square, n=3)
assert cube(2) == 8
timed = []
def timing(f):
    @functools.wraps(f)
    def inner(*a):
        timed.append(f.__name__)
        return f(*a)
    return inner
assert timing(square)(3) == 9 and timed == ["square"]
# %% test test_kept 1
tags = ["a"]
item = Item("k", 1.0, tags)
item.tags.append("b")
assert tags == ["a", "b"] and item.tags is tags
# %% wrong plain objects
Point = lambda x, y=0: (x, y)
class Color:
    RED, BLUE = 1, 2
class Item:
    def __init__(self, name, price=1.0, tags=()):
        self.name, self.price, self.tags = name, price, list(tags)
class Grid(dict):
    def __init__(self, n): self.n = n
Count = range
def make_items(): return [("b", 2.0), ("a", 3.0)]
square = lambda x, n=2: x * n
fib = lambda n: n if n < 2 else fib(n - 1) + fib(n - 2)
def pick(): return 1
total = "5"
def matrix(): return np.array([[1, 2], [3, 4]])
def plotted(table): table.plot(title="T")
def summarise(rows): return rows
def ints(): return 3, 1.5, True
'''

# Files and streams that are passed, returned and kept.
_TEXTS["streams"] = """
# %% file words.txt
one
two
# %% solution streams
import io
### BEGIN SOLUTION
def opened(): return open("words.txt")
def first(file): return file.readline().strip()
def log(message, file=None): print(message, file=file)
def buffer(): return io.StringIO("x y")
def count(stream): return len(stream.read().split())
class Writer:
    def __init__(self, stream): self.stream = stream
    def put(self, text): self.stream.write(text)
### END SOLUTION
# %% test test_file 1
f = opened()
assert first(f) == "one" and f.readline() == "two\\n" and not f.closed
f.close()
assert f.closed
# %% test test_lines 1
with opened() as f:
    assert [line.strip() for line in f] == ["one", "two"]
# %% test test_buffer 1
assert count(buffer()) == 2 and buffer().getvalue() == "x y"
# %% test test_log 1
import io, sys
out = io.StringIO()
log("hi", file=out)
log("there", out)
assert out.getvalue() == "hi\\nthere\\n"
log("x", sys.stdout)
# %% test test_own_file 1
with open("new.txt", "w") as f:
    log("a", f)
    log("b", f)
with open("new.txt") as f:
    assert first(f) == "a" and first(f) == "b" and f.read() == ""
# %% test test_writer 1
import io
s = io.StringIO()
w = Writer(s)
w.put("a"); w.put("b")
assert s.getvalue() == "ab"
# %% wrong texts streams
import io
def opened(): return "one"
def first(file): return file.read().strip()
def log(message, file=None): print(message)
def buffer(): return "x y"
def count(text): return len(text.split())
class Writer:
    def __init__(self, stream): self.stream = io.StringIO()
    def put(self, text): self.stream.write(text)
"""

# Axes that a test makes and passes; temporary files; classes derived from a locked cell's; tests of unittest.
_TEXTS["passing"] = """
# %% locked
import os
import tempfile
import unittest
from abc import ABC, abstractmethod
import matplotlib.pyplot as plt

class Shape(ABC):
    @abstractmethod
    def area(self): ...

    def describe(self):
        return f"{type(self).__name__} of area {self.area():.1f}"
# %% solution square
### BEGIN SOLUTION
class Square(Shape):
    def __init__(self, side):
        self.side = side

    def area(self):
        return self.side ** 2
### END SOLUTION
# %% test test_square 2
assert Square(2).describe() == "Square of area 4.0"
assert isinstance(Square(2), Shape) and issubclass(Square, Shape)
assert Square(2).__class__.__name__ == "Square"
# %% solution bars
def bars(axes, names, numbers):
    ### BEGIN SOLUTION
    axes.bar(names, numbers)
    axes.set_title("Numbers")
    ### END SOLUTION
# %% test test_bars 2
figure, (left, right) = plt.subplots(1, 2, figsize=(4, 2))
bars(right, ["a", "b"], numbers=[3, 5])
assert [bar.get_height() for bar in right.patches] == [3, 5]
assert right.get_title() == "Numbers" and not left.patches
plt.close(figure)
# %% solution save
def save(path, words):
    ### BEGIN SOLUTION
    with open(path, "w") as file:
        file.write(" ".join(words))
    return os.path.abspath(path)
    ### END SOLUTION
# %% test test_save 2
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "words.txt")
    where = save(path, ["so", "it", "goes"])
    with open(path) as file:
        assert file.read() == "so it goes"
    assert os.path.samefile(where, path)
# %% test test_by_unittest 2
class TestSquare(unittest.TestCase):
    def test_area(self):
        self.assertEqual(Square(3).area(), 9)

with open(os.devnull, "w") as nowhere:
    runner = unittest.TextTestRunner(stream=nowhere)
    done = unittest.main(argv=["", "TestSquare"], exit=False, testRunner=runner)
assert done.result.testsRun == 1 and done.result.wasSuccessful()
# %% wrong loose square
class Square:
    def __init__(self, side):
        self.side = side

    def area(self):
        return self.side * self.side

    def describe(self):
        return f"Square of area {self.area():.1f}"
# %% wrong loose bars
def bars(axes, names, numbers):
    plt.bar(names, numbers)
    plt.title("Numbers")
# %% wrong loose save
def save(path, words):
    with open("words.txt", "w") as file:
        file.write(" ".join(words))
"""

MORE = {name: Foreign.parse(name, text) for name, text in _TEXTS.items()}
