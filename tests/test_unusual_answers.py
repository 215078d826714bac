"""Guards "every correct-but-unusual answer passes": how an answer is written costs nothing.

What counts as right: the values to 9 digits, in any real dtype (a mask holds booleans), any memory layout,
a scalar as any real number or array without axes, a list for a tuple, more keys in a dictionary than
asked. A result in single precision has the right idea and 7 digits: full marks, with a remark.
"""

from __future__ import annotations

import answers_that_are_fast
import answers_that_learn
import pytest
from assignments import ASSIGNMENTS, EXERCISES
from notebook_answers import solution_cells, submitted
from student_answers import USUAL, edited
from unusual_answers import UNUSUAL

UNUSUAL = UNUSUAL | answers_that_learn.UNUSUAL | answers_that_are_fast.UNUSUAL
USUAL = USUAL | answers_that_learn.USUAL | answers_that_are_fast.USUAL
INSTRUCTORS = {name: text for assignment in ASSIGNMENTS for name, text in solution_cells(assignment).items()}


def _verdict(function, *cells):
    return EXERCISES[function].verdict(submitted(function, *cells))


def test_there_are_enough():
    assert len(UNUSUAL) >= 40
    assert {function for function, _ in UNUSUAL} == set(USUAL)


@pytest.mark.parametrize(("function", "about"), UNUSUAL)
def test_unusual_answer_earns_full_marks(function, about, capfd):
    verdict = _verdict(function, *UNUSUAL[function, about])
    assert (verdict.credit, verdict.mistake) == (1, None), verdict.text
    assert "Right on all" in verdict.text.en
    assert capfd.readouterr() == ("", ""), "what an answer prints must not reach the outputs"


@pytest.mark.parametrize("function", USUAL)
@pytest.mark.parametrize("answers", [USUAL, INSTRUCTORS], ids=["usual", "instructor's"])
def test_usual_answer_earns_full_marks(function, answers):
    verdict = _verdict(function, answers[function])
    assert verdict.credit == 1, verdict.text


@pytest.mark.parametrize(("function", "result"), [("conv_forward", "Z"), ("pool_forward", "A")])
def test_single_precision_earns_full_marks_and_a_remark(function, result):
    zeros = f"{result} = np.zeros((m, n_H, n_W, n_C)"
    verdict = _verdict(function, edited(function, (zeros, f"{zeros}, dtype=np.float32")))
    assert (verdict.credit, verdict.mistake) == (1, "single-precision")
    assert "7 digits" in verdict.text.en
