#!/usr/bin/env python3
"""Medley against other libraries: the same simulated split, the same cores, the same model, in turn, several rounds in one run.

    benchmarks/run.py [--events 1e5 1e6] [--rounds 3] [--only als bpr ...] [--json FILE] [--results FILE]

Time is that of the fit alone, data in memory before; medians over the rounds. Memory is the peak of the whole process. Quality is
NDCG@10 of both sides' lists for the same users, judged here. Writes benchmarks/RESULTS.md unless --results says otherwise.
"""
import argparse
import datetime
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import peers

ROOT = peers.ROOT
MEDLEY = Path(os.environ.get("MEDLEY", ROOT / "build" / "release" / "bin" / "medley"))

# name: the other library; the settings of both sides; how many times faster we are to be.
CONTESTS = {
    "als": ("implicit 0.7.3", {"factors": 64, "iterations": 15, "alpha": 10, "regularization": 10},
            {"factors": 64, "iterations": 15, "alpha": 10, "regularization": 10}, 3),
    "bpr": ("implicit 0.7.3", {"factors": 64, "passes": 60, "learning_rate": 0.05, "regularization": 0.01},
            {"factors": 64, "iterations": 60, "learning_rate": 0.05, "regularization": 0.01}, 3),
    "warp": ("lightfm 1.17", {"factors": 64, "passes": 20}, {"factors": 64, "iterations": 20, "learning_rate": 0.05}, 5),
    "item_knn": ("implicit 0.7.3", {"neighbours": 200, "shrinkage": 0, "recency_power": 0}, {"neighbours": 200}, 3),
    "ease": ("numpy 2.4.6 + OpenBLAS", {"lambda": 400, "recency_power": 0}, {"lambda": 400}, 1),
}


def cores():
    return len(os.sched_getaffinity(0))


def judge(ranking, test, k=10):
    """Mean NDCG@k over the users of the test file; who has no list counts 0."""
    truth, lists = {}, {}
    with open(test, encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            user, item = line.split("\t")[:2]
            truth.setdefault(user, set()).add(item.strip())
    with open(ranking, encoding="utf-8") as lines:
        for line in lines:
            user, *items = line.split()
            lists[user] = items[:k]
    total = 0.0
    for user, wanted in truth.items():
        gain = sum(1 / math.log2(place + 2) for place, item in enumerate(lists.get(user, [])) if item in wanted)
        total += gain / sum(1 / math.log2(place + 2) for place in range(min(k, len(wanted))))
    return total / len(truth)


class Ours:
    """A workspace with the items of a split, in which `medley evaluate` is run."""

    def __init__(self, split, folder):
        self.split, self.shop = split, folder / "shop"
        for words in (("init", self.shop), ("-C", self.shop, "import", "csv", split / "items.csv", "--as", "items", "--map", "item=item")):
            subprocess.run([str(MEDLEY), *map(str, words)], check=True, capture_output=True)

    def fit(self, model, settings, ranking):
        words = [str(MEDLEY), "-C", str(self.shop), "evaluate", model, "--json", "-k", "10", "--train", str(self.split / "train.tsv"),
                 "--test", str(self.split / "test.tsv"), "--write-ranking", str(ranking)]
        for name, value in settings.items():
            words += ["--set", f"{model}.{name}={value}"]
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as errors:
            child = subprocess.Popen(words, stdout=out, stderr=errors, env={**os.environ, "MEDLEY_THREADS": str(cores())})
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0)
            errors.seek(0)
            if child.returncode != 0:
                raise RuntimeError(f"medley evaluate {model} ended with {child.returncode}:\n{errors.read()[-2000:]}")
            report = json.loads(out.read())
        return {"seconds": report["recommenders"][0]["fit_seconds"], "peak_mb": usage.ru_maxrss / 1024}


def contest(name, ours, split, python, rounds, folder):
    """Both sides in turn; returns the row of the table."""
    library, our_settings, their_settings, wanted = CONTESTS[name]
    sides = {"ours": [], "theirs": []}
    for turn in range(rounds):
        order = ("ours", "theirs") if turn % 2 == 0 else ("theirs", "ours")
        for side in order:
            ranking = folder / f"{name}.{side}.txt"
            if side == "ours":
                sides[side].append(ours.fit(name, our_settings, ranking))
            else:
                sides[side].append(peers.fit(python, name, split, their_settings, ranking, cores()))
    row = {"model": name, "library": library, "wanted": wanted}
    for side, answers in sides.items():
        row[side] = {"seconds": statistics.median(answer["seconds"] for answer in answers),
                     "peak_mb": statistics.median(answer["peak_mb"] for answer in answers),
                     "ndcg": judge(folder / f"{name}.{side}.txt", split / "test.tsv")}
    row["ratio"] = row["theirs"]["seconds"] / max(1e-9, row["ours"]["seconds"])
    return row


def write_results(file, tables, rounds):
    """The tables as Markdown; the machine is described by what matters to time, never named."""
    lines = ["# Results", "", f"Made by `benchmarks/run.py` on {datetime.date.today()}, {cores()} cores "
             f"({platform.machine()}), medians of {rounds} rounds in turn. Time: the fit alone. Memory: peak of the whole process. "
             "Quality: NDCG@10 on the same users. Both sides have the same model, size and number of passes (run.py has every setting).", ""]
    for events, rows in tables.items():
        lines += [f"## {int(float(events)):,} events", "",
                  "| model | against | ours | theirs | times as fast | wanted | our MB | their MB | our NDCG@10 | their NDCG@10 |",
                  "|---|---|---|---|---|---|---|---|---|---|"]
        for row in rows:
            ours, theirs = row["ours"], row["theirs"]
            lines.append(f"| {row['model']} | {row['library']} | {ours['seconds']:.3g} s | {theirs['seconds']:.3g} s | "
                         f"{row['ratio']:.2f} | {row['wanted']} | {ours['peak_mb']:.0f} | {theirs['peak_mb']:.0f} | "
                         f"{ours['ndcg']:.4f} | {theirs['ndcg']:.4f} |")
        lines.append("")
    Path(file).write_text("\n".join(lines), encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", nargs="+", default=["1e5", "1e6"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=CONTESTS, default=list(CONTESTS))
    parser.add_argument("--json", help="also write the figures here")
    parser.add_argument("--results", default=str(ROOT / "benchmarks" / "RESULTS.md"))
    options = parser.parse_args()
    python = peers.environment()
    tables = {}
    with tempfile.TemporaryDirectory(prefix="medley-bench-") as temporary:
        for events in options.events:
            folder = Path(temporary) / events
            split = folder / "split"
            subprocess.run([str(python), str(ROOT / "benchmarks" / "market.py"), events, str(split)], check=True)
            ours = Ours(split, folder)
            tables[events] = []
            for name in options.only:
                row = contest(name, ours, split, python, options.rounds, folder)
                tables[events].append(row)
                print(f"{events} {name}: {row['ours']['seconds']:.3g} s against {row['theirs']['seconds']:.3g} s of {row['library']}: "
                      f"{row['ratio']:.2f} times as fast (wanted {row['wanted']}); NDCG@10 {row['ours']['ndcg']:.4f} against "
                      f"{row['theirs']['ndcg']:.4f}", flush=True)
    write_results(options.results, tables, options.rounds)
    if options.json:
        Path(options.json).write_text(json.dumps(tables, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
