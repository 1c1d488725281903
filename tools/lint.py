#!/usr/bin/env python3
"""Every check of the sources' form: clang-format, clang-tidy, the layers, and the console's own lint.

    lint.py --build FOLDER [--jobs N] [FILE...]      FILEs: only these C++ sources

clang-tidy takes seconds a file, so a clean result is remembered in the cache folder under the hash of the source, of every
header of ours that it includes, of its compile command, of .clang-tidy and of clang-tidy's version.
"""
import argparse
import concurrent.futures
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools/setup"))

from setup import cache_folder  # noqa: E402

FOLDERS = ("medley", "apps", "tests", "benchmarks", "examples")


def output_of(command, **options):
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", check=False, cwd=ROOT, **options)
    return done.returncode, done.stdout


def our_files(suffixes):
    """Tracked or new files of ours with these suffixes."""
    _, listing = output_of(["git", "ls-files", "--cached", "--others", "--exclude-standard", *FOLDERS])
    files = [ROOT / line for line in listing.splitlines() if Path(line).suffix in suffixes]
    return sorted(file for file in files if file.is_file())


def tidy_folders():
    """The folders that clang-tidy holds."""
    lines = (ROOT / "tools/tidy_modules.txt").read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


class TidyCache:
    """Remembers which sources were clean with which content."""

    def __init__(self, folder, version):
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self.base = hashlib.sha256((version + (ROOT / ".clang-tidy").read_text(encoding="utf-8")).encode()).hexdigest()
        self.digests = {}
        self.lock = threading.Lock()

    def digest(self, path):
        with self.lock:
            if path not in self.digests:
                file = ROOT / path
                self.digests[path] = hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else "missing"
            return self.digests[path]

    def entry(self, source, command):
        # A checkout elsewhere, with the same content, is as clean.
        command = command.replace(str(ROOT), "")
        key = hashlib.sha256(f"{self.base} {source.relative_to(ROOT)} {self.digest(source)} {command}".encode()).hexdigest()
        return self.folder / f"{key}.json"

    def is_clean(self, source, command):
        try:
            headers = json.loads(self.entry(source, command).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return False
        return all(self.digest(Path(path)) == digest for path, digest in headers.items())

    def remember(self, source, command, headers):
        entry = self.entry(source, command)
        aside = entry.with_suffix(f".{os.getpid()}.{threading.get_ident()}")
        aside.write_text(json.dumps({str(path): self.digest(path) for path in headers}), encoding="utf-8")
        aside.replace(entry)


def headers_of(command, folder):
    """The headers of ours that a source includes, generated ones too, by the compiler's own account."""
    words = [word for word in shlex.split(command) if not word.endswith("ccache")]
    if "-o" in words:
        at = words.index("-o")
        del words[at:at + 2]
    words = [word for word in words if word != "-c" and not word.startswith("CCACHE_")]
    while words and (words[0].endswith("cmake") or words[0] in ("-E", "env")):
        del words[0]
    done = subprocess.run([*words, "-MM"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False, cwd=folder)
    if done.returncode != 0:
        return None
    paths = done.stdout.partition(":")[2].replace("\\\n", " ").split()
    resolved = {(Path(folder) / path).resolve() for path in paths}
    return sorted(path.relative_to(ROOT) for path in resolved if path.is_relative_to(ROOT))


class Lint:
    def __init__(self, options):
        self.build = ROOT / options.build
        self.jobs = options.jobs
        self.only = {Path(file).resolve() for file in options.files}
        self.bin = cache_folder() / "venv/bin"

    def formatting(self):
        files = [file for file in our_files({".h", ".cpp"}) if not self.only or file in self.only]
        status, text = output_of([self.bin / "clang-format", "--dry-run", "-Werror", *files]) if files else (0, "")
        return status == 0, text

    def commands(self):
        """The build's compile commands without its precompiled headers, which only its own compiler reads, and their folder."""
        database = json.loads((self.build / "compile_commands.json").read_text(encoding="utf-8"))
        database = [entry for entry in database if "cmake_pch" not in entry["file"]]
        for entry in database:
            entry["command"] = re.sub(r"-Winvalid-pch|-fpch-preprocess|-include \S*cmake_pch\.hxx", "", entry["command"])
        folder = self.build / "lint"
        folder.mkdir(exist_ok=True)
        (folder / "compile_commands.json").write_text(json.dumps(database), encoding="utf-8")
        return database, folder

    def tidy(self):
        """The folders of tools/tidy_modules.txt (docs/decisions/tidy-ratchet.md), as far as this build has them."""
        database, commands = self.commands()
        _, version = output_of([self.bin / "clang-tidy", "--version"])
        cache = TidyCache(cache_folder() / "clang-tidy", version)
        wanted = self.only or {file for folder in tidy_folders() for file in (ROOT / folder).rglob("*.cpp")}
        entries = [entry for entry in database if Path(entry["file"]) in wanted]
        stale = [entry for entry in entries if not cache.is_clean(Path(entry["file"]), entry["command"])]
        print(f"lint: clang-tidy: {len(entries) - len(stale)} files as they were, {len(stale)} to check", flush=True)

        def check(entry):
            source = Path(entry["file"])
            # A test takes what its subject's header brings, and the macros of GoogleTest branch.
            fewer = ["--checks=-misc-include-cleaner,-readability-function-cognitive-complexity,-modernize-raw-string-literal,"
                     "-performance-inefficient-vector-operation,-bugprone-throwing-static-initialization"]
            fewer = fewer if source.stem.endswith("_test") else []
            status, text = output_of([self.bin / "clang-tidy", "--quiet", *fewer, "-p", commands,
                                      "--extra-arg=-Wno-unknown-warning-option", source])
            if status == 0:
                headers = headers_of(entry["command"], entry["directory"])
                if headers is not None:
                    cache.remember(source, entry["command"], headers)
                return True, ""
            return False, text

        complaints = []
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            for entry, (clean, text) in zip(stale, pool.map(check, stale)):
                if not clean:
                    print(f"lint: clang-tidy: {Path(entry['file']).relative_to(ROOT)}", flush=True)
                    complaints.append(text)
        return not complaints, "\n".join(complaints)

    @staticmethod
    def layers():
        status, text = output_of([sys.executable, "tools/check_layers.py", ROOT])
        return status == 0, text

    @staticmethod
    def console():
        if not (ROOT / "web/package.json").exists():
            return True, ""
        status, text = output_of(["npm", "run", "--silent", "lint", "--prefix", "web"])
        return status == 0, text


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True, help="a configured build folder, for its compile_commands.json")
    parser.add_argument("--jobs", type=int, default=int(os.environ.get("MEDLEY_JOBS") or os.cpu_count() or 1))
    parser.add_argument("files", nargs="*")
    options = parser.parse_args()
    lint = Lint(options)
    checks = [lint.formatting, lint.tidy] if options.files else [lint.formatting, lint.layers, lint.console, lint.tidy]
    failed = []
    for check in checks:
        good, text = check()
        print(f"lint: {check.__name__}: {'ok' if good else 'FAILED'}", flush=True)
        if not good:
            print(text)
            failed.append(check.__name__)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
