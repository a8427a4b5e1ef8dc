#!/usr/bin/env python3
"""Splits the example pieces of rule files until a scan of the files finds nothing in them.

    split-examples.py path/to/keyward rules/FILE.toml...

The texts that the pieces make stay as they are. Words that call the generic tier are split inside, and so are values
that a rule recognises by themselves.
"""
import json
import os
import re
import subprocess
import sys

WORDS = re.compile(r"pass|pwd|_pw|secret|token|key|auth|cred|salt|nonce|bearer|basic|cookie|session|identified", re.I)
STRING = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'')
ROUNDS = 6


def findings(keyward, files):
    """The findings in the files, by path and line."""
    run = subprocess.run([keyward, "scan", "--format", "json", *files], capture_output=True, check=False)
    report = json.loads(run.stdout)
    if "error" in report:
        sys.exit(report["error"]["message"])
    found = {}
    for finding in report["findings"]:
        found.setdefault((finding["path"], finding["line_start"]), []).append(finding)
    return found


def breaks(line, start, end, columns):
    """Where to split the string that takes line[start:end]: offsets of the line."""
    inside = [match.start() + 2 for match in WORDS.finditer(line, start + 1, end - 1)]
    inside += [at for at in columns if start + 1 < at < end - 1]
    whole = []
    for at in sorted(set(inside)):
        before = line[start + 1:at]
        escaped = (len(before) - len(before.rstrip("\\"))) % 2 == 1
        if not (line[start] == '"' and escaped):
            whole.append(at)
    return whole


def split(line, found):
    """The line with its strings split, for the findings in it."""
    columns = [(f["column_start"] - 1 + min(f["column_end"], len(line))) // 2 for f in found]
    edits = []
    for match in STRING.finditer(line):
        quote = line[match.start()]
        edits += [(at, quote) for at in breaks(line, match.start(), match.end(), columns)]
    for at, quote in reversed(edits):
        line = f"{line[:at]}{quote}, {quote}{line[at:]}"
    return line


def main():
    keyward, files = sys.argv[1], [os.path.relpath(name) for name in sys.argv[2:]]
    for _ in range(ROUNDS):
        found = findings(keyward, files)
        if not found:
            return
        for name in {path for path, _ in found}:
            with open(name, encoding="utf-8") as source:
                lines = source.read().split("\n")
            for (path, number), here in found.items():
                if path == name and lines[number - 1].lstrip().startswith("["):
                    lines[number - 1] = split(lines[number - 1], here)
            with open(name, "w", encoding="utf-8") as out:
                out.write("\n".join(lines))
    for (path, number), here in sorted(findings(keyward, files).items()):
        print(f"{path}:{number}: {', '.join(f['rule'] for f in here)}: to be split by hand")


if __name__ == "__main__":
    main()
