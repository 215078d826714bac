"""Known mistakes of `distribute_value`."""

from __future__ import annotations

import numpy as np

from nbexaminer.checks import Mistake, Text
from reference.cnn_step_by_step.mistakes.common import NOTHING_RETURNED, none


def _spread(share, shape=lambda shape: shape):
    return lambda dz, s: np.full(shape(s), share(dz, *s))


DISTRIBUTE_VALUE = (
    Mistake("nothing-returned", none, NOTHING_RETURNED),
    Mistake(
        "divided-by-sum",
        _spread(lambda dz, n_H, n_W: dz / (n_H + n_W)),
        Text(
            "Your dz is divided by n_H + n_W; the window has n_H * n_W entries. (At 2 × 2 both are 4.)",
            "dz 除以了 n_H + n_W；窗口里有 n_H * n_W 个元素。（2 × 2 时两者都是 4。）",
        ),
    ),
    Mistake(
        "not-divided",
        _spread(lambda dz, n_H, n_W: dz),
        Text(
            "Every entry gets all of dz; divide it by n_H * n_W.",
            "每个位置都得到了整个 dz，要除以 n_H * n_W。",
        ),
    ),
    Mistake(
        "brackets-forgotten",
        _spread(lambda dz, n_H, n_W: dz / n_H * n_W),
        Text(
            "The expression `dz / n_H * n_W` divides by n_H, then multiplies by n_W; write dz / (n_H * n_W).",
            "`dz / n_H * n_W` 是先除以 n_H 再乘 n_W，应当写 dz / (n_H * n_W)。",
        ),
    ),
    Mistake(
        "divided-by-height",
        _spread(lambda dz, n_H, n_W: dz / n_H),
        Text("Your dz is divided by n_H only; divide by n_H * n_W.", "dz 只除以了 n_H，应当除以 n_H * n_W。"),
    ),
    Mistake(
        "divided-by-width",
        _spread(lambda dz, n_H, n_W: dz / n_W),
        Text("Your dz is divided by n_W only; divide by n_H * n_W.", "dz 只除以了 n_W，应当除以 n_H * n_W。"),
    ),
    Mistake(
        "divided-by-height-squared",
        _spread(lambda dz, n_H, n_W: dz / n_H**2),
        Text(
            "Your dz is divided by n_H * n_H; a window need not be square.",
            "dz 除以了 n_H * n_H；窗口不一定是正方形。",
        ),
    ),
    Mistake(
        "divided-by-two",
        _spread(lambda dz, n_H, n_W: dz / 2),
        Text(
            "Your dz is divided by 2, the length of `shape`; divide by n_H * n_W.",
            "dz 除以了 2，也就是 `shape` 的长度；应当除以 n_H * n_W。",
        ),
    ),
    Mistake(
        "truncated",
        lambda dz, shape: np.full(shape, dz / np.prod(shape)).astype(int),
        Text("The shares are cut to whole numbers: leave out `dtype`.", "份额被取成了整数：不要写 `dtype`。"),
    ),
    Mistake(
        "divided-by-width-squared",
        _spread(lambda dz, n_H, n_W: dz / n_W**2),
        Text(
            "Your dz is divided by n_W * n_W; a window need not be square.",
            "dz 除以了 n_W * n_W；窗口不一定是正方形。",
        ),
    ),
    Mistake(
        "always-four",
        _spread(lambda dz, n_H, n_W: dz / 4),
        Text("Your dz is always divided by 4; divide by n_H * n_W.", "dz 总是除以 4，应当除以 n_H * n_W。"),
    ),
    Mistake(
        "multiplied",
        _spread(lambda dz, n_H, n_W: dz * n_H * n_W),
        Text(
            "Your dz is multiplied by the number of entries; divide by it.", "dz 乘以了元素个数，应当除以它。"
        ),
    ),
    Mistake(
        "upside-down",
        _spread(lambda dz, n_H, n_W: n_H * n_W / dz),
        Text("The fraction is upside down: it is dz / (n_H * n_W).", "分数写反了，应当是 dz / (n_H * n_W)。"),
    ),
    Mistake(
        "one-over-dz",
        _spread(lambda dz, n_H, n_W: 1 / dz),
        Text(
            "Every entry is 1 / dz; it is dz / (n_H * n_W).", "每个位置都是 1 / dz，应当是 dz / (n_H * n_W)。"
        ),
    ),
    Mistake(
        "dz-forgotten",
        _spread(lambda dz, n_H, n_W: 1 / (n_H * n_W)),
        Text(
            "Your dz is missing: every entry is 1 / (n_H * n_W); it is dz / (n_H * n_W).",
            "漏了 dz：每个位置都是 1 / (n_H * n_W)，应当是 dz / (n_H * n_W)。",
        ),
    ),
    Mistake(
        "whole-division",
        _spread(lambda dz, n_H, n_W: dz // (n_H * n_W)),
        Text("The operator `//` drops the fraction; divide with `/`.", "`//` 丢掉了小数部分，应当用 `/`。"),
    ),
    Mistake(
        "shape-swapped",
        _spread(lambda dz, n_H, n_W: dz / (n_H * n_W), lambda shape: shape[::-1]),
        Text(
            "The array has the shape (n_W, n_H); it is (n_H, n_W).",
            "数组的形状是 (n_W, n_H)，应当是 (n_H, n_W)。",
        ),
    ),
    Mistake(
        "flat",
        _spread(lambda dz, n_H, n_W: dz / (n_H * n_W), lambda shape: shape[0] * shape[1]),
        Text("The array is flat; give it the shape (n_H, n_W).", "数组被拉平了，形状应当是 (n_H, n_W)。"),
    ),
    Mistake(
        "number-not-array",
        lambda dz, shape: dz / (shape[0] * shape[1]),
        Text(
            "This is one share; fill an array of the given shape with it.",
            "这只是一份，还要用它填满给定形状的数组。",
        ),
    ),
    Mistake(
        "ones",
        lambda dz, shape: np.ones(shape),
        Text("Every entry is 1: multiply by the share.", "每个位置都是 1，还要乘以每一份的值。"),
    ),
    Mistake(
        "zeros",
        lambda dz, shape: np.zeros(shape),
        Text("Every entry is 0: fill in the share.", "每个位置都是 0，还要填入每一份的值。"),
    ),
    Mistake(
        "one-entry-only",
        lambda dz, shape: np.eye(1, shape[0] * shape[1]).reshape(shape) * dz,
        Text(
            "All of dz stands in one entry; share it among all.",
            "整个 dz 放在了一个位置，应当平均分给所有位置。",
        ),
    ),
)
