"""List the targets of a Makefile with what stands behind their ##."""

from __future__ import annotations

import re
import sys
from pathlib import Path

TARGET = re.compile(r"^([a-z][\w-]*):[^#\n]*## *(.+)$", re.MULTILINE)


def main(path: Path) -> None:
    """Print `make TARGET   meaning` for every target that says what it does."""
    for name, meaning in TARGET.findall(path.read_text(encoding="utf-8")):
        print(f"make {name:<14} {meaning}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
