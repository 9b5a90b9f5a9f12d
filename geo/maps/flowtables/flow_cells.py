"""The cells of a table of flows by type: numbers, ranks, bases, units, days and periods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from geo.account import flows as amounts
from geo.errors import wording
from geo.files import days
from geo.files.tables import flags, numbers
from geo.maps.flowtables import flow_columns, flow_dates
from geo.maps.flowtables.flow_faults import Named
from geo.scene import style

__all__ = [
    "AMOUNTS",
    "bases_of",
    "check_order",
    "dates_of",
    "derived",
    "numbers_of",
    "ranks_of",
    "typed",
    "unflagged",
    "units_of",
    "with_period",
]

AMOUNTS = ("quantity", "quantity_low", "quantity_high")


def typed(named: Named, text: pd.DataFrame) -> pd.DataFrame:
    """The table with numbers, days, ranks and bases; `timed` rows have a time of day."""
    starts, ends, timed = _periods(named, text)
    text = unflagged(named, text)
    return text.drop(columns=["period", *flow_columns.PARTS]).assign(
        **{name: numbers_of(named, text, name) for name in AMOUNTS},
        period_start=pd.to_datetime(pd.Series(starts, index=text.index, dtype="datetime64[s]")),
        period_end=pd.to_datetime(pd.Series(ends, index=text.index, dtype="datetime64[s]")),
        timed=timed,
        rank=ranks_of(named, text),
        basis=bases_of(named, text),
    )


def unflagged(named: Named, text: pd.DataFrame) -> pd.DataFrame:
    """The table without the marks beside its numbers, which are said."""
    found = {name: flags.marked(list(text[name]), eurostat=named.eurostat) for name in AMOUNTS}
    for name, own in found.items():
        named.said += flags.said(name, own)
    return text.assign(**{name: own.values for name, own in found.items()})


def with_period(text: pd.DataFrame, at: Mapping[str, int]) -> pd.DataFrame:
    """The table with one text for the period of a row, whose parts stand in several columns."""
    made: list[str] = list(text["period"])
    if "year" in at:
        parts = (text[name] for name in ("year", "quarter", "month", "day"))
        made = [days.composed(*row) for row in zip(*parts, strict=True)]
    if "hour" in at:
        made = [days.with_clock(*row) for row in zip(made, text["hour"], strict=True)]
    return text.assign(period=made)


def derived(table: pd.DataFrame) -> pd.DataFrame:
    """The table with the best figure in its base unit, and the length of each period."""
    best = amounts.best(table)
    kinds = [amounts.unit_kind(unit) for unit in table["unit"]]
    base = [amounts.convert(q, u, k) for q, u, k in zip(best, table["unit"], kinds, strict=True)]
    return table.assign(kind=kinds, base=base, years=amounts.years(table))


def numbers_of(named: Named, text: pd.DataFrame, name: str, *, file: str = "") -> list[float]:
    """A column of numbers at or above zero, under one decimal sign; NaN where unknown."""
    own = numbers.column(
        text[name], stated=named.form.sign, elsewhere=named.evidence, semicolons=named.semicolons
    )
    if own.example and (not own.decimal or own.split):
        named.say(None, name, *numbers.doubt(own), where="every row", file=file)
        return [float("nan")] * len(text)
    named.said += numbers.said(name, own)
    made, blanks = [], []
    for row, value in zip(text["row"], text[name], strict=True):
        number = float("nan")
        if numbers.unknown(value):
            blanks += [value] if value else []
        else:
            number = _number(named, row, name, value, own.decimal or ".", file)
        made.append(number)
    if blanks:
        said = ", ".join(dict.fromkeys(blanks))
        count = f"{len(blanks):,} cells" if len(blanks) > 1 else "one cell"
        named.said.append(f"{name}: {said} is read as unknown, in {count}.")
    return made


def _number(named: Named, row: int, name: str, value: str, decimal: str, file: str) -> float:
    plain = numbers.read(value, decimal)
    if not plain:
        named.say(row, name, value, *wording("number.not-plain"), file=file)
        return float("nan")
    number = float(plain)
    if number < 0 or number == float("inf"):
        code = "flow.below-zero" if number < 0 else "number.not-finite"
        named.say(row, name, value, *wording(code), file=file)
    return number


def ranks_of(named: Named, text: pd.DataFrame, *, file: str = "") -> list[int]:
    """The rank of each row; 1 where none is stated."""
    for row, value in zip(text["row"], text["rank"], strict=True):
        if value and not (value.isascii() and value.isdigit() and int(value) > 0):
            named.say(row, "rank", value, *wording("figure.rank-unknown"), file=file)
    return [int(v) if v.isascii() and v.isdigit() else 1 for v in text["rank"]]


def bases_of(named: Named, text: pd.DataFrame, *, file: str = "") -> list[str]:
    """How each figure is known; a table that does not say reports what it holds."""
    for row, value in zip(text["row"], text["basis"], strict=True):
        if value and value not in style.WEAKNESS:
            said = wording("figure.basis-unknown", known=", ".join(style.WEAKNESS))
            named.say(row, "basis", value, *said, file=file)
    return [value or "reported" for value in text["basis"]]


def units_of(named: Named, text: pd.DataFrame, found: flow_columns.Columns) -> list[str]:
    """The unit of each row: its own, the one given for all, or that of the heading."""
    stated = (text[list(AMOUNTS)] != "").any(axis=1)
    made = [value or named.unit or found.unit for value in text["unit"]]
    for row, unit, own, known in zip(text["row"], made, text["unit"], stated, strict=True):
        if known and not unit:
            named.say(row, "unit", "", *wording("flow.unit-unknown"))
        if own and found.unit and own != found.unit:
            said = wording("flow.unit-unlike-heading", unit=found.unit)
            named.say(row, "unit", own, *said)
    if named.unit and len(text) and text["unit"].ne("").all():
        said = wording("option.unit-without-effect")
        named.say(None, "unit", named.unit, *said, where="--unit")
    return made


def check_order(named: Named, table: pd.DataFrame) -> None:
    """Bounds and periods in order."""
    pairs = [("quantity_low", "quantity"), ("quantity", "quantity_high")]
    pairs += [("quantity_low", "quantity_high"), ("period_start", "period_end")]
    for low, high in pairs:
        wrong = table[table[high] < table[low]]
        for row, first, second in zip(wrong["row"], wrong[low], wrong[high], strict=True):
            said = [v.date() if isinstance(v, pd.Timestamp) else v for v in (first, second)]
            why = wording("flow.order-reversed", first=low, value=said[0])
            named.say(row, high, f"{said[1]}", *why)


def _periods(named: Named, text: pd.DataFrame) -> tuple[list[object], list[object], list[bool]]:
    """First and last day of each row, NaT where not stated, and whether they are times of day."""
    spans: dict[tuple[str, str], days.Days | None] = {}
    starts: list[object] = []
    ends: list[object] = []
    timed: list[bool] = []
    clear = _without_doubt(named, text)
    columns = [clear[name] for name in ("row", "period", "period_start", "period_end")]
    for row, *cells in zip(*columns, strict=True):
        given = dict(zip(("period", "period_start", "period_end"), cells, strict=True))
        span = {n: _span(named, row, n, v, spans) for n, v in given.items()}
        either = span["period"] or (pd.NaT, pd.NaT)
        starts.append(span["period_start"][0] if span["period_start"] else either[0])
        ends.append(span["period_end"][1] if span["period_end"] else either[1])
        timed.append(any(days.has_clock(v, named.date_format) for v in cells if v))
    _check_format(named, text)
    by_hour = any(
        moment != _midnight(moment) for moment in (*starts, *ends) if moment is not pd.NaT
    )
    return starts, ends, [by_hour and one for one in timed]


def _without_doubt(named: Named, text: pd.DataFrame) -> pd.DataFrame:
    """The table without columns of days that read two ways: they are named, with both readings."""
    for name in ("period", "period_start", "period_end") if not named.date_format else ():
        read = days.with_century([*text[name]])
        if read:
            first = next(iter(read))
            named.said.append(f"{name}: {first} is read as {read[first]}.")
            text = text.assign(**{name: text[name].replace(read)})
        found = flow_dates.doubt(text[name])
        if found:
            for row in text.loc[text[name] != "", "row"]:
                named.say(row, name, found.value, *found.wording)
            text = text.assign(**{name: ""})
    return text


def _midnight(moment: Any) -> Any:
    return moment.normalize()


def _check_format(named: Named, text: pd.DataFrame) -> None:
    """A format of dates where no cell holds one is an option without effect."""
    dates = text[["period", "period_start", "period_end"]]
    if named.date_format and len(text) and not (dates != "").to_numpy().any():
        said = wording("option.date-format-without-effect")
        named.say(None, "date-format", named.date_format, *said, where="--date-format")


def _span(
    named: Named,
    row: int,
    name: str,
    value: str,
    known: dict[tuple[str, str], days.Days | None],
) -> days.Days | None:
    """The days a date or period covers; None where empty or, with a fault, not readable."""
    if not value:
        return None
    key = (name, value)
    if key not in known:
        known[key] = days.days_of(value, named.date_format)
    if known[key] is None:
        how = named.date_format or days.FORMS
        named.say(row, name, value, *wording("date.not-readable", how=how, field=name))
    return known[key]


def dates_of(named: Named, text: pd.DataFrame, name: str, *, first: bool, file: str) -> pd.Series:
    """A column of days, NaT where none is stated; `first`: of a month or year the first."""
    made: list[object] = []
    for row, value in zip(text["row"], text[name], strict=True):
        span = days.days_of(value) if value else None
        if value and span is None:
            said = wording("date.not-readable", case="capacities")
            named.say(row, name, value, *said, file=file)
        made.append(pd.NaT if span is None else span[0 if first else 1])
    return pd.to_datetime(pd.Series(made, index=text.index, dtype="datetime64[s]"))
