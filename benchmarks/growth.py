#!/usr/bin/env python3
"""How time and memory grow with the events: each recommender at several sizes, and the exponent fitted through them.

    benchmarks/growth.py [--events 1e5 1e6] [--only als ...] [--json FILE]

Users grow with the 0.8th power of the events, items with the 0.4th (market.py). content and bilinear are not here: the market's items
have no content. Time is that of the fit, the smallest of --rounds;
memory the peak of the process over that of one that fits `popularity`, so that the catalogue and the split don't count.
"""
import argparse
import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path

import peers
from peers import ROOT
from run import Ours

# What each is fitted with: few enough passes that 10^7 events end; growth does not hang on them.
SETTINGS = {
    "popularity": {}, "latest": {}, "item_knn": {}, "user_knn": {}, "sequence": {}, "session_knn": {}, "ease": {},
    "als": {"iterations": 5}, "bpr": {"passes": 5}, "warp": {"passes": 3}, "biased_mf": {"passes": 5},
    "factorisation_machine": {"passes": 3}, "two_tower": {"epochs": 1, "patience": 0},
    "sequential": {"epochs": 1, "patience": 0, "loss": "sampled"},
    "hybrid": {"components": "item_knn,sequence,popularity"},
}


def slope(points):
    """The exponent of a power law through (events, value), by least squares on the logarithms."""
    xs = [math.log(events) for events, _ in points]
    ys = [math.log(max(1e-9, value)) for _, value in points]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys)) / max(1e-12, sum((a - x) ** 2 for a in xs))


def measure(name, ours, folder, rounds):
    fits = [ours.fit(name, SETTINGS[name], folder / f"{name}.txt") for _ in range(rounds)]
    return min(fit["seconds"] for fit in fits), min(fit["peak_mb"] for fit in fits)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", nargs="+", default=["1e5", "1e6"])
    parser.add_argument("--only", nargs="+", choices=SETTINGS, default=list(SETTINGS))
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--json", help="also write the figures here")
    options = parser.parse_args()
    python = peers.environment()
    found = {name: [] for name in options.only}
    with tempfile.TemporaryDirectory(prefix="medley-growth-") as temporary:
        for events in options.events:
            folder = Path(temporary) / events
            split = folder / "split"
            subprocess.run([str(python), str(ROOT / "benchmarks" / "market.py"), events, str(split)], check=True)
            with open(split / "train.tsv", encoding="utf-8") as lines:
                count = sum(1 for _ in lines) - 1
            ours = Ours(split, folder)
            base = measure("popularity", ours, folder, 1)[1]
            for name in options.only:
                seconds, peak = measure(name, ours, folder, options.rounds)
                found[name].append({"events": count, "seconds": seconds, "mb": max(1.0, peak - base), "base_mb": base})
                print(f"{count:,} events, {name}: {seconds:.3g} s, {max(0.0, peak - base):.0f} MB over {base:.0f} MB", flush=True)
    report = {}
    for name, points in found.items():
        report[name] = {"points": points, "time_exponent": slope([(p["events"], p["seconds"]) for p in points]),
                        "memory_exponent": slope([(p["events"], p["mb"]) for p in points])}
        print(f"{name}: time grows with events^{report[name]['time_exponent']:.2f}, memory with "
              f"events^{report[name]['memory_exponent']:.2f}", flush=True)
    if options.json:
        Path(options.json).write_text(json.dumps(report, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
