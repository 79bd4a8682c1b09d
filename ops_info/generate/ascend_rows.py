"""Kernel rows of the Ascend operators whose rows are not columns of the op-info tables.

Operators with `dynamicFormat` choose their rows in code (`op_select_format`) when a graph is built. What that code says
is known in four degrees, and rows() takes the first that there is:

1. rows read from the code of the most used operators (`dynamic_rows` of the input);
2. the columns that another SoC's table states for the same operator, restricted to the dtypes of this SoC's code;
3. the dtypes that the code states, in that order, one row each for all data operands; operands that are indices, masks
   or sizes have the dtypes of FIXED, accumulators are float (PATTERNS);
4. float16 and float for all operands, where nothing is stated.
"""

WORDS = {"f16": "float16", "f32": "float", "bf16": "bfloat16", "f64": "double", "b": "bool"}
WORDS.update({f"i{n}": f"int{n}" for n in (4, 8, 16, 32, 64)})
WORDS.update({f"u{n}": f"uint{n}" for n in (8, 16, 32, 64)})

# Rows written out. "d" stands for each float dtype in turn, float16 first. The order of operands is the entry's.
PATTERNS = {
    # Statistics are accumulated in float, as the sibling operators BN3DTrainingReduce, BNTrainingUpdate, INInferV2 and
    # the operator prototypes (canndev op_proto/inc/reduce_ops.h) say.
    "BNTrainingReduce": [("d", "float", "float")],
    "BNTrainingReduceGrad": [("d", "d", "float", "float", "float", "float", "float", "d")],
    "BNTrainingUpdateGrad": [("d", "d", "float", "float", "float", "float")],
    "GNTrainingReduce": [("d", "float", "float")],
    "GNTrainingUpdate": [("d", "float", "float", "float", "float", "float", "float", "d", "float", "float")],
    "INTrainingReduceV2": [("d", "float", "float")],
    "BNTrainingUpdateV2": [("d", "float", "float", "float", "float", "d", "float", "float")],
    "INTrainingUpdateV2": [("d", "float", "float", "float", "float", "float", "float", "d", "float", "float")],
    "LayerNormXBackpropV2": [("d", "d", "d", "d", "d", "d", "float")],
    # x and weights are float16 (matrix unit); biases, states and results are float or float16 together, as in
    # DynamicGRUV2Hidden and DynamicRNN.
    "DynamicGRUV2": [
        ("float16", "float16", "float16", "float", "float", "int32", "float") + ("float",) * 6,
        ("float16", "float16", "float16", "float16", "float16", "int32", "float16") + ("float16",) * 6,
    ],
    # The matrix unit: the quantised rows are those of Conv2D.
    "FullyConnection": [
        ("float16", "float16", "float16", "int8", "float16"),
        ("int8", "int8", "int32", "int8", "int32"),
        ("int4", "int4", "int32", "int8", "int32"),
    ],
    "GEMM": [("float16",) * 6, ("float16", "float16", "float", "float", "float", "float")],
    "ArgMaxWithKD": [("d", "int32", "d")],
    "MaskedScale": [("d", "int8", "d"), ("d", "float16", "d"), ("d", "float", "d")],
    "CropAndResizeD": [("d", "d", "int32", "d")],
    "Resize": [("d", "float", "float", "int32", "d"), ("d", "float", "float", "int64", "d")],
    "BiasAdd": [("d", "d", "d")],
    "SquareSumV1": [("d", "d")],
}

# The SoCs whose matrix unit writes its result out directly (fix pipe). There the batched products choose among these
# rows in place of those of `dynamic_rows`; MatMulV2 states the same ones as columns of these SoCs' tables.
FIX_PIPE_SOCS = ("ascend310b", "ascend910b")
FIX_PIPE_ROWS = {
    ("x1", "x2", "bias", "offset_w", "y"): [
        ("float16", "float16", "float", "int8", "float16"),
        ("float", "float", "float", "int8", "float"),
        ("int8", "int8", "int32", "int8", "int32"),
        ("bfloat16", "bfloat16", "float", "int8", "bfloat16"),
    ],
    ("x1", "x2", "bias", "y"): [
        ("float16", "float16", "float", "float16"),
        ("float", "float", "float", "float"),
        ("int8", "int8", "int32", "int32"),
        ("bfloat16", "bfloat16", "float", "bfloat16"),
    ],
}
FIX_PIPE_OPS = ("BatchMatMul", "BatchMatMulV2")

# Operands that do not have the dtype of the data: the dtypes that they take, tried in turn.
FIXED = {
    "GatherV2D": {"indices": ("int32", "int64")},
    "BatchToSpaceND": {"block_shape": ("int32", "int64"), "crops": ("int32", "int64")},
    "SpaceToBatchND": {"block_shape": ("int32", "int64"), "paddings": ("int32", "int64")},
    "SegmentSum": {"segment_ids": ("int32",)},
    "UnsortedSegmentSum": {"segment_ids": ("int32", "int64"), "num_segments": ("int32", "int64")},
    "UnsortedSegmentMin": {"segment_ids": ("int32",), "num_segments": ("int32",)},
    "UnsortedSegmentMax": {"segment_ids": ("int32",), "num_segments": ("int32",)},
    "UnsortedSegmentProd": {"segment_ids": ("int32",), "num_segments": ("int32",)},
    "UnsortedSegmentSumD": {"segment_ids": ("int32",)},
    "Select": {"condition": ("bool",)},
    "DropOutDoMask": {"mask": ("uint8",)},
    "LNDropoutGrad": {"mask": ("uint8",)},
}

# Data dtypes, where the stated ones include those of FIXED operands, or where a sibling's code states them.
ALL_OF_CONCAT_V2D = "f32 f16 i8 i16 i32 i64 u8 u16 u32 u64 b"
DATA = {
    "ConcatD": ALL_OF_CONCAT_V2D,  # ConcatV2D is the same operation
    "TileD": "f16 f32 i32 b",  # those of Tile
    "FusedMulAdd": "f16 f32 i32",  # those of FusedMulAddAdd
    "BatchToSpaceND": "f16 f32",
    "SpaceToBatchND": "f16 f32",
    "UnsortedSegmentSum": "f16 f32 i32",
    "UnsortedSegmentMax": "f16 f32 i32",  # those of UnsortedSegmentMin
    "UnsortedSegmentProd": "f16 f32 i32",
    "Select": "f16 i32 i8 u8 f32",
    "DropOutDoMask": "f16 f32",
    "LNDropoutGrad": "f16 f32",
    "SegmentSort": "f16 f32",
    "MultiMerge": "f16 f32",
}


def rows(op, entry, soc, facts):
    """The rows of `op` (tuples of dtype words over its operands), and which of the four degrees they are."""
    operands = [name for _, name, _ in entry["operands"]]
    if op in PATTERNS:
        return [tuple(d if word == "d" else word for word in row)
                for row in PATTERNS[op] for d in (("float16", "float") if "d" in row else ("",))], 3
    if op in FIX_PIPE_OPS and soc in FIX_PIPE_SOCS:
        return FIX_PIPE_ROWS[tuple(operands)], 1
    known = _from_code(op, operands, soc, facts["dynamic_rows"])
    if known:
        return known, 1
    stated = [WORDS[word] for word in entry.get("dtypes_stated_in_code", [])]
    known = _from_other_soc(op, operands, stated, facts["socs"])
    if known:
        return known, 2
    data = [WORDS[word] for word in DATA[op].split()] if op in DATA else stated
    degree = 3 if data else 4
    fixed = FIXED.get(op, {})
    alternatives = max([len(words) for words in fixed.values()], default=1)
    return [tuple(fixed[name][choice] if name in fixed else dtype for name in operands)
            for choice in range(alternatives) for dtype in data or ["float16", "float"]], degree


def _from_code(op, operands, soc, dynamic_rows):
    for key, facts in dynamic_rows.items():
        if key.startswith("_") or op not in key.split("(")[0].split(","):
            continue
        if "tensors" in facts:
            by_soc = {name: rows for names, rows in facts.items() if isinstance(rows, list) and names != "tensors"
                      for name in names.split(",")}
            # The newer SoCs' rows are those of ascend910 where nothing else is stated.
            stated = by_soc.get("rows_in_order") or by_soc.get(soc) or by_soc["ascend910"]
            place = {name: index for index, name in enumerate(facts["tensors"])}
            # offset_w, which BatchMatMulV2 has and its source's rows leave out, is int8 wherever it is stated.
            complete = [tuple(row[place[name]] if name in place else "int8" for name in operands) for row in stated]
            return list(dict.fromkeys(complete))
        for names, words in facts.items():
            if names in ("dtypes", "dtypes_in_order") or soc in names.split(","):
                # A dtype with a condition in parentheses is left out: the AI CPU has it.
                return [(word,) * len(operands) for word in words if "(" not in word]
    return None


def _from_other_soc(op, operands, stated, socs):
    for entries in socs.values():
        other = entries.get(op, {})
        if "rows" in other and [name for _, name, _ in other["operands"]] == operands:
            rows_there = [tuple(row.split(",")) for row in other["rows"]]
            return [row for row in rows_there if row[0].replace("float32", "float") in stated]
    return None
