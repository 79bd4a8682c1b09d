#!/usr/bin/env python3
"""Writes the op-info tables of an Ascend SoC, in Ascend's own format:

  ascend.py --aicore ascend_ops_info.json --aicpu ascend_aicpu.json --soc ascend310 [--soc ...] --output ops_info

The inputs are extracts of the built-in op-info tables of Ascend canndev, 2022-06 (see ops_info/README.md): per operator
its operands, dtype rows, list colour and flags, and per AI CPU kernel the dtypes of each operand.
"""

import argparse
import json
import pathlib
import sys

import ascend_rows

COLOURS = {"white": "true", "black": "false"}
AICPU_WORDS = {"f16": "DT_FLOAT16", "f32": "DT_FLOAT", "f64": "DT_DOUBLE", "bf16": "DT_BF16", "b": "DT_BOOL",
               "c64": "DT_COMPLEX64", "c128": "DT_COMPLEX128"}
AICPU_WORDS.update({f"{a}i{n}": f"DT_{a.upper()}INT{n}" for n in (8, 16, 32, 64) for a in ("", "q")})
AICPU_WORDS.update({f"{a}u{n}": f"DT_{a.upper()}UINT{n}" for n in (8, 16, 32, 64) for a in ("", "q")})


def operand_keys(operands):
    """input0, input1, ..., output0, ... in the order of the operands."""
    count = {"input": 0, "output": 0}
    for kind, name, param_type in operands:
        yield f"{kind}{count[kind]}", name, param_type
        count[kind] += 1


def flag(value):
    return {"flag": value}


def aicore_op(op, entry, soc, facts, degrees):
    if "rows" in entry:
        rows = [tuple(row.split(",")) for row in entry["rows"]]
    else:
        rows, degree = ascend_rows.rows(op, entry, soc, facts)
        if entry["operands"]:
            degrees.setdefault(degree, []).append(op)
    result = {}
    for index, (key, name, param_type) in enumerate(operand_keys(entry["operands"])):
        words = [row[index].replace("float32", "float") for row in rows]
        result[key] = {"name": name, "dtype": ",".join(words), "paramType": param_type}
    if entry.get("dynamic_format"):
        result["dynamicFormat"] = flag("true")
    if entry.get("heavy"):
        result["heavyOp"] = flag("true")
    if "pattern" in entry:
        result["op"] = {"pattern": entry["pattern"]}
    if "precision_reduce" in entry:
        result["precision_reduce"] = flag(COLOURS[entry["precision_reduce"]])
    if entry.get("moves_data"):
        result["opFile"] = {"value": "Null"}
    if op in facts["cube_ops"]:
        result["cube"] = flag("true")
    return result


def aicpu_op(op, entry, proto):
    """`proto`: the operands of the AI Core operator of that name. The AI CPU table leaves out dynamic operands; they are
    put back so that operands keep their positions."""
    kinds = {"i": "input", "o": "output"}
    params = {"r": "required", "o": "optional", "d": "dynamic"}
    types = {(kinds[kind], name): words for (kind, name, _), words in zip(entry["operands"], entry["types"])}
    operands = []
    for kind in ("input", "output"):
        own = [(kinds[k], name, params[param]) for k, name, param in entry["operands"] if kinds[k] == kind]
        whole = [tuple(operand) for operand in proto or () if operand[0] == kind]
        incomplete = entry["operands"] and {name for _, name, _ in own} < {name for _, name, _ in whole}
        operands += whole if incomplete else own
    result = {"opInfo": {"engine": "DNN_VM_AICPU"}}
    for key, name, param_type in operand_keys(operands):
        words = [word for word in types.get((key.rstrip("0123456789"), name), "").split("|") if word not in ("", "-")]
        result[key] = {"name": name}
        if words:
            result[key]["type"] = ",".join(AICPU_WORDS[word] for word in words)
        if param_type != "required":
            result[key]["paramType"] = param_type
    return result


def write(path, entries):
    """One operator per line, sorted by name: small, and a change shows as one changed line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{json.dumps(op)}:{json.dumps(entries[op], separators=(',', ':'))}" for op in sorted(entries)]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--aicore", required=True)
    parser.add_argument("--aicpu", required=True)
    parser.add_argument("--soc", action="append", required=True)
    parser.add_argument("--output", required=True)
    args = parser.parse_args()
    facts = json.loads(pathlib.Path(args.aicore).read_text())
    aicpu = json.loads(pathlib.Path(args.aicpu).read_text())["ops"]
    protos = {op: entry["operands"] for soc in facts["socs"].values() for op, entry in soc.items()}
    for soc in args.soc:
        degrees = {}
        folder = pathlib.Path(args.output) / soc
        write(folder / f"aic-{soc}-ops-info.json",
              {op: aicore_op(op, entry, soc, facts, degrees) for op, entry in facts["socs"][soc].items()})
        write(folder / "aicpu-ops-info.json", {op: aicpu_op(op, entry, protos.get(op)) for op, entry in aicpu.items()})
        for degree, ops in sorted(degrees.items()):
            print(f"{soc}: rows of degree {degree} (see ascend_rows.py): {' '.join(sorted(ops))}", file=sys.stderr)


if __name__ == "__main__":
    main()
