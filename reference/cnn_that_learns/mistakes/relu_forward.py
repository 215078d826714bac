"""Known mistakes of `relu_forward`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reference.cnn_that_learns.mistakes.common import HALF, NOTHING_RETURNED, left_none, mistake


def _rectified_in_place(Z):
    Z[Z < 0] = 0
    return Z, Z


def _activated(activation: Callable) -> Callable:
    return lambda Z: (activation(Z), Z)


RELU_FORWARD = (
    mistake(
        "input-changed",
        _rectified_in_place,
        "The negative entries are set to zero in `Z` itself, so the cache forgets which they were: leave `Z` "
        "alone and make a new array, `np.maximum(Z, 0)`.",
        "直接在 `Z` 里把负数改成了 0，cache 也就不记得哪些是负的了：不要改 `Z`，用 `np.maximum(Z, 0)` "
        "得到新数组。",
        HALF,
    ),
    mistake(
        "cache-is-the-output",
        lambda Z: (np.maximum(Z, 0), np.maximum(Z, 0)),
        "The cache holds `A`, what comes out; keep `Z`, what went in.",
        "cache 里放的是输出 `A`，应当保存输入 `Z`。",
        HALF,
    ),
    mistake(
        "axis-not-number",
        _activated(lambda Z: np.max(Z, 0)),
        "`np.max(Z, 0)` is the largest value along axis 0; to compare each entry with the number 0, write "
        "`np.maximum(Z, 0)`.",
        "`np.max(Z, 0)` 是沿第 0 轴取最大值；要让每个元素和数字 0 比较，请写 `np.maximum(Z, 0)`。",
    ),
    mistake(
        "one-number",
        _activated(lambda Z: max(0.0, np.max(Z))),
        "One number comes back; ReLU works entry by entry: `np.maximum(Z, 0)`.",
        "只返回了一个数；ReLU 要逐元素计算：`np.maximum(Z, 0)`。",
    ),
    mistake(
        "absolute-value",
        _activated(np.abs),
        "Negative entries come back positive, as their absolute value; they become 0.",
        "负数变成了它的绝对值，应当变成 0。",
    ),
    mistake(
        "negative-kept",
        _activated(lambda Z: np.minimum(Z, 0)),
        "The negative entries are kept and the positive ones cut: it is the maximum of entry and 0, not the "
        "minimum.",
        "留下了负数，截掉了正数：应当取元素与 0 的较大值，而不是较小值。",
    ),
    mistake(
        "mask-only",
        _activated(lambda Z: Z > 0),
        "This says only *whether* an entry is positive, True or False: multiply it by `Z`.",
        "这只说明元素*是不是*正数（True 或 False），还要乘以 `Z`。",
    ),
    mistake(
        "mask-as-numbers",
        _activated(lambda Z: (Z > 0) * 1.0),
        "Positive entries come back as 1; they keep their value.",
        "正数都变成了 1，应当保持原来的值。",
    ),
    mistake(
        "identity",
        _activated(np.copy),
        "`Z` comes back as it is; negative entries become 0.",
        "`Z` 原样返回了，负数应当变成 0。",
    ),
    mistake(
        "leaky",
        _activated(lambda Z: np.where(Z > 0, Z, 0.01 * Z)),
        "Negative entries are made small; that is the leaky ReLU. Here they become 0.",
        "负数只是缩小了，那是带泄漏的 ReLU；这里应当变成 0。",
    ),
    mistake(
        "sigmoid",
        _activated(lambda Z: 1 / (1 + np.exp(-Z))),
        "This is the sigmoid; ReLU is the larger of entry and 0.",
        "这是 sigmoid；ReLU 是元素与 0 的较大值。",
    ),
    mistake(
        "tanh",
        _activated(np.tanh),
        "This is tanh; ReLU is the larger of entry and 0.",
        "这是 tanh；ReLU 是元素与 0 的较大值。",
    ),
    mistake(
        "capped",
        _activated(lambda Z: np.clip(Z, 0, 1)),
        "Entries above 1 are cut to 1; ReLU has no upper end.",
        "大于 1 的元素被截成了 1；ReLU 没有上限。",
    ),
    mistake(
        "sign-turned",
        _activated(lambda Z: np.maximum(-Z, 0)),
        "The sign is turned: it is the larger of `Z` and 0, not of `-Z` and 0.",
        "符号反了：应当取 `Z` 与 0 的较大值，而不是 `-Z` 与 0。",
    ),
    mistake(
        "cut-at-one",
        _activated(lambda Z: np.where(Z > 1, Z, 0.0)),
        "Entries between 0 and 1 are lost: the border lies at 0.",
        "0 和 1 之间的元素丢了：分界应当在 0。",
    ),
    mistake(
        "maximum-with-one",
        _activated(lambda Z: np.maximum(Z, 1)),
        "Entries are compared with 1; compare them with 0.",
        "和 1 作了比较，应当和 0 比较。",
    ),
    mistake(
        "cache-in-a-tuple",
        lambda Z: (np.maximum(Z, 0), (Z,)),
        "The cache is a tuple that holds `Z`; it should be `Z` itself: `cache = Z`.",
        "cache 是装着 `Z` 的元组，应当就是 `Z`：`cache = Z`。",
        HALF,
    ),
    left_none("A", cache=lambda Z: Z),
    NOTHING_RETURNED,
)
