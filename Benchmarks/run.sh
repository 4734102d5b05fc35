#!/usr/bin/env bash
# Installs the peers at their pinned versions, builds the suites, and runs them; results go to Benchmarks/Results, and from
# there to RESULTS.md and the figures that README quotes.
#
#   run.sh              every suite (hours); one that fails does not stop the others, and the exit code says that it did
#   run.sh NAME...      only these suites: the names of the functions below
#
# R with glmnet is used where it is installed (Debian: r-base-core, r-cran-glmnet); real surveys where ../shared/data holds
# them.
set -uo pipefail
cd "$(dirname "$0")" || exit 1

data=../../shared/data
endei=$data/surveys/argentina-endei-2014-2016/responses.csv
codebook=../Datasets/argentina-endei-2014-2016/codebook.yaml
smes="tam_mue != Grande"

# environment DIRECTORY REQUIREMENTS: a virtual environment of its own; peers whose pins conflict need two.
environment() {
  [ -x "$1/bin/python" ] || python3 -m venv "$1"
  "$1/bin/pip" install -q -r "$2"
}

survey_reader() { $python Scripts/survey_reader.py; }
linear_models() { .peers-linear/bin/python Scripts/linear_models.py; }
boosted_trees() {
  $python Scripts/boosted_trees_speed.py small predict batch || return 1
  $python Scripts/boosted_trees_speed.py large --repeats 3 || return 1
  $python Scripts/boosted_trees_speed.py memory --repeats 1
}
boosted_trees_accuracy() {
  for what in simulated few tables others; do
    $python Scripts/boosted_trees_accuracy.py $what --output Results/boosted_trees_accuracy_$what.json || return 1
  done
  $python Scripts/boosted_trees_uplift.py --output Results/boosted_trees_uplift.json
}
model_evaluation() { $python Scripts/model_evaluation.py; }
model_explanation() { $python Scripts/model_explanation.py --output Results/model_explanation.json; }
model_formats() { $python Scripts/model_formats.py; }
# Java 17. R_PYTHON: a Python with onnxruntime and NumPy 1, for old versions of reticulate.
model_files_spark() {
  ! command -v java > /dev/null || $python Scripts/model_files_spark.py ${R_PYTHON:+--r-python "$R_PYTHON"}
}
model_files_fuzz() { python3 Scripts/model_files_fuzz.py --count 10000000 --process 10000000; } # half an hour
# Priorities of simulated firms against their truth.
truth() {
  # The logistic learner, which `auto` nearly always takes; a few cells with `auto` itself.
  $python Scripts/capability_priorities.py ours &&
    $python Scripts/capability_priorities.py ours --learner auto --surveys 20 reference:220 thresholds:220 interactions:220
}
priorities_peers() { $python Scripts/capability_priorities.py peers; }
scoring_speed() { $python Scripts/capability_speed.py; }
plans() { $python Scripts/capability_plans.py; }
# Rank intervals of mean uplifts against the truth.
rank_intervals() { $python Scripts/capability_priorities.py ranks; }
# The three that need Argentina's survey.
heldout() { [ ! -f $endei ] || $python Scripts/capability_scoring.py $endei $codebook "$smes"; }
benchmark_protocol() { [ ! -f $endei ] || $python Scripts/benchmark_protocol.py $endei $codebook "$smes"; }
transfer() { $python Scripts/transfer.py; }

suites="survey_reader linear_models boosted_trees boosted_trees_accuracy model_evaluation model_explanation model_formats model_files_spark model_files_fuzz
  truth priorities_peers scoring_speed plans rank_intervals heldout benchmark_protocol transfer"

python=.peers/bin/python
environment .peers requirements.txt || exit 1
if [ -f requirements-linear.txt ]; then environment .peers-linear requirements-linear.txt || exit 1; fi
swift build -c release || exit 1
swift build -c release --package-path .. --product innov4sme || exit 1

failed=""
for suite in ${*:-$suites}; do
  if ! declare -F "$suite" > /dev/null; then
    echo "there is no suite '$suite'; there are: $suites" >&2
    exit 64
  fi
  echo "== $suite"
  "$suite" || failed="$failed $suite"
done
python3 Scripts/results_page.py || failed="$failed results_page"
if [ -n "$failed" ]; then
  echo "failed:$failed" >&2
  exit 1
fi
