#!/usr/bin/python3
"""check_output.py SOURCE.onnx OUTPUT.onnx: is OUTPUT a valid model with the interface of SOURCE?

Checks with the onnx package's full checker, and beyond it: node names are unique, types agree with the operators in nested
bodies too, no weight is cast at run time, graph inputs and outputs are byte for byte those of the source. Prints one line
per finding and exits with 1 if there is any. For models of opset 17 and below, which is what Debian's onnx knows.
"""

import collections
import sys

import onnx

from onnx_types import TypeConflict, bodies, infer_graph, opsets_of


def all_nodes(graph):
    for node in graph.node:
        yield node
        for body in bodies(node):
            yield from all_nodes(body)


def weight_casts(graph, outer_constants):
    """Casts of an initializer or of a Constant node, as (node name, value), also where a body captures the constant."""
    constants = outer_constants - {i.name for i in graph.input}
    constants |= {t.name for t in graph.initializer} - {i.name for i in graph.input}
    for node in graph.node:
        if node.op_type == "Constant":
            constants.update(node.output)
        else:
            constants.difference_update(node.output)
        if node.op_type == "Cast" and node.input[0] in constants:
            yield (node.output[0], node.input[0])
        for body in bodies(node):
            yield from weight_casts(body, set(constants))


def findings(source, output):
    try:
        onnx.checker.check_model(output, full_check=True)
    except Exception as error:  # the checker and the inference behind it throw several unrelated types
        yield f"the checker refuses it: {error}"
    try:
        infer_graph(output.graph, {}, opsets_of(output))
    except TypeConflict as error:
        yield str(error)

    names = collections.Counter(node.name for node in all_nodes(output.graph))
    already = {name for name, count in collections.Counter(n.name for n in all_nodes(source.graph)).items() if count > 1}
    for name, count in names.items():
        if count > 1 and name and name not in already:
            yield f"{count} nodes are named '{name}'"

    given = set(weight_casts(source.graph, set()))
    for cast, value in weight_casts(output.graph, set()):
        if (cast, value) not in given:
            yield f"constant '{value}' is cast at run time, to '{cast}'"

    for kind in ("input", "output"):
        before = [i.SerializeToString(deterministic=True) for i in getattr(source.graph, kind)]
        after = [i.SerializeToString(deterministic=True) for i in getattr(output.graph, kind)]
        if before != after:
            yield f"the graph's {kind}s are not those of the source"


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: check_output.py SOURCE.onnx OUTPUT.onnx")
    found = list(findings(onnx.load(sys.argv[1]), onnx.load(sys.argv[2])))
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
