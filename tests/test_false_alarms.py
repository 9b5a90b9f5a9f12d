"""What is sound is called sound: zero crossings, long lines, poles; and RFC 7946 to the letter."""

import json

import numpy as np
import pytest
from cases import Parsed
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPoint, Point, Polygon, box, mapping

from geo import basemap, package, page, userdata
from geo.checking import plausibility, rfc7946, userfile
from geo.errors import GeoError

DEGREES = st.floats(-80, 80, allow_nan=False)


def written(folder, *geometries, **more):
    path = folder / "a.geojson"
    features = [
        {"type": "Feature", "properties": {}, "geometry": g if isinstance(g, dict) else mapping(g)}
        for g in geometries
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **more}))
    return path


def said(folder, *geometries, **more):
    return package.examine_file(written(folder, *geometries, **more))


# --- 0, 0 ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "shape",
    [
        box(0, 0, 1, 1),
        box(-60, -60, 0, 0),
        LineString([(-10, -5), (0, 0), (12, 7)]),
        LineString([(0, 0), (12, 7)]),
        Polygon([(0, 0), (40, 3), (40, -3)]),
        LineString([(0, 0), (2, 0), (2.1, 0)]),
    ],
    ids=str,
)
def test_a_line_or_area_may_have_a_vertex_at_0_0(shape, tmp_path):
    assert said(tmp_path, shape).sound


@given(st.integers(1, 90), st.integers(-3, 3), st.integers(-3, 3))
def test_the_cells_of_a_grid_are_sound_at_0_0_as_elsewhere(size, column, row):
    cell = box(column * size, row * size, (column + 1) * size, (row + 1) * size)
    assert plausibility.doubtful(cell) is None


@given(st.lists(st.tuples(DEGREES, DEGREES), min_size=2, max_size=6), st.data())
def test_a_position_at_0_0_among_positions_far_away_is_named(near, data):
    """Vertices within a degree of one another, twenty degrees or more away, and one at 0, 0."""
    east, north = near[0]
    if np.hypot(east, north) < 20:
        return
    cluster = [(east + x / 200, north + y / 200) for x, y in near]
    at = data.draw(st.integers(0, len(cluster)))
    cluster.insert(at, (0.0, 0.0))
    assert plausibility.doubtful(LineString(cluster))[0] == "0, 0"


@pytest.mark.parametrize("shape", [Point(0, 0), MultiPoint([(1, 2), (0, 0)])], ids=str)
def test_a_point_at_0_0_is_named(shape, tmp_path):
    assert not said(tmp_path, shape).sound


# --- half the globe -----------------------------------------------------------------------------


def test_a_line_over_more_than_half_the_globe_is_sound_with_a_note(tmp_path):
    report = said(tmp_path, LineString([(-110, 20), (110, 20)]))
    assert report.sound
    assert [note.value for note in report.notes] == ["-110 to 110"]
    assert "220°" in report.notes[0].problem


@given(st.floats(136, 180), st.floats(136, 180), DEGREES, DEGREES)
def test_a_line_that_leaps_over_the_antimeridian_is_named(east, west, one, other):
    assert "jumps" in plausibility.doubtful(LineString([(east, one), (-west, other)]))[1]


def pole(lat, steps, level):
    """A ring round a pole, closed over it or left open at 180."""
    lon = np.linspace(-180, 180, steps)
    ring = [(x, lat + 3 * np.sin(x / 7)) for x in lon]
    return Polygon([*ring, (180, -90), (-180, -90)] if level else ring[:-1])


@pytest.mark.parametrize("level", [True, False])
@pytest.mark.parametrize("steps", [9, 40, 721])
def test_a_ring_round_a_pole_is_sound(level, steps, tmp_path):
    assert said(tmp_path, pole(-75, steps, level)).sound


def test_an_edge_between_180_and_minus_180_is_a_seam(tmp_path):
    ring = [(-180, -90), (-180, -84.7), (-60, -63), (60, -67), (180, -84.3), (180, -90)]
    assert said(tmp_path, Polygon(ring)).sound
    assert said(tmp_path, Polygon(ring[1:5])).sound


def test_the_land_of_the_world_map_is_sound(tmp_path):
    assert said(tmp_path, *getattr(basemap.land([]), "geoms", [basemap.land([])])).sound


# --- RFC 7946 -----------------------------------------------------------------------------------

POSITION = st.lists(st.integers(-80, 80).filter(bool), min_size=2, max_size=3)


def closed(ring):
    return [*ring, ring[0]]


GEOMETRY = st.one_of(
    st.builds(lambda c: {"type": "Point", "coordinates": c}, POSITION),
    st.builds(
        lambda kind, c: {"type": kind, "coordinates": c},
        st.sampled_from(["LineString", "MultiPoint"]),
        st.lists(POSITION, min_size=2, max_size=5),
    ),
    st.builds(
        lambda c: {"type": "Polygon", "coordinates": [closed(c)]},
        st.lists(POSITION, min_size=3, max_size=5),
    ),
    st.builds(
        lambda c: {"type": "MultiLineString", "coordinates": c},
        st.lists(st.lists(POSITION, min_size=2, max_size=3), min_size=1, max_size=3),
    ),
)
COLLECTED = st.recursive(
    GEOMETRY,
    lambda inner: st.builds(
        lambda parts: {"type": "GeometryCollection", "geometries": parts},
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=4,
)


def flat(node):
    if isinstance(node, list) and node and not isinstance(node[0], list):
        return node[:2]
    return [flat(part) for part in node]


def positions(geometry):
    if "geometries" in geometry:
        return [p for part in geometry["geometries"] for p in positions(part)]
    found, stack = [], [geometry["coordinates"]]
    while stack:
        node = stack.pop()
        if isinstance(node[0], list):
            stack += reversed(node)
        else:
            found.append(tuple(node[:2]))
    return found


@given(COLLECTED)
def test_positions_with_and_without_a_height_may_be_mixed(tmp_path_factory, geometry):
    path = written(tmp_path_factory.mktemp("mixed"), geometry)
    assert package.check.feature(json.loads(path.read_text())["features"][0], 0, "a") == []
    drawn = userfile.read(path).frame.geometry.iloc[0]
    found = [tuple(map(int, xy)) for part in plausibility._parts(drawn) for xy in _xy(part)]
    assert found == positions(geometry)


def _xy(part):
    ring = getattr(part, "exterior", part)
    return [c[:2] for c in ring.coords]


def test_a_line_with_mixed_heights_is_drawn(tmp_path):
    path = written(tmp_path, {"type": "LineString", "coordinates": [[10, 20, 5], [11, 21]]})
    blocks = Parsed(page.render(userdata.draw_layers([userdata.read(path)]))).blocks
    assert any('"LineString"' in text for text in blocks.values())


@pytest.mark.parametrize("odd", ["3", None, True, [3], {}])
def test_a_height_that_is_no_number_stays_a_fault(odd, tmp_path):
    report = said(tmp_path, {"type": "LineString", "coordinates": [[10, 20, odd], [11, 21]]})
    assert report.faults
    assert all(f.field.startswith("geometry.coordinates") for f in report.faults)


BOXES = [[1, 2, 3, "4"], [True, 2, 3, 4], [1, 2, 3, 4, 5, "6"], [None, 2, 3, 4], [1, 2, 3]]


@pytest.mark.parametrize("bounds", BOXES, ids=str)
def test_a_bounding_box_holds_numbers_and_nothing_else(bounds, tmp_path):
    fine = mapping(Point(1, 2))
    assert not said(tmp_path, fine, bbox=bounds).sound
    assert not said(tmp_path, {**fine, "bbox": bounds}).sound
    inside = {"type": "GeometryCollection", "geometries": [{**fine, "bbox": bounds}]}
    assert not said(tmp_path, inside).sound


def test_members_that_mean_something_else_elsewhere_are_noted(tmp_path):
    report = said(
        tmp_path,
        {**mapping(Point(1, 2)), "properties": {}, "features": []},
        geometry=None,
        coordinates=[],
    )
    assert report.sound
    assert [(note.where, note.field) for note in report.notes] == [
        ("", "coordinates"),
        ("", "geometry"),
        ("feature 1", "geometry.properties"),
        ("feature 1", "geometry.features"),
    ]
    assert all("7.1" in note.problem for note in report.notes)


def test_a_name_in_properties_is_free(tmp_path):
    path = tmp_path / "a.geojson"
    names = {key: [1] for key in ("coordinates", "geometries", "features", "geometry", "bbox")}
    one = {"type": "Feature", "properties": names, "geometry": mapping(Point(1, 2))}
    path.write_text(json.dumps(one))
    assert list(rfc7946.members({"features": [one]}, "a")) == []
    assert package.examine_file(path).sound


# --- half characters ----------------------------------------------------------------------------

PLACES = {
    "value": '{"type":"Feature","properties":{"a":%s},"geometry":null}',
    "list": '{"type":"Feature","properties":{"a":[[%s]]},"geometry":null}',
    "key": '{"type":"Feature","properties":{%s:1},"geometry":null}',
    "inner_key": '{"type":"Feature","properties":{"a":{%s:1}},"geometry":null}',
    "id": '{"type":"Feature","id":%s,"properties":{},"geometry":null}',
    "type": '{"type":%s,"properties":{},"geometry":null}',
    "member": '{"type":"Feature",%s:2,"properties":{},"geometry":null}',
}
HALVES = st.integers(0xD800, 0xDFFF).flatmap(
    lambda code: st.sampled_from([f"\\u{code:04x}", f"\\u{code:04X}", f"a\\u{code:04X}b"])
)


@pytest.mark.parametrize("place", PLACES)
@given(half=HALVES)
def test_half_of_a_character_is_a_fault_wherever_it_stands(tmp_path_factory, place, half):
    path = tmp_path_factory.mktemp("half") / "a.geojson"
    path.write_text(PLACES[place] % f'"{half}"')
    report = package.examine_file(path)
    assert any(fault.code.startswith("json.half-character") for fault in report.faults)
    str(report.faults[0]).encode("utf-8")
    with pytest.raises(GeoError):
        userdata.read(path)


@given(st.characters(min_codepoint=0x10000))
def test_a_whole_character_in_two_halves_is_sound(tmp_path_factory, sign):
    path = tmp_path_factory.mktemp("whole") / "a.geojson"
    path.write_text(PLACES["value"] % json.dumps(sign))
    assert package.examine_file(path).sound
