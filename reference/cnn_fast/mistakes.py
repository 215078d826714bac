"""The known mistakes of each exercise: a variant of the solution, and what to tell its author.

They come from the ways in which people get im2col wrong: axes in another order, a reshape where a
transpose is needed, sizes that only fit square images, a gradient that is stored where it must be added.
The likeliest stand first: where two variants can't be told apart, the first one names the mistake.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nbexaminer.checks import Mistake, Text
from reference.cnn_fast import solutions
from reference.cnn_fast.layers import (
    assigned,
    both,
    conv,
    conv_gradient,
    counted,
    evenly,
    first_largest,
    fold,
    in_order,
    length,
    pool,
    pool_gradient,
    rows_of_windows,
    seen,
    steps,
    unfold,
)

HALF = 0.5


def _made(maker: Callable, *rows: tuple) -> tuple[Mistake, ...]:
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

# --------------------------------------------------------------------------------------------------
# Sizes that are wrong in the same way everywhere


def _size(of: Callable) -> dict:
    return dict(sizes=both(of))


def _swapped(H, W, *hyper):
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
    ("sizes-swapped", dict(sizes=_swapped), "`n_H` and `n_W` are exchanged.", "`n_H` 和 `n_W` 弄反了。"),
    (
        "size-without-one",
        _size(lambda n, f, stride, pad: (n + 2 * pad - f) // stride),
        "There is one row and one column of windows too few: the formula ends in `+ 1`, for the window at "
        "the very start.",
        "窗口少了一行一列：公式末尾要 `+ 1`，最开头的那个窗口也要算上。",
    ),
    (
        "size-without-f",
        _size(lambda n, f, stride, pad: (n + 2 * pad) // stride + 1),
        "The number of windows does not take off `f`, the size of the window.",
        "窗口的个数没有减去窗口的大小 `f`。",
    ),
    (
        "size-without-stride",
        _size(lambda n, f, stride, pad: n + 2 * pad - f + 1),
        "The number of windows is not divided by the stride.",
        "窗口的个数没有除以步幅。",
    ),
    (
        "size-rounded-up",
        _size(lambda n, f, stride, pad: -(-(n + 2 * pad - f) // stride) + 1),
        "The number of windows is rounded up; round it down: a window that does not fit is left out.",
        "窗口的个数向上取整了，应当向下取整：放不下的窗口就不要。",
    ),
)
PADDED_SIZES = (
    (
        "size-without-padding",
        _size(lambda n, f, stride, pad: (n - f) // stride + 1),
        "The number of windows does not count the border: add 2 * pad.",
        "窗口的个数没有算上填充，要加 2 * pad。",
    ),
    (
        "size-with-one-pad",
        _size(lambda n, f, stride, pad: (n + pad - f) // stride + 1),
        "The number of windows counts the border on one side only: add 2 * pad.",
        "窗口的个数只算了一侧填充，两侧都有，要加 2 * pad。",
    ),
)

# --------------------------------------------------------------------------------------------------
# im2col


def _flattened_first(windows):
    """Filled as (f, f, m, n_H, n_W, C) and reshaped in one go."""
    m, n_H, n_W, f, _, C = windows.shape
    return windows.transpose(3, 4, 0, 1, 2, 5).reshape(m * n_H * n_W, f * f * C)


def _end_by_count(p, stride, n, f):
    return slice(p, p + n, stride)


def _end_one_stride_early(p, stride, n, f):
    return slice(p, p + stride * (n - 1), stride)


def _every_row(p, stride, n, f):
    return slice(p, p + n)


def _from_p_strides(p, stride, n, f):
    return slice(p * stride, p * stride + stride * n, stride)


def _from_the_end(p, stride, n, f):
    return steps(f - 1 - p, stride, n, f)


def _by_f(p, stride, n, f):
    return slice(p, p + f * n, f)


def _no_pad(n, f, stride, pad):
    return length(n, f, stride, 0)


def _one_window_only(windows):
    windows = windows.copy()
    windows[:, :, :, : windows.shape[3] - 1] = 0
    return rows_of_windows(windows)


def _around(*axes):
    return lambda A, f, stride, pad: np.pad(A, [(pad, pad) if k in axes else (0, 0) for k in range(4)])


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
    ("slice-ends-by-count", dict(rows=_end_by_count, across=_end_by_count), *END_BY_COUNT),
    ("slice-ends-by-count-down", dict(rows=_end_by_count), *END_BY_COUNT),
    ("slice-ends-by-count-across", dict(across=_end_by_count), *END_BY_COUNT),
)
SLICE_STEPS = (
    ("offset-times-stride", dict(rows=_from_p_strides, across=_from_p_strides), *OFFSET_TIMES_STRIDE),
    ("windows-flipped", dict(rows=_from_the_end, across=_from_the_end), *OFFSETS_FLIPPED),
    ("step-of-f", dict(rows=_by_f, across=_by_f), *STEP_OF_F),
)

IM2COL = (
    *_made(
        unfold,
        (
            "channels-first",
            dict(order=in_order(0, 1, 2, 5, 3, 4)),
            "Each row is ordered channel, row, column; the order here is row, column, channel: the "
            "channels of "
            "one pixel stand side by side. `sliding_window_view` puts the channels first: transpose its axes "
            "before you reshape.",
            "每一行的顺序成了“通道、行、列”，这里约定的是“行、列、通道”：同一像素的各通道挨在一起。"
            "`sliding_window_view` 会把通道放在前面，reshape 之前要先转置。",
            HALF,
        ),
        (
            "window-transposed",
            dict(order=in_order(0, 1, 2, 4, 3, 5)),
            "Each window is read column by column; read it row by row: first `p`, then `q`.",
            "窗口是一列一列读的，应当一行一行读：先 `p` 后 `q`。",
            HALF,
        ),
        (
            "channels-first-window-transposed",
            dict(order=in_order(0, 1, 2, 5, 4, 3)),
            "Each row is ordered channel, column, row; the order here is row, column, channel.",
            "每一行的顺序成了“通道、列、行”，这里约定的是“行、列、通道”。",
            HALF,
        ),
        (
            "positions-transposed",
            dict(order=in_order(0, 2, 1, 3, 4, 5)),
            "The windows of an image come column by column; they should come row by row: first all `w` of "
            "`h` = 0, then those of `h` = 1.",
            "窗口是按列排的，应当按行排：先是 `h` 为 0 的所有 `w`，再是 `h` 为 1 的。",
        ),
        (
            "positions-before-examples",
            dict(order=in_order(1, 2, 0, 3, 4, 5)),
            "The rows go through the examples fastest; all windows of example 0 come first, then those of "
            "example 1.",
            "行里样本变得最快；应当先排完第 0 个样本的全部窗口，再排第 1 个样本的。",
        ),
        (
            "reshape-not-transpose",
            dict(order=_flattened_first),
            "The windows are reshaped while the axes stand in another order, so the numbers are mixed up: "
            "`reshape` only cuts the same sequence anew. Bring the axes into the order (m, n_H, n_W, f, "
            "f, n_C) "
            "with `transpose`, then reshape.",
            "轴的顺序还不对就 reshape，数全乱了：`reshape` 只是把同一串数重新分段。"
            "要先用 `transpose` 把轴排成 (m, n_H, n_W, f, f, n_C)，再 reshape。",
        ),
        (
            "windows-as-columns",
            dict(order=lambda windows: rows_of_windows(windows).T),
            "The matrix is transposed: here each *row* is a window, and each column a place in the window. "
            "Return its `.T`.",
            "矩阵转置了：这里每个窗口是一*行*，每列是窗口里的一个位置。返回它的 `.T` 即可。",
            HALF,
        ),
        (
            "not-flattened",
            dict(order=lambda windows: windows),
            "The windows are all there, with six axes: reshape them to (m * n_H * n_W, f * f * n_C).",
            "窗口都对，但还是六个轴：要 reshape 成 (m * n_H * n_W, f * f * n_C)。",
            HALF,
        ),
        (
            "rows-not-flattened",
            dict(order=lambda windows: windows.reshape(*windows.shape[:3], -1)),
            "Example, row and column of the window are still axes of their own: join them, so that the "
            "matrix "
            "has m * n_H * n_W rows.",
            "样本、窗口的行和列还各占一个轴：要合成一个，使矩阵有 m * n_H * n_W 行。",
            HALF,
        ),
        (
            "examples-not-flattened",
            dict(order=lambda windows: windows.reshape(len(windows), -1, np.prod(windows.shape[3:]))),
            "There is one matrix for each example: join them, so that one matrix has m * n_H * n_W rows.",
            "每个样本各成一个矩阵：要合成一个，共 m * n_H * n_W 行。",
            HALF,
        ),
        (
            "padding-forgotten-everywhere",
            dict(sizes=both(_no_pad), padded=lambda A, *_: A),
            "The border is forgotten: pad `A` with `pad` zeros on each side, and count it in the number of "
            "windows.",
            "忘了填充：先在 `A` 四周补 `pad` 圈零，窗口的个数也要算上。",
        ),
        (
            "padding-forgotten",
            dict(padded=lambda A, *_: A),
            "The windows are cut from `A`; cut them from the padded array.",
            "窗口是从 `A` 上取的，应当从填充后的数组上取。",
        ),
        (
            "pads-channels",
            dict(padded=_around(1, 2, 3)),
            "The channels are padded too; pad the 2nd and the 3rd axis only.",
            "通道也填充了，只应填充第 2、第 3 轴。",
        ),
        (
            "pads-first-axes",
            dict(padded=_around(0, 1)),
            "The examples are padded; pad the 2nd and the 3rd axis.",
            "填充到样本那一轴了，应当填充第 2、第 3 轴。",
        ),
        (
            "edge-values",
            dict(padded=lambda A, f, s, pad: np.pad(A, ((0, 0), (pad, pad), (pad, pad), (0, 0)), "edge")),
            "The border repeats the edge of the image; it should hold zeros.",
            "边上重复了图像边缘的值，应当是零。",
        ),
        (
            "stride-ignored-everywhere",
            dict(
                sizes=both(lambda n, f, stride, pad: length(n, f, 1, pad)), rows=_every_row, across=_every_row
            ),
            "The stride is ignored: the windows are `stride` apart, and there are fewer of them.",
            "没有理会步幅：窗口之间要隔 `stride`，窗口的个数也会变少。",
        ),
        ("stride-ignored", dict(rows=_every_row, across=_every_row), *STRIDE_FORGOTTEN),
        ("stride-ignored-down", dict(rows=_every_row), *STRIDE_FORGOTTEN),
        ("stride-ignored-across", dict(across=_every_row), *STRIDE_FORGOTTEN),
        *SLICE_ENDS,
        (
            "slice-one-short",
            dict(rows=_end_one_stride_early, across=_end_one_stride_early),
            "The slices miss their last row and column: they end at `p + stride * n_H`, with all of `n_H`.",
            "切片少了最后一行一列：终点是 `p + stride * n_H`，不要从 `n_H` 里减 1。",
        ),
        *SLICE_STEPS,
        (
            "places-exchanged",
            dict(
                order=lambda windows: rows_of_windows(np.broadcast_to(windows[:, :, :, :1], windows.shape)),
            ),
            "Every row of a window is its first one: `p` has to move the slice of the rows.",
            "窗口的每一行都是第一行：`p` 要让行的切片往下移。",
        ),
        (
            "last-place-only",
            dict(order=_one_window_only),
            "Only the last row of each window is filled: store each slice at its own place `[:, :, :, p, "
            "q, :]`.",
            "每个窗口只填了最后一行：每个切片要存到自己的位置 `[:, :, :, p, q, :]`。",
        ),
        (
            "all-zero",
            dict(order=lambda windows: rows_of_windows(0 * windows)),
            "All values are zero: store the slices of the padded array in the windows.",
            "全是零：要把填充后数组的切片存进去。",
        ),
        (
            "whole-numbers",
            dict(dtype=int),
            "The values are cut to whole numbers: give the new array the type of `A`, `dtype=A.dtype`.",
            "数值被取成了整数：新数组的类型要和 `A` 一样，`dtype=A.dtype`。",
        ),
        *PADDED_SIZES,
        *SIZES,
    ),
    NOTHING_RETURNED,
)

# --------------------------------------------------------------------------------------------------
# col2im


def _window_by_window(columns, shape, f, stride, pad):
    """What `A_pad[indices] += columns` does: of several windows over one pixel the last one counts."""
    m, H, W, C = shape
    n_H, n_W = length(H, f, stride, pad), length(W, f, stride, pad)
    windows = columns.reshape(m, n_H, n_W, f, f, C)
    A_pad = np.zeros((m, H + 2 * pad, W + 2 * pad, C))
    for h, w in np.ndindex(n_H, n_W):
        A_pad[:, h * stride : h * stride + f, w * stride : w * stride + f] = windows[:, h, w]
    return A_pad[:, pad : pad + H, pad : pad + W]


def _averaged(columns, shape, f, stride, pad):
    total = solutions.col2im(columns, shape, f, stride, pad)
    return total / np.maximum(1, solutions.col2im(np.ones_like(columns), shape, f, stride, pad))


def _from(*axes):
    """Rows read as if the last axes stood in another order, then put right."""

    def order(columns, m, n_H, n_W, f, C):
        named = dict(zip("mhwpqc", (m, n_H, n_W, f, f, C), strict=True))
        letters = [("mhwpqc")[k] for k in axes]
        return columns.reshape([named[letter] for letter in letters]).transpose(
            [letters.index(letter) for letter in "mhwpqc"]
        )

    return order


ADDS = "Windows overlap, so a pixel gets something back from each window that held it: "
ADDS_ZH = "窗口有重叠，一个像素要把每个含它的窗口传回来的都"
ORDER = "take the rows apart in the order in which `im2col` made them, (m, n_H, n_W, f, f, n_C)"
ORDER_ZH = "要按 `im2col` 的顺序 (m, n_H, n_W, f, f, n_C) 拆开"

COL2IM = (
    *_made(
        fold,
        (
            "assigned",
            dict(into=assigned),
            ADDS + "add with `+=`, don't store with `=`.",
            ADDS_ZH + "加起来：用 `+=`，不要用 `=`。",
        ),
    ),
    Mistake(
        "only-the-last-window-counts",
        _window_by_window,
        Text(
            ADDS + "add them all. With an array of indices `A_pad[i, j] += ...` counts a repeated index once "
            "only; use slices, or `np.add.at`.",
            ADDS_ZH
            + "加起来。用下标数组时，`A_pad[i, j] += ...` 对重复的下标只算一次；请用切片，或者 `np.add.at`。",
        ),
    ),
    Mistake(
        "averaged",
        _averaged,
        Text(
            ADDS + "add them, and don't divide by how many there were. `col2im` is no inverse of `im2col`.",
            ADDS_ZH + "加起来，不要再除以个数。`col2im` 并不是 `im2col` 的逆。",
        ),
    ),
    *_made(
        fold,
        (
            "border-kept",
            dict(cut=lambda A_pad, H, W, pad: A_pad),
            "The border is still there: cut it off, so that the result has the shape `shape`.",
            "填充的边还在：要切掉，结果的形状应当是 `shape`。",
            HALF,
        ),
        (
            "empty-slice-at-pad-0",
            dict(cut=lambda A_pad, H, W, pad: A_pad[:, pad:-pad, pad:-pad, :]),
            "`pad:-pad` is empty when pad is 0. Say where the middle ends: `pad : pad + n_H_prev`.",
            "pad 为 0 时 `pad:-pad` 是空的。要写明中间部分到哪里为止：`pad : pad + n_H_prev`。",
            HALF,
        ),
        (
            "cut-from-the-corner",
            dict(cut=lambda A_pad, H, W, pad: A_pad[:, :H, :W]),
            "The result is cut from the corner of the padded array; the image begins `pad` rows and columns "
            "further in.",
            "结果是从填充后数组的角上切的，图像要再往里 `pad` 行、`pad` 列。",
        ),
        (
            "border-cut-off-twice",
            dict(cut=lambda A_pad, H, W, pad: A_pad[:, 2 * pad : 2 * pad + H, 2 * pad : 2 * pad + W]),
            "Twice the border is cut off: the image begins at row and column `pad`.",
            "边切掉了两倍：图像从第 `pad` 行、第 `pad` 列开始。",
        ),
        (
            "border-forgotten",
            dict(border=lambda pad: 0, cut=lambda A, H, W, pad: A),
            "The array into which you add has no border, so the windows run over its edge: make it "
            "n_H_prev + 2 * pad by n_W_prev + 2 * pad, and cut the border off at the end.",
            "累加用的数组没有留边，窗口会越界：先建 n_H_prev + 2 * pad 乘 n_W_prev + 2 * pad 的数组，"
            "最后再切掉边。",
        ),
        (
            "channels-first",
            dict(order=_from(0, 1, 2, 5, 3, 4)),
            f"The channels are taken to stand first in each row: {ORDER}.",
            f"把每一行当成了通道在前：{ORDER_ZH}。",
            HALF,
        ),
        (
            "window-transposed",
            dict(order=_from(0, 1, 2, 4, 3, 5)),
            f"Each window is filled column by column: {ORDER}, first `p`, then `q`.",
            f"窗口是按列填的：{ORDER_ZH}，先 `p` 后 `q`。",
            HALF,
        ),
        (
            "positions-transposed",
            dict(order=_from(0, 2, 1, 3, 4, 5)),
            f"The windows are taken to come column by column: {ORDER}.",
            f"把窗口当成了按列排的：{ORDER_ZH}。",
        ),
        (
            "positions-before-examples",
            dict(order=_from(1, 2, 0, 3, 4, 5)),
            f"The examples are taken to change fastest: {ORDER}.",
            f"把样本当成了变得最快的：{ORDER_ZH}。",
        ),
        (
            "reshape-not-transpose",
            dict(
                order=lambda columns, m, n_H, n_W, f, C: columns.reshape(f, f, m, n_H, n_W, C).transpose(
                    2, 3, 4, 0, 1, 5
                )
            ),
            f"The numbers are mixed up: `reshape` only cuts the same sequence anew, it does not move "
            f"axes: {ORDER}.",
            f"数乱了：`reshape` 只是把同一串数重新分段，不会移动轴：{ORDER_ZH}。",
        ),
        (
            "columns-transposed",
            dict(order=lambda columns, m, n_H, n_W, f, C: columns.T.reshape(m, n_H, n_W, f, f, C)),
            f"`columns` is transposed first; its rows are the windows already: {ORDER}.",
            f"先把 `columns` 转置了；它的每一行本来就是一个窗口：{ORDER_ZH}。",
        ),
        (
            "stride-ignored",
            dict(rows=lambda p, s, n, f: slice(p, p + n), across=lambda p, s, n, f: slice(p, p + n)),
            *STRIDE_FORGOTTEN,
        ),
        ("stride-ignored-down", dict(rows=lambda p, s, n, f: slice(p, p + n)), *STRIDE_FORGOTTEN),
        ("stride-ignored-across", dict(across=lambda p, s, n, f: slice(p, p + n)), *STRIDE_FORGOTTEN),
        *SLICE_ENDS,
        *SLICE_STEPS,
        (
            "halved",
            dict(result=lambda A, f: A / f**2),
            "Everything is divided by f * f: what comes back is added up, not averaged.",
            "全都除以了 f * f：传回来的要相加，不是取平均。",
        ),
        (
            "never-added",
            dict(into=lambda *_: None),
            "All values are zero: add the windows into the array.",
            "全是零：要把各个窗口加进去。",
        ),
        *PADDED_SIZES,
        *SIZES,
    ),
    NOTHING_RETURNED,
)

# --------------------------------------------------------------------------------------------------
# conv_forward_fast


def _reshaped_weights(W):
    return W.reshape(W.shape[3], -1).T


def _hyper_exchanged(h):
    return h["pad"], h["stride"]


EXCHANGED = (
    "`stride` and `pad` are exchanged on the way to `im2col`: its order is (A, f, stride, pad).",
    "传给 `im2col` 时 `stride` 和 `pad` 弄反了：顺序是 (A, f, stride, pad)。",
)
CONV_HYPERPARAMETERS = (
    ("stride-and-pad-exchanged", dict(hyper=_hyper_exchanged), *EXCHANGED),
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
RESHAPED_WEIGHTS = (
    "The filters are mixed up: `W.reshape(n_C, -1)` cuts the numbers of W anew, it does not bring the "
    "last axis "
    "to the front. `W.reshape(-1, n_C)` keeps each filter in a column of its own.",
    "滤波器乱了：`W.reshape(n_C, -1)` 只是把 W 的数重新分段，不会把最后一轴挪到前面。"
    "`W.reshape(-1, n_C)` 才让每个滤波器各占一列。",
)

CONV_FORWARD_FAST = (
    *_made(
        conv,
        ("weights-reshaped-not-transposed", dict(weights=_reshaped_weights), *RESHAPED_WEIGHTS),
        (
            "weights-channels-first",
            dict(weights=lambda W: W.transpose(2, 0, 1, 3).reshape(-1, W.shape[3])),
            "The filters are flattened with the channels first, the windows with the channels last: both "
            "must be "
            "in the same order. `W.reshape(-1, n_C)` is.",
            "滤波器展平时通道在前，窗口展平时通道在后：两者顺序必须一致。直接 `W.reshape(-1, n_C)` "
            "就是一致的。",
        ),
        (
            "weights-flipped",
            dict(weights=lambda W: W[::-1, ::-1].reshape(-1, W.shape[3])),
            'The filter is turned round. In deep learning "convolution" means no flip: use W as it is.',
            "滤波器翻转了。深度学习里的“卷积”不翻转，直接用 W。",
        ),
        (
            "result-reshaped-not-transposed",
            dict(shaped=lambda Z, m, n_H, n_W, n_C: Z.T.reshape(m, n_H, n_W, n_C)),
            "The result has its filters in rows when it is reshaped, and `reshape` does not move axes: "
            "let the "
            "product have the shape (m * n_H * n_W, n_C).",
            "reshape 之前滤波器在行上，而 `reshape` 不会移动轴：乘积的形状应当是 (m * n_H * n_W, n_C)。",
        ),
        (
            "result-width-first-turned",
            dict(shaped=lambda Z, m, n_H, n_W, n_C: Z.reshape(m, n_W, n_H, n_C).transpose(0, 2, 1, 3)),
            "The rows of the product are taken to go down the image first; they go across first: reshape to "
            "(m, n_H, n_W, n_C) at once.",
            "把乘积的行当成了先往下走；其实是先往右走：直接 reshape 成 (m, n_H, n_W, n_C)。",
        ),
        (
            "result-examples-last",
            dict(shaped=lambda Z, m, n_H, n_W, n_C: Z.reshape(n_H, n_W, m, n_C).transpose(2, 0, 1, 3)),
            "The rows of the product are taken to go through the examples fastest; `im2col` puts all "
            "windows of "
            "example 0 first: reshape to (m, n_H, n_W, n_C).",
            "把乘积的行当成了样本变得最快；`im2col` 先排第 0 个样本的全部窗口：直接 reshape 成 (m, n_H, "
            "n_W, n_C)。",
        ),
        (
            "result-channels-first",
            dict(shaped=lambda Z, m, n_H, n_W, n_C: Z.reshape(m, n_C, n_H, n_W).transpose(0, 2, 3, 1)),
            "The result is reshaped as if the channels came before the positions; they come last: "
            "reshape to (m, n_H, n_W, n_C).",
            "reshape 时当成了通道在位置之前；通道在最后：应当 reshape 成 (m, n_H, n_W, n_C)。",
        ),
        (
            "result-not-reshaped",
            dict(shaped=lambda Z, m, n_H, n_W, n_C: Z),
            "The numbers are right, but still a matrix: reshape it to (m, n_H, n_W, n_C).",
            "数是对的，但还是一个矩阵：要 reshape 成 (m, n_H, n_W, n_C)。",
            HALF,
        ),
        ("bias-forgotten", dict(bias=lambda Z, b: Z), "The bias `b` is not added.", "没有加偏置 `b`。"),
        (
            "bias-subtracted",
            dict(bias=lambda Z, b: Z - b.reshape(-1)),
            "The bias is subtracted; add it.",
            "偏置减掉了，应当加上。",
        ),
        (
            "all-biases",
            dict(bias=lambda Z, b: Z + b.sum()),
            "The biases of all filters are added; each filter adds only its own.",
            "把所有滤波器的偏置都加上了，每个滤波器只加自己的。",
        ),
        (
            "first-bias-only",
            dict(bias=lambda Z, b: Z + b.flat[0]),
            "Every filter gets the first bias; each adds its own: `b.reshape(-1)`.",
            "每个滤波器都加了第一个偏置，应当各加各的：`b.reshape(-1)`。",
        ),
        (
            "bias-multiplied",
            dict(bias=lambda Z, b: Z * b.reshape(-1)),
            "The product is multiplied by the bias; add it.",
            "乘积又乘了偏置，应当相加。",
        ),
        *CONV_HYPERPARAMETERS,
        (
            "mean-not-sum",
            dict(product=lambda columns, V: columns @ V / len(V)),
            "The products are averaged; sum them.",
            "对乘积取了平均，应当求和。",
        ),
        (
            "activated",
            dict(shaped=lambda Z, *shape: np.maximum(Z, 0).reshape(shape)),
            "Negative results are cut to zero: the activation is not part of this function.",
            "负的结果被截成了零：激活函数不属于这个函数。",
        ),
        *SIZES,
        *PADDED_SIZES,
        (
            "only-Z-returned",
            dict(result=lambda Z, cache: Z),
            "Only Z is returned; return Z, cache.",
            "只返回了 Z，应当返回 Z, cache。",
        ),
        (
            "results-exchanged",
            dict(result=lambda Z, cache: (cache, Z)),
            "The results are exchanged; return Z, cache.",
            "两个返回值反了，应当返回 Z, cache。",
        ),
        (
            "cache-forgotten",
            dict(result=lambda Z, cache: (Z, None)),
            "Z is right, but the cache is None; it is (A_prev, W, b, hparameters).",
            "Z 是对的，但 cache 是 None，应当是 (A_prev, W, b, hparameters)。",
        ),
        (
            "cache-of-columns",
            dict(
                result=lambda Z, cache: (
                    Z,
                    (
                        solutions.im2col(cache[0], len(cache[1]), cache[3]["stride"], cache[3]["pad"]),
                        *cache[1:],
                    ),
                )
            ),
            "Z is right, but the cache holds the columns; keep A_prev as it came.",
            "Z 是对的，但 cache 里存的是展开后的矩阵，应当存原来的 A_prev。",
        ),
        (
            "single-precision",
            dict(result=lambda Z, cache: (Z.astype(np.float32), cache)),
            "Right, but only to 7 digits: keep the type of the inputs.",
            "是对的，但只有 7 位有效数字：请保留输入的类型。",
            1,
        ),
    ),
    NOTHING_RETURNED,
)

# --------------------------------------------------------------------------------------------------
# conv_backward_fast


CONV_BACKWARD_FAST = (
    *_made(
        conv_gradient,
        (
            "dZ-reshaped-not-transposed",
            dict(flat=lambda dZ: dZ.reshape(dZ.shape[3], -1).T),
            "dZ is mixed up: `dZ.reshape(n_C, -1)` cuts its numbers anew, it does not bring the channels "
            "to the "
            "front. `dZ.reshape(-1, n_C)` has one row for each window.",
            "dZ 乱了：`dZ.reshape(n_C, -1)` 只是把数重新分段，不会把通道挪到前面。`dZ.reshape(-1, n_C)` "
            "才是每个窗口一行。",
        ),
        (
            "dZ-width-first",
            dict(flat=lambda dZ: dZ.transpose(0, 2, 1, 3).reshape(-1, dZ.shape[3])),
            "The rows of dZ go down the image first; `im2col` goes across first: `dZ.reshape(-1, n_C)` "
            "has the "
            "same order.",
            "dZ 的行先往下走了；`im2col` 先往右走：`dZ.reshape(-1, n_C)` 顺序就一致。",
        ),
        (
            "dZ-examples-last",
            dict(flat=lambda dZ: dZ.transpose(1, 2, 0, 3).reshape(-1, dZ.shape[3])),
            "The rows of dZ go through the examples fastest; `im2col` puts example 0 first: "
            "`dZ.reshape(-1, n_C)` "
            "has the same order.",
            "dZ 的行里样本变得最快；`im2col` 先排第 0 个样本：`dZ.reshape(-1, n_C)` 顺序就一致。",
        ),
        (
            "dW-transposed",
            dict(into_W=lambda columns, flat, W: (flat.T @ columns).reshape(W.shape)),
            "dW is computed with one filter in each row and then reshaped, but `reshape` does not move axes: "
            "multiply the other way round, `columns.T @ dZ_flat`.",
            "dW 算成了每个滤波器一行，再 reshape；但 `reshape` 不会移动轴：要反过来乘，`columns.T @ "
            "dZ_flat`。",
        ),
        (
            "weights-reshaped-not-transposed",
            dict(weights=lambda W: W.reshape(W.shape[3], -1)),
            "On the way to dA_prev the filters are mixed up: `W.reshape(n_C, -1)` is not the transpose. "
            "Flatten W "
            "as in the forward pass, then take `.T`: `W.reshape(-1, n_C).T`.",
            "求 dA_prev 时滤波器乱了：`W.reshape(n_C, -1)` 不是转置。先像前向那样展平，再取 `.T`："
            "`W.reshape(-1, n_C).T`。",
        ),
        (
            "weights-rotated",
            dict(weights=lambda W: W[::-1, ::-1].reshape(-1, W.shape[3]).T),
            "The filter is turned round on the way back; with `col2im` it is used as it is, only transposed.",
            "反向时把滤波器翻转了；用 `col2im` 时不用翻转，只要转置。",
        ),
        (
            "weights-channels-first",
            dict(weights=lambda W: W.transpose(2, 0, 1, 3).reshape(-1, W.shape[3]).T),
            "The filters are flattened with the channels first, the windows with the channels last: "
            "flatten W as "
            "it is, `W.reshape(-1, n_C)`.",
            "滤波器展平时通道在前，窗口却是通道在后：直接 `W.reshape(-1, n_C)`。",
        ),
        (
            "dW-averaged-over-examples",
            dict(into_W=lambda c, flat, W: (c.T @ flat).reshape(W.shape) / len(c)),
            "dW is a mean over the windows; it is a sum: what comes back from all positions is added up.",
            "dW 取了各窗口的平均，应当是和：各个位置传回来的要相加。",
        ),
        (
            "db-averaged",
            dict(into_b=lambda flat, b: flat.mean(axis=0).reshape(b.shape)),
            "db is a mean; it is the sum of dZ over examples, rows and columns.",
            "db 取了平均，应当是 dZ 对样本、行、列求和。",
        ),
        (
            "db-of-everything",
            dict(into_b=lambda flat, b: np.full(b.shape, flat.sum())),
            "db sums over the filters too; each filter has its own: sum over axis 0 of the flat dZ.",
            "db 把各个滤波器也加在一起了；每个滤波器各有一个：对展平的 dZ 沿第 0 轴求和。",
        ),
        (
            "db-flat",
            dict(into_b=lambda flat, b: flat.sum(axis=0)),
            "The numbers of db are right, but it should have the shape of b, (1, 1, 1, n_C): reshape it.",
            "db 的数是对的，但形状应当和 b 一样，是 (1, 1, 1, n_C)：要 reshape。",
            HALF,
        ),
        (
            "db-column",
            dict(into_b=lambda flat, b: flat.sum(axis=0, keepdims=True)),
            "The numbers of db are right, but it should have the shape of b, (1, 1, 1, n_C): reshape it.",
            "db 的数是对的，但形状应当和 b 一样，是 (1, 1, 1, n_C)：要 reshape。",
            HALF,
        ),
        (
            "dW-flat",
            dict(into_W=lambda columns, flat, W: columns.T @ flat),
            "The numbers of dW are right, but it should have the shape of W: reshape it.",
            "dW 的数是对的，但形状应当和 W 一样：要 reshape。",
            HALF,
        ),
        (
            "db-zero",
            dict(into_b=lambda flat, b: np.zeros(b.shape)),
            "db stays zero: it is the sum of dZ over examples, rows and columns.",
            "db 一直是零：它是 dZ 对样本、行、列求和。",
        ),
        (
            "dA-padded",
            dict(
                into_A=lambda d, A, f, stride, pad: solutions.col2im(
                    d, (len(A), A.shape[1] + 2 * pad, A.shape[2] + 2 * pad, A.shape[3]), f, stride, 0
                )
            ),
            "dA_prev has the shape of the padded input: give `col2im` the shape of A_prev and the true "
            "`pad`.",
            "dA_prev 的形状是填充后的：给 `col2im` 的应当是 A_prev 的形状和真正的 `pad`。",
        ),
        (
            "dA-not-folded",
            dict(into_A=lambda d, A, f, stride, pad: d),
            "dA_prev is still the matrix of columns: bring it back with `col2im`.",
            "dA_prev 还是展开的矩阵：要用 `col2im` 加回去。",
        ),
        (
            "dA-reshaped",
            dict(into_A=lambda d, A, f, stride, pad: d.reshape(A.shape)),
            "dA_prev is reshaped from the matrix, which has more numbers than A_prev, since windows "
            "overlap: use "
            "`col2im`, which adds.",
            "dA_prev 是直接 reshape 的；窗口有重叠，矩阵里的数比 A_prev 多：要用会累加的 `col2im`。",
        ),
        (
            "dA-zero",
            dict(into_A=lambda d, A, f, stride, pad: np.zeros(A.shape)),
            "dA_prev stays zero: it is `col2im` of `dZ_flat @ W_flat.T`.",
            "dA_prev 一直是零：它是 `dZ_flat @ W_flat.T` 再 `col2im`。",
        ),
        (
            "dW-zero",
            dict(into_W=lambda columns, flat, W: np.zeros(W.shape)),
            "dW stays zero: it is `columns.T @ dZ_flat`, reshaped.",
            "dW 一直是零：它是 `columns.T @ dZ_flat` 再 reshape。",
        ),
        *CONV_HYPERPARAMETERS,
        (
            "results-in-another-order",
            dict(result=lambda dA, dW, db: (dW, db, dA)),
            "The results come in another order; return dA_prev, dW, db.",
            "返回值的顺序不对，应当返回 dA_prev, dW, db。",
        ),
        (
            "results-exchanged",
            dict(result=lambda dA, dW, db: (dW, dA, db)),
            "dA_prev and dW are exchanged; return dA_prev, dW, db.",
            "dA_prev 和 dW 弄反了，应当返回 dA_prev, dW, db。",
        ),
        (
            "sign-turned",
            dict(result=lambda dA, dW, db: (-dA, -dW, -db)),
            "All signs are turned: these are the gradients themselves; the minus comes in the update.",
            "符号全反了：这里要的是梯度本身，负号是更新参数时才有的。",
        ),
    ),
    NOTHING_RETURNED,
)

# --------------------------------------------------------------------------------------------------
# pool_forward_fast


def _mixed(columns, m, n_H, n_W, f, C):
    """The channels taken to stand before the places of the window, though they stand behind."""
    return columns.reshape(m, n_H, n_W, C, f * f).swapaxes(3, 4)


def _all_channels(columns, m, n_H, n_W, f, C):
    return np.broadcast_to(columns.reshape(m, n_H, n_W, f * f * C)[..., None], (m, n_H, n_W, f * f * C, C))


def _turned(columns, m, n_H, n_W, f, C):
    return columns.reshape(m, n_W, n_H, f * f, C).swapaxes(1, 2)


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


def _never_negative(windows, axis):
    return np.maximum(0, windows.max(axis=axis))


POOL_FORWARD_FAST = (
    *_made(
        pool,
        ("all-channels", dict(order=_all_channels), *ALL_CHANNELS),
        (
            "all-channels-one-left",
            dict(order=lambda columns, m, n_H, n_W, f, C: columns.reshape(m, n_H, n_W, f * f * C)),
            *ALL_CHANNELS,
        ),
        ("channels-mixed", dict(order=_mixed), *CHANNELS_MIXED),
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

# --------------------------------------------------------------------------------------------------
# pool_backward_fast


def _to_all(windows, dA):
    return (windows == windows.max(axis=3, keepdims=True)) * dA[:, :, :, None, :]


def _shared(windows, dA):
    largest = windows == windows.max(axis=3, keepdims=True)
    return largest / largest.sum(axis=3, keepdims=True) * dA[:, :, :, None, :]


def _to_the_last(windows, dA):
    return first_largest(windows[:, :, :, ::-1], dA)[:, :, :, ::-1]


def _to_the_smallest(windows, dA):
    return first_largest(-windows, dA)


def _to_one_channel(windows, dA):
    """The place of the maximum over all channels, in each of them."""
    flat = windows.reshape(*windows.shape[:3], -1)
    largest = flat == flat.max(axis=3, keepdims=True)
    return (largest * 1.0).reshape(windows.shape) * dA[:, :, :, None, :]


def _value(windows, dA):
    return first_largest(windows, dA) * windows.max(axis=3, keepdims=True)


def _mask_only(windows, dA):
    return first_largest(windows, np.ones_like(dA))


def _undivided(windows, dA):
    return np.ones_like(windows) * dA[:, :, :, None, :]


def _divided_by_f(windows, dA):
    return _undivided(windows, dA) / np.sqrt(windows.shape[3])


def _by_twice_f(windows, dA):
    return _undivided(windows, dA) / (2 * np.sqrt(windows.shape[3]))


POOL_BACKWARD_FAST = (
    *_made(
        pool_gradient,
        (
            "ties-to-all",
            dict(largest=_to_all),
            "Where the largest value occurs several times in a window, each of them gets the whole "
            "gradient, so it "
            "counts several times; give it to the first alone, as `np.argmax` finds it.",
            "窗口里有几个并列的最大值时，每个都得到了全部梯度，等于算了好几次；只给第一个，用 "
            "`np.argmax` 找到它。",
            HALF,
        ),
        (
            "ties-shared",
            dict(largest=_shared),
            "Where the largest value occurs several times in a window, they share the gradient; here the "
            "first "
            "one gets it all, as `np.argmax` finds it.",
            "窗口里有几个并列的最大值时，它们平分了梯度；这里约定全部给第一个，用 `np.argmax` 找到它。",
            HALF,
        ),
        (
            "ties-to-the-last",
            dict(largest=_to_the_last),
            "Where the largest value occurs several times in a window, the last one gets the gradient; "
            "give it to "
            "the first, reading row by row.",
            "窗口里有几个并列的最大值时，梯度给了最后一个；应当给第一个（一行一行读）。",
            HALF,
        ),
        (
            "channels-mixed",
            dict(
                order=_mixed,
                joined=lambda s, f, C: s.swapaxes(3, 4).reshape(-1, f * f * C),
            ),
            *CHANNELS_MIXED,
        ),
        (
            "channels-mixed-at-the-end",
            dict(joined=lambda s, f, C: s.swapaxes(3, 4).reshape(-1, f * f * C)),
            "Before `col2im` the channels stand in front of the places of the window: `col2im` wants "
            "(f * f, n_C) in each row.",
            "交给 `col2im` 之前，通道排在了窗口位置的前面：每一行应当是 (f * f, n_C)。",
        ),
        ("one-channel-only", dict(largest=_to_one_channel), *ALL_CHANNELS),
        (
            "smallest",
            dict(largest=_to_the_smallest),
            "The smallest entry gets the gradient; give it to the largest.",
            "梯度给了最小值，应当给最大值。",
        ),
        (
            "times-value",
            dict(largest=_value),
            "The gradient is multiplied by the largest value; put the gradient itself in its place.",
            "梯度又乘了最大值，应当只把梯度本身放到那个位置。",
        ),
        (
            "mask-only",
            dict(largest=_mask_only),
            "The places are right, but they hold 1; put the entry of dA there.",
            "位置是对的，但放的是 1；应当放 dA 的那个数。",
        ),
        (
            "average-not-divided",
            dict(average=_undivided),
            "In average pooling each entry gets the whole gradient; it gets one share out of f * f.",
            "平均池化时每个数都得到了全部梯度，应当只得 f * f 分之一。",
        ),
        (
            "divided-by-f",
            dict(average=_divided_by_f),
            "The gradient is divided by f; a window has f * f entries.",
            "梯度只除以了 f，窗口里有 f * f 个数。",
        ),
        (
            "divided-by-sum",
            dict(average=_by_twice_f),
            "The gradient is divided by f + f; a window has f * f entries. They are equal for f = 2 only.",
            "梯度除以了 f + f，窗口里有 f * f 个数；只有 f 为 2 时两者相等。",
        ),
        ("mode-ignored-max", dict(average=first_largest), *MODE_MAX),
        ("mode-ignored-average", dict(largest=evenly), *MODE_AVERAGE),
        ("modes-swapped", dict(largest=evenly, average=first_largest), *MODES_SWAPPED),
        (
            "assigned",
            dict(back=fold(into=assigned)),
            "Where windows overlap, one overwrites the other; what comes back is added up: use `col2im`.",
            "窗口重叠的地方互相覆盖了；传回来的要相加：请用 `col2im`。",
        ),
        (
            "only-the-last-window-counts",
            dict(back=_window_by_window),
            "Where windows overlap, only the last one counts; what comes back is added up: use `col2im`.",
            "窗口重叠的地方只算了最后一个；传回来的要相加：请用 `col2im`。",
        ),
        *POOL_HYPERPARAMETERS,
        (
            "not-folded",
            dict(back=lambda columns, shape, f, stride, pad: columns),
            "The result is still one row for each window: bring it back with `col2im`.",
            "结果还是每个窗口一行：要用 `col2im` 加回去。",
        ),
        (
            "reshaped",
            dict(back=lambda columns, shape, f, stride, pad: columns.reshape(shape)),
            "The rows of windows are reshaped to the image; `reshape` puts nothing back in its place: "
            "use `col2im`.",
            "把窗口的行直接 reshape 成图像；`reshape` 不会把数放回原位：请用 `col2im`。",
        ),
        (
            "all-zero",
            dict(back=lambda columns, shape, f, stride, pad: np.zeros(shape)),
            "All values are zero: bring the shares back with `col2im`.",
            "全是零：要用 `col2im` 把各份加回去。",
        ),
    ),
    NOTHING_RETURNED,
)

# --------------------------------------------------------------------------------------------------
# count_parameters

COUNT_PARAMETERS = (
    *_made(
        counted,
        (
            "biases-forgotten",
            dict(conv=lambda f, before, n, _: f * f * before * n, dense=lambda before, n: before * n),
            "The biases are forgotten: there is one for each filter, and one for each neuron.",
            "忘了偏置：每个滤波器有一个，每个神经元有一个。",
        ),
        (
            "conv-biases-forgotten",
            dict(conv=lambda f, before, n, _: f * f * before * n),
            "The biases of the convolution layers are forgotten: there is one for each filter.",
            "忘了卷积层的偏置：每个滤波器有一个。",
        ),
        (
            "dense-biases-forgotten",
            dict(dense=lambda before, n: before * n),
            "The biases of the dense layer are forgotten: there is one for each of its n outputs.",
            "忘了全连接层的偏置：n 个输出各有一个。",
        ),
        (
            "channels-forgotten",
            dict(conv=lambda f, before, n, _: f * f * n + n),
            "A filter reaches through all channels of its input: f * f * n_C_prev weights each.",
            "滤波器要穿过输入的所有通道：每个有 f * f * n_C_prev 个权重。",
        ),
        (
            "one-filter-only",
            dict(conv=lambda f, before, n, _: f * f * before + 1),
            "Only one filter is counted; a layer has n_C of them.",
            "只数了一个滤波器，一层有 n_C 个。",
        ),
        (
            "f-not-squared",
            dict(conv=lambda f, before, n, _: f * before * n + n),
            "A filter is f high and f wide: f * f, not f.",
            "滤波器高 f 宽 f：是 f * f，不是 f。",
        ),
        (
            "one-bias-for-a-layer",
            dict(conv=lambda f, before, n, _: f * f * before * n + 1, dense=lambda before, n: before * n + 1),
            "One bias is counted for a whole layer; each filter and each neuron has its own.",
            "整层只算了一个偏置，每个滤波器、每个神经元各有一个。",
        ),
        (
            "bias-for-each-weight",
            dict(conv=lambda f, before, n, _: 2 * f * f * before * n),
            "A bias is counted for each weight; there is one for a whole filter.",
            "给每个权重都算了一个偏置；整个滤波器只有一个。",
        ),
        (
            "bias-for-each-channel",
            dict(conv=lambda f, before, n, _: (f * f + 1) * before * n),
            "A bias is counted for each channel of the input; there is one for a whole filter.",
            "给输入的每个通道都算了一个偏置；整个滤波器只有一个。",
        ),
        (
            "pooling-counted",
            dict(pool=lambda f: f * f),
            "A pooling layer has nothing to learn: it adds no parameters.",
            "池化层没有要学的参数，不用算。",
        ),
        (
            "bias-per-input",
            dict(dense=lambda before, n: before * n + before),
            "The dense layer has one bias for each output, n of them, not one for each input.",
            "全连接层的偏置是每个输出一个，共 n 个，不是每个输入一个。",
        ),
        (
            "dense-forgotten",
            dict(dense=lambda before, n: 0),
            "The dense layers are not counted: each has n_prev * n weights and n biases.",
            "没有算全连接层：每层有 n_prev * n 个权重和 n 个偏置。",
        ),
        (
            "conv-forgotten",
            dict(conv=lambda f, before, n, _: 0),
            "The convolution layers are not counted: each has f * f * n_C_prev * n_C weights and n_C biases.",
            "没有算卷积层：每层有 f * f * n_C_prev * n_C 个权重和 n_C 个偏置。",
        ),
        (
            "last-layer-only",
            dict(total=lambda numbers: numbers[-1]),
            "Only the last layer is counted: add the layers up.",
            "只算了最后一层，各层要相加。",
        ),
        (
            "first-layer-only",
            dict(total=lambda numbers: numbers[0]),
            "Only the first layer is counted: a `return` stands inside the loop.",
            "只算了第一层：`return` 写在循环里面了。",
        ),
        (
            "a-number-for-each-layer",
            dict(total=lambda numbers: numbers),
            "It returns a number for each layer; return their sum.",
            "返回的是每层一个数，应当返回它们的和。",
        ),
        (
            "as-large-as-the-stride",
            dict(conv=lambda f, before, n, layer: (f * f * before * n + n) // layer["stride"] ** 2),
            "The stride changes how often a filter is used, not how many weights it has.",
            "步幅只影响滤波器用多少次，不影响权重的个数。",
        ),
    ),
    NOTHING_RETURNED,
)

# --------------------------------------------------------------------------------------------------
# receptive_field


def _jump_first(layers):
    side = jump = 1
    for layer in layers:
        jump *= layer["stride"]
        side += (layer["f"] - 1) * jump
    return side


RECEPTIVE_FIELD = (
    *_made(
        seen,
        (
            "stride-ignored",
            dict(further=lambda jump, stride: jump),
            "The strides are ignored: behind a layer of stride 2, neighbours are twice as far apart in "
            "the input, "
            "so all later windows reach twice as far.",
            "没有理会步幅：经过步幅为 2 的层，相邻两个数在输入里就隔了两倍远，后面的窗口也就看得两倍宽。",
        ),
    ),
    Mistake(
        "stride-too-early",
        _jump_first,
        Text(
            "A layer's own stride is counted in its own window; it counts for the layers behind it only: "
            "first the "
            "new side, then the new distance.",
            "把这一层的步幅算进了它自己的窗口；步幅只影响后面的层：先更新边长，再更新间距。",
        ),
    ),
    *_made(
        seen,
        (
            "f-not-less-one",
            dict(wider=lambda side, jump, f, stride, pad: side + f * jump),
            "A window of f adds f - 1 neighbours to what one number sees: its first entry was there already.",
            "大小为 f 的窗口只多看 f - 1 个邻居：第一个原来就在里面。",
        ),
        (
            "starts-at-zero",
            dict(side=0),
            "It starts from 0; before the first layer, a number sees one pixel, itself.",
            "从 0 开始了；第一层之前，一个数看得到一个像素，就是它自己。",
        ),
        (
            "sides-multiplied",
            dict(wider=lambda side, jump, f, stride, pad: side * f),
            "The windows are multiplied; neighbouring windows overlap, so each layer adds (f - 1) * "
            "distance.",
            "把窗口大小相乘了；相邻窗口有重叠，每层只增加 (f - 1) * 间距。",
        ),
        (
            "sides-added",
            dict(side=0, wider=lambda side, jump, f, stride, pad: side + f),
            "The sizes of the windows are added up; each layer adds (f - 1) * distance.",
            "把窗口大小相加了；每层增加的是 (f - 1) * 间距。",
        ),
        (
            "strides-added",
            dict(further=lambda jump, stride: jump + stride),
            "The strides are added; distances multiply: two layers of stride 2 make a distance of 4, and "
            "stride 1 "
            "changes nothing.",
            "步幅是相加的；间距应当相乘：两层步幅 2 得到间距 4，步幅 1 不改变间距。",
        ),
        (
            "last-stride-only",
            dict(further=lambda jump, stride: stride),
            "Only the stride of the layer before is counted; the strides of all layers before multiply.",
            "只算了前一层的步幅；前面各层的步幅要连乘。",
        ),
        (
            "distance-of-f",
            dict(wider=lambda side, jump, f, stride, pad: side + (f - 1) * stride),
            "Each layer is counted with its own stride alone; use the product of the strides of the "
            "layers before.",
            "每层只用了自己的步幅；应当用前面各层步幅的乘积。",
        ),
        (
            "backward-formula-forwards",
            dict(wider=lambda side, jump, f, stride, pad: (side - 1) * stride + f),
            "Formula and direction don't go together: `side + (f - 1) * distance` goes from the first "
            "layer to "
            "the last, `(side - 1) * stride + f` from the last to the first.",
            "公式和方向对不上：`边长 + (f - 1) * 间距` 是从第一层往后算，`(边长 - 1) * stride + f` "
            "是从最后一层往前算。",
        ),
        (
            "pooling-forgotten",
            dict(kinds=("conv",)),
            "The pooling layers are left out; they have windows and strides, too.",
            "漏了池化层，它也有窗口和步幅。",
        ),
        (
            "pooling-adds-nothing",
            dict(wider=lambda side, jump, f, stride, pad: side if f == stride else side + (f - 1) * jump),
            "The windows of the pooling layers are left out; they add (f - 1) * distance, too.",
            "漏了池化层的窗口，它同样增加 (f - 1) * 间距。",
        ),
        (
            "padding-added",
            dict(wider=lambda side, jump, f, stride, pad: side + (f - 1) * jump + 2 * pad),
            "The padding is added; it moves the window, but does not make it larger.",
            "把填充也加上了；填充只移动窗口，不会让它变大。",
        ),
        (
            "padding-subtracted",
            dict(wider=lambda side, jump, f, stride, pad: side + (f - 1 - 2 * pad) * jump),
            "The padding is taken off; it moves the window, but does not make it smaller.",
            "把填充减掉了；填充只移动窗口，不会让它变小。",
        ),
        (
            "distance-returned",
            dict(result=lambda side, jump: jump),
            "It returns the distance of two neighbours; return the side of the receptive field.",
            "返回的是相邻两个数的间距，应当返回感受野的边长。",
        ),
        (
            "area-returned",
            dict(result=lambda side, jump: side * side),
            "It returns the area; return the side.",
            "返回的是面积，应当返回边长。",
        ),
    ),
    NOTHING_RETURNED,
)
