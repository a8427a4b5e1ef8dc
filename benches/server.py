#!/usr/bin/env python3
"""What pre-receive costs on the server, against git reading the same objects, in one run.

    cargo build --release && python3 benches/server.py target/release/keyward [RUNS]

Makes a bare repository of 100,000 objects in a temporary folder, and pushes of 1, 100 and 5,000 commits whose objects
lie in a quarantine as receive-pack makes it. The yardstick is

    git rev-list --objects NEW --not --all | git cat-file --batch

with `--no-object-names`, without which cat-file takes the paths for parts of the names and reads half of the objects.
CPU is user and system time of a process and all that it starts; memory is the largest resident set of the process
itself, mapped packs included. The two take turns, so that a machine whose speed drifts slows them alike.
"""
import os
import pathlib
import random
import resource
import statistics
import subprocess
import sys
import sysconfig
import tempfile

FILES, FOLDERS, LINES = 2000, 40, 80
BEFORE = 24_300  # commits; each makes four objects
ENV = {
    "PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "HOME": "/nonexistent",
}


def git(folder, *arguments, feed=b"", env=None):
    """What git writes on standard output."""
    done = subprocess.run(["git", *arguments], cwd=folder, env={**ENV, **(env or {})}, input=feed, check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return done.stdout


class Maker:
    """Writes files made of the lines of Python's own library as a stream for `git fast-import`."""

    def __init__(self):
        source = pathlib.Path(sysconfig.get_path("stdlib"))
        files = sorted(path for path in source.glob("*.py"))
        self.lines = [line for path in files for line in path.read_bytes().splitlines(keepends=True)]
        self.chance = random.Random(1)
        self.held = {}
        self.clock = 1_700_000_000

    def text(self):
        start = self.chance.randrange(len(self.lines) - LINES)
        return self.lines[start:start + LINES]

    def commit(self, out, branch, parent, numbers):
        """One commit that changes these files; `parent` begins a branch."""
        self.clock += 60
        out.write(b"commit %s\ncommitter B <b@example.com> %d +0000\ndata 7\nchange\n" % (branch, self.clock))
        if parent:
            out.write(b"from %s\n" % parent)
        for number in numbers:
            held = self.held.setdefault(number, None) or self.text()
            held = list(held)
            held[self.chance.randrange(len(held))] = self.chance.choice(self.lines)
            self.held[number] = held
            data = b"".join(held)
            path = b"d%d/f%d.py" % (number % FOLDERS, number)
            out.write(b"M 100644 inline %s\ndata %d\n%s\n" % (path, len(data), data))
        out.write(b"\n")

    def history(self, folder, branch, parent, count, first=()):
        """`count` commits of one file each; the first one holds the files of `first`."""
        import_ = subprocess.Popen(["git", "fast-import", "--quiet", "--force"], cwd=folder, env=ENV,
                                   stdin=subprocess.PIPE)
        for at in range(count):
            numbers = first if first and at == 0 else [self.chance.randrange(FILES)]
            self.commit(import_.stdin, branch, parent if at == 0 else b"", numbers)
        import_.stdin.close()
        if import_.wait():
            sys.exit("git fast-import failed")


def quarantine(folder, base, branch, name):
    """The objects of `branch` that `base` lacks, in an object folder of their own; gives the variables of a hook."""
    place = folder / f"quarantine-{name}"
    (place / "pack").mkdir(parents=True)
    source = folder / "source.git"
    pack = git(source, "pack-objects", "--revs", "--stdout", "--thin", "--delta-base-offset", "--quiet",
               feed=f"{branch}\n^{base}\n".encode())
    env = {"GIT_OBJECT_DIRECTORY": str(place), "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(folder / "server.git/objects")}
    # A small push is unpacked (receive.unpackLimit), a large one stays a pack.
    few = int(git(source, "rev-list", "--count", "--objects", branch, f"^{base}")) < 100
    words = ["unpack-objects", "-q"] if few else ["index-pack", "--stdin", "--fix-thin"]
    git(folder / "server.git", *words, feed=pack, env=env)
    return {**env, "GIT_QUARANTINE_PATH": str(place), "GIT_DIR": "."}


def cost(command, folder, env, feed):
    """CPU milliseconds and resident MB of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    child = subprocess.Popen(command, cwd=folder, env={**ENV, **env}, stdin=subprocess.PIPE,
                             stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    child.stdin.write(feed)
    child.stdin.close()
    said = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"{command} ended in {child.returncode}: {said.decode(errors='replace')}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent * 1000, usage.ru_maxrss / 1024


def main():
    keyward = os.path.abspath(sys.argv[1])
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        source, server, maker = folder / "source.git", folder / "server.git", Maker()
        git(folder, "init", "--quiet", "--bare", "--initial-branch=main", "--template=", str(source))
        maker.history(source, b"refs/heads/main", b"", BEFORE, range(FILES))
        git(source, "repack", "-a", "-d", "-f", "--quiet")
        git(folder, "clone", "--quiet", "--bare", "--template=", str(source), str(server))
        objects = dict(line.split(": ") for line in git(server, "count-objects", "-v").decode().splitlines())["in-pack"]
        print(f"a repository of {objects} objects")
        base, held = git(source, "rev-parse", "main").decode().strip(), dict(maker.held)
        for count in (1, 100, 5000):
            branch, maker.held = f"refs/heads/topic{count}", dict(held)
            maker.history(source, branch.encode(), b"refs/heads/main^0", count)
            new = git(source, "rev-parse", branch).decode().strip()
            env = quarantine(folder, base, branch, count)
            pipe = f"git rev-list --objects --no-object-names {new} --not --all | git cat-file --batch"
            cases = {
                "git": (["sh", "-c", pipe], b""),
                "keyward": ([keyward, "hook", "pre-receive"], f"{'0' * 40} {new} {branch}\n".encode()),
            }
            costs = {title: [] for title in cases}
            for _ in range(runs + 1):
                for title, (command, feed) in cases.items():
                    costs[title].append(cost(command, server, env, feed))
            medians = {}
            for title, list_ in costs.items():
                spent = [cpu for cpu, _ in list_[1:]]
                medians[title] = statistics.median(spent)
                print(f"{count:5} commits  {title:8} cpu ms: min {min(spent):7.1f}  median {medians[title]:7.1f}"
                      f"  max {max(spent):7.1f}   memory {max(memory for _, memory in list_):6.1f} MB")
            print(f"{count:5} commits  ratio {medians['keyward'] / medians['git']:.2f}")


if __name__ == "__main__":
    main()
