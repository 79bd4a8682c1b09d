#!/usr/bin/env python3
"""Writes the tables of the runtime targets: which dtypes the kernels of ONNX Runtime and TensorRT have.

  runtime.py --kernels RUNTIME_KERNELS.json --operators ONNX_OP_TYPES.json --lists PRECISION_LISTS.json --output ops_info

OUTPUT/ort/<library>-ops-info.json for the execution providers cpu, cuda, dml and webgpu, OUTPUT/tensorrt/tensorrt-ops-
info.json, and the target.json of ort-cpu, ort-cuda, ort-dml, ort-webgpu and tensorrt.

RUNTIME_KERNELS.json: per provider, domain and operator the registered kernels, each with its range of operator versions
and the dtypes of its type constraints (docs/OperatorKernels.md and kernel registrations of ONNX Runtime 1.25), and per
operator the types of TensorRT 10.1 (docs/operators.md of onnx-tensorrt). ONNX_OP_TYPES.json: the operands of every
operator version, as for onnx_schema.py. PRECISION_LISTS.json: list colours, as for onnx_ops.py.

Operators without a schema (domains that are internal to the runtime, and a few of ONNX Runtime's own) are left out.
"""

import argparse
import json
import pathlib
import sys

import onnx_ops
import ops_file
import runtime_rows

LIBRARIES = {"ort_cpu": "cpu", "ort_cuda": "cuda", "ort_dml": "dml", "ort_webgpu": "webgpu"}
NO_ROWS = ("Cast", "CastLike")  # needed on every library, and decided without rows
PARAM_TYPES = {"o": "optional", "v": "dynamic"}


def ort_kernel(kernels):
    """A function from an operator's version to the constraints of its kernel, or None: ONNX Runtime's rule (kernel
    registry). A kernel without an end serves the version that it names and no newer one, because nobody has looked at
    what the newer one changed."""
    def find(version):
        for kernel in kernels:
            first, last = kernel["ver"]
            if first == version or (last is not None and first < version <= last):
                return kernel["tc"]
        return None
    return find


def tensorrt_kernel(entry):
    """The documentation has no versions, and states one list of types for all operands."""
    return lambda version: entry["types"] if entry["types"] else None


def describe(domain, op, version, constraints, colour):
    """One entry of the op-info file, without its version."""
    operands = runtime_rows.operands(version)
    rows = runtime_rows.rows(version, operands, constraints)
    if not domain and op in onnx_ops.FLOAT32_ONLY:
        rows = [row for row in rows if not {"float16", "bfloat16"} & set(row)]
    if not rows:
        return None
    entry = {"domain": domain} if domain else {}
    for operand, column in zip(operands, zip(*rows)):
        entry[operand.key] = {"name": operand.name, "dtype": ",".join(column)}
        if operand.kind in PARAM_TYPES:
            entry[operand.key]["paramType"] = PARAM_TYPES[operand.kind]
    keep, why = onnx_ops.KEEP.get(op, ({}, "")) if not domain else ({}, "")
    for slot in keep:
        if slot in entry:
            entry[slot]["parameter"] = "keep"
            entry["why"] = why
    data = {row[0] for row in rows}
    if not domain and op in onnx_ops.MOVERS and {"float16", "float"} <= data:
        entry["moves_data"] = {"flag": "true"}
    elif colour:
        entry["precision_reduce"] = {"flag": colour}
    return entry


def entries(domain, op, versions, kernel, colour):
    """(first version, last version or None, entry) for every range of versions with one answer."""
    found = []
    for version in versions:
        constraints = kernel(version["since"])
        entry = describe(domain, op, version, constraints, colour) if constraints is not None else None
        if not found or found[-1][1] != entry:
            found.append((version["since"], entry))
    for index, (since, entry) in enumerate(found):
        if entry is None:
            continue
        following = found[index + 1] if index + 1 < len(found) else None
        yield since, following[0] - 1 if following and following[1] is None else None, entry


def table(ops_by_domain, make_kernel, schemas, colours, name):
    result = {}
    without_schema = []
    for domain, ops in ops_by_domain.items():
        for op, facts in ops.items():
            if op in NO_ROWS:
                continue
            versions = [v for v in schemas.get(domain, {}).get(op, {}).get("v", []) if v["out"]]
            if not versions:
                without_schema.append(f"{domain}:{op}")
                continue
            own_domain = "" if domain == "ai.onnx" else domain
            qualified = f"{own_domain}:{op}" if own_domain else op
            ranges = list(entries(own_domain, op, versions, make_kernel(facts), colours.get(qualified)))
            for since, last, entry in ranges:
                key = qualified if len(ranges) == 1 else f"{qualified}@{since}"
                limits = {"since_version": since}
                if last is not None:
                    limits["until_version"] = last
                result[key] = {**limits, **entry}
    print(f"{name}: without schema, left out: {' '.join(without_schema)}", file=sys.stderr)
    return result


def write_target(output, name, libraries):
    folder = output / name
    folder.mkdir(parents=True, exist_ok=True)
    target = {"name": name, "libraries": [{"name": lib, "files": [path]} for lib, path in libraries],
              "unknown_ops": "keep"}
    (folder / "target.json").write_text(json.dumps(target, separators=(",", ":")) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for flag_name in ("--kernels", "--operators", "--lists", "--output"):
        parser.add_argument(flag_name, required=True, type=pathlib.Path)
    args = parser.parse_args()
    facts = json.loads(args.kernels.read_text())["targets"]
    schemas = json.loads(args.operators.read_text())["ops"]
    merged = json.loads(args.lists.read_text())["merged"]
    colours = {name: onnx_ops.FLAG[entry["suggest"]] for name, entry in merged.items()
               if entry.get("suggest") in onnx_ops.FLAG}
    for source, library in LIBRARIES.items():
        ops_file.write(args.output / "ort" / f"{library}-ops-info.json",
                       table(facts[source]["ops"], ort_kernel, schemas, colours, library))
        order = [library] if library == "cpu" else [library, "cpu"]
        write_target(args.output, f"ort-{library}", [(lib, f"ort/{lib}-ops-info.json") for lib in order])
    ops_file.write(args.output / "tensorrt" / "tensorrt-ops-info.json",
                   table(facts["tensorrt_10.1"]["ops"], tensorrt_kernel, schemas, colours, "tensorrt"))
    write_target(args.output, "tensorrt", [("tensorrt", "tensorrt/tensorrt-ops-info.json")])


if __name__ == "__main__":
    main()
