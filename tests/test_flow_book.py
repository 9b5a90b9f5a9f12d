"""A table of flows leaves as a workbook for Flowmap.blue and comes back as the same table."""

import random

import od
import openpyxl
import pytest
from test_odscene import run

from geo import maps
from geo.errors import GeoError
from geo.maps.flowtables import flow_book, flow_table
from geo.maps.flowtables.flow_lines import Lines

SAME = ("origin", "destination", "period_start", "period_end", "timed", "commodity", "quantity",
        "quantity_low", "quantity_high", "unit", "basis", "rank", "note", "source", "mode",
        "via", "kind", "base")  # fmt: skip
TEXTS = ("", "coal", "석탄", "=1+1", "a, \"b\"; 'c'", "x & <y>", "007")
PERIODS = {
    "year": lambda own: own.choice(["2019", "2021"]),
    "month": lambda own: own.choice(["2019-02", "2020-12", ""]),
    "day": lambda own: own.choice(["2019-02-28", "2020-02-29"]),
    "quarter": lambda own: own.choice(["2019-Q1", "2020-Q4", "2020"]),
    "clock": lambda own: own.choice(["2019-05-01 08:00", "2019-05-01 23:59:30"]),
}


def table(folder, kind, seed=1):
    own = random.Random(seed)
    found = od.places(6, seed=seed)
    rows = [
        (a, b, own.choice([0, 7, 12.5, 10**15 + 1, ""]), own.choice(["t", "kt", "trips"]),
         PERIODS[kind](own), quoted(own.choice(TEXTS)), quoted(own.choice(TEXTS)),
         own.choice([1, 2]), own.choice(["", "0"]), own.choice(["", 1e16]))
        for a, b in od.pairs(found, 20, seed=seed)
    ]  # fmt: skip
    header = (
        "origin,destination,quantity,unit,period,commodity,source,rank,quantity_low,quantity_high"
    )
    path = od.write_flows(folder, rows, header=header)
    return flow_table.read(path, places=od.write_places(folder, found))


def quoted(text):
    return '"' + text.replace('"', '""') + '"'


def again(folder, made, title="A title"):
    path = folder / "out.xlsx"
    path.write_bytes(flow_book.workbook(made, title))
    return flow_table.read(path)


def rows(made, names=SAME):
    return (
        made.flows[list(names)]
        .astype(object)
        .where(made.flows[list(names)].notna(), None)
        .values.tolist()
    )


@pytest.mark.parametrize("kind", sorted(PERIODS))
@pytest.mark.parametrize("seed", range(3))
def test_every_figure_comes_back_with_its_period_unit_and_source(tmp_path, kind, seed):
    made = table(tmp_path, kind, seed)
    back = again(tmp_path, made)
    assert rows(back) == rows(made)
    assert back.places["place"].tolist() == made.places["place"].tolist()
    assert Lines(back).names == Lines(made).names
    assert list(back.places.geometry) == list(made.places.geometry)


def test_the_sheets_are_those_of_flowmap_blue(tmp_path):
    path = tmp_path / "out.xlsx"
    path.write_bytes(flow_book.workbook(table(tmp_path, "month"), "A title"))
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["properties", "locations", "flows"]
    assert [c.value for c in book["locations"][1]][:4] == ["id", "name", "lat", "lon"]
    assert {"origin", "dest", "count", "time"} <= {c.value for c in book["flows"][1]}
    assert ("title", "A title") in book["properties"].iter_rows(values_only=True)
    kinds = {c.data_type for sheet in book for row in sheet.iter_rows() for c in row}
    assert "f" not in kinds, "no text is a formula"


def test_the_same_table_gives_the_same_bytes(tmp_path):
    made = table(tmp_path, "year")
    assert flow_book.workbook(made, "A") == flow_book.workbook(made, "A")


def test_the_command_writes_it_and_draws_it_again(tmp_path):
    made = [
        od.write_flows(tmp_path, [("A", "B", 5, "t")]),
        od.write_places(tmp_path, [("A", 1, 2), ("B", 3, 4)]),
    ]
    first = run(made[0], "--places", made[1], "-o", tmp_path / "f.xlsx")
    assert first.returncode == 0, first.stdout
    then = run(tmp_path / "f.xlsx", "-o", tmp_path / "f.geojson")
    assert then.returncode == 0, then.stdout
    assert "1 flow on 1 line" in then.stdout


def test_features_leave_as_data_and_not_as_a_workbook(tmp_path):
    (tmp_path / "a.csv").write_text("name,lon,lat\nA,1,2\n", encoding="utf-8")
    with pytest.raises(GeoError, match="is one of flows, for Flowmap"):
        maps.read(tmp_path / "a.csv").save(tmp_path / "a.xlsx")
    assert not (tmp_path / "a.xlsx").exists()


def test_what_a_sheet_cannot_hold_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(flow_book, "MOST_ROWS", 5)
    with pytest.raises(GeoError, match="a sheet holds 5"):
        flow_book.workbook(table(tmp_path, "year"), "A")
