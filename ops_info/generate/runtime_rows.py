"""Kernel rows from the type constraints of a kernel: every combination of the dtypes that its type variables may take.

Only what can decide something is written out. A node without a float operand needs no row, so combinations without a
float are left out wherever there are others; and a type variable that has no float, and that the kernel does not
restrict further than the schema does, is "-", not stated.
"""

import collections
import itertools

FLOATS = ("float", "float16", "bfloat16")  # what a policy changes; the order of rows

Operand = collections.namedtuple("Operand", "key name kind variable")


def operands(version):
    """The operands of a schema version; `variable` is the name of a type variable or the dtype that it always has."""
    return [Operand(f"{side}{slot}", operand[0], operand[2], operand[1])
            for side, listed in (("input", version["in"]), ("output", version["out"]))
            for slot, operand in enumerate(listed)]


def _dtypes(words):
    """The tensor dtypes among the words of a type list, floats first."""
    plain = {word.removeprefix("tensor(").removesuffix(")") if word.startswith("tensor(") else word for word in words}
    tensors = {word for word in plain if "(" not in word}
    return [word for word in FLOATS if word in tensors] + sorted(tensors - set(FLOATS))


def _choices(schema, variable, operand_names, constraints):
    """The dtypes that the kernel takes for a type variable; ["-"] where it takes all that matter."""
    allowed = _dtypes(schema)
    if not allowed:
        return ["-"]  # sequences, maps and optionals
    if isinstance(constraints, list):  # one list for all operands: it speaks of the operands that may be float
        if not set(allowed) & set(FLOATS):
            return ["-"]
        kernel = constraints
    else:
        # A constraint may name an operand in place of its variable; what no constraint names is not restricted.
        kernel = next((constraints[name] for name in [variable, *operand_names] if name in constraints), allowed)
        if "*fixed_size_tensor" in kernel:
            kernel = set(allowed) - {"string"}
    served = [dtype for dtype in allowed if dtype in kernel]
    if served == allowed and not set(allowed) & set(FLOATS):
        return ["-"]
    return served


def rows(version, listed, constraints):
    """One tuple of dtype words per row, over `listed`; empty if the kernel takes nothing that the schema allows."""
    variables = list(dict.fromkeys(operand.variable for operand in listed))
    schema = version.get("tc", {})
    choices = []
    for variable in variables:
        names = [operand.name for operand in listed if operand.variable == variable]
        choices.append(_choices(schema.get(variable, [variable]), variable, names, constraints))
    place = {variable: index for index, variable in enumerate(variables)}
    combinations = list(itertools.product(*choices))
    with_float = [row for row in combinations if set(row) & set(FLOATS)]
    return [tuple(row[place[operand.variable]] for operand in listed) for row in with_float or combinations]
