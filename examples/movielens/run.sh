#!/bin/sh
# MovieLens 100k through the command line alone: import, encode, train, evaluate.
#
#   examples/movielens/run.sh DATA_DIR [FOLDER]
#
# DATA_DIR holds ml-100k/ (RecBole's atomic files, names, plots, posters), splits/, baselines/ and score.py; FOLDER (a temporary one
# by default) gets the workspace and the rankings. MEDLEY names the program, build/release/bin/medley by default.
set -eu
data=${1:?usage: run.sh DATA_DIR [FOLDER]}
folder=${2:-$(mktemp -d)}
medley=${MEDLEY:-$(dirname "$0")/../../build/release/bin/medley}
shop=$folder/shop
time=$data/splits/ml-100k-time
cold=$data/splits/ml-100k-cold
mkdir -p "$folder"

say() { printf '\n== %s\n' "$*"; }
# Exit status 1 means that some rows were rejected and named: no reason to stop.
import() { "$medley" -C "$shop" import "$@" </dev/null || [ $? -eq 1 ]; }

if [ ! -e "$shop/medley.toml" ]; then
  say "A workspace, and everything that is known of 1,682 films"
  "$medley" init "$shop"
  import recbole "$data/ml-100k/ml-100k.item" "$data/ml-100k/ml-100k.user" "$data/ml-100k/ml-100k.inter" --kind film
  import csv "$data/ml-100k/items_names.tsv" --as items --map item=item_id
  import csv "$data/ml-100k/items_multimodal.tsv" --as items --map item=item_id,description=plot \
    --ignore imdb_id,ml1m_poster_id,matched_by,kg_entity --media "$data/ml-100k/posters"
fi
say "Vectors of titles, plots and posters"
"$medley" -C "$shop" encode
say "Models of all events, for medley recommend and medley serve"
"$medley" -C "$shop" train

evaluate() { # NAME RECOMMENDER, then the rest of the command line
  ranking=$folder/$1.txt
  shift
  "$medley" -C "$shop" evaluate "$@" --write-ranking "$ranking"
}
# The films with a poster are the ones that this split ranks.
for poster in "$data"/ml-100k/posters/*.jpg; do basename "$poster" .jpg; done >"$folder/with_poster.txt"

for recommender in item_knn hybrid; do
  say "What people did next: $recommender, tuned on the validation part"
  evaluate "time_$recommender" $recommender --tune --train "$time/train.tsv" --valid "$time/valid.tsv" --test "$time/test.tsv" \
    --candidates "$folder/with_poster.txt" --valid-candidates "$folder/with_poster.txt" --baseline "$data/baselines/ml-100k-time/ease.txt"
done
for spaces in image text attributes,text,image; do
  say "Films nobody has met yet: content, by $spaces"
  evaluate "cold_$(echo $spaces | tr , _)" content --set content.spaces=$spaces \
    --train "$cold/train.tsv" --valid "$cold/valid.tsv" --test "$cold/test.tsv" --candidates "$cold/test_items.txt" \
    --valid-candidates "$cold/valid_items.txt" --baseline "$data/baselines/ml-100k-cold/genre_year_ridge.txt"
done

say "The referee"
referee() { # RANKING SPLIT, then the rest
  printf '%s\n' "$1"
  ranking=$folder/$1.txt
  split=$2
  shift 2
  python3 "$data/score.py" --test "$split/test.tsv" --run "$ranking" "$@" | sed 's/^/  /'
}
referee time_item_knn "$time"
referee time_hybrid "$time" --base "$data/baselines/ml-100k-time/ease.txt"
referee cold_image "$cold"
referee cold_text "$cold"
referee cold_attributes_text_image "$cold" --base "$data/baselines/ml-100k-cold/genre_year_ridge.txt"
printf '\nWorkspace and rankings: %s\n' "$folder"
