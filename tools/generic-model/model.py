"""Writes the model in the form that src/detect/generic/model.rs reads; the form is described there."""
import struct

# Scores from which on a candidate has a confidence, chosen by cross-validation (README.md).
THRESHOLDS = (("low", -768), ("medium", 768), ("high", 3000))
LEAF = 0xFF


def export(trees, names):
    body, starts = bytearray(), []
    for root in trees.roots:
        nodes = list(root.walk())
        start = len(body) // 8
        starts.append(start)
        index = {id(node): start + number for number, node in enumerate(nodes)}
        for node in nodes:
            if node.left is None:
                body += struct.pack("<BBhHh", LEAF, 0, 0, 0, node.value)
            else:
                body += struct.pack("<BBhHh", node.feature, 0, node.threshold, index[id(node.right)], node.value)
    head = struct.pack("<4sHHHH", b"KWG1", len(names), len(starts), len(body) // 8, checksum(names))
    head += struct.pack("<hhhh", trees.base, *(least for _, least in THRESHOLDS))
    return head + struct.pack(f"<{len(starts)}H", *starts) + bytes(body)


def checksum(names):
    """Of the names of the features, so that a model is not read with others."""
    total = 0
    for byte in "\t".join(names).encode():
        total = (total * 31 + byte) % 65521
    return total
