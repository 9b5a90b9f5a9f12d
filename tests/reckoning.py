"""The account of figures reckoned a second time, in plain Python and without the kit.

docs/account.md says in words what every output prints. This module does the same sums with exact
fractions and the standard library alone, so that the two can be held against each other. The
sections below are those of the document. An amount is (low, size, high) in the base unit: an open
end is None, three None are unknown. A capacity is read per year from the start.
"""

import calendar
import math
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import combinations

MULTIPLES = {"t": ("t", 1), "kt": ("t", 1_000), "Mt": ("t", 1_000_000)}
MOVEMENTS = "voyages calls vessels wagons containers trains train_pairs round_trips"
COUNTS = MOVEMENTS.split()
EVIDENCE = ["observed", "reported", "derived", "claimed"]
PER_YEAR = {"year": 1, "month": 12, "week": Fraction(1461, 28), "day": Fraction(1461, 4)}
ROUNDING, LEAST_SHARE_DAYS, WIDEST_PX = Fraction(1, 100), 28, 18
LEAST_CORE_PX = LEAST_LANE_PX = 1
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


# 1 amounts, and 4 lengths of time


def amount(q, low, high):
    if low is not None and high is not None:
        return low, (low + high) / 2 if q is None else q, high
    return (low, low if high is None else high, high) if q is None else (q, q, q)


def times(amount, factor):
    return tuple(None if x is None else x * factor for x in amount)


def total(amounts):
    return tuple(None if None in ends else sum(ends) for ends in zip(*amounts, strict=True))


def quotient(amount, could):
    """Lower end ÷ upper end, upper end ÷ lower end; None where one of the two is open."""
    (low, _, high), (least, _, most) = amount, could or (None, None, None)
    return (low / most if low is not None and most else None), (
        high / least if high is not None and least else None
    )


def meet(start, end, other, last):
    return (start or date.min) <= (last or date.max) and (other or date.min) <= (end or date.max)


def in_force(row, start, end):
    first, last = row.validity
    return (first or date.min) <= start and end <= (last or date.max)


def covers(row, other):
    """Does the time of a row hold all of another's?"""
    (start, end), (first, last) = row.validity, other.validity
    return (start or date.min) <= (first or date.min) and (last or date.max) <= (end or date.max)


def length_days(start, end):
    return (end - start).days + 1 if start and end else 0


def months(start, end):
    whole = start.day == 1 and end.day == calendar.monthrange(end.year, end.month)[1]
    return (end.year - start.year) * 12 + end.month - start.month + 1 if whole else 0


def years(start, end):
    days = Fraction(length_days(start, end), 366 if calendar.isleap(start.year) else 365)
    return Fraction(months(start, end), 12) or days


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


# 3 ways


def ways(legs, here, there, seen=()):
    """Every way that passes no place twice, as {number of the leg: direction}."""
    if here == there:
        yield {}
        return
    for leg in legs:
        o, d = leg["origin"], leg["destination"]
        for start, end, direction in ((o, d, 1), (d, o, -1)):
            if start == here and end not in (*seen, here):
                for rest in ways(legs, end, there, (*seen, here)):
                    yield {leg.n: direction, **rest}


# 8 words


def rounded(x, places):
    """Halves up."""
    return Decimal(math.floor(x * Fraction(10) ** places + Fraction(1, 2))).scaleb(-places)


def significant(x):
    return rounded(x, 3 - (Decimal(x.numerator) / x.denominator).adjusted()) if x else Decimal(0)


def number(x):
    text = f"{significant(x) if 0 < x < Fraction(1, 1000) else rounded(x, 3):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(x):
    return number(Fraction(rounded(x * 100, 0 if x >= Fraction(95, 1000) else 1)))


def span(low, high, word=number):
    if low is None and high is None:
        return "unknown"
    if low is None or high is None:
        return f"over {word(low)}" if high is None else f"under {word(high)}"
    return word(low) if word(low) == word(high) else f"{word(low)}–{word(high)}"


def in_unit(amount, row, unit=True):
    low, _, high = times(amount, Fraction(1, row.factor))
    text = span(low, high)
    one = text == "1" and row.unit in COUNTS
    name = row.unit.removesuffix("s") if one else row.unit
    return f"{text} {name}" if unit and text != "unknown" else text


def could_words(could, length, row):
    if could is None or length == 1:
        return (could and in_unit(could, row) + "/year") or ""
    return in_unit(
        times([x and Fraction(significant(x / row.factor)) for x in could], row.factor), row
    )


def share_words(low, high):
    least = Fraction(1, 1000)
    if low is not None and high is not None and low <= high < least:
        return "under 0.1 %" if high else "0 %"
    low, high = (0 if low and low < least else low), (high and max(high, least))
    text = span(low, high, percent)
    return "" if text == "unknown" else f"{text} %"


def period_words(start, end):
    first, last, count = f"{start:%b}", f"{end:%b}", months(start, end)
    same = start.year == end.year
    if count and count % 12 == 0 and start.month == 1:
        return f"{start.year}" if same else f"{start.year}–{end.year}"
    if count == 3 and start.month % 3 == 1:
        return f"Q{end.month // 3} {end.year}"
    if count:
        begun = "" if count == 1 else f"{first}–" if same else f"{first} {start.year}–"
        return f"{begun}{last} {end.year}"
    begun = f"{start.day}–" if first == last else f"{start.day} {first}–"
    begun = "" if start == end else begun if same else f"{start.day} {first} {start.year}–"
    return f"{begun}{end.day} {last} {end.year}"


# answers and figures


class Answer:
    """A speaker, its rivals if they make a range, the legs it runs over (number: direction), its
    ceiling [rows, per year] and the leg named with it, its limit."""

    def __init__(self, row, rivals, legs, ceiling, at, limit):
        self.row, self.legs, self.ceiling, self.at, self.limit = row, legs, ceiling, at, limit
        self.amount, self.rivals = heard(row, rivals)
        self.start, self.end = row.period
        self.length = years(*row.period) if None not in row.period else None
        long = length_days(*row.period) >= LEAST_SHARE_DAYS
        self.drawable = self.amount[1] is not None and row.kind not in COUNTS and long
        allowed, size = limit.amount[1] if limit else None, self.amount[1] or 0
        self.over_limit = 0 if not limit or not size else size / allowed if allowed else math.inf

    def cited(self, ceiling, limit=None):
        rows = [self.row, *self.rivals, *(ceiling[0] if ceiling else []), limit]
        return [row["source"] for row in rows if row]


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
        of = f"{in_unit(self.amount, self.row, False)} of {self.could}{share}{self.place}"
        self.label = f"{of if self.could else self.moved} ({when})"
        self.sources = unique(s for a in self.answers for s in a.cited(a.ceiling))

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


def floats(amount):
    return tuple(None if x is None else float(x) for x in amount)


def unique(values):
    return tuple(dict.fromkeys(values))


# 6 what a line shows


def kinds(figures):
    def telling(kind):
        own = [f for f in figures if f.kind == kind]
        return not any(f.could_amount for f in own), -sum(f.rank == 1 for f in own), kind

    return sorted({f.kind for f in figures}, key=telling)


def best(figures, own_word):
    """The peak: what is shown as a page opens. `own_word` says who speaks for its own period."""

    def order(f):
        bare = not f.could_amount
        few = bare or not f.full_year, bare, not f.full_year
        return *few, -f.share_size, -f.pace, f.later(), f.id

    fine = [f for f in figures if f.rank == 1 and f.size > 0 and f.basis != "claimed"]
    fine = [f for f in fine if own_word(f, figures)]
    pools = ([f for f in fine if f.kind == kind] for kind in kinds(figures))
    return next((min(pool, key=order) for pool in pools if pool), None)


def choose(pool, start, end):
    """The figure, or the sum of figures, that a pool of one kind shows for a period."""

    def order(f):
        how = f.fit(start, end)
        days = f.days if how == COVERS else -f.days
        before = f.rank, how, f.known_way, not f.aggregate, f.evidence
        return *before, days, -f.pace, f.later(), f.id

    first = min(pool, key=order)
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


class Reckoning:
    """What docs/account.md says of {table: [rows]}: dates as ISO text, missing columns empty."""

    def __init__(self, tables, lang="en"):
        names = ["corridors", "legs", "places", "commodities", "flows", "capacities", "limits"]
        self.tables = {t: [Row(r, n) for n, r in enumerate(tables.get(t, []))] for t in names}
        self.lang = lang
        self.main = {r["corridor"]: r for r in self.tables["corridors"] if r["role"] != "context"}
        self.aggregate = {
            r["commodity"] for r in self.tables["commodities"] if r["aggregate"] == "yes"
        }
        self.rows = [r for r in self.tables["flows"] if self._counts(r)]
        self.answers = sorted(self._answers(), key=lambda a: a.row.n)

    def _name(self, table, column, value):
        row = next((r for r in self.tables[table] if r[column] == value), {})
        return (row and (row[f"name_{self.lang}"] or row["name_en"])) or value

    # 2 questions and answers

    def _counts(self, row):
        return row["corridor"] in self.main and row["scope"] not in ("others", "context")

    @staticmethod
    def _question(row):
        columns = ["corridor", "leg", "origin", "destination", "direction", "commodity"]
        return (*row.period, row.kind, *(row[c] for c in columns))

    def _answers(self):
        questions = {}
        for row in self.rows:
            questions.setdefault(self._question(row), []).append(row)
        for rows in questions.values():
            best = min(r.rank for r in rows)
            speakers = [r for r in rows if r.rank == best]
            if best == 1:
                speakers = [min(speakers, key=lambda r: (r.evidence, r.n))]
            known = [r for r in rows if r.amount[1] is not None and (best == 1 or r.rank > best)]
            for speaker in speakers:
                yield self._answer(speaker, [r for r in known if r is not speaker])

    def _answer(self, row, rivals=()):
        if not self._counts(row):
            return Answer(row, [], {}, None, None, None)
        legs = self._way(row)
        return Answer(row, rivals, legs, *self._compared(row, legs), self._limit(row))

    def conflicts(self):
        return [a.row["flow"] for a in self.answers if a.rivals]

    # 3 where it runs

    def _legs(self, corridor):
        return [g for g in self.tables["legs"] if g["corridor"] == corridor]

    def _series(self, corridor):
        return self.main[corridor]["layout"] == "series"

    def _standing(self, row):
        legs = [g for g in self._legs(row["corridor"]) if g["status"] != "planned"]
        return [g for g in legs if meet(*g.validity, *row.period)]

    def _way(self, row):
        """{number of a leg: direction} in the order of the legs."""
        found = self._found(row, row["origin"], row["destination"], self._standing(row))
        return {n: 0 if row["direction"] == "both_ways" else found[n] for n in sorted(found)}

    def _found(self, row, o, d, legs):
        if row["leg"]:
            named = [g for g in self._legs(row["corridor"]) if g["leg"] == row["leg"]][:1]
            return {g.n: along(g, o, d) for g in named}
        if not self._series(row["corridor"]):
            joining = [g for g in legs if {g["origin"], g["destination"]} == {o, d}]
            return {joining[0].n: along(joining[0], o, d)} if len(joining) == 1 else {}
        if o and d:
            every = list(ways(legs, o, d)) if o != d else []
            return (
                {n: w for n, w in every[0].items() if all(n in way for way in every)}
                if every
                else {}
            )
        if o or d:
            at = [g for g in legs if (o or d) in (g["origin"], g["destination"])]
            return {at[0].n: along(at[0], o, d)} if len(at) == 1 else {}
        return {g.n: 0 for g in legs}

    # 4 compared with what could move, 5 with a limit

    def _capacities(self, corridor, leg, fits):
        """The capacities that fit of a leg; in series, without any, those of the whole corridor."""
        rows = [
            c
            for c in self.tables["capacities"]
            if c["corridor"] == corridor and possible(c) and fits(c)
        ]
        own = [c for c in rows if c["leg"] == leg]
        return own if own or not self._series(corridor) else [c for c in rows if not c["leg"]]

    def _ceiling(self, row, leg):
        """[the capacity and the rivals that make a range, the amount per year] or None."""
        if length_days(*row.period) < LEAST_SHARE_DAYS:
            return None
        cargo = {row["commodity"], ""} | self.aggregate
        own = self._capacities(
            row["corridor"], leg,
            lambda c: c.kind == row.kind and c["commodity"] in cargo and in_force(c, *row.period),
        )  # fmt: skip
        if not own:
            return None
        first = min(own, key=lambda c: (c.rank, c["commodity"] != row["commodity"], c.n))
        like = [c for c in own if all(c[k] == first[k] for k in ("leg", "commodity", "kind"))]
        per_year, rivals = heard(first, [c for c in like if c is not first])
        return [[first, *rivals], per_year]

    def _compared(self, row, legs):
        """The narrowest ceiling, and its leg if that is to be named."""
        if not legs:
            whole = not self._series(row["corridor"]) and not row["leg"]
            return self._ceiling(row, "") if whole else None, None
        every = [(g, self._ceiling(row, g["leg"])) for g in self.tables["legs"] if g.n in legs]
        held = [(g, c) for g, c in every if c]
        if not held:
            return None, None
        leg, ceiling = min(held, key=lambda x: (x[1][1][1], x[1][1][2] is None, x[1][1][2] or 0))
        return ceiling, leg if len({c and c[0][0].n for _, c in every}) > 1 else None

    def _limit(self, row):
        if None in row.period or years(*row.period) > 1:
            return None
        asked = row["commodity"], row.kind, "year"
        like = [x for x in self.tables["limits"] if (x["commodity"], x.kind, x["per"]) == asked]
        like = [x for x in like if x.amount[1] is not None and in_force(x, *row.period)]
        return max(like, key=lambda x: (x["valid_from"], x.n), default=None)

    def row(self, flow_id):
        """What one row says for itself: its own amount against its own ceiling and limit."""
        row = next(r for r in self.tables["flows"] if r["flow"] == flow_id)
        a = self._answer(row)
        could, limit = a.ceiling and times(a.ceiling[1], a.length), a.limit and a.limit.amount
        return {
            "moved": in_unit(a.amount, row),
            "could": could_words(could, a.length, row),
            "share": share_words(*quotient(a.amount, could)),
            "limit": in_unit(limit, a.limit) if limit else "",
            "limit_share": share_words(*quotient(a.amount, limit)),
            "sources": unique(a.cited(a.ceiling, a.limit)),
        }

    # 6 what a line shows

    def _alike(self, leg):
        columns = ("status", "mode", "geometry_basis", "valid_from", "valid_to")
        own = [c.n for c in self.tables["capacities"] if c["leg"] == leg["leg"]]
        over = [(a, self._ceiling(a.row, leg["leg"])) for a in self.answers if leg.n in a.legs]
        return (
            [leg[c] for c in columns],
            own,
            [(a, a.legs[leg.n], c and c[0][0].n) for a, c in over],
        )

    @cached_property
    def _lines(self):
        found = []
        for corridor in self.main:
            joined = []
            for leg in self._legs(corridor):
                last = (
                    joined[-1][-1] if joined and self._series(corridor) else {"destination": None}
                )
                if last["destination"] == leg["origin"] and self._alike(last) == self._alike(leg):
                    joined[-1].append(leg)
                else:
                    joined.append([leg])
            found += [self._line(corridor, legs) for legs in joined]
        return found

    def lines(self):
        return self._lines

    def _line(self, corridor, legs):
        first = legs[0]
        over = [a for a in self.answers if a.drawable and first.n in a.legs]
        figures = [
            self._figure(a, a.legs[first.n], self._ceiling(a.row, first["leg"])) for a in over
        ]
        return {
            "id": first["leg"],
            "corridor": corridor,
            "legs": [g["leg"] for g in legs],
            "figures": figures,
        }

    def _figure(self, answer, direction=0, casing=None):
        ends = [answer.at[c] for c in ("origin", "destination")] if answer.at else []
        at_words = "–".join(self._name("places", "place", end) for end in ends)
        figure = Figure([answer], at_words, direction, [casing])
        figure.aggregate = answer.row["commodity"] in self.aggregate
        return figure

    def _of(self, corridor):
        return [a for a in self.answers if a.row["corridor"] == corridor]

    def totals(self):
        return self._totals

    @cached_property
    def _totals(self):
        return [
            {"id": c, "corridor": c, "legs": [], "figures": [
                self._figure(a, 0, a.ceiling) for a in self._of(c) if a.drawable and not a.legs
            ]} for c in self.main
        ]  # fmt: skip

    def _at(self, line_id):
        return next(line for line in [*self._lines, *self._totals] if line["id"] == line_id)

    def shown(self, line_id, start="", end=""):
        return [f for group in self._groups(line_id, start, end) for f in group]

    def _groups(self, line_id, start, end):
        figures = self._at(line_id)["figures"]
        return self._of_period(figures, *span_of(start, end)) if start else self._opening(figures)

    def _opening(self, figures):
        main = best(figures, self._own_word)
        if main is None:
            return []
        like = [f for f in figures if (f.start, f.end, f.kind) == (main.start, main.end, main.kind)]
        against = [f for f in like if main.direction and f.direction == -main.direction]
        return [[main], *([f] for f in sorted(against, key=lambda f: (f.rank, f.id))[:1])]

    def _of_period(self, figures, start, end):
        """Of one direction, then of the other: the figure shown and those of other cargo."""
        near = [f for f in figures if meet(f.days_from, f.days_to, start, end)]
        ranks = {
            k: min((f.rank for f in near if f.kind == k), default=None) for k in kinds(figures)
        }
        met = [k for k, rank in ranks.items() if rank]
        if not met:
            return []
        kind = min(met, key=lambda kind: min(f.rank for f in near if f.kind == kind))
        pool = [f for f in near if f.kind == kind]
        main = choose(pool, start, end)
        against = [f for f in pool if main.direction and f.direction == -main.direction]
        chosen = [main, choose(against, start, end)] if against else [main]
        return [[f, *self._beside(f, pool)] for f in chosen]

    def _own_word(self, figure, figures):
        """Does a figure speak for its own period: is it shown for that, were its kind alone?"""
        like = [f for f in figures if f.kind == figure.kind]
        groups = self._of_period(like, figure.days_from, figure.days_to)
        return any(f is figure for group in groups for f in group)

    def _beside(self, main, pool):
        def traits(f):
            return f.rank, f.start, f.end, f.direction, f.known_way

        if main.added > 1 or main.aggregate:
            return []
        like = [f for f in pool if traits(f) == traits(main) and not f.aggregate]
        other = [f for f in like if f.row["commodity"] != main.row["commodity"]]
        apart = [f for f in other if not self._part(f, main) and not self._part(main, f)]
        return sorted(apart, key=lambda f: (f.evidence, -f.pace, f.id))

    def _part(self, figure, whole):
        """Is the figure part of the other, by however many steps?"""
        parents = {r["flow"]: r["part_of"] for r in self.tables["flows"]}
        chain = [figure.row["flow"]]
        while parents.get(chain[-1]) and parents[chain[-1]] not in chain:
            chain.append(parents[chain[-1]])
        return whole.row["flow"] in chain[1:]

    def listed(self, line_id, start="", end=""):
        told = {a for f in self.shown(line_id, start, end) for a in f.answers}
        others = [f for f in self._at(line_id)["figures"] if f.first not in told]
        return [f.id for f in others if meet(f.days_from, f.days_to, *span_of(start, end))]

    # 7 widths

    def _spare(self, line):
        """The capacities a line without a figure may show, the first in force before the others."""
        leg, found = line["legs"][0] if line["legs"] else None, []
        known, plain = kinds(line["figures"]), self.aggregate | {""}

        def order(c):
            told = known.index(c.kind) if c.kind in known else len(known)
            return not c["leg"], told, c.kind, c["commodity"] not in plain, c.rank, c.n

        places = [leg, ""] if self._series(line["corridor"]) else [leg]
        rows = [c for c in self.tables["capacities"] if c["corridor"] == line["corridor"]]
        rows = [c for c in rows if c["leg"] in places and possible(c) and c.kind not in COUNTS]
        planned = not leg or self._standing_of(leg) == "planned"
        for c in [] if planned else sorted(rows, key=order):
            if not any(a.kind == c.kind and covers(a, c) for a in found):
                found.append(c)
        return found

    def _standing_of(self, leg):
        return next(g["status"] for g in self.tables["legs"] if g["leg"] == leg)

    @cached_property
    def _scale(self):
        most = {}
        for line in self._lines:
            sizes = [(c.kind, c.amount[1]) for c in self._spare(line)]
            for f in line["figures"]:
                casing = f.casings[0][1][1] if f.casings[0] else 0
                sizes += [(f.kind, f.pace), (f.kind, casing)]
            for kind, size in sizes:
                most[kind] = max(size, most.get(kind, 0))
        return {kind: Fraction(WIDEST_PX) / size for kind, size in most.items() if size}

    def scale(self):
        return {kind: float(px) for kind, px in self._scale.items()}

    def strokes(self, line_id, start="", end=""):
        """One stroke a direction; a line without a figure has a core of 0 px and no lane."""
        groups, period = self._groups(line_id, start, end), span_of(start, end)
        spare = [c for c in self._spare(self._at(line_id)) if meet(*c.validity, *period)]
        casing = float(spare[0].amount[1] * self._scale[spare[0].kind]) if spare else 0
        bare = {"px": 0, "casing_px": casing, "lanes": [], "direction": 0}
        return [self._stroke(group) for group in groups] or [bare]

    def _stroke(self, group):
        px = self._scale.get(group[0].kind, Fraction(0))
        wide = [f.pace * px for f in group]
        core = max(sum(wide), Fraction(LEAST_CORE_PX)) if sum(wide) else Fraction(0)
        most = wide.index(max(wide))
        thin = [n for n, lane in enumerate(wide) if lane < LEAST_LANE_PX and n != most]
        wide[most] = core - sum(x for n, x in enumerate(wide) if n != most and n not in thin)
        lanes = [float(x) for n, x in enumerate(wide) if n not in thin] if core else []
        casing = max(float(px) * f.ceiling[1] if f.ceiling else 0 for f in group)
        direction = group[0].direction
        return {"px": float(core), "casing_px": casing, "lanes": lanes, "direction": direction}

    # 8 headline

    def _stretch(self, answer):
        row, legs = answer.row, self._legs(answer.row["corridor"])
        named = next((g for g in legs if g["leg"] == row["leg"]), None)
        o, d = (self._name("places", "place", (named or row)[c]) for c in ("origin", "destination"))
        every = {g.n for g in legs if g["status"] != "planned"}
        if (
            named is None
            and o
            and d
            and self._series(row["corridor"])
            and set(answer.legs) == every
        ):
            return ""
        return f" ({o}–{d})" if o and d else f" (from {o})" if o else f" (to {d})" if d else ""

    def _finding(self, figure, by_ceiling=True, by_limit=False):
        """Words and sources."""
        a, cargo = figure.first, self._name("commodities", "commodity", figure.row["commodity"])
        of = f" of {cargo}" if cargo and cargo != a.row.unit else ""
        held, parts = a.ceiling if by_ceiling and figure.share else None, []
        limit = a.limit if by_limit or not held else None
        if held:
            parts.append(f"{figure.share} of {figure.could}{figure.place}")
        if limit:
            share = share_words(*quotient(a.amount, limit.amount))
            whole = in_unit(limit.amount, a.row)
            if share:
                parts.append(f"{share} of the yearly limit of {whole}")
            elif not limit.amount[1] and by_limit:
                parts.append(f"against a yearly limit of {whole}")
            else:
                limit = None
        compared = ", " + " and ".join(parts) if parts else ""
        how = "sources differ" if a.rivals else a.row["basis"]
        words = f"{figure.moved}{of}{self._stretch(a)} in {figure.period}{compared} ({how})"
        return words, a.cited(held, limit)

    def _findings(self, corridor):
        drawn = [self._figure(a) for a in self._of(corridor) if a.drawable]
        for figure in drawn:  # for the corridor as a whole
            figure.known_way = 0
        top = best(drawn, self._own_word)
        if top is None:
            return []
        over = [a for a in self._of(corridor) if a.row.rank == 1 and a.over_limit > 1]
        most = max(over, key=lambda a: (a.over_limit, -a.row.n), default=None)
        found, told = [self._finding(top, by_limit=most is top.first)], [top.first, most]
        if most and most is not top.first:
            found.append(self._finding(self._figure(most), by_ceiling=False, by_limit=True))
        like = [f for f in drawn if f.rank == 1 and f.kind == top.kind and self._own_word(f, drawn)]

        def order(f):
            return f.later(), -f.days_from.toordinal(), f.evidence, -f.pace, f.id

        latest = min(like, key=order)
        if latest.first not in told:
            words, sources = self._finding(latest)
            found.append((f"latest: {words}", sources))
        return found

    def headline(self, corridor):
        words = "; ".join(words for words, _ in self._findings(corridor))
        return f"{self._name('corridors', 'corridor', corridor)}: {words}" if words else ""

    def headline_sources(self, corridor):
        return unique(s for _, sources in self._findings(corridor) for s in sources)

    # what makes an answer ambiguous

    def faults(self):
        """{(kind, id)}; of a pair the id of the row further down the table."""
        found = {("twice", x) for name, rows in self.tables.items() for x in repeated(name, rows)}
        for a, b in firsts_of(c for c in self.tables["capacities"] if possible(c)):
            same = a.kind == b.kind and all(a[k] == b[k] for k in ("corridor", "leg", "commodity"))
            if same and meet(*a.validity, *b.validity) and differs(a, b):
                found.add(("capacity-tie", b["capacity"]))
        for a, b in firsts_of(r for r in self.rows if r.amount[1] is not None):
            if self._question(a) == self._question(b) and differs(a, b):
                found.add(("flow-tie", b["flow"]))
        for a, b in firsts_of(a.row for a in self.answers if a.drawable):
            alike = self._question(a)[2:] == self._question(b)[2:]
            if alike and a.period != b.period and meet(*a.period, *b.period):
                found.add(("overlap", b["flow"]))
        return found | {("unreachable", r["flow"]) for r in self.rows if self._unreachable(r)}

    def _unreachable(self, row):
        o, d, legs = row["origin"], row["destination"], self._standing(row)
        if row["leg"] or not o or not d or o == d:
            return False
        if self._series(row["corridor"]):
            return not any(True for _ in ways(legs, o, d))
        return all({g["origin"], g["destination"]} != {o, d} for g in legs)


def along(leg, o, d):
    """Direction of a flow from o to d on a leg: with it (1), against it (-1), not stated (0)."""
    with_it = o == leg["origin"] or d == leg["destination"]
    return with_it - (o == leg["destination"] or d == leg["origin"])


def possible(capacity):
    size = capacity.amount[1]
    return (
        capacity["per"] in PER_YEAR
        and capacity["kind"] != "planned"
        and size is not None
        and size > 0
    )


def span_of(start, end):
    return (date.fromisoformat(start) if start else None), (
        date.fromisoformat(end) if end else None
    )


def firsts_of(rows):
    return combinations([r for r in rows if r.rank == 1], 2)


def repeated(table, rows):
    column = {"commodities": "commodity", "capacities": "capacity"}.get(
        table, table.removesuffix("s")
    )
    ids = [r[column] for r in rows]
    return {x for x in ids if ids.count(x) > 1}
