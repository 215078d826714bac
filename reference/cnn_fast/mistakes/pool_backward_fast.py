"""Known mistakes of `pool_backward_fast`."""

from __future__ import annotations

import numpy as np

from reference.cnn_fast.layers import assigned, evenly, first_largest, fold, pool_gradient
from reference.cnn_fast.mistakes.common import (
    ALL_CHANNELS,
    CHANNELS_MIXED,
    HALF,
    MODE_AVERAGE,
    MODE_MAX,
    MODES_SWAPPED,
    NOTHING_RETURNED,
    POOL_HYPERPARAMETERS,
    made,
    mixed,
    window_by_window,
)


def _to_all(windows, dA):
    return (windows == windows.max(axis=3, keepdims=True)) * dA[:, :, :, None, :]


def _shared(windows, dA):
    largest = windows == windows.max(axis=3, keepdims=True)
    return largest / largest.sum(axis=3, keepdims=True) * dA[:, :, :, None, :]


def _to_the_last(windows, dA):
    return first_largest(windows[:, :, :, ::-1], dA)[:, :, :, ::-1]


def _to_the_smallest(windows, dA):
    return first_largest(-windows, dA)


def _to_one_channel(windows, dA):
    """The place of the maximum over all channels, in each of them."""
    flat = windows.reshape(*windows.shape[:3], -1)
    largest = flat == flat.max(axis=3, keepdims=True)
    return (largest * 1.0).reshape(windows.shape) * dA[:, :, :, None, :]


def _value(windows, dA):
    return first_largest(windows, dA) * windows.max(axis=3, keepdims=True)


def _mask_only(windows, dA):
    return first_largest(windows, np.ones_like(dA))


def _undivided(windows, dA):
    return np.ones_like(windows) * dA[:, :, :, None, :]


def _divided_by_f(windows, dA):
    return _undivided(windows, dA) / np.sqrt(windows.shape[3])


def _by_twice_f(windows, dA):
    return _undivided(windows, dA) / (2 * np.sqrt(windows.shape[3]))


POOL_BACKWARD_FAST = (
    *made(
        pool_gradient,
        (
            "ties-to-all",
            dict(largest=_to_all),
            "Where the largest value occurs several times in a window, each of them gets the whole "
            "gradient, so it "
            "counts several times; give it to the first alone, as `np.argmax` finds it.",
            "窗口里有几个并列的最大值时，每个都得到了全部梯度，等于算了好几次；只给第一个，用 "
            "`np.argmax` 找到它。",
            HALF,
        ),
        (
            "ties-shared",
            dict(largest=_shared),
            "Where the largest value occurs several times in a window, they share the gradient; here the "
            "first "
            "one gets it all, as `np.argmax` finds it.",
            "窗口里有几个并列的最大值时，它们平分了梯度；这里约定全部给第一个，用 `np.argmax` 找到它。",
            HALF,
        ),
        (
            "ties-to-the-last",
            dict(largest=_to_the_last),
            "Where the largest value occurs several times in a window, the last one gets the gradient; "
            "give it to "
            "the first, reading row by row.",
            "窗口里有几个并列的最大值时，梯度给了最后一个；应当给第一个（一行一行读）。",
            HALF,
        ),
        (
            "channels-mixed",
            dict(
                order=mixed,
                joined=lambda s, f, C: s.swapaxes(3, 4).reshape(-1, f * f * C),
            ),
            *CHANNELS_MIXED,
        ),
        (
            "channels-mixed-at-the-end",
            dict(joined=lambda s, f, C: s.swapaxes(3, 4).reshape(-1, f * f * C)),
            "Before `col2im` the channels stand in front of the places of the window: `col2im` wants "
            "(f * f, n_C) in each row.",
            "交给 `col2im` 之前，通道排在了窗口位置的前面：每一行应当是 (f * f, n_C)。",
        ),
        ("one-channel-only", dict(largest=_to_one_channel), *ALL_CHANNELS),
        (
            "smallest",
            dict(largest=_to_the_smallest),
            "The smallest entry gets the gradient; give it to the largest.",
            "梯度给了最小值，应当给最大值。",
        ),
        (
            "times-value",
            dict(largest=_value),
            "The gradient is multiplied by the largest value; put the gradient itself in its place.",
            "梯度又乘了最大值，应当只把梯度本身放到那个位置。",
        ),
        (
            "mask-only",
            dict(largest=_mask_only),
            "The places are right, but they hold 1; put the entry of dA there.",
            "位置是对的，但放的是 1；应当放 dA 的那个数。",
        ),
        (
            "average-not-divided",
            dict(average=_undivided),
            "In average pooling each entry gets the whole gradient; it gets one share out of f * f.",
            "平均池化时每个数都得到了全部梯度，应当只得 f * f 分之一。",
        ),
        (
            "divided-by-f",
            dict(average=_divided_by_f),
            "The gradient is divided by f; a window has f * f entries.",
            "梯度只除以了 f，窗口里有 f * f 个数。",
        ),
        (
            "divided-by-sum",
            dict(average=_by_twice_f),
            "The gradient is divided by f + f; a window has f * f entries. They are equal for f = 2 only.",
            "梯度除以了 f + f，窗口里有 f * f 个数；只有 f 为 2 时两者相等。",
        ),
        ("mode-ignored-max", dict(average=first_largest), *MODE_MAX),
        ("mode-ignored-average", dict(largest=evenly), *MODE_AVERAGE),
        ("modes-swapped", dict(largest=evenly, average=first_largest), *MODES_SWAPPED),
        (
            "assigned",
            dict(back=fold(into=assigned)),
            "Where windows overlap, one overwrites the other; what comes back is added up: use `col2im`.",
            "窗口重叠的地方互相覆盖了；传回来的要相加：请用 `col2im`。",
        ),
        (
            "only-the-last-window-counts",
            dict(back=window_by_window),
            "Where windows overlap, only the last one counts; what comes back is added up: use `col2im`.",
            "窗口重叠的地方只算了最后一个；传回来的要相加：请用 `col2im`。",
        ),
        *POOL_HYPERPARAMETERS,
        (
            "not-folded",
            dict(back=lambda columns, shape, f, stride, pad: columns),
            "The result is still one row for each window: bring it back with `col2im`.",
            "结果还是每个窗口一行：要用 `col2im` 加回去。",
        ),
        (
            "reshaped",
            dict(back=lambda columns, shape, f, stride, pad: columns.reshape(shape)),
            "The rows of windows are reshaped to the image; `reshape` puts nothing back in its place: "
            "use `col2im`.",
            "把窗口的行直接 reshape 成图像；`reshape` 不会把数放回原位：请用 `col2im`。",
        ),
        (
            "all-zero",
            dict(back=lambda columns, shape, f, stride, pad: np.zeros(shape)),
            "All values are zero: bring the shares back with `col2im`.",
            "全是零：要用 `col2im` 把各份加回去。",
        ),
    ),
    NOTHING_RETURNED,
)
