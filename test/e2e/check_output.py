#!/usr/bin/python3
"""check_output.py [--rounded] SOURCE.onnx OUTPUT.onnx...: is each OUTPUT a valid model with the interface of SOURCE?

Checks with the onnx package's full checker (up to opset 17, which is what Debian's knows), and beyond it: node names are
unique, and so are value names along the chain of scopes; types agree with the operators in nested bodies too; no weight
is cast at run time; no value is cast twice to one dtype in one graph, or down and up again, unless the source did; every
value_info is still there; graph inputs and outputs are byte for byte those of the source. Prints one line per finding and
exits with 1 if there is any. With --rounded, OUTPUT.rounded.onnx is the copy that rounded_copy.py makes.
"""

import collections
import sys

import onnx
from onnx import TensorProto

from onnx_types import HALF, TypeConflict, attribute, bodies, declared_types, infer_graph, opsets_of
from rounded_copy import rounded_copy


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


def all_graphs(graph):
    yield graph
    for node in graph.node:
        for body in bodies(node):
            yield from all_graphs(body)


def casts_of(model):
    """By the name of its output: (input, dtype) of every Cast, nested bodies included."""
    return {n.output[0]: (n.input[0], attribute(n, "to").i) for n in all_nodes(model.graph) if n.op_type == "Cast"}


def needless_casts(source, output):
    """Casts that a converter made and need not have made."""
    given = casts_of(source)
    made = casts_of(output)
    for graph in all_graphs(output.graph):
        seen = {}
        for node in graph.node:
            if node.op_type != "Cast":
                continue
            result = node.output[0]
            twin = seen.setdefault(made[result], result)
            if twin != result and not (twin in given and result in given):
                yield f"'{node.input[0]}' is cast to one dtype as '{twin}' and as '{result}'"
    for result, (value, dtype) in made.items():
        if value in made and dtype == TensorProto.FLOAT and made[value][1] in HALF:
            if not (value in given and result in given):
                yield f"'{made[value][0]}' is cast down to '{value}' and up again to '{result}'"


def own_values(graph):
    names = [i.name for i in graph.input] + [o for n in graph.node for o in n.output if o]
    return set(names) | {t.name for t in graph.initializer}


def shadowing(graph, outer):
    """Values of nested bodies that are called like one of a graph around them."""
    own = own_values(graph)
    yield from own & outer
    for node in graph.node:
        for body in bodies(node):
            yield from shadowing(body, outer | own)


def lost_infos(source, output):
    declared = {name for graph in all_graphs(output.graph) for name in declared_types(graph)}
    there = {name for graph in all_graphs(output.graph) for name in own_values(graph)}
    for graph in all_graphs(source.graph):
        for info in graph.value_info:
            if info.name in there and info.name not in declared:
                yield info.name


def interface(model, kind):
    # Before IR version 4 weights are listed as inputs too, and are none.
    weights = {t.name for t in model.graph.initializer} if model.ir_version < 4 and kind == "input" else set()
    return [i.SerializeToString(deterministic=True) for i in getattr(model.graph, kind) if i.name not in weights]


def refusal(model):
    """What the full checker says against a model; None where it is silent, or does not know the opset."""
    if opsets_of(model).get("", 1) > onnx.defs.onnx_opset_version():
        return None
    known = onnx.ModelProto()
    known.CopyFrom(model)
    known.ir_version = min(model.ir_version, onnx.IR_VERSION)
    try:
        onnx.checker.check_model(known, full_check=True)
    except Exception as error:  # the checker and the inference behind it throw several unrelated types
        return error
    return None


def findings(source, output):
    error = refusal(output)
    if error and not refusal(source):
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

    yield from needless_casts(source, output)
    for name in set(shadowing(output.graph, set())) - set(shadowing(source.graph, set())):
        yield f"value '{name}' of a body has the name of one outside"
    for name in lost_infos(source, output):
        yield f"value '{name}' has lost its value_info"

    for kind in ("input", "output"):
        if interface(source, kind) != interface(output, kind):
            yield f"the graph's {kind}s are not those of the source"


def main():
    arguments = sys.argv[1:]
    rounded = arguments[:1] == ["--rounded"]
    paths = arguments[rounded:]
    if len(paths) < 2:
        sys.exit("usage: check_output.py [--rounded] SOURCE.onnx OUTPUT.onnx...")
    source = onnx.load(paths[0])
    found = []
    for path in paths[1:]:
        output = onnx.load(path)
        found += [line if len(paths) == 2 else f"{path}: {line}" for line in findings(source, output)]
        if rounded:
            onnx.save(rounded_copy(output), path + ".rounded.onnx")
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
