"""Tables of flows as people write them: every figure is a sum of rows, and nothing is swallowed.

The reckoning is plain Python over the rows that the test wrote; it knows nothing of the kit.
"""

import json
import random
import re
from collections import defaultdict

import pytest
import shapely
from babel import dates
from od import places, write_flows, write_places
from test_odscene import run

from geo import errors
from geo.errors import DataError
from geo.files import days, headings, monthnames
from geo.maps import looks, mapcheck, userdata, values
from geo.maps.flowtables import flow_lines, flow_scene, flow_shapes, flow_table, flow_words

PLACES = [name for name, _, _ in places(6)]
HEADS = {
    "origin": ("origin", "From", "origin_code", "Exporter"),
    "destination": ("destination", "To", "dest", "Importer"),
    "commodity": ("commodity", "Goods", "cargo", "Product", "HS code"),
    "quantity": ("tonnes", "Weight (t)", "quantity_t", "metric tons"),
    "source": ("source", "Reference"),
}
YEAR = [
    ("Year", str),
    ("period", str),
    ("date", lambda y: f"{y}-01"),
    ("time_period", lambda y: f"{y}Q1"),
]
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
CARGO = ("coal", "copper", "grain")


@pytest.fixture(autouse=True)
def on_plain_ground(monkeypatch):
    """Nothing here looks at the ground: it is not cut anew for every table."""
    monkeypatch.setattr(userdata, "detail", lambda _: [])


@pytest.fixture(scope="module")
def points(tmp_path_factory):
    return write_places(tmp_path_factory.mktemp("places"), places(6))


def written(folder, header, rows):
    path = folder / "flows.csv"
    lines = [header, *rows]
    path.write_text("\n".join(",".join(map(str, line)) for line in lines) + "\n", encoding="utf-8")
    return path


def made(seed):
    """A table: its header, its rows as text, and what each row says (for the reckoning)."""
    own = random.Random(seed)
    fields = ["origin", "destination", "quantity"]
    fields += ["commodity"] * (own.random() < 0.6) + ["source"] * (own.random() < 0.5)
    when = own.choice([None, *YEAR])
    ranked, parts = own.random() < 0.3, own.random() < 0.2
    header = [own.choice(HEADS[name]) for name in fields]
    header += ["year", "month"] if parts else [when[0]] if when else []
    header += ["rank"] if ranked else []
    facts, rows = [], []
    for _ in range(own.randint(1, 25)):
        fact = {
            "origin": own.choice(PLACES[:4]),
            "destination": own.choice(PLACES[2:]),
            "quantity": own.choice(["", 0, own.randint(1, 900), own.randint(1, 90) / 4]),
            "commodity": own.choice(CARGO),
            "source": own.choice(["report A", "report B"]),
            "rank": own.choice([1, 1, 2]) if ranked else 1,
        }
        year, month = own.choice([2021, 2022, 2023]), own.randint(1, 12)
        cells = [year, own.choice([month, MONTHS[month - 1]])] if parts else []
        cells = cells or ([when[1](year)] if when else [])
        fact["period"] = (year, month) if parts else year if when else None
        facts.append(fact)
        rows.append([*(fact[name] for name in fields), *cells, *([fact["rank"]] * ranked)])
    told = "commodity" in fields
    return header, rows, [fact | {"commodity": fact["commodity"] if told else ""} for fact in facts]


def reckoned(facts):
    """Sums of known first-ranked rows by pair and period, what became of each row, sums of rows."""
    sums, fates, alike = defaultdict(float), defaultdict(int), defaultdict(int)
    for fact in facts:
        inner, known = fact["origin"] == fact["destination"], fact["quantity"] != ""
        if known and fact["rank"] == 1:
            key = (fact["origin"], fact["destination"], fact["period"])
            sums[key] += float(fact["quantity"])
            alike[(*key, fact["commodity"])] += 1
        drawn = "within one place" if inner else "drawn"
        fates["beside" if fact["rank"] > 1 else drawn if known else "unknown"] += 1
    return sums, fates, [n for n in alike.values() if n > 1]


def period_of(figure, facts):
    """The period of a figure as the reckoning has it."""
    if not figure.start:
        return None
    year, month = int(figure.start[:4]), int(figure.start[5:7])
    return (year, month) if isinstance(facts[0]["period"], tuple) else year


@pytest.mark.parametrize("block", range(16))
def test_every_figure_total_and_count_is_the_sum_of_its_rows(block, points, tmp_path):
    for seed in range(block * 20, block * 20 + 20):
        header, rows, facts = made(seed)
        table = flow_table.read(written(tmp_path, header, rows), places=points)
        lines = flow_lines.Lines(table)
        sums, fates, alike = reckoned(facts)
        found = {
            (line.origin, line.destination, period_of(f, facts)): f.quantity
            for line in (*lines.ranked, *lines.within)
            for f in line.figures
        }
        assert found == pytest.approx(dict(sums)), (seed, header)
        assert {k: v for k, v in lines.account.items() if v} == dict(fates), seed
        assert sum(lines.account.values()) == len(rows)
        assert sorted(map(len, lines.sums)) == sorted(alike), seed
        said = " ".join(flow_words.added_up(lines))
        figures = f"{len(alike)} figure{'s' * (len(alike) != 1)},"
        assert (f"{sum(alike)} rows are added up to {figures}" in said) == bool(alike)
        rate = {None: 1, tuple: 12, int: 4 if "Q1" in str(rows[0]) else 1}
        pace = rate[None if facts[0]["period"] is None else type(facts[0]["period"])]
        pace = 12 if any(re.fullmatch(r"20\d\d-01", str(c)) for c in rows[0]) else pace
        for line in lines.ranked:
            for f in line.figures:
                assert f.rate == pytest.approx(f.quantity * pace), (seed, header)
                assert f.added == len(f.flows)


@pytest.mark.parametrize("seed", range(400, 430))
def test_the_headline_is_the_largest_sum_of_the_period_and_its_share(seed, points, tmp_path):
    header, rows, facts = made(seed)
    scene = flow_scene.scene(flow_table.read(written(tmp_path, header, rows), places=points))
    sums, fates, _ = reckoned(facts)
    if not sums:
        assert "No quantity is known" in scene.headline
        return
    spans = defaultdict(set)
    for start, end, period in sums:
        spans[period].add((start, end))
    common = max(spans, key=lambda p: (len(spans[p]), p or 0))
    held = 2 * len(spans[common]) >= len({key[:2] for key in sums})
    own = {k: v for k, v in sums.items() if not held or k[2] == common}
    most = max(own.values())
    ends = next(k for k, v in own.items() if v == most)
    amount = re.search(r", (?:[^,]* )?([0-9.,]+) t\b", scene.headline)
    assert amount, scene.headline
    assert float(amount[1].replace(",", "")) == pytest.approx(most, rel=0.005)
    if list(own.values()).count(most) == 1:
        inside = f"within Port {ends[0]}" in scene.headline
        assert inside == (ends[0] == ends[1])
    total, unknown = sum(own.values()), fates["unknown"]
    if held and total and not unknown and "at least" not in scene.headline:
        share, of = re.search(r"([0-9.]+) % of ([0-9.,]+) t", scene.headline).groups()
        assert float(of.replace(",", "")) == pytest.approx(total, rel=0.005)
        assert float(share) == pytest.approx(100 * most / total, abs=0.51)
    for pipe in scene.pipes:  # while no period is chosen each line shows its fullest
        shown = [f for f in pipe.figures if f.id in pipe.shown]
        assert max((f.rate for f in pipe.figures), default=None) == max(
            (f.rate for f in shown), default=None
        )
    assert len(scene.rows) >= len(rows)


# --- columns -------------------------------------------------------------------------------------


def test_what_is_read_under_another_name_is_said(points, tmp_path):
    rows = [("P000", "P001", 2022, 5, "coal", "x"), ("P000", "P001", 2023, 7, "coal", "x")]
    path = written(tmp_path, ("from", "to", "year", "tonnes", "goods", "carrier"), rows)
    table = flow_table.read(path, places=points)
    said = " ".join(table.said)
    for words in ("year is read as period", "from is read as origin", "goods is read as commodity",
                  "tonnes is read as quantity in t", "Columns not read: carrier"):  # fmt: skip
        assert words in said, said
    assert list(table.flows["unit"]) == ["t", "t"]
    notes = " ".join(flow_scene.scene(table).notes)
    assert "year is read as period" in notes


@pytest.mark.parametrize(
    ("heading", "cells", "kind"),
    [
        ("Year of report", ("2021", "2022"), "period"),
        ("Jahr der Meldung", ("2021", "2022"), "period"),
        ("xyz", ("2021-03", "2021-04"), "period"),
        ("cargo group", ("coal", "grain"), "commodity"),
        ("HS 2017 code", ("2701", "2603"), "commodity"),
    ],
)
def test_nothing_is_added_up_over_a_column_that_looks_like_a_period_or_cargo(
    heading, cells, kind, points, tmp_path
):
    rows = [("P000", "P001", 5, cell) for cell in cells]
    path = written(tmp_path, ("origin", "destination", "tonnes", heading), rows)
    if heading == "HS 2017 code":  # a year in the heading is told, whatever else it is
        assert heading in " ".join(flow_table.read(path, places=points).said)
        return
    with pytest.raises(errors.DataError) as caught:
        flow_table.read(path, places=points)
    (fault,) = caught.value.faults
    assert fault.field == heading
    assert f"--column {kind}=" in fault.remedy
    assert fault.where == "rows 2 and 3"
    table = flow_table.read(path, places=points, columns={kind: "-"})
    assert flow_lines.Lines(table).sums == [(2, 3)]
    assert len(flow_table.read(path, places=points, columns={kind: heading}).flows) == 2


def test_a_single_year_in_a_heading_is_named_with_what_to_do(points, tmp_path):
    path = written(tmp_path, ("origin", "destination", "sum of 2019"), [("P000", "P001", 1)])
    with pytest.raises(errors.DataError, match=r"2019 holds a year.*one row for each"):
        flow_table.read(path, places=points)


def test_imports_and_exports_are_not_drawn_one_way(points, tmp_path):
    header = ("origin", "destination", "tonnes", "flowDesc")
    rows = [("P000", "P001", 1, "Import"), ("P000", "P002", 2, "Export")]
    with pytest.raises(errors.DataError, match="imports and exports"):
        flow_table.read(written(tmp_path, header, rows), places=points)


def test_source_beside_target_is_where_a_flow_begins(points, tmp_path):
    path = written(tmp_path, ("source", "target", "tonnes"), [("P000", "P001", 1)])
    table = flow_table.read(path, places=points)
    assert list(table.flows["origin"]) == ["P000"]
    assert set(table.flows["source"]) == {""}


def test_a_unit_that_the_heading_denies_is_a_fault(points, tmp_path):
    path = written(
        tmp_path, ("origin", "destination", "tonnes", "unit"), [("P000", "P001", 1, "kt")]
    )
    with pytest.raises(errors.DataError, match="heading of the quantity says t"):
        flow_table.read(path, places=points)


@pytest.mark.parametrize("option", [{"unit": "kt"}, {"date_format": "%d/%m/%Y"}])
def test_an_option_that_changes_nothing_is_refused(option, points, tmp_path):
    path = written(
        tmp_path, ("origin", "destination", "quantity", "unit"), [("P000", "P001", 1, "t")]
    )
    with pytest.raises(errors.DataError, match="no effect"):
        flow_table.read(path, places=points, **option)


@pytest.mark.parametrize(
    ("heading", "unit"),
    [("tonnes", "t"), ("Weight (kg)", "kg"), ("volume in kt", "kt"), ("Mt", "Mt"), ("MT", ""),
     ("tons", ""), ("quantity", ""), ("kt of coal", ""), ("TEU", "TEU")],
)  # fmt: skip
def test_the_unit_of_a_heading_is_only_what_it_states(heading, unit):
    assert headings.unit_of(heading) == unit


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [("2022", "2022-01-01", "2022-12-31"), ("2022.0", "2022-01-01", "2022-12-31"),
     ("202202", "2022-02-01", "2022-02-28"), ("2022Q3", "2022-07-01", "2022-09-30"),
     ("Q3 2022", "2022-07-01", "2022-09-30"), ("Mar 2022", "2022-03-01", "2022-03-31"),
     ("2022M11", "2022-11-01", "2022-11-30"), ("20220203", "2022-02-03", "2022-02-03"),
     ("2022-02-03 08:30", "2022-02-03 08:30", "2022-02-03 08:30")],
)  # fmt: skip
def test_periods_are_read_as_offices_write_them(text, start, end):
    covered = days.days_of(text)
    assert [str(d)[: len(start)] for d in covered] == [start, end]


@pytest.mark.parametrize("text", ["202252", "202213", "3", "01/02/2022", "FY22", "2022-2023", "Q5"])
def test_what_is_no_period_is_not_guessed(text):
    assert days.days_of(text) is None


# --- hours and days ------------------------------------------------------------------------------


def test_hours_stay_hours_and_are_no_yearly_pace(points, tmp_path):
    rows = [("P000", "P001", 42, "2020-01-01 08:00"), ("P000", "P001", 10, "2020-01-01 09:00"),
            ("P001", "P000", 51, "2020-01-01 09:00")]  # fmt: skip
    path = written(tmp_path, ("origin", "dest", "count", "time"), rows)
    scene = flow_scene.scene(flow_table.read(path, places=points, unit="trips"))
    figures = {(f.period, f.quantity, f.rate) for p in scene.pipes for f in p.figures}
    assert figures == {("1 Jan 2020, 08:00", 42, 42), ("1 Jan 2020, 09:00", 10, 10),
                       ("1 Jan 2020, 09:00", 51, 51)}  # fmt: skip
    assert "on 1 Jan 2020, 09:00" in scene.headline
    assert "51 trips" in scene.headline
    assert scene.clock is None
    assert not any("/year" in s.word for own in scene.samples.values() for s in own)
    assert " a year" not in scene.deck


@pytest.mark.parametrize("days", range(1, 41, 3))
def test_nothing_under_28_days_is_turned_into_a_year(days, points, tmp_path):
    header = ("origin", "destination", "tonnes", "period_start", "period_end")
    end = f"2022-01-{days:02}" if days <= 31 else f"2022-02-{days - 31:02}"
    path = written(tmp_path, header, [("P000", "P001", 10, "2022-01-01", end)])
    (figure,) = flow_lines.Lines(flow_table.read(path, places=points)).ranked[0].figures
    assert (figure.rate > 10) == (days >= 28)


# --- within one place ----------------------------------------------------------------------------


def test_flows_within_one_place_count_and_are_named(points, tmp_path):
    rows = [("P000", "P000", 109), ("P000", "P001", 38), ("P000", "P002", 10), ("P001", "P000", 44)]
    table = flow_table.read(
        written(tmp_path, ("geo_code1", "geo_code2", "all"), rows), places=points, unit="trips"
    )
    scene = flow_scene.scene(table)
    assert scene.headline == (
        "Largest flow: within Port P000, 109 trips, 54 % of 201 trips between 2 pairs of places "
        "and within one place"
    )
    first, *rest = scene.pipes
    assert first.title == "within Port P000"
    assert first.core_px == max(pipe.core_px for pipe in scene.pipes)
    assert not any(pipe.title.startswith("within") for pipe in rest)
    assert not first.arrow
    assert [f.direction for f in first.figures] == [0]
    ring = shapely.LineString(first.parts[0])
    place = next(p for p in scene.places if p.id == "P000")
    assert ring.is_ring
    assert ring.distance(shapely.Point(place.lon, place.lat)) < 1e-4
    assert {row.pipe for row in scene.rows if row.moved == "109 trips"} == {first.id}
    assert flow_words.counted(flow_lines.Lines(table)) == (
        "3 flows on 3 lines, 1 within one place, as rings; 4 rows read"
    )


# --- the command ---------------------------------------------------------------------------------


def test_the_command_refuses_options_without_effect_by_name(points, tmp_path):
    path = written(tmp_path, ("from", "to", "tonnes"), [("P000", "P001", 4)])
    out = ("-o", tmp_path / "page.html")
    done = run(path, "--places", points, "--label", "name", "--gap-hours", "3", *out)
    assert done.returncode == 2
    assert "--label, --gap-hours" in done.stdout
    done = run(points, "--label", "nonsense", *out)
    assert done.returncode == 2
    assert "name_en" in done.stdout
    done = run(points, "--date-format", "%d.%m.%Y", "--unit", "km/h", *out)
    assert "--unit, --date-format" in done.stdout
    done = run(points, "--color", "speed", *out)
    assert done.returncode == 2
    assert "speed" in done.stdout
    assert not (tmp_path / "page.html").exists()


def test_features_without_a_geometry_are_counted_and_not_drawn(tmp_path):
    shapes = [{"type": "Point", "coordinates": [1, 2]}, None, {"type": "Point", "coordinates": []}]
    features = [{"type": "Feature", "properties": {"n": n}, "geometry": g}
                for n, g in enumerate(shapes[:2])]  # fmt: skip
    path = tmp_path / "f.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    done = run(path, "-o", tmp_path / "page.html")
    assert "1 feature, 1 without a geometry; 2 read" in done.stdout


@pytest.mark.parametrize("named", [0, 2, 4])
def test_positions_that_name_no_vessel_are_points(named, tmp_path):
    head = "scene,timestamp,lat,lon,length_m,mmsi"
    rows = [f"s,2022-05-01T09:1{n}:00Z,38.{n},124.{n},20,{412000001 if n < named else ''}"
            for n in range(6)]  # fmt: skip
    path = tmp_path / "sar.csv"
    path.write_text("\n".join([head, *rows]) + "\n")
    done = run(path, "-o", tmp_path / "page.html")
    assert done.returncode == 0, done.stdout
    tracked = named > 3  # radar names few: then no line joins what it saw
    assert f"{6 - named * tracked} features" in done.stdout
    assert "without a position" not in done.stdout
    assert (f"{named} positions of 1 track" in done.stdout) == tracked


def test_rows_of_vessels_are_never_lost_beside_rows_that_name_none(tmp_path):
    rows = [f"2022-05-01T09:1{n}:00Z,38.{n},W,124.{n},{412000001 if n < 4 else ''}"
            for n in range(6)]  # fmt: skip
    path = tmp_path / "log.csv"
    path.write_text("\n".join(["timestamp,lat,EW,lon,mmsi", *rows]) + "\n")
    done = run(path, "-o", tmp_path / "page.html")
    assert done.returncode != 0
    assert "without a sign" in done.stdout


# --- days that read two ways, flags beside numbers ------------------------------------------------


def dated(folder, *days):
    ends = folder / "ends.csv"
    ends.write_text("place,lon,lat\nA,1,2\nB,3,4\n", encoding="utf-8")
    rows = [("A", "B", day, n + 1, "t") for n, day in enumerate(days)]
    return write_flows(folder, rows, header="from,to,period,quantity,unit"), ends


@pytest.mark.parametrize(
    ("days", "value", "words"),
    [
        (("01/02/2024", "11/02/2024"), "01/02/2024", ("1 February 2024", "2 January 2024")),
        (("05.05.2024", "03.04.2024"), "03.04.2024", ("3 April 2024", "4 March 2024")),
        (("01/02/2024", "13/02/2024"), "13/02/2024", ("can only be 13 February 2024", "%d/%m/%Y")),
        (("01-02-2024", "02-13-2024"), "02-13-2024", ("can only be 13 February 2024", "%m-%d-%Y")),
        (("01/02/2024 08:00",), "01/02/2024 08:00", ("'%d/%m/%Y %H:%M'", "'%m/%d/%Y %H:%M'")),
    ],
)
def test_a_day_that_reads_two_ways_is_named_once_with_both_readings(tmp_path, days, value, words):
    table, ends = dated(tmp_path, *days)
    with pytest.raises(DataError) as caught:
        flow_table.read(table, places=ends)
    (fault,) = caught.value.faults
    assert fault.value == value
    assert all(word in str(fault) for word in words)
    assert len(days) == 1 or "rows 2 and 3" in fault.where


def test_flags_of_eurostat_are_no_part_of_a_number_and_are_said(tmp_path):
    table, ends = dated(tmp_path, "2020", "2021", "2022", "2023")
    rows = [
        ("A", "B", 2020 + n, cell, "t") for n, cell in enumerate(("12.3 e", ": c", "118 bp", ":"))
    ]
    write_flows(tmp_path, rows, header="from,to,period,quantity,unit")
    made = flow_table.read(table, places=ends)
    assert made.flows["quantity"].fillna(-1).tolist() == [12.3, -1, 118, -1]
    assert any("e estimated" in said and "c confidential" in said for said in made.said)


@pytest.mark.parametrize("cell", ["5 p", "5 t", "5²", "5 (t)", "(5)", "5 (kt)", "p 5", "5*3"])
def test_what_may_be_a_unit_a_power_or_a_minus_is_no_mark_of_a_note(tmp_path, cell):
    table, ends = dated(tmp_path, "2020")
    write_flows(tmp_path, [("A", "B", 2020, cell, "t")], header="from,to,period,quantity,unit")
    with pytest.raises(DataError, match="not a plain number"):
        flow_table.read(table, places=ends)


MARKS = ("{}*", "{} *", "{}†", "{} ¹", "{}.5²", "{} (e)", "(P) {}", "{}[1]", "{} (12)", "…¹")


@pytest.mark.parametrize("wide", [True, False])
def test_marks_of_notes_are_no_part_of_a_number_for_flows_and_features_alike(wide, tmp_path):
    numbers = [7 + n for n in range(len(MARKS))]
    cells = [mark.format(n) for mark, n in zip(MARKS, numbers, strict=True)]
    ends = dated(tmp_path, "2020")[1]
    years = [str(2000 + n) for n in range(len(cells))]
    header = ("from,to,unit," + ",".join(years)) if wide else "from,to,unit,period,tonnes"
    rows = [("A", "B", "t", *cells)] if wide else [
        ("A", "B", "t", *one) for one in zip(years, cells, strict=True)]  # fmt: skip
    table = write_flows(tmp_path, rows, header=header)
    report = mapcheck.examine(table, places=ends)
    made = flow_table.read(table, places=ends)
    assert report.sound
    assert set(made.said) <= set(report.said)
    wanted = [n + 0.5 if ".5" in mark else n for n, mark in zip(numbers, MARKS, strict=True)][:-1]
    assert made.flows["quantity"].fillna(-1).tolist() == [*wanted, -1]
    assert any("marks beside numbers are notes" in said for said in made.said)


@pytest.mark.parametrize("option", ["color", "size"])
def test_features_are_classed_by_numbers_beside_which_marks_stand(option, tmp_path):
    cells = [(12.3, "12.3 p"), (None, ": c"), (5, "5 be"), (7, "7*"), (8, "8.0")]
    path = tmp_path / "points.csv"
    rows = [f"P{n},{n},50,{text}" for n, (_, text) in enumerate(cells)]
    path.write_text("\n".join(["name,lon,lat,x", *rows]) + "\n", encoding="utf-8")
    report = mapcheck.examine(path)
    (layer,) = userdata.read_all(path)
    drawn = userdata.fitted([layer], looks.By(**{option: "x"}))
    assert report.sound
    assert layer.said == report.said
    assert values.numbered([("", layer.features)], "x")[0] == [[n for n, _ in cells]]
    assert sum("b break in the series" in note for note in drawn.notes) == 1


# --- months by their names in many languages ------------------------------------------------------

LOCALES = ("ru", "ko", "de", "fr", "es", "zh", "ja", "pt", "it", "uk", "en_GB")


def months(language, width, context="stand-alone"):
    names = dates.get_month_names(width, context, language)
    return [names[n] for n in range(1, 13)]


@pytest.mark.parametrize("width", ["wide", "abbreviated"])
@pytest.mark.parametrize("language", LOCALES)
def test_months_are_known_by_name_in_any_language(language, width):
    names, sentence = months(language, width), months(language, width, "format")
    header = ["from", "to", "year", *names]
    cells = userdata.Cells("", header, [(2, ["A", "B", "2021", *["3"] * 12])])
    for n, name in enumerate(names, 1):
        forms = (f"{name} 2021", f"2021-{name}", f"{name.upper()}/2021", f"{sentence[n - 1]} 2021")
        assert {days.days_of(text)[1].strftime("%Y-%m") for text in forms} == {f"2021-{n:02}"}
    assert [*days.with_century([f"{name} 21" for name in names]).values()] == [
        f"2021-{n:02}" for n in range(1, 13)
    ]
    assert flow_shapes.columns(cells) == ("from", "to", names[0])


@pytest.mark.parametrize("form", ["{} 2021", "{}-21", "2021 {}"])
def test_months_of_a_language_head_columns_and_stand_in_cells_alike(form, points, tmp_path):
    own, wanted = [form.format(name) for name in months("ru", "abbreviated")], range(1, 13)
    wide = written(tmp_path, ("from", "to", *own), [("P000", "P001", *wanted)])
    made = flow_table.read(wide, places=points, unit="t").flows
    rows = [("P000", "P001", text, n) for n, text in enumerate(own, 1)]
    long = written(tmp_path, ("from", "to", "period", "tonnes"), rows)
    again = flow_table.read(long, places=points).flows
    for table in (made, again):
        assert [f"{day:%Y-%m}" for day in table["period_start"]] == [f"2021-{n:02}" for n in wanted]
        assert table["quantity"].tolist() == [*wanted]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2021년 3월", "2021-03-01", "2021-03-31"),
        ("2021年03月", "2021-03-01", "2021-03-31"),
        ("март 2021 г.", "2021-03-01", "2021-03-31"),
        ("marzo de 2021", "2021-03-01", "2021-03-31"),
        ("2021년", "2021-01-01", "2021-12-31"),
        ("2021 г.", "2021-01-01", "2021-12-31"),
        ("2021년 1분기", "2021-01-01", "2021-03-31"),
        ("T1 2021", "2021-01-01", "2021-03-31"),
        ("3. März 2021", "2021-03-03", "2021-03-03"),
        ("3 марта 2021 года", "2021-03-03", "2021-03-03"),
    ],
)
def test_periods_as_other_languages_write_them(text, first, last):
    assert [f"{day:%Y-%m-%d}" for day in days.days_of(text)] == [first, last]


@pytest.mark.parametrize(
    "cells",
    [("13/02/2024", "02/13/2024"), ("01/02/2024", "soon"),
     ("Jan-22",), ("Jan-22", "Feb-22"), ("Jan-01", "Jan-02", "Feb-01"), ("jui 2021",),
     ("13월 2021",), ("31 февраля 2021",), ("foo 2021",), ("Jan-22", "Feb-22", "Mar-22", "soon")],
)  # fmt: skip
def test_a_period_that_may_be_another_or_is_none_is_named(cells, tmp_path):
    table, ends = dated(tmp_path, *cells)
    with pytest.raises(DataError) as caught:
        flow_table.read(table, places=ends)
    assert {fault.code for fault in caught.value.faults} == {"date.not-readable"}


def test_a_name_of_different_months_in_two_languages_is_none(monkeypatch):
    monkeypatch.setattr(headings, "languages", lambda: ("pl", "hr"))
    monthnames._names.cache_clear()
    assert (monthnames.month_of("listopad"), monthnames.month_of("marzec")) == (0, 3)
    monthnames._names.cache_clear()


# --- sums, and units in many languages -----------------------------------------------------------


@pytest.mark.parametrize("word", ["Total", "World total", "합계", "Итого", "TOTAL"])
def test_a_row_that_sums_over_all_places_is_kept_apart(word, points, tmp_path):
    rows = [("P000", "P001", 4), (word, "P001", 4), ("P000", word, 4)]
    path = written(tmp_path, ("from", "to", "tonnes"), rows)
    if word == "World total":  # no word for a sum: a place that is not known
        with pytest.raises(DataError):
            flow_table.read(path, places=points)
        return
    table = flow_table.read(path, places=points)
    assert list(table.flows["row"]) == [2]
    assert sorted(row for rows in table.apart.values() for row in rows) == [3, 4]
    assert sum(flow_lines.Lines(table).account.values()) == 3


def test_sums_of_a_matrix_are_kept_apart(points, tmp_path):
    rows = [("P000", 1, 2, 3), ("P001", 4, 5, 9), ("Total", 5, 7, 12)]
    path = written(tmp_path, ("from/to", "P000", "P001", "Total"), rows)
    table = flow_table.read(path, places=points, unit="t")
    assert table.flows["quantity"].sum() == 12
    assert sum(map(len, table.apart.values())) == 5


def test_a_place_called_total_stays_a_place(tmp_path):
    path = write_places(tmp_path, [*places(1), ("Total", 10, 50)])
    table = flow_table.read(
        written(tmp_path, ("from", "to", "tonnes"), [("P000", "Total", 4)]), places=path
    )
    assert len(table.flows) == 1


@pytest.mark.parametrize(
    ("heading", "unit"),
    [("Тонны", "t"), ("тыс. т", "kt"), ("Toneladas", "t"), ("Mio. t", "Mt"), ("천톤", "kt"),
     ("吨", "t"), ("Menge (t)", "t"), ("OBS_VALUE", ""), ("물동량(톤)", "t")],
)  # fmt: skip
def test_units_in_headings_are_read_in_many_languages(heading, unit, points, tmp_path):
    path = written(tmp_path, ("from", "to", heading), [("P000", "P001", 4)])
    table = flow_table.read(path, places=points, unit="" if unit else "t")
    assert list(table.flows["unit"]) == [unit or "t"]


@pytest.mark.parametrize("heading", ["Netweight (kg)", "Ladung [kg]", "Нетто (kg) "])
def test_a_column_that_the_user_names_has_the_unit_in_its_brackets(heading, points, tmp_path):
    path = written(tmp_path, ("from", "to", heading), [("P000", "P001", 4)])
    table = flow_table.read(path, places=points, columns={"quantity": heading.strip()})
    assert list(table.flows["unit"]) == ["kg"]


@pytest.mark.parametrize("form", ["{} (t)", "{}_t", "{} t", "{} [t]"])
def test_years_with_their_unit_as_columns_are_periods(form, points, tmp_path):
    header = ("from", "to", form.format(2021), form.format(2022))
    table = flow_table.read(written(tmp_path, header, [("P000", "P001", 4, 5)]), places=points)
    assert [str(day.year) for day in table.flows["period_start"]] == ["2021", "2022"]
    assert set(table.flows["unit"]) == {"t"}
