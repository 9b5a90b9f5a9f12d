"""How a table of positions is written: which column is what, in which units, by which clock.

A dialect fits by its header and by what its reading gives: times that positions have, places on
the globe. Without one, columns are known by their usual names. What the user says comes first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from geo.errors import GeoError
from geo.tracks import clock, dialects, mobiles, units
from geo.tracks.clock import Clock
from geo.tracks.dialects import FILE, Column, Dialect
from geo.tracks.fields import FIELDS, KEY
from geo.tracks.written import Layout, Written

__all__ = ["NULLS", "Layout", "Written", "found", "mapping", "named", "usual"]

NULLS: frozenset[str] = frozenset(dialects.data("names")["nulls"])
_COMMA = re.compile(r"[+-]?\d+,\d+")
_POINT = re.compile(r"[+-]?\d+\.\d+")
_SIDE = re.compile(r"hemi|dir|(?<![a-z])(?:n[ /_-]?s|e[ /_-]?w|w[ /_-]?e)(?![a-z])", re.IGNORECASE)
_SIDES = ("EW", "NS")  # of lon and lat, the second where they are below zero
_MOST = {"lon": 181.0, "lat": 91.0}
Sample = Mapping[str, Sequence[str]]  # texts of each column, as many of each


def usual(header: Sequence[str], field: str) -> list[str]:
    """The columns of a header that usually hold a field, the likeliest first."""
    plain: dict[str, str] = {}
    for name in header:
        plain.setdefault(_plain(name), name)
        plain.setdefault(_without_unit(_plain(name)), name)
    listed = map(_plain, dialects.data("names").get(field, ()))
    return list(dict.fromkeys(plain[word] for word in listed if word in plain))


def _plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name.casefold())


def _without_unit(plain: str) -> str:
    ends = sorted(dialects.data("units")["ends"], key=len, reverse=True)
    return next((plain.removesuffix(end) for end in ends if plain.endswith(end)), plain)


def found(
    header: Sequence[str],
    sample: Sample,
    written: Written,
    *,
    file: str,
    every: Callable[[str], Iterable[str]] = lambda _: (),
    instants: Sequence[str] = (),
    headless: Dialect | None = None,
) -> Layout:
    """The layout of a table. GeoError says what no reading of it gives, and how to name it.

    sample: texts of every column, empty where unknown. every: all texts of a column, asked where a
    sample leaves open which number is the day. instants: columns whose values are times already.
    headless: the dialect that a table without a header is known by.
    """
    if header and not any(text for texts in sample.values() for text in texts):
        raise GeoError(f"{file}: holds the header {', '.join(header)[:200]} and no row")
    problems = []
    for form in _candidates(header, written, headless):
        try:
            return _read(form, header, sample, written, every, instants)
        except GeoError as error:
            problems.append(str(error))
    raise GeoError(f"{file}: {problems[0]}")


def _candidates(
    header: Sequence[str], written: Written, headless: Dialect | None
) -> list[Dialect | None]:
    if written.dialect:
        return [dialects.by_name(written.dialect)]
    return [headless] if headless else [*dialects.fitting(header), None]


def _read(
    form: Dialect | None,
    header: Sequence[str],
    sample: Sample,
    written: Written,
    every: Callable[[str], Iterable[str]],
    instants: Sequence[str],
) -> Layout:
    """The layout by a dialect, or by usual names without one. GeoError where it does not fit."""
    columns = _columns(form, header, sample, written)
    _complete(columns, header, written)
    made = Layout(
        dialect=form.name if form else "",
        kind=form.kind if form else "ship",
        columns=columns,
        vessel=written.vessel,
        factors=_factors(form, columns, written),
        mobile=form.mobile if form and form.mobile.get("column") in header else _mobile(columns),
        only=form.only if form and form.only.get("column") in header else {},
    )
    made = replace(made, decimal=_decimal(made, sample))
    for name, side in zip(KEY[2:], _SIDES, strict=True):
        _on_the_globe(made, name, sample)
        _signed(made, name, side, sample, every)
    return _timed(made, form, header, sample, written, every, instants)


def _columns(
    form: Dialect | None, header: Sequence[str], sample: Sample, written: Written
) -> dict[str, Column]:
    """Columns that are there, by the kit's names: the user's, the dialect's, else the usual."""
    there = {*header, FILE}
    columns: dict[str, Column] = {}
    for name in FIELDS:
        own = form.columns.get(name) if form else None
        told = [one for one in usual(header, name) if any(sample.get(one, ("?",)))]
        names = own.names if own else tuple(told) if form is None else ()
        known = tuple(one for one in names if one in there)
        whole = known if own is None or own.how == "first" else names * (len(known) == len(names))
        if whole:
            columns[name] = Column(whole if own else whole[:1], own.how if own else "first")
    if written.vessel:
        _of_one(columns.get("vessel"), written, sample)
        columns["vessel"] = Column((FILE,))
    return columns | {ours: Column((theirs,)) for ours, theirs in written.columns.items()}


def _of_one(column: Column | None, written: Written, sample: Sample) -> None:
    """GeoError where one vessel is said of rows that name several."""
    names = column.names if column else ()
    several = {text for name in names for text in sample.get(name, ()) if text}
    if len(several) > 1:
        raise GeoError(
            f"--vessel {written.vessel}: column {' and '.join(names)} names several, "
            f"{', '.join(sorted(several)[:3])}; leave it out"
        )


def _complete(columns: Mapping[str, Column], header: Sequence[str], written: Written) -> None:
    there = {*header, FILE}
    wrong = [own for own in written.columns.values() if own not in there]
    if wrong:
        raise GeoError(f"no column {', '.join(wrong)}; it has {', '.join(header)}")
    absent = [name for name in KEY if name not in columns]
    if absent:
        one = "; all of one vessel: --vessel NAME" if absent == ["vessel"] else ""
        ways = " ".join(f"--column {name}=…" for name in absent)
        raise GeoError(
            f"no column for {', '.join(absent)}; it has {', '.join(header)[:400]}. "
            f"Name yours: {ways}{one}, or a dialect of your own: --dialect own.toml"
        )


def _mobile(columns: Mapping[str, Column]) -> Mapping[str, str]:
    return {"column": columns["mobile"].names[0]} if "mobile" in columns else {}


def _factors(
    form: Dialect | None, columns: Mapping[str, Column], written: Written
) -> dict[str, Fraction]:
    said = dict(form.units) if form else {}
    speed = columns.get("speed_kn")
    ending = units.of_name(_plain(speed.names[0])) if speed and "speed_kn" not in said else ""
    said |= {"speed_kn": ending} if ending else {}
    said |= written.units
    idle = [name for name in written.units if name not in columns]
    if idle:
        raise GeoError(f"--unit {', '.join(idle)}: there is no such column")
    made = {name: units.factor(name, unit) for name, unit in said.items() if name in columns}
    return {name: one for name, one in made.items() if one != 1}


def _told(made: Layout, name: str, sample: Sample) -> list[str]:
    column = made.columns.get(name)
    names = [one for one in (column.names if column else ()) if one != FILE]
    return [text for one in names for text in sample.get(one, ()) if text]


def _decimal(made: Layout, sample: Sample) -> str:
    told = [text for name in ("lon", "lat", "speed_kn") for text in _told(made, name, sample)]
    commas = any(map(_COMMA.fullmatch, told))
    return "," if commas and not any(map(_POINT.fullmatch, told)) else "."


def _on_the_globe(made: Layout, name: str, sample: Sample) -> None:
    """GeoError where most values of a coordinate are none."""
    told = _told(made, name, sample)
    numbers = [float(t.replace(",", ".")) for t in told if re.fullmatch(made.number, t)]
    factor = float(made.factors.get(name, 1))
    good = sum(abs(one * factor) <= _MOST[name] for one in numbers)
    if told and 2 * good < len(told):
        unit = " in the unit given" if name in made.factors else ""
        raise GeoError(
            f"column {made.named(name)}: {told[0]!r} as {name}{unit} is not on the globe, nor are "
            f"most; name the column: --column {name}=…, or its unit: --unit {name}=1/600000deg"
        )


def _signed(
    made: Layout, name: str, side: str, sample: Sample, every: Callable[[str], Iterable[str]]
) -> None:
    """GeoError where a column beside a coordinate without signs says west or south.

    Beside it is the column next to it, or one that is called a hemisphere or direction.
    """
    taken = {one for column in made.columns.values() for one in column.names}
    order = [*sample]
    own = [order.index(one) for one in made.columns[name].names if one in order]
    for at, (beside, texts) in enumerate(sample.items()):
        told = {text.upper() for text in texts if text}
        if not told or beside in taken or not told <= {*side}:
            continue
        if not _SIDE.search(beside) and not any(abs(at - one) == 1 for one in own):
            continue
        below = side[1] in told or any(text.strip().upper() == side[1] for text in every(beside))
        if below and not any(text.startswith("-") for text in _told(made, name, sample)):
            raise GeoError(
                f"column {made.named(name)}: is without a sign, and column {beside} says "
                f"{side[0]} or {side[1]}; write {side[1]} as a minus before {name}"
            )


def _timed(
    made: Layout,
    form: Dialect | None,
    header: Sequence[str],
    sample: Sample,
    written: Written,
    every: Callable[[str], Iterable[str]],
    instants: Sequence[str],
) -> Layout:
    """The layout with the first column of times that a clock reads."""
    named = made.columns["time_utc"]
    if form is None and "time_utc" not in written.columns:
        choices = [Column((name,)) for name in usual(header, "time_utc")]
    else:
        choices = [named]
    problems: list[str] = []
    for column in choices:
        try:
            column = _of_day(column, form, header, sample, written)
            if column.names[0] in instants:
                _no_clock(written, column.names[0])
                return replace(made, columns={**made.columns, "time_utc": column})
            own = _clock(column, form, sample, written, every)
            return replace(made, columns={**made.columns, "time_utc": column}, clock=own)
        except GeoError as error:
            problems.insert(0 if column.how == "join" else len(problems), str(error))
    raise GeoError(problems[0])


def _of_day(
    column: Column, form: Dialect | None, header: Sequence[str], sample: Sample, written: Written
) -> Column:
    """The column of times; with that of the hour where it holds days alone.

    GeoError where the hour may stand in a column that is not named after it.
    """
    told = [text for text in sample.get(column.names[0], ()) if text]
    if form is not None or "time_utc" in written.columns or not clock.days(told):
        return column
    hours = [name for name in header if clock.hours(sample.get(name, ()))]
    named = [name for name in usual(header, "hour") if name in hours]
    hours = [name for name in hours if ":" in "".join(sample[name])]
    if hours and not named:
        raise GeoError(
            f"column {column.names[0]}: holds days alone, and column {hours[0]} hours; say whether "
            f'they are one time, by a dialect of your own: time_utc = {{ join = ["'
            f'{column.names[0]}", "{hours[0]}"] }}, or by --column time_utc={column.names[0]}'
        )
    return Column((column.names[0], named[0]), "join") if named else column


def _no_clock(written: Written, column: str) -> None:
    idle = [name for name in ("--date-format", "--timezone") if name in written.options()]
    if idle:
        raise GeoError(f"{', '.join(idle)}: no effect, column {column} holds instants already")


def _clock(
    column: Column,
    form: Dialect | None,
    sample: Sample,
    written: Written,
    every: Callable[[str], Iterable[str]],
) -> Clock:
    zone = clock.zone(written.timezone or (form.timezone if form else "") or "UTC")
    parts = [sample.get(name, ()) for name in column.names]
    texts = [_joined(row, column.how) for row in zip(*parts, strict=True)]
    own = clock.clock(
        texts,
        column=" and ".join(column.names),
        order=form.order if form and not written.date_format else "",
        date_format=written.date_format or (form.date_format if form else ""),
        zone=zone,
        every=lambda: every(column.names[0]),
    )
    if written.timezone and _zoned(own, texts):
        raise GeoError(f"--timezone: no effect, every time of {column.names[0]} names its zone")
    return own


def _joined(row: Sequence[str], how: str) -> str:
    if how == "join":
        return " ".join(row) if all(row) else ""
    return next((text for text in row if text), "")


def _zoned(own: Clock, texts: Sequence[str]) -> bool:
    """Whether no time waits for a zone: Unix time, or texts that all name their own."""
    if own.scale:
        return True
    matches = (re.fullmatch(own.pattern, text) for text in texts if text)
    named = [m.groupdict().get("zone") for m in matches if m]
    return bool(named) and all(named)


def mapping(made: Layout) -> dict[str, str]:
    """What the values of the column `mobile` stand for."""
    return mobiles.words(made.mobile)


def named(made: Layout, vessel: str) -> Layout:
    """The layout with a vessel for rows that have no column of it."""
    return replace(made, vessel=vessel)
