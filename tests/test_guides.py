"""The tool that runs other projects' guides tells what became of each of their maps."""

import subprocess
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).parents[1] / "tools" / "run_guides.py"
GUIDE = """# A guide

```python
import folium
first = folium.Map([42, 130], zoom_start=5)
folium.Marker([42, 130], popup="<b>here</b>").add_to(first)
first
```

```python
import urllib.request
urllib.request.urlopen("http://example.org/data.json")
```

```python
unknown_data.explore()
```

```python
second = folium.Map([42, 130])
folium.GeoJson({"type": "Point", "coordinates": [130, 42]},
               on_each_feature=folium.JsCode("function (f, layer) { alert(1); }")).add_to(second)
second.save("second.html")
del second
```
"""


@pytest.mark.browser
def test_a_guide_is_run_and_every_map_is_accounted_for(tmp_path):
    (tmp_path / "a guide.md").write_text(GUIDE)
    done = subprocess.run(
        [sys.executable, TOOL, tmp_path, "-o", tmp_path / "pages"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = done.stdout
    assert "a guide: 2 of 4 cells, 1 maps carried, 1 refused, 0 broken" in said
    assert "1 x no network" in said
    assert "1 x needs a cell that failed" in said
    assert "refused: GeoJson: a function of its own in JavaScript" in said
    assert "1 guides: 1 maps carried, 1 refused in words" in said
    pages = sorted(path.name for path in (tmp_path / "pages").iterdir())
    assert pages == ["a guide-1.html", "a guide-1.png"]
    assert not (tmp_path / "second.html").exists()
