#!/usr/bin/env bash
# Makes the released models under Models/ anew: model, expected predictions, and a README with the model card.
#
#   swift build -c release --product innov4sme && Scripts/release-models.sh .build/release/innov4sme
#
# A released file is read by a test for ever: make one anew only with a new version of the tool, and say why.
set -euo pipefail
cd "$(dirname "$0")/.."
tool=${1:?"usage: release-models.sh PATH-OF-innov4sme"}

release() {
  local name=$1 survey=$2 codebook=$3
  shift 3
  local folder=Models/$name
  local train="innov4sme train $survey --codebook $codebook $* --output $folder/model.onnx"
  local predict="innov4sme predict $folder/model.onnx $survey --format csv --output $folder/predictions.csv"
  mkdir -p "$folder"
  "$tool" train "$survey" --codebook "$codebook" "$@" --output "$folder/model.onnx" > /dev/null
  "$tool" predict "$folder/model.onnx" "$survey" --format csv --output "$folder/predictions.csv"
  {
    "$tool" inspect "$folder/model.onnx" --card
    cat <<TEXT

## How it was made

With innov4sme $("$tool" --version), from the root of the repository:

\`\`\`
$train
$predict
\`\`\`

| file | holds | SHA-256 |
| --- | --- | --- |
| \`model.onnx\` | the model, $(wc -c < "$folder/model.onnx") bytes | \`$(sha256sum "$folder/model.onnx" | cut -c1-16)…\` |
| \`predictions.csv\` | what it predicts for the firms of the survey | \`$(sha256sum "$folder/predictions.csv" | cut -c1-16)…\` |

How to score it in Python, Spark, R or JavaScript: [../README.md](../README.md).
TEXT
  } > "$folder/README.md"
  "$tool" inspect "$folder/model.onnx" --verify
}

release simulated-wine Datasets/simulated-wine/survey.csv Datasets/simulated-wine/codebook.yaml --bootstrap 100
