"""The labelled data, and candidates with their features and truth."""
import collections
import json
import pathlib
import random
import re
import subprocess

import numpy as np

from chosen import Chosen

# Columns of the dump before the features.
PATH, LINE, FROM, TO, NAME, END, FIRST = range(7)
TRUE, NEUTRAL, FALSE = 1, -1, 0


class Labels:
    """The rows of labels.jsonl, by line. Paths are those of the dump: without `files/`."""

    def __init__(self, folder):
        self.root = pathlib.Path(folder) / "files"
        rows = [json.loads(line) for line in open(pathlib.Path(folder) / "labels.jsonl", encoding="utf8")]
        self.units = {}
        self.by_line = collections.defaultdict(list)
        rank = "TIFX"
        for row in rows:
            path = row["path"].removeprefix("files/")
            truth = "I" if row["truth"] == "T" and row.get("info") else row["truth"]
            key = path, row["line_start"], row["line_end"]
            unit = self.units.setdefault(key, {"truth": truth, "rows": [], "categories": set()})
            unit["truth"] = min(unit["truth"], truth, key=rank.index)
            unit["rows"].append(dict(row, truth=truth))
            if truth == "T":
                unit["categories"] |= set(row["category"].split(":"))
        for key, unit in self.units.items():
            for line in range(key[1], key[2] + 1):
                self.by_line[key[0], line].append((key, unit))

    def truth(self, path, line, start, end):
        """Of a value: TRUE, FALSE, or NEUTRAL where it must not be learned."""
        units = self.by_line.get((path, line), ())
        best = min((unit["truth"] for _, unit in units), key="TIFX".index, default=None)
        if best == "I":
            return NEUTRAL
        if best != "T":
            return FALSE
        for _, unit in units:
            for row in unit["rows"]:
                whole = row["value_start"] < 0 or row["line_start"] != row["line_end"]
                if row["truth"] == "T" and (whole or row["value_start"] < end and start < row["value_end"]):
                    return TRUE
        return NEUTRAL


def dump(binary, root, paths):
    """Runs the extractor: names of the features, and a row a candidate."""
    run = subprocess.run([binary, str(root)], input="\n".join(paths), capture_output=True, check=True,
                         encoding="utf8", errors="replace")
    head, *lines = run.stdout.rstrip("\n").split("\n")
    names = head.split("\t")[FIRST:]
    rows = [line.split("\t") for line in lines]
    x = np.array([row[FIRST:] for row in rows], dtype=np.int16).reshape(len(rows), len(names))
    places = [[row[PATH]] + [int(value) for value in row[LINE:FIRST]] for row in rows]
    return names, places, x


def files_below(root):
    root = pathlib.Path(root)
    files = (path.relative_to(root) for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    return sorted(str(path) for path in files if ".git" not in path.parts)


def with_chosen(labels, folder, seed):
    """Writes the labelled files again with chosen values instead of the random ones; gives their places."""
    spans = collections.defaultdict(list)
    for (path, start, end), unit in labels.units.items():
        for row in unit["rows"]:
            if row["truth"] == "T" and start == end and 0 <= row["value_start"] < row["value_end"]:
                spans[path, start].append((row["value_start"], row["value_end"], row["category"]))
    by_file = collections.defaultdict(dict)
    for (path, line), values in spans.items():
        by_file[path][line] = sorted(set(values))
    places = set()
    for path, wanted in sorted(by_file.items()):
        draw = random.Random(f"{seed} {path}")
        chosen = Chosen(draw)
        text = (labels.root / path).read_bytes().decode("utf8", "surrogateescape")
        parts = re.split("(\r\n|\n|\r)", text)
        for line, values in sorted(wanted.items()):
            at = 2 * (line - 1)
            if at >= len(parts):
                continue
            old, new, last = parts[at], "", 0
            for start, end, category in values:
                if start < last:
                    continue
                kind = replaced(category, old[start:end])
                new += old[last:start]
                begin = len(new)
                new += getattr(chosen, kind)() if kind else old[start:end]
                if kind:
                    places.add((path, line, begin, len(new)))
                last = end
            parts[at] = new + old[last:]
        to = folder / path
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_bytes("".join(parts).encode("utf8", "surrogateescape"))
    return sorted(by_file), places


def replaced(category, value):
    """Which kind of chosen value can stand here: none for what has a format of its own."""
    kinds = set(category.split(":"))
    if re.search(r"\s|-----|^ey[JI]", value):
        return None
    if kinds & {"Password", "SQL Password", "CMD Password"} or kinds <= {"Auth", "Credential", "Secret"} and len(value) < 16:
        return "password"
    if kinds <= {"Token", "Key", "Secret", "API", "Auth", "Salt", "Nonce", "Credential"} and len(value) >= 16:
        return "key"
    return None
