"""musicnn and its log-mel front end in numpy alone: what the fast path is compared with."""
import numpy as np

RATE, WINDOW, HOP, BANDS, FRAMES = 16000, 512, 256, 96, 187
EPSILON = 1e-3


def mel_filters():
    """Slaney's triangles, each of equal area: [bands, bins]."""
    linear_step, log_start = 200 / 3, 1000.0
    start_mel, log_step = log_start / linear_step, np.log(6.4) / 27

    def to_mel(hz):
        return hz / linear_step if hz < log_start else start_mel + np.log(hz / log_start) / log_step

    def to_hz(mel):
        return mel * linear_step if mel < start_mel else log_start * np.exp(log_step * (mel - start_mel))

    corners = [to_hz(mel) for mel in np.linspace(0, to_mel(RATE / 2), BANDS + 2)]
    bins = np.arange(WINDOW // 2 + 1) * RATE / WINDOW
    filters = np.zeros((BANDS, len(bins)))
    for band in range(BANDS):
        low, centre, high = corners[band:band + 3]
        rising, falling = (bins - low) / (centre - low), (high - bins) / (high - centre)
        filters[band] = np.maximum(0, np.minimum(rising, falling)) * 2 / (high - low)
    return filters


def log_mel(samples):
    """samples: float [n] at 16 kHz. Returns [1 + n // 256, 96]."""
    padded = np.pad(samples.astype(np.float64), WINDOW // 2)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)
    count = 1 + (len(padded) - WINDOW) // HOP
    frames = np.stack([padded[i * HOP:i * HOP + WINDOW] * window for i in range(count)])
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    return np.log10(10000 * power @ mel_filters().T + 1)


class Network:
    def __init__(self, tensors):
        self.tensors = {name: values.astype(np.float64) for name, values in tensors.items()}

    def norm(self, x, index):
        """Over the last axis."""
        name = "batch_normalization" + (f"_{index}" if index else "")
        t = self.tensors
        x = (x - t[f"{name}/moving_mean"]) / np.sqrt(t[f"{name}/moving_variance"] + EPSILON)
        return x * t[f"{name}/gamma"] + t[f"{name}/beta"]

    def convolve(self, x, index, before, after):
        """x [time, band, channel], padded along time; ReLU."""
        name = "conv2d" + (f"_{index}" if index else "")
        kernel = self.tensors[f"{name}/kernel"]
        padded = np.pad(x, ((before, after), (0, 0), (0, 0)))
        views = np.lib.stride_tricks.sliding_window_view(padded, kernel.shape[:2], axis=(0, 1))
        return np.maximum(np.einsum("tbchw,hwco->tbo", views, kernel, optimize=True) + self.tensors[f"{name}/bias"], 0)

    def embedding(self, mel):
        """mel [187, 96]. Returns 200 numbers."""
        x = self.norm(mel[:, :, None], 0)
        fronts = []
        for index in range(5):
            length = self.tensors["conv2d" + (f"_{index}" if index else "") + "/kernel"].shape[0]
            before, after = (3, 3) if index < 2 else ((length - 1) // 2, length - 1 - (length - 1) // 2)
            fronts.append(self.norm(self.convolve(x, index, before, after), index + 1).max(axis=1))
        front = np.concatenate(fronts, axis=1)

        def middle(h, convolution, norm):
            return self.norm(self.convolve(h[:, :, None], convolution, 3, 3), norm)[:, 0]

        first = middle(front, 5, 6)
        second = middle(first, 6, 7) + first
        third = middle(second, 7, 8) + second
        x = np.concatenate([front, first, second, third], axis=1)
        pooled = np.stack([x.max(axis=0), x.mean(axis=0)], axis=1).reshape(-1)
        dense = self.norm(pooled, 9) @ self.tensors["dense/kernel"] + self.tensors["dense/bias"]
        return self.norm(np.maximum(dense, 0), 10)

    def of_sound(self, samples):
        mel = log_mel(samples)
        count = max(len(mel) // FRAMES, 1)
        repeated = mel[np.arange(count * FRAMES) % len(mel)]
        return np.mean([self.embedding(patch) for patch in repeated.reshape(count, FRAMES, BANDS)], axis=0)
