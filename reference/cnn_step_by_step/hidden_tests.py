"""The hidden tests: for each exercise the inputs it is tried on, and what it builds on.

The first case of each exercise is the notebook's own example, with the outputs printed there. The
others tell mistakes apart: strides 2 and 3, pad 0, 1 and 2, images that are not square, different
numbers of channels, several examples, negative inputs, windows that are not square.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nbexaminer.checks import Case, Exercise, Text
from reference.cnn_step_by_step import loops, mistakes, solutions
from reference.cnn_step_by_step.pictures import beside
from reference.inputs import conv_gradient_case, drawing, slope


def _seeded() -> np.random.RandomState:
    """The numbers that np.random.seed(1) gives in the notebook, without touching the global state."""
    return np.random.RandomState(1)


def _mean(part: int) -> Callable[[tuple], float]:
    return lambda result: np.mean(result[part])


# --------------------------------------------------------------------------------------------------


def _pad_case(label: str, shape: tuple, pad: int) -> Case:
    return Case(label, (drawing(label)(*shape), pad))


_pad_example = _seeded().randn(4, 3, 3, 2)
zero_pad = Exercise(
    "zero_pad",
    solutions.zero_pad,
    cases=(
        Case("pad 2, the notebook's example", (_pad_example, 2)),
        _pad_case("pad 1, images 5 × 2 with 3 channels", (2, 5, 2, 3), 1),
        _pad_case("pad 3, one image 2 × 4 with 1 channel", (1, 2, 4, 1), 3),
        _pad_case("pad 0, images 2 × 3 with 4 channels", (3, 2, 3, 4), 0),
    ),
    mistakes=mistakes.ZERO_PAD,
    picture=lambda got: beside(
        Text("x_pad[0, :, :, 0] of the notebook's example", "课文的例子：x_pad[0, :, :, 0]"),
        solutions.zero_pad(_pad_example, 2),
        got,
        digits=1,
    ),
)

# --------------------------------------------------------------------------------------------------


def _step_case(label: str, shape: tuple, change: Callable = lambda *inputs: inputs) -> Case:
    normal = drawing(label)
    return Case(label, change(normal(*shape), normal(*shape), normal(1, 1, 1)))


_seed = _seeded()
_step_example = (_seed.randn(4, 4, 3), _seed.randn(4, 4, 3), _seed.randn(1, 1, 1))
conv_single_step = Exercise(
    "conv_single_step",
    solutions.conv_single_step,
    cases=(
        Case(
            "f 4 and 3 channels, the notebook's example",
            _step_example,
            facts=(("Z", float, -6.999089450680221),),
        ),
        _step_case("f 2 and 5 channels", (2, 2, 5)),
        _step_case("f 3 and 1 channel", (3, 3, 1)),
        _step_case("f 3 and 3 channels", (3, 3, 3)),
        _step_case("f 1 and a large bias", (1, 1, 2), lambda a, W, b: (a, W, b + 7.5)),
        _step_case("all inputs negative", (3, 3, 2), lambda *inputs: tuple(-np.abs(x) for x in inputs)),
    ),
    mistakes=mistakes.CONV_SINGLE_STEP,
)

# --------------------------------------------------------------------------------------------------

_seed = _seeded()
_conv_example = (_seed.randn(10, 4, 4, 3), _seed.randn(2, 2, 3, 8), _seed.randn(1, 1, 1, 8))


def _conv_inputs(label: str, image: tuple, f: int, n_C: int, pad: int, stride: int, sign: int = 0) -> tuple:
    normal = drawing(label)
    A_prev = normal(*image)
    A_prev = -np.abs(A_prev) if sign else A_prev
    return A_prev, normal(f, f, image[3], n_C), normal(1, 1, 1, n_C), {"pad": pad, "stride": stride}


_CONV_INPUTS = tuple(
    (label, _conv_inputs(label, *sizes))
    for label, *sizes in (
        ("stride 2, f 3, pad 1, images 5 × 8", (2, 5, 8, 3), 3, 4, 1, 2),
        ("stride 2, f 2, pad 0, images 7 × 4", (2, 7, 4, 2), 2, 3, 0, 2),
        ("stride 3, f 3, pad 2, one image 4 × 9", (1, 4, 9, 2), 3, 5, 2, 3),
        ("stride 1, f 3, pad 0, images 3 × 5", (3, 3, 5, 4), 3, 2, 0, 1),
        ("stride 1, f 1, pad 0, images 3 × 2", (2, 3, 2, 3), 1, 2, 0, 1),
        ("stride 2, f 2, pad 1, negative inputs 4 × 6", (2, 4, 6, 1), 2, 3, 1, 2, -1),
    )
)

conv_forward = Exercise(
    "conv_forward",
    solutions.conv_forward,
    cases=(
        Case(
            "stride 1 and pad 2, the notebook's first example",
            (*_conv_example, {"pad": 2, "stride": 1}),
            facts=(
                ("the mean of Z", _mean(0), 0.0028129462864862967),
                (
                    "cache_conv[0][1][2][3]",
                    lambda result: np.round(result[1][0][1][2][3], 8),
                    np.array([-0.20075807, 0.18656139, 0.41005165]),
                ),
            ),
        ),
        Case(
            "stride 2 and pad 2, the notebook's second example",
            (*_conv_example, {"pad": 2, "stride": 2}),
            facts=(("the mean of Z", _mean(0), 0.048995203528855794),),
        ),
        *(Case(label, inputs) for label, inputs in _CONV_INPUTS),
    ),
    mistakes=mistakes.CONV_FORWARD,
    maker=loops.conv,
    helpers={
        "zero_pad": solutions.zero_pad,
        "conv_single_step": solutions.conv_single_step,
    },
    parts=("Z", "cache"),
)

# --------------------------------------------------------------------------------------------------


def _pool_inputs(label: str, image: tuple, f: int, stride: int, sign: int = 0) -> tuple:
    A_prev = drawing(label)(*image)
    return -np.abs(A_prev) if sign else A_prev, {"f": f, "stride": stride}


_POOL_INPUTS = tuple(
    (label, _pool_inputs(label, *sizes))
    for label, *sizes in (
        ("stride 2, f 2, images 5 × 8", (2, 5, 8, 3), 2, 2),
        ("stride 2, f 3, images 8 × 5", (3, 8, 5, 2), 3, 2),
        ("stride 3, f 2, one image 7 × 10", (1, 7, 10, 4), 2, 3),
        ("stride 1, f 3, images 3 × 4", (2, 3, 4, 1), 3, 1),
        ("stride 2, f 2, negative inputs 4 × 6", (2, 4, 6, 2), 2, 2, -1),
    )
)
_MODES = ("max", "average")
_pool_example = (_seeded().randn(2, 4, 4, 3), {"stride": 1, "f": 4})
_POOLED = {
    "max": (1.74481176, 1.6924546, 2.10025514, 1.19891788, 1.51981682, 2.18557541),
    "average": (-0.09498456, 0.11180064, -0.14263511, -0.09525108, 0.28325018, 0.33035185),
}

pool_forward = Exercise(
    "pool_forward",
    solutions.pool_forward,
    cases=(
        *(
            Case(
                f'mode "{mode}", the notebook\'s example',
                _pool_example,
                {"mode": mode},
                facts=(("A", lambda result: np.round(result[0], 8).ravel(), np.array(_POOLED[mode])),),
            )
            for mode in _MODES
        ),
        *(
            Case(f'mode "{mode}", {label}', inputs, {"mode": mode})
            for label, inputs in _POOL_INPUTS
            for mode in _MODES
        ),
        Case(f"no mode given (it is max), {_POOL_INPUTS[0][0]}", _POOL_INPUTS[0][1]),
    ),
    mistakes=mistakes.POOL_FORWARD,
    maker=loops.pool,
    parts=("A", "cache"),
)

# --------------------------------------------------------------------------------------------------


def _conv_backward_case(label: str, inputs: tuple) -> Case:
    Z, cache = solutions.conv_forward(*inputs)
    return Case(label, (drawing(f"dZ, {label}")(*Z.shape), cache))


def _conv_gradient_case(label: str, *sizes: Any) -> Case:
    return conv_gradient_case(label, solutions.conv_forward, _conv_inputs(f"gradient, {label}", *sizes))


conv_backward = Exercise(
    "conv_backward",
    solutions.conv_backward,
    cases=(
        Case(
            "stride 1 and pad 2, the notebook's example",
            loops.conv()(*_conv_example, {"pad": 2, "stride": 1}),  # the very bits of students' loops
            facts=(
                ("the mean of dA", _mean(0), 4.1145817049149835),
                ("the mean of dW", _mean(1), 9.203677199014168),
                ("the mean of db", _mean(2), 1.3783436803789542),
            ),
        ),
        *(_conv_backward_case(label, inputs) for label, inputs in _CONV_INPUTS),
        _conv_gradient_case("stride 2, f 2, pad 1", (2, 3, 4, 2), 2, 2, 1, 2),
        _conv_gradient_case("stride 1, f 2, pad 0", (1, 3, 3, 1), 2, 3, 0, 1),
    ),
    mistakes=mistakes.CONV_BACKWARD,
    maker=loops.conv_gradient,
    helpers={"zero_pad": solutions.zero_pad},
    parts=("dA_prev", "dW", "db"),
)

# --------------------------------------------------------------------------------------------------


def _mask_case(label: str, shape: tuple, change: Callable = np.copy) -> Case:
    return Case(label, (change(drawing(label)(*shape)),))


_mask_example = _seeded().randn(2, 3)
create_mask_from_window = Exercise(
    "create_mask_from_window",
    solutions.create_mask_from_window,
    cases=(
        Case("a window 2 × 3, the notebook's example", (_mask_example,)),
        _mask_case("a window 3 × 3", (3, 3)),
        _mask_case("a window 4 × 2", (4, 2)),
        _mask_case("a window 2 × 2 of negative values", (2, 2), lambda x: -np.abs(x)),
        _mask_case("a window 3 × 2 of positive values", (3, 2), np.abs),
        _mask_case("a window 1 × 1", (1, 1)),
        Case("the maximum in the last corner", (np.arange(6.0).reshape(2, 3) - 9,)),
    ),
    mistakes=mistakes.CREATE_MASK_FROM_WINDOW,
    picture=lambda got: beside(
        Text("The mask of the notebook's example", "课文的例子：掩码"),
        solutions.create_mask_from_window(_mask_example),
        got,
    ),
)

distribute_value = Exercise(
    "distribute_value",
    solutions.distribute_value,
    cases=(
        Case("2 over a window 2 × 2, the notebook's example", (2, (2, 2))),
        Case("a window 2 × 3", (5.0, (2, 3))),
        Case("a window 4 × 1", (-3.0, (4, 1))),
        Case("a window 3 × 5", (0.7, (3, 5))),
        Case("a window 1 × 1", (1.25, (1, 1))),
    ),
    mistakes=mistakes.DISTRIBUTE_VALUE,
    picture=lambda got: beside(
        Text("2, shared out over a window 2 × 2", "把 2 平分到 2 × 2 的窗口"),
        solutions.distribute_value(2, (2, 2)),
        got,
    ),
)

# --------------------------------------------------------------------------------------------------


def _pool_backward_case(label: str, inputs: tuple, **mode: str) -> Case:
    A, cache = solutions.pool_forward(*inputs, **mode)
    return Case(label, (drawing(f"dA, {label}")(*A.shape), cache), mode)


def _pool_gradient_case(mode: str) -> Case:
    normal, hparameters = drawing(f"a gradient check, {mode}"), {"f": 2, "stride": 2}
    A_prev = normal(2, 4, 5, 2)
    A, cache = solutions.pool_forward(A_prev, hparameters, mode=mode)
    dA = normal(*A.shape)

    def cost(X: np.ndarray) -> float:
        return float(np.sum(solutions.pool_forward(X, hparameters, mode=mode)[0] * dA))

    wanted = slope(cost, A_prev)
    label = f'a gradient check, mode "{mode}"'
    return Case(label, (dA, cache), {"mode": mode}, wanted=lambda: wanted, rtol=1e-6)


_seed = _seeded()
_pooled_example = solutions.pool_forward(_seed.randn(5, 5, 3, 2), {"stride": 1, "f": 2})
_pool_gradient_example = (_seed.randn(5, 4, 2, 2), _pooled_example[1])
_SPREAD = {
    "max": ((0, 0), (5.05844394, -1.68282702), (0, 0)),
    "average": ((0.08485462, 0.2787552), (1.26461098, -0.25749373), (1.17975636, -0.53624893)),
}

pool_backward = Exercise(
    "pool_backward",
    solutions.pool_backward,
    cases=(
        *(
            Case(
                f'mode "{mode}", the notebook\'s example',
                _pool_gradient_example,
                {"mode": mode},
                facts=(("dA_prev[1,1]", lambda dA: np.round(dA[1, 1], 8), np.array(_SPREAD[mode], float)),),
            )
            for mode in _MODES
        ),
        *(
            _pool_backward_case(f'mode "{mode}", {label}', inputs, mode=mode)
            for label, inputs in _POOL_INPUTS
            for mode in _MODES
        ),
        _pool_backward_case(f"no mode given (it is max), {_POOL_INPUTS[0][0]}", _POOL_INPUTS[0][1]),
        *(_pool_gradient_case(mode) for mode in _MODES),
    ),
    mistakes=mistakes.POOL_BACKWARD,
    maker=loops.pool_gradient,
    helpers={
        "create_mask_from_window": solutions.create_mask_from_window,
        "distribute_value": solutions.distribute_value,
    },
)

EXERCISES = (
    zero_pad,
    conv_single_step,
    conv_forward,
    pool_forward,
    conv_backward,
    create_mask_from_window,
    distribute_value,
    pool_backward,
)
