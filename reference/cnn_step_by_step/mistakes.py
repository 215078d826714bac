"""The known mistakes of each exercise: a variant of the solution, and what to tell its author.

They come from reading many public answers to this exercise and from the traps of today's NumPy.
The likeliest stand first: where two variants can't be told apart, the first one names the mistake.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from nbexaminer.checks import Mistake, Text
from reference.cnn_step_by_step import solutions
from reference.cnn_step_by_step.loops import (
    assigned,
    conv,
    conv_gradient,
    pool,
    pool_gradient,
    size,
    sizes,
    written_back,
)
from reference.cnn_step_by_step.pictures import windows

HALF = 0.5

# Corners of a window that are wrong in the same way in all four sliding functions.


def at_index(k: int, stride: int, f: int) -> tuple[int, int]:
    return k, k + f


def end_by_stride(k: int, stride: int, f: int) -> tuple[int, int]:
    return k * stride, k * stride + stride


def end_inclusive(k: int, stride: int, f: int) -> tuple[int, int]:
    return k * stride, k * stride + f - 1


def end_at_f(k: int, stride: int, f: int) -> tuple[int, int]:
    return k * stride, f


def by_window(k: int, stride: int, f: int) -> tuple[int, int]:
    return k * f, k * f + f


def start_plus_stride(k: int, stride: int, f: int) -> tuple[int, int]:
    return k + stride, k + stride + f


def across_then_down(rows: slice, columns: slice) -> tuple[slice, slice]:
    return columns, rows


# Output sizes that are wrong in the same way in conv_forward and pool_forward.


def size_without_one(n_prev: int, f: int, pad: int, stride: int) -> int:
    return int((n_prev + 2 * pad - f) / stride)


def size_rounded_up(n_prev: int, f: int, pad: int, stride: int) -> int:
    return int(np.ceil((n_prev + 2 * pad - f) / stride)) + 1


def size_without_stride(n_prev: int, f: int, pad: int, stride: int) -> int:
    return n_prev + 2 * pad - f + 1


def size_one_inside(n_prev: int, f: int, pad: int, stride: int) -> int:
    return int((n_prev + 2 * pad - f + 1) / stride)


def size_without_f(n_prev: int, f: int, pad: int, stride: int) -> int:
    return int((n_prev + 2 * pad) / stride) + 1


def width_from_height(H: int, W: int, f: int, pad: int, stride: int) -> tuple[int, int]:
    return size(H, f, pad, stride), size(H, f, pad, stride)


def height_from_width(H: int, W: int, f: int, pad: int, stride: int) -> tuple[int, int]:
    return size(W, f, pad, stride), size(W, f, pad, stride)


def sizes_swapped(H: int, W: int, f: int, pad: int, stride: int) -> tuple[int, int]:
    return size(W, f, pad, stride), size(H, f, pad, stride)


STRIDE_IGNORED = Text(
    "your windows start at `h` and `w`, not at `h * stride` and `w * stride`, so the stride is ignored.",
    "窗口的起点写成了 `h`、`w`，应当是 `h * stride`、`w * stride`，步幅没有起作用。",
)
STRIDE_IGNORED_DOWN = Text(
    "the stride is missing in `vert_start`: it should be `h * stride`.",
    "`vert_start` 里漏了步幅，应当是 `h * stride`。",
)
STRIDE_IGNORED_ACROSS = Text(
    "the stride is missing in `horiz_start`: it should be `w * stride`.",
    "`horiz_start` 里漏了步幅，应当是 `w * stride`。",
)
START_BY_F = Text(
    "your windows start at multiples of `f`; they should start at `h * stride` and `w * stride`.",
    "窗口的起点按 `f` 的倍数走，应当按步幅走：`h * stride`、`w * stride`。",
)
START_PLUS_STRIDE = Text(
    "your windows start at `h + stride`; the stride multiplies: `h * stride`.",
    "起点写成了 `h + stride`，步幅要相乘：`h * stride`。",
)
END_BY_STRIDE = Text(
    "your windows end one stride after their start; they should end `f` after it: "
    "`vert_end = vert_start + f`.",
    "窗口的终点是起点加 `stride`，应当是起点加 `f`:`vert_end = vert_start + f`。",
)
END_INCLUSIVE = Text(
    "your windows are one row and column short: the end of a slice is exclusive, so it is "
    "`start + f`, not `start + f - 1`.",
    "窗口少了一行一列：切片不含终点，所以终点是 `start + f`，不是 `start + f - 1`。",
)
END_AT_F = Text(
    "your windows all end at `f`; the end moves along with the start: `vert_start + f`.",
    "窗口的终点一直停在 `f`，它应当跟着起点走：`vert_start + f`。",
)
SWAPPED_AXES = Text(
    "rows and columns are exchanged: `h` moves the window down (the first slice), `w` across (the second).",
    "行和列弄反了：`h` 让窗口向下移（第一个切片）,`w` 向右移（第二个切片）。",
)
WIDTH_FROM_HEIGHT = Text(
    "`n_W` is computed from the height; use `n_W_prev`. Square images hide this.",
    "`n_W` 用高度算的，应当用 `n_W_prev`。图像是正方形时看不出来。",
)
HEIGHT_FROM_WIDTH = Text(
    "`n_H` is computed from the width; use `n_H_prev`. Square images hide this.",
    "`n_H` 用宽度算的，应当用 `n_H_prev`。图像是正方形时看不出来。",
)
SIZES_SWAPPED = Text(
    "`n_H` and `n_W` are exchanged.",
    "`n_H` 和 `n_W` 弄反了。",
)
SIZE_WITHOUT_ONE = Text(
    "the output is one row and one column short: the formula ends in `+ 1`, for the window at the "
    "very start.",
    "输出少了一行一列：公式末尾要 `+ 1`，最开头的那个窗口也要算上。",
)
SIZE_ONE_INSIDE = Text(
    "the `+ 1` of the output size stands inside the division; it comes after rounding down.",
    "输出尺寸里的 `+ 1` 放进了除法里面，它应当在向下取整之后再加。",
)
SIZE_ROUNDED_UP = Text(
    "the output size is rounded up; it is rounded down: a window that does not fit is left out.",
    "输出尺寸向上取整了，应当向下取整：放不下的窗口就不要。",
)
SIZE_WITHOUT_STRIDE = Text(
    "the output size is not divided by the stride.",
    "输出尺寸没有除以步幅。",
)
SIZE_WITHOUT_F = Text(
    "the output size does not take off `f`, the size of the window.",
    "输出尺寸没有减去窗口的大小 `f`。",
)
FIRST_EXAMPLE_ONLY = Text(
    "every output is computed from the first example; take the `i`-th one in the loop over `m`.",
    "所有输出都用第一个样本算的；在遍历 `m` 的循环里要取第 `i` 个样本。",
)
FIRST_EXAMPLE_DONE = Text(
    "only the first example is worked out, the others stay zero: a `return` (or the work itself) stands at "
    "the wrong indentation in the loop over `m`.",
    "只算了第一个样本，其余都是零：遍历 `m` 的循环里，`return`（或计算部分）的缩进不对。",
)
LAST_CHANNEL_DONE = Text(
    "only the last channel is filled: the line that stores the result stands after the loop over the "
    "channels, not inside it.",
    "只填了最后一个通道：存结果的那一行写在了通道循环之后，应当在循环里面。",
)
EMPTY_SLICE = Text(
    "`pad:-pad` is empty when pad is 0. Say where the middle ends: `pad:pad + n_H, pad:pad + n_W`, with "
    "the height and width of the image without padding.",
    "pad 为 0 时 `pad:-pad` 是空的。要写明中间部分到哪里为止：`pad:pad + n_H, pad:pad + n_W`,"
    "这里用填充之前图像的高和宽。",
)
NOTHING_RETURNED = Text(
    "it returns `None`: is the `return` line, or the line before it, missing?",
    "返回了 `None`：是不是漏了 `return`，或者没有给结果赋值？",
)

WINDOWS = (
    ("stride-ignored", dict(vertical=at_index, horizontal=at_index), STRIDE_IGNORED),
    ("stride-ignored-down", dict(vertical=at_index), STRIDE_IGNORED_DOWN),
    ("stride-ignored-across", dict(horizontal=at_index), STRIDE_IGNORED_ACROSS),
    ("end-by-stride", dict(vertical=end_by_stride, horizontal=end_by_stride), END_BY_STRIDE),
    ("end-inclusive", dict(vertical=end_inclusive, horizontal=end_inclusive), END_INCLUSIVE),
    ("end-at-f", dict(vertical=end_at_f, horizontal=end_at_f), END_AT_F),
    ("start-by-f", dict(vertical=by_window, horizontal=by_window), START_BY_F),
    (
        "start-plus-stride",
        dict(vertical=start_plus_stride, horizontal=start_plus_stride),
        START_PLUS_STRIDE,
    ),
    ("axes-swapped", dict(order=across_then_down), SWAPPED_AXES),
)
FORWARD_SIZES = (
    ("width-from-height", dict(shape=width_from_height), WIDTH_FROM_HEIGHT),
    ("height-from-width", dict(shape=height_from_width), HEIGHT_FROM_WIDTH),
    ("sizes-swapped", dict(shape=sizes_swapped), SIZES_SWAPPED),
    ("size-without-one", dict(shape=sizes(size_without_one)), SIZE_WITHOUT_ONE),
    ("size-one-inside", dict(shape=sizes(size_one_inside)), SIZE_ONE_INSIDE),
    ("size-rounded-up", dict(shape=sizes(size_rounded_up)), SIZE_ROUNDED_UP),
    ("size-without-stride", dict(shape=sizes(size_without_stride)), SIZE_WITHOUT_STRIDE),
    ("size-without-f", dict(shape=sizes(size_without_f)), SIZE_WITHOUT_F),
)


def first_example_done(right):
    """The solution, but the first result is zero beyond the first example."""

    def forward(*args, **kwargs):
        result, cache = right(*args, **kwargs)
        result[1:] = 0
        return result, cache

    return forward


def last_channel_done(right):
    """The solution, but the first result is zero in all channels except the last."""

    def forward(*args, **kwargs):
        result, cache = right(*args, **kwargs)
        result[..., :-1] = 0
        return result, cache

    return forward


def none(*args, **kwargs) -> None:
    return None


def _made(maker, rows) -> tuple[Mistake, ...]:
    return tuple(
        Mistake(name, maker(**changes), text, picture=_windows(changes), changes=changes)
        for name, changes, text in rows
    )


def _windows(changes):
    """What draws a mistake, if it is one of the windows' places only."""
    return partial(windows, **changes) if changes.keys() <= {"vertical", "horizontal", "order"} else None


# --------------------------------------------------------------------------------------------------
# zero_pad


def _pad(before_after, mode="constant", **kwargs):
    return lambda X, pad: np.pad(X, [before_after(axis, pad) for axis in range(4)], mode, **kwargs)


def _around(*axes):
    return lambda axis, pad: (pad, pad) if axis in axes else (0, 0)


def _filled_from_both_ends(X, pad):
    X_pad = np.zeros_like(solutions.zero_pad(X, pad))
    X_pad[:, pad:-pad, pad:-pad] = X
    return X_pad


_PADDED_AXES = "`X` has the axes (m, n_H, n_W, n_C): pad the 2nd and 3rd, and give (0, 0) to the others"
_PADDED_AXES_ZH = "`X` 的轴是 (m, n_H, n_W, n_C)：只填充第 2、第 3 轴，其余给 (0, 0)"

ZERO_PAD = (
    Mistake("empty-slice-at-pad-0", _filled_from_both_ends, EMPTY_SLICE),
    Mistake(
        "pads-every-axis",
        _pad(_around(0, 1, 2, 3)),
        Text(f"every axis is padded. {_PADDED_AXES}.", f"每个轴都填充了。{_PADDED_AXES_ZH}。"),
    ),
    Mistake(
        "pads-channels",
        _pad(_around(1, 2, 3)),
        Text(f"the channels are padded too. {_PADDED_AXES}.", f"通道也填充了。{_PADDED_AXES_ZH}。"),
    ),
    Mistake(
        "pads-examples",
        _pad(_around(0, 1, 2)),
        Text(f"the batch is padded too. {_PADDED_AXES}.", f"样本那一轴也填充了。{_PADDED_AXES_ZH}。"),
    ),
    Mistake(
        "pads-first-axes",
        _pad(_around(0, 1)),
        Text(
            f"the first two axes are padded. {_PADDED_AXES}.",
            f"填充的是前两个轴。{_PADDED_AXES_ZH}。",
        ),
    ),
    Mistake(
        "pads-last-axes",
        _pad(_around(2, 3)),
        Text(
            f"the last two axes are padded. {_PADDED_AXES}.",
            f"填充的是最后两个轴。{_PADDED_AXES_ZH}。",
        ),
    ),
    Mistake(
        "height-only",
        _pad(_around(1)),
        Text("only the height is padded, not the width.", "只填充了高，没有填充宽。"),
    ),
    Mistake(
        "width-only",
        _pad(_around(2)),
        Text("only the width is padded, not the height.", "只填充了宽，没有填充高。"),
    ),
    Mistake(
        "before-only",
        _pad(lambda axis, pad: (pad, 0) if axis in (1, 2) else (0, 0)),
        Text(
            "the zeros stand above and to the left only; both sides get `pad` of them.",
            "只在上边和左边补了零，两侧都要补 `pad` 个。",
        ),
    ),
    Mistake(
        "after-only",
        _pad(lambda axis, pad: (0, pad) if axis in (1, 2) else (0, 0)),
        Text(
            "the zeros stand below and to the right only; both sides get `pad` of them.",
            "只在下边和右边补了零，两侧都要补 `pad` 个。",
        ),
    ),
    Mistake(
        "pads-twice",
        lambda X, pad: solutions.zero_pad(X, 2 * pad),
        Text(
            "each side got 2 * pad zeros; it is `pad` on each side, 2 * pad in all.",
            "每一侧补了 2 * pad 个零；应当每侧 `pad` 个，两侧合起来才是 2 * pad。",
        ),
    ),
    Mistake(
        "pads-half",
        lambda X, pad: solutions.zero_pad(X, pad // 2),
        Text(
            "each side got pad / 2 zeros; it is `pad` on each side.",
            "每侧只补了 pad / 2 个零，应当是 `pad` 个。",
        ),
    ),
    Mistake(
        "always-two",
        lambda X, pad: solutions.zero_pad(X, 2),
        Text("it always pads by 2; use the argument `pad`.", "总是填充 2，应当使用参数 `pad`。"),
    ),
    Mistake(
        "always-one",
        lambda X, pad: solutions.zero_pad(X, 1),
        Text("it always pads by 1; use the argument `pad`.", "总是填充 1，应当使用参数 `pad`。"),
    ),
    Mistake(
        "edge-values",
        _pad(_around(1, 2), "edge"),
        Text(
            'the border repeats the edge of the image; it should hold zeros (mode "constant").',
            '边上重复了图像边缘的值，应当是零(模式 "constant")。',
        ),
    ),
    Mistake(
        "wrapped-values",
        _pad(_around(1, 2), "wrap"),
        Text(
            'the border repeats the other side of the image; it should hold zeros (mode "constant").',
            '边上是图像另一侧的值，应当是零(模式 "constant")。',
        ),
    ),
    Mistake(
        "mirrored-values",
        _pad(_around(1, 2), "symmetric"),
        Text(
            'the border mirrors the image; it should hold zeros (mode "constant").',
            '边上是图像的镜像，应当是零(模式 "constant")。',
        ),
    ),
    Mistake(
        "pads-with-ones",
        _pad(_around(1, 2), constant_values=1),
        Text("the border holds ones; it should hold zeros.", "边上填的是 1，应当填 0。"),
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
            "the shape is right, but all values are zero: copy X into the middle.",
            "形状对了，但全是零：还要把 X 放到中间。",
        ),
    ),
    Mistake("nothing-returned", none, NOTHING_RETURNED),
)

# --------------------------------------------------------------------------------------------------
# conv_single_step: (name, variant, text, credit); `conv_forward` shares the ones that fit in a loop.


def bias_per_element(a, W, b):
    return np.sum(a * W + b)


def size_one_array(a, W, b):
    return np.sum(a * W) + b


BIAS_PER_ELEMENT = Text(
    "the bias is added to every element before the sum, so it counts f * f * n_C_prev times. Add it "
    "once, after the sum: `np.sum(a_slice_prev * W) + b.item()`.",
    "偏置在求和之前加到了每个元素上，等于加了 f * f * n_C_prev 次。应当先求和，再加一次："
    "`np.sum(a_slice_prev * W) + b.item()`。",
)
BIAS_FORGOTTEN = Text("the bias `b` is not added.", "没有加偏置 `b`。")
BIAS_SUBTRACTED = Text("the bias is subtracted; add it.", "偏置减掉了，应当加上。")
BIAS_MULTIPLIED = Text("the sum is multiplied by the bias; add it.", "把和乘以了偏置，应当相加。")
MEAN = Text("the products are averaged; sum them.", "对乘积取了平均，应当求和。")
LARGEST = Text("it takes the largest product; sum them all.", "取了最大的乘积，应当全部求和。")
SUM_NOT_PRODUCT = Text(
    "slice and filter are added; multiply them element by element.",
    "切片和滤波器相加了，应当逐元素相乘。",
)
DIFFERENCE_NOT_PRODUCT = Text(
    "slice and filter are subtracted; multiply them element by element.",
    "切片和滤波器相减了，应当逐元素相乘。",
)
PRODUCT_OF_SUMS = Text(
    "slice and filter are summed before they are multiplied; multiply first, then sum.",
    "先各自求和再相乘了，应当先逐元素相乘，再求和。",
)
FLIPPED = Text(
    'the filter is turned round. In deep learning "convolution" means no flip: use W as it is.',
    "滤波器翻转了。深度学习里的“卷积”不翻转，直接用 W。",
)
ACTIVATED = Text(
    "negative results are cut to zero: the activation is not part of this function.",
    "负的结果被截成了零：激活函数不属于这个函数。",
)
TRUNCATED = Text("the result is cut to a whole number.", "结果被取成了整数。")
SINGLE_PRECISION = Text(
    "right, but only to 7 digits: leave `dtype` out of np.zeros, and NumPy keeps 16.",
    "是对的，但只有 7 位有效数字：np.zeros 里不写 `dtype`,NumPy 会保留 16 位。",
)
RAISES_ARRAY_TO_FLOAT = (
    "an array with several axes can't be turned into a number by `float(b)` or by storing it in one "
    "entry (NumPy 2.4 raises a TypeError). Take the number out with `b.item()`.",
    "多维数组不能用 `float(b)` 变成一个数，也不能直接存进一个元素（NumPy 2.4 会抛 TypeError）。"
    "用 `b.item()` 取出这个数。",
)

_SINGLE_STEPS = (
    ("bias-per-element", bias_per_element, BIAS_PER_ELEMENT, HALF),
    ("bias-forgotten", lambda a, W, b: np.sum(a * W), BIAS_FORGOTTEN, 0),
    ("bias-subtracted", lambda a, W, b: np.sum(a * W) - b.item(), BIAS_SUBTRACTED, 0),
    ("bias-multiplied", lambda a, W, b: np.sum(a * W) * b.item(), BIAS_MULTIPLIED, 0),
    ("mean-not-sum", lambda a, W, b: np.mean(a * W) + b.item(), MEAN, 0),
    ("largest-not-sum", lambda a, W, b: np.max(a * W) + b.item(), LARGEST, 0),
    ("sum-not-product", lambda a, W, b: np.sum(a + W) + b.item(), SUM_NOT_PRODUCT, 0),
    ("difference", lambda a, W, b: np.sum(a - W) + b.item(), DIFFERENCE_NOT_PRODUCT, 0),
    ("product-of-sums", lambda a, W, b: np.sum(a) * np.sum(W) + b.item(), PRODUCT_OF_SUMS, 0),
    ("filter-flipped", lambda a, W, b: np.sum(a * W[::-1, ::-1]) + b.item(), FLIPPED, 0),
    ("activated", lambda a, W, b: max(0.0, np.sum(a * W) + b.item()), ACTIVATED, 0),
    ("truncated", lambda a, W, b: int(np.sum(a * W) + b.item()), TRUNCATED, 0),
)

CONV_SINGLE_STEP = (
    *(Mistake(*row) for row in _SINGLE_STEPS),
    Mistake(
        "size-one-array",
        size_one_array,
        Text(
            "the number is right, but it comes as an array of shape (1, 1, 1); Z is a scalar. Take the "
            "number out of the bias with `b.item()`.",
            "数是对的，但结果是形状 (1, 1, 1) 的数组，而 Z 应当是标量。用 `b.item()` 取出偏置里的数。",
        ),
        HALF,
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
            "the products are not summed: the result is still a volume.",
            "乘积没有求和，结果还是一个立体。",
        ),
    ),
    Mistake(
        "sum-forgotten-twice",
        lambda a, W, b: a * W,
        Text(
            "this is only the element-wise product: sum it up, then add the bias.",
            "这只是逐元素乘积：还要求和，再加偏置。",
        ),
    ),
    *(
        Mistake(
            f"sum-over-axis-{axis}",
            partial(lambda axis, a, W, b: np.sum(a * W, axis=axis) + b, axis),
            Text(
                f"the sum runs over axis {axis} only; it runs over the whole volume.",
                f"只对第 {axis} 轴求和了，应当对整个立体求和。",
            ),
        )
        for axis in (0, 1, 2)
    ),
    Mistake(
        "matrix-product",
        lambda a, W, b: np.sum(np.dot(a, W)) + b.item(),
        Text(
            "`np.dot`, `@` and `np.matmul` are matrix products; here `*` multiplies element by element.",
            "`np.dot`、`@`、`np.matmul` 是矩阵乘法；这里要逐元素相乘，用 `*`。",
        ),
    ),
    Mistake(
        "matmul",
        lambda a, W, b: np.sum(a @ W) + b.item(),
        Text(
            "`@` is a matrix product; here `*` multiplies element by element.",
            "`@` 是矩阵乘法；这里要逐元素相乘，用 `*`。",
        ),
    ),
    Mistake(
        "first-channel-only",
        lambda a, W, b: np.sum(a[..., 0] * W[..., 0]) + b.item(),
        Text(
            "only the first channel is used; sum over all of them.", "只用了第一个通道，应当对所有通道求和。"
        ),
    ),
    Mistake(
        "bias-twice",
        lambda a, W, b: np.sum(a * W) + 2 * b.item(),
        Text("the bias is added twice.", "偏置加了两次。"),
    ),
    Mistake("nothing-returned", none, NOTHING_RETURNED),
)

# --------------------------------------------------------------------------------------------------
# conv_forward


def _pad_sizes(of):
    return dict(shape=sizes(of))


CONV_FORWARD = (
    *_made(conv, WINDOWS),
    *_made(conv, FORWARD_SIZES),
    *_made(
        conv,
        (
            ("first-example-only", dict(example=lambda i: 0), FIRST_EXAMPLE_ONLY),
            (
                "two-strides-for-two-pads",
                _pad_sizes(lambda n, f, pad, stride: int((n + 2 * stride - f) / stride) + 1),
                Text(
                    "the output size has 2 * stride where it should have 2 * pad.",
                    "输出尺寸里该用 2 * pad 的地方用了 2 * stride。",
                ),
            ),
            (
                "size-without-padding",
                _pad_sizes(lambda n, f, pad, stride: int((n - f) / stride) + 1),
                Text(
                    "the output size does not count the padding: add 2 * pad.",
                    "输出尺寸没有算上填充，要加 2 * pad。",
                ),
            ),
            (
                "size-with-one-pad",
                _pad_sizes(lambda n, f, pad, stride: int((n + pad - f) / stride) + 1),
                Text(
                    "the output size counts the padding once; there is padding on both sides: 2 * pad.",
                    "输出尺寸只算了一侧填充，两侧都有，要加 2 * pad。",
                ),
            ),
            (
                "padding-subtracted",
                _pad_sizes(lambda n, f, pad, stride: int((n - 2 * pad - f) / stride) + 1),
                Text(
                    "the output size subtracts the padding; add 2 * pad.",
                    "输出尺寸减去了填充，应当加上 2 * pad。",
                ),
            ),
            (
                "padding-forgotten",
                dict(padded=lambda A, pad, stride, f: A),
                Text(
                    "the windows are cut from A_prev; cut them from A_prev_pad = zero_pad(A_prev, pad).",
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
                    '`pad` and `stride` are exchanged: hparameters["pad"], hparameters["stride"].',
                    '`pad` 和 `stride` 取反了：hparameters["pad"]、hparameters["stride"]。',
                ),
            ),
            (
                "stride-always-one",
                dict(hyper=lambda h: (h["pad"], 1)),
                Text(
                    'the stride is always 1; take it from hparameters["stride"].',
                    '步幅总是 1，应当取 hparameters["stride"]。',
                ),
            ),
            (
                "pad-always-two",
                dict(hyper=lambda h: (2, h["stride"])),
                Text(
                    'the padding is always 2; take it from hparameters["pad"].',
                    '填充总是 2，应当取 hparameters["pad"]。',
                ),
            ),
            (
                "pad-always-one",
                dict(hyper=lambda h: (1, h["stride"])),
                Text(
                    'the padding is always 1; take it from hparameters["pad"].',
                    '填充总是 1，应当取 hparameters["pad"]。',
                ),
            ),
            (
                "first-filter-only",
                dict(weights=lambda W, c: W[..., 0]),
                Text(
                    "every channel uses the first filter; channel c uses W[:, :, :, c].",
                    "每个通道都用了第一个滤波器，第 c 个通道要用 W[:, :, :, c]。",
                ),
            ),
            (
                "first-bias-only",
                dict(bias=lambda b, c: b[..., 0]),
                Text(
                    "every channel uses the first bias; channel c uses b[:, :, :, c].",
                    "每个通道都用了第一个偏置，第 c 个通道要用 b[:, :, :, c]。",
                ),
            ),
            (
                "first-filter-and-bias",
                dict(weights=lambda W, c: W[..., 0], bias=lambda b, c: b[..., 0]),
                Text(
                    "every channel uses the first filter and bias; channel c has its own: "
                    "W[:, :, :, c] and b[:, :, :, c].",
                    "每个通道都用了第一个滤波器和偏置，第 c 个通道有自己的：W[:, :, :, c]、b[:, :, :, c]。",
                ),
            ),
            (
                "all-biases",
                dict(step=lambda a, W, b: np.sum(a * W) + np.sum(b), bias=lambda b, c: b),
                Text(
                    "the biases of all filters are added; channel c adds only its own, b[:, :, :, c].",
                    "把所有滤波器的偏置都加上了，第 c 个通道只加 b[:, :, :, c]。",
                ),
            ),
            (
                "whole-filters",
                dict(weights=lambda W, c: W),
                Text(
                    "each step gets all filters at once; channel c uses W[:, :, :, c].",
                    "每一步都传入了全部滤波器，第 c 个通道只用 W[:, :, :, c]。",
                ),
            ),
            (
                "whole-bias",
                dict(bias=lambda b, c: b),
                Text(
                    "each step gets all biases at once; channel c uses b[:, :, :, c].",
                    "每一步都传入了全部偏置，第 c 个通道只用 b[:, :, :, c]。",
                ),
            ),
            (
                "last-channel-missing",
                dict(last_channel=1),
                Text(
                    "the last channel stays zero: the loop over channels stops one too early.",
                    "最后一个通道还是零：通道的循环少走了一步。",
                ),
            ),
            (
                "example-forgotten",
                dict(example=lambda i: -1),
                Text(
                    "every output is computed from the last example; take the `i`-th one.",
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
                Text("the results are exchanged; return Z, cache.", "两个返回值反了，应当返回 Z, cache。"),
            ),
            (
                "only-Z-returned",
                dict(result=lambda Z, cache: Z),
                Text("only Z is returned; return Z, cache.", "只返回了 Z，应当返回 Z, cache。"),
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
                    "Z stays zero everywhere: store each single step in Z[i, h, w, c].",
                    "Z 全是零：每一步的结果要存进 Z[i, h, w, c]。",
                ),
            ),
        ),
    ),
    Mistake(
        "single-precision",
        conv(result=lambda Z, cache: (Z.astype(np.float32), cache)),
        SINGLE_PRECISION,
        credit=1,
    ),
    Mistake("first-example-done", first_example_done(solutions.conv_forward), FIRST_EXAMPLE_DONE),
    Mistake("last-channel-done", last_channel_done(solutions.conv_forward), LAST_CHANNEL_DONE),
    *(
        Mistake(name, conv(step=single_step), text, credit)
        for name, single_step, text, credit in _SINGLE_STEPS
    ),
    Mistake("nothing-returned", none, NOTHING_RETURNED),
)

# --------------------------------------------------------------------------------------------------
# pool_forward

MODE_IGNORED_MAX = Text(
    "the mode is ignored: it always takes the maximum.",
    "没有理会 mode，总是取最大值。",
)
MODE_IGNORED_AVERAGE = Text(
    "the mode is ignored: it always takes the average.",
    "没有理会 mode，总是取平均值。",
)
MODES_SWAPPED = Text('"max" and "average" are exchanged.', '"max" 和 "average" 弄反了。')
ALL_CHANNELS = Text(
    "each window runs through all channels; a channel is pooled by itself: take channel c.",
    "窗口把所有通道都算进去了；每个通道各自池化，只取第 c 个通道。",
)

POOL_FORWARD = (
    *_made(pool, WINDOWS),
    *_made(pool, FORWARD_SIZES),
    *_made(
        pool,
        (
            ("first-example-only", dict(example=lambda i: 0), FIRST_EXAMPLE_ONLY),
            ("mode-ignored-max", dict(average=np.max), MODE_IGNORED_MAX),
            ("mode-ignored-average", dict(largest=np.mean), MODE_IGNORED_AVERAGE),
            ("modes-swapped", dict(largest=np.mean, average=np.max), MODES_SWAPPED),
            ("all-channels", dict(channel=lambda c: slice(None)), ALL_CHANNELS),
            (
                "first-channel-only",
                dict(channel=lambda c: 0),
                Text(
                    "every channel is pooled from channel 0; take channel c.",
                    "每个通道都用了第 0 个通道，应当取第 c 个。",
                ),
            ),
            (
                "smallest-not-largest",
                dict(largest=np.min),
                Text(
                    "it takes the minimum; max pooling takes the maximum.", "取了最小值，最大池化要取最大值。"
                ),
            ),
            (
                "largest-magnitude",
                dict(largest=lambda window: np.max(np.abs(window))),
                Text(
                    "it takes the largest absolute value; take the largest value, negative ones too.",
                    "取的是绝对值的最大值，应当直接取最大值，负数也一样。",
                ),
            ),
            (
                "never-below-zero",
                dict(largest=lambda window: max(0.0, np.max(window))),
                Text(
                    "a maximum below zero is lost: don't compare with the zeros that A starts from.",
                    "小于零的最大值丢了：不要和 A 的初始值零比较。",
                ),
            ),
            (
                "sum-not-average",
                dict(average=np.sum),
                Text(
                    "it sums the window; average pooling takes the mean.", "对窗口求了和，平均池化要取平均。"
                ),
            ),
            (
                "median-not-average",
                dict(average=np.median),
                Text(
                    "it takes the median; average pooling takes the mean.", "取了中位数，平均池化要取平均。"
                ),
            ),
            (
                "average-forgotten",
                dict(average=lambda window: 0.0),
                Text('mode "average" leaves zeros in A.', 'mode 为 "average" 时 A 全是零。'),
            ),
            (
                "max-forgotten",
                dict(largest=lambda window: 0.0),
                Text('mode "max" leaves zeros in A.', 'mode 为 "max" 时 A 全是零。'),
            ),
            (
                "f-and-stride-exchanged",
                dict(hyper=lambda h: (h["stride"], h["f"])),
                Text(
                    '`f` and `stride` are exchanged: hparameters["f"], hparameters["stride"].',
                    '`f` 和 `stride` 取反了：hparameters["f"]、hparameters["stride"]。',
                ),
            ),
            (
                "stride-always-one",
                dict(hyper=lambda h: (h["f"], 1)),
                Text(
                    'the stride is always 1; take it from hparameters["stride"].',
                    '步幅总是 1，应当取 hparameters["stride"]。',
                ),
            ),
            (
                "stride-is-f",
                dict(hyper=lambda h: (h["f"], h["f"])),
                Text(
                    'the stride is taken to be f; it is hparameters["stride"].',
                    '把步幅当成了 f，应当取 hparameters["stride"]。',
                ),
            ),
            (
                "f-always-two",
                dict(hyper=lambda h: (2, h["stride"])),
                Text(
                    'the window is always 2 wide; take hparameters["f"].',
                    '窗口大小总是 2，应当取 hparameters["f"]。',
                ),
            ),
            (
                "results-exchanged",
                dict(result=lambda A, cache: (cache, A)),
                Text("the results are exchanged; return A, cache.", "两个返回值反了，应当返回 A, cache。"),
            ),
            (
                "only-A-returned",
                dict(result=lambda A, cache: A),
                Text("only A is returned; return A, cache.", "只返回了 A，应当返回 A, cache。"),
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
            "the results are cut to whole numbers: leave `dtype` out of np.zeros.",
            "结果被取成了整数：np.zeros 里不要写 `dtype`。",
        ),
    ),
    Mistake(
        "single-precision",
        pool(result=lambda A, cache: (A.astype(np.float32), cache)),
        SINGLE_PRECISION,
        credit=1,
    ),
    Mistake("first-example-done", first_example_done(solutions.pool_forward), FIRST_EXAMPLE_DONE),
    Mistake("last-channel-done", last_channel_done(solutions.pool_forward), LAST_CHANNEL_DONE),
    Mistake("nothing-returned", none, NOTHING_RETURNED),
)

# --------------------------------------------------------------------------------------------------
# conv_backward


def _cut_from_both_ends(dA_pad, pad, like):
    return dA_pad[:, pad:-pad, pad:-pad]


def _not_cut(dA_pad, pad, like):
    return dA_pad


UNPADDING_FORGOTTEN = Text(
    "the padding is not cut off: dA_prev has the shape of A_prev, so take the middle of dA_prev_pad.",
    "没有去掉填充：dA_prev 和 A_prev 形状相同，要取 dA_prev_pad 的中间部分。",
)

CONV_BACKWARD = (
    *_made(
        conv_gradient,
        (
            ("empty-slice-at-pad-0", dict(cut=written_back(_cut_from_both_ends)), EMPTY_SLICE),
            ("empty-slice-at-pad-0-at-once", dict(cut=_cut_from_both_ends), EMPTY_SLICE),
            ("unpadding-forgotten", dict(cut=written_back(_not_cut)), UNPADDING_FORGOTTEN),
            ("unpadding-forgotten-at-once", dict(cut=_not_cut), UNPADDING_FORGOTTEN),
        ),
    ),
    *_made(conv_gradient, WINDOWS),
    *_made(
        conv_gradient,
        (
            (
                "unpadding-misplaced",
                dict(cut=lambda dA, pad, like: dA[:, : like.shape[1], : like.shape[2]]),
                Text(
                    "dA_prev is cut from the corner of dA_prev_pad; the image begins `pad` rows and "
                    "columns further in.",
                    "dA_prev 是从 dA_prev_pad 的角上切的，图像要再往里 `pad` 行、`pad` 列。",
                ),
            ),
            (
                "never-written-back",
                dict(cut=lambda dA, pad, like: np.zeros_like(like)),
                Text(
                    "dA_prev stays zero: copy the unpadded da_prev_pad into dA_prev[i].",
                    "dA_prev 一直是零：要把去掉填充的 da_prev_pad 写回 dA_prev[i]。",
                ),
            ),
            (
                "dA-overwritten",
                dict(into_dA=assigned),
                Text(
                    "the windows of dA overwrite each other; they overlap, so add with `+=`.",
                    "dA 的窗口互相覆盖了；窗口有重叠，要用 `+=` 累加。",
                ),
            ),
            (
                "dW-overwritten",
                dict(into_dW=assigned),
                Text(
                    "dW keeps only the last window; every window adds to it: `+=`.",
                    "dW 只留下了最后一个窗口；每个窗口都要用 `+=` 累加。",
                ),
            ),
            (
                "db-overwritten",
                dict(into_db=assigned),
                Text(
                    "db keeps only the last entry of dZ; add them all up: `+=`.",
                    "db 只留下了 dZ 的最后一项；要用 `+=` 全部累加。",
                ),
            ),
            (
                "all-overwritten",
                dict(into_dA=assigned, into_dW=assigned, into_db=assigned),
                Text(
                    "all three gradients are overwritten at each step; add with `+=`.",
                    "三个梯度每一步都被覆盖了，要用 `+=` 累加。",
                ),
            ),
            (
                "dW-without-dZ",
                dict(slope=lambda a_slice, dz: a_slice),
                Text("dW is not multiplied by dZ[i, h, w, c].", "dW 没有乘 dZ[i, h, w, c]。"),
            ),
            (
                "dA-without-dZ",
                dict(flow=lambda W, dz: W),
                Text("dA is not multiplied by dZ[i, h, w, c].", "dA 没有乘 dZ[i, h, w, c]。"),
            ),
            (
                "dW-from-unpadded",
                dict(inputs=lambda A_prev, pad: A_prev),
                Text(
                    "dW takes its slices from A_prev; take them from the padded A_prev_pad.",
                    "dW 的切片取自 A_prev，应当取自填充后的 A_prev_pad。",
                ),
            ),
            (
                "first-filter-only",
                dict(weights=lambda W, c: W[..., 0]),
                Text(
                    "dA always uses the first filter; channel c uses W[:, :, :, c].",
                    "dA 总是用第一个滤波器，第 c 个通道要用 W[:, :, :, c]。",
                ),
            ),
            (
                "filter-flipped",
                dict(flow=lambda W, dz: W[::-1, ::-1] * dz),
                Text(
                    "the filter is turned round in dA; added window by window it needs no flip.",
                    "dA 里的滤波器翻转了；逐窗口累加时不需要翻转。",
                ),
            ),
            (
                "bias-per-element",
                dict(share=lambda dz, f, n_C_prev: dz * f * f * n_C_prev),
                Text(
                    "db counts each dZ f * f * n_C_prev times; the bias is added once per window, so "
                    "each counts once.",
                    "每个 dZ 在 db 里被算了 f * f * n_C_prev 次；偏置在每个窗口只加一次，所以只算一次。",
                ),
            ),
            (
                "db-without-axes",
                dict(bias_shape=lambda n_C: (n_C,)),
                Text(
                    "db has shape (n_C,); it has the shape of b, (1, 1, 1, n_C).",
                    "db 的形状是 (n_C,)，应当和 b 一样是 (1, 1, 1, n_C)。",
                ),
            ),
            (
                "db-forgotten",
                dict(into_db=lambda *step: None),
                Text("db stays zero.", "db 一直是零。"),
            ),
            (
                "dW-forgotten",
                dict(into_dW=lambda *step: None),
                Text("dW stays zero.", "dW 一直是零。"),
            ),
            (
                "gradients-in-another-order",
                dict(result=lambda dA, dW, db: (dW, dA, db)),
                Text(
                    "the results come in another order; return dA_prev, dW, db.",
                    "返回的顺序不对，应当是 dA_prev, dW, db。",
                ),
            ),
        ),
    ),
    Mistake(
        "averaged-over-examples",
        lambda dZ, cache: tuple(g / len(dZ) for g in solutions.conv_backward(dZ, cache)),
        Text(
            "the gradients are divided by m; here they are summed over the examples.",
            "梯度除以了 m，这里应当对样本求和。",
        ),
    ),
    Mistake(
        "db-averaged",
        lambda dZ, cache: (
            *solutions.conv_backward(dZ, cache)[:2],
            dZ.mean(axis=(0, 1, 2), keepdims=True),
        ),
        Text("db is the mean of dZ; it is the sum.", "db 取了 dZ 的平均，应当求和。"),
    ),
    Mistake("nothing-returned", none, NOTHING_RETURNED),
)

# --------------------------------------------------------------------------------------------------
# create_mask_from_window

CREATE_MASK_FROM_WINDOW = (
    Mistake(
        "the-maximum-itself",
        np.max,
        Text(
            "this is the maximum itself; the mask is the comparison with it: `x == np.max(x)`.",
            "这是最大值本身；mask 是和它比较的结果：`x == np.max(x)`。",
        ),
    ),
    Mistake(
        "values-not-truths",
        lambda x: x * (x == np.max(x)),
        Text(
            "the mask holds the value of the maximum; it should hold True there and False elsewhere.",
            "mask 里放的是最大值，应当在那里放 True，其余放 False。",
        ),
    ),
    Mistake(
        "maximum-everywhere",
        lambda x: np.full(x.shape, np.max(x)),
        Text(
            "every entry holds the maximum; compare x with it instead.",
            "每个位置都放了最大值，应当拿 x 和它比较。",
        ),
    ),
    Mistake(
        "numbers-not-truths",
        lambda x: (x == np.max(x)).astype(int),
        Text(
            "the mask holds the numbers 0 and 1; keep the comparison's own True and False.",
            "mask 里是数字 0 和 1，直接保留比较得到的 True 和 False 就好。",
        ),
    ),
    Mistake("minimum", lambda x: x == np.min(x), Text("it marks the minimum.", "标出的是最小值。")),
    Mistake(
        "everything-else",
        lambda x: x != np.max(x),
        Text(
            "it marks everything but the maximum: use ==, not !=.",
            "标出的是最大值以外的位置：用 ==，不是 !=。",
        ),
    ),
    Mistake(
        "maximum-of-each-row",
        lambda x: x == np.max(x, axis=1, keepdims=True),
        Text(
            "it marks the maximum of each row; there is one for the window.",
            "标出了每一行的最大值，整个窗口只有一个。",
        ),
    ),
    Mistake(
        "maximum-of-each-column",
        lambda x: x == np.max(x, axis=0),
        Text(
            "it marks the maximum of each column; there is one for the window.",
            "标出了每一列的最大值，整个窗口只有一个。",
        ),
    ),
    Mistake(
        "largest-magnitude",
        lambda x: np.abs(x) == np.max(np.abs(x)),
        Text(
            "it marks the largest absolute value; compare the values themselves.",
            "标出的是绝对值最大的位置，应当比较值本身。",
        ),
    ),
    Mistake(
        "above-average",
        lambda x: x > np.mean(x),
        Text("it marks all that is above the mean.", "标出的是所有大于平均值的位置。"),
    ),
    Mistake(
        "positive", lambda x: x > 0, Text("it marks all that is above zero.", "标出的是所有大于零的位置。")
    ),
    Mistake(
        "position-not-mask",
        np.argmax,
        Text(
            "this is the position of the maximum; return an array of the shape of x.",
            "这是最大值的位置，应当返回和 x 形状相同的数组。",
        ),
    ),
    Mistake(
        "flat-mask",
        lambda x: (x == np.max(x)).ravel(),
        Text("the mask is flat; keep the shape of x.", "mask 被拉平了，应当保持 x 的形状。"),
    ),
    Mistake(
        "transposed",
        lambda x: (x == np.max(x)).T,
        Text("the mask is transposed.", "mask 转置了。"),
    ),
    Mistake("nothing-returned", none, NOTHING_RETURNED),
)

# --------------------------------------------------------------------------------------------------
# distribute_value


def _spread(share, shape=lambda shape: shape):
    return lambda dz, s: np.full(shape(s), share(dz, *s))


DISTRIBUTE_VALUE = (
    Mistake(
        "divided-by-sum",
        _spread(lambda dz, n_H, n_W: dz / (n_H + n_W)),
        Text(
            "dz is divided by n_H + n_W; the window has n_H * n_W entries. (At 2 × 2 both are 4.)",
            "dz 除以了 n_H + n_W；窗口里有 n_H * n_W 个元素。（2 × 2 时两者都是 4。）",
        ),
    ),
    Mistake(
        "not-divided",
        _spread(lambda dz, n_H, n_W: dz),
        Text(
            "every entry gets all of dz; divide it by n_H * n_W.",
            "每个位置都得到了整个 dz，要除以 n_H * n_W。",
        ),
    ),
    Mistake(
        "brackets-forgotten",
        _spread(lambda dz, n_H, n_W: dz / n_H * n_W),
        Text(
            "`dz / n_H * n_W` divides by n_H, then multiplies by n_W; write dz / (n_H * n_W).",
            "`dz / n_H * n_W` 是先除以 n_H 再乘 n_W，应当写 dz / (n_H * n_W)。",
        ),
    ),
    Mistake(
        "divided-by-height",
        _spread(lambda dz, n_H, n_W: dz / n_H),
        Text("dz is divided by n_H only; divide by n_H * n_W.", "dz 只除以了 n_H，应当除以 n_H * n_W。"),
    ),
    Mistake(
        "divided-by-width",
        _spread(lambda dz, n_H, n_W: dz / n_W),
        Text("dz is divided by n_W only; divide by n_H * n_W.", "dz 只除以了 n_W，应当除以 n_H * n_W。"),
    ),
    Mistake(
        "divided-by-height-squared",
        _spread(lambda dz, n_H, n_W: dz / n_H**2),
        Text(
            "dz is divided by n_H * n_H; a window need not be square.",
            "dz 除以了 n_H * n_H；窗口不一定是正方形。",
        ),
    ),
    Mistake(
        "divided-by-width-squared",
        _spread(lambda dz, n_H, n_W: dz / n_W**2),
        Text(
            "dz is divided by n_W * n_W; a window need not be square.",
            "dz 除以了 n_W * n_W；窗口不一定是正方形。",
        ),
    ),
    Mistake(
        "always-four",
        _spread(lambda dz, n_H, n_W: dz / 4),
        Text("dz is always divided by 4; divide by n_H * n_W.", "dz 总是除以 4，应当除以 n_H * n_W。"),
    ),
    Mistake(
        "multiplied",
        _spread(lambda dz, n_H, n_W: dz * n_H * n_W),
        Text("dz is multiplied by the number of entries; divide by it.", "dz 乘以了元素个数，应当除以它。"),
    ),
    Mistake(
        "upside-down",
        _spread(lambda dz, n_H, n_W: n_H * n_W / dz),
        Text("the fraction is upside down: it is dz / (n_H * n_W).", "分数写反了，应当是 dz / (n_H * n_W)。"),
    ),
    Mistake(
        "whole-division",
        _spread(lambda dz, n_H, n_W: dz // (n_H * n_W)),
        Text("`//` drops the fraction; divide with `/`.", "`//` 丢掉了小数部分，应当用 `/`。"),
    ),
    Mistake(
        "shape-swapped",
        _spread(lambda dz, n_H, n_W: dz / (n_H * n_W), lambda shape: shape[::-1]),
        Text(
            "the array has the shape (n_W, n_H); it is (n_H, n_W).",
            "数组的形状是 (n_W, n_H)，应当是 (n_H, n_W)。",
        ),
    ),
    Mistake(
        "flat",
        _spread(lambda dz, n_H, n_W: dz / (n_H * n_W), lambda shape: shape[0] * shape[1]),
        Text("the array is flat; give it the shape (n_H, n_W).", "数组被拉平了，形状应当是 (n_H, n_W)。"),
    ),
    Mistake(
        "number-not-array",
        lambda dz, shape: dz / (shape[0] * shape[1]),
        Text(
            "this is one share; fill an array of the given shape with it.",
            "这只是一份，还要用它填满给定形状的数组。",
        ),
    ),
    Mistake(
        "ones",
        lambda dz, shape: np.ones(shape),
        Text("every entry is 1: multiply by the share.", "每个位置都是 1，还要乘以每一份的值。"),
    ),
    Mistake(
        "zeros",
        lambda dz, shape: np.zeros(shape),
        Text("every entry is 0: fill in the share.", "每个位置都是 0，还要填入每一份的值。"),
    ),
    Mistake(
        "one-entry-only",
        lambda dz, shape: np.eye(1, shape[0] * shape[1]).reshape(shape) * dz,
        Text(
            "all of dz stands in one entry; share it among all.",
            "整个 dz 放在了一个位置，应当平均分给所有位置。",
        ),
    ),
    Mistake("nothing-returned", none, NOTHING_RETURNED),
)

# --------------------------------------------------------------------------------------------------
# pool_backward


def at_corner(dA, i, h, w, c, stride):
    return dA[i, h * stride, w * stride, c]


POOL_BACKWARD = (
    Mistake(
        "read-at-the-corner",
        pool_gradient(read=at_corner),
        Text(
            "the gradient is read at `dA[i, vert_start, horiz_start, c]`, which is right for stride 1 "
            "only; it is `dA[i, h, w, c]`.",
            "梯度取自 `dA[i, vert_start, horiz_start, c]`，只有步幅为 1 时才对；应当是 `dA[i, h, w, c]`。",
        ),
    ),
    *_made(pool_gradient, WINDOWS),
    *_made(
        pool_gradient,
        (
            (
                "overwritten",
                dict(into=assigned),
                Text(
                    "windows overwrite each other; they may overlap, so add with `+=`.",
                    "窗口互相覆盖了；窗口可能重叠，要用 `+=` 累加。",
                ),
            ),
            (
                "mode-ignored-max",
                dict(average=lambda window, da, f: (window == np.max(window)) * da),
                Text("the mode is ignored: it always uses the mask.", "没有理会 mode，总是用 mask。"),
            ),
            (
                "mode-ignored-average",
                dict(largest=lambda window, da, f: np.full((f, f), da / (f * f))),
                Text("the mode is ignored: it always shares evenly.", "没有理会 mode，总是平均分配。"),
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
                    "the mask is added without the gradient: multiply it by dA[i, h, w, c].",
                    "加进去的只有 mask，还要乘以 dA[i, h, w, c]。",
                ),
            ),
            (
                "maximum-times-gradient",
                dict(largest=lambda window, da, f: np.max(window) * da),
                Text(
                    "the gradient is multiplied by the maximum itself; multiply it by the mask.",
                    "梯度乘的是最大值本身，应当乘以 mask。",
                ),
            ),
            (
                "gradient-times-input",
                dict(largest=lambda window, da, f: window * (window == np.max(window)) * da),
                Text(
                    "the gradient is multiplied by the input as well; the mask alone is enough.",
                    "梯度还多乘了输入，只乘 mask 就够了。",
                ),
            ),
            (
                "gradient-everywhere",
                dict(largest=lambda window, da, f: np.full((f, f), da)),
                Text(
                    'mode "max" gives the gradient to the whole window; only the maximum gets it.',
                    'mode 为 "max" 时梯度给了整个窗口，应当只给最大值的位置。',
                ),
            ),
            (
                "smallest-not-largest",
                dict(largest=lambda window, da, f: (window == np.min(window)) * da),
                Text("the gradient goes to the minimum.", "梯度给了最小值的位置。"),
            ),
            (
                "not-divided",
                dict(average=lambda window, da, f: np.full((f, f), da)),
                Text(
                    'mode "average" gives each entry the whole gradient; share it: da / (f * f).',
                    'mode 为 "average" 时每个位置都得到了整个梯度，应当平分：da / (f * f)。',
                ),
            ),
            (
                "divided-by-sum",
                dict(average=lambda window, da, f: np.full((f, f), da / (f + f))),
                Text(
                    "the gradient is divided by f + f; the window has f * f entries.",
                    "梯度除以了 f + f；窗口里有 f * f 个元素。",
                ),
            ),
            (
                "average-forgotten",
                dict(average=lambda window, da, f: 0.0),
                Text('mode "average" leaves zeros in dA_prev.', 'mode 为 "average" 时 dA_prev 全是零。'),
            ),
            (
                "max-forgotten",
                dict(largest=lambda window, da, f: 0.0),
                Text('mode "max" leaves zeros in dA_prev.', 'mode 为 "max" 时 dA_prev 全是零。'),
            ),
            (
                "mean-of-dA",
                dict(average=lambda window, da, f: np.full((f, f), window.mean() / (f * f))),
                Text(
                    "the average is taken of the input; share the gradient dA[i, h, w, c].",
                    "平均的是输入，应当平分梯度 dA[i, h, w, c]。",
                ),
            ),
            ("first-example-only", dict(example=lambda i: 0), FIRST_EXAMPLE_ONLY),
            ("all-channels", dict(channel=lambda c: slice(None)), ALL_CHANNELS),
            (
                "shape-of-dA",
                dict(like=lambda A_prev, dA: np.zeros(dA.shape)),
                Text(
                    "dA_prev starts with the shape of dA; it has the shape of A_prev.",
                    "dA_prev 的形状取自 dA，应当和 A_prev 一样。",
                ),
            ),
        ),
    ),
    Mistake(
        "starts-from-input",
        pool_gradient(like=lambda A_prev, dA: A_prev.copy()),
        Text("dA_prev starts from A_prev; start from zeros.", "dA_prev 从 A_prev 开始累加，应当从零开始。"),
    ),
    Mistake(
        "starts-from-ones",
        pool_gradient(like=lambda A_prev, dA: np.ones(A_prev.shape)),
        Text("dA_prev starts from ones; start from zeros.", "dA_prev 从 1 开始累加，应当从零开始。"),
    ),
    Mistake("nothing-returned", none, NOTHING_RETURNED),
)
