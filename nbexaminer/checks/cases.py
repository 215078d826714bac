"""What an exercise is described by: the inputs that answers are tried on, and the known mistakes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from nbexaminer.model import Picture, Text


@dataclass(frozen=True, eq=False)
class Case:
    """One set of inputs on which an answer is tried.

    label: what is particular about the inputs, for messages (never an expected value).
    args, kwargs: the inputs; each call gets a copy.
    wanted: makes the expected result where it must not come from the reference solution.
    facts: (description, function of the result, value it must give), for published outputs.
    rtol: relative tolerance of the comparison.
    keeps_inputs: whether the arguments must be left as they were.
    """

    label: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    wanted: Callable[[], Any] | None = None
    facts: tuple[tuple[str, Callable[[Any], Any], Any], ...] = ()
    rtol: float = 1e-9
    keeps_inputs: bool = False


@dataclass(frozen=True, eq=False)
class Mistake:
    """A known wrong answer: a variant of the reference solution and what to tell its author.

    name: of the mistake, for tables.
    variant: does what an answer with this mistake does.
    text: what is wrong, beginning with a capital.
    credit: the share of the points that the idea is worth all the same (0 to 1).
    picture: draws the mistake beside what should be; it may show nothing that the notebook doesn't.
    changes: the steps of the exercise's `maker` that this mistake replaces, if the variant is made by it.
    Two mistakes that replace different steps are then recognised together, too.
    """

    name: str
    variant: Callable[..., Any]
    text: Text
    credit: float = 0.0
    picture: Callable[[], Picture] | None = None
    changes: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
