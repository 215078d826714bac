"""Known mistakes of `numerical_gradient`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reference.cnn_that_learns import solutions
from reference.cnn_that_learns.mistakes.common import HALF, NOTHING_RETURNED, mistake


def _differences(slope: Callable) -> Callable:
    """A numerical_gradient from the cost as a function of the distance along one entry."""

    def numerical_gradient(cost, parameter, step=1e-5):
        gradient = np.zeros(parameter.shape)
        for index in np.ndindex(parameter.shape):

            def along(distance, index=index):
                moved = parameter.copy()
                moved[index] += distance
                return cost(moved)

            gradient[index] = slope(along, step, parameter[index])
        return gradient

    return numerical_gradient


def _not_put_back(cost, parameter, step=1e-5):
    gradient = np.zeros(parameter.shape)
    for index in np.ndindex(parameter.shape):
        parameter[index] += step
        above = cost(parameter)
        parameter[index] -= 2 * step
        gradient[index] = (above - cost(parameter)) / (2 * step)
    return gradient


def _taken_off_once(cost, parameter, step=1e-5):
    gradient = np.zeros(parameter.shape)
    for index in np.ndindex(parameter.shape):
        parameter[index] += step
        above = cost(parameter)
        parameter[index] -= step
        gradient[index] = (above - cost(parameter)) / (2 * step)
    return gradient


def _both_at_once(cost, parameter, step=1e-5):
    slope = (cost(parameter + step) - cost(parameter - step)) / (2 * step)
    return np.full(parameter.shape, slope)


def _one_number(cost, parameter, step=1e-5):
    return (cost(parameter + step) - cost(parameter - step)) / (2 * step)


def _some_entries(keep: Callable) -> Callable:
    def numerical_gradient(cost, parameter, step=1e-5):
        gradient = solutions.numerical_gradient(cost, parameter, step)
        return np.where(keep(np.arange(gradient.size).reshape(gradient.shape)), gradient, 0.0)

    return numerical_gradient


def _of_a_copy(cost, parameter, step=1e-5):
    return np.zeros(parameter.shape)


def _flat(cost, parameter, step=1e-5):
    return solutions.numerical_gradient(cost, parameter, step).ravel()


def _nudges_kept(cost, parameter, step=1e-5):
    gradient, moved = np.zeros(parameter.shape), parameter.copy()
    for index in np.ndindex(parameter.shape):
        moved[index] += step
        above = cost(moved)
        moved[index] -= 2 * step
        gradient[index] = (above - cost(moved)) / (2 * step)
    return gradient


NUMERICAL_GRADIENT = (
    mistake(
        "parameter-not-put-back",
        _not_put_back,
        "The parameter is moved up, then down, and left there: put each entry back before the next one "
        "moves.",
        "参数先加后减，就留在那里了：动下一个元素之前，要先把这一个放回原处。",
    ),
    mistake(
        "nudges-kept",
        _nudges_kept,
        "The entries that were moved stay moved while the next ones are tried: move one entry at a time, "
        "and put it "
        "back.",
        "移动过的元素没有放回，就去试下一个了：一次只动一个元素，动完放回去。",
    ),
    mistake(
        "taken-off-once",
        _taken_off_once,
        "After `+= step`, `-= step` only leads back to the start: go down by `2 * step`, and then up again.",
        "先 `+= step` 再 `-= step` 只是回到原点：应当减去 `2 * step`，之后再加回来。",
    ),
    mistake(
        "one-sided",
        _differences(lambda along, step, value: (along(step) - along(0)) / step),
        "It is a one-sided difference, (J(p + ε) − J(p)) / ε; the central one is much more exact: "
        "(J(p + ε) − J(p − ε)) / (2ε).",
        "用的是单侧差分 (J(p + ε) − J(p)) / ε；中心差分准确得多：(J(p + ε) − J(p − ε)) / (2ε)。",
        HALF,
    ),
    mistake(
        "one-sided-below",
        _differences(lambda along, step, value: (along(0) - along(-step)) / step),
        "It is a one-sided difference, (J(p) − J(p − ε)) / ε; the central one is much more exact: "
        "(J(p + ε) − J(p − ε)) / (2ε).",
        "用的是单侧差分 (J(p) − J(p − ε)) / ε；中心差分准确得多：(J(p + ε) − J(p − ε)) / (2ε)。",
        HALF,
    ),
    mistake(
        "two-forgotten",
        _differences(lambda along, step, value: (along(step) - along(-step)) / step),
        "The difference is divided by ε; from p − ε to p + ε it is 2ε.",
        "差除以了 ε；从 p − ε 到 p + ε 的距离是 2ε。",
        HALF,
    ),
    mistake(
        "divided-by-two-then-times-step",
        _differences(lambda along, step, value: (along(step) - along(-step)) / 2 * step),
        "`/ 2 * step` divides by 2 and then multiplies by the step: write `/ (2 * step)`.",
        "`/ 2 * step` 是先除以 2 再乘步长，应当写 `/ (2 * step)`。",
        HALF,
    ),
    mistake(
        "not-divided",
        _differences(lambda along, step, value: along(step) - along(-step)),
        "The difference is not divided by the distance: `/ (2 * step)`.",
        "差没有除以距离：`/ (2 * step)`。",
    ),
    mistake(
        "divided-by-two-only",
        _differences(lambda along, step, value: (along(step) - along(-step)) / 2),
        "The difference is divided by 2, but not by the step: `/ (2 * step)`.",
        "差只除以了 2，没有除以步长：`/ (2 * step)`。",
    ),
    mistake(
        "step-ignored",
        _differences(lambda along, step, value: (along(1e-5) - along(-1e-5)) / 2e-5),
        "The step is always 1e-5; use the argument `step`.",
        "步长总是 1e-5，应当用参数 `step`。",
        HALF,
    ),
    *(
        mistake(
            name,
            _differences(
                lambda along, step, value, fixed=fixed: (along(fixed) - along(-fixed)) / (2 * fixed)
            ),
            "The step is a number of your own; use the argument `step`.",
            "步长是自己写的数，应当用参数 `step`。",
            HALF,
        )
        for name, fixed in (("step-of-your-own", 1e-7), ("step-of-your-own-4", 1e-4))
    ),
    mistake(
        "step-relative",
        _differences(
            lambda along, step, value: (along(step * value) - along(-step * value)) / (2 * step * value)
        ),
        "The entry is moved by a share of itself; move it by `step`, whatever it is.",
        "按元素自身的比例移动了；不管它是多少，都移动 `step`。",
    ),
    mistake(
        "sign",
        _differences(lambda along, step, value: (along(-step) - along(step)) / (2 * step)),
        "The sign is turned: the cost above minus the cost below.",
        "符号反了：应当是加步长的代价减去减步长的代价。",
    ),
    mistake(
        "all-entries-at-once",
        _both_at_once,
        "All entries are moved at once: move one at a time, so that each has a slope of its own.",
        "所有元素一起动了：一次只动一个，这样每个元素才有自己的斜率。",
    ),
    mistake(
        "one-number",
        _one_number,
        "All entries are moved at once, and one number comes back: move one at a time; the gradient has the "
        "parameter's shape.",
        "所有元素一起动，只返回一个数：一次只动一个，梯度的形状和参数相同。",
    ),
    mistake(
        "of-a-copy",
        _of_a_copy,
        "The gradient is zero everywhere: what is moved must be what the cost sees (`.flatten()` makes a "
        "copy, "
        "`.ravel()` need not).",
        "梯度处处是零：移动的必须是代价函数看到的那个数组（`.flatten()` 得到的是副本）。",
    ),
    mistake(
        "first-entry-only",
        _some_entries(lambda number: number == 0),
        "Only the first entry is worked out: a `return` stands inside the loop.",
        "只算了第一个元素：`return` 写到循环里面了。",
    ),
    mistake(
        "last-entry-only",
        _some_entries(lambda number: number == number.max()),
        "Only the last entry is worked out: does the array start anew in each round of the loop?",
        "只算了最后一个元素：是不是每次循环都新建了数组？",
    ),
    mistake(
        "flat",
        _flat,
        "The gradient comes back flat; it has the shape of the parameter.",
        "梯度返回成了一维，形状应当和参数相同。",
        HALF,
    ),
    NOTHING_RETURNED,
)
