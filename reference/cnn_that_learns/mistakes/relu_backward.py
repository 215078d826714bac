"""Known mistakes of `relu_backward`."""

from __future__ import annotations

import numpy as np

from reference.cnn_that_learns.mistakes.common import HALF, NOTHING_RETURNED, mistake


def _gradient_in_place(dA, cache):
    dA[cache <= 0] = 0
    return dA


def _cache_in_place(dA, cache):
    cache[cache <= 0] = 0
    cache[cache > 0] = 1
    return dA * cache


RELU_BACKWARD = (
    mistake(
        "zero-lets-through",
        lambda dA, cache: dA * (cache >= 0),
        "Where `Z` is exactly 0 the gradient comes through; here it is 0 there: `cache > 0`, not `>=`.",
        "`Z` 恰好是 0 的地方梯度通过了；这里规定为 0：用 `cache > 0`，不是 `>=`。",
        HALF,
    ),
    mistake(
        "input-changed",
        _gradient_in_place,
        "`dA` itself is set to zero in places: leave it alone and make a new array, `dA * (cache > 0)`.",
        "直接把 `dA` 里的数改成了 0：不要改它，用 `dA * (cache > 0)` 得到新数组。",
        HALF,
    ),
    mistake(
        "cache-changed",
        _cache_in_place,
        "The cache itself is turned into zeros and ones: leave it alone and make a new array, "
        "`dA * (cache > 0)`.",
        "直接把 cache 改成了 0 和 1：不要改它，用 `dA * (cache > 0)` 得到新数组。",
        HALF,
    ),
    mistake(
        "by-its-own-sign",
        lambda dA, cache: dA * (dA > 0),
        "ReLU is applied to the gradient, so it asks where `dA` is positive; what counts is where `Z`, the "
        "cache, was: "
        "`dA * (cache > 0)`.",
        "对梯度又做了一次 ReLU，看的是 `dA` 哪里为正；应当看 `Z`（即 cache）哪里为正：`dA * (cache > 0)`。",
    ),
    mistake(
        "forward-again",
        lambda dA, cache: np.maximum(cache, 0),
        "This is the forward pass once more, and `dA` is not used: `dA * (cache > 0)`.",
        "这又做了一遍前向，没有用到 `dA`：应当是 `dA * (cache > 0)`。",
    ),
    mistake(
        "times-the-value",
        lambda dA, cache: dA * np.maximum(cache, 0),
        "The gradient is multiplied by the value of `A`; the slope of ReLU is 1 where `Z` is positive, "
        "else 0.",
        "梯度乘以了 `A` 的值；ReLU 的斜率在 `Z` 为正处是 1，其余是 0。",
    ),
    mistake(
        "times-the-input",
        lambda dA, cache: dA * cache,
        "The gradient is multiplied by `Z`; the slope of ReLU is 1 where `Z` is positive, else 0.",
        "梯度乘以了 `Z`；ReLU 的斜率在 `Z` 为正处是 1，其余是 0。",
    ),
    mistake(
        "everything-through",
        lambda dA, cache: dA.copy(),
        "`dA` comes back as it is; where `Z` was not positive, nothing comes back.",
        "`dA` 原样返回了；`Z` 不为正的地方，梯度应当是 0。",
    ),
    mistake(
        "mask-only",
        lambda dA, cache: cache > 0,
        "This is only the mask of where `Z` was positive: multiply it by `dA`.",
        "这只是 `Z` 为正的掩码，还要乘以 `dA`。",
    ),
    mistake(
        "mask-as-numbers",
        lambda dA, cache: (cache > 0) * 1.0,
        "This is the slope of ReLU alone, 0 or 1: multiply it by `dA`.",
        "这只是 ReLU 的斜率（0 或 1），还要乘以 `dA`。",
    ),
    mistake(
        "mask-turned",
        lambda dA, cache: dA * (cache <= 0),
        "The mask is turned round: the gradient passes where `Z` was positive.",
        "掩码反了：梯度在 `Z` 为正的地方通过。",
    ),
    mistake(
        "sign-of-input",
        lambda dA, cache: dA * np.sign(cache),
        "Where `Z` was negative the gradient comes back with its sign turned; it is 0 there.",
        "`Z` 为负的地方梯度变号传回了，那里应当是 0。",
    ),
    mistake(
        "negative-gradient-cut",
        lambda dA, cache: np.maximum(dA, 0) * (cache > 0),
        "Negative gradients are cut to 0; ReLU cuts `Z`, not the gradient.",
        "负的梯度被截成了 0；ReLU 截的是 `Z`，不是梯度。",
    ),
    mistake(
        "leaky",
        lambda dA, cache: dA * np.where(cache > 0, 1.0, 0.01),
        "Where `Z` was negative a small gradient comes back, as for the leaky ReLU; here it is 0.",
        "`Z` 为负的地方还传回一点梯度，那是带泄漏的 ReLU；这里应当是 0。",
    ),
    mistake(
        "cut-at-one",
        lambda dA, cache: dA * (cache > 1),
        "Where `Z` lies between 0 and 1 the gradient is lost: the border lies at 0.",
        "`Z` 在 0 和 1 之间的地方梯度丢了：分界应当在 0。",
    ),
    mistake(
        "pair-returned",
        lambda dA, cache: (dA * (cache > 0), cache),
        "It returns two things; one array `dZ` is wanted.",
        "返回了两样东西，只要一个数组 `dZ`。",
        HALF,
    ),
    NOTHING_RETURNED,
)
