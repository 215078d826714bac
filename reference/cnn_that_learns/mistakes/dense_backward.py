"""Known mistakes of `dense_backward`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reference.cnn_that_learns import solutions
from reference.cnn_that_learns.mistakes.common import HALF, NOTHING_RETURNED, left_none, mistake


def _dense_back(
    dA: Callable = lambda dZ, A, W: dZ @ W.T,
    dW: Callable = lambda dZ, A, W: A.T @ dZ,
    db: Callable = lambda dZ: dZ.sum(axis=0, keepdims=True),
) -> Callable:
    """A dense_backward with some of its results replaced."""

    def dense_backward(dZ, cache):
        A, W, _ = cache
        return dA(dZ, A, W), dW(dZ, A, W), db(dZ)

    return dense_backward


def _averaged(dZ, cache):
    dA, dW, db = solutions.dense_backward(dZ, cache)
    return dA, dW / len(dZ), db / len(dZ)


def _all_averaged(dZ, cache):
    return tuple(gradient / len(dZ) for gradient in solutions.dense_backward(dZ, cache))


def _weights_and_input_exchanged(dZ, cache):
    dA, dW, db = solutions.dense_backward(dZ, cache)
    return dW, dA, db


def _weights_and_bias_exchanged(dZ, cache):
    dA, dW, db = solutions.dense_backward(dZ, cache)
    return dA, db, dW


DENSE_BACKWARD = (
    mistake(
        "averaged-over-batch",
        _averaged,
        "`dW` and `db` are divided by the number of examples; in this notebook 1/m stands once, in the "
        "gradient of "
        "the cost, and the layers sum.",
        "`dW` 和 `db` 除以了样本数；本课只在代价的梯度里除一次 m，各层都求和。",
        HALF,
    ),
    mistake(
        "all-averaged-over-batch",
        _all_averaged,
        "All three gradients are divided by the number of examples; in this notebook 1/m stands once, in the "
        "gradient of the cost, and the layers sum.",
        "三个梯度都除以了样本数；本课只在代价的梯度里除一次 m，各层都求和。",
        HALF,
    ),
    mistake(
        "weights-averaged",
        _dense_back(dW=lambda dZ, A, W: A.T @ dZ / len(dZ)),
        "`dW` is divided by the number of examples; in this notebook 1/m stands once, in the gradient of "
        "the cost, "
        "and the layers sum.",
        "`dW` 除以了样本数；本课只在代价的梯度里除一次 m，各层都求和。",
        HALF,
    ),
    mistake(
        "bias-averaged",
        _dense_back(db=lambda dZ: dZ.mean(axis=0, keepdims=True)),
        "`db` is the mean over the examples; it is the sum: `np.sum(dZ, axis=0, keepdims=True)`.",
        "`db` 取了样本的平均，应当求和：`np.sum(dZ, axis=0, keepdims=True)`。",
        HALF,
    ),
    mistake(
        "bias-without-axis",
        _dense_back(db=lambda dZ: dZ.sum(axis=0)),
        "`db` has the shape (n,), but should have that of `b`, (1, n): say `keepdims=True` in the sum.",
        "`db` 的形状是 (n,)，应当和 `b` 一样是 (1, n)：求和时写 `keepdims=True`。",
        HALF,
    ),
    mistake(
        "bias-not-summed",
        _dense_back(db=lambda dZ: dZ.copy()),
        "`db` is `dZ` as it is; the same bias was added to every example, so what comes back is summed "
        "over them.",
        "`db` 直接用了 `dZ`；同一个偏置加到了每个样本上，所以传回来的要对样本求和。",
    ),
    mistake(
        "bias-summed-over-outputs",
        _dense_back(db=lambda dZ: dZ.sum(axis=1, keepdims=True)),
        "`db` is summed over the outputs (axis 1); sum over the examples, axis 0.",
        "`db` 沿输出（第 1 轴）求和了，应当沿样本，即第 0 轴。",
    ),
    mistake(
        "bias-summed-over-all",
        _dense_back(db=lambda dZ: np.sum(dZ)),
        "`db` is one number, the sum of all; each output has a bias of its own: sum over axis 0 only.",
        "`db` 是全部求和得到的一个数；每个输出有自己的偏置，只沿第 0 轴求和。",
    ),
    mistake(
        "bias-of-the-first",
        _dense_back(db=lambda dZ: dZ[:1]),
        "`db` comes from the first example alone; sum over all of them.",
        "`db` 只用了第一个样本，应当对所有样本求和。",
    ),
    mistake(
        "weights-transposed",
        _dense_back(dW=lambda dZ, A, W: dZ.T @ A),
        "`dW` is transposed: it has the shape of `W`, (n_prev, n), and is `A_prev.T @ dZ`.",
        "`dW` 转置了：它的形状和 `W` 一样是 (n_prev, n)，应当是 `A_prev.T @ dZ`。",
    ),
    mistake(
        "input-transposed",
        _dense_back(dA=lambda dZ, A, W: W @ dZ.T),
        "`dA_prev` is transposed: it has the shape of `A_prev`, (m, n_prev), and is `dZ @ W.T`.",
        "`dA_prev` 转置了：它的形状和 `A_prev` 一样是 (m, n_prev)，应当是 `dZ @ W.T`。",
    ),
    mistake(
        "bias-transposed",
        _dense_back(db=lambda dZ: dZ.sum(axis=0, keepdims=True).T),
        "`db` stands upright, (n, 1); it has the shape of `b`, (1, n).",
        "`db` 是竖着的 (n, 1)，应当和 `b` 一样是 (1, n)。",
        HALF,
    ),
    mistake(
        "rectified",
        _dense_back(dA=lambda dZ, A, W: dZ @ W.T * (A > 0)),
        "`dA_prev` is cut to zero where `A_prev` is not positive: ReLU has a backward pass of its own.",
        "`A_prev` 不为正的地方把 `dA_prev` 截成了 0：ReLU 有它自己的反向函数。",
    ),
    mistake(
        "input-and-weights-exchanged",
        _weights_and_input_exchanged,
        "`dA_prev` and `dW` are exchanged in the result: the order is dA_prev, dW, db.",
        "返回时 `dA_prev` 和 `dW` 弄反了：顺序是 dA_prev、dW、db。",
        HALF,
    ),
    mistake(
        "weights-and-bias-exchanged",
        _weights_and_bias_exchanged,
        "`dW` and `db` are exchanged in the result: the order is dA_prev, dW, db.",
        "返回时 `dW` 和 `db` 弄反了：顺序是 dA_prev、dW、db。",
        HALF,
    ),
    mistake(
        "weights-returned",
        _dense_back(dA=lambda dZ, A, W: A.copy(), dW=lambda dZ, A, W: W.copy()),
        "What comes back are `A_prev` and `W` themselves, not their gradients.",
        "返回的是 `A_prev` 和 `W` 本身，不是它们的梯度。",
    ),
    mistake(
        "weights-from-the-first",
        _dense_back(dW=lambda dZ, A, W: np.outer(A[0], dZ[0])),
        "`dW` comes from the first example alone; sum over all of them: `A_prev.T @ dZ` does.",
        "`dW` 只用了第一个样本，应当对所有样本求和，`A_prev.T @ dZ` 正是如此。",
    ),
    mistake(
        "weights-from-the-last",
        _dense_back(dW=lambda dZ, A, W: np.outer(A[-1], dZ[-1])),
        "`dW` comes from the last example alone: in a loop over the examples *add* (`+=`), don't assign.",
        "`dW` 只用了最后一个样本：按样本循环时要*累加*（`+=`），不要赋值。",
    ),
    mistake(
        "weights-without-input",
        _dense_back(dW=lambda dZ, A, W: np.ones_like(A).T @ dZ),
        "`dW` does not use `A_prev`: each weight was multiplied by an input, and so is its gradient.",
        "`dW` 没有用到 `A_prev`：每个权重乘过一个输入，它的梯度也要乘这个输入。",
    ),
    mistake(
        "bias-is-one",
        _dense_back(db=lambda dZ: np.ones((1, dZ.shape[1]))),
        "`db` is 1: the slope of Z by b is 1, but it is multiplied by `dZ` and summed over the examples.",
        "`db` 等于 1：Z 对 b 的斜率是 1，但还要乘以 `dZ` 并对样本求和。",
    ),
    left_none("dA_prev", "dW", "db"),
    NOTHING_RETURNED,
)
