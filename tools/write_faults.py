"""Write docs/faults.md, the list of every fault, from geo/errors/faults.toml.

Run by hand after the list has changed:  python tools/write_faults.py
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from geo.errors import Kind, faultlist, kinds
from geo.files import writing

PAGE = Path(__file__).resolve().parent.parent / "docs" / "faults.md"
HEAD = """\
# Faults

Every fault that is found in data has a code. It stands in brackets at the end of the line, and as
`code` where `--json` is given. Codes stay: a text may be worded better, its code is the same.

    geo check --explain flow.unit-unknown

says what a code stands for, with an example and what to do. A note is printed like a fault, with
`note:` before it, and leaves a file sound. In the texts below values stand in braces.
"""


def page() -> str:
    """The page as Markdown."""
    parts = [HEAD]
    for thing, own in groupby(kinds().values(), key=lambda kind: kind.code.partition(".")[0]):
        parts.append(f"## {thing}\n")
        parts += ["\n".join(_kind(kind)) for kind in own]
    return "\n".join(parts)


def _kind(kind: Kind) -> Iterator[str]:
    yield f"### `{kind.code}`\n"
    yield f"{kind.meaning}\n"
    yield f"- Problem: {_code(kind.problem)}"
    yield from (f"- Remedy: {_code(remedy)}" for remedy in kind.remedies.values())
    yield ""
    yield from _example(kind.example)


def _example(example: Mapping[str, Any]) -> Iterator[str]:
    if "no-example" in example:
        yield f"No example: {example['no-example']}\n"
        return
    for name, text in example.get("files", {}).items():
        yield f"`{name}`:\n"
        yield _block(text)
    for file, old, new in example.get("changes", ()):
        how = ", instead of" if old else ", with this at its end:"
        yield f"`{file}` of a folder made by `geo new {faultlist.FOLDER}`{how}\n"
        yield f"{_block(old)}\nthis:\n" if old else ""
        yield _block(new) if new.strip() else "(nothing)\n"
    if "python" in example:
        yield _block(example["python"], "python")
    by = f" by `{faultlist.command(example)}`" if faultlist.command(example) else ""
    also = example.get("also", ())
    beside = f", beside {', '.join(f'`{code}`' for code in also)}" if also else ""
    yield f"Found{by} at `{example['found']}`{beside}.\n"


def _code(text: str) -> str:
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _block(text: str, language: str = "") -> str:
    own = text.strip("\n")
    return f"```{language}\n{own}\n```\n"


if __name__ == "__main__":
    writing.write(PAGE, page())
