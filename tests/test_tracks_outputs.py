"""Events as files: valid, whole, the same bytes again, and plain about what they are."""

import io
import json

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hostile import formulas
from shapely.geometry import shape
from tracks_cases import events

from geo import check
from geo.files import live
from geo.tracks import outputs
from geo.tracks.columns import EVENTS

ABOUT = outputs.About(
    definitions={"name": "gfw", "gap_hours": 12.0}, inputs={"a.csv": "00ff"}, synthetic=True
)
KINDS = list(EVENTS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("out")
    outputs.write(events(), path, about=ABOUT)
    return path


def document(folder, kind):
    return json.loads((folder / f"{kind}.geojson").read_text(encoding="utf-8"))


def test_every_kind_has_both_files_and_nothing_else_is_left(folder):
    expected = {f"{kind}.{ending}" for kind in KINDS for ending in ("parquet", "geojson", "csv")}
    assert {p.name for p in folder.iterdir()} == expected


@pytest.mark.parametrize("kind", KINDS)
def test_geoparquet_is_read_by_geopandas_with_its_types(folder, kind):
    frame = gpd.read_parquet(folder / f"{kind}.parquet")
    assert len(frame) == events()[kind].num_rows
    assert frame.crs == "OGC:CRS84"
    assert frame.geometry.is_valid.all()
    schema = pq.read_schema(folder / f"{kind}.parquet")
    assert [(f.name, f.type) for f in schema if f.name != "geometry"] == [
        (f.name, f.type) for f in EVENTS[kind] if f.name != "geometry"
    ]


def test_identifiers_stay_text_times_utc_and_unknown_stays_unknown(folder):
    calls = gpd.read_parquet(folder / "calls.parquet").set_index("place")
    assert calls["vessel"].tolist() == ["790000001"] * 2
    assert str(calls["arrival_utc"].dt.tz) == "UTC"
    assert calls.loc["synthetic_b", ["departure_utc", "draught_departure_m"]].isna().all()
    (last,) = [
        f for f in document(folder, "calls")["features"] if f["properties"]["place"][-1] == "b"
    ]
    assert last["properties"]["departure_utc"] is None
    assert last["properties"]["arrival_utc"] == "2025-01-01T20:00:00Z"


@pytest.mark.parametrize("kind", KINDS)
def test_geojson_is_sound_and_within_the_world(folder, kind):
    found = document(folder, kind)
    assert check.geojson(found, kind) == []
    for feature in found["features"]:
        west, _, east, _ = shape(feature["geometry"]).bounds
        assert -180 <= west <= east <= 180
        assert feature["properties"]["synthetic"] is True


@pytest.mark.parametrize("kind", ["tracks", "voyages", "gaps"])
def test_a_line_over_the_antimeridian_is_whole_in_parquet_and_cut_in_geojson(folder, kind):
    frame = gpd.read_parquet(folder / f"{kind}.parquet")
    assert frame.total_bounds[2] > 180
    assert set(frame.geom_type) == {"LineString"}
    kinds = [f["geometry"]["type"] for f in document(folder, kind)["features"]]
    assert kinds.count("MultiLineString") == 1


def test_every_file_says_how_it_was_made_and_that_a_gap_proves_nothing(folder):
    for kind in KINDS:
        inside = json.loads(pq.read_schema(folder / f"{kind}.parquet").metadata[b"tumen"])
        assert inside == document(folder, kind)["tumen"]
        assert inside["definitions"] == {"name": "gfw", "gap_hours": 12.0}
        assert inside["inputs"] == {"a.csv": "00ff"}
        assert "proves nothing" in inside["gaps"]
        assert inside["synthetic"] is True
        assert "invented" in inside["note"]


def test_files_of_real_positions_do_not_say_synthetic(tmp_path):
    outputs.write(events(), tmp_path, about=outputs.About(definitions={}))
    text = (tmp_path / "tracks.geojson").read_text(encoding="utf-8")
    assert '"synthetic": false' in text
    assert '"synthetic": true' not in text
    assert "invented" not in text


def test_the_order_of_rows_does_not_change_a_byte(folder, tmp_path):
    turned = {
        k: t.take(pa.array(range(t.num_rows - 1, -1, -1), pa.int64())) for k, t in events().items()
    }
    for path in outputs.write(turned, tmp_path, about=ABOUT):
        assert path.read_bytes() == (folder / path.name).read_bytes(), path.name


def test_a_kind_that_is_absent_is_written_empty(tmp_path):
    outputs.write({}, tmp_path, about=ABOUT)
    frame = gpd.read_parquet(tmp_path / "voyages.parquet")
    assert frame.empty
    assert pd.api.types.is_datetime64_any_dtype(frame["arrival_utc"])
    assert document(tmp_path, "voyages")["features"] == []


def test_no_text_of_a_table_of_events_is_taken_for_a_formula():
    names = [*formulas(), "-0.5", "plain", None]
    table = pa.table({"name": names, "speed_kn": [-1.5] * len(names)})
    text = outputs.table_of(table, about=ABOUT).decode("utf-8")
    found = pd.read_csv(io.StringIO(text), keep_default_na=False)
    told = [live.guarded(name or "").replace("\r", "\n") for name in names]
    assert list(found["name"]) == told
    assert not any(cell.startswith(("=", "+", "@")) for cell in found["name"])
    assert set(found["speed_kn"]) == {-1.5}
