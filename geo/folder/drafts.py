"""What a new folder begins with: the languages of its names, corridors beside each other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from geo.errors import GeoError
from geo.folder import courses

__all__ = ["Route", "in_languages", "route", "spoken"]

TONGUE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")  # as BCP 47 writes it
NAMED = ("places", "corridors")  # roles whose rows have names


@dataclass(frozen=True)
class Route:
    """A corridor as it is said on the command line: its name, mode, and places in order."""

    name: str
    mode: str
    places: tuple[str, ...]


def route(text: str) -> Route:
    """A corridor from 'Name; mode; place; place': a place as `scaffold.new` takes it."""
    parts = [part.strip() for part in text.split(";")]
    if len(parts) < 4 or not all(parts) or parts[1] not in courses.MODES:
        raise GeoError(
            f"--corridor {text!r}: write for example 'Ore; rail; Mine,1.5,103.2; Port,1.2,103.9', "
            f"with {' or '.join(courses.MODES)}"
        )
    return Route(parts[0], parts[1], tuple(parts[2:]))


def spoken(given: Sequence[str]) -> tuple[str, ...]:
    """The languages of names besides English, each once. Raises GeoError for what is no code."""
    wrong = [one for one in given if not TONGUE.fullmatch(one)]
    if wrong:
        raise GeoError(
            f"--languages {','.join(wrong)}: write codes as BCP 47 has them: ko, pt-BR, zh-Hans"
        )
    return tuple(one for one in dict.fromkeys(given) if one != "en")


def in_languages(contents: Mapping[str, str], languages: Sequence[str]) -> dict[str, str]:
    """The files of a folder with a column of names for each language, and no other."""
    descriptor = json.loads(contents["datapackage.json"])
    changed: dict[str, str] = {}
    for resource in descriptor["resources"]:
        if resource.get("tumen:role") not in NAMED:
            continue
        fields = [f for f in resource["schema"]["fields"] if not _is_other(f["name"])]
        at = next(n for n, f in enumerate(fields) if f["name"] == "name_en") + 1
        fields[at:at] = [_column(one) for one in languages]
        resource["schema"]["fields"] = fields
        path, text = resource["path"], contents[resource["path"]]
        changed[path] = _table(text, languages) if path.endswith(".csv") else text
    changed["datapackage.json"] = json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n"
    return {**contents, **changed}


def properties(own: Mapping[str, Any], languages: Sequence[str]) -> dict[str, Any]:
    """What a feature says, with a name, not yet known, for each language."""
    kept = {name: value for name, value in own.items() if not _is_other(name)}
    made: dict[str, Any] = {}
    for name, value in kept.items():
        made[name] = value
        if name == "name_en":
            made |= {f"name_{one}": None for one in languages}
    return made


def _is_other(column: str) -> bool:
    return column.startswith("name_") and column != "name_en"


def _column(language: str) -> dict[str, Any]:
    said = f"name in the language {language}; empty = not found"
    return {"name": f"name_{language}", "type": "string", "description": said}


def _table(text: str, languages: Sequence[str]) -> str:
    """A table of a few rows, none of whose cells holds a comma, with other columns of names."""
    head, *rows = [line.split(",") for line in text.splitlines()]
    kept = [n for n, name in enumerate(head) if not _is_other(name)]
    at = [head[n] for n in kept].index("name_en") + 1
    lines = [[row[n] for n in kept] for row in (head, *rows)]
    for number, line in enumerate(lines):
        line[at:at] = ["" if number else f"name_{one}" for one in languages]
    return "\n".join(",".join(line) for line in lines) + "\n"


def legs(
    example: Mapping[str, Any], found: Sequence[tuple[Route, Sequence[Mapping[str, Any]]]]
) -> Iterator[dict[str, Any]]:
    """A leg from each place of a route to the next, after an example."""
    for number, (one, places) in enumerate(found):
        for start, end in pairwise(places):
            name = f"{corridor(number)}_{start['id']}_{end['id']}"
            own = {**example["properties"], "leg": name, "corridor": corridor(number)}
            own |= {"mode": one.mode, "origin": start["id"], "destination": end["id"]}
            if one.mode == "rail":
                own["note"] = "no geometry given: a way along the world's railways"
            yield {**example, "id": name, "properties": own}


def corridor(number: int) -> str:
    """The id of a corridor by its number from 0."""
    return f"example_{number + 1}" if number else "example"


def tables(
    contents: Mapping[str, str], found: Sequence[tuple[Route, Sequence[Mapping[str, Any]]]]
) -> dict[str, str]:
    """The tables that name corridors, with a row and two invented flows for each."""
    head, line = contents["corridors.csv"].splitlines()
    columns, cells = head.split(","), line.split(",")
    rows = []
    for number, (one, _) in enumerate(found):
        said = {"corridor": corridor(number), "name_en": one.name.replace(",", " ")}
        said["mode"] = one.mode
        own = [said.get(name, cell) for name, cell in zip(columns, cells, strict=True)]
        rows.append(",".join(own))
    top, *flows = contents["flows.csv"].splitlines()
    made = [
        flow.replace("example_flow", f"{corridor(number)}_flow", 1)
        .replace(",example,", f",{corridor(number)},", 1)
        .replace(",port_a,port_b,", f",{places[0]['id']},{places[-1]['id']},", 1)
        for number, (_, places) in enumerate(found)
        for flow in flows
    ]
    return {
        "corridors.csv": "\n".join([head, *rows]) + "\n",
        "flows.csv": "\n".join([top, *made]) + "\n",
    }
