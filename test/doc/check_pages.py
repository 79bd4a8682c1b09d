"""Checks what the pages of doc/ show: check_pages.py ROOT TOOL. Prints a line per mistake; status 1 if there is one.

A comment before a fenced block says what the block is:
  <!-- file: NAME -->            the contents of a file, which the commands of the page find in their folder
  <!-- source: PATH -->          consecutive lines of a file of the repository
  <!-- output: NAME -->          consecutive lines of what examples/NAME.cpp prints
A block of the language `console` needs none: lines that open with "$ " are commands, run in one shell per page with the
tool in PATH, and the lines below each are what it prints. A line "..." stands for any number of lines.

Every line `test/FILE`: "NAME" of SECURITY.md names a test that FILE has, without the id ("A2: ") that may stand before
it. Where a source cites "PAGE, section N", doc/PAGE.md has a section of that number.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

FENCE = re.compile(r"^```(\w*)\s*$")
MARK = re.compile(r"^<!-- (file|source|output): (\S+) -->$")
PROMISE = re.compile(r'^\* `(test/\S+\.cpp)`: "(.*)"$')
CITATION = re.compile(r"\b([a-z]+(?:-[a-z]+)+),\s(?:// )?sections?\s(?:// )?([0-9]+)(?:\sand\s(?:// )?([0-9]+))?",
                      re.IGNORECASE)
SEPARATOR = "-- end of command --"


def blocks(page):
    """Yields (line number, language, mark, lines) of every fenced block."""
    mark, inside = None, None
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        fence = FENCE.match(line)
        if inside is not None:
            if fence:
                yield inside
                mark, inside = None, None
            else:
                inside[3].append(line)
        elif fence:
            inside = (number, fence.group(1), mark, [])
        elif MARK.match(line):
            mark = MARK.match(line).groups()
        elif line.strip():
            mark = None


def commands(lines):
    """Splits a console block into [command, expected lines]."""
    steps = []
    for line in lines:
        if line.startswith("$ "):
            steps.append([line[2:], []])
        elif line.startswith("> ") and steps and not steps[-1][1]:
            steps[-1][0] += "\n" + line[2:]
        elif steps:
            steps[-1][1].append(line)
        else:
            steps.append(["false  # a console block must open with a command", [line]])
    return steps


def matches(expected, printed):
    """True if `printed` is `expected`, where "..." stands for any number of lines."""
    pattern = "".join(r"(?:.*\n)*" if line.strip() == "..." else re.escape(line) + "\n" for line in expected)
    return re.fullmatch(pattern, "".join(line + "\n" for line in printed)) is not None


def run(steps, tool, folder):
    """Runs all commands of a page in one shell; returns what each printed."""
    script = "".join(f"{command}\necho '{SEPARATOR}'\n" for command, _ in steps)
    environment = dict(os.environ, PATH=f"{pathlib.Path(tool).resolve().parent}:{os.environ['PATH']}", LC_ALL="C.UTF-8")
    result = subprocess.run(["bash"], input=script, text=True, cwd=folder, env=environment, timeout=300,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return [part.strip("\n").splitlines() for part in result.stdout.split(SEPARATOR)]


def contains(text, lines):
    wanted = [line.rstrip() for line in lines]
    have = [line.rstrip() for line in text.splitlines()]
    return any(have[i:i + len(wanted)] == wanted for i in range(len(have) - len(wanted) + 1))


def check(page, root, tool):
    mistakes, steps, places = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        for number, language, mark, lines in blocks(page):
            place = f"{page.relative_to(root)}:{number}"
            if language == "console":
                for step in commands(lines):
                    steps.append(step)
                    places.append(place)
            elif mark is not None:
                kind, name = mark
                if kind == "file":
                    (pathlib.Path(folder) / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
                    continue
                source = root / (name if kind == "source" else f"examples/expected/{name}.txt")
                if not source.exists():
                    mistakes.append(f"{place}: there is no {source.relative_to(root)}")
                elif not contains(source.read_text(encoding="utf-8"), lines):
                    mistakes.append(f"{place}: {source.relative_to(root)} has no such lines")
        printed = run(steps, tool, folder) if steps else []
        for (command, expected), place, lines in zip(steps, places, printed):
            if not matches(expected, lines):
                shown = "\n".join(lines)
                mistakes.append(f"{place}: `{command}` prints\n{shown}\n--")
        if len(printed) < len(steps):
            mistakes.append(f"{page}: the shell ended early")
    return mistakes, len(steps)


def check_promises(page, root):
    promises = [PROMISE.match(line) for line in page.read_text(encoding="utf-8").splitlines()]
    named = [promise.groups() for promise in promises if promise]
    sources = {path: (root / path).read_text(encoding="utf-8") if (root / path).exists() else "" for path, _ in named}
    missing = [f"{page.name}: {path} has no test \"{name}\"" for path, name in named
               if re.search(f'TEST_CASE\\("([A-D][0-9]+: )?{re.escape(name)}"', sources[path]) is None]
    return missing if named else [f"{page.name} names no test"]


def check_citations(root):
    mistakes, count = [], 0
    sections = {page.stem: re.findall(r"^## ([0-9]+)\. ", page.read_text(encoding="utf-8"), re.MULTILINE)
                for page in (root / "doc").glob("*.md")}
    for folder in ("include", "lib", "tools", "test", "examples"):
        for source in sorted((root / folder).rglob("*")):
            if source.suffix not in (".h", ".cpp"):
                continue
            for page, *numbers in CITATION.findall(source.read_text(encoding="utf-8")):
                count += 1
                mistakes += [f"{source.relative_to(root)}: cites section {number} of {page}, which no page of doc/ has"
                             for number in numbers if number and number not in sections.get(page.lower(), [])]
    return mistakes if count else ["no source cites a page"]


def main():
    root, tool = pathlib.Path(sys.argv[1]), sys.argv[2]
    mistakes, count = [], 0
    for page in sorted((root / "doc").glob("*.md")):
        found, ran = check(page, root, tool)
        mistakes += found
        count += ran
    mistakes += check_promises(root / "SECURITY.md", root)
    mistakes += check_citations(root)
    for mistake in mistakes:
        print(mistake)
    print(f"{count} commands")
    return 1 if mistakes or count == 0 else 0


sys.exit(main())
