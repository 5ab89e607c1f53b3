"""Makes the table of run.sh: python3 table.py FOLDER_OF_RUNS BOUND_IN_SECONDS."""

import json
import pathlib
import re
import sys

runs, bound = pathlib.Path(sys.argv[1]), float(sys.argv[2])


def last(pattern, text):
    found = re.findall(pattern, text)
    return found[-1] if found else "?"


def files(name):
    """How many files a tool says it has looked into."""
    out, err = ((runs / f"{name}.{end}").read_text(errors="replace") for end in ("stdout", "stderr"))
    match name:
        case "unjwt":
            return json.loads(out)["summary"]["files"]["scanned"]
        case "ast-grep":
            return last(r"scannedFileCount=(\d+)", err)
        case "semgrep":
            return last(r"on (\d+) files?:", err)
    return (runs / f"{name}.files").read_text().strip()


def measured(name):
    result = json.loads((runs / f"{name}.json").read_text())["results"][0]
    memory = max(map(int, re.findall(r"Maximum resident set size \(kbytes\): (\d+)", (runs / f"{name}.time").read_text())))
    ended = (runs / f"{name}.code").read_text().strip() == "124"
    return {
        "wall": result["median"],
        "least": result["min"],
        "cpu": result["user"] + result["system"],
        "memory": memory / 1024,
        "runs": len(result["times"]),
        "ended": ended,
    }


rows = [
    ("unjwt", "`unjwt scan`"),
    ("rg", "`rg -c -F -f needles`"),
    ("rg-same", "the same, `-i`, all files that unjwt searches"),
    ("ast-grep", "`ast-grep scan`"),
    ("semgrep", "`semgrep scan`"),
]
rows = [row for row in rows if (runs / f"{row[0]}.json").exists()]
all_of = {name: measured(name) for name, _ in rows}
own = all_of["unjwt"]
print("| | files | runs | wall, median (s) | least (s) | CPU (s) | peak memory (MB) | wall of unjwt ÷ | CPU ÷ that of unjwt |")
print("|---|---|---|---|---|---|---|---|---|")
for name, label in rows:
    it = all_of[name]
    more = "> " if it["ended"] else ""
    print(
        f"| {label} | {files(name)} | {it['runs']} | {more}{it['wall']:.2f} | {more}{it['least']:.2f} | {more}{it['cpu']:.2f} "
        f"| {it['memory']:.0f} | {own['wall'] / it['wall']:.2f} | {more}{it['cpu'] / own['cpu']:.1f} |"
    )
