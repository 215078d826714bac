"""What the known mistakes of several exercises are made of."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nbexaminer.checks import Mistake, Text

HALF = 0.5


def mistake(name: str, variant: Callable, en: str, zh: str, credit: float = 0.0) -> Mistake:
    """A shorter way to write a table of them."""
    return Mistake(name, variant, Text(en, zh), credit)


NOTHING_RETURNED = mistake(
    "nothing-returned",
    lambda *args, **kwargs: None,
    "It returns `None`: is the `return` line, or the line before it, missing?",
    "返回了 `None`：是不是漏了 `return`，或者没有给结果赋值？",
)


def left_none(*results: str, cache: Callable | None = None) -> Mistake:
    """The stub of many a course, `A = None`, left in; cache: what stands after the results, of the inputs."""
    count = len(results)
    names = ", ".join(f"`{name}`" for name in results)

    def variant(*inputs):
        return (*[None] * count, *([cache(*inputs)] if cache else []))

    are, values = ("is", "it a value") if count == 1 else ("are", "them values")
    en = f"{names} {are} still `None`: give {values}."
    return mistake("still-none", variant, en, f"{names} 还是 `None`：要给它{'们' * (count > 1)}赋值。")


def softmax(Z, axis=1):
    shifted = np.exp(Z - Z.max(axis=axis, keepdims=True))
    return shifted / shifted.sum(axis=axis, keepdims=True)
