"""Give every reader damaged files until a time is over, or until one of them breaks.

    python tools/fuzz.py [--minutes 10] [--readers geojson,xlsx]

Atheris changes files and keeps those that reach code of geo/ that none reached before. A file that
raises what no reader may raise, takes too long or too much, or ends the process is written to
tests/corpus/ and told with its traceback; the exit code is then 1. The tests replay what is there.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import atheris

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

with atheris.instrument_imports(include=["geo"]):
    import fuzzing

LONGEST = 200_000  # bytes of a file
SLOWEST_S, MOST_MB = 30, 3_000  # of a processor: other work on the machine is no find
HANGS_S = 10 * SLOWEST_S  # by the clock


def mutator(name: str) -> object:
    """What changes a file: of a container the parts inside, so that its checksums stay right."""

    def change(data: bytes, most: int, seed: int) -> bytes:
        chance = random.Random(seed)
        if chance.random() < 0.3:
            return fuzzing.mutated(name, data, chance, [data])[:most]
        if name in fuzzing.PACKED:
            return fuzzing.inside(data, chance, [data], lambda part: atheris.Mutate(part, LONGEST))
        return bytes(atheris.Mutate(data, most))

    return change


def one(name: str, minutes: float) -> None:
    """Fuzz one reader in this process until it breaks or the time is over."""
    warnings.simplefilter("ignore")
    reader, kept = fuzzing.READERS[name], fuzzing.CORPUS / name
    kept.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        seeds, work = Path(folder) / "seeds", Path(folder) / "work"
        for path in (seeds, work):
            path.mkdir()
        for number, content in enumerate(reader.seeds()):
            (seeds / str(number)).write_bytes(content)
        words = [sys.argv[0], str(seeds), str(kept), f"-artifact_prefix={kept}/"]
        words += [f"-max_total_time={minutes * 60:.0f}", f"-timeout={HANGS_S}"]
        words += [f"-report_slow_units={HANGS_S}"]
        words += [f"-rss_limit_mb={MOST_MB}", f"-max_len={LONGEST}", "-print_final_stats=1"]
        atheris.Setup(words, lambda data: _take(reader, data, work), custom_mutator=mutator(name))
        atheris.Fuzz()


def _take(reader: fuzzing.Reader, data: bytes, folder: Path) -> None:
    began = time.process_time()
    reader.take(data, folder)
    took = time.process_time() - began
    assert took < SLOWEST_S, f"took {took:.0f} s of a processor"


def main() -> int:
    """Fuzz the readers one after the other; 1 if any broke."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--minutes", type=float, default=10.0)
    asked.add_argument("--readers", default=",".join(fuzzing.READERS))
    asked.add_argument("--alone", default="")
    given = asked.parse_args()
    if given.alone:
        one(given.alone, given.minutes)
        return 0
    broken = []
    for name in given.readers.split(","):
        words = [sys.executable, __file__, "--alone", name, "--minutes", str(given.minutes)]
        done = subprocess.run(words, check=False, capture_output=True, text=True, errors="replace")
        said = (done.stdout + done.stderr).splitlines()
        print(name, "ended with", done.returncode, *said[-12:], sep="\n  ", flush=True)
        if done.returncode:
            broken.append(name)
            print(*said[-60:-12], sep="\n  ")
    print("broke:", ", ".join(broken) or "none")
    return bool(broken)


if __name__ == "__main__":
    raise SystemExit(main())
