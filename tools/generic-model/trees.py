"""Gradient-boosted trees on integers.

Features, thresholds, leaf values and the gradients are whole numbers, and every sum is below 2^53, so that the order
of summing does not matter and the same data give the same trees wherever they are grown. A score is a sum of leaf
values in 1/1024 of the natural log-odds.
"""
import math

import numpy as np

SCALE = 1024
ONE = 1 << 16
REACH = 12 * SCALE
# The logistic function in 1/65536, for scores from -12 to 12.
LOGISTIC = np.array([round(ONE / (1 + math.exp(-s / SCALE))) for s in range(-REACH, REACH + 1)], dtype=np.int64)
BINS = 64


class Node:
    """A leaf, until it has children. `value` is what the tree says on average below it."""

    def __init__(self, value):
        self.value, self.feature, self.threshold, self.left, self.right = value, None, None, None, None

    def walk(self):
        """The node, then all that is below its left, then all below its right."""
        yield self
        if self.left:
            yield from self.left.walk()
            yield from self.right.walk()


class Leaf:
    """A node that may be split: its rows, its histograms and its bounds (for monotone features)."""

    def __init__(self, node, rows, hist, low, high):
        self.node, self.rows, self.hist, self.low, self.high = node, rows, hist, low, high
        self.best = None


class Trees:
    """Grows `count` trees of at most `leaves` leaves."""

    def __init__(self, monotone, count=120, leaves=15, rate=0.1, ridge=4.0, least=12, rows=0.8, columns=0.6, seed=7):
        self.monotone, self.count, self.leaves, self.rate = np.asarray(monotone), count, leaves, rate
        self.ridge, self.least, self.rows, self.columns, self.seed = ridge * ONE, least, rows, columns, seed

    def fit(self, x, y, weight):
        """`x` int16 (rows, features), `y` 0 or 1, `weight` whole numbers in 1/16."""
        draw = np.random.RandomState(self.seed)
        self.cuts = [cuts(x[:, f]) for f in range(x.shape[1])]
        codes = np.stack([np.searchsorted(c, x[:, f], side="left") for f, c in enumerate(self.cuts)], axis=1)
        codes = codes.astype(np.int64)
        positive = int((weight * y).sum())
        self.base = round(SCALE * math.log(positive / (int(weight.sum()) - positive)))
        score = np.full(len(y), self.base, dtype=np.int64)
        self.roots = []
        for _ in range(self.count):
            p = LOGISTIC[np.clip(score, -REACH, REACH) + REACH]
            g, h = weight * (p - y * ONE), weight * (p * (ONE - p) // ONE + 1)
            rows = np.flatnonzero(draw.random_sample(len(y)) < self.rows)
            columns = np.sort(draw.permutation(x.shape[1])[: max(1, int(x.shape[1] * self.columns))])
            root = self.grow(codes, columns, g / 16, h / 16, rows)
            self.roots.append(root)
            score += apply(root, x)
        return self

    def predict(self, x):
        score = np.full(len(x), self.base, dtype=np.int64)
        for root in self.roots:
            score += apply(root, x)
        return score

    def grow(self, codes, columns, g, h, rows):
        sub = codes[:, columns] + np.arange(len(columns)) * BINS

        def histogram(rows):
            flat = sub[rows].ravel()
            size = len(columns) * BINS
            each = [np.repeat(part[rows], len(columns)) for part in (g, h)] + [None]
            return np.stack([np.bincount(flat, weights=w, minlength=size).reshape(-1, BINS) for w in each])

        def value(total_g, total_h, low=-math.inf, high=math.inf):
            return np.clip(-total_g / (total_h + self.ridge), low, high)

        def search(leaf):
            left = np.cumsum(leaf.hist, axis=2)
            total = left[:, :, -1:]
            right = total - left
            gain = left[0] ** 2 / (left[1] + self.ridge) + right[0] ** 2 / (right[1] + self.ridge)
            gain = gain - total[0] ** 2 / (total[1] + self.ridge)
            a, b = value(left[0], left[1], leaf.low, leaf.high), value(right[0], right[1], leaf.low, leaf.high)
            wrong = self.monotone[columns][:, None] * (b - a) < 0
            gain[wrong | (left[2] < self.least) | (right[2] < self.least)] = 0
            best = int(gain.argmax())
            column, cut = divmod(best, BINS)
            if gain[column, cut] > 1e-9:
                leaf.best = gain[column, cut], column, cut, float(a[column, cut]), float(b[column, cut])

        hist = histogram(rows)
        root = Leaf(Node(float(value(g[rows].sum(), h[rows].sum()))), rows, hist, -math.inf, math.inf)
        search(root)
        open_leaves, done = [root], 1
        while done < self.leaves:
            leaf = max(open_leaves, key=lambda one: one.best[0] if one.best else 0)
            if not leaf.best:
                break
            _, column, cut, a, b = leaf.best
            goes_left = sub[leaf.rows, column] <= cut + column * BINS
            node, feature = leaf.node, int(columns[column])
            node.feature, node.threshold = feature, int(self.cuts[feature][cut])
            node.left, node.right = Node(a), Node(b)
            bounds = [(leaf.low, leaf.high)] * 2
            if self.monotone[feature]:
                middle = (a + b) / 2
                bounds = [(leaf.low, middle), (middle, leaf.high)][:: int(self.monotone[feature])]
            left_rows, right_rows = leaf.rows[goes_left], leaf.rows[~goes_left]
            fewer = left_rows if len(left_rows) < len(right_rows) else right_rows
            hist = histogram(fewer)
            other = leaf.hist - hist
            hists = (hist, other) if fewer is left_rows else (other, hist)
            new = [Leaf(n, r, s, *w) for n, r, s, w in zip((node.left, node.right), (left_rows, right_rows), hists, bounds)]
            for one in new:
                search(one)
            open_leaves.remove(leaf)
            open_leaves += new
            done += 1
        for node in root.node.walk():
            node.value = round(node.value * self.rate * SCALE)
        return root.node


def apply(root, x):
    """What a tree says of each row."""
    out = np.zeros(len(x), dtype=np.int64)
    stack = [(root, np.arange(len(x)))]
    while stack:
        node, rows = stack.pop()
        if node.left is None:
            out[rows] = node.value
            continue
        left = x[rows, node.feature] <= node.threshold
        stack += [(node.left, rows[left]), (node.right, rows[~left])]
    return out


def cuts(column):
    """At most BINS - 1 thresholds; a value goes left if it is not above the threshold."""
    values = np.unique(column)
    if len(values) > BINS - 1:
        ranked = np.sort(column)
        values = np.unique(ranked[np.linspace(0, len(ranked) - 1, BINS - 1).astype(np.int64)])
    return values
