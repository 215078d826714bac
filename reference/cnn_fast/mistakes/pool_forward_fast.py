"""Known mistakes of `pool_forward_fast`."""

from __future__ import annotations

import numpy as np

from reference.cnn_fast.layers import pool
from reference.cnn_fast.mistakes.common import (
    ALL_CHANNELS,
    CHANNELS_MIXED,
    HALF,
    MODE_AVERAGE,
    MODE_MAX,
    MODES_SWAPPED,
    NOTHING_RETURNED,
    POOL_HYPERPARAMETERS,
    SIZES,
    made,
    mixed,
)


def _all_channels(columns, m, n_H, n_W, f, C):
    return np.broadcast_to(columns.reshape(m, n_H, n_W, f * f * C)[..., None], (m, n_H, n_W, f * f * C, C))


def _turned(columns, m, n_H, n_W, f, C):
    return columns.reshape(m, n_W, n_H, f * f, C).swapaxes(1, 2)


def _never_negative(windows, axis):
    return np.maximum(0, windows.max(axis=axis))


POOL_FORWARD_FAST = (
    *made(
        pool,
        ("all-channels", dict(order=_all_channels), *ALL_CHANNELS),
        (
            "all-channels-one-left",
            dict(order=lambda columns, m, n_H, n_W, f, C: columns.reshape(m, n_H, n_W, f * f * C)),
            *ALL_CHANNELS,
        ),
        ("channels-mixed", dict(order=mixed), *CHANNELS_MIXED),
        (
            "positions-transposed",
            dict(order=_turned),
            "The rows of `im2col` are taken to go down the image first; they go across first: reshape to "
            "(m, n_H, n_W, ...).",
            "把 `im2col` 的行当成了先往下走；其实是先往右走：应当 reshape 成 (m, n_H, n_W, ...)。",
        ),
        ("mode-ignored-max", dict(average=np.max), *MODE_MAX),
        ("mode-ignored-average", dict(largest=np.mean), *MODE_AVERAGE),
        ("modes-swapped", dict(largest=np.mean, average=np.max), *MODES_SWAPPED),
        (
            "smallest",
            dict(largest=np.min),
            "It takes the minimum; max pooling takes the maximum.",
            "取了最小值，最大池化要取最大值。",
        ),
        (
            "place-not-value",
            dict(largest=np.argmax),
            "`np.argmax` gives the place of the largest value; take the value itself, `np.max`.",
            "`np.argmax` 给出的是最大值的位置，这里要值本身：`np.max`。",
        ),
        (
            "largest-magnitude",
            dict(largest=lambda windows, axis: np.abs(windows).max(axis=axis)),
            "It takes the largest absolute value; take the largest value, negative ones too.",
            "取的是绝对值的最大值，应当直接取最大值，负数也一样。",
        ),
        (
            "never-below-zero",
            dict(largest=_never_negative),
            "A maximum below zero is lost: don't compare with zeros, whether from a start value or from "
            "padding.",
            "小于零的最大值丢了：不要和零比较，初始值的零、填充的零都不行。",
        ),
        (
            "sum-not-average",
            dict(average=np.sum),
            "It sums the window; average pooling takes the mean.",
            "对窗口求了和，平均池化要取平均。",
        ),
        (
            "median-not-average",
            dict(average=np.median),
            "It takes the median; average pooling takes the mean.",
            "取了中位数，平均池化要取平均。",
        ),
        (
            "divided-by-f",
            dict(average=lambda w, axis: w.sum(axis=axis) / np.sqrt(w.shape[axis])),
            "The sum is divided by f; a window has f * f entries.",
            "和只除以了 f，窗口里有 f * f 个数。",
        ),
        *POOL_HYPERPARAMETERS,
        (
            "f-always-two",
            dict(hyper=lambda h: (2, h["stride"])),
            'The window is always 2 wide; take hparameters["f"].',
            '窗口大小总是 2，应当取 hparameters["f"]。',
        ),
        *SIZES,
        (
            "not-reshaped",
            dict(result=lambda A, cache: (A.reshape(-1, A.shape[3]), cache)),
            "The numbers are right, but still one row for each window: reshape to (m, n_H, n_W, n_C).",
            "数是对的，但还是每个窗口一行：要 reshape 成 (m, n_H, n_W, n_C)。",
            HALF,
        ),
        (
            "only-A-returned",
            dict(result=lambda A, cache: A),
            "Only A is returned; return A, cache.",
            "只返回了 A，应当返回 A, cache。",
        ),
        (
            "results-exchanged",
            dict(result=lambda A, cache: (cache, A)),
            "The results are exchanged; return A, cache.",
            "两个返回值反了，应当返回 A, cache。",
        ),
        (
            "cache-forgotten",
            dict(result=lambda A, cache: (A, None)),
            "A is right, but the cache is None; it is (A_prev, hparameters).",
            "A 是对的，但 cache 是 None，应当是 (A_prev, hparameters)。",
        ),
        (
            "cache-of-output",
            dict(result=lambda A, cache: (A, (A, cache[1]))),
            "A is right, but the cache holds A; keep the input A_prev.",
            "A 是对的，但 cache 里存的是 A，应当存输入 A_prev。",
        ),
    ),
    NOTHING_RETURNED,
)
