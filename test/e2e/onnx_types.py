"""The dtypes of every value of an ONNX model, nested bodies included, from the operator schemas.

Written for the tests, on top of the schemas of the onnx package and independently of precast, so that the two can be
held against each other. Types are (dtype, is_sequence) with TensorProto's numbers, or None where nothing says.
"""

import onnx
from onnx import AttributeProto, TensorProto, TypeProto

HALF = (TensorProto.FLOAT16, TensorProto.BFLOAT16)

# Attributes which hold the dtype of an output, with the dtype when absent (None: that of the first input).
DTYPE_ATTRIBUTES = {
    "Cast": ("to", None),
    "EyeLike": ("dtype", None),
    "RandomNormal": ("dtype", TensorProto.FLOAT),
    "RandomUniform": ("dtype", TensorProto.FLOAT),
    "RandomNormalLike": ("dtype", None),
    "RandomUniformLike": ("dtype", None),
    "Bernoulli": ("dtype", None),
    "Multinomial": ("dtype", TensorProto.INT32),
    "SequenceEmpty": ("dtype", TensorProto.FLOAT),
    "HannWindow": ("output_datatype", TensorProto.FLOAT),
    "HammingWindow": ("output_datatype", TensorProto.FLOAT),
    "BlackmanWindow": ("output_datatype", TensorProto.FLOAT),
}

SCHEMA_TYPES = {
    "tensor(float)": TensorProto.FLOAT,
    "tensor(float16)": TensorProto.FLOAT16,
    "tensor(double)": TensorProto.DOUBLE,
    "tensor(bool)": TensorProto.BOOL,
    "tensor(int32)": TensorProto.INT32,
    "tensor(int64)": TensorProto.INT64,
    "tensor(uint8)": TensorProto.UINT8,
    "tensor(int8)": TensorProto.INT8,
    "tensor(string)": TensorProto.STRING,
}


class TypeConflict(Exception):
    """What a model declares is not what its operators give."""


def of_value_info(info):
    """The type of a ValueInfoProto, None if it has none."""
    kind = info.type.WhichOneof("value")
    if kind == "tensor_type":
        dtype = info.type.tensor_type.elem_type
        return (dtype, False) if dtype else None
    if kind == "sequence_type":
        dtype = info.type.sequence_type.elem_type.tensor_type.elem_type
        return (dtype, True) if dtype else None
    return None


def attribute(node, name):
    return next((a for a in node.attribute if a.name == name), None)


def bodies(node):
    """The nested graphs of a node, in the order of its attributes."""
    for a in node.attribute:
        if a.type == AttributeProto.GRAPH:
            yield a.g
        for g in a.graphs:
            yield g


def _of_constant(node):
    for a in node.attribute:
        if a.name == "value":
            return (a.t.data_type, False)
        if a.name == "sparse_value":
            return (a.sparse_tensor.values.data_type, False)
        kinds = {"value_float": TensorProto.FLOAT, "value_floats": TensorProto.FLOAT, "value_int": TensorProto.INT64,
                 "value_ints": TensorProto.INT64, "value_string": TensorProto.STRING,
                 "value_strings": TensorProto.STRING}
        if a.name in kinds:
            return (kinds[a.name], False)
    return None


def _of_control_flow(node, scope, opsets):
    """If: its branch's outputs. Loop: without the condition, stacked like the others. Scan: all of them."""
    results = None
    for body in bodies(node):
        inner = dict(scope)
        incoming = list(node.input)
        if node.op_type == "Scan" and opsets.get("", 0) < 9:
            incoming = incoming[1:]
        if node.op_type in ("Loop", "Scan"):
            for formal, actual in zip(body.input, incoming):
                inner[formal.name] = of_value_info(formal) or scope.get(actual)
        types = infer_graph(body, inner, opsets)
        outputs = [types.get(o.name) for o in body.output]
        if node.op_type == "Loop":
            outputs = outputs[1:]
        results = results or outputs
    return (results or [])[: len(node.output)]


def _by_schema(node, scope, opsets):
    """The types of a node's outputs as its operator defines them; None where the schema is unknown or leaves it open."""
    inputs = [scope.get(name) if name else None for name in node.input]
    first = next((t for t in inputs if t), None)
    if node.domain in ("", "ai.onnx"):
        if node.op_type in ("If", "Loop", "Scan"):
            return _of_control_flow(node, scope, opsets)
        if node.op_type == "Constant":
            return [_of_constant(node)]
        if node.op_type == "ConstantOfShape":
            value = attribute(node, "value")
            return [(value.t.data_type if value else TensorProto.FLOAT, False)]
        if node.op_type in DTYPE_ATTRIBUTES:
            name, default = DTYPE_ATTRIBUTES[node.op_type]
            given = attribute(node, name)
            if given or default:
                return [(given.i if given else default, node.op_type == "SequenceEmpty")]
            return [first]
    try:
        schema = onnx.defs.get_schema(node.op_type, opsets.get(node.domain, 1), node.domain)
    except onnx.defs.SchemaError:
        return [None] * len(node.output)

    def formal(parameters, index):
        return parameters[min(index, len(parameters) - 1)]

    bound = {}
    for index, type_ in enumerate(inputs):
        if type_ and schema.inputs:
            bound.setdefault(formal(schema.inputs, index).typeStr, type_)
    results = []
    for index in range(len(node.output)):
        spelled = formal(schema.outputs, index).typeStr
        if spelled in bound:
            results.append(bound[spelled])
        elif spelled in SCHEMA_TYPES:
            results.append((SCHEMA_TYPES[spelled], False))
        elif node.op_type in ("SplitToSequence", "SequenceConstruct", "SequenceInsert", "SequenceErase"):
            results.append((first[0], True) if first else None)
        elif node.op_type in ("SequenceAt", "ConcatFromSequence"):
            results.append((first[0], False) if first else None)
        else:
            allowed = [c.allowed_type_strs for c in schema.type_constraints if c.type_param_str == spelled]
            single = SCHEMA_TYPES.get(allowed[0][0]) if allowed and len(allowed[0]) == 1 else None
            results.append((single, False) if single else None)
    return results


def declared_types(graph):
    return {info.name: of_value_info(info) for info in [*graph.value_info, *graph.output]}


def infer_node(node, scope, opsets, declared):
    """The types of a node's outputs from those in `scope` (name -> type) and what the graph declares. An operator that
    nobody knows is taken to give what it is given."""
    inferred = _by_schema(node, scope, opsets)
    first = next((scope[name] for name in node.input if scope.get(name)), None)
    results = []
    for index, name in enumerate(node.output):
        made = inferred[index] if index < len(inferred) else None
        stated = declared.get(name)
        if made and stated and made != stated:
            raise TypeConflict(f"value '{name}' is declared as {stated}, {node.op_type} '{node.name}' makes {made}")
        results.append(made or stated or (first if node.domain not in ("", "ai.onnx") else None))
    return results


def infer_graph(graph, outer, opsets):
    """The types of the values that `graph` sees: its own, over those of the graphs around it."""
    scope = dict(outer)
    declared = declared_types(graph)
    for info in graph.input:
        scope[info.name] = of_value_info(info) or scope.get(info.name)
    for tensor in graph.initializer:
        scope[tensor.name] = (tensor.data_type, False)
    for tensor in graph.sparse_initializer:
        scope[tensor.values.name] = (tensor.values.data_type, False)
    for node in graph.node:
        scope.update(zip(node.output, infer_node(node, scope, opsets, declared)))
    return scope


def opsets_of(model):
    return {o.domain if o.domain != "ai.onnx" else "": o.version for o in model.opset_import}
