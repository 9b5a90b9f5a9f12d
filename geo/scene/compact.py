"""The values of a scene as a page holds them: nothing twice, nothing that is empty."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from typing import Any

import numpy as np

from geo.account.values import Figure
from geo.scene.model import Row
from geo.scene.plain import plain

# What the table needs of a row. Key figures, which are markup of the page, take the rest.
_INEXACT = 1e-4  # of a step: what a double leaves of a value that is whole
MOST_TIMES = 4
PER_DEG = 100_000  # lines are known to 1e-5 of a degree, a metre
LEFT_OUT = {"lead", "held_source", "sources", "key_moved", "key_share"}


def lines(value: dict[str, Any]) -> dict[str, Any]:
    """Lines with every claim once, figures without what is empty, courses as differences.

    lines.js restores all three.
    """
    claims: dict[str, int] = {}
    blank = _blank()
    for pipe in (*value["pipes"], *value["totals"]):
        texts = [json.dumps(claim, ensure_ascii=False) for claim in pipe["claims"]]
        pipe["claims"] = [claims.setdefault(text, len(claims)) for text in texts]
        pipe["parts"] = [course(part) for part in pipe["parts"]]
        pipe["figures"] = _bare(pipe["figures"], blank)
    return {**value, "claims": [json.loads(text) for text in claims], "blank": blank}


def _blank() -> dict[str, Any]:
    return {f.name: f.default for f in fields(Figure) if f.default is not MISSING}


def _bare(figures: Sequence[dict[str, Any]], blank: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{k: v for k, v in f.items() if k not in blank or v != blank[k]} for f in figures]


def choices(found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The choices of a page, figures without what is empty; choices.js restores it."""
    blank = _blank()
    for choice in found:
        for value in choice["values"]:
            own = value["figures"].items()
            value["figures"] = {line: _bare(figures, blank) for line, figures in own}
    return {"choices": list(found), "blank": blank}


def course(part: Sequence[Sequence[float]]) -> Any:
    """A line as differences of whole 1e-5 degrees, taken `times` over: those of a curve are tiny.

    `{"times": k, "x": [...], "y": [...]}`; adding up k times gives the line. One that is known more
    finely stays as it is.
    """
    xy = np.asarray(part, dtype=float).reshape(-1, 2) * PER_DEG
    steps = np.rint(xy)
    if not len(xy) or np.abs(xy - steps).max() > _INEXACT:
        return part
    tried = []
    for times in range(1, MOST_TIMES + 1):
        steps = np.diff(steps, axis=0, prepend=0)
        tried.append({"times": times, **dict(zip("xy", steps.astype(int).T.tolist(), strict=True))})
    return min(tried, key=lambda one: len(json.dumps(one)))


def rows(found: Sequence[Row]) -> dict[str, Any]:
    """Rows of the table as columns: `{"count": n, "columns": {name: column}}`; table.js reads them.

    A column is a list of n values, or `{"of": values, "at": indexes}` where values repeat. A column
    whose every value is empty is left out.
    """
    each = list(map(plain, found))
    named = {f.name: [row[f.name] for row in each] for f in fields(Row) if f.name not in LEFT_OUT}
    kept = {name: values for name, values in named.items() if any(not _empty(v) for v in values)}
    return {"count": len(each), "columns": {name: _column(v) for name, v in kept.items()}}


def _empty(value: object) -> bool:
    return value is None or value is False or value in ("", ())


def _column(values: list[Any]) -> list[Any] | dict[str, Any]:
    """The values, or their indexes in a list that holds each once, whichever is shorter."""
    texts = list(map(repr, values))  # 1, 1.0 and True are one key of a mapping
    known = dict(zip(texts, values, strict=True))
    once = {text: n for n, text in enumerate(known)}
    coded = {"of": list(known.values()), "at": [once[text] for text in texts]}
    return coded if len(json.dumps(coded)) < len(json.dumps(values)) else values
