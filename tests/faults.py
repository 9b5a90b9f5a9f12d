"""Faults of a disk and of a machine, brought about one after the other."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WRITER = (
    "import sys; from geo import files\n"
    "print('ready', flush=True)\n"
    "n = 0\n"
    "while True:\n"
    "    n += 1; files.write(sys.argv[1], str(n % 10) * int(sys.argv[2]))\n"
)


def here():
    """An environment in which this kit is found first."""
    known = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return os.environ | {"PYTHONPATH": os.pathsep.join(known)}


def whole(path, size):
    """Whether a file holds one writing, all of it."""
    text = path.read_text()
    return len(text) == size and len(set(text)) == 1


def killed(path, *, times, size=400_000, seed=1):
    """Kill a writer at random moments; how often the file was whole afterwards."""
    moments, good = random.Random(seed), 0
    path.write_text("0" * size)
    for _ in range(times):
        command = [sys.executable, "-c", WRITER, str(path), str(size)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=here()) as writer:
            assert writer.stdout.readline() == b"ready\n"
            time.sleep(moments.uniform(0, 0.05))
            writer.kill()
        good += whole(path, size)
    return good


class Failing:
    """Calls of the operating system, the N-th of which fails."""

    NAMES = ("open", "write", "fsync", "replace")

    def __init__(self, monkeypatch, nth):
        self.nth, self.count = nth, 0
        for owner, name in ((os, "fsync"), (os, "open"), (Path, "replace"), (Path, "open"),
                            (Path, "mkdir")):  # fmt: skip
            monkeypatch.setattr(owner, name, self.counted(getattr(owner, name)))

    def counted(self, call):
        def run(*arguments, **options):
            self.count += 1
            if self.count == self.nth:
                raise OSError(28, "No space left on device")
            return call(*arguments, **options)

        return run
