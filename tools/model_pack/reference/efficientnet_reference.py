"""EfficientNet-Lite0 in numpy alone, batch normalisation unfolded: what the fast path is compared with."""
import numpy as np

EPSILON = 1e-3
# kernel, stride, expansion, output channels; one row a block
BLOCKS = [(3, 1, 1, 16), (3, 2, 6, 24), (3, 1, 6, 24), (5, 2, 6, 40), (5, 1, 6, 40), (3, 2, 6, 80), (3, 1, 6, 80), (3, 1, 6, 80),
          (5, 1, 6, 112), (5, 1, 6, 112), (5, 1, 6, 112), (5, 2, 6, 192), (5, 1, 6, 192), (5, 1, 6, 192), (5, 1, 6, 192),
          (3, 1, 6, 320)]


class Network:
    """Maps are [height, width, channels]."""

    def __init__(self, tensors):
        self.tensors = {name: values.astype(np.float64) for name, values in tensors.items()}

    def norm(self, x, name):
        t = self.tensors
        x = (x - t[f"{name}.running_mean"]) / np.sqrt(t[f"{name}.running_var"] + EPSILON)
        return x * t[f"{name}.weight"] + t[f"{name}.bias"]

    @staticmethod
    def shifted(x, kernel, stride):
        """The input under each position of the kernel, with TensorFlow's SAME padding: (row, column, map)."""
        size = x.shape[0]
        outputs = -(-size // stride)
        total = max((outputs - 1) * stride + kernel - size, 0)
        padded = np.pad(x, ((total // 2, total - total // 2),) * 2 + ((0, 0),))
        for row in range(kernel):
            for column in range(kernel):
                yield row, column, padded[row:row + outputs * stride:stride, column:column + outputs * stride:stride][:outputs, :outputs]

    def convolve(self, x, name, stride=1):
        weights = self.tensors[f"{name}.weight"]
        return sum(part @ weights[:, :, row, column].T for row, column, part in self.shifted(x, weights.shape[2], stride))

    def depthwise(self, x, name, stride):
        weights = self.tensors[f"{name}.weight"]
        return sum(part * weights[:, 0, row, column] for row, column, part in self.shifted(x, weights.shape[2], stride))

    def features(self, pixels):
        """pixels: u8 [224, 224, 3] RGB. Returns 1280 numbers."""
        def relu6(x):
            return np.clip(x, 0, 6)

        x = (pixels.astype(np.float64) - 127) / 128
        x = relu6(self.norm(self.convolve(x, "_conv_stem", 2), "_bn0"))
        for index, (kernel, stride, expansion, outputs) in enumerate(BLOCKS):
            name = f"_blocks.{index}."
            assert self.tensors[name + "_depthwise_conv.weight"].shape[2] == kernel
            y = relu6(self.norm(self.convolve(x, name + "_expand_conv"), name + "_bn0")) if expansion > 1 else x
            y = relu6(self.norm(self.depthwise(y, name + "_depthwise_conv", stride), name + "_bn1"))
            y = self.norm(self.convolve(y, name + "_project_conv"), name + "_bn2")
            x = x + y if stride == 1 and x.shape[2] == outputs else y
        x = relu6(self.norm(self.convolve(x, "_conv_head"), "_bn1"))
        return x.mean(axis=(0, 1))
