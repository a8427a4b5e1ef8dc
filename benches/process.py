#!/usr/bin/env python3
"""Whole-process costs of a commit, against git's own diff of the same index, and of the working tree, against ripgrep
looking for one word in it (`rg`, in Debian the package ripgrep; left out if it is not there), in one run; or of
histories, against git reading the same objects.

    cargo build --release && python3 benches/process.py target/release/keyward [RUNS] [REPOSITORY...]

Without repositories it makes one of 5,000 files in a temporary folder. With some it scans their histories on one thread;
`KEYWARD_BENCH_PEERS` names other commands to measure besides, as JSON: `{"name": ["program", "argument"]}`, run in the
repository with its path as the last argument. CPU is user and system time of the process and all that it
starts, as the kernel accounts it; memory is the largest resident set of the process itself. The commands take turns,
so that a machine whose speed drifts slows them alike.
"""
import json
import os
import pathlib
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

FILES = 5000
LINES = 60
ENV = {
    "PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "HOME": "/nonexistent",
    "GIT_AUTHOR_NAME": "bench", "GIT_AUTHOR_EMAIL": "bench@example.com",
    "GIT_COMMITTER_NAME": "bench", "GIT_COMMITTER_EMAIL": "bench@example.com",
}


def git(folder, *arguments):
    subprocess.run(["git", *arguments], cwd=folder, env=ENV, check=True, stdout=subprocess.DEVNULL)


def make(folder):
    """A repository of source-like files, packed; some look like passwords, none blocks."""
    source = pathlib.Path(__file__).resolve().parent.parent / "src"
    lines = [line for path in sorted(source.rglob("*.rs")) for line in path.read_text().splitlines(keepends=True)]
    chance = random.Random(1)
    git(folder, "init", "--quiet")
    for number in range(FILES):
        path = folder / f"d{number // 100}" / f"f{number}.rs"
        path.parent.mkdir(exist_ok=True)
        start = chance.randrange(len(lines) - LINES)
        path.write_text("".join(lines[start:start + LINES]))
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "base")
    git(folder, "repack", "-a", "-d", "--quiet")


def stage(folder, count):
    git(folder, "reset", "--quiet", "--hard")
    for number in range(count):
        path = folder / f"d{number}" / f"f{number * 100}.rs"
        path.write_text(path.read_text() + "// one line more\n")
    git(folder, "add", "--all")


def cost(command, folder):
    """CPU milliseconds and resident MB of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    child = subprocess.Popen(command, cwd=folder, env=ENV, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    # Findings are 1, or 200 and more with some other scanners.
    if child.returncode not in (0, 1) and child.returncode < 200:
        sys.exit(f"{command} ended in {child.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent * 1000, usage.ru_maxrss / 1024


def own_memory(command, folder):
    """Most MB that one run takes besides the files that it maps; 0 where the system does not tell."""
    child = subprocess.Popen(command, cwd=folder, env=ENV, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
    most = 0

    def watch():
        nonlocal most
        while child.poll() is None:
            try:
                status = pathlib.Path(f"/proc/{child.pid}/status").read_text()
            except OSError:
                return
            most = max([most, *(int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon"))])
            time.sleep(0.01)

    watcher = threading.Thread(target=watch)
    watcher.start()
    child.wait()
    watcher.join()
    return most / 1024


def histories(keyward, runs, repositories):
    peers = json.loads(os.environ.get("KEYWARD_BENCH_PEERS", "{}"))
    for repository in map(os.path.abspath, repositories):
        git = ["git", "cat-file", "--batch-all-objects", "--unordered", "--batch"]
        scan = [keyward, "scan", "--history", "--jobs", "1", "--format", "json"]
        cases = {"git cat-file": git, "scan --history": scan, "scan --history --full": [*scan, "--full"]}
        cases.update({name: [*command, repository] for name, command in peers.items()})
        costs = {title: [] for title in cases}
        for _ in range(runs):
            for title, command in cases.items():
                costs[title].append(cost(command, repository)[0] / 1000)
        base = statistics.median(costs["git cat-file"])
        for title, spent in costs.items():
            middle = statistics.median(spent)
            print(f"{repository}: {title:24} cpu s: min {min(spent):7.2f}  median {middle:7.2f}  max {max(spent):7.2f}"
                  f"   {middle / base:6.2f} times git", flush=True)
        print(f"{repository}: scan --history takes {own_memory(scan, repository):.0f} MB besides the mapped packs",
              flush=True)


def main():
    keyward = os.path.abspath(sys.argv[1])
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 15
    if len(sys.argv) > 3:
        histories(keyward, runs, sys.argv[3:])
        return
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        make(folder)
        cases = [("--version", 1, [keyward, "--version"]), ("empty --stdin", 1, [keyward, "scan", "--stdin"])]
        for count in (1, 50):
            cases.append((f"git diff --cached, {count}", count, ["git", "diff", "--cached"]))
            cases.append((f"scan --staged, {count}", count, [keyward, "scan", "--staged"]))
        cases += [(f"scan ., {FILES} files", 0, [keyward, "scan", "."])]
        if shutil.which("rg"):
            cases += [(f"rg -c AKIA, {FILES} files", 0, ["rg", "-c", "AKIA", "."])]
        else:
            print("rg is not installed: the working tree has nothing beside it")
        for count in (1, 50, 0):
            stage(folder, count)
            now = [case for case in cases if case[1] == count]
            costs = {case[0]: [] for case in now}
            for _ in range(runs + 1):
                for title, _, command in now:
                    costs[title].append(cost(command, folder))
            for title, _, _ in now:
                spent = [cpu for cpu, _ in costs[title][1:]]
                memory = max(memory for _, memory in costs[title])
                print(f"{title:24} cpu ms: min {min(spent):6.1f}  median {statistics.median(spent):6.1f}"
                      f"  max {max(spent):6.1f}   memory {memory:5.1f} MB", flush=True)


if __name__ == "__main__":
    main()
