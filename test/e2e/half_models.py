#!/usr/bin/python3
"""half_models.py FOLDER: writes the small 16-bit models of RoundedCopyTest.cpp.

Each adds 4096 and takes it away again: in float16 (steps of 2 below 4096, of 16 in bfloat16) every |x| < 1 becomes 0, in
float32 it comes back. The output is thus zero exactly where the sum has been rounded.
"""

import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HALF, BRAIN, FLOAT = TensorProto.FLOAT16, TensorProto.BFLOAT16, TensorProto.FLOAT


def constant(name, dtype, value):
    if dtype == BRAIN:
        bits = int(np.float32(value).view(np.uint32)) >> 16
        tensor = TensorProto(name=name, data_type=BRAIN, dims=[1], raw_data=bits.to_bytes(2, "little"))
        return tensor
    return numpy_helper.from_array(np.array([value], dtype=np.float16), name)


def add_and_subtract(source, target, stem=""):
    return [
        helper.make_node("Add", [source, "big"], [stem + "sum"], name=stem + "add"),
        helper.make_node("Reshape", [stem + "sum", "shape"], [stem + "flat"], name=stem + "mover"),
        helper.make_node("Sub", [stem + "flat", "big"], [target], name=stem + "sub"),
    ]


def save(folder, name, nodes, dtypes, initializers, opset):
    shape = numpy_helper.from_array(np.array([-1], dtype=np.int64), "shape")
    graph = helper.make_graph(
        nodes, name,
        [helper.make_tensor_value_info("x", dtypes[0], [8])],
        [helper.make_tensor_value_info("y", dtypes[1], [8])],
        [shape, *initializers])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=7)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, f"{folder}/{name}.onnx")


def main():
    folder = sys.argv[1]
    big = constant("big", HALF, 4096)
    constant_node = helper.make_node("Constant", [], ["big"], name="big_node", value=big)
    to_half = helper.make_node("Cast", ["x"], ["x16"], name="down", to=HALF)
    to_float = helper.make_node("Cast", ["y16"], ["y"], name="up", to=FLOAT)

    save(folder, "half_interface", add_and_subtract("x", "y"), (HALF, HALF), [big], 9)
    save(folder, "constant_node", [constant_node, to_half, *add_and_subtract("x16", "y16"), to_float], (FLOAT, FLOAT), [], 11)
    # The last node only moves data, and the graph output is float16.
    last_moves = [*add_and_subtract("x", "y16"), helper.make_node("Identity", ["y16"], ["y"], name="last")]
    save(folder, "last_moves", last_moves, (HALF, HALF), [big], 13)
    save(folder, "bfloat16", [helper.make_node("Cast", ["x"], ["x16"], name="down", to=BRAIN),
                              *add_and_subtract("x16", "y16"), to_float], (FLOAT, FLOAT), [constant("big", BRAIN, 4096)], 17)

    # Both branches capture x16 and big; the types of their values are declared nowhere.
    branches = {}
    for branch in ("then", "else"):
        out = helper.make_empty_tensor_value_info(f"{branch}_y")
        out.type.tensor_type.elem_type = HALF
        branches[f"{branch}_branch"] = helper.make_graph(
            add_and_subtract("x16", f"{branch}_y", f"{branch}_"), branch, [], [out])
    choose = helper.make_node("If", ["condition"], ["y16"], name="choose", **branches)
    condition = helper.make_tensor("condition", TensorProto.BOOL, [], [True])
    save(folder, "nested_body", [to_half, choose, to_float], (FLOAT, FLOAT), [big, condition], 16)


if __name__ == "__main__":
    main()
