"""Write docs/reliability.md: what the kit and its peers do with the same files."""

import io
import re
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import folium  # noqa: E402 - the two lines above say where the rest is
import geopandas as gpd  # noqa: E402
import pandas as pd  # noqa: E402
from files_corpus import Bad, invalid, valid  # noqa: E402
from fuzzing import READERS  # noqa: E402
from hostile import CLASSES, strings  # noqa: E402
from names import HOSTILE_NAMES  # noqa: E402
from outputs import COMMANDS  # noqa: E402
from worlds import MADE  # noqa: E402

from geo import page  # noqa: E402
from geo.cli import main  # noqa: E402

ENDINGS = (".geojson", ".parquet", ".gpkg", ".csv", ".xlsx")
READS = {".parquet": gpd.read_parquet, ".csv": pd.read_csv, ".xlsx": pd.read_excel}


def ours(path: Path, bad: Bad) -> str:
    """'named' where a message names file and place, 'refused' without a place, else 'accepted'."""
    told = io.StringIO()
    code = 0
    with redirect_stdout(told), redirect_stderr(told):
        try:
            main(["check", str(path)])
        except SystemExit as ended:
            code = ended.code
    if code == 0:
        return "accepted"
    return "named" if bad.name in told.getvalue() and bad.where in told.getvalue() else "refused"


def theirs(path: Path, bad: Bad) -> str:
    """The same for geopandas and pandas, by what each has for such a file."""
    try:
        READS.get(path.suffix, gpd.read_file)(path)
    except Exception as error:
        place = bad.where or bad.name
        numbers = re.findall("[0-9]+", bad.where)
        named = bad.name in str(error) and (not numbers or place in str(error))
        return "named" if named else "refused"
    return "accepted"


def files(folder: Path) -> tuple[dict[str, Counter[str]], Counter[str]]:
    """Counts of bad files by what each reader says, for formats that both read, and for ours."""
    both, alone = {"tumen": Counter(), "peers": Counter()}, Counter()
    for bad in invalid():
        path = folder / bad.name
        path.write_bytes(bad.content)
        said = ours(path, bad)
        alone[said] += 1
        if path.suffix in ENDINGS:
            both["tumen"][said] += 1
            both["peers"][theirs(path, bad)] += 1
    return both, alone


def sound(folder: Path) -> tuple[int, int]:
    """How many sound files are called sound."""
    found = Counter()
    for good in valid():
        path = folder / f"good_{good.name}"
        path.write_bytes(good.content)
        found[ours(path, good)] += 1
    return found["accepted"], sum(found.values())


def evaluated() -> tuple[int, int, int]:
    """Template probes in a tooltip that are not there as typed: ours, folium's own, tried."""
    probes = list(CLASSES["templates"]())
    kept, own = 0, 0
    for probe in probes:
        made = folium.Map(tiles=None)
        folium.PolyLine([(1, 2), (3, 4)], tooltip=probe).add_to(made)
        kept += "6*7" in page.render(made)
        own += "6*7" in made.get_root().render()
    return len(probes) - kept, len(probes) - own, len(probes)


def rows(
    both: dict[str, Counter[str]],
    alone: Counter[str],
    good: tuple[int, int],
    probes: tuple[int, int, int],
) -> Iterator[str]:
    """The lines of the document."""
    total = sum(both["tumen"].values())
    yield "# Reliability"
    yield ""
    yield "Made by `tools/reliability.py` on the project's own corpora. Counts, no opinions."
    yield ""
    yield "| what | Tumen | geopandas, pandas, folium |"
    yield "|---|---|---|"
    for word, said in (("named", "refused with file and place"), ("refused", "refused without"),
                       ("accepted", "accepted silently")):  # fmt: skip
        yield (
            f"| bad GeoJSON, Parquet, GeoPackage, CSV, XLSX: {said} | "
            f"{both['tumen'][word]} of {total} | "
            f"{both['peers'][word]} of {total} |"
        )
    yield (
        f"| bad files of every format: refused with file and place | {alone['named']} of "
        f"{sum(alone.values())} | not tried |"
    )
    yield f"| sound files called sound | {good[0]} of {good[1]} | not tried |"
    yield (
        f"| template probes in a tooltip not there as typed | {probes[0]} of {probes[2]} | "
        f"{probes[1]} of {probes[2]} |"
    )
    yield ""
    yield "## What is promised, and the test that holds it"
    yield ""
    yield "| promise | figure | test |"
    yield "|---|---|---|"
    yield from promises()


def promises() -> Iterator[str]:
    """Promise, figure and test, a line each."""
    bad, fine, texts = len(invalid()), len(valid()), len(strings())
    for promise, figure, test in (
        ("Nothing in your data runs", f"{texts} strings in {len(CLASSES)} classes", "hostile"),
        ("The policy holds alone", f"{texts} strings unescaped, each a page, 0 ran", "hostile"),
        ("Foreign maps too", f"{texts} strings, from trees and saved files", "foreign_hostile"),
        ("Every bad file gets a clear answer", f"{bad} bad, {fine} sound files", "files_corpus"),
        ("Damage ends in a word", f"{len(READERS)} readers, damaged files", "fuzzing"),
        ("Nothing is lost uncounted", "read = kept + lost, each file", "files_corpus"),
        ("Reads only what you named", "7 kinds of address refused", "faults"),
        ("Your last good file is safe", "each call fails once; 50 kills, 2,300 in soak", "faults"),
        ("Names from data stay inside", f"{len(HOSTILE_NAMES)} hostile names", "outputs"),
        ("A link is not followed", f"{len(COMMANDS) - 1} commands, every file", "outputs"),
        ("Spreadsheets are inert", "0 live formulas in all that is written", "hostile"),
        ("Same input, same bytes", f"{len(MADE)} commands on 3 machines, 4 in soak", "same"),
        ("Big input is thinned or refused", "5 kinds; 2 GB, 10 million points in soak", "big"),
    ):
        yield f"| {promise} | {figure} | `tests/test_{test}.py` |"


def write() -> None:
    """Measure and write the document."""
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        both, alone = files(Path(folder))
        lines = rows(both, alone, sound(Path(folder)), evaluated())
        text = "\n".join(lines) + "\n"
    (ROOT / "docs" / "reliability.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
