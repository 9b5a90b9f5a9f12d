"""Where the rows of a table lie: its columns of coordinates, whatever their form → geometries.

Longitude and latitude in two columns or in one, as numbers or as degrees and minutes; WKT, WKB or
GeoJSON; MGRS; metres of UTM or of a system that the user names; both ends of a line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import shapely

from geo.errors import GeoError, wording
from geo.files import headings
from geo.files.tables import angles, grids, numbers, shapes
from geo.files.tables.form import Form
from geo.files.tables.placed import Placed, Problem

__all__ = ["FIELDS", "Placed", "Problem", "ends", "find", "place"]

_MOST = {"lon": 540.0, "lat": 90.0}
_WKT = re.compile(
    r"\s*(?:SRID=\d+;)?\s*(?:(?:MULTI)?(?:POINT|LINESTRING|POLYGON)|GEOMETRYCOLLECTION)\s*(?:Z|M|ZM)?"
    r"\s*(?:\(|EMPTY)",
    re.IGNORECASE,
)
_ONE = ("latlon", "lonlat", "position")
FIELDS = ("lon", "lat", *_ONE, "wkt", "geojson", "mgrs", "easting", "northing", "zone")
_SIDES = {"lat": "NS", "lon": "EW"}


Rows = Sequence[Sequence[str]]
Cells = tuple[str, ...]


@dataclass(frozen=True)
class Columns:
    """The form of the positions of a table, and the columns that hold them."""

    kind: str
    at: tuple[int, ...]

    def of(self, row: Sequence[str]) -> Cells:
        """The cells of a row that hold its position."""
        return tuple(row[n].strip() if n < len(row) else "" for n in self.at)


def find(header: Sequence[str], rows: Rows, form: Form) -> Columns | None:
    """The columns of positions; of several forms that which most rows have. Raises GeoError."""
    found = _given(header, form) or list(_forms(header)) or _texts(header, rows)
    counts = {one: sum(any(one.of(row)) for row in rows) for one in found}
    return max(found, key=lambda one: counts[one], default=None)


def _texts(header: Sequence[str], rows: Rows) -> list[Columns]:
    """A column that is headed as anything, of whose cells each is a geometry as WKT or empty."""
    cells = (
        [row[n] for row in rows if n < len(row) and row[n].strip()] for n in range(len(header))
    )
    return [Columns("wkt", (n,)) for n, own in enumerate(cells) if own and all(map(_is_wkt, own))]


def _is_wkt(text: str) -> bool:
    return bool(_WKT.match(text))


def _given(header: Sequence[str], form: Form) -> list[Columns]:
    """The forms whose columns the user names."""
    fields = {"pair": ("lon", "lat"), "metres": ("easting", "northing"),
              "utm": ("easting", "northing", "zone")}  # fmt: skip
    fields |= {name: (name,) for name in (*_ONE, "wkt", "geojson", "mgrs")}
    named = {name: own for name, own in form.columns.items() if name in sum(fields.values(), ())}
    for name, own in named.items():
        if own not in header:
            raise GeoError(
                f"--column {name}={own}: no such column; the file has {', '.join(header)}"
            )
    whole = [(kind, own) for kind, own in fields.items() if named and set(named) <= {*own}]
    best = min(whole, key=lambda one: (one[1] != tuple(named), len(one[1])), default=None)
    if best is None:
        return []
    theirs = [named.get(name) for name in best[1]]
    at = [header.index(one) if one else next(iter(headings.ranked(name, header)), -1)
          for name, one in zip(best[1], theirs, strict=True)]  # fmt: skip
    return [Columns(best[0], tuple(at))] if min(at) >= 0 else []


def _forms(header: Sequence[str]) -> list[Columns]:
    """Every form that the headings name, the plainest first."""
    found = [Columns("pair", own) for own in _pairs(header)]
    for kind in ("wkt", "geojson", *_ONE, "mgrs"):
        own = headings.ranked(kind, header)
        found += [Columns(kind, (n,)) for n in own]
    for n, heading in enumerate(header):
        kind = _two_axes(heading)
        found += [Columns(kind, (n,))] if kind else []
    east, north, zone = (headings.ranked(f, header) for f in ("easting", "northing", "zone"))
    if east and north:
        found.append(Columns("utm", (east[0], north[0], zone[0])) if zone else
                     Columns("metres", (east[0], north[0])))  # fmt: skip
    both = ends(header)
    return found + ([Columns("ends", both)] if both else [])


def _pairs(header: Sequence[str]) -> list[tuple[int, int]]:
    """Columns of longitude and latitude: those headed so, then those of one rest of a heading."""
    exact = [headings.ranked(axis, header) for axis in ("lon", "lat")]
    if all(exact):
        return [(exact[0][0], exact[1][0])]
    both = set(ends(header) or ())
    rests: dict[str, dict[str, int]] = {}
    for n, heading in enumerate(header):
        axis = headings.axis(heading)
        if axis and n not in both:
            rests.setdefault(axis[1], {}).setdefault(axis[0], n)
    return [(own["lon"], own["lat"]) for own in rests.values() if len(own) == 2]


def _two_axes(heading: str) -> str:
    """ "latlon" of 'Lat, Lon' and the other order of 'lon/lat', "" of another heading."""
    parts = headings.plain(heading).split("_")
    at = [(n, axis[0]) for n, part in enumerate(parts) if (axis := headings.axis(part))]
    order = [name for _, name in at]
    if sorted(order) != ["lat", "lon"] or len(parts) > 4:
        return ""
    return "".join(order) if not headings.ranked("latlon", [heading]) else ""


def ends(header: Sequence[str]) -> tuple[int, int, int, int] | None:
    """Columns of the longitude and latitude of origin and of destination; None where not all are.

    Their headings are those of an end and of a coordinate together: origin_lat, target_lng.
    """
    found: dict[tuple[str, str], int] = {}
    for n, heading in enumerate(header):
        axis = headings.axis(heading)
        for name, words in headings.ends().items() if axis else ():
            if axis and axis[1] in words:
                found.setdefault((name, axis[0]), n)
    wanted = [(end, axis) for end in ("origin", "destination") for axis in ("lon", "lat")]
    if any(one not in found for one in wanted):
        return None
    one, two, three, four = (found[own] for own in wanted)
    return one, two, three, four


# --- reading --------------------------------------------------------------------------------------


def place(
    header: Sequence[str], rows: Rows, columns: Columns, form: Form, delimiter: str = ""
) -> Placed:
    """The geometry of every row; (lon, lat) in degrees, or as the reference system that is named.

    A row whose cells of position are all empty has none, and no problem.
    """
    made = Placed()
    cells = [columns.of(row) for row in rows]
    names = [header[n] for n in columns.at]
    table = _Table(names, cells, form, delimiter, [list(c) for c in zip(*rows, strict=False)])
    readers: dict[str, Callable[[_Table, Placed], None]] = {
        "pair": _two, "ends": _four, "metres": _metres, "utm": _utm, "mgrs": _mgrs,
        "latlon": _one_column, "lonlat": _one_column, "position": _one_column,
    }  # fmt: skip
    if columns.kind in readers:
        table.kind = columns.kind
        readers[columns.kind](table, made)
    else:
        shapes.read(names[0], [own[0] for own in cells], columns.kind, made)
    return made


@dataclass
class _Table:
    """The cells of positions, and what the rest of the table tells of its numbers."""

    names: list[str]
    cells: list[Cells]
    form: Form
    delimiter: str
    columns: list[list[str]]
    kind: str = ""

    def column(self, n: int) -> list[str]:
        """The cells of one column of positions."""
        return [own[n] for own in self.cells]

    @property
    def metric(self) -> bool:
        """Whether the user names a reference system that is not of degrees."""
        return bool(self.form.crs) and not grids.geographic(self.form.crs)


def _two(table: _Table, made: Placed) -> None:
    """Points of a longitude and a latitude."""
    lon, lat = (_Axis(table, n, axis) for n, axis in enumerate(("lon", "lat")))
    if _doubted(made, lon, lat):
        return
    xy: list[tuple[float, float] | None] = []
    for cells in table.cells:
        if not any(cells):
            made.put(None)
            xy.append(None)
            continue
        read = [axis.read(text) for axis, text in zip((lon, lat), cells, strict=True)]
        wrong = [one for one in read if isinstance(one, Problem)]
        x, y = (float("nan") if isinstance(one, Problem) else one for one in read)
        made.put(shapely.Point(x, y), *wrong)
        xy.append(None if wrong else (x, y))
    _moved(table, made)


def _doubted(made: Placed, *axes: _Axis) -> bool:
    """Whether a column of coordinates is in doubt; what is sure is said."""
    made.whole += [one for axis in axes for one in axis.doubt()]
    if made.whole:
        made.problems = [() for _ in axes[0].table.cells]
        made.geometries = [None for _ in axes[0].table.cells]
        return True
    made.said += [said for axis in axes for said in axis.said()]
    made.comma = any(axis.numbers.decimal == "," for axis in axes)
    return False


def _moved(table: _Table, made: Placed) -> None:
    """Positions in the reference system that the user names, in degrees."""
    if not table.form.crs:
        return
    made.geometries = grids.degrees(made.geometries, table.form.crs)
    made.said.append(f"Positions are read as {table.form.crs} ({grids.title(table.form.crs)}).")


class _Axis:
    """One column of a coordinate: numbers under one decimal sign, or angles."""

    def __init__(self, table: _Table, n: int, axis: str) -> None:
        self.table, self.axis, self.name = table, axis, table.names[n]
        values = [text for text in table.column(n) if text]
        count = sum(angles.angle(text) is not None for text in values)
        self.angles = count > len(values) / 2
        self.values = values
        self.most = most = float("inf") if table.metric else _MOST[axis]
        elsewhere = numbers.evidence(table.columns) if self._unsure(values) else ""
        self.numbers = numbers.column(
            values, stated=table.form.sign, elsewhere=elsewhere, most=most,
            semicolons=table.delimiter == ";",
        )  # fmt: skip

    def _unsure(self, values: Sequence[str]) -> bool:
        return any("," in value for value in values) or self.table.delimiter == ";"

    def doubt(self) -> list[Problem]:
        own = self.numbers
        if self.angles or own.decimal:
            return []
        return [Problem(self.name, *numbers.doubt(own))] if own.example else []

    def said(self) -> list[str]:
        if self.angles:
            one = next(t for t in self.values if angles.angle(t))
            found = angles.angle(one)
            return [f"{self.name}: {one} is read as {found.degrees:.6f}." if found else ""]
        return list(numbers.said(self.name, self.numbers, self.most))

    def read(self, text: str) -> float | Problem:
        """The coordinate of a cell, or why it has none."""
        if not self.angles:
            number = numbers.read(text, self.numbers.decimal or ".")
            return float(number) if number else self._none(text)
        found = angles.angle(text)
        if found is None:
            return self._none(text)
        if found.hemisphere and found.hemisphere not in _SIDES[self.axis]:
            word = "latitude" if self.axis == "lat" else "longitude"
            said = wording("position.wrong-hemisphere", letter=found.hemisphere, axis=word)
            return Problem(self.name, text, *said)
        return found.degrees

    def _none(self, text: str) -> Problem:
        return Problem(self.name, text, *wording("number.not-readable"))


def _four(table: _Table, made: Placed) -> None:
    """Lines from one end to the other, the short way round the globe."""
    axes = [_Axis(table, n, axis) for n, axis in enumerate(("lon", "lat", "lon", "lat"))]
    if _doubted(made, *axes):
        return
    for cells in table.cells:
        if not any(cells):
            made.put(None)
            continue
        read = [axis.read(text) for axis, text in zip(axes, cells, strict=True)]
        wrong = [one for one in read if isinstance(one, Problem)]
        x, y, u, v = (0.0 if isinstance(one, Problem) else one for one in read)
        u -= 0.0 if table.metric else 360.0 * round((u - x) / 360.0)
        made.put(shapely.LineString([(x, y), (u, v)]), *wrong)
    made.said.append("Each row is drawn as a line between its two ends; no column is a quantity.")
    _moved(table, made)


def _one_column(table: _Table, made: Placed) -> None:
    """Points of two coordinates in one cell, in the order that the heading or the values tell."""
    (name,) = table.names
    read = [angles.pair(own[0]) if own[0] else None for own in table.cells]
    known = [one for one in read if one]
    order = _order(table.kind, known)
    if known and not order:
        first = next(own[0] for own, one in zip(table.cells, read, strict=True) if one)
        one, two = (own.degrees for own in known[0])
        said = wording("position.order-open", one=one, two=two, column=repr(name))
        made.whole.append(Problem(name, first, *said))
    for own, found in zip(table.cells, read, strict=True):
        if not own[0]:
            made.put(None)
        elif found is None:
            made.put(None, Problem(name, own[0][:60], *wording("position.not-a-pair")))
        else:
            y, x = (found[0], found[1]) if order == "latlon" else (found[1], found[0])
            made.put(shapely.Point(x.degrees, y.degrees))
    if order and known:
        how = "latitude, then longitude" if order == "latlon" else "longitude, then latitude"
        made.said.append(f"{name}: read as {how}.")


def _order(kind: str, known: Sequence[tuple[angles.Angle, angles.Angle]]) -> str:
    """ "latlon" or "lonlat", "" where neither heading nor values tell, or where values disagree."""
    if kind in ("latlon", "lonlat"):
        return kind
    first = any(one.hemisphere in tuple("EW") or abs(one.degrees) > 90 for one, _ in known)
    second = any(two.hemisphere in tuple("EW") or abs(two.degrees) > 90 for _, two in known)
    return "" if first == second else "lonlat" if first else "latlon"


def _mgrs(table: _Table, made: Placed) -> None:
    (name,) = table.names
    for (text,) in table.cells:
        found = angles.grid_point(text) if text else None
        wrong = Problem(name, text, *wording("position.not-mgrs")) if text and not found else None
        made.put(shapely.Point(*found) if found else None, *([wrong] if wrong else []))
    made.said.append(f"{name}: read as MGRS; a point is the south-west corner of its square.")


def _metres(table: _Table, made: Placed) -> None:
    """Points of an easting and a northing, whose system the user must name."""
    name = " and ".join(table.names)
    if not table.form.crs:
        value = ", ".join(next((own for own in table.cells if all(own)), ("", "")))
        made.whole.append(Problem(name, value, *wording("position.grid-not-stated")))
        made.geometries = [None for _ in table.cells]
        made.problems = [() for _ in table.cells]
        return
    _two(table, made)


def _utm(table: _Table, made: Placed) -> None:
    """Points of an easting, a northing and a zone."""
    if table.form.crs:
        table.cells, table.names = [own[:2] for own in table.cells], table.names[:2]
        _two(table, made)
        return
    own = grids.zones([cells[2] for cells in table.cells])
    if own.doubt:
        made.whole.append(Problem(table.names[2], *own.doubt))
    marks = [numbers.column(table.column(n), stated=table.form.sign) for n in (0, 1)]
    for cells, zone in zip(table.cells, own.codes, strict=True):
        if not any(cells[:2]):
            made.put(None)
            continue
        texts = [numbers.read(text, mark.decimal or ".")
                 for text, mark in zip(cells, marks, strict=False)]  # fmt: skip
        wrong = [
            Problem(name, text, *wording("number.not-readable"))
            for name, text, read in zip(table.names, cells, texts, strict=False)
            if not read
        ]
        if not zone and not own.doubt:
            wrong.append(Problem(table.names[2], cells[2], *wording("position.not-a-utm-zone")))
        point = shapely.Point(*map(float, texts)) if not wrong and zone else None
        made.put(grids.degrees([point], zone)[0] if point else None, *wrong)
    made.said.append(f"{', '.join(table.names)}: read as UTM.")
