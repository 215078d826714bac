"""Known mistakes of `update`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from reference.cnn_that_learns import solutions
from reference.cnn_that_learns.mistakes.common import HALF, NOTHING_RETURNED, mistake

Arrays = Mapping[str, np.ndarray]


def _stepped(new: Callable) -> Callable:
    return lambda parameters, gradients, rate: {
        name: new(value, gradients[f"d{name}"], rate) for name, value in parameters.items()
    }


def _in_place(parameters, gradients, rate):
    for name in parameters:
        parameters[name] -= rate * gradients[f"d{name}"]
    return parameters


def _only(names: Callable) -> Callable:
    def update(parameters: Arrays, gradients: Arrays, rate: float) -> dict:
        new = solutions.update(parameters, gradients, rate)
        return {name: new[name] if names(name) else value.copy() for name, value in parameters.items()}

    return update


def _dropped(names: Callable) -> Callable:
    def update(parameters: Arrays, gradients: Arrays, rate: float) -> dict:
        new = solutions.update(parameters, gradients, rate)
        return {name: value for name, value in new.items() if names(name, list(new))}

    return update


UPDATE = (
    mistake(
        "uphill",
        _stepped(lambda p, g, rate: p + rate * g),
        "The step goes uphill: the gradient points to where the cost grows, so subtract it.",
        "走反了方向：梯度指向代价变大的方向，所以要减去它。",
    ),
    mistake(
        "in-place",
        _in_place,
        "The old parameters are no longer what they were (`-=` writes into the array itself, and a copied "
        "dictionary still "
        "holds the old arrays): put `p - rate * g` into a new dictionary.",
        "旧的参数被改动了（`-=` 直接写进原数组；复制字典得到的还是原来的数组）：请把 `p - rate * g` "
        "放进新字典。",
        HALF,
    ),
    mistake(
        "rate-forgotten",
        _stepped(lambda p, g, rate: p - g),
        "The gradient is subtracted whole: multiply it by `rate`.",
        "把梯度整个减掉了：要乘以 `rate`。",
    ),
    mistake(
        "rate-divides",
        _stepped(lambda p, g, rate: p - g / rate),
        "The gradient is divided by the rate; multiply.",
        "梯度除以了学习率，应当相乘。",
    ),
    mistake(
        "rate-on-the-parameter",
        _stepped(lambda p, g, rate: rate * (p - g)),
        "The rate multiplies the parameter too; it multiplies the gradient alone: `p - rate * g`.",
        "学习率连参数也乘上了；它只乘梯度：`p - rate * g`。",
    ),
    mistake(
        "rate-minus-gradient",
        _stepped(lambda p, g, rate: p * (1 - rate * g)),
        "The parameter is multiplied by the step; the step is subtracted: `p - rate * g`.",
        "参数乘以了步子，应当减去：`p - rate * g`。",
    ),
    mistake(
        "rate-fixed",
        _stepped(lambda p, g, rate: p - 0.01 * g),
        "The rate is always 0.01; use the argument `rate`.",
        "学习率总是 0.01，应当用参数 `rate`。",
    ),
    mistake(
        "rate-fixed-tenth",
        _stepped(lambda p, g, rate: p - 0.1 * g),
        "The rate is always 0.1; use the argument `rate`.",
        "学习率总是 0.1，应当用参数 `rate`。",
    ),
    mistake(
        "gradient-minus-parameter",
        _stepped(lambda p, g, rate: rate * g - p),
        "The sign of the parameter is turned: `p - rate * g`, not the other way round.",
        "参数的符号反了：应当是 `p - rate * g`。",
    ),
    mistake(
        "step-alone",
        _stepped(lambda p, g, rate: rate * g),
        "This is only the step; subtract it from the parameter.",
        "这只是步子本身，还要从参数里减掉。",
    ),
    mistake(
        "step-down-alone",
        _stepped(lambda p, g, rate: -rate * g),
        "This is only the step; add it to the parameter.",
        "这只是步子本身，还要加到参数上。",
    ),
    mistake(
        "unchanged",
        _stepped(lambda p, g, rate: p.copy()),
        "The parameters come back as they were: is the new value stored anywhere?",
        "参数原样返回了：新的值存下来了吗？",
    ),
    mistake(
        "mean-gradient",
        _stepped(lambda p, g, rate: p - rate * np.mean(g)),
        "Every entry moves by the mean of the gradient; each moves by its own.",
        "每个元素都按梯度的平均值移动了；应当各按自己的梯度移动。",
    ),
    mistake(
        "sign-of-the-gradient",
        _stepped(lambda p, g, rate: p - rate * np.sign(g)),
        "Every entry moves by the same distance; the step is as long as the gradient says: `p - rate * g`.",
        "每个元素移动的距离都一样；步子的长短由梯度决定：`p - rate * g`。",
    ),
    mistake(
        "weights-only",
        _only(lambda name: name.startswith("W")),
        "Only the weights move; the biases learn too.",
        "只更新了权重，偏置也要更新。",
    ),
    mistake(
        "biases-lost",
        _dropped(lambda name, names: name.startswith("W")),
        "The biases are missing from the result; return every parameter.",
        "结果里没有偏置；应当返回每一个参数。",
    ),
    mistake(
        "first-only",
        _dropped(lambda name, names: name == names[0]),
        "Only the first parameter comes back: a `return` stands inside the loop, or the dictionary starts "
        "anew in it.",
        "只返回了第一个参数：`return` 写到循环里面了，或者字典在循环里重新建了。",
    ),
    mistake(
        "last-only",
        _dropped(lambda name, names: name == names[-1]),
        "Only the last parameter comes back: the dictionary starts anew in each round of the loop.",
        "只返回了最后一个参数：每次循环都重新建了字典。",
    ),
    mistake(
        "four-names-only",
        _dropped(lambda name, names: name in ("W1", "b1", "W2", "b2")),
        "Only W1, b1, W2 and b2 are updated: loop over all names, so that it works for any network.",
        "只更新了 W1、b1、W2、b2：请遍历所有名字，这样任何网络都能用。",
        HALF,
    ),
    mistake(
        "named-like-the-gradients",
        lambda parameters, gradients, rate: {
            f"d{name}": value for name, value in solutions.update(parameters, gradients, rate).items()
        },
        "The new values are right, but named like the gradients: W1, not dW1.",
        "新的值是对的，但名字写成了梯度的：应当是 W1，不是 dW1。",
        HALF,
    ),
    NOTHING_RETURNED,
)
