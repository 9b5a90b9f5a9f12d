"""An answer on a line as a figure: its numbers, before anything is put in words."""

from __future__ import annotations

from geo.account import units
from geo.account.book import Carried
from geo.account.rows import Amount
from geo.account.values import Figure


def bare(carried: Carried) -> Figure:
    """The figure of an answer on a line, its words empty and its sources not numbered."""
    answer, one = carried.answer, carried.answer.flow
    wide = answer.rate is not None
    low, high = bounds(answer.amount) if wide else (None, None)
    full = answer.comparison.full if wide and answer.comparison else Amount()
    least, most = bounds(full)
    return Figure(
        id=one.id,
        flows=(one.id,),
        start=str(one.start or ""),
        end=str(one.end or ""),
        kind=one.kind if wide else "",
        rate=answer.rate,
        quantity=answer.size if wide else None,
        capacity=carried.ceiling.size if wide and carried.ceiling else None,
        years=one.years or 0.0,
        rank=one.rank,
        basis=one.basis,
        direction=carried.direction,
        label="",
        what=one.commodity,
        period="",
        moved="",
        could="",
        share="",
        source=0,
        unit=one.unit,
        unit_size=units.unit_size(one.unit),
        quantity_low=low,
        quantity_high=high,
        full=answer.comparison.full_size if wide and answer.comparison else None,
        full_low=least,
        full_high=most,
        knowledge=answer.knowledge,
        aggregate=answer.aggregate,
        part_of=one.part_of,
        series="|".join(one.series),
    )


def bounds(amount: Amount) -> tuple[float | None, float | None]:
    """The ends of a range or a bound; both None where the amount is exact or unknown."""
    low, high = amount.ends
    return (None, None) if low == high else (low, high)
