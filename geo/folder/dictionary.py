"""The data dictionary of a folder in Markdown, made from its datapackage.json."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from geo.folder import wide

__all__ = ["tables", "whole"]

SHORT = """\
## The short form of flows

`{path}` may have these columns in place of its own; any other column of its own may stand beside
them:

    {columns}

- Places, corridors, commodities and sources may be written as they are called; a source may be an
  address. A place must be known; what else is not known is made: the corridor, a leg for each pair
  of its ends, the commodity, the source.
- `period` is yyyy, yyyy-Q1, yyyy-mm, yyyy-mm-dd, or two of them as first/last.
- A new corridor goes by sea between ports and by rail between stations; a column `mode` says
  otherwise.
- A figure counts as `reported`, with rank 1, unless `basis` and `rank` say otherwise.
"""


def whole(descriptor: Mapping[str, Any]) -> str:
    """Every file and column of a folder."""
    resources = descriptor["resources"]
    files = [
        f"| `{r['path']}` | {_cell(r.get('description', r.get('title', '')))} |" for r in resources
    ]
    parts = ["# Data dictionary", "", "| file | holds |", "|---|---|", *files, "", *_rules()]
    flows = [r["path"] for r in resources if r.get("tumen:role") == "flows"]
    if flows:
        parts += [SHORT.format(path=flows[0], columns=",".join(wide.NEEDED))]
    return "\n".join([*parts, "## Columns", "", tables(resources)])


def _rules() -> Iterator[str]:
    yield "A column that is not required may be left out of its file. Unknown is empty, never 0."
    yield "Dates are yyyy-mm-dd, ids small letters, digits and `_`."
    yield ""


def tables(resources: Sequence[Mapping[str, Any]]) -> str:
    """A table of columns for each file that has some."""
    parts: list[str] = []
    for resource in resources:
        fields = (resource.get("schema") or {}).get("fields", [])
        if fields:
            parts += [
                f"### {resource['path']}",
                "",
                "| column | type | rule | meaning |",
                "|---|---|---|---|",
                *map(_row, fields),
                "",
            ]
    return "\n".join(parts).rstrip() + "\n"


def _row(column: Mapping[str, Any]) -> str:
    rules = column.get("constraints", {})
    said = [name for name in ("required", "unique") if rules.get(name)]
    said += [", ".join(map(str, rules["enum"]))] if "enum" in rules else []
    said += [f"≥ {rules['minimum']}"] if "minimum" in rules else []
    said += [f"≤ {rules['maximum']}"] if "maximum" in rules else []
    meaning = _cell(str(column.get("description", "")))
    return (
        f"| `{column['name']}` | {column.get('type', 'string')} | {'; '.join(said)} | {meaning} |"
    )


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
