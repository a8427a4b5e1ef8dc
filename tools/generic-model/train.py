#!/usr/bin/env python3
"""Trains the model of the generic tier, and measures it by repository.

    train.py LABELLED --features BINARY [--ordinary DIR]... [--others FINDINGS] [--out MODEL]

LABELLED   a folder with files/ and labels.jsonl (README.md says what is in them)
BINARY     the built `features` package: the product's own extractor
--ordinary source trees whose candidates are taken as false, with little weight; each folder below is one package
--others   findings of the other rules (JSON lines: path, line_start, line_end, confidence), for figures of the whole
--scores   writes the score of every candidate under the model that has not seen its repository
--out      writes the model that is trained on everything

The same data and the same numpy give the same bytes.
"""
import argparse
import collections
import json
import pathlib
import tempfile

import numpy as np

import data
import model
from made import made
from trees import Trees

FOLDS = 5
ORDER = ("low", "medium", "high", "certain")
# What must not count for a secret the more there is of it (-1), or must (1).
MONOTONE = {
    "name.promise": 1, "name.interface": -1, "name.sample": -1, "value.cost": 1, "value.run-cost": 1,
    "value.worst-cost": 1, "value.covered": -1, "value.meant": -1, "value.speaks": -1, "value.echo": -1,
    "value.placeholder": -1, "place.locale": -1, "place.digest": -1, "place.test": -1, "place.shown": -1,
    "value.foreign": -1, "value.spaces": -1, "value.entropy": 1, "value.distinct": 1,
}
# In sixteenths: a labelled value; one that stands for a replaced value; the replaced; an ordinary source's; a made one.
LABELLED, REPLACED, CHOSEN, ORDINARY, MADE = 16, 12, 6, 3, 6
EVERY_FOLD = ""


class Set:
    """Candidates: features, truth, weight, group (repository or package), place."""

    def __init__(self):
        self.x, self.y, self.weight, self.group, self.place = [], [], [], [], []

    def add(self, x, y, weight, group, place):
        for part, value in zip((self.x, self.y, self.weight, self.group, self.place), (x, y, weight, group, place)):
            part.append(value)

    def arrays(self):
        return np.array(self.x, dtype=np.int16), np.array(self.y), np.array(self.weight, dtype=np.int64)


def gather(args, labels):
    names, places, x = data.dump(args.features, labels.root, data.files_below(labels.root))
    train, measured = Set(), []
    with tempfile.TemporaryDirectory() as folder:
        paths, chosen = data.with_chosen(labels, pathlib.Path(folder), 1)
        _, new_places, new_x = data.dump(args.features, folder, paths)
    lines = {(path, line) for path, line, _, _ in chosen}
    for place, row in zip(places, x):
        path, line, start, end = place[:4]
        repository = path.split("/")[0]
        measured.append((row, repository, place))
        truth = labels.truth(path, line, start, end)
        if truth != data.NEUTRAL:
            train.add(row, truth, REPLACED if truth and (path, line) in lines else LABELLED, repository, place)
    spans = collections.defaultdict(list)
    for path, line, start, end in chosen:
        spans[path, line].append((start, end))
    for place, row in zip(new_places, new_x):
        path, line, start, end = place[:4]
        if any(a < end and start < b for a, b in spans.get((path, line), ())):
            train.add(row, 1, CHOSEN, path.split("/")[0], place)
    ordinary = []
    for root in args.ordinary:
        for package in sorted(path for path in pathlib.Path(root).iterdir() if path.is_dir()):
            _, places, x = data.dump(args.features, package, data.files_below(package))
            for place, row in zip(places, x):
                train.add(row, 0, ORDINARY, package.name, place)
                ordinary.append((row, package.name, place))
    add_made(args, train)
    return names, train, measured, ordinary


def add_made(args, train):
    """Made lines belong to no repository: every fold learns from them."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = {}
        for number, (path, text, secret, value) in enumerate(made(1)):
            to = pathlib.Path(folder) / str(number) / path
            to.parent.mkdir()
            to.write_text(text)
            wanted[f"{number}/{path}"] = secret, len(value)
        _, places, x = data.dump(args.features, folder, sorted(wanted))
    for place, row in zip(places, x):
        secret, length = wanted[place[data.PATH]]
        if place[data.TO] - place[data.FROM] == length:
            train.add(row, int(secret), MADE, EVERY_FOLD, place)


def folds_of(groups, weights):
    """A fold for each group: the next largest goes to the fold with the least."""
    total = [0] * FOLDS
    out = {}
    for group in sorted(groups, key=lambda g: (-weights[g], g)):
        fold = min(range(FOLDS), key=lambda n: (total[n], n))
        out[group] = fold
        total[fold] += weights[group] + 1
    return out


class Count:
    """Counts lines as the labels' own scorer does."""

    def __init__(self, labels, others):
        self.labels, self.others = labels, others

    def count(self, findings, keep, confidence=1):
        """`findings`: places; `keep`: repositories. True units, hit ones, false and unlabelled findings."""
        hit, false, unlabelled = set(), 0, 0
        lines = {(path, line) for path, line, *_ in findings}
        spans = {(path, line, line) for path, line in lines}
        spans |= {span for span, level in self.others if level >= confidence and span[0].split("/")[0] in keep}
        merged = {}
        for path, start, end in sorted(spans):
            merged[path, start] = max(end, merged.get((path, start), 0))
        for (path, start), end in merged.items():
            units = [unit for line in range(start, end + 1) for unit in self.labels.by_line.get((path, line), ())]
            truths = {unit["truth"] for _, unit in units}
            hit.update(key for key, unit in units if unit["truth"] == "T")
            if not truths:
                unlabelled += 1
            elif not truths & {"T", "I"}:
                false += 1
        units = {key for key, unit in self.labels.units.items() if unit["truth"] == "T" and key[0].split("/")[0] in keep}
        return units, hit & units, false, unlabelled


def figures(units, hit, false, unlabelled):
    recall = len(hit) / max(1, len(units))
    a, b = len(hit) / max(1, len(hit) + false), len(hit) / max(1, len(hit) + false + unlabelled)
    f1 = lambda p: 2 * p * recall / max(1e-9, p + recall)
    return f"recall {recall:.3f}  a: precision {a:.3f} F1 {f1(a):.3f}  b: precision {b:.3f} F1 {f1(b):.3f}"


def trees(names, seed=7):
    return Trees([MONOTONE.get(name, 0) for name in names], seed=seed)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labelled")
    parser.add_argument("--features", required=True)
    parser.add_argument("--ordinary", action="append", default=[])
    parser.add_argument("--others")
    parser.add_argument("--scores")
    parser.add_argument("--out")
    parser.add_argument("--no-folds", action="store_true", help="train only")
    args = parser.parse_args()
    labels = data.Labels(args.labelled)
    names, train, measured, ordinary = gather(args, labels)
    x, y, weight = train.arrays()
    print(f"{len(y)} candidates to learn from, {int(y.sum())} true; {len(names)} features")
    if not args.no_folds:
        others = []
        if args.others:
            rows = (json.loads(line) for line in open(args.others, encoding="utf8"))
            others = [((row["path"].removeprefix("files/"), row["line_start"], row["line_end"]),
                       ORDER.index(row["confidence"])) for row in rows]
        measure(args, labels, others, names, train, measured, ordinary, (x, y, weight))
    if args.out:
        pathlib.Path(args.out).write_bytes(model.export(trees(names).fit(x, y, weight), names))


def measure(args, labels, others, names, train, measured, ordinary, arrays):
    x, y, weight = arrays
    true = collections.Counter(key[0].split("/")[0] for key, unit in labels.units.items() if unit["truth"] == "T")
    # Every repository, also one that holds nothing but false units.
    groups = set(train.group) - {EVERY_FOLD} | {key[0].split("/")[0] for key in labels.units}
    size = collections.Counter(train.group)
    fold = folds_of(groups, {group: 20 * true[group] + size[group] // 20 for group in groups})
    fold[EVERY_FOLD] = -1
    of_row = np.array([fold[group] for group in train.group])
    counter, scored, noise = Count(labels, others), [], []
    for number in range(FOLDS):
        rows = of_row != number
        grown = trees(names).fit(x[rows], y[rows], weight[rows])
        for source, out in ((measured, scored), (ordinary, noise)):
            held = [item for item in source if fold[item[1]] == number]
            if held:
                rows_held = np.array([item[0] for item in held])
                scores = grown.predict(rows_held)
                # As score.rs has it: a name that says `fake` keeps below medium.
                sample = rows_held[:, names.index("name.sample")] > 0
                scores = np.where(sample, np.minimum(scores, dict(model.THRESHOLDS)["medium"] - 1), scores)
                out += [(int(score), item[2], item[1]) for score, item in zip(scores, held)]
    if args.scores:
        with open(args.scores, "w", encoding="utf8") as out:
            for score, place, group in sorted(scored + noise, key=lambda one: (-one[0], one[2], one[1])):
                out.write("\t".join(map(str, (score, group, *place[:4]))) + "\n")
    report(labels, counter, scored, noise, fold, set(true) | {key[0].split("/")[0] for key in labels.units})


def report(labels, counter, scored, noise, fold, repositories):
    found = lambda least, keep: [place for score, place, group in scored if score >= least and group in keep]
    print("\nthreshold; figures of all folds together with the other rules at medium, then the precision b with those at"
          "\nhigh; candidates of ordinary source above it")
    for least in range(-2048, 4097, 256):
        places = found(least, repositories)
        _, hit, false, unlabelled = counter.count(places, repositories, ORDER.index("high"))
        precision = len(hit) / (len(hit) + false + unlabelled)
        loud = sum(score >= least for score, *_ in noise)
        print(f"{least:6d} {figures(*counter.count(places, repositories))}  {precision:.3f}  ordinary {loud}")
    for name, least in model.THRESHOLDS:
        print(f"\n{name} ({least})")
        for number in range(FOLDS):
            keep = {group for group in repositories if fold[group] == number}
            print(f"  fold {number}: {figures(*counter.count(found(least, keep), keep, ORDER.index(name)))}")
        units, hit, false, unlabelled = counter.count(found(least, repositories), repositories, ORDER.index(name))
        print(f"  all:    {figures(units, hit, false, unlabelled)}  ({false} false, {unlabelled} unlabelled)")
        if name == "medium":
            total, got = collections.Counter(), collections.Counter()
            for key in units:
                for category in labels.units[key]["categories"]:
                    total[category] += 1
                    got[category] += key in hit
            for category, count in total.most_common():
                print(f"    {category:32s} {got[category]:5d} of {count:5d}  {got[category] / count:.3f}")


if __name__ == "__main__":
    main()
