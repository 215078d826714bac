"""Known mistakes of `count_parameters`."""

from __future__ import annotations

from reference.cnn_fast.layers import counted
from reference.cnn_fast.mistakes.common import NOTHING_RETURNED, made

COUNT_PARAMETERS = (
    *made(
        counted,
        (
            "biases-forgotten",
            dict(conv=lambda f, before, n, _: f * f * before * n, dense=lambda before, n: before * n),
            "The biases are forgotten: there is one for each filter, and one for each neuron.",
            "忘了偏置：每个滤波器有一个，每个神经元有一个。",
        ),
        (
            "conv-biases-forgotten",
            dict(conv=lambda f, before, n, _: f * f * before * n),
            "The biases of the convolution layers are forgotten: there is one for each filter.",
            "忘了卷积层的偏置：每个滤波器有一个。",
        ),
        (
            "dense-biases-forgotten",
            dict(dense=lambda before, n: before * n),
            "The biases of the dense layer are forgotten: there is one for each of its n outputs.",
            "忘了全连接层的偏置：n 个输出各有一个。",
        ),
        (
            "channels-forgotten",
            dict(conv=lambda f, before, n, _: f * f * n + n),
            "A filter reaches through all channels of its input: f * f * n_C_prev weights each.",
            "滤波器要穿过输入的所有通道：每个有 f * f * n_C_prev 个权重。",
        ),
        (
            "one-filter-only",
            dict(conv=lambda f, before, n, _: f * f * before + 1),
            "Only one filter is counted; a layer has n_C of them.",
            "只数了一个滤波器，一层有 n_C 个。",
        ),
        (
            "f-not-squared",
            dict(conv=lambda f, before, n, _: f * before * n + n),
            "A filter is f high and f wide: f * f, not f.",
            "滤波器高 f 宽 f：是 f * f，不是 f。",
        ),
        (
            "one-bias-for-a-layer",
            dict(conv=lambda f, before, n, _: f * f * before * n + 1, dense=lambda before, n: before * n + 1),
            "One bias is counted for a whole layer; each filter and each neuron has its own.",
            "整层只算了一个偏置，每个滤波器、每个神经元各有一个。",
        ),
        (
            "bias-for-each-weight",
            dict(conv=lambda f, before, n, _: 2 * f * f * before * n),
            "A bias is counted for each weight; there is one for a whole filter.",
            "给每个权重都算了一个偏置；整个滤波器只有一个。",
        ),
        (
            "bias-for-each-channel",
            dict(conv=lambda f, before, n, _: (f * f + 1) * before * n),
            "A bias is counted for each channel of the input; there is one for a whole filter.",
            "给输入的每个通道都算了一个偏置；整个滤波器只有一个。",
        ),
        (
            "pooling-counted",
            dict(pool=lambda f: f * f),
            "A pooling layer has nothing to learn: it adds no parameters.",
            "池化层没有要学的参数，不用算。",
        ),
        (
            "bias-per-input",
            dict(dense=lambda before, n: before * n + before),
            "The dense layer has one bias for each output, n of them, not one for each input.",
            "全连接层的偏置是每个输出一个，共 n 个，不是每个输入一个。",
        ),
        (
            "dense-forgotten",
            dict(dense=lambda before, n: 0),
            "The dense layers are not counted: each has n_prev * n weights and n biases.",
            "没有算全连接层：每层有 n_prev * n 个权重和 n 个偏置。",
        ),
        (
            "conv-forgotten",
            dict(conv=lambda f, before, n, _: 0),
            "The convolution layers are not counted: each has f * f * n_C_prev * n_C weights and n_C biases.",
            "没有算卷积层：每层有 f * f * n_C_prev * n_C 个权重和 n_C 个偏置。",
        ),
        (
            "last-layer-only",
            dict(total=lambda numbers: numbers[-1]),
            "Only the last layer is counted: add the layers up.",
            "只算了最后一层，各层要相加。",
        ),
        (
            "first-layer-only",
            dict(total=lambda numbers: numbers[0]),
            "Only the first layer is counted: a `return` stands inside the loop.",
            "只算了第一层：`return` 写在循环里面了。",
        ),
        (
            "a-number-for-each-layer",
            dict(total=lambda numbers: numbers),
            "It returns a number for each layer; return their sum.",
            "返回的是每层一个数，应当返回它们的和。",
        ),
        (
            "as-large-as-the-stride",
            dict(conv=lambda f, before, n, layer: (f * f * before * n + n) // layer["stride"] ** 2),
            "The stride changes how often a filter is used, not how many weights it has.",
            "步幅只影响滤波器用多少次，不影响权重的个数。",
        ),
    ),
    NOTHING_RETURNED,
)
