"""A table of positions → tracks, row by row kept, named with its faults, or counted."""

from __future__ import annotations

import io
import json
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from geo.errors import DataError, Fault, GeoError, Lost, Wording, wording
from geo.errors.extras import bring
from geo.files import columnar, intake, sheets
from geo.files.tables.rows import wrong_width
from geo.maps import userdata
from geo.maps.tracks.trackkind import HEAD, Asked
from geo.tracks import casting, grids, layout, mobiles, plausible, trackset
from geo.tracks.layout import Layout, Written
from geo.tracks.trackset import TrackSet

__all__ = ["Faults", "joined", "memory", "of_table", "of_text", "parquet", "said_apart"]

_MOST = {"lon": 180.0, "lat": 90.0}  # ITU-R M.1371: one more is sent where none is known


def memory(asked: Asked) -> int:
    """Bytes that reading may take."""
    return int(asked.reading.get("memory_bytes", intake.CEILING))


def parquet(path: Path, asked: Asked) -> pd.DataFrame:
    """The rows of a Parquet file. Raises GeoError where it is none, or takes too much memory."""
    arrow = bring("pyarrow", "formats")
    content = intake.read(path, memory_bytes=memory(asked))
    try:
        columnar.allow(content, path, table=True, memory_bytes=memory(asked))
        return pd.read_parquet(io.BytesIO(content))
    except (ValueError, OSError, TypeError, KeyError, arrow.ArrowException) as error:
        raise GeoError(f"{path}: not Parquet: {error}; save it anew") from error


def _text(path: Path, asked: Asked) -> str:
    content = intake.read(path, memory_bytes=memory(asked))
    return content.decode(grids.encoding(content), "replace").lstrip("\ufeff")


def of_text(path: Path, asked: Asked) -> TrackSet:
    """Positions of a table of texts."""
    text, said = _text(path, asked), asked.whole
    grid = grids.grid(text[:HEAD], said, str(path))
    body = "".join(io.StringIO(text, newline="").readlines()[grid.skip :])
    table = _even(body, grid)
    if table is not None:
        return of_table(table, path, asked, grid=grid)
    table, rows, ragged = _uneven(body, grid, path)
    return of_table(table, path, asked, grid=grid, numbers=rows, ragged=ragged)


def _even(body: str, grid: grids.Grid) -> pd.DataFrame | None:
    """The cells of a table whose every line is a row as wide as its header; None of another."""
    try:
        with warnings.catch_warnings(action="error", category=pd.errors.ParserWarning):
            table = pd.read_csv(
                io.StringIO(body), sep=grid.delimiter, dtype="string", keep_default_na=False,
                index_col=False, header=None, names=grid.header, skip_blank_lines=False,
            )  # fmt: skip
    except (pd.errors.ParserWarning, pd.errors.ParserError, pd.errors.EmptyDataError):
        return None
    cuts = len(table) * (len(grid.header) - 1)  # pandas fills short rows without a word
    return table if '"' not in body and body.count(grid.delimiter) == cuts else None


def _uneven(
    body: str, grid: grids.Grid, path: Path
) -> tuple[pd.DataFrame, list[int], dict[int, Fault]]:
    """The cells of a table row by row, the number of each row, and rows of another width."""
    rows = sheets.lines(body, path.name, delimiter=grid.delimiter)
    rows = [row for row in rows if any(cell.strip() for cell in row.cells)]
    width, numbers = len(grid.header), [row.number + grid.skip for row in rows]
    said = wrong_width(width, grid.delimiter)
    ragged = {
        n: Fault(path.name, f"row {number}", "", f"{len(row.cells)} cells", *said)
        for n, (number, row) in enumerate(zip(numbers, rows, strict=True))
        if len(row.cells) != width and (len(row.cells) < width or any(row.cells[width:]))
    }
    cells = [(row.cells + [""] * width)[:width] for row in rows]
    return pd.DataFrame(cells, columns=grid.header, dtype="string"), numbers, ragged


def of_table(
    table: pd.DataFrame,
    path: Path,
    asked: Asked,
    *,
    grid: grids.Grid | None = None,
    numbers: Sequence[int] | None = None,
    ragged: Mapping[int, Fault] | None = None,
    inputs: Mapping[str, str] | None = None,
) -> TrackSet:
    """Positions of a table of any types, row by row kept, named with their faults or counted.

    numbers: of the rows in the file, where lines are missing. ragged: rows of another width.
    inputs: files by their hashes, {} where there is none; None for that of `path`.
    """
    said = asked.whole if grid else replace(asked.whole, delimiter="")
    form = _form(table, path, said, grid)
    rows, problems, others = casting.frame(table, form)
    if "synthetic" in table.columns:
        rows["synthetic"] = table["synthetic"].to_numpy()
    kind = asked.kind or form.kind
    plausible.check(rows.head(plausible.ROWS), file=str(path), said=str(form), kind=kind)
    first = grid.skip + 1 if grid else 2
    numbers = range(first, first + len(rows)) if numbers is None else numbers
    faults = _faults(rows, problems, form, path, numbers)
    faults |= {n: [fault] for n, fault in (ragged or {}).items()}
    faults = dict(sorted(faults.items()))
    if faults and asked.reading.get("on_error") != "skip":
        every = [fault for found in faults.values() for fault in found]
        raise DataError(f"{path}: {len(every)} fault(s)", faults=every)
    lost = tuple(_lost(faults, table, path, asked))
    apart = rows["mobile"].notna() & ~rows["mobile"].isin(said.also)
    counts = {str(k): int(n) for k, n in rows.loc[apart, "mobile"].value_counts().items()}
    good = rows.drop(index=[*faults, *rows.index[apart | others].difference([*faults])])
    left_out = int((others & ~apart.to_numpy(dtype=bool)).sum())
    made = joined(
        good, path, asked, kind, left_out=left_out, lost=lost, apart=counts, inputs=inputs
    )
    return replace(made, reading=str(form))


def _form(table: pd.DataFrame, path: Path, said: Written, grid: grids.Grid | None) -> Layout:
    """How a table is written; without a column of vessels its file is the vessel."""
    names = [str(c) for c in table.columns]
    form = layout.found(
        names, casting.sample(table), said, file=str(path),
        every=lambda name: casting.texts(table[name]).fillna("").tolist(),
        instants=[n for n in names if pd.api.types.is_datetime64_any_dtype(table[n])],
        headless=grid.headless if grid else None,
    )  # fmt: skip
    return form if form.vessel else layout.named(form, path.stem)


def joined(
    rows: pd.DataFrame,
    path: Path,
    asked: Asked,
    kind: str,
    *,
    left_out: int,
    lost: tuple[Lost, ...],
    apart: Mapping[str, int],
    inputs: Mapping[str, str] | None = None,
) -> TrackSet:
    """Tracks of rows by the kit's columns, with what was left out of them."""
    if rows.empty and apart:
        raise GeoError(f"{path}: no ship; {said_apart(apart)}: read them too by --also")
    told = rows if rows["speed_kn"].notna().any() else rows.drop(columns="speed_kn")
    named = [c for c in told.columns if c not in trackset.KEPT or told[c].notna().any()]
    gap = asked.gap_hours or trackset.GAP_HOURS
    inputs = {path.name: userdata.digest(path)} if inputs is None else inputs
    try:
        said = trackset.of_positions(told[named], gap_hours=gap, inputs=inputs, kind=kind)
    except GeoError as error:
        raise GeoError(f"{path}: {error}") from error
    marked = path.suffix.lower() == ".parquet" and _marked(path)
    return replace(
        said, synthetic=said.synthetic or marked, left_out=left_out + len(rows) - len(said),
        lost=lost, apart=dict(apart),
    )  # fmt: skip


def said_apart(apart: Mapping[str, int]) -> str:
    """'3 positions of base stations': what is no ship, by class."""
    return ", ".join(
        f"{n:,} position{'s' * (n != 1)} of {mobiles.title(name)}" for name, n in apart.items()
    )


_CODES = {"time_utc": "position.time-not-readable", "vessel": "vessel.number-rounded"}
Faults = dict[int, list[Fault]]  # by the number of their row


def _faults(
    rows: pd.DataFrame,
    problems: Sequence[casting.Problem],
    form: Layout,
    path: Path,
    numbers: Sequence[int],
) -> Faults:
    """Every value that is not understood, and every place that is not on the globe."""
    faults: Faults = {}

    def note(row: int, ours: str, value: str, why: Wording) -> None:
        said = Fault(path.name, f"row {numbers[row]}", form.named(ours), value, *why)
        faults.setdefault(row, []).append(said)

    for row, name, value in problems:
        note(row, name, value, wording(_CODES.get(name, "number.not-readable")))
    for row in np.flatnonzero(plausible.outside(rows["time_utc"])).tolist():
        when = rows["time_utc"].iloc[row].isoformat()
        note(row, "time_utc", when, wording("position.time-outside", reason=plausible.OUTSIDE))
    for ours, most in _MOST.items():
        off = (rows[ours].abs() > most) & (rows[ours] != most + 1)
        for row in np.flatnonzero(off.to_numpy(dtype=bool)).tolist():
            note(row, ours, f"{rows[ours].iloc[row]:g}", wording("position.off-globe"))
    return faults


def _lost(faults: Faults, table: pd.DataFrame, path: Path, asked: Asked) -> Iterator[Lost]:
    """The rows that were not understood, as they stand in the file."""
    lines: Sequence[sheets.Row] = ()
    if faults and path.suffix.lower() == ".csv":
        text = _text(path, asked)
        lines = sheets.parse(text, path.name, delimiter="").rows
    for number, found in sorted(faults.items()):
        row = {str(name): value for name, value in table.iloc[number].items()}
        plain = len(lines) == len(table)
        raw = lines[number].raw if plain else json.dumps(row, ensure_ascii=False, default=str)
        yield Lost(found[0].where, raw, tuple(found))


def _marked(path: Path) -> bool:
    said = (columnar.parquet().read_schema(path).metadata or {}).get(b"synthetic", b"").lower()
    return said in {b"true", b"1"}
