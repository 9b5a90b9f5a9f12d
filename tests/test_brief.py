"""The briefing: table figures as in data/, footnotes, manifest, the same bytes each time."""

import hashlib
import io
import json
import random
import re
import shutil
import struct
import zipfile
import zlib
from dataclasses import replace

import docx
import pptx
import pypdfium2
import pytest
from cases import SPARE, Folder
from conftest import ROOT
from docx.oxml.ns import qn

from geo import brief, errors
from geo.files import zipped
from geo.output import still
from geo.output.brief import document, fitting, markdown, slides
from geo.output.brief import paper as paper_of
from geo.output.brief.model import CITE, Table


def chunk(kind, data):
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


PNG = b"\x89PNG\r\n\x1a\n" + b"".join(
    chunk(kind, data)
    for kind, data in (
        (b"IHDR", struct.pack(">IIBBBBB", 8, 5, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(bytes(5 * 9))),
        (b"IEND", b""),
    )
)


@pytest.fixture(scope="module")
def told(package):
    return brief.story(package)


@pytest.fixture(scope="module")
def pictures(told):
    return {section.id: PNG for section in (told.front, *told.sections) if section.scene}


@pytest.fixture(scope="module")
def show(told, pictures):
    return pptx.Presentation(io.BytesIO(slides.write(told, pictures)))


@pytest.fixture(scope="module")
def paper(told, pictures):
    return docx.Document(io.BytesIO(document.write(told, pictures)))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Everything, made by the kit into a folder."""
    output = tmp_path_factory.mktemp("briefing")
    return {path.name: path for path in brief.make(ROOT / "data", output)}


# --- the story -----------------------------------------------------------------------------------


def test_every_flow_of_data_is_in_a_table_with_the_number_of_its_source(told, package):
    tables = [t for s in told.sections for t in s.tables if t.ids]
    ids = {name for table in tables for name in table.ids}
    main = package.corridors.loc[package.corridors["role"] == "main", "corridor"]
    flows = package.flows[package.flows["corridor"].isin(main)]
    assert set(flows["flow"]) <= ids
    known = {source.number: source.id for source in told.sources}
    by_flow = package.flows.set_index("flow")["source"]
    for table in tables:
        for name, row in zip(table.ids, table.rows, strict=True):
            number = int(CITE.match(row[-1]).group(1))
            if name in by_flow.index:
                assert known[number] == by_flow[name]


def test_every_section_says_its_finding(told):
    for section in told.sections:
        assert re.search(r"\d", section.headline), section.id
    rail = told.sections[0]
    assert "Mt" in rail.headline
    assert "sources differ" in rail.headline  # the range of what they say stays a range


def test_every_number_cited_is_a_source(told):
    texts = [c for s in told.sections for t in s.tables for r in t.rows for c in r]
    texts += [p for s in told.sections for p in s.points]
    cited = {int(n) for text in texts for n in CITE.findall(text)}
    assert cited
    assert cited <= {source.number for source in told.sources}


def test_every_figure_of_a_headline_names_its_sources(told, package):
    rows = {row.id: row for row in told.sections[0].scene.rows}
    known = {source.number: source.id for source in told.sources}
    rail = told.sections[0].headline
    fullest, latest = rail.split("; latest: ")
    assert "40–63 % of 4–5 Mt/year (sources differ)" in fullest
    assert "0.132 Mt of coal in Apr–May 2024, 16–20 % of 0.667–0.833 Mt (reported)" in latest
    for clause in (fullest, latest):
        numbers = [int(n) for n in CITE.findall(clause)]
        cited = {known[n] for n in numbers}
        of = set(package.capacities["source"])
        assert known[numbers[-1]] in of, "the last is the source of what could move"
        assert cited - of <= set(package.flows["source"])
    assert all(row.held_source for row in rows.values() if row.kind == "moved" and row.full)


def test_a_headline_keeps_basis_and_range(told):
    for section in told.sections[:3]:
        for clause in CITE.sub("", section.headline).split("; "):
            assert re.search(
                r"\((reported|claimed|observed|derived|sources differ)\)|claimed for", clause
            )


def test_the_names_of_places_follow_the_language(package):
    korean = brief.story(package, lang="ko", corridors=["ferry"])
    routes = [row[1] for table in korean.sections[0].tables for row in table.rows]
    assert any("블라디보스토크" in route for route in routes)
    assert not any("Vladivostok" in route for route in routes)
    assert korean.sections[0].scene.lang == "ko"


def test_the_axis_of_time_opens_with_the_period_of_the_briefing(package):
    told = brief.story(package, start="2015-01-01", end="2015-12-31", corridors=["rail"])
    clock = told.sections[0].scene.clock
    assert (clock.open_start, clock.open_end) == ("2015-01-01", "2015-12-31")


def test_a_period_chooses_tables(package):
    told = brief.story(package, start="2015-01-01", end="2015-12-31", corridors=["rail"])
    assert told.sections[0].id == "rail"
    rows = [row for t in told.sections[0].tables[:1] for row in t.rows]
    assert rows
    assert all("2015" in row[0] or "–" in row[0] for row in rows)


def test_a_corridor_there_is_not_is_named_with_those_there_are(package):
    with pytest.raises(errors.GeoError, match=r"nowhere.*rail, ferry"):
        brief.story(package, corridors=["nowhere"])


def test_words_can_be_replaced_but_only_words(package):
    told = brief.story(package, words={"title": "Mine", "rail": {"headline": "So it is"}})
    assert told.title == "Mine"
    assert told.sections[0].headline == "So it is"
    with pytest.raises(errors.DataError) as caught:
        brief.story(package, words={"rail": {"bars": "9"}, "sea": {"deck": "x"}, "title": 3})
    assert {(f.where, f.field) for f in caught.value.faults} == {
        ("rail", "bars"), ("sea", "section"), ("top", "title"),
    }  # fmt: skip


# --- slides --------------------------------------------------------------------------------------


def cells(table):
    return [tuple(cell.text for cell in row.cells) for row in table.rows]


def test_slides_hold_every_table_row_as_native_tables(show, told):
    found = [row for s in show.slides for x in s.shapes if x.has_table for row in cells(x.table)]
    for section in told.sections:
        for table in section.tables if not section.bars else ():
            assert table.columns in found
            assert set(table.rows) <= set(found), table.title


def test_the_chart_holds_the_shares_and_can_be_edited(show, told):
    bars = next(s.bars for s in told.sections if s.bars)
    charts = [x.chart for s in show.slides for x in s.shapes if x.has_chart]
    lows = [v for c in charts for v in reversed(list(c.plots[0].series[0].values))]
    assert lows == pytest.approx([bar.low for bar in bars])
    spans = [v for c in charts for v in reversed(list(c.plots[0].series[1].values))]
    assert spans == pytest.approx([bar.high - bar.low for bar in bars])
    assert all(c.part.chart_workbook.xlsx_part is not None for c in charts)


def test_every_picture_table_and_chart_has_a_text_for_those_who_do_not_see_it(show):
    for slide in show.slides:
        for shape in slide.shapes:
            if shape.shape_type is not None and (shape.has_table or shape.has_chart):
                assert shape._element.nvGraphicFramePr.cNvPr.get("descr")
            elif shape._element.tag.endswith("}pic"):
                assert shape._element.nvPicPr.cNvPr.get("descr").startswith("Map. ")


def test_every_slide_has_notes_with_method_and_every_citation_a_footnote(show, told):
    for slide in show.slides:
        assert told.method[0] in slide.notes_slide.notes_text_frame.text
        shown = [row for x in slide.shapes if x.has_table for row in cells(x.table)]
        for number in {int(n) for row in shown for cell in row for n in CITE.findall(cell)}:
            assert f"[{number}] " in slide.notes_slide.notes_text_frame.text


def test_nothing_lies_outside_a_slide(show):
    for slide in show.slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.left + shape.width <= show.slide_width
            assert shape.top + shape.height <= show.slide_height


def runs(shape):
    """Every run of text of a shape, the cells of a table included."""
    frames = [shape.text_frame] if shape.has_text_frame else []
    if shape.has_table:
        frames = [cell.text_frame for row in shape.table.rows for cell in row.cells]
    return [run for frame in frames for p in frame.paragraphs for run in p.runs]


def part_of(shape, show):
    return shape.width * shape.height / (show.slide_width * show.slide_height)


@pytest.fixture(scope="module")
def real(told):
    """Pictures of the true proportions, their scenes without a ground."""
    return {
        s.id: still.png(replace(s.scene, packs=()), sheet="picture", framed=False, dpi=30)
        for s in (told.front, *told.sections)
        if s.scene
    }


def shown(show):
    """The slides before the appendix."""
    titles = [slide.shapes.title.text for slide in show.slides]
    return list(show.slides)[: titles.index(slides.APPENDIX)]


@pytest.mark.parametrize("shape", [(13.333, 7.5), (10.0, 7.5)])
def test_a_deck_is_eight_slides_at_most_with_maps_of_more_than_half(told, real, tmp_path, shape):
    own = pptx.Presentation()
    own.slide_width, own.slide_height = (pptx.util.Inches(size) for size in shape)
    own.save(tmp_path / "own.pptx")
    template = tmp_path / "own.pptx" if shape[0] < 13 else None
    deck = pptx.Presentation(io.BytesIO(slides.write(told, real, template=template)))
    first = shown(deck)
    assert len(first) <= 8
    maps = [x for s in first for x in s.shapes if x._element.tag.endswith("}pic")]
    assert len(maps) == sum(1 for s in (told.front, *told.sections) if s.scene and not s.bars)
    assert all(part_of(x, deck) >= 0.55 for x in maps)
    assert maps[0]._element.nvPicPr.cNvPr.get("name") == "map overview"


def test_the_first_slide_has_a_number_of_each_corridor(told, show):
    words = [x.text_frame.text for x in shown(show)[0].shapes if x.has_text_frame]
    numbers = told.front.numbers
    assert len({n.corridor for n in numbers}) == 3
    for corridor in {n.corridor for n in numbers}:
        best = next(n for n in numbers if n.corridor == corridor)
        assert any(best.value in text and best.named().label in text for text in words)


def test_no_text_of_a_slide_is_small_or_cut_off(told, real):
    deck = pptx.Presentation(io.BytesIO(slides.write(told, real)))
    for slide in deck.slides:
        for shape in slide.shapes:
            assert all(run.font.size.pt >= slides.LEAST for run in runs(shape))
            if shape.has_text_frame:
                width = pptx.util.Length(shape.width).pt - 14.4
                lines = [(r.text, r.font.size.pt, bool(r.font.bold)) for r in runs(shape)]
                assert fitting.lines_of(lines, width) <= pptx.util.Length(shape.height).pt


def test_charts_share_one_axis(show):
    charts = [x.chart for s in show.slides for x in s.shapes if x.has_chart]
    assert len({chart.value_axis.maximum_scale for chart in charts}) == 1


@pytest.mark.parametrize("seed", range(40))
def test_rows_fill_pages_in_order_and_none_runs_over(seed):
    rng = random.Random(seed)
    heights = [rng.uniform(1, 30) for _ in range(rng.randrange(0, 60))]
    pages = [*fitting.paged(heights, 40.0)]
    assert [n for _, rows in pages for n in rows] == [*range(len(heights))]
    for part, rows in pages:
        assert len(rows) == 1 or sum(heights[n] for n in rows) <= 40.0
        assert bool(part) == (len(pages) > 1)


def test_a_template_of_ones_own_is_used(told, pictures, tmp_path):
    own = pptx.Presentation()
    own.core_properties.category = "ours"
    own.save(tmp_path / "own.pptx")
    data = slides.write(told, pictures, template=tmp_path / "own.pptx")
    found = pptx.Presentation(io.BytesIO(data))
    assert found.core_properties.category == "ours"
    assert found.slide_width == own.slide_width


def test_a_template_that_is_none_is_refused_by_name(told, pictures, tmp_path):
    (tmp_path / "x.pptx").write_text("no")
    with pytest.raises(errors.GeoError, match=r"x\.pptx"):
        slides.write(told, pictures, template=tmp_path / "x.pptx")


# --- document ------------------------------------------------------------------------------------


def test_the_document_holds_every_table(paper, told):
    tables = [t for s in told.sections for t in s.tables]
    assert len(paper.tables) == len(tables)
    for shown, table in zip(paper.tables, tables, strict=True):
        words = [row[:-1] for row in cells(shown)]
        assert words == [row[:-1] for row in (table.columns, *table.rows)]


def test_footnotes_are_footnotes_and_stand_once(told, pictures):
    data = document.write(told, pictures)
    with zipfile.ZipFile(io.BytesIO(data)) as container:
        notes = container.read("word/footnotes.xml").decode()
        body = container.read("word/document.xml").decode()
    asked = re.findall(r'<w:footnoteReference w:id="(\d+)"', body)
    given = [n for n in re.findall(r'<w:footnote w:id="(\d+)"', notes) if n != "0"]
    assert asked == given == [str(n + 1) for n in range(len(given))]
    assert len(given) > 50
    assert set(re.findall(r"NOTEREF (source_\d+)", body)) <= set(
        re.findall(r'w:name="(source_\d+)"', body)
    )


def test_captions_references_headings_and_contents(paper, told):
    body = paper.element.xml
    assert body.count("SEQ Figure") == len([s for s in told.sections if s.scene])
    assert 'TOC \\o "1-2"' in body
    for section in told.sections:
        assert section.title in [p.text for p in paper.paragraphs if p.style.name == "Heading 1"]
        if section.scene:
            assert f"REF map_{section.id}" in body
    described = [e.get("descr") for e in paper.element.iter(qn("wp:docPr"))]
    assert len(described) == body.count("SEQ Figure")
    assert all(described)


# --- Markdown and paper --------------------------------------------------------------------------


def test_markdown_holds_tables_pictures_and_a_footnote_for_every_number(told):
    words = markdown.write(told)
    for number in set(re.findall(r"\[\^(\d+)\](?!:)", words)):
        assert re.search(rf"^\[\^{number}\]: ", words, re.MULTILINE)
    for section in told.sections:
        assert (f"]({section.id}.png)" in words) is (section.scene is not None)
    rows = sum(len(t.rows) for s in told.sections for t in s.tables)
    assert len([line for line in words.splitlines() if line.startswith("| ")]) >= rows


@pytest.mark.parametrize(
    "text", ["<img onerror=x>", "a | b", "{{ 6*7 }}", "*x*", "$x$", "`x`", "[a](b)"]
)
def test_words_of_the_data_are_no_markup(text):
    said = markdown.inert(text)
    assert re.sub(r"\\(.)", r"\1", said) == text
    assert not re.search(r"(?<!\\)[<>|{}*$`\[\]]", said)


def test_the_paper_has_every_table_figure_pages_and_its_fonts(made, told):
    document = pypdfium2.PdfDocument(made["briefing.pdf"])
    said = re.sub(r"\s+", "", "".join(p.get_textpage().get_text_range() for p in document))
    assert len(document) >= 5
    for section in told.sections:
        for table in section.tables:
            for row in table.rows:
                for cell in row[:1]:
                    assert re.sub(r"\s+", "", cell) in said
    pieces = [re.sub(r"\s+", "", piece) for piece in re.split(r"\[\d+\]", told.headline)]
    assert all(piece in said for piece in pieces)


def test_a_paper_that_cannot_be_tagged_is_set_without_tags_and_one_that_cannot_be_set_is_refused(
    monkeypatch, tmp_path
):
    said = ["internal error: parent group"]

    def compiled(_, *, pdf_tags, **__):
        if pdf_tags or len(said) > 1:
            raise paper_of.typst.TypstError(said[-1])
        return b"%PDF"

    monkeypatch.setattr(paper_of.typst, "compile", compiled)
    assert paper_of._typeset(tmp_path) == b"%PDF"
    said.append("unknown variable")
    with pytest.raises(errors.GeoError, match="cannot be typeset: unknown variable; leave pdf out"):
        paper_of._typeset(tmp_path)


def test_the_paper_of_the_case_is_tagged(made):
    assert b"/StructTreeRoot" in made["briefing.pdf"].read_bytes()


# --- everything ----------------------------------------------------------------------------------


def test_the_manifest_has_the_hash_of_every_input_and_output(made, package):
    manifest = json.loads(made[brief.MANIFEST].read_text(encoding="utf-8"))
    assert manifest["inputs"] == dict(package.hashes)
    assert set(manifest["outputs"]) == set(made) - {brief.MANIFEST}
    for name, digest in manifest["outputs"].items():
        assert hashlib.sha256(made[name].read_bytes()).hexdigest() == digest


def test_the_same_input_gives_the_same_bytes_in_every_form(tmp_path):
    """A second time, with what the first left behind in the process; others try other machines."""
    small = Folder.drawn(tmp_path / "small", without=SPARE).path
    once, again = (brief.make(small, tmp_path / name) for name in ("once", "again"))
    assert {path.suffix for path in once} >= {".md", ".pptx", ".docx", ".pdf", ".png", ".svg"}
    for one, other in zip(once, again, strict=True):
        assert one.name == other.name
        assert one.read_bytes() == other.read_bytes(), one.name


def test_a_container_forgets_when_it_was_made():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as container:
        container.writestr("docProps/core.xml", "<dcterms:created x='y'>2026</dcterms:created>")
    found = zipped.stable(target.getvalue())
    with zipfile.ZipFile(io.BytesIO(found)) as container:
        (item,) = container.infolist()
        assert item.date_time == zipped.EPOCH
        assert b"2026" not in container.read(item)


def test_an_unknown_format_writes_nothing(tmp_path):
    with pytest.raises(errors.GeoError, match="no format odt"):
        brief.make(ROOT / "data", tmp_path / "out", to=["md", "odt"])
    assert not (tmp_path / "out").exists()


def test_words_of_a_folder_are_read_and_a_bad_file_is_named(tmp_path):
    folder = tmp_path / "data"
    shutil.copytree(ROOT / "data", folder)
    (folder / "briefing.toml").write_text('title = "Ours"\n')
    (path, _) = brief.make(folder, tmp_path / "out", to=["md"])[-2:]
    assert path.read_text(encoding="utf-8").startswith("# Ours")
    (folder / "briefing.toml").write_text("title = ")
    with pytest.raises(errors.GeoError, match=r"briefing\.toml"):
        brief.make(folder, tmp_path / "out", to=["md"])


def test_columns_share_the_room():
    table = Table("t", ("a", "b"), (("x", "a long cell of words"), ("y", "z")))
    shares = table.shares()
    assert sum(shares) == pytest.approx(1)
    assert shares[1] > shares[0]
