"""Write docs/folium.md: what a page keeps of every class of folium and its plugins.

    python tools/list_folium.py

The rows are those that tests/test_foreign.py walks in a browser.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import folium_cases as cases  # noqa: E402 - found by the line above

HEAD = """# Folium maps as pages

`geo.page.save(any_folium_map, "page.html")` and `geo pack MAP.html -o page.html` make a folium or
`GeoDataFrame.explore()` map one offline file. The script of the map is read, never run and never
copied; our own code draws it from plain values. Texts show as allowed markup or, where they hold
anything else, as typed; template braces stay braces. What cannot be carried is refused by name.

| class | page | how |
|---|---|---|
"""


def rows() -> list[str]:
    """One row for each class, by name."""
    found = dict.fromkeys(cases.DRAWN, ("carried", ""))
    found |= {name: ("carried with a change", how) for name, how in cases.CHANGED.items()}
    found |= {name: ("refused", why) for name, why in cases.REFUSED.items()}
    found |= {name: ("no drawing", why) for name, why in cases.PLUMBING.items()}
    return [f"| `{n}` | {page} | {how} |" for n, (page, how) in sorted(found.items())]


def text() -> str:
    """The whole file."""
    return HEAD + "\n".join(rows()) + "\n"


if __name__ == "__main__":
    (ROOT / "docs" / "folium.md").write_text(text(), encoding="utf-8")
