"""What the scripts of this folder share: the release build, a place to work, figures, and the verdict.

    from proof import Proof
    proof = Proof("1.4", "the encoding pipeline and the import keep up")
    proof.medley("init", folder)
    proof.figure("events/s", rate, at_least=150_000)
    proof.end()

Every figure is printed as it comes, with its bar; `end` prints the verdict last and exits with 1 when a bar was missed.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
BIN = ROOT / "build" / "release" / "bin"


class Proof:
    def __init__(self, number, claim, parser=None, full="nothing more: all is run in any case"):
        """`full`: what --full adds."""
        parser = parser or argparse.ArgumentParser(description=claim)
        parser.add_argument("--full", action="store_true", help=full)
        parser.add_argument("--keep", action="store_true", help="keep the working folder")
        self.options = parser.parse_args()
        self.number = number
        self.missed = []
        self.children = []
        print(f"{number}: {claim}", flush=True)
        if not os.environ.get("MEDLEY_ACCEPTANCE_BUILT"):
            subprocess.run(["make", "--no-print-directory", "build"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="medley-proof-"))

    def medley(self, *words, check=True, cwd=None, env=None):
        """Runs the program; returns the finished process with its output as text."""
        done = subprocess.run([str(BIN / "medley"), *map(str, words)], cwd=cwd or self.folder, text=True, check=False,
                              capture_output=True, env={**os.environ, **(env or {})})
        if check and done.returncode not in (0, 1):
            sys.stderr.write(done.stderr[-2000:])
            self.stop(f"medley {' '.join(map(str, words))} ended with {done.returncode}")
        return done

    def start(self, *words, cwd=None, stderr=None):
        """Starts the program beside the script; it is ended with it."""
        child = subprocess.Popen([str(BIN / "medley"), *map(str, words)], cwd=cwd or self.folder, text=True,
                                 stdout=subprocess.PIPE, stderr=stderr or subprocess.DEVNULL)
        self.children.append(child)
        return child

    def figure(self, name, value, at_least=None, at_most=None):
        """Prints a figure with its bar and remembers whether it was met."""
        shown = f"{value:.4g}" if isinstance(value, float) else str(value)
        if isinstance(value, float) and abs(value) >= 1000:
            shown = f"{value:,.0f}"
        good = (at_least is None or value >= at_least) and (at_most is None or value <= at_most)
        bar = f"  (at least {at_least:,})" if at_least is not None else f"  (at most {at_most:,})" if at_most is not None else ""
        print(f"  {name}: {shown}{bar}{'' if good else '  MISSED'}", flush=True)
        if not good:
            self.missed.append(name)

    def say(self, text):
        print(f"  {text}", flush=True)

    def stop(self, why):
        """Ends at once, not met."""
        self.missed.append(why)
        self.end()

    def skip(self, why):
        """Ends at once, neither met nor missed: exit status 77."""
        shutil.rmtree(self.folder, ignore_errors=True)
        print(f"{self.number}: SKIPPED: {why}")
        sys.exit(77)

    def end(self):
        for child in self.children:
            child.terminate()
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
        if self.options.keep:
            print(f"  kept in {self.folder}")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)
        if self.missed:
            print(f"{self.number}: NOT MET: " + "; ".join(self.missed))
            sys.exit(1)
        print(f"{self.number}: met")
        sys.exit(0)


def shared_data():
    """The folder of real data, which the environment can name; it need not be there."""
    return pathlib.Path(os.environ.get("MEDLEY_SHARED", ROOT.parent / "shared")) / "data"


def referee(test, rankings, places, baselines=(), masks=()):
    """What the data folder's own score.py says: {"recall": value, "ndcg": value, "gain recall": (mean, low, high), "gain ndcg": ...}.
    `masks`: files whose pairs don't count in a ranking."""
    words = [sys.executable, str(shared_data() / "score.py"), "--test", str(test), "-k", str(places)]
    for ranking in rankings:
        words += ["--run", str(ranking)]
    for baseline in baselines:
        words += ["--base", str(baseline)]
    for mask in masks:
        words += ["--mask", str(mask)]
    text = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    out = {name.lower(): float(value) for name, value in re.findall(r"^(Recall|NDCG)@\d+ ([0-9.]+)", text, re.M)}
    for name, *values in re.findall(r"^paired gain (Recall|NDCG)@\d+ (\S+) \[(\S+), (\S+)\]", text, re.M):
        out["gain " + name.lower()] = tuple(map(float, values))
    return out


def change_settings(workspace, section, lines):
    """Puts `lines` into a section of medley.toml, as if its comments were taken off them."""
    path = workspace / "medley.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(f"[{section}]\n", f"[{section}]\n{lines}\n", 1), encoding="utf-8")


def last_json(text):
    """The last line of `text` that is a JSON object."""
    for line in reversed(text.splitlines()):
        if line.startswith("{"):
            return json.loads(line)
    raise ValueError("no JSON line in the output")


def get(url, timeout=30):
    with urllib.request.urlopen(url, timeout=timeout) as answer:
        return json.load(answer)


def wait_for_port(child, seconds=60):
    """Reads the line in which a server says where it listens; returns the address."""
    end = time.time() + seconds
    while time.time() < end:
        line = child.stdout.readline()
        if not line and child.poll() is not None:
            break
        if "listens on http://" in line:
            return line.split("listens on ")[1].split()[0]
    raise RuntimeError("the server did not say where it listens")


def wait_until_ready(address, seconds=120):
    """Until the server's search and its text encoder are there."""
    end = time.time() + seconds
    while time.time() < end:
        try:
            get(f"{address}/api/v1/search?q=ready&n=1")
            if get(f"{address}/api/v1/health/ready").get("text_encoder") != "loading":
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise RuntimeError("the server's search did not get ready")
