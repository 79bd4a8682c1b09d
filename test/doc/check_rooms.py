"""Checks that includes go the way that CONTRIBUTING.md says: check_rooms.py ROOT. Prints a line per mistake; status 1 if
there is one.

The rows of its table of rooms that begin with `lib/` are read: the folder, its public headers, and the rooms that it may
include. Headers of include/precast that no row lists are words for all rooms.
"""
import pathlib
import re
import sys

ROW = re.compile(r"^\| `lib/(\w+)` \|[^|]*\|([^|]*)\|([^|]*)\|$")
INCLUDE = re.compile(r'^#include "(\w+)/(\w+\.h)"')
FOREIGN = {"absl", "fmt"}


def rooms_of(page):
    """The rooms that may be included, and the room of every public header, as the table has them."""
    known, headers = {}, {}
    for line in page.read_text(encoding="utf-8").splitlines():
        row = ROW.match(line)
        if not row:
            continue
        room = row.group(1)
        known[room] = set(re.findall(r"`(\w+)`", row.group(3)))
        headers.update({header: room for header in re.findall(r"`(\w+\.h)`", row.group(2))})
    return known, headers


def mistakes(root):
    page = root / "CONTRIBUTING.md"
    known, headers = rooms_of(page)
    folders = {path.name for path in (root / "lib").iterdir() if path.is_dir()}
    for room in sorted(folders ^ known.keys()):
        yield f"{page}: lib/{room} is " + ("not in the table" if room in folders else "in the table, but no folder")
    public = {path.name for path in (root / "include/precast").iterdir()}
    for header in sorted(headers.keys() - public):
        yield f"{page}: there is no include/precast/{header}"
    seen = {room: set() for room in known}
    for room in sorted(known.keys() & folders):
        for path in sorted((root / "lib" / room).glob("*.*")):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                include = INCLUDE.match(line)
                if not include or include.group(1) in FOREIGN:
                    continue
                folder, header = include.groups()
                of = headers.get(header) if folder == "precast" else folder
                if of is None or of == room or folder == "precast" and "headers" in known[room]:
                    continue
                seen[room].add(of)
                if of not in known[room]:
                    yield f"{path}:{number}: lib/{room} includes {folder}/{header} of lib/{of}, which the table leaves out"
    for room, rooms in known.items():
        for unused in sorted(rooms - seen[room] - {"headers"}):
            yield f"{page}: lib/{room} may include lib/{unused}, but does not"


found = list(mistakes(pathlib.Path(sys.argv[1])))
print("\n".join(found) or "every include goes the way that the table says")
sys.exit(1 if found else 0)
