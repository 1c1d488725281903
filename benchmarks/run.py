#!/usr/bin/env python3
"""Medley against other libraries: the same simulated split, the same cores, the same model, in turn, several rounds in one run.

    benchmarks/run.py [--events 1e5 1e6] [--rounds 3] [--only als bpr ... sequential top_k] [--json FILE] [--results FILE]

Time is that of the fit alone, data in memory before; medians over the rounds. Memory is the peak of the whole process. Quality is
NDCG@10 of both sides' lists for the same users, judged here. The sequential recommender is held against Python torch on
amazon-beauty (sequential.py), exact search against the memory's bandwidth (top_k.cpp). Writes benchmarks/RESULTS.md unless --results says otherwise.
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
import sequential
from peers import MEDLEY, ROOT, cores

BEAUTY = Path(os.environ.get("MEDLEY_SHARED", ROOT.parent / "shared")) / "data" / "amazon-beauty" / "Beauty.txt"

# name: the other library; the settings of both sides; how many times faster we are to be. A list of settings is tried from the
# left: a side is timed with the first that comes within 1 % of the best quality the other library reached with any of its own.
CONTESTS = {
    "als": ("implicit 0.7.3",
            [{"factors": 64, "iterations": 15, "alpha": 10, "regularization": 10, "cg_steps": steps} for steps in (1, 2, 3)],
            [{"factors": 64, "iterations": 15, "alpha": 10, "regularization": 10, "cg_steps": steps} for steps in (1, 2, 3)], 3),
    "bpr": ("implicit 0.7.3", [{"factors": 64, "passes": passes, "recency_power": 0} for passes in (1, 2, 4, 8, 16, 32, 64)],
            [{"factors": 64, "iterations": passes, "learning_rate": rate, "regularization": penalty}
             for passes in (3, 5, 10, 20, 40) for rate in (0.01, 0.02, 0.04) for penalty in (0.01, 0.03)], 3),
    "warp": ("lightfm 1.17", [{"factors": 64, "passes": passes, "recency_power": 0} for passes in (1, 2, 4, 8, 16, 32)],
             [{"factors": 64, "iterations": passes, "learning_rate": 0.05} for passes in (2, 5, 10, 20)], 5),
    "item_knn": ("implicit 0.7.3", [{"neighbours": 200, "shrinkage": 0, "recency_power": 0}], [{"neighbours": 200}], 3),
    "ease": ("numpy 2.4.6 + OpenBLAS", [{"lambda": 400, "recency_power": 0}], [{"lambda": 400}], 1),
}
EQUAL = 0.99


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


class Side:
    """One side of a contest: fits with settings, and knows what it took and how good the lists were."""

    def __init__(self, name, fit, choices, ranking, test):
        self.name, self.fit, self.choices, self.ranking, self.test = name, fit, choices, ranking, test

    def run(self, settings):
        answer = self.fit(settings, self.ranking)
        return {**answer, "ndcg": judge(self.ranking, self.test)}

    def try_all(self, enough=math.inf):
        """(NDCG@10, settings) of each choice, until one is good enough."""
        tried = []
        for settings in self.choices:
            tried.append((self.run(settings)["ndcg"] if len(self.choices) > 1 else 0, settings))
            if len(self.choices) > 1:
                print(f"    {self.name} with {settings}: NDCG@10 {tried[-1][0]:.4f}", flush=True)
            if tried[-1][0] >= enough:
                break
        return tried


def contest(name, ours, split, python, rounds, folder):
    """Both sides in turn; returns the row of the table."""
    library, our_choices, their_choices, wanted = CONTESTS[name]
    sides = {"ours": Side("ours", lambda settings, ranking: ours.fit(name, settings, ranking), our_choices,
                          folder / f"{name}.ours.txt", split / "test.tsv"),
             "theirs": Side("theirs", lambda settings, ranking: peers.fit(python, name, split, settings, ranking, cores()), their_choices,
                            folder / f"{name}.theirs.txt", split / "test.tsv")}
    tried = sides["theirs"].try_all()
    enough = EQUAL * max(ndcg for ndcg, _ in tried)
    chosen = {"theirs": next(settings for ndcg, settings in tried if ndcg >= enough)}
    tried = sides["ours"].try_all(enough)
    chosen["ours"] = next((settings for ndcg, settings in tried if ndcg >= enough), max(tried, key=lambda one: one[0])[1])
    answers = {"ours": [], "theirs": []}
    for turn in range(rounds):
        for side in ("ours", "theirs") if turn % 2 == 0 else ("theirs", "ours"):
            answers[side].append(sides[side].run(chosen[side]))
    row = {"model": name, "library": library, "wanted": wanted, "settings": chosen}
    for side, measured in answers.items():
        row[side] = {figure: statistics.median(answer[figure] for answer in measured) for figure in ("seconds", "peak_mb", "ndcg")}
    row["ratio"] = row["theirs"]["seconds"] / max(1e-9, row["ours"]["seconds"])
    return row


def rows_of(report):
    """The contests' tables as Markdown lines."""
    for events, rows in report["contests"].items():
        yield from (f"## {int(float(events)):,} events", "",
                    "| model | against | ours | theirs | times as fast | wanted | our MB | their MB | our NDCG@10 | their NDCG@10 |",
                    "|---|---|---|---|---|---|---|---|---|---|")
        for row in rows:
            ours, theirs = row["ours"], row["theirs"]
            yield (f"| {row['model']} | {row['library']} | {ours['seconds']:.3g} s | {theirs['seconds']:.3g} s | "
                   f"{row['ratio']:.2f} | {row['wanted']} | {ours['peak_mb']:.0f} | {theirs['peak_mb']:.0f} | "
                   f"{ours['ndcg']:.4f} | {theirs['ndcg']:.4f} |")
        yield ""
        for row in rows:
            yield f"- {row['model']}: ours {json.dumps(row['settings']['ours'])}, theirs {json.dumps(row['settings']['theirs'])}"
        yield ""


def write_results(file, report, rounds):
    """The whole report as Markdown; the machine is described by what matters to time, never named."""
    lines = ["# Results", "", f"Made by `make bench` on {datetime.date.today()}, {cores()} cores "
             f"({platform.machine()}), medians of {rounds} rounds in turn. Time: the fit alone. Memory: peak of the whole process. "
             "Quality: NDCG@10 on the same users. Both sides have the same model; what each was given stands below the table.", "",
             *rows_of(report)]
    if "sequential" in report:
        found = report["sequential"]
        lines += ["## Sequential, amazon-beauty", "", f"Time to a validation NDCG@10 of {found['level']:.4f}, training and validating.", "",
                  "| side | seconds | times as long as ours |", "|---|---|---|"]
        lines += [f"| {side} | {took:.1f} | {took / found['seconds']['medley']:.2f} |" for side, took in found["seconds"].items()] + [""]
    if "top_k" in report:
        found = report["top_k"]
        lines += ["## Exact top-k", "", f"{found['rows']:,} vectors of {found['dimension']}, the best {found['k']}: {found['search_ms']:.1f} ms, "
                  f"{found['search_gb_s']:.1f} GB/s of the {found['memory_gb_s']:.1f} that memory gives: {found['share']:.2f}.", ""]
    Path(file).write_text("\n".join(lines), encoding="utf-8")


def measure(options):
    """The report: {"contests": {events: [row, ...]}, "sequential": ..., "top_k": ...}, of what was asked for."""
    python = peers.environment()
    report = {"contests": {}}
    with tempfile.TemporaryDirectory(prefix="medley-bench-") as temporary:
        for events in options.events:
            names = [name for name in options.only if name in CONTESTS]
            if not names:
                break
            folder = Path(temporary) / events
            split = folder / "split"
            subprocess.run([str(python), str(ROOT / "benchmarks" / "market.py"), events, str(split)], check=True)
            ours = Ours(split, folder)
            rows = report["contests"][events] = []
            for name in names:
                row = contest(name, ours, split, python, options.rounds, folder)
                rows.append(row)
                print(f"{events} {name}: {row['ours']['seconds']:.3g} s against {row['theirs']['seconds']:.3g} s of {row['library']}: "
                      f"{row['ratio']:.2f} times as fast (wanted {row['wanted']}); NDCG@10 {row['ours']['ndcg']:.4f} against "
                      f"{row['theirs']['ndcg']:.4f}", flush=True)
    if "sequential" in options.only:
        if BEAUTY.is_file():
            report["sequential"] = sequential.contest(BEAUTY, max(1, options.rounds // 3))
        else:
            print(f"sequential: {BEAUTY} is not there (MEDLEY_SHARED names the folder): left out", flush=True)
    if "top_k" in options.only:
        report["top_k"] = json.loads(subprocess.run([str(MEDLEY.parent / "bench_top_k")], check=True, capture_output=True, text=True).stdout)
        print(f"top_k: {report['top_k']['share']:.2f} of the bandwidth of memory", flush=True)
    return report


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    everything = [*CONTESTS, "sequential", "top_k"]
    parser.add_argument("--events", nargs="+", default=["1e5", "1e6"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=everything, default=everything)
    parser.add_argument("--json", help="also write the figures here")
    parser.add_argument("--results", help="where the tables go (default: RESULTS.md beside this script, when everything was run)")
    options = parser.parse_args()
    report = measure(options)
    results = options.results or (ROOT / "benchmarks" / "RESULTS.md" if options.only == everything else None)
    if results:
        write_results(results, report, options.rounds)
    if options.json:
        Path(options.json).write_text(json.dumps(report, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
