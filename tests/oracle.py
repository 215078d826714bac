"""An independent library: JAX's own convolution and pooling, and gradients by automatic differentiation.

Each is compiled once for its shapes, without optimising what runs once.
"""

from __future__ import annotations

import os
from collections.abc import Callable

os.environ["XLA_FLAGS"] = f"{os.environ.get('XLA_FLAGS', '')} --xla_backend_optimization_level=0"

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
from jax import lax  # noqa: E402

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_platforms", "cpu")


def conv(A_prev: jax.Array, W: jax.Array, b: jax.Array, stride: int, pad: int) -> jax.Array:
    layout, border = ("NHWC", "HWIO", "NHWC"), [(pad, pad)] * 2
    return lax.conv_general_dilated(A_prev, W, (stride, stride), border, dimension_numbers=layout) + b


def pool(A_prev: jax.Array, f: int, stride: int, mode: str) -> jax.Array:
    window, strides = (1, f, f, 1), (1, stride, stride, 1)
    if mode == "max":
        return lax.reduce_window(A_prev, -jnp.inf, lax.max, window, strides, "VALID")
    return lax.reduce_window(A_prev, 0.0, lax.add, window, strides, "VALID") / (f * f)


def with_gradients(
    function: Callable[..., jax.Array], inputs: tuple[np.ndarray, ...], rng: np.random.Generator
) -> tuple[jax.Array, np.ndarray, tuple[jax.Array, ...]]:
    """Return the function's output, a made-up gradient of its shape, and what that gives for each input."""
    gradient = rng.normal(size=jax.eval_shape(function, *inputs).shape)

    @jax.jit
    def both(gradient, *inputs):
        output, pull_back = jax.vjp(function, *inputs)
        return output, pull_back(gradient)

    output, gradients = both(gradient, *inputs)
    return output, gradient, gradients


def close(got: object, wanted: object) -> None:
    assert np.shape(got) == np.shape(wanted)
    np.testing.assert_allclose(got, wanted, rtol=1e-10, atol=1e-12)
