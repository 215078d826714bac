"""Known mistakes of `conv_forward`."""

from __future__ import annotations

import numpy as np

from nbexaminer.checks import Mistake, Text
from reference.cnn_step_by_step import solutions
from reference.cnn_step_by_step.loops import conv, sizes
from reference.cnn_step_by_step.mistakes.common import (
    EXAMPLE_LOST,
    FIRST_EXAMPLE_ONLY,
    FORWARD_SIZES,
    NOTHING_RETURNED,
    REMOVED_NAME,
    STORED,
    WINDOWS,
    WRONG_EXAMPLE,
    forward_mistakes,
    made,
    none,
    removed,
)
from reference.cnn_step_by_step.mistakes.conv_single_step import (
    RAISES_ARRAY_TO_FLOAT,
    SINGLE_PRECISION,
    SINGLE_STEPS,
    size_one_array,
)
from reference.cnn_step_by_step.part_marks import share


def _pad_sizes(of):
    return dict(shape=sizes(of))


FILTER_AXES = Text(
    "The shape of W is read in another order; it is (f, f, n_C_prev, n_C).",
    "读取 W 的形状时顺序不对，应当是 (f, f, n_C_prev, n_C)。",
)
FILTER_AXIS = Text(
    "The filters are numbered by the last axis of W: channel c uses W[:, :, :, c].",
    "滤波器的编号在 W 的最后一个轴：第 c 个通道用 W[:, :, :, c]。",
)

CONV_FORWARD = (
    Mistake("nothing-returned", none, NOTHING_RETURNED),
    *made(conv, WINDOWS),
    *made(conv, FORWARD_SIZES),
    *made(
        conv,
        (
            ("first-example-only", dict(window=lambda A, at, place: A[0][place]), FIRST_EXAMPLE_ONLY),
            ("example-index-lost", dict(window=lambda A, at, place: A[place]), EXAMPLE_LOST),
            ("example-by-row", dict(window=lambda A, at, place: A[at[1]][place]), WRONG_EXAMPLE),
            ("example-by-column", dict(window=lambda A, at, place: A[at[2]][place]), WRONG_EXAMPLE),
            ("example-by-channel", dict(window=lambda A, at, place: A[at[3]][place]), WRONG_EXAMPLE),
            *STORED,
            (
                "two-strides-for-two-pads",
                _pad_sizes(lambda n, f, pad, stride: int((n + 2 * stride - f) / stride) + 1),
                Text(
                    "The output size has 2 * stride where it should have 2 * pad.",
                    "输出尺寸里该用 2 * pad 的地方用了 2 * stride。",
                ),
            ),
            (
                "size-without-padding",
                _pad_sizes(lambda n, f, pad, stride: int((n - f) / stride) + 1),
                Text(
                    "The output size does not count the padding: add 2 * pad.",
                    "输出尺寸没有算上填充，要加 2 * pad。",
                ),
            ),
            (
                "size-with-one-pad",
                _pad_sizes(lambda n, f, pad, stride: int((n + pad - f) / stride) + 1),
                Text(
                    "The output size counts the padding once; there is padding on both sides: 2 * pad.",
                    "输出尺寸只算了一侧填充，两侧都有，要加 2 * pad。",
                ),
            ),
            (
                "padding-subtracted",
                _pad_sizes(lambda n, f, pad, stride: int((n - 2 * pad - f) / stride) + 1),
                Text(
                    "The output size subtracts the padding; add 2 * pad.",
                    "输出尺寸减去了填充，应当加上 2 * pad。",
                ),
            ),
            (
                "padding-forgotten",
                dict(padded=lambda A, pad, stride, f: A),
                Text(
                    "The windows are cut from A_prev; cut them from A_prev_pad = zero_pad(A_prev, pad).",
                    "窗口是从 A_prev 上切的，应当从 A_prev_pad = zero_pad(A_prev, pad) 上切。",
                ),
            ),
            (
                "padded-by-stride",
                dict(padded=lambda A, pad, stride, f: solutions.zero_pad(A, stride)),
                Text("A_prev is padded by `stride`; pad it by `pad`.", "填充用了 `stride`，应当用 `pad`。"),
            ),
            (
                "padded-by-f",
                dict(padded=lambda A, pad, stride, f: solutions.zero_pad(A, f)),
                Text("A_prev is padded by `f`; pad it by `pad`.", "填充用了 `f`，应当用 `pad`。"),
            ),
            (
                "padded-twice",
                dict(padded=lambda A, pad, stride, f: solutions.zero_pad(A, 2 * pad)),
                Text("A_prev is padded twice over.", "A_prev 填充了两遍。"),
            ),
            (
                "pad-and-stride-exchanged",
                dict(hyper=lambda h: (h["stride"], h["pad"])),
                Text(
                    'Your `pad` and `stride` are exchanged: hparameters["pad"], hparameters["stride"].',
                    '`pad` 和 `stride` 取反了：hparameters["pad"]、hparameters["stride"]。',
                ),
            ),
            (
                "stride-always-one",
                dict(hyper=lambda h: (h["pad"], 1)),
                Text(
                    'The stride is always 1; take it from hparameters["stride"].',
                    '步幅总是 1，应当取 hparameters["stride"]。',
                ),
            ),
            (
                "pad-always-two",
                dict(hyper=lambda h: (2, h["stride"])),
                Text(
                    'The padding is always 2; take it from hparameters["pad"].',
                    '填充总是 2，应当取 hparameters["pad"]。',
                ),
            ),
            (
                "pad-always-one",
                dict(hyper=lambda h: (1, h["stride"])),
                Text(
                    'The padding is always 1; take it from hparameters["pad"].',
                    '填充总是 1，应当取 hparameters["pad"]。',
                ),
            ),
            (
                "channels-of-input",
                dict(channels=lambda n_C, n_C_prev: n_C_prev),
                Text(
                    "The loop over c runs over the channels of the input, n_C_prev; the output has one for "
                    "each filter: `range(n_C)`.",
                    "c 的循环走的是输入的通道数 n_C_prev；输出的每个通道对应一个滤波器：`range(n_C)`。",
                ),
            ),
            ("filter-axes-last-two", dict(filters=lambda shape: (shape[0], shape[2])), FILTER_AXES),
            ("filter-axes-by-number", dict(filters=lambda shape: (shape[2], shape[0])), FILTER_AXES),
            (
                "image-axes",
                dict(image=lambda shape: shape[2:4]),
                Text(
                    "The shape of A_prev is read in another order; it is (m, n_H_prev, n_W_prev, n_C_prev).",
                    "读取 A_prev 的形状时顺序不对，应当是 (m, n_H_prev, n_W_prev, n_C_prev)。",
                ),
            ),
            (
                "one-channel-of-the-window",
                dict(window=lambda A, at, place: A[at[0]][(*place, at[3])]),
                Text(
                    "The window is cut from one channel, `c`; that is the filter's number. A window holds "
                    "all channels: `a_prev_pad[vert_start:vert_end, horiz_start:horiz_end, :]`.",
                    "窗口只切了通道 `c`，而 `c` 是滤波器的编号。窗口包含所有通道："
                    "`a_prev_pad[vert_start:vert_end, horiz_start:horiz_end, :]`。",
                ),
            ),
            ("filter-by-first-axis", dict(weights=lambda W, c: W[c]), FILTER_AXIS),
            ("filter-by-third-axis", dict(weights=lambda W, c: W[:, :, c, :]), FILTER_AXIS),
            (
                "filter-transposed",
                dict(weights=lambda W, c: W[..., c].T),
                Text(
                    "The filter is transposed; use W[:, :, :, c] as it is.",
                    "滤波器转置了，应当直接用 W[:, :, :, c]。",
                ),
            ),
            (
                "first-filter-only",
                dict(weights=lambda W, c: W[..., 0]),
                Text(
                    "Every channel uses the first filter; channel c uses W[:, :, :, c].",
                    "每个通道都用了第一个滤波器，第 c 个通道要用 W[:, :, :, c]。",
                ),
            ),
            (
                "first-bias-only",
                dict(bias=lambda b, c: b[..., 0]),
                Text(
                    "Every channel uses the first bias; channel c uses b[:, :, :, c].",
                    "每个通道都用了第一个偏置，第 c 个通道要用 b[:, :, :, c]。",
                ),
            ),
            (
                "first-filter-and-bias",
                dict(weights=lambda W, c: W[..., 0], bias=lambda b, c: b[..., 0]),
                Text(
                    "Every channel uses the first filter and bias; channel c has its own: "
                    "W[:, :, :, c] and b[:, :, :, c].",
                    "每个通道都用了第一个滤波器和偏置，第 c 个通道有自己的：W[:, :, :, c]、b[:, :, :, c]。",
                ),
            ),
            (
                "all-biases",
                dict(step=lambda a, W, b: np.sum(a * W) + np.sum(b), bias=lambda b, c: b),
                Text(
                    "The biases of all filters are added; channel c adds only its own, b[:, :, :, c].",
                    "把所有滤波器的偏置都加上了，第 c 个通道只加 b[:, :, :, c]。",
                ),
            ),
            (
                "whole-filters",
                dict(weights=lambda W, c: W),
                Text(
                    "Each step gets all filters at once; channel c uses W[:, :, :, c].",
                    "每一步都传入了全部滤波器，第 c 个通道只用 W[:, :, :, c]。",
                ),
            ),
            (
                "whole-bias",
                dict(bias=lambda b, c: b),
                Text(
                    "Each step gets all biases at once; channel c uses b[:, :, :, c].",
                    "每一步都传入了全部偏置，第 c 个通道只用 b[:, :, :, c]。",
                ),
            ),
            (
                "last-channel-missing",
                dict(channels=lambda n_C, n_C_prev: n_C - 1),
                Text(
                    "The last channel stays zero: the loop over channels stops one too early.",
                    "最后一个通道还是零：通道的循环少走了一步。",
                ),
            ),
            (
                "example-forgotten",
                dict(window=lambda A, at, place: A[-1][place]),
                Text(
                    "Every output is computed from the last example; take the `i`-th one.",
                    "所有输出都用最后一个样本算的，应当取第 `i` 个。",
                ),
            ),
            (
                "float-of-bias",
                dict(step=lambda a, W, b: np.sum(a * W) + float(b)),
                Text(*RAISES_ARRAY_TO_FLOAT),
            ),
            (
                "array-into-entry",
                dict(step=size_one_array),
                Text(*RAISES_ARRAY_TO_FLOAT),
            ),
            (
                "results-exchanged",
                dict(result=lambda Z, cache: (cache, Z)),
                Text("The results are exchanged; return Z, cache.", "两个返回值反了，应当返回 Z, cache。"),
            ),
            (
                "only-Z-returned",
                dict(result=lambda Z, cache: Z),
                Text("Only Z is returned; return Z, cache.", "只返回了 Z，应当返回 Z, cache。"),
            ),
            (
                "cache-of-padded-input",
                dict(
                    result=lambda Z, cache: (
                        Z,
                        (solutions.zero_pad(cache[0], cache[3]["pad"]), *cache[1:]),
                    )
                ),
                Text(
                    "Z is right, but the cache holds the padded input; keep A_prev as it came.",
                    "Z 是对的，但 cache 里存的是填充后的输入，应当存原来的 A_prev。",
                ),
            ),
            (
                "cache-forgotten",
                dict(result=lambda Z, cache: (Z, None)),
                Text(
                    "Z is right, but the cache is None; it is (A_prev, W, b, hparameters).",
                    "Z 是对的，但 cache 是 None，应当是 (A_prev, W, b, hparameters)。",
                ),
            ),
            (
                "Z-all-zero",
                dict(step=lambda a, W, b: 0.0),
                Text(
                    "Z is zero everywhere: nothing, or only zeros, was ever stored in it. Store what "
                    "conv_single_step returns in Z[i, h, w, c].",
                    "Z 全是零：没有存进任何数，或者存进去的都是零。"
                    "要把 conv_single_step 的结果存进 Z[i, h, w, c]。",
                ),
            ),
        ),
    ),
    Mistake(
        "single-precision",
        conv(result=lambda Z, cache: (Z.astype(np.float32), cache)),
        SINGLE_PRECISION,
        share("single-precision"),
    ),
    *forward_mistakes(solutions.conv_forward),
    Mistake("np-float", removed("float"), REMOVED_NAME),
    *made(conv, ((name, dict(step=single_step), text) for name, single_step, text in SINGLE_STEPS)),
)
