"""Known mistakes of `conv_backward`."""

from __future__ import annotations

import numpy as np

from nbexaminer.checks import Mistake, Text
from reference.cnn_step_by_step import solutions
from reference.cnn_step_by_step.loops import added, assigned, conv_gradient, unpad, written_back
from reference.cnn_step_by_step.mistakes.common import (
    EMPTY_SLICE,
    LAST_EXAMPLE_DONE,
    NOTHING_RETURNED,
    WINDOWS,
    made,
    none,
)


def _cut_from_both_ends(dA_pad, pad, like):
    return dA_pad[:, pad:-pad, pad:-pad]


def _not_cut(dA_pad, pad, like):
    return dA_pad


def last_example_only(cut):
    """The same cut, but written into the last example alone."""

    def unpad(dA_pad, pad, like):
        dA_prev = np.zeros(like.shape)
        dA_prev[-1] = cut(dA_pad[-1:], pad, like)[0]
        return dA_prev

    return unpad


def last_example_gradient(dZ, cache):
    """The solution for the last example alone; the gradient of all other inputs is zero."""
    A_prev, *others = cache
    dA_last, dW, db = solutions.conv_backward(dZ[-1:], (A_prev[-1:], *others))
    dA_prev = np.zeros(A_prev.shape)
    dA_prev[-1:] = dA_last
    return dA_prev, dW, db


def dW_of_last_example(dZ, cache):
    A_prev, *others = cache
    dA_prev, _, db = solutions.conv_backward(dZ, cache)
    return dA_prev, solutions.conv_backward(dZ[-1:], (A_prev[-1:], *others))[1], db


UNPADDED_LAST = Text(
    "Only the last example's dA_prev is filled: the line that cuts the padding off stands after the loop "
    "over `i`. It belongs inside, at its end.",
    "只有最后一个样本的 dA_prev 填上了：去掉填充的那一行写在了 `i` 的循环之后，应当放在循环里面的末尾。",
)
UNPADDING_FORGOTTEN = Text(
    "The padding is not cut off: dA_prev has the shape of A_prev, so take the middle of dA_prev_pad.",
    "没有去掉填充：dA_prev 和 A_prev 形状相同，要取 dA_prev_pad 的中间部分。",
)

CONV_BACKWARD = (
    Mistake("nothing-returned", none, NOTHING_RETURNED),
    *made(
        conv_gradient,
        (
            ("empty-slice-at-pad-0", dict(cut=written_back(_cut_from_both_ends)), EMPTY_SLICE),
            ("empty-slice-at-pad-0-at-once", dict(cut=_cut_from_both_ends), EMPTY_SLICE),
            ("unpadding-forgotten", dict(cut=written_back(_not_cut)), UNPADDING_FORGOTTEN),
            ("unpadding-forgotten-at-once", dict(cut=_not_cut), UNPADDING_FORGOTTEN),
        ),
    ),
    *made(conv_gradient, WINDOWS),
    *made(
        conv_gradient,
        (
            (
                "unpadding-misplaced",
                dict(cut=lambda dA, pad, like: dA[:, : like.shape[1], : like.shape[2]]),
                Text(
                    "Your dA_prev is cut from the corner of dA_prev_pad; the image begins `pad` rows and "
                    "columns further in.",
                    "dA_prev 是从 dA_prev_pad 的角上切的，图像要再往里 `pad` 行、`pad` 列。",
                ),
            ),
            (
                "unpadding-ends-too-early",
                dict(cut=written_back(lambda dA, pad, like: dA[:, pad : like.shape[1], pad : like.shape[2]])),
                Text(
                    "The middle of dA_prev_pad ends too early: it ends n_H_prev after its start, at "
                    "`pad + n_H_prev`, and likewise across.",
                    "dA_prev_pad 的中间部分结束得太早：应当到 `pad + n_H_prev` 为止，宽也一样。",
                ),
            ),
            (
                "gradient-not-padded",
                dict(gradients=lambda dA, pad: dA),
                Text(
                    "The windows are added to dA_prev, which has no padding; add them to da_prev_pad, and "
                    "cut the padding off at the end.",
                    "梯度加到了没有填充的 dA_prev 上；应当先加到 da_prev_pad 上，最后再去掉填充。",
                ),
            ),
            (
                "never-written-back",
                dict(cut=lambda dA, pad, like: np.zeros_like(like)),
                Text(
                    "Your dA_prev stays zero: copy the unpadded da_prev_pad into dA_prev[i].",
                    "dA_prev 一直是零：要把去掉填充的 da_prev_pad 写回 dA_prev[i]。",
                ),
            ),
            ("unpadding-after-the-loop", dict(cut=last_example_only(unpad)), UNPADDED_LAST),
            (
                "unpadding-after-the-loop-from-both-ends",
                dict(cut=last_example_only(_cut_from_both_ends)),
                UNPADDED_LAST,
            ),
            (
                "added-to-the-input",
                dict(into=lambda A_pad, dA_pad: A_pad),
                Text(
                    "The gradient is added to `a_prev_pad`; add it to `da_prev_pad`.",
                    "梯度加到了 `a_prev_pad` 上，应当加到 `da_prev_pad` 上。",
                ),
            ),
            (
                "input-returned",
                dict(cut=lambda dA_pad, pad, like: like.copy()),
                Text(
                    "Your dA_prev is cut from `a_prev_pad`, the input; cut it from `da_prev_pad`.",
                    "dA_prev 是从输入 `a_prev_pad` 上切的，应当从 `da_prev_pad` 上切。",
                ),
            ),
            (
                "slices-of-the-gradient",
                dict(source=lambda A_pad, dA_pad: dA_pad),
                Text(
                    "Your dW takes its slices from `da_prev_pad`; take them from `a_prev_pad`.",
                    "dW 的切片取自 `da_prev_pad`，应当取自 `a_prev_pad`。",
                ),
            ),
            (
                "starts-from-ones",
                dict(starts=np.ones),
                Text("The gradients start from ones; start from zeros.", "梯度从 1 开始累加，应当从零开始。"),
            ),
            (
                "dA-overwritten",
                dict(into_dA=assigned),
                Text(
                    "The windows of dA overwrite each other; they overlap, so add with `+=`.",
                    "dA 的窗口互相覆盖了；窗口有重叠，要用 `+=` 累加。",
                ),
            ),
            (
                "dW-overwritten",
                dict(into_dW=assigned),
                Text(
                    "Your dW keeps only the last window; every window adds to it: `+=`.",
                    "dW 只留下了最后一个窗口；每个窗口都要用 `+=` 累加。",
                ),
            ),
            (
                "db-overwritten",
                dict(into_db=assigned),
                Text(
                    "Your db keeps only the last entry of dZ; add them all up: `+=`.",
                    "db 只留下了 dZ 的最后一项；要用 `+=` 全部累加。",
                ),
            ),
            (
                "all-overwritten",
                dict(into_dA=assigned, into_dW=assigned, into_db=assigned),
                Text(
                    "All three gradients are overwritten at each step; add with `+=`.",
                    "三个梯度每一步都被覆盖了，要用 `+=` 累加。",
                ),
            ),
            (
                "dW-without-dZ",
                dict(slope=lambda a_slice, dz, W: a_slice),
                Text("Your dW is not multiplied by dZ[i, h, w, c].", "dW 没有乘 dZ[i, h, w, c]。"),
            ),
            (
                "dA-without-dZ",
                dict(flow=lambda W, dz, a_slice: W),
                Text("Your dA is not multiplied by dZ[i, h, w, c].", "dA 没有乘 dZ[i, h, w, c]。"),
            ),
            (
                "dW-from-filter",
                dict(slope=lambda a_slice, dz, W: W * dz),
                Text(
                    "Your dW adds up filters; it adds up slices of the input: `a_slice * dZ[i, h, w, c]`.",
                    "dW 累加的是滤波器，应当累加输入的切片：`a_slice * dZ[i, h, w, c]`。",
                ),
            ),
            (
                "dA-from-slices",
                dict(flow=lambda W, dz, a_slice: a_slice * dz),
                Text(
                    "Your dA adds up slices of the input; it adds up the filter: `W[:, :, :, c] * dZ[i, "
                    "h, w, c]`.",
                    "dA 累加的是输入的切片，应当累加滤波器：`W[:, :, :, c] * dZ[i, h, w, c]`。",
                ),
            ),
            (
                "dA-and-dW-exchanged",
                dict(slope=lambda a_slice, dz, W: W * dz, flow=lambda W, dz, a_slice: a_slice * dz),
                Text(
                    "The formulas of dA and dW are exchanged: dA adds up filters, dW slices of the input.",
                    "dA 和 dW 的公式弄反了：dA 累加滤波器，dW 累加输入的切片。",
                ),
            ),
            (
                "example-index-lost",
                dict(read=lambda dZ, i, h, w, c: dZ[h, w, c]),
                Text(
                    "The gradient is read without the index of the example: it is `dZ[i, h, w, c]`.",
                    "取梯度时漏了样本的下标，应当是 `dZ[i, h, w, c]`。",
                ),
            ),
            (
                "whole-gradient",
                dict(read=lambda dZ, i, h, w, c: dZ),
                Text(
                    "Each step multiplies by all of dZ; one window has one number in it: `dZ[i, h, w, c]`.",
                    "每一步都乘了整个 dZ；一个窗口只对应一个数：`dZ[i, h, w, c]`。",
                ),
            ),
            (
                "whole-filters",
                dict(weights=lambda W, c: W),
                Text(
                    "Each step adds all filters at once; channel c uses W[:, :, :, c].",
                    "每一步都加上了全部滤波器，第 c 个通道只用 W[:, :, :, c]。",
                ),
            ),
            (
                "dW-without-channel",
                dict(into_dW=lambda dW, where, amount: added(dW, ..., amount)),
                Text(
                    "The slice is added to all of dW; channel c has its own filter: `dW[:, :, :, c]`.",
                    "切片加到了整个 dW 上；第 c 个通道有自己的滤波器：`dW[:, :, :, c]`。",
                ),
            ),
            (
                "db-without-channel",
                dict(into_db=lambda db, where, amount: added(db, ..., amount)),
                Text(
                    "Each dZ is added to all of db; channel c has its own bias: `db[:, :, :, c]`.",
                    "每个 dZ 都加到了整个 db 上；第 c 个通道有自己的偏置：`db[:, :, :, c]`。",
                ),
            ),
            (
                "whole-numbers",
                dict(starts=lambda shape: np.zeros(shape, int)),
                Text(
                    "The gradients are arrays of whole numbers: leave `dtype` out of np.zeros.",
                    "梯度数组是整数型的：np.zeros 里不要写 `dtype`。",
                ),
            ),
            (
                "dW-from-unpadded",
                dict(inputs=lambda A_prev, pad: A_prev),
                Text(
                    "Your dW takes its slices from A_prev; take them from the padded A_prev_pad.",
                    "dW 的切片取自 A_prev，应当取自填充后的 A_prev_pad。",
                ),
            ),
            (
                "first-filter-only",
                dict(weights=lambda W, c: W[..., 0]),
                Text(
                    "Your dA always uses the first filter; channel c uses W[:, :, :, c].",
                    "dA 总是用第一个滤波器，第 c 个通道要用 W[:, :, :, c]。",
                ),
            ),
            (
                "filter-flipped",
                dict(flow=lambda W, dz, a_slice: W[::-1, ::-1] * dz),
                Text(
                    "The filter is turned round in dA; added window by window it needs no flip.",
                    "dA 里的滤波器翻转了；逐窗口累加时不需要翻转。",
                ),
            ),
            (
                "bias-per-element",
                dict(share=lambda dz, f, n_C_prev: dz * f * f * n_C_prev),
                Text(
                    "Your db counts each dZ f * f * n_C_prev times; the bias is added once per window, so "
                    "each counts once.",
                    "每个 dZ 在 db 里被算了 f * f * n_C_prev 次；偏置在每个窗口只加一次，所以只算一次。",
                ),
            ),
            (
                "db-without-axes",
                dict(bias_shape=lambda n_C: (n_C,)),
                Text(
                    "Your db has shape (n_C,); it has the shape of b, (1, 1, 1, n_C).",
                    "db 的形状是 (n_C,)，应当和 b 一样是 (1, 1, 1, n_C)。",
                ),
            ),
            (
                "db-with-one-axis",
                dict(
                    bias_shape=lambda n_C: (n_C,),
                    into_db=lambda db, where, dz: added(db, (*[slice(None)] * 3, *where[1:]), dz),
                ),
                Text(
                    "Your db has shape (n_C,); it has the shape of b, (1, 1, 1, n_C).",
                    "db 的形状是 (n_C,)，应当和 b 一样是 (1, 1, 1, n_C)。",
                ),
            ),
            (
                "db-forgotten",
                dict(into_db=lambda *step: None),
                Text("Your db stays zero.", "db 一直是零。"),
            ),
            (
                "dW-forgotten",
                dict(into_dW=lambda *step: None),
                Text("Your dW stays zero.", "dW 一直是零。"),
            ),
            (
                "gradients-in-another-order",
                dict(result=lambda dA, dW, db: (dW, dA, db)),
                Text(
                    "The results come in another order; return dA_prev, dW, db.",
                    "返回的顺序不对，应当是 dA_prev, dW, db。",
                ),
            ),
            (
                "only-dA-returned",
                dict(result=lambda dA, dW, db: dA),
                Text(
                    "Only dA_prev is returned; return dA_prev, dW, db.",
                    "只返回了 dA_prev，应当返回 dA_prev, dW, db。",
                ),
            ),
        ),
    ),
    Mistake("last-example-done", last_example_gradient, LAST_EXAMPLE_DONE),
    Mistake(
        "averaged-over-examples",
        lambda dZ, cache: tuple(g / len(dZ) for g in solutions.conv_backward(dZ, cache)),
        Text(
            "The gradients are divided by m; here they are summed over the examples.",
            "梯度除以了 m，这里应当对样本求和。",
        ),
    ),
    Mistake(
        "dW-and-db-averaged",
        lambda dZ, cache: tuple(
            g / n for g, n in zip(solutions.conv_backward(dZ, cache), (1, len(dZ), len(dZ)), strict=True)
        ),
        Text(
            "Your dW and db are divided by m; here they are summed over the examples.",
            "dW 和 db 除以了 m，这里应当对样本求和。",
        ),
    ),
    Mistake(
        "dW-of-last-example",
        dW_of_last_example,
        Text(
            "Your dW starts anew with each example, so only the last one is left: make the zeros before the "
            "loop over `i`.",
            "dW 在每个样本开始时又清零了，只留下了最后一个样本的：全零数组要在 `i` 的循环之前建好。",
        ),
    ),
    Mistake(
        "db-averaged",
        lambda dZ, cache: (
            *solutions.conv_backward(dZ, cache)[:2],
            dZ.mean(axis=(0, 1, 2), keepdims=True),
        ),
        Text("Your db is the mean of dZ; it is the sum.", "db 取了 dZ 的平均，应当求和。"),
    ),
)
