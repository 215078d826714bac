"""Name the mistake in a wrong answer, by simulation: the known mistake that behaves as the answer does on
every input is the one. Where no mistake does alone, two are tried together."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain, combinations
from numbers import Real
from typing import Any

import numpy as np

from nbexaminer.checks.calling import Outcome, Raised, Returned, Stopped, simulated, size
from nbexaminer.checks.cases import Case, Mistake
from nbexaminer.checks.comparing import difference
from nbexaminer.messages import sentence
from nbexaminer.model import Text


@dataclass(frozen=True)
class Diagnosis:
    """A known mistake; alone: whether it is all that is wrong."""

    mistake: Mistake
    alone: bool


def diagnosis(
    outcomes: Mapping[Case, Outcome],
    first: Case,
    mistakes: tuple[Mistake, ...],
    maker: Callable[..., Callable[..., Any]] | None,
) -> Diagnosis | None:
    """Return the mistake that an answer is recognised by, if any.

    outcomes: what the answer did; first: the case that shows first that it is wrong; maker: as in Exercise.
    Small cases are asked first: they tell most mistakes apart, and a large one takes a hundred times as long.
    """
    by_size = sorted(outcomes, key=lambda case: size(case.args))

    def explains(mistake: Mistake) -> bool:
        return all(_is_explained(outcomes, mistake, case) for case in by_size)

    if not any(isinstance(one, Stopped) for one in outcomes.values()):  # no mistake explains a stop
        pairs = _pairs(mistakes, maker) if maker and _shows_values(outcomes, _right(maker)) else ()
        for mistake in chain(mistakes, pairs):
            if explains(mistake):
                return Diagnosis(mistake, True)
    if isinstance(outcomes[first], Returned):
        small = by_size[0]
        for mistake in mistakes:
            if (
                _same_form(outcomes[small], simulated(mistake.variant, small))
                and same(outcomes[first], simulated(mistake.variant, first))
                and 2 * sum(_is_explained(outcomes, mistake, case) for case in by_size) >= len(by_size)
            ):
                return Diagnosis(mistake, False)
    return None


def _is_explained(outcomes: Mapping[Case, Outcome], mistake: Mistake, case: Case) -> bool:
    return same(outcomes[case], simulated(mistake.variant, case))


def _shows_values(outcomes: Mapping[Case, Outcome], right: Callable[..., Any]) -> bool:
    """Return whether some outcome is a wrong value: where all raise, some pair always fits."""
    return any(
        isinstance(one, Returned) and not same(one, simulated(right, case)) for case, one in outcomes.items()
    )


@functools.lru_cache(64)  # exercises
def _pairs(mistakes: tuple[Mistake, ...], maker: Callable[..., Callable[..., Any]]) -> tuple[Mistake, ...]:
    """Return each two mistakes that change different steps, as one mistake."""
    return tuple(
        Mistake(
            f"{one.name} + {other.name}",
            maker(**one.changes, **other.changes),
            Text(
                f"{sentence(one.text).en} And: {sentence(other.text).en}",
                f"{one.text.zh}另外：{other.text.zh}",
            ),
            one.credit * other.credit,
            one.picture,
            {**one.changes, **other.changes},
        )
        for one, other in combinations([mistake for mistake in mistakes if mistake.changes], 2)
        if one.changes.keys().isdisjoint(other.changes)
    )


@functools.lru_cache(64)
def _right(maker: Callable[..., Callable[..., Any]]) -> Callable[..., Any]:
    """Return what a maker makes if no step is replaced, the same each time, so that it is run once."""
    return maker()


def same(one: Outcome, other: Outcome) -> bool:
    """Return whether two calls came to the same; none that was stopped did."""
    if isinstance(one, Returned) and isinstance(other, Returned):
        gap, both = abs(one.magnitude - other.magnitude), one.magnitude + other.magnitude
        if gap > 1e-6 * (1 + both):  # far more than equal results differ by; comparing takes 50 times as long
            return False
        both_ways = ((one.value, other.value), (other.value, one.value))  # neither has a key too many
        return one.changed == other.changed and not any(difference(*pair) for pair in both_ways)
    if isinstance(one, Raised) and isinstance(other, Raised):
        return one.kind == other.kind and one.text == other.text
    return False


def differ(own: Outcome, with_helpers: Outcome) -> bool:
    """Return whether correct helpers change what a function does."""
    both_stopped = isinstance(own, Stopped) and isinstance(with_helpers, Stopped)
    return not both_stopped and not same(own, with_helpers)


def is_comparable(one: Outcome) -> bool:
    """Return whether an equal outcome would be seen to be equal: not so of generators, or complex numbers."""
    return isinstance(one, Returned) and _is_plain(one.value)


def _is_plain(value: Any) -> bool:
    if isinstance(value, (tuple, list)):
        return all(map(_is_plain, value))
    if isinstance(value, Mapping):
        return all(map(_is_plain, value.values()))
    is_array = isinstance(value, np.ndarray) and value.dtype.kind in "biuf"
    return is_array or value is None or isinstance(value, (Real, str))


def _same_form(one: Outcome, other: Outcome) -> bool:
    """Return whether two results could be alike at all: not so None and an array, or an array and a pair."""
    if isinstance(one, Returned) and isinstance(other, Returned):
        return bool(_form(one.value) == _form(other.value))
    return True


def _form(value: Any) -> Any:
    return tuple(map(_form, value)) if isinstance(value, tuple) else value is None
