"""Similar work: copies are found whatever they are dressed in, and nobody else is named.

Independent are here: the unusual right answers, the usual one and its wrong variants (what most of a class
has in common), the examples, and made-up classes in which each student makes each choice alone.
"""

import ast
import random
import re
from functools import cache
from pathlib import Path

import pytest
from class_of_answers import CHOICES, DISGUISES, class_of, handwritten
from notebook_answers import solution_cells
from student_answers import USUAL
from unusual_answers import UNUSUAL
from wrong_answers import WRONG

from nbexaminer.pages import similar_work
from nbexaminer.pages.answer_files import write_answer_files

EXAMPLES = Path(__file__).parent.parent / "examples" / "cnn_step_by_step" / "answers"
LONG = 12  # pieces of an answer that says enough in a small class


@cache
def unusual(function):
    """The right answers that were written each for itself, in some unusual way."""
    answers = {about: "\n".join(cells) for (name, about), cells in UNUSUAL.items() if name == function}
    for path in EXAMPLES.glob("right-*.py"):
        text = path.read_text(encoding="utf-8")
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef) and node.name == function:
                answers[path.stem] = ast.get_source_segment(text, node)
    return answers


@cache
def usual(function):
    """What most of a class has: the usual answer, right and with this or that mistake, or made-up choices."""
    answers = {"usual": USUAL[function], "instructor's": solution_cells()[function]}
    return answers | {f"wrong-{n}": one.source for n, one in enumerate(WRONG) if one.function == function}


def listed(function, *classes):
    answers = {name: text for students in classes for name, text in students.items()}
    return {frozenset(one.students) for one in similar_work.compare({function: answers}, {}).pairs}


@pytest.mark.parametrize("function", USUAL)
def test_independent_answers_are_not_listed(function):
    assert listed(function, unusual(function)) == set()
    assert listed(function, unusual(function), usual(function)) == set()


@pytest.mark.parametrize("count", [12, 34, 60, 200])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_students_who_choose_for_themselves_are_not_listed(count, seed):
    for function, answers in handwritten(count, seed).items():
        assert listed(function, answers, unusual(function)) == set()


@pytest.mark.parametrize("seed", range(1, 7))
def test_copies_to_the_letter_of_usual_answers_are_found(seed):
    """At least 20 of 23, and no more than one pair of strangers, in a class of 120."""
    answers = handwritten(120, seed)
    copied = random.Random(seed).sample(sorted(answers["conv_forward"]), 23)
    for texts in answers.values():
        texts |= {f"copy of {student}": texts[student] for student in copied}
    found = {frozenset(pair.students) for pair in similar_work.compare(answers, {}).pairs}
    wanted = {frozenset((student, f"copy of {student}")) for student in copied}
    assert len(found & wanted) >= 20
    assert len(found - wanted) <= 1


def test_a_copy_to_the_letter_is_shown_as_one():
    answers = handwritten(40, seed=2)["conv_forward"]
    given = answers["student-0000"].splitlines()[0]
    answers["copy"] = answers["student-0007"]
    (pair,) = similar_work.compare({"conv_forward": answers}, {"conv_forward": given}).pairs
    assert pair.students == ("copy", "student-0007") and pair.to_the_letter
    assert pair.shared == pair.of > 10
    assert all(shared for lines in pair.code for text, shared in lines if text.strip())


DOCSTRING = '''    """
    Implements the forward propagation
    A_prev -- output activations, for all of which it is so
    Z -- conv output, if any
    """
'''


@pytest.mark.parametrize("function", CHOICES)
def test_a_pasted_docstring_and_comments_behind_a_colon_pair_no_strangers(function):
    """Answers that can't be parsed, each for its own reason, with the same docstring and comments in them."""
    answers = handwritten(60, seed=5)[function]
    for number, student in enumerate(sorted(answers)[:10]):
        head, *body = answers[student].splitlines()
        body = [
            re.sub(r"^( *for i .*:)$", r"\1  # loop over the batch of training examples", line)
            for line in body
        ]
        body[number + 3] += " )"
        answers[student] = f"{head}\n{DOCSTRING}" + "\n".join(body)
    assert listed(function, answers) == set()


def own_work(function):
    """The unusual answers that are long enough and no edits of the usual one."""
    common = set(similar_work.pieces(USUAL[function]))
    for about, text in unusual(function).items():
        pieces = set(similar_work.pieces(text))
        if len(pieces) >= LONG and len(pieces & common) < len(pieces) / 2:
            yield about, text


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("function", ["conv_forward", "pool_forward", "conv_backward", "pool_backward"])
def test_copies_are_found_in_every_disguise_and_nothing_else(function, disguise):
    others = dict(class_of(120, seed=9))[function] if function in CHOICES else usual(function)
    copies = {f"copy of {about}": DISGUISES[disguise](text) for about, text in own_work(function)}
    assert copies
    wanted = {frozenset((name, name.removeprefix("copy of "))) for name in copies}
    assert listed(function, others, unusual(function), copies) == wanted


def test_what_many_have_is_not_listed():
    ((_, answers),) = [one for one in class_of(60, seed=4) if one[0] == "conv_forward"]
    copied = unusual("conv_forward")["a class with __call__"]
    half = {f"from the book {n}": copied for n in range(40)}
    assert listed("conv_forward", answers, half) == set()


def test_a_ring_is_found():
    answers = dict(class_of(60, seed=4))["conv_forward"]
    ring = {f"ring-{n}": unusual("conv_forward")["a class with __call__"] for n in range(4)}
    assert len(listed("conv_forward", answers, ring)) == 6


def test_one_line_answers_are_never_listed():
    function = "zero_pad"
    lines = {f"student-{n}": USUAL[function] for n in range(50)}
    odd = "def zero_pad(X, pad):\n    return np.block([[[[X if pad < 7 else X[::-1, ::-2, ::3, ::5]]]]])\n"
    comparison = similar_work.compare({function: lines | {"one": odd, "other": odd}}, {})
    assert comparison == similar_work.Comparison((), (function,))


def test_what_the_exercise_gave_does_not_count():
    """Two who left a long scaffold as it was have not copied from each other."""
    given = unusual("conv_forward")["a class with __call__"]
    answers = dict(class_of(30, seed=4))["conv_forward"]
    mine = {f"left-{n}": f"{given}\nx = {n}" for n in range(2)}
    assert {frozenset(mine)} == {
        frozenset(one.students) for one in similar_work.compare({"f": answers | mine}, {}).pairs
    }
    assert similar_work.compare({"f": answers | mine}, {"f": given}).pairs == ()


def test_the_lines_shown_are_those_that_are_shared():
    text = unusual("conv_forward")["a class with __call__"]
    answers = dict(class_of(40, seed=4))["conv_forward"] | {
        "one": text,
        "other": DISGUISES["renamed"](text) + "\nmy_words = max(1, 2)\n",
    }
    (pair,) = similar_work.compare({"f": answers}, {"f": text.strip().splitlines()[0]}).pairs
    assert pair.students == ("one", "other")
    one, other = (dict(lines) for lines in pair.code)
    assert "class Convolution:" not in one  # it was given
    assert one["        n_H, n_W = (X.shape[1] - f) // s + 1, (X.shape[2] - f) // s + 1"] is True
    assert other["my_words = max(1, 2)"] is False
    assert pair.shared <= pair.of and 2 <= pair.holders < 4 and pair.answers == 42


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000,
        "-" * 5000 + "1",
        "x = " + "+".join("a" * 5000),
        "if x:\n" * 300,
        "x = 0x" + "f" * 9000,
        "\0\ud800",
        "'''",
        "\\",
        "%matplotlib inline\n!ls\nx = 1",
        "",
    ],
)
def test_nothing_that_is_handed_in_stops_the_comparison(text):
    answers = dict(class_of(12, seed=4))["conv_forward"]
    assert similar_work.compare({"f": answers | {"mallory": text, "ada": text}}, {"f": "x = 1"}).pairs == ()


def test_answers_are_written_for_other_tools(tmp_path):
    answers = {"f": {"ada": "def f():\n    return 1", "bob": "%time\ndef f(:"}, "g": {"ada": "g = 2\n"}}
    given = {"f": "def f():\n    raise NotImplementedError", "g": "g = None"}
    assert write_answer_files(tmp_path / "out", "lab", answers, given) == 2
    written = {str(path.relative_to(tmp_path / "out")): path.read_text() for path in tmp_path.rglob("*.py")}
    assert written == {
        "students/ada/lab.py": "def f():\n    return 1\n\n\ng = 2\n",
        "students/bob/lab.py": "get_ipython().run_line_magic('time', '')\ndef f(:\n",
        "release/lab.py": "def f():\n    raise NotImplementedError\n\n\ng = None\n",
    }
    with pytest.raises(FileExistsError):
        write_answer_files(tmp_path / "out", "lab", answers, given)
