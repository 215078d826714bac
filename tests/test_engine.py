"""Guards "a test sees what it would see in one kernel", and "a bad outcome touches no other exercise"."""

from __future__ import annotations

import os
import textwrap
import time
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.utils import determine_grade

from nbexaminer.engine.cells import instructor_cells
from nbexaminer.engine.engine import Engine
from nbexaminer.isolation import folder as private_folder
from nbexaminer.isolation import processes
from nbexaminer.isolation.folder import AssignmentFiles
from nbexaminer.isolation.limits import ProcessLimits, RunLimits
from nbexaminer.model import InstructorCell

NAME = "cnn-step-by-step"
SOURCE = Path(__file__).parents[1] / "source" / NAME
LIMITS = RunLimits(call_seconds=2.5, submission_seconds=60)


@pytest.fixture(scope="module")
def engine():
    engine = Engine(LIMITS)
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def known():
    cells = nbformat.read(SOURCE / f"{NAME}.ipynb", 4).cells
    named = {cell.metadata.nbgrader.grade_id: cell for cell in cells if "nbgrader" in cell.metadata}
    return {name: cell for name, cell in named.items() if not name.startswith("demo")}


def _course(engine, known, **answers: str | None):
    """Grade the instructor's notebook with some answers replaced, or deleted."""
    cells = [
        new_code_cell(answers.get(name) or cell.source, metadata=cell.metadata)
        for name, cell in known.items()
        if answers.get(name, "") is not None
    ]
    outcomes = engine.grade(new_notebook(cells=cells), instructor_cells(known), AssignmentFiles(SOURCE))
    return {outcome.grade_id.removeprefix("test_"): outcome for outcome in outcomes}


def _cells(engine, *sources: tuple[str, str], files: Path | None = None):
    """Grade a small notebook of (role, source); return the outcomes of its tests and its cells."""
    notebook, cells = new_notebook(), {}
    for number, (role, source) in enumerate(sources):
        source = textwrap.dedent(source).strip()
        metadata = {} if role == "own" else {"nbgrader": {"grade_id": f"cell{number}"}}
        notebook.cells.append(new_code_cell(source, metadata=metadata))
        if role != "own":
            cells[f"cell{number}"] = InstructorCell(f"cell{number}", role, source, 1.0 * (role == "test"))
    return engine.grade(notebook, cells, files and AssignmentFiles(files)), notebook.cells


NUMPY = ("setup", "import numpy as np\nimport time")


def _assert_passes(engine, *sources, **options):
    outcomes, _ = _cells(engine, NUMPY, *sources, **options)
    assert [outcome for outcome in outcomes if outcome.score != 1] == []


# --------------------------------------------------------------------------------------------------

BAD = {
    "hang": ("while True: pass", "timed out"),
    "crash": ("import ctypes; ctypes.string_at(8)", "died"),
    "memory": ("kept = bytearray(10**10)", "out of memory"),
    "exit": ("import os; os._exit(0)", "died"),
    "sys.exit": ("import sys; sys.exit(0)", "raised"),
    "error": ("1 / 0", "raised"),
    "missing": (None, "missing"),
    "hang in its cell": ("", "missing"),
    "crash in its cell": ("", "missing"),
    "syntax error": ("", "missing"),
    "globals changed": ("global np, zero_pad, conv_forward, pool_forward; np = zero_pad = conv_forward = "
                        "pool_forward = None", "raised"),
}  # fmt: skip
WHOLE_CELLS = {
    "hang in its cell": "while True: pass",
    "crash in its cell": "import os; os._exit(1)",
    "syntax error": "def conv_forward(:",
}


@pytest.mark.parametrize("exercise", ["conv_forward", "pool_backward"])
@pytest.mark.parametrize("bad", BAD)
def test_a_bad_outcome_leaves_all_other_exercises_alone(bad, exercise, engine, known):
    statement, reason = BAD[bad]
    answer = WHOLE_CELLS.get(bad)
    if statement:
        answer = known[exercise].source.replace("    ### START", f"    {statement}\n    ### START")
        assert answer != known[exercise].source
    outcomes = _course(engine, known, **{exercise: answer})
    assert (outcomes[exercise].score, outcomes[exercise].verdict.reason) == (0, reason), outcomes[exercise]
    for name, outcome in outcomes.items():
        if name != exercise:
            assert (outcome.score, outcome.verdict.reason) == (outcome.points, "passed"), outcome
    assert len(outcomes) == 8


def test_carried_forward_errors_through_the_wire(engine, known):
    helper = "def zero_pad(X, pad):\n    return X\n"
    outcomes = _course(engine, known, zero_pad=helper)
    assert (outcomes["zero_pad"].score, outcomes["zero_pad"].verdict.reason) == (0, "wrong")
    for name in ("conv_forward", "conv_backward"):
        assert outcomes[name].verdict.reason == "passed" and outcomes[name].score == outcomes[name].points
        assert "`zero_pad`, where the real mistake is" in outcomes[name].verdict.text.en

    outcomes = _course(engine, known, zero_pad=None)
    assert outcomes["zero_pad"].verdict.reason == "missing"
    assert outcomes["conv_forward"].score == 35


def test_half_marks_and_the_named_mistake_are_those_of_one_kernel(engine, known):
    body = known["conv_single_step"].source.replace("Z = np.sum(s) + b.item()", "Z = np.sum(s + b)")
    outcome = _course(engine, known, conv_single_step=body)["conv_single_step"]
    assert (outcome.score, outcome.verdict.reason) == (10, "wrong")
    assert (outcome.verdict.credit, outcome.verdict.mistake) == (0.5, "bias-per-element")


def test_the_untouched_release_is_not_answered(engine, known):
    stub = "def {}(*args, **kwargs):\n    raise NotImplementedError('not answered yet')\n"
    names = [name for name, cell in known.items() if cell.metadata.nbgrader.solution]
    outcomes = _course(engine, known, **{name: stub.format(name) for name in names})
    assert {(outcome.score, outcome.verdict.reason) for outcome in outcomes.values()} == {(0, "not answered")}


# --------------------------------------------------------------------------------------------------
# what a test sees


def test_arguments_changed_in_place(engine):
    change = """
    def change(array, numbers, table, pair, kept):
        array += 1
        array[0, 0] = -5
        numbers.append([3])
        numbers[0][0] = 9
        table["new"] = np.ones(2)
        table["inner"]["x"] = 2
        del table["old"]
        pair[0][:] = 7
    """
    test = """
    array, numbers, pair, kept = np.zeros((2, 3)), [[1], 2], (np.zeros(2), [1]), np.arange(3)
    table = {"old": 1, "inner": {"x": 1}}
    inner, row, view = table["inner"], numbers[0], array[0]
    assert change(array, numbers, table, pair, kept=kept) is None
    assert array.tolist() == [[-5, 1, 1], [1, 1, 1]] and view[1] == 1
    assert numbers == [[9], 2, [3]] and row == [9]
    assert "old" not in table and inner == {"x": 2} and table["new"].sum() == 2
    assert pair[0].tolist() == [7, 7] and kept.tolist() == [0, 1, 2]
    """
    _assert_passes(engine, ("solution", change), ("test", test))


def test_functions_are_called_back(engine):
    """A test passes functions of its own, which may call the student's in turn, and the student's."""
    answer = """
    def double(x):
        return 2 * x
    def apply(function, x, times=1, *, then=None):
        for _ in range(times):
            x = function(x)
        return then(x, by=1) if then else x
    """
    test = """
    seen = []
    def remember(x):
        seen.append(x.copy())
        return double(x) + 1
    x = np.arange(3.0)
    assert apply(remember, x, 2).tolist() == [3, 7, 11]
    assert [list(x) for x in seen] == [[0, 1, 2], [1, 3, 5]]
    assert apply(lambda x: x + 1, 1, then=lambda x, by: x - by) == 1
    assert apply(double, 3, times=3) == 24
    """
    _assert_passes(engine, ("solution", answer), ("test", test))


def test_calling_back_for_ever_ends_with_the_call(engine):
    """However often, however deep, and whatever with: it is the student's own test that fails."""
    answer = """
    def on_and_on(function):
        while True:
            function(1)
    def deeper(function, depth=0):
        return function(depth)
    def strange(function):
        return function(object(), [function], named=np.zeros(3))
    def fine(function):
        return function(1)
    """
    outcomes, _ = _cells(
        engine,
        NUMPY,
        ("solution", answer),
        ("test", "assert on_and_on(lambda x: x) == 1"),
        ("test", "def again(depth):\n    return deeper(again, depth + 1)\nassert deeper(again) == 1"),
        ("test", "assert strange(lambda x: x) == 1"),
        ("test", "assert fine(lambda x: x) == 1"),
    )
    assert [outcome.score for outcome in outcomes] == [0, 0, 0, 1]


def test_an_assertion_speaks_where_it_stands_in_the_released_part(engine):
    hidden = "\n### BEGIN HIDDEN TESTS\nassert f(2) == 4, 'secret 4'\n### END HIDDEN TESTS\n"
    outcomes, _ = _cells(
        engine,
        ("solution", "def f(x):\n    return 1"),
        ("test", f"assert f(1) == 2, 'f(1) is 2'{hidden}"),
        ("test", f"assert f(1) == 1{hidden}assert f(3) == 9, 'below'"),
        ("test", f"{hidden}assert f(1) == 2, 'below'"),
    )
    texts = [outcome.verdict.text.en for outcome in outcomes]
    assert texts == ["f(1) is 2", "A hidden test failed.", "A hidden test failed."]


def test_what_a_lent_helper_raises_is_raised_there(engine):
    """As what it is: a known mistake that ends in an exception is recognised by its kind and text."""
    answer = """
    class Own(Exception):
        pass
    def f(x):
        try:
            return helper(x)
        except KeyError as error:
            return [type(error).__name__, str(error)]
    """
    test = """
    class Odd(KeyError):
        pass
    def helper(x):
        raise (KeyError("no"), Odd("never"), ValueError("a", 1))[x]
    with f.lend({"helper": helper}):
        assert f(0) == ["KeyError", "'no'"] and f(1) == ["Odd", "'never'"]
        try:
            f(2)
        except ValueError as error:
            assert str(error) == "('a', 1)" and type(error).__name__ == "ValueError"
        else:
            raise AssertionError
    """
    _assert_passes(engine, ("solution", answer), ("test", test))


def test_what_a_function_raises_when_called_back_is_raised_there(engine):
    answer = """
    def attempt(function):
        try:
            return function(1)
        except Exception as error:
            return str(error)
    """
    _assert_passes(engine, ("solution", answer), ("test", "assert 'by zero' in attempt(lambda x: x / 0)"))


def test_random_state_travels_both_ways(engine):
    draw = "def draw(n):\n    return np.random.randn(n)\ndef seed(n):\n    np.random.seed(n)\n"
    np.random.seed(3)
    expected = np.random.randn(6).tolist()
    test = f"""
    np.random.seed(3)
    got = [*draw(2), *np.random.randn(1), *draw(1), *np.random.randn(2)]
    assert got == {expected}
    seed(3)
    assert [*np.random.randn(2), *draw(4)] == {expected}
    """
    _assert_passes(engine, ("solution", draw), ("test", test))


def test_values_of_solution_cells_are_readable(engine):
    answer = "weights = np.arange(4.0)\nname, n = 'net', 3\ntable = {'a': [1, (2, None)]}\nthing = object()"
    test = """
    assert weights.tolist() == [0, 1, 2, 3] and (name, n) == ("net", 3) and table == {"a": [1, (2, None)]}
    assert thing != 1 and not thing == 1 and type(thing).__name__ == "object"
    """
    _assert_passes(engine, ("solution", answer), ("test", test))


def test_values_are_those_of_the_last_cell_that_set_them(engine):
    _assert_passes(
        engine,
        ("solution", "x = 1\ndef f():\n    return x"),
        ("own", "x = 2"),
        ("test", "assert x == 2 and f() == 2"),
        ("own", "x = 3\nf = lambda: x * 10"),
        ("test", "assert x == 3 and f() == 30"),
    )


def test_exceptions_come_back_with_class_text_and_the_student_s_line(engine):
    answer = """
    class Own(KeyError):
        pass
    def fail(kind):
        if kind == "own":
            raise Own("mine")
        if kind == "numpy":
            return np.zeros(2) + np.zeros(3)
        return inner(kind)
    def inner(kind):
        return [1, 2][kind]
    """
    test = """
    for kind, base, name, text, line in (
        ("own", KeyError, "Own", "'mine'", 'raise Own("mine")'),
        ("numpy", ValueError, "ValueError", "could not be broadcast", "return np.zeros(2) + np.zeros(3)"),
        (5, IndexError, "IndexError", "list index out of range", "return [1, 2][kind]"),
    ):
        try:
            fail(kind)
        except base as error:
            assert type(error).__name__ == name and text in str(error) and error.own_line == line
        else:
            raise AssertionError(kind)
    fail(7)
    """
    outcomes, cells = _cells(engine, NUMPY, ("solution", answer), ("test", test))
    assert (outcomes[0].score, outcomes[0].verdict.reason) == (0, "raised")
    shown = "\n".join(cells[-1].outputs[-1].traceback)
    assert "inner, line 10: return [1, 2][kind]" in shown and "IndexError" in shown
    assert "student_process.py" not in shown and str(Path(__file__).parents[1]) not in shown


def test_prints_of_a_call_appear_where_it_was_called(engine):
    answer = "def say(text):\n    print('said', text)\n    return 1\n"
    test = "print('before')\nsay('hello')\nprint('after')\n"
    _, cells = _cells(engine, ("solution", answer), ("test", test))
    assert "".join(output.get("text", "") for output in cells[-1].outputs) == "before\nsaid hello\nafter\n"


def test_a_state_of_random_numbers_that_students_code_left_decides_nothing(engine):
    """Else a hidden test that seeds nothing would draw inputs that the student knows."""
    answer = "def f():\n    np.random.seed(7)\n"
    np.random.seed(7)
    known = np.random.rand()
    test = f"before = np.random.rand()\nf()\nassert {known!r} not in (before, np.random.rand())"
    _assert_passes(engine, ("solution", answer), ("test", test), ("test", test))


def test_what_drew_no_numbers_goes_on_from_the_seed(engine):
    answer = "def f():\n    return np.random.rand()\n"
    locked = "def check():\n    np.random.seed(3)\n    return [f(), np.random.rand()]\n"
    np.random.seed(3)
    wanted = [np.random.rand(), np.random.rand()]
    _assert_passes(engine, ("solution", answer), ("locked", locked), ("test", f"assert check() == {wanted}"))


def test_what_a_student_pickled_runs_no_code_in_the_examiner(engine):
    answer = """
    import pickle
    class Evil:
        def __reduce__(self):
            return exec, ("import builtins; builtins.OWNED = 1",)
    def evil():
        return pickle.dumps(Evil())
    def write():
        with open("evil.pkl", "wb") as file:
            file.write(evil())
    def good():
        return pickle.dumps({"a": [np.arange(3), 1.5, {2}]})
    """
    test = """
    import builtins, pickle
    assert pickle.loads(good())["a"][0].tolist() == [0, 1, 2]
    for load in (lambda: pickle.loads(evil()), lambda: pickle.load(open("evil.pkl", "rb"))):
        write()
        try:
            load()
        except pickle.UnpicklingError as error:
            assert "builtins.exec" in str(error)
        else:
            raise AssertionError
    assert not hasattr(builtins, "OWNED")
    """
    _assert_passes(engine, ("solution", answer), ("test", test))


def test_a_helper_is_lent_only_after_its_own_test(engine):
    answers = ("solution", "def f(x):\n    return x"), ("solution", "def g(x):\n    return f(x)")
    lend = """
    with g.lend({'f': lambda x: x + 1}):
        assert g(1) == WANTED
    """
    own = ("test", "assert f(1) == 1")
    early, late = lend.replace("WANTED", "1"), lend.replace("WANTED", "2")
    outcomes, _ = _cells(engine, answers[0], own, answers[1], ("test", late))
    assert [outcome.score for outcome in outcomes] == [1, 1]
    outcomes, _ = _cells(engine, *answers, ("test", early), own)
    assert [outcome.score for outcome in outcomes] == [1, 1]


def test_cells_that_students_code_makes_hard_to_compile_or_import_cost_nothing_else(engine):
    nested = "def bomb():\n"
    for depth in range(1, 19):
        nested += f"{'  ' * depth}try:\n{'  ' * (depth + 1)}pass\n{'  ' * depth}finally:\n"
    nested += "  " * 19 + "pass\n"
    test = ("test", "assert f() == 1")
    _assert_passes(
        engine,
        ("solution", "def f():\n    return 1"),
        ("own", nested),
        test,
        ("own", "from rfc3987_syntax import something"),
        ("own", "x = 1\n" * 200_000),
        test,
    )


def test_a_stop_that_nobody_catches_is_an_outcome():
    """However late it comes: when the submission's time is over while functions sleep."""
    engine = Engine(RunLimits(call_seconds=0.7, submission_seconds=1.6))
    try:
        answers = [("solution", f"import time\ndef f{k}():\n    time.sleep(0.6)\n") for k in range(5)]
        tests = [("test", f"f{k}()") for k in range(5)]
        cells = [cell for pair in zip(answers, tests, strict=True) for cell in pair]
        outcomes, _ = _cells(engine, *cells)
        assert [outcome.score for outcome in outcomes][0] == 1 and outcomes[-1].score == 0
        swallows = (
            "while True:\n    try:\n        while True: pass\n    except BaseException:\n        break\n"
        )
        outcomes, _ = _cells(engine, NUMPY, ("test", swallows))
        assert len(outcomes) == 1
    finally:
        engine.close()


def test_a_test_runs_together_with_the_students_code_only_if_the_course_says_so():
    """It sees the student's process, and what happens there is gone after it."""
    engine = Engine(RunLimits(call_seconds=2, together=("cell1", "cell2", "cell3", "cell4", "cell5")))
    try:
        outcomes, cells = _cells(
            engine,
            ("solution", "def f():\n    return globals()"),
            ("test", "mark = 1\nassert f() is f() and f()['f'] is f and 'mark' in f()"),
            ("test", "assert 'mark' not in f()\n0.5"),
            ("test", "### BEGIN HIDDEN TESTS\nassert 'mark' in f(), 'secret'\n### END HIDDEN TESTS"),
            ("test", "while True: pass"),
            ("test", "import os\nos._exit(0)"),
            ("test", "assert f()['f'] is f"),
        )
        assert [outcome.score for outcome in outcomes] == [1, 0.5, 0, 0, 0, 0]
        reasons = [outcome.verdict.reason for outcome in outcomes]
        assert reasons == ["passed", "wrong", "wrong", "timed out", "died", "wrong"]
        assert "secret" not in str(outcomes[2].verdict)
        assert [outcome.verdict.together for outcome in outcomes] == [*[True] * 5, False]
    finally:
        engine.close()


def test_cells_can_tell_that_they_are_graded_as_under_nbgrader(engine):
    answer = "import os\ndef graded():\n    return os.environ.get('NBGRADER_EXECUTION')\n"
    test = "import os\nassert graded() == os.environ['NBGRADER_EXECUTION'] == 'autograde'"
    _assert_passes(engine, ("solution", answer), ("test", test))
    assert "NBGRADER_EXECUTION" not in os.environ


def test_modules_beside_the_notebook_are_imported_on_both_sides(engine, tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "given.py").write_text(f"NAME = {folder!r}\n")
        cells = ("setup", "import given"), ("solution", "def name():\n    return given.NAME\n")
        test = ("test", f"assert name() == given.NAME == {folder!r}")
        _assert_passes(engine, *cells, test, files=tmp_path / folder)
        assert [path.name for path in (tmp_path / folder).iterdir()] == ["given.py"]


def test_a_loop_is_seen_by_the_lines_that_run(engine):
    answer = """
    def double(a):
        return [2 * x for x in a]
    def loop(a):
        return sum(double(a))
    def whole(a):
        return np.sum(np.multiply(a, 2))
    def with_helper(a):
        return sum(double(a)[:1])
    """
    test = """
    few, many = np.ones(3), np.ones(9)
    assert loop.lines_run(many) >= loop.lines_run(few) + 6
    assert whole.lines_run(many) == whole.lines_run(few) > 0
    with with_helper.lend({"double": lambda a: [2 * x for x in a]}):
        assert with_helper.lines_run(many) == with_helper.lines_run(few)
    assert with_helper.lines_run(many) > with_helper.lines_run(few)
    assert loop(few) == loop(few) == 6
    """
    _assert_passes(engine, ("solution", answer), ("test", test))


def test_values_too_large_to_travel_are_of_the_wrong_type_not_the_end(engine):
    answer = "def big():\n    return [np.zeros(10**7), np.zeros(10**7)]\nlarge = np.zeros(10**8)\n"
    test = """
    for value in (big()[0], large):
        try:
            bool(value == 1)
        except TypeError:
            continue
        raise AssertionError
    """
    _assert_passes(engine, ("solution", answer), ("test", test))


def test_files_of_the_student_stay_and_those_of_tests_go(engine, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "numbers.txt").write_text("1 2 3")
    (tmp_path / "solution.ipynb").write_text("secret")
    answer = """
    from pathlib import Path
    def names():
        return sorted(str(path) for path in Path().rglob("*"))
    def write(name):
        Path(name).write_text("x")
        Path("data/numbers.txt").unlink()
    def read(handle=open("data/numbers.txt")):
        handle.seek(0)
        return handle.read()
    """
    _assert_passes(
        engine,
        ("solution", answer),
        ("test", "assert names() == ['data', 'data/numbers.txt'] and read() == '1 2 3'"),
        ("test", "write('new')\nassert 'new' in names()"),
        ("test", "assert names() == ['data', 'data/numbers.txt'] and read() == '1 2 3'"),
        ("own", "Path('mine').mkdir(); Path('mine/x').write_text('y')"),
        ("test", "write('new')"),
        ("test", "assert names() == ['data', 'data/numbers.txt', 'mine', 'mine/x']"),
        ("own", "Path('lost').touch()\nimport os\nos._exit(0)"),
        ("test", "assert 'lost' not in names() and 'mine/x' in names()"),
        files=tmp_path,
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "solution.ipynb"]


def test_a_test_changes_nothing_for_the_next(engine):
    answer = "calls = []\ndef call():\n    calls.append(1)\n    return len(calls)\n"
    test = "assert [call(), call()] == [1, 2]"
    _assert_passes(engine, ("solution", answer), ("test", test), ("test", test))


@pytest.mark.parametrize(
    "cell",
    [
        "import math, numpy.linalg as la\nfrom numpy import pad, zeros",
        "import nothing_of_this_name",
        "from numpy import nothing_of_this_name",
        "from unittest import __main__",  # runs tests, and exits
        "import nbexaminer.engine.engine",  # is there for the examiner only
    ],
)
def test_a_cell_that_imports_costs_no_other_cell_anything(cell, engine):
    test = ("test", "assert f() == 1")
    _assert_passes(engine, ("solution", "def f():\n    return 1"), test, ("own", cell), test)


def test_nothing_is_left_of_the_submission_before(engine):
    answer = "def f():\n    return 'left' in globals(), 'PWNED' in __import__('os').environ\n"
    before = "import os\nleft = 1\nos.environ['PWNED'] = '1'\nnp.pad = None\nopen('file', 'w').close()\n"
    _assert_passes(engine, ("own", before), ("solution", answer), ("test", "assert f() == (True, True)"))
    _assert_passes(engine, ("solution", answer), ("test", "assert f() == (False, False)"))
    _assert_passes(
        engine, ("solution", "def f():\n    return np.pad(np.ones(1), 1)"), ("test", "assert f().sum() == 1")
    )


def test_many_cells_and_much_memory_are_no_reason_to_stop():
    """States of the student's process share their memory, and only the newest are kept."""
    engine = Engine(RunLimits(process=ProcessLimits(memory=5 * 10**8)))
    try:
        _assert_passes(
            engine,
            ("own", "large = np.ones(25 * 10**6)"),
            *[("own", f"x{k} = {k}") for k in range(90)],
            ("solution", "def f():\n    time.sleep(0.5)\n    return x0 + x89 + large[-1]"),
            ("test", "assert f() == 90"),
        )
    finally:
        engine.close()


def test_time_for_a_submission_is_limited_and_what_is_left_says_so():
    engine = Engine(RunLimits(call_seconds=0.4, submission_seconds=2))
    try:
        began = time.monotonic()
        outcomes, _ = _cells(
            engine,
            ("solution", "import time\ndef f():\n    time.sleep(60)\n"),
            *[("own", "while True: pass")] * 10,
            *[("test", "f()")] * 10,
        )
        assert {(outcome.score, outcome.verdict.reason) for outcome in outcomes} == {(0.0, "timed out")}
        assert time.monotonic() - began < 20
        _assert_passes(engine, ("solution", "def f():\n    return 1"), ("test", "assert f() == 1"))
    finally:
        engine.close()


@pytest.mark.parametrize("last", ["float('nan')", "np.float64(1.0)", "2.0", "-0.5", "0.5"])
def test_a_result_that_is_no_score_scores_nothing_in_nbgrader_either(engine, last):
    """Promise 4 of docs/architecture.md: nbgrader itself fails open there, with full marks."""
    scored = {"0.5": 0.5, "'1.0'": 1}.get(last, 0)
    outcomes, cells = _cells(engine, NUMPY, ("test", last))
    cells[-1].metadata["nbgrader"] |= {"grade": True, "solution": False, "points": 1.0}
    assert outcomes[-1].score == determine_grade(cells[-1])[0] == scored
    failed = any(output.output_type == "error" for output in cells[-1].outputs)
    assert failed == (scored == 0)


@pytest.mark.parametrize("last", ["'a text'", "[1, 2]", "1 == 2", "None", "{'a': 0.0}"])
def test_a_result_that_is_no_number_is_a_pass_as_in_nbgrader(engine, last):
    outcomes, cells = _cells(engine, NUMPY, ("test", last))
    cells[-1].metadata["nbgrader"] |= {"grade": True, "solution": False, "points": 1.0}
    assert outcomes[-1].score == determine_grade(cells[-1])[0] == 1.0


def test_the_examiner_takes_no_more_than_a_student_may():
    """A test works on what a student's code made: it must not take all memory or all time for that."""
    engine = Engine(RunLimits(submission_seconds=3, process=ProcessLimits(memory=2**28)))
    try:
        outcomes, _ = _cells(
            engine,
            NUMPY,
            ("solution", "n = 10**9\n"),
            ("test", "np.ones(n)"),
            ("test", "for _ in range(n * n): pass"),
            ("test", "assert n == 10**9"),
        )
        assert [outcome.verdict.reason for outcome in outcomes] == ["out of memory", "timed out", "passed"]
    finally:
        engine.close()


# --------------------------------------------------------------------------------------------------
# processes


def test_all_processes_end_with_the_engine():
    before = set(processes.descendants(os.getpid()))
    engine = Engine(LIMITS)
    _cells(engine, ("own", "import os\nif os.fork() == 0:\n    while True: pass"))
    assert len(set(processes.descendants(os.getpid())) - before) == 1
    engine.close()
    assert set(processes.descendants(os.getpid())) == before


def test_an_engine_whose_process_was_killed_starts_another(engine):
    engine._template._process.kill()
    engine._template._process.wait()
    _assert_passes(engine, ("solution", "def f():\n    return 1"), ("test", "assert f() == 1"))


def test_without_a_sandbox():
    """`--sandbox none`: no walls, but processes, limits of time and verdicts are the same."""
    engine = Engine(RunLimits(call_seconds=1, sandbox=False))
    try:
        outcomes, _ = _cells(
            engine,
            ("solution", "import os\ndef f():\n    return os.listdir('/')\ndef g():\n    while True: pass"),
            ("test", "assert 'usr' in f()"),
            ("test", "g()"),
            ("test", "assert f()"),
        )
        assert [outcome.verdict.reason for outcome in outcomes] == ["passed", "timed out", "passed"]
    finally:
        engine.close()


# --------------------------------------------------------------------------------------------------
# what other courses' notebooks need


def test_a_test_reads_the_files_that_students_code_writes_and_the_other_way_round(engine, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "given.txt").write_text("given")
    answer = """
    from pathlib import Path
    def save(name, text):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text)
    def read(name):
        return Path(name).read_text()
    save("early.txt", "of the cell")
    save("data/given.txt", "mine")
    """
    _assert_passes(
        engine,
        ("locked", "from pathlib import Path\nPath('by_locked.txt').write_text('locked')"),
        ("solution", answer),
        ("test", "assert Path('early.txt').read_text() == 'of the cell'"),
        ("test", "save('new/late.txt', 'of a call')\nassert open('new/late.txt').read() == 'of a call'"),
        ("test", "Path('asked.txt').write_text('of the test')\nassert read('asked.txt') == 'of the test'"),
        ("test", "assert Path('data/given.txt').read_text() == 'given'"),  # the instructor's own is put back
        ("test", "assert read('by_locked.txt') == 'locked'"),
        files=tmp_path,
    )
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*")) == [
        "data",
        "data/given.txt",
    ]


def test_no_link_of_a_student_leads_the_examiner_to_a_file(engine, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("a secret")
    (tmp_path / "course").mkdir()
    answer = f"""
    import os
    def save(name):
        os.makedirs("inner", exist_ok=True)
        os.symlink({str(secret)!r}, name)
        os.symlink({str(tmp_path)!r}, "folder")
    os.symlink({str(tmp_path)!r}, "written")
    """
    _assert_passes(
        engine,
        ("locked", "from pathlib import Path"),
        ("solution", answer),
        (
            "test",
            "save('link.txt')\nassert not any(Path(name).exists() for name in ('link.txt', 'folder'))",
        ),
        (
            "test",
            "Path('written').mkdir()\nPath('written/new.txt').write_text('x')\n"
            "try:\n    save('again')\nexcept OSError:\n    pass",
        ),
        files=tmp_path / "course",
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["course", "secret.txt"]


# --------------------------------------------------------------------------------------------------
# limits


def test_the_kernels_limit_of_processor_time_follows_the_submissions():
    """Else a long limit would end as "died" after two minutes."""
    assert RunLimits().kernel_limits.cpu >= 120
    assert RunLimits(submission_seconds=500).kernel_limits.cpu > 500
    assert RunLimits(call_seconds=700).kernel_limits.cpu > 700


def test_a_full_folder_and_a_bad_reply_are_told_as_such(engine):
    answer = """
    import os, time
    def fill():
        for k in range(10):
            with open(f"file{k}", "wb") as file:
                file.write(bytes(2**23))
        time.sleep(60)
    def garbage():
        for descriptor in range(3, 100):
            try:
                os.write(descriptor, b"x" * 100)
            except OSError:
                pass
        time.sleep(60)
    """
    tests = [("test", f"{name}()") for name in ("fill", "garbage")]
    outcomes, _ = _cells(engine, ("solution", answer), *tests)
    reasons = [outcome.verdict.reason for outcome in outcomes]
    assert reasons == ["folder full", "bad reply"]


def test_what_a_notebook_writes_is_kept_and_the_assignments_own_files_do_not_fill_its_folder(
    engine, tmp_path, monkeypatch
):
    """As nbgrader leaves it in autograded/; a large file of the course's is nobody's fault."""
    monkeypatch.setattr(private_folder, "_MAX_BYTES", 2**20)
    (tmp_path / "data.bin").write_bytes(bytes(2**21))
    cells = [
        new_code_cell("open('new.txt', 'w').write('x' * 2**21)"),
        new_code_cell(
            "import os\nos.mkdir('sub')\nopen('sub/a', 'w').write('y')\nos.symlink('data.bin', 'link')"
        ),
        new_code_cell("open('.hidden', 'w').write('y')\nopen('n.ipynb', 'w').write('y')"),
    ]
    written: dict[str, bytes] = {}
    engine.grade(new_notebook(cells=cells), {}, AssignmentFiles(tmp_path), written=written)
    assert cells[0].outputs[-1].ename == "folder full"
    assert written == {"sub/a": b"y"}


def test_files_that_the_course_ignores_are_not_for_students(engine, tmp_path):
    """As nbgrader's release leaves them out (CourseDirectory.ignore)."""
    for name in ("data.csv", "solution.py", "private/notes.txt", "sub/key.pem"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    files = AssignmentFiles(tmp_path, ignored=("solution.py", "private", "*.pem"))
    answer = "from pathlib import Path\ndef names():\n    return sorted(map(str, Path().rglob('*')))\n"
    notebook = new_notebook(cells=[new_code_cell(answer, metadata={"nbgrader": {"grade_id": "answer"}})])
    notebook.cells.append(
        new_code_cell("assert names() == ['data.csv', 'sub']", metadata={"nbgrader": {"grade_id": "test"}})
    )
    cells = {
        "answer": InstructorCell("answer", "solution", answer),
        "test": InstructorCell("test", "test", notebook.cells[1].source, 1.0),
    }
    [outcome] = engine.grade(notebook, cells, files)
    assert outcome.score == 1, outcome.verdict


# --------------------------------------------------------------------------------------------------
# a form to fill in, as other editions of the exercise give it, is no answer

FORMS = {
    "zero_pad": "X_pad = None",
    "conv_forward": """
        (m, n_H_prev, n_W_prev, n_C_prev) = None
        stride = None
        Z = None
        for i in range(None):
            a_prev_pad = None
            for h in range(None):
                for c in range(n_C):
                    Z[i, h, w, c] = None
        assert Z.shape == (m, n_H, n_W, n_C)
        cache = (A_prev, W, b, hparameters)
        return Z, cache""",
    "pool_backward": """
        (A_prev, hparameters) = None
        dA_prev = None
        for i in range(None):
            if mode == "max":
                mask = None
                dA_prev[i, vert_start:vert_end, :, c] += None
            elif mode == "average":
                shape = None
        return dA_prev""",
}


def _as_form(known, name):
    head = known[name].source.split('    """')[0]
    body = textwrap.indent(textwrap.dedent(FORMS[name]).strip("\n"), "    ")
    return f'{head}    """What it does."""\n{body}\n' + ("" if "return" in body else "    return X_pad\n")


def test_a_form_that_is_not_filled_in_is_not_answered(engine, known):
    outcomes = _course(engine, known, **{name: _as_form(known, name) for name in FORMS})
    told = {name: (outcomes[name].score, outcomes[name].verdict.reason) for name in FORMS}
    assert told == dict.fromkeys(FORMS, (0.0, "not answered"))
    assert outcomes["conv_single_step"].score == 20  # what was answered stands


@pytest.mark.parametrize(
    ("answer", "test", "score"),
    [
        ("def f(x):\n    y = None\n    return y", "assert f(1) is None", 1),  # None is right
        ("best = None", "assert best is None", 1),
        ("best = None", "assert best == 3", 0),
    ],
)
def test_none_may_be_the_answer(engine, answer, test, score):
    [outcome], _ = _cells(engine, ("solution", answer), ("test", test))
    assert outcome.score == score


def test_an_answer_with_a_none_in_it_is_wrong_not_missing(engine, known):
    answer = "def zero_pad(X, pad):\n    X_pad = None\n    np.pad(X, pad)\n    return X_pad"
    assert _course(engine, known, zero_pad=answer)["zero_pad"].verdict.reason == "wrong"
