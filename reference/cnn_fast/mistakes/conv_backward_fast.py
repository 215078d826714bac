"""Known mistakes of `conv_backward_fast`."""

from __future__ import annotations

import numpy as np

from reference.cnn_fast import solutions
from reference.cnn_fast.layers import conv_gradient
from reference.cnn_fast.mistakes.common import CONV_HYPERPARAMETERS, HALF, NOTHING_RETURNED, made

CONV_BACKWARD_FAST = (
    *made(
        conv_gradient,
        (
            "dZ-reshaped-not-transposed",
            dict(flat=lambda dZ: dZ.reshape(dZ.shape[3], -1).T),
            "dZ is mixed up: `dZ.reshape(n_C, -1)` cuts its numbers anew, it does not bring the channels "
            "to the "
            "front. `dZ.reshape(-1, n_C)` has one row for each window.",
            "dZ 乱了：`dZ.reshape(n_C, -1)` 只是把数重新分段，不会把通道挪到前面。`dZ.reshape(-1, n_C)` "
            "才是每个窗口一行。",
        ),
        (
            "dZ-width-first",
            dict(flat=lambda dZ: dZ.transpose(0, 2, 1, 3).reshape(-1, dZ.shape[3])),
            "The rows of dZ go down the image first; `im2col` goes across first: `dZ.reshape(-1, n_C)` "
            "has the "
            "same order.",
            "dZ 的行先往下走了；`im2col` 先往右走：`dZ.reshape(-1, n_C)` 顺序就一致。",
        ),
        (
            "dZ-examples-last",
            dict(flat=lambda dZ: dZ.transpose(1, 2, 0, 3).reshape(-1, dZ.shape[3])),
            "The rows of dZ go through the examples fastest; `im2col` puts example 0 first: "
            "`dZ.reshape(-1, n_C)` "
            "has the same order.",
            "dZ 的行里样本变得最快；`im2col` 先排第 0 个样本：`dZ.reshape(-1, n_C)` 顺序就一致。",
        ),
        (
            "dW-transposed",
            dict(into_W=lambda columns, flat, W: (flat.T @ columns).reshape(W.shape)),
            "dW is computed with one filter in each row and then reshaped, but `reshape` does not move axes: "
            "multiply the other way round, `columns.T @ dZ_flat`.",
            "dW 算成了每个滤波器一行，再 reshape；但 `reshape` 不会移动轴：要反过来乘，`columns.T @ "
            "dZ_flat`。",
        ),
        (
            "weights-reshaped-not-transposed",
            dict(weights=lambda W: W.reshape(W.shape[3], -1)),
            "On the way to dA_prev the filters are mixed up: `W.reshape(n_C, -1)` is not the transpose. "
            "Flatten W "
            "as in the forward pass, then take `.T`: `W.reshape(-1, n_C).T`.",
            "求 dA_prev 时滤波器乱了：`W.reshape(n_C, -1)` 不是转置。先像前向那样展平，再取 `.T`："
            "`W.reshape(-1, n_C).T`。",
        ),
        (
            "weights-rotated",
            dict(weights=lambda W: W[::-1, ::-1].reshape(-1, W.shape[3]).T),
            "The filter is turned round on the way back; with `col2im` it is used as it is, only transposed.",
            "反向时把滤波器翻转了；用 `col2im` 时不用翻转，只要转置。",
        ),
        (
            "weights-channels-first",
            dict(weights=lambda W: W.transpose(2, 0, 1, 3).reshape(-1, W.shape[3]).T),
            "The filters are flattened with the channels first, the windows with the channels last: "
            "flatten W as "
            "it is, `W.reshape(-1, n_C)`.",
            "滤波器展平时通道在前，窗口却是通道在后：直接 `W.reshape(-1, n_C)`。",
        ),
        (
            "dW-averaged-over-examples",
            dict(into_W=lambda c, flat, W: (c.T @ flat).reshape(W.shape) / len(c)),
            "dW is a mean over the windows; it is a sum: what comes back from all positions is added up.",
            "dW 取了各窗口的平均，应当是和：各个位置传回来的要相加。",
        ),
        (
            "db-averaged",
            dict(into_b=lambda flat, b: flat.mean(axis=0).reshape(b.shape)),
            "db is a mean; it is the sum of dZ over examples, rows and columns.",
            "db 取了平均，应当是 dZ 对样本、行、列求和。",
        ),
        (
            "db-of-everything",
            dict(into_b=lambda flat, b: np.full(b.shape, flat.sum())),
            "db sums over the filters too; each filter has its own: sum over axis 0 of the flat dZ.",
            "db 把各个滤波器也加在一起了；每个滤波器各有一个：对展平的 dZ 沿第 0 轴求和。",
        ),
        (
            "db-flat",
            dict(into_b=lambda flat, b: flat.sum(axis=0)),
            "The numbers of db are right, but it should have the shape of b, (1, 1, 1, n_C): reshape it.",
            "db 的数是对的，但形状应当和 b 一样，是 (1, 1, 1, n_C)：要 reshape。",
            HALF,
        ),
        (
            "db-column",
            dict(into_b=lambda flat, b: flat.sum(axis=0, keepdims=True)),
            "The numbers of db are right, but it should have the shape of b, (1, 1, 1, n_C): reshape it.",
            "db 的数是对的，但形状应当和 b 一样，是 (1, 1, 1, n_C)：要 reshape。",
            HALF,
        ),
        (
            "dW-flat",
            dict(into_W=lambda columns, flat, W: columns.T @ flat),
            "The numbers of dW are right, but it should have the shape of W: reshape it.",
            "dW 的数是对的，但形状应当和 W 一样：要 reshape。",
            HALF,
        ),
        (
            "db-zero",
            dict(into_b=lambda flat, b: np.zeros(b.shape)),
            "db stays zero: it is the sum of dZ over examples, rows and columns.",
            "db 一直是零：它是 dZ 对样本、行、列求和。",
        ),
        (
            "dA-padded",
            dict(
                into_A=lambda d, A, f, stride, pad: solutions.col2im(
                    d, (len(A), A.shape[1] + 2 * pad, A.shape[2] + 2 * pad, A.shape[3]), f, stride, 0
                )
            ),
            "dA_prev has the shape of the padded input: give `col2im` the shape of A_prev and the true "
            "`pad`.",
            "dA_prev 的形状是填充后的：给 `col2im` 的应当是 A_prev 的形状和真正的 `pad`。",
        ),
        (
            "dA-not-folded",
            dict(into_A=lambda d, A, f, stride, pad: d),
            "dA_prev is still the matrix of columns: bring it back with `col2im`.",
            "dA_prev 还是展开的矩阵：要用 `col2im` 加回去。",
        ),
        (
            "dA-reshaped",
            dict(into_A=lambda d, A, f, stride, pad: d.reshape(A.shape)),
            "dA_prev is reshaped from the matrix, which has more numbers than A_prev, since windows "
            "overlap: use "
            "`col2im`, which adds.",
            "dA_prev 是直接 reshape 的；窗口有重叠，矩阵里的数比 A_prev 多：要用会累加的 `col2im`。",
        ),
        (
            "dA-zero",
            dict(into_A=lambda d, A, f, stride, pad: np.zeros(A.shape)),
            "dA_prev stays zero: it is `col2im` of `dZ_flat @ W_flat.T`.",
            "dA_prev 一直是零：它是 `dZ_flat @ W_flat.T` 再 `col2im`。",
        ),
        (
            "dW-zero",
            dict(into_W=lambda columns, flat, W: np.zeros(W.shape)),
            "dW stays zero: it is `columns.T @ dZ_flat`, reshaped.",
            "dW 一直是零：它是 `columns.T @ dZ_flat` 再 reshape。",
        ),
        *CONV_HYPERPARAMETERS,
        (
            "results-in-another-order",
            dict(result=lambda dA, dW, db: (dW, db, dA)),
            "The results come in another order; return dA_prev, dW, db.",
            "返回值的顺序不对，应当返回 dA_prev, dW, db。",
        ),
        (
            "results-exchanged",
            dict(result=lambda dA, dW, db: (dW, dA, db)),
            "dA_prev and dW are exchanged; return dA_prev, dW, db.",
            "dA_prev 和 dW 弄反了，应当返回 dA_prev, dW, db。",
        ),
        (
            "sign-turned",
            dict(result=lambda dA, dW, db: (-dA, -dW, -db)),
            "All signs are turned: these are the gradients themselves; the minus comes in the update.",
            "符号全反了：这里要的是梯度本身，负号是更新参数时才有的。",
        ),
    ),
    NOTHING_RETURNED,
)
