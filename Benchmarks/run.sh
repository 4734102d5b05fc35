#!/usr/bin/env bash
# Installs the peers at their pinned versions, builds the suites, and runs them all; results go to Benchmarks/Results.
# R with glmnet is used where it is installed (Debian: r-base-core, r-cran-glmnet). Takes the better part of an hour.
set -euo pipefail
cd "$(dirname "$0")"
peers=.peers
[ -x $peers/bin/python ] || python3 -m venv $peers
$peers/bin/pip install -q -r requirements.txt
swift build -c release
data=../../shared/data
$peers/bin/python Scripts/survey_reader.py
$peers/bin/python Scripts/linear_models.py
$peers/bin/python Scripts/boosted_trees.py
$peers/bin/python Scripts/model_evaluation.py
swift build -c release --package-path .. --product innov4sme
$peers/bin/python Scripts/model_formats.py
# Spark needs Java 17.
$peers/bin/python Scripts/model_files_spark.py
python3 Scripts/model_files_fuzz.py --count 1000000
if [ -d $data ]; then
  $peers/bin/python Scripts/capability_scoring.py $data/surveys/argentina-endei-2014-2016/responses.csv \
    ../Datasets/argentina-endei-2014-2016/codebook.yaml "tam_mue != Grande"
fi
for firms in 120 220 500 1000; do
  .build/release/CapabilityScoringBenchmark truth $firms 20 linear
done > Results/truth.jsonl
.build/release/CapabilityScoringBenchmark plans 40 > Results/plans.jsonl
