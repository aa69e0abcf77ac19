#!/usr/bin/env bash
# Compares what run.sh left of two checkouts, bit for bit apart from times and paths.
#
#   compare.sh REFERENCE OUT
#
# Jobs that only one of them ran are named and left out. Exit code 1 where something differs.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
lib=$here/../../capstan-cli/target/dist/lib
# Builds this checkout, if that is not done yet: its libraries read the files.
"$here/../../capstan" --version >/dev/null

lists=$(mktemp -d)
trap 'rm -rf "$lists"' EXIT

for side in 1 2; do
  java -cp "$lib/*" "$here/../src/main/java/dev/capstan/bench/GateManifest.java" "${!side}" >"$lists/all$side"
  cut -d/ -f1 "$lists/all$side" | sort -u >"$lists/jobs$side"
done
comm -12 "$lists/jobs1" "$lists/jobs2" >"$lists/both"
comm -3 "$lists/jobs1" "$lists/jobs2" | sed 's/^\t*/only on one side: /'
for side in 1 2; do
  awk -F/ 'NR == FNR { both[$1]; next } $1 in both' "$lists/both" "$lists/all$side" >"$lists/list$side"
done

if diff "$lists/list1" "$lists/list2"; then
  echo "$(wc -l <"$lists/both") jobs, $(wc -l <"$lists/list1") figures and hashes: all the same"
else
  echo "the results differ" >&2
  exit 1
fi
