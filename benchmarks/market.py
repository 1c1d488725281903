"""Simulated behaviour of any size, as a split. Run with the peers' Python (numpy).

    market.py EVENTS FOLDER [SEED]

Shaped like MovieLens: users and items grow with the 0.8th and the 0.4th power of the events, activity is log-normal, items'
popularity falls by a power law, and each user picks, among items they come across by popularity, those near their taste. Writes
train.tsv, test.tsv (user, item, rating, time; the last fifth of up to 1,000 users) and items.csv.
"""
import sys
from pathlib import Path

import numpy as np

FACTORS = 12
TESTED = 1000


def shape_of(events):
    """Users and items: 943 x 1,682 at 1e5 and about 6,000 x 4,200 at 1e6."""
    return round(943 * (events / 1e5) ** 0.8), round(1682 * (events / 1e5) ** 0.4)


def activities(rng, events, users, items):
    """How many items each user takes: log-normal, 20 at least, `events` in all or nearly."""
    counts = rng.lognormal(0, 1.1, users)
    counts = 20 + counts / counts.sum() * max(0, events - 20 * users)
    return np.minimum(counts, items // 3).astype(np.int64)


def main():
    events, folder = int(float(sys.argv[1])), Path(sys.argv[2])
    rng = np.random.default_rng(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    users, items = shape_of(events)
    folder.mkdir(parents=True, exist_ok=True)
    tastes = rng.normal(size=(users, FACTORS)).astype(np.float32)
    natures = rng.normal(size=(items, FACTORS)).astype(np.float32)
    cumulative = np.cumsum((1 + np.arange(items)) ** -0.8)
    cumulative /= cumulative[-1]
    counts = activities(rng, events, users, items)
    tested = set(rng.choice(users, min(TESTED, users), replace=False).tolist())
    head = "user\titem\trating\ttime\n"
    with open(folder / "train.tsv", "w", encoding="utf-8") as train, open(folder / "test.tsv", "w", encoding="utf-8") as test:
        train.write(head)
        test.write(head)
        for user in range(users):
            met = np.unique(np.searchsorted(cumulative, rng.random(4 * counts[user])))
            liking = natures[met] @ tastes[user] / np.sqrt(FACTORS) * 2 + rng.gumbel(size=len(met))
            taken = rng.permutation(met[np.argsort(-liking)[:counts[user]]])
            begun = 1_700_000_000 + int(rng.integers(0, 30_000_000))
            kept = len(taken) - len(taken) // 5 if user in tested else len(taken)
            lines = [f"{user}\t{item}\t5\t{begun + 60 * place}\n" for place, item in enumerate(taken)]
            train.writelines(lines[:kept])
            test.writelines(lines[kept:])
    with open(folder / "items.csv", "w", encoding="utf-8") as out:
        out.write("item,title\n")
        out.writelines(f"{item},Item {item}\n" for item in range(items))


main()
