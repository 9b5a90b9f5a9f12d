"""Faults of a disk and of a machine, brought about one after the other."""

import contextlib
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from geo.cli import main

ROOT = Path(__file__).resolve().parent.parent
# Begins anew at every line it is sent, in a process of its own, whose number it says.
AGAIN = (
    "import os, sys\n"
    "{prepare}\n"
    "for line in sys.stdin:\n"
    "    child = os.fork()\n"
    "    if child == 0:\n"
    "        {work}\n"
    "        os._exit(0)\n"
    "    print(child, flush=True)\n"
    "    os.waitpid(child, 0)\n"
    "    print('over', flush=True)\n"
)
WRITER = AGAIN.format(
    prepare="from geo.files import writing\nfrom itertools import count",
    work="for n in count(1): writing.write(sys.argv[1], str(n % 10) * int(sys.argv[2]))",
)
HALF = (
    "import sys, time\n"
    "from geo.files import writing\n"
    "with writing.replacing(sys.argv[1]) as file:\n"
    "    file.write(b'half')\n"
    "    print('half', flush=True)\n"
    "    time.sleep(600)\n"
)
BUILDER = AGAIN.format(
    prepare="from geo import cli; import matplotlib.pyplot; from geo.output import still",
    work="sys.stdout = open(os.devnull, 'w'); cli.main(sys.argv[1:])",
)

# Works up to the first file that is written, and goes on from there at every line it is sent, in a
# process of its own: what is killed is at its writing.
AT_WRITING = (
    "import os, sys\n"
    "from geo import cli\n"
    "from geo.files import writing\n"
    "prepared, said = writing._prepared, sys.stdout\n"
    "def waiting(*words):\n"
    "    writing._prepared = prepared\n"
    "    for line in sys.stdin:\n"
    "        child = os.fork()\n"
    "        if child == 0: return prepared(*words)\n"
    "        print(child, flush=True, file=said)\n"
    "        os.waitpid(child, 0)\n"
    "        print('over', flush=True, file=said)\n"
    "    os._exit(0)\n"
    "writing._prepared, sys.stdout = waiting, open(os.devnull, 'w')\n"
    "try: cli.main(sys.argv[1:])\n"
    "finally: os._exit(0)\n"
)


def here():
    """An environment in which this kit is found first."""
    known = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return os.environ | {"PYTHONPATH": os.pathsep.join(known)}


def ended(words):
    """The exit code of a command."""
    with pytest.raises(SystemExit) as stopped:
        main(list(map(str, words)))
    return stopped.value.code or 0


def whole(path, size):
    """Whether a file holds one writing, all of it."""
    text = path.read_text()
    return len(text) == size and len(set(text)) == 1


def struck(code, *words, times, longest=0, seed=1):
    """Kill what a code does at random moments; says after each whether it was still at work.

    longest: the last of those moments in seconds, else what one run takes that is left alone.
    """
    moments = random.Random(seed)
    command = [sys.executable, "-c", code, *map(str, words)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=here(), text=True
    ) as source:
        longest = longest or _left_alone(source)
        for _ in range(times):
            child = _begun(source)
            time.sleep(moments.uniform(0, longest))
            at_work = True
            try:
                os.kill(child, 9)
            except ProcessLookupError:
                at_work = False
            assert source.stdout.readline() == "over\n"
            yield at_work
        source.stdin.close()


def _begun(source):
    """Begin anew; the process that does the work."""
    source.stdin.write("again\n")
    source.stdin.flush()
    return int(source.stdout.readline())


def _left_alone(source):
    """How many seconds a run takes."""
    _begun(source)
    began = time.monotonic()
    assert source.stdout.readline() == "over\n"
    return time.monotonic() - began


def killed(path, *, times, size=400_000):
    """Kill a writer at random moments; how often the file was whole afterwards."""
    path.write_text("0" * size)
    return sum(whole(path, size) for _ in struck(WRITER, path, size, times=times, longest=0.05))


def cut_short(path):
    """Kill a writer in the middle of a file."""
    command = [sys.executable, "-c", HALF, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=here(), text=True) as writer:
        assert writer.stdout.readline() == "half\n"
        writer.kill()


class Failing:
    """Every call that writes, in its order; the N-th of them fails, a write half done.

    What is counted: opening, writing, flushing and syncing a file, making a folder, taking the
    target's place.
    """

    def __init__(self, monkeypatch, nth):
        self.nth, self.count = nth, 0
        for owner, name in ((os, "fsync"), (os, "open"), (Path, "replace"), (Path, "mkdir")):
            monkeypatch.setattr(owner, name, self.counted(getattr(owner, name)))
        opened = self.counted(Path.open)

        def open_(path, mode="r", *arguments, **options):
            if "x" not in mode:
                return self.plain(path, mode, *arguments, **options)
            return _Half(opened(path, mode, *arguments, **options), self)

        self.plain = Path.open
        monkeypatch.setattr(Path, "open", open_)

    def fail(self):
        """Count a call; the N-th one fails."""
        self.count += 1
        if self.count == self.nth:
            raise OSError(28, "No space left on device")

    def counted(self, call):
        def run(*arguments, **options):
            self.fail()
            return call(*arguments, **options)

        return run


def in_turn(monkeypatch, capsys, run, *, most):
    """Run with the first call failing, then the second, until none does: its code each time.

    A run with a failing call ends with 2 and says so, the last one with 0 and says nothing.
    """
    for nth in range(1, most):
        capsys.readouterr()
        with monkeypatch.context() as patch:
            failing = Failing(patch, nth)
            code = run()
        assert code == (2 if failing.count >= nth else 0)
        assert ("cannot be written: No space left" in capsys.readouterr().err) == bool(code)
        yield code
        if not code:
            return


class _Half(contextlib.AbstractContextManager):
    """A file whose failing write leaves half of what it was to write."""

    def __init__(self, file, failing):
        self.file, self.failing = file, failing

    def write(self, data):
        half = len(data) // 2
        self.file.write(data[:half])
        self.failing.fail()
        return half + self.file.write(data[half:])

    def flush(self):
        self.failing.fail()
        self.file.flush()

    def fileno(self):
        return self.file.fileno()

    def __exit__(self, *_):
        self.file.close()
