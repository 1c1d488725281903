"""A copy of the picture encoder that computes in 8 bits, calibrated on photos of one's own: int8.py --network NETWORK.xml --out NAME.xml PHOTO...

The weights of every convolution but the first two are rounded by output channel, what goes into it by the range that the photos give it. `medley models add
NAME.xml --modality image --set output=features` makes it the encoder. Photos are read by the ffmpeg program. Why it is done so:
docs/decisions/int8-encoders.md.
"""
import argparse
import subprocess
import sys

import numpy as np
import openvino as ov
from openvino import opset13 as op

SIDE = 224
CROP = 0.875
BATCH = 8
# Without VNNI, two products of 8 bits are added in 16, which overflow when weights use all 8: they get 7.
WEIGHT_STEPS = 63.5
LEVELS = 256
# The first convolutions, of the pixels themselves, stay whole: half of the loss is theirs and little of the time.
WHOLE = 2


def read_photo(path):
    crop = f"crop='min(iw,ih)*{CROP}':'min(iw,ih)*{CROP}',scale={SIDE}:{SIDE}:flags=bicubic"
    done = subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-vf", crop, "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
                          check=False, capture_output=True)
    if done.returncode != 0 or len(done.stdout) != SIDE * SIDE * 3:
        sys.exit(f"{path} is no photo that ffmpeg reads: {done.stderr.decode(errors='replace')[-300:]}")
    return np.frombuffer(done.stdout, np.uint8).reshape(SIDE, SIDE, 3)


def place_of(output):
    return output.get_node().get_friendly_name(), output.get_index()


def rounded_convolutions(model):
    return [node for node in model.get_ordered_ops() if node.get_type_name() in ("Convolution", "GroupConvolution")][WHOLE:]


def inputs_of(core, path, photos):
    """The least and the greatest value that goes into each convolution to be rounded, and the mean by channel, by the place it comes from."""
    model = core.read_model(path)
    shown = {}
    for node in rounded_convolutions(model):
        shown.setdefault(place_of(node.input_value(0)), node.input_value(0))
    for output in shown.values():
        model.add_outputs(output)
    compiled = core.compile_model(model, "CPU")
    found = {}
    for begin in range(0, len(photos), BATCH):
        results = compiled([photos[begin:begin + BATCH]])
        for index, output in enumerate(model.outputs):
            place = place_of(output.get_node().input_value(0))
            if place in shown:
                value = results[index]
                least, greatest, mean = found.get(place, (0.0, 0.0, 0.0))
                found[place] = (min(least, float(value.min())), max(greatest, float(value.max())),
                                mean + value.mean(axis=(2, 3), dtype=np.float64).sum(axis=0) / len(photos))
    return found


def rounded(values, low, high, levels):
    low, high = (op.constant(np.asarray(end, np.float32)) for end in (low, high))
    return op.fake_quantize(values, low, high, low, high, levels)


def value_of(core, output):
    return core.compile_model(ov.Model([op.result(output)], []), "CPU")([])[0]


def ends_of(weights, own):
    """Where the weights of each output channel are cut off so that rounding costs least."""
    greatest = np.maximum(np.abs(weights).max(axis=own, keepdims=True), 1e-12)
    best, least = greatest, np.inf
    for share in np.linspace(0.6, 1, 17):
        step = share * greatest / WEIGHT_STEPS
        error = ((np.clip(np.round(weights / step), -np.floor(WEIGHT_STEPS), np.floor(WEIGHT_STEPS)) * step - weights) ** 2).sum(
            axis=own, keepdims=True)
        best, least = np.where(error < least, share * greatest, best), np.minimum(error, least)
    return best


def correct_bias(core, node, weights, kept, mean):
    """What rounding the weights takes from a channel's mean goes into the bias behind it (Nagel et al. 2019)."""
    grouped = node.get_type_name() == "GroupConvolution"
    lost = (weights - kept).sum(axis=(-2, -1))
    shift = (lost[:, 0, 0] * mean) if grouped else lost @ mean
    (consumer,) = node.output(0).get_target_inputs()
    addition = consumer.get_node()
    if addition.get_type_name() != "Add":
        return
    bias = value_of(core, addition.input_value(1))
    addition.input(1).replace_source_output(op.constant((bias + shift.reshape(bias.shape)).astype(np.float32)).output(0))


def quantise(core, path, photos):
    """The network with its roundings marked; the runtime makes 8-bit arithmetic of them."""
    found = inputs_of(core, path, photos)
    model = core.read_model(path)
    inputs = {}
    for node in rounded_convolutions(model):
        place = place_of(node.input_value(0))
        least, greatest, mean = found[place]
        if place not in inputs:
            if least < 0:
                # 0 is one of the levels.
                step = max(-least, greatest * LEVELS / 2 / (LEVELS / 2 - 1)) / (LEVELS / 2)
                least, greatest = -step * LEVELS / 2, step * (LEVELS / 2 - 1)
            inputs[place] = rounded(node.input_value(0), least, greatest, LEVELS)
        weights = value_of(core, node.input_value(1)).astype(np.float32)
        own = tuple(range(1 if node.get_type_name() == "Convolution" else 2, weights.ndim))
        cut = ends_of(weights, own).astype(np.float32)
        end = cut * 127 / WEIGHT_STEPS
        node.input(0).replace_source_output(inputs[place].output(0))
        marked = rounded(op.constant(np.clip(weights, -cut, cut)), -end, end, LEVELS - 1)
        node.input(1).replace_source_output(marked.output(0))
        correct_bias(core, node, weights, value_of(core, marked.output(0)), mean)
    model.validate_nodes_and_infer_types()
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("photos", nargs="+", help="some dozens, like those that will be encoded")
    options = parser.parse_args()
    photos = np.stack([read_photo(path) for path in options.photos])
    ov.save_model(quantise(ov.Core(), options.network, photos), options.out, compress_to_fp16=False)


if __name__ == "__main__":
    main()
