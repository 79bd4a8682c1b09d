#!/usr/bin/python3
"""full_check.py FOLDER: the onnx package's full checker over the results of a sweep.

FOLDER holds NNNNN.source and, compiled from it, NNNNN.00, NNNNN.01 and so on. Prints "NNNNN MM message" for each result
that the checker refuses although it takes the source, and at the end "checked COUNT". Models of an opset that this onnx
does not know are left out.
"""

import collections
import os
import sys

import onnx


def full(model):
    onnx.checker.check_model(model, full_check=True)


def types(model):
    onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True)


def refusal(check, path):
    try:
        check(onnx.load(path))
    except Exception as error:  # the checker and the inference behind it throw several unrelated types
        return " ".join(str(error).split()) or type(error).__name__
    return None


def strictest_check(path):
    """The full checker, or only its types if it does not take the source (values without shapes), or neither."""
    if is_known(onnx.load(path)):
        for check in (full, types):
            if refusal(check, path) is None:
                return check
    return None


def is_known(model):
    newest = {domain: max(versions) for domain, versions in known_versions().items()}
    return all(
        opset.version <= newest.get(opset.domain or "ai.onnx", -1) if opset.domain in ("", "ai.onnx") else True
        for opset in model.opset_import
    )


def known_versions():
    if not VERSIONS:
        for schema in onnx.defs.get_all_schemas_with_history():
            VERSIONS[schema.domain or "ai.onnx"].add(schema.since_version)
        VERSIONS["ai.onnx"].add(onnx.defs.onnx_opset_version())
    return VERSIONS


VERSIONS = collections.defaultdict(set)


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: full_check.py FOLDER")
    folder = sys.argv[1]
    checked = 0
    checks = {}
    for name in sorted(os.listdir(folder)):
        model, part = name.split(".")
        if part == "source":
            continue
        if model not in checks:
            checks[model] = strictest_check(os.path.join(folder, model + ".source"))
        check = checks[model]
        if check is None:
            continue
        checked += 1
        why = refusal(check, os.path.join(folder, name))
        if why is not None:
            print(model, part, why)
    print("checked", checked)


if __name__ == "__main__":
    main()
