"""A text whose stated code page is wrong is refused with both readings, a right one never."""

import geopandas as gpd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point

from geo import userdata
from geo.errors import GeoError
from geo.files import codepages

ALPHABETS = {
    "cp1251": "АБВГДежзийклмнопрстуфхцчшщыэюяё",
    "cp1252": "äöüéèêçñåøÆ",
    "iso8859-7": "αβγδεζηθικλμ",
    "cp866": "абвгдежзиклмнопрст",
}
WORDS = {
    page: st.lists(st.text(st.sampled_from(letters), min_size=3, max_size=9), min_size=1)
    for page, letters in ALPHABETS.items()
}


@pytest.mark.parametrize("page", ALPHABETS)
@given(data=st.data())
def test_a_word_is_told_from_utf8(page, data):
    words = [word.capitalize() for word in data.draw(WORDS[page])]
    assert codepages.read_two_ways([word.encode(page) for word in words], page) is None
    wrong, right = codepages.read_two_ways([word.encode() for word in words], page)
    assert right == words[0] != wrong


@pytest.mark.parametrize("text", [b"a" * 10**6, b"a" * 10**6 + "Порт".encode()])
def test_a_long_text_without_spaces_is_read_in_one_pass(text):
    assert [word.decode() for word in codepages.words(text)] == ["Порт"] * (len(text) > 10**6)


@pytest.mark.parametrize("page", ["utf-8", "cp949", "cp932", "gb18030", "utf-16"])
def test_of_pages_of_several_bytes_nothing_is_said(page):
    assert codepages.read_two_ways(["Порт".encode()], page) is None


def shapefile(folder, page):
    names = ["Порт А", "Склад"]
    frame = gpd.GeoDataFrame({"name": names}, geometry=[Point(1, 2), Point(3, 4)], crs=4326)
    frame.to_file(folder / "a.shp", encoding="utf-8")
    (folder / "a.cpg").write_text(page)
    return folder / "a.shp"


def document(folder, page):
    path = folder / "a.kml"
    path.write_text(
        f'<?xml version="1.0" encoding="{page}"?><kml><Placemark><name>Порт А</name>'
        "<Point><coordinates>1,2</coordinates></Point></Placemark></kml>",
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize("make", [shapefile, document])
def test_a_file_that_states_another_page_is_refused_with_both_readings(make, tmp_path):
    assert "Порт А" in list(userdata.read(make(tmp_path, "utf-8")).features["name"])
    with pytest.raises(GeoError, match=r"states (cp|windows-)1251.*'Порт.*UTF-8"):
        userdata.read(make(tmp_path, "windows-1251" if make is document else "cp1251"))
