"""EfficientNet-Lite0 as an OpenVINO IR.

Input: image u8 [batch, 224, 224, 3], RGB. Outputs: features f32 [batch, 1280] (mean over the last map), logits [batch, 1000].
The normalisation (x - 127) / 128 and TensorFlow's SAME padding are in the graph; batch normalisation is folded into the
weights. Lite has no squeeze-and-excitation, and ReLU6 throughout.
"""
import numpy as np
import openvino as ov
from openvino import opset13 as op

from torch_checkpoint import read_tensors

EPSILON = 1e-3
STEM_CHANNELS = 32
# repeats, kernel, stride of the first, expansion, output channels
STAGES = [(1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192),
          (1, 3, 1, 6, 320)]


def blocks():
    """The 16 inverted residual blocks: (index, stride, expands, skips)."""
    index, inputs = 0, STEM_CHANNELS
    for repeats, _, stride, expansion, outputs in STAGES:
        for repeat in range(repeats):
            step = stride if repeat == 0 else 1
            yield index, step, expansion != 1, step == 1 and inputs == outputs
            index, inputs = index + 1, outputs


def folded(tensors, convolution, norm):
    """Weights and bias of a convolution with the batch normalisation behind it."""
    scale = tensors[f"{norm}.weight"].astype(np.float64) / np.sqrt(tensors[f"{norm}.running_var"].astype(np.float64) + EPSILON)
    weights = tensors[f"{convolution}.weight"].astype(np.float64) * scale.reshape(-1, 1, 1, 1)
    return weights, tensors[f"{norm}.bias"] - tensors[f"{norm}.running_mean"] * scale


def floats(values):
    return op.constant(np.ascontiguousarray(values, np.float32))


def build(tensors):
    """The network as an openvino.Model."""
    def convolve(x, convolution, norm, stride=1, depthwise=False, activation=True):
        weights, bias = folded(tensors, convolution, norm)
        padding = "same_upper" if weights.shape[2] > 1 else "valid"
        if depthwise:
            weights = weights[:, None]
        apply = op.group_convolution if depthwise else op.convolution
        y = apply(x, floats(weights), [stride, stride], [0, 0], [0, 0], [1, 1], auto_pad=padding)
        y = op.add(y, floats(bias.reshape(1, -1, 1, 1)))
        return op.clamp(y, 0.0, 6.0) if activation else y

    image = op.parameter([-1, 224, 224, 3], np.uint8, name="image")
    image.output(0).set_names({"image"})
    x = op.divide(op.subtract(op.convert(image, "f32"), floats(127)), floats(128))
    x = op.transpose(x, op.constant([0, 3, 1, 2]))
    x = convolve(x, "_conv_stem", "_bn0", stride=2)
    for index, stride, expands, skips in blocks():
        name = f"_blocks.{index}."
        y = convolve(x, name + "_expand_conv", name + "_bn0") if expands else x
        y = convolve(y, name + "_depthwise_conv", name + "_bn1", stride, depthwise=True)
        y = convolve(y, name + "_project_conv", name + "_bn2", activation=False)
        x = op.add(y, x) if skips else y
    x = convolve(x, "_conv_head", "_bn1")
    features = op.reduce_mean(x, op.constant([2, 3]), False)
    features.output(0).set_names({"features"})
    logits = op.matmul(features, floats(tensors["_fc.weight"]), False, True)
    logits = op.add(logits, floats(tensors["_fc.bias"].reshape(1, -1)))
    logits.output(0).set_names({"logits"})
    return ov.Model([op.result(features), op.result(logits)], [image], "efficientnet_lite0")


def make(checkpoint, folder):
    """Writes network.xml/.bin into `folder`."""
    ov.save_model(build(read_tensors(checkpoint)), folder / "network.xml", compress_to_fp16=True)
    return {"network": "network.xml", "weights": "network.bin"}
