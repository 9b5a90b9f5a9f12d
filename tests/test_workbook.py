"""Spreadsheets read in a stream: the same cells as openpyxl reads, and nothing a file claims."""

import datetime
import io
import random
import tracemalloc
import zipfile

import openpyxl
import pytest
from files_corpus import repacked, saved, workbook
from hypothesis import given
from hypothesis import strategies as st

from geo import package
from geo.errors import DataError, GeoError
from geo.files import intake, sheets

FIRST = "xl/worksheets/sheet1.xml"
SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def put(folder, content):
    path = folder / "a.xlsx"
    path.write_bytes(content)
    return path


def sheet(inner, *, texts=None):
    """A workbook whose sheet holds just that markup, and shared texts if any."""
    book = workbook([["text", 1]])
    data = f'<worksheet xmlns="{SPACE}">{inner}</worksheet>'.encode()
    made = repacked(book, lambda name, part: data if name == FIRST else part)
    target = io.BytesIO(made)
    if texts:
        with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as new:
            new.writestr("xl/sharedStrings.xml", f'<sst xmlns="{SPACE}">{texts}</sst>')
    return target.getvalue()


def rows(markup):
    return f"<sheetData>{markup}</sheetData>"


# --- what is read -------------------------------------------------------------------------------


def plain(cell):
    """The text of a cell that openpyxl read, by rules of its own."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime.datetime):
        return str(value).removesuffix(" 00:00:00")
    if isinstance(value, float) and value == int(value):
        value = int(value)
    if isinstance(value, int) and set(cell.number_format) == {"0"}:
        return str(value).zfill(len(cell.number_format))
    return str(value)


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(-1e9, 1e9),
    st.dates(datetime.date(1904, 1, 2), datetime.date(2100, 1, 1)),
    st.datetimes(datetime.datetime(1904, 1, 2), datetime.datetime(2100, 1, 1)).map(
        lambda t: t.replace(microsecond=0)
    ),
    st.times().map(lambda t: t.replace(microsecond=0)),
    st.text(
        st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\ufffe\uffff"),
        max_size=8,
    ).filter(lambda t: not t.startswith("=")),
)


@given(
    st.lists(st.lists(VALUES, min_size=1, max_size=5), min_size=1, max_size=5),
    st.sampled_from(["General", "000", "00000", "0.00"]),
    st.booleans(),
)
def test_cells_are_those_that_openpyxl_reads(tmp_path_factory, values, style, since_1904):
    book = openpyxl.Workbook()
    if since_1904:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    for row in [["a", "b", "c", "d", "e"], *values]:
        book.active.append(row)
    for cell in book.active[2]:
        if type(cell.value) in (int, float):
            cell.number_format = style
    content = saved(book)
    found = sheets.read(put(tmp_path_factory.mktemp("book"), content))
    again = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    wanted = [[plain(cell) for cell in row] for row in again.active.iter_rows(min_row=2)]
    assert [row.cells for row in found.rows] == [row for row in wanted if any(row)]
    assert found.faults == ()


def test_texts_of_several_pieces_are_joined_and_how_to_say_them_is_left_out(tmp_path):
    pieces = "<is><r><t>Na</t></r><r><t>jin</t></r><rPh><t>x</t></rPh></is>"
    cell = f'<row><c t="inlineStr">{pieces}</c><c t="s"><v>0</v></c></row>'
    texts = "<si><r><t>a</t></r><rPh><t>y</t></rPh><r><t>b</t></r></si>"
    found = sheets.read(put(tmp_path, sheet(rows(cell), texts=texts)))
    assert found.header == ["Najin", "ab"]


def test_an_empty_text_is_a_value_of_a_formula_and_no_value_is_none(tmp_path):
    cells = '<row><c r="A1" t="str"><v>a</v></c><c t="str"><v>b</v></c></row><row>'
    cells += '<c t="str"><f>IF(1,"","")</f><v></v></c><c><f>1+1</f></c></row>'
    found = sheets.read(put(tmp_path, sheet(rows(cells))))
    assert [(f.where, f.field, f.value) for f in found.faults] == [("row 2", "b", "=1+1")]


def test_rows_of_a_sheet_are_a_sequence(tmp_path):
    found = sheets.read(put(tmp_path, workbook([["a"], ["x\ny,"], [], [2]])))
    assert [row.number for row in found.rows] == [2, 4]
    assert [row.raw for row in found.rows[:1]] == ['"x\ny,"\n']
    assert found.rows[-1].cells == ["2"]
    with pytest.raises(IndexError):
        found.rows[2]


# --- what a file claims -------------------------------------------------------------------------

HEAD = '<row r="1"><c r="A1" t="str"><v>a</v></c></row>'
CLAIMS = {
    "row_beyond": (f'{HEAD}<row r="999999999999"><c><v>1</v></c></row>', "row 999999999999"),
    "row_just_beyond": (f'{HEAD}<row r="1048577"><c><v>1</v></c></row>', "row 1048577"),
    "row_twice": (f'{HEAD}<row r="1"><c><v>1</v></c></row>', "row 1"),
    "row_zero": ('<row r="0"><c><v>1</v></c></row>', "row 0"),
    "row_before": (f'{HEAD}<row r="9"/><row r="3"><c><v>1</v></c></row>', "row 3"),
    "column_beyond": (f'{HEAD}<row r="2"><c r="XFE2"><v>1</v></c></row>', "row 2"),
    "many_cells": (f'{HEAD}<row r="2">{"<c/>" * 16_385}</row>', "row 2"),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_a_place_that_no_sheet_has_is_named(name, tmp_path):
    markup, where = CLAIMS[name]
    with pytest.raises(DataError) as caught:
        sheets.read(put(tmp_path, sheet(rows(markup))))
    assert [fault.where for fault in caught.value.faults] == [where]
    assert package.examine_file(tmp_path / "a.xlsx").faults == caught.value.faults


@pytest.mark.parametrize(
    "size", ["A1:XFD1048576", "A1:A999999999999", "nonsense", "A1", "XFD1048576"]
)
def test_the_size_that_a_sheet_states_is_not_asked_for(size, tmp_path):
    body = f'<dimension ref="{size}"/>{rows(HEAD + "<row><c><v>1</v></c></row>")}'
    assert len(sheets.read(put(tmp_path, sheet(body))).rows) == 1


def test_a_last_row_far_below_the_others_costs_nothing(tmp_path):
    far = f'{HEAD}<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    (row,) = sheets.read(put(tmp_path, sheet(rows(far)))).rows
    assert (row.number, len(row.cells)) == (1_048_576, 16_384)


BAD_CELLS = {
    "no_number": "<c><v>12 t</v></c>",
    "no_date": '<c s="1"><v>1e300</v></c>',
    "no_index": '<c t="s"><v>7</v></c>',
    "index_below": '<c t="s"><v>-1</v></c>',
    "no_truth": '<c t="b"><v>maybe</v></c>',
    "no_day": '<c t="d"><v>2020-99-99</v></c>',
    "digits": f"<c><v>{'9' * 5000}</v></c>",
    "twice": '<c r="A2"><v>1</v></c><c r="A2"><v>2</v></c>',
    "error": '<c t="e"><v>#REF!</v></c>',
}


@pytest.mark.parametrize("name", BAD_CELLS)
def test_a_cell_that_does_not_hold_what_it_says_is_named(name, tmp_path):
    content = sheet(rows(f'{HEAD}<row r="2">{BAD_CELLS[name]}</row>'))
    if name == "no_date":
        book = openpyxl.Workbook()
        book.active.append([datetime.date(2020, 1, 1)])
        markup = f'<worksheet xmlns="{SPACE}">{rows(HEAD + "<row>" + BAD_CELLS[name] + "</row>")}'
        data = f"{markup}</worksheet>".encode()
        content = repacked(saved(book), lambda n, part: data if n == FIRST else part)
    found = sheets.read(put(tmp_path, content))
    assert [(fault.where, fault.field) for fault in found.faults] == [("row 2", "a")]


def test_one_text_that_many_cells_name_is_counted_each_time(tmp_path):
    """A megabyte of shared text named by ten thousand cells would be ten gigabytes."""
    cells = "<row><c t='s'><v>0</v></c></row>" * 10_000
    content = sheet(
        rows(cells), texts=f"<si><t>{random.Random(1).randbytes(500_000).hex()}</t></si>"
    )
    with pytest.raises(GeoError, match="of memory"):
        sheets.read(put(tmp_path, content))


def test_descriptions_without_end_are_refused(tmp_path):
    noise = random.Random(1).randbytes(11_000_000).hex().encode()
    content = repacked(
        workbook([["a"]]), lambda n, part: part + noise if n == "xl/styles.xml" else part
    )
    with pytest.raises(GeoError, match="styles, names and properties"):
        sheets.read(put(tmp_path, content))


@pytest.mark.parametrize("limit", ["2KB", "1MB"])
def test_the_memory_ceiling_holds_for_what_is_unpacked(limit, tmp_path):
    content = workbook([["a"], *([f"text {n}"] for n in range(20_000))])
    with pytest.raises(GeoError, match="--memory"):
        sheets.read(put(tmp_path, content), memory_bytes=intake.amount(limit))


def test_rows_that_end_in_the_last_column_are_refused_before_their_cells_are_made(tmp_path):
    """60,000 cells in 300 kB stand for a thousand million: with them it took all memory."""
    rows = b"".join(
        b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (n, n) for n in range(2, 60_000)
    )
    whole = workbook([["name", "lon", "lat"]])
    path = tmp_path / "wide.xlsx"
    path.write_bytes(
        repacked(whole, lambda _, p: p.replace(b"</sheetData>", rows + b"</sheetData>"))
    )
    tracemalloc.start()
    said = answer(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "wide.xlsx" in said
    assert "4.0 GB are allowed" in said
    assert peak < 300_000_000


# --- damage -------------------------------------------------------------------------------------


@pytest.mark.parametrize("stored", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_any_flipped_bit_is_read_or_refused_with_the_file_named(stored, tmp_path):
    """A bit of the packed file, and a bit of what is packed, which no checksum catches then."""
    whole = workbook([["name", "lon", "lat"], *([f"a{n}", n, 2.5] for n in range(9))])
    chance, refused = random.Random(7), 0
    for turn in range(300):
        if stored == zipfile.ZIP_STORED:
            part = chance.choice(zipfile.ZipFile(io.BytesIO(whole)).namelist())
            content = repacked(
                whole, lambda n, p, part=part: flipped(p, chance) if n == part else p
            )
        else:
            content = flipped(whole, chance)
        path = tmp_path / f"{turn}.xlsx"
        path.write_bytes(content)
        said = answer(path)
        refused += bool(said)
        assert path.name in (said or path.name)
    assert 50 < refused < 300


def answer(path):
    """What is said of a file that is refused; '' for one that is read."""
    try:
        package.examine_file(path)
    except GeoError as error:
        return str(error)
    return ""


def flipped(content, chance):
    at = chance.randrange(len(content) * 8)
    changed = bytearray(content)
    changed[at // 8] ^= 1 << at % 8
    return bytes(changed)
