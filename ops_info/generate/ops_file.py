"""Writes op-info files the way they are kept here: one operator per line, sorted by name, so that they are small and a
change shows as one changed line."""

import json


def write(path, entries):
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{json.dumps(op)}:{json.dumps(entries[op], separators=(',', ':'))}" for op in sorted(entries)]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8", newline="\n")
