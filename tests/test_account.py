"""The account against an independent reckoning, on tables made at random."""

import os
from fractions import Fraction

import folders
import geopandas as gpd
import pandas as pd
import pytest
import reckoning_words
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reckoning import Reckoning
from shapely.geometry import LineString, Point

from geo import package
from geo.account import Account, doubts, words
from geo.scene import headlines, strokes, table
from geo.scene.facts import Facts
from geo.scene.lines import Lines

EXAMPLES = int(os.environ.get("TUMEN_RECKONINGS", "100"))  # `make reckoning` takes thousands
NUMBERS = {"quantity", "quantity_low", "quantity_high", "rank"}
DATES = {"period_start", "period_end", "valid_from", "valid_to"}
COLUMNS = {
    "flows": (
        "flow corridor leg origin destination direction period_start period_end commodity quantity "
        "quantity_low quantity_high unit basis rank scope part_of formula note source"
    ),
    "capacities": (
        "capacity corridor leg commodity quantity quantity_low quantity_high unit per kind basis "
        "valid_from valid_to rank formula note source"
    ),
    "limits": "limit commodity quantity unit per valid_from valid_to note source",
    "corridors": "corridor name_en mode layout role note source",
    "commodities": "commodity name_en group aggregate note source",
    "legs": (
        "leg corridor mode origin destination status geometry_basis valid_from valid_to note source"
    ),
    "places": "place name_en kind note source",
}


def column(rows, name):
    values = [row.get(name) for row in rows]
    if name in NUMBERS:
        return pd.to_numeric(
            pd.Series([None if v in ("", None) else v for v in values], dtype=object)
        )
    if name in DATES:
        return pd.to_datetime(pd.Series([v or None for v in values], dtype=object))
    return pd.Series(["" if v is None else str(v) for v in values], dtype=object)


def frame(tables, name):
    rows = tables[name]
    return pd.DataFrame({c: column(rows, c) for c in COLUMNS[name].split()})


def made(tables):
    """Tables as a checked folder would give them; places lie in a row in the open sea."""
    places = frame(tables, "places")
    at = {p: Point(-140 + n, -40 + 0.5 * n) for n, p in enumerate(places["place"])}
    legs = frame(tables, "legs").assign(file="legs")
    ends = zip(legs["origin"], legs["destination"], strict=True)
    lines = [LineString([at[a], at[b]]) for a, b in ends]
    frames = {
        n: frame(tables, n) for n in ("corridors", "commodities", "flows", "capacities", "limits")
    }
    names = {r["source"] for rows in tables.values() for r in rows if r.get("source")}
    sources = [{"id": n, "title": f"Report {n[1:]}"} for n in sorted(names)]
    return package.Package(
        folder=None, title="Made", description="", version="1", licence="", extent=None,
        places=gpd.GeoDataFrame(
            places.assign(accuracy_m=float("nan"), aliases=""), geometry=list(at.values()), crs=4326
        ),
        legs=gpd.GeoDataFrame(legs, geometry=lines, crs=4326),
        factors=pd.DataFrame(), events=pd.DataFrame(), vessels=pd.DataFrame(),
        attributes=pd.DataFrame(), sources=sources,
        basemap=None, pages={"legs": "Legs"}, **frames,
    )  # fmt: skip


class Page:
    """What the kit says of tables: the values of a page, without its words on paper."""

    def __init__(self, tables):
        self.package = made(tables)
        main = self.package.corridors.query("role == 'main'")["corridor"]
        legs = self.package.legs[self.package.legs["corridor"].isin(main)]
        self.facts = Facts(self.package, legs)
        self.lines = Lines(self.facts)
        self.numbers = {}
        self.pipes = {p.id: p for p in self.lines.pipes}
        self.totals = {p.corridor: p for p in self.lines.totals}

    def sources(self, numbers):
        names = {n: name for name, n in self.facts.numbered.items()}
        return [names[n] for n in numbers]

    def figure(self, f):
        """A figure in the terms of the reckoning."""
        casing = f.capacity
        return {
            "id": f.id, "start": f.start, "end": f.end, "kind": f.kind, "rank": f.rank,
            "basis": f.basis, "direction": f.direction, "moved": f.moved,
            "could": f.could, "share": f.share.removesuffix(f" at {f.at}"),
            "at": f.at, "label": f.label.removesuffix(f.key) if f.key else f.label,
            "period": f.period, "added": f.added,
            "rate": pytest.approx(f.rate),
            "casing": None if casing is None else pytest.approx(casing),
        }  # fmt: skip


def expected(facts, f):
    held = f["ceiling"]
    return {
        **{k: f[k] for k in ("id", "start", "end", "kind", "rank", "basis", "direction", "moved")},
        **{k: f[k] for k in ("could", "share", "label", "period", "added", "rate")},
        "at": facts.leg(f["at"]) if f["at"] else "",
        "casing": held[1] if held else None,
    }


def same_figures(page, own, theirs, where):
    ours, others = [page.figure(f) for f in own], [expected(page.facts, f) for f in theirs]
    assert ours == others, f"{where}: {ours}\n{others}"
    for mine, other in zip(own, theirs, strict=True):
        assert page.sources(mine.cites) == list(other["sources"])


def compare(tables, asked):
    page, reckoned = Page(tables), Reckoning(tables)
    lines = {line["id"]: line for line in reckoned.lines()}
    assert {p.id: list(p.legs) for p in page.pipes.values()} == {
        key: list(line["legs"]) for key, line in lines.items()
    }
    totals = {t["id"]: t for t in reckoned.totals()}
    for key, total in page.totals.items():
        drawn = [f for f in total.figures if f.rate is not None]
        assert {f.id for f in drawn} == {f.facts()["id"] for f in totals[key]["figures"]}
    scale = {k: pytest.approx(v) for k, v in reckoned.scale().items()}
    assert page.lines.scale == scale, (page.lines.scale, reckoned.scale())
    for key, pipe in page.pipes.items():
        compare_line(page, reckoned, key, pipe, asked)
    compare_keys(page)
    compare_rows(page, reckoned)
    for corridor in reckoned.main:
        told = headlines.Corridor(page.facts, corridor).said()
        name = page.facts.name(corridor)
        said = f"{name}: {'; '.join(one.words for one in told)}" if told else ""
        assert said == reckoned.headline(corridor), f"{said}\n{reckoned.headline(corridor)}"
        cites = dict.fromkeys(n for one in told for n in one.cites)
        assert page.sources(cites) == list(reckoned.headline_sources(corridor))


def compare_keys(page):
    """Key figures say what the headline says: the amount and share of the same answer."""
    said = {c: headlines.Corridor(page.facts, c).said() for c in page.facts.main}
    for row in table.flows(page.facts):
        if row.lead:
            corridor = page.facts.row(row.id).flow.corridor
            told = [one.words for one in said[corridor]]
            assert not told or any(row.key_moved in words for words in told)
            peak = headlines.Corridor(page.facts, corridor).peak()
            if peak is not None and row.id == peak.flow.id:
                assert row.key_share.removesuffix(" of limit").split(" at ")[0] in told[0]


def compare_rows(page, reckoned):
    """Every row of the table: its own amount, what it is held against, its share, its sources."""
    ids = [row["flow"] for row in reckoned.tables["flows"]]
    for row in table.flows(page.facts):
        told = reckoned.row(row.id)
        unknown = told["of"] or "unknown"
        assert (row.moved, row.could, row.share) == (told["moved"], unknown, told["full"])
        assert (row.period, row.basis) == (told["period"], told["basis"])
        cites = dict.fromkeys((row.source, *row.held_sources))
        assert page.sources(cites) == list(told["told_by"]), row
        assert row.id in ids


def compare_line(page, reckoned, key, pipe, asked):
    for start, end in asked:
        state = strokes.state(pipe, start, end)
        theirs = [f.facts() for f in reckoned.shown(key, start, end)]
        same_figures(page, state.cores, theirs, (key, start, end))
        said, told = state.said, reckoned.said(key, start, end)
        assert [f.id for f in said] == ([told["id"]] if told else [])
        compare_strokes(page, pipe, state, reckoned.strokes(key, start, end))


def compare_strokes(page, pipe, state, theirs):
    if not state.cores:
        return
    drawn = strokes._strokes(pipe, state, page.lines.scale)
    for mine, other in zip(drawn, theirs, strict=True):
        assert (mine.core_px or 0) == pytest.approx(other["px"])
        assert [lane.px for lane in mine.lanes] == [pytest.approx(x) for x in other["lanes"]]
        assert (mine.casing_px or 0) == pytest.approx(other["casing_px"])


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(folders.tables(), st.lists(folders.asked(), min_size=2, max_size=2))
def test_every_figure_line_width_and_headline_is_that_of_the_reckoning(tables, asked):
    compare(tables, dict.fromkeys([("", ""), *folders.told(tables), *asked]))


AMOUNTS = st.one_of(st.none(), st.sampled_from([0, 1, 3, 95, 950, 999, 1000, 1005]), st.integers())


@settings(max_examples=3 * EXAMPLES)
@given(st.lists(AMOUNTS.filter(lambda x: x is None or 0 <= x < 10**7), min_size=2, max_size=2))
def test_numbers_and_shares_are_worded_as_the_reckoning_words_them(found):
    low, high = found if None in found else sorted(found)
    for per in (10**4, 10**5, 3 * 10**5):
        exact = [None if x is None else Fraction(x, per) for x in (low, high)]
        ends = [None if x is None else float(x) for x in exact]
        assert words.share(*ends) == reckoning_words.share_words(*exact)
        for x in exact:
            assert x is None or x < 0.001 or words.number(float(x)) == reckoning_words.number(x)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(folders.tables())
def test_what_makes_an_answer_ambiguous_is_what_the_reckoning_finds(tables):
    account = Account.of(made(tables))
    reckoned = {fault for fault in Reckoning(tables).faults() if fault[0] != "twice"}
    assert {(one.kind, one.id) for one in doubts.doubts(account)} == reckoned
