"""The sequential recommender against Python torch: how long until the same validation NDCG@10 on the same sequences, in turn, in one run.

    report = sequential.contest("Beauty.txt", rounds=1)

Three sides: `medley evaluate sequential`; torch with a padded row a user; torch packed as ours. The block is sasrec, the rest our
defaults. The level is 98 % of the least of the best figures of the three, read off between epochs in a straight line; time is that
of training and validating, data in memory before.
"""
import json
import os
import statistics
import subprocess
import tempfile
from pathlib import Path

import peers
from peers import MEDLEY, cores

HERE = Path(__file__).resolve().parent
EPOCHS = 6
SETTINGS = {"dimension": 64, "layers": 2, "heads": 1, "max_length": 50, "dropout": 0.5, "attention_dropout": 0.5, "learning_rate": 1e-3,
            "batch": 384, "validation_users": 10000}
LEVEL = 0.98


def ours(shop, _, epochs):
    """[(seconds, NDCG@10)] after each epoch."""
    words = [str(MEDLEY), "-C", str(shop), "evaluate", "sequential", "--protocol", "leave-one-out", "-k", "10", "--json"]
    settings = {**SETTINGS, "block": "sasrec", "epochs": epochs, "patience": 0, "refit": "false"}
    for name, value in settings.items():
        words += ["--set", f"sequential.{name}={value}"]
    done = subprocess.run(words, check=False, capture_output=True, text=True, env={**os.environ, "MEDLEY_THREADS": str(cores())})
    if done.returncode != 0:
        raise RuntimeError(f"medley evaluate sequential ended with {done.returncode}:\n{done.stderr[-2000:]}")
    (found,) = json.loads(done.stdout.splitlines()[-1])["recommenders"]
    curve = next(curve["values"] for curve in found["learning"] if curve["name"].startswith("validation"))
    # Epochs take the same time each; what comes before the first counts as theirs.
    return [(found["fit_seconds"] * epoch / len(curve), ndcg) for epoch, ndcg in enumerate(curve, 1)]


def theirs(layout):
    def run(_, sequences, epochs):
        settings = {**SETTINGS, "epochs": epochs, "seed": 1, "threads": cores()}
        done = subprocess.run([peers.DEBIAN_PYTHON, str(HERE / "peer_sequential.py"), str(sequences), layout, json.dumps(settings)],
                              check=False, capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": str(cores())})
        if done.returncode != 0:
            raise RuntimeError(f"torch, {layout}, ended with {done.returncode}:\n{done.stderr[-2000:]}")
        return [(line["seconds"], line["ndcg"]) for line in map(json.loads, done.stdout.splitlines())]
    return run


SIDES = {"medley": ours, "torch padded": theirs("padded"), "torch packed": theirs("packed")}


def time_to(curve, level):
    """When the straight lines between the points of `curve` first reach `level`."""
    before = (0.0, 0.0)
    for point in curve:
        if point[1] >= level:
            return before[0] + (point[0] - before[0]) * (level - before[1]) / max(1e-12, point[1] - before[1])
        before = point
    raise ValueError("never reached")


def contest(sequences, rounds):
    """{"level": NDCG@10, "seconds": {side: median}, "curves": {side: [[(seconds, NDCG@10), ...], ...]}}"""
    peers.debian_torch()
    curves = {side: [] for side in SIDES}
    with tempfile.TemporaryDirectory(prefix="medley-bench-") as folder:
        shop = Path(folder) / "shop"
        for words in (["init", shop], ["-C", shop, "import", "s3rec", sequences]):
            subprocess.run([str(MEDLEY), *map(str, words)], check=True, capture_output=True)
        for turn in range(rounds):
            for side in list(SIDES)[::1 if turn % 2 == 0 else -1]:
                curves[side].append(SIDES[side](shop, sequences, EPOCHS))
                print(f"{side}: " + "; ".join(f"{seconds:.1f} s {ndcg:.4f}" for seconds, ndcg in curves[side][-1]), flush=True)
    level = LEVEL * min(max(ndcg for _, ndcg in curve) for runs in curves.values() for curve in runs)
    seconds = {side: statistics.median(time_to(curve, level) for curve in runs) for side, runs in curves.items()}
    print(f"to a validation NDCG@10 of {level:.4f}: " + "; ".join(f"{side} {took:.1f} s" for side, took in seconds.items()), flush=True)
    return {"level": level, "seconds": seconds, "curves": curves}
