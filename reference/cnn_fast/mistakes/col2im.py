"""Known mistakes of `col2im`."""

from __future__ import annotations

import numpy as np

from nbexaminer.checks import Mistake, Text
from reference.cnn_fast import solutions
from reference.cnn_fast.layers import assigned, fold
from reference.cnn_fast.mistakes.common import (
    HALF,
    NOTHING_RETURNED,
    PADDED_SIZES,
    SIZES,
    SLICE_ENDS,
    SLICE_STEPS,
    STRIDE_FORGOTTEN,
    made,
    window_by_window,
)


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
    *made(
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
        window_by_window,
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
    *made(
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
