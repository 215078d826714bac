"""Known mistakes of `model_forward`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reference.cnn_that_learns.mistakes.common import HALF, NOTHING_RETURNED, mistake, softmax
from reference.cnn_that_learns.solutions import (
    CONV_HPARAMETERS,
    POOL_HPARAMETERS,
    conv_forward,
    dense_forward,
    pool_forward,
    relu_forward,
)


def _model(
    conv: Callable = lambda X, W, b: conv_forward(X, W, b, CONV_HPARAMETERS),
    relu: Callable = relu_forward,
    pool: Callable = lambda A: pool_forward(A, POOL_HPARAMETERS),
    flat: Callable = lambda P: P.reshape(len(P), -1),
    dense: Callable = dense_forward,
    result: Callable = lambda Z2, caches: (Z2, caches),
) -> Callable:
    """A model_forward with some of its layers replaced."""

    def model_forward(X, parameters):
        Z1, cache_conv = conv(X, parameters["W1"], parameters["b1"])
        A1, cache_relu = relu(Z1)
        P1, cache_pool = pool(A1)
        Z2, cache_dense = dense(flat(P1), parameters["W2"], parameters["b2"])
        return result(Z2, (cache_conv, cache_relu, cache_pool, P1.shape, cache_dense))

    return model_forward


def _relu_after_pooling(X, parameters):
    Z1, cache_conv = conv_forward(X, parameters["W1"], parameters["b1"], CONV_HPARAMETERS)
    P1, cache_pool = pool_forward(Z1, POOL_HPARAMETERS)
    A1, cache_relu = relu_forward(P1)
    Z2, cache_dense = dense_forward(A1.reshape(len(A1), -1), parameters["W2"], parameters["b2"])
    return Z2, (cache_conv, cache_relu, cache_pool, P1.shape, cache_dense)


def _relu_at_the_end(Z2, caches):
    return np.maximum(Z2, 0), caches


def _softmax_at_the_end(Z2, caches):
    return softmax(Z2), caches


MODEL_FORWARD = (
    mistake(
        "relu-forgotten",
        _model(relu=lambda Z: (Z, Z)),
        "ReLU is left out: what the convolution gives goes through `relu_forward` before it is pooled.",
        "漏了 ReLU：卷积的结果要先经过 `relu_forward`，再池化。",
    ),
    mistake(
        "relu-after-pooling",
        _relu_after_pooling,
        "ReLU comes after the pooling; here the order is convolution, ReLU, pooling. (The scores are the "
        "same, but "
        "the caches are not.)",
        "ReLU 放在了池化之后；这里的顺序是卷积、ReLU、池化。（得分相同，但 cache 不同。）",
        HALF,
    ),
    mistake(
        "relu-on-the-scores",
        _model(result=_relu_at_the_end),
        "ReLU is applied to the scores as well: the last layer ends with plain numbers, negative ones too.",
        "对最后的得分也做了 ReLU：最后一层直接给出得分，可以是负的。",
    ),
    mistake(
        "softmax-on-the-scores",
        _model(result=_softmax_at_the_end),
        "The scores went through the softmax already: that is the business of `softmax_cross_entropy`.",
        "得分已经做过 softmax 了：那是 `softmax_cross_entropy` 的事。",
    ),
    mistake(
        "average-pooling",
        _model(pool=lambda A: pool_forward(A, POOL_HPARAMETERS, mode="average")),
        'The pooling takes averages; here it takes maxima (mode "max", which is what `pool_forward` does '
        "by itself).",
        '池化取了平均，这里应当取最大值（模式 "max"，也是 `pool_forward` 的默认值）。',
    ),
    mistake(
        "padded",
        _model(conv=lambda X, W, b: conv_forward(X, W, b, {"pad": 1, "stride": 1})),
        "The images are padded; here they are not: use `conv_hparameters` as given.",
        "图像做了填充，这里不填充：请直接用给出的 `conv_hparameters`。",
    ),
    mistake(
        "pooling-overlaps",
        _model(pool=lambda A: pool_forward(A, {"f": 2, "stride": 1})),
        "The windows of the pooling overlap: use `pool_hparameters` as given, with stride 2.",
        "池化窗口重叠了：请直接用给出的 `pool_hparameters`，步幅是 2。",
    ),
    mistake(
        "conv-bias-forgotten",
        _model(conv=lambda X, W, b: conv_forward(X, W, 0 * b, CONV_HPARAMETERS)),
        "The convolution runs without its bias `b1`.",
        "卷积没有用偏置 `b1`。",
    ),
    mistake(
        "dense-bias-forgotten",
        _model(dense=lambda A, W, b: (A @ W, (A, W, b))),
        "The dense layer runs without its bias `b2`.",
        "全连接层没有用偏置 `b2`。",
    ),
    mistake(
        "channels-first-flattened",
        _model(flat=lambda P: P.transpose(0, 3, 1, 2).reshape(len(P), -1)),
        "The axes are turned before flattening; `P1.reshape(m, -1)` takes the numbers in the order in "
        "which they are.",
        "展平之前换了轴的顺序；`P1.reshape(m, -1)` 按原来的顺序取数。",
        HALF,
    ),
    mistake(
        "columns-first-flattened",
        _model(flat=lambda P: P.reshape(len(P), -1, order="F")),
        "The numbers are flattened in Fortran's order; leave `order` out of the reshape.",
        "展平时用了 Fortran 顺序；reshape 里不要写 `order`。",
        HALF,
    ),
    mistake(
        "examples-mixed",
        _model(flat=lambda P: P.reshape(-1, len(P)).T),
        "The flattening mixes the examples: each row is one example, `P1.reshape(m, -1)`, without a "
        "transpose.",
        "展平时把样本混在一起了：每一行是一个样本，用 `P1.reshape(m, -1)`，不要转置。",
    ),
    mistake(
        "scores-alone",
        _model(result=lambda Z2, caches: Z2),
        "Only the scores come back: the caches belong to the result.",
        "只返回了得分，结果里还应有 caches。",
        HALF,
    ),
    mistake(
        "flat-shape-in-caches",
        _model(result=lambda Z2, caches: (Z2, (*caches[:3], caches[4][0].shape, caches[4]))),
        "The fourth cache is the shape *after* flattening; keep the shape of `P1`, to which the gradient "
        "must return.",
        "第四个 cache 是展平*之后*的形状；应当保存 `P1` 的形状，梯度要变回那个形状。",
        HALF,
    ),
    mistake(
        "caches-reversed",
        _model(result=lambda Z2, caches: (Z2, caches[::-1])),
        "The caches stand in reverse order: conv, relu, pool, shape, dense.",
        "caches 的顺序反了：应当是 conv、relu、pool、shape、dense。",
        HALF,
    ),
    NOTHING_RETURNED,
)
