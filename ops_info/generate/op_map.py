"""Writes ascend/onnx-op-map.json: which Ascend operator serves an ONNX operator, and operand by operand how.

usage: op_map.py ONNX_TO_ASCEND.json OUTPUT.json

The input names, per ONNX operator, the Ascend operator that the Ascend ONNX parser makes of it (the main one where it makes
several). Where operands do not match by position the tables below say how; -1 is an operand without a counterpart.
"""
import json
import sys

# ONNX operator -> list of {type, variant, since, inputs, outputs}; fields left out are the default.
SPECIAL = {
    "ConstantOfShape": [{"inputs": [-1]}],
    "ConvTranspose": [{"inputs": [1, 2, 3]}],
    "Dropout": [{"type": "Identity", "inputs": [0, -1, -1], "outputs": [0, -1]}],
    "GRU": [{"inputs": [0, 1, 2, 3, 5, 6], "outputs": [0, 1]}],
    # DynamicRNN takes W and R as one matrix; P is cut into wci, wcf and wco, which have one dtype.
    "LSTM": [{"inputs": [0, 1, 1, 2, 3, 4, 5, 6], "outputs": [0, 1, 2]}],
    # The parser's NonMaxSuppressionV6 has no kernel: a fusion that cannot be turned off makes it V7.
    "NonMaxSuppression": [{"type": "NonMaxSuppressionV7"}],
    "OneHot": [{"inputs": [0, 1, 2]}],
    "Range": [{"inputs": [0, -1, -1]}],
    "Resize": [
        {"type": "ResizeNearestNeighborV2", "variant": "nearest", "since": 10, "inputs": [0, -1]},
        {"type": "ResizeBilinearV2", "since": 10, "inputs": [0, -1]},
        {"type": "ResizeNearestNeighborV2", "variant": "nearest", "since": 11, "inputs": [0, -1, -1, 1]},
        {"type": "Resize", "variant": "cubic", "since": 11},
        {"type": "ResizeBilinearV2", "since": 11, "inputs": [0, -1, -1, 1]},
    ],
    # The batch indices become a column of the rois.
    "RoiAlign": [{"inputs": [0, 1, -1]}],
    # TensorScatterUpdate has no kernel: a fusion that cannot be turned off makes TensorMove and ScatterNdUpdate of it.
    "ScatterND": [{"type": "ScatterNdUpdate"}],
    "Slice": [{"since": 1, "inputs": [0]}, {"since": 10, "inputs": [0, 1, 2, -1, 3]}],
    "Split": [{"inputs": [0, -1]}],
    "Tile": [{"inputs": [0, -1, -1]}],
    "TopK": [{"inputs": [0, -1]}],
    "Upsample": [
        {"type": "ResizeNearestNeighborV2", "variant": "nearest", "inputs": [0, -1]},
        {"type": "ResizeBilinearV2", "inputs": [0, -1]},
    ],
}


def main():
    source, target = sys.argv[1:]
    with open(source) as file:
        known = json.load(file)["map"]
    lines = []
    for op in sorted(set(known) | set(SPECIAL)):
        for special in SPECIAL.get(op, [{}]):
            entry = {"onnx": op, "type": special.get("type") or known[op]["ge"]}
            for key in ("variant", "since", "inputs", "outputs"):
                if key in special:
                    entry[key] = special[key]
            lines.append(json.dumps(entry, separators=(",", ":")))
    with open(target, "w") as file:
        file.write('{"map":[\n' + ",\n".join(lines) + "\n]}\n")


if __name__ == "__main__":
    main()
