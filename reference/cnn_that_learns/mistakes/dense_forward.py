"""Known mistakes of `dense_forward`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reference.cnn_that_learns.mistakes.common import HALF, NOTHING_RETURNED, left_none, mistake


def _dense(score: Callable) -> Callable:
    return lambda A_prev, W, b: (score(A_prev, W, b), (A_prev, W, b))


def _bias_added_in_place(A_prev, W, b):
    W += b
    return A_prev @ W, (A_prev, W, b)


DENSE_FORWARD = (
    mistake(
        "bias-forgotten",
        _dense(lambda A, W, b: A @ W),
        "The bias `b` is not added: `A_prev @ W + b`.",
        "没有加偏置 `b`：应当是 `A_prev @ W + b`。",
    ),
    mistake(
        "bias-into-the-weights",
        _dense(lambda A, W, b: A @ (W + b)),
        "The bias is added to the weights, so it counts once for each input: add it after the product, once.",
        "偏置加到了权重上，等于每个输入各加一次：应当在相乘之后只加一次。",
    ),
    mistake(
        "weights-changed",
        _bias_added_in_place,
        "`W` itself is changed (`W += b`): leave it alone; the bias is added after the product.",
        "`W` 本身被改动了（`W += b`）：不要动它，偏置在相乘之后加。",
    ),
    mistake(
        "activated",
        _dense(lambda A, W, b: np.maximum(A @ W + b, 0)),
        "Negative results are cut to zero: ReLU is a layer of its own and does not belong here.",
        "负的结果被截成了 0：ReLU 是另外一层，不属于这里。",
    ),
    mistake(
        "bias-subtracted",
        _dense(lambda A, W, b: A @ W - b),
        "The bias is subtracted; add it.",
        "偏置减掉了，应当加上。",
    ),
    mistake(
        "bias-multiplied",
        _dense(lambda A, W, b: A @ W * b),
        "The product is multiplied by the bias; add it.",
        "乘积又乘以了偏置，应当相加。",
    ),
    mistake(
        "biases-summed",
        _dense(lambda A, W, b: A @ W + np.sum(b)),
        "Every output gets the sum of all biases; output `k` gets `b[0, k]`, its own.",
        "每个输出都加上了所有偏置之和；第 `k` 个输出只加自己的 `b[0, k]`。",
    ),
    mistake(
        "first-bias-only",
        _dense(lambda A, W, b: A @ W + b[0, 0]),
        "Every output gets the first bias; output `k` gets `b[0, k]`, its own.",
        "每个输出都加了第一个偏置；第 `k` 个输出应加自己的 `b[0, k]`。",
    ),
    mistake(
        "transposed",
        _dense(lambda A, W, b: (A @ W + b).T),
        "The result is transposed: its rows are the examples, of shape (m, n).",
        "结果转置了：每一行是一个样本，形状 (m, n)。",
    ),
    mistake(
        "averaged",
        _dense(lambda A, W, b: A @ W / len(W) + b),
        "The products are averaged over the inputs; they are summed.",
        "对输入取了平均，应当求和。",
    ),
    mistake(
        "divided-by-batch",
        _dense(lambda A, W, b: (A @ W + b) / len(A)),
        "The result is divided by the number of examples; a layer treats each example by itself.",
        "结果除以了样本数；每一层对每个样本单独计算。",
    ),
    mistake(
        "summed-over-batch",
        _dense(lambda A, W, b: np.sum(A @ W + b, axis=0, keepdims=True)),
        "The examples are added up; each has a row of its own, so the shape is (m, n).",
        "把各个样本加在了一起；每个样本各占一行，形状是 (m, n)。",
    ),
    mistake(
        "first-example-only",
        _dense(lambda A, W, b: A[:1] @ W + b),
        "Only the first example is worked out: use all rows of `A_prev`.",
        "只算了第一个样本，应当用 `A_prev` 的所有行。",
    ),
    mistake(
        "columns-order-of-cache",
        lambda A, W, b: (A @ W + b, (W, A, b)),
        "`Z` is right, but the cache is in another order; it should be (A_prev, W, b).",
        "`Z` 是对的，但 cache 的顺序不对，应当是 (A_prev, W, b)。",
        HALF,
    ),
    mistake(
        "cache-without-bias",
        lambda A, W, b: (A @ W + b, (A, W)),
        "`Z` is right, but the cache lacks `b`; it should be (A_prev, W, b).",
        "`Z` 是对的，但 cache 里少了 `b`，应当是 (A_prev, W, b)。",
        HALF,
    ),
    mistake(
        "cache-is-the-output",
        lambda A, W, b: (A @ W + b, A @ W + b),
        "`Z` is right, but the cache holds `Z`; it should be (A_prev, W, b).",
        "`Z` 是对的，但 cache 里放的是 `Z`，应当是 (A_prev, W, b)。",
        HALF,
    ),
    mistake(
        "scores-alone",
        lambda A, W, b: A @ W + b,
        "Only `Z` comes back: the cache belongs to the result.",
        "只返回了 `Z`，结果里还应有 cache。",
        HALF,
    ),
    left_none("Z", cache=lambda *inputs: inputs),
    NOTHING_RETURNED,
)
