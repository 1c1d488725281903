"""Self-attention over histories in Python torch, one JSON line an epoch. Run by sequential.py, with Debian's python3-torch.

    peer_sequential.py SEQUENCES LAYOUT SETTINGS_JSON

SEQUENCES: a line a user: who, then what, oldest first. The last item of each is left alone (it is the test's); the one before is
validated on. LAYOUT: `padded`, a row of max_length places a user, filled from the right, as such programs usually do it; `packed`,
short histories share a row and cannot see each other. The model is the block `sasrec` of `medley`, trained with the whole softmax.
"""
import json
import math
import random
import sys
import time

import torch
from torch import nn
from torch.nn import functional

PLACES = 10


class Layer(nn.Module):
    def __init__(self, width, heads, dropout, attention_dropout):
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.dense = (nn.Linear(width, width) for _ in range(4))
        self.widen, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.norm, self.wide_norm = nn.LayerNorm(width), nn.LayerNorm(width)
        self.drop, self.attention_drop = nn.Dropout(dropout), nn.Dropout(attention_dropout)

    def forward(self, x, mask):
        rows, places, width = x.shape
        query, key, value = (part(x).view(rows, places, self.heads, -1).transpose(1, 2) for part in (self.query, self.key, self.value))
        scores = query @ key.transpose(2, 3) / math.sqrt(width / self.heads) + mask
        mixed = (self.attention_drop(functional.softmax(scores, dim=-1)) @ value).transpose(1, 2).reshape(rows, places, width)
        x = self.norm(x + self.drop(self.dense(mixed)))
        return self.wide_norm(x + self.drop(self.narrow(functional.gelu(self.widen(x)))))


class Network(nn.Module):
    def __init__(self, items, settings):
        super().__init__()
        width = settings["dimension"]
        self.items = nn.Embedding(items + 1, width, padding_idx=0)
        self.places = nn.Embedding(settings["max_length"], width)
        for table in (self.items, self.places):
            nn.init.normal_(table.weight, std=0.02)
        self.norm, self.drop = nn.LayerNorm(width), nn.Dropout(settings["dropout"])
        self.layers = nn.ModuleList(Layer(width, settings["heads"], settings["dropout"], settings["attention_dropout"])
                                    for _ in range(settings["layers"]))

    def forward(self, tokens, places, mask):
        x = self.drop(self.norm(self.items(tokens) + self.places(places)))
        for layer in self.layers:
            x = layer(x, mask)
        return x


def pad(pieces, width):
    """A row a piece, filled from the right: tokens, places, targets, segments (0: blank)."""
    rows = []
    for piece in pieces:
        blank = width - len(piece) + 1
        rows.append(([0] * blank + piece[:-1], [0] * blank + list(range(len(piece) - 1)), [0] * blank + piece[1:],
                     [0] * blank + [1] * (len(piece) - 1)))
    return rows


def pack(pieces, width):
    """The longest first, each into the first row that has room."""
    rows = []
    for piece in sorted(pieces, key=len, reverse=True):
        length = len(piece) - 1
        row = next((row for row in rows if len(row[0]) + length <= width), None)
        if row is None:
            row = ([], [], [], [])
            rows.append(row)
        segment = row[3][-1] + 1 if row[3] else 1
        for column, values in zip(row, (piece[:-1], range(length), piece[1:], [segment] * length)):
            column.extend(values)
    longest = max(len(row[0]) for row in rows)
    return [tuple(column + [0] * (longest - len(column)) for column in row) for row in rows]


def tensors(rows):
    tokens, places, targets, segments = (torch.tensor(column) for column in zip(*rows))
    width = tokens.shape[1]
    sees = (segments.unsqueeze(1) == segments.unsqueeze(2)) & torch.ones(width, width, dtype=torch.bool).tril()
    return tokens, places, targets, torch.where(sees, 0.0, -1e9).unsqueeze(1)


def validate(network, held_out, width):
    """NDCG@10 of each one's last item among all it has not had."""
    network.eval()
    gain = 0.0
    with torch.no_grad():
        for begin in range(0, len(held_out), 256):
            some = held_out[begin:begin + 256]
            tokens, places, _, mask = tensors(pad([sequence[-width - 1:] for sequence in some], width))
            scores = network(tokens, places, mask)[:, -1] @ network.items.weight.T
            scores[:, 0] = -math.inf
            for row, sequence in enumerate(some):
                own = scores[row, sequence[-1]].item()
                scores[row, sequence[:-1]] = -math.inf
                place = int((scores[row] > own).sum())
                gain += 1 / math.log2(place + 2) if place < PLACES else 0
    network.train()
    return gain / len(held_out)


def cut(sequence, width):
    """Pieces of width + 1 from the end, each beginning with what the one before it ended with."""
    end = len(sequence)
    while end >= 2:
        length = min(end, width + 1)
        yield sequence[end - length:end]
        end -= length - 1


def main():
    file, layout, settings = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
    torch.manual_seed(settings["seed"])
    torch.set_num_threads(settings["threads"])
    drawn = random.Random(settings["seed"])
    with open(file, encoding="utf-8") as lines:
        sequences = [[int(word) for word in line.split()[1:-1]] for line in lines]
    sequences = [sequence for sequence in sequences if len(sequence) >= 3]
    width = settings["max_length"]
    held_out = drawn.sample(sequences, min(len(sequences), settings["validation_users"]))
    held = set(map(id, held_out))
    pieces = [piece for sequence in sequences for piece in cut(sequence[:-1] if id(sequence) in held else sequence, width)]
    network = Network(max(map(max, sequences)), settings)
    optimizer = torch.optim.Adam(network.parameters(), lr=settings["learning_rate"])
    begun = time.perf_counter()
    for epoch in range(1, settings["epochs"] + 1):
        drawn.shuffle(pieces)
        total, begin, asked = 0.0, 0, 0
        while begin < len(pieces):
            end, targets = begin, 0
            while end < len(pieces) and targets < settings["batch"]:
                targets += len(pieces[end]) - 1
                end += 1
            tokens, places, wanted, mask = tensors((pad if layout == "padded" else pack)(pieces[begin:end], width))
            filled = wanted > 0
            scores = network(tokens, places, mask)[filled] @ network.items.weight.T
            loss = functional.cross_entropy(scores, wanted[filled])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            total, asked, begin = total + loss.item() * targets, asked + targets, end
        print(json.dumps({"epoch": epoch, "loss": total / asked, "ndcg": validate(network, held_out, width),
                          "seconds": time.perf_counter() - begun}), flush=True)


main()
