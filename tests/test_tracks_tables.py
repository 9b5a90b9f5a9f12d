"""Tables of events on the page of a run, tracks over it, and how a reader finds one vessel."""

import dataclasses
import re

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from conftest import DESKTOP, PHONE
from playwright.sync_api import expect
from tracks_cases import START, events

from geo.maps.tracks import trackfiles, trackpage, trackscene
from geo.tracks import definitions, facts, synthetic
from geo.tracks.outputs import About

IMO = "9074729"  # of two numbers of the fleet: one ship, renamed
RENAMED = ("790000000", "790000001")


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What `geo tracks` finds of a fleet with every kind of event."""
    folder = tmp_path_factory.mktemp("tables")
    known = synthetic.invented_places(12)
    path = folder / "synthetic.parquet"
    synthetic.fleet(known, vessels=12, start=START, days=30, seed=5).write(path)
    rows = pq.read_table(path)
    own = pc.if_else(pc.is_in(rows["vessel"], pa.array(RENAMED)), IMO, pa.scalar(None, pa.string()))
    numbered = rows.set_column(rows.schema.get_field_index("imo"), "imo", own)
    pq.write_table(numbered.replace_schema_metadata(rows.schema.metadata), path)
    return trackfiles.find([path], known, folder / "work")


@pytest.fixture(scope="module")
def path(found, tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    found.write(folder)
    return folder / "page.html"


def test_every_row_of_a_table_is_on_the_map_and_sorts_by_what_it_says(found):
    scene = found.scene()
    drawn = {pipe.id for pipe in scene.pipes} | {place.id for place in scene.places}
    assert {one.title for one in scene.tables} == {
        f"{word} (synthetic)"
        for word in ("Port calls", "Voyages", "AIS gaps", "Encounters", "Loitering")
    }
    for one in scene.tables:
        assert len(one.listed) == len(one.rows) > 0
        for row, own in zip(one.rows, one.listed, strict=True):
            assert (own.pipe or own.place) in drawn
            assert len(own.values) == len(row) == len(one.head)
            assert own.keys[0] in row[0]


def test_an_open_gap_names_the_other_number_of_the_same_imo_number():
    made = events()
    silent = {"vessel": "790000001", "track": "790000001-1", "start_utc": START, "open": True,
              "duration_hours": 60.0, "lon": 130.0, "lat": 42.0}  # fmt: skip
    made["gaps"] = pa.Table.from_pylist([silent], schema=made["gaps"].schema)
    told = [{"vessel": vessel, "imo": IMO} for vessel in ("790000001", "790000002")]
    known = pa.Table.from_pylist(told, schema=facts.FACTS)
    about = About(definitions=definitions.load("gfw").as_json())
    scene = trackscene.scene(made, about=about, facts=known)
    (table,) = (one for one in scene.tables if one.title == "AIS gaps")
    assert "the same IMO number, 790000002" in table.rows[0][2]
    assert table.listed[0].keys == (IMO, "790000001")
    assert {place.kind for place in scene.places} >= {"silence", "encounter"}


def test_tracks_are_drawn_from_the_positions_that_are_left_after_cleaning(found, monkeypatch):
    drawn = found.drawn
    tracks = found.events["tracks"].to_pylist()
    assert len(drawn) == sum(row["positions"] for row in tracks)
    assert sorted(drawn.table["positions"]) == sorted(row["positions"] for row in tracks)
    assert set(drawn.table["imo"].dropna()) == {IMO}
    for apart, lines in ((True, 0), (False, len(tracks))):
        pipes = found.scene(apart=apart).pipes
        assert len([pipe for pipe in pipes if pipe.corridor == "tracks"]) == lines
    monkeypatch.setattr(trackpage, "MOST", 10)
    assert dataclasses.replace(found).drawn is None


def test_tracks_that_are_many_are_thinned_and_say_so(found, monkeypatch):
    monkeypatch.setattr(trackpage, "WHOLE", 1000)
    parts = [part for own in found.store.parts(found.found.inputs).values() for part in own]
    positions, rules = found.store.positions(parts), found.settings.definitions
    made = trackpage.tracks(positions, found.facts, rules, inputs={})
    assert made.tolerance_m == trackpage.TOLERANCE_M
    assert "simplified to 50 m in place and time" in made.simplified()
    assert trackpage.tracks(positions.slice(0, 0), found.facts, rules, inputs={}) is None


def listed(page, title):
    """The section of a table."""
    return page.locator("section.listed").filter(has=page.locator("h2", has_text=title))


def shown(opened, title):
    """The first cells of the rows of a table that are shown."""
    return listed(opened.page, title).locator("tbody tr:visible th").all_inner_texts()


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_the_port_calls_of_one_imo_number_are_two_clicks_away(found, path, open_page, size):
    opened = open_page(path, size)
    named = opened.page.locator(".listings-key", has_text=f"IMO {IMO}")
    named.first.click()
    opened.page.locator(".listings-go", has_text="Port calls").click()
    calls = found.events["calls"].to_pylist()
    own = [row for row in calls if row["vessel"] in RENAMED]
    cells = shown(opened, "Port calls")
    assert len(cells) == len(own) < len(calls)
    assert all(IMO in cell for cell in cells)
    assert len({cell.split()[0] for cell in cells}) == len({row["vessel"] for row in own})
    expect(listed(opened.page, "Port calls")).to_be_in_viewport()
    opened.page.locator(".listings-all").click()
    assert len(shown(opened, "Port calls")) == len(calls)
    width = opened.page.evaluate("document.documentElement.scrollWidth")
    assert width <= size[0]
    assert opened.requests[1:] == []
    assert opened.complaints == []


@pytest.mark.browser
def test_tables_sort_by_value_are_searched_and_find_the_map(found, path, open_page):
    opened = open_page(path)
    page = opened.page
    voyages = listed(page, "Voyages")
    head = voyages.locator("thead th", has_text=re.compile("^km"))
    for order in (sorted, lambda km: sorted(km, reverse=True)):
        head.locator("button").click()
        cells = voyages.locator("tbody td:nth-of-type(6)").all_inner_texts()
        km = [float(cell.replace(",", "")) for cell in cells]
        assert km == order(km)
    place = found.events["calls"]["place"][0].as_py()
    page.locator(".listings input").fill(place)
    rows = page.locator("section.listed tbody tr:visible").all_inner_texts()
    assert rows
    assert all(place in row for row in rows)
    page.locator(".listings input").fill("")
    for title in ("Voyages", "AIS gaps", "Encounters", "Loitering", "Port calls"):
        listed(page, title).locator(".find").first.click()
        expect(page.locator(".leaflet-popup-content")).to_have_count(1)
        page.keyboard.press("Escape")


@pytest.mark.browser
def test_the_page_has_a_clock_colours_by_vessel_and_says_what_a_gap_proves(path, open_page):
    page = open_page(path).page
    expect(page.locator(".tracks-clock input[type=range]")).to_have_count(1)
    legend = page.locator(".tracks-legend").inner_text()
    assert "direction of travel" in legend
    assert page.locator(".tracks-legend select").input_value() == "vessel"
    deck = page.locator(".deck").inner_text()
    assert "It proves nothing" in deck
    assert re.search(r"Also seen: \d+ port calls and \d+ times? loitering", deck)
