"""Files of positions as one relation by the kit's columns; what is read is kept, apart or rejected.

Tables and Parquet are read in place by DuckDB; NMEA, JSON, GPX and workbooks are decoded into
memory. Parquet and workbooks are known by their names; what a text holds is seen in its first
lines: sentences, objects, GPX or a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from geo.errors import DataError, Fault, GeoError
from geo.tracks import (
    casting,
    clock,
    nmea,
    plausible,
    reasons,
)
from geo.tracks.columns import POSITIONS
from geo.tracks.layout import Written
from geo.tracks.opening import FORMATS, File, ending, parsed, quoted

__all__ = ["FORMATS", "SENTINEL", "Scan", "expand", "scan"]

SENTINEL = "no position (sentinel)"
APART = "apart: "
_UNNUMBERED = "a transponder without a number"
# What receivers and publishers cannot help: counted, never a reason to stop.
_EXPECTED = {
    SENTINEL, "no position", casting.OTHER, "wrong checksum", "no AIS sentence",
    "wrong checksum of its tag block", "a part without its others", _UNNUMBERED,
}  # fmt: skip
# ITU-R M.1371: what a transponder sends where it knows nothing. A draught of 0 is the default.
_NULLED = {"speed_kn": "speed_kn >= 102.25", "course_deg": "course_deg >= 360",
           "heading_deg": "heading_deg >= 511", "draught_m": "draught_m = 0"}  # fmt: skip
# What is shown of a row that has no text of its own: the values that were read from it.
_VALUES = "{" + ", ".join(f"{name}: {name}" for name in POSITIONS.names) + "}"
_JUDGED = f"""CASE WHEN note IS NOT NULL THEN note
  WHEN vessel IS NULL OR vessel = '' THEN 'no vessel'
  WHEN vessel = 'NOBODY' THEN 'UNNUMBERED'
  WHEN mobile IS NOT NULL AND mobile NOT IN (ALSO) THEN '{APART}' || mobile
  WHEN time_utc IS NULL THEN 'no time'
  WHEN time_utc < 'EARLIEST' OR time_utc > 'LATEST' THEN 'OUTSIDE'
  WHEN lon = 181 OR lat = 91 THEN '{SENTINEL}'
  WHEN lon IS NULL OR lat IS NULL THEN 'no position'
  WHEN abs(lon) <= 180 AND abs(lat) <= 90 THEN NULL ELSE 'off the globe' END"""


@dataclass
class Scan:
    """Positions of files: a relation with the columns of POSITIONS, and what became of every row.

    rejected: a relation with the file's name, reason and the row as text; of formats without rows
    of text, its values as JSON.
    """

    relation: Any
    rejected: Any
    _judged: dict[str, Any] = field(repr=False)
    _files: dict[str, File] = field(repr=False)

    def counts(self) -> dict[str, dict[str, Any]]:
        """Return for each file `read`, `kept`, `rejected` by reason, `apart` by class, sentinels,
        checksums, `kind` of what moves and `reading`.

        read = kept + rejected + apart; for NMEA a row is a message with a position, or a line that
        gave nothing.
        """
        return {file: self._count(file, judged) for file, judged in self._judged.items()}

    def _count(self, file: str, judged: Any) -> dict[str, Any]:
        nulled = ", ".join(f"count(*) FILTER ({rule}) AS {name}" for name, rule in _NULLED.items())
        rows = judged.aggregate(f"reason, count(*) AS n, {nulled}", "reason").fetchall()
        lost = {row[0]: int(row[1]) for row in rows if row[0] is not None}
        apart = {r.removeprefix(APART): n for r, n in lost.items() if r.startswith(APART)}
        rejected = {reason: n for reason, n in lost.items() if not reason.startswith(APART)}
        kept = sum(int(row[1]) for row in rows if row[0] is None)
        own = self._files[file]
        for _, _, reason in own.log.rejected if own.log else ():
            rejected[reason] = rejected.get(reason, 0) + 1
        sentinels = {
            name: sum(int(row[n]) for row in rows) for n, name in enumerate(_NULLED, start=2)
        }
        return {
            "read": kept + sum(rejected.values()) + sum(apart.values()),
            "kept": kept,
            "rejected": dict(sorted(rejected.items())),
            "apart": dict(sorted(apart.items())),
            "sentinels": {"position": rejected.get(SENTINEL, 0)} | sentinels,
            "checksums": dict(own.log.checksums) if own.log else {},
            "kind": own.kind,
            "reading": own.said,
        }


def expand(paths: Sequence[str | Path]) -> list[Path]:
    """Return the files of paths, folders and globs, each once, in order of their names.

    GeoError names every path that leads to no file of a known format.
    """
    found: dict[Path, None] = {}
    wrong = []
    for path in map(str, paths):
        root = Path(path)
        here = root.rglob("*") if root.is_dir() else _globbed(root)
        files = [one for one in sorted(here) if one.is_file() and ending(one)]
        if not files:
            wrong.append(path)
        found |= dict.fromkeys(files)
    absent = [path for path in wrong if not (set("*?[") & set(path) or Path(path).exists())]
    if absent:
        raise GeoError("\n".join(f"{path}: no such file" for path in absent))
    if wrong:
        known = ", ".join(FORMATS)
        raise GeoError(
            f"no positions at {', '.join(wrong)}; known are {known}, also as .gz and .zst"
        )
    return list(found)


def _globbed(path: Path) -> Iterable[Path]:
    return (
        [path]
        if path.is_file()
        else Path(path.anchor or ".").glob(str(path.relative_to(path.anchor)))
    )


def scan(
    con: Any,
    paths: Sequence[str | Path],
    *,
    dialect: str | None = None,
    columns: Mapping[str, str] | None = None,
    written: Written | None = None,
    kind: str = "",
    on_error: Literal["stop", "skip"] = "stop",
) -> Scan:
    """Return the positions of files as a relation of a DuckDB connection.

    written: how the user says that they are; dialect, columns: the same of these two alone. kind:
    of what moves, in place of what a dialect says. on_error: "stop" raises DataError with every
    reason and how often it was met; what receivers cannot help (sentinels, broken sentences) is
    counted in either case. GeoError where a reading cannot be true, or an option has no effect.
    """
    asked = written or Written(dialect=dialect or "", columns=columns or {})
    judged, opened = {}, {}
    for path in expand(paths):
        own = parsed(con, path, asked, kind)
        whole = own.relation.project(f"*, {_judgement(asked)} AS reason")
        _checked(whole, own, path)
        judged[str(path)], opened[str(path)] = whole, own
    _effective(asked, opened)
    lost = _union(judged, _lost)
    for file, own in opened.items():
        if own.log is not None:
            lost = lost.union(con.from_arrow(_unread(file, own.log)))
    kept = _union(judged, lambda file, one: _kept(one, opened[file].kind))
    scanned = Scan(kept, lost, judged, opened)
    if on_error == "stop":
        _stop(scanned.counts())
    return scanned


def _judgement(asked: Written) -> str:
    """The expression of why a row gives no position, null where it does."""
    values = {
        "ALSO": ", ".join(map(quoted, ("", *asked.also))),
        "EARLIEST": clock.EARLIEST.isoformat(),
        "LATEST": clock.latest().isoformat(),
        "OUTSIDE": plausible.OUTSIDE,
        "NOBODY": casting.NOBODY,
        "UNNUMBERED": _UNNUMBERED,
    }
    return re.sub("|".join(values), lambda found: values[found[0]], _JUDGED)


def _checked(judged: Any, own: File, path: Path) -> None:
    """GeoError where the reading of a file cannot be true."""
    good = f"reason IS NULL OR reason = {quoted(plausible.OUTSIDE)}"
    some = judged.filter(good).limit(plausible.ROWS)
    rows = some.project("vessel, time_utc, lon, lat, speed_kn").to_arrow_table().to_pandas()
    plausible.check(rows, file=str(path), said=own.said, kind=own.kind)


def _effective(asked: Written, opened: Mapping[str, File]) -> None:
    """GeoError for an option that changed the reading of no file."""
    used = {name for own in opened.values() for name in own.used}
    idle = [name for name in asked.options() if name not in used]
    if idle and opened:
        files = ", ".join(Path(file).name for file in list(opened)[:3])
        raise GeoError(f"{', '.join(idle)}: no effect on {files}; leave it out")


def _union(judged: Mapping[str, Any], view: Any) -> Any:
    relations = [view(file, one) for file, one in judged.items()]
    whole = relations[0]
    for one in relations[1:]:
        whole = whole.union(one)
    return whole


def _kept(judged: Any, kind: str) -> Any:
    rules = _NULLED if kind == "ship" else {k: v for k, v in _NULLED.items() if k != "speed_kn"}
    names = [
        f"CASE WHEN {rules[name]} THEN NULL ELSE {name} END AS {name}" if name in rules else name
        for name in POSITIONS.names
    ]
    return judged.filter("reason IS NULL").project(", ".join(names))


def _lost(file: str, judged: Any) -> Any:
    return judged.filter(f"reason IS NOT NULL AND NOT starts_with(reason, '{APART}')").project(
        f"{quoted(Path(file).name)} AS file, reason, "
        f"coalesce(row, to_json({_VALUES})::VARCHAR) AS row"
    )


def _unread(file: str, log: nmea.Log) -> pa.Table:
    """The lines that gave nothing, as they stand, with their reason and number."""
    rows = [(f"line {line}: {reason}", text) for line, text, reason in log.rejected]
    reasons, texts = zip(*rows, strict=True) if rows else ((), ())
    names = [Path(file).name] * len(rows)
    columns = {"file": names, "reason": list(reasons), "row": list(texts)}
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def _stop(counts: Mapping[str, Mapping[str, Any]]) -> None:
    faults = [
        _rejected(file, reason, f"{n:,} row{'s' if n > 1 else ''}")
        for file, one in counts.items()
        for reason, n in one["rejected"].items()
        if reason not in _EXPECTED
    ]
    if faults:
        raise DataError(f"positions cannot be read: {len(faults)} kind(s) of fault", faults=faults)


def _rejected(file: str, reason: str, count: str) -> Fault:
    field, said = reasons.fault(reason)
    return Fault(file, "", field, count, *said)
