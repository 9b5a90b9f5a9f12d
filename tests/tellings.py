"""What an output of generated tables must say of a period, by the reckoning alone.

An output is read by whoever tests it; this module says what must be found there.
"""

import re

from reckoning import Reckoning
from reckoning_figures import MOST_SAID as MOST_SAID
from reckoning_words import could_words, in_unit, quotient, share_words, times

KEYS = re.compile("[ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖ]+")  # marks of conflicts


def bare(text):
    """Words without the marks of conflicts, their spaces single."""
    return " ".join(KEYS.sub("", text).split())


class Telling:
    """`start` and `end` are ISO dates, both included, or empty: as a page opens."""

    def __init__(self, tables, start="", end=""):
        self.reckoned, self.period = Reckoning(tables), (start, end)
        self.lines = [line["id"] for line in self.reckoned.lines()]
        self.held = None

    def what_if(self, corridor, kind, rate):
        """Hold the figures of a corridor and kind of unit against another yearly capacity."""
        self.held = corridor, kind, rate
        return self

    def _is_held(self, figure):
        """A figure of no leg is compared with nothing, unless legs are alternatives."""
        if self.held is None or self.held[:2] != (figure.row["corridor"], figure.kind):
            return False
        series = self.reckoned.main[figure.row["corridor"]]["layout"] == "series"
        return bool(figure.first.legs) or not (series or figure.row["leg"])

    def ends(self, line):
        """The places a line runs between, along it."""
        legs = {g["leg"]: g for g in self.reckoned.tables["legs"]}
        own = next(x for x in self.reckoned.lines() if x["id"] == line)["legs"]
        return legs[own[0]]["origin"], legs[own[-1]]["destination"]

    def strokes(self, line):
        """What is drawn of a line: none where it was not in being."""
        active = self.reckoned.active(line, *self.period)
        return self.reckoned.strokes(line, *self.period) if active else []

    def widths(self, line):
        """(casings, cores, how many plain lines, directions of arrows) in pixels."""
        strokes = self.strokes(line)
        casings = [one["casing_px"] for one in strokes if one["casing_px"]]
        if strokes and self.held and self._has_another_casing(line):
            casings = [float(self.held[2]) * self.reckoned.scale()[self.held[1]]] * len(strokes)
        cores = [px for one in strokes for px in one["lanes"]]
        plain = sum(not one["casing_px"] and not one["px"] for one in strokes) if strokes else 1
        return (
            casings,
            cores,
            plain,
            [x["direction"] for x in strokes if x["px"] and x["direction"]],
        )

    def _has_another_casing(self, line):
        shown = self.reckoned.shown(line, *self.period)
        if shown:
            return any(map(self._is_held, shown))
        own = next(x["corridor"] for x in self.reckoned.lines() if x["id"] == line)
        spare = self.reckoned.spare(line, *self.period)
        return spare is not None and (own, spare.kind) == self.held[:2]

    def told(self, line):
        """What a line says: its figures, or else one without a width."""
        if not self.reckoned.active(line, *self.period):
            return []
        figures = self.reckoned.shown(line, *self.period)
        said = None if figures else self.reckoned.said(line, *self.period)
        return [self._figure(f) for f in figures] if figures else [self._said(said)] if said else []

    def on_map(self):
        """What stands on the map: no counts beside the amounts of other corridors."""
        told = [(line["corridor"], self.told(line["id"])) for line in self.reckoned.lines()]
        amounts = {corridor for corridor, own in told if any(f["known"] for f in own)}
        return [
            figure
            for corridor, own in told
            for figure in own
            if own[0]["known"] or not amounts - {corridor}
        ]

    def _figure(self, f):
        own = self._own(f)
        if not self._is_held(f):
            return own
        could = times((self.held[2],) * 3, f.length)
        share = share_words(*quotient(f.amount, could))
        amount = f"{in_unit(f.amount, f.row, False)} of {could_words(could, f.length, f.row)}"
        when = f"{f.period}, sum of {f.added} figures" if f.added > 1 else f.period
        label = f"{amount}{f' · {share}' if share else ''} ({when}, what if)"
        full = float(f.size / could[1])
        return own | {"amount": amount, "share": share, "label": label, "full": full, "at": ""}

    def _own(self, f):
        of = f"{f.moved}, {f.could}" if f.could.startswith("limit ") else f.of
        return {
            "id": f.id, "title": self.reckoned.title(f.first), "amount": of, "share": f.share,
            "label": f.label, "what": self._what(f.row), "basis": f.basis, "sources": f.sources,
            "at": f.place if f.share else "", "when": self._when(f), "known": True,
            "full": float(f.share_size) if f.could_amount else -1.0,
        }  # fmt: skip

    def _said(self, told):
        answer = next(a for a in self.reckoned.answers if a.row["flow"] == told["id"])
        figure = {k: told[k] for k in ("id", "basis")} | {"at": "", "known": False, "full": -1.0}
        of = told["of"] if told["of"].startswith("limit ") else ""
        amount = f"{told['moved']}, {of}" if of else told["moved"]
        if told["could"]:
            amount = f"{told['moved'].split(' ')[0]} of {told['could']}"
        return figure | {
            "title": self.reckoned.title(answer), "amount": amount, "share": told["full"],
            "label": f"{told['moved']} ({told['period']})", "what": self._what(answer.row),
            "sources": told["told_by"], "when": told["period"],
        }  # fmt: skip

    def _what(self, row):
        cargo = self.reckoned.cargo(row)
        return "" if cargo == row.unit else cargo

    def _when(self, f):
        start, end = self.period
        if not start or (f.start, f.end) == (start, end):
            return f.period
        if f.start <= start and end <= f.end:
            return f"all of {f.period}, not split"
        return f.period + (f", sum of {f.added} figures" if f.added > 1 else "")

    def entries(self):
        """The key figures: each figure once for its corridor."""
        found = {}
        for line in [*self.reckoned.lines(), *self.reckoned.totals()]:
            for one in self.told(line["id"]):
                found[line["corridor"], one["id"]] = one
        return list(found.values())

    def headline(self):
        """The headline of a page of every line as it opens, its corridors apart."""
        every = [self.reckoned.headline(c) for c in self.reckoned.main]
        return [one for one in every if one]

    def pieces(self):
        """What a headline of a period may say of each figure."""
        made = set()
        for f in self.entries():
            what = f"{f['what']}, " if f["what"] else ""
            share = f", {f['share']}{f['at']}" if f["share"] else ""
            said = f"{f['title']}: {what}{f['amount']}{share}, {f['basis']}"
            made |= {said, f"{said} ({f['when']})"} if f["known"] else set()
        return made

    def fullness(self):
        """How full each corridor was at its peak, and with whose figures."""
        peaks = [self.reckoned.peak(c) for c in self.reckoned.main]
        held = [f for f in peaks if f is not None and f.could_amount and f.share]
        return [
            (f"{self.reckoned.title(f.first)} {f.share} full{f.place} ({f.period})", f.sources)
            for f in held
        ]

    def rows(self, *, every=False, context=False):
        """The rows of flows that meet the period, or all, as cells of a table, in no order."""
        flows, main = self.reckoned.tables["flows"], self.reckoned.main
        own = [r for r in flows if context or r["corridor"] in main]
        start, end = self.period
        met = [r for r in own if every or not start or self._meets(r, start, end)]
        told = [self.reckoned.row(r["flow"]) for r in met]
        return sorted(
            (t["period"], t["moved"], t["of"] or "unknown", t["full"], t["basis"], *t["told_by"])
            for t in told
        )

    def rows_what_if(self):
        """The rows that a table holds against another capacity: any that one could be held to."""
        corridor, kind, rate = self.held
        found, series = [], self.reckoned.main[corridor]["layout"] == "series"
        for r in self.reckoned.rows:
            a, told = self.reckoned.answer(r), self.reckoned.row(r["flow"])
            asked = (r["corridor"], r.kind) == (corridor, kind) and a.is_month
            if asked and (a.legs or not (series or r["leg"])):
                could = times((rate,) * 3, a.length)
                share = share_words(*quotient(a.amount, could)) or "unknown"
                held = f"{could_words(could, a.length, r)}, what if"
                found.append((told["period"], told["moved"], held, share))
        return sorted(found)

    @staticmethod
    def _meets(row, start, end):
        return (row["period_start"] or start) <= end and start <= (row["period_end"] or end)
