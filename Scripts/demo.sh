#!/usr/bin/env bash
# The main job, start to end, on wine firms that the tool makes up: simulate, check, train, predict.
set -euo pipefail
tool=${1:?"usage: demo.sh PATH-OF-innov4sme"}
folder=demo
mkdir -p "$folder"

show() {
  printf '\n\033[1m$ innov4sme %s\033[0m\n' "$*" | if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then cat; else sed 's/\x1b\[[0-9;]*m//g'; fi
  "$tool" "$@"
}

echo "1. A survey of 300 simulated wine firms in France, Chile and Argentina, and what its columns mean."
show simulate --firms 300 --seed 2026 --output $folder/survey.csv --codebook $folder/codebook.yaml --truth $folder/truth.json

echo
echo "2. Is the survey fit to train on?"
show check $folder/survey.csv --codebook $folder/codebook.yaml

echo
echo "3. Learn how capabilities go with innovation and with export."
show train $folder/survey.csv --codebook $folder/codebook.yaml --output $folder/model.onnx

echo
echo "4. Three firms that come for advice: what should each develop first?"
"$tool" simulate --firms 3 --seed 77 --output $folder/new-firms.csv
show predict $folder/model.onnx $folder/new-firms.csv

cat <<TEXT

That was the whole way. The same on a survey of your own (CSV, Stata or SPSS):

  $tool check  YOUR-SURVEY.csv --outcome COLUMN --outcome COLUMN
  $tool train  YOUR-SURVEY.csv --outcome COLUMN --outcome COLUMN --output model.onnx
  $tool predict model.onnx NEW-FIRMS.csv

and, to rank capabilities, say in a codebook which questions measure them: see Datasets/README.md,
and Datasets/*/codebook.yaml for surveys that are described already.
TEXT
