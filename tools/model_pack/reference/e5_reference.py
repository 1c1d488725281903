"""multilingual-e5-small in numpy alone: its own unigram tokenizer and its own forward pass, nothing of OpenVINO or llama.cpp.

Slow and plain on purpose: it is what the fast path is compared with.
"""
import math

import numpy as np

SPACE = "▁"
UNKNOWN_PENALTY = 10.0


class Tokenizer:
    """SentencePiece unigram: the segmentation of highest total score."""

    def __init__(self, model):
        self.model = model
        self.score = {piece.decode("utf-8", "surrogatepass"): (float(model.scores[i]), i)
                      for i, piece in enumerate(model.pieces) if i > model.unknown and i != model.pad}
        self.longest = max(len(piece) for piece in self.score)
        self.unknown_score = float(min(model.scores)) - UNKNOWN_PENALTY

    def normalise(self, text):
        mapped = []
        for character in text:
            replacement = self.model.normalisation.get(ord(character))
            mapped.append(character if replacement is None else "".join(map(chr, replacement)))
        words = "".join(mapped).split(" ")
        return SPACE + SPACE.join(word for word in words if word)

    def encode(self, text):
        """Token ids with the marks of beginning and end."""
        text = self.normalise(text)
        best = [(0.0, 0, self.model.bos)] + [(-math.inf, 0, 0)] * len(text)  # score, where the piece began, its id
        for begin in range(len(text)):
            so_far = best[begin][0]
            if so_far == -math.inf:
                continue
            for end in range(begin + 1, min(begin + self.longest, len(text)) + 1):
                score, token = self.score.get(text[begin:end], (None, None))
                if score is None and end == begin + 1:
                    score, token = self.unknown_score, self.model.unknown
                if score is not None and so_far + score > best[end][0]:
                    best[end] = (so_far + score, begin, token)
        tokens, at = [], len(text)
        while at > 0:
            _, begin, token = best[at]
            tokens.append(token)
            at = begin
        return [self.model.bos, *reversed(tokens), self.model.eos]


class Encoder:
    """The twelve layers on one text at a time."""

    def __init__(self, model):
        self.model = model
        self.words = model.dequantised("emb.word", (model.vocabulary, model.hidden))

    def linear(self, x, name, outputs, inputs):
        return x @ self.model.dequantised(f"{name}.w", (outputs, inputs)).T + self.model.floats(f"{name}.b")

    def norm(self, x, name):
        mean = x.mean(axis=-1, keepdims=True)
        variance = ((x - mean) ** 2).mean(axis=-1, keepdims=True)
        return (x - mean) / np.sqrt(variance + self.model.epsilon) * self.model.floats(f"{name}.w") + self.model.floats(f"{name}.b")

    def attention(self, x, layer):
        hidden, heads = self.model.hidden, self.model.heads
        size = hidden // heads
        query, key, value = (self.linear(x, f"l{layer}.{part}", hidden, hidden) for part in "qkv")
        out = np.empty_like(x)
        for head in range(heads):
            part = slice(head * size, (head + 1) * size)
            scores = query[:, part] @ key[:, part].T / math.sqrt(size)
            weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
            out[:, part] = weights / weights.sum(axis=-1, keepdims=True) @ value[:, part]
        return self.linear(out, f"l{layer}.ao", hidden, hidden)

    def vector(self, tokens):
        model = self.model
        positions = model.floats("emb.pos").reshape(model.positions, model.hidden)[:len(tokens)]
        x = self.norm(self.words[tokens] + positions + model.floats("emb.type")[:model.hidden], "emb.ln")
        erf = np.vectorize(math.erf)
        for layer in range(model.layers):
            x = self.norm(x + self.attention(x, layer), f"l{layer}.aln")
            wide = self.linear(x, f"l{layer}.fi", model.feed_forward, model.hidden)
            wide = 0.5 * wide * (1 + erf(wide / math.sqrt(2)))
            x = self.norm(x + self.linear(wide, f"l{layer}.fo", model.hidden, model.feed_forward), f"l{layer}.oln")
        mean = x.mean(axis=0)
        return mean / np.linalg.norm(mean)
