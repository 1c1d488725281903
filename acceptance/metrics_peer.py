"""The metrics of acceptance/2.5 by other software: ranx, scikit-learn, scipy; or from the definition where neither has one.

    metrics_peer.py CASE.json VALUES.json

Runs in the environment of acceptance/metrics.lock. The case holds rankings without repeats and masks; the values come by user.
"""
import itertools
import json
import sys

import numpy
import ranx
import scipy.stats
import sklearn.calibration
import sklearn.metrics
import sklearn.metrics.pairwise

RANX = {"recall": "recall", "ndcg": "ndcg", "precision": "precision", "hit_rate": "hit_rate", "f1": "f1", "mrr": "mrr", "map": "map"}


def by_ranx(case, users, k):
    """Scores that fall with the place: ranx sorts, and the places are what is judged."""
    truth = {user: {item: 1 for item in case["test"][user]} for user in users}
    places = {user: {item: 1000.0 - place for place, item in enumerate(case["rankings"].get(user, []))} or {"nothing": 1.0}
              for user in users}
    names = [f"{name}@{k}" for name in RANX.values()]
    scores = ranx.evaluate(ranx.Qrels(truth), ranx.Run(places), names, return_mean=False)
    order = list(ranx.Qrels(truth).keys())
    values = {}
    for ours, theirs in RANX.items():
        of = dict(zip(order, map(float, scores[f"{theirs}@{k}"])))
        # ranx divides average precision by all relevant items, Medley by those that k places can hold.
        most = {user: len(truth[user]) / min(k, len(truth[user])) if ours == "map" else 1 for user in users}
        values[f"{ours}@{k}"] = [of[user] * most[user] for user in users]
    return values


def beyond(case, users, k):
    lists = {user: case["rankings"].get(user, [])[:k] for user in users}
    catalogue = case["items"]
    had = {item: 0 for item in catalogue}
    for items in case["train"].values():
        for item in set(items):
            had[item] += 1
    popular = set(sorted(catalogue, key=lambda item: -had[item])[:k])
    names = sorted({name for own in case["categories"].values() for name in own})
    matrix = {item: numpy.array([name in case["categories"].get(item, []) for name in names], float) for item in catalogue}
    values = {f"{name}@{k}": [] for name in ("novelty", "serendipity", "diversity", "calibration")}

    def shares(items):
        votes = [matrix[item] / matrix[item].sum() for item in items if matrix[item].any()]
        return numpy.mean(votes, axis=0) if votes else numpy.zeros(len(names))

    for user in users:
        chosen = lists[user]
        bits = [-numpy.log2(max(0.5, had[item]) / case["users"]) for item in chosen]
        values[f"novelty@{k}"].append(float(numpy.mean(bits)) if bits else None)
        values[f"serendipity@{k}"].append(len((set(chosen) & set(case["test"][user])) - popular) / k)
        rows = [matrix[item] for item in chosen if matrix[item].any()]
        apart = sklearn.metrics.pairwise.cosine_distances(rows)[numpy.triu_indices(len(rows), 1)] if len(rows) > 1 else []
        values[f"diversity@{k}"].append(float(numpy.mean(apart)) if len(apart) else None)
        past = shares(dict.fromkeys(case["train"].get(user, [])))
        mixed = 0.99 * shares(chosen) + 0.01 * past
        # scipy brings both to a sum of 1 first: the sum of the mixture comes back as its logarithm.
        divergence = scipy.stats.entropy(past, mixed) - numpy.log(mixed.sum()) if past.any() else None
        values[f"calibration@{k}"].append(None if divergence is None else float(divergence))
    times = numpy.array([sum(item in chosen for chosen in lists.values()) for item in catalogue], float)
    values[f"coverage@{k}"] = float((times > 0).mean())
    apart = sum(abs(a - b) for a, b in itertools.product(times, times))
    values[f"gini@{k}"] = float(apart / (2 * len(times) ** 2 * times.mean()))
    return values


def labels(rows):
    truth = numpy.array([row[2] for row in rows])
    predicted = numpy.array([row[3] for row in rows])
    said = predicted >= 0.5
    grouped = {}
    for user, _, true, score in rows:
        grouped.setdefault(user, []).append((true, score))
    mixed = [pairs for pairs in grouped.values() if len({true for true, _ in pairs}) == 2]
    weights = [len(pairs) for pairs in mixed]
    aucs = [sklearn.metrics.roc_auc_score(*zip(*pairs)) for pairs in mixed]
    share, mean = sklearn.calibration.calibration_curve(truth, predicted, n_bins=10, strategy="uniform")
    bins = numpy.searchsorted(numpy.linspace(0, 1, 11)[1:-1], predicted)
    sizes = [size for size in numpy.bincount(bins, minlength=10) if size]
    return {"accuracy": sklearn.metrics.accuracy_score(truth, said), "precision": sklearn.metrics.precision_score(truth, said),
            "recall": sklearn.metrics.recall_score(truth, said), "f1": sklearn.metrics.f1_score(truth, said),
            "auc": sklearn.metrics.roc_auc_score(truth, predicted), "gauc": float(numpy.average(aucs, weights=weights)),
            "log_loss": sklearn.metrics.log_loss(truth, predicted),
            "calibration_error": float(numpy.average(numpy.abs(share - mean), weights=sizes)),
            "rmse": sklearn.metrics.root_mean_squared_error(truth, predicted),
            "mae": sklearn.metrics.mean_absolute_error(truth, predicted)}


def ratings(rows):
    truth, predicted = [row[2] for row in rows], [row[3] for row in rows]
    return {"rmse": sklearn.metrics.root_mean_squared_error(truth, predicted),
            "mae": sklearn.metrics.mean_absolute_error(truth, predicted)}


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        case = json.load(file)
    users = case["judged"]
    values = {}
    for k in case["ks"]:
        values |= by_ranx(case, users, k) | beyond(case, users, k)
    out = {"rankings": values, "labels": labels(case["labels"]), "ratings": ratings(case["ratings"])}
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        json.dump(out, file, default=float)


main()
