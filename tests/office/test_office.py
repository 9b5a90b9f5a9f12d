"""Slides and document as LibreOffice sets them: nothing overflows, every figure is on paper."""

import re
import shutil
import subprocess
from pathlib import Path

import pptx
import pypdfium2
import pytest

from geo import brief

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE_S = 300
INSIDE_PT = 0.5


@pytest.fixture(scope="module", params=["en", "ko"])
def made(request, tmp_path_factory):
    """The briefing in one language, its slides and document as LibreOffice prints them."""
    folder = tmp_path_factory.mktemp(request.param)
    brief.make(ROOT / "data", folder, to=["pptx", "docx"], lang=request.param)
    return folder, {form: printed(folder / f"briefing.{form}") for form in ("pptx", "docx")}


def printed(path):
    office = shutil.which("soffice")
    assert office, "LibreOffice is missing: make test-office installs it"
    target = path.parent / path.suffix[1:]
    profile = f"-env:UserInstallation={(path.parent / 'profile').as_uri()}"
    command = [office, "--headless", "--norestore", profile, "--convert-to", "pdf"]
    subprocess.run(
        [*command, "--outdir", str(target), str(path)],
        check=True, capture_output=True, timeout=PATIENCE_S,
    )  # fmt: skip
    return pypdfium2.PdfDocument(target / f"{path.stem}.pdf")


def letters(page):
    """(left, bottom, right, top) of every letter that shows, in points."""
    text = page.get_textpage()
    return [
        text.get_charbox(n) for n in range(text.count_chars()) if text.get_text_range(n, 1).strip()
    ]


def words_of(document):
    return re.sub(r"\s+", "", "".join(p.get_textpage().get_text_range() for p in document))


@pytest.mark.parametrize("form", ["pptx", "docx"])
def test_no_letter_lies_outside_its_page(made, form):
    for number, page in enumerate(made[1][form], 1):
        width, height = page.get_size()
        out = [
            box
            for box in letters(page)
            if box[0] < -INSIDE_PT or box[1] < -INSIDE_PT
            or box[2] > width + INSIDE_PT or box[3] > height + INSIDE_PT
        ]  # fmt: skip
        assert out == [], f"page {number}"


def test_every_slide_is_one_page_and_no_table_runs_into_the_notes_below_it(made):
    show, document = pptx.Presentation(made[0] / "briefing.pptx"), made[1]["pptx"]
    assert len(document) == len(show.slides)
    for number, (slide, page) in enumerate(zip(show.slides, document, strict=True), 1):
        tables = [shape for shape in slide.shapes if shape.has_table]
        notes = [s for s in slide.shapes if s.has_text_frame and re.match(r"\[\d+\]\xa0", s.text)]
        if not (tables and notes):
            continue
        _, height = page.get_size()
        line = height - notes[0].top / 12700  # EMU to points, from below
        (last,) = [list(s.table.rows)[-1] for s in tables]
        word = max((w for c in last.cells for w in c.text.split()), key=len)
        found = page.get_textpage().search(word)
        places = []
        while (hit := found.get_next()) is not None:
            places.append(page.get_textpage().get_charbox(hit[0])[1])
        assert places, f"slide {number}: {word}"
        assert max(places) > line, f"slide {number}"


@pytest.mark.parametrize("form", ["pptx", "docx"])
def test_every_figure_of_the_data_is_on_paper(made, package, form):
    said = words_of(made[1][form])
    lang = made[0].name[:2]
    told = brief.story(package, lang=lang)
    for section in told.sections:
        for table in section.tables if form == "docx" or not section.bars else ():
            for row in table.rows:
                for cell in row[:1] + row[2:4]:
                    plain = re.sub(r"\s+|\[\d+\]", "", cell)
                    assert plain in said, (table.title, row)
