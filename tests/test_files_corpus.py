"""Every bad file gets a clear answer: its place, its remedy, exit code 1 or 2, no traceback."""

import json
from collections import Counter

import pytest
from files_corpus import FINE, MEANING, NMEA_SOUND, STRUCTURE, collection, invalid, text, valid
from hypothesis import given
from hypothesis import strategies as st

from geo import package
from geo.checking import userfile
from geo.cli import main
from geo.errors import GeoError
from geo.files import strictjson


def checked(path, capsys, *options):
    """Exit code of `geo check`, and what it said as JSON or as a message."""
    with pytest.raises(SystemExit) as ended:
        main(["check", "--json", *options, str(path)])
    said = capsys.readouterr()
    return ended.value.code, json.loads(said.out) if said.out else {}, said.err


def put(folder, file):
    path = folder / file.name
    path.write_bytes(file.content)
    return path


def test_the_corpus_is_as_large_as_promised():
    assert len(invalid()) >= 150
    assert len(valid()) + len(NMEA_SOUND) >= 100
    for files in (invalid(), [*valid(), *NMEA_SOUND]):
        assert len({file.name for file in files}) == len(files)
        assert {"geojson", "csv", "xlsx", "parquet", "nmea"} <= {
            file.name.rsplit(".", 1)[1] for file in files
        }


@pytest.mark.parametrize("bad", invalid(), ids=lambda bad: bad.name)
def test_a_bad_file_is_refused_at_its_place(tmp_path, capsys, bad):
    code, report, message = checked(put(tmp_path, bad), capsys)
    assert code == bad.code
    if code == 2:
        assert bad.name in message
        assert bad.said in message
        return
    faults = report["faults"]
    assert all(fault["file"] == bad.name and fault["remedy"] for fault in faults)
    fitting = [
        fault
        for fault in faults
        if fault["where"].startswith(bad.where)
        and fault["field"].startswith(bad.field)
        and bad.said in f"{fault['problem']} {fault['value']}"
    ]
    assert fitting, faults
    if bad.where:
        assert {fault["where"] for fault in faults} == {fitting[0]["where"]}


@pytest.mark.parametrize("good", [*valid(), *NMEA_SOUND], ids=lambda good: good.name)
def test_a_sound_file_has_no_fault(tmp_path, capsys, good):
    code, report, _ = checked(put(tmp_path, good), capsys)
    assert (code, report["faults"]) == (0, [])
    assert max(report["counts"].values()) >= good.rows
    assert good.rows in report["counts"].values()


def test_all_faults_of_a_file_are_named_at_once(tmp_path):
    """Of ten features nine have a fault of their own kind; nine are named, one is kept."""
    broken = [STRUCTURE[name][0] for name in ("no_geometry", "texts", "open_ring", "number")]
    broken += [MEANING[name][0] for name in ("swapped", "metres", "ais_unknown", "off_globe")]
    broken += [MEANING["jump_east"][0]]
    path = tmp_path / "ten.geojson"
    path.write_bytes(text(collection(*broken, FINE)))
    places = {fault.where.split(" (")[0] for fault in package.examine_file(path).faults}
    assert places == {f"feature {n}" for n in range(1, 10)}


READ = [file for file in [*invalid(), *valid()] if not file.name.endswith(".nmea")]


def test_nothing_is_lost_uncounted(tmp_path):
    """What is read is kept or lost, and what is lost has its text and a reason."""
    counted = Counter()
    for file in READ:
        try:
            found = userfile.read(put(tmp_path, file))
        except GeoError:
            counted["refused"] += 1
            continue
        assert found.read == len(found.frame) + len(found.lost)
        assert len(found.where) == len(found.frame)
        assert all(one.raw and one.faults for one in found.lost)
        counted["kept"] += len(found.frame)
        counted["lost"] += len(found.lost)
    assert counted["lost"] > 60
    assert counted["kept"] > 250


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
NUMBERS = st.floats() | st.integers(-(10**8), 10**8)
POSITIONS = st.lists(NUMBERS, min_size=0, max_size=4)
GEOMETRY = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["Point", "LineString", "Polygon", "MultiPoint", "Nothing"]),
        "coordinates": POSITIONS | st.lists(POSITIONS, max_size=5) | JSON,
    }
)
FEATURE = (
    st.fixed_dictionaries(
        {
            "type": st.just("Feature"),
            "properties": st.none() | st.dictionaries(st.text(), JSON, max_size=4),
            "geometry": st.none() | GEOMETRY | JSON,
        }
    )
    | JSON
)


@given(st.lists(FEATURE, max_size=5))
def test_any_collection_is_told_apart_and_never_breaks_the_reader(tmp_path_factory, features):
    path = tmp_path_factory.mktemp("any") / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    report = package.examine_file(path)
    assert all(fault.file == "a.geojson" and fault.remedy for fault in report.faults)
    try:
        found = userfile.read(path)
    except GeoError:
        assert not report.sound
        return
    assert found.read == len(features)


@given(JSON)
def test_any_json_is_read_or_refused(value):
    text = json.dumps(value)
    read, faults = strictjson.parse(text, "a.json")
    assert bool(faults) == (("NaN" in str(value) or "nan" in repr(value) or "inf" in repr(value)
                             or not _whole(text)) and read is None)  # fmt: skip


def _whole(text):
    """Whether a JSON text holds whole characters only."""
    try:
        json.dumps(json.loads(text), ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


@given(st.binary(max_size=400), st.sampled_from([".geojson", ".csv", ".xlsx", ".parquet", ".gpkg"]))
def test_any_bytes_are_read_or_refused_with_the_file_named(tmp_path_factory, content, ending):
    path = tmp_path_factory.mktemp("any") / f"a{ending}"
    path.write_bytes(content)
    try:
        named = [fault.file for fault in package.examine_file(path).faults]
    except GeoError as error:
        named = [str(error)]
    assert all(path.name in name for name in named)


@given(st.lists(FEATURE, max_size=6))
def test_the_text_of_every_feature_is_found_as_it_stands(features):
    text = json.dumps({"x": [1, {"features": [2]}], "features": features, "z": [[3]]}, indent=1)
    assert [json.dumps(json.loads(raw)) for raw in strictjson.raw_features(text)] == [
        json.dumps(one) for one in features
    ]
