"""The other libraries, in an environment of their own under the cache folder, made by hash from peers.lock and sources.lock.

    python = environment()
    answer = fit(python, "als", split, settings, ranking, threads)    # {"seconds": ..., "peak_mb": ...}
"""
import json
import os
import subprocess
import sys
from pathlib import Path

# Debian's torch is the libtorch that ours is linked with, so that both sides run the same kernels.
DEBIAN_PYTHON = "/usr/bin/python3"
HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
MEDLEY = Path(os.environ.get("MEDLEY", ROOT / "build" / "release" / "bin" / "medley"))
sys.path.insert(0, str(ROOT / "tools" / "setup"))
from setup import Setup  # noqa: E402  pylint: disable=wrong-import-position


def cores():
    return len(os.sched_getaffinity(0))


def environment():
    """The interpreter of the peers' environment: made once (a minute or two), then found. Errors: SetupError."""
    setup = Setup()
    setup.cache.mkdir(parents=True, exist_ok=True)
    return setup.environment("peers", HERE / "peers.lock", HERE / "sources.lock")


def debian_torch():
    """Sees to it that DEBIAN_PYTHON has torch. Errors: SetupError, with the line to run, when not root."""
    Setup().apt(["python3-torch"])


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
