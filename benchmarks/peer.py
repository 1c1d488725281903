"""One fit by another library, timed by itself in its own process. Run by peers.py, with the peers' Python.

    peer.py MODEL SPLIT_FOLDER RANKING SETTINGS_JSON

MODEL: als, bpr, item_knn (implicit), warp (lightfm), ease (numpy). The time is that of fit() alone, data in memory before.
"""
import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
import scipy.sparse as sparse

LENGTH = 50


def load(file, positive_from=None):
    """Columns user, item of a file with a head line; rows below `positive_from` are seen but not liked."""
    with open(file, encoding="utf-8") as lines:
        columns = len(next(lines).split("\t"))
    wanted = (0, 1, 2) if positive_from is not None and columns > 2 else (0, 1)
    rows = np.loadtxt(file, delimiter="\t", skiprows=1, usecols=wanted, dtype=np.float64, ndmin=2)
    liked = rows[:, 2] >= positive_from if len(wanted) == 3 else np.ones(len(rows), bool)
    return rows[:, 0].astype(np.int64), rows[:, 1].astype(np.int64), liked


def als(data, settings):
    from implicit.als import AlternatingLeastSquares
    # Their confidence is alpha where ours is 1 + alpha.
    model = AlternatingLeastSquares(factors=settings["factors"], regularization=settings["regularization"],
                                    alpha=1 + settings["alpha"], iterations=settings["iterations"], random_state=settings["seed"],
                                    num_threads=settings["threads"], use_gpu=False)
    model.cg_steps = settings["cg_steps"]  # no argument of its constructor; 3 by itself
    return model, data


def bpr(data, settings):
    from implicit.bpr import BayesianPersonalizedRanking
    return BayesianPersonalizedRanking(factors=settings["factors"], learning_rate=settings["learning_rate"],
                                       regularization=settings["regularization"], iterations=settings["iterations"],
                                       random_state=settings["seed"], num_threads=settings["threads"], use_gpu=False), data


def item_knn(data, settings):
    from implicit.nearest_neighbours import CosineRecommender
    return CosineRecommender(K=settings["neighbours"] + 1, num_threads=settings["threads"]), data  # theirs counts the item itself


def fit_warp(data, settings):
    from lightfm import LightFM
    model = LightFM(no_components=settings["factors"], loss="warp", learning_rate=settings["learning_rate"],
                    random_state=settings["seed"], max_sampled=settings.get("max_trials", 10))
    coo = data.tocoo()
    begun = time.perf_counter()
    model.fit(coo, epochs=settings["iterations"], num_threads=settings["threads"])
    seconds = time.perf_counter() - begun
    return seconds, lambda user: model.user_embeddings[user] @ model.item_embeddings.T + model.item_biases


def fit_ease(data, settings):
    begun = time.perf_counter()
    gram = (data.T @ data).toarray().astype(np.float32)
    diagonal = np.diag_indices(gram.shape[0])
    gram[diagonal] += settings["lambda"]
    inverse = np.linalg.inv(gram)
    weights = inverse / -np.diag(inverse)
    weights[diagonal] = 0
    seconds = time.perf_counter() - begun
    return seconds, lambda user: data[user].toarray()[0] @ weights


def fit_with_implicit(name, data, settings):
    model, matrix = {"als": als, "bpr": bpr, "item_knn": item_knn}[name](data, settings)
    begun = time.perf_counter()
    model.fit(matrix, show_progress=False)
    seconds = time.perf_counter() - begun
    if name == "item_knn":
        return seconds, lambda user: (data[user] @ model.similarity).toarray()[0]
    return seconds, lambda user: model.user_factors[user] @ model.item_factors.T


def main():
    name, folder, ranking, settings = sys.argv[1], Path(sys.argv[2]), sys.argv[3], json.loads(sys.argv[4])
    settings = {"seed": 1, **settings}
    user_ids, item_ids, liked = load(folder / "train.tsv", settings.get("positive_from"))
    users, user_rows = np.unique(user_ids, return_inverse=True)
    items, item_rows = np.unique(item_ids, return_inverse=True)
    shape = (len(users), len(items))
    data = sparse.csr_matrix((np.ones(liked.sum(), np.float32), (user_rows[liked], item_rows[liked])), shape=shape)
    seen = sparse.csr_matrix((np.ones(len(user_rows), np.float32), (user_rows, item_rows)), shape=shape)
    own = {"warp": fit_warp, "ease": fit_ease}
    seconds, score = own[name](data, settings) if name in own else fit_with_implicit(name, data, settings)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    asked = np.unique(load(folder / "test.tsv")[0])
    with open(ranking, "w", encoding="utf-8") as out:
        for user in asked[np.isin(asked, users)]:
            row = np.searchsorted(users, user)
            scores = np.array(score(row), np.float64)
            scores[seen[row].indices] = -np.inf
            best = np.argsort(-scores, kind="stable")[:LENGTH]
            out.write(" ".join([str(user), *(str(items[i]) for i in best)]) + "\n")
    print(json.dumps({"seconds": seconds, "peak_mb": peak}))


main()
