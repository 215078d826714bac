"""The assignments. Each shows some habits of courses that were found in public repositories."""

from __future__ import annotations

from .more_assignments import MORE
from .notebooks import Foreign

_TEXTS = {}

# Plain functions; imports in a free cell; hidden tests; an answer whose inner error is a NameError.
_TEXTS["basics"] = '''
# %% free
import math
# %% solution area
def area(radius):
    """The area of a circle; ValueError if the radius is negative."""
    ### BEGIN SOLUTION
    if radius < 0:
        raise ValueError("negative radius")
    return math.pi * radius**2
    ### END SOLUTION
# %% test test_area 2
assert math.isclose(area(1), math.pi)
### BEGIN HIDDEN TESTS
assert math.isclose(area(2.5), 6.25 * math.pi)
### END HIDDEN TESTS
# %% test test_area_negative 1
try:
    area(-1)
except ValueError as error:
    assert "negative" in str(error)
else:
    assert False, "a negative radius should raise ValueError"
# %% solution greet
def greet(name, punctuation="!"):
    ### BEGIN SOLUTION
    return f"Hello, {name}{punctuation}"
    ### END SOLUTION
# %% test test_greet 1
assert greet("Ada") == "Hello, Ada!"
assert greet("Ada", punctuation="?") == "Hello, Ada?"
# %% solution fib
def fib(n):
    ### BEGIN SOLUTION
    return n if n < 2 else fib(n - 1) + fib(n - 2)
    ### END SOLUTION
# %% test test_fib 2
assert [fib(n) for n in range(10)] == [0, 1, 1, 2, 3, 5, 8, 13, 21, 34]
# %% wrong name-error area
def area(radius):
    return math.pi * raduis**2
# %% wrong name-error fib
def fib(n):
    return n
# %% wrong syntax area
def area(radius:
    return 3
# %% wrong no-raise area
def area(radius):
    return 3.141592653589793 * radius * radius
# %% wrong no-raise greet
def greet(name, punctuation="!"):
    print(f"Hello, {name}{punctuation}")
# %% wrong endless fib
def fib(n):
    return 0 if n == 0 else fib(n - 1) * 0 + fib(n)
'''

# Answers that are variables; the whole cell is the solution, so the release holds nothing of it.
_TEXTS["variables"] = """
# %% free
numbers = [3, 1, 4, 1, 5, 9, 2, 6]
# %% solution total
### BEGIN SOLUTION
total = sum(numbers)
average = total / len(numbers)
### END SOLUTION
# %% test test_total 2
assert total == 31
assert abs(average - 3.875) < 1e-9
# %% solution unique
unique = sorted(set(numbers))
largest, *rest = unique[::-1]
# %% test test_unique 2
assert unique == [1, 2, 3, 4, 5, 6, 9], f"unique is {unique}"
assert largest == 9 and type(rest) is list
# %% solution squares
squares = {n: n**2 for n in numbers}
letters = set("mississippi")
# %% test test_squares 2
assert squares[9] == 81
assert len(squares) == 7
assert letters == {"m", "i", "s", "p"}
assert "z" not in letters
# %% wrong off-by-one total
total = sum(numbers[1:])
average = 28 / 8
# %% wrong off-by-one squares
squares = [n**2 for n in numbers]
letters = {"m"}
# %% wrong helper-cell unique
def helper(values):
    return sorted(set(values))
unique = helper(numbers)
largest = 9
rest = []
"""

# pandas: tables read from a file beside the notebook, made, changed, grouped.
_TEXTS["tables"] = '''
# %% file data/rivers.csv
name,country,length,basin
Rhine,CH,1233,198735
Danube,DE,2850,801463
Elbe,CZ,1094,148268
Oder,CZ,840,119074
Weser,DE,452,46306
# %% locked
import numpy as np
import pandas as pd
pd.set_option("display.max_rows", 20)
# %% solution load
def load(path):
    ### BEGIN SOLUTION
    return pd.read_csv(path)
    ### END SOLUTION
# %% free
rivers = load("data/rivers.csv")
rivers.head(2)
# %% test test_load 2
assert isinstance(rivers, pd.DataFrame)
assert rivers.shape == (5, 4)
assert list(rivers.columns) == ["name", "country", "length", "basin"]
# %% solution longest
def longest(table, n):
    ### BEGIN SOLUTION
    return table.sort_values("length", ascending=False).head(n)["name"].tolist()
    ### END SOLUTION
# %% test test_longest 1
assert longest(rivers, 2) == ["Danube", "Rhine"]
### BEGIN HIDDEN TESTS
assert longest(pd.DataFrame({"name": list("xyz"), "length": [1, 3, 2]}), 3) == ["y", "z", "x"]
### END HIDDEN TESTS
# %% solution by_country
### BEGIN SOLUTION
by_country = rivers.groupby("country")["length"].sum()
### END SOLUTION
# %% test test_by_country 2
expected = pd.Series({"CH": 1233, "CZ": 1934, "DE": 3302}, name="length").rename_axis("country")
pd.testing.assert_series_equal(by_country, expected)
# %% solution density
def with_ratio(table):
    """A copy of the table with another column, the basin for each km."""
    ### BEGIN SOLUTION
    return table.assign(ratio=table["basin"] / table["length"])
    ### END SOLUTION
# %% test test_with_ratio 2
before = rivers.copy()
result = with_ratio(rivers)
assert rivers.equals(before), "the table itself must not change"
np.testing.assert_allclose(result["ratio"], rivers["basin"] / rivers["length"])
assert result.loc[result["ratio"].idxmax(), "name"] == "Danube"
# %% wrong in-place density
def with_ratio(table):
    table["ratio"] = table["basin"] / table["length"]
    return table
# %% wrong in-place longest
def longest(table, n):
    return list(table["name"][:n])
# %% wrong series by_country
by_country = rivers.groupby("country")["length"].mean()
# %% wrong series load
def load(path):
    return pd.read_csv(path, index_col=0)
'''

# A class of the student's: methods, operators, repr, properties, errors of their own.
_TEXTS["classes"] = """
# %% solution account
### BEGIN SOLUTION
class InsufficientFunds(Exception):
    pass


class Account:
    count = 0

    def __init__(self, owner, balance=0):
        self.owner, self._balance = owner, balance
        Account.count += 1

    @property
    def balance(self):
        return self._balance

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError("a deposit is positive")
        self._balance += amount
        return self

    def withdraw(self, amount):
        if amount > self._balance:
            raise InsufficientFunds(f"{amount} of {self._balance}")
        self._balance -= amount

    def __eq__(self, other):
        return isinstance(other, Account) and self.owner == other.owner

    def __repr__(self):
        return f"Account({self.owner!r}, {self._balance})"

    def __len__(self):
        return 2

    def __iter__(self):
        yield self.owner
        yield self._balance
### END SOLUTION
# %% test test_account 2
account = Account("Ada", 10)
account.deposit(5)
assert account.balance == 15
assert account.owner == "Ada"
assert isinstance(account, Account)
# %% test test_withdraw 2
account = Account("Ada", 10)
account.withdraw(4)
assert account.balance == 6
try:
    account.withdraw(100)
except InsufficientFunds as error:
    pass
else:
    raise AssertionError("more than there is was withdrawn")
assert issubclass(InsufficientFunds, Exception)
# %% test test_special 2
assert repr(Account("Bo", 1)) == "Account('Bo', 1)"
assert Account("Bo", 1) == Account("Bo", 2)
assert not Account("Bo", 1) == Account("Al", 1)
assert list(Account("Bo", 1)) == ["Bo", 1]
assert len(Account("Bo")) == 2
# %% test test_attributes 1
account = Account("Cy")
assert hasattr(account, "balance") and callable(account.deposit)
account.owner = "Di"
assert account.owner == "Di"
### BEGIN HIDDEN TESTS
assert account.deposit(3).deposit(4).balance == 7
assert Account.__init__.__defaults__ == (0,)
### END HIDDEN TESTS
# %% solution stack
class Stack:
    ### BEGIN SOLUTION
    def __init__(self):
        self.items = []

    def push(self, item):
        self.items.append(item)

    def pop(self):
        return self.items.pop()

    def is_empty(self):
        return not self.items
    ### END SOLUTION
# %% test test_stack 2
stack = Stack()
assert stack.is_empty()
for item in "abc":
    stack.push(item)
assert [stack.pop() for _ in range(3)] == ["c", "b", "a"]
assert stack.is_empty()
# %% wrong queue stack
class Stack:
    def __init__(self):
        self.items = []
    def push(self, item):
        self.items.append(item)
    def pop(self):
        return self.items.pop(0)
    def is_empty(self):
        return not self.items
# %% wrong equal account
class InsufficientFunds(ValueError):
    pass
class Account:
    def __init__(self, owner, balance=0):
        self.owner, self.balance = owner, balance
    def deposit(self, amount):
        self.balance += amount
    def withdraw(self, amount):
        self.balance -= amount
"""

# A class in a locked cell: the student's functions get and return its instances.
_TEXTS["trees"] = '''
# %% locked
from dataclasses import dataclass
from typing import Optional


@dataclass
class Node:
    value: int
    left: Optional["Node"] = None
    right: Optional["Node"] = None


class Cell:
    def __init__(self, item, next=None):
        self.item, self.next = item, next


def linked(items):
    head = None
    for item in reversed(items):
        head = Cell(item, head)
    return head
# %% solution insert
def insert(root, value):
    """Insert a value into a search tree, in place; return its root."""
    ### BEGIN SOLUTION
    if root is None:
        return Node(value)
    if value < root.value:
        root.left = insert(root.left, value)
    else:
        root.right = insert(root.right, value)
    return root
    ### END SOLUTION
# %% test test_insert 3
root = Node(5)
for value in (3, 8, 1, 4):
    assert insert(root, value) is root or insert(None, 1) == Node(1)
assert root.left.value == 3 and root.right == Node(8)
assert root.left == Node(3, Node(1), Node(4))
assert isinstance(insert(None, 2), Node)
# %% solution height
def height(root):
    ### BEGIN SOLUTION
    return 0 if root is None else 1 + max(height(root.left), height(root.right))
    ### END SOLUTION
# %% test test_height 1
assert height(None) == 0
assert height(Node(1, Node(2), Node(3, Node(4)))) == 3
# %% solution reverse
def reverse(head):
    """Turn a linked list round, in place; return its new head."""
    ### BEGIN SOLUTION
    before = None
    while head is not None:
        head.next, before, head = before, head, head.next
    return before
    ### END SOLUTION
# %% test test_reverse 2
head = reverse(linked([1, 2, 3]))
found = []
while head:
    found.append(head.item)
    head = head.next
assert found == [3, 2, 1]
assert reverse(None) is None
# %% wrong mirrored insert
def insert(root, value):
    if root is None:
        return Node(value)
    if value > root.value:
        root.left = insert(root.left, value)
    else:
        root.right = insert(root.right, value)
    return root
# %% wrong mirrored height
def height(root):
    return 1 + max(height(root.left), height(root.right))
# %% wrong lost reverse
def reverse(head):
    return head
'''

# Functions passed, returned and composed; closures, decorators, lambdas of the test.
_TEXTS["functions"] = '''
# %% free
from functools import reduce
import time
# %% solution integrate
def integrate(f, a, b, n=100):
    ### BEGIN SOLUTION
    h = (b - a) / n
    return h * sum(f(a + (i + 0.5) * h) for i in range(n))
    ### END SOLUTION
# %% test test_integrate 2
import math
assert abs(integrate(math.sin, 0, math.pi) - 2) < 1e-3
assert abs(integrate(lambda x: x**2, 0, 3) - 9) < 1e-2
# %% solution compose
def compose(*functions):
    """compose(f, g)(x) is f(g(x))"""
    ### BEGIN SOLUTION
    return reduce(lambda f, g: lambda x: f(g(x)), functions)
    ### END SOLUTION
# %% test test_compose 2
add_one = lambda x: x + 1
def double(x):
    return 2 * x
assert compose(add_one, double)(5) == 11
assert compose(double, add_one)(5) == 12
assert callable(compose(double))
# %% solution counter
def make_counter(start=0):
    ### BEGIN SOLUTION
    def counter():
        nonlocal start
        start += 1
        return start
    return counter
    ### END SOLUTION
# %% test test_counter 2
one, other = make_counter(), make_counter(10)
assert [one(), one(), other(), one()] == [1, 2, 11, 3]
# %% solution memoize
def memoize(f):
    ### BEGIN SOLUTION
    known = {}
    def wrapper(n):
        if n not in known:
            known[n] = f(n)
        return known[n]
    return wrapper
    ### END SOLUTION
# %% test test_memoize 2
calls = []
@memoize
def slow(n):
    calls.append(n)
    return n * n
assert (slow(3), slow(3), slow(4)) == (9, 9, 16)
assert calls == [3, 4], f"it was called with {calls}"
# %% wrong no-memory memoize
def memoize(f):
    return f
# %% wrong no-memory compose
def compose(*functions):
    return reduce(lambda f, g: lambda x: g(f(x)), functions)
# %% wrong shared counter
n = 0
def make_counter(start=0):
    def counter():
        global n
        n += 1
        return n
    return counter
# %% wrong shared integrate
def integrate(f, a, b, n=100):
    return (b - a) * f((a + b) / 2)
'''

# Generators, iterators, comprehensions.
_TEXTS["generators"] = '''
# %% free
from itertools import islice
# %% solution primes
def primes():
    """Yield all prime numbers."""
    ### BEGIN SOLUTION
    n = 2
    while True:
        if all(n % d for d in range(2, int(n**0.5) + 1)):
            yield n
        n += 1
    ### END SOLUTION
# %% test test_primes 2
import types
assert isinstance(primes(), types.GeneratorType)
assert list(islice(primes(), 8)) == [2, 3, 5, 7, 11, 13, 17, 19]
found = primes()
assert next(found) == 2 and next(found) == 3
# %% solution countdown
def countdown(n):
    ### BEGIN SOLUTION
    while n:
        yield n
        n -= 1
    ### END SOLUTION
# %% test test_countdown 2
assert [x for x in countdown(3)] == [3, 2, 1]
assert sum(countdown(100)) == 5050
steps = countdown(1)
next(steps)
try:
    next(steps)
except StopIteration:
    pass
else:
    assert False
# %% solution chunks
def chunks(items, size):
    ### BEGIN SOLUTION
    return [items[i:i + size] for i in range(0, len(items), size)]
    ### END SOLUTION
# %% test test_chunks 1
assert list(chunks("abcdefg", 3)) == ["abc", "def", "g"]
assert list(chunks(range(5), 2)) == [range(0, 2), range(2, 4), range(4, 5)]
# %% wrong list countdown
def countdown(n):
    return list(range(n, 0, -1))
# %% wrong list primes
def primes():
    return [2, 3, 5, 7, 11, 13, 17, 19]
# %% wrong no-end countdown
def countdown(n):
    while True:
        yield n
        n -= 1
'''

# Files: written by the student's code and read by the test, and the other way round.
_TEXTS["files"] = '''
# %% file words.txt
the quick brown fox
jumps over the lazy dog
the end
# %% locked
import json
from pathlib import Path
LINES = Path("words.txt").read_text().splitlines()
# %% solution frequencies
def frequencies(path):
    ### BEGIN SOLUTION
    counts = {}
    with open(path) as file:
        for word in file.read().split():
            counts[word] = counts.get(word, 0) + 1
    return counts
    ### END SOLUTION
# %% test test_frequencies 2
found = frequencies("words.txt")
assert found["the"] == 3 and found["fox"] == 1
assert sum(found.values()) == sum(len(line.split()) for line in LINES)
# %% test test_frequencies_new_file 1
with open("tmp.txt", "w") as file:
    file.write("a b a")
assert frequencies("tmp.txt") == {"a": 2, "b": 1}
# %% solution save
def save(path, data):
    """Write data as JSON."""
    ### BEGIN SOLUTION
    with open(path, "w") as file:
        json.dump(data, file)
    ### END SOLUTION
# %% test test_save 2
save("out.json", {"k": [1, 2]})
with open("out.json") as file:
    assert json.load(file) == {"k": [1, 2]}
# %% solution report
### BEGIN SOLUTION
with open("report.txt", "w") as file:
    file.write(f"{len(LINES)} lines\\n")
### END SOLUTION
# %% test test_report 1
assert Path("report.txt").exists(), "report.txt is not there"
assert Path("report.txt").read_text() == "3 lines\\n"
# %% wrong nothing save
def save(path, data):
    return json.dumps(data)
# %% wrong nothing report
print("3 lines")
# %% wrong words save
def save(path, data):
    Path(path).write_text(str(data))
# %% wrong words frequencies
def frequencies(path):
    return {word: LINES[0].count(word) for word in LINES[0].split()}
'''

# A module of the course's beside the notebook; data in a sub-folder; helpers in a free cell.
_TEXTS["modules"] = '''
# %% file course_tools.py
"""Helpers of the course."""
from dataclasses import dataclass

SCALE = 10


@dataclass
class Reading:
    place: str
    value: float


def check_close(got, wanted):
    assert abs(got - wanted) < 1e-6, f"got {got}"
# %% file units/__init__.py
def to_kelvin(celsius):
    return celsius + 273.15
# %% locked
from course_tools import Reading, check_close, SCALE
import units
# %% free
def clamp(x, low=0, high=100):
    return max(low, min(high, x))
# %% solution scaled
def scaled(readings):
    """The readings, each value clamped and times SCALE."""
    ### BEGIN SOLUTION
    return [Reading(r.place, clamp(r.value) * SCALE) for r in readings]
    ### END SOLUTION
# %% test test_scaled 2
got = scaled([Reading("a", 3.0), Reading("b", 300.0)])
assert got == [Reading("a", 30.0), Reading("b", 1000.0)]
check_close(got[0].value, 30)
# %% solution mean_kelvin
def mean_kelvin(readings):
    ### BEGIN SOLUTION
    return sum(units.to_kelvin(r.value) for r in readings) / len(readings)
    ### END SOLUTION
# %% test test_mean_kelvin 2
import course_tools
course_tools.check_close(mean_kelvin([Reading("a", 10.0), Reading("b", 20.0)]), 288.15)
assert clamp(-5) == 0
# %% wrong celsius mean_kelvin
def mean_kelvin(readings):
    return sum(r.value for r in readings) / len(readings)
# %% wrong tuples scaled
def scaled(readings):
    return [(r.place, clamp(r.value) * SCALE) for r in readings]
'''

# Printed output, captured by the test; input() replaced by the test.
_TEXTS["printing"] = '''
# %% locked
import io
import sys
from contextlib import redirect_stdout
from unittest.mock import patch
# %% solution triangle
def triangle(n):
    """Print a triangle of stars."""
    ### BEGIN SOLUTION
    for i in range(1, n + 1):
        print("*" * i)
    ### END SOLUTION
# %% test test_triangle 2
buffer = io.StringIO()
with redirect_stdout(buffer):
    triangle(3)
assert buffer.getvalue() == "*\\n**\\n***\\n", buffer.getvalue()
# %% test test_triangle_by_hand 1
old, sys.stdout = sys.stdout, io.StringIO()
triangle(1)
said, sys.stdout = sys.stdout.getvalue(), old
assert said.strip() == "*"
# %% solution ask
def ask():
    """Ask for a name and an age; return them."""
    ### BEGIN SOLUTION
    name = input("name? ")
    return name, int(input("age? "))
    ### END SOLUTION
# %% test test_ask 2
answers = iter(["Ada", "36"])
input = lambda prompt="": next(answers)
assert ask() == ("Ada", 36)
del input
# %% test test_ask_patched 1
with patch("builtins.input", side_effect=["Bo", "7"]):
    assert ask() == ("Bo", 7)
# %% wrong returns triangle
def triangle(n):
    return "\\n".join("*" * i for i in range(1, n + 1))
# %% wrong returns ask
def ask():
    return input(), input()
'''

# Plots: what a test asks of the current figure, and of axes that the student's function returns.
_TEXTS["plots"] = '''
# %% locked
import numpy as np
import matplotlib.pyplot as plt
%matplotlib inline
# %% solution draw
def draw(x, y):
    """Draw y over x as a line, with labels, and return the axes."""
    ### BEGIN SOLUTION
    figure, axes = plt.subplots()
    axes.plot(x, y, label="y")
    axes.set_xlabel("x")
    axes.set_title("A line")
    return axes
    ### END SOLUTION
# %% test test_draw 2
x = np.linspace(0, 1, 5)
axes = draw(x, x**2)
assert axes.get_xlabel() == "x"
assert axes.get_title() == "A line"
line = axes.get_lines()[0]
np.testing.assert_allclose(line.get_ydata(), x**2)
# %% solution bars
### BEGIN SOLUTION
plt.bar(["a", "b"], [3, 4])
plt.ylabel("count")
axes_of_bars = plt.gca()
### END SOLUTION
# %% test test_bars 2
assert axes_of_bars.get_ylabel() == "count"
assert [bar.get_height() for bar in axes_of_bars.patches] == [3, 4]
# %% wrong no-labels draw
def draw(x, y):
    figure, axes = plt.subplots()
    axes.plot(x, y)
    return axes
# %% wrong no-labels bars
axes_of_bars = plt.gca()
'''

# SciPy: sparse matrices, optimisation, distributions.
_TEXTS["science"] = '''
# %% free
import numpy as np
from scipy import optimize, sparse, stats
import scipy.linalg as la
# %% solution laplacian
def laplacian(n):
    """The sparse n by n matrix with 2 on, and -1 beside, its diagonal."""
    ### BEGIN SOLUTION
    return sparse.diags([-1, 2, -1], [-1, 0, 1], shape=(n, n), format="csr")
    ### END SOLUTION
# %% test test_laplacian 2
L = laplacian(4)
assert sparse.issparse(L) and L.shape == (4, 4)
assert L.nnz == 10
np.testing.assert_array_equal(L.toarray()[1], [-1, 2, -1, 0])
# %% solution minimum
def minimum(f, bracket):
    ### BEGIN SOLUTION
    return optimize.minimize_scalar(f, bracket=bracket).x
    ### END SOLUTION
# %% test test_minimum 2
assert np.isclose(minimum(lambda x: (x - 2) ** 2 + 1, (0, 5)), 2)
# %% solution fit
def fit(sample):
    """The mean and standard deviation that fit a sample best, and a p-value that its mean is 0."""
    ### BEGIN SOLUTION
    mean, deviation = stats.norm.fit(sample)
    return {"mean": mean, "std": deviation, "p": stats.ttest_1samp(sample, 0).pvalue}
    ### END SOLUTION
# %% test test_fit 2
rng = np.random.default_rng(0)
sample = rng.normal(1, 2, 200)
result = fit(sample)
assert set(result) == {"mean", "std", "p"}
assert np.isclose(result["mean"], sample.mean()) and result["p"] < 0.01
assert isinstance(result["std"], (float, np.floating))
# %% solution solve
def solve(A, b):
    ### BEGIN SOLUTION
    return la.solve(A, b)
    ### END SOLUTION
# %% test test_solve 1
A = np.array([[2.0, 1], [1, 3]])
assert np.allclose(A @ solve(A, np.array([3.0, 5])), [3, 5])
assert la.norm(solve(A, np.zeros(2))) == 0
# %% wrong dense laplacian
def laplacian(n):
    return 2 * np.eye(n) - np.eye(n, k=1) - np.eye(n, k=-1)
# %% wrong dense fit
def fit(sample):
    return sample.mean(), sample.std()
# %% wrong wrong solve
def solve(A, b):
    return la.inv(A) * b
# %% wrong wrong minimum
def minimum(f, bracket):
    return f(bracket[0])
'''

# Dates, decimals, fractions, named tuples, enums, sets, counters.
_TEXTS["values"] = '''
# %% free
from collections import Counter, defaultdict, namedtuple
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
# %% locked
class Suit(Enum):
    HEARTS = 1
    SPADES = 2


Card = namedtuple("Card", "rank suit")
# %% solution days
def workdays(start, n):
    """The first n days from start on that are no weekend."""
    ### BEGIN SOLUTION
    found = []
    while len(found) < n:
        if start.weekday() < 5:
            found.append(start)
        start += timedelta(days=1)
    return found
    ### END SOLUTION
# %% test test_workdays 2
days = workdays(date(2024, 5, 3), 2)
assert days == [date(2024, 5, 3), date(2024, 5, 6)]
assert days[-1] - days[0] == timedelta(days=3)
# %% solution money
def vat(price):
    ### BEGIN SOLUTION
    return (price * Decimal("0.19")).quantize(Decimal("0.01"))
    ### END SOLUTION
# %% test test_vat 1
assert vat(Decimal("9.99")) == Decimal("1.90")
assert str(vat(Decimal("100"))) == "19.00"
# %% solution harmonic
def harmonic(n):
    ### BEGIN SOLUTION
    return sum(Fraction(1, k) for k in range(1, n + 1))
    ### END SOLUTION
# %% test test_harmonic 1
assert harmonic(4) == Fraction(25, 12)
assert isinstance(harmonic(1), Fraction)
# %% solution cards
def highest(cards):
    ### BEGIN SOLUTION
    return max(cards, key=lambda card: (card.rank, card.suit.value))
    ### END SOLUTION
# %% test test_highest 2
best = highest([Card(3, Suit.SPADES), Card(9, Suit.HEARTS), Card(9, Suit.SPADES)])
assert best == Card(9, Suit.SPADES)
assert best.suit is Suit.SPADES and best.rank == 9
# %% solution words
def by_length(text):
    """The words of a text, as sets, by their length; and how often each comes."""
    ### BEGIN SOLUTION
    found = defaultdict(set)
    for word in text.split():
        found[len(word)].add(word)
    return found, Counter(text.split())
    ### END SOLUTION
# %% test test_by_length 2
sets, counts = by_length("to be or not to be")
assert sets[2] == {"to", "be", "or"} and sets[3] == {"not"}
assert counts.most_common(1)[0][1] == 2
assert counts["question"] == 0
# %% wrong floats harmonic
def harmonic(n):
    return sum(1 / k for k in range(1, n + 1))
# %% wrong floats money
def vat(price):
    return round(float(price) * 0.19, 2)
# %% wrong strings days
def workdays(start, n):
    return [str(start + timedelta(days=i)) for i in range(n)]
# %% wrong strings words
def by_length(text):
    return {len(w): [w] for w in text.split()}, {w: 1 for w in text.split()}
'''

# Two notebooks, several answers in one cell, an answer graded by hand, a task, text.
_TEXTS["many_parts"] = """
# %% notebook first
# %% free
import statistics
# %% solution stats
def mean(values):
    ### BEGIN SOLUTION
    return sum(values) / len(values)
    ### END SOLUTION

def spread(values):
    ### BEGIN SOLUTION
    return max(values) - min(values)
    ### END SOLUTION
# %% test test_mean 1
assert mean([1, 2, 6]) == statistics.mean([1, 2, 6])
# %% test test_spread 1
assert spread([1, 2, 6]) == 5
# %% manual-text essay 5
### BEGIN SOLUTION
The mean moves with every outlier.
### END SOLUTION
# %% manual draw_it 3
### BEGIN SOLUTION
print(mean([1, 2]))
### END SOLUTION
# %% notebook second
# %% solution caesar
def caesar(text, shift):
    ### BEGIN SOLUTION
    letters = "abcdefghijklmnopqrstuvwxyz"
    return "".join(letters[(letters.index(c) + shift) % 26] if c in letters else c for c in text)
    ### END SOLUTION
# %% test test_caesar 2
assert caesar("abc xyz", 3) == "def abc"
for shift in range(26):
    assert caesar(caesar("hello", shift), -shift) == "hello"
# %% solution palindrome
is_palindrome = lambda text: text == text[::-1]
# %% test test_palindrome 1
assert is_palindrome("level") and not is_palindrome("levels")
# %% task discuss 2
Discuss the cipher with your neighbour.
# %% wrong half stats
def mean(values):
    return sum(values) / len(values)
# %% wrong half caesar
def caesar(text, shift):
    return "".join(chr(ord(c) + shift) for c in text)
# %% wrong nameless palindrome
palindrome = lambda text: text == text[::-1]
"""

# Partial credit: the last line's number is the score, as nbgrader allows.
_TEXTS["partial"] = '''
# %% solution clean
def clean(text):
    """Lower case, without punctuation, with single blanks."""
    ### BEGIN SOLUTION
    kept = "".join(c for c in text.lower() if c.isalnum() or c.isspace())
    return " ".join(kept.split())
    ### END SOLUTION
# %% test test_clean 4
points = 0
points += clean("ABC") == "abc"
points += clean("a,b!") == "ab"
points += clean("a  b") == "a b"
points += clean(" a ") == "a"
points
# %% solution nothing
def nothing():
    ### BEGIN SOLUTION
    return None
    ### END SOLUTION
# %% test test_nothing 1
assert nothing() is None
nothing()
# %% test test_text 1
clean("A")
# %% test test_truth 1
clean("A") == "a"
# %% wrong lower clean
def clean(text):
    return text.lower()
# %% wrong strip clean
def clean(text):
    return text.strip()
# %% wrong strip nothing
def nothing():
    return 0
'''

# nbgrader's autotests as its release step writes them: types and values, plain and hashed.
_TEXTS["autotests"] = '''
# %% solution constants
### BEGIN SOLUTION
x = 42
name = "octopus"
ratio = 0.5
flags = [True, False]
table = {"a": 1}
### END SOLUTION
# %% test test_constants 3
### AUTOTEST x
### AUTOTEST name; flags
# %% test test_hashed 2
### HASHED AUTOTEST ratio
### HASHED AUTOTEST table
# %% solution double
def double(n):
    ### BEGIN SOLUTION
    return 2 * n
    ### END SOLUTION
# %% test test_double 1
### AUTOTEST double(4); double("ab")
# %% wrong types constants
x = "42"
name = "octopus"
ratio = 0.25
flags = [True, False]
table = {"a": 1}
# %% wrong types double
def double(n):
    return n + n if isinstance(n, int) else n
# %% file autotests.yml
python3:
    setup: "from hashlib import sha1"
    hash: 'sha1({{snippet}}.encode("utf-8")+b"{{salt}}").hexdigest()'
    dispatch: "type({{snippet}})"
    normalize: "str({{snippet}})"
    check: 'assert {{snippet}} == """{{value}}""", """{{message}}"""'
    success: "print('Success!')"
    templates:
        default:
            - test: "type({{snippet}})"
              fail: "type of {{snippet}} is not correct"
            - test: "{{snippet}}"
              fail: "value of {{snippet}} is not correct"
        int:
            - test: "type({{snippet}})"
              fail: "type of {{snippet}} is not int"
            - test: "{{snippet}}"
              fail: "value of {{snippet}} is not correct"
'''

# A test that looks at how: source, signature, calls, a helper taken away or spied on.
_TEXTS["introspection"] = '''
# %% free
import inspect
# %% solution square
def square(x: float) -> float:
    """The square of x."""
    ### BEGIN SOLUTION
    return x * x
    ### END SOLUTION
# %% test test_docstring 1
assert square.__doc__ and "square" in square.__doc__
assert square.__name__ == "square"
# %% test test_signature 1
assert list(inspect.signature(square).parameters) == ["x"]
assert square.__annotations__["return"] is float
# %% solution sum_of_squares
def sum_of_squares(values):
    """Use square."""
    ### BEGIN SOLUTION
    return sum(square(v) for v in values)
    ### END SOLUTION
# %% test test_uses_square 2
assert sum_of_squares([1, 2, 3]) == 14
source = inspect.getsource(sum_of_squares)
assert "square(" in source.replace("sum_of_squares(", "")
# %% test test_needs_square 2
orig_square = square
del square
try:
    sum_of_squares([1])
except NameError:
    pass
else:
    raise AssertionError("sum_of_squares does not call square")
finally:
    square = orig_square
# %% test test_spy 1
calls = []
original = square
def square(x):
    calls.append(x)
    return original(x)
try:
    sum_of_squares([2, 3])
    assert calls == [2, 3]
finally:
    square = original
# %% test test_no_loop 1
assert "while" not in inspect.getsource(square)
# %% wrong own-way sum_of_squares
def sum_of_squares(values):
    return sum(v * v for v in values)
# %% wrong own-way square
def square(y):
    return y**2
'''

# NumPy beyond arrays of numbers: masks, dates, records, random numbers, strings, views.
_TEXTS["numpy_extras"] = '''
# %% free
import numpy as np
from numpy.testing import assert_array_equal
# %% solution masked
def mask_negative(a):
    ### BEGIN SOLUTION
    return np.ma.masked_less(a, 0)
    ### END SOLUTION
# %% test test_masked 1
m = mask_negative(np.array([1, -2, 3]))
assert m.mask.tolist() == [False, True, False]
assert m.sum() == 4
# %% solution months
def months(year):
    ### BEGIN SOLUTION
    return np.arange(f"{year}-01", f"{year + 1}-01", dtype="datetime64[M]")
    ### END SOLUTION
# %% test test_months 1
assert months(2024).dtype == "datetime64[M]" and len(months(2024)) == 12
assert months(2024)[1] == np.datetime64("2024-02")
# %% solution people
def people(names, ages):
    ### BEGIN SOLUTION
    return np.array(list(zip(names, ages)), dtype=[("name", "U10"), ("age", "i4")])
    ### END SOLUTION
# %% test test_people 1
p = people(["Al", "Bo"], [30, 20])
assert p["age"].mean() == 25 and np.sort(p, order="age")["name"][0] == "Bo"
# %% solution roll
def roll(rng, n):
    """n dice."""
    ### BEGIN SOLUTION
    return rng.integers(1, 7, n)
    ### END SOLUTION
# %% test test_roll 2
a = roll(np.random.default_rng(7), 1000)
assert a.min() == 1 and a.max() == 6 and a.shape == (1000,)
assert_array_equal(a, np.random.default_rng(7).integers(1, 7, 1000))
# %% solution in_place
def normalise(a):
    """Scale a to a maximum of 1, in place."""
    ### BEGIN SOLUTION
    a /= a.max()
    ### END SOLUTION
# %% test test_normalise 1
a = np.array([1.0, 4.0])
assert normalise(a) is None
assert_array_equal(a, [0.25, 1])
# %% solution seeded
np.random.seed(3)
sample = np.random.rand(4)
# %% test test_seeded 1
np.random.seed(3)
np.testing.assert_allclose(sample, np.random.rand(4))
# %% wrong copies in_place
def normalise(a):
    return a / a.max()
# %% wrong copies people
def people(names, ages):
    return np.array([names, ages])
# %% wrong seeds seeded
sample = np.random.rand(4)
# %% wrong seeds roll
def roll(rng, n):
    return np.random.randint(1, 6, n)
'''

# Answers that build on state: cells that change what earlier ones made, tests that define for later tests.
_TEXTS["state"] = '''
# %% locked
import random
basket = {"apple": 2}
history = []
# %% solution add
def add(fruit, n=1):
    """Put fruit into the basket."""
    ### BEGIN SOLUTION
    basket[fruit] = basket.get(fruit, 0) + n
    history.append(fruit)
    ### END SOLUTION
# %% free
add("pear")
# %% test test_add 2
add("apple", 3)
assert basket == {"apple": 5, "pear": 1}
# %% test test_history 1
assert history == ["pear", "apple"], "the test before has added an apple"
def names():
    return sorted(basket)
# %% locked report
print(names())
# %% solution draw
def draw():
    ### BEGIN SOLUTION
    return random.choice(sorted(basket))
    ### END SOLUTION
# %% test test_draw 2
random.seed(1)
first = [draw() for _ in range(5)]
random.seed(1)
assert [draw() for _ in range(5)] == first
assert set(first) <= set(names())
# %% wrong no-history add
def add(fruit, n=1):
    basket[fruit] = basket.get(fruit, 0) + n
# %% wrong fresh add
def add(fruit, n=1):
    basket = {fruit: n}
    history.append(fruit)
# %% wrong fresh draw
def draw():
    return "apple"
'''

# Strings, recursion, exceptions, matrices as lists: a first course in programming.
_TEXTS["strings"] = '''
# %% locked helpers
def check(got, wanted, what="result"):
    """A helper for tests."""
    if got != wanted:
        raise AssertionError(f"{what}: got {got!r}, wanted {wanted!r}")
# %% solution flatten
def flatten(nested):
    ### BEGIN SOLUTION
    flat = []
    for part in nested:
        flat += flatten(part) if isinstance(part, list) else [part]
    return flat
    ### END SOLUTION
# %% test test_flatten 2
check(flatten([1, [2, [3, [4]]], []]), [1, 2, 3, 4])
# %% solution parse
def parse(line):
    """'key = value' as a pair; ValueError if there is no '='."""
    ### BEGIN SOLUTION
    if "=" not in line:
        raise ValueError(f"no '=' in {line!r}")
    key, value = line.split("=", 1)
    return key.strip(), value.strip()
    ### END SOLUTION
# %% test test_parse 2
check(parse("a = 1"), ("a", "1"), "parse")
import unittest
case = unittest.TestCase()
case.assertEqual(parse("b=c=d"), ("b", "c=d"))
with case.assertRaises(ValueError):
    parse("nothing")
# %% solution transpose
transpose = None
### BEGIN SOLUTION
def transpose(matrix):
    return [list(row) for row in zip(*matrix)]
### END SOLUTION
# %% test test_transpose 1
M = [[1, 2], [3, 4], [5, 6]]
check(transpose(M), [[1, 3, 5], [2, 4, 6]])
check(M, [[1, 2], [3, 4], [5, 6]], "M afterwards")
# %% solution anagrams
def anagrams(words):
    ### BEGIN SOLUTION
    groups = {}
    for word in words:
        groups.setdefault("".join(sorted(word)), []).append(word)
    return {frozenset(group) for group in groups.values()}
    ### END SOLUTION
# %% test test_anagrams 1
assert anagrams(["tea", "eat", "tan"]) == {frozenset({"tea", "eat"}), frozenset({"tan"})}
# %% wrong shallow flatten
def flatten(nested):
    return [x for part in nested for x in (part if isinstance(part, list) else [part])]
# %% wrong shallow transpose
def transpose(matrix):
    return zip(*matrix)
# %% wrong silent parse
def parse(line):
    key, _, value = line.partition("=")
    return key.strip(), value.strip()
# %% wrong silent anagrams
def anagrams(words):
    return {"".join(sorted(word)) for word in words}
'''

ASSIGNMENTS = {name: Foreign.parse(name, text) for name, text in _TEXTS.items()} | MORE
