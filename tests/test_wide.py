"""Flows in the short form: what they say is what the full tables say."""

import dataclasses
import json
import os
from types import SimpleNamespace

import folders
import pytest
from cases import Folder
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString

from geo import package, scaffold, scene, water
from geo.errors import GeoError

EXAMPLES = int(os.environ.get("TUMEN_FORMS", "6"))
PHASES = (Phase.generate,)  # a smaller example is not worth the minutes
SHORT = "corridor,origin,destination,period,quantity,unit,source"
EMPTY = '{"type": "FeatureCollection", "features": []}'


@pytest.fixture(autouse=True, scope="module")
def straight():
    """Ways over water are proven elsewhere: here each is the straight line, found at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(water, "route", lambda a, b, **_: SimpleNamespace(line=LineString([a, b])))
        yield


def told(folder):
    """Everything the pages of a folder say and draw, as plain values."""
    found = scene.pages(package.load(folder))
    plain = {name: dataclasses.asdict(one) for name, one in found.items()}
    for one in plain.values():
        one.pop("inputs")  # the files and their hashes
    return plain


def differing(one, other, path=""):
    """Where two values differ: a short list in place of two books."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        return [x for k in one for x in differing(one[k], other[k], f"{path}.{k}")]
    if (
        isinstance(one, (list, tuple))
        and isinstance(other, (list, tuple))
        and len(one) == len(other)
    ):
        pairs = enumerate(zip(one, other, strict=True))
        return [x for n, (a, b) in pairs for x in differing(a, b, f"{path}[{n}]")]
    same = one == other or (one != one and other != other)
    return [] if same else [(path, one, other)]


def shortened(folder, made):
    """Write the flows of a folder in the short form: names for ids, one period for two days."""
    names = {r["corridor"]: r["name_en"] for r in made["corridors"]}
    names |= {r["place"]: r["name_en"].upper() for r in made["places"]}
    names |= {r["commodity"]: f" {r['name_en']}" for r in made["commodities"]}
    rows = []
    for row in map(folders.formulated, made["flows"]):
        first, last = row["period_start"], row["period_end"]
        short = {k: v for k, v in row.items() if not k.startswith("period_")}
        short |= {
            k: names.get(row.get(k), row.get(k)) for k in ("corridor", "origin", "destination")
        }
        short["commodity"] = names.get(row.get("commodity"), "")
        short["source"] = f"source {row['source'][1:]}"
        rows.append(short | {"period": f"{first}/{last}" if first else ""})
    columns = list(dict.fromkeys(k for row in rows for k in row))
    folders.write_csv(folder / "flows.csv", columns, rows)


@settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), phases=PHASES
)
@given(folders.tables())
def test_both_forms_of_one_folder_say_the_same(tmp_path_factory, made):
    made = folders.sound(made)
    parent = tmp_path_factory.mktemp("forms")
    full, short = folders.write(made, parent / "full"), folders.write(made, parent / "short")
    if any(row["period_end"] and not row["period_start"] for row in made["flows"]):
        return
    shortened(short, made)
    reports = [package.examine(one) for one in (full, short)]
    assume(reports[0].faults == ())
    assert reports[1].faults == ()
    full_notes, short_notes = ([n.code for n in r.notes] for r in reports)
    assert full_notes == short_notes
    assert differing(told(full), told(short)) == []


@st.composite
def plain_rows(draw):
    """Rows of the short form over one or two new corridors; no question is asked twice."""
    rows, asked = [], set()
    for _ in range(draw(st.integers(1, 7))):
        name = draw(st.sampled_from(["North line", "Straße Süd", "북쪽"]))
        start = draw(st.sampled_from(folders.PLACES[:3]))
        end = draw(st.sampled_from([p for p in folders.PLACES[:4] if p != start]))
        period = draw(
            st.sampled_from(["2019", "2020", "2020-Q2", "2020-03", "2021-01-01/2021-06-30"])
        )
        if (name, start, end, period) in asked:
            continue
        asked.add((name, start, end, period))
        rows.append({
            "corridor": name, "origin": start, "destination": end, "period": period,
            "quantity": draw(st.sampled_from(["0.5", "1", "2.25"])), "unit": "Mt",
            "commodity": draw(st.sampled_from(["", "Iron ore"])),
            "source": draw(st.sampled_from(["Yearbook", "https://stats.example/ore"])),
        })  # fmt: skip
    return rows


IDS = {"North line": "north_line", "Straße Süd": "strae_sud", "북쪽": "corridor", "": "",
       "Iron ore": "iron_ore", "Yearbook": "yearbook",
       "https://stats.example/ore": "stats_example_ore"}  # fmt: skip
DAYS = {"2019": ("2019-01-01", "2019-12-31"), "2020": ("2020-01-01", "2020-12-31"),
        "2020-Q2": ("2020-04-01", "2020-06-30"), "2020-03": ("2020-03-01", "2020-03-31"),
        "2021-01-01/2021-06-30": ("2021-01-01", "2021-06-30")}  # fmt: skip


def by_hand(rows):
    """The full tables that a keeper would write for rows of the short form."""
    corridors, legs, goods, flows = {}, {}, {}, []
    for number, row in enumerate(rows, 2):
        own, source = IDS[row["corridor"]], IDS[row["source"]]
        ends = (row["origin"], row["destination"])
        corridors.setdefault(own, {"corridor": own, "name_en": row["corridor"], "mode": "sea",
                                   "role": "main", "source": source})  # fmt: skip
        if (own, *ends[::-1]) not in legs:
            legs.setdefault((own, *ends), {
                "leg": "_".join((own, *ends)), "corridor": own, "mode": "sea", "origin": ends[0],
                "destination": ends[1], "status": "operating", "geometry_basis": "modelled",
                "source": corridors[own]["source"]})  # fmt: skip
        cargo = IDS[row["commodity"]]
        if cargo:
            goods.setdefault(cargo, {"commodity": cargo, "name_en": row["commodity"],
                                     "group": cargo, "source": source})  # fmt: skip
        first, last = DAYS[row["period"]]
        flows.append({"flow": f"{own}_{number}", "corridor": own, "origin": ends[0],
                      "destination": ends[1], "period_start": first, "period_end": last,
                      "commodity": cargo, "quantity": row["quantity"], "unit": "Mt",
                      "basis": "reported", "rank": "1", "source": source})  # fmt: skip
    for own, row in corridors.items():
        many = sum(key[0] == own for key in legs)
        row["layout"] = "parallel" if many > 1 else "series"
    order = list(corridors)
    return {
        "corridors": list(corridors.values()), "commodities": list(goods.values()),
        "legs": sorted(legs.values(), key=lambda leg: order.index(leg["corridor"])), "flows": flows,
        "places": [{"place": p, "name_en": f"Port {p[1:]}", "kind": "port", "source": "s1"}
                   for p in folders.PLACES],
    }  # fmt: skip


@settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), phases=PHASES
)
@given(plain_rows())
def test_what_rows_name_is_made_as_a_keeper_would(tmp_path_factory, rows):
    parent = tmp_path_factory.mktemp("made")
    whole = by_hand(rows)
    full = folders.write(whole, parent / "full")
    features = json.loads((full / "legs.geojson").read_text())
    for leg in features["features"]:
        leg["geometry"] = None
    folders.write_json(full / "legs.geojson", features)
    told_of = json.loads((full / "sources.json").read_text())
    for text in dict.fromkeys(row["source"] for row in rows):
        web = text.startswith("http")
        told_of.append({"id": IDS[text], "type": "webpage" if web else "document", "title": text}
                       | ({"URL": text} if web else {}))  # fmt: skip
    folders.write_json(full / "sources.json", told_of)
    short = folders.write({"places": whole["places"], "legs": []}, parent / "short")
    folders.write_csv(short / "flows.csv", [*SHORT.split(","), "commodity"], rows)
    assert package.examine(full).faults == package.examine(short).faults == ()
    assert differing(told(full), told(short)) == []


# --- one folder, by hand --------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    """A new folder with two ports and nothing else."""
    path = tmp_path / "mine"
    scaffold.new(path)
    for name in ("corridors", "commodities", "flows", "capacities", "attributes", "events"):
        file = path / f"{name}.csv"
        file.write_text(file.read_text().splitlines()[0] + "\n")
    (path / "legs.geojson").write_text(EMPTY)
    return path


def codes(folder, *lines, header=SHORT):
    (folder / "flows.csv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return [(f.where, f.field, f.code) for f in package.examine(folder).faults]


GOOD = "Coal line,Port A,port_b,2020,1.5,Mt,example"


def test_a_sound_row_is_enough_for_its_pages(folder):
    assert codes(folder, GOOD) == []
    pages = scene.pages(package.load(folder))
    assert "1.5 Mt" in pages["overview"].headline


def test_every_fault_of_a_short_table_comes_at_once(folder):
    found = codes(
        folder,
        GOOD,
        "Coal line,Port A,Nowhere,2021,1,Mt,example",
        "Coal line,Port A,Port B,last year,1,Mt,example",
        "Coal line,Port A,Port B,2020/2021/2022,1,Mt,example",
        "Coal line,Port A,Port B,2022,much,Mt,example",
        "Coal line,Port A,Port B,2020,1.4,Mt,Another",
        ",Port A,Port B,2023,1,Mt,example",
        "Coal line,Port A,Port B,2024,1,Mt,",
    )
    assert sorted(set(found)) == [
        ("row 3", "destination", "flow.no-such-place"),
        ("row 4", "period", "date.not-readable"),
        ("row 5", "period", "date.not-readable"),
        ("row 6", "quantity", "cell.wrong-type"),
        ("row 7", "rank", "figure.rank-one-twice"),
        ("row 8", "corridor", "cell.not-allowed"),
        ("row 9", "source", "cell.not-allowed"),
    ]


def test_two_sources_that_disagree_are_ranked_by_the_keeper(folder):
    header = f"{SHORT},rank"
    lines = [f"{GOOD},1", "Coal line,Port A,port_b,2020,1.2,Mt,Another,2"]
    assert codes(folder, *lines, header=header) == []
    assert "1.2–1.5 Mt" in scene.pages(package.load(folder))["overview"].deck


def test_a_bound_stands_for_the_quantity(folder):
    header = SHORT.replace("quantity", "quantity_low")
    assert codes(folder, GOOD, header=header) == []
    assert package.load(folder).flows["quantity_low"].tolist() == [1.5]


@pytest.mark.parametrize("gone", SHORT.split(","))
def test_a_column_of_the_short_form_is_missed(folder, gone):
    names = SHORT.split(",")
    cells = GOOD.split(",")
    at = names.index(gone)
    found = codes(
        folder,
        ",".join(cells[:at] + cells[at + 1 :]),
        header=",".join(n for n in names if n != gone),
    )
    assert found == [("header", gone, "column.not-in-file")]


def test_a_mode_is_asked_for_where_nothing_says_it(folder):
    text = (folder / "places.geojson").read_text()
    (folder / "places.geojson").write_text(text.replace('"port", "country"', '"town", "country"'))
    assert codes(folder, GOOD) == [("row 2", "mode", "corridor.mode-unknown")]
    assert codes(folder, f"{GOOD},sea", header=f"{SHORT},mode") == []
    both = [f"{GOOD},sea", f"{GOOD.replace('2020', '2021')},rail"]
    assert codes(folder, *both, header=f"{SHORT},mode") == [
        ("row 3", "mode", "corridor.mode-several")
    ]


def test_a_name_of_two_places_is_refused(folder):
    text = (folder / "places.geojson").read_text()
    (folder / "places.geojson").write_text(text.replace('"Port B"', '"Port A"'))
    assert codes(folder, GOOD) == [("row 2", "origin", "key.means-several")]
    assert codes(folder, GOOD.replace("Port A", "port_a")) == []


def test_an_address_becomes_a_source_that_links(folder):
    assert codes(folder, GOOD.replace("example", "https://stats.example/1")) == []
    assert package.load(folder).sources[-1] == {
        "id": "stats_example_1", "type": "webpage", "title": "https://stats.example/1",
        "URL": "https://stats.example/1",
    }  # fmt: skip


def test_ids_that_are_made_are_no_ids_in_use(folder):
    with (folder / "commodities.csv").open("a") as file:
        file.write("coal_line_2,coal,bulk,,,,example\n")
    assert codes(folder, GOOD) == []
    assert package.load(folder).flows["flow"].tolist() == ["coal_line_2_2"]


def test_a_corridor_that_is_listed_keeps_its_own_legs(tmp_path):
    path = tmp_path / "mine"
    scaffold.new(path)
    assert codes(path, "Example corridor,Port A,Port B,2020,1.5,Mt,example") == []
    found = package.load(path)
    assert found.legs["leg"].tolist() == ["port_a_port_b"]
    assert found.corridors["corridor"].tolist() == ["example"]


# --- columns left out -----------------------------------------------------------------------------


def test_columns_that_nobody_needs_may_be_left_out(tmp_path):
    full, lean = tmp_path / "full", tmp_path / "lean"
    scaffold.new(full)
    scaffold.new(lean)
    schemas = {
        r["path"]: r["schema"]["fields"]
        for r in json.loads((lean / "datapackage.json").read_text())["resources"]
        if r["path"].endswith(".csv")
    }
    own = Folder(lean)
    for file, fields in schemas.items():
        head, *rows = own.table(file)
        must = {f["name"] for f in fields if f.get("constraints", {}).get("required")}
        keep = [n for n, name in enumerate(head) if name in must or any(row[n] for row in rows)]
        own.put(file, [[row[n] for n in keep] for row in (head, *rows)])
    assert len((lean / "flows.csv").read_text().splitlines()[0].split(",")) < 16
    assert differing(told(full), told(lean)) == []


def test_a_column_that_is_required_is_missed(tmp_path):
    scaffold.new(tmp_path / "mine")
    file = tmp_path / "mine" / "flows.csv"
    file.write_text(file.read_text().replace(",basis,", ",base,", 1))
    report = package.examine(tmp_path / "mine")
    assert [(f.field, f.code) for f in report.faults] == [
        ("basis", "column.not-in-file"), ("base", "column.not-in-schema")
    ]  # fmt: skip
    with pytest.raises(GeoError, match="basis"):
        package.load(tmp_path / "mine")
