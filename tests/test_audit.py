"""What pages and briefings print, held to the rows: nothing open, and nothing wrong overlooked."""

import json
import os
import random
import re

import folders
import pytest
from cases import Folder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_account import made

import geo
from geo.cli import main
from geo.output import audit


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A corridor of two rows that differ, with a limit, a capacity in another unit, and a sum."""
    own = Folder.drawn(tmp_path_factory.mktemp("audit") / "data")
    flow = {"corridor": "example", "origin": "port_a", "destination": "port_b", "unit": "kt"}
    flow |= {"commodity": "all_goods", "basis": "reported", "rank": "1", "source": "example"}
    years = (("2021", "812"), ("2022", "77.5"), ("2023", "1204"))
    for year, amount in years:
        dates = {"period_start": f"{year}-01-01", "period_end": f"{year}-12-31"}
        own.add("flows.csv", **flow, **dates, flow=f"f{year}", quantity=amount)
    return own


@pytest.fixture(scope="module")
def package(folder):
    return geo.package.load(folder.path)


@pytest.fixture(scope="module")
def ledger(package):
    return audit.Ledger.of(package)


@pytest.fixture(scope="module")
def pages(package, tmp_path_factory):
    output = tmp_path_factory.mktemp("audit-pages")
    return [
        geo.page.save(scene, output / f"{name}.html")
        for name, scene in geo.scene.pages(package).items()
    ]


def told(found):
    return [f"{n.place}: {n.text}: {n.fault} {n.how}" for n in audit.faults(found)]


def test_every_number_of_a_page_has_an_account(pages, ledger):
    for page in pages:
        found = audit.audit(page, ledger)
        assert told(found) == []
        assert {"amount", "share", "date", "source"} <= {n.kind for n in found}
        assert all(n.rows for n in found if n.kind in ("amount", "share"))


PRINTED = re.compile(
    r"(?<=[ >(\"])\d[\d,.]*(?=(?:–[\d,.]+)? (?:%|kt|Mt)|–[\d,.]+ (?:%|kt|Mt)| of \d)"
)


def test_a_digit_changed_anywhere_is_found(pages, ledger, tmp_path):
    """Each printed amount and share in turn is made another one."""
    text = pages[0].read_text(encoding="utf-8")
    start = text.index("<body")
    places = [m.span() for m in PRINTED.finditer(text) if m.start() > start]
    assert len(places) > 30
    for at, end in random.Random(4).sample(places, 25):
        wrong = tmp_path / "wrong.html"
        value = text[at:end]
        wrong.write_text(text[:at] + value + "7" + text[end:], encoding="utf-8")
        assert told(audit.audit(wrong, ledger)), text[at - 60 : end + 20]


def test_a_sample_of_the_legend_that_its_line_does_not_stand_for_is_found(pages, ledger, tmp_path):
    text = pages[0].read_text(encoding="utf-8")
    samples = re.findall(r'data-sample="[^"]+"[^>]*/></svg> <span>([^<]+)</span>', text)
    assert len(samples) >= 2
    for words in samples:
        wrong = tmp_path / "wrong.html"
        wrong.write_text(text.replace(f"<span>{words}<", f"<span>9{words}<"), encoding="utf-8")
        assert [line for line in told(audit.audit(wrong, ledger)) if "as wide as" in line]


def test_a_share_of_another_amount_is_found(ledger, tmp_path):
    page = tmp_path / "page.md"
    for text, fault in (
        ("all goods, 812 kt of 4,000 kt/year · 20 %", ""),
        ("all goods, 812 kt of 4,000 kt/year · 30 %", "is 20.3 %"),
        ("812 kt in 2021, 20 % of 4,000 kt/year", ""),
        ("812 kt in 2021, 1.9 % of 4,000 kt/year", "is 20.3 %"),
        ("3 kt in 2021", "no row gives this number"),
        ("42 % of what could move", "no row gives this share"),
    ):
        page.write_text(text, encoding="utf-8")
        found = told(audit.audit(page, ledger))
        assert (fault in found[0]) if fault else found == [], (text, found)


def test_a_source_of_another_row_is_found(pages, ledger, tmp_path):
    text = pages[0].read_text(encoding="utf-8")
    numbers = sorted(map(int, re.findall(r'id="source-(\d+)"', text)))
    assert len(numbers) >= 2
    swap = {numbers[0]: numbers[1], numbers[1]: numbers[0]}
    wrong = re.sub(
        r'<li id="source-(\d+)"',
        lambda m: f'<li id="source-{swap.get(int(m[1]), int(m[1]))}"',
        text,
    )
    page = tmp_path / "wrong.html"
    page.write_text(wrong, encoding="utf-8")
    assert any("is no source of" in fault for fault in told(audit.audit(page, ledger)))


@settings(
    max_examples=int(os.environ.get("TUMEN_AUDITED", "12")), deadline=None, derandomize=True,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(tables=folders.tables(), number=st.integers(0, 3))
def test_pages_of_made_folders_have_nothing_open(tables, number, tmp_path_factory):
    package = made(tables)
    scenes = list(geo.scene.pages(package).values())
    page = tmp_path_factory.getbasetemp() / "made.html"
    geo.page.save(scenes[number % len(scenes)], page)
    assert told(audit.audit(page, audit.Ledger.of(package))) == []


def test_the_command_lists_faults_and_ends_with_1(pages, folder, tmp_path, capsys):
    data = ["--data", str(folder.path)]
    with pytest.raises(SystemExit) as ended:
        main(["audit", *map(str, pages), *data])
    assert not ended.value.code
    assert "0 open" in capsys.readouterr().out
    wrong = tmp_path / "wrong.md"
    wrong.write_text("9,999 kt of coal [1]", encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["audit", str(wrong), *data, "--json"])
    assert ended.value.code == 1
    (first, *_) = [n for n in json.loads(capsys.readouterr().out)[str(wrong)] if n["fault"]]
    assert first["text"] == "9,999 kt"
    assert first["place"] == "line 1"


def test_a_form_that_is_not_read_is_refused(folder, tmp_path, capsys):
    other = tmp_path / "x.gif"
    other.write_bytes(b"GIF89a")
    with pytest.raises(SystemExit) as ended:
        main(["audit", str(other), "--data", str(folder.path)])
    assert ended.value.code == 2
    assert ".html, .md, .svg, .docx, .pptx" in capsys.readouterr().err
