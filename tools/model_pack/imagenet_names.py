"""The names of ImageNet's 1,000 classes, in the order of a classifier's outputs.

A text file of one class a line: its names in WordNet, the first the commonest, joined by ", ".
"""
CLASSES = 1000


def make(order, lemmas, folder):
    """`order`: a synset a line; `lemmas`: a synset, a tab, its names a line. Writes names.txt into `folder`."""
    names = dict(line.split("\t", 1) for line in lemmas.read_text(encoding="utf-8").splitlines() if "\t" in line)
    rows = [names[synset] for synset in order.read_text(encoding="utf-8").split()]
    if len(rows) != CLASSES or not all(rows):
        raise ValueError(f"{len(rows)} classes have names, not {CLASSES}")
    (folder / "names.txt").write_text("".join(row + "\n" for row in rows), encoding="utf-8")
    return {"names": "names.txt"}
