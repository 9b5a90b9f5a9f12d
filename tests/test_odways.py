"""Flows along ways over water: which lines take one, and what is said of those that cannot."""

import pytest
from shapely.geometry import LineString

from geo import basemap, odlines, odscene, odtable, odways, userdata, water
from geo.errors import GeoError

PLACES = """place,kind,lat,lon
West,port,38.6,-9.4
East,port,36.0,14.6
North,port,51.95,4.0
Inland,city,47.0,8.0
Other,city,44.4,8.9
"""


@pytest.fixture(autouse=True)
def coarse(monkeypatch):
    """The ground under a page is not looked at here, and is slow to cut."""
    monkeypatch.setattr(userdata, "detail", lambda _view: [])


@pytest.fixture
def read(tmp_path):
    def made(rows, header="from,to,year,tonnes"):
        (tmp_path / "ports.csv").write_text(PLACES)
        (tmp_path / "flows.csv").write_text("\n".join([header, *rows]) + "\n")
        return odlines.Lines(odtable.read(tmp_path / "flows.csv", places=tmp_path / "ports.csv"))

    return made


def basis(lines, by):
    drawn = odscene.scene(lines.table, ways=odways.Courses(lines, by))
    return {pipe.id: pipe.geometry_basis for pipe in drawn.pipes}, drawn


ROWS = ["West,East,2023,10", "West,Other,2023,20", "West,Inland,2023,30"]


@pytest.mark.parametrize(
    ("by", "modelled"),
    [
        ("curve", set()),
        ("auto", {"West → East"}),
        ("sea", {"West → East", "West → Other"}),
    ],
)
def test_lines_that_go_by_sea_follow_a_way_and_the_rest_is_curved(read, by, modelled):
    found, drawn = basis(read(ROWS), by)
    assert {name for name, kind in found.items() if kind == "modelled"} == modelled
    assert all(kind in ("modelled", "schematic") for kind in found.values())
    said = [item.word for item in drawn.legend]
    assert ("modelled course" in said) == bool(modelled)
    assert any(text.startswith("curved") for text in said)
    assert f"{3 - len(modelled)} of 3 schematic" in drawn.deck
    for pipe in drawn.pipes:
        if pipe.geometry_basis == "modelled":
            assert "km" in pipe.length
            assert "crow" not in pipe.length


def test_a_way_is_drawn_as_it_was_proven(read):
    _, drawn = basis(read(["West,North,2023,10", "North,West,2023,4"]), "sea")
    for pipe in drawn.pipes:
        (part,) = pipe.parts
        assert water.land_km(LineString(part), basemap.land()) < 0.01
    # Both ways over one course: the same length.
    assert len({pipe.length for pipe in drawn.pipes}) == 1


def test_the_columns_mode_and_via_of_a_row_come_first(read):
    rows = ["West,East,2023,10,,", "West,East,2023,10,rail,", "East,North,2023,10,sea,good-hope"]
    found, drawn = basis(read(rows, "from,to,year,tonnes,mode,via"), "auto")
    assert found == {
        "West → East": "modelled",
        "West → East by rail": "schematic",
        "East → North by sea via good-hope": "modelled",
    }
    (far,) = [pipe for pipe in drawn.pipes if "good-hope" in pipe.id]
    assert "Cape of Good Hope" in far.length
    assert far.title.endswith("by sea, via good-hope")
    assert sum(f.quantity for pipe in drawn.pipes for f in pipe.figures) == 30


def test_a_passage_that_is_not_known_names_its_row(read):
    rows = ["West,East,2023,10,,", "West,North,2023,10,sea,nowhere"]
    lines = read(rows, "from,to,year,tonnes,mode,via")
    with pytest.raises(GeoError, match=r"flows\.csv, row 3, via: no passage is named 'nowhere'"):
        odways.Courses(lines).found  # noqa: B018


def test_what_has_no_way_is_named(read):
    ways = odways.Courses(read(ROWS), "sea")
    said = " ".join(ways.notes())
    assert "No way over water, so curved: West → Inland (no water within 5 km" in said
    assert set(ways.refused) == {"West → Inland"}
