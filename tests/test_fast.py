"""Guards part three, `cnn-fast`: col2im and the receptive field are what they are called, and loops are seen.

What it shares with the other parts is tested with them: test_oracle.py, test_notebook.py, test_release.py.
"""

from __future__ import annotations

import itertools

import answers_that_are_fast
import numpy as np
import pytest
from assignments import EXERCISES
from notebook_answers import submitted

from reference.cnn_fast import layers, solutions

GRID = list(itertools.product((1, 2, 3), (1, 2, 3)))  # f and stride
PADS = (0, 1, 2)


@pytest.fixture(scope="module")
def answers():
    """The instructor's answers, and the given loops, as the notebook has them."""
    return submitted("im2col").__globals__


@pytest.mark.parametrize("pad", PADS)
@pytest.mark.parametrize(("f", "stride"), GRID)
def test_col2im_is_the_adjoint_of_im2col(f, stride, pad, answers):
    rng = np.random.default_rng(f + 10 * stride + 100 * pad)
    for im2col, col2im in (
        (answers["im2col"], answers["col2im"]),
        (solutions.im2col, solutions.col2im),
        (layers.unfold(), layers.fold()),
    ):
        x = rng.normal(size=(2, 5, 6, 3))
        columns = im2col(x, f, stride, pad)
        y = rng.normal(size=columns.shape)
        assert np.sum(columns * y) == pytest.approx(np.sum(x * col2im(y, x.shape, f, stride, pad)), rel=1e-10)


def test_a_receptive_field_is_what_an_output_depends_on(answers):
    """Found by nudging the pixels of a real network, one by one."""
    stack = [{"f": 3, "stride": 2}, {"f": 2, "stride": 2}, {"f": 3, "stride": 1}]
    side = answers["receptive_field"](stack)
    image = np.random.default_rng(1).normal(size=(1, side + 6, side + 6, 1))

    def one_output(X):
        for layer in stack:
            X, _ = solutions.pool_forward_fast(X, layer, "average")
        return X[0, 0, 0, 0]

    seen = [
        one_output(image + nudge) != one_output(image)
        for nudge in np.eye(side + 6)[:, None, :, None, None] * np.ones((1, side + 6, 1, 1))
    ]
    assert sum(seen) == side


# --------------------------------------------------------------------------------------------------
# Loops


@pytest.mark.parametrize(("function", "about"), answers_that_are_fast.LOOPS)
def test_a_loop_is_seen_and_named(function, about):
    source, named = answers_that_are_fast.LOOPS[function, about]
    verdict = EXERCISES[function].verdict(submitted(function, source))
    assert (verdict.credit, verdict.mistake) == (0.5, named), verdict.text
    over = {"loop-over-examples": ("examples", "样本"), "loop-over-positions": ("positions", "位置")}[named]
    assert f"loop over the {over[0]}" in verdict.text.en
    assert f"对{over[1]}的循环" in verdict.text.zh


@pytest.mark.parametrize("function", ["conv_forward_fast", "conv_backward_fast", "pool_backward_fast"])
def test_a_loop_in_a_helper_costs_once(function):
    looping = [
        answers_that_are_fast.LOOPS["im2col", "windows one by one"][0],
        answers_that_are_fast.LOOPS["col2im", "positions, all examples at once"][0],
    ]
    assert EXERCISES[function].verdict(submitted(function, *looping)).credit == 1


def test_a_wrong_answer_with_loops_is_told_what_is_wrong():
    source, _ = answers_that_are_fast.LOOPS["im2col", "windows one by one"]
    verdict = EXERCISES["im2col"].verdict(
        submitted("im2col", source.replace("(pad, pad), (pad, pad)", "(0, 0), (0, 0)"))
    )
    assert (verdict.credit, verdict.mistake) == (0, "padding-forgotten-everywhere")
