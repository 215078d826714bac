"""Known mistakes of `im2col`."""

from __future__ import annotations

import numpy as np

from reference.cnn_fast.layers import both, in_order, length, rows_of_windows, unfold
from reference.cnn_fast.mistakes.common import (
    HALF,
    NOTHING_RETURNED,
    PADDED_SIZES,
    SIZES,
    SLICE_ENDS,
    SLICE_STEPS,
    STRIDE_FORGOTTEN,
    made,
)


def _flattened_first(windows):
    """Filled as (f, f, m, n_H, n_W, C) and reshaped in one go."""
    m, n_H, n_W, f, _, C = windows.shape
    return windows.transpose(3, 4, 0, 1, 2, 5).reshape(m * n_H * n_W, f * f * C)


def _end_one_stride_early(p, stride, n, f):
    return slice(p, p + stride * (n - 1), stride)


def _every_row(p, stride, n, f):
    return slice(p, p + n)


def _no_pad(n, f, stride, pad):
    return length(n, f, stride, 0)


def _one_window_only(windows):
    windows = windows.copy()
    windows[:, :, :, : windows.shape[3] - 1] = 0
    return rows_of_windows(windows)


def _around(*axes):
    return lambda A, f, stride, pad: np.pad(A, [(pad, pad) if k in axes else (0, 0) for k in range(4)])


IM2COL = (
    *made(
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
