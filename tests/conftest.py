"""What several test modules share: the data, its pages, and a browser with the network cut."""

import os
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings
from moto.server import ThreadedMotoServer
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

import geo

ROOT = Path(__file__).resolve().parent.parent
os.environ["TUMEN_CACHE"] = "off"  # what is tested is made, not kept from before
sys.path.insert(0, str(ROOT / "tools"))

import find_browser  # noqa: E402 - a script of tools/, found by the line above

settings.register_profile("kit", deadline=None)  # nothing is timed: machines differ
settings.register_profile(  # for tools/mutate_account.py: whether one fails, not which is smallest
    "mistakes", deadline=None, derandomize=True, database=None, phases=[Phase.generate]
)
settings.load_profile("kit")

DESKTOP, PHONE = (1280, 800), (390, 844)


@dataclass
class Opened:
    """A page in the browser, with every request it made and everything it complained of."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


Opener = Callable[..., Opened]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What opens a browser is marked, whether it says so or not."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def package() -> geo.package.Package:
    return geo.package.load(ROOT / "data")


@pytest.fixture(scope="session")
def scenes(package: geo.package.Package) -> dict[str, geo.scene.Scene]:
    return geo.scene.pages(package)


@pytest.fixture(scope="session")
def built(
    scenes: dict[str, geo.scene.Scene], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """Every page of data/ as a file, by name."""
    folder = tmp_path_factory.mktemp("pages")
    return {name: geo.page.save(scene, folder / f"{name}.html") for name, scene in scenes.items()}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; where there is none the tests fail and say what was looked for."""
    path = find_browser.find()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(find_browser.QUIET))
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Opener]:
    """Open a file offline and wait until it says that it is drawn."""
    yield from _opening(browser)


@pytest.fixture(scope="module")
def open_once(browser: Browser) -> Iterator[Opener]:
    """As `open_page`, for a page that the tests of a module share and leave as it opened."""
    yield from _opening(browser)


def _opening(browser: Browser) -> Iterator[Opener]:
    contexts: list[BrowserContext] = []

    def opener(path: Path, size: tuple[int, int] = DESKTOP, *, ready: bool = True) -> Opened:
        opened = _offline(browser, size, contexts)
        opened.page.goto(path.as_uri())
        if ready:
            opened.page.wait_for_selector('html[data-ready="1"]', timeout=20_000)
        return opened

    yield opener
    for context in contexts:
        context.close()


def _offline(browser: Browser, size: tuple[int, int], contexts: list[BrowserContext]) -> Opened:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce"
    )
    contexts.append(context)
    context.set_offline(True)
    opened = Opened(context.new_page())
    context.on("request", lambda request: opened.requests.append(request.url))
    opened.page.on("console", lambda message: _note(opened, message.type, message.text))
    opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
    return opened


def _note(opened: Opened, kind: str, text: str) -> None:
    if kind in {"error", "warning"}:
        opened.complaints.append(f"{kind}: {text}")


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """An S3 server on loopback, with one empty bucket; how to reach it."""
    for name, value in (("ACCESS_KEY_ID", "x"), ("SECRET_ACCESS_KEY", "x")):
        monkeypatch.setenv(f"AWS_{name}", value)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = ThreadedMotoServer("127.0.0.1", port, verbose=False)
    server.start()
    yield {"endpoint_url": f"http://127.0.0.1:{port}", "skip_instance_cache": True}
    server.stop()
