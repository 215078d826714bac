"""Known mistakes of `receptive_field`."""

from __future__ import annotations

from nbexaminer.checks import Mistake, Text
from reference.cnn_fast.layers import seen
from reference.cnn_fast.mistakes.common import NOTHING_RETURNED, made


def _jump_first(layers):
    side = jump = 1
    for layer in layers:
        jump *= layer["stride"]
        side += (layer["f"] - 1) * jump
    return side


RECEPTIVE_FIELD = (
    *made(
        seen,
        (
            "stride-ignored",
            dict(further=lambda jump, stride: jump),
            "The strides are ignored: behind a layer of stride 2, neighbours are twice as far apart in "
            "the input, "
            "so all later windows reach twice as far.",
            "没有理会步幅：经过步幅为 2 的层，相邻两个数在输入里就隔了两倍远，后面的窗口也就看得两倍宽。",
        ),
    ),
    Mistake(
        "stride-too-early",
        _jump_first,
        Text(
            "A layer's own stride is counted in its own window; it counts for the layers behind it only: "
            "first the "
            "new side, then the new distance.",
            "把这一层的步幅算进了它自己的窗口；步幅只影响后面的层：先更新边长，再更新间距。",
        ),
    ),
    *made(
        seen,
        (
            "f-not-less-one",
            dict(wider=lambda side, jump, f, stride, pad: side + f * jump),
            "A window of f adds f - 1 neighbours to what one number sees: its first entry was there already.",
            "大小为 f 的窗口只多看 f - 1 个邻居：第一个原来就在里面。",
        ),
        (
            "starts-at-zero",
            dict(side=0),
            "It starts from 0; before the first layer, a number sees one pixel, itself.",
            "从 0 开始了；第一层之前，一个数看得到一个像素，就是它自己。",
        ),
        (
            "sides-multiplied",
            dict(wider=lambda side, jump, f, stride, pad: side * f),
            "The windows are multiplied; neighbouring windows overlap, so each layer adds (f - 1) * "
            "distance.",
            "把窗口大小相乘了；相邻窗口有重叠，每层只增加 (f - 1) * 间距。",
        ),
        (
            "sides-added",
            dict(side=0, wider=lambda side, jump, f, stride, pad: side + f),
            "The sizes of the windows are added up; each layer adds (f - 1) * distance.",
            "把窗口大小相加了；每层增加的是 (f - 1) * 间距。",
        ),
        (
            "strides-added",
            dict(further=lambda jump, stride: jump + stride),
            "The strides are added; distances multiply: two layers of stride 2 make a distance of 4, and "
            "stride 1 "
            "changes nothing.",
            "步幅是相加的；间距应当相乘：两层步幅 2 得到间距 4，步幅 1 不改变间距。",
        ),
        (
            "last-stride-only",
            dict(further=lambda jump, stride: stride),
            "Only the stride of the layer before is counted; the strides of all layers before multiply.",
            "只算了前一层的步幅；前面各层的步幅要连乘。",
        ),
        (
            "distance-of-f",
            dict(wider=lambda side, jump, f, stride, pad: side + (f - 1) * stride),
            "Each layer is counted with its own stride alone; use the product of the strides of the "
            "layers before.",
            "每层只用了自己的步幅；应当用前面各层步幅的乘积。",
        ),
        (
            "backward-formula-forwards",
            dict(wider=lambda side, jump, f, stride, pad: (side - 1) * stride + f),
            "Formula and direction don't go together: `side + (f - 1) * distance` goes from the first "
            "layer to "
            "the last, `(side - 1) * stride + f` from the last to the first.",
            "公式和方向对不上：`边长 + (f - 1) * 间距` 是从第一层往后算，`(边长 - 1) * stride + f` "
            "是从最后一层往前算。",
        ),
        (
            "pooling-forgotten",
            dict(kinds=("conv",)),
            "The pooling layers are left out; they have windows and strides, too.",
            "漏了池化层，它也有窗口和步幅。",
        ),
        (
            "pooling-adds-nothing",
            dict(wider=lambda side, jump, f, stride, pad: side if f == stride else side + (f - 1) * jump),
            "The windows of the pooling layers are left out; they add (f - 1) * distance, too.",
            "漏了池化层的窗口，它同样增加 (f - 1) * 间距。",
        ),
        (
            "padding-added",
            dict(wider=lambda side, jump, f, stride, pad: side + (f - 1) * jump + 2 * pad),
            "The padding is added; it moves the window, but does not make it larger.",
            "把填充也加上了；填充只移动窗口，不会让它变大。",
        ),
        (
            "padding-subtracted",
            dict(wider=lambda side, jump, f, stride, pad: side + (f - 1 - 2 * pad) * jump),
            "The padding is taken off; it moves the window, but does not make it smaller.",
            "把填充减掉了；填充只移动窗口，不会让它变小。",
        ),
        (
            "distance-returned",
            dict(result=lambda side, jump: jump),
            "It returns the distance of two neighbours; return the side of the receptive field.",
            "返回的是相邻两个数的间距，应当返回感受野的边长。",
        ),
        (
            "area-returned",
            dict(result=lambda side, jump: side * side),
            "It returns the area; return the side.",
            "返回的是面积，应当返回边长。",
        ),
    ),
    NOTHING_RETURNED,
)
