"""Guards "every mutant fails": no small change to a right answer earns full marks.

Every mechanical mutant of the instructor's answers is rejected by the hidden test of its function, or
stands in equivalent_mutants.txt with the reason why nothing could tell it from the right answer.
"""

from __future__ import annotations

import sys

import pytest
from assignments import EXERCISES
from mutants import equivalents, fate, mutants

FEWEST = {
    "zero_pad": 25,
    "conv_single_step": 20,
    "conv_forward": 300,
    "pool_forward": 250,
    "conv_backward": 400,
    "create_mask_from_window": 10,
    "distribute_value": 25,
    "pool_backward": 200,
    "relu_forward": 20,
    "relu_backward": 20,
    "dense_forward": 25,
    "dense_backward": 50,
    "softmax_cross_entropy": 100,
    "numerical_gradient": 60,
    "model_forward": 100,
    "model_backward": 70,
    "update": 25,
    "im2col": 250,
    "col2im": 250,
    "conv_forward_fast": 180,
    "conv_backward_fast": 120,
    "pool_forward_fast": 130,
    "pool_backward_fast": 200,
    "count_parameters": 70,
    "receptive_field": 35,
}


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_every_mutant_is_rejected_or_equivalent(exercise, capsys):
    made = mutants(exercise.name)
    survivors = {mutant.key for mutant in made if fate(mutant, exercise).credit == 1}
    known = {key for key in equivalents() if key[0] == exercise.name}
    with capsys.disabled():
        rejected = len(made) - len(survivors)
        counts = f"{len(made)} mutants, {rejected} rejected, {len(survivors)} equivalent"
        print(f"\n{exercise.name}: {counts}", file=sys.stderr)

    assert survivors - known == set(), "survived: a hole in hidden_tests.py, or equivalent"
    assert known - survivors == set(), "listed as equivalent, but rejected or never made"
    assert len(made) >= FEWEST.get(exercise.name, 10)


def test_equivalents_have_reasons():
    assert all(reason for reason in equivalents().values())
