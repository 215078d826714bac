"""What hidden tests of several assignments make their inputs by: random numbers, and gradient checks."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import numpy as np

from nbexaminer.checks import Case


def generator(label: str) -> np.random.Generator:
    """The random numbers of the case of this label: each has its own, so that a new case changes the inputs
    of no other."""
    return np.random.default_rng(zlib.crc32(label.encode()))


def drawing(label: str) -> Callable[..., np.ndarray]:
    """What draws arrays of normal numbers, by their shape, for the case of this label."""
    own = generator(label)
    return lambda *shape: own.standard_normal(shape)


def slope(cost: Callable[[np.ndarray], float], at: np.ndarray, step: float = 1e-5) -> np.ndarray:
    """The gradient of `cost` at an array, of the same shape, by central differences."""
    gradient = np.zeros_like(at)
    for index in np.ndindex(at.shape):
        nudge = np.zeros_like(at)
        nudge[index] = step
        gradient[index] = (cost(at + nudge) - cost(at - nudge)) / (2 * step)
    return gradient


def conv_gradient_case(label: str, conv_forward: Callable, inputs: tuple) -> Case:
    """The cost is sum(Z * dZ); its slope by central differences is what backward must return.

    inputs: A_prev, W, b and hparameters of `conv_forward`, which returns Z and its cache.
    """
    A_prev, W, b, hparameters = inputs
    dZ = drawing(f"dZ, gradient, {label}")(*conv_forward(*inputs)[0].shape)

    def cost(A: np.ndarray, W: np.ndarray, b: np.ndarray) -> float:
        return float(np.sum(conv_forward(A, W, b, hparameters)[0] * dZ))

    slopes = (
        slope(lambda A: cost(A, W, b), A_prev),
        slope(lambda V: cost(A_prev, V, b), W),
        slope(lambda c: cost(A_prev, W, c), b),
    )
    return Case(f"a gradient check, {label}", (dZ, inputs), wanted=lambda: slopes, rtol=1e-6)
