"""Rows, answers and figures of the independent reckoning, and which a line shows: 2 and 6."""

import math
from datetime import date, timedelta
from fractions import Fraction

from reckoning_words import (
    amount,
    could_words,
    floats,
    in_unit,
    length_days,
    limit_words,
    period_words,
    quotient,
    share_words,
    times,
    total,
    unique,
    years,
)  # fmt: skip

MULTIPLES = {"t": ("t", 1), "kt": ("t", 1_000), "Mt": ("t", 1_000_000)}
MOVEMENTS = "voyages calls vessels wagons containers trains train_pairs round_trips"
COUNTS = MOVEMENTS.split()
EVIDENCE = ["observed", "reported", "derived", "claimed"]
PER_YEAR = {"year": 1, "month": 12, "week": Fraction(1461, 28), "day": Fraction(1461, 4)}
ROUNDING, LEAST_SHARE_DAYS, WIDEST_PX = Fraction(1, 100), 28, 18
LEAST_CORE_PX = LEAST_LANE_PX = 1
MOST_SAID = 3  # in one line; the rest are counted
EXACT, COVERS, INSIDE, PARTLY = range(4)
FACTS = (
    "id flows start end kind rate quantity low high rank basis direction moved could share at "
    "label period ceiling sources added"
)
FIELDS = FACTS.split()


class Row(dict):
    """A row of a table: empty text where nothing stands, and `n`, its place in the table."""

    def __init__(self, values, n):
        super().__init__({k: "" if v is None else v for k, v in values.items()})
        self.n, self.rank, self.unit = n, int(float(values.get("rank") or 1)), self["unit"]
        self.kind, self.factor = MULTIPLES.get(self.unit, (self.unit, 1))
        self.evidence = EVIDENCE.index(self["basis"]) if self["basis"] in EVIDENCE else 0
        self.period, self.validity = (
            self.days("period_start", "period_end"),
            self.days("valid_from", "valid_to"),
        )
        factor = self.factor * PER_YEAR.get(self["per"], 1)
        columns = [self[c] for c in ("quantity", "quantity_low", "quantity_high")]
        q, low, high = (None if x == "" else Fraction(str(x)) * factor for x in columns)
        if q is not None and (low is None or high is None):
            low = high = None  # a single bound beside a quantity is left out
        self.numbers, self.amount = (q, low, high), amount(q, low, high)

    def __missing__(self, column):
        return ""

    def days(self, *columns):
        return tuple(date.fromisoformat(self[c]) if self[c] else None for c in columns)


# 2 conflicts


def differs(speaker, rival):
    both = list(zip(speaker.numbers, rival.numbers, strict=True))
    one_silent = any((a is None) != (b is None) for a, b in both)
    return one_silent or any(abs(a - b) > ROUNDING * a for a, b in both if a is not None)


def heard(speaker, rivals):
    """The amount of a speaker among its rivals, and the rivals if they make a range of it."""
    rivals = sorted(rivals, key=lambda r: (r.rank, r.n))
    if speaker.amount[1] is None or not any(differs(speaker, r) for r in rivals):
        return speaker.amount, []
    stated = [x for row in (speaker, *rivals) for x in row.numbers if x is not None]
    return (min(stated), speaker.amount[1], max(stated)), rivals


# answers and figures


class Answer:
    """A speaker, its rivals if they make a range, the legs it runs over (number: direction), its
    ceiling [rows, per year] and the leg named with it, its limit."""

    def __init__(self, row, rivals, legs, ceiling, at, limit):
        self.row, self.legs, self.ceiling, self.at, self.limit = row, legs, ceiling, at, limit
        self.amount, self.rivals = heard(row, rivals)
        self.start, self.end = row.period
        self.length = years(*row.period) if None not in row.period else None
        self.is_month = length_days(*row.period) >= LEAST_SHARE_DAYS
        self.drawable = self.amount[1] is not None and row.kind not in COUNTS and self.is_month
        allowed, size = limit.amount[1] if limit else None, self.amount[1] or 0
        self.over_limit = 0 if not limit or not size else size / allowed if allowed else math.inf

    def cited(self, ceiling, limit=None):
        rows = [self.row, *self.rivals, *(ceiling[0] if ceiling else []), limit]
        return [row["source"] for row in rows if row]

    def told_by(self):
        """Sources where a limit is told only of what no capacity is known for."""
        return self.cited(self.ceiling, None if self.ceiling else self.limit)


class Figure:
    """A drawable answer, or a sum of several, on a line.

    flows: speaker, then the rivals that make a range; quantity: its size, with low and high in the
    speaker's unit; rate and ceiling (low, size, high of the casing) per year in the base unit; the
    id of a sum is the ids of its figures joined by "+".
    """

    def __init__(self, answers, at_words, direction=0, casings=None):
        self.answers, self.added, self.direction = answers, len(answers), direction
        self.casings, self.at_words, a = casings or [None] * len(answers), at_words, answers[0]
        self.first, self.row, self.kind, self.rank = a, a.row, a.row.kind, a.row.rank
        self.id = "+".join(a.row["flow"] for a in answers)
        self.flows = tuple(r["flow"] for a in answers for r in (a.row, *a.rivals))
        self.days_from, self.days_to = a.start, answers[-1].end
        self.start, self.end = str(a.start), str(self.days_to)
        self.days, self.length = length_days(a.start, self.days_to), years(a.start, self.days_to)
        self.full_year = 360 <= self.days <= 366
        self.evidence = max(a.row.evidence for a in answers)
        self.basis = EVIDENCE[self.evidence]
        self.known_way = 0 if a.row["leg"] else (not a.row["origin"]) + (not a.row["destination"])
        self._reckon()
        self._word()

    def _reckon(self):
        self.amount = total([a.amount for a in self.answers])
        self.size = self.amount[1]
        self.pace = self.size / self.length
        self.lanes = [self.pace]
        self.rate = float(self.pace)
        in_unit = times(self.amount, Fraction(1, self.row.factor))
        self.low, self.quantity, self.high = floats(in_unit)
        self.could_amount = self._held([a.ceiling for a in self.answers])
        held = self._held(self.casings)
        self.ceiling = held and floats(times(held, 1 / self.length))
        self.share_size = self.size / self.could_amount[1] if self.could_amount else Fraction(0)

    def _held(self, ceilings):
        """The ceilings over the periods of the figures, added, if each figure has one."""
        both = zip(ceilings, self.answers, strict=True)
        held = total([times(c[1], a.length) for c, a in both]) if all(ceilings) else None
        return held if held and (held[0], held[2]) != (None, None) else None

    def _word(self):
        self.moved = in_unit(self.amount, self.row)
        self.could = could_words(self.could_amount, self.length, self.row)
        self.share_ends = quotient(self.amount, self.could_amount)
        self.share = share_words(*self.share_ends)
        named = {a.at["leg"] if a.at else "" for a in self.answers}
        self.at = named.pop() if len(named) == 1 else ""
        self.place = f" at {self.at_words}" if self.at else ""
        parts = [period_words(a.start, a.end) for a in self.answers]
        self.period = " and ".join(x for x in (", ".join(parts[:-1]), parts[-1]) if x)
        if self.added > 3:
            self.period = period_words(self.days_from, self.days_to)
        when = f"{self.period}, sum of {self.added} figures" if self.added > 1 else self.period
        share = f" · {self.share}" if self.share else ""
        amount = in_unit(self.amount, self.row, False)
        self.of = f"{amount} of {self.could}" if self.could else self.moved
        self.label = f"{self.of}{share}{self.place if self.could else ''} ({when})"
        if self.added == 1 and not self.share and not self.first.ceiling:
            self.could, self.share = limit_words(self.first)
        self.sources = unique(s for a in self.answers for s in a.told_by())

    def facts(self):
        return {name: getattr(self, name) for name in FIELDS}

    def fit(self, start, end):
        if (self.days_from, self.days_to) == (start, end):
            return EXACT
        if self.days_from <= start and end <= self.days_to:
            return COVERS
        return INSIDE if start <= self.days_from and self.days_to <= end else PARTLY

    def later(self):
        return -self.days_to.toordinal()


# 6 what a line shows


def kinds(figures):
    def telling(kind):
        own = [f for f in figures if f.kind == kind]
        return not any(f.could_amount for f in own), -sum(f.rank == 1 for f in own), kind

    return sorted({f.kind for f in figures}, key=telling)


def best(figures, own_word):
    """The peak: what is shown as a page opens. `own_word` says who speaks for its own period."""

    def order(f):
        return not f.could_amount, not f.full_year, -f.share_size, -f.pace, f.later(), f.id

    fine = [f for f in figures if f.rank == 1 and f.size > 0 and f.basis != "claimed"]
    fine = [f for f in fine if own_word(f, figures)]
    pools = ([f for f in fine if f.kind == kind] for kind in kinds(figures))
    return next((min(pool, key=order) for pool in pools if pool), None)


def choose_one(pool, start, end):
    def order(f):
        how = f.fit(start, end)
        days = f.days if how == COVERS else -f.days
        before = f.rank, how, f.known_way, not f.aggregate, f.evidence
        return *before, days, -f.pace, f.later(), f.id

    return min(pool, key=order)


def choose(pool, start, end):
    """The figure, or the sum of figures, that a pool of one kind shows for a period."""
    first = choose_one(pool, start, end)
    if first.fit(start, end) != INSIDE:
        return first
    like = [f for f in pool if f.rank == first.rank and f.fit(start, end) == INSIDE]
    sums = [run for run in runs(like) if run.added > 1 and run.days > first.days]
    return min(sums, key=lambda s: (-s.days, s.start, s.row["flow"]), default=first)


def runs(figures):
    """Figures of one question but for the period that follow each other, added up."""
    groups = {}
    for f in sorted(figures, key=lambda f: (f.start, f.end, f.id)):
        columns = ("leg", "origin", "destination", "commodity", "direction")
        parts = groups.setdefault((f.direction, *(f.row[c] for c in columns)), [[]])
        if None in f.amount or f.basis == "claimed":
            continue
        if parts[-1] and f.days_from != parts[-1][-1].days_to + timedelta(days=1):
            parts.append([])
        parts[-1].append(f)
    for run in (run for parts in groups.values() for run in parts if run):
        sums = Figure(
            [f.first for f in run], run[0].at_words, run[0].direction, [f.casings[0] for f in run]
        )
        sums.aggregate = run[0].aggregate
        yield sums


def solid(figure):
    """The part of a figure that is drawn solid: of a range up to its lower end, else all."""
    low, size, high = figure.amount
    return Fraction(1) if None in (low, high) or not size else Fraction(low) / Fraction(size)
