"""Guards "every check fails with the message it should": a wrong answer is told which mistake it is.

Each known mistake of the reference, and each wrong answer as students write it, earns no points (or the
half marks that its idea is worth) and is recognised, in both languages. An error carried forward from a
helper costs nothing, and the message names the helper.
"""

from __future__ import annotations

import re
import weakref

import answers_that_are_fast
import answers_that_learn
import numpy as np
import pytest
from assignments import EXERCISES, OF
from notebook_answers import submitted
from student_answers import USUAL, edited, written
from wrong_answers import NO_STRIDE, OLD_CONV_FORWARD, WRONG, Wrong

from nbexaminer.checks import Case, Mistake, calling
from nbexaminer.errors import CallStopped
from nbexaminer.messages import sentence
from nbexaminer.model import Reason
from reference.cnn_step_by_step.part_marks import PART_MARKS
from reference.inputs import drawing

WRONG = [
    *WRONG,
    *(Wrong(function, source, mistake) for function, mistake, source in answers_that_learn.WRONG),
    *(Wrong(function, source, mistake) for function, mistake, source in answers_that_are_fast.WRONG),
]
STEP_BY_STEP = [name for name, assignment in OF.items() if assignment == "cnn-step-by-step"]
KNOWN = {(name, mistake.name): mistake for name, known in EXERCISES.items() for mistake in known.mistakes}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def _verdict(function, *cells):
    return EXERCISES[function].verdict(submitted(function, *cells))


def _check(verdict, mistake: Mistake):
    assert verdict.mistake == mistake.name, verdict.text
    assert verdict.credit == mistake.credit
    assert sentence(mistake.text).en in verdict.text.en
    assert mistake.text.zh in verdict.text.zh


# --------------------------------------------------------------------------------------------------
# The known mistakes themselves


@pytest.mark.parametrize(("function", "name"), KNOWN)
def test_known_mistake_is_recognised(function, name):
    verdict = EXERCISES[function].verdict(KNOWN[function, name].variant)
    _check(verdict, KNOWN[function, name])
    assert not re.match(r"[a-z]+ ", verdict.text.en), "begins with a capital, or with code"


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_known_mistakes_are_well_formed(exercise):
    names = [mistake.name for mistake in exercise.mistakes]
    assert len(set(names)) == len(names)
    assert all(CHINESE.search(mistake.text.zh) for mistake in exercise.mistakes)
    assert not any(CHINESE.search(mistake.text.en) for mistake in exercise.mistakes)


def test_credit_is_what_the_table_says():
    """Guards "part marks": one table of shares, and every name in it is a mistake's."""
    own = {
        (function, name): known.credit
        for (function, name), known in KNOWN.items()
        if function in STEP_BY_STEP
    }
    assert set(PART_MARKS) <= {name for _, name in own}
    assert {key: credit for key, credit in own.items() if key[1] in PART_MARKS} == {
        key: PART_MARKS[key[1]] for key in own if key[1] in PART_MARKS
    }
    others = {key for key, credit in own.items() if credit and key[1] not in PART_MARKS}
    assert others == {("conv_single_step", f"size-one-array-{axes}") for axes in ("one-axis", "two-axes")}


def test_messages_start_with_a_capital():
    assert [
        m.text.en for (f, _), m in KNOWN.items() if f in STEP_BY_STEP and not m.text.en[0].isupper()
    ] == []


def test_a_new_case_changes_no_other():
    """Each case's numbers depend on its label alone, not on what was drawn before."""
    before = drawing("a case")(3)
    drawing("another case")(5)
    assert np.array_equal(drawing("a case")(3), before)
    assert not np.array_equal(drawing("another case")(3), before)


# --------------------------------------------------------------------------------------------------
# Wrong answers as students write them


def test_there_are_enough_wrong_answers():
    assert len(WRONG) >= 60
    assert {wrong.function for wrong in WRONG} == set(EXERCISES)


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_wrong_answer_is_told_its_mistake(wrong):
    verdict = _verdict(wrong.function, wrong.source)
    if wrong.mistake:
        _check(verdict, KNOWN[wrong.function, wrong.mistake])
    else:
        assert (verdict.credit, verdict.mistake) == (0, None)
        assert wrong.says in verdict.text.en
        assert CHINESE.search(verdict.text.zh)
    assert verdict.credit < 1


def test_credit_is_for_a_mistake_that_stands_alone():
    """Two slips earn the product of their shares: half of a half, and nothing if one earns nothing."""
    verdict = _verdict("conv_forward", OLD_CONV_FORWARD)
    assert (verdict.credit, verdict.mistake) == (0.25, "stride-ignored + bias-per-element"), verdict.text
    single = "np.zeros((m, n_H, n_W, n_C), np.float32)"
    verdict = _verdict(
        "conv_forward", edited("conv_forward", ("np.zeros((m, n_H, n_W, n_C))", single), *NO_STRIDE)
    )
    assert verdict.credit == 0, verdict.text


@pytest.mark.parametrize("draw", ["np.random.randn(*", "np.random.random("])
def test_gradients_that_start_from_random_numbers_are_told(draw):
    body = edited("pool_backward", ("np.zeros_like(A_prev)", f"{draw}A_prev.shape)"))
    verdict = _verdict("pool_backward", body)
    assert (verdict.credit, verdict.mistake) == (0, "changes-from-call-to-call"), verdict.text
    assert "random" in verdict.text.en


@pytest.mark.parametrize("result", ["0j * X", "(x for x in X)", "X.astype(object)", "object()"])
def test_what_can_not_be_compared_is_not_said_to_change(result):
    verdict = _verdict("zero_pad", written("zero_pad", f"return {result}"))
    assert (verdict.credit, verdict.mistake) == (0, None)
    assert "should be an array of shape" in verdict.text.en


def test_what_is_wrong_with_correct_helpers_too_is_not_said_to_change():
    helper = "conv_single_step"
    own = edited("conv_forward", ("Z[i, h, w, c] = conv", "Z[i, h, w, c] = 3.7 - conv"))
    verdict = _verdict("conv_forward", written(helper, WRONG_HELPERS[helper]), own)
    assert (verdict.credit, verdict.mistake) == (0, None)
    assert "Z has the right shape" in verdict.text.en


def test_an_endless_loop_is_stopped(monkeypatch):
    monkeypatch.setattr(calling, "TIME_LIMIT", 0.1)
    verdict = _verdict("zero_pad", written("zero_pad", "while True:\n    pass"))
    assert verdict.credit == 0
    assert "loop without end" in verdict.text.en


# --------------------------------------------------------------------------------------------------
# Errors carried forward

WRONG_HELPERS = {
    "zero_pad": "return np.pad(X, pad)",
    "conv_single_step": "return np.sum(a_slice_prev * W + b)",
    "create_mask_from_window": "return np.max(x)",
    "distribute_value": "return np.ones(shape) * dz",
}
BUILDS_ON = [
    (name, helper) for name in EXERCISES if name in STEP_BY_STEP for helper in EXERCISES[name].helpers
]
LAYERS = [(name, layer) for name in ("model_forward", "model_backward") for layer in EXERCISES[name].helpers]


@pytest.mark.parametrize("body", [None, "return", "raise NotImplementedError", "return undefined"])
@pytest.mark.parametrize(("function", "helper"), BUILDS_ON)
def test_error_of_a_helper_costs_nothing(function, helper, body):
    verdict = _verdict(function, written(helper, body or WRONG_HELPERS[helper]), USUAL[function])
    assert verdict.credit == 1
    assert f"`{helper}`, where the real mistake is" in verdict.text.en
    assert f"你的 `{helper}`" in verdict.text.zh
    others = set(EXERCISES[function].helpers) - {helper}
    assert not any(other in verdict.text.en for other in others)


@pytest.mark.parametrize(
    "body", ["return", "raise NotImplementedError", "return undefined", "return args[0]"]
)
@pytest.mark.parametrize(("function", "layer"), LAYERS)
def test_error_of_a_layer_costs_nothing(function, layer, body):
    """Of this assignment or pasted from another."""
    verdict = _verdict(function, f"def {layer}(*args, **kwargs):\n    {body}\n")
    assert verdict.credit == 1
    assert f"`{layer}`, where the real mistake is" in verdict.text.en


@pytest.mark.parametrize("function", ["conv_forward", "pool_backward"])
def test_errors_of_both_helpers_cost_nothing(function):
    helpers = list(EXERCISES[function].helpers)
    wrong = [written(helper, WRONG_HELPERS[helper]) for helper in helpers]
    verdict = _verdict(function, *wrong, USUAL[function])
    assert verdict.credit == 1
    assert all(f"`{helper}`" in verdict.text.en for helper in helpers)


@pytest.mark.parametrize(("function", "helper"), BUILDS_ON)
def test_own_mistake_is_told_though_a_helper_is_wrong_too(function, helper):
    own = edited(function, *NO_STRIDE)
    verdict = _verdict(function, written(helper, WRONG_HELPERS[helper]), own)
    _check(verdict, KNOWN[function, "stride-ignored"])


@pytest.mark.parametrize(("function", "helper"), BUILDS_ON)
def test_a_helper_is_lent_only_for_the_trial(function, helper):
    answer = submitted(function, written(helper, WRONG_HELPERS[helper]), USUAL[function])
    own = answer.__globals__[helper]
    EXERCISES[function].verdict(answer)
    assert answer.__globals__[helper] is own


# --------------------------------------------------------------------------------------------------
# A verdict is about the answer, not about its helpers or the moment

# Of each helper, one that does not come to its end on some of the inputs only.
HANGS = {
    "zero_pad": "i = 0\nwhile i < pad:\n    pass\nreturn X",
    "conv_single_step": "while a_slice_prev.size > 4:\n    pass\nreturn np.sum(a_slice_prev * W) + b.item()",
}


@pytest.mark.parametrize("helper", HANGS)
def test_a_helper_that_hangs_on_some_inputs_costs_nothing(helper, monkeypatch):
    monkeypatch.setattr(calling, "TIME_LIMIT", 0.3)
    verdict = _verdict("conv_forward", written(helper, HANGS[helper]), USUAL["conv_forward"])
    assert verdict.credit == 1 and verdict.call_stopped
    assert f"`{helper}`, where the real mistake is" in verdict.text.en


def test_an_answer_that_hangs_itself_is_not_excused(monkeypatch):
    monkeypatch.setattr(calling, "TIME_LIMIT", 0.3)
    hangs = USUAL["conv_forward"].replace("    for i in", "    while pad:\n        pass\n    for i in", 1)
    verdict = _verdict("conv_forward", hangs)
    assert (verdict.credit, verdict.reason) == (0, "timed out")


@pytest.mark.parametrize("points", [0, 35])
def test_points_are_spoken_of_where_there_are_some(points):
    answer = submitted("conv_forward", written("zero_pad", "return X"), USUAL["conv_forward"])
    verdict = EXERCISES["conv_forward"].verdict(answer, points)
    assert ("earns its points" in verdict.text.en, "得分" in verdict.text.zh) == (bool(points), bool(points))


@pytest.mark.parametrize("function", ["conv_forward", "pool_forward", "conv_backward", "pool_backward"])
def test_two_independent_slips_are_both_named(function):
    exercise = EXERCISES[function]
    one = next(mistake for mistake in exercise.mistakes if mistake.name == "stride-ignored")
    other = [
        mistake
        for mistake in exercise.mistakes
        if mistake.changes and mistake.changes.keys().isdisjoint(one.changes)
    ][0]
    verdict = exercise.verdict(exercise.maker(**one.changes, **other.changes))
    assert verdict.credit == 0
    assert all(sentence(part.text).en in verdict.text.en for part in (one, other)), verdict.text


def test_what_is_said_of_none():
    verdict = _verdict("zero_pad", written("zero_pad", "X_pad = None\nreturn X_pad.shape"))
    assert "'NoneType' object" in verdict.text.en and "no value yet" in verdict.remark.en


@pytest.mark.parametrize(
    ("function", "body", "says"),
    [
        ("pool_backward", "if mode == 'avg':\n    da = 0\nreturn da", "no value there"),
        ("create_mask_from_window", "return x == max(x)", "one truth value"),
        ("pool_forward", "return A_prev, hparameters.f", "read with brackets"),
        ("conv_single_step", "return a_slice_prev @ W[0] + b", "the columns of A are the rows of B"),
        ("zero_pad", "return X.reshape(3, 5)", "keeps all numbers"),
        ("pool_forward", "return A_prev[:, 99], hparameters", "goes past the end"),
        ("zero_pad", "return X + np.zeros(7)", "Two shapes do not fit"),
        ("zero_pad", "return np.pad(X, constant)", "spelt as where it gets its value"),
    ],
)
def test_an_exception_that_says_little_to_a_beginner_is_explained(function, body, says):
    verdict = _verdict(function, written(function, body))
    assert (verdict.reason, verdict.mistake) == ("raised", None)
    assert says in verdict.remark.en
    assert CHINESE.search(verdict.remark.zh)


def test_what_is_remembered_does_not_grow_with_the_number_of_students():
    """A test cell may make its exercise anew, each time it runs."""
    gone = weakref.WeakSet()
    for number in range(calling.REMEMBERED + 1):
        case = Case("a case", (number,))
        gone.add(case)
        calling.simulated(abs, case)
    assert len(gone) == calling.REMEMBERED


def test_a_simulation_that_was_stopped_is_not_remembered(monkeypatch):
    """A limit that runs out on a busy machine must not decide on every later student's answer."""
    busy = [True]

    def variant(X, pad):
        if busy.pop() if busy else False:
            raise CallStopped(Reason.TIMED_OUT)
        return X

    case = EXERCISES["zero_pad"].cases[0]
    with pytest.raises(CallStopped):
        calling.simulated(variant, case)
    assert isinstance(calling.simulated(variant, case), calling.Returned)
