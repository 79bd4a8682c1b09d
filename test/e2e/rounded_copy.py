#!/usr/bin/python3
"""rounded_copy.py IN.onnx OUT.onnx: a copy of a model in which 16-bit floats really round.

ONNX Runtime's CPU build runs float16 nodes in float32 and drops the Casts between them, so that a plain run says nothing
about float16. In the copy every float16/bfloat16 node runs in float32 with widened constants, and each of its float
outputs goes through a Cast to the 16-bit dtype and a Cast back: accumulate in float32, round at the node's boundary, as
accelerators do. Nodes that only move data need no such pair. Graph inputs and outputs keep their dtype.
"""

import sys

import numpy as np
import onnx
from onnx import AttributeProto, TensorProto, helper, numpy_helper

from onnx_types import DTYPE_ATTRIBUTES, HALF, attribute, bodies, declared_types, infer_node, of_value_info, opsets_of

# What these put out was put in, or comes from a body whose own nodes have rounded it.
MOVERS = {
    "Compress", "Concat", "ConcatFromSequence", "DepthToSpace", "Expand", "Flatten", "Gather", "GatherElements",
    "GatherND", "Identity", "If", "Loop", "Optional", "OptionalGetElement", "Pad", "Reshape", "ReverseSequence", "Scan",
    "SequenceAt", "SequenceConstruct", "SequenceEmpty", "SequenceErase", "SequenceInsert", "SequenceMap", "Slice",
    "SpaceToDepth", "Split", "SplitToSequence", "Squeeze", "Tile", "Transpose", "Unsqueeze", "Where",
}


def widen(tensor):
    """Makes a 16-bit TensorProto float32, exactly; leaves the others as they are."""
    if tensor.data_type not in HALF:
        return
    if tensor.data_type == TensorProto.FLOAT16:
        values = numpy_helper.to_array(tensor).astype(np.float32)
    else:
        raw = tensor.raw_data or np.array(tensor.int32_data, dtype=np.uint16).tobytes()
        values = (np.frombuffer(raw, dtype="<u2").astype(np.uint32) << 16).view(np.float32).reshape(tuple(tensor.dims))
    tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))


def widen_info(info):
    kind = info.type.WhichOneof("value")
    holder = info.type.sequence_type.elem_type if kind == "sequence_type" else info.type
    if holder.tensor_type.elem_type in HALF:
        holder.tensor_type.elem_type = TensorProto.FLOAT


def is_half(type_):
    return type_ is not None and type_[0] in HALF


class Rewriter:
    def __init__(self, model):
        self.opsets = opsets_of(model)
        self.taken = set()
        self._collect(model.graph)

    def _collect(self, graph):
        for group in (graph.input, graph.output, graph.initializer):
            self.taken.update(item.name for item in group)
        for node in graph.node:
            self.taken.update([node.name, *node.input, *node.output])
            for body in bodies(node):
                self._collect(body)

    def fresh(self, stem):
        name, count = stem, 1
        while name in self.taken:
            name, count = f"{stem}_{count}", count + 1
        self.taken.add(name)
        return name

    def cast(self, source, target, dtype):
        return helper.make_node("Cast", [source], [target], name=self.fresh(f"{target}_cast"), to=dtype)

    def graph(self, graph, outer_types, outer_names, is_main):
        """Rewrites a graph in place. `names` maps a value to the float32 value that stands for it."""
        types, names, nodes = dict(outer_types), dict(outer_names), []
        kept = {o.name for o in graph.output} if is_main else set()
        declared = declared_types(graph)
        for info in graph.input:
            types[info.name] = of_value_info(info) or types.get(info.name)
            names[info.name] = info.name
            if is_main:
                kept.add(info.name)
            else:
                widen_info(info)
        for tensor in graph.initializer:
            types[tensor.name] = (tensor.data_type, False)
            names[tensor.name] = tensor.name
            if tensor.name not in kept:
                widen(tensor)
        for sparse in graph.sparse_initializer:
            types[sparse.values.name] = (sparse.values.data_type, False)
            widen(sparse.values)
        # What keeps its 16-bit dtype is widened once, at the start.
        for name in [i.name for i in graph.input] + [t.name for t in graph.initializer]:
            if name in kept and is_half(types[name]) and names[name] == name:
                names[name] = self.fresh(f"{name}_wide")
                nodes.append(self.cast(name, names[name], TensorProto.FLOAT))

        for node in graph.node:
            outputs = infer_node(node, types, self.opsets, declared)
            nodes.extend(self.node(node, outputs, types, names, kept))

        del graph.node[:]
        graph.node.extend(nodes)
        del graph.value_info[:]
        if not is_main:
            for info in graph.output:
                info.name = names.get(info.name, info.name)
                widen_info(info)

    def node(self, node, output_types, types, names, kept):
        """The nodes which stand for `node`; records its outputs in `types` and `names`."""
        for body in bodies(node):
            self.graph(body, types, names, is_main=False)
        result = helper.make_node(node.op_type, [], [])
        result.CopyFrom(node)
        for index, name in enumerate(node.input):
            result.input[index] = names.get(name, name)
        if node.op_type == "CastLike" and is_half(output_types[0]):
            result = helper.make_node("Cast", [result.input[0]], list(node.output), name=node.name)
            result.attribute.append(helper.make_attribute("to", output_types[0][0]))
        rounds_itself = result.op_type == "Cast"
        if not rounds_itself:
            self.retype(result)

        after = []
        for index, (name, type_) in enumerate(zip(node.output, output_types)):
            types[name], names[name] = type_, name
            if not name or not is_half(type_):
                continue
            narrow = name if name in kept else None
            if rounds_itself:
                narrow = narrow or self.fresh(f"{name}_narrow")
                result.output[index] = narrow
            elif node.op_type in MOVERS or node.op_type == "Constant" or type_[1]:
                if narrow:
                    names[name] = result.output[index] = self.fresh(f"{name}_wide")
                    after.append(self.cast(names[name], narrow, type_[0]))
                continue
            else:
                narrow = narrow or self.fresh(f"{name}_narrow")
                result.output[index] = self.fresh(f"{name}_exact")
                after.append(self.cast(result.output[index], narrow, type_[0]))
            if narrow == name:
                names[name] = self.fresh(f"{name}_wide")
            after.append(self.cast(narrow, names[name], TensorProto.FLOAT))
        return [result] + after

    @staticmethod
    def retype(node):
        for a in node.attribute:
            if a.type == AttributeProto.TENSOR:
                widen(a.t)
            elif a.type == AttributeProto.SPARSE_TENSOR:
                widen(a.sparse_tensor.values)
        if node.op_type in DTYPE_ATTRIBUTES:
            dtype = attribute(node, DTYPE_ATTRIBUTES[node.op_type][0])
            if dtype and dtype.i in HALF:
                dtype.i = TensorProto.FLOAT


def rounded_copy(model):
    if model.functions:
        raise ValueError("models with local functions are not supported")
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    Rewriter(copy).graph(copy.graph, {}, {}, is_main=True)
    return copy


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: rounded_copy.py IN.onnx OUT.onnx")
    onnx.save(rounded_copy(onnx.load(sys.argv[1])), sys.argv[2])


if __name__ == "__main__":
    main()
