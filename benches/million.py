#!/usr/bin/env python3
"""A history of a million objects: CPU, time and memory of a scan, of the second one, and of git reading the same.

    cargo build --release && python3 benches/million.py target/release/keyward [COMMITS] [FOLDER]

Makes a bare repository with `git fast-import`, in a temporary folder or in FOLDER, where it stays for the next time:
250,000 commits, each of which changes one file two folders deep, so that each brings a blob, two trees and itself. No
file holds a secret but one. CPU is user and system time of the process and all that it starts; memory is the largest
resident set of the process itself, which counts every page of the mapped pack that is touched.
"""
import os
import pathlib
import random
import resource
import subprocess
import sys
import tempfile
import time

ENV = {"PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "HOME": "/nonexistent"}


def stream(commits, out):
    """Commits for git fast-import: a file grows by a line, and is begun anew where it is long."""
    chance = random.Random(1)
    files = {}
    words = "if let token = session.key(path) else return error with the value of name and none of that".split()
    for number in range(commits):
        path = f"d{chance.randrange(40)}/f{chance.randrange(50)}"
        lines = files.setdefault(path, [])
        if len(lines) > 12:
            lines.clear()
        lines.append(" ".join(chance.choices(words, k=9)) + f" {number}\n")
        content = "".join(lines).encode()
        if number == commits // 2:
            content += b"password = \"" + b"".join([b"x9K2", b"vQ7m", b"Zr4T", b"b8Ln", b"W3"]) + b"\"\n"
        message = f"change {number}\n".encode()
        out.write(b"commit refs/heads/main\ncommitter A <a@example.com> %d +0000\n" % (1_600_000_000 + number * 60))
        out.write(b"data %d\n%s" % (len(message), message))
        out.write(b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(content), content))
    out.write(b"done\n")


def make(folder, commits):
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", folder], env=ENV, check=True)
    command = ["git", "fast-import", "--quiet", "--done"]
    child = subprocess.Popen(command, cwd=folder, env=ENV, stdin=subprocess.PIPE)
    stream(commits, child.stdin)
    child.stdin.close()
    if child.wait() != 0:
        sys.exit("git fast-import failed")


def cost(name, command, folder):
    """Runs a command; prints what it costs."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    child = subprocess.Popen(command, cwd=folder, env=ENV, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    spent, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"{name:38} exit {child.returncode}  CPU {cpu:7.2f} s  time {spent:7.2f} s  memory {usage.ru_maxrss / 1024:7.0f} MB")
    return cpu


def main():
    keyward = str(pathlib.Path(sys.argv[1]).resolve())
    commits = int(sys.argv[2]) if len(sys.argv) > 2 else 250_000
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(sys.argv[3] if len(sys.argv) > 3 else temporary) / f"million-{commits}"
        if not folder.exists():
            make(folder, commits)
        packs = sum(path.stat().st_size for path in (folder / "objects/pack").iterdir())
        counted = subprocess.run(["git", "count-objects", "-v"], cwd=folder, env=ENV, capture_output=True, text=True)
        objects = [line for line in counted.stdout.splitlines() if line.startswith("in-pack")]
        print(f"{objects}, packs and indexes {packs / 2**20:.0f} MB")
        state = folder / "keyward/history-state"
        state.unlink(missing_ok=True)
        git = "git cat-file --batch-all-objects --unordered --batch".split()
        scan = [keyward, "scan", "--history", "--format", "json", "--jobs", "1"]
        floor = cost("git cat-file", git, folder)
        whole = cost("scan --history", scan, folder)
        cost("--incremental, first", [*scan, "--incremental"], folder)
        again = cost("--incremental, nothing new", [*scan, "--incremental"], folder)
        cost("--shard 1/4", [*scan, "--shard", "1/4"], folder)
        print(f"scan / git {whole / floor:.2f}, second run / scan {again / whole:.2f}")


if __name__ == "__main__":
    main()
