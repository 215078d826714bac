"""The hidden tests: for each exercise the inputs it is tried on, and what it builds on.

The first case of each exercise is the one that the notebook's own check shows. The others tell mistakes
apart: zeros of both signs, batches of one, layers that are not square, scores of ±1000, parameters with any
number of axes, images that are not square and whose last row does not fill a window. No input may be changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nbexaminer.checks import Case, Exercise
from reference.cnn_that_learns import mistakes, solutions


def _case(label: str, *args: Any, **options: Any) -> Case:
    return Case(label, args, keeps_inputs=True, **options)


def _normal(seed: int) -> Callable[..., np.ndarray]:
    """Numbers of an exercise's own: a case more in one changes none in another."""
    rng = np.random.default_rng(seed)
    return lambda *shape: rng.standard_normal(shape)


def _array(text: str, *shape: int) -> np.ndarray:
    return np.array(text.split(), float).reshape(shape)


# --------------------------------------------------------------------------------------------------

_normals = _normal(1)
_relu_example = _array("3 -1 0 0.5 2 -4", 2, 3)
_zeros = np.array([[0.0, -0.0, 1.5], [-1.5, 1e-12, -1e-12]])

relu_forward = Exercise(
    "relu_forward",
    solutions.relu_forward,
    cases=(
        _case("the notebook's example", _relu_example),
        _case("zeros of both signs and tiny numbers", _zeros),
        _case("four axes, (2, 3, 2, 2)", _normals(2, 3, 2, 2)),
        _case("nothing but negative numbers", -np.abs(_normals(3, 2)) - 0.1),
        _case("numbers in the hundreds", 100 * _normals(1, 5)),
        _case("an array with one axis", _normals(4)),
    ),
    mistakes=mistakes.RELU_FORWARD,
    parts=("A", "cache"),
)

relu_backward = Exercise(
    "relu_backward",
    solutions.relu_backward,
    cases=(
        _case("the notebook's example", _array("5 7 2 -6 1 3", 2, 3), _relu_example),
        _case("zeros of both signs and tiny numbers", _array("1 2 3 4 5 -6", 2, 3), _zeros),
        _case("four axes, (2, 3, 2, 2)", _normals(2, 3, 2, 2), _normals(2, 3, 2, 2)),
        _case("nothing but negative numbers", _normals(3, 2), -np.abs(_normals(3, 2)) - 0.1),
        _case("numbers in the hundreds", _normals(1, 5), 100 * _normals(1, 5)),
    ),
    mistakes=mistakes.RELU_BACKWARD,
)

# --------------------------------------------------------------------------------------------------

_normals = _normal(2)
_dense_example = (_array("1 2 0 3 -1 1", 2, 3), _array("1 0 2 1 -1 2", 3, 2), _array("10 20", 1, 2))


def _dense_inputs(m: int, n_prev: int, n: int) -> tuple[np.ndarray, ...]:
    return _normals(m, n_prev), _normals(n_prev, n), _normals(1, n)


_DENSE_INPUTS = (
    ("4 examples, 3 inputs and 2 outputs", _dense_inputs(4, 3, 2)),
    ("1 example, 2 inputs and 5 outputs", _dense_inputs(1, 2, 5)),
    ("3 examples, 3 inputs and 3 outputs", _dense_inputs(3, 3, 3)),
    ("5 examples, 1 input and 4 outputs", _dense_inputs(5, 1, 4)),
    ("6 examples, 4 inputs and 1 output", _dense_inputs(6, 4, 1)),
)

dense_forward = Exercise(
    "dense_forward",
    solutions.dense_forward,
    cases=(
        _case("the notebook's example", *_dense_example),
        *(_case(label, *inputs) for label, inputs in _DENSE_INPUTS),
    ),
    mistakes=mistakes.DENSE_FORWARD,
    parts=("Z", "cache"),
)

dense_backward = Exercise(
    "dense_backward",
    solutions.dense_backward,
    cases=(
        _case("the notebook's example", _array("1 -1 2 3", 2, 2), _dense_example),
        *(_case(label, _normals(len(inputs[0]), inputs[2].size), inputs) for label, inputs in _DENSE_INPUTS),
    ),
    mistakes=mistakes.DENSE_BACKWARD,
    parts=("dA_prev", "dW", "db"),
)

# --------------------------------------------------------------------------------------------------

_normals = _normal(3)
_far = np.array([[1000.0, -1000.0, 0.0], [-1000.0, -1001.0, -999.0], [1001.0, 1000.0, 1000.0]])

softmax_cross_entropy = Exercise(
    "softmax_cross_entropy",
    solutions.softmax_cross_entropy,
    cases=(
        _case("the notebook's example", np.log(_array("1 2 5 1 2 1", 2, 3)), np.array([2, 0])),
        _case("5 examples and 4 classes", 2 * _normals(5, 4), np.array([3, 0, 1, 1, 0])),
        _case("1 example and 3 classes", _normals(1, 3), np.array([1])),
        _case("4 examples and 4 classes", _normals(4, 4), np.array([2, 2, 0, 3])),
        _case("scores as far as ±1000", _far, np.array([0, 2, 1])),
        _case("scores as far as ±1000, all of them wrong", _far, np.array([1, 1, 2])),
        _case(
            "all scores 0 and 10 classes",
            np.zeros((6, 10)),
            np.array([0, 9, 3, 3, 7, 1]),
            facts=(("the cost", lambda result: result[0], 2.302585092994046),),
        ),
    ),
    mistakes=mistakes.SOFTMAX_CROSS_ENTROPY,
    parts=("cost", "dZ"),
)

# --------------------------------------------------------------------------------------------------

_normals = _normal(4)


def _cubic(*shape: int) -> Callable[[np.ndarray], float]:
    """A cost whose central and one-sided differences differ; its entries depend on each other."""
    a, b, c = _normals(*shape), _normals(*shape), _normals(*shape)

    def cost(p: np.ndarray) -> float:
        return float(np.sum(a * p**3 + b * p**2) + np.sum(c * p) ** 2)

    return cost


def _example_cost(p: np.ndarray) -> float:
    return float(p[0, 0] ** 3 + 2 * p[0, 0] * p[0, 1] + np.sum(p[1] ** 2 * p[0]))


_example_parameter = _array("2 1 3 -1", 2, 2)

numerical_gradient = Exercise(
    "numerical_gradient",
    solutions.numerical_gradient,
    cases=(
        _case("the notebook's example", _example_cost, _example_parameter, 0.5),
        _case("a parameter of shape (3, 2) and step 0.01", _cubic(3, 2), _normals(3, 2), 0.01, rtol=1e-7),
        _case(
            "a parameter of shape (2, 1, 2, 3) and step 0.1", _cubic(2, 1, 2, 3), _normals(2, 1, 2, 3), 0.1
        ),
        _case("a parameter of shape (4,) and step 0.1", _cubic(4), _normals(4), 0.1),
        _case("a parameter of shape (1, 1) and step 0.25", _cubic(1, 1), _normals(1, 1), 0.25),
        _case("no step given (it is 1e-5), shape (2, 2)", _cubic(2, 2), _normals(2, 2), rtol=1e-5),
    ),
    mistakes=mistakes.NUMERICAL_GRADIENT,
)

# --------------------------------------------------------------------------------------------------

_normals = _normal(5)


def _model_inputs(m: int, n_H: int, n_W: int, n_C_prev: int, f: int, n_C: int, n: int) -> tuple:
    """Images, and parameters that fit: n_C filters of size f, n classes."""
    flat = ((n_H - f + 1) // 2) * ((n_W - f + 1) // 2) * n_C
    shapes = {"W1": (f, f, n_C_prev, n_C), "b1": (1, 1, 1, n_C), "W2": (flat, n), "b2": (1, n)}
    return _normals(m, n_H, n_W, n_C_prev), {name: _normals(*shape) for name, shape in shapes.items()}


_MODEL_INPUTS = (
    ("2 images of 5 × 7, 3 filters of 2 × 2 and 4 classes", _model_inputs(2, 5, 7, 1, 2, 3, 4)),
    ("1 image of 6 × 5, 2 filters of 3 × 3 and 3 classes", _model_inputs(1, 6, 5, 1, 3, 2, 3)),
    ("3 images of 4 × 5 with 2 channels and 2 classes", _model_inputs(3, 4, 5, 2, 2, 2, 2)),
    ("2 images of 8 × 8, 4 filters of 3 × 3 and 10 classes", _model_inputs(2, 8, 8, 1, 3, 4, 10)),
)
_LAYERS = ("relu", "dense", "conv", "pool")


def _lent(way: str) -> dict[str, Callable]:
    return {f"{layer}_{way}": getattr(solutions, f"{layer}_{way}") for layer in _LAYERS}


def _slopes(X: np.ndarray, parameters: dict[str, np.ndarray], dZ: np.ndarray) -> dict[str, np.ndarray]:
    """The gradients of sum(scores * dZ) by central differences."""

    def cost(name: str, value: np.ndarray) -> float:
        return float(np.sum(solutions.model_forward(X, {**parameters, name: value})[0] * dZ))

    return {
        f"d{name}": solutions.numerical_gradient(lambda value, name=name: cost(name, value), parameter)
        for name, parameter in parameters.items()
    }


def _model_backward_case(label: str, inputs: tuple, **options: Any) -> Case:
    scores, caches = solutions.model_forward(*inputs)
    return _case(label, _normals(*scores.shape), caches, **options)


def _model_gradient_case(label: str, inputs: tuple) -> Case:
    case = _model_backward_case(f"a gradient check of the whole network, {label}", inputs)
    slopes = _slopes(*inputs, case.args[0])
    return _case(case.label, *case.args, wanted=lambda: slopes, rtol=1e-6)


model_forward = Exercise(
    "model_forward",
    solutions.model_forward,
    cases=tuple(_case(label, *inputs) for label, inputs in _MODEL_INPUTS),
    mistakes=mistakes.MODEL_FORWARD,
    helpers=_lent("forward"),
    parts=("the scores", "caches"),
)

model_backward = Exercise(
    "model_backward",
    solutions.model_backward,
    cases=(
        *(_model_backward_case(label, inputs) for label, inputs in _MODEL_INPUTS),
        _model_gradient_case("2 images of 4 × 5", _model_inputs(2, 4, 5, 1, 2, 2, 3)),
    ),
    mistakes=mistakes.MODEL_BACKWARD,
    helpers=_lent("backward"),
)

# --------------------------------------------------------------------------------------------------

_normals = _normal(6)


def _update_case(label: str, rate: float, **shapes: tuple[int, ...]) -> Case:
    parameters = {name: _normals(*shape) for name, shape in shapes.items()}
    gradients = {f"d{name}": _normals(*shape) for name, shape in shapes.items()}
    return _case(label, parameters, gradients, rate)


update = Exercise(
    "update",
    solutions.update,
    cases=(
        _case(
            "the notebook's example",
            {"W1": _array("1 2 3 4", 2, 2), "b1": _array("0 10", 1, 2)},
            {"dW1": _array("10 0 -10 5", 2, 2), "db1": _array("-20 5", 1, 2)},
            0.1,
        ),
        _update_case("one layer and rate 0.3", 0.3, W1=(3, 2), b1=(1, 2)),
        _update_case("two layers and rate 2", 2.0, W1=(2, 2, 1, 3), b1=(1, 1, 1, 3), W2=(4, 3), b2=(1, 3)),
        _update_case(
            "three layers and rate 0.05",
            0.05,
            W1=(2, 3),
            b1=(1, 3),
            W2=(3, 2),
            b2=(1, 2),
            W3=(2, 2),
            b3=(1, 2),
        ),
        _update_case("no step at all, rate 0", 0.0, W1=(2, 2), b1=(1, 2)),
    ),
    mistakes=mistakes.UPDATE,
)

EXERCISES = (
    relu_forward,
    relu_backward,
    dense_forward,
    dense_backward,
    softmax_cross_entropy,
    numerical_gradient,
    model_forward,
    model_backward,
    update,
)
