"""The hidden tests: for each exercise the inputs it is tried on, and what it builds on.

The first case of each exercise is the notebook's own example. The others tell mistakes apart: strides 2
and 3, pad 0, 1 and 2, images that are not square, several channels and examples, negative inputs, ties.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nbexaminer.checks import Case, Exercise, Text
from nbexaminer.isolation.line_counter import counting_lines
from nbexaminer.model import Reason, Verdict
from reference.cnn_fast import mistakes, solutions
from reference.inputs import conv_gradient_case, drawing, generator, slope

# --------------------------------------------------------------------------------------------------
# Loops

LOOP = Text(
    "The values are right, but there is still a loop over the {what}: {few} lines of your code run for a "
    "small input, {many} for one with more {what}. Let one line of NumPy treat them all at once; only a loop "
    "over the f * f places of a window may stay. Half of the points.",
    "结果是对的，但还有对{what_zh}的循环：输入小的时候运行了 {few} 行代码，{what_zh}变多就要 {many} 行。"
    "要让一行 NumPy 一次处理全部；只有对窗口里 f * f 个位置的循环可以留下。得一半分。",
)
LOOP_CREDIT = 0.5


@dataclass(frozen=True, eq=False)
class WithoutLoops(Exercise):
    """An exercise whose answer may not loop over examples or positions.

    arguments: makes the arguments of a call from m, n_H and n_W. An answer that runs more of its lines when
    there are more examples, or larger images, has a loop over them. Speed is not measured.
    """

    arguments: Callable[[int, int, int], tuple] | None = None

    def verdict(self, function: Callable[..., Any], points: float = 0.0) -> Verdict:
        verdict = super().verdict(function, points)
        if verdict.credit < 1 or not self.arguments:
            return verdict
        try:
            return self._looked_through(function, verdict)
        except Exception as error:  # right on all cases, but not while it is watched
            text = Text(
                f"It raised {type(error).__name__} on a larger input: {error}",
                f"输入变大时抛出 {type(error).__name__}：{error}",
            )
            return replace(verdict, credit=LOOP_CREDIT, text=text, reason=Reason.RAISED)

    def _looked_through(self, function: Callable[..., Any], verdict: Verdict) -> Verdict:
        lines = {}
        if not verdict.call_stopped:
            with contextlib.suppress(Exception):  # of a helper: the answer itself is right
                lines = self._lines(function)
        if not lines or max(lines.values()) > lines[SMALL_INPUT]:  # a helper's loop costs once, in the helper
            with _lent(function, self.helpers):
                lines = self._lines(function)
        few = lines[SMALL_INPUT]
        for size, (mistake, what) in MORE.items():
            if lines[size] > few:
                words = {"what": what.en, "what_zh": what.zh, "few": few, "many": lines[size]}
                text = Text(LOOP.en.format(**words), LOOP.zh.format(**words))
                return replace(verdict, credit=LOOP_CREDIT, text=text, reason=Reason.WRONG, mistake=mistake)
        return verdict

    def _lines(self, function: Callable[..., Any]) -> dict[tuple[int, int, int], int]:
        return {size: _lines(function, self.arguments(*size)) for size in (SMALL_INPUT, *MORE)}


SMALL_INPUT = (2, 6, 7)  # m, n_H, n_W; these are the inputs of the notebook's own check
MORE = {
    (5, 6, 7): ("loop-over-examples", Text("examples", "样本")),
    (2, 12, 14): ("loop-over-positions", Text("positions", "位置")),
}


def _lines(function: Callable[..., Any], arguments: tuple) -> int:
    """Return how many of the student's own lines run."""
    if hasattr(function, "lines_run"):
        return function.lines_run(*arguments)
    function = inspect.unwrap(getattr(function, "func", function))
    return counting_lines(function.__globals__, function, *arguments)[1]


@contextlib.contextmanager
def _lent(function: Callable[..., Any], helpers: Mapping[str, Callable[..., Any]]) -> Iterator[None]:
    """Let the function find correct helpers under their names."""
    if hasattr(function, "lend"):
        with function.lend(helpers):
            yield
        return
    namespace = inspect.unwrap(getattr(function, "func", function)).__globals__
    own = {name: namespace.get(name) for name in helpers}
    namespace.update(helpers)
    try:
        yield
    finally:
        namespace.update(own)


# --------------------------------------------------------------------------------------------------
# im2col and col2im

IMAGE = np.array([[7.0, 2, 5, 1], [4, 9, 3, 6], [8, 1, 2, 4]]).reshape(1, 3, 4, 1)  # of the figures
_GRID = (  # label, shape of A, f, stride, pad
    ("stride 2, f 3, pad 1, images 5 × 8 with 3 channels", (2, 5, 8, 3), 3, 2, 1),
    ("stride 2, f 2, pad 0, images 7 × 4", (2, 7, 4, 2), 2, 2, 0),
    ("stride 3, f 3, pad 2, one image 4 × 9", (1, 4, 9, 2), 3, 3, 2),
    ("stride 1, f 3, pad 0, images 3 × 5 with 4 channels", (3, 3, 5, 4), 3, 1, 0),
    ("stride 1, f 1, pad 0, images 3 × 2", (2, 3, 2, 3), 1, 1, 0),
    ("stride 3, f 2, pad 1, images 6 × 4", (2, 6, 4, 2), 2, 3, 1),
    ("stride 1, f 2, pad 3, images 3 × 2", (2, 3, 2, 2), 2, 1, 3),
)


def _columns(label: str, shape: tuple, *hyper: int) -> np.ndarray:
    return drawing(f"columns, {label}")(*solutions.im2col(np.zeros(shape), *hyper).shape)


im2col = WithoutLoops(
    "im2col",
    solutions.im2col,
    cases=(
        Case("f 2, stride 1, pad 0, the notebook's example", (IMAGE, 2, 1, 0)),
        *(Case(label, (drawing(label)(*shape), *hyper)) for label, shape, *hyper in _GRID),
    ),
    mistakes=mistakes.IM2COL,
    arguments=lambda m, n_H, n_W: (np.ones((m, n_H, n_W, 2)), 3, 2, 1),
)


def _adjoint_case(label: str, shape: tuple, *hyper: int) -> Case:
    """What col2im must return by its definition, <im2col x, y> = <x, col2im y>, entry by entry."""
    y = _columns(label, shape, *hyper)
    wanted = np.zeros(shape)
    for index in np.ndindex(shape):
        x = np.zeros(shape)
        x[index] = 1
        wanted[index] = np.sum(solutions.im2col(x, *hyper) * y)
    return Case(
        f"the identity ⟨im2col x, y⟩ = ⟨x, col2im y⟩, {label}", (y, shape, *hyper), wanted=lambda: wanted
    )


col2im = WithoutLoops(
    "col2im",
    solutions.col2im,
    cases=(
        Case(
            "two windows side by side, the notebook's example",
            (np.arange(1.0, 9).reshape(2, 4), (1, 2, 3, 1), 2, 1, 0),
        ),
        *(Case(label, (_columns(label, shape, *hyper), shape, *hyper)) for label, shape, *hyper in _GRID),
        _adjoint_case("f 2, stride 1, pad 1", (2, 3, 4, 2), 2, 1, 1),
        _adjoint_case("f 3, stride 2, pad 0", (1, 5, 6, 2), 3, 2, 0),
    ),
    mistakes=mistakes.COL2IM,
    arguments=lambda m, n_H, n_W: (
        np.ones((m * ((n_H - 1) // 2 + 1) * ((n_W - 1) // 2 + 1), 18)),
        (m, n_H, n_W, 2),
        3,
        2,
        1,
    ),
)

# --------------------------------------------------------------------------------------------------
# convolution


def _conv_inputs(label: str, image: tuple, f: int, n_C: int, stride: int, pad: int) -> tuple:
    normal = drawing(f"convolution, {label}")
    W, b = normal(f, f, image[3], n_C), normal(1, 1, 1, n_C)
    return normal(*image), W, b, {"stride": stride, "pad": pad}


_filters = np.array([[1.0, 0, 0, -1], [0, 1, 1, 0]]).T.reshape(2, 2, 1, 2)
_conv_example = (
    IMAGE,
    _filters,
    np.array([10.0, -10]).reshape(1, 1, 1, 2),
    {"stride": 1, "pad": 0},
)
_dZ_example = np.array([[1.0, 0, 2, 0, 1, 0], [0, 1, 0, 0, 0, -1]]).T.reshape(1, 2, 3, 2)
_CONV_INPUTS = tuple(
    (label, _conv_inputs(label, shape, f, n_C, stride, pad))
    for (label, shape, f, stride, pad), n_C in zip(_GRID, (4, 3, 5, 2, 2, 3, 1), strict=True)
)


def _more_images(m: int, n_H: int, n_W: int) -> tuple:
    images, W, b = np.ones((m, n_H, n_W, 2)), np.ones((3, 3, 2, 3)), np.ones((1, 1, 1, 3))
    return images, W, b, {"stride": 2, "pad": 1}


conv_forward_fast = WithoutLoops(
    "conv_forward_fast",
    solutions.conv_forward_fast,
    cases=(
        Case("two filters, the notebook's example", _conv_example),
        *(Case(label, inputs) for label, inputs in _CONV_INPUTS),
    ),
    mistakes=mistakes.CONV_FORWARD_FAST,
    helpers={"im2col": solutions.im2col},
    parts=("Z", "cache"),
    arguments=_more_images,
)


def _conv_backward_case(label: str, inputs: tuple) -> Case:
    Z, cache = solutions.conv_forward_fast(*inputs)
    return Case(label, (drawing(f"dZ, {label}")(*Z.shape), cache))


def _conv_gradient_case(label: str, *sizes: Any) -> Case:
    return conv_gradient_case(label, solutions.conv_forward_fast, _conv_inputs(f"gradient, {label}", *sizes))


conv_backward_fast = WithoutLoops(
    "conv_backward_fast",
    solutions.conv_backward_fast,
    cases=(
        Case(
            "two filters, the notebook's example",
            (_dZ_example, _conv_example),
        ),
        *(_conv_backward_case(label, inputs) for label, inputs in _CONV_INPUTS),
        _conv_gradient_case("stride 2, f 2, pad 1", (2, 3, 4, 2), 2, 2, 2, 1),
        _conv_gradient_case("stride 1, f 2, pad 0", (1, 3, 3, 1), 2, 3, 1, 0),
    ),
    mistakes=mistakes.CONV_BACKWARD_FAST,
    helpers={"im2col": solutions.im2col, "col2im": solutions.col2im},
    parts=("dA_prev", "dW", "db"),
    arguments=lambda m, n_H, n_W: (
        np.ones((m, (n_H + 1) // 2, (n_W + 1) // 2, 3)),
        _more_images(m, n_H, n_W),
    ),
)

# --------------------------------------------------------------------------------------------------
# pooling


def _few_values(label: str, *shape: int) -> np.ndarray:
    """Whole numbers from -1 to 1: many windows have their largest value more than once."""
    return generator(label).integers(-1, 2, shape).astype(float)


POOL_EXAMPLE = np.array([[1.0, 5, 0, 0], [3, 2, 0, 0], [7, 1, 0, 6], [4, 2, 6, 1]]).reshape(1, 4, 4, 1)
_POOL_INPUTS = (
    *(
        (label, drawing(label)(*shape), f, stride)
        for label, shape, f, stride in (
            ("stride 2, f 2, images 5 × 8", (2, 5, 8, 3), 2, 2),
            ("stride 2, f 3 (windows overlap), images 8 × 5", (3, 8, 5, 2), 3, 2),
            ("stride 3, f 2, one image 7 × 10", (1, 7, 10, 4), 2, 3),
            ("stride 1, f 3, images 3 × 4", (2, 3, 4, 1), 3, 1),
        )
    ),
    ("stride 2, f 2, negative inputs 4 × 6", -np.abs(drawing("negative inputs")(2, 4, 6, 2)), 2, 2),
    ("stride 2, f 3, images 7 × 6 with equal values", _few_values("equal values", 2, 7, 6, 2), 3, 2),
)
_MODES = ("max", "average")


def _pool_args(A_prev: np.ndarray, f: int, stride: int) -> tuple:
    return A_prev, {"f": f, "stride": stride}


pool_forward_fast = WithoutLoops(
    "pool_forward_fast",
    solutions.pool_forward_fast,
    cases=(
        *(
            Case(f'mode "{mode}", the notebook\'s example', _pool_args(POOL_EXAMPLE, 2, 2), {"mode": mode})
            for mode in _MODES
        ),
        *(
            Case(f'mode "{mode}", {label}', _pool_args(*inputs), {"mode": mode})
            for label, *inputs in _POOL_INPUTS
            for mode in _MODES
        ),
        Case(f"no mode given (it is max), {_POOL_INPUTS[0][0]}", _pool_args(*_POOL_INPUTS[0][1:])),
    ),
    mistakes=mistakes.POOL_FORWARD_FAST,
    helpers={"im2col": solutions.im2col},
    parts=("A", "cache"),
    arguments=lambda m, n_H, n_W: _pool_args(np.ones((m, n_H, n_W, 2)), 3, 2),
)


def _pool_backward_args(label: str, A_prev: np.ndarray, f: int, stride: int) -> tuple:
    A, cache = solutions.pool_forward_fast(*_pool_args(A_prev, f, stride))
    return drawing(f"dA, {label}")(*A.shape), cache


def _pool_gradient_case(mode: str) -> Case:
    label = f'a gradient check, mode "{mode}"'
    dA, cache = _pool_backward_args(label, drawing(label)(2, 5, 6, 2), 3, 2)

    def cost(X: np.ndarray) -> float:
        return float(np.sum(solutions.pool_forward_fast(X, cache[1], mode)[0] * dA))

    wanted = slope(cost, cache[0])
    return Case(label, (dA, cache), {"mode": mode}, wanted=lambda: wanted, rtol=1e-6)


pool_backward_fast = WithoutLoops(
    "pool_backward_fast",
    solutions.pool_backward_fast,
    cases=(
        *(
            Case(
                f'mode "{mode}", the notebook\'s example',
                (np.array([4.0, 10, 2, -8]).reshape(1, 2, 2, 1), _pool_args(POOL_EXAMPLE, 2, 2)),
                {"mode": mode},
            )
            for mode in _MODES
        ),
        *(
            Case(f'mode "{mode}", {label}', _pool_backward_args(label, *inputs), {"mode": mode})
            for label, *inputs in _POOL_INPUTS
            for mode in _MODES
        ),
        Case(f"no mode given (it is max), {_POOL_INPUTS[0][0]}", _pool_backward_args(*_POOL_INPUTS[0])),
        *(_pool_gradient_case(mode) for mode in _MODES),
    ),
    mistakes=mistakes.POOL_BACKWARD_FAST,
    helpers={"im2col": solutions.im2col, "col2im": solutions.col2im},
    arguments=lambda m, n_H, n_W: (
        np.ones((m, (n_H - 1) // 2, (n_W - 1) // 2, 2)),
        _pool_args(np.ones((m, n_H, n_W, 2)), 3, 2),
    ),
)

# --------------------------------------------------------------------------------------------------
# what a network needs, and what it sees


def conv(f: int, stride: int, pad: int, n_C_prev: int, n_C: int) -> dict[str, Any]:
    return {"kind": "conv", "f": f, "stride": stride, "pad": pad, "n_C_prev": n_C_prev, "n_C": n_C}


def pool(f: int, stride: int) -> dict[str, Any]:
    return {"kind": "pool", "f": f, "stride": stride}


def dense(n_prev: int, n: int) -> dict[str, Any]:
    return {"kind": "dense", "n_prev": n_prev, "n": n}


SMALL = (conv(3, 1, 1, 1, 4), pool(2, 2), conv(3, 1, 1, 4, 8), pool(2, 2))

count_parameters = Exercise(
    "count_parameters",
    solutions.count_parameters,
    cases=(
        Case("the notebook's example", ([*SMALL, dense(392, 10)],)),
        Case("one convolution with stride 2", ([conv(5, 2, 2, 3, 7)],)),
        Case("a convolution of 1 × 1", ([conv(1, 1, 0, 6, 5)],)),
        Case("pooling alone", ([pool(3, 2)],)),
        Case("two dense layers", ([dense(20, 6), dense(6, 3)],)),
        Case(
            "two convolutions and a dense layer", ([conv(4, 3, 1, 2, 3), conv(2, 1, 0, 3, 9), dense(36, 4)],)
        ),
    ),
    mistakes=mistakes.COUNT_PARAMETERS,
)

receptive_field = Exercise(
    "receptive_field",
    solutions.receptive_field,
    cases=(
        Case("the notebook's example", (list(SMALL),)),
        Case("one convolution, f 5", ([conv(5, 1, 2, 1, 4)],)),
        Case("a convolution with stride 2, then one of 3 × 3", ([conv(5, 2, 2, 1, 4), conv(3, 1, 1, 4, 4)],)),
        Case("pooling that overlaps, f 3 and stride 2, then f 4", ([pool(3, 2), conv(4, 1, 0, 2, 2)],)),
        Case("strides 2, 3 and 1", ([conv(3, 2, 0, 1, 2), pool(2, 3), conv(5, 1, 2, 2, 2), pool(2, 2)],)),
        Case("three times 3 × 3, stride 2", ([conv(3, 2, 1, 2, 2)] * 3,)),
        Case("no layer at all", ([],)),
    ),
    mistakes=mistakes.RECEPTIVE_FIELD,
)

EXERCISES = (
    im2col,
    col2im,
    conv_forward_fast,
    conv_backward_fast,
    pool_forward_fast,
    pool_backward_fast,
    count_parameters,
    receptive_field,
)
