"""Generated positions, written in many combinations of header, delimiter, decimal sign, date form,
unit, zone and order, with what a right reading gives. Run as a script it tries as many as asked."""

import csv
import io
import itertools
import json
import random
import sys
import tempfile
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

from geo.errors import GeoError
from geo.maps.tracks import trackmap
from geo.tracks import read
from geo.tracks.duck import connect
from geo.tracks.layout import Written

HEADERS = [  # vessel, time, lon, lat, speed; the speed's unit where its name says one
    ("mmsi", "timestamp", "lon", "lat", "sog", "kn"),
    ("MMSI", "Tidspunkt", "Lengdegrad", "Breddegrad", "Fart", "kn"),
    ("ship_id", "time_utc", "Longitude", "Latitude", "Speed (km/h)", "km/h"),
    ("MMSI", "BaseDateTime", "LON", "LAT", "SOG", "kn"),
    ("vessel", "datetime", "lng", "lat", "speed_ms", "m/s"),
    ("Vessel ID", "Date Time (UTC)", "Long", "Lat", "Speed [knots]", "kn"),
    ("mmsi", "Zeitstempel", "Längengrad", "Breitengrad", "Geschwindigkeit", "kn"),
    ("track_id", "t", "x", "y", "speed", "0.1kn"),
]
DATES = [
    "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S%z", "s", "ms", "us", "ms1",
    "%d.%m.%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p",
    "%Y%m%d%H%M%S", "%Y%m%d_%H%M%S", "%Y/%m/%d %H:%M:%S UTC", "%d-%m-%Y %H:%M:%S",
]  # fmt: skip
DELIMITERS = [",", ";", "\t", "|"]
ENDINGS = [".csv", ".txt", ".geojson", ".json", ".jsonl"]
FACTORS = {"kn": 1.0, "km/h": 1.852, "m/s": 1852 / 3600, "0.1kn": 10.0}
ZONES = ["", "Europe/Oslo", "+09:00"]
COMBINATIONS = 40


def combination(number):
    """One of the combinations, always the same for a number; between them they have every value."""
    rng = random.Random(number % COMBINATIONS)
    return {
        "header": HEADERS[number % len(HEADERS)],
        "date": DATES[number % len(DATES)],
        "delimiter": DELIMITERS[(number // 3) % len(DELIMITERS)],
        "decimal": rng.choice(".,"),
        "ending": ENDINGS[(number // 2) % len(ENDINGS)],
        "zone": ZONES[(number // 5) % len(ZONES)],
        "shuffled": rng.random() < 0.5,
        "told": rng.random() < 0.3,  # the form of dates is named
    }


def positions(rng):
    """Rows of two ships: MMSI, whole seconds of UTC, lon, lat, knots."""
    start = datetime(2001, 9, 10, tzinfo=UTC) + timedelta(seconds=rng.randrange(780_000_000))
    rows = []
    for ship in (rng.randrange(210_000_000, 775_999_999) for _ in range(2)):
        lon, lat = rng.uniform(-179, 179), rng.uniform(-80, 80)
        for step in range(rng.randrange(3, 9)):
            when = start + timedelta(seconds=step * 600 + rng.randrange(300))
            knots = rng.randrange(0, 250) / 10
            rows.append((ship, when, round(lon + step * 0.002, 5), round(lat, 5), knots))
    return rows


def dated(when, form, zone):
    """A time as it is written, in the zone where the form names none."""
    if form in {"s", "ms", "us", "ms1"}:
        scale = {"s": 1, "ms": 1000, "us": 1_000_000, "ms1": 1000}[form]
        text = str(round(when.timestamp() * scale))
        return text + ".0" if form == "ms1" else text
    if "%z" in form:
        return when.astimezone(timezone(timedelta(hours=9))).strftime(form)
    local = when if form.endswith(("Z", "UTC")) or not zone else when.astimezone(_zone(zone))
    return local.strftime(form)


def _zone(name):
    return timezone(timedelta(hours=9)) if name.startswith("+") else ZoneInfo(name)


def zoned(form):
    """Whether times of a form wait for a zone."""
    return form.startswith("%") and "%z" not in form and not form.endswith(("Z", "UTC"))


def case(number, folder):
    """Return path, what the user says, and the rows that are right."""
    rng, made = random.Random(f"layout {number}"), combination(number)
    rows = positions(rng)
    header, unit = made["header"][:5], made["header"][5]
    zone = made["zone"] if zoned(made["date"]) else ""
    decimal = made["decimal"] if made["ending"] in {".csv", ".txt"} else "."
    cells = [
        [str(ship), dated(when, made["date"], zone), f"{lon:.5f}", f"{lat:.5f}",
         f"{knots * FACTORS[unit]:.6f}"]
        for ship, when, lon, lat, knots in rows
    ]  # fmt: skip
    cells = [row[:2] + [cell.replace(".", decimal) for cell in row[2:]] for row in cells]
    if made["shuffled"]:
        rng.shuffle(cells)
    order = rng.sample(range(5), 5)
    path = folder / f"case{number}{made['ending']}"
    table = [[header[n] for n in order], *([row[n] for n in order] for row in cells)]
    path.write_text(written(table, header, made), encoding="utf-8", newline="")
    said = {"timezone": zone, "units": {"speed_kn": unit} if unit == "0.1kn" else {}}
    if made["told"] and made["date"].startswith("%"):
        said["date_format"] = made["date"].replace("SZ", "S%z").replace("UTC", "%Z")
    return path, Written(**said), rows


def written(table, header, made):
    """The text of a table, as cells, as points or as objects of JSON."""
    if made["ending"] in {".csv", ".txt"}:
        sink = io.StringIO()
        csv.writer(sink, delimiter=made["delimiter"]).writerows(table)
        return sink.getvalue()
    records = [dict(zip(table[0], map(plain, row), strict=True)) for row in table[1:]]
    if made["ending"] == ".geojson":
        return json.dumps({"type": "FeatureCollection", "features": [
            {"type": "Feature", "properties": one, "geometry": {
                "type": "Point", "coordinates": [one.pop(header[2]), one.pop(header[3])]}}
            for one in records
        ]})  # fmt: skip
    if made["ending"] == ".json":
        return json.dumps(records)
    return "\n".join(map(json.dumps, records)) + "\n"


def plain(cell):
    """A cell as JSON has it: numbers are numbers."""
    try:
        return int(cell) if cell.isdigit() else float(cell)
    except ValueError:
        return cell


def right(rows):
    """What is read of rows: MMSI, Unix time, lon, lat, knots to a hundredth."""
    return sorted((str(s), round(w.timestamp()), x, y, round(k, 2)) for s, w, x, y, k in rows)


def by_tracks(path, said):
    """What `geo tracks` reads."""
    with connect(threads=1) as con:
        found = read.scan(con, [path], written=said).relation.to_arrow_table().to_pylist()
    return sorted(
        (r["vessel"], round(r["time_utc"].timestamp()), r["lon"], r["lat"], round(r["speed_kn"], 2))
        for r in found
    )


def by_map(path, said):
    """What `geo map` reads."""
    _, tracks = trackmap.sorted_out([path], trackmap.Asked(written=said))
    (one,) = tracks.values()
    names = one.table["vessel"].tolist()
    track = [t for t, n in zip(one.track, one.starts[1:] - one.starts[:-1], strict=True)
             for _ in range(n)]  # fmt: skip
    return sorted(
        (names[t], round(s), round((x + 180) % 360 - 180, 5), y, round(k, 2))
        for t, s, x, y, k in zip(track, one.time_s, one.lon, one.lat, one.speed_kn, strict=True)
    )


def judged(number, folder):
    """Return "right", "refused" or "wrong" of each way of reading, with what was said."""
    path, said, rows = case(number, folder)
    for way in (by_tracks, by_map):
        try:
            yield (
                ("right" if way(path, said) == right(rows) else "wrong"),
                f"{number} {way.__name__}",
            )
        except GeoError as error:
            yield "refused", f"{number} {combination(number)}: {error}"
        except ValueError as error:  # `geo map` drew no track
            yield "wrong", f"{number} {way.__name__}: {error}"


def main(count):
    """Try so many cases; print the counts, and what was wrong or refused."""
    counts = dict.fromkeys(("right", "refused", "wrong"), 0)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(count):
            for verdict, words in judged(number, Path(folder)):
                counts[verdict] += 1
                if verdict == "wrong" or (verdict == "refused" and counts["refused"] < 12):
                    print(verdict, words)
    print(counts, "of", len(list(itertools.product(range(count), (by_tracks, by_map)))))


if __name__ == "__main__":
    main(int(sys.argv[1]))
