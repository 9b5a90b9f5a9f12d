"""Texts of a table to the kit's types by a layout: the same in DuckDB and in pandas.

What is not understood is noted, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from geo.tracks import layout as layouts
from geo.tracks import mobiles
from geo.tracks.dialects import FILE, Column
from geo.tracks.fields import FIELDS, NUMBERS
from geo.tracks.layout import NULLS, Layout

__all__ = ["TIME_PROBLEM", "Problem", "frame", "problem", "projection", "sample", "texts"]

TIME_PROBLEM = "time not understood"
RAGGED = "another width than the header: "  # and how many columns that has
ROUNDED = "a rounded number: vessel"
NOBODY = "000000000"  # the number of a transponder that was never given one
OTHER = "not a position"  # a row of a kind that tells no position of its own
_ROUNDED = r"\d(?:[.,]\d+)?[eE]\+\d+"  # such as 2.76E+08: of the others digits are lost
_WHOLE = r"(\d+)\.0+"  # an identifier that a spreadsheet made a number
Problem = tuple[int, str, str]  # row, field, text


def problem(field: str) -> str:
    """What is said of a value of a field that is not understood."""
    known = {"time_utc": TIME_PROBLEM, "vessel": ROUNDED}
    return known.get(field, f"not a number: {field}")


# --- DuckDB ---------------------------------------------------------------------------------------


def _q(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _text(name: str) -> str:
    own = f"trim({_name(name)}, ' \t\r\n')"
    unknown = ", ".join(map(_q, sorted(NULLS)))
    return f"CASE WHEN lower({own}) IN ({unknown}, '') THEN NULL ELSE {own} END"


def _one_text(column: Column) -> str:
    every = ", ".join(map(_text, column.names))
    if column.how != "join":
        return f"coalesce({every})" if len(column.names) > 1 else every
    whole = " AND ".join(f"({_text(name)}) IS NOT NULL" for name in column.names)
    return f"CASE WHEN {whole} THEN concat_ws(' ', {every}) END"


def _sql_number(text: str, form: Layout, field: str) -> str:
    plain = f"replace({text}, {_q(form.decimal)}, '.')" if form.decimal != "." else text
    good = f"regexp_full_match({text}, {_q(form.number)})"
    number = f"CASE WHEN {good} THEN try_cast({plain} AS DOUBLE) END"
    factor = form.factors.get(field)
    if factor is None:
        return f"({number})"
    return f"({number}) * {float(factor.numerator)!r} / {float(factor.denominator)!r}"


def projection(form: Layout, names: Sequence[str], *, more: str) -> tuple[str, str]:
    """Return two projections of a relation of texts: to plain texts by field, then to POSITIONS
    with `note` and `row`.

    more: the column of what stands beyond the header. A cell that a row lacks is null.
    """
    first, then, notes = [], [], []
    for one in FIELDS:
        column = form.columns.get(one)
        if one == "vessel" and (column is None or FILE in column.names):
            first.append(f"{_q(form.vessel)} AS vessel")
        elif one == "mobile":
            said = form.mobile.get("column")
            first.append(f"{_text(said) if said else 'NULL::VARCHAR'} AS mobile")
        elif column is not None and column.how == "sum":
            first.append(f"({_summed(column, form, one)})::VARCHAR AS {one}")
        else:
            first.append(f"{_one_text(column) if column else 'NULL::VARCHAR'} AS {one}")
        then.append(f"{_sql_value(one, form)} AS {one}")
        if one in (*NUMBERS, "time_utc"):
            wrong = _q(problem(one))
            notes.append(f"WHEN {one} IS NOT NULL AND {_value(one, form)} IS NULL THEN {wrong}")
    notes.append(f"WHEN {_sql_rounded('vessel')} THEN {_q(problem('vessel'))}")
    cells = ", ".join(f"coalesce({_name(name)}, '')" for name in names)
    first.append(f"concat_ws(',', {cells}) AS row")
    first.append(f"{_others(form)} AS other")
    first.append(f"({_name(names[-1])} IS NULL OR {_name(more)} <> '') AS ragged")
    ragged = f"CASE WHEN ragged THEN {_q(f'{RAGGED}{len(names)}')} WHEN other THEN {_q(OTHER)}"
    then.append(f"{ragged} {' '.join(notes)} END AS note")
    return ", ".join(first), ", ".join([*then, "row"])


def _sql_rounded(text: str) -> str:
    few = (
        f"(contains({text}, 'E+') OR contains({text}, 'e+'))"  # a search is cheaper than a pattern
    )
    return f"{few} AND regexp_full_match({text}, {_q(_ROUNDED)})"


def _others(form: Layout) -> str:
    if not form.only:
        return "false"
    listed = ", ".join(map(_q, form.only["values"]))
    return f"coalesce({_text(form.only['column'])} NOT IN ({listed}), true)"


def _summed(column: Column, form: Layout, field: str) -> str:
    return " + ".join(_sql_number(f"({_text(name)})", form, field) for name in column.names)


def _value(one: str, form: Layout) -> str:
    """A field's value before it is narrowed."""
    if one == "time_utc":
        return form.clock.sql("time_utc") if form.clock else "try_cast(time_utc AS TIMESTAMPTZ)"
    column = form.columns.get(one)
    if column is not None and column.how == "sum":
        return f"try_cast({one} AS DOUBLE)"
    return _sql_number(one, form, one)


def _sql_value(one: str, form: Layout) -> str:
    if one == "mobile":
        return mobiles.sql(_vessel("vessel"), "mobile", layouts.mapping(form))
    if one == "vessel":
        nobody = ", ".join(map(_q, _nobody(form)))
        return f"CASE WHEN vessel IN ({nobody}) THEN {_q(NOBODY)} ELSE {_vessel('vessel')} END"
    if one == "imo":
        return "nullif(nullif(regexp_extract(imo, '[0-9]+'), ''), '0')"
    if one in (*NUMBERS, "time_utc"):
        kind = "FLOAT" if FIELDS[one] == "float" else ""
        return f"({_value(one, form)})::{kind}" if kind else _value(one, form)
    return one


def _nobody(form: Layout) -> list[str]:
    """What stands for no vessel in the column of vessels."""
    column = form.columns.get("vessel")
    numbers = column is not None and any("mmsi" in name.casefold() for name in column.names)
    return [NOBODY, *(["0", "0.0"] if numbers else [])]


def _vessel(text: str) -> str:
    return f"regexp_replace({text}, {_q(f'^{_WHOLE}$')}, {_q(chr(92) + '1')})"


# --- pandas ---------------------------------------------------------------------------------------


def texts(values: pd.Series[Any]) -> pd.Series[Any]:
    """Values of a column as texts, missing where unknown."""
    if pd.api.types.is_float_dtype(values.dtype):
        whole = values.map(lambda one: None if pd.isna(one) else _shown(float(one)))
        return whole.astype("string")
    text = values.astype("string").str.strip(" \t\r\n")
    return text.mask(text.str.lower().isin([*NULLS, ""]).fillna(False).to_numpy(dtype=bool))


def _shown(number: float) -> str:
    return str(int(number)) if number.is_integer() and abs(number) < 2**63 else repr(number)


def sample(table: pd.DataFrame, rows: int = 1 << 11) -> dict[str, list[str]]:
    """The first texts of every column, "" for unknown."""
    head = table.head(rows)
    return {str(name): texts(head[name]).fillna("").tolist() for name in head.columns}


def frame(table: pd.DataFrame, form: Layout) -> tuple[pd.DataFrame, list[Problem], Any]:
    """POSITIONS of a table of any types, every value that is not understood, and a mask of the rows
    of a kind that tells no position.

    The table is not changed.
    """
    table = table.reset_index(drop=True)
    made: dict[str, Any] = {}
    problems: list[Problem] = []
    for one in FIELDS:
        values, said = _column(table, form, one)
        made[one] = values
        if said is not None:
            problems += _wrong(said, values, one)
    found = pd.DataFrame(made)
    mobile = form.mobile.get("column")
    said = texts(table[mobile]) if mobile in table.columns else None
    mapping = layouts.mapping(form)
    found["mobile"] = mobiles.of(found["vessel"], said, mapping)
    others = np.zeros(len(found), bool)
    if form.only:
        kinds = texts(table[form.only["column"]])
        others = ~kinds.isin(form.only["values"]).to_numpy(dtype=bool)
    return found, sorted(problems), others


def _wrong(said: pd.Series[Any], values: pd.Series[Any], field: str) -> Iterator[Problem]:
    wrong = said.notna().to_numpy(dtype=bool) & values.isna().to_numpy(dtype=bool)
    for row in np.flatnonzero(wrong).tolist():
        yield row, field, str(said.iloc[row])[:80]


def _column(table: pd.DataFrame, form: Layout, field: str) -> tuple[Any, pd.Series[Any] | None]:
    """Values of a field; and their texts where a value may not be understood."""
    column = form.columns.get(field)
    if field == "vessel" and (column is None or FILE in column.names):
        return pd.Series(form.vessel, index=table.index, dtype="string"), None
    if column is None or field == "mobile":
        kind = "float64" if field in NUMBERS else "string"
        return pd.Series(None, index=table.index, dtype=kind), None
    if field == "time_utc" and form.clock is None:
        return _instants(table[column.names[0]]), None
    own = [texts(table[name]) for name in column.names]
    if field in NUMBERS:
        numbers = [_numbers(text, form, field) for text in own]
        if column.how == "sum":
            return sum(numbers[1:], numbers[0]), None
        said = _one(own, column.how)
        return _one(numbers, column.how), said
    said = _one(own, column.how)
    if field == "time_utc" and form.clock is not None:
        return form.clock.frame(said), said
    if field == "vessel":
        said = said.mask(said.isin(_nobody(form)).to_numpy(dtype=bool))
        return _identified(said, field), said
    return _identified(said, field), None


def _one(values: Sequence[pd.Series[Any]], how: str) -> pd.Series[Any]:
    """The first known of some columns, or all of them joined."""
    first, *rest = values
    for other in rest:
        first = first + " " + other if how == "join" else first.where(first.notna(), other)
    return first


def _numbers(text: pd.Series[Any], form: Layout, field: str) -> pd.Series[Any]:
    plain = text.str.replace(form.decimal, ".", regex=False) if form.decimal != "." else text
    good = text.str.fullmatch(form.number).fillna(False).to_numpy(dtype=bool)
    numbers = pd.to_numeric(plain.where(good), errors="coerce").astype("float64")
    factor = form.factors.get(field)
    if factor is not None:
        numbers = numbers * float(factor.numerator) / float(factor.denominator)
    return numbers


def _identified(text: pd.Series[Any], field: str) -> pd.Series[Any]:
    if field == "vessel":
        rounded = text.str.fullmatch(_ROUNDED).fillna(False).to_numpy(dtype=bool)
        return text.mask(rounded).str.replace(f"^{_WHOLE}$", r"\1", regex=True)
    if field == "imo":
        number: pd.Series[Any] = text.str.extract("([0-9]+)", expand=False)
        return number.replace("0", None)
    return text


def _instants(times: pd.Series[Any]) -> pd.Series[Any]:
    known = times.dt.tz_localize("UTC") if times.dt.tz is None else times.dt.tz_convert("UTC")
    return pd.Series(known)
