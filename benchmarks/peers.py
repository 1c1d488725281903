"""The other libraries, in an environment of their own under the cache folder, made by hash from peers.lock and sources.lock.

    python = environment()
    answer = fit(python, "als", split, settings, ranking, threads)    # {"seconds": ..., "peak_mb": ...}
"""
import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT / "tools" / "setup"))
from setup import Setup  # noqa: E402  pylint: disable=wrong-import-position


def environment():
    """The interpreter of the peers' environment: made once (a minute or two), then found. Errors: SetupError."""
    setup = Setup()
    setup.cache.mkdir(parents=True, exist_ok=True)
    return setup.environment("peers", HERE / "peers.lock", HERE / "sources.lock")


def fit(interpreter, model, split, settings, ranking, threads):
    """Fits `model` on the folder `split` (train.tsv, test.tsv), writes its lists for the users of the test, says what it took."""
    # implicit runs its own threads and asks that the BLAS has none besides.
    blas = 1 if model in ("als", "bpr", "item_knn") else threads
    words = [str(interpreter), str(HERE / "peer.py"), model, str(split), str(ranking), json.dumps({**settings, "threads": threads})]
    done = subprocess.run(words, check=False, capture_output=True, text=True,
                          env={**os.environ, "OPENBLAS_NUM_THREADS": str(blas), "OMP_NUM_THREADS": str(threads)})
    if done.returncode != 0:
        raise RuntimeError(f"the peer '{model}' ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])
