"""Write docs/folium.md: what a page keeps of every class of folium and its plugins.

python tools/list_folium.py           # the rows that tests/test_foreign.py walks in a browser
python tools/list_folium.py --look    # and how much each looks different from folium's own page
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tools")]

import find_browser  # noqa: E402
import folium_cases as cases  # noqa: E402 - found by the line above
import originals  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

OUT = ROOT / "docs" / "folium.md"
HEAD = """# Folium maps as pages

`geo.page.save(any_folium_map, "page.html")` and `geo pack MAP.html -o page.html` make a folium or
`GeoDataFrame.explore()` map one offline file. The script of the map is read, never run and never
copied; our own code draws it from plain values. Texts show as allowed markup or, where they hold
anything else, as typed; template braces stay braces. What cannot be carried is refused by name.

A function of your own in JavaScript (`JsCode`, `on_each_feature`, a callback) cannot run under the
page's policy. What only works out a value is carried: sums, rounding, fields, joined texts. Say the
rest with options, or in Python: `style_function`, `GeoJsonTooltip`, `GeoJsonPopup`.

**Differs** is what a picture of our page shows and folium's own page does not, or the other way
round, in percent of all that either draws: with controls, and the map alone. Both are taken at
1280 × 800 in Chromium, folium's with the files of the network from packages, without base map and
attribution; where it says so in `tests/originals.py`, with the pointer on a feature or its popup
open. A point counts as the same where the other picture has its colour, no channel more than 48 of
255 apart, within 2 pixels. `tests/test_foreign_looks.py` measures it again.

A map that a notebook has shown before is the same page as one that it has not. The guides of folium
and geopandas themselves, their code unchanged and without a network, were run by
`tools/run_guides.py`: of 42 guides, as far as they need no data from a server, 66 maps were
carried and drawn, 18 were refused in words (Realtime, GeoMan, functions in JavaScript, pictures and
films at addresses, figures that a failed cell left empty), none was broken or blank. The guides of
`explore()` and of choropleths ask a server for their data; `tests/guide_cases.py` draws such maps
of data that packages carry.

| class | page | how | differs | map alone |
|---|---|---|---|---|
"""
_ROW = re.compile(r"^\| `(\w+)` \|.*\| ([\d.]+) % \| ([\d.]+) % \|$", re.MULTILINE)


def looks() -> dict[str, tuple[float, float]]:
    """What the page says by class: how much it differs, with controls and without."""
    found = _ROW.findall(OUT.read_text(encoding="utf-8"))
    return {name: (float(whole), float(bare)) for name, whole, bare in found}


def measured() -> dict[str, tuple[float, float]]:
    """How much each class differs here and now."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        path = find_browser.find()
        browser = playwright.chromium.launch(executable_path=path, args=list(find_browser.QUIET))
        viewer = originals.Viewer(browser)
        names = [name for name in cases.DRAWN if name not in cases.NOT_COMPARED]
        return {
            name: originals.compared(viewer, Path(folder), name, cases.CASES[name])
            for name in names
        }


def rows(differing: dict[str, tuple[float, float]]) -> list[str]:
    """One row for each class, by name."""
    found = dict.fromkeys(cases.DRAWN, ("carried", ""))
    found |= {name: ("carried with a change", how) for name, how in cases.CHANGED.items()}
    found |= {name: ("refused", why) for name, why in cases.REFUSED.items()}
    found |= {name: ("no drawing", why) for name, why in cases.PLUMBING.items()}
    return [
        f"| `{name}` | {page} | {how} | {_differs(name, differing)} |"
        for name, (page, how) in sorted(found.items())
    ]


def _differs(name: str, differing: dict[str, tuple[float, float]]) -> str:
    if name in differing:
        return " | ".join(f"{share:.1f} %" for share in differing[name])
    return f"not compared: {cases.NOT_COMPARED[name]} | " if name in cases.NOT_COMPARED else " | "


def text(differing: dict[str, tuple[float, float]]) -> str:
    """The whole file."""
    return HEAD + "\n".join(rows(differing)) + "\n"


if __name__ == "__main__":
    OUT.write_text(text(measured() if "--look" in sys.argv else looks()), encoding="utf-8")
