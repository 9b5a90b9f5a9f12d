"""Tables in the layouts that people write: what was written comes out, or the doubt is named.

Places and figures are random, the layout is chosen; what must come out is what the test wrote.
"""

import contextlib
import itertools
import random

import openpyxl
import pytest
from shapely.geometry import Point

from geo import userdata
from geo.checking import userfile
from geo.errors import DataError, GeoError
from geo.files import intake
from geo.files.tables import Form, numbers, reader
from geo.maps import mapcheck
from geo.maps.flowtables import flow_lines, flow_table

SYLLABLES = {
    "cp1251": ["ка", "ро", "ми", "ле", "ну", "са", "то", "ви", "де", "жа"],
    "cp949": ["가", "나", "다", "라", "마", "바", "사", "항", "산", "도"],
    "utf-8": ["ka", "ro", "mi", "é", "ü", "ñ", "са", "가", "北"],
}
HEADS = {
    "cp1251": ("название", "долгота", "широта"),
    "cp949": ("이름", "경도", "위도"),
    "utf-8": ("nombre", "Longitud", "Latitud"),
}


def places(seed, count=5, syllables="utf-8"):
    """(name, lon, lat), none of them in doubt: latitudes lie beyond the range of longitudes."""
    own = random.Random(seed)
    word = SYLLABLES[syllables]
    return [
        (
            "".join(own.choice(word) for _ in range(4)) + str(n),
            round(own.uniform(95, 170), 5),
            round(own.uniform(-80, 80), 5),
        )
        for n in range(count)
    ]


def text(header, rows, mark=",", decimal="."):
    def cell(value):
        own = str(value).replace(".", decimal) if isinstance(value, float) else str(value)
        return f'"{own}"' if mark in own else own

    return "\n".join(mark.join(map(cell, row)) for row in [header, *rows]) + "\n"


def points(path, **form):
    frame = userdata.read(path, form=Form(**form)).features
    return [(round(p.x, 5), round(p.y, 5)) for p in frame.geometry]


def said(path, **form):
    return " ".join(userdata.read(path, form=Form(**form)).said)


def expected(rows):
    return [(lon, lat) for _, lon, lat in rows]


# --- text -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("decimal", [".", ","])
@pytest.mark.parametrize("stated", [False, True])
def test_any_delimiter_and_decimal_sign(tmp_path, mark, decimal, stated):
    rows = places(f"{mark}{decimal}")
    path = tmp_path / "a.csv"
    lead = f"sep={mark}\n" if stated else ""
    path.write_text(lead + text(("name", "lon", "lat"), rows, mark, decimal), encoding="utf-8")
    assert points(path) == expected(rows)
    assert ("is read as" in said(path)) == (decimal == ",")


@pytest.mark.parametrize("page", ["cp1251", "cp949"])
@pytest.mark.parametrize("seed", range(5))
def test_a_code_page_is_found_by_its_headings_and_said(tmp_path, page, seed):
    rows = places(seed, syllables=page)
    path = tmp_path / "a.csv"
    path.write_bytes(text(HEADS[page], rows).encode(page))
    layer = userdata.read(path)
    assert list(layer.features[HEADS[page][0]]) == [name for name, _, _ in rows]
    assert page in " ".join(layer.said)
    assert rows[0][0] in " ".join(layer.said)


@pytest.mark.parametrize("page", ["cp1251", "cp949", "cp1252", "gb18030"])
@pytest.mark.parametrize("seed", range(6))
def test_a_code_page_is_never_guessed_wrong_in_silence(tmp_path, page, seed):
    own = random.Random(seed)
    alphabet = {"cp1252": "éèàçüöñ", "gb18030": "北京上海天津港口"}.get(page) or "".join(
        SYLLABLES[page]
    )
    names = ["".join(own.choice(alphabet) for _ in range(own.randint(1, 6))) for _ in range(3)]
    path = tmp_path / "a.csv"
    rows = [(name, 100.0 + n, 10.0) for n, name in enumerate(names)]
    path.write_bytes(text(("name", "lon", "lat"), rows).encode(page))
    with contextlib.suppress(GeoError):  # in doubt it is refused
        assert list(userdata.read(path).features["name"]) == names
    assert list(userdata.read(path, form=Form(encoding=page)).features["name"]) == names


@pytest.mark.parametrize("code", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
@pytest.mark.parametrize("ending", ["csv", "txt", "tsv"])
def test_unicode_of_any_width_is_read(tmp_path, code, ending):
    rows = places(code)
    path = tmp_path / f"a.{ending}"
    path.write_bytes(text(HEADS["utf-8"], rows, "\t").encode(code))
    assert points(path) == expected(rows)


@pytest.mark.parametrize("code", ["utf-8", "utf-16", "utf-16-le", "cp949"])
@pytest.mark.parametrize("count", [3, 9000])
@pytest.mark.parametrize("title", ["", "List of 2019\n"])
def test_columns_are_told_by_the_first_rows_alone(tmp_path, monkeypatch, code, count, title):
    rows = [(name, float(lon), float(lat)) for name, lon, lat in places(7, count, "cp949")]
    path = tmp_path / "t.csv"
    path.write_bytes((title + text(HEADS["cp949"], rows)).encode(code))
    whole = reader.read(path).header
    monkeypatch.setattr(intake, "read", None)  # what reads a file whole
    assert reader.columns(path) == whole == list(HEADS["cp949"])


def test_columns_of_a_workbook_are_those_that_are_read(tmp_path):
    path = book(tmp_path / "t.xlsx", ("Notes", [["a"], ["b"]]),
                ("Data", [["Ports"], ["name", "lon", "lat"], ["a", 1, 2]]))  # fmt: skip
    assert reader.columns(path) == reader.read(path).header == ["name", "lon", "lat"]


def test_an_encoding_that_does_not_fit_is_named(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(text(HEADS["cp949"], places(1, syllables="cp949")).encode("cp949"))
    with pytest.raises(GeoError, match="--encoding nonsense: no such encoding"):
        userdata.read(path, form=Form(encoding="nonsense"))
    with pytest.raises(GeoError, match="is not utf-8"):
        userdata.read(path, form=Form(encoding="utf-8"))


# --- headers --------------------------------------------------------------------------------------


def book(path, *sheets):
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, rows in sheets:
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


@pytest.mark.parametrize("title", [1, 2, 4])
@pytest.mark.parametrize("merged", [False, True])
def test_a_header_below_a_title_is_found_and_said(tmp_path, title, merged):
    rows = places(f"{title}{merged}")
    top = [[f"Report {n}"] for n in range(title)] + [[]]
    head = [["Port", "Position"], [None, "Longitude", "Latitude"]] if merged else [
        ["Port", "Longitude", "Latitude"]
    ]  # fmt: skip
    path = book(tmp_path / "a.xlsx", ("x", [*top, *head, *rows]))
    layer = userdata.read(path)
    assert [(round(p.x, 5), round(p.y, 5)) for p in layer.features.geometry] == expected(rows)
    assert list(layer.features["Port"]) == [name for name, _, _ in rows]
    assert "Report 0" in " ".join(layer.said)
    assert userfile.read(path).where[0] == f"row {title + 2 + len(head)}"


def test_the_row_of_a_header_can_be_named(tmp_path):
    rows = places(3)
    path = tmp_path / "a.csv"
    path.write_text(text(("p", "q", "r"), [("name", "lon", "lat"), *rows]), encoding="utf-8")
    with pytest.raises(GeoError, match="no column named lon"):
        userdata.read(path)
    assert points(path, header_row=2) == expected(rows)
    with pytest.raises(GeoError, match="--header-row 99"):
        userdata.read(path, form=Form(header_row=99))


def test_the_one_sheet_with_places_is_read_and_of_two_one_must_be_named(tmp_path):
    rows = places(4)
    own = [("name", "lon", "lat"), *rows]
    path = book(tmp_path / "a.xlsx", ("notes", [["see the ministry"]]), ("data", own))
    assert points(path) == expected(rows)
    assert "Sheet data is read" in said(path)
    two = book(tmp_path / "b.xlsx", ("one", own), ("two", own))
    with pytest.raises(GeoError, match="--layer"):
        userdata.read(two)
    assert len(userdata.read(two, layer="two").features) == len(rows)


# --- numbers and positions ------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_a_number_is_read_as_it_was_written(seed):
    own = random.Random(seed)
    group, decimal = own.choice([("", "."), ("", ","), (",", "."), (".", ","), (" ", ","),
                                 ("\u202f", ","), ("'", ".")])  # fmt: skip
    values = [round(own.uniform(0, 10 ** own.randint(1, 7)), own.randint(0, 4)) for _ in range(6)]
    plain = [f"{value:,}".replace(",", "g").replace(".", decimal).replace("g", group)
             for value in values]  # fmt: skip
    column = numbers.column(plain)
    if column.decimal and not column.split:
        read = [numbers.read(value, column.decimal) for value in plain]
        right = [float(number) for number in read] == values
        assert right or column.told
    stated = [numbers.read(value, decimal) for value in plain]
    assert [float(number) for number in stated] == values


def test_a_number_that_reads_two_ways_is_refused_with_both(tmp_path):
    places_file = tmp_path / "p.csv"
    places_file.write_text("name,lon,lat\nA,1,2\nB,3,4\n")
    path = tmp_path / "f.csv"
    path.write_text('origin,destination,tonnes\nA,B,"1,234"\n')
    with pytest.raises(GeoError, match=r"either 1234 or 1\.234.*--decimal"):
        flow_table.read(path, places=places_file)
    for word, number in (("point", 1234.0), ("comma", 1.234)):
        table = flow_table.read(path, places=places_file, form=Form(decimal=word))
        assert list(table.flows["quantity"]) == [number]


def dms(value, sides, form):
    side, whole = sides[value < 0], abs(value)
    degrees, minutes = int(whole), (whole - int(whole)) * 60
    seconds = (minutes - int(minutes)) * 60
    return {
        "suffix": f"{whole:.6f}{side}",
        "dms": f"{degrees}°{int(minutes)}'{seconds:.3f}\"{side}",
        "typographic": f"{degrees}° {int(minutes)}′ {seconds:.3f}″ {side}",
        "dm": f"{side}{degrees:03d}:{minutes:.5f}",
        "spaces": f"{degrees} {int(minutes)} {seconds:.3f} {side}",
    }[form]


@pytest.mark.parametrize("form", ["suffix", "dms", "typographic", "dm", "spaces"])
@pytest.mark.parametrize("one_column", [False, True])
def test_degrees_minutes_and_seconds(tmp_path, form, one_column):
    rows = [(name, lon - 250, lat) for name, lon, lat in places(form)]
    path = tmp_path / "a.csv"
    cells = [(name, dms(lon, "EW", form), dms(lat, "NS", form)) for name, lon, lat in rows]
    header = ["name", "lon", "lat"]
    if one_column:
        header, cells = ["name", "position"], [(n, f"{lat}, {lon}") for n, lon, lat in cells]
    path.write_text("\n".join(";".join(row) for row in [header, *cells]), encoding="utf-8")
    for found, (lon, lat) in zip(points(path), expected(rows), strict=True):
        assert found == pytest.approx((lon, lat), abs=2e-5)


@pytest.mark.parametrize("order", ["latlon", "lonlat"])
def test_two_coordinates_in_one_cell_are_told_apart_or_asked_for(tmp_path, order):
    def put(rows):
        cells = [(n, f"({lat}, {lon})" if order == "latlon" else f"({lon}, {lat})")
                 for n, lon, lat in rows]  # fmt: skip
        path = tmp_path / "a.csv"
        path.write_text(text(("name", "coordinates"), cells, "|"), encoding="utf-8")
        return path

    rows = places(order)
    assert points(put(rows)) == expected(rows)
    near = [(name, lon - 95.0, lat / 2) for name, lon, lat in rows]
    with pytest.raises(GeoError, match="or the other way round"):
        userdata.read(put(near))
    found = points(put(near), columns={order: "coordinates"})
    assert found == [pytest.approx(one, abs=1e-5) for one in expected(near)]


@pytest.mark.parametrize("kind", ["wkt", "geojson", "ewkt"])
def test_a_geometry_in_a_column(tmp_path, kind):
    rows = places(kind)
    own = {"wkt": "POINT ({} {})", "ewkt": "SRID=4326;POINT({} {})",
           "geojson": '{{""type"":""Point"",""coordinates"":[{},{}]}}'}[kind]  # fmt: skip
    lines = [f'{n},"{own.format(lon, lat)}"' for n, lon, lat in rows]
    path = tmp_path / "a.csv"
    path.write_text("\n".join([f"name,{kind.removeprefix('e')}", *lines]), encoding="utf-8")
    assert points(path) == expected(rows)


def test_points_of_shapes_become_lines_in_their_order(tmp_path):
    own = random.Random(1)
    lines = {f"L{n}": [place[1:] for place in places(n, 4)] for n in range(3)}
    rows = [
        (name, lat, lon, n) for name, line in lines.items() for n, (lon, lat) in enumerate(line)
    ]
    own.shuffle(rows)
    path = tmp_path / "shapes.txt"
    path.write_text(text(("shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence"), rows))
    layer = userdata.read(path)
    found = dict(zip(layer.features["shape_id"], layer.features.geometry, strict=True))
    assert {name: list(line.coords) for name, line in found.items()} == lines
    assert "12 points are drawn as 3 lines" in " ".join(layer.said)


def test_metres_need_their_grid_and_are_read_with_it(tmp_path):
    import pyproj

    rows = [("A", 129.2, 42.3), ("B", 128.4, 41.9)]
    turn = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:32652", always_xy=True)
    metres = [(n, *(round(v, 3) for v in turn.transform(x, y))) for n, x, y in rows]
    for header in (("name", "Easting", "Northing"), ("name", "x", "y")):
        path = tmp_path / "a.csv"
        path.write_text(text(header, metres))
        with pytest.raises(GeoError, match="--crs EPSG"):
            userdata.read(path)
        assert points(path, crs="EPSG:32652") == expected(rows)
    path.write_text(text(("name", "Easting", "Northing", "Zone"), [(*r, "52N") for r in metres]))
    assert points(path) == expected(rows)
    path.write_text(text(("name", "Easting", "Northing", "Zone"), [(*r, "52S") for r in metres]))
    with pytest.raises(GeoError, match="does not tell north from south"):
        userdata.read(path)


def test_read_is_drawn_and_without_geometry_and_left_out(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("name,lon,lat\nA,1,2\n\nB,,\nC,x,2\n,,\nD,3,4\n")
    with pytest.raises(GeoError, match="row 5, lon"):
        userdata.read(path)
    layer = userdata.read(path, on_error="skip")
    assert (len(userdata.placed(layer.features)), userdata.unplaced([layer])) == (2, {"a": 1})
    assert [one.where for one in layer.lost] == ["row 5"]


@pytest.mark.parametrize("swapped", [False, True])
def test_towns_with_longitude_and_latitude_swapped_are_named(tmp_path, swapped, monkeypatch):
    rows = [(name, lon - 100, lat / 2) for name, lon, lat in places(7, 4)]
    towns = {name.casefold(): [(lon + 0.1, lat)] for name, lon, lat in rows}
    monkeypatch.setattr(
        "geo.geometry.towns.towns_named", lambda names: {n: towns[n] for n in names}
    )
    path = tmp_path / "a.csv"
    head = ("name", "lat", "lon") if swapped else ("name", "lon", "lat")
    path.write_text(text(head, rows), encoding="utf-8")
    if not swapped:
        assert points(path) == [pytest.approx(one, abs=1e-5) for one in expected(rows)]
        return
    with pytest.raises(GeoError, match="every row, lon and lat: longitude and latitude"):
        userdata.read(path)


# --- the same verdict -----------------------------------------------------------------------------

VERDICTS = {
    "sound": "name,lon,lat\nA,1,2\n",
    "semicolons": "name;lon;lat\nA;1,5;2\n",
    "no_place": "name,size\nA,1\n",
    "flows": "from,to,tonnes\nA,B,1\n",
    "pairs": "o_lat,o_lon,d_lat,d_lon,tonnes\n1,2,3,4,5\n",
    "pairs_without_unit": "o_lat,o_lon,d_lat,d_lon,value\n1,2,3,4,5\n",
    "zero": "name,lon,lat\nA,0,0\nB,10,50\n",
    "no_rows": "lon,lat\n",
    "all_bare": "name,lon,lat\nA,,\n",
    "metres": "x,y\n442310,4677770\n500000,4678000\n",
    "blank": "name,lon,lat\nA,1,2\n\nB,3,z\n",
    "two_signs": 'name,lon,lat\nA,1.5,2\nB,"3,5",2\n',
    "latin": "name,lon,lat\né,1,2\n".encode("latin-1"),
    "positions": "mmsi,time,lon,lat\n1,2025-06-01T00:00:00Z,10,50\n1,2025-06-01T01:00:00Z,11,50\n",
    "positions_ragged": "mmsi,time,lon,lat\n1,2025-06-01T00:00:00Z,10,50\n1,2025-06-01T01:00:00Z\n",
}


@pytest.mark.parametrize("name", VERDICTS)
def test_check_and_map_have_one_verdict(tmp_path, name, capsys):
    from geo.cli import main

    path = tmp_path / "a.csv"
    content = VERDICTS[name]
    path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def ended(*arguments):
        with pytest.raises(SystemExit) as left:
            main([*map(str, arguments)])
        return left.value.code

    judged = ended("check", path)
    drawn = ended("map", path, "-o", tmp_path / "a.html")
    assert bool(judged) == bool(drawn), capsys.readouterr()
    assert (tmp_path / "a.html").exists() == (drawn == 0)


# --- flows ----------------------------------------------------------------------------------------


@pytest.fixture
def three(tmp_path):
    """A file of places and their names."""
    rows = places(9, 3)
    path = tmp_path / "places.csv"
    path.write_text(text(("name", "lon", "lat"), rows), encoding="utf-8")
    return path, [name for name, _, _ in rows]


def total(table):
    return sum(table.flows["quantity"].dropna())


@pytest.mark.parametrize("head", ["{}", "tonnes_{}", "{}-03", "tonnes {}"])
def test_years_or_months_as_columns(three, tmp_path, head):
    file, names = three
    own = random.Random(head)
    years = [2018, 2019, 2020, 2021]
    pairs = [(a, b) for a in names for b in names if a != b]
    rows = [(a, b, *(own.choice(["", ":", own.randint(1, 99)]) for _ in years)) for a, b in pairs]
    path = tmp_path / "f.csv"
    path.write_text(text(("origin", "destination", *(head.format(y) for y in years)), rows),
                    encoding="utf-8")  # fmt: skip
    table = flow_table.read(path, places=file, unit="" if "tonnes" in head else "t")
    known = [cell for row in rows for cell in row[2:] if isinstance(cell, int)]
    assert (len(table.flows), total(table)) == (len(rows) * len(years), sum(known))
    by_year = table.flows.groupby(table.flows["period_start"].dt.year)["quantity"].sum()
    assert {y: by_year[y] for y in years} == {
        y: sum(r[2 + n] for r in rows if isinstance(r[2 + n], int)) for n, y in enumerate(years)
    }
    ids = [row["id"] for row in flow_lines.Lines(table).records]
    assert len(set(ids)) == len(ids)


def test_a_matrix(three, tmp_path):
    file, names = three
    own = random.Random(2)
    cells = {(a, b): own.choice(["", own.randint(0, 99)]) for a in names for b in names}
    rows = [(a, *(cells[a, b] for b in names)) for a in names]
    path = tmp_path / "f.csv"
    path.write_text(text(("", *names), rows), encoding="utf-8")
    flows = flow_table.read(path, places=file, unit="t").flows
    found = {(r.origin, r.destination): r.quantity for r in flows.itertuples()}
    assert found.keys() == cells.keys()
    for key, number in found.items():
        assert number != number if cells[key] == "" else number == cells[key]


@pytest.mark.parametrize("heads", [("origin_{}", "dest_{}"), ("source_{}", "target_{}")])
@pytest.mark.parametrize("axes", [("lon", "lat"), ("x", "y"), ("lng", "lat")])
def test_coordinates_of_both_ends_in_a_row(tmp_path, heads, axes):
    rows = places(heads[0] + axes[0], 4)
    pairs = [(a, b, n + 1) for n, (a, b) in enumerate(itertools.pairwise(rows))]
    header = [head.format(axis) for head in heads for axis in axes] + ["tonnes"]
    path = tmp_path / "f.csv"
    path.write_text(text(header, [(*a[1:], *b[1:], n) for a, b, n in pairs]))
    table = flow_table.read(path)
    assert (len(table.places), total(table)) == (4, sum(n for *_, n in pairs))
    where = dict(zip(table.places["place"], table.places.geometry, strict=True))
    for row, (a, b, _) in zip(table.flows.itertuples(), pairs, strict=True):
        ends = [where[row.origin], where[row.destination]]
        assert [(round(p.x, 5), round(p.y, 5)) for p in ends] == [a[1:], b[1:]]


def test_one_name_at_two_positions_is_a_fault(tmp_path):
    path = tmp_path / "f.csv"
    path.write_text(
        "origin,origin_lon,origin_lat,destination,dest_lon,dest_lat,tonnes\n"
        "A,1,2,B,3,4,5\nA,9,2,B,3,4,5\n"
    )
    with pytest.raises(GeoError, match=r"row 3.*A has another position"):
        flow_table.read(path)


def test_a_workbook_of_flowmap_blue(tmp_path):
    rows = places(5, 3)
    flows = [(n, (n + 1) % 3, 10 + n) for n in range(3)]
    path = book(
        tmp_path / "a.xlsx",
        ("properties", [("property", "value"), ("title", "Made up"), ("source.name", "a test")]),
        ("locations", [("id", "name", "lat", "lon"),
                       *((n, name, lat, lon) for n, (name, lon, lat) in enumerate(rows))]),
        ("flows", [("origin", "dest", "count"), *flows]),
    )  # fmt: skip
    table = flow_table.read(path)
    assert (len(table.flows), total(table)) == (3, 33)
    assert {one.split(": ")[-1] for one in table.said} >= {"Made up.", "a test."}


def test_areas_are_places_by_a_point_inside(tmp_path):
    import geopandas as gpd

    shapes = [Point(n, 50).buffer(0.3) for n in range(2)]
    areas = gpd.GeoDataFrame({"code": ["A", "B"]}, geometry=shapes, crs="EPSG:4326")
    areas.to_file(tmp_path / "zones.geojson")
    path = tmp_path / "f.csv"
    path.write_text("origin,destination,tonnes\nA,A,7\nA,B,5\n")
    table = flow_table.read(path, places=tmp_path / "zones.geojson")
    inside = dict(zip(table.places["place"], table.places.geometry, strict=True))
    assert all(shape.contains(inside[name]) for name, shape in zip("AB", shapes, strict=True))
    assert flow_lines.Lines(table).account["within one place"] == 1
    assert "a point inside" in " ".join(table.said)


@pytest.mark.parametrize("words", [("M", "X"), ("Import", "Export"), ("1", "2")])
def test_a_report_of_trade_runs_the_way_its_direction_says(three, tmp_path, words):
    file, (a, b, c) = three
    header = ("reporterDesc", "flowDesc", "partnerDesc", "period", "cmdDesc", "netWgt")
    rows = [
        (a, words[0], "World", 2022, "coal", 60), (a, words[0], b, 2022, "coal", 40),
        (a, words[0], c, 2022, "coal", 20), (a, words[1], c, 2022, "coal", 5),
        (b, words[1], a, 2022, "coal", 38),
    ]  # fmt: skip
    path = tmp_path / "f.csv"
    path.write_text(text(header, rows), encoding="utf-8")
    table = flow_table.read(path, places=file)
    found = {(r.origin, r.destination, r.rank): r.quantity for r in table.flows.itertuples()}
    assert found == {(b, a, 1): 40, (c, a, 1): 20, (a, c, 1): 5, (b, a, 2): 38}
    account = flow_lines.Lines(table).account
    assert (account["kept apart"], account["beside"], sum(account.values())) == (1, 1, 5)


def test_a_check_of_flows_with_their_places_reads_as_map_does(three, tmp_path):
    file, names = three
    path = tmp_path / "f.csv"
    path.write_text(text(("from", "to", "tonnes"), [(names[0], names[1], 3)]), encoding="utf-8")
    assert not mapcheck.examine(path).sound
    assert mapcheck.examine(path, places=file).sound
    path.write_text(text(("from", "to", "tonnes"), [(names[0], "nowhere", 3)]), encoding="utf-8")
    assert [f.value for f in mapcheck.examine(path, places=file).faults] == ["nowhere"]


def test_a_workbook_is_read_from_memory_like_its_csv(tmp_path):
    rows = places(12)
    plain = tmp_path / "a.csv"
    plain.write_text(text(("name", "lon", "lat"), rows), encoding="utf-8")
    assert points(book(tmp_path / "b.xlsx", ("x", [("name", "lon", "lat"), *rows]))) == points(
        plain
    )


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("heading", ["노선", "anything", "колонка"])
def test_a_column_of_wkt_is_found_under_any_heading(tmp_path, heading):
    path = tmp_path / "any.csv"
    rows = [
        "1,LINESTRING EMPTY",
        '2,"SRID=4326;LINESTRING (130 42, 131 43)"',
        '3,"point z (1 2 3)"',
        "4,",
    ]
    path.write_text("\n".join([f"id,{heading}", *rows]) + "\n", encoding="utf-8")
    (layer,) = userdata.read_all(path)
    kinds = [None if one is None else one.geom_type for one in layer.features.geometry]
    assert kinds[1:] == ["LineString", "Point", None]


def test_a_column_of_words_is_no_wkt(tmp_path):
    path = tmp_path / "any.csv"
    path.write_text("id,word\n1,Point Arena\n2,POINT (1 2)\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        userdata.read_all(path)
    assert [one.code for one in caught.value.faults] == ["table.no-position"]
