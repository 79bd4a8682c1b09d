#!/usr/bin/env bash
# Compiles a model with 20 GiB of weights (a sparse file: it costs no disk) and checks that memory does not notice.
#
#   bash bench/large.sh FOLDER_OF_PROGRAMS TOOL [GIB]
set -euo pipefail
programs="$1"
tool="$2"
gib="${3:-20}"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
"$programs/MakeModel" sparse "$((gib * 1024))" "$folder/in.onnx"
# Forced, weights are only written; in the mixed modes the numeric guard looks at all of them before.
for mode in force_fp16 allow_mix_precision; do
  measured="$("$programs/Compare" 1 -- "$tool" compile --quiet "--precision_mode=$mode" --model="$folder/in.onnx" \
    --output="$folder/out.onnx")"
  peak="$(sed 's/.*"peak": \([0-9]*\).*/\1/' <<<"$measured")"
  size="$(stat -c %s "$folder/out.onnx.data")"
  echo "$gib GiB of weights, $mode: peak $((peak / 1000000)) MB, data file $size bytes; $measured"
  ((peak <= 150000000)) || { echo "more than 150 MB" >&2; exit 1; }
  ((size == gib * 1024 * 1024 * 512)) || { echo "the data file has not half the size" >&2; exit 1; }
  rm "$folder/out.onnx" "$folder/out.onnx.data"
done
