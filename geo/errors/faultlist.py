"""The list of faults, told: what a code stands for, an example, and what to do about it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from geo.errors import GeoError, Kind, kinds

__all__ = ["command", "explained", "kind"]

FOLDER = "corridor"  # the folder of the examples, as `geo new` writes it
MOST_NEAR = 5


def kind(code: str) -> Kind:
    """The kind of fault of a code. Raises GeoError for an unknown one, with those near it."""
    if code in kinds():
        return kinds()[code]
    near = _near(code)
    raise GeoError(f"no code {code!r}; near it: {', '.join(near)}; docs/faults.md lists all")


def _near(code: str) -> list[str]:
    """Codes spelled alike, then codes of the same thing, then any that share a word."""
    thing = code.partition(".")[0]
    alike = difflib.get_close_matches(code, kinds(), n=MOST_NEAR, cutoff=0.6)
    same = [one for one in kinds() if one.startswith(f"{thing}.")]
    words = {word for word in code.replace(".", "-").split("-") if len(word) > 2}
    shared = [one for one in kinds() if words & set(one.replace(".", "-").split("-"))]
    things = [f"{name}.…" for name in dict.fromkeys(one.partition(".")[0] for one in kinds())]
    return list(dict.fromkeys([*alike, *same, *shared]))[:MOST_NEAR] or things


def command(example: Mapping[str, Any]) -> str:
    """The command that finds the fault of an example; "" where Python alone does."""
    if "command" in example or "python" in example:
        return str(example.get("command", ""))
    name = FOLDER if "changes" in example else next(iter(example["files"]))
    return f"geo check {name}"


def explained(code: str) -> str:
    """What a code stands for, as text with an example. Raises GeoError for an unknown one."""
    found = kind(code)
    said = [found.code, "", found.meaning, "", f"  {found.problem}"]
    remedies = [f"  → {remedy}" for remedy in found.remedies.values()]
    return "\n".join([*said, *remedies, "", *_example(found.example)]) + "\n"


def _example(example: Mapping[str, Any]) -> Iterator[str]:
    if "no-example" in example:
        yield f"No example: {example['no-example']}"
        return
    for name, text in example.get("files", {}).items():
        yield f"Example, {name}:"
        yield from _indented(text)
    for file, old, new in example.get("changes", ()):
        yield f"Example, {file} of a folder made by `geo new {FOLDER}`, " + (
            "instead of" if old else "with this at its end:"
        )
        yield from [*_indented(old), "this:"] if old else []
        yield from _indented(new) or ["    (nothing)"]
    if "python" in example:
        yield "Example, in Python:"
        yield from _indented(example["python"])
    yield ""
    yield from [f"Found by: {command(example)}"] if command(example) else []
    yield f"Found at: {example['found']}"


def _indented(text: str) -> list[str]:
    return [f"    {line}" for line in text.strip("\n").split("\n")] if text.strip() else []
