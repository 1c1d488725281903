"""llama.cpp's own server with the pack's language model.

    address = serve(proof, program(proof), KEY)
"""
import json
import os
import pathlib
import socket
import subprocess
import sys
import time
import urllib.request

from proof import ROOT

sys.path.insert(0, str(ROOT / "tools/setup"))
from setup import Setup, SetupError  # noqa: E402


def weights(proof):
    """The file of the pack's language model; None: the pack has none."""
    for line in proof.medley("models", "list", "--json").stdout.splitlines():
        model = json.loads(line)
        if model["name"] == "smollm2-135m":
            return next(pathlib.Path(model["folder"]).glob("*.gguf"))
    return None


def program(proof):
    """The server's program, built where it is not yet."""
    try:
        return Setup().llama_server()
    except SetupError as error:
        proof.stop(f"llama.cpp's server can't be built: {error}")
    return None


def serve(proof, server, key):
    """Starts `server` for as long as the proof runs; its address."""
    model = weights(proof)
    if model is None:
        proof.skip("the model pack has no language model")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    proof.children.append(subprocess.Popen(
        [server, "-m", model, "--port", str(port), "-c", "4096", "-np", "1", "--api-key", key],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "OMP_WAIT_POLICY": "passive"}))
    for _ in range(240):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5)
            return f"http://127.0.0.1:{port}/v1"
        except OSError:
            time.sleep(0.5)
    proof.stop("llama.cpp's server does not start")
    return None
