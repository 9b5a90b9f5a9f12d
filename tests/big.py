"""Files too big for a browser or for the memory, of any size that is asked for."""

import json
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from faults import here

HEAD = '{"type":"FeatureCollection","features":['
# A command that says, when it ends, what its process did. `ru_maxrss` would not do: it counts the
# process that started it, too.
COMMAND = """
import atexit, pathlib, sys
report = pathlib.Path(sys.argv.pop(1))
atexit.register(lambda: report.write_text(pathlib.Path("/proc/self/status").read_text()))
from geo.cli import main
main()
"""


def features(path, count):
    """So many points, over the whole globe."""
    one = (
        '{{"type":"Feature","properties":{{"n":{0}}},"geometry":{{"type":"Point",'
        '"coordinates":[{1},{2}]}}}}'
    )
    with path.open("w") as file:
        file.write(HEAD)
        for n in range(count):
            file.write(",\n" * (n > 0) + one.format(n, n % 3500 / 10 - 170, n // 3500 / 10 - 60))
        file.write("]}")
    return path


def line(path, count):
    """One line of so many vertices, that goes up and down."""
    with path.open("w") as file:
        file.write('{"type":"Feature","properties":{},"geometry":{"type":"LineString",')
        file.write('"coordinates":[')
        for n in range(count):
            file.write("," * (n > 0) + f"[{n / count * 100:.6f},{n % 7 / 1e3:.3f}]")
        file.write("]}}")
    return path


def heavy(path, size):
    """One point with a property of so many letters."""
    feature = {"type": "Feature", "properties": {"text": "x" * size},
               "geometry": {"type": "Point", "coordinates": [10, 50]}}  # fmt: skip
    path.write_text(json.dumps(feature))
    return path


def blank(path, size):
    """A file of so many bytes, all of them null."""
    with path.open("wb") as file:
        file.truncate(size)
    return path


def positions(path, size):
    """A table of positions of about so many bytes: ships that sail to and fro."""
    block = "".join(
        f"41200{n % 40:04},2025-01-{1 + n // 40 // 24 % 28:02}T{n // 40 % 24:02}:00:00Z,"
        f"{100 + n % 97 / 97:.5f},{5 + n % 89 / 89:.5f}\n"
        for n in range(40 * 24 * 28)
    )
    with path.open("w") as file:
        file.write("vessel,time_utc,lon,lat\n")
        for n in range(max(size // len(block), 1)):
            file.write(block.replace("41200", f"41{n:03}"))
    return path


@dataclass(frozen=True)
class Done:
    """A command that has ended: what it said, and the memory it used at its peak."""

    code: int
    said: str
    peak_bytes: int


def run(*words):
    """Run a command in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "status")
        command = [sys.executable, "-c", COMMAND, report, *map(str, words)]
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=here(),
            check=False,
        )  # fmt: skip
        peak = re.search(r"VmHWM:\s+(\d+) kB", report.read_text())
        return Done(done.returncode, done.stdout, int(peak[1]) * 1024)
