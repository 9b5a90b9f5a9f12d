"""The notebooks run from their folder, keep their anatomy, and show a page that works offline."""

import base64
import html
import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
import papermill
import pytest
from nbconvert import HTMLExporter

import geo

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
DOCS = (FOLDER.parent / "docs").glob("*.md")
QUICK = "00-quick-look"
HEADINGS = ["Read", "Derive", "Look", "Export", "Sources"]
PAGES = {
    "00-quick-look": [],
    "01-rail": ["rail"],
    "02-ferry": ["ferry"],
    "03-tankers": ["tankers"],
    "04-flows-and-capacities": ["flows"],
    "05-briefing-pages": ["ferry", "flows", "overview", "rail", "tankers"],
    "06-your-own-corridor": ["your-own-corridor"],
    "07-ais-tracks": ["ais-tracks"],
    "08-your-own-folium-map": ["your-own-map"],
}
FOLDERS = {"05-briefing-pages": ["briefing"]}
MAX_LINES = 12
MAP_BYTES = 600_000  # that a map adds to a notebook
PATIENCE_S = 300  # of one cell, for a machine with other work
CHARGES = re.compile(r"\b(evad|evasi|smuggl|illicit|illegal|clandestine)\w*", re.IGNORECASE)

notebooks = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
with_parameters = pytest.mark.parametrize(
    "path", [p for p in NOTEBOOKS if p.stem != QUICK], ids=lambda p: p.stem
)


@dataclass
class Ran:
    """An executed notebook and where its pages went."""

    notebook: nbformat.NotebookNode
    maps: Path

    @property
    def shown(self):
        """The data of every output that holds a picture."""
        found = [o.data for c in code(self.notebook) for o in c.outputs if "data" in o]
        return [data for data in found if "image/png" in data]


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def read(path):
    return nbformat.read(path, as_version=4)


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """Run a notebook from its own folder, once; nothing is written beside it."""
    done = {}

    def run(path):
        if path not in done:
            out = tmp_path_factory.mktemp(path.stem)
            papermill.execute_notebook(
                path,
                out / path.name,
                parameters={} if path.stem == QUICK else {"maps": str(out / "maps")},
                cwd=FOLDER,
                kernel_name="python3",
                progress_bar=False,
                execution_timeout=PATIENCE_S,
            )
            done[path] = Ran(read(out / path.name), out / "maps")
        return done[path]

    return run


# --- as stored -----------------------------------------------------------------------------------


def test_notebooks_are_numbered_without_gaps():
    assert [p.stem for p in NOTEBOOKS] == list(PAGES)
    assert [int(p.stem[:2]) for p in NOTEBOOKS] == list(range(len(NOTEBOOKS)))


@notebooks
def test_file_is_valid_and_written_as_nbformat_writes_it(path):
    notebook = read(path)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    assert notebook.metadata.kernelspec.name == "python3"
    assert path.read_text(encoding="utf-8") == nbformat.writes(notebook) + "\n"


@notebooks
def test_no_output_is_kept(path):
    for cell in code(read(path)):
        assert cell.outputs == []
        assert cell.execution_count is None


@notebooks
def test_title_and_question_come_first_then_imports(path):
    first, second = read(path).cells[:2]
    title, question = first.source.split("\n\n")
    assert title.startswith("# ")
    assert question.endswith("?")
    assert "\n" not in question
    assert second.source.startswith(("import ", "from "))


@notebooks
def test_cells_are_short_and_define_no_functions(path):
    for cell in code(read(path)):
        assert cell.source == cell.source.strip()
        assert 1 <= len(cell.source.splitlines()) <= MAX_LINES
        assert not re.search(r"^\s*(def|class|async def)\s|lambda", cell.source, re.MULTILINE)


@with_parameters
def test_headings_stand_in_order(path):
    texts = [c.source for c in read(path).cells if c.cell_type == "markdown"]
    found = [h for text in texts for h in re.findall(r"^## (.+)$", text, re.MULTILINE)]
    assert found == HEADINGS


@with_parameters
def test_one_cell_holds_the_parameters_and_says_what_they_are(path):
    cells = code(read(path))
    tagged = [n for n, c in enumerate(cells) if "parameters" in c.metadata.get("tags", [])]
    assert tagged == [1]
    assert all(re.search(r"  # .+", line) for line in cells[1].source.splitlines())
    assert 'maps = "../maps"' in cells[1].source


def test_the_quick_look_is_one_cell():
    assert len(code(read(FOLDER / f"{QUICK}.ipynb"))) == 1


@notebooks
def test_prose_states_no_figure_and_charges_no_one(path):
    prose = "\n".join(c.source for c in read(path).cells if c.cell_type == "markdown")
    assert not re.search(r"\d[\d,.]* ?(t|kt|Mt|km|nmi|bbl|%|barrels|tonnes|passengers)\b", prose)
    assert not CHARGES.search(prose)


# --- as run --------------------------------------------------------------------------------------


@notebooks
def test_runs_without_warnings(path, ran):
    notebook = ran(path).notebook
    streams = [o for c in code(notebook) for o in c.outputs if o.output_type == "stream"]
    assert [o.text for o in streams if o.name == "stderr"] == []


@notebooks
def test_writes_its_pages_and_nothing_else(path, ran):
    maps = ran(path).maps
    found = sorted(p.name for p in maps.iterdir()) if maps.exists() else []
    assert found == [*FOLDERS.get(path.stem, []), *(f"{name}.html" for name in PAGES[path.stem])]


def test_the_briefing_is_made_in_every_format_for_the_parameters_given(ran, tmp_path):
    path = FOLDER / "05-briefing-pages.ipynb"
    made = {p.suffix[1:] for p in (ran(path).maps / "briefing").iterdir()}
    assert made == {*geo.brief.FORMATS, "json"}
    chosen = {"corridors": "ferry", "formats": "md", "lang": "ko", "start": "2017-01-01"}
    papermill.execute_notebook(
        path,
        tmp_path / path.name,
        parameters={"maps": str(tmp_path), "end": "2017-12-31", **chosen},
        cwd=FOLDER,
        kernel_name="python3",
        progress_bar=False,
    )
    told = (tmp_path / "briefing" / "briefing.md").read_text(encoding="utf-8")
    assert "블라디보스토크" in told
    assert "ferry.png" in told
    assert "rail.png" not in told


@notebooks
def test_shows_a_sandboxed_page_and_its_picture(path, ran):
    (shown,) = ran(path).shown
    assert 'sandbox="allow-scripts"' in shown["text/html"]
    assert 'src="data:image/webp;base64,' in shown["text/html"]
    assert base64.b64decode(shown["image/png"]).startswith(b"\x89PNG")
    assert sum(len(value) for value in shown.values()) <= MAP_BYTES


@notebooks
def test_claimed_words_are_quoted_with_their_source(path, ran):
    """A charge may appear in an output only inside a source's own title, note or words."""
    for cell in code(ran(path).notebook):
        for output in cell.outputs:
            said = output.get("text") or output.get("data", {}).get("text/plain", "")
            for line in said.splitlines():
                assert not CHARGES.search(line) or re.search(r"^\d+\. |^\w+: |“", line)


@pytest.mark.browser
@notebooks
def test_exported_page_works_offline_and_without_frames_the_picture_is_left(
    path, ran, browser, tmp_path
):
    text, _ = HTMLExporter().from_notebook_node(ran(path).notebook)
    whole, bare = tmp_path / "whole.html", tmp_path / "bare.html"
    whole.write_text(text, encoding="utf-8")
    bare.write_text(without_frames(text), encoding="utf-8")
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_offline(True)
    page = context.new_page()
    page.goto(whole.as_uri(), wait_until="domcontentloaded")
    page.locator("iframe[sandbox]").scroll_into_view_if_needed()
    frame = page.frame_locator("iframe[sandbox]").frame_locator("iframe[sandbox]")
    frame.locator('html[data-ready="1"]').wait_for(state="attached", timeout=20_000)
    assert frame.locator(".leaflet-container canvas, .leaflet-container path").count() > 0
    page.goto(bare.as_uri(), wait_until="domcontentloaded")
    assert page.locator("iframe, script").count() == 0
    sizes = page.locator('img[src^="data:image/webp"]').evaluate_all(
        "found => found.map(i => i.complete && i.naturalWidth > 300 && i.offsetWidth > 300)"
    )
    context.close()
    assert sizes == [True]


def without_frames(text):
    """What is left of a page where scripts and frames are taken out."""
    text = re.sub(r"<script\b.*?</script>", "", text, flags=re.DOTALL | re.IGNORECASE)
    return re.sub(r"<iframe\b.*?</iframe>", "", text, flags=re.DOTALL | re.IGNORECASE)


def test_the_embed_snippet_is_printed(ran):
    notebook = ran(FOLDER / "05-briefing-pages.ipynb").notebook
    (cell,) = [c for c in code(notebook) if c.id == "embed"]
    (output,) = cell.outputs
    assert 'sandbox="allow-scripts"' in output.text
    assert 'src="overview.html"' in html.unescape(output.text)


def test_the_chosen_corridor_crosses_the_antimeridian(ran):
    notebook = ran(FOLDER / "06-your-own-corridor.ipynb").notebook
    said = "".join(o.get("text", "") for c in code(notebook) for o in c.outputs)
    west, east = map(float, re.search(r"from ([\d.]+)° to ([\d.]+)°", said).groups())
    assert west < 180 < east < west + 20


def test_the_gallery_lists_every_notebook():
    text = (FOLDER.parent / "docs" / "gallery.md").read_text(encoding="utf-8")
    linked = re.findall(r"\]\(([^)#:]+)\)", text)
    assert {f"../notebooks/{p.name}" for p in NOTEBOOKS} <= set(linked)


@pytest.mark.parametrize("page", ["README.md", *sorted(f"docs/{p.name}" for p in DOCS)])
def test_pages_link_only_to_files_that_exist(page):
    path = FOLDER.parent / page
    linked = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
    assert [link for link in linked if not (path.parent / link).exists()] == []
