"""Known mistakes of `conv_forward_fast`."""

from __future__ import annotations

import numpy as np

from reference.cnn_fast import solutions
from reference.cnn_fast.layers import conv
from reference.cnn_fast.mistakes.common import (
    CONV_HYPERPARAMETERS,
    HALF,
    NOTHING_RETURNED,
    PADDED_SIZES,
    SIZES,
    made,
)


def _reshaped_weights(W):
    return W.reshape(W.shape[3], -1).T


RESHAPED_WEIGHTS = (
    "The filters are mixed up: `W.reshape(n_C, -1)` cuts the numbers of W anew, it does not bring the "
    "last axis "
    "to the front. `W.reshape(-1, n_C)` keeps each filter in a column of its own.",
    "滤波器乱了：`W.reshape(n_C, -1)` 只是把 W 的数重新分段，不会把最后一轴挪到前面。"
    "`W.reshape(-1, n_C)` 才让每个滤波器各占一列。",
)
CONV_FORWARD_FAST = (
    *made(
        conv,
        ("weights-reshaped-not-transposed", dict(weights=_reshaped_weights), *RESHAPED_WEIGHTS),
        (
            "weights-channels-first",
            dict(weights=lambda W: W.transpose(2, 0, 1, 3).reshape(-1, W.shape[3])),
            "The filters are flattened with the channels first, the windows with the channels last: both "
            "must be "
            "in the same order. `W.reshape(-1, n_C)` is.",
            "滤波器展平时通道在前，窗口展平时通道在后：两者顺序必须一致。直接 `W.reshape(-1, n_C)` "
            "就是一致的。",
        ),
        (
            "weights-flipped",
            dict(weights=lambda W: W[::-1, ::-1].reshape(-1, W.shape[3])),
            'The filter is turned round. In deep learning "convolution" means no flip: use W as it is.',
            "滤波器翻转了。深度学习里的“卷积”不翻转，直接用 W。",
        ),
        (
            "result-reshaped-not-transposed",
            dict(shaped=lambda Z, m, n_H, n_W, n_C: Z.T.reshape(m, n_H, n_W, n_C)),
            "The result has its filters in rows when it is reshaped, and `reshape` does not move axes: "
            "let the "
            "product have the shape (m * n_H * n_W, n_C).",
            "reshape 之前滤波器在行上，而 `reshape` 不会移动轴：乘积的形状应当是 (m * n_H * n_W, n_C)。",
        ),
        (
            "result-width-first-turned",
            dict(shaped=lambda Z, m, n_H, n_W, n_C: Z.reshape(m, n_W, n_H, n_C).transpose(0, 2, 1, 3)),
            "The rows of the product are taken to go down the image first; they go across first: reshape to "
            "(m, n_H, n_W, n_C) at once.",
            "把乘积的行当成了先往下走；其实是先往右走：直接 reshape 成 (m, n_H, n_W, n_C)。",
        ),
        (
            "result-examples-last",
            dict(shaped=lambda Z, m, n_H, n_W, n_C: Z.reshape(n_H, n_W, m, n_C).transpose(2, 0, 1, 3)),
            "The rows of the product are taken to go through the examples fastest; `im2col` puts all "
            "windows of "
            "example 0 first: reshape to (m, n_H, n_W, n_C).",
            "把乘积的行当成了样本变得最快；`im2col` 先排第 0 个样本的全部窗口：直接 reshape 成 (m, n_H, "
            "n_W, n_C)。",
        ),
        (
            "result-channels-first",
            dict(shaped=lambda Z, m, n_H, n_W, n_C: Z.reshape(m, n_C, n_H, n_W).transpose(0, 2, 3, 1)),
            "The result is reshaped as if the channels came before the positions; they come last: "
            "reshape to (m, n_H, n_W, n_C).",
            "reshape 时当成了通道在位置之前；通道在最后：应当 reshape 成 (m, n_H, n_W, n_C)。",
        ),
        (
            "result-not-reshaped",
            dict(shaped=lambda Z, m, n_H, n_W, n_C: Z),
            "The numbers are right, but still a matrix: reshape it to (m, n_H, n_W, n_C).",
            "数是对的，但还是一个矩阵：要 reshape 成 (m, n_H, n_W, n_C)。",
            HALF,
        ),
        ("bias-forgotten", dict(bias=lambda Z, b: Z), "The bias `b` is not added.", "没有加偏置 `b`。"),
        (
            "bias-subtracted",
            dict(bias=lambda Z, b: Z - b.reshape(-1)),
            "The bias is subtracted; add it.",
            "偏置减掉了，应当加上。",
        ),
        (
            "all-biases",
            dict(bias=lambda Z, b: Z + b.sum()),
            "The biases of all filters are added; each filter adds only its own.",
            "把所有滤波器的偏置都加上了，每个滤波器只加自己的。",
        ),
        (
            "first-bias-only",
            dict(bias=lambda Z, b: Z + b.flat[0]),
            "Every filter gets the first bias; each adds its own: `b.reshape(-1)`.",
            "每个滤波器都加了第一个偏置，应当各加各的：`b.reshape(-1)`。",
        ),
        (
            "bias-multiplied",
            dict(bias=lambda Z, b: Z * b.reshape(-1)),
            "The product is multiplied by the bias; add it.",
            "乘积又乘了偏置，应当相加。",
        ),
        *CONV_HYPERPARAMETERS,
        (
            "mean-not-sum",
            dict(product=lambda columns, V: columns @ V / len(V)),
            "The products are averaged; sum them.",
            "对乘积取了平均，应当求和。",
        ),
        (
            "activated",
            dict(shaped=lambda Z, *shape: np.maximum(Z, 0).reshape(shape)),
            "Negative results are cut to zero: the activation is not part of this function.",
            "负的结果被截成了零：激活函数不属于这个函数。",
        ),
        *SIZES,
        *PADDED_SIZES,
        (
            "only-Z-returned",
            dict(result=lambda Z, cache: Z),
            "Only Z is returned; return Z, cache.",
            "只返回了 Z，应当返回 Z, cache。",
        ),
        (
            "results-exchanged",
            dict(result=lambda Z, cache: (cache, Z)),
            "The results are exchanged; return Z, cache.",
            "两个返回值反了，应当返回 Z, cache。",
        ),
        (
            "cache-forgotten",
            dict(result=lambda Z, cache: (Z, None)),
            "Z is right, but the cache is None; it is (A_prev, W, b, hparameters).",
            "Z 是对的，但 cache 是 None，应当是 (A_prev, W, b, hparameters)。",
        ),
        (
            "cache-of-columns",
            dict(
                result=lambda Z, cache: (
                    Z,
                    (
                        solutions.im2col(cache[0], len(cache[1]), cache[3]["stride"], cache[3]["pad"]),
                        *cache[1:],
                    ),
                )
            ),
            "Z is right, but the cache holds the columns; keep A_prev as it came.",
            "Z 是对的，但 cache 里存的是展开后的矩阵，应当存原来的 A_prev。",
        ),
        (
            "single-precision",
            dict(result=lambda Z, cache: (Z.astype(np.float32), cache)),
            "Right, but only to 7 digits: keep the type of the inputs.",
            "是对的，但只有 7 位有效数字：请保留输入的类型。",
            1,
        ),
    ),
    NOTHING_RETURNED,
)
