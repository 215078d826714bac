"""Mistakes that several exercises share: corners of windows, sizes of outputs, loops; and what makes them."""

from __future__ import annotations

from functools import partial

import numpy as np

from nbexaminer.checks import Mistake, Text
from reference.cnn_step_by_step.loops import size, sizes
from reference.cnn_step_by_step.part_marks import share
from reference.cnn_step_by_step.pictures import windows

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


def end_without_stride(k: int, stride: int, f: int) -> tuple[int, int]:
    return k * stride, k + f


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


def size_with_f_added(n_prev: int, f: int, pad: int, stride: int) -> int:
    return int((n_prev + 2 * pad + f) / stride) + 1


def size_by_stride(n_prev: int, f: int, pad: int, stride: int) -> int:
    return n_prev // stride


def size_by_f(n_prev: int, f: int, pad: int, stride: int) -> int:
    return n_prev // f


def size_not_whole(n_prev: int, f: int, pad: int, stride: int) -> float:
    return (n_prev + 2 * pad - f) / stride + 1


def width_from_height(H: int, W: int, f: int, pad: int, stride: int) -> tuple[int, int]:
    return size(H, f, pad, stride), size(H, f, pad, stride)


def height_from_width(H: int, W: int, f: int, pad: int, stride: int) -> tuple[int, int]:
    return size(W, f, pad, stride), size(W, f, pad, stride)


def sizes_swapped(H: int, W: int, f: int, pad: int, stride: int) -> tuple[int, int]:
    return size(W, f, pad, stride), size(H, f, pad, stride)


STRIDE_IGNORED = Text(
    "Your windows start at `h` and `w`, not at `h * stride` and `w * stride`, so the stride is ignored.",
    "窗口的起点写成了 `h`、`w`，应当是 `h * stride`、`w * stride`，步幅没有起作用。",
)
STRIDE_IGNORED_DOWN = Text(
    "The stride is missing in `vert_start`: it should be `h * stride`.",
    "`vert_start` 里漏了步幅，应当是 `h * stride`。",
)
STRIDE_IGNORED_ACROSS = Text(
    "The stride is missing in `horiz_start`: it should be `w * stride`.",
    "`horiz_start` 里漏了步幅，应当是 `w * stride`。",
)
START_BY_F = Text(
    "Your windows start at multiples of `f`; they should start at `h * stride` and `w * stride`.",
    "窗口的起点按 `f` 的倍数走，应当按步幅走：`h * stride`、`w * stride`。",
)
START_PLUS_STRIDE = Text(
    "Your windows start at `h + stride`; the stride multiplies: `h * stride`.",
    "起点写成了 `h + stride`，步幅要相乘：`h * stride`。",
)
END_BY_STRIDE = Text(
    "Your windows end one stride after their start; they should end `f` after it: "
    "`vert_end = vert_start + f`.",
    "窗口的终点是起点加 `stride`，应当是起点加 `f`：`vert_end = vert_start + f`。",
)
END_INCLUSIVE = Text(
    "Your windows are one row and column short: the end of a slice is exclusive, so it is "
    "`start + f`, not `start + f - 1`.",
    "窗口少了一行一列：切片不含终点，所以终点是 `start + f`，不是 `start + f - 1`。",
)
END_AT_F = Text(
    "Your windows all end at `f`; the end moves along with the start: `vert_start + f`.",
    "窗口的终点一直停在 `f`，它应当跟着起点走：`vert_start + f`。",
)
SWAPPED_AXES = Text(
    "Rows and columns are exchanged: `h` moves the window down (the first slice), `w` across (the second).",
    "行和列弄反了：`h` 让窗口向下移（第一个切片），`w` 向右移（第二个切片）。",
)
WIDTH_FROM_HEIGHT = Text(
    "Your `n_W` is computed from the height; use `n_W_prev`. Square images hide this.",
    "`n_W` 用高度算的，应当用 `n_W_prev`。图像是正方形时看不出来。",
)
HEIGHT_FROM_WIDTH = Text(
    "Your `n_H` is computed from the width; use `n_H_prev`. Square images hide this.",
    "`n_H` 用宽度算的，应当用 `n_H_prev`。图像是正方形时看不出来。",
)
SIZES_SWAPPED = Text(
    "Your `n_H` and `n_W` are exchanged.",
    "`n_H` 和 `n_W` 弄反了。",
)
SIZE_WITHOUT_ONE = Text(
    "The output is one row and one column short: the formula ends in `+ 1`, for the window at the "
    "very start.",
    "输出少了一行一列：公式末尾要 `+ 1`，最开头的那个窗口也要算上。",
)
SIZE_ONE_INSIDE = Text(
    "The `+ 1` of the output size stands inside the division; it comes after rounding down.",
    "输出尺寸里的 `+ 1` 放进了除法里面，它应当在向下取整之后再加。",
)
SIZE_ROUNDED_UP = Text(
    "The output size is rounded up; it is rounded down: a window that does not fit is left out.",
    "输出尺寸向上取整了，应当向下取整：放不下的窗口就不要。",
)
SIZE_WITHOUT_STRIDE = Text(
    "The output size is not divided by the stride.",
    "输出尺寸没有除以步幅。",
)
SIZE_WITHOUT_F = Text(
    "The output size does not take off `f`, the size of the window.",
    "输出尺寸没有减去窗口的大小 `f`。",
)
SIZE_WITH_F_ADDED = Text(
    "The output size adds `f`; a window of size `f` takes it off: n_prev - f.",
    "输出尺寸里加上了 `f`，应当减去：n_prev - f。",
)
SIZE_BY_STRIDE = Text(
    "The output size is only the input divided by the stride; it is (n_prev - f + 2 * pad) / stride, rounded "
    "down, plus 1.",
    "输出尺寸只是输入除以步幅，应当是 (n_prev - f + 2 * pad) / stride 向下取整再加 1。",
)
SIZE_BY_F = Text(
    "The output size is the input divided by `f`; it is divided by the stride: (n_prev - f + 2 * pad) / "
    "stride, rounded down, plus 1.",
    "输出尺寸是用输入除以 `f` 得到的，应当除以步幅：(n_prev - f + 2 * pad) / stride 向下取整再加 1。",
)
SIZE_NOT_WHOLE = Text(
    "The sizes n_H and n_W are not whole numbers: `/` gives a float, even if nothing is left over. Write "
    "`int(...)` around the division.",
    "n_H 和 n_W 不是整数：`/` 得到的总是浮点数，除得尽也一样。请用 `int(...)` 取整。",
)
LOOPS_OVER_INPUT = Text(
    "The loops over h and w run over the input, n_H_prev and n_W_prev; they run over the output: "
    "`range(n_H)`, `range(n_W)`.",
    "h、w 的循环走的是输入的尺寸 n_H_prev、n_W_prev，应当走输出的：`range(n_H)`、`range(n_W)`。",
)
STEPS_OF_STRIDE = Text(
    "The loops over h and w go in steps of `stride` and leave out entries of the output; they visit each: "
    "`range(n_H)`, `range(n_W)`. The stride belongs into `h * stride`.",
    "h、w 的循环按步幅跳着走，漏掉了输出的一些位置；应当逐个走：`range(n_H)`、`range(n_W)`。步幅用在 `h "
    "* stride` 里。",
)
LAST_EXAMPLE_MISSING = Text(
    "The last example stays zero: the loop over `i` stops one too early; it is `range(m)`.",
    "最后一个样本还是零：`i` 的循环少走了一步，应当是 `range(m)`。",
)
STORED_CHANNELS_FIRST = Text(
    "The result is stored at `[i, c, h, w]`; it belongs at `[i, h, w, c]`.",
    "结果存到了 `[i, c, h, w]`，应当存到 `[i, h, w, c]`。",
)
STORED_WITHOUT_EXAMPLE = Text(
    "The result is stored at `[h, w, c]`, without the index of the example; it belongs at `[i, h, w, c]`.",
    "结果存到了 `[h, w, c]`，漏了样本的下标，应当存到 `[i, h, w, c]`。",
)
OUTPUT_OF_INPUT_SIZE = Text(
    "The array for the output has the height and width of the input; it is (m, n_H, n_W, n_C).",
    "输出数组用了输入的高和宽，应当是 (m, n_H, n_W, n_C)。",
)
OUTPUT_EXCHANGED = Text(
    "The array for the output is made with n_W before n_H; it is (m, n_H, n_W, n_C). Square images hide "
    "this.",
    "建输出数组时 n_W 写在了 n_H 前面，应当是 (m, n_H, n_W, n_C)。图像是正方形时看不出来。",
)
FIRST_EXAMPLE_ONLY = Text(
    "Every output is computed from the first example; take the `i`-th one in the loop over `m`.",
    "所有输出都用第一个样本算的；在遍历 `m` 的循环里要取第 `i` 个样本。",
)
FIRST_EXAMPLE_DONE = Text(
    "Only the first example is worked out, the others stay zero: a `return` (or the work itself) stands at "
    "the wrong indentation in the loop over `m`.",
    "只算了第一个样本，其余都是零：遍历 `m` 的循环里，`return`（或计算部分）的缩进不对。",
)
RETURNED_TOO_EARLY = Text(
    "Only the beginning of the first example is worked out: a `return` stands inside a loop, which ends the "
    "function there. It belongs after all loops.",
    "只算了第一个样本的开头：`return` 写在了循环里面，函数到那里就结束了。应当放在所有循环之后。",
)
LAST_CHANNEL_DONE = Text(
    "Only the last channel is filled: the line that stores the result stands after the loop over the "
    "channels, not inside it.",
    "只填了最后一个通道：存结果的那一行写在了通道循环之后，应当在循环里面。",
)
END_WITHOUT_STRIDE = Text(
    "Your windows end at `h + f` and `w + f`; the end is `f` after the start: `vert_end = vert_start + f`.",
    "窗口的终点写成了 `h + f`、`w + f`，应当是起点加 `f`：`vert_end = vert_start + f`。",
)
ACROSS_BY_H = Text(
    "Your `horiz_start` is computed from `h`; it is `w * stride`.",
    "`horiz_start` 用 `h` 算的，应当是 `w * stride`。",
)
DOWN_BY_W = Text(
    "Your `vert_start` is computed from `w`; it is `h * stride`.",
    "`vert_start` 用 `w` 算的，应当是 `h * stride`。",
)
LOOPS_EXCHANGED = Text(
    "The loops are exchanged: `h` runs over `n_H`, `w` over `n_W`. Square images hide this.",
    "两重循环弄反了：`h` 遍历 `n_H`，`w` 遍历 `n_W`。图像是正方形时看不出来。",
)
COLUMNS_BY_ROWS = Text(
    "The loop over `w` runs `n_H` times; it is `range(n_W)`. Square images hide this.",
    "`w` 的循环走了 `n_H` 次，应当是 `range(n_W)`。图像是正方形时看不出来。",
)
ROWS_BY_COLUMNS = Text(
    "The loop over `h` runs `n_W` times; it is `range(n_H)`. Square images hide this.",
    "`h` 的循环走了 `n_W` 次，应当是 `range(n_H)`。图像是正方形时看不出来。",
)
LOOP_SHORTENED = Text(
    "The loops stop early, at `n_H - f + 1` and `n_W - f + 1`; `n_H` and `n_W` already count the windows: "
    "`range(n_H)`, `range(n_W)`.",
    "循环停得太早：`n_H`、`n_W` 已经是窗口的个数，应当写 `range(n_H)`、`range(n_W)`，不用再减 `f`。",
)
STORED_EXCHANGED = Text(
    "The result is stored at `[i, w, h, c]`; it belongs at `[i, h, w, c]`.",
    "结果存到了 `[i, w, h, c]`，应当存到 `[i, h, w, c]`。",
)
CHANNELS_FIRST = Text(
    "The channels come second; here they come last: (m, n_H, n_W, n_C).",
    "通道放在了第 2 个轴，这里通道在最后：(m, n_H, n_W, n_C)。",
)
LAST_EXAMPLE_DONE = Text(
    "Only the last example is worked out: the loop over `i` ends too early, so what should stand inside it "
    "stands after it. Check the indentation.",
    "只算了最后一个样本：`i` 的循环结束得太早，应当在循环里的代码写到了循环之后。请检查缩进。",
)
EXAMPLE_LOST = Text(
    "The window is cut from the whole batch, without the index of the example: `A_prev[vert_start:vert_end, "
    "...]` cuts examples and rows. Take example `i` first.",
    "窗口是从整批数据上切的，漏了样本的下标：`A_prev[vert_start:vert_end, ...]` 切的是样本和行。"
    "先取第 `i` 个样本。",
)
WRONG_EXAMPLE = Text(
    "The example is chosen by another loop's index; take the `i`-th one.",
    "选样本用了别的循环的下标，应当取第 `i` 个。",
)
REMOVED_NAME = Text(
    "NumPy has removed `np.float`, `np.int` and `np.asscalar`. Write `int(...)` for a whole number; to take "
    "the number out of an array, write `b.item()` (its own advice, `float(b)`, fails for an array that has "
    "axes).",
    "NumPy 已经删去了 `np.float`、`np.int` 和 `np.asscalar`。取整写 `int(...)`；取出数组里的数写 `b.item()`"
    "（它建议的 `float(b)` 对带轴的数组会报错）。",
)
EMPTY_SLICE = Text(
    "The slice `pad:-pad` is empty when pad is 0. Say where the middle ends: `pad:pad + n_H, pad:pad + "
    "n_W`, with the height and width of the image without padding.",
    "pad 为 0 时 `pad:-pad` 是空的。要写明中间部分到哪里为止：`pad:pad + n_H, pad:pad + n_W`，"
    "这里用填充之前图像的高和宽。",
)
NOTHING_RETURNED = Text(
    "It returns `None`: is the `return` line, or the line before it, missing?",
    "返回了 `None`：是不是漏了 `return`，或者没有给结果赋值？",
)

WINDOWS = (
    ("stride-ignored", dict(vertical=at_index, horizontal=at_index), STRIDE_IGNORED),
    ("stride-ignored-down", dict(vertical=at_index), STRIDE_IGNORED_DOWN),
    ("stride-ignored-across", dict(horizontal=at_index), STRIDE_IGNORED_ACROSS),
    ("end-by-stride", dict(vertical=end_by_stride, horizontal=end_by_stride), END_BY_STRIDE),
    ("end-inclusive", dict(vertical=end_inclusive, horizontal=end_inclusive), END_INCLUSIVE),
    (
        "end-without-stride",
        dict(vertical=end_without_stride, horizontal=end_without_stride),
        END_WITHOUT_STRIDE,
    ),
    ("end-at-f", dict(vertical=end_at_f, horizontal=end_at_f), END_AT_F),
    ("start-by-f", dict(vertical=by_window, horizontal=by_window), START_BY_F),
    (
        "start-plus-stride",
        dict(vertical=start_plus_stride, horizontal=start_plus_stride),
        START_PLUS_STRIDE,
    ),
    ("axes-swapped", dict(order=across_then_down), SWAPPED_AXES),
    ("across-by-h", dict(corner_of=lambda h, w: (h, h)), ACROSS_BY_H),
    ("down-by-w", dict(corner_of=lambda h, w: (w, w)), DOWN_BY_W),
    ("loops-exchanged", dict(turns=lambda n_H, n_W, *_: (n_W, n_H)), LOOPS_EXCHANGED),
    ("columns-by-rows", dict(turns=lambda n_H, n_W, *_: (n_H, n_H)), COLUMNS_BY_ROWS),
    ("rows-by-columns", dict(turns=lambda n_H, n_W, *_: (n_W, n_W)), ROWS_BY_COLUMNS),
    (
        "loop-shortened",
        dict(turns=lambda n_H, n_W, f, *_: (max(0, n_H - f + 1), max(0, n_W - f + 1))),
        LOOP_SHORTENED,
    ),
    ("loops-over-input", dict(turns=lambda n_H, n_W, f, H, W: (H, W)), LOOPS_OVER_INPUT),
)
STORED = (
    ("stored-exchanged", dict(stored=lambda i, h, w, c: (i, w, h, c)), STORED_EXCHANGED),
    ("stored-channels-first", dict(stored=lambda i, h, w, c: (i, c, h, w)), STORED_CHANNELS_FIRST),
    ("stored-without-example", dict(stored=lambda i, h, w, c: (h, w, c)), STORED_WITHOUT_EXAMPLE),
    ("output-of-input-size", dict(output=lambda n_H, n_W, H, W: (H, W)), OUTPUT_OF_INPUT_SIZE),
    ("output-exchanged", dict(output=lambda n_H, n_W, *_: (n_W, n_H)), OUTPUT_EXCHANGED),
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
    ("size-with-f-added", dict(shape=sizes(size_with_f_added)), SIZE_WITH_F_ADDED),
    ("size-by-stride-alone", dict(shape=sizes(size_by_stride)), SIZE_BY_STRIDE),
    ("size-by-f-alone", dict(shape=sizes(size_by_f)), SIZE_BY_F),
    ("size-not-whole", dict(shape=sizes(size_not_whole)), SIZE_NOT_WHOLE),
)


def forward_mistakes(right) -> tuple[Mistake, ...]:
    """What an answer can do with the first result of `right`, whatever its steps are."""

    def zero_at(*place):
        def forward(*args, **kwargs):
            result, cache = right(*args, **kwargs)
            result[place] = 0
            return result, cache

        return forward

    def channels_second(*args, **kwargs):
        result, cache = right(*args, **kwargs)
        return result.transpose(0, 3, 1, 2), cache

    def begun(*place):
        """The part of the first example that is done when a `return` stands too far in."""

        def forward(*args, **kwargs):
            result, cache = right(*args, **kwargs)
            kept = np.zeros_like(result)
            kept[place] = result[place]
            return kept, cache

        return forward

    def steps_of_stride(*args, by_index=False, **kwargs):
        result, cache = right(*args, **kwargs)
        stride = cache[-1]["stride"]
        kept = np.zeros_like(result)
        visited = kept[:, ::stride, ::stride]
        rows, columns = visited.shape[1:3]
        visited[:] = result[:, :rows, :columns] if by_index else result[:, ::stride, ::stride]
        return kept, cache

    return (
        Mistake("steps-of-stride", steps_of_stride, STEPS_OF_STRIDE),
        Mistake("steps-of-stride-as-corners", partial(steps_of_stride, by_index=True), STEPS_OF_STRIDE),
        Mistake("last-example-missing", zero_at(-1), LAST_EXAMPLE_MISSING),
        Mistake("first-example-done", zero_at(slice(1, None)), FIRST_EXAMPLE_DONE),
        Mistake("first-row-done", begun(0, 0), RETURNED_TOO_EARLY),
        Mistake("first-position-done", begun(0, 0, 0), RETURNED_TOO_EARLY),
        Mistake("first-entry-done", begun(0, 0, 0, 0), RETURNED_TOO_EARLY),
        Mistake("last-example-done", zero_at(slice(None, -1)), LAST_EXAMPLE_DONE),
        Mistake("channels-first", channels_second, CHANNELS_FIRST),
        Mistake("np-int", removed("int"), REMOVED_NAME),
        Mistake("last-channel-done", zero_at(..., slice(None, -1)), LAST_CHANNEL_DONE),
    )


def removed(name):
    """What stops at a name that NumPy has removed."""
    return lambda *args, **kwargs: getattr(np, name)


def none(*args, **kwargs) -> None:
    return None


def made(maker, rows) -> tuple[Mistake, ...]:
    return tuple(
        Mistake(name, maker(**changes), text, share(name), _windows(changes), changes=changes)
        for name, changes, text in rows
    )


def _windows(changes):
    """What draws a mistake, if it is one of the windows' places only."""
    return partial(windows, **changes) if changes.keys() <= {"vertical", "horizontal", "order"} else None
