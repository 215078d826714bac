"""Known mistakes of `pool_forward`."""

from __future__ import annotations

import numpy as np

from nbexaminer.checks import Mistake, Text
from reference.cnn_step_by_step import solutions
from reference.cnn_step_by_step.loops import pool
from reference.cnn_step_by_step.mistakes.common import (
    EXAMPLE_LOST,
    FIRST_EXAMPLE_ONLY,
    FORWARD_SIZES,
    NOTHING_RETURNED,
    STORED,
    WINDOWS,
    forward_mistakes,
    made,
    none,
)
from reference.cnn_step_by_step.mistakes.conv_single_step import SINGLE_PRECISION
from reference.cnn_step_by_step.part_marks import share

MODE_IGNORED_MAX = Text(
    "The mode is ignored: it always takes the maximum.",
    "没有理会 mode，总是取最大值。",
)
MODE_IGNORED_AVERAGE = Text(
    "The mode is ignored: it always takes the average.",
    "没有理会 mode，总是取平均值。",
)
MODES_SWAPPED = Text('The modes "max" and "average" are exchanged.', '"max" 和 "average" 弄反了。')
ALL_CHANNELS = Text(
    "Each window runs through all channels; a channel is pooled by itself: take channel c.",
    "窗口把所有通道都算进去了；每个通道各自池化，只取第 c 个通道。",
)

POOL_FORWARD = (
    Mistake("nothing-returned", none, NOTHING_RETURNED),
    *made(pool, WINDOWS),
    *made(pool, FORWARD_SIZES),
    *made(
        pool,
        (
            (
                "first-example-only",
                dict(window=lambda A, at, place: A[(0, *place, at[3])]),
                FIRST_EXAMPLE_ONLY,
            ),
            ("example-index-lost", dict(window=lambda A, at, place: A[(*place, at[3])]), EXAMPLE_LOST),
            (
                "whole-image",
                dict(window=lambda A, at, place: A[at[0], :, :, at[3]]),
                Text(
                    "The whole image is pooled at every position; cut out the window: "
                    "`A_prev[i, vert_start:vert_end, horiz_start:horiz_end, c]`.",
                    "每个位置都对整张图做了池化，应当只切出窗口："
                    "`A_prev[i, vert_start:vert_end, horiz_start:horiz_end, c]`。",
                ),
            ),
            (
                "whole-image-all-channels",
                dict(window=lambda A, at, place: A[at[0]]),
                Text(
                    "The whole image with all its channels is pooled at every position; cut out the window "
                    "of channel c: `A_prev[i, vert_start:vert_end, horiz_start:horiz_end, c]`.",
                    "每个位置都对整张图的所有通道做了池化，应当只切出通道 c 的窗口："
                    "`A_prev[i, vert_start:vert_end, horiz_start:horiz_end, c]`。",
                ),
            ),
            *STORED,
            ("mode-ignored-max", dict(average=np.max), MODE_IGNORED_MAX),
            ("mode-ignored-average", dict(largest=np.mean), MODE_IGNORED_AVERAGE),
            ("modes-swapped", dict(largest=np.mean, average=np.max), MODES_SWAPPED),
            ("all-channels", dict(window=lambda A, at, place: A[(at[0], *place)]), ALL_CHANNELS),
            (
                "first-channel-only",
                dict(window=lambda A, at, place: A[(at[0], *place, 0)]),
                Text(
                    "Every channel is pooled from channel 0; take channel c.",
                    "每个通道都用了第 0 个通道，应当取第 c 个。",
                ),
            ),
            (
                "smallest-not-largest",
                dict(largest=np.min),
                Text(
                    "It takes the minimum; max pooling takes the maximum.", "取了最小值，最大池化要取最大值。"
                ),
            ),
            (
                "largest-magnitude",
                dict(largest=lambda window: np.max(np.abs(window))),
                Text(
                    "It takes the largest absolute value; take the largest value, negative ones too.",
                    "取的是绝对值的最大值，应当直接取最大值，负数也一样。",
                ),
            ),
            (
                "never-below-zero",
                dict(largest=lambda window: max(0.0, np.max(window))),
                Text(
                    "A maximum below zero is lost: don't compare with the zeros that A starts from.",
                    "小于零的最大值丢了：不要和 A 的初始值零比较。",
                ),
            ),
            (
                "position-not-largest",
                dict(largest=np.argmax),
                Text(
                    "It takes the position of the maximum, `np.argmax`; take the maximum itself, `np.max`.",
                    "`np.argmax` 取的是最大值的位置，应当用 `np.max` 取最大值本身。",
                ),
            ),
            *(
                (
                    f"{words}-of-each-column",
                    {step: lambda window, of=of: of(window, axis=0)},
                    Text(
                        "It leaves one number for each column of the window; leave out `axis`, so that "
                        "there is one for the whole window.",
                        "窗口的每一列各得到一个数；不要写 `axis`，整个窗口只取一个数。",
                    ),
                )
                for words, step, of in (("maximum", "largest", np.max), ("average", "average", np.mean))
            ),
            (
                "built-in-max",
                dict(largest=max),
                Text(
                    "Python's own `max` compares rows, not numbers; write `np.max`.",
                    "Python 自带的 `max` 比较的是整行，不是单个数；请用 `np.max`。",
                ),
            ),
            (
                "divided-by-f",
                dict(average=lambda window: np.sum(window) / len(window)),
                Text(
                    "The sum is divided by f; a window has f * f numbers.",
                    "求和之后只除以了 f；窗口里有 f * f 个数。",
                ),
            ),
            (
                "sum-not-average",
                dict(average=np.sum),
                Text(
                    "It sums the window; average pooling takes the mean.", "对窗口求了和，平均池化要取平均。"
                ),
            ),
            (
                "median-not-average",
                dict(average=np.median),
                Text(
                    "It takes the median; average pooling takes the mean.", "取了中位数，平均池化要取平均。"
                ),
            ),
            (
                "average-forgotten",
                dict(average=lambda window: 0.0),
                Text('Mode "average" leaves zeros in A.', 'mode 为 "average" 时 A 全是零。'),
            ),
            (
                "max-forgotten",
                dict(largest=lambda window: 0.0),
                Text('Mode "max" leaves zeros in A.', 'mode 为 "max" 时 A 全是零。'),
            ),
            (
                "f-and-stride-exchanged",
                dict(hyper=lambda h: (h["stride"], h["f"])),
                Text(
                    'Your `f` and `stride` are exchanged: hparameters["f"], hparameters["stride"].',
                    '`f` 和 `stride` 取反了：hparameters["f"]、hparameters["stride"]。',
                ),
            ),
            (
                "stride-always-one",
                dict(hyper=lambda h: (h["f"], 1)),
                Text(
                    'The stride is always 1; take it from hparameters["stride"].',
                    '步幅总是 1，应当取 hparameters["stride"]。',
                ),
            ),
            (
                "stride-is-f",
                dict(hyper=lambda h: (h["f"], h["f"])),
                Text(
                    'The stride is taken to be f; it is hparameters["stride"].',
                    '把步幅当成了 f，应当取 hparameters["stride"]。',
                ),
            ),
            (
                "f-always-two",
                dict(hyper=lambda h: (2, h["stride"])),
                Text(
                    'The window is always 2 wide; take hparameters["f"].',
                    '窗口大小总是 2，应当取 hparameters["f"]。',
                ),
            ),
            (
                "results-exchanged",
                dict(result=lambda A, cache: (cache, A)),
                Text("The results are exchanged; return A, cache.", "两个返回值反了，应当返回 A, cache。"),
            ),
            (
                "only-A-returned",
                dict(result=lambda A, cache: A),
                Text("Only A is returned; return A, cache.", "只返回了 A，应当返回 A, cache。"),
            ),
            (
                "cache-forgotten",
                dict(result=lambda A, cache: (A, None)),
                Text(
                    "A is right, but the cache is None; it is (A_prev, hparameters).",
                    "A 是对的，但 cache 是 None，应当是 (A_prev, hparameters)。",
                ),
            ),
            (
                "cache-of-output",
                dict(result=lambda A, cache: (A, (A, cache[1]))),
                Text(
                    "A is right, but the cache holds A; keep the input A_prev.",
                    "A 是对的，但 cache 里存的是 A，应当存输入 A_prev。",
                ),
            ),
        ),
    ),
    Mistake(
        "truncated",
        pool(result=lambda A, cache: (A.astype(int), cache)),
        Text(
            "The results are cut to whole numbers: leave `dtype` out of np.zeros.",
            "结果被取成了整数：np.zeros 里不要写 `dtype`。",
        ),
    ),
    Mistake(
        "single-precision",
        pool(result=lambda A, cache: (A.astype(np.float32), cache)),
        SINGLE_PRECISION,
        share("single-precision"),
    ),
    *forward_mistakes(solutions.pool_forward),
    Mistake(
        "pad-looked-up",
        lambda A_prev, hparameters, mode="max": hparameters["pad"],
        Text(
            "Pooling has no padding here: its hparameters hold `f` and `stride` only.",
            "这里的池化没有填充：hparameters 里只有 `f` 和 `stride`。",
        ),
    ),
)
