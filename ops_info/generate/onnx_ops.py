"""Writes onnx/onnx-ops-info.json: list colours, data movers and operands to keep, for ONNX operators.

usage: onnx_ops.py PRECISION_LISTS.json OUTPUT.json

The input merges public mixed-precision lists (TensorFlow Grappler, PyTorch autocast, Apex, AutoCast, TVM, Paddle, MindSpore and
others) into one suggestion per operator: white, gray, black, or clear, which is gray without numeric effect.
"""
import json
import pathlib
import sys

import ops_file

# Operators that hand their first input's elements on, unchanged.
MOVERS = """Compress DepthToSpace Expand Gather GatherElements GatherND ReverseSequence Slice SpaceToDepth Split Tile Transpose
Trilu Concat""".split()

# Operands that must not lose precision although a schema lets them.
KEEP = {
    "Resize": ({"input1": "roi", "input2": "scales"}, "scales decide the output's shape; roi are coordinates"),
    "Upsample": ({"input1": "scales"}, "scales decide the output's shape"),
    # From version 23 on schemas let the two differ, but runtimes do not: both have the scale's dtype.
    "QuantizeLinear": ({"input0": "x", "input1": "y_scale"}, "a float16 scale moves every quantized value"),
    "DequantizeLinear": ({"input1": "x_scale", "output0": "y"}, "a float16 scale moves every dequantized value"),
}
# Operators that are float32 alone, whatever their schema says.
FLOAT32_ONLY = {
    "MeanVarianceNormalization": "its definition as a function has float32 constants: runtimes that expand it refuse others",
}
FLAG = {"white": "true", "black": "false"}


def main():
    source, target = sys.argv[1:]
    with open(source) as file:
        merged = json.load(file)["merged"]
    entries = {}
    for name in sorted(set(merged) | set(MOVERS) | set(KEEP) | set(FLOAT32_ONLY)):
        domain, _, op = name.rpartition(":")
        entry = {}
        if domain:
            entry["domain"] = domain
        suggestion = merged.get(name, {}).get("suggest")
        if name in MOVERS:
            entry["moves_data"] = {"flag": "true"}
        elif suggestion in FLAG:
            entry["precision_reduce"] = {"flag": FLAG[suggestion]}
        if name in KEEP:
            operands, why = KEEP[name]
            for slot, operand in operands.items():
                entry[slot] = {"name": operand, "parameter": "keep"}
            entry["why"] = why
        if name in FLOAT32_ONLY:
            entry["input0"] = {"name": "X", "dtype": "float"}
            entry["output0"] = {"name": "Y", "dtype": "float"}
            entry["why"] = FLOAT32_ONLY[name]
        if not entry or (len(entry) == 1 and domain):
            continue
        if name not in FLOAT32_ONLY and "moves_data" not in entry:
            entry["rows"] = "schema"
        entries[name] = entry
    ops_file.write(pathlib.Path(target), entries)


if __name__ == "__main__":
    main()
