#!/usr/bin/env python3
"""Makes a fresh Debian 12 machine ready to build, test and run Medley.

    setup.py [apt] [tools] [llama] [models] [web]      (all of them, in this order, when none is named)

Everything lands in the cache folder (MEDLEY_CACHE, else $XDG_CACHE_HOME/medley, else ~/.cache/medley), except web/dist
and web/node_modules. Each step has a key, the hash of all that its result depends on; a step whose result with that key
is there is skipped, so that running again takes a second and needs no network.
"""
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]

# A portable x86-64-v3 build; docs/decisions/llama-cpp-build.md says why not one plug-in a CPU generation.
LLAMA_FLAGS = [
    "-DCMAKE_BUILD_TYPE=Release", "-DBUILD_SHARED_LIBS=OFF", "-DCMAKE_POSITION_INDEPENDENT_CODE=ON",
    "-DLLAMA_BUILD_COMMON=OFF", "-DLLAMA_BUILD_TESTS=OFF", "-DLLAMA_BUILD_TOOLS=OFF", "-DLLAMA_BUILD_EXAMPLES=OFF",
    "-DLLAMA_BUILD_SERVER=OFF", "-DLLAMA_BUILD_APP=OFF", "-DLLAMA_OPENSSL=OFF", "-DLLAMA_CURL=OFF",
    "-DGGML_NATIVE=OFF", "-DGGML_AVX=ON", "-DGGML_AVX2=ON", "-DGGML_FMA=ON", "-DGGML_F16C=ON", "-DGGML_BMI2=ON",
]
LLAMA_SERVER_FLAGS = [
    "-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_CXX_FLAGS_RELEASE=-O1", "-DBUILD_SHARED_LIBS=OFF", "-DLLAMA_USE_SYSTEM_GGML=ON",
    "-DLLAMA_BUILD_COMMON=ON", "-DLLAMA_BUILD_TOOLS=ON", "-DLLAMA_BUILD_SERVER=ON", "-DLLAMA_BUILD_TESTS=OFF",
    "-DLLAMA_BUILD_EXAMPLES=OFF", "-DLLAMA_BUILD_APP=OFF", "-DLLAMA_BUILD_UI=OFF", "-DLLAMA_USE_PREBUILT_UI=OFF",
    "-DLLAMA_OPENSSL=OFF", "-DLLAMA_CURL=OFF",
]


class SetupError(Exception):
    """Something the person at the keyboard must do; its text says what."""


def cache_folder():
    """The cache, the same folder that the program itself looks in (medley/inference/model_pack.h)."""
    if os.environ.get("MEDLEY_CACHE"):
        return Path(os.environ["MEDLEY_CACHE"]).resolve()
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base).resolve() / "medley"


def key_of(*parts):
    """16 hex digits that change when any part does. Parts: text, or paths of files and folders."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            for file in [part] if part.is_file() else sorted(p for p in part.rglob("*") if p.is_file()):
                digest.update(f"{file.relative_to(part.parent)}\0".encode())
                digest.update(file.read_bytes())
        else:
            digest.update(str(part).encode())
        digest.update(b"\0")
    return digest.hexdigest()[:16]


def run(command, **options):
    """Runs a command; when it fails, shows what it printed."""
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", check=False, **options)
    if done.returncode != 0:
        words = " ".join(str(word) for word in command[:6])
        text = done.stdout if len(done.stdout) < 4000 else done.stdout[:1500] + "\n[...]\n" + done.stdout[-2500:]
        raise SetupError(f"{words} ... failed with status {done.returncode}:\n{text}")
    return done.stdout


def say(text):
    print(f"setup: {text}", flush=True)


def requirements(file):
    """The requirement lines of a lock file."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


class Setup:
    """The steps. Each leaves `cache/<name>` pointing at a complete result, or raises SetupError."""

    def __init__(self, cache=None):
        self.cache = cache or cache_folder()
        self.downloads = self.cache / "downloads"
        self.venv = self.cache / "venv"
        self.jobs = os.environ.get("MEDLEY_JOBS") or str(os.cpu_count() or 1)

    def publish(self, name, folder):
        """Points cache/name at a finished folder, in one step."""
        (folder / ".complete").touch()
        link = self.cache / name
        if link.is_symlink() and os.readlink(link) == folder.name:
            return
        fresh = self.cache / f".{name}.link"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(folder.name)
        fresh.replace(link)

    def ready(self, name, key):
        """The folder for this key, and whether it is complete; an unfinished one is removed."""
        folder = self.cache / f"{name}-{key}"
        if (folder / ".complete").exists():
            self.publish(name, folder)
            return folder, True
        shutil.rmtree(folder, ignore_errors=True)
        return folder, False

    def download(self, lock):
        """Fetches the packages of a lock file, checked against its hashes; those at hand are checked and kept."""
        self.downloads.mkdir(parents=True, exist_ok=True)
        pip = [self.venv / "bin/python", "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps",
               "--require-hashes", "--no-build-isolation", "--dest", self.downloads, "--find-links", self.downloads]
        wanted = requirements(lock)
        have = self.downloaded()
        missing = [line for line in wanted if line.split("sha256:")[1] not in have]
        if missing:
            say("fetching " + ", ".join(line.split()[0] for line in missing))
            listing = self.cache / ".missing.lock"
            listing.write_text("\n".join(missing) + "\n")
            run([*pip, "--requirement", listing], env={**os.environ, "PYTHONPATH": str(self.fetching())})
            listing.unlink()
            have = self.downloaded()
        return {line.split("==")[0]: have[line.split("sha256:")[1]] for line in wanted}

    def fetching(self):
        """Modules that pip needs to look into old source packages; apart from the tools, which need not be made again for them."""
        folder, done = self.ready("fetching", key_of(HERE / "fetching.lock"))
        if not done:
            run([self.venv / "bin/python", "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps", "--no-compile",
                 "--require-hashes", "--only-binary", ":all:", "--target", folder, "--requirement", HERE / "fetching.lock"])
            self.publish("fetching", folder)
        return folder

    def downloaded(self):
        """The downloads by their SHA-256."""
        files = [file for file in self.downloads.iterdir() if file.is_file()]
        return {hashlib.sha256(file.read_bytes()).hexdigest(): file for file in files}

    def apt(self, packages=None):
        """Debian packages, those of apt.txt unless others are named: checked always, installed when root."""
        packages = packages or requirements(HERE / "apt.txt")
        query = subprocess.run(["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *packages],
                               capture_output=True, text=True, check=False)
        installed = {line.split()[0] for line in query.stdout.splitlines() if line.endswith(" installed")}
        missing = [package for package in packages if package not in installed]
        if not missing:
            return
        if os.geteuid() != 0:
            raise SetupError(f"these Debian packages are missing; run this once, then again what you ran:\n"
                             f"  sudo apt-get update && sudo apt-get install -y --no-install-recommends {' '.join(missing)}")
        say(f"installing {len(missing)} Debian packages")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        run(["apt-get", "update"], env=environment)
        run(["apt-get", "install", "-y", "--no-install-recommends", *missing], env=environment)

    def tools(self):
        """The Python environment: OpenVINO (C++ headers and libraries too), numpy, gguf, clang-format, clang-tidy."""
        self.environment("venv", HERE / "requirements.lock")

    def environment(self, name, wheels, sources=None):
        """The interpreter of a Python environment of what the lock files name and nothing else: made once, then found."""
        python = self.python()
        folder, done = self.ready(name, key_of(*filter(None, (wheels, sources)), python))
        interpreter = folder / "bin/python"
        if done:
            return interpreter
        say(f"making the Python environment of {wheels.parent.name}/{wheels.name}")
        run([python, "-m", "venv", folder])
        pip = [interpreter, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps", "--require-hashes"]
        run([*pip, "--only-binary", ":all:", "--requirement", wheels])
        if sources:
            # Old setup.py files can't be run the modern way: lightfm's writes into __builtins__ as if it were a module.
            run([*pip, "--no-use-pep517", "--no-build-isolation", "--requirement", sources])
        self.publish(name, folder)
        return interpreter

    @staticmethod
    def python():
        """A CPython 3.11: what the wheels in requirements.lock are made for."""
        for name in ("python3.11", "python3", "/usr/bin/python3"):
            found = shutil.which(name)
            if not found:
                continue
            done = subprocess.run([found, "-c", "import sys, os; print(sys.version_info[:2] == (3, 11), "
                                   "os.path.realpath(sys.executable))"], capture_output=True, text=True, check=False)
            if done.stdout.startswith("True "):
                return done.stdout.split(maxsplit=1)[1].strip()
        raise SetupError("Python 3.11 is needed (Debian 12's python3); none was found on PATH")

    def llama_sources(self):
        """A folder to build in, and the sources of llama.cpp inside it."""
        archive = self.download(HERE / "sources.lock")["llama-cpp-python"]
        work = self.cache / ".llama-build"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        with tarfile.open(archive) as tar:
            members = [m for m in tar.getmembers() if "/vendor/llama.cpp/" in m.name and (m.isfile() or m.isdir())]
            tar.extractall(work, members)
        return work, next(work.glob("*/vendor/llama.cpp"))

    def llama(self):
        """llama.cpp, built once as static libraries with their CMake package."""
        compiler = run(["c++", "-dumpfullversion"]).strip()
        folder, done = self.ready("llama.cpp", key_of(HERE / "sources.lock", *LLAMA_FLAGS, compiler))
        if done:
            return
        say("building llama.cpp (some minutes, once)")
        work, source = self.llama_sources()
        run(["cmake", "-S", source, "-B", work / "build", "-G", "Ninja", f"-DCMAKE_INSTALL_PREFIX={folder}",
             "-DCMAKE_INSTALL_LIBDIR=lib", *LLAMA_FLAGS])
        run(["ninja", "-C", work / "build", f"-j{self.jobs}", "install"])
        # The normalisation map of XLM-R tokenizers, which the text model's tokenizer needs.
        shutil.copy(source / "models/ggml-vocab-nomic-bert-moe.gguf", folder / "xlm-r-vocabulary.gguf")
        shutil.copy(source / "LICENSE", folder / "LICENSE")
        shutil.rmtree(work)
        self.publish("llama.cpp", folder)

    def llama_server(self):
        """llama.cpp's own server, of the sources that the product is built from: the real endpoint of acceptance/4.6, which asks for it.
        Compiled with little optimisation, since the figures of a run come from ggml, which is taken as it was built. Returns the program."""
        self.llama()
        ggml = (self.cache / "llama.cpp").resolve()
        folder, done = self.ready("llama-server", key_of(HERE / "sources.lock", ggml.name, *LLAMA_SERVER_FLAGS))
        if done:
            return folder / "llama-server"
        say("building llama.cpp's server (some minutes, once)")
        work, source = self.llama_sources()
        run(["cmake", "-S", source, "-B", work / "build", "-G", "Ninja", f"-Dggml_DIR={ggml / 'lib/cmake/ggml'}", *LLAMA_SERVER_FLAGS])
        run(["ninja", "-C", work / "build", f"-j{self.jobs}", "llama-server"])
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(work / "build/bin/llama-server", folder / "llama-server")
        shutil.copy(source / "LICENSE", folder / "LICENSE")
        shutil.rmtree(work)
        self.publish("llama-server", folder)
        return folder / "llama-server"

    def models(self):
        """The default model pack, and the recipes beside it for `medley models add`."""
        recipes = ROOT / "tools/model_pack"
        if not (recipes / "build.py").exists():
            return
        sources = sorted(recipes.glob("*.py"))
        key = key_of(HERE / "models.lock", HERE / "requirements.lock", HERE / "sources.lock", *sources)
        stamp = self.cache / "models" / ".pack-key"
        if stamp.exists() and stamp.read_text() == key:
            return
        self.download(HERE / "models.lock")
        for leftover in (self.cache / "models").glob(".making-*"):  # of a run that was killed
            shutil.rmtree(leftover, ignore_errors=True)
        installed = self.cache / "recipes"
        shutil.rmtree(installed, ignore_errors=True)
        installed.mkdir()
        for file in [*sources, *HERE.glob("*.lock"), Path(__file__)]:
            shutil.copy(file, installed)
        say("making the model pack")
        run([self.venv / "bin/python", installed / "build.py", "--cache", self.cache])
        stamp.write_text(key)

    def web(self):
        """The console: npm packages by web/package-lock.json, then its build into web/dist."""
        web = ROOT / "web"
        if not (web / "package.json").exists():
            return
        if not shutil.which("npm"):
            raise SetupError("npm (Node 20 or newer) is needed to build the console; none was found on PATH")
        packages = key_of(web / "package.json", web / "package-lock.json")
        stamp = web / "node_modules/.medley-key"
        if not stamp.exists() or stamp.read_text() != packages:
            say("fetching the console's npm packages")
            run(["npm", "ci", "--no-audit", "--no-fund"], cwd=web)
            stamp.write_text(packages)
        skipped = {"node_modules", "dist"}
        sources = [path for path in sorted(web.iterdir()) if path.name not in skipped]
        key = key_of(*sources)
        # Not in dist: everything there is put into the program.
        stamp = web / "node_modules/.medley-dist-key"
        if (web / "dist/index.html").exists() and stamp.exists() and stamp.read_text() == key:
            return
        say("building the console")
        run(["npm", "run", "build"], cwd=web)
        stamp.write_text(key)


STEPS = ("apt", "tools", "llama", "models", "web")


def main(names):
    unknown = [name for name in names if name not in STEPS]
    if unknown:
        print(f"setup: no step '{unknown[0]}'; the steps are {', '.join(STEPS)}", file=sys.stderr)
        return 64
    setup = Setup()
    setup.cache.mkdir(parents=True, exist_ok=True)
    with open(setup.cache / ".setup.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two `make` at once: the second waits and finds all done
        for name in names or STEPS:
            begun = time.monotonic()
            try:
                getattr(setup, name)()
            except (SetupError, OSError) as error:
                print(f"setup: {name}: {error}", file=sys.stderr)
                return 1
            if time.monotonic() - begun > 2:
                say(f"{name} took {time.monotonic() - begun:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
