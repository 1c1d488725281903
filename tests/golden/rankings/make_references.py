#!/usr/bin/env python3
"""Makes events.tsv and the reference rankings beside it, from the papers' formulas, with numpy and nothing of Medley:

    python3 make_references.py        (numpy 2.x; run once, the results are committed)

Ranking: "user item item ..." best first; items of the user's history are left out; ties by item number.
"""
import pathlib

import numpy as np

HERE = pathlib.Path(__file__).parent
USERS, ITEMS, LENGTH = 80, 60, 10


def draw():
    """Users of four tastes who wander through the items of their taste, mostly in order."""
    rng = np.random.default_rng(20)
    events = []
    for user in range(USERS):
        at, seen = rng.integers(0, 15), set()
        for step in range(rng.integers(4, 14)):
            at = (at + rng.integers(1, 4)) % 15
            item = int(4 * at + (user % 4 if rng.random() < 0.8 else rng.integers(0, 4)))
            if item not in seen:
                seen.add(item)
                events.append((user, item, 1_000_000_000 + 86_400 * step + user))
    return events


def write(name, scores, histories):
    with open(HERE / (name + ".txt"), "w") as out:
        for user, history in enumerate(histories):
            order = np.lexsort((np.arange(ITEMS), -np.round(scores[user], 6)))
            allowed = [i for i in order if i not in history and np.isfinite(scores[user][i])][:LENGTH]
            out.write(" ".join(["u%d" % user] + ["i%d" % i for i in allowed]) + "\n")


def main():
    events = draw()
    with open(HERE / "events.tsv", "w") as out:
        out.write("user\titem\trating\ttime\n")
        for user, item, time in events:
            out.write(f"u{user}\ti{item}\t1\t{time}\n")
    histories = [[i for u, i, _ in events if u == user] for user in range(USERS)]
    x = np.zeros((USERS, ITEMS))
    for user, history in enumerate(histories):
        x[user, history] = 1
    counts = x.sum(0)
    unmet = counts == 0
    profile = np.zeros_like(x)
    for user, history in enumerate(histories):
        for rank, item in enumerate(history):
            profile[user, item] = (0.5 + 0.5 * (rank + 1) / len(history)) ** 4
    write("popularity", np.tile(counts, (USERS, 1)), histories)

    inverse = np.linalg.inv(x.T @ x + 20 * np.eye(ITEMS))
    weights = -inverse / np.diag(inverse)[None, :]
    np.fill_diagonal(weights, 0)
    scores = profile @ weights
    scores[:, unmet] = -np.inf
    write("ease", scores, histories)

    together = x.T @ x
    similar = together / (np.sqrt(np.outer(counts, counts)) + 10)
    np.fill_diagonal(similar, 0)
    scores = x @ similar
    scores[:, (similar > 0).sum(0) == 0] = -np.inf
    write("item_knn", scores, histories)

    near = np.zeros((ITEMS, ITEMS))
    for history in histories:
        for first in range(len(history)):
            for second in range(first + 1, min(len(history), first + 3)):
                weight = 0.9 ** (second - first - 1)
                near[history[first], history[second]] += weight
                near[history[second], history[first]] += 0.5 * weight
    linked = near / np.sqrt(np.outer(near.sum(1) + 5, near.sum(0) + 5))
    recent = np.zeros_like(x)
    for user, history in enumerate(histories):
        for age, item in enumerate(reversed(history)):
            recent[user, item] = 0.9 ** age
    scores = recent @ linked
    scores[:, near.sum(0) == 0] = -np.inf
    write("sequence", scores, histories)


main()
