"""Known mistakes of `conv_single_step`; `conv_forward` shares those that fit in a loop."""

from __future__ import annotations

from functools import partial

import numpy as np

from nbexaminer.checks import Mistake, Text
from reference.cnn_step_by_step.mistakes.common import NOTHING_RETURNED, REMOVED_NAME, none
from reference.cnn_step_by_step.part_marks import share


def bias_per_element(a, W, b):
    return np.sum(a * W + b)


def size_one_array(a, W, b):
    return np.sum(a * W) + b


BIAS_PER_ELEMENT = Text(
    "The bias is added to every element before the sum, so it counts f * f * n_C_prev times. Add it "
    "once, after the sum: `np.sum(a_slice_prev * W) + b.item()`.",
    "偏置在求和之前加到了每个元素上，等于加了 f * f * n_C_prev 次。应当先求和，再加一次："
    "`np.sum(a_slice_prev * W) + b.item()`。",
)
BIAS_FORGOTTEN = Text("The bias `b` is not added.", "没有加偏置 `b`。")
BIAS_SUBTRACTED = Text("The bias is subtracted; add it.", "偏置减掉了，应当加上。")
BIAS_MULTIPLIED = Text("The sum is multiplied by the bias; add it.", "把和乘以了偏置，应当相加。")
MEAN = Text("The products are averaged; sum them.", "对乘积取了平均，应当求和。")
LARGEST = Text("It takes the largest product; sum them all.", "取了最大的乘积，应当全部求和。")
SUM_NOT_PRODUCT = Text(
    "Slice and filter are added; multiply them element by element.",
    "切片和滤波器相加了，应当逐元素相乘。",
)
DIFFERENCE_NOT_PRODUCT = Text(
    "Slice and filter are subtracted; multiply them element by element.",
    "切片和滤波器相减了，应当逐元素相乘。",
)
PRODUCT_OF_SUMS = Text(
    "Slice and filter are summed before they are multiplied; multiply first, then sum.",
    "先各自求和再相乘了，应当先逐元素相乘，再求和。",
)
FLIPPED = Text(
    'The filter is turned round. In deep learning "convolution" means no flip: use W as it is.',
    "滤波器翻转了。深度学习里的“卷积”不翻转，直接用 W。",
)
ACTIVATED = Text(
    "Negative results are cut to zero: the activation is not part of this function.",
    "负的结果被截成了零：激活函数不属于这个函数。",
)
TRUNCATED = Text("The result is cut to a whole number.", "结果被取成了整数。")
SINGLE_PRECISION = Text(
    "Right, but only to 7 digits: leave `dtype` out of np.zeros, and NumPy keeps 16.",
    "是对的，但只有 7 位有效数字：np.zeros 里不写 `dtype`，NumPy 会保留 16 位。",
)
RAISES_ARRAY_TO_FLOAT = (
    "An array with several axes can't be turned into a number by `float(b)` or by storing it in one "
    "entry (NumPy 2.4 raises a TypeError). Take the number out with `b.item()`.",
    "多维数组不能用 `float(b)` 变成一个数，也不能直接存进一个元素（NumPy 2.4 会抛 TypeError）。"
    "用 `b.item()` 取出这个数。",
)

SINGLE_STEPS = (
    ("bias-per-element", bias_per_element, BIAS_PER_ELEMENT),
    ("bias-forgotten", lambda a, W, b: np.sum(a * W), BIAS_FORGOTTEN),
    ("bias-subtracted", lambda a, W, b: np.sum(a * W) - b.item(), BIAS_SUBTRACTED),
    ("bias-multiplied", lambda a, W, b: np.sum(a * W) * b.item(), BIAS_MULTIPLIED),
    ("mean-not-sum", lambda a, W, b: np.mean(a * W) + b.item(), MEAN),
    ("largest-not-sum", lambda a, W, b: np.max(a * W) + b.item(), LARGEST),
    ("sum-not-product", lambda a, W, b: np.sum(a + W) + b.item(), SUM_NOT_PRODUCT),
    ("difference", lambda a, W, b: np.sum(a - W) + b.item(), DIFFERENCE_NOT_PRODUCT),
    ("product-of-sums", lambda a, W, b: np.sum(a) * np.sum(W) + b.item(), PRODUCT_OF_SUMS),
    ("filter-flipped", lambda a, W, b: np.sum(a * W[::-1, ::-1]) + b.item(), FLIPPED),
    ("activated", lambda a, W, b: max(0.0, np.sum(a * W) + b.item()), ACTIVATED),
    ("truncated", lambda a, W, b: int(np.sum(a * W) + b.item()), TRUNCATED),
)

CONV_SINGLE_STEP = (
    Mistake("nothing-returned", none, NOTHING_RETURNED),
    *(Mistake(*row, share(row[0])) for row in SINGLE_STEPS),
    Mistake(
        "size-one-array",
        size_one_array,
        Text(
            "The number is right, but it comes as an array of shape (1, 1, 1); Z is a scalar. Take the "
            "number out of the bias with `b.item()`.",
            "数是对的，但结果是形状 (1, 1, 1) 的数组，而 Z 应当是标量。用 `b.item()` 取出偏置里的数。",
        ),
        share("size-one-array"),
    ),
    *(
        Mistake(
            f"size-one-array-{axes.replace(' ', '-')}",
            partial(lambda index, a, W, b: np.sum(a * W) + b[index], index),
            Text(
                f"The number is right, but it comes as an array of {axes}; Z is a scalar. Take "
                "the number out of "
                "the bias with `b.item()`.",
                "数是对的，但结果还是数组，而 Z 应当是标量。用 `b.item()` 取出偏置里的数。",
            ),
            share("size-one-array"),
        )
        for axes, index in (("two axes", 0), ("one axis", (0, 0)))
    ),
    Mistake(
        "sum-of-a-list",
        lambda a, W, b: np.sum([np.sum(a * W), b]),
        Text(
            "The call `np.sum([Z, b])` puts a number and an array into one list, which NumPy can't add up. "
            "Write `Z + b.item()`.",
            "`np.sum([Z, b])` 把一个数和一个数组放进了同一个列表，NumPy 加不起来。请写 `Z + b.item()`。",
        ),
    ),
    *(
        Mistake(f"np-{name}", lambda a, W, b, name=name: np.sum(a * W) + getattr(np, name)(b), REMOVED_NAME)
        for name in ("float", "asscalar")
    ),
    Mistake(
        "float-of-bias",
        lambda a, W, b: np.sum(a * W) + float(b),
        Text(*RAISES_ARRAY_TO_FLOAT),
    ),
    Mistake(
        "sum-forgotten",
        lambda a, W, b: a * W + b,
        Text(
            "The products are not summed: the result is still a volume.",
            "乘积没有求和，结果还是三维数组。",
        ),
    ),
    Mistake(
        "sum-forgotten-twice",
        lambda a, W, b: a * W,
        Text(
            "This is only the element-wise product: sum it up, then add the bias.",
            "这只是逐元素乘积：还要求和，再加偏置。",
        ),
    ),
    *(
        Mistake(
            f"sum-over-axis-{words}{ending}",
            partial(lambda axis, bias, a, W, b: np.sum(a * W, axis=axis) + bias(b), axis, bias),
            Text(
                f"The sum runs over axis {words} only; it runs over the whole volume.",
                f"只对第 {words} 轴求和了，应当对整个切片求和。",
            ),
        )
        for words, axis in (("0", 0), ("1", 1), ("2", 2), ("0 and 1", (0, 1)))
        for ending, bias in (("", lambda b: b), (", bias taken out", np.ndarray.item))
    ),
    *(
        Mistake(
            f"matrix-product{ending}",
            product,
            Text(
                "The products `np.dot`, `@`, `np.matmul` and `np.tensordot` are those of matrices; here `*` "
                "multiplies element by element.",
                "`np.dot`、`@`、`np.matmul`、`np.tensordot` 是矩阵乘法；这里要逐元素相乘，用 `*`。",
            ),
        )
        for ending, product in (
            ("", lambda a, W, b: np.sum(np.dot(a, W)) + b.item()),
            (", not summed", lambda a, W, b: np.dot(a, W) + b),
            (", over two axes", lambda a, W, b: np.tensordot(a, W) + b),
        )
    ),
    Mistake(
        "filter-transposed",
        lambda a, W, b: np.sum(a * W.T) + b.item(),
        Text("The filter is transposed; use W as it is.", "滤波器转置了，应当直接用 W。"),
    ),
    Mistake(
        "matmul",
        lambda a, W, b: np.sum(a @ W) + b.item(),
        Text(
            "The operator `@` is a matrix product; here `*` multiplies element by element.",
            "`@` 是矩阵乘法；这里要逐元素相乘，用 `*`。",
        ),
    ),
    Mistake(
        "first-channel-only",
        lambda a, W, b: np.sum(a[..., 0] * W[..., 0]) + b.item(),
        Text(
            "Only the first channel is used; sum over all of them.", "只用了第一个通道，应当对所有通道求和。"
        ),
    ),
    Mistake(
        "bias-twice",
        lambda a, W, b: np.sum(a * W) + 2 * b.item(),
        Text("The bias is added twice.", "偏置加了两次。"),
    ),
)
