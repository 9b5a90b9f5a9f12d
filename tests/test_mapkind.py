"""What `geo map` draws a file as, and the line that says so."""

import itertools

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo import basemap, cli
from geo.errors import AssetError
from geo.files import headings
from geo.maps import mapcheck, mapkind
from geo.maps.tracks import trackkind, trackmap

ENDS = [headings.names(field)[:4] for field in ("origin", "destination", "quantity")]
SHAPES = {
    "Point": shapely.Point(10, 50),
    "LineString": shapely.LineString([(10, 50), (11, 51)]),
    "Polygon": shapely.box(10, 50, 11, 51),
}


@pytest.fixture(autouse=True)
def _coarse(monkeypatch):
    def none(*_):
        raise AssetError("none")

    monkeypatch.setattr(basemap, "cut", none)


@pytest.fixture
def run(capsys, tmp_path):
    def call(*arguments):
        code = 0
        try:
            cli.main(["map", *map(str, arguments), "-o", str(tmp_path / "page.html")])
        except SystemExit as stopped:
            code = stopped.code or 0
        said = capsys.readouterr()
        return code, said.out.splitlines(), said.err

    return call


def table(path, header, *rows):
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def positions(folder, *, header="MMSI,BaseDateTime,LAT,LON,SOG"):
    rows = [f"123456789,2020-01-0{day}T00:00:00,{50 + day / 10},-10,5" for day in (1, 2, 3)]
    return table(folder / "ships.csv", header, *rows)


def kinds(paths):
    return mapkind.words(paths, *trackmap.sorted_out(paths, trackmap.Asked()))


@pytest.mark.parametrize("names", [*itertools.product(*ENDS)], ids=lambda n: "-".join(n))
def test_a_table_of_flows_is_known_by_its_columns_under_any_of_their_names(tmp_path, names):
    path = table(tmp_path / "any.csv", ",".join(names), "A,B,3")
    assert mapkind.flow_columns(path) == names


@pytest.mark.parametrize("place", ["lon,lat", "Longitude,Latitude", "wkt", "geometry", "geojson"])
def test_a_table_with_places_of_its_own_is_no_table_of_flows(tmp_path, place):
    path = table(tmp_path / "any.csv", f"origin,destination,quantity,{place}", "A,B,3,1,2")
    assert mapkind.flow_columns(path) == ()


@pytest.mark.parametrize("left_out", [0, 1, 2])
def test_a_table_that_lacks_an_end_or_an_amount_is_no_table_of_flows(tmp_path, left_out):
    header = [name for n, name in enumerate(["origin", "destination", "quantity"]) if n != left_out]
    assert mapkind.flow_columns(table(tmp_path / "any.csv", ",".join(header), "A,B")) == ()


def test_flows_in_parquet_are_known_too(tmp_path):
    path = tmp_path / "flows.parquet"
    pd.DataFrame({"from": ["A"], "to": ["B"], "tonnes": [3.0]}).to_parquet(path)
    assert mapkind.flow_columns(path) == ("from", "to", "tonnes")


def test_flows_without_their_places_are_named_as_such(run, tmp_path):
    path = table(tmp_path / "trade.csv", "from,to,tonnes", "A,B,3")
    code, _, err = run(path)
    assert code == 1
    assert "trade.csv: header, from, to, tonnes: flows between places" in err
    assert "--places" in err
    assert "flow.places-not-held" in err


SHAPED = {
    "matrix": (["from/to", "A", "B", "C"], ["A", 0, 3, 4], ["B", 5, 0, 6], ["C", 7, 8, 0]),
    "years": (["origin", "destination", "2021", "2022"], ["A", "B", 3, 4]),
    "months": (["exporter", "importer", "year", "Jan", "Feb"], ["A", "B", 2021, 3, 4]),
    "trade": (
        ["period", "reporterDesc", "flowDesc", "partnerDesc", "netWgt"],
        ["202201", "A", "Import", "B", 4],
    ),
    "links": (["source", "target", "value"], ["A", "B", 3]),
    "plain": (["Отправление", "Назначение", "тонн"], ["A", "B", 3]),
}


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
@pytest.mark.parametrize("shape", SHAPED)
def test_flows_of_any_shape_without_their_places_are_asked_for_these(run, tmp_path, shape, ending):
    path, (header, *rows) = tmp_path / f"any{ending}", SHAPED[shape]
    frame = pd.DataFrame(rows, columns=header)
    frame.to_csv(path, index=False) if ending == ".csv" else frame.to_excel(path, index=False)
    code, _, err = run(path)
    assert code == 1
    assert "flow.places-not-held" in err
    assert [one.code for one in mapcheck.examine(path).faults] == ["flow.places-not-held"]


def test_a_table_of_many_numbers_is_no_matrix_of_places(tmp_path):
    path = table(tmp_path / "any.csv", "name,2020,2021", "A,3,4", "B,5,6")
    assert mapkind.flow_columns(path) == ()
    assert mapkind.flow_columns(tmp_path / "none.csv") == ()


def test_positions_with_the_places_of_flows_are_named_as_such(run, tmp_path):
    places = table(tmp_path / "places.csv", "place,lat,lon", "A,50,10", "B,51,11")
    code, _, err = run(positions(tmp_path), "--places", places)
    assert code == 2
    assert "ships.csv: positions, as " in err
    assert "leave it out" in err


def test_each_file_has_one_line_that_says_what_it_is_and_why(run, tmp_path):
    places = table(tmp_path / "places.csv", "place,lat,lon", "A,50,10", "B,51,11")
    code, out, _ = run(positions(tmp_path), places)
    assert code == 0
    assert out[:2] == [
        "ships.csv: positions, as its columns are those of the dialect marinecadastre",
        "places.csv: features, as no columns hold a vessel with times",
    ]
    flows = table(tmp_path / "flows.csv", "origin,destination,quantity,unit", "A,B,3,t")
    code, out, _ = run(flows, "--places", places)
    assert code == 0
    assert out[0] == "flows.csv: flows, as --places is given"


def test_positions_of_no_dialect_are_known_by_vessel_time_and_place(tmp_path):
    path = positions(tmp_path, header="vessel,time,latitude,longitude,knots")
    assert kinds([path]) == ["ships.csv: positions, as its rows hold vessel, time and place"]


@pytest.mark.parametrize("names", [["Point"], ["LineString"], ["Polygon", "Point"], [*SHAPES]])
def test_features_are_said_to_be_features_by_their_geometry(tmp_path, names):
    path = tmp_path / "any.geojson"
    gpd.GeoDataFrame(geometry=[SHAPES[name] for name in names], crs="EPSG:4326").to_file(path)
    (line,) = kinds([path])
    assert line.startswith("any.geojson: features, as ")
    assert names == ["Point"] or all(name in line for name in names)


def test_lines_of_very_many_vertices_are_said_to_be_drawn_as_tracks(tmp_path):
    path = tmp_path / "long.geojson"
    line = shapely.LineString([(n / 1000, 50 + n % 2 / 100) for n in range(trackkind.MANY)])
    gpd.GeoDataFrame(geometry=[line], crs="EPSG:4326").to_file(path)
    assert kinds([path]) == [
        "long.geojson: lines drawn as tracks, as they have 20,000 vertices or more"
    ]
