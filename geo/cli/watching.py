"""Pages that are built again as their data changes, and shown so on this machine alone.

A page is served as it is saved, in a frame; what reloads it stands round the frame and in no file.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from geo.cli import console
from geo.errors import GeoError
from geo.errors.extras import bring

HOST = "127.0.0.1"
WAIT_S = 20  # before a question after changes is answered with none


class Built:
    """What was built last: a number that grows, and what was wrong with the data since."""

    def __init__(self) -> None:
        """Nothing was built again yet."""
        self.build, self.wrong = 0, ""
        self._changed = threading.Condition()

    def say(self, wrong: str = "") -> None:
        """Tell those who wait that pages are new, or what is wrong."""
        with self._changed:
            self.wrong = wrong
            self.build += 1
            self._changed.notify_all()

    def after(self, since: int) -> dict[str, object]:
        """What there is after a number, waited for."""
        with self._changed:
            self._changed.wait_for(lambda: self.build != since, WAIT_S)
            return {"build": self.build, "wrong": self.wrong}


def server(output: Path, built: Built, port: int = 0) -> ThreadingHTTPServer:
    """A server of the pages in a folder, for this machine. Raises GeoError for a port in use."""

    class Handler(_Handler):
        folder, news = output, built

    try:
        return ThreadingHTTPServer((HOST, port), Handler)
    except (OSError, OverflowError) as error:
        raise GeoError(f"--port {port}: cannot be listened to: {error}; name another") from error


class _Handler(BaseHTTPRequestHandler):
    folder: Path
    news: Built

    def do_GET(self) -> None:
        """Answer: a page in its frame, the page itself, what reloads it, or what changed."""
        from geo.output import bundle

        asked = urlsplit(self.path)
        host = self.headers.get("Host", "").rpartition(":")[0]
        path = unquote(asked.path)
        if host not in (HOST, "localhost"):  # a name of somebody else's that leads here
            self._send(403, "text/plain", b"")
        elif path == "/changes":
            since = parse_qs(asked.query).get("since", [""])[0]
            told = self.news.after(int(since) if since.isdigit() else -1)
            self._send(200, "application/json", json.dumps(told).encode())
        elif path == "/watch.js":
            self._send(200, "text/javascript", bundle.watch_script().encode())
        else:
            self._page(path)

    def _page(self, path: str) -> None:
        from geo.files import intake, writing
        from geo.output import templates

        folder, _, name = path.rpartition("/")
        try:
            content = intake.read(writing.within(self.folder, name))
        except GeoError:
            self._send(404, "text/plain", b"no such page")
            return
        if folder != "/pages":
            content = templates.watched(name, self.news.build).encode()
        self._send(200, "text/html; charset=utf-8", content)

    def _send(self, code: int, kind: str, content: bytes) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing on the terminal."""


def watch(
    folder: Path,
    output: Path,
    build: Callable[[], None],
    state: Callable[[], str],
    *,
    port: int = 0,
    stop: threading.Event | None = None,
) -> None:
    """Serve what was built, and build again whenever the state of the folder is another.

    `state` names the bytes of the folder. Ends by Ctrl+C, or by `stop`. Raises AssetError without
    the extra `watch`.
    """
    watchfiles = bring("watchfiles", "watch")
    built = Built()
    with server(output, built, port) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        address = f"http://{HOST}:{serving.server_port}/"
        console.out.print(f"watching {console.plain(folder)}; pages at {address}overview.html")
        last = state()
        for _ in watchfiles.watch(folder, stop_event=stop, raise_interrupt=False):
            now = state()
            if now != last:  # pages may lie in the folder too
                last = now
                _again(build, built)
        serving.shutdown()


def _again(build: Callable[[], None], built: Built) -> None:
    try:
        build()
    except GeoError as error:
        console.err.print(console.visible(str(error)))
        built.say(str(error))
    else:
        built.say()
