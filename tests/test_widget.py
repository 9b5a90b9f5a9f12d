"""A map in a notebook that answers: in a real JupyterLab, and its values without one."""

import base64
import gzip
import hashlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import nbformat
import pandas as pd
import pytest
import shapely
from jupyter_client import BlockingKernelClient

import geo
from geo.errors import AssetError, GeoError
from geo.output import bundle

PATIENCE_S = 120
HASH = base64.b64encode(hashlib.sha256(bundle.bridge_script().encode()).digest()).decode()
PLACES = pd.DataFrame({
    "place": ["a", "b", "c"], "name": ["Ay", "Bee", "See"],
    "lon": [0.0, 40.0, 20.0], "lat": [40.0, 44.0, 56.0],  # too wide for a detailed ground
})  # fmt: skip
FLOWS = pd.DataFrame({
    "origin": ["a", "a", "b"], "destination": ["b", "b", "c"], "year": [2020, 2021, 2021],
    "quantity": [3.0, 4.0, 7.0], "unit": "kt",
})  # fmt: skip


def flow_map(flows=FLOWS):
    return geo.flow_map(flows, places=PLACES)


@pytest.fixture(scope="module")
def made():
    return geo.widget(flow_map())


def unpacked(data):
    return json.loads(gzip.decompress(bytes(data)))


def page_of(widget):
    shared = unpacked(widget._shared)
    return "".join(shared[one] if isinstance(one, int) else one for one in unpacked(widget._own))


# --- its values ----------------------------------------------------------------------------------


def test_the_page_of_a_widget_holds_the_bridge_and_admits_it_and_no_other_page_does(tmp_path):
    shown = flow_map()
    widget = geo.widget(shown)
    page = page_of(widget)
    assert page.count(bundle.bridge_script()) == 1
    assert HASH in page
    saved = shown.save(tmp_path / "a.html").read_text("utf-8")
    for text in (saved, shown._repr_html_(), geo.page.show(shown.scene).text):
        assert "'answer'" not in text
        assert HASH not in text


def test_new_data_send_neither_code_nor_ground_again():
    widget = geo.widget(flow_map())
    code, first = bytes(widget._shared), page_of(widget)
    widget.show(flow_map(FLOWS.assign(quantity=[30.0, 40.0, 70.0])))
    assert bytes(widget._shared) == code
    assert len(widget._own) < len(code) / 8
    assert page_of(widget) != first


def test_a_widget_shows_the_frame_and_the_picture_where_none_can_run():
    data, _ = geo.widget(flow_map())._repr_mimebundle_()
    assert set(data) >= {"application/vnd.jupyter.widget-view+json", "text/html", "image/png"}
    assert "<iframe" in data["text/html"]


def test_a_scene_and_a_map_of_folium_may_be_shown_too(scenes):
    scene = scenes["ferry"]
    widget = geo.widget(scene)
    widget.selected = {"legs": [scene.rows[0].pipe]}
    assert len(widget.rows) >= 1
    assert bundle.bridge_script() in page_of(geo.widget(geo.draw.scene(scene)))


def test_a_choice_leads_to_its_rows():
    widget = geo.widget(flow_map())
    assert len(widget.rows) == 0
    widget.selected = {"flows": ["row-1"]}
    assert list(widget.rows["quantity"]) == [4.0]
    boxes = gpd.GeoDataFrame(
        {"name": ["x", "y"]}, geometry=gpd.points_from_xy([0, 1], [0, 1]), crs="EPSG:4326"
    )
    features = geo.widget(geo.feature_map(boxes))
    features.selected = {"features": [["features", 1]]}
    assert list(features.rows["name"]) == ["y"]
    lines = gpd.GeoDataFrame(
        {"vessel": ["v", "w"]}, geometry=[shapely.LineString([(0, n), (1, 1)]) for n in (0, 2)],
        crs="EPSG:4326",
    )  # fmt: skip
    tracks = geo.widget(geo.track_map(lines))
    tracks.selected = {"tracks": ["w"]}
    assert list(tracks.rows["vessel"]) == ["w"]


def test_a_function_is_called_with_what_is_selected():
    widget, heard = geo.widget(flow_map()), []
    widget.on_select(heard.append)
    widget.selected = {"places": ["a"], "legs": []}
    assert heard == [{"places": ["a"]}]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("selected", {"ships": ["x"]}),
        ("period", ["2021-01-01"]),
        ("period", ["2021-01-01", "2020-01-01"]),
        ("period", ["soon", "later"]),
        ("view", [1.0, 2.0, 3.0]),
        ("view", [3.0, 2.0, 1.0, 4.0]),
    ],
)
def test_a_value_that_is_none_is_refused_and_says_what_to_give(name, value, made):
    with pytest.raises(GeoError, match=name):
        setattr(made, name, value)


def test_without_anywidget_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    monkeypatch.delitem(sys.modules, "geo.maps.bridged", raising=False)
    with pytest.raises(AssetError, match=r"tumen\[widget\]"):
        geo.widget(flow_map())


@pytest.mark.parametrize("wrong", [None, 3, "a.html", FLOWS])
def test_what_is_no_map_is_refused(wrong):
    with pytest.raises(GeoError, match="a scene, a map"):
        geo.widget(wrong)


# --- in JupyterLab -------------------------------------------------------------------------------


@dataclass
class Lab:
    """A notebook that is open in a real JupyterLab, and its kernel."""

    page: Any
    kernel: Any
    requests: list[str]

    def python(self, expression: str) -> Any:
        """The value of an expression in the kernel."""
        reply = self.kernel.execute(
            "", user_expressions={"x": expression}, reply=True, timeout=PATIENCE_S
        )
        found = reply["content"]["user_expressions"]["x"]
        assert found["status"] == "ok", found
        return eval(found["data"]["text/plain"])

    def run(self, code: str) -> None:
        """Run a line in the kernel."""
        reply = self.kernel.execute(code, reply=True, timeout=PATIENCE_S)
        assert reply["content"]["status"] == "ok", reply["content"]

    def until(self, expression: str, wanted: Any) -> None:
        """Wait for an expression of the kernel to have a value."""
        end = time.monotonic() + 30
        while (found := self.python(expression)) != wanted and time.monotonic() < end:
            self.page.wait_for_timeout(100)
        assert found == wanted

    @property
    def frame(self) -> Any:
        """The map in the output of the cell, once it is drawn."""
        frame = self.page.frame_locator(".tumen-widget iframe").first
        frame.locator('html[data-ready="1"]').wait_for(state="attached", timeout=60_000)
        return frame


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def notebook(folder):
    code = [
        "import geo\nimport pandas as pd",
        f"places = pd.DataFrame({PLACES.to_dict('list')!r})\n"
        f"flows = pd.DataFrame({FLOWS.to_dict('list')!r})\nheard = []",
        "shown = geo.widget(geo.flow_map(flows, places=places))\n"
        "shown.on_select(heard.append)\nshown",
    ]
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in code])
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(made, folder / "map.ipynb")


@pytest.fixture
def lab(browser, tmp_path):
    """JupyterLab with a notebook whose cells have run."""
    notebook(tmp_path)
    port, runtime = free_port(), tmp_path / "runtime"
    address = f"http://127.0.0.1:{port}"
    own = {"JUPYTER_RUNTIME_DIR": runtime, "JUPYTER_CONFIG_DIR": tmp_path / "config",
           "JUPYTER_DATA_DIR": tmp_path / "data"}  # fmt: skip
    env = os.environ | {key: str(path) for key, path in own.items()}
    env["PYTHONPATH"] = str(Path(geo.__file__).parents[1])
    said = (tmp_path / "log.txt").open("w", encoding="utf-8")
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", "--no-browser", f"--port={port}", "--allow-root",
         "--IdentityProvider.token=", "--LabApp.expose_app_in_browser=True",
         "--LabApp.news_url=", f"--ServerApp.root_dir={tmp_path}"],
        env=env, stdout=said, stderr=subprocess.STDOUT,
    )  # fmt: skip
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    try:
        wait_for(f"{address}/api", server)
        page, requests = context.new_page(), []
        page.on("request", lambda request: requests.append(request.url))
        page.goto(f"{address}/lab/tree/map.ipynb")
        page.locator(".jp-Notebook .jp-CodeCell").first.wait_for(timeout=60_000)
        run_all(page)
        (connection,) = runtime.glob("kernel-*.json")
        kernel = BlockingKernelClient(connection_file=str(connection))
        kernel.load_connection_file()
        kernel.start_channels()
        yield Lab(page, kernel, requests)
        kernel.stop_channels()
    finally:
        context.close()
        server.terminate()
        server.wait(30)
        said.close()


READY = """() => {
    const own = window.jupyterapp && window.jupyterapp.shell.currentWidget;
    const session = own && own.sessionContext;
    return Boolean(session && session.isReady && session.session && session.session.kernel
        && session.session.kernel.connectionStatus === 'connected');
}"""
RUN = "() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }"


def run_all(page):
    """Run every cell; a kernel that JupyterLab asks for is the one it names."""
    asked, shown = page.locator(".jp-Dialog .jp-mod-accept"), page.locator(".tumen-widget iframe")
    begun = page.locator(".jp-InputPrompt", has_text="1").or_(
        page.locator(".jp-InputPrompt", has_text="*")
    )
    page.wait_for_function(READY, timeout=60_000)
    end, next_try = time.monotonic() + PATIENCE_S, 0.0
    while not shown.count() and time.monotonic() < end:
        if asked.count():
            asked.first.click()
            page.wait_for_function(READY, timeout=60_000)
            next_try = 0.0
        if not begun.count() and time.monotonic() > next_try:
            page.evaluate(RUN)
            next_try = time.monotonic() + 5
        page.wait_for_timeout(200)
    assert shown.count() == 1, "no widget is shown"


def wait_for(address, server):
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).read()
            return
        except OSError:
            time.sleep(0.3)
    raise AssertionError("JupyterLab did not start")


@pytest.mark.browser
def test_choice_period_and_new_data_go_to_python_and_back_in_jupyterlab(lab):
    frame = lab.frame
    lab.until("len(shown.view)", 4)

    # from the map to Python
    frame.locator('path.tumen-hit[aria-label*="See"]').first.dispatch_event("click")
    frame.locator(".leaflet-popup").wait_for()
    leg = lab.python("[pipe.id for pipe in shown._drawing.scene.pipes if 'See' in pipe.title][0]")
    lab.until("shown.selected", {"legs": [leg], "flows": ["row-2"]})
    assert lab.python("list(shown.rows['quantity'])") == [7.0]
    assert lab.python("heard[-1]['legs']") == [leg]
    frame.locator('button[aria-label="Previous period with a figure"]').click()
    lab.until("shown.period", ["2021-01-01", "2021-12-31"])
    frame.locator(".leaflet-control-zoom-in").click()
    before = lab.python("shown.view")
    lab.until("shown.view[2] - shown.view[0] < 60", True)

    # from Python to the map
    lab.run("shown.period = ['2020-01-01', '2020-12-31']")
    frame.locator(".clock-now", has_text="2020").wait_for()
    lab.run("shown.selected = {'places': ['b']}")
    frame.get_by_role("heading", name="Bee", exact=True).wait_for()
    lab.run("shown.selected = {}")
    frame.get_by_role("heading", name="Bee", exact=True).wait_for(state="detached")
    lab.run("shown.view = [-5.0, 30.0, 45.0, 60.0]")
    lab.page.wait_for_timeout(500)
    assert lab.python("shown.view") == [-5.0, 30.0, 45.0, 60.0] != before

    # new data in the same place, in the same view and period
    lab.run("shown.show(geo.flow_map(flows.assign(quantity=[9.5, 8, 7]), places=places))")
    lab.page.frame_locator(".tumen-widget iframe").last.locator(
        ".label-flow, text", has_text="9.5 kt"
    ).first.wait_for(timeout=60_000)
    assert lab.page.locator(".tumen-widget").count() == 1
    lab.page.wait_for_function("document.querySelectorAll('.tumen-widget iframe').length === 1")
    assert lab.python("shown.period") == ["2020-01-01", "2020-12-31"]
    lab.until(
        "shown.view == [-5.0, 30.0, 45.0, 60.0]", True
    )  # told by the new page when it is fitted
    lab.frame.locator(".clock-now", has_text="2020").wait_for()

    # nothing was asked of anyone but JupyterLab
    own = lab.page.url.split("/lab")[0]
    assert [url for url in lab.requests if not url.startswith((own, "data:", "blob:"))] == []
