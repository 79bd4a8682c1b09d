"""Instructions per node of plan, read and write, counted by callgrind and compared with bench/instructions.json.

    python3 bench/count.py build/release/bench/CountedWork             fails if one has grown by more than a tenth
    python3 bench/count.py build/release/bench/CountedWork --update    keeps the new numbers
"""
import json
import os
import re
import subprocess
import sys
import tempfile

KEPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "instructions.json")
NODES = 14000  # a multiple of the seven nodes of a block
GROWTH = 1.10


def count(program, kind):
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(
            ["valgrind", "--tool=callgrind", "--toggle-collect=countedWork",
             "--callgrind-out-file=" + os.path.join(folder, "out"), program, kind, str(NODES)],
            capture_output=True, text=True)
    found = re.search(r"Collected : (\d+)", run.stderr)
    if run.returncode != 0 or not found:
        sys.exit("count: " + run.stderr)
    return round(int(found.group(1)) / NODES)


def main():
    counted = {kind: count(sys.argv[1], kind) for kind in ("plan", "read", "write")}
    if "--update" in sys.argv:
        with open(KEPT, "w", encoding="utf-8") as file:
            json.dump(counted, file, indent=2)
            file.write("\n")
        return 0
    with open(KEPT, encoding="utf-8") as file:
        kept = json.load(file)
    grown = False
    for kind, instructions in counted.items():
        worse = instructions > kept[kind] * GROWTH
        grown |= worse
        print(f"{kind}: {instructions} instructions per node, {kept[kind]} are kept{' - GROWN' if worse else ''}")
    return 1 if grown else 0


sys.exit(main())
