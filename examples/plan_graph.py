"""The library from Python, by nothing but ctypes: which precision would every node of a graph get?

    plan_graph.py LIBPRECAST.so [TARGET]
"""

import ctypes
import json
import sys

FLOAT32_GRAPH = {
    "schema": "precast.graph/1",
    "inputs": [{"name": "x", "dtype": "float32"}],
    "constants": [{"name": "w", "dtype": "float32"}],
    "nodes": [
        {"name": "conv", "op": "Conv", "inputs": ["x", "w"], "outputs": [{"name": "a", "dtype": "float32"}]},
        {"name": "softmax", "op": "Softmax", "inputs": ["a"], "outputs": [{"name": "y", "dtype": "float32"}]},
    ],
    "outputs": ["y"],
}


class Options(ctypes.Structure):
    """precast_compile_options"""

    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("policy", ctypes.c_void_p),
        ("target", ctypes.c_void_p),
        ("pipeline", ctypes.c_void_p),
        ("on_diagnostic", ctypes.c_void_p),
        ("user", ctypes.c_void_p),
    ]


class Precast:
    """The few functions that this program needs; a failure is a RuntimeError with the library's own words."""

    def __init__(self, path):
        self.library = ctypes.CDLL(path)
        self.library.precast_error_message.restype = ctypes.c_char_p
        self.library.precast_version.restype = ctypes.c_char_p
        self.library.precast_graph_node_count.restype = ctypes.c_size_t

    def call(self, function, *arguments):
        error = ctypes.c_void_p()
        if getattr(self.library, function)(*arguments, ctypes.byref(error)) != 0:
            message = self.library.precast_error_message(error).decode()
            self.library.precast_error_free(error)
            raise RuntimeError(message)

    def make(self, function, *arguments):
        """Calls a function whose last argument before the error is the place of a new object."""
        made = ctypes.c_void_p()
        self.call(function, *arguments, ctypes.byref(made))
        return made

    def explain(self, graph, plan, node):
        size = ctypes.c_size_t()
        self.library.precast_plan_explain(graph, plan, node, None, ctypes.c_size_t(0), ctypes.byref(size), None)
        buffer = ctypes.create_string_buffer(size.value + 1)
        self.call("precast_plan_explain", graph, plan, node, buffer, ctypes.c_size_t(len(buffer)), None)
        return buffer.value.decode()


def main():
    precast = Precast(sys.argv[1])
    name = (sys.argv[2] if len(sys.argv) > 2 else "ascend310p").encode()
    print("precast", precast.library.precast_version().decode())
    text = json.dumps(FLOAT32_GRAPH).encode()
    graph = precast.make("precast_graph_parse_json", text, ctypes.c_size_t(len(text)), b"graph", None)
    target = precast.make("precast_target_builtin", name)
    options = Options(struct_size=ctypes.sizeof(Options), target=target)
    plan = precast.make("precast_make_plan", graph, ctypes.byref(options))
    for node in range(precast.library.precast_graph_node_count(graph)):
        print(precast.explain(graph, plan, node))
    try:
        precast.make("precast_target_builtin", b"ascend31O")
    except RuntimeError as error:
        print("as it should be:", error)
    precast.library.precast_plan_free(plan)
    precast.library.precast_target_free(target)
    precast.library.precast_graph_free(graph)


if __name__ == "__main__":
    main()
