"""Guards the reference: an independent library computes the same, forward and backward, over a grid.

JAX's own convolution, pooling and automatic differentiation are held against what parts one and three have of
them: the vectorised solutions, the loops and steps that the known mistakes are made of, and the instructor's
answers. The published numbers follow: the course's from the right formula, those of the original edition from
the formula that its author flagged (erratum 1).
"""

from __future__ import annotations

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import oracle
import pytest
from jax import lax
from notebook_answers import submitted
from oracle import close

from reference.cnn_fast import layers
from reference.cnn_fast import solutions as fast
from reference.cnn_step_by_step import loops, solutions
from reference.cnn_step_by_step.mistakes.conv_single_step import bias_per_element
from reference.cnn_that_learns import solutions as learning

IMAGES = ((2, 6, 5, 2), (3, 3, 7, 1))
GRID = list(itertools.product((1, 2, 3), (1, 2, 3)))  # f and stride
PADS = (0, 1, 2)
MODES = ("max", "average")
n_C = 3


@pytest.fixture(scope="module")
def answers():
    """The instructor's answers of part three, and the loops given there, as the notebook has them."""
    return submitted("im2col").__globals__


@pytest.mark.parametrize("image", IMAGES, ids=str)
@pytest.mark.parametrize("pad", PADS)
@pytest.mark.parametrize(("f", "stride"), GRID)
def test_convolution(f, stride, pad, image, answers):
    rng = np.random.default_rng(f + 10 * stride + 100 * pad)
    inputs = tuple(rng.normal(size=shape) for shape in (image, (f, f, image[3], n_C), (1, 1, 1, n_C)))
    cache = (*inputs, {"stride": stride, "pad": pad})
    wanted, dZ, gradients = oracle.with_gradients(lambda *i: oracle.conv(*i, stride, pad), inputs, rng)

    for forward, backward in (
        (solutions.conv_forward, solutions.conv_backward),
        (loops.conv(), loops.conv_gradient()),
        (fast.conv_forward_fast, fast.conv_backward_fast),
        (layers.conv(), layers.conv_gradient()),
        (answers["conv_forward"], answers["conv_backward"]),
        (answers["conv_forward_fast"], answers["conv_backward_fast"]),
    ):
        Z, kept = forward(*cache)
        close(Z, wanted)
        if forward.__name__ == "conv_forward":
            assert all(part is given for part, given in zip(kept, cache, strict=True))
        for got, gradient in zip(backward(dZ, cache), gradients, strict=True):
            close(got, gradient)


@pytest.mark.parametrize("values", [*IMAGES, "some equal"], ids=str)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("f", "stride"), GRID)
def test_pooling(f, stride, mode, values, answers):
    """JAX gives the gradient of equal maxima to the first, as part three does; part one gives it to all."""
    rng = np.random.default_rng(f + 10 * stride)
    equal = values == "some equal"
    A_prev = rng.integers(-1, 2, (2, 6, 7, 2)) / 2 if equal else rng.normal(size=values)
    cache = (A_prev, {"stride": stride, "f": f})
    wanted, dA, (gradient,) = oracle.with_gradients(
        lambda A_prev: oracle.pool(A_prev, f, stride, mode), (A_prev,), rng
    )

    for forward, backward, to_first in (
        (solutions.pool_forward, solutions.pool_backward, False),
        (loops.pool(), loops.pool_gradient(), False),
        (fast.pool_forward_fast, fast.pool_backward_fast, True),
        (layers.pool(), layers.pool_gradient(), True),
        (answers["pool_forward"], answers["pool_backward"], True),
        (answers["pool_forward_fast"], answers["pool_backward_fast"], True),
    ):
        A, kept = forward(*cache, mode)
        close(A, wanted)
        if forward.__name__ == "pool_forward":
            assert all(part is given for part, given in zip(kept, cache, strict=True))
        if to_first or not equal or mode == "average":
            close(backward(dA, cache, mode), gradient)


def test_helpers():
    rng = np.random.default_rng(5)
    a, W, b, X = (rng.normal(size=shape) for shape in ((3, 3, 2), (3, 3, 2), (1, 1, 1), (2, 3, 4, 5)))
    Z = solutions.conv_single_step(a, W, b)
    assert np.ndim(Z) == 0
    close(Z, oracle.conv(a[None], W[..., None], b[None], 1, 0).item())
    for pad in PADS:
        close(
            solutions.zero_pad(X, pad), lax.pad(X, 0.0, [(0, 0, 0), (pad, pad, 0), (pad, pad, 0), (0, 0, 0)])
        )
    for shape in ((2, 3), (4, 1), (1, 1)):
        x = rng.normal(size=shape)
        mask = solutions.create_mask_from_window(x)
        assert mask.dtype == bool
        close(mask, jax.grad(jnp.max)(x))
        close(solutions.distribute_value(2.5, shape), 2.5 * jax.grad(jnp.mean)(x))


# --------------------------------------------------------------------------------------------------
# Published numbers, with np.random.seed(1) right before the inputs are drawn


def _step_example():
    draw = np.random.RandomState(1).randn
    return draw(4, 4, 3), draw(4, 4, 3), draw(1, 1, 1)


def _conv_example(stride=1):
    draw = np.random.RandomState(1).randn
    return draw(10, 4, 4, 3), draw(2, 2, 3, 8), draw(1, 1, 1, 8), {"pad": 2, "stride": stride}


def _means(arrays):
    return [np.mean(array) for array in arrays]


def test_published_numbers_of_the_course():
    assert solutions.conv_single_step(*_step_example()) == pytest.approx(-6.999089450680221, rel=1e-12)
    Z, cache = solutions.conv_forward(*_conv_example())
    assert np.mean(Z) == pytest.approx(0.0028129462864862967, rel=1e-11)
    assert cache[0][1][2][3] == pytest.approx([-0.20075807, 0.18656139, 0.41005165], abs=5e-9)
    gradients = solutions.conv_backward(Z, cache)
    wanted = [4.1145817049149835, 9.203677199014168, 1.3783436803789542]
    assert _means(gradients) == pytest.approx(wanted, rel=1e-12)
    Z, _ = solutions.conv_forward(*_conv_example(stride=2))
    assert np.mean(Z) == pytest.approx(0.048995203528855794, rel=1e-12)


def test_published_numbers_of_the_original_edition_come_from_the_flagged_formula():
    assert bias_per_element(*_step_example()) == pytest.approx(-23.16021220252078, rel=1e-12)
    Z, cache = loops.conv(step=bias_per_element)(*_conv_example())
    assert np.mean(Z) == pytest.approx(0.15585932488906465, rel=1e-12)
    gradients = solutions.conv_backward(Z, cache)
    wanted = [9.608990675868995, 10.581741275547566, 76.37106919563735]
    assert _means(gradients) == pytest.approx(wanted, rel=1e-12)


def test_the_two_editions_differ_by_the_bias_alone():
    a, W, b = _step_example()
    gap = bias_per_element(a, W, b) - solutions.conv_single_step(a, W, b)
    assert gap == pytest.approx((a.size - 1) * b.item(), rel=1e-12)


def test_published_numbers_of_pooling():
    A_prev = np.random.RandomState(1).randn(2, 4, 4, 3)
    wanted = {
        "max": [[1.74481176, 1.6924546, 2.10025514], [1.19891788, 1.51981682, 2.18557541]],
        "average": [[-0.09498456, 0.11180064, -0.14263511], [-0.09525108, 0.28325018, 0.33035185]],
    }
    for mode, numbers in wanted.items():
        A, _ = solutions.pool_forward(A_prev, {"stride": 1, "f": 4}, mode=mode)
        assert A[:, 0, 0] == pytest.approx(np.array(numbers), abs=5e-9)

    draw = np.random.RandomState(1).randn
    A_prev, hparameters = draw(5, 5, 3, 2), {"stride": 1, "f": 2}
    dA = draw(5, 4, 2, 2)
    wanted = {
        "max": [[0, 0], [5.05844394, -1.68282702], [0, 0]],
        "average": [[0.08485462, 0.2787552], [1.26461098, -0.25749373], [1.17975636, -0.53624893]],
    }
    for mode, numbers in wanted.items():
        dA_prev = solutions.pool_backward(dA, (A_prev, hparameters), mode=mode)
        assert dA_prev[1, 1] == pytest.approx(np.array(numbers), abs=5e-9)


# --------------------------------------------------------------------------------------------------
# cnn-that-learns: every gradient against automatic differentiation


def _relu(Z):
    return jnp.where(Z > 0, Z, 0.0)


def _cross_entropy(Z, y):
    return -jnp.mean(jax.nn.log_softmax(Z, axis=1)[jnp.arange(len(y)), y])


def _network(X, parameters):
    Z1 = oracle.conv(X, parameters["W1"], parameters["b1"], 1, 0)
    P1 = oracle.pool(_relu(Z1), 2, 2, "max")
    return P1.reshape(len(X), -1) @ parameters["W2"] + parameters["b2"]


def test_relu():
    rng = np.random.default_rng(7)
    Z = np.append(rng.normal(size=(3, 4)), [[0.0, -0.0, 1.0, -1.0]], axis=0)
    A, cache = learning.relu_forward(Z)
    wanted, dA, (gradient,) = oracle.with_gradients(_relu, (Z,), rng)
    close(A, wanted)
    close(learning.relu_backward(dA, cache), gradient)


@pytest.mark.parametrize(("m", "n_prev", "n"), [(4, 3, 2), (1, 5, 3), (3, 1, 1)])
def test_dense(m, n_prev, n):
    rng = np.random.default_rng(m)
    inputs = tuple(rng.normal(size=shape) for shape in ((m, n_prev), (n_prev, n), (1, n)))
    Z, cache = learning.dense_forward(*inputs)
    wanted, dZ, gradients = oracle.with_gradients(lambda A, W, b: A @ W + b, inputs, rng)
    close(Z, wanted)
    for got, gradient in zip(learning.dense_backward(dZ, cache), gradients, strict=True):
        close(got, gradient)


@pytest.mark.parametrize("scale", [1, 30, 1000])
def test_softmax_cross_entropy(scale):
    rng = np.random.default_rng(8)
    Z, y = scale * rng.normal(size=(6, 4)), rng.integers(4, size=6)
    cost, dZ = learning.softmax_cross_entropy(Z, y)
    wanted, gradient = jax.jit(jax.value_and_grad(_cross_entropy))(Z, y)
    close(cost, wanted)
    close(dZ, gradient)


@pytest.mark.parametrize("image", [(3, 8, 8, 1), (2, 5, 7, 2)], ids=str)
def test_the_whole_network(image):
    rng = np.random.default_rng(9)
    m, n_H, n_W, n_C_prev = image
    flat = (n_H - 2) // 2 * ((n_W - 2) // 2) * 3
    shapes = {"W1": (3, 3, n_C_prev, 3), "b1": (1, 1, 1, 3), "W2": (flat, 4), "b2": (1, 4)}
    parameters = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    X, y = rng.normal(size=image), rng.integers(4, size=m)
    Z, caches = learning.model_forward(X, parameters)
    close(Z, jax.jit(_network)(X, parameters))
    gradients = learning.model_backward(learning.softmax_cross_entropy(Z, y)[1], caches)
    wanted = jax.jit(jax.grad(lambda parameters: _cross_entropy(_network(X, parameters), y)))(parameters)
    for name in parameters:
        close(gradients[f"d{name}"], wanted[name])


@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 1, 2, 2)], ids=str)
def test_numerical_gradient(shape):
    """It agrees with automatic differentiation to seven digits, and a step against it leads down."""
    rng = np.random.default_rng(10)
    a, p = rng.normal(size=shape), rng.normal(size=shape)

    @jax.jit
    def cost(p):
        return jnp.sum(jnp.sin(a * p)) + jnp.prod(p)

    got = learning.numerical_gradient(lambda p: float(cost(p)), p)
    np.testing.assert_allclose(got, jax.jit(jax.grad(cost))(p), rtol=1e-7, atol=1e-9)
    moved = learning.update({"W1": p}, {"dW1": got}, 0.01)
    assert cost(moved["W1"]) < cost(p)
