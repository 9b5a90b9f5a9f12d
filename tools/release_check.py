"""What a release is held to: built, checked, installed on each Python, its README tried.

    python tools/release_check.py [--out dist]

Wheel and sdist are built and looked through; the wheel is installed beside nothing of the
repository on every Python of PYTHONS, with the lowest and with the newest dependencies, and there
runs the commands of the README. A Python that cannot be had fails the check in words. At the end a
list of everything that an install and a page carry, with licences, stands beside the wheel.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHONS = ("3.11", "3.14")
RESOLUTIONS = {"lowest": "lowest-direct", "newest": "highest"}
MOST_MB = 550  # what a plain install may take
CARRIED = ROOT / "tools" / "carried.json"
COMMAND = re.compile(r"^geo .+$", re.MULTILINE)


class FailedError(Exception):
    """Something a release needs does not hold; the message says what."""


def run(*command: str | Path, cwd: Path = ROOT, clean: bool = False) -> str:
    """Run a command and return what it printed; FailedError with its last lines where it fails."""
    environment = {k: v for k, v in os.environ.items() if not (clean and k.startswith("PYTHON"))}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd, env=environment, capture_output=True, encoding="utf-8",
    )  # fmt: skip
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-12:])
        raise FailedError(f"{' '.join(map(str, command))}\n{said}")
    return done.stdout


def uv(*arguments: str | Path) -> str:
    """What uv says to some arguments."""
    return run(sys.executable, "-m", "uv", *arguments, clean=True)


def built(out: Path) -> Path:
    """Build the sdist and, from it, the wheel; have both judged. Returns the wheel."""
    shutil.rmtree(out, ignore_errors=True)
    run(sys.executable, "-m", "build", "--outdir", out, ROOT)
    files = sorted(out.iterdir())
    run(sys.executable, "-m", "twine", "check", "--strict", *files)
    (wheel,) = (path for path in files if path.suffix == ".whl")
    return wheel


def interpreter(version: str) -> str:
    """A Python of a version: what TUMEN_PYTHON_3_14 names, else one found, else what uv brings.

    FailedError with every attempt where there is none.
    """
    variable = f"TUMEN_PYTHON_{version.replace('.', '_')}"
    named = os.environ.get(variable, "")
    attempts = []
    for how in ("find",) if named else ("find", "install"):
        try:
            if how == "install":
                uv("python", "install", version)
            wanted = named or version
            found = uv("python", "find", "--no-project", "--no-python-downloads", wanted).strip()
            said = run(found, "-c", "import sys; print('%d.%d' % sys.version_info[:2])", clean=True)
        except FailedError as error:
            attempts.append(" ".join(str(error).split()))
            continue
        if said.strip() == version:
            return found
        attempts.append(f"{found} is Python {said.strip()}")
    tried = "\n  ".join(attempts)
    raise FailedError(f"no Python {version}; name one with {variable}=PATH. Tried:\n  {tried}")


def commands() -> list[str]:
    """The commands of the README that begin with `geo`, in order."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```[a-z]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [line.split("  #")[0].strip() for block in blocks for line in COMMAND.findall(block)]


def installed(wheel: Path, python: str, resolution: str, folder: Path) -> Path:
    """Install the wheel into a new environment; returns the folder of its commands."""
    uv("venv", "--quiet", "--python", python, folder)
    uv(
        "pip", "install", "--quiet", "--python", folder, "--resolution", resolution,
        "--only-binary", ":all:", *direct(), wheel,
    )  # fmt: skip
    return folder / ("Scripts" if os.name == "nt" else "bin")


def direct() -> list[str]:
    """What the kit itself needs: only what is named has its lowest version looked for."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return list(tomllib.loads(text)["project"]["dependencies"])


def tried(scripts: Path, folder: Path) -> None:
    """Run the commands of the README in an empty folder, as someone who has just installed."""
    folder.mkdir()
    for command in commands():
        name, *arguments = shlex.split(command)
        run(scripts / name, *arguments, cwd=folder, clean=True)
    made = [p for p in folder.rglob("*.html") if p.stat().st_size > 100_000]
    if not made:
        raise FailedError("the commands of the README made no page")


def size_mb(environment: Path) -> float:
    """Megabytes of what is installed, without what Python compiled of it."""
    files = (p for p in environment.rglob("*") if p.is_file() and not p.is_symlink())
    return sum(p.stat().st_size for p in files if p.suffix != ".pyc") / 1e6


def listed(environment: Path, wheel: Path) -> Path:
    """Write the bill of materials of an environment, with what a page carries besides."""
    python = next(p for p in environment.rglob("python*") if p.parent.name in ("bin", "Scripts"))
    text = run(sys.executable, "-m", "cyclonedx_py", "environment", "--output-reproducible", python)
    bill = json.loads(text)
    carried = json.loads(CARRIED.read_text(encoding="utf-8"))
    for part in bill["components"]:
        if not part.get("licenses") and part["name"] in carried["packages"]:
            part["licenses"] = [{"expression": carried["packages"][part["name"]]}]
    bill["components"] += carried["components"]
    bare = [c["name"] for c in bill["components"] if not c.get("licenses")]
    if bare:
        raise FailedError(f"no licence is stated by {', '.join(bare)}")
    path = wheel.with_suffix(".cdx.json")
    path.write_text(json.dumps(bill, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def one(wheel: Path, version: str, level: str, work: Path) -> Path:
    """Install and try the wheel on one Python with one set of dependencies; say how it went."""
    environment = work / f"{version}-{level}"
    scripts = installed(wheel, interpreter(version), RESOLUTIONS[level], environment)
    tried(scripts, work / f"{version}-{level}-outside")
    size = size_mb(environment)
    if level == "newest" and size > MOST_MB:
        raise FailedError(f"a plain install takes {size:.0f} MB, more than {MOST_MB}")
    print(f"Python {version}, {level} dependencies: {len(commands())} commands, {size:.0f} MB")
    return environment


def main(arguments: list[str] | None = None) -> int:
    """Check every part, and name every one that does not hold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    out = parser.parse_args(arguments).out.resolve()
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        try:
            wheel = built(out)
        except FailedError as error:
            print(f"failed: build: {error}", file=sys.stderr)
            return 1
        print(f"{wheel.name}: {wheel.stat().st_size / 1e6:.1f} MB, and its sdist: built, sound")
        newest = None
        for version in PYTHONS:
            for level in RESOLUTIONS:
                try:
                    made = one(wheel, version, level, Path(folder))
                    newest = made if level == "newest" else newest
                except FailedError as error:
                    failed.append(f"Python {version}, {level} dependencies: {error}")
        try:
            if newest is not None:
                print(f"{listed(newest, wheel).name}: what an install and a page carry")
        except FailedError as error:
            failed.append(f"bill of materials: {error}")
    for said in failed:
        print(f"failed: {said}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
