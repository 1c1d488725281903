"""MovieLens 100k for the scripts of this folder: the films in a workspace, the parts of its splits, rankings of the program."""
import sys

# What the hybrid mixes where the test part comes later.
BY_TIME = "ease,item_knn,user_knn,sequence,session_knn,content,popularity"
# For films nobody has met, chosen on the validation part: on its cold films .319 without expansion, .356 with .8.
CONTENT = ["--set", "content.learn_items=2000", "--set", "content.expansion=0.8"]


def import_films(proof, shop, data, names=True, media=False):
    """Makes the workspace `shop` of the films: what is known of them and their titles (`names`), their plots and posters (`media`)."""
    films = data / "ml-100k"
    proof.medley("init", shop)
    if names:
        proof.medley("-C", shop, "import", "recbole", films / "ml-100k.item", films / "ml-100k.user", films / "ml-100k.inter", "--kind", "film")
        proof.medley("-C", shop, "import", "csv", films / "items_names.tsv", "--as", "items", "--map", "item=item_id")
    if media:
        plots = shop.with_name(shop.name + ".plots.tsv")
        rows = [line.split("\t") for line in (films / "items_multimodal.tsv").read_text(encoding="utf-8").splitlines()]
        plots.write_text("".join(f"{row[0]}\t{row[6] if len(row) > 6 else ''}\n" for row in rows), encoding="utf-8")
        proof.medley("-C", shop, "import", "csv", plots, "--as", "items", "--map", "item=item_id,description=plot", "--media", films / "posters")
    return shop


def by_time(proof, data):
    """The words that name the parts of ml-100k-time and its candidates: the films with a poster."""
    split = data / "splits" / "ml-100k-time"
    posters = proof.folder / "with_poster.txt"
    posters.write_text("".join(file.stem + "\n" for file in sorted((data / "ml-100k" / "posters").glob("*.jpg"))))
    return ["--train", split / "train.tsv", "--valid", split / "valid.tsv", "--test", split / "test.tsv", "--candidates", posters,
            "--valid-candidates", posters]


def rank(proof, shop, recommender, ranking, *words):
    """Fits, shows what was learned or chosen, and writes the ranking; returns its file."""
    done = proof.medley("-C", shop, "evaluate", recommender, "--write-ranking", ranking, *words, check=False)
    if done.returncode != 0 or "nan" in done.stdout:
        sys.stderr.write(done.stderr[-2000:])
        proof.stop(f"medley evaluate {recommender} ended with {done.returncode}")
    for line in done.stdout.splitlines():
        if "learned" in line or " with " in line or "fitted" in line:
            proof.say(line.strip())
    return ranking
