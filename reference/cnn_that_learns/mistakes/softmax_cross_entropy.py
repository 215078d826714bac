"""Known mistakes of `softmax_cross_entropy`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reference.cnn_that_learns import solutions
from reference.cnn_that_learns.mistakes.common import HALF, NOTHING_RETURNED, left_none, mistake, softmax


def _one_hot(Z, y):
    return np.eye(Z.shape[1])[y]


def _rows(Z):
    return np.arange(len(Z))


def _log_of_zero(Z, y):
    P = softmax(Z)
    return -np.mean(np.log(P[_rows(Z), y])), (P - _one_hot(Z, y)) / len(Z)


def _epsilon(epsilon: float) -> Callable:
    def softmax_cross_entropy(Z, y):
        P = softmax(Z)
        return -np.mean(np.log(P[_rows(Z), y] + epsilon)), (P - _one_hot(Z, y)) / len(Z)

    return softmax_cross_entropy


def _overflowing(Z, y):
    E = np.exp(Z)
    P = E / E.sum(axis=1, keepdims=True)
    return -np.mean(np.log(P[_rows(Z), y])), (P - _one_hot(Z, y)) / len(Z)


def _one_maximum_for_all(Z, y):
    E = np.exp(Z - Z.max())
    P = E / E.sum(axis=1, keepdims=True)
    return -np.mean(np.log(P[_rows(Z), y])), (P - _one_hot(Z, y)) / len(Z)


def _shifted_in_place(Z, y):
    Z -= Z.max(axis=1, keepdims=True)
    return solutions.softmax_cross_entropy(Z, y)


def _entropy(
    cost: Callable = lambda right, Z, y, P: right, dZ: Callable = lambda right, Z, y, P: right
) -> Callable:
    """A softmax_cross_entropy with its cost or its gradient replaced, made from the right one."""

    def softmax_cross_entropy(Z, y):
        P = softmax(Z)
        right = solutions.softmax_cross_entropy(Z, y)
        return cost(right[0], Z, y, P), dZ(right[1], Z, y, P)

    return softmax_cross_entropy


def _over_the_batch(Z, y):
    P = softmax(Z, axis=0)
    return -np.mean(np.log(P[_rows(Z), y])), (P - _one_hot(Z, y)) / len(Z)


def _over_everything(Z, y):
    E = np.exp(Z - Z.max())
    P = E / E.sum()
    return -np.mean(np.log(P[_rows(Z), y])), (P - _one_hot(Z, y)) / len(Z)


def _all_columns(Z, y):
    return -np.mean(np.log(softmax(Z)[:, y])), solutions.softmax_cross_entropy(Z, y)[1]


def _all_columns_twice(Z, y):
    P = softmax(Z)
    return -np.mean(np.log(P[:, y])), (P - np.isin(np.arange(Z.shape[1]), y)) / len(Z)


SOFTMAX_CROSS_ENTROPY = (
    mistake(
        "log-of-zero",
        _log_of_zero,
        "Where a probability is too small for a number it becomes 0, and its logarithm infinite: take the "
        "logarithm "
        "of the sum instead, `log P = s - np.log(np.sum(np.exp(s)))`.",
        "概率太小时会变成 0，取对数就成了无穷大：应当先取对数再算，`log P = s - np.log(np.sum(np.exp(s)))`。",
        HALF,
    ),
    *(
        mistake(
            name,
            _epsilon(epsilon),
            "A small number is added before the logarithm, so a confident mistake seems cheaper than it "
            "is: no such "
            "trick is needed with `log P = s - np.log(np.sum(np.exp(s)))`.",
            "取对数前加了一个小数，于是“很有把握的错误”显得不那么糟；用 "
            "`log P = s - np.log(np.sum(np.exp(s)))` 就不需要它。",
            HALF,
        )
        for name, epsilon in (
            ("epsilon", 1e-12),
            ("epsilon-8", 1e-8),
            ("epsilon-10", 1e-10),
            ("epsilon-15", 1e-15),
        )
    ),
    mistake(
        "overflow",
        _overflowing,
        "Large scores overflow: `np.exp(1000)` is infinite, and infinity by infinity is no number. First "
        "subtract the "
        "largest score of each row.",
        "得分大时会溢出：`np.exp(1000)` 是无穷大，无穷大除以无穷大不是数。先减去每一行的最大值。",
        HALF,
    ),
    mistake(
        "one-maximum-for-all",
        _one_maximum_for_all,
        "The largest score of the whole batch is subtracted, so rows with small scores vanish: each row "
        "loses its own "
        "maximum, `Z.max(axis=1, keepdims=True)`.",
        "减去的是整批的最大值，得分小的行就全变成 0 了：每一行减去自己的最大值，"
        "`Z.max(axis=1, keepdims=True)`。",
        HALF,
    ),
    mistake(
        "input-changed",
        _shifted_in_place,
        "`Z` itself is changed (`Z -= ...`): leave it alone, and give the shifted scores a name of their "
        "own.",
        "`Z` 本身被改动了（`Z -= ...`）：不要改它，给平移后的得分另起一个名字。",
        HALF,
    ),
    mistake(
        "gradient-of-the-sum",
        _entropy(dZ=lambda dZ, Z, y, P: dZ * len(Z)),
        "`dZ` lacks the factor 1/m: the cost is a mean over the examples, so its gradient is divided by m "
        "too.",
        "`dZ` 漏了 1/m：代价是对样本取的平均，所以它的梯度也要除以 m。",
        HALF,
    ),
    mistake(
        "sum-not-mean",
        _entropy(cost=lambda cost, Z, y, P: cost * len(Z), dZ=lambda dZ, Z, y, P: dZ * len(Z)),
        "The cost is the sum over the examples, and `dZ` its gradient; wanted is the mean: divide both by m.",
        "代价是对样本求的和，`dZ` 是它的梯度；应当取平均：两者都除以 m。",
        HALF,
    ),
    mistake(
        "cost-summed",
        _entropy(cost=lambda cost, Z, y, P: cost * len(Z)),
        "The cost is the sum over the examples; wanted is the mean: divide by m.",
        "代价是对样本求的和，应当取平均：除以 m。",
        HALF,
    ),
    mistake(
        "divided-twice",
        _entropy(dZ=lambda dZ, Z, y, P: dZ / len(Z)),
        "`dZ` is divided by m twice; once is enough.",
        "`dZ` 除了两次 m，一次就够了。",
        HALF,
    ),
    mistake(
        "divided-by-classes",
        _entropy(cost=lambda cost, Z, y, P: cost / Z.shape[1]),
        "The cost is averaged over the classes too; of each example there is one term only: divide by m.",
        "代价还对类别取了平均；每个样本只有一项：除以 m 就行。",
    ),
    mistake(
        "divided-by-all",
        _entropy(cost=lambda cost, Z, y, P: cost / Z.shape[1], dZ=lambda dZ, Z, y, P: dZ / Z.shape[1]),
        "Cost and gradient are divided by the number of classes too; divide by m, the number of examples.",
        "代价和梯度还除以了类别数；只除以样本数 m。",
    ),
    mistake(
        "gradient-not-minus-one",
        _entropy(dZ=lambda dZ, Z, y, P: P / len(Z)),
        "`dZ` is the probabilities alone; take off 1 at the right class of each row.",
        "`dZ` 只是概率；每一行在正确类别处还要减 1。",
    ),
    mistake(
        "minus-one-everywhere",
        _entropy(dZ=lambda dZ, Z, y, P: (P - 1) / len(Z)),
        "1 is taken off everywhere; take it off at the right class of each row only: "
        "`dZ[np.arange(m), y] -= 1`.",
        "到处都减了 1；只在每一行的正确类别处减：`dZ[np.arange(m), y] -= 1`。",
    ),
    mistake(
        "minus-one-in-whole-columns",
        _entropy(dZ=lambda dZ, Z, y, P: (P - np.isin(np.arange(Z.shape[1]), y)) / len(Z)),
        "`dZ[:, y]` is whole columns; one entry in each row is meant: `dZ[np.arange(m), y]`.",
        "`dZ[:, y]` 是整列；应当是每行一个：`dZ[np.arange(m), y]`。",
    ),
    mistake(
        "minus-the-digit",
        _entropy(dZ=lambda dZ, Z, y, P: (P - y[:, None]) / len(Z)),
        "The digit itself is subtracted, as a number; `y` says at which *place* 1 is taken off: "
        "`dZ[np.arange(m), y] -= 1`.",
        "把数字本身当作数减掉了；`y` 说的是在哪个*位置*减 1：`dZ[np.arange(m), y] -= 1`。",
    ),
    mistake(
        "gradient-sign",
        _entropy(dZ=lambda dZ, Z, y, P: -dZ),
        "`dZ` has the wrong sign: probability minus one at the right class, so that the step goes down.",
        "`dZ` 的符号反了：应当是概率减去正确类别处的 1，这样下降时才往对的方向走。",
    ),
    mistake(
        "cost-sign",
        _entropy(cost=lambda cost, Z, y, P: -cost),
        "The cost is negative: the logarithm of a probability is, so put a minus in front.",
        "代价是负的：概率的对数是负数，前面要加负号。",
        HALF,
    ),
    mistake(
        "gradient-of-probabilities",
        _entropy(dZ=lambda dZ, Z, y, P: P * (1 - P) / len(Z)),
        "`dZ` is `P * (1 - P)`, the slope of a sigmoid; of softmax and cross-entropy together it is P "
        "minus one at the "
        "right class.",
        "`dZ` 用了 `P * (1 - P)`，那是 sigmoid 的斜率；softmax 与交叉熵合起来，是 P 在正确类别处减 1。",
    ),
    mistake(
        "gradient-of-the-log",
        _entropy(dZ=lambda dZ, Z, y, P: -_one_hot(Z, y) / P / len(Z)),
        "`dZ` is the gradient with respect to the probabilities, -1/P; go on through the softmax: P minus "
        "one at the right class.",
        "`dZ` 只是对概率的梯度 -1/P；还要穿过 softmax：P 在正确类别处减 1。",
    ),
    mistake(
        "over-the-batch",
        _over_the_batch,
        "The softmax runs over the examples (axis 0); the probabilities of one example, a row, sum to 1: "
        "axis 1.",
        "softmax 沿样本（第 0 轴）算了；一个样本（一行）的概率之和才是 1：沿第 1 轴。",
    ),
    mistake(
        "over-everything",
        _over_everything,
        "The softmax divides by the sum of the whole batch; each row is divided by its own: "
        "`axis=1, keepdims=True`.",
        "softmax 除以了整批的和；每一行除以自己的和：`axis=1, keepdims=True`。",
    ),
    mistake(
        "all-columns",
        _all_columns,
        "`P[:, y]` takes whole columns, m × m numbers; one entry of each row is meant: `P[np.arange(m), y]`.",
        "`P[:, y]` 取的是整列，共 m × m 个数；应当每行取一个：`P[np.arange(m), y]`。",
    ),
    mistake(
        "all-columns-twice",
        _all_columns_twice,
        "`P[:, y]` and `dZ[:, y]` take whole columns; one entry of each row is meant: `[np.arange(m), y]`.",
        "`P[:, y]` 和 `dZ[:, y]` 取的是整列；应当每行取一个：`[np.arange(m), y]`。",
    ),
    mistake(
        "log-2",
        _entropy(cost=lambda cost, Z, y, P: cost / np.log(2)),
        "The logarithm is to the base 2; use the natural one, `np.log`.",
        "用了以 2 为底的对数，应当用自然对数 `np.log`。",
    ),
    mistake(
        "log-10",
        _entropy(cost=lambda cost, Z, y, P: cost / np.log(10)),
        "The logarithm is to the base 10; use the natural one, `np.log`.",
        "用了以 10 为底的对数，应当用自然对数 `np.log`。",
    ),
    mistake(
        "all-classes-in-the-cost",
        _entropy(cost=lambda cost, Z, y, P: -np.mean(np.sum(np.log(P), axis=1))),
        "The logarithms of all classes are in the cost; only that of the right class belongs there.",
        "代价里把所有类别的对数都加上了，只应有正确类别那一项。",
    ),
    mistake(
        "probability-not-log",
        _entropy(cost=lambda cost, Z, y, P: 1 - np.mean(P[_rows(Z), y])),
        "The cost is one minus the probability; it is minus its logarithm.",
        "代价写成了 1 减概率，应当是负的对数。",
    ),
    mistake(
        "squared-error",
        _entropy(cost=lambda cost, Z, y, P: np.sum((P - _one_hot(Z, y)) ** 2) / len(Z)),
        "The cost is the squared error; the cross-entropy is minus the logarithm of the right class's "
        "probability.",
        "代价用了平方误差；交叉熵是正确类别概率的负对数。",
    ),
    mistake(
        "a-cost-for-each",
        _entropy(cost=lambda cost, Z, y, P: -np.log(P[_rows(Z), y])),
        "The cost comes as one number for each example; take the mean of them.",
        "每个样本各给了一个代价，应当取它们的平均。",
        HALF,
    ),
    mistake(
        "probabilities-returned",
        _entropy(dZ=lambda dZ, Z, y, P: P),
        "The second result is `P`, the probabilities; wanted is `dZ`: (P minus one at the right class) / m.",
        "第二个结果是概率 `P`，应当是 `dZ`：（P 在正确类别处减 1）/ m。",
    ),
    mistake(
        "results-exchanged",
        lambda Z, y: solutions.softmax_cross_entropy(Z, y)[::-1],
        "The two results are exchanged: first the cost, then dZ.",
        "两个结果的顺序反了：先代价，后 dZ。",
        HALF,
    ),
    left_none("cost", "dZ"),
    NOTHING_RETURNED,
)
