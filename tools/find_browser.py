"""Find a Chromium that runs and print its path; with --install, bring one where there is none.

Looked for: the file TUMEN_CHROMIUM names, the usual commands, and the download of Playwright.
Brought by: the system's package manager where it may install, otherwise Playwright. Exit 1 with
the reason of every attempt when none is to be had.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

VARIABLE = "TUMEN_CHROMIUM"
COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ASK_PLAYWRIGHT = (
    "from playwright.sync_api import sync_playwright\n"
    "with sync_playwright() as p: print(p.chromium.executable_path)"
)
ANSWER_SECONDS = 60
# How the project starts a browser: no sandbox for a container, and no talk of its own.
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class NoBrowserError(Exception):
    """No Chromium that runs; says what was tried and what came of it."""


@dataclass(frozen=True)
class Manager:
    """A package manager: its command, what to run, and whether it wants the right to do so."""

    command: str
    steps: tuple[tuple[str, ...], ...]
    as_root: bool = True


# The fonts draw Korean and Cyrillic names. Homebrew refuses to run as root and needs no right.
MANAGERS = (
    Manager(
        "apt-get",
        (
            ("update",),
            (
                *("install", "--yes", "--no-install-recommends"),
                *("chromium", "fonts-noto-core", "fonts-noto-cjk"),
            ),
        ),
    ),
    Manager("dnf", (("install", "--assumeyes", "chromium"),)),
    Manager(
        "pacman", (("-Sy", "--noconfirm", "--needed", "chromium", "noto-fonts", "noto-fonts-cjk"),)
    ),
    Manager("apk", (("add", "chromium", "font-noto", "font-noto-cjk"),)),
    Manager("brew", (("install", "--cask", "chromium"),), as_root=False),
)


def find() -> str:
    """The path of a Chromium that runs. Raises NoBrowserError with what was looked at."""
    reasons: list[str] = []
    for path in _candidates():
        reason = _fails(path)
        if not reason:
            return path
        reasons.append(reason)
    raise NoBrowserError("\n".join(reasons))


def find_or_install() -> str:
    """The path of a Chromium that runs, installed if need be. Raises NoBrowserError."""
    try:
        return find()
    except NoBrowserError as error:
        reasons = [str(error)]
    if VARIABLE in os.environ:
        raise NoBrowserError(reasons[0])
    for name, commands in _ways():
        reason = _carry_out(commands)
        try:
            return find()
        except NoBrowserError as error:
            reasons.append(f"{name}: {reason or f'done, but {error}'}")
    raise NoBrowserError("\n".join(reasons))


def _candidates() -> Iterator[str]:
    """Where a browser may be; a browser that was named is the only one."""
    named = os.environ.get(VARIABLE)
    if named:
        yield named
        return
    for command in COMMANDS:
        path = shutil.which(command)
        if path:
            yield path
    yield _run([sys.executable, "-c", ASK_PLAYWRIGHT])[1].strip() or "Playwright's Chromium"


def _fails(path: str) -> str:
    """Why a browser does not run, '' if it does; some distributions ship a mere stub."""
    code, said = _run([path, "--version"], seconds=ANSWER_SECONDS)
    return "" if code == 0 else f"{path} does not run: {_last_line(said)}"


def _ways() -> Iterator[tuple[str, list[list[str]]]]:
    """Every way to bring a browser on this machine: its name and its commands."""
    for manager in MANAGERS:
        if shutil.which(manager.command):
            right = _right() if manager.as_root else []
            if right is None:
                yield manager.command, []
            else:
                yield manager.command, [[*right, manager.command, *s] for s in manager.steps]
    needs = ["--with-deps"] if _right() == [] else []
    yield "Playwright", [[sys.executable, "-m", "playwright", "install", *needs, "chromium"]]


def _right() -> list[str] | None:
    """What to put before a command that needs root: nothing, sudo, or None where neither goes."""
    if os.geteuid() == 0:
        return []
    sudo = ["sudo", "-n"]
    return sudo if shutil.which("sudo") and _run([*sudo, "true"])[0] == 0 else None


def _carry_out(commands: list[list[str]]) -> str:
    """Run commands in order, each whatever came of the last; say which failed, '' if none did."""
    if not commands:
        return "may not install: neither root nor sudo without a password"
    failed: list[str] = []
    for command in commands:
        print("running", *command, file=sys.stderr, flush=True)
        code, said = _run(command)
        if code:
            failed.append(f"{' '.join(command)} failed: {_last_line(said)}")
    return "; ".join(failed)


def _run(command: list[str], *, seconds: float | None = None) -> tuple[int, str]:
    """(exit code, what was said); a command that is not there or hangs is one that failed."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            encoding="utf-8",
            errors="replace",
            timeout=seconds,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return 1, str(error)
    return done.returncode, done.stdout


def _last_line(said: str) -> str:
    return said.strip().splitlines()[-1] if said.strip() else "without a word"


def main(arguments: list[str]) -> int:
    """Print the path of a browser; exit 1 with every reason when there is none."""
    try:
        print(find_or_install() if "--install" in arguments else find())
    except NoBrowserError as error:
        print(f"No Chromium that runs.\n{error}", file=sys.stderr)
        print(f"Install Chromium, or name one: {VARIABLE}=/path/to/chromium", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
