#!/usr/bin/env python3
"""Writes the tables of all Ascend SoCs, in Ascend's own formats:

  ascend.py --aicore ASCEND_OPS_INFO.json --aicpu ASCEND_AICPU.json --impl_mode ASCEND_IMPL_MODE.json --output ops_info

OUTPUT/<soc>/aic-<soc>-ops-info.json and target.json, OUTPUT/ascend/aicpu-ops-info.json (the AI CPU is the same in all
SoCs) and OUTPUT/impl_mode/*.ini.

The inputs are extracts of the built-in tables of Ascend canndev, 2022-06 (see ops_info/README.md): per operator its
operands, dtype rows, list colour and flags; per AI CPU kernel the dtypes of each operand; per implementation-mode file
its lines.
"""

import argparse
import json
import pathlib
import sys

import ascend_rows
import ops_file

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
    result = {} if entry["operands"] else {"rows": "none"}
    for index, (key, name, param_type) in enumerate(operand_keys(entry["operands"])):
        words = [row[index].replace("float32", "float") for row in rows]
        result[key] = {"name": name, "dtype": ",".join(words)}
        if param_type != "required":
            result[key]["paramType"] = param_type
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


def write_target(path, soc):
    target = {
        "name": soc,
        "libraries": [{"name": "aicore", "files": [f"{soc}/aic-{soc}-ops-info.json"]},
                      {"name": "aicpu", "files": ["ascend/aicpu-ops-info.json"]}],
        "unknown_ops": "error",
        "op_map": "ascend/onnx-op-map.json",
        "impl_modes": "impl_mode/all_ops_impl_mode.ini",
    }
    path.write_text(json.dumps(target, separators=(",", ":")) + "\n")


def write_impl_modes(folder, files):
    """Ascend's own form: "OpType=mode" or "OpType=mode,mode", one per line, without sections."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, modes in files.items():
        (folder / name).write_text("".join(f"{op}={mode}\n" for op, mode in sorted(modes.items())))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for flag_name in ("--aicore", "--aicpu", "--impl_mode", "--output"):
        parser.add_argument(flag_name, required=True, type=pathlib.Path)
    args = parser.parse_args()
    facts = json.loads(args.aicore.read_text())
    aicpu = json.loads(args.aicpu.read_text())["ops"]
    protos = {op: entry["operands"] for soc in facts["socs"].values() for op, entry in soc.items()}
    for soc, ops in facts["socs"].items():
        degrees = {}
        folder = args.output / soc
        ops_file.write(folder / f"aic-{soc}-ops-info.json",
                       {op: aicore_op(op, entry, soc, facts, degrees) for op, entry in ops.items()})
        write_target(folder / "target.json", soc)
        for degree, named in sorted(degrees.items()):
            print(f"{soc}: rows of degree {degree} (see ascend_rows.py): {' '.join(sorted(named))}", file=sys.stderr)
    ops_file.write(args.output / "ascend" / "aicpu-ops-info.json",
                   {op: aicpu_op(op, entry, protos.get(op)) for op, entry in aicpu.items()})
    write_impl_modes(args.output / "impl_mode", json.loads(args.impl_mode.read_text())["files"])


if __name__ == "__main__":
    main()
