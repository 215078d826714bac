"""The known mistakes of each exercise: a variant of the solution, and what to tell its author.

They come from the ways in which these functions are usually got wrong. The likeliest stand first: where two
variants can't be told apart, the first one names the mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from nbexaminer.checks import Mistake, Text
from reference.cnn_that_learns import solutions
from reference.cnn_that_learns.solutions import (
    CONV_HPARAMETERS,
    POOL_HPARAMETERS,
    conv_backward,
    conv_forward,
    dense_backward,
    dense_forward,
    pool_backward,
    pool_forward,
    relu_backward,
    relu_forward,
)

HALF = 0.5
Arrays = Mapping[str, np.ndarray]


def _mistake(
    name: str, variant: Callable, en: str, zh: str, credit: float = 0.0
) -> Mistake:  # a shorter way to write a table of them
    return Mistake(name, variant, Text(en, zh), credit)


NOTHING_RETURNED = _mistake(
    "nothing-returned",
    lambda *args, **kwargs: None,
    "It returns `None`: is the `return` line, or the line before it, missing?",
    "返回了 `None`：是不是漏了 `return`，或者没有给结果赋值？",
)


def _left_none(*results: str, cache: Callable | None = None) -> Mistake:
    """The stub of many a course, `A = None`, left in; cache: what stands after the results, of the inputs."""
    count = len(results)
    names = ", ".join(f"`{name}`" for name in results)

    def variant(*inputs):
        return (*[None] * count, *([cache(*inputs)] if cache else []))

    are, values = ("is", "it a value") if count == 1 else ("are", "them values")
    en = f"{names} {are} still `None`: give {values}."
    return _mistake("still-none", variant, en, f"{names} 还是 `None`：要给它{'们' * (count > 1)}赋值。")


# --------------------------------------------------------------------------------------------------
# relu_forward


def _rectified_in_place(Z):
    Z[Z < 0] = 0
    return Z, Z


def _activated(activation: Callable) -> Callable:
    return lambda Z: (activation(Z), Z)


RELU_FORWARD = (
    _mistake(
        "input-changed",
        _rectified_in_place,
        "The negative entries are set to zero in `Z` itself, so the cache forgets which they were: leave `Z` "
        "alone and make a new array, `np.maximum(Z, 0)`.",
        "直接在 `Z` 里把负数改成了 0，cache 也就不记得哪些是负的了：不要改 `Z`，用 `np.maximum(Z, 0)` "
        "得到新数组。",
        HALF,
    ),
    _mistake(
        "cache-is-the-output",
        lambda Z: (np.maximum(Z, 0), np.maximum(Z, 0)),
        "The cache holds `A`, what comes out; keep `Z`, what went in.",
        "cache 里放的是输出 `A`，应当保存输入 `Z`。",
        HALF,
    ),
    _mistake(
        "axis-not-number",
        _activated(lambda Z: np.max(Z, 0)),
        "`np.max(Z, 0)` is the largest value along axis 0; to compare each entry with the number 0, write "
        "`np.maximum(Z, 0)`.",
        "`np.max(Z, 0)` 是沿第 0 轴取最大值；要让每个元素和数字 0 比较，请写 `np.maximum(Z, 0)`。",
    ),
    _mistake(
        "one-number",
        _activated(lambda Z: max(0.0, np.max(Z))),
        "One number comes back; ReLU works entry by entry: `np.maximum(Z, 0)`.",
        "只返回了一个数；ReLU 要逐元素计算：`np.maximum(Z, 0)`。",
    ),
    _mistake(
        "absolute-value",
        _activated(np.abs),
        "Negative entries come back positive, as their absolute value; they become 0.",
        "负数变成了它的绝对值，应当变成 0。",
    ),
    _mistake(
        "negative-kept",
        _activated(lambda Z: np.minimum(Z, 0)),
        "The negative entries are kept and the positive ones cut: it is the maximum of entry and 0, not the "
        "minimum.",
        "留下了负数，截掉了正数：应当取元素与 0 的较大值，而不是较小值。",
    ),
    _mistake(
        "mask-only",
        _activated(lambda Z: Z > 0),
        "This says only *whether* an entry is positive, True or False: multiply it by `Z`.",
        "这只说明元素*是不是*正数（True 或 False），还要乘以 `Z`。",
    ),
    _mistake(
        "mask-as-numbers",
        _activated(lambda Z: (Z > 0) * 1.0),
        "Positive entries come back as 1; they keep their value.",
        "正数都变成了 1，应当保持原来的值。",
    ),
    _mistake(
        "identity",
        _activated(np.copy),
        "`Z` comes back as it is; negative entries become 0.",
        "`Z` 原样返回了，负数应当变成 0。",
    ),
    _mistake(
        "leaky",
        _activated(lambda Z: np.where(Z > 0, Z, 0.01 * Z)),
        "Negative entries are made small; that is the leaky ReLU. Here they become 0.",
        "负数只是缩小了，那是带泄漏的 ReLU；这里应当变成 0。",
    ),
    _mistake(
        "sigmoid",
        _activated(lambda Z: 1 / (1 + np.exp(-Z))),
        "This is the sigmoid; ReLU is the larger of entry and 0.",
        "这是 sigmoid；ReLU 是元素与 0 的较大值。",
    ),
    _mistake(
        "tanh",
        _activated(np.tanh),
        "This is tanh; ReLU is the larger of entry and 0.",
        "这是 tanh；ReLU 是元素与 0 的较大值。",
    ),
    _mistake(
        "capped",
        _activated(lambda Z: np.clip(Z, 0, 1)),
        "Entries above 1 are cut to 1; ReLU has no upper end.",
        "大于 1 的元素被截成了 1；ReLU 没有上限。",
    ),
    _mistake(
        "sign-turned",
        _activated(lambda Z: np.maximum(-Z, 0)),
        "The sign is turned: it is the larger of `Z` and 0, not of `-Z` and 0.",
        "符号反了：应当取 `Z` 与 0 的较大值，而不是 `-Z` 与 0。",
    ),
    _mistake(
        "cut-at-one",
        _activated(lambda Z: np.where(Z > 1, Z, 0.0)),
        "Entries between 0 and 1 are lost: the border lies at 0.",
        "0 和 1 之间的元素丢了：分界应当在 0。",
    ),
    _mistake(
        "maximum-with-one",
        _activated(lambda Z: np.maximum(Z, 1)),
        "Entries are compared with 1; compare them with 0.",
        "和 1 作了比较，应当和 0 比较。",
    ),
    _mistake(
        "cache-in-a-tuple",
        lambda Z: (np.maximum(Z, 0), (Z,)),
        "The cache is a tuple that holds `Z`; it should be `Z` itself: `cache = Z`.",
        "cache 是装着 `Z` 的元组，应当就是 `Z`：`cache = Z`。",
        HALF,
    ),
    _left_none("A", cache=lambda Z: Z),
    NOTHING_RETURNED,
)

# --------------------------------------------------------------------------------------------------
# relu_backward


def _gradient_in_place(dA, cache):
    dA[cache <= 0] = 0
    return dA


def _cache_in_place(dA, cache):
    cache[cache <= 0] = 0
    cache[cache > 0] = 1
    return dA * cache


RELU_BACKWARD = (
    _mistake(
        "zero-lets-through",
        lambda dA, cache: dA * (cache >= 0),
        "Where `Z` is exactly 0 the gradient comes through; here it is 0 there: `cache > 0`, not `>=`.",
        "`Z` 恰好是 0 的地方梯度通过了；这里规定为 0：用 `cache > 0`，不是 `>=`。",
        HALF,
    ),
    _mistake(
        "input-changed",
        _gradient_in_place,
        "`dA` itself is set to zero in places: leave it alone and make a new array, `dA * (cache > 0)`.",
        "直接把 `dA` 里的数改成了 0：不要改它，用 `dA * (cache > 0)` 得到新数组。",
        HALF,
    ),
    _mistake(
        "cache-changed",
        _cache_in_place,
        "The cache itself is turned into zeros and ones: leave it alone and make a new array, "
        "`dA * (cache > 0)`.",
        "直接把 cache 改成了 0 和 1：不要改它，用 `dA * (cache > 0)` 得到新数组。",
        HALF,
    ),
    _mistake(
        "by-its-own-sign",
        lambda dA, cache: dA * (dA > 0),
        "ReLU is applied to the gradient, so it asks where `dA` is positive; what counts is where `Z`, the "
        "cache, was: "
        "`dA * (cache > 0)`.",
        "对梯度又做了一次 ReLU，看的是 `dA` 哪里为正；应当看 `Z`（即 cache）哪里为正：`dA * (cache > 0)`。",
    ),
    _mistake(
        "forward-again",
        lambda dA, cache: np.maximum(cache, 0),
        "This is the forward pass once more, and `dA` is not used: `dA * (cache > 0)`.",
        "这又做了一遍前向，没有用到 `dA`：应当是 `dA * (cache > 0)`。",
    ),
    _mistake(
        "times-the-value",
        lambda dA, cache: dA * np.maximum(cache, 0),
        "The gradient is multiplied by the value of `A`; the slope of ReLU is 1 where `Z` is positive, "
        "else 0.",
        "梯度乘以了 `A` 的值；ReLU 的斜率在 `Z` 为正处是 1，其余是 0。",
    ),
    _mistake(
        "times-the-input",
        lambda dA, cache: dA * cache,
        "The gradient is multiplied by `Z`; the slope of ReLU is 1 where `Z` is positive, else 0.",
        "梯度乘以了 `Z`；ReLU 的斜率在 `Z` 为正处是 1，其余是 0。",
    ),
    _mistake(
        "everything-through",
        lambda dA, cache: dA.copy(),
        "`dA` comes back as it is; where `Z` was not positive, nothing comes back.",
        "`dA` 原样返回了；`Z` 不为正的地方，梯度应当是 0。",
    ),
    _mistake(
        "mask-only",
        lambda dA, cache: cache > 0,
        "This is only the mask of where `Z` was positive: multiply it by `dA`.",
        "这只是 `Z` 为正的掩码，还要乘以 `dA`。",
    ),
    _mistake(
        "mask-as-numbers",
        lambda dA, cache: (cache > 0) * 1.0,
        "This is the slope of ReLU alone, 0 or 1: multiply it by `dA`.",
        "这只是 ReLU 的斜率（0 或 1），还要乘以 `dA`。",
    ),
    _mistake(
        "mask-turned",
        lambda dA, cache: dA * (cache <= 0),
        "The mask is turned round: the gradient passes where `Z` was positive.",
        "掩码反了：梯度在 `Z` 为正的地方通过。",
    ),
    _mistake(
        "sign-of-input",
        lambda dA, cache: dA * np.sign(cache),
        "Where `Z` was negative the gradient comes back with its sign turned; it is 0 there.",
        "`Z` 为负的地方梯度变号传回了，那里应当是 0。",
    ),
    _mistake(
        "negative-gradient-cut",
        lambda dA, cache: np.maximum(dA, 0) * (cache > 0),
        "Negative gradients are cut to 0; ReLU cuts `Z`, not the gradient.",
        "负的梯度被截成了 0；ReLU 截的是 `Z`，不是梯度。",
    ),
    _mistake(
        "leaky",
        lambda dA, cache: dA * np.where(cache > 0, 1.0, 0.01),
        "Where `Z` was negative a small gradient comes back, as for the leaky ReLU; here it is 0.",
        "`Z` 为负的地方还传回一点梯度，那是带泄漏的 ReLU；这里应当是 0。",
    ),
    _mistake(
        "cut-at-one",
        lambda dA, cache: dA * (cache > 1),
        "Where `Z` lies between 0 and 1 the gradient is lost: the border lies at 0.",
        "`Z` 在 0 和 1 之间的地方梯度丢了：分界应当在 0。",
    ),
    _mistake(
        "pair-returned",
        lambda dA, cache: (dA * (cache > 0), cache),
        "It returns two things; one array `dZ` is wanted.",
        "返回了两样东西，只要一个数组 `dZ`。",
        HALF,
    ),
    NOTHING_RETURNED,
)

# --------------------------------------------------------------------------------------------------
# dense_forward


def _dense(score: Callable) -> Callable:
    return lambda A_prev, W, b: (score(A_prev, W, b), (A_prev, W, b))


def _bias_added_in_place(A_prev, W, b):
    W += b
    return A_prev @ W, (A_prev, W, b)


DENSE_FORWARD = (
    _mistake(
        "bias-forgotten",
        _dense(lambda A, W, b: A @ W),
        "The bias `b` is not added: `A_prev @ W + b`.",
        "没有加偏置 `b`：应当是 `A_prev @ W + b`。",
    ),
    _mistake(
        "bias-into-the-weights",
        _dense(lambda A, W, b: A @ (W + b)),
        "The bias is added to the weights, so it counts once for each input: add it after the product, once.",
        "偏置加到了权重上，等于每个输入各加一次：应当在相乘之后只加一次。",
    ),
    _mistake(
        "weights-changed",
        _bias_added_in_place,
        "`W` itself is changed (`W += b`): leave it alone; the bias is added after the product.",
        "`W` 本身被改动了（`W += b`）：不要动它，偏置在相乘之后加。",
    ),
    _mistake(
        "activated",
        _dense(lambda A, W, b: np.maximum(A @ W + b, 0)),
        "Negative results are cut to zero: ReLU is a layer of its own and does not belong here.",
        "负的结果被截成了 0：ReLU 是另外一层，不属于这里。",
    ),
    _mistake(
        "bias-subtracted",
        _dense(lambda A, W, b: A @ W - b),
        "The bias is subtracted; add it.",
        "偏置减掉了，应当加上。",
    ),
    _mistake(
        "bias-multiplied",
        _dense(lambda A, W, b: A @ W * b),
        "The product is multiplied by the bias; add it.",
        "乘积又乘以了偏置，应当相加。",
    ),
    _mistake(
        "biases-summed",
        _dense(lambda A, W, b: A @ W + np.sum(b)),
        "Every output gets the sum of all biases; output `k` gets `b[0, k]`, its own.",
        "每个输出都加上了所有偏置之和；第 `k` 个输出只加自己的 `b[0, k]`。",
    ),
    _mistake(
        "first-bias-only",
        _dense(lambda A, W, b: A @ W + b[0, 0]),
        "Every output gets the first bias; output `k` gets `b[0, k]`, its own.",
        "每个输出都加了第一个偏置；第 `k` 个输出应加自己的 `b[0, k]`。",
    ),
    _mistake(
        "transposed",
        _dense(lambda A, W, b: (A @ W + b).T),
        "The result is transposed: its rows are the examples, of shape (m, n).",
        "结果转置了：每一行是一个样本，形状 (m, n)。",
    ),
    _mistake(
        "averaged",
        _dense(lambda A, W, b: A @ W / len(W) + b),
        "The products are averaged over the inputs; they are summed.",
        "对输入取了平均，应当求和。",
    ),
    _mistake(
        "divided-by-batch",
        _dense(lambda A, W, b: (A @ W + b) / len(A)),
        "The result is divided by the number of examples; a layer treats each example by itself.",
        "结果除以了样本数；每一层对每个样本单独计算。",
    ),
    _mistake(
        "summed-over-batch",
        _dense(lambda A, W, b: np.sum(A @ W + b, axis=0, keepdims=True)),
        "The examples are added up; each has a row of its own, so the shape is (m, n).",
        "把各个样本加在了一起；每个样本各占一行，形状是 (m, n)。",
    ),
    _mistake(
        "first-example-only",
        _dense(lambda A, W, b: A[:1] @ W + b),
        "Only the first example is worked out: use all rows of `A_prev`.",
        "只算了第一个样本，应当用 `A_prev` 的所有行。",
    ),
    _mistake(
        "columns-order-of-cache",
        lambda A, W, b: (A @ W + b, (W, A, b)),
        "`Z` is right, but the cache is in another order; it should be (A_prev, W, b).",
        "`Z` 是对的，但 cache 的顺序不对，应当是 (A_prev, W, b)。",
        HALF,
    ),
    _mistake(
        "cache-without-bias",
        lambda A, W, b: (A @ W + b, (A, W)),
        "`Z` is right, but the cache lacks `b`; it should be (A_prev, W, b).",
        "`Z` 是对的，但 cache 里少了 `b`，应当是 (A_prev, W, b)。",
        HALF,
    ),
    _mistake(
        "cache-is-the-output",
        lambda A, W, b: (A @ W + b, A @ W + b),
        "`Z` is right, but the cache holds `Z`; it should be (A_prev, W, b).",
        "`Z` 是对的，但 cache 里放的是 `Z`，应当是 (A_prev, W, b)。",
        HALF,
    ),
    _mistake(
        "scores-alone",
        lambda A, W, b: A @ W + b,
        "Only `Z` comes back: the cache belongs to the result.",
        "只返回了 `Z`，结果里还应有 cache。",
        HALF,
    ),
    _left_none("Z", cache=lambda *inputs: inputs),
    NOTHING_RETURNED,
)

# --------------------------------------------------------------------------------------------------
# dense_backward


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
    _mistake(
        "averaged-over-batch",
        _averaged,
        "`dW` and `db` are divided by the number of examples; in this notebook 1/m stands once, in the "
        "gradient of "
        "the cost, and the layers sum.",
        "`dW` 和 `db` 除以了样本数；本课只在代价的梯度里除一次 m，各层都求和。",
        HALF,
    ),
    _mistake(
        "all-averaged-over-batch",
        _all_averaged,
        "All three gradients are divided by the number of examples; in this notebook 1/m stands once, in the "
        "gradient of the cost, and the layers sum.",
        "三个梯度都除以了样本数；本课只在代价的梯度里除一次 m，各层都求和。",
        HALF,
    ),
    _mistake(
        "weights-averaged",
        _dense_back(dW=lambda dZ, A, W: A.T @ dZ / len(dZ)),
        "`dW` is divided by the number of examples; in this notebook 1/m stands once, in the gradient of "
        "the cost, "
        "and the layers sum.",
        "`dW` 除以了样本数；本课只在代价的梯度里除一次 m，各层都求和。",
        HALF,
    ),
    _mistake(
        "bias-averaged",
        _dense_back(db=lambda dZ: dZ.mean(axis=0, keepdims=True)),
        "`db` is the mean over the examples; it is the sum: `np.sum(dZ, axis=0, keepdims=True)`.",
        "`db` 取了样本的平均，应当求和：`np.sum(dZ, axis=0, keepdims=True)`。",
        HALF,
    ),
    _mistake(
        "bias-without-axis",
        _dense_back(db=lambda dZ: dZ.sum(axis=0)),
        "`db` has the shape (n,), but should have that of `b`, (1, n): say `keepdims=True` in the sum.",
        "`db` 的形状是 (n,)，应当和 `b` 一样是 (1, n)：求和时写 `keepdims=True`。",
        HALF,
    ),
    _mistake(
        "bias-not-summed",
        _dense_back(db=lambda dZ: dZ.copy()),
        "`db` is `dZ` as it is; the same bias was added to every example, so what comes back is summed "
        "over them.",
        "`db` 直接用了 `dZ`；同一个偏置加到了每个样本上，所以传回来的要对样本求和。",
    ),
    _mistake(
        "bias-summed-over-outputs",
        _dense_back(db=lambda dZ: dZ.sum(axis=1, keepdims=True)),
        "`db` is summed over the outputs (axis 1); sum over the examples, axis 0.",
        "`db` 沿输出（第 1 轴）求和了，应当沿样本，即第 0 轴。",
    ),
    _mistake(
        "bias-summed-over-all",
        _dense_back(db=lambda dZ: np.sum(dZ)),
        "`db` is one number, the sum of all; each output has a bias of its own: sum over axis 0 only.",
        "`db` 是全部求和得到的一个数；每个输出有自己的偏置，只沿第 0 轴求和。",
    ),
    _mistake(
        "bias-of-the-first",
        _dense_back(db=lambda dZ: dZ[:1]),
        "`db` comes from the first example alone; sum over all of them.",
        "`db` 只用了第一个样本，应当对所有样本求和。",
    ),
    _mistake(
        "weights-transposed",
        _dense_back(dW=lambda dZ, A, W: dZ.T @ A),
        "`dW` is transposed: it has the shape of `W`, (n_prev, n), and is `A_prev.T @ dZ`.",
        "`dW` 转置了：它的形状和 `W` 一样是 (n_prev, n)，应当是 `A_prev.T @ dZ`。",
    ),
    _mistake(
        "input-transposed",
        _dense_back(dA=lambda dZ, A, W: W @ dZ.T),
        "`dA_prev` is transposed: it has the shape of `A_prev`, (m, n_prev), and is `dZ @ W.T`.",
        "`dA_prev` 转置了：它的形状和 `A_prev` 一样是 (m, n_prev)，应当是 `dZ @ W.T`。",
    ),
    _mistake(
        "bias-transposed",
        _dense_back(db=lambda dZ: dZ.sum(axis=0, keepdims=True).T),
        "`db` stands upright, (n, 1); it has the shape of `b`, (1, n).",
        "`db` 是竖着的 (n, 1)，应当和 `b` 一样是 (1, n)。",
        HALF,
    ),
    _mistake(
        "rectified",
        _dense_back(dA=lambda dZ, A, W: dZ @ W.T * (A > 0)),
        "`dA_prev` is cut to zero where `A_prev` is not positive: ReLU has a backward pass of its own.",
        "`A_prev` 不为正的地方把 `dA_prev` 截成了 0：ReLU 有它自己的反向函数。",
    ),
    _mistake(
        "input-and-weights-exchanged",
        _weights_and_input_exchanged,
        "`dA_prev` and `dW` are exchanged in the result: the order is dA_prev, dW, db.",
        "返回时 `dA_prev` 和 `dW` 弄反了：顺序是 dA_prev、dW、db。",
        HALF,
    ),
    _mistake(
        "weights-and-bias-exchanged",
        _weights_and_bias_exchanged,
        "`dW` and `db` are exchanged in the result: the order is dA_prev, dW, db.",
        "返回时 `dW` 和 `db` 弄反了：顺序是 dA_prev、dW、db。",
        HALF,
    ),
    _mistake(
        "weights-returned",
        _dense_back(dA=lambda dZ, A, W: A.copy(), dW=lambda dZ, A, W: W.copy()),
        "What comes back are `A_prev` and `W` themselves, not their gradients.",
        "返回的是 `A_prev` 和 `W` 本身，不是它们的梯度。",
    ),
    _mistake(
        "weights-from-the-first",
        _dense_back(dW=lambda dZ, A, W: np.outer(A[0], dZ[0])),
        "`dW` comes from the first example alone; sum over all of them: `A_prev.T @ dZ` does.",
        "`dW` 只用了第一个样本，应当对所有样本求和，`A_prev.T @ dZ` 正是如此。",
    ),
    _mistake(
        "weights-from-the-last",
        _dense_back(dW=lambda dZ, A, W: np.outer(A[-1], dZ[-1])),
        "`dW` comes from the last example alone: in a loop over the examples *add* (`+=`), don't assign.",
        "`dW` 只用了最后一个样本：按样本循环时要*累加*（`+=`），不要赋值。",
    ),
    _mistake(
        "weights-without-input",
        _dense_back(dW=lambda dZ, A, W: np.ones_like(A).T @ dZ),
        "`dW` does not use `A_prev`: each weight was multiplied by an input, and so is its gradient.",
        "`dW` 没有用到 `A_prev`：每个权重乘过一个输入，它的梯度也要乘这个输入。",
    ),
    _mistake(
        "bias-is-one",
        _dense_back(db=lambda dZ: np.ones((1, dZ.shape[1]))),
        "`db` is 1: the slope of Z by b is 1, but it is multiplied by `dZ` and summed over the examples.",
        "`db` 等于 1：Z 对 b 的斜率是 1，但还要乘以 `dZ` 并对样本求和。",
    ),
    _left_none("dA_prev", "dW", "db"),
    NOTHING_RETURNED,
)

# --------------------------------------------------------------------------------------------------
# softmax_cross_entropy


def _softmax(Z, axis=1):
    shifted = np.exp(Z - Z.max(axis=axis, keepdims=True))
    return shifted / shifted.sum(axis=axis, keepdims=True)


def _one_hot(Z, y):
    return np.eye(Z.shape[1])[y]


def _rows(Z):
    return np.arange(len(Z))


def _log_of_zero(Z, y):
    P = _softmax(Z)
    return -np.mean(np.log(P[_rows(Z), y])), (P - _one_hot(Z, y)) / len(Z)


def _epsilon(epsilon: float) -> Callable:
    def softmax_cross_entropy(Z, y):
        P = _softmax(Z)
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
        P = _softmax(Z)
        right = solutions.softmax_cross_entropy(Z, y)
        return cost(right[0], Z, y, P), dZ(right[1], Z, y, P)

    return softmax_cross_entropy


def _over_the_batch(Z, y):
    P = _softmax(Z, axis=0)
    return -np.mean(np.log(P[_rows(Z), y])), (P - _one_hot(Z, y)) / len(Z)


def _over_everything(Z, y):
    E = np.exp(Z - Z.max())
    P = E / E.sum()
    return -np.mean(np.log(P[_rows(Z), y])), (P - _one_hot(Z, y)) / len(Z)


def _all_columns(Z, y):
    return -np.mean(np.log(_softmax(Z)[:, y])), solutions.softmax_cross_entropy(Z, y)[1]


def _all_columns_twice(Z, y):
    P = _softmax(Z)
    return -np.mean(np.log(P[:, y])), (P - np.isin(np.arange(Z.shape[1]), y)) / len(Z)


SOFTMAX_CROSS_ENTROPY = (
    _mistake(
        "log-of-zero",
        _log_of_zero,
        "Where a probability is too small for a number it becomes 0, and its logarithm infinite: take the "
        "logarithm "
        "of the sum instead, `log P = s - np.log(np.sum(np.exp(s)))`.",
        "概率太小时会变成 0，取对数就成了无穷大：应当先取对数再算，`log P = s - np.log(np.sum(np.exp(s)))`。",
        HALF,
    ),
    *(
        _mistake(
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
    _mistake(
        "overflow",
        _overflowing,
        "Large scores overflow: `np.exp(1000)` is infinite, and infinity by infinity is no number. First "
        "subtract the "
        "largest score of each row.",
        "得分大时会溢出：`np.exp(1000)` 是无穷大，无穷大除以无穷大不是数。先减去每一行的最大值。",
        HALF,
    ),
    _mistake(
        "one-maximum-for-all",
        _one_maximum_for_all,
        "The largest score of the whole batch is subtracted, so rows with small scores vanish: each row "
        "loses its own "
        "maximum, `Z.max(axis=1, keepdims=True)`.",
        "减去的是整批的最大值，得分小的行就全变成 0 了：每一行减去自己的最大值，"
        "`Z.max(axis=1, keepdims=True)`。",
        HALF,
    ),
    _mistake(
        "input-changed",
        _shifted_in_place,
        "`Z` itself is changed (`Z -= ...`): leave it alone, and give the shifted scores a name of their "
        "own.",
        "`Z` 本身被改动了（`Z -= ...`）：不要改它，给平移后的得分另起一个名字。",
        HALF,
    ),
    _mistake(
        "gradient-of-the-sum",
        _entropy(dZ=lambda dZ, Z, y, P: dZ * len(Z)),
        "`dZ` lacks the factor 1/m: the cost is a mean over the examples, so its gradient is divided by m "
        "too.",
        "`dZ` 漏了 1/m：代价是对样本取的平均，所以它的梯度也要除以 m。",
        HALF,
    ),
    _mistake(
        "sum-not-mean",
        _entropy(cost=lambda cost, Z, y, P: cost * len(Z), dZ=lambda dZ, Z, y, P: dZ * len(Z)),
        "The cost is the sum over the examples, and `dZ` its gradient; wanted is the mean: divide both by m.",
        "代价是对样本求的和，`dZ` 是它的梯度；应当取平均：两者都除以 m。",
        HALF,
    ),
    _mistake(
        "cost-summed",
        _entropy(cost=lambda cost, Z, y, P: cost * len(Z)),
        "The cost is the sum over the examples; wanted is the mean: divide by m.",
        "代价是对样本求的和，应当取平均：除以 m。",
        HALF,
    ),
    _mistake(
        "divided-twice",
        _entropy(dZ=lambda dZ, Z, y, P: dZ / len(Z)),
        "`dZ` is divided by m twice; once is enough.",
        "`dZ` 除了两次 m，一次就够了。",
        HALF,
    ),
    _mistake(
        "divided-by-classes",
        _entropy(cost=lambda cost, Z, y, P: cost / Z.shape[1]),
        "The cost is averaged over the classes too; of each example there is one term only: divide by m.",
        "代价还对类别取了平均；每个样本只有一项：除以 m 就行。",
    ),
    _mistake(
        "divided-by-all",
        _entropy(cost=lambda cost, Z, y, P: cost / Z.shape[1], dZ=lambda dZ, Z, y, P: dZ / Z.shape[1]),
        "Cost and gradient are divided by the number of classes too; divide by m, the number of examples.",
        "代价和梯度还除以了类别数；只除以样本数 m。",
    ),
    _mistake(
        "gradient-not-minus-one",
        _entropy(dZ=lambda dZ, Z, y, P: P / len(Z)),
        "`dZ` is the probabilities alone; take off 1 at the right class of each row.",
        "`dZ` 只是概率；每一行在正确类别处还要减 1。",
    ),
    _mistake(
        "minus-one-everywhere",
        _entropy(dZ=lambda dZ, Z, y, P: (P - 1) / len(Z)),
        "1 is taken off everywhere; take it off at the right class of each row only: "
        "`dZ[np.arange(m), y] -= 1`.",
        "到处都减了 1；只在每一行的正确类别处减：`dZ[np.arange(m), y] -= 1`。",
    ),
    _mistake(
        "minus-one-in-whole-columns",
        _entropy(dZ=lambda dZ, Z, y, P: (P - np.isin(np.arange(Z.shape[1]), y)) / len(Z)),
        "`dZ[:, y]` is whole columns; one entry in each row is meant: `dZ[np.arange(m), y]`.",
        "`dZ[:, y]` 是整列；应当是每行一个：`dZ[np.arange(m), y]`。",
    ),
    _mistake(
        "minus-the-digit",
        _entropy(dZ=lambda dZ, Z, y, P: (P - y[:, None]) / len(Z)),
        "The digit itself is subtracted, as a number; `y` says at which *place* 1 is taken off: "
        "`dZ[np.arange(m), y] -= 1`.",
        "把数字本身当作数减掉了；`y` 说的是在哪个*位置*减 1：`dZ[np.arange(m), y] -= 1`。",
    ),
    _mistake(
        "gradient-sign",
        _entropy(dZ=lambda dZ, Z, y, P: -dZ),
        "`dZ` has the wrong sign: probability minus one at the right class, so that the step goes down.",
        "`dZ` 的符号反了：应当是概率减去正确类别处的 1，这样下降时才往对的方向走。",
    ),
    _mistake(
        "cost-sign",
        _entropy(cost=lambda cost, Z, y, P: -cost),
        "The cost is negative: the logarithm of a probability is, so put a minus in front.",
        "代价是负的：概率的对数是负数，前面要加负号。",
        HALF,
    ),
    _mistake(
        "gradient-of-probabilities",
        _entropy(dZ=lambda dZ, Z, y, P: P * (1 - P) / len(Z)),
        "`dZ` is `P * (1 - P)`, the slope of a sigmoid; of softmax and cross-entropy together it is P "
        "minus one at the "
        "right class.",
        "`dZ` 用了 `P * (1 - P)`，那是 sigmoid 的斜率；softmax 与交叉熵合起来，是 P 在正确类别处减 1。",
    ),
    _mistake(
        "gradient-of-the-log",
        _entropy(dZ=lambda dZ, Z, y, P: -_one_hot(Z, y) / P / len(Z)),
        "`dZ` is the gradient with respect to the probabilities, -1/P; go on through the softmax: P minus "
        "one at the right class.",
        "`dZ` 只是对概率的梯度 -1/P；还要穿过 softmax：P 在正确类别处减 1。",
    ),
    _mistake(
        "over-the-batch",
        _over_the_batch,
        "The softmax runs over the examples (axis 0); the probabilities of one example, a row, sum to 1: "
        "axis 1.",
        "softmax 沿样本（第 0 轴）算了；一个样本（一行）的概率之和才是 1：沿第 1 轴。",
    ),
    _mistake(
        "over-everything",
        _over_everything,
        "The softmax divides by the sum of the whole batch; each row is divided by its own: "
        "`axis=1, keepdims=True`.",
        "softmax 除以了整批的和；每一行除以自己的和：`axis=1, keepdims=True`。",
    ),
    _mistake(
        "all-columns",
        _all_columns,
        "`P[:, y]` takes whole columns, m × m numbers; one entry of each row is meant: `P[np.arange(m), y]`.",
        "`P[:, y]` 取的是整列，共 m × m 个数；应当每行取一个：`P[np.arange(m), y]`。",
    ),
    _mistake(
        "all-columns-twice",
        _all_columns_twice,
        "`P[:, y]` and `dZ[:, y]` take whole columns; one entry of each row is meant: `[np.arange(m), y]`.",
        "`P[:, y]` 和 `dZ[:, y]` 取的是整列；应当每行取一个：`[np.arange(m), y]`。",
    ),
    _mistake(
        "log-2",
        _entropy(cost=lambda cost, Z, y, P: cost / np.log(2)),
        "The logarithm is to the base 2; use the natural one, `np.log`.",
        "用了以 2 为底的对数，应当用自然对数 `np.log`。",
    ),
    _mistake(
        "log-10",
        _entropy(cost=lambda cost, Z, y, P: cost / np.log(10)),
        "The logarithm is to the base 10; use the natural one, `np.log`.",
        "用了以 10 为底的对数，应当用自然对数 `np.log`。",
    ),
    _mistake(
        "all-classes-in-the-cost",
        _entropy(cost=lambda cost, Z, y, P: -np.mean(np.sum(np.log(P), axis=1))),
        "The logarithms of all classes are in the cost; only that of the right class belongs there.",
        "代价里把所有类别的对数都加上了，只应有正确类别那一项。",
    ),
    _mistake(
        "probability-not-log",
        _entropy(cost=lambda cost, Z, y, P: 1 - np.mean(P[_rows(Z), y])),
        "The cost is one minus the probability; it is minus its logarithm.",
        "代价写成了 1 减概率，应当是负的对数。",
    ),
    _mistake(
        "squared-error",
        _entropy(cost=lambda cost, Z, y, P: np.sum((P - _one_hot(Z, y)) ** 2) / len(Z)),
        "The cost is the squared error; the cross-entropy is minus the logarithm of the right class's "
        "probability.",
        "代价用了平方误差；交叉熵是正确类别概率的负对数。",
    ),
    _mistake(
        "a-cost-for-each",
        _entropy(cost=lambda cost, Z, y, P: -np.log(P[_rows(Z), y])),
        "The cost comes as one number for each example; take the mean of them.",
        "每个样本各给了一个代价，应当取它们的平均。",
        HALF,
    ),
    _mistake(
        "probabilities-returned",
        _entropy(dZ=lambda dZ, Z, y, P: P),
        "The second result is `P`, the probabilities; wanted is `dZ`: (P minus one at the right class) / m.",
        "第二个结果是概率 `P`，应当是 `dZ`：（P 在正确类别处减 1）/ m。",
    ),
    _mistake(
        "results-exchanged",
        lambda Z, y: solutions.softmax_cross_entropy(Z, y)[::-1],
        "The two results are exchanged: first the cost, then dZ.",
        "两个结果的顺序反了：先代价，后 dZ。",
        HALF,
    ),
    _left_none("cost", "dZ"),
    NOTHING_RETURNED,
)

# --------------------------------------------------------------------------------------------------
# numerical_gradient


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
    _mistake(
        "parameter-not-put-back",
        _not_put_back,
        "The parameter is moved up, then down, and left there: put each entry back before the next one "
        "moves.",
        "参数先加后减，就留在那里了：动下一个元素之前，要先把这一个放回原处。",
    ),
    _mistake(
        "nudges-kept",
        _nudges_kept,
        "The entries that were moved stay moved while the next ones are tried: move one entry at a time, "
        "and put it "
        "back.",
        "移动过的元素没有放回，就去试下一个了：一次只动一个元素，动完放回去。",
    ),
    _mistake(
        "taken-off-once",
        _taken_off_once,
        "After `+= step`, `-= step` only leads back to the start: go down by `2 * step`, and then up again.",
        "先 `+= step` 再 `-= step` 只是回到原点：应当减去 `2 * step`，之后再加回来。",
    ),
    _mistake(
        "one-sided",
        _differences(lambda along, step, value: (along(step) - along(0)) / step),
        "It is a one-sided difference, (J(p + ε) − J(p)) / ε; the central one is much more exact: "
        "(J(p + ε) − J(p − ε)) / (2ε).",
        "用的是单侧差分 (J(p + ε) − J(p)) / ε；中心差分准确得多：(J(p + ε) − J(p − ε)) / (2ε)。",
        HALF,
    ),
    _mistake(
        "one-sided-below",
        _differences(lambda along, step, value: (along(0) - along(-step)) / step),
        "It is a one-sided difference, (J(p) − J(p − ε)) / ε; the central one is much more exact: "
        "(J(p + ε) − J(p − ε)) / (2ε).",
        "用的是单侧差分 (J(p) − J(p − ε)) / ε；中心差分准确得多：(J(p + ε) − J(p − ε)) / (2ε)。",
        HALF,
    ),
    _mistake(
        "two-forgotten",
        _differences(lambda along, step, value: (along(step) - along(-step)) / step),
        "The difference is divided by ε; from p − ε to p + ε it is 2ε.",
        "差除以了 ε；从 p − ε 到 p + ε 的距离是 2ε。",
        HALF,
    ),
    _mistake(
        "divided-by-two-then-times-step",
        _differences(lambda along, step, value: (along(step) - along(-step)) / 2 * step),
        "`/ 2 * step` divides by 2 and then multiplies by the step: write `/ (2 * step)`.",
        "`/ 2 * step` 是先除以 2 再乘步长，应当写 `/ (2 * step)`。",
        HALF,
    ),
    _mistake(
        "not-divided",
        _differences(lambda along, step, value: along(step) - along(-step)),
        "The difference is not divided by the distance: `/ (2 * step)`.",
        "差没有除以距离：`/ (2 * step)`。",
    ),
    _mistake(
        "divided-by-two-only",
        _differences(lambda along, step, value: (along(step) - along(-step)) / 2),
        "The difference is divided by 2, but not by the step: `/ (2 * step)`.",
        "差只除以了 2，没有除以步长：`/ (2 * step)`。",
    ),
    _mistake(
        "step-ignored",
        _differences(lambda along, step, value: (along(1e-5) - along(-1e-5)) / 2e-5),
        "The step is always 1e-5; use the argument `step`.",
        "步长总是 1e-5，应当用参数 `step`。",
        HALF,
    ),
    *(
        _mistake(
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
    _mistake(
        "step-relative",
        _differences(
            lambda along, step, value: (along(step * value) - along(-step * value)) / (2 * step * value)
        ),
        "The entry is moved by a share of itself; move it by `step`, whatever it is.",
        "按元素自身的比例移动了；不管它是多少，都移动 `step`。",
    ),
    _mistake(
        "sign",
        _differences(lambda along, step, value: (along(-step) - along(step)) / (2 * step)),
        "The sign is turned: the cost above minus the cost below.",
        "符号反了：应当是加步长的代价减去减步长的代价。",
    ),
    _mistake(
        "all-entries-at-once",
        _both_at_once,
        "All entries are moved at once: move one at a time, so that each has a slope of its own.",
        "所有元素一起动了：一次只动一个，这样每个元素才有自己的斜率。",
    ),
    _mistake(
        "one-number",
        _one_number,
        "All entries are moved at once, and one number comes back: move one at a time; the gradient has the "
        "parameter's shape.",
        "所有元素一起动，只返回一个数：一次只动一个，梯度的形状和参数相同。",
    ),
    _mistake(
        "of-a-copy",
        _of_a_copy,
        "The gradient is zero everywhere: what is moved must be what the cost sees (`.flatten()` makes a "
        "copy, "
        "`.ravel()` need not).",
        "梯度处处是零：移动的必须是代价函数看到的那个数组（`.flatten()` 得到的是副本）。",
    ),
    _mistake(
        "first-entry-only",
        _some_entries(lambda number: number == 0),
        "Only the first entry is worked out: a `return` stands inside the loop.",
        "只算了第一个元素：`return` 写到循环里面了。",
    ),
    _mistake(
        "last-entry-only",
        _some_entries(lambda number: number == number.max()),
        "Only the last entry is worked out: does the array start anew in each round of the loop?",
        "只算了最后一个元素：是不是每次循环都新建了数组？",
    ),
    _mistake(
        "flat",
        _flat,
        "The gradient comes back flat; it has the shape of the parameter.",
        "梯度返回成了一维，形状应当和参数相同。",
        HALF,
    ),
    NOTHING_RETURNED,
)

# --------------------------------------------------------------------------------------------------
# model_forward


def _model(
    conv: Callable = lambda X, W, b: conv_forward(X, W, b, CONV_HPARAMETERS),
    relu: Callable = relu_forward,
    pool: Callable = lambda A: pool_forward(A, POOL_HPARAMETERS),
    flat: Callable = lambda P: P.reshape(len(P), -1),
    dense: Callable = dense_forward,
    result: Callable = lambda Z2, caches: (Z2, caches),
) -> Callable:
    """A model_forward with some of its layers replaced."""

    def model_forward(X, parameters):
        Z1, cache_conv = conv(X, parameters["W1"], parameters["b1"])
        A1, cache_relu = relu(Z1)
        P1, cache_pool = pool(A1)
        Z2, cache_dense = dense(flat(P1), parameters["W2"], parameters["b2"])
        return result(Z2, (cache_conv, cache_relu, cache_pool, P1.shape, cache_dense))

    return model_forward


def _relu_after_pooling(X, parameters):
    Z1, cache_conv = conv_forward(X, parameters["W1"], parameters["b1"], CONV_HPARAMETERS)
    P1, cache_pool = pool_forward(Z1, POOL_HPARAMETERS)
    A1, cache_relu = relu_forward(P1)
    Z2, cache_dense = dense_forward(A1.reshape(len(A1), -1), parameters["W2"], parameters["b2"])
    return Z2, (cache_conv, cache_relu, cache_pool, P1.shape, cache_dense)


def _relu_at_the_end(Z2, caches):
    return np.maximum(Z2, 0), caches


def _softmax_at_the_end(Z2, caches):
    return _softmax(Z2), caches


MODEL_FORWARD = (
    _mistake(
        "relu-forgotten",
        _model(relu=lambda Z: (Z, Z)),
        "ReLU is left out: what the convolution gives goes through `relu_forward` before it is pooled.",
        "漏了 ReLU：卷积的结果要先经过 `relu_forward`，再池化。",
    ),
    _mistake(
        "relu-after-pooling",
        _relu_after_pooling,
        "ReLU comes after the pooling; here the order is convolution, ReLU, pooling. (The scores are the "
        "same, but "
        "the caches are not.)",
        "ReLU 放在了池化之后；这里的顺序是卷积、ReLU、池化。（得分相同，但 cache 不同。）",
        HALF,
    ),
    _mistake(
        "relu-on-the-scores",
        _model(result=_relu_at_the_end),
        "ReLU is applied to the scores as well: the last layer ends with plain numbers, negative ones too.",
        "对最后的得分也做了 ReLU：最后一层直接给出得分，可以是负的。",
    ),
    _mistake(
        "softmax-on-the-scores",
        _model(result=_softmax_at_the_end),
        "The scores went through the softmax already: that is the business of `softmax_cross_entropy`.",
        "得分已经做过 softmax 了：那是 `softmax_cross_entropy` 的事。",
    ),
    _mistake(
        "average-pooling",
        _model(pool=lambda A: pool_forward(A, POOL_HPARAMETERS, mode="average")),
        'The pooling takes averages; here it takes maxima (mode "max", which is what `pool_forward` does '
        "by itself).",
        '池化取了平均，这里应当取最大值（模式 "max"，也是 `pool_forward` 的默认值）。',
    ),
    _mistake(
        "padded",
        _model(conv=lambda X, W, b: conv_forward(X, W, b, {"pad": 1, "stride": 1})),
        "The images are padded; here they are not: use `conv_hparameters` as given.",
        "图像做了填充，这里不填充：请直接用给出的 `conv_hparameters`。",
    ),
    _mistake(
        "pooling-overlaps",
        _model(pool=lambda A: pool_forward(A, {"f": 2, "stride": 1})),
        "The windows of the pooling overlap: use `pool_hparameters` as given, with stride 2.",
        "池化窗口重叠了：请直接用给出的 `pool_hparameters`，步幅是 2。",
    ),
    _mistake(
        "conv-bias-forgotten",
        _model(conv=lambda X, W, b: conv_forward(X, W, 0 * b, CONV_HPARAMETERS)),
        "The convolution runs without its bias `b1`.",
        "卷积没有用偏置 `b1`。",
    ),
    _mistake(
        "dense-bias-forgotten",
        _model(dense=lambda A, W, b: (A @ W, (A, W, b))),
        "The dense layer runs without its bias `b2`.",
        "全连接层没有用偏置 `b2`。",
    ),
    _mistake(
        "channels-first-flattened",
        _model(flat=lambda P: P.transpose(0, 3, 1, 2).reshape(len(P), -1)),
        "The axes are turned before flattening; `P1.reshape(m, -1)` takes the numbers in the order in "
        "which they are.",
        "展平之前换了轴的顺序；`P1.reshape(m, -1)` 按原来的顺序取数。",
        HALF,
    ),
    _mistake(
        "columns-first-flattened",
        _model(flat=lambda P: P.reshape(len(P), -1, order="F")),
        "The numbers are flattened in Fortran's order; leave `order` out of the reshape.",
        "展平时用了 Fortran 顺序；reshape 里不要写 `order`。",
        HALF,
    ),
    _mistake(
        "examples-mixed",
        _model(flat=lambda P: P.reshape(-1, len(P)).T),
        "The flattening mixes the examples: each row is one example, `P1.reshape(m, -1)`, without a "
        "transpose.",
        "展平时把样本混在一起了：每一行是一个样本，用 `P1.reshape(m, -1)`，不要转置。",
    ),
    _mistake(
        "scores-alone",
        _model(result=lambda Z2, caches: Z2),
        "Only the scores come back: the caches belong to the result.",
        "只返回了得分，结果里还应有 caches。",
        HALF,
    ),
    _mistake(
        "flat-shape-in-caches",
        _model(result=lambda Z2, caches: (Z2, (*caches[:3], caches[4][0].shape, caches[4]))),
        "The fourth cache is the shape *after* flattening; keep the shape of `P1`, to which the gradient "
        "must return.",
        "第四个 cache 是展平*之后*的形状；应当保存 `P1` 的形状，梯度要变回那个形状。",
        HALF,
    ),
    _mistake(
        "caches-reversed",
        _model(result=lambda Z2, caches: (Z2, caches[::-1])),
        "The caches stand in reverse order: conv, relu, pool, shape, dense.",
        "caches 的顺序反了：应当是 conv、relu、pool、shape、dense。",
        HALF,
    ),
    NOTHING_RETURNED,
)

# --------------------------------------------------------------------------------------------------
# model_backward


def _model_back(
    dense: Callable = dense_backward,
    back: Callable = lambda dF, shape: dF.reshape(shape),
    pool: Callable = pool_backward,
    relu: Callable = relu_backward,
    conv: Callable = conv_backward,
    result: Callable = lambda gradients: gradients,
) -> Callable:
    """A model_backward with some of its layers replaced."""

    def model_backward(dZ, caches):
        cache_conv, cache_relu, cache_pool, shape, cache_dense = caches
        dF1, dW2, db2 = dense(dZ, cache_dense)
        dA1 = pool(back(dF1, shape), cache_pool)
        _, dW1, db1 = conv(relu(dA1, cache_relu), cache_conv)
        return result({"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2})

    return model_backward


def _renamed(rename: Callable) -> Callable:
    return lambda gradients: {rename(name): value for name, value in gradients.items()}


def _exchanged(one: str, other: str) -> Callable:
    return lambda g: {**g, one: g[other], other: g[one]}


def _scaled(*names: str) -> Callable:
    """Divide gradients by the number of examples once more."""

    def model_backward(dZ, caches):
        gradients = solutions.model_backward(dZ, caches)
        return {name: value / len(dZ) if name in names else value for name, value in gradients.items()}

    return model_backward


MODEL_BACKWARD = (
    _mistake(
        "relu-forgotten",
        _model_back(relu=lambda dA, cache: dA),
        "ReLU is left out on the way back: what comes from the pooling goes through `relu_backward` first.",
        "反向时漏了 ReLU：池化传回来的要先经过 `relu_backward`。",
    ),
    _mistake(
        "average-pooling",
        _model_back(pool=lambda dP, cache: pool_backward(dP, cache, mode="average")),
        'The gradient is shared out as for average pooling; on the way forward it was mode "max".',
        '梯度按平均池化分配了；前向时用的模式是 "max"。',
    ),
    _mistake(
        "relu-by-its-gradient",
        _model_back(relu=lambda dA, cache: dA * (dA > 0)),
        "`relu_backward` gets the wrong cache: it asks where `Z1` was positive, `cache_relu`.",
        "`relu_backward` 用错了 cache：要看 `Z1` 哪里为正，即 `cache_relu`。",
    ),
    _mistake(
        "divided-by-batch",
        _scaled("dW1", "db1", "dW2", "db2"),
        "All gradients are divided by the number of examples; `dZ` has been already, in "
        "`softmax_cross_entropy`.",
        "所有梯度又除以了样本数；在 `softmax_cross_entropy` 里已经除过了。",
        HALF,
    ),
    _mistake(
        "dense-divided-by-batch",
        _scaled("dW2", "db2"),
        "`dW2` and `db2` are divided by the number of examples; `dZ` has been already, in "
        "`softmax_cross_entropy`.",
        "`dW2` 和 `db2` 又除以了样本数；在 `softmax_cross_entropy` 里已经除过了。",
        HALF,
    ),
    _mistake(
        "named-like-the-parameters",
        _model_back(result=_renamed(lambda name: name[1:])),
        "The gradients are right, but named like the parameters: call them dW1, db1, dW2, db2.",
        "梯度是对的，但名字和参数一样了：应当叫 dW1、db1、dW2、db2。",
        HALF,
    ),
    _mistake(
        "tuple-not-dictionary",
        _model_back(result=lambda g: tuple(g.values())),
        "The gradients come as a tuple; put them in a dictionary under their names, dW1, db1, dW2, db2.",
        "梯度是以元组返回的；应当放进字典，名字是 dW1、db1、dW2、db2。",
        HALF,
    ),
    _mistake(
        "layers-exchanged",
        _model_back(result=_renamed(lambda name: name[:2] + {"1": "2", "2": "1"}[name[2]])),
        "The gradients of the two layers are exchanged: 1 is the convolution, 2 the dense layer.",
        "两层的梯度弄反了：1 是卷积层，2 是全连接层。",
        HALF,
    ),
    _mistake(
        "conv-weights-and-bias-exchanged",
        _model_back(result=_exchanged("dW1", "db1")),
        "`dW1` and `db1` are exchanged: `conv_backward` returns dA_prev, dW, db.",
        "`dW1` 和 `db1` 弄反了：`conv_backward` 返回 dA_prev、dW、db。",
        HALF,
    ),
    _mistake(
        "dense-weights-and-bias-exchanged",
        _model_back(result=_exchanged("dW2", "db2")),
        "`dW2` and `db2` are exchanged: `dense_backward` returns dA_prev, dW, db.",
        "`dW2` 和 `db2` 弄反了：`dense_backward` 返回 dA_prev、dW、db。",
        HALF,
    ),
    _mistake(
        "input-for-weights",
        _model_back(conv=lambda dZ, cache: (None, *conv_backward(dZ, cache)[:2])),
        "The results of `conv_backward` are taken apart wrongly: first dA_prev, then dW, then db.",
        "`conv_backward` 的结果拆错了：先 dA_prev，再 dW，再 db。",
        HALF,
    ),
    _mistake(
        "first-layer-missing",
        _model_back(result=lambda g: {name: g[name] for name in ("dW2", "db2")}),
        "Only the dense layer's gradients come back; the convolution's `dW1` and `db1` are missing.",
        "只返回了全连接层的梯度，还缺卷积层的 `dW1` 和 `db1`。",
    ),
    _mistake(
        "biases-missing",
        _model_back(result=lambda g: {name: g[name] for name in ("dW1", "dW2")}),
        "Only the weights' gradients come back; `db1` and `db2` are missing.",
        "只返回了权重的梯度，还缺 `db1` 和 `db2`。",
        HALF,
    ),
    _mistake(
        "columns-first-unflattened",
        _model_back(back=lambda dF, shape: dF.reshape(shape, order="F")),
        "The gradient is given its shape back in Fortran's order; leave `order` out of the reshape.",
        "变回原来的形状时用了 Fortran 顺序；reshape 里不要写 `order`。",
        HALF,
    ),
    _mistake(
        "channels-first-unflattened",
        _model_back(
            back=lambda dF, shape: dF.reshape(shape[0], shape[3], shape[1], shape[2]).transpose(0, 2, 3, 1)
        ),
        "The gradient is given its shape back with the channels first; undo just what the forward pass did: "
        "`dF1.reshape(shape)`.",
        "变回原来的形状时把通道放在了前面；只要撤销前向所做的：`dF1.reshape(shape)`。",
        HALF,
    ),
    _mistake(
        "sign",
        _model_back(result=lambda g: {name: -value for name, value in g.items()}),
        "All gradients have the wrong sign: the minus belongs to `update`.",
        "所有梯度的符号都反了：负号属于 `update`。",
        HALF,
    ),
    NOTHING_RETURNED,
)

# --------------------------------------------------------------------------------------------------
# update


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
    _mistake(
        "uphill",
        _stepped(lambda p, g, rate: p + rate * g),
        "The step goes uphill: the gradient points to where the cost grows, so subtract it.",
        "走反了方向：梯度指向代价变大的方向，所以要减去它。",
    ),
    _mistake(
        "in-place",
        _in_place,
        "The old parameters are no longer what they were (`-=` writes into the array itself, and a copied "
        "dictionary still "
        "holds the old arrays): put `p - rate * g` into a new dictionary.",
        "旧的参数被改动了（`-=` 直接写进原数组；复制字典得到的还是原来的数组）：请把 `p - rate * g` "
        "放进新字典。",
        HALF,
    ),
    _mistake(
        "rate-forgotten",
        _stepped(lambda p, g, rate: p - g),
        "The gradient is subtracted whole: multiply it by `rate`.",
        "把梯度整个减掉了：要乘以 `rate`。",
    ),
    _mistake(
        "rate-divides",
        _stepped(lambda p, g, rate: p - g / rate),
        "The gradient is divided by the rate; multiply.",
        "梯度除以了学习率，应当相乘。",
    ),
    _mistake(
        "rate-on-the-parameter",
        _stepped(lambda p, g, rate: rate * (p - g)),
        "The rate multiplies the parameter too; it multiplies the gradient alone: `p - rate * g`.",
        "学习率连参数也乘上了；它只乘梯度：`p - rate * g`。",
    ),
    _mistake(
        "rate-minus-gradient",
        _stepped(lambda p, g, rate: p * (1 - rate * g)),
        "The parameter is multiplied by the step; the step is subtracted: `p - rate * g`.",
        "参数乘以了步子，应当减去：`p - rate * g`。",
    ),
    _mistake(
        "rate-fixed",
        _stepped(lambda p, g, rate: p - 0.01 * g),
        "The rate is always 0.01; use the argument `rate`.",
        "学习率总是 0.01，应当用参数 `rate`。",
    ),
    _mistake(
        "rate-fixed-tenth",
        _stepped(lambda p, g, rate: p - 0.1 * g),
        "The rate is always 0.1; use the argument `rate`.",
        "学习率总是 0.1，应当用参数 `rate`。",
    ),
    _mistake(
        "gradient-minus-parameter",
        _stepped(lambda p, g, rate: rate * g - p),
        "The sign of the parameter is turned: `p - rate * g`, not the other way round.",
        "参数的符号反了：应当是 `p - rate * g`。",
    ),
    _mistake(
        "step-alone",
        _stepped(lambda p, g, rate: rate * g),
        "This is only the step; subtract it from the parameter.",
        "这只是步子本身，还要从参数里减掉。",
    ),
    _mistake(
        "step-down-alone",
        _stepped(lambda p, g, rate: -rate * g),
        "This is only the step; add it to the parameter.",
        "这只是步子本身，还要加到参数上。",
    ),
    _mistake(
        "unchanged",
        _stepped(lambda p, g, rate: p.copy()),
        "The parameters come back as they were: is the new value stored anywhere?",
        "参数原样返回了：新的值存下来了吗？",
    ),
    _mistake(
        "mean-gradient",
        _stepped(lambda p, g, rate: p - rate * np.mean(g)),
        "Every entry moves by the mean of the gradient; each moves by its own.",
        "每个元素都按梯度的平均值移动了；应当各按自己的梯度移动。",
    ),
    _mistake(
        "sign-of-the-gradient",
        _stepped(lambda p, g, rate: p - rate * np.sign(g)),
        "Every entry moves by the same distance; the step is as long as the gradient says: `p - rate * g`.",
        "每个元素移动的距离都一样；步子的长短由梯度决定：`p - rate * g`。",
    ),
    _mistake(
        "weights-only",
        _only(lambda name: name.startswith("W")),
        "Only the weights move; the biases learn too.",
        "只更新了权重，偏置也要更新。",
    ),
    _mistake(
        "biases-lost",
        _dropped(lambda name, names: name.startswith("W")),
        "The biases are missing from the result; return every parameter.",
        "结果里没有偏置；应当返回每一个参数。",
    ),
    _mistake(
        "first-only",
        _dropped(lambda name, names: name == names[0]),
        "Only the first parameter comes back: a `return` stands inside the loop, or the dictionary starts "
        "anew in it.",
        "只返回了第一个参数：`return` 写到循环里面了，或者字典在循环里重新建了。",
    ),
    _mistake(
        "last-only",
        _dropped(lambda name, names: name == names[-1]),
        "Only the last parameter comes back: the dictionary starts anew in each round of the loop.",
        "只返回了最后一个参数：每次循环都重新建了字典。",
    ),
    _mistake(
        "four-names-only",
        _dropped(lambda name, names: name in ("W1", "b1", "W2", "b2")),
        "Only W1, b1, W2 and b2 are updated: loop over all names, so that it works for any network.",
        "只更新了 W1、b1、W2、b2：请遍历所有名字，这样任何网络都能用。",
        HALF,
    ),
    _mistake(
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
