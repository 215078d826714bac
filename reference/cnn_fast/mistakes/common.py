"""What the known mistakes of several exercises are made of: sizes, slices, hyperparameters."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nbexaminer.checks import Mistake, Text
from reference.cnn_fast.layers import both, length, steps

HALF = 0.5


def made(maker: Callable, *rows: tuple) -> tuple[Mistake, ...]:
    """(name, changes, English, Chinese[, credit]) to mistakes."""
    return tuple(
        Mistake(name, maker(**changes), Text(en, zh), *credit) for name, changes, en, zh, *credit in rows
    )


def none(*args, **kwargs) -> None:
    return None


NOTHING_RETURNED = Mistake(
    "nothing-returned",
    none,
    Text(
        "It returns `None`: is the `return` line, or the line before it, missing?",
        "返回了 `None`：是不是漏了 `return`，或者没有给结果赋值？",
    ),
)


def size(of: Callable) -> dict:
    return dict(sizes=both(of))


def swapped(H, W, *hyper):
    return length(W, *hyper), length(H, *hyper)


SIZES = (
    (
        "width-from-height",
        dict(sizes=lambda H, W, *hyper: (length(H, *hyper), length(H, *hyper))),
        "`n_W` is computed from the height; use `n_W_prev`. Square images hide this.",
        "`n_W` 用高度算的，应当用 `n_W_prev`。图像是正方形时看不出来。",
    ),
    (
        "height-from-width",
        dict(sizes=lambda H, W, *hyper: (length(W, *hyper), length(W, *hyper))),
        "`n_H` is computed from the width; use `n_H_prev`. Square images hide this.",
        "`n_H` 用宽度算的，应当用 `n_H_prev`。图像是正方形时看不出来。",
    ),
    ("sizes-swapped", dict(sizes=swapped), "`n_H` and `n_W` are exchanged.", "`n_H` 和 `n_W` 弄反了。"),
    (
        "size-without-one",
        size(lambda n, f, stride, pad: (n + 2 * pad - f) // stride),
        "There is one row and one column of windows too few: the formula ends in `+ 1`, for the window at "
        "the very start.",
        "窗口少了一行一列：公式末尾要 `+ 1`，最开头的那个窗口也要算上。",
    ),
    (
        "size-without-f",
        size(lambda n, f, stride, pad: (n + 2 * pad) // stride + 1),
        "The number of windows does not take off `f`, the size of the window.",
        "窗口的个数没有减去窗口的大小 `f`。",
    ),
    (
        "size-without-stride",
        size(lambda n, f, stride, pad: n + 2 * pad - f + 1),
        "The number of windows is not divided by the stride.",
        "窗口的个数没有除以步幅。",
    ),
    (
        "size-rounded-up",
        size(lambda n, f, stride, pad: -(-(n + 2 * pad - f) // stride) + 1),
        "The number of windows is rounded up; round it down: a window that does not fit is left out.",
        "窗口的个数向上取整了，应当向下取整：放不下的窗口就不要。",
    ),
)
PADDED_SIZES = (
    (
        "size-without-padding",
        size(lambda n, f, stride, pad: (n - f) // stride + 1),
        "The number of windows does not count the border: add 2 * pad.",
        "窗口的个数没有算上填充，要加 2 * pad。",
    ),
    (
        "size-with-one-pad",
        size(lambda n, f, stride, pad: (n + pad - f) // stride + 1),
        "The number of windows counts the border on one side only: add 2 * pad.",
        "窗口的个数只算了一侧填充，两侧都有，要加 2 * pad。",
    ),
)


def end_by_count(p, stride, n, f):
    return slice(p, p + n, stride)


def from_p_strides(p, stride, n, f):
    return slice(p * stride, p * stride + stride * n, stride)


def from_the_end(p, stride, n, f):
    return steps(f - 1 - p, stride, n, f)


def by_f(p, stride, n, f):
    return slice(p, p + f * n, f)


END_BY_COUNT = (
    "The slices end too early: a slice that takes every `stride`-th row and should hold `n_H` of them ends "
    "at `p + stride * n_H`, not at `p + n_H`.",
    "切片结束得太早：每隔 `stride` 行取一行、要取 `n_H` 行，终点是 `p + stride * n_H`，不是 `p + n_H`。",
)
STRIDE_FORGOTTEN = (
    "The slices take neighbouring rows, so the stride is ignored: take every `stride`-th one, "
    "`p : p + stride * n_H : stride`.",
    "切片取的是相邻的行，步幅没有起作用；要每隔 `stride` 取一行：`p : p + stride * n_H : stride`。",
)
OFFSET_TIMES_STRIDE = (
    "Inside a window the steps are 1: place (p, q) of the first window is row `p`, not row `p * stride`.",
    "窗口内部的步长是 1：第一个窗口里 (p, q) 处是第 `p` 行，不是第 `p * stride` 行。",
)
OFFSETS_FLIPPED = (
    "Each window comes out upside down: place (p, q) belongs to row `p` and column `q` of the window.",
    "每个窗口都倒过来了：(p, q) 对应窗口的第 `p` 行、第 `q` 列。",
)
STEP_OF_F = (
    "The windows are `f` apart; they should be `stride` apart.",
    "窗口之间隔了 `f`，应当隔 `stride`。",
)
SLICE_ENDS = (
    ("slice-ends-by-count", dict(rows=end_by_count, across=end_by_count), *END_BY_COUNT),
    ("slice-ends-by-count-down", dict(rows=end_by_count), *END_BY_COUNT),
    ("slice-ends-by-count-across", dict(across=end_by_count), *END_BY_COUNT),
)
SLICE_STEPS = (
    ("offset-times-stride", dict(rows=from_p_strides, across=from_p_strides), *OFFSET_TIMES_STRIDE),
    ("windows-flipped", dict(rows=from_the_end, across=from_the_end), *OFFSETS_FLIPPED),
    ("step-of-f", dict(rows=by_f, across=by_f), *STEP_OF_F),
)


def window_by_window(columns, shape, f, stride, pad):
    """What `A_pad[indices] += columns` does: of several windows over one pixel the last one counts."""
    m, H, W, C = shape
    n_H, n_W = length(H, f, stride, pad), length(W, f, stride, pad)
    windows = columns.reshape(m, n_H, n_W, f, f, C)
    A_pad = np.zeros((m, H + 2 * pad, W + 2 * pad, C))
    for h, w in np.ndindex(n_H, n_W):
        A_pad[:, h * stride : h * stride + f, w * stride : w * stride + f] = windows[:, h, w]
    return A_pad[:, pad : pad + H, pad : pad + W]


def hyper_exchanged(h):
    return h["pad"], h["stride"]


EXCHANGED = (
    "`stride` and `pad` are exchanged on the way to `im2col`: its order is (A, f, stride, pad).",
    "传给 `im2col` 时 `stride` 和 `pad` 弄反了：顺序是 (A, f, stride, pad)。",
)
CONV_HYPERPARAMETERS = (
    ("stride-and-pad-exchanged", dict(hyper=hyper_exchanged), *EXCHANGED),
    (
        "stride-always-one",
        dict(hyper=lambda h: (1, h["pad"])),
        'The stride is always 1; take it from hparameters["stride"].',
        '步幅总是 1，应当取 hparameters["stride"]。',
    ),
    (
        "pad-always-zero",
        dict(hyper=lambda h: (h["stride"], 0)),
        'The border is forgotten; take its width from hparameters["pad"].',
        '忘了填充，宽度应当取 hparameters["pad"]。',
    ),
)


def mixed(columns, m, n_H, n_W, f, C):
    """The channels taken to stand before the places of the window, though they stand behind."""
    return columns.reshape(m, n_H, n_W, C, f * f).swapaxes(3, 4)


CHANNELS_MIXED = (
    "The channels are mixed up: a row of `im2col` has the channels of one pixel side by side, so take it "
    "apart as "
    "(f * f, n_C), not as (n_C, f * f).",
    "通道乱了：`im2col` 的一行里，同一像素的各通道挨在一起，所以要拆成 (f * f, n_C)，不是 (n_C, f * f)。",
)
ALL_CHANNELS = (
    "Each window runs through all channels; every channel is pooled by itself: keep the channels as an "
    "axis of "
    "their own before you reduce.",
    "窗口把所有通道都算进去了；每个通道各自池化：先把通道单独留成一个轴再求。",
)
MODE_MAX = ("The mode is ignored: it always takes the maximum.", "没有理会 mode，总是取最大值。")
MODE_AVERAGE = ("The mode is ignored: it always takes the average.", "没有理会 mode，总是取平均值。")
MODES_SWAPPED = ('"max" and "average" are exchanged.', '"max" 和 "average" 弄反了。')
STRIDE_IS_F = (
    'The stride is taken to be f, so the windows never overlap: use hparameters["stride"].',
    '把步幅当成了 f，窗口就不会重叠：应当取 hparameters["stride"]。',
)
F_AND_STRIDE = (
    '`f` and `stride` are exchanged: hparameters["f"], hparameters["stride"].',
    '`f` 和 `stride` 取反了：hparameters["f"]、hparameters["stride"]。',
)
POOL_HYPERPARAMETERS = (
    ("stride-is-f", dict(hyper=lambda h: (h["f"], h["f"])), *STRIDE_IS_F),
    (
        "stride-always-one",
        dict(hyper=lambda h: (h["f"], 1)),
        'The stride is always 1; take it from hparameters["stride"].',
        '步幅总是 1，应当取 hparameters["stride"]。',
    ),
    ("f-and-stride-exchanged", dict(hyper=lambda h: (h["stride"], h["f"])), *F_AND_STRIDE),
)
