"""What a reader sees of a file, as blocks of text: a sentence, a cell, a row of a table."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from geo.errors import GeoError
from geo.files import intake

# Elements that begin a text of their own, and those whose text nobody reads.
OWN = frozenset(
    re.findall(
        r"\w+",
        """
    address article aside blockquote body button caption dd details div dl dt fieldset figcaption
    figure footer form h1 h2 h3 h4 h5 h6 header label legend li main nav ol option p section
    select summary svg table tbody td text tfoot th thead title tr ul br img noscript
    """,
    )
)
ROWS = {"tr", "li"}  # read as one text: a share stands in the cell beside its amounts
DATA = ("application/json", "application/gzip")
UNREAD = {"script", "style", "template"}
SEEN = ("alt", "aria-label", "title")
SVG_TITLES = {"title", "desc"}


@dataclass(frozen=True)
class Block:
    """One text with its place in the file; `rows` are ids of the rows the file says it is of.

    `cites` are the numbers of the sources it names beside its text; `sample` the amount that the
    width of a line beside it stands for, in the base unit of a kind.
    """

    place: str
    text: str
    rows: tuple[str, ...] = ()
    cites: tuple[int, ...] = ()
    sample: tuple[float, str] | None = None


def blocks(path: Path) -> Iterator[Block]:
    """The texts of a file, by its ending. Raises GeoError for a form that is not read."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise GeoError(f"{path}: an audit reads {', '.join(READERS)}; found {path.suffix!r}")
    yield from reader(path)


# --- pages ------------------------------------------------------------------------------------


class _Page(HTMLParser):
    """Visible texts in their order, blocks of data by id."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Block] = []
        self.data: dict[str, str] = {}
        self._words: list[str] = []
        self._open: list[str] = []
        self._unread = 0
        self._block = ""
        self._rows = 0
        self._sample: tuple[float, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {k: v or "" for k, v in attrs}
        if tag in UNREAD:
            self._unread += 1
            kind = values.get("type", "")
            self._block = f"{kind} {values.get('id', '')}" if kind in DATA else ""
            return
        if tag in OWN and not (self._rows and tag not in ROWS):
            self.flush()
        elif tag in OWN:
            self._words.append(" ")
        if "data-sample" in values:
            self._sample = (float(values["data-sample"]), values.get("data-kind", ""))
        self._rows += tag in ROWS
        if tag in OWN and tag not in {"br", "img"}:
            self._open.append(f"{tag}.{values['class'].split()[0]}" if values.get("class") else tag)
        self.found += [Block(f"{tag} {a}", values[a]) for a in SEEN if values.get(a)]

    def handle_endtag(self, tag: str) -> None:
        if tag in UNREAD:
            self._unread -= 1
            self._block = ""
        elif tag in OWN:
            if tag in ROWS:
                self._rows -= 1
            if not self._rows:
                self.flush()
            self._close(tag)

    def _close(self, tag: str) -> None:
        names = [name.split(".")[0] for name in self._open]
        if tag in names:
            del self._open[len(names) - 1 - names[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        if self._block:
            self.data[self._block] = self.data.get(self._block, "") + data
        elif not self._unread:
            self._words.append(data)

    def flush(self) -> None:
        """End the text that was being read."""
        text = flat("".join(self._words))
        self._words.clear()
        if text:
            place = " › ".join(self._open[-3:]) or "text"
            self.found.append(Block(place, text, sample=self._sample))
            self._sample = None


def flat(text: str) -> str:
    """A text on one line."""
    return re.sub(r"\s+", " ", text).strip()


def _html(path: Path) -> Iterator[Block]:
    page = _Page()
    page.feed(intake.text(path))
    page.close()
    page.flush()
    yield from page.found
    for name, text in page.data.items():
        packed = name.startswith("application/gzip")
        yield from _of_data(json.loads(intake.unpacked(text) if packed else text))


def _of_data(value: Any) -> Iterator[Block]:
    """What scripts draw of a block of data: lines, places, events, sliders, rows of the table."""
    if not isinstance(value, Mapping):
        return
    if "columns" in value and "count" in value:
        yield from _table(value)
    if "pipes" in value:
        yield from _lines(value)
    for place in value.get("places") or ():
        for text in (*place["names"].values(), place["note"]):
            yield Block(f"place {place['id']}", str(text or ""))
        yield from _claims(f"place {place['id']}", place["claims"])
    for event in value.get("events") or ():
        yield Block("event", f"{event['date']}: {event['title']}", cites=(event["source"],))
    for bound in value.get("bounds") or ():
        yield Block(f"chart {bound['corridor']}", bound["word"])
    for product in value.get("products") or ():
        yield from _product(product)


def _table(value: Mapping[str, Any]) -> Iterator[Block]:
    for n in range(value["count"]):
        row = {name: _at(column, n) for name, column in value["columns"].items()}
        said = [row.get(k) or "" for k in ("moved", "could", "share")]
        text = f"{said[0]} of {said[1]} · {said[2]}" if said[1] else said[0]
        about = [str(row.get(k) or "") for k in ("corridor", "what", "route", "period", "note")]
        cites = (*([row["source"]] if row.get("source") else []), *(row.get("held_sources") or ()))
        place = f"table › {row['id']}"
        yield Block(place, text, rows=(row["id"],), cites=tuple(cites))
        yield from (Block(place, one) for one in about if one)


def _at(column: Any, n: int) -> Any:
    return column[n] if isinstance(column, list) else column["of"][column["at"][n]]


def _lines(value: Mapping[str, Any]) -> Iterator[Block]:
    claims = value.get("claims") or ()
    for pipe in (*value["pipes"], *value.get("totals", ())):
        place = f"line {pipe['id']}"
        for text in (pipe["title"], pipe["label"], pipe["length"], pipe["note"]):
            yield Block(place, str(text or ""))
        for figure in pipe["figures"]:
            yield from _figure(f"{place} › {figure['id']}", figure)
        for casing in pipe["casings"]:
            yield Block(place, casing["could"], cites=(casing["source"],))
    yield from _claims("popup", claims)


def _figure(place: str, figure: Mapping[str, Any]) -> Iterator[Block]:
    rows, cites = tuple(figure.get("flows") or (figure["id"],)), tuple(figure.get("cites") or ())
    yield Block(place, figure["label"], rows=rows, cites=cites)
    if figure["could"]:
        text = f"{figure['moved']} of {figure['could']} · {figure['share']}"
        yield Block(place, text, rows=rows, cites=cites)


def _claims(place: str, claims: Iterable[Any]) -> Iterator[Block]:
    for claim in claims:
        if isinstance(claim, Mapping):
            rows = (claim["id"],) if claim["id"] and claim["group"] == "flow" else ()
            texts = [claim["figure"], claim["what"], claim["period"], claim["note"], claim["share"]]
            yield Block(place, str(texts[0] or ""), rows=rows, cites=(claim["source"],))
            yield from (Block(place, str(text)) for text in texts[1:] if text)


def _product(product: Mapping[str, Any]) -> Iterator[Block]:
    for factor in product["factors"]:
        for name in ("figure", "allowed", "words", "note"):
            yield Block(f"what if › {factor['id']}", str(factor.get(name) or ""))


# --- other forms ------------------------------------------------------------------------------


def _markdown(path: Path) -> Iterator[Block]:
    for n, line in enumerate(intake.text(path).splitlines(), 1):
        plain = re.sub(r"\[\^(\d+)\]", r"[\1]", line)  # footnotes
        plain = re.sub(r"\]\((?!\d)[^)]*\)", "]", plain).replace("|", " ")
        yield Block(f"line {n}", flat(re.sub(r"[*_`#>]|\\(?=\W)", "", plain)))


def _svg(path: Path) -> Iterator[Block]:
    text = intake.text(path)
    if "<!ENTITY" in text:
        raise GeoError(f"{path}: a picture that defines entities is not read")
    try:
        nodes = list(ElementTree.fromstring(text.encode()).iter())
    except ElementTree.ParseError as error:
        raise GeoError(f"{path}: no SVG: {error}") from None
    for node in nodes:
        name = str(node.tag).rpartition("}")[2]
        if name in {"text", *SVG_TITLES}:
            yield Block(name, flat("".join(node.itertext())))


def _library(name: str, path: Path) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        raise GeoError(f"{path}: to read it, install tumen[brief]") from None


def _docx(path: Path) -> Iterator[Block]:
    document = _library("docx", path).Document(str(path))
    for n, part in enumerate(document.paragraphs, 1):
        yield Block(f"paragraph {n}", _noted(part))
    for n, table in enumerate(document.tables, 1):
        for m, row in enumerate(table.rows, 1):
            cells = (_noted(part) for cell in row.cells for part in cell.paragraphs)
            yield Block(f"table {n}, row {m}", " ".join(cells))


def _noted(paragraph: Any) -> str:
    """The text of a paragraph; a superscript number is a note, as [n]."""
    runs = ((run.text, bool(run.font.superscript)) for run in paragraph.runs)
    return flat("".join(f"[{t.strip()}]" if up and t.strip().isdigit() else t for t, up in runs))


def _pptx(path: Path) -> Iterator[Block]:
    for n, slide in enumerate(_library("pptx", path).Presentation(str(path)).slides, 1):
        for shape in slide.shapes:
            if shape.has_text_frame:
                for part in shape.text_frame.paragraphs:
                    yield Block(f"slide {n}", flat("".join(run.text for run in part.runs)))
            if shape.has_table:
                for row in shape.table.rows:
                    yield Block(f"slide {n}, table", flat(" ".join(c.text for c in row.cells)))
            if shape.has_chart:
                for category in shape.chart.plots[0].categories:
                    yield Block(f"slide {n}, chart", flat(str(category)))


READERS: Mapping[str, Callable[[Path], Iterator[Block]]] = {
    ".html": _html,
    ".md": _markdown,
    ".svg": _svg,
    ".docx": _docx,
    ".pptx": _pptx,
}
