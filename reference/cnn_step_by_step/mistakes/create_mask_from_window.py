"""Known mistakes of `create_mask_from_window`."""

from __future__ import annotations

import numpy as np

from nbexaminer.checks import Mistake, Text
from reference.cnn_step_by_step.mistakes.common import NOTHING_RETURNED, none

CREATE_MASK_FROM_WINDOW = (
    Mistake("nothing-returned", none, NOTHING_RETURNED),
    Mistake(
        "the-maximum-itself",
        np.max,
        Text(
            "This is the maximum itself; the mask is the comparison with it: `x == np.max(x)`.",
            "这是最大值本身；mask 是和它比较的结果：`x == np.max(x)`。",
        ),
    ),
    Mistake(
        "values-not-truths",
        lambda x: x * (x == np.max(x)),
        Text(
            "The mask holds the value of the maximum; it should hold True there and False elsewhere.",
            "mask 里放的是最大值，应当在那里放 True，其余放 False。",
        ),
    ),
    Mistake(
        "maximum-everywhere",
        lambda x: np.full(x.shape, np.max(x)),
        Text(
            "Every entry holds the maximum; compare x with it instead.",
            "每个位置都放了最大值，应当拿 x 和它比较。",
        ),
    ),
    Mistake(
        "numbers-not-truths",
        lambda x: (x == np.max(x)).astype(int),
        Text(
            "The mask holds the numbers 0 and 1; keep the comparison's own True and False.",
            "mask 里是数字 0 和 1，直接保留比较得到的 True 和 False 就好。",
        ),
    ),
    Mistake("minimum", lambda x: x == np.min(x), Text("It marks the minimum.", "标出的是最小值。")),
    Mistake(
        "everything-else",
        lambda x: x != np.max(x),
        Text(
            "It marks everything but the maximum: use ==, not !=.",
            "标出的是最大值以外的位置：用 ==，不是 !=。",
        ),
    ),
    Mistake(
        "maximum-of-each-row",
        lambda x: x == np.max(x, axis=1, keepdims=True),
        Text(
            "It marks the maximum of each row; there is one for the window.",
            "标出了每一行的最大值，整个窗口只有一个。",
        ),
    ),
    Mistake(
        "maximum-of-each-column",
        lambda x: x == np.max(x, axis=0),
        Text(
            "It marks the maximum of each column; there is one for the window.",
            "标出了每一列的最大值，整个窗口只有一个。",
        ),
    ),
    Mistake(
        "largest-magnitude",
        lambda x: np.abs(x) == np.max(np.abs(x)),
        Text(
            "It marks the largest absolute value; compare the values themselves.",
            "标出的是绝对值最大的位置，应当比较值本身。",
        ),
    ),
    Mistake(
        "above-average",
        lambda x: x > np.mean(x),
        Text("It marks all that is above the mean.", "标出的是所有大于平均值的位置。"),
    ),
    Mistake(
        "positive", lambda x: x > 0, Text("It marks all that is above zero.", "标出的是所有大于零的位置。")
    ),
    Mistake(
        "position-not-mask",
        np.argmax,
        Text(
            "This is the position of the maximum; return an array of the shape of x.",
            "这是最大值的位置，应当返回和 x 形状相同的数组。",
        ),
    ),
    Mistake(
        "flat-mask",
        lambda x: (x == np.max(x)).ravel(),
        Text("The mask is flat; keep the shape of x.", "mask 被拉平了，应当保持 x 的形状。"),
    ),
    Mistake(
        "transposed",
        lambda x: (x == np.max(x)).T,
        Text("The mask is transposed.", "mask 转置了。"),
    ),
)
