#!/usr/bin/python3
"""first_divergence.py [--compare=PROGRAM] [--branches=te...] [--below=0.999] ORIGINAL.onnx COMPILED.onnx INPUT...

Where do the rounded values of a compiled model leave those of the original? Every float value that both have becomes an
output of both, the compiled one as its rounded copy (rounded_copy.py), and precast_compare_outputs runs them on the same
INPUTs. Prints the nodes, in order, whose result is less similar than --below; the first of
them is the one to look at. Values of nested bodies can be no outputs, so If nodes give way to one of their branches, the
n-th of them to its then branch where the n-th letter of --branches is t, to its else branch where it is e; t if there
are no more letters.
"""

import re
import subprocess
import sys
import tempfile

import onnx
from onnx import AttributeProto, TensorProto, helper

from onnx_types import declared_types, infer_node, of_value_info, opsets_of
from rounded_copy import rounded_copy


def take_branches(graph, letters):
    """Replaces every If by the nodes of one branch, those of nested Ifs included."""
    nodes = []
    for node in graph.node:
        bodies = {a.name: a.g for a in node.attribute if a.type == AttributeProto.GRAPH}
        if node.op_type != "If":
            nodes.append(node)
            continue
        letter = letters.pop(0) if letters else "t"
        body = bodies["then_branch" if letter == "t" else "else_branch"]
        take_branches(body, letters)
        nodes.extend(body.node)
        graph.initializer.extend(body.initializer)
        graph.value_info.extend(body.value_info)
        for inner, outer in zip(body.output, node.output):
            nodes.append(helper.make_node("Identity", [inner.name], [outer], name=f"{node.name}_{outer}"))
    del graph.node[:]
    graph.node.extend(nodes)


def float_values(model):
    """Names of float32 values that nodes make, in order, each with its node."""
    scope = {}
    for info in model.graph.input:
        scope[info.name] = of_value_info(info)
    for tensor in model.graph.initializer:
        scope[tensor.name] = (tensor.data_type, False)
    declared = declared_types(model.graph)
    found = {}
    for node in model.graph.node:
        for name, type_ in zip(node.output, infer_node(node, scope, opsets_of(model), declared)):
            scope[name] = type_
            if name and type_ == (TensorProto.FLOAT, False):
                found[name] = node
    return found


def with_outputs(model, names, path):
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    del copy.graph.output[:]
    copy.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names)
    onnx.save(copy, path)


def main():
    options = {"compare": "build/release/test/precast_compare_outputs", "branches": "", "below": "0.999"}
    arguments = []
    for argument in sys.argv[1:]:
        match = re.fullmatch(r"--(\w+)=(.*)", argument)
        if match and match[1] in options:
            options[match[1]] = match[2]
        else:
            arguments.append(argument)
    if len(arguments) < 3:
        sys.exit("usage: first_divergence.py [--compare=PROGRAM] [--branches=te...] [--below=0.999] "
                 "ORIGINAL.onnx COMPILED.onnx INPUT...")
    original, compiled = onnx.load(arguments[0]), onnx.load(arguments[1])
    for model in (original, compiled):
        take_branches(model.graph, list(options["branches"]))
    rounded = rounded_copy(compiled)
    makers, there = float_values(original), float_values(rounded)
    names = [name for name in makers if name in there]
    with tempfile.TemporaryDirectory() as folder:
        with_outputs(original, names, folder + "/original.onnx")
        with_outputs(rounded, names, folder + "/rounded.onnx")
        run = subprocess.run([options["compare"], folder + "/original.onnx", folder + "/rounded.onnx", *arguments[2:]],
                             capture_output=True, text=True, check=False)
    if run.returncode:
        sys.exit(run.stdout + run.stderr)
    lines = re.findall(r"output '(.*)': cosine similarity (\S+), largest difference ([^,\s]+)", run.stdout)
    diverged = 0
    for name, similarity, difference in lines:
        if not float(similarity) >= float(options["below"]):
            diverged += 1
            node = makers[name]
            print(f"{node.op_type} '{node.name}' -> '{name}': cosine similarity {similarity}, "
                  f"largest difference {difference}")
    print(f"{diverged} of {len(lines)} values have diverged")


if __name__ == "__main__":
    main()
