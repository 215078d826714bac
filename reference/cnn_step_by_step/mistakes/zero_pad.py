"""Known mistakes of `zero_pad`."""

from __future__ import annotations

import numpy as np

from nbexaminer.checks import Mistake, Text
from reference.cnn_step_by_step import solutions
from reference.cnn_step_by_step.mistakes.common import EMPTY_SLICE, NOTHING_RETURNED, none


def _pad(before_after, mode="constant", **kwargs):
    return lambda X, pad: np.pad(X, [before_after(axis, pad) for axis in range(4)], mode, **kwargs)


def _around(*axes):
    return lambda axis, pad: (pad, pad) if axis in axes else (0, 0)


def _filled_from_both_ends(X, pad):
    X_pad = np.zeros_like(solutions.zero_pad(X, pad))
    X_pad[:, pad:-pad, pad:-pad] = X
    return X_pad


def _square(X, pad):
    m, n_H, n_W, n_C = X.shape
    X_pad = np.zeros((m, n_H + 2 * pad, n_H + 2 * pad, n_C))
    X_pad[:, pad : pad + n_H, pad : pad + n_W] = X
    return X_pad


_PADDED_AXES = "`X` has the axes (m, n_H, n_W, n_C): pad the 2nd and 3rd, and give (0, 0) to the others"
_PADDED_AXES_ZH = "`X` 的轴是 (m, n_H, n_W, n_C)：只填充第 2、第 3 轴，其余给 (0, 0)"

ZERO_PAD = (
    Mistake("nothing-returned", none, NOTHING_RETURNED),
    Mistake("empty-slice-at-pad-0", _filled_from_both_ends, EMPTY_SLICE),
    Mistake(
        "pads-every-axis",
        _pad(_around(0, 1, 2, 3)),
        Text(f"Every axis is padded. {_PADDED_AXES}.", f"每个轴都填充了。{_PADDED_AXES_ZH}。"),
    ),
    Mistake(
        "pads-channels",
        _pad(_around(1, 2, 3)),
        Text(f"The channels are padded too. {_PADDED_AXES}.", f"通道也填充了。{_PADDED_AXES_ZH}。"),
    ),
    Mistake(
        "pads-examples",
        _pad(_around(0, 1, 2)),
        Text(f"The batch is padded too. {_PADDED_AXES}.", f"样本那一轴也填充了。{_PADDED_AXES_ZH}。"),
    ),
    Mistake(
        "pads-first-axes",
        _pad(_around(0, 1)),
        Text(
            f"The first two axes are padded. {_PADDED_AXES}.",
            f"填充的是前两个轴。{_PADDED_AXES_ZH}。",
        ),
    ),
    Mistake(
        "pads-last-axes",
        _pad(_around(2, 3)),
        Text(
            f"The last two axes are padded. {_PADDED_AXES}.",
            f"填充的是最后两个轴。{_PADDED_AXES_ZH}。",
        ),
    ),
    Mistake(
        "height-only",
        _pad(_around(1)),
        Text("Only the height is padded, not the width.", "只填充了高，没有填充宽。"),
    ),
    Mistake(
        "width-only",
        _pad(_around(2)),
        Text("Only the width is padded, not the height.", "只填充了宽，没有填充高。"),
    ),
    Mistake(
        "before-only",
        _pad(lambda axis, pad: (pad, 0) if axis in (1, 2) else (0, 0)),
        Text(
            "The zeros stand above and to the left only; both sides get `pad` of them.",
            "只在上边和左边补了零，两侧都要补 `pad` 个。",
        ),
    ),
    Mistake(
        "after-only",
        _pad(lambda axis, pad: (0, pad) if axis in (1, 2) else (0, 0)),
        Text(
            "The zeros stand below and to the right only; both sides get `pad` of them.",
            "只在下边和右边补了零，两侧都要补 `pad` 个。",
        ),
    ),
    Mistake(
        "pads-twice",
        lambda X, pad: solutions.zero_pad(X, 2 * pad),
        Text(
            "Each side got 2 * pad zeros; it is `pad` on each side, 2 * pad in all.",
            "每一侧补了 2 * pad 个零；应当每侧 `pad` 个，两侧合起来才是 2 * pad。",
        ),
    ),
    Mistake(
        "pads-half",
        lambda X, pad: solutions.zero_pad(X, pad // 2),
        Text(
            "Each side got pad / 2 zeros; it is `pad` on each side.",
            "每侧只补了 pad / 2 个零，应当是 `pad` 个。",
        ),
    ),
    Mistake(
        "always-two",
        lambda X, pad: solutions.zero_pad(X, 2),
        Text("It always pads by 2; use the argument `pad`.", "总是填充 2，应当使用参数 `pad`。"),
    ),
    Mistake(
        "always-one",
        lambda X, pad: solutions.zero_pad(X, 1),
        Text("It always pads by 1; use the argument `pad`.", "总是填充 1，应当使用参数 `pad`。"),
    ),
    Mistake(
        "edge-values",
        _pad(_around(1, 2), "edge"),
        Text(
            'The border repeats the edge of the image; it should hold zeros (mode "constant").',
            '边上重复了图像边缘的值，应当是零（模式 "constant"）。',
        ),
    ),
    Mistake(
        "wrapped-values",
        _pad(_around(1, 2), "wrap"),
        Text(
            'The border repeats the other side of the image; it should hold zeros (mode "constant").',
            '边上是图像另一侧的值，应当是零（模式 "constant"）。',
        ),
    ),
    Mistake(
        "mirrored-values",
        _pad(_around(1, 2), "symmetric"),
        Text(
            'The border mirrors the image; it should hold zeros (mode "constant").',
            '边上是图像的镜像，应当是零（模式 "constant"）。',
        ),
    ),
    Mistake(
        "reflected-values",
        _pad(_around(1, 2), "reflect"),
        Text(
            'The border mirrors the image; it should hold zeros (mode "constant").',
            '边上是图像的镜像，应当是零（模式 "constant"）。',
        ),
    ),
    Mistake(
        "truncated",
        lambda X, pad: solutions.zero_pad(X, pad).astype(int),
        Text(
            "The values of X are cut to whole numbers: leave `dtype` out of np.zeros.",
            "X 的值被取成了整数：np.zeros 里不要写 `dtype`。",
        ),
    ),
    Mistake(
        "square-result",
        _square,
        Text(
            "The width of the result is computed from the height. Square images hide this.",
            "结果的宽是用高算的。图像是正方形时看不出来。",
        ),
    ),
    Mistake(
        "pads-with-ones",
        _pad(_around(1, 2), constant_values=1),
        Text("The border holds ones; it should hold zeros.", "边上填的是 1，应当填 0。"),
    ),
    Mistake(
        "pads-with-pad",
        lambda X, pad: np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)), constant_values=pad),
        Text(
            "The border holds the number `pad`; it should hold zeros. `pad` is its width, not its value.",
            "边上填的是 `pad` 这个数，应当填 0：`pad` 是宽度，不是填充值。",
        ),
    ),
    Mistake(
        "axis-missing",
        lambda X, pad: np.pad(X, ((0, 0), (pad, pad), (pad, pad)), "constant"),
        Text(
            f"The function `np.pad` wants one pair for each of the four axes. {_PADDED_AXES}.",
            f"`np.pad` 要为四个轴各给一对数。{_PADDED_AXES_ZH}。",
        ),
    ),
    Mistake(
        "unchanged",
        lambda X, pad: X,
        Text("X comes back without any padding.", "X 原样返回了，没有填充。"),
    ),
    Mistake(
        "zeros-only",
        lambda X, pad: np.zeros_like(solutions.zero_pad(X, pad)),
        Text(
            "The shape is right, but all values are zero: copy X into the middle.",
            "形状对了，但全是零：还要把 X 放到中间。",
        ),
    ),
)
