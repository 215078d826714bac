"""Guards "a test may hold the student's objects", and that what such an object answers earns nothing."""

from __future__ import annotations

import textwrap

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from nbexaminer.engine.engine import Engine
from nbexaminer.isolation.limits import RunLimits
from nbexaminer.model import InstructorCell

ANSWER = '''
import abc, collections, enum, functools
class Animal(abc.ABC):
    """An animal."""
    count = 0
    def __init__(self, name, legs=4):
        self.name, self.legs = name, legs
        Animal.count += 1
    @abc.abstractmethod
    def sound(self):
        ...
    def __repr__(self):
        return f"{type(self).__name__}({self.name!r})"
class Dog(Animal):
    def sound(self):
        return "Woof"
    def __eq__(self, other):
        return isinstance(other, Dog) and self.name == other.name
    def __hash__(self):
        return hash(self.name)
class Vector:
    def __init__(self, x, y):
        self.x, self.y = x, y
    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)
    def __mul__(self, k):
        return Vector(self.x * k, self.y * k) if not isinstance(k, Vector) else self.x * k.x + self.y * k.y
    __rmul__ = __mul__
    def __eq__(self, other):
        return (self.x, self.y) == (other.x, other.y)
    def __getitem__(self, k):
        return (self.x, self.y)[k]
    def __len__(self):
        return 2
    def __abs__(self):
        return (self.x ** 2 + self.y ** 2) ** 0.5
    def __lt__(self, other):
        return abs(self) < abs(other)
    def __str__(self):
        return f"<{self.x}, {self.y}>"
class Stack(list):
    def push(self, item):
        self.append(item)
    def peek(self):
        return self[-1]
class TooPoor(ValueError):
    def __init__(self, missing):
        super().__init__(f"{missing} are missing")
        self.missing = missing
class VeryPoor(TooPoor):
    pass
class Account:
    def __init__(self, money):
        self._money = money
    @property
    def money(self):
        return self._money
    @classmethod
    def empty(cls):
        return cls(0)
    @staticmethod
    def currency():
        return "EUR"
    def take(self, n):
        if n > 10 * self._money + 10:
            raise VeryPoor(n - self._money)
        if n > self._money:
            raise TooPoor(n - self._money)
        self._money -= n
        return self
    def __enter__(self):
        return self
    def __exit__(self, *args):
        self._money = -1
class Color(enum.Enum):
    RED = 1
    BLUE = 2
def squares(n):
    """Yield squares."""
    for k in range(n):
        yield k * k
def naturals():
    k = 0
    while True:
        yield k
        k += 1
def compose(f, g):
    return lambda x: f(g(x))
def adder(n: int, *, by: int = 1) -> int:
    return n + by
def dogs(*names):
    return [Dog(name) for name in names]
def counter():
    n = 0
    def count():
        nonlocal n
        n += 1
        return n
    return count
def decorate(function):
    @functools.wraps(function)
    def wrapped(*args):
        return 2 * function(*args)
    return wrapped
rex = Dog("Rex")
point = collections.namedtuple("Point", "x y")(1, 2)
'''

TESTS = {
    "attributes and methods": """
        dog = Dog("Bello")
        assert dog.name == "Bello" and dog.legs == 4 and dog.sound() == "Woof"
        dog.legs = 3
        assert dog.legs == 3 and not hasattr(dog, "wings") and vars(dog) == {"name": "Bello", "legs": 3}
        assert repr(dog) == "Dog('Bello')" and f"{dog}" == str(dog)
        dog.owner = "me"
        assert getattr(dog, "owner") == "me"
        del dog.owner
        assert not hasattr(dog, "owner")
    """,
    "classes": """
        dog = Dog("Bello")
        assert isinstance(dog, Dog) and isinstance(dog, Animal) and not isinstance(3, Dog)
        assert issubclass(Dog, Animal) and not issubclass(Animal, Dog) and type(dog) is Dog
        assert Dog.__name__ == "Dog" and type(dog).__name__ == "Dog" and "animal" in Animal.__doc__
        assert Animal.count >= 1 and hasattr(Dog, "sound") and not hasattr(Dog, "wings")
        assert "sound" in dir(dog) and callable(dog.sound) and callable(Dog) and not callable(dog)
        try:
            Animal("x")
        except TypeError as error:
            assert "abstract" in str(error)
        else:
            raise AssertionError
        assert Account.empty().money == 0 and Account.currency() == "EUR"
    """,
    "equality of two objects": """
        assert Dog("a") == Dog("a") and Dog("a") != Dog("b") and rex == Dog("Rex")
        assert len({Dog("a"), rex}) == 2 and rex is rex and rex in [rex]
        assert Vector(1, 2) == Vector(1, 2) and not Vector(1, 2) == Vector(2, 2)
    """,
    "operators": """
        v = Vector(1, 2) + Vector(2, 2)
        assert (v.x, v.y) == (3, 4) and abs(v) == 5 and v * Vector(1, 1) == 7
        assert (v * 2).x == 6 and (2 * v).y == 8 and v[0] == 3 and len(v) == 2 and str(v) == "<3, 4>"
        assert Vector(1, 1) < v and list(v) == [3, 4] and max([v, Vector(0, 1)]).x == 3
        x, y = v
        assert (x, y) == (3, 4)
    """,
    "subclasses of plain classes": """
        s = Stack([1, 2])
        s.push(3)
        assert s == [1, 2, 3] and s.peek() == 3 and len(s) == 3 and isinstance(s, list) and 2 in s
        assert point == (1, 2) and point.x == 1 and isinstance(point, tuple)
    """,
    "exceptions": """
        for n, kind in ((5, TooPoor), (5, ValueError), (50, VeryPoor), (50, TooPoor), (50, Exception)):
            try:
                Account(1).take(n)
            except kind as error:
                assert str(error) == f"{n - 1} are missing" and error.missing == n - 1
                assert type(error).__name__ == ("TooPoor" if n == 5 else "VeryPoor")
            else:
                raise AssertionError
        import unittest
        with unittest.TestCase().assertRaises(TooPoor) as caught:
            Account(1).take(2)
        assert caught.exception.missing == 1 and issubclass(TooPoor, ValueError)
    """,
    "chains and contexts": """
        account = Account(5)
        assert account.take(1).take(1) is account and account.money == 3
        with account as inside:
            assert inside is account
        assert account.money == -1
    """,
    "enumerations": """
        assert Color.RED.value == 1 and Color.RED == Color(1) and Color.RED is not Color.BLUE
        assert [c.name for c in Color] == ["RED", "BLUE"] and len(Color) == 2
    """,
    "generators": """
        import types, itertools, inspect, collections.abc
        gen = squares(4)
        assert next(gen) == 0 and list(gen) == [1, 4, 9] and next(gen, None) is None
        assert isinstance(gen, types.GeneratorType) and inspect.isgenerator(gen) and iter(gen) is gen
        assert isinstance(gen, collections.abc.Iterator)
        assert list(itertools.islice(naturals(), 5)) == [0, 1, 2, 3, 4] and sum(squares(3)) == 5
        assert inspect.isgeneratorfunction(squares)
    """,
    "functions returned and passed": """
        assert compose(lambda x: x + 1, lambda x: 2 * x)(5) == 11
        assert compose(adder, adder)(1) == 3
        count = counter()
        assert [count(), count()] == [1, 2]
        calls = []
        def remember(x):
            calls.append(x)
            return x
        assert decorate(remember)(4) == 8 and calls == [4] and decorate(remember).__name__ == "remember"
        assert list(map(adder, [1, 2])) == [2, 3]
    """,
    "introspection": """
        import inspect
        assert adder.__doc__ is None and squares.__doc__ == "Yield squares." and adder.__name__ == "adder"
        signature = inspect.signature(adder)
        assert list(signature.parameters) == ["n", "by"] and signature.parameters["by"].default == 1
        assert adder.__annotations__["n"] is int and adder.__kwdefaults__ == {"by": 1}
        assert "yield k * k" in inspect.getsource(squares) and "** 2" in inspect.getsource(Vector.__abs__)
        assert inspect.isfunction(adder) and inspect.isclass(Dog) and inspect.ismethod(rex.sound)
        assert list(inspect.signature(Dog).parameters) == ["name", "legs"]
        assert adder.__code__.co_varnames[:1] == ("n",)
    """,
    "copies": """
        import copy
        dog = copy.deepcopy(rex)
        dog.name = "Other"
        assert rex.name == "Rex" and dog.name == "Other"
    """,
    "objects in containers": """
        assert [dog.name for dog in dogs("a", "b")] == ["a", "b"] and dogs("a")[0] == Dog("a")
        assert sorted(dogs("b", "a"), key=lambda dog: dog.name)[0].name == "a"
    """,
    "what a test makes": """
        mine = Dog("mine")
        mine.legs = 2
    """,
    "is there in the next one": """
        assert mine.name == "mine" and mine.legs == 2 and rex.name == "Rex"
    """,
}


@pytest.fixture(scope="module")
def engine():
    engine = Engine(RunLimits(call_seconds=3, submission_seconds=60))
    yield engine
    engine.close()


def grade(engine, answer: str, tests: dict[str, str]):
    notebook, cells = new_notebook(), {}
    for name, role, source in [
        ("answer", "solution", answer),
        *((name, "test", source) for name, source in tests.items()),
    ]:
        source = textwrap.dedent(source).strip()
        notebook.cells.append(new_code_cell(source, metadata={"nbgrader": {"grade_id": name}}))
        cells[name] = InstructorCell(name, role, source, 1.0 * (role == "test"))
    return {outcome.grade_id: outcome for outcome in engine.grade(notebook, cells)}


@pytest.fixture(scope="module")
def outcomes(engine):
    return grade(engine, ANSWER, TESTS)


@pytest.mark.parametrize("name", TESTS)
def test_a_test_does_with_an_object_what_it_does_in_one_kernel(name, outcomes):
    assert outcomes[name].score == 1, outcomes[name]


def test_an_endless_generator_takes_no_longer_than_an_endless_call():
    engine = Engine(RunLimits(call_seconds=0.5, submission_seconds=30))
    try:
        answer = "def numbers():\n    while True:\n        yield 1\ndef one():\n    return 1"
        found = grade(engine, answer, {"all": "[n for n in numbers()]", "other": "assert one() == 1"})
        assert (found["all"].verdict.reason, found["other"].score) == ("timed out", 1)
    finally:
        engine.close()


PRY = """
def pry(thing):
    found = []
    for name in ("_secret", "__dict__", "__class__", "__init__", "__reduce_ex__"):
        for request in (("getattr", name), ("setattr", name, 1)):
            try:
                found.append(thing._ask(*request))
            except AttributeError:
                pass
    for operation in "getsource __dir__ delattr plain itself derive pyplot __len__ eval".split():
        try:
            found.append(thing._ask(operation, "shown"))
        except TypeError:
            pass
    return found, thing.shown, thing.double(4)
"""


def test_an_object_of_the_tests_own_tells_no_more_than_its_public_part(engine):
    """Guards "what a test may do with a student's objects" of docs/security.md."""
    test = """
    class Thing:
        def __init__(self):
            self._secret, self.shown = "secret", "shown"
        def double(self, number):
            return 2 * number
    thing = Thing()
    assert pry(thing) == ([], "shown", 8)
    assert thing._secret == "secret"
    """
    assert grade(engine, PRY, {"pry": test})["pry"].score == 1


LIAR = """
import numpy as np
class Liar:
    shape, dtype, ndim, size = (3,), np.dtype(float), 1, 3
    def yes(self, *args, **kwargs):
        return True
    def me(self, *args, **kwargs):
        return self
    def nothing(self, *args, **kwargs):
        return 0.0
    __eq__ = __ge__ = __le__ = __lt__ = __gt__ = __contains__ = __instancecheck__ = yes
    __ne__ = lambda self, other: False
    __sub__ = __rsub__ = __mul__ = __getattr__ = __getitem__ = me
    __add__ = __radd__ = __abs__ = __round__ = __neg__ = max = min = nothing
    all = any = item = __bool__ = yes
    __call__ = nothing
    __array__ = lambda self, *args, **kwargs: np.ones(3)
    __array_ufunc__ = __array_function__ = __array_priority__ = yes
    __hash__ = object.__hash__
    __len__ = lambda self: 3
    __iter__ = lambda self: iter((self, self, self))
    def __class_getitem__(cls, key):
        return cls
class Number(float):
    __eq__ = __sub__ = __rsub__ = __abs__ = Liar.nothing
    __ne__ = lambda self, other: False
    __lt__ = __le__ = __float__ = Liar.yes
    __hash__ = float.__hash__
def f(x):
    return Liar()
def g(x):
    return Number(7)
"""

CLAIMS = [
    "f(2) == 4",
    "4 == f(2)",
    "not f(2) != 4",
    "abs(f(2) - 4) < 1e-6",
    "abs(4 - f(2)) <= 1e-6",
    "round(f(2) - 4, 3) == 0",
    "f(2) - 4 == 0",
    "f(2) + 1 == 5",
    "(f(2) - np.ones(3)).max() < 1e-6",
    "np.allclose(f(2), np.ones(3))",
    "np.isclose(f(2), 4)",
    "np.array_equal(f(2), np.ones(3))",
    "np.testing.assert_allclose(f(2), np.ones(3)) is None",
    "np.testing.assert_almost_equal(f(2), 4.0) is None",
    "(f(2) == np.ones(3)).all()",
    "np.all(f(2) == np.ones(3))",
    "np.sum(f(2) - np.ones(3)) == 0",
    "np.abs(f(2) - 4) < 1e-6",
    "math.isclose(f(2), 4)",
    "f(2) <= 4",
    "4 >= f(2)",
    "[f(2)] == [4]",
    "{'a': f(2)} == {'a': 4}",
    "4 in f(2)",
    "f(2) in [4]",
    "list(f(2)) == [1, 2, 3]",
    "sum(f(2)) == 6",
    "isinstance(f(2), np.ndarray)",
    "isinstance(f(2), (int, float))",
    "g(2) == 4",
    "abs(g(2) - 4) < 1e-6",
    "np.isclose(g(2), 4)",
    "math.isclose(g(2), 4)",
]


def test_an_object_that_answers_what_it_likes_equals_no_value(engine):
    """Of two of the student's objects, or an attribute, they answer as they like (docs/security.md)."""
    tests = {claim: f"import math\nimport numpy as np\nassert {claim}" for claim in CLAIMS}
    outcomes = grade(engine, LIAR, tests)
    assert [name for name, outcome in outcomes.items() if outcome.score] == []
    assert {outcome.verdict.reason for outcome in outcomes.values()} <= {"wrong", "raised", "timed out"}
