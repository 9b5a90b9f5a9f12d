"""Pages built again as their data changes: served to this machine, saved as ever."""

import http.client
import json
import shutil
import threading

import pytest
from conftest import ROOT
from typer.testing import CliRunner

from geo.cli import app, watching
from geo.errors import GeoError


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(ROOT / "geo" / "folder" / "new", tmp_path / "folder")


@pytest.fixture
def served(tmp_path):
    built = watching.Built()
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps" / "overview.html").write_text("<title>saved</title>", encoding="utf-8")
    with watching.server(tmp_path / "maps", built) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield built, serving.server_port
        serving.shutdown()


def get(port, path, host=None):
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    asking.request("GET", path, headers={"Host": host} if host else {})
    answer = asking.getresponse()
    return answer.status, answer.read().decode("utf-8")


def test_a_page_is_served_as_it_is_saved_within_one_that_reloads_it(served):
    _, port = served
    assert get(port, "/pages/overview.html") == (200, "<title>saved</title>")
    status, round_it = get(port, "/overview.html")
    assert status == 200
    assert 'src="/pages/overview.html"' in round_it
    assert 'src="/watch.js"' in round_it
    assert "/changes" in get(port, "/watch.js")[1]


@pytest.mark.parametrize("path", ["/", "/no.html", "/../secret", "/pages/..%2fsecret", "/pages/"])
def test_nothing_but_pages_of_the_folder_is_served(served, tmp_path, path):
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    assert get(served[1], path)[0] == 404


def test_only_this_machine_by_its_own_name_is_answered(served):
    assert get(served[1], "/overview.html", host="elsewhere.example:80")[0] == 403
    assert get(served[1], "/overview.html", host="localhost:80")[0] == 200


def test_who_waits_is_told_of_a_build_and_of_what_is_wrong(served):
    built, port = served
    threading.Timer(0.2, built.say).start()
    assert json.loads(get(port, "/changes?since=0")[1]) == {"build": 1, "wrong": ""}
    built.say("flows.csv: a fault")
    assert json.loads(get(port, "/changes?since=1")[1])["wrong"] == "flows.csv: a fault"


def test_a_port_that_is_taken_is_named(served, tmp_path):
    with pytest.raises(GeoError, match="--port"):
        watching.server(tmp_path, watching.Built(), served[1])


def test_pages_follow_the_data_and_faults_leave_the_last_good_ones(folder, tmp_path, monkeypatch):
    built, stop = [], threading.Event()
    say = watching.Built.say
    monkeypatch.setattr(
        watching.Built, "say", lambda self, wrong="": (built.append(wrong), say(self, wrong))
    )
    seen = []

    def make():
        text = (folder / "flows.csv").read_text(encoding="utf-8")
        if "broken" in text:
            raise GeoError("broken")
        seen.append(text)

    def state():
        return (folder / "flows.csv").read_text(encoding="utf-8")

    def change():
        for text in ("one", "broken", "two"):
            (folder / "flows.csv").write_text(text, encoding="utf-8")
            count = len(built)
            for _ in range(200):
                if len(built) > count:
                    break
                stop.wait(0.1)
        stop.set()

    threading.Timer(1.0, change).start()
    watching.watch(folder, tmp_path, make, state, stop=stop)
    assert seen == ["one", "two"]
    assert built == ["", "broken", ""]


def test_a_port_without_watching_is_refused(folder, tmp_path):
    done = CliRunner().invoke(
        app, ["build", str(folder), "-o", str(tmp_path / "maps"), "--port", "80"]
    )
    assert isinstance(done.exception, GeoError)
