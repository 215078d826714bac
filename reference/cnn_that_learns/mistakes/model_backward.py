"""Known mistakes of `model_backward`."""

from __future__ import annotations

from collections.abc import Callable

from reference.cnn_that_learns import solutions
from reference.cnn_that_learns.mistakes.common import HALF, NOTHING_RETURNED, mistake
from reference.cnn_that_learns.solutions import conv_backward, dense_backward, pool_backward, relu_backward


def _model_back(
    dense: Callable = dense_backward,
    back: Callable = lambda dF, shape: dF.reshape(shape),
    pool: Callable = pool_backward,
    relu: Callable = relu_backward,
    conv: Callable = conv_backward,
    result: Callable = lambda gradients: gradients,
) -> Callable:
    """A model_backward with some of its layers replaced."""

    def model_backward(dZ, caches):
        cache_conv, cache_relu, cache_pool, shape, cache_dense = caches
        dF1, dW2, db2 = dense(dZ, cache_dense)
        dA1 = pool(back(dF1, shape), cache_pool)
        _, dW1, db1 = conv(relu(dA1, cache_relu), cache_conv)
        return result({"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2})

    return model_backward


def _renamed(rename: Callable) -> Callable:
    return lambda gradients: {rename(name): value for name, value in gradients.items()}


def _exchanged(one: str, other: str) -> Callable:
    return lambda g: {**g, one: g[other], other: g[one]}


def _scaled(*names: str) -> Callable:
    """Divide gradients by the number of examples once more."""

    def model_backward(dZ, caches):
        gradients = solutions.model_backward(dZ, caches)
        return {name: value / len(dZ) if name in names else value for name, value in gradients.items()}

    return model_backward


MODEL_BACKWARD = (
    mistake(
        "relu-forgotten",
        _model_back(relu=lambda dA, cache: dA),
        "ReLU is left out on the way back: what comes from the pooling goes through `relu_backward` first.",
        "反向时漏了 ReLU：池化传回来的要先经过 `relu_backward`。",
    ),
    mistake(
        "average-pooling",
        _model_back(pool=lambda dP, cache: pool_backward(dP, cache, mode="average")),
        'The gradient is shared out as for average pooling; on the way forward it was mode "max".',
        '梯度按平均池化分配了；前向时用的模式是 "max"。',
    ),
    mistake(
        "relu-by-its-gradient",
        _model_back(relu=lambda dA, cache: dA * (dA > 0)),
        "`relu_backward` gets the wrong cache: it asks where `Z1` was positive, `cache_relu`.",
        "`relu_backward` 用错了 cache：要看 `Z1` 哪里为正，即 `cache_relu`。",
    ),
    mistake(
        "divided-by-batch",
        _scaled("dW1", "db1", "dW2", "db2"),
        "All gradients are divided by the number of examples; `dZ` has been already, in "
        "`softmax_cross_entropy`.",
        "所有梯度又除以了样本数；在 `softmax_cross_entropy` 里已经除过了。",
        HALF,
    ),
    mistake(
        "dense-divided-by-batch",
        _scaled("dW2", "db2"),
        "`dW2` and `db2` are divided by the number of examples; `dZ` has been already, in "
        "`softmax_cross_entropy`.",
        "`dW2` 和 `db2` 又除以了样本数；在 `softmax_cross_entropy` 里已经除过了。",
        HALF,
    ),
    mistake(
        "named-like-the-parameters",
        _model_back(result=_renamed(lambda name: name[1:])),
        "The gradients are right, but named like the parameters: call them dW1, db1, dW2, db2.",
        "梯度是对的，但名字和参数一样了：应当叫 dW1、db1、dW2、db2。",
        HALF,
    ),
    mistake(
        "tuple-not-dictionary",
        _model_back(result=lambda g: tuple(g.values())),
        "The gradients come as a tuple; put them in a dictionary under their names, dW1, db1, dW2, db2.",
        "梯度是以元组返回的；应当放进字典，名字是 dW1、db1、dW2、db2。",
        HALF,
    ),
    mistake(
        "layers-exchanged",
        _model_back(result=_renamed(lambda name: name[:2] + {"1": "2", "2": "1"}[name[2]])),
        "The gradients of the two layers are exchanged: 1 is the convolution, 2 the dense layer.",
        "两层的梯度弄反了：1 是卷积层，2 是全连接层。",
        HALF,
    ),
    mistake(
        "conv-weights-and-bias-exchanged",
        _model_back(result=_exchanged("dW1", "db1")),
        "`dW1` and `db1` are exchanged: `conv_backward` returns dA_prev, dW, db.",
        "`dW1` 和 `db1` 弄反了：`conv_backward` 返回 dA_prev、dW、db。",
        HALF,
    ),
    mistake(
        "dense-weights-and-bias-exchanged",
        _model_back(result=_exchanged("dW2", "db2")),
        "`dW2` and `db2` are exchanged: `dense_backward` returns dA_prev, dW, db.",
        "`dW2` 和 `db2` 弄反了：`dense_backward` 返回 dA_prev、dW、db。",
        HALF,
    ),
    mistake(
        "input-for-weights",
        _model_back(conv=lambda dZ, cache: (None, *conv_backward(dZ, cache)[:2])),
        "The results of `conv_backward` are taken apart wrongly: first dA_prev, then dW, then db.",
        "`conv_backward` 的结果拆错了：先 dA_prev，再 dW，再 db。",
        HALF,
    ),
    mistake(
        "first-layer-missing",
        _model_back(result=lambda g: {name: g[name] for name in ("dW2", "db2")}),
        "Only the dense layer's gradients come back; the convolution's `dW1` and `db1` are missing.",
        "只返回了全连接层的梯度，还缺卷积层的 `dW1` 和 `db1`。",
    ),
    mistake(
        "biases-missing",
        _model_back(result=lambda g: {name: g[name] for name in ("dW1", "dW2")}),
        "Only the weights' gradients come back; `db1` and `db2` are missing.",
        "只返回了权重的梯度，还缺 `db1` 和 `db2`。",
        HALF,
    ),
    mistake(
        "columns-first-unflattened",
        _model_back(back=lambda dF, shape: dF.reshape(shape, order="F")),
        "The gradient is given its shape back in Fortran's order; leave `order` out of the reshape.",
        "变回原来的形状时用了 Fortran 顺序；reshape 里不要写 `order`。",
        HALF,
    ),
    mistake(
        "channels-first-unflattened",
        _model_back(
            back=lambda dF, shape: dF.reshape(shape[0], shape[3], shape[1], shape[2]).transpose(0, 2, 3, 1)
        ),
        "The gradient is given its shape back with the channels first; undo just what the forward pass did: "
        "`dF1.reshape(shape)`.",
        "变回原来的形状时把通道放在了前面；只要撤销前向所做的：`dF1.reshape(shape)`。",
        HALF,
    ),
    mistake(
        "sign",
        _model_back(result=lambda g: {name: -value for name, value in g.items()}),
        "All gradients have the wrong sign: the minus belongs to `update`.",
        "所有梯度的符号都反了：负号属于 `update`。",
        HALF,
    ),
    NOTHING_RETURNED,
)
