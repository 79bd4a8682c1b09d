"""The table that bench/run.sh prints, and the plots beside it.

    python3 bench/report.py FOLDER    FOLDER holds what the programs wrote: *.json of Google Benchmark, *.lines of Compare
"""
import json
import math
import os
import sys


def lines(folder, name):
    path = os.path.join(folder, name + ".lines")
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def benchmarks(folder, name):
    """Median seconds on the clock and on the processor, by benchmark."""
    path = os.path.join(folder, name + ".json")
    with open(path, encoding="utf-8") as file:
        runs = json.load(file)["benchmarks"]
    scale = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}
    found = {}
    for run in runs:
        if run.get("aggregate_name") == "median" or ("aggregate_name" not in run and run.get("run_type") != "aggregate"):
            unit = scale[run["time_unit"]]
            found[run["run_name"]] = {"wall": run["real_time"] * unit, "cpu": run["cpu_time"] * unit,
                                      "bytes": run.get("bytes_per_second"), "per_node": run.get("per_node")}
    return found


def plot(path, title, unit_x, unit_y, series):
    """Lines over logarithmic axes, as SVG."""
    points = [point for _, line in series for point in line if point[0] > 0 and point[1] > 0]
    if not points:
        return
    low = [math.floor(math.log10(min(p[i] for p in points))) for i in (0, 1)]
    high = [max(low[i] + 1, math.ceil(math.log10(max(p[i] for p in points)))) for i in (0, 1)]
    width, height, margin = 640, 400, 60

    def place(value, axis):
        share = (math.log10(value) - low[axis]) / (high[axis] - low[axis])
        return margin + share * (width - 2 * margin) if axis == 0 else height - margin - share * (height - 2 * margin)

    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" '
           f'font-size="12"><rect width="100%" height="100%" fill="white"/>'
           f'<text x="{width / 2}" y="24" text-anchor="middle" font-size="15">{title}</text>']
    for axis in (0, 1):
        for power in range(low[axis], high[axis] + 1):
            at = place(10.0 ** power, axis)
            if axis == 0:
                out.append(f'<path d="M{at} {margin}V{height - margin}" stroke="#ddd"/>'
                           f'<text x="{at}" y="{height - margin + 18}" text-anchor="middle">1e{power}</text>')
            else:
                out.append(f'<path d="M{margin} {at}H{width - margin}" stroke="#ddd"/>'
                           f'<text x="{margin - 6}" y="{at + 4}" text-anchor="end">1e{power}</text>')
    out.append(f'<text x="{width / 2}" y="{height - 16}" text-anchor="middle">{unit_x}</text>'
               f'<text x="16" y="{height / 2}" transform="rotate(-90 16 {height / 2})" text-anchor="middle">{unit_y}</text>')
    for number, (name, line) in enumerate(series):
        colour = ("#1b6ca8", "#c0392b", "#2e8b57", "#8e44ad")[number % 4]
        path_data = "".join(f"{'ML'[i > 0]}{place(x, 0):.1f} {place(y, 1):.1f}" for i, (x, y) in enumerate(line))
        out.append(f'<path d="{path_data}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out += [f'<circle cx="{place(x, 0):.1f}" cy="{place(y, 1):.1f}" r="3" fill="{colour}"/>' for x, y in line]
        out.append(f'<text x="{margin + 8}" y="{margin + 16 * (number + 1)}" fill="{colour}">{name}</text>')
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(out + ["</svg>\n"]))


def main():
    folder = sys.argv[1]
    plans = benchmarks(folder, "CompileBench")
    onnx = benchmarks(folder, "OnnxBench")
    half = benchmarks(folder, "HalfBench")
    rows = []

    def row(work, measured, goal, met, limit=""):
        """`limit` is what this machine takes for a part of the work alone, done in the plainest way."""
        rows.append((work, measured, goal, "yes" if met else "NO", limit))

    series = []
    for mode in ("force_fp16", "allow_mix_precision", "blocked"):
        line = sorted((int(name.split("/")[2]), value["cpu"] / int(name.split("/")[2]) * 1e9)
                      for name, value in plans.items() if name.startswith(f"benchPlan/{mode}/"))
        if line:
            series.append((mode, line))
            ends = f"{line[0][1]:.0f} ns at {line[0][0]:,} nodes, {line[-1][1]:.0f} ns at {line[-1][0]:,}"
            fill = plans.get(f"benchFill/{line[-1][0]}")
            limit = f"{fill['cpu'] / line[-1][0] * 1e9:.0f} ns to fill its memory at {line[-1][0]:,}" if fill else ""
            if mode == "blocked":
                row("plan(), one node in eight kept by name: time per node", ends, "linear",
                    line[-1][1] < 2 * line[0][1], limit)
            else:
                row(f"plan() in {mode}: time per node", ends, "60 ns, flat", max(y for _, y in line) <= 60, limit)
    plot(os.path.join(folder, "nodes.svg"), "plan(): time per node", "nodes", "ns per node", series)

    million = 1000000
    read, skip = onnx.get(f"benchRead/{million}"), onnx.get(f"benchSkip/{million}")
    if read and skip:
        measured = f"{read['cpu'] / skip['cpu']:.2f}x: {read['per_node'] * 1e9:.0f} ns per node"
        fill = onnx.get(f"benchReadFill/{million}")
        limit = f"{1 + fill['cpu'] / skip['cpu']:.1f}x, to skip and fill the memory that it keeps" if fill else ""
        row("read 1M nodes, against a scan that only skips", measured, "3x", read["cpu"] <= 3 * skip["cpu"], limit)
    plot(os.path.join(folder, "files.svg"), "ONNX in memory: time per node", "nodes", "ns per node",
         [(name, sorted((int(key.rsplit("/", 1)[1]), value["cpu"] / int(key.rsplit("/", 1)[1]) * 1e9)
                        for key, value in onnx.items() if key.startswith(prefix + "/")))
          for name, prefix in (("read", "benchRead"), ("skip", "benchSkip"),
                               ("write, force_fp16", "benchWrite/force_fp16"))])

    copy, convert = half.get("copy/16777216/real_time"), half.get("convert/avx2_f32_f16/16777216/real_time")
    if copy and convert:
        ratio = convert["bytes"] / copy["bytes"]
        row("fp32 to fp16, against memcpy of the same bytes", f"{ratio:.2f}x ({convert['bytes'] / 1e9:.1f} GB/s)", "0.9x",
            ratio >= 0.9)

    for name in ("inside", "external"):
        found = lines(folder, "whole-" + name)
        if not found:
            continue
        cp, precast, durable, reading, writing = found
        ratio = precast["wall"] / cp["wall"]
        row(f"compile 1 GiB of weights ({name}), against cp",
            f"{ratio:.2f}x ({precast['wall']:.2f} s, cp {cp['wall']:.2f} s; processor {precast['cpu'] / cp['cpu']:.2f}x; "
            f"durable {durable['wall']:.2f} s)", "0.45x", ratio <= 0.45,
            f"{max(reading['wall'], writing['wall']) / cp['wall']:.2f}x, dd to read all {reading['wall']:.2f} s beside dd to "
            f"write half {writing['wall']:.2f} s")
        row("  its peak memory", f"{precast['peak'] / 1e6:.0f} MB", "150 MB", precast["peak"] <= 150e6)
    sizes, threads = [], []
    for mib in (64, 256, 1024):
        found = lines(folder, f"bytes-{mib}")
        if found:
            sizes.append((mib, found))
    plot(os.path.join(folder, "bytes.svg"), "compile: seconds by weights", "MiB of weights", "s",
         [("cp", [(mib, f[0]["wall"]) for mib, f in sizes]), ("precast", [(mib, f[1]["wall"]) for mib, f in sizes])])
    for count, found in zip((1, 2, 4, 8), lines(folder, "threads")):
        threads.append((count, found["wall"]))
    plot(os.path.join(folder, "threads.svg"), "compile: seconds by threads", "threads", "s", [("1 GiB", threads)])

    for name in sorted(os.listdir(folder)):
        if not (name.startswith("model-") and name.endswith(".lines")):
            continue
        model, peer = name[len("model-"):-len(".lines")].rsplit("-", 1)
        tool, empty, copy = (each["wall"] * 1e3 for each in lines(folder, name[:-len(".lines")]))
        row(f"{model}, whole process, against {peer} s of the fastest peer",
            f"{tool:.1f} ms, {float(peer) * 1e3 / tool:.0f}x", "100x", tool <= float(peer) * 10,
            f"{float(peer) * 1e3 / copy:.0f}x, cp in {copy:.1f} ms (true in {empty:.1f} ms)")
    size_path = os.path.join(folder, "size.txt")
    if os.path.exists(size_path):
        with open(size_path, encoding="utf-8") as file:
            size = int(file.read())
        row("the library linked into a program, text and data", f"{size / 1e6:.2f} MB", "4 MB", size < 4e6)

    head = ("work", "measured", "goal", "met", "a part of it alone")
    widths = [max(len(line[i]) for line in rows + [head]) for i in range(len(head))]
    for line in [head, tuple("-" * w for w in widths)] + rows:
        print("| " + " | ".join(text.ljust(width) for text, width in zip(line, widths)) + " |")


main()
