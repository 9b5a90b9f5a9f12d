"""Write the data dictionary of a folder between the markers of its README.md.

Run by hand after datapackage.json has changed:  python tools/write_dictionary.py data
"""

from __future__ import annotations

import sys
from pathlib import Path

from geo import package
from geo.files import writing

START, END = "<!-- dictionary:start -->", "<!-- dictionary:end -->"


def filled(text: str, dictionary: str) -> str:
    """The text with the dictionary between its markers. Raises ValueError without both."""
    before, found, rest = text.partition(START)
    _, closed, after = rest.partition(END)
    if not (found and closed):
        raise ValueError(f"README.md needs the lines {START} and {END}, in this order")
    return f"{before}{START}\n\n{dictionary.strip()}\n\n{END}{after}"


def main(folder: Path) -> None:
    """Fill the dictionary of one data folder."""
    readme = folder / "README.md"
    writing.write(readme, filled(readme.read_text(encoding="utf-8"), package.dictionary(folder)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
