"""The account of figures reckoned a second time, in plain Python and without the kit.

docs/account.md says in words what every output prints. This does the same sums with exact fractions
and the standard library alone, so that the two can be held against each other. The sections below
are those of the document; reckoning_words.py has amounts, lengths of time and words (1, 4, 8),
reckoning_figures.py conflicts and the choice among figures (2, 6).
"""

from datetime import date
from fractions import Fraction
from functools import cached_property
from itertools import combinations

from reckoning_figures import (
    COUNTS,
    LEAST_CORE_PX,
    LEAST_LANE_PX,
    LEAST_SHARE_DAYS,
    MOST_SAID,
    PER_YEAR,
    WIDEST_PX,
    Answer,
    Figure,
    Row,
    best,
    choose,
    choose_one,
    differs,
    heard,
    kinds,
    solid,
)
from reckoning_words import (
    could_words,
    covers,
    in_force,
    in_unit,
    length_days,
    limit_words,
    meet,
    period_words,
    quotient,
    share_words,
    times,
    unique,
    when_words,
    years,
)  # fmt: skip

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


class Reckoning:
    """What docs/account.md says of {table: [rows]}: dates as ISO text, missing columns empty."""

    def __init__(self, tables, lang="en"):
        names = ["corridors", "legs", "places", "commodities", "flows", "capacities", "limits"]
        self.tables = {t: [Row(r, n) for n, r in enumerate(tables.get(t, []))] for t in names}
        self.lang = lang
        self.main = {r["corridor"]: r for r in self.tables["corridors"] if r["role"] != "context"}
        cargoes = self.tables["commodities"]
        self.aggregate = {r["commodity"] for r in cargoes if r["aggregate"] == "yes"}
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
                yield self.answer(speaker, [r for r in known if r is not speaker])

    def answer(self, row, rivals=()):
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
            first = every[0].items() if every else ()
            return {n: w for n, w in first if all(n in way for way in every)}
        if o or d:
            at = [g for g in legs if (o or d) in (g["origin"], g["destination"])]
            return {at[0].n: along(at[0], o, d)} if len(at) == 1 else {}
        return {g.n: 0 for g in legs}

    # 4 compared with what could move, 5 with a limit

    def _capacities(self, corridor, leg, fits):
        """The capacities that fit of a leg; in series, without any, those of the whole corridor."""
        rows = [c for c in self.tables["capacities"] if c["corridor"] == corridor]
        rows = [c for c in rows if possible(c) and fits(c)]
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
        return self._told(self.answer(row))

    def _told(self, a):
        could, limit = a.ceiling and times(a.ceiling[1], a.length), a.limit and a.limit.amount
        held = could_words(could, a.length, a.row)
        share = share_words(*quotient(a.amount, could))
        at = f" at {self._at_words(a)}" if share and a.at else ""
        instead = (held, "") if a.ceiling else limit_words(a)
        return {
            "id": a.row["flow"],
            "moved": in_unit(a.amount, a.row),
            "could": held,
            "share": share,
            "limit": in_unit(limit, a.limit) if limit else "",
            "limit_share": share_words(*quotient(a.amount, limit)),
            "of": held or instead[0],
            "full": share + at if share else instead[1],
            "sources": unique(a.cited(a.ceiling, a.limit)),
            "told_by": unique(a.told_by()),
            "period": period_words(*a.row.period),
            "basis": a.row["basis"],
        }

    # 6 what a line shows

    def _alike(self, leg):
        columns = ("status", "mode", "geometry_basis", "valid_from", "valid_to")
        own = [c.n for c in self.tables["capacities"] if c["leg"] == leg["leg"]]
        over = [(a, self._ceiling(a.row, leg["leg"])) for a in self.answers if leg.n in a.legs]
        load = [(a, a.legs[leg.n], c and c[0][0].n) for a, c in over]
        return [leg[c] for c in columns], own, load

    @cached_property
    def _lines(self):
        found = []
        for corridor in self.main:
            joined = []
            for leg in self._legs(corridor):
                last = joined[-1][-1] if joined and self._series(corridor) else None
                meets = last and last["destination"] == leg["origin"]
                if meets and self._alike(last) == self._alike(leg):
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
        held = [self._ceiling(a.row, first["leg"]) for a in over]
        figures = [self._figure(a, a.legs[first.n], c) for a, c in zip(over, held, strict=True)]
        return {
            "id": first["leg"],
            "corridor": corridor,
            "legs": [g["leg"] for g in legs],
            "figures": figures,
            "others": [a for a in self._wordy(corridor) if first.n in a.legs],
            "validity": first.validity,
        }

    def _wordy(self, corridor):
        """Answers with words and no width: counts, and what took less than a month."""
        own = [a for a in self._of(corridor) if a.amount[1] is not None]
        return [a for a in own if not a.drawable]

    def _at_words(self, answer):
        ends = [answer.at[c] for c in ("origin", "destination")] if answer.at else []
        return "–".join(self._name("places", "place", end) for end in ends)

    def _figure(self, answer, direction=0, casing=None):
        figure = Figure([answer], self._at_words(answer), direction, [casing])
        figure.aggregate = answer.row["commodity"] in self.aggregate
        parts = [b.amount[1] for b in self._of(answer.row["corridor"]) if part_of(b, answer)]
        rest = figure.size - sum(parts)
        if parts and rest >= 0:
            sizes = sorted([*parts, *([rest] if rest else [])], reverse=True)
            figure.lanes = [size / figure.length for size in sizes]
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
            ], "others": [a for a in self._wordy(c) if not a.legs], "validity": (None, None)}
            for c in self.main
        ]  # fmt: skip

    def _at(self, line_id):
        return next(line for line in [*self._lines, *self._totals] if line["id"] == line_id)

    def shown(self, line_id, start="", end=""):
        return [f for group in self._groups(line_id, start, end) for f in group]

    def active(self, line_id, start="", end=""):
        """Was the line in being at some time of the period?"""
        return not start or meet(*self._at(line_id)["validity"], *span_of(start, end))

    def said(self, line_id, start="", end=""):
        """What a line without a figure says instead: the answer without a width, in words."""
        if self.shown(line_id, start, end):
            return None
        others = self._at(line_id)["others"]
        if not start:
            own = [a for a in others if a.row.rank == 1]
            last = max(own, key=lambda a: (str(a.start or ""), str(a.end or ""), a.row["flow"]),
                       default=None)  # fmt: skip
            return last and self._told(last)
        asked = span_of(start, end)
        near = [self._figure(a) for a in others if a.start and meet(a.start, a.end, *asked)]
        for figure in near:
            figure.pace = 0  # it has none
        return self._told(choose_one(near, *asked).first) if near else None

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
        met = [k for k in kinds(figures) if any(f.kind == k for f in near)]
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

    def spare(self, line_id, start="", end=""):
        """The capacity that a line without a figure shows."""
        every = self._spare(self._at(line_id))
        return next((c for c in every if meet(*c.validity, *span_of(start, end))), None)

    def strokes(self, line_id, start="", end=""):
        """One stroke a direction; a line without a figure has a core of 0 px and no lane."""
        groups, spare = self._groups(line_id, start, end), self.spare(line_id, start, end)
        casing = float(spare.amount[1] * self._scale[spare.kind]) if spare else 0
        bare = {"px": 0, "casing_px": casing, "lanes": [], "direction": 0}
        return [self._stroke(group) for group in groups] or [bare]

    def _stroke(self, group):
        px = self._scale.get(group[0].kind, Fraction(0))
        wide = [pace * px * solid(f) for f in group for pace in f.lanes]
        some = any(f.pace for f in group)
        core = max(sum(wide), Fraction(LEAST_CORE_PX)) if some else Fraction(0)
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
        whole = named is None and o and d and set(answer.legs) == every
        if whole and self._series(row["corridor"]):
            return ""
        return f" ({o}–{d})" if o and d else f" (from {o})" if o else f" (to {d})" if d else ""

    def _finding(self, figure, by_ceiling=True, by_limit=False):
        """Words and sources."""
        a = figure.first
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
        words = f"{self._moved(figure)}{when_words(figure.period)}{compared} ({how})"
        return words, a.cited(held, limit)

    def _moved(self, figure):
        a, cargo = figure.first, self._name("commodities", "commodity", figure.row["commodity"])
        of = f" of {cargo}" if cargo and cargo != a.row.unit else ""
        return f"{figure.moved}{of}{self._stretch(a)}"

    def _drawn(self, corridor):
        """The figures of a corridor as a whole: how well their way is known is left out."""
        drawn = [self._figure(a) for a in self._of(corridor) if a.drawable]
        for figure in drawn:
            figure.known_way = 0
        return drawn

    def peak(self, corridor):
        return best(self._drawn(corridor), self._own_word)

    def _chosen(self, corridor):
        """The fullest figure, the answer furthest beyond a limit and the latest figure, or None."""
        drawn = self._drawn(corridor)
        top = best(drawn, self._own_word)
        if top is None:
            return None
        over = [a for a in self._of(corridor) if a.row.rank == 1 and a.over_limit > 1]
        most = max(over, key=lambda a: (a.over_limit, -a.row.n), default=None)
        like = [f for f in drawn if f.rank == 1 and f.kind == top.kind and self._own_word(f, drawn)]

        def order(f):
            return f.later(), -f.days_from.toordinal(), f.evidence, -f.pace, f.id

        return top, most, min(like, key=order)

    def _findings(self, corridor):
        told = self._chosen(corridor)
        if told is None:
            return []
        top, most, latest = told
        found = [self._finding(top, by_limit=most is top.first)]
        if most and most is not top.first:
            found.append(self._finding(self._figure(most), by_ceiling=False, by_limit=True))
        if latest.first not in (top.first, most):
            words, sources = self._finding(latest)
            found.append((f"latest: {words}", sources))
        return found

    def _full(self, figure, by_limit=False, again=False):
        """How full, else how much: without its period."""
        a, on = figure.first, self._stretch(figure.first)
        full = figure.share if a.ceiling else ""
        limit = a.limit if by_limit or not full else None
        share = share_words(*quotient(a.amount, limit.amount)) if limit else ""
        if share:
            return f"{share}{'' if again else ' of the yearly limit'}{on}"
        if by_limit and limit and not limit.amount[1]:
            return f"{self._moved(figure)} against a yearly limit of {in_unit(limit.amount, a.row)}"
        return f"{full} full{figure.place}{on}" if full else self._moved(figure)

    def opening(self):
        """Headline and deck of a page of every main corridor as it opens."""
        told = {c: t for c in self.main if (t := self._chosen(c))}
        if len(told) == 1:
            return self._alone(*told.items())
        spoken = {c: (self._figure(most) if most else top) for c, (top, most, _) in told.items()}

        def fullness(c):
            a = spoken[c].first
            held = [x for x in spoken[c].share_ends if x is not None]
            held += [x for x in quotient(a.amount, a.limit and a.limit.amount) if x is not None]
            return not held, -max(held, default=0), -spoken[c].size, c

        order = list(told) if len(told) <= MOST_SAID else sorted(told, key=fullness)
        said = []
        for c in order[:MOST_SAID]:
            claimed = " (claimed)" if spoken[c].row["basis"] == "claimed" else ""
            beyond = told[c][1] is not None
            said.append(f"{self._called(c)} {self._full(spoken[c], beyond)}{claimed}")
        more = len(order) - MOST_SAID
        said += [f"{more} more corridor{'s' if more > 1 else ''} below"] if more > 0 else []
        return ", ".join(said), "; ".join(self._against(spoken[c]) for c in order[:MOST_SAID])

    def _alone(self, one):
        corridor, (top, most, latest) = one
        first = self._full(top, most is top.first)
        said = f"{first}{self._then(top)}"
        if most and most is not top.first:
            figure = self._figure(most)
            again = self._full(figure, True, " of the yearly limit" in first)
            said += f", {again}{self._then(figure)}"
        elif latest.first is not top.first:
            said = f"{first} at its peak{self._then(top)}, {self._full(latest)}{self._then(latest)}"
        figures = [top, *([self._figure(most)] if most else []), latest]
        once = list({f.row["flow"]: f for f in figures}.values())
        bounds = {in_unit(f.first.limit.amount, f.row) for f in once if self._limited(f)}
        deck = [self._against(f) for f in once] + [f"yearly limit {x}" for x in sorted(bounds)]
        return f"{self._called(corridor)}: {said}", "; ".join(deck)

    @staticmethod
    def _limited(figure):
        return figure.first.limit and not figure.first.ceiling

    def _then(self, figure):
        claimed = " (claimed)" if figure.row["basis"] == "claimed" else ""
        return f"{when_words(figure.period)}{claimed}"

    def _against(self, figure):
        how = "sources differ" if figure.first.rivals else figure.row["basis"]
        of = f", of {figure.could}{figure.place}" if figure.first.ceiling else ""
        return f"{self._moved(figure)}{when_words(figure.period)} ({how}){of}"

    def _called(self, corridor):
        return self._name("corridors", "corridor", corridor)

    def findings(self, corridor):
        """[(words, sources)] of the headline, `latest: ` among the words."""
        return [(words, unique(sources)) for words, sources in self._findings(corridor)]

    def title(self, answer):
        """The line of a row in words: its corridor, and what it says of its way."""
        stretch = self._stretch(answer)[2:-1]
        name = self._name("corridors", "corridor", answer.row["corridor"])
        return f"{name}, {stretch}" if stretch else name

    def cargo(self, row):
        return self._name("commodities", "commodity", row["commodity"]) or "cargo unknown"

    def headline(self, corridor):
        words = "; ".join(words for words, _ in self._findings(corridor))
        return f"{self._called(corridor)}: {words}" if words else ""

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


def part_of(answer, whole):
    """Is an answer a lane of another: a part of it, of another cargo, in its time and way?"""
    if answer.row["part_of"] != whole.row["flow"] or not answer.drawable:
        return False
    like = answer.row.period, answer.row.kind, answer.legs
    other = answer.row["commodity"] != whole.row["commodity"]
    return other and like == (whole.row.period, whole.row.kind, whole.legs)


def possible(capacity):
    size = capacity.amount[1]
    known = capacity["per"] in PER_YEAR and size is not None
    return known and size > 0 and capacity["kind"] != "planned"


def span_of(start, end):
    return tuple(date.fromisoformat(day) if day else None for day in (start, end))


def firsts_of(rows):
    return combinations([r for r in rows if r.rank == 1], 2)


def repeated(table, rows):
    names = {"commodities": "commodity", "capacities": "capacity"}
    column = names.get(table, table.removesuffix("s"))
    ids = [r[column] for r in rows]
    return {x for x in ids if ids.count(x) > 1}
