#!/bin/sh
# Writes the records that one test left in its coverage folder as the test's report.
# Invoked by Bazel as: gather.sh --coverage_dir=FOLDER --output_file=FILE …
#
# It runs in every test's sandbox, where Bazel puts this one file and no interpreter that could be named. So it only
# puts records together; the report generator filters, analyses and merges.
set -eu

for argument in "$@"; do
    case $argument in
    --coverage_dir=*) folder=${argument#*=} ;;
    --output_file=*) output=${argument#*=} ;;
    esac
done

# Where post-processing is a spawn of its own (the default of Bazel 10), what the test left lies here as links.
find -L "$folder" -type f -name '*.dat' -exec cat -- {} + >"$output"
