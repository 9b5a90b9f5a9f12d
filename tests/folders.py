"""Data folders made at random, for whatever is held against tests/reckoning.py.

`tables()` makes tables as plain values; the pools are small, so that collisions and conflicts are
frequent. `asked()` makes the periods a reader may ask for. `write` writes tables as a folder.
Places lie in the open South Pacific, so that a straight leg between two of them is over water.
"""

import copy
import csv
import json
from decimal import Decimal
from pathlib import Path

from hypothesis import strategies as st
from reckoning import Reckoning

TEMPLATE = Path(__file__).resolve().parent.parent / "geo" / "folder" / "new"
SOURCES = [f"s{n}" for n in range(1, 6)]
PLACES = [f"p{n}" for n in range(1, 9)]
KINDS = {  # kind of unit → units with the number of base units in one
    "mass": {"t": "1", "kt": "1000", "Mt": "1000000"},
    "bbl": {"bbl": "1"},
    "passengers": {"passengers": "1"},
    "voyages": {"voyages": "1"},
}
CARGOES = {
    "all_goods": ("all goods", "general", ["mass", "mass", "voyages"]),
    "coal": ("coal", "bulk", ["mass", "mass", "mass", "voyages"]),
    "grain": ("grain", "bulk", ["mass"]),
    "oil": ("oil", "oil", ["bbl", "bbl", "mass"]),
    "passengers": ("passengers", "passengers", ["passengers"]),
}
SIZES = {
    "mass": [
        "0",
        "900",
        "15000",
        "500000",
        "990000",
        "1000000",
        "1005000",
        "1200000",
        "2000000",
        "2500000",
    ],
    "bbl": ["0", "255", "322000", "1500000"],
    "passengers": ["0", "1", "370", "1200"],
    "voyages": ["0", "1", "3", "4", "20"],
}
COULD = {
    "mass": ["0", "500000", "1000000", "3000000", "4000000", "5000000", "10000000"],
    "bbl": ["100000", "2000000"],
    "passengers": ["13896", "20072"],
    "voyages": ["12", "100"],
}
PERIODS = [
    ("2019-01-01", "2019-12-31"), ("2020-01-01", "2020-12-31"), ("2021-01-01", "2021-12-31"),
    ("2019-01-01", "2020-12-31"), ("2019-01-01", "2019-06-30"), ("2019-07-01", "2019-12-31"),
    ("2020-01-01", "2020-03-31"), ("2020-04-01", "2020-04-30"), ("2020-02-01", "2020-02-29"),
    ("2019-11-01", "2020-02-29"), ("2019-03-10", "2019-06-20"), ("2019-04-01", "2020-03-31"),
    ("2020-05-10", "2020-05-10"), ("2020-05-01", "2020-05-27"), ("2020-05-01", "2020-05-28"),
    ("2019-10-13", "2020-05-07"), ("2020-01-10", "2021-01-08"), ("2021-02-01", "2021-02-28"),
]  # fmt: skip
RUNS = [
    [("2019-01-01", "2019-12-31"), ("2020-01-01", "2020-12-31"), ("2021-01-01", "2021-12-31")],
    [("2020-01-01", "2020-03-31"), ("2020-04-01", "2020-06-30"), ("2020-07-01", "2020-09-30"),
     ("2020-10-01", "2020-12-31")],
    [("2019-01-01", "2019-01-31"), ("2019-02-01", "2019-02-28"), ("2019-03-01", "2019-03-31")],
    [("2019-03-10", "2019-06-20"), ("2019-06-21", "2019-12-31"), ("2020-01-01", "2020-12-31")],
]  # fmt: skip
VALIDITY = [
    (None, None), (None, None), (None, None), (None, None), ("2020-01-01", None),
    (None, "2019-12-31"), ("2019-01-01", "2020-12-31"), ("2020-06-01", None),
]  # fmt: skip
ASKED = [
    *PERIODS, ("2018-01-01", "2022-12-31"), ("2019-01-01", "2021-12-31"),
    ("2020-04-15", "2020-04-20"),
    ("2017-01-01", "2017-12-31"), ("2020-01-01", "2020-06-30"), ("2019-06-01", "2020-08-31"),
]  # fmt: skip
SHAPES = ["exact"] * 6 + ["range"] * 2 + ["low", "high", "none", "equal", "beside", "all"]


def one(*values):
    return st.sampled_from(values)


def asked():
    """A period from one day to another, or two empty texts: the page as it opens."""
    return st.one_of(st.just(("", "")), st.sampled_from(ASKED))


def told(made):
    """Periods that the rows of tables are of, and all their time: where rows meet or add up."""
    own = [(r["period_start"], r["period_end"]) for r in made["flows"] if r["period_start"]]
    whole = [(min(a for a, _ in own), max(b for _, b in own))] if own else []
    return list(dict.fromkeys([*whole, *own]))[:4]


@st.composite
def amounts(draw, kind, pool):
    """The unit and the three numbers of an amount, in any shape."""
    unit, factor = draw(st.sampled_from(sorted(KINDS[kind].items())))
    low, high = sorted(draw(st.lists(st.sampled_from(pool), min_size=2, max_size=2)), key=Decimal)
    shape = draw(st.sampled_from(SHAPES))
    q, least, most = {
        "exact": (high, None, None), "range": (None, low, high), "low": (None, low, None),
        "high": (None, None, high), "none": (None, None, None), "equal": (None, high, high),
        "beside": (high, low, None), "all": (high, low, high),
    }[shape]  # fmt: skip
    numbers = (None if x is None else float(Decimal(x) / Decimal(factor)) for x in (q, least, most))
    return dict(zip(("quantity", "quantity_low", "quantity_high"), numbers, strict=True)) | {
        "unit": unit
    }


@st.composite
def near(draw, first, pool=None):
    """Another amount for the same: any, or the same one but for so much that it still agrees."""
    kind = kind_of(first)
    if draw(st.booleans()):
        return draw(amounts(kind, (pool or SIZES)[kind]))
    factor = draw(one("1", "1.005", "1.008", "0.99", "1.011"))
    numbers = ("quantity", "quantity_low", "quantity_high")
    scaled = {c: first[c] and float(Decimal(repr(first[c])) * Decimal(factor)) for c in numbers}
    return first | scaled


@st.composite
def corridors(draw, name):
    layout = draw(one("series", "series", "parallel"))
    role = draw(one("main", "main", "main", "main", "context"))
    mode = draw(one("rail", "sea", "road"))
    row = {
        "corridor": name,
        "name_en": f"Corridor {name[-1].upper()}",
        "mode": mode,
        "layout": layout,
    }
    return row | {"role": role, "source": draw(st.sampled_from(SOURCES))}


def joins(draw, layout, count):
    """Pairs of places: a chain, a chain with a branch, with a way around, or legs side by side."""
    shape = (
        draw(one("chain", "chain", "branch", "cycle", "double")) if layout == "series" else "fan"
    )
    chain = [(PLACES[n], PLACES[n + 1]) for n in range(count)]
    if shape == "branch" and count > 2:
        chain[-1] = (PLACES[1], PLACES[count])
    if shape == "cycle" and count > 2:
        chain[-1] = (PLACES[count - 1], PLACES[draw(one(0, 1))])
    if shape == "double" and count > 1:
        chain[-1] = chain[draw(st.integers(0, count - 2))]
    if shape == "fan":
        pairs = [("p1", "p4"), ("p1", "p4"), ("p1", "p5"), ("p2", "p4"), ("p4", "p1")]
        chain = [draw(st.sampled_from(pairs)) for _ in range(count)]
    return [pair[::-1] if draw(one(False, False, False, True)) else pair for pair in chain]


@st.composite
def legs(draw, corridor):
    found, mixed = [], draw(st.booleans())
    status = one("operating", "operating", "operating", "planned", "claimed", "suspended")
    ends = joins(draw, corridor["layout"], draw(one(1, 2, 3, 3, 4, 5)))
    for n, (origin, destination) in enumerate(ends):
        valid_from, valid_to = draw(st.sampled_from(VALIDITY)) if mixed else (None, None)
        mode = draw(one(corridor["mode"], "sea", "rail")) if mixed else corridor["mode"]
        basis = draw(one("modelled", "modelled", "schematic", "observed")) if mixed else "modelled"
        found.append({
            "leg": f"{corridor['corridor']}_leg{n + 1}", "corridor": corridor["corridor"],
            "mode": mode, "origin": origin, "destination": destination,
            "status": draw(status) if mixed else "operating",
            # Every place lies at sea, where only a schematic course of a land leg is believed.
            "geometry_basis": basis if mode == "sea" else "schematic",
            "valid_from": valid_from, "valid_to": valid_to,
            "note": draw(one(None, None, "single track")), "source": draw(one(*SOURCES)),
        })  # fmt: skip
    return found


@st.composite
def capacities(draw, cargoes, corridor, own_legs):
    cargo = draw(st.sampled_from([None, "all_goods", *cargoes]))
    kind = draw(st.sampled_from(CARGOES[cargo][2])) if cargo else "mass"
    per = draw(one("year", "year", "year", "year", "month", "day", "voyage"))
    pool = COULD[kind]
    if per in ("month", "day"):
        pool = [str(Decimal(x) / (10 if per == "month" else 250)) for x in pool]
    valid_from, valid_to = draw(st.sampled_from(VALIDITY))
    basis = draw(one("reported", "reported", "claimed", "derived"))
    return {
        "corridor": corridor["corridor"],
        "leg": draw(st.sampled_from([None, None, *(g["leg"] for g in own_legs)])),
        "commodity": cargo, **draw(amounts(kind, pool)), "per": per,
        "kind": draw(one("nameplate", "nameplate", "nameplate", "derived", "planned")),
        "basis": basis, "valid_from": valid_from, "valid_to": valid_to,
        "rank": draw(one(1, 1, 2, 3)), "source": draw(st.sampled_from(SOURCES)),
    }  # fmt: skip


@st.composite
def limits(draw, n, cargoes):
    cargo = draw(st.sampled_from(cargoes or ["coal"]))
    kind = draw(st.sampled_from(CARGOES[cargo][2]))
    unit, factor = draw(st.sampled_from(sorted(KINDS[kind].items())))
    size = float(Decimal(draw(st.sampled_from(COULD[kind]))) / Decimal(factor))
    valid_from, valid_to = draw(st.sampled_from(VALIDITY))
    row = {"limit": f"limit{n}", "commodity": cargo, "quantity": size, "unit": unit, "per": "year"}
    return row | {
        "valid_from": valid_from,
        "valid_to": valid_to,
        "source": draw(st.sampled_from(SOURCES)),
    }


@st.composite
def questions(draw, corridor, own_legs):
    """What the rows of one question share, but for the period."""
    cargo = draw(
        one(None, "all_goods", "all_goods", "coal", "coal", "coal", "grain", "oil", "passengers")
    )
    ends = sorted({g[c] for g in own_legs for c in ("origin", "destination")})
    way = draw(one("whole", "whole", "ends", "ends", "ends", "from", "to", "leg", "leg"))
    leg = draw(st.sampled_from(own_legs))
    row = {"corridor": corridor["corridor"], "leg": leg["leg"] if way == "leg" else None}
    if way in ("ends", "from") or (way == "leg" and draw(st.booleans())):
        row["origin"] = draw(
            st.sampled_from([leg["origin"], leg["destination"]] if way == "leg" else ends)
        )
    if way in ("ends", "to"):
        row["destination"] = draw(st.sampled_from([*ends, "p8"] if draw(one(0, 0, 0, 1)) else ends))
    if way == "ends" and draw(one(False, True)):
        row |= {"origin": leg["origin"], "destination": leg["destination"]}
    row |= {"commodity": cargo, "direction": draw(one(None, None, None, None, "both_ways"))}
    row["scope"] = draw(st.sampled_from([None] * 8 + ["others", "context"]))
    return row, draw(st.sampled_from(CARGOES[cargo][2])) if cargo else "mass"


@st.composite
def figures(draw, corridor, own_legs):
    """Rows of one question over one or more periods, some with rivals."""
    shared, kind = draw(questions(corridor, own_legs))
    if draw(st.booleans()):
        run = draw(st.sampled_from(RUNS))
        periods = run[draw(one(0, 0, 1)) : draw(one(2, 3, 4))]
    else:
        some = st.lists(one(*PERIODS[:6], *PERIODS), min_size=1, max_size=3, unique=True)
        periods = [draw(one(*PERIODS, (None, None))), *draw(some)][draw(one(0, 1)) :]
    rank, basis = draw(one(1, 1, 2)), one("observed", "reported", "claimed", "derived")
    found = []
    for start, end in periods:
        sure = draw(st.booleans())
        first = draw(amounts(kind, SIZES[kind]))
        for n in range(draw(one(1, 1, 1, 2, 2, 3))):
            found.append({
                **shared, "period_start": start, "period_end": end,
                **(first if n == 0 else draw(near(first))),
                "basis": "reported" if sure else draw(basis),
                "rank": rank if n == 0 else draw(one(1, 2, 2, 3)),
                "source": draw(st.sampled_from(SOURCES)),
            })  # fmt: skip
    return found


def kind_of(row):
    return next(kind for kind, units in KINDS.items() if row["unit"] in units)


@st.composite
def kin(draw, row):
    """A row like another: of other cargo, all cargo, a part of it, against it, both ways together,
    in another kind of unit, of another time and rank, or another number for the same."""
    twice = ("cargo", "part", "kind")
    how = draw(one(*twice, *twice, "all", "against", "both", "rank", "amount"))
    other = {"commodity": "grain" if row["commodity"] == "coal" else "coal"}
    kind = draw(one("mass", "bbl", "passengers")) if how == "kind" else kind_of(row)
    new = {
        "cargo": other,
        "all": {"commodity": "all_goods"},
        "part": other | {"part_of": row["flow"]},
        "against": {"origin": row.get("destination"), "destination": row.get("origin")},
        "both": {"direction": None if row.get("direction") else "both_ways"},
        "kind": {},
        "rank": {"period_start": "2020-01-01", "period_end": "2020-12-31"},
        "amount": {},
    }[how] | {"rank": draw(one(row["rank"], 1, 2))}
    if how in ("kind", "rank"):
        new["rank"] = 1 if row["rank"] > 1 else 2
    return row | new | draw(amounts(kind, SIZES[kind]))


@st.composite
def rivals(draw, row):
    """Another number for a capacity, of the same or another rank, kind, leg or commodity."""
    one_column = [{}, {}, {"rank": 2}, {"kind": "derived"}, {"leg": None}]
    for cargo in (None, "coal", "grain"):
        one_column += [{"commodity": cargo}, {"commodity": cargo, "rank": draw(one(1, 2))}]
    changed = draw(st.sampled_from(one_column)) | {"source": draw(one(*SOURCES))}
    return row | draw(near(row, COULD)) | changed


@st.composite
def tables(draw, *, twice=False):
    """Tables of a folder; `twice` lets an id stand twice in a table now and then."""
    main = [draw(corridors(f"way_{letter}")) for letter in "abc"[: draw(one(1, 1, 2, 3))]]
    main[0]["role"] = "main"
    ways = [draw(legs(corridor)) for corridor in main]
    pairs = list(zip(main, ways, strict=True))
    flows = []
    for _ in range(draw(st.integers(1, 4))):
        flows += draw(figures(*draw(st.sampled_from(pairs))))
    for n, row in enumerate(flows):
        row |= {"flow": f"f{n + 1}", "part_of": None}
    for _ in range(draw(one(0, 1, 2, 2, 3))):
        flows.append(draw(kin(draw(st.sampled_from(flows)))) | {"flow": f"f{len(flows) + 1}"})
    for row in flows[1:]:
        row["part_of"] = row["part_of"] or draw(one(*[None] * 6, flows[0]["flow"]))
    if draw(st.booleans()):
        flows = draw(st.permutations(flows))
    cargoes = sorted({row["commodity"] for row in flows if row["commodity"]})
    could = []
    for _ in range(draw(one(3, 2, 1, 0, 4, 3))):
        could.append(draw(capacities(cargoes, *draw(st.sampled_from(pairs)))))
    for _ in range(draw(one(1, 2, 0, 1)) if could else 0):
        could.append(draw(rivals(draw(st.sampled_from(could)))))
    could = [row | {"capacity": f"cap{n + 1}"} for n, row in enumerate(could)]
    if twice and len(flows) > 1 and draw(one(0, 0, 0, 1)):
        flows[-1]["flow"] = flows[0]["flow"]
    whole = draw(one("yes", "yes", None))
    return {
        "corridors": main,
        "legs": [leg for own in ways for leg in own],
        "places": [
            {"place": p, "name_en": f"Port {p[1:]}", "kind": "port", "source": "s1"} for p in PLACES
        ],
        "commodities": [
            {"commodity": c, "name_en": name, "group": group, "source": "s1",
             "aggregate": whole if c == "all_goods" else None}
            for c, (name, group, _) in CARGOES.items()
        ],
        "flows": flows,
        "capacities": could,
        "limits": [draw(limits(n, cargoes)) for n in range(draw(one(1, 0, 2, 1)))],
    }  # fmt: skip


def sound(made):
    """The same tables without what makes an answer ambiguous: a second row of rank 1 is ranked
    lower, a destination that cannot be reached left out, an id used twice dropped."""
    made = copy.deepcopy(made)
    for table in ("flows", "capacities"):
        columns = (
            "corridor leg origin destination direction period_start period_end commodity per kind"
        )
        asked = set()
        for row in made[table]:
            question = (kind_of(row), *(row.get(c) for c in columns.split()))
            row["rank"] = 2 if question in asked and row["rank"] == 1 else row["rank"]
            asked |= {question} if row["rank"] == 1 else set()
    while faults := Reckoning(made).faults():
        for kind, name in faults:
            rows = made["capacities" if kind == "capacity-tie" else "flows"]
            row = next(r for r in reversed(rows) if name in (r.get("flow"), r.get("capacity")))
            if kind == "twice":
                rows.remove(row)
            else:
                row |= {"destination": None} if kind == "unreachable" else {"rank": 2}
    return made


# --- as a data folder -----------------------------------------------------------------------------

ADDED = {"flows": ["scope", "direction"], "commodities": ["aggregate"]}


def where(place):
    """The position of a place of the pool: no two legs between them cross land."""
    n = PLACES.index(place)
    return [-130.0 + 2 * n, -30.0 + (n % 3)]


def write(made, folder):
    """Write tables as a data folder: datapackage.json, CSV, GeoJSON, sources.json."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    package = json.loads((TEMPLATE / "datapackage.json").read_text(encoding="utf-8"))
    package["tumen:extent"] = [-134, -34, -112, -26]
    package["resources"] = [r for r in package["resources"] if r["name"] != "basemap"]
    for resource in package["resources"]:
        fields = resource.get("schema", {}).get("fields", [])
        known = {field["name"] for field in fields}
        for name in ADDED.get(resource["name"], []):
            if name not in known:
                fields.append({"name": name, "type": "string", "description": "made for a test"})
        if resource["format"] == "csv":
            columns = [field["name"] for field in fields]
            write_csv(folder / resource["path"], columns, made.get(resource["name"], []))
    write_features(folder / "places.geojson", "place", made["places"], point)
    write_features(folder / "legs.geojson", "leg", made["legs"], line)
    told = [
        {"id": s, "type": "webpage", "title": f"Source {s[1:]}", "publisher": "Made up"}
        for s in SOURCES
    ]
    write_json(folder / "sources.json", told)
    write_json(folder / "datapackage.json", package)
    return folder


def write_json(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def write_csv(path, columns, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows({k: plain(v) for k, v in formulated(row).items()} for row in rows)


def formulated(row):
    """A derived row needs a formula; the number itself is one."""
    if row.get("basis") != "derived":
        return row
    number = next(
        (row[c] for c in ("quantity", "quantity_low", "quantity_high") if row[c] is not None), None
    )
    return row | {"formula": None if number is None else plain(number)}


def plain(value):
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}".removesuffix(".0")
    return value


def write_features(path, key, rows, geometry):
    features = [
        {"type": "Feature", "id": row[key], "properties": copy.copy(row), "geometry": geometry(row)}
        for row in rows
    ]
    write_json(path, {"type": "FeatureCollection", "features": features})


def point(row):
    return {"type": "Point", "coordinates": where(row["place"])}


def line(row):
    return {"type": "LineString", "coordinates": [where(row["origin"]), where(row["destination"])]}
