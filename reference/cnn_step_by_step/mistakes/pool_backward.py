"""Known mistakes of `pool_backward`."""

from __future__ import annotations

import numpy as np

from nbexaminer.checks import Mistake, Text
from reference.cnn_step_by_step import solutions
from reference.cnn_step_by_step.loops import added, assigned, pool_gradient
from reference.cnn_step_by_step.mistakes.common import (
    FIRST_EXAMPLE_ONLY,
    LAST_CHANNEL_DONE,
    LAST_EXAMPLE_DONE,
    NOTHING_RETURNED,
    WINDOWS,
    made,
    none,
)
from reference.cnn_step_by_step.mistakes.pool_forward import ALL_CHANNELS, MODES_SWAPPED


def at_corner(dA, entry, place, stride, mode):
    i, h, w, c = entry
    return dA[i, h * stride, w * stride, c]


def last_example_pooled(dA, cache, mode="max"):
    """The solution, but zero in all examples except the last."""
    dA_prev = solutions.pool_backward(dA, cache, mode)
    dA_prev[:-1] = 0
    return dA_prev


def last_channel_pooled(dA, cache, mode="max"):
    """The solution, but zero in all channels except the last."""
    dA_prev = solutions.pool_backward(dA, cache, mode)
    dA_prev[..., :-1] = 0
    return dA_prev


GRADIENT_NOT_READ = Text(
    "The mask is multiplied by more of dA than one number; one window has one number in it: dA[i, h, w, c].",
    "mask 乘的不止 dA 里的一个数；一个窗口只对应一个数：dA[i, h, w, c]。",
)

POOL_BACKWARD = (
    Mistake("nothing-returned", none, NOTHING_RETURNED),
    Mistake(
        "read-at-the-corner",
        pool_gradient(read=at_corner),
        Text(
            "The gradient is read at `dA[i, vert_start, horiz_start, c]`, which is right for stride 1 "
            "only; it is `dA[i, h, w, c]`.",
            "梯度取自 `dA[i, vert_start, horiz_start, c]`，只有步幅为 1 时才对；应当是 `dA[i, h, w, c]`。",
        ),
    ),
    *made(pool_gradient, WINDOWS),
    *made(
        pool_gradient,
        (
            (
                "overwritten",
                dict(into=assigned),
                Text(
                    "Windows overwrite each other; they may overlap, so add with `+=`.",
                    "窗口互相覆盖了；窗口可能重叠，要用 `+=` 累加。",
                ),
            ),
            (
                "mode-ignored-max",
                dict(average=lambda window, da, f: (window == np.max(window)) * da),
                Text("The mode is ignored: it always uses the mask.", "没有理会 mode，总是用 mask。"),
            ),
            (
                "mode-ignored-average",
                dict(largest=lambda window, da, f: np.full((f, f), da / (f * f))),
                Text("The mode is ignored: it always shares evenly.", "没有理会 mode，总是平均分配。"),
            ),
            (
                "modes-swapped",
                dict(
                    average=lambda window, da, f: (window == np.max(window)) * da,
                    largest=lambda window, da, f: np.full((f, f), da / (f * f)),
                ),
                MODES_SWAPPED,
            ),
            (
                "mask-without-gradient",
                dict(largest=lambda window, da, f: (window == np.max(window)) * 1.0),
                Text(
                    "The mask is added without the gradient: multiply it by dA[i, h, w, c].",
                    "加进去的只有 mask，还要乘以 dA[i, h, w, c]。",
                ),
            ),
            (
                "maximum-times-gradient",
                dict(largest=lambda window, da, f: np.max(window) * da),
                Text(
                    "The gradient is multiplied by the maximum itself; multiply it by the mask.",
                    "梯度乘的是最大值本身，应当乘以 mask。",
                ),
            ),
            (
                "read-as-a-window",
                dict(read=lambda dA, entry, place, stride, mode: dA[place]),
                Text(
                    "The gradient is read as a window, `dA[i, vert_start:vert_end, ...]`; each window of "
                    "the input has one number in dA: `dA[i, h, w, c]`.",
                    "把梯度也按窗口取了：`dA[i, vert_start:vert_end, ...]`。每个输入窗口在 dA 里"
                    "只对应一个数：`dA[i, h, w, c]`。",
                ),
            ),
            (
                "input-not-gradient",
                dict(largest=lambda window, da, f: (window == np.max(window)) * window),
                Text(
                    "The mask is multiplied by the slice of the input; multiply it by the "
                    "gradient dA[i, h, w, c].",
                    "mask 乘的是输入的切片，应当乘梯度 dA[i, h, w, c]。",
                ),
            ),
            (
                "gradient-times-input",
                dict(largest=lambda window, da, f: window * (window == np.max(window)) * da),
                Text(
                    "The gradient is multiplied by the input as well; the mask alone is enough.",
                    "梯度还多乘了输入，只乘 mask 就够了。",
                ),
            ),
            (
                "gradient-everywhere",
                dict(largest=lambda window, da, f: np.full((f, f), da)),
                Text(
                    'Mode "max" gives the gradient to the whole window; only the maximum gets it.',
                    'mode 为 "max" 时梯度给了整个窗口，应当只给最大值的位置。',
                ),
            ),
            (
                "smallest-not-largest",
                dict(largest=lambda window, da, f: (window == np.min(window)) * da),
                Text("The gradient goes to the minimum.", "梯度给了最小值的位置。"),
            ),
            (
                "not-divided",
                dict(average=lambda window, da, f: np.full((f, f), da)),
                Text(
                    'Mode "average" gives each entry the whole gradient; share it: da / (f * f).',
                    'mode 为 "average" 时每个位置都得到了整个梯度，应当平分：da / (f * f)。',
                ),
            ),
            (
                "divided-by-sum",
                dict(average=lambda window, da, f: np.full((f, f), da / (f + f))),
                Text(
                    "The gradient is divided by f + f; the window has f * f entries.",
                    "梯度除以了 f + f；窗口里有 f * f 个元素。",
                ),
            ),
            (
                "average-forgotten",
                dict(average=lambda window, da, f: 0.0),
                Text('Mode "average" leaves zeros in dA_prev.', 'mode 为 "average" 时 dA_prev 全是零。'),
            ),
            (
                "max-forgotten",
                dict(largest=lambda window, da, f: 0.0),
                Text('Mode "max" leaves zeros in dA_prev.', 'mode 为 "max" 时 dA_prev 全是零。'),
            ),
            (
                "mean-of-dA",
                dict(average=lambda window, da, f: np.full((f, f), window.mean() / (f * f))),
                Text(
                    "The average is taken of the input; share the gradient dA[i, h, w, c].",
                    "平均的是输入，应当平分梯度 dA[i, h, w, c]。",
                ),
            ),
            ("first-example-only", dict(example=lambda i: 0), FIRST_EXAMPLE_ONLY),
            ("all-channels", dict(channel=lambda c: slice(None)), ALL_CHANNELS),
            (
                "mask-of-all-channels",
                dict(window=lambda a_prev, place: a_prev[place[:2]]),
                Text(
                    "The mask is made of all channels at once; each channel has its own: take the slice "
                    "of channel c.",
                    "mask 是由所有通道一起得到的；每个通道各有一个：只取第 c 个通道的切片。",
                ),
            ),
            (
                "mask-of-the-whole-image",
                dict(window=lambda a_prev, place: a_prev[:, :, place[-1]]),
                Text(
                    "The mask is made of the whole image; make it of the window: "
                    "`a_prev[vert_start:vert_end, horiz_start:horiz_end, c]`.",
                    "mask 是由整张图得到的，应当只用窗口："
                    "`a_prev[vert_start:vert_end, horiz_start:horiz_end, c]`。",
                ),
            ),
            ("gradient-of-the-batch", dict(read=lambda dA, *_: dA), GRADIENT_NOT_READ),
            ("gradient-of-the-example", dict(read=lambda dA, entry, *_: dA[entry[0]]), GRADIENT_NOT_READ),
            (
                "gradient-of-the-batch-under-the-mask",
                dict(read=lambda dA, entry, place, stride, mode: dA if mode == "max" else dA[entry]),
                GRADIENT_NOT_READ,
            ),
            (
                "gradient-of-the-example-under-the-mask",
                dict(read=lambda dA, entry, place, stride, mode: dA[entry[0] if mode == "max" else entry]),
                GRADIENT_NOT_READ,
            ),
            (
                "into-all-channels",
                dict(into=lambda dA_prev, where, da: added(dA_prev, (*where[:-1], slice(None)), da)),
                Text(
                    "The gradient is added to all channels; it belongs to channel c alone: "
                    "`dA_prev[i, vert_start:vert_end, horiz_start:horiz_end, c]`.",
                    "梯度加到了所有通道上，应当只加到第 c 个通道："
                    "`dA_prev[i, vert_start:vert_end, horiz_start:horiz_end, c]`。",
                ),
            ),
            (
                "example-index-lost",
                dict(into=lambda dA_prev, where, da: added(dA_prev, where[1:], da)),
                Text(
                    "The gradient is added without the index of the example: it belongs into "
                    "`dA_prev[i, vert_start:vert_end, horiz_start:horiz_end, c]`.",
                    "累加时漏了样本的下标，应当加到 `dA_prev[i, vert_start:vert_end, "
                    "horiz_start:horiz_end, c]`。",
                ),
            ),
            (
                "into-one-entry",
                dict(into=lambda dA_prev, where, da: added(dA_prev, (0, 0, 0, 0), da)),
                Text(
                    "A whole window is added to one entry of dA_prev; add it to the window it came from: "
                    "`dA_prev[i, vert_start:vert_end, horiz_start:horiz_end, c]`.",
                    "把整个窗口加到了 dA_prev 的一个元素上；应当加到它对应的窗口："
                    "`dA_prev[i, vert_start:vert_end, horiz_start:horiz_end, c]`。",
                ),
            ),
            (
                "divided-twice",
                dict(average=lambda window, da, f: np.full((f, f), da / f**4)),
                Text(
                    "The gradient is divided by f * f twice; `distribute_value` divides already.",
                    "梯度除了两次 f * f；`distribute_value` 已经除过了。",
                ),
            ),
            (
                "whole-numbers",
                dict(like=lambda A_prev, dA: np.zeros(A_prev.shape, int)),
                Text(
                    "Your dA_prev is an array of whole numbers: leave `dtype` out of np.zeros.",
                    "dA_prev 是整数型数组：np.zeros 里不要写 `dtype`。",
                ),
            ),
            (
                "shape-of-dA",
                dict(like=lambda A_prev, dA: np.zeros(dA.shape)),
                Text(
                    "Your dA_prev starts with the shape of dA; it has the shape of A_prev.",
                    "dA_prev 的形状取自 dA，应当和 A_prev 一样。",
                ),
            ),
        ),
    ),
    Mistake("last-example-done", last_example_pooled, LAST_EXAMPLE_DONE),
    Mistake("last-channel-done", last_channel_pooled, LAST_CHANNEL_DONE),
    Mistake(
        "starts-from-input",
        pool_gradient(like=lambda A_prev, dA: A_prev.copy()),
        Text(
            "Your dA_prev starts from A_prev; start from zeros.", "dA_prev 从 A_prev 开始累加，应当从零开始。"
        ),
    ),
    Mistake(
        "starts-from-ones",
        pool_gradient(like=lambda A_prev, dA: np.ones(A_prev.shape)),
        Text("Your dA_prev starts from ones; start from zeros.", "dA_prev 从 1 开始累加，应当从零开始。"),
    ),
)
