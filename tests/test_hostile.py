"""Nothing in the data runs: every hostile string through every channel, shown as typed.

Pages are looked at in Chromium with the network cut. The second half takes our escaping away: the
page's policy alone must then hold every script and every request.
"""

import csv
import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import jinja2
import openpyxl
import pypdfium2
import pytest
from cases import GIVEN, Folder
from hostile import CLASSES, RUN, printable, strings

import geo
from geo import brief, draw, userdata
from geo.cli import main
from geo.maps import drawable
from geo.maps.flowtables import flow_scene, flow_table
from geo.output import bundle, templates
from geo.output.brief import markdown

pytestmark = pytest.mark.browser

LOOKED = "() => ({ran: window.__ran, polluted: ({}).polluted, at: location.href})"


def flat(text):
    """Text as one line: how a browser, a slide and a paper break and join lines differs."""
    return " ".join(text.split())


def watched(open_page, path):
    """A page that is open, its dialogs noted."""
    opened = open_page(path, ready=False)
    opened.dialogs = []
    opened.finished = []
    opened.sent = []  # not stopped by the policy: they came to the network, and found it cut
    opened.page.on(
        "requestfailed",
        lambda request: request.failure == "csp" or opened.sent.append(request.url),
    )
    opened.page.on("requestfinished", lambda request: opened.finished.append(request.url))
    opened.page.on("dialog", lambda dialog: (opened.dialogs.append(dialog), dialog.dismiss()))
    opened.page.wait_for_load_state("load")
    return opened


def unharmed(opened, path):
    """No script ran, nothing was asked for, no dialog came, nothing was left."""
    opened.page.wait_for_timeout(300)
    looked = opened.page.evaluate(LOOKED)
    assert looked.get("ran") is looked.get("polluted") is None
    assert looked["at"] == path.as_uri()
    assert opened.requests == [path.as_uri()]
    assert opened.dialogs == []


def missing(texts, found):
    """Which texts stand nowhere, line breaks and pictures of control characters left aside."""
    return [text for text in texts if flat(text.translate(templates._PICTURES)) not in found]


def test_the_corpus_is_as_large_as_promised_and_every_class_is_in_it():
    assert len(strings()) >= 300
    assert all(any(text in strings() for text in made()) for made in CLASSES.values())
    assert sum(RUN in text for text in strings()) > 150


# --- a data folder --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A data folder in which every free text is hostile; each string stands in many columns."""
    made = Folder.new(tmp_path_factory.mktemp("hostile") / "data")
    made.feature("legs.geojson", "port_a_port_b", lambda f: f.update(geometry=GIVEN))
    texts = printable()
    numbered = list(enumerate(texts))
    source = {"source": "example"}
    made.rows(
        "events.csv",
        *(
            {"event": f"e{n}", "date": "2020-06-01", "date_precision": "day", "title": text,
             "kind": text if text.strip() else "x", "corridor": "example", "note": text,
             "source": f"s{n}"}
            for n, text in numbered
        ),
    )  # fmt: skip
    made.rows(
        "flows.csv",
        *(
            {"flow": f"f{n}", "corridor": "example", "origin": "port_a", "destination": "port_b",
             "period_start": "2020-01-01", "period_end": "2020-12-31", "commodity": f"c{n}",
             "quantity": str(n), "unit": "Mt", "basis": "reported", "rank": "1", "note": text,
             **source}
            for n, text in numbered
        ),
    )  # fmt: skip
    made.rows(
        "commodities.csv",
        *({"commodity": f"c{n}", "name_en": text, "group": "general", "note": text, **source}
          for n, text in numbered),
        {"commodity": "all_goods", "name_en": "all", "group": "general", "aggregate": "yes",
         **source},
    )  # fmt: skip

    def places(document):
        example = document["features"][0]
        for feature, text in zip(document["features"], (texts[0], texts[3]), strict=True):
            feature["properties"].update(name_en=text, note=" ¦ ".join(texts))
        for n, text in numbered:
            more = json.loads(json.dumps(example))
            at = [178.4 + n % 20 / 50, -18.9 + n // 20 / 50]
            more["id"] = more["properties"]["place"] = f"p{n}"
            more["properties"].update(name_en=text, name_ko=text, name_ru=text, note=text)
            document["features"].append({**more, "geometry": {"type": "Point", "coordinates": at}})

    made.change("places.geojson", places)
    record = {"type": "webpage", "publisher": "x"}
    made.change(
        "sources.json",
        lambda found: [
            *found,
            *({**record, "id": f"s{n}", "title": text, "URL": text} for n, text in numbered),
        ],
    )
    every = " ¦ ".join(next(t for t in made_() if t in texts) for made_ in CLASSES.values() if
                       set(made_()) & set(texts))  # fmt: skip
    made.descriptor(lambda d: d.update(title=every, description=every, version=every))
    made.resource("legs", lambda r: r.update(title=every))
    corridor = {"corridor": "example", "name_en": every, "name_ko": every, "mode": "sea"}
    made.rows("corridors.csv", {**corridor, "layout": "series", "role": "main", **source})
    return made


@pytest.fixture(scope="module")
def hostile_scenes(folder):
    return geo.scene.pages(geo.package.load(folder.path))


@pytest.mark.parametrize("name", ["overview", "legs"])
def test_a_data_folder_of_hostile_texts_shows_them_as_typed(
    hostile_scenes, name, open_page, tmp_path
):
    path = geo.page.save(hostile_scenes[name], tmp_path / f"{name}.html")
    opened = watched(open_page, path)
    page = opened.page
    page.wait_for_selector('html[data-ready="1"]', timeout=60_000)
    for selector in (".tumen-place", "[data-pipe]"):
        for shape in page.query_selector_all(selector)[:3]:
            shape.dispatch_event("click")
    unharmed(opened, path)
    shown = flat(page.evaluate("document.body.textContent"))
    for text in (".kicker", "h1"):
        assert page.locator(text).count() >= 1
    cells = [flat(t) for t in page.eval_on_selector_all("*", "n => n.map(x => x.textContent)")]
    assert missing(printable(), shown) == []
    said = {*cells}
    assert sum(flat(text) in said for text in printable()) > 0.9 * len(printable())
    assert "6*7" in shown
    assert not re.search(r"(?<![0-9])42(?![0-9])", page.title())
    assert flat(printable()[0]) in flat(page.title())


def test_links_of_sources_lead_to_the_web_or_nowhere(hostile_scenes, open_page, tmp_path):
    path = geo.page.save(hostile_scenes["legs"], tmp_path / "links.html")
    page = watched(open_page, path).page
    links = page.eval_on_selector_all("a[href]", "n => n.map(a => a.protocol)")
    assert len(links) > 100
    assert set(links) <= {"http:", "https:", "file:"}


def test_the_copied_table_holds_no_live_formula(hostile_scenes, open_page, tmp_path):
    path = geo.page.save(hostile_scenes["legs"], tmp_path / "copied.html")
    page = watched(open_page, path).page
    page.wait_for_selector('html[data-ready="1"]', timeout=60_000)
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.evaluate("window.__copied = ''; const own = Tumen.csv;"
                  "Tumen.csv = rows => (window.__copied = own(rows)); 0")  # fmt: skip
    page.get_by_role("button", name=re.compile("CSV")).first.click()
    copied = page.evaluate("window.__copied")
    rows = list(csv.reader(io.StringIO(copied, newline="")))
    assert len(rows) > len(printable())
    assert live(cell for row in rows for cell in row) == []
    notes = {row[rows[0].index("note")].lstrip("'") for row in rows[1:]}
    assert sum(text.strip() in {n.strip() for n in notes} for text in printable()) > 250


def live(cells):
    """Cells that a spreadsheet would take for a formula."""
    number = re.compile(r"[+-]?[0-9.]+(e[+-]?[0-9]+)?", re.IGNORECASE)
    return [
        cell
        for cell in cells
        if re.match(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]", cell) and not number.fullmatch(cell)
    ]


# --- a user's own files ---------------------------------------------------------------------------


def popups(page):
    """The text of the popup of every feature, opened one after the other."""
    return page.evaluate("""() => Array.from(document.querySelectorAll('path.tumen-feature'), p => {
        p.dispatchEvent(new MouseEvent('click', {bubbles: true}));
        const boxes = document.querySelectorAll('.tumen-popup');
        const box = boxes[boxes.length - 1];
        return [box.querySelector('h2').textContent,
                Array.from(box.querySelectorAll('td, th'), c => c.textContent)];
    })""")


@pytest.mark.parametrize("ending", ["geojson", "csv"])
def test_hostile_features_show_as_typed_to_the_letter(tmp_path, open_page, ending):
    texts = [text for text in strings() if ending == "geojson" or "\r" not in text]
    path = tmp_path / f"<img src=x onerror={RUN}>{{{{ 6*7 }}}}.{ending}"
    at = [(n % 20 / 10 + 10, n // 20 / 10 + 10) for n in range(len(texts))]
    if ending == "csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            write = csv.writer(file, quoting=csv.QUOTE_ALL)
            write.writerow(["name", texts[0], "lon", "lat"])
            write.writerows([text, text, *xy] for text, xy in zip(texts, at, strict=True))
    else:
        features = [
            {"type": "Feature", "properties": {"name": text, text: text},
             "geometry": {"type": "Point", "coordinates": xy}}
            for text, xy in zip(texts, at, strict=True)
        ]  # fmt: skip
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    made = geo.page.save(userdata.draw_layers([userdata.read(path)]), tmp_path / "page.html")
    opened = watched(open_page, made)
    opened.page.wait_for_selector('html[data-ready="1"]', timeout=60_000)
    found = popups(opened.page)
    texts = [drawable.value(text) for text in texts]
    assert [title for title, _ in found] == texts
    assert all(text in cells for text, (_, cells) in zip(texts, found, strict=True))
    unharmed(opened, made)
    assert path.stem in opened.page.locator(".tumen-layers").text_content()
    assert path.stem in opened.page.title()
    assert opened.page.locator("img, iframe, object, embed").count() == 0


@pytest.fixture(scope="module")
def table_of_flows(tmp_path_factory):
    folder = tmp_path_factory.mktemp("flows")
    texts = [text for text in strings() if text.strip() == text and "\r" not in text]
    names = list(dict.fromkeys(" ".join(text.split()) or "x" for text in texts))
    features = [
        {"type": "Feature", "properties": {"place": name, "name_en": name},
         "geometry": {"type": "Point", "coordinates": [n % 20 + 10, n // 20 + 10]}}
        for n, name in enumerate(names)
    ]  # fmt: skip
    places = folder / "places.geojson"
    places.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    path = folder / "flows.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file)
        write.writerow(["origin", "destination", "quantity", "unit", "commodity", "note", "source"])
        pairs = zip(names, [*names[1:], names[0]], strict=True)
        write.writerows([a, b, 5, "t", a, a, a] for a, b in pairs)
    return names, flow_scene.scene(flow_table.read(path, places=places), title=" ¦ ".join(names))


def test_a_hostile_table_of_flows_shows_as_typed(table_of_flows, tmp_path, open_page):
    names, scene = table_of_flows
    path = geo.page.save(scene, tmp_path / "flows.html")
    opened = watched(open_page, path)
    opened.page.wait_for_selector('html[data-ready="1"]', timeout=60_000)
    unharmed(opened, path)
    assert missing(names, flat(opened.page.evaluate("document.body.textContent"))) == []


def test_the_command_shows_control_characters_and_obeys_none(tmp_path, capsys):
    for number, text in enumerate(strings()):
        features = [{"type": "Feature", "id": text, "properties": {text: "2020-02-30"},
                     "geometry": {"type": "Point", "coordinates": [42, 129]}}]  # fmt: skip
        path = tmp_path / f"{number}.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    files = sorted(map(str, tmp_path.glob("*.geojson")))
    with pytest.raises(SystemExit) as ended:
        main(["check", *files])
    said = capsys.readouterr().out
    assert ended.value.code == 1
    assert all(c.isprintable() or c == "\n" for c in said)
    assert "42" in said
    assert "{{ 6*7 }}" in said
    assert "[bold red]rich[/]" in said


# --- what is handed out ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def handed(folder, tmp_path_factory):
    output = tmp_path_factory.mktemp("handed")
    brief.make(folder.path, output)
    return {path.name: path for path in output.iterdir()}


def parts(path):
    with zipfile.ZipFile(path) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


@pytest.mark.parametrize("name", ["briefing.pptx", "briefing.docx"])
def test_slides_and_document_hold_hostile_texts_as_text(handed, name):
    words, targets, fields = [], [], []
    for part, content in parts(handed[name]).items():
        if part.endswith((".xml", ".rels")):
            nodes = list(ElementTree.fromstring(content).iter())
            words += [flat("".join(node.itertext())) for node in nodes if node.tag[-2:] == "}p"]
            fields += [node.text for node in nodes if node.tag.endswith("}instrText")]
            outside = [node for node in nodes if node.get("TargetMode") == "External"]
            targets += [node.get("Target", "") for node in outside]
        assert not re.search(r"vba|activex|oleobject|\.(js|html)$", part, re.IGNORECASE)
    everything = "\n".join(words)
    shown = [text for text in printable() if len(text) < 80 and flat(text) in everything]
    assert len(shown) > 200
    assert all(re.match(r"https?://|[\w.-]+\.html", target) for target in targets), targets
    assert not [field for field in fields if re.search("DDE|INCLUDE|LINK |QUOTE", field or "")]


def test_workbooks_inside_slides_hold_no_formula(handed):
    books = [c for n, c in parts(handed["briefing.pptx"]).items() if n.endswith(".xlsx")]
    assert books
    for content in books:
        book = openpyxl.load_workbook(io.BytesIO(content))
        kinds = [c.data_type for sheet in book for row in sheet.iter_rows() for c in row]
        assert kinds
        assert "f" not in kinds
        assert b"<f>" not in b"".join(parts(io.BytesIO(content)).values())


def test_the_paper_holds_hostile_texts_as_text_and_no_action(handed):
    content = handed["briefing.pdf"].read_bytes()
    for action in (b"/JavaScript", b"/JS", b"/Launch", b"/SubmitForm", b"/EmbeddedFile"):
        assert action not in content
    pages = pypdfium2.PdfDocument(content)
    words = "".join(flat(page.get_textpage().get_text_range()) for page in pages)
    assert "{{ 6*7 }}" in words
    assert "onerror=window.__ran=1" in words.replace(" ", "").replace("\ufffe", "")


def test_the_markdown_holds_no_markup_of_the_data(handed):
    text = handed["briefing.md"].read_text(encoding="utf-8")
    bare = re.sub(r"\\.|<https?://[^\s<>]+>", "", text)
    assert "<" not in bare
    assert not re.search(r"\]\((?![\w.-]+\.png\))", bare)
    assert "{" not in bare
    for one in printable():
        plain = re.sub(r"\[[0-9]+\]", "", flat(one))
        said = re.sub(r"\\(.)", r"\1", markdown.inert(plain))
        assert said == plain


def test_pictures_hold_hostile_texts_as_text(handed):
    pictures = [path for name, path in handed.items() if name.endswith(".svg")]
    assert pictures
    for path in pictures:
        root = ElementTree.fromstring(path.read_bytes())
        tags = {node.tag.split("}")[-1] for node in root.iter()}
        assert not tags & {"script", "foreignObject", "a", "iframe", "animate", "set"}
        names = [name for node in root.iter() for name in node.attrib]
        assert not [name for name in names if name.lower().startswith("on")]


def test_a_notebook_shows_hostile_texts_as_text(hostile_scenes, open_page, tmp_path):
    shown = geo.page.show(hostile_scenes["legs"])._repr_mimebundle_()
    path = tmp_path / "cell.html"
    path.write_text(f"<!doctype html><meta charset=utf-8>{shown['text/html']}", encoding="utf-8")
    opened = watched(open_page, path)
    unpacking = opened.page.frame_locator("iframe")
    unpacking.frame_locator("iframe").locator(".kicker").wait_for()
    opened.page.wait_for_timeout(500)
    for frame in opened.page.frames:
        assert frame.evaluate("window.__ran") is None
    inner = opened.page.frames[2]
    assert flat(printable()[0]) in flat(inner.evaluate("document.body.textContent"))
    assert [url for url in opened.requests if url.startswith("http")] == []


def tables(name, content):
    """Every table in a file and in the files inside it: its name, its cells, how many are live.

    A list of what was left out is read as if someone opened it as a table, by any delimiter.
    """
    if zipfile.is_zipfile(io.BytesIO(content)):
        for part, inner in parts(io.BytesIO(content)).items():
            yield from tables(f"{name}/{part}", inner)
    if name.endswith(".xlsx"):
        cells = [cell for sheet in openpyxl.load_workbook(io.BytesIO(content))
                 for row in sheet.iter_rows() for cell in row]  # fmt: skip
        yield name, len(cells), [cell.value for cell in cells if cell.data_type == "f"]
    for mark in {".csv": ",", ".tsv": "\t", ".jsonl": ",;|\t ", ".json": ""}.get(
        Path(name).suffix, ""
    ):  # fmt: skip
        text = content.decode("utf-8")
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark))
        rows += [line.split(mark) for line in text.splitlines()] if name.endswith("l") else []
        cells = [cell for row in rows for cell in row]
        yield f"{name} by {mark}", len(cells), live(cells)


def rejected(tmp_path):
    """Commands that leave rows out: features, rows of a table, flows, positions; hostile all."""
    texts = [text for text in strings() if "\r" not in text]
    nowhere = {"type": "Point", "coordinates": [181, 91]}
    lost = [
        {"type": "Feature", "properties": {"name": text, text: text}, "geometry": nowhere}
        for text in strings()
    ]
    kept = json.loads(json.dumps(lost[:1]))
    kept[0]["geometry"]["coordinates"] = [10, 10]
    everything = {"type": "FeatureCollection", "features": [*kept, *lost]}
    (tmp_path / "any.geojson").write_text(json.dumps(everything))
    place = {"properties": {"place": "aa", "name": "aa"}}
    place = {"type": "FeatureCollection", "features": [{**kept[0], **place}]}
    (tmp_path / "places.geojson").write_text(json.dumps(place))
    for name, head, fine, bad in (
        ("rows", "name,lon,lat", ["x", 10, 10], lambda one: [one, one, 5]),
        ("flows", "origin,destination,quantity,unit", ["aa", "aa", 5, "t"],
         lambda one: ["aa", one, one, "t"]),
        ("ships", "vessel,time_utc,lon,lat,name", ["1", "2025-01-01T00:00:00Z", 10, 10, "x"],
         lambda one: ["", "2025-01-01T00:00:00Z", 10, 10, one.replace("\n", " ")]),
    ):  # fmt: skip
        with (tmp_path / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            write = csv.writer(file)
            write.writerows([head.split(","), fine, *map(bad, texts)])
    places = ["--places", str(tmp_path / "places.geojson")]
    for name, more in (("any.geojson", []), ("rows.csv", []), ("flows.csv", places)):
        yield ["map", str(tmp_path / name), *more, "-o", str(tmp_path / f"{name}.html")]
    yield ["tracks", str(tmp_path / "ships.csv"), *places, "-o", str(tmp_path / "tracks")]


def test_no_table_that_the_kit_writes_holds_a_live_formula(handed, tmp_path, capsys):
    """Everything it can write: pages, briefings, data folders, lists of what was left out."""
    for words in rejected(tmp_path):
        with pytest.raises(SystemExit) as ended:
            main([*words, "--on-error", "skip"])
        assert not ended.value.code, capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["new", str(tmp_path / "new"), "--from", "=1+1,1,2", "--to", "@SUM(1),2,3"])
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    written = [path for path in written if path.parent != tmp_path or path.suffix != ".csv"]
    found = [
        table
        for path in [*written, *handed.values()]
        for table in tables(path.name, path.read_bytes())
    ]
    kinds = {re.sub(r".*\.| by .*", "", name) for name, _, _ in found}
    assert kinds == {"csv", "xlsx", "jsonl"}
    assert sum(count for _, count, _ in found) > 5000
    assert {name: cells for name, _, cells in found if cells} == {}


def test_what_was_left_out_is_there_to_the_letter(tmp_path, capsys):
    (words, *_) = rejected(tmp_path)
    with pytest.raises(SystemExit):
        main([*words, "--on-error", "skip"])
    lines = (tmp_path / "any.geojson-rejected.jsonl").read_text(encoding="ascii").splitlines()
    features = [json.loads(json.loads(line)["raw"]) for line in lines]
    assert [feature["properties"]["name"] for feature in features] == list(strings())
    source = (tmp_path / "any.geojson").read_text()
    assert all(json.loads(line)["raw"] in source for line in lines)
    assert f"{len(strings())} left out" in capsys.readouterr().out


@pytest.mark.parametrize("cell", ["=1+1", " =1", "+a", "-a", "@a", "\t=1", "\r=1", "\uff1d1"])
def test_a_live_cell_would_be_found(cell):
    assert live([cell]) == [cell]
    for name in ("a.csv", "a.jsonl"):
        assert any(cells for _, _, cells in tables(name, f'x,"{cell}"\n'.encode()))
    book = openpyxl.Workbook()
    book.active["A1"] = "=1+1"
    made = io.BytesIO()
    book.save(made)
    assert [cells for _, _, cells in tables("a.xlsx", made.getvalue())] == [["=1+1"]]


# --- the second wall ------------------------------------------------------------------------------

MARK = "zqmarkzq"
TEXT_OF_OURS = "node.append(child instanceof Node ? child : String(child))"
MARKUP_OF_IT = (
    "child instanceof Node ? node.append(child) : node.insertAdjacentHTML('beforeend', child)"
)
POLICY = re.compile('<meta http-equiv="Content-Security-Policy"[^>]*>')
BLOCK = re.compile(r'(<script type="application/(?:ld\+)?json"[^>]*>)(.*?)(</script>)', re.DOTALL)
OPENED = """() => { for (const shape of Array.from(document.querySelectorAll(
    '.tumen-place, [data-pipe], path.leaflet-interactive')).slice(0, 4))
    shape.dispatchEvent(new MouseEvent('click', {bubbles: true})); }"""


@pytest.fixture(scope="module")
def unescaped(tmp_path_factory):
    """The page of a test build with every escaping of ours off, and a mark in every free text.

    Off are: the template engine's, that of sentences and attributes, that of values in their
    block, and in the browser the one of every text: it is markup there.
    """
    made = Folder.new(tmp_path_factory.mktemp("wall") / "data")
    made.feature("legs.geojson", "port_a_port_b", lambda f: f.update(geometry=GIVEN))
    for name in ("flows.csv", "events.csv", "commodities.csv", "corridors.csv", "capacities.csv"):
        table = made.table(name)
        for column in ("title", "note", "name_en", "name_ko", "name_ru", "kind"):
            for row in table[1:] if column in table[0] and (name, column) != (
                "capacities.csv", "kind") else []:  # fmt: skip
                row[table[0].index(column)] = MARK
        made.put(name, table)
    texts = dict.fromkeys(("name_en", "name_ko", "name_ru", "note"), MARK)
    made.change(
        "places.geojson", lambda d: [f["properties"].update(texts) for f in d["features"]] and d
    )
    made.change(
        "sources.json",
        lambda d: [{**one, "title": MARK, "URL": f"https://x.invalid/{MARK}"} for one in d],
    )
    made.descriptor(lambda d: d.update(title=MARK, description=MARK, version=MARK))
    made.resource("legs", lambda r: r.update(title=MARK))
    scene = replace(geo.scene.pages(geo.package.load(made.path))["legs"], packs=())
    plain = jinja2.Environment(
        loader=jinja2.PackageLoader("geo", "web"), autoescape=False, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    ours = bundle.script()
    assert TEXT_OF_OURS in ours
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(templates, "_environment", lambda: plain)
        patch.setattr(templates.html, "escape", lambda text, **_: str(text))
        patch.setattr(draw, "inert", lambda value: json.dumps(value, ensure_ascii=False))
        patch.setitem(geo.page.ASSETS, "tumen", lambda: ours.replace(TEXT_OF_OURS, MARKUP_OF_IT))
        return geo.page.render(scene)


def filled(page, text, *, policy=True):
    """The page with a string at every mark, as it stands; in JSON by the rules of JSON."""
    coded = json.dumps(text, ensure_ascii=False)[1:-1]
    page = BLOCK.sub(lambda found: found[1] + found[2].replace(MARK, coded) + found[3], page)
    page = page.replace(MARK, text)
    return page if policy else POLICY.sub("", page)


def test_the_mark_stands_in_every_channel_of_a_page(unescaped):
    outside = BLOCK.sub("", unescaped)
    for channel in (
        f"<title>{MARK}", f'aria-label="Map of {MARK}', f'<p class="kicker">{MARK}',
        f'href="https://x.invalid/{MARK}',
    ):  # fmt: skip
        assert channel in outside, channel
    values = "".join(found[2] for found in BLOCK.finditer(unescaped))
    assert values.count(MARK) > 10
    assert outside.count(MARK) > 15
    assert len(POLICY.findall(unescaped)) == 1


def behind(opened, path):
    """What a page did once it was loaded and its shapes were clicked."""
    for seen in (opened.requests, opened.finished, opened.sent, opened.dialogs):
        seen.clear()
    opened.page.goto(path.as_uri())
    opened.page.evaluate(OPENED)
    opened.page.wait_for_timeout(40)
    return opened.page.evaluate(LOOKED)


@pytest.mark.parametrize("name", CLASSES)
def test_with_our_escaping_off_the_policy_alone_lets_nothing_run(
    unescaped, tmp_path, open_page, name
):
    """Each string stands as markup in every channel of a page of its own."""
    path = tmp_path / "page.html"
    path.write_text(filled(unescaped, "x"), encoding="utf-8")
    opened = watched(open_page, path)
    for text in CLASSES[name]():
        path.write_text(filled(unescaped, text), encoding="utf-8", newline="")
        looked = behind(opened, path)
        assert looked.get("ran") is looked.get("polluted") is None, text
        assert looked["at"] == path.as_uri(), text
        assert set(opened.finished) <= {path.as_uri()}, text
        assert opened.sent == [], text
        assert opened.dialogs == [], text


@pytest.mark.parametrize(("name", "least"), [("markup", 40), ("attributes", 8), ("scripts", 1)])
def test_without_the_policy_the_same_strings_do_run(unescaped, tmp_path, open_page, name, least):
    """So that it is the policy that holds them, and the test could fail."""
    path = tmp_path / "page.html"
    path.write_text(filled(unescaped, "x"), encoding="utf-8")
    opened = watched(open_page, path)
    ran = sent = 0
    for text in CLASSES[name]():
        path.write_text(filled(unescaped, text, policy=False), encoding="utf-8", newline="")
        ran += behind(opened, path).get("ran") == 1
        sent += any(url.startswith("http") for url in opened.sent)
    assert ran >= least
    assert (sent >= 4) == (name == "markup")
