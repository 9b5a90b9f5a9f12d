"""Run every notebook, build every page of data/ and examples/ into maps/, say what was made."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import papermill
from papermill.exceptions import PapermillExecutionError

ROOT = Path(__file__).resolve().parent.parent
MAPS = ROOT / "maps"
FLIGHTS = "examples/flights/node_modules/vega-datasets/data"
COMMANDS = (
    ("build", "data", "-o", "maps"),
    ("build", "examples/iron-ore", "-o", "maps/iron-ore"),
    (
        "map", f"{FLIGHTS}/flights-airport.csv", "--places", f"{FLIGHTS}/airports.csv",
        "--unit", "flights", "--title", "Flights within the United States, 2008",
        "-o", "maps/flights-2008.html",
    ),
)  # fmt: skip
QUIET_KERNEL = ["--IPKernelApp.log_level=50"]  # what goes wrong in a cell is shown all the same


def main() -> int:
    """Return 0 when every notebook ran and every page was written, 1 otherwise."""
    started_ns = time.time_ns()
    MAPS.mkdir(exist_ok=True)
    failed = [path.name for path in notebooks() if not run(path)]
    failed += [f"geo {' '.join(words)}" for words in COMMANDS if not geo(words)]
    report(made_since(started_ns))
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def geo(words: Sequence[str]) -> bool:
    """Run one command of the kit at the top of the project."""
    command = [str(Path(sys.executable).with_name("geo")), *words]
    return not subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL).returncode


def notebooks() -> list[Path]:
    """Every notebook, in the order of their numbers."""
    return sorted((ROOT / "notebooks").glob("*.ipynb"))


def run(path: Path) -> bool:
    """Run a copy of a notebook where the original lies; the original stays as it is."""
    print(f"running notebooks/{path.name}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        try:
            papermill.execute_notebook(
                path,
                copy,
                cwd=path.parent,
                kernel_name="python3",
                progress_bar=False,
                extra_arguments=QUIET_KERNEL,
            )
        except PapermillExecutionError as error:
            print(f"notebooks/{path.name}: {error}", file=sys.stderr)
            return False
    return True


def made_since(moment_ns: int) -> list[Path]:
    """Files of maps/ written since a moment."""
    files = (path for path in MAPS.rglob("*") if path.is_file())
    return sorted(path for path in files if path.stat().st_mtime_ns >= moment_ns)


def report(made: list[Path]) -> None:
    """Print every file with its size."""
    for path in made:
        print(f"{path.stat().st_size / 1000:>8,.0f} kB  {path.relative_to(ROOT)}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
