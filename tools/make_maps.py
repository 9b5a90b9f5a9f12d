"""Run every notebook on data/, build every page of data/ into maps/, and say what was made."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import papermill
from papermill.exceptions import PapermillExecutionError

ROOT = Path(__file__).resolve().parent.parent
MAPS = ROOT / "maps"
QUIET_KERNEL = ["--IPKernelApp.log_level=50"]  # what goes wrong in a cell is shown all the same


def main() -> int:
    """Return 0 when every notebook ran and every page was written, 1 otherwise."""
    started_ns = time.time_ns()
    MAPS.mkdir(exist_ok=True)
    failed = [path.name for path in notebooks() if not run(path)]
    command = [str(Path(sys.executable).with_name("geo")), "build", "data", "-o", "maps"]
    if subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL).returncode:
        failed.append("geo build")
    report(made_since(started_ns))
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


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
