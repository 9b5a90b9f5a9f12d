"""Readers and what may be given to them: for `make fuzz`, and for the short replay in the tests.

A reader may read a file or refuse it with a GeoError that names it. Anything else is a find; the
file that brought it about belongs into `tests/corpus/`.
"""

from __future__ import annotations

import io
import random
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest import mock

import folium
import folium_cases
from files_corpus import NMEA_SOUND, invalid, repacked, valid

from geo import package, page, userdata
from geo.errors import GeoError

CORPUS = Path(__file__).resolve().parent / "corpus"
MEMORY = 400_000_000


@dataclass(frozen=True)
class Reader:
    """A format by its ending, what reads it, and files to begin with."""

    ending: str
    read: Callable[[Path], object]
    seeds: Callable[[], list[bytes]]

    def take(self, content: bytes, folder: Path) -> str:
        """Read a content as a file: what was said of it. Raises what no reader may raise."""
        path = folder / f"a{self.ending}"
        path.write_bytes(content)
        try:
            self.read(path)
        except GeoError as error:
            said = str(error)
            assert path.name in said, f"the file is not named: {said[:200]}"
            assert "Traceback" not in said
            said.encode("utf-8")
            return said
        return ""


def _drawn(path: Path) -> None:
    package.examine_file(path, memory_bytes=MEMORY)
    found = userdata.read(path, on_error="skip", memory_bytes=MEMORY)
    with mock.patch.object(userdata, "detail", return_value=[]):  # a cut of the coast takes long
        page.render(userdata.draw_layers([found]))


def _examined(path: Path) -> None:
    from geo.maps.tracks import nmealog

    nmealog.examine(path, memory_bytes=MEMORY)


def _packed(path: Path) -> None:
    page.pack(path, path.with_suffix(".page"))


def _corpus(*endings: str) -> Callable[[], list[bytes]]:
    def seeds() -> list[bytes]:
        files = [*valid(), *invalid(), *NMEA_SOUND]
        return [f.content for f in files if f.name.endswith(endings) and len(f.content) < 200_000]

    return seeds


def _geopackages() -> list[bytes]:
    import test_geopackage

    return [test_geopackage.made(), *_corpus(".gpkg")()]


@cache
def _saved() -> list[bytes]:
    names = ("GeoJsonTooltip", "GeoJsonPopup", "MarkerCluster", "Choropleth", "BeautifyIcon")
    made = [folium_cases.saved(folium_cases.CASES[name]()) for name in names]
    box = folium.Map(folium_cases.HERE)
    folium.Marker(folium_cases.HERE, popup="<b>x</b><img src=y>").add_to(box)
    return [text.encode() for text in (*made, folium_cases.saved(box))]


READERS = {
    "geojson": Reader(".geojson", _drawn, _corpus(".geojson")),
    "csv": Reader(".csv", _drawn, _corpus(".csv")),
    "xlsx": Reader(".xlsx", _drawn, _corpus(".xlsx")),
    "parquet": Reader(".parquet", _drawn, _corpus(".parquet", ".geoparquet")),
    "gpkg": Reader(".gpkg", _drawn, _geopackages),
    "nmea": Reader(".nmea", _examined, _corpus(".nmea", ".nm4", ".log", ".ais")),
    "folium": Reader(".html", _packed, _saved),
}

# --- changes --------------------------------------------------------------------------------------

# Signs that formats give a meaning to.
TOKENS = [
    *(b"<![ <!-- --> ]]> <b> </b> <script> </script> <svg> &#xD800; { } [ ] [[ \" ' ` ${".split()),
    *(b"\\ud800 \\udfff \\u0000 NaN 1e999 -0 null true , ; | type coordinates *00 \\c:".split()),
    *(b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\n", b"\r\n", b"\t", b"9" * 40),
    *(b"\xff\xff\xff\x7f", b"\xff\xff\xff\xff", b"\x00\x00\x00\x80", b"!AIVDM,2,1,,A,"),
]


def changed(content: bytes, chance: random.Random, others: list[bytes]) -> bytes:
    """A content with a few changes of the kinds that break readers."""
    made = bytearray(content)
    for _ in range(chance.choice([1, 1, 1, 2, 3, 8])):
        at, size = chance.randrange(len(made) + 1), chance.choice([1, 1, 2, 4, 16, 200])
        kind = chance.randrange(7)
        if kind == 0 and made:
            made[at % len(made)] ^= 1 << chance.randrange(8)
        elif kind == 1:
            made[at : at + size] = b""
        elif kind == 2:
            made[at:at] = chance.choice(TOKENS)
        elif kind == 3:
            made[at : at + size] = chance.choice(TOKENS)
        elif kind == 4:
            made[at:at] = made[at : at + size] * chance.choice([1, 2, 50])
        elif kind == 5:
            other = chance.choice(others)
            start = chance.randrange(len(other) + 1)
            made[at : at + size] = other[start : start + size]
        else:
            made[at : at + size] = bytes(chance.randrange(256) for _ in range(min(size, 8)))
    return bytes(made)


def inside(
    content: bytes,
    chance: random.Random,
    others: list[bytes],
    change: Callable[[bytes], bytes] | None = None,
) -> bytes:
    """A zip container with a change in one of its parts, so that its checksums stay right."""
    change = change or (lambda part: changed(part, chance, others))
    try:
        chosen = chance.choice(zipfile.ZipFile(io.BytesIO(content)).namelist())
        return repacked(content, lambda name, part: change(part) if name == chosen else part)
    except Exception:  # no container any more
        return changed(content, chance, others)


def mutated(name: str, content: bytes, chance: random.Random, others: list[bytes]) -> bytes:
    """A changed content of a format."""
    if name == "xlsx" and chance.random() < 0.8:
        return inside(content, chance, others)
    return changed(content, chance, others)


# --- the corpus -----------------------------------------------------------------------------------


def kept(name: str) -> list[Path]:
    """Files that were finds, by reader."""
    return sorted((CORPUS / name).glob("*")) if (CORPUS / name).is_dir() else []


def replay(name: str, seed: int, times: int) -> dict[str, int]:
    """Seeds, finds and some changed files, the same each time: how many were read and refused."""
    chance, reader = random.Random(seed), READERS[name]
    seeds = reader.seeds()
    found = {"read": 0, "refused": 0}
    with tempfile.TemporaryDirectory() as folder:
        made = (mutated(name, chance.choice(seeds), chance, seeds) for _ in range(times))
        for content in (*(path.read_bytes() for path in kept(name)), *made):
            found["refused" if reader.take(content, Path(folder)) else "read"] += 1
    return found
