"""Every number of a file: what it is, which rows give it, and what is wrong with it."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from geo.account import flows
from geo.files import intake
from geo.output.audit.blocks import Block, blocks, flat
from geo.output.audit.ledger import Entry, Ledger

N = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:e-\d+)?"
MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
# What is no figure of a folder, by class; the first that fits takes it.
CLASSES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("source", re.compile(r"\[\d+\](?:\(#?[^)]*\))?")),
    ("address", re.compile(r"https?://\S+|\b(?:[\w-]+\.)+[A-Za-z]{2,}\b")),
    ("scale", re.compile(rf"^(?:{N}) (?:km|nmi)$")),
    ("coordinates", re.compile(rf"-?(?:{N})°(?:, ?-?(?:{N})°)?(?: \(± (?:{N}) m\))?")),
    ("coordinates", re.compile(rf"± ?(?:{N}) ?k?m\b")),
    ("length", re.compile(rf"(?:{N}) km(?: \((?:{N}) nmi\))?")),
    ("date", re.compile(r"\b\d{4}[-.]\d\d(?:[-.]\d\d)?\b")),
    ("date", re.compile(rf"\b(?:\d{{1,2}}–)?(?:\d{{1,2}} )?{MONTH} \d{{4}}\b")),
    ("date", re.compile(rf"\b\d{{1,2}} {MONTH}(?=–|\b)")),
    ("date", re.compile(r"\bQ[1-4]\b")),
    ("date", re.compile(r"\b(?:1[0-9]|20)\d\d(?:–(?:1[0-9]|20)\d\d)?\b(?![.,]\d)(?! ?%)")),
    ("count", re.compile(r"\b\d+ (?:of \d+ )?(?:more |dated )?(?:figures?|rows?|answers?|sources?"
                         r"|years?|lines?|claims?|places?|legs?|events?|questions?)\b")),
    ("count", re.compile(r"\bof \d+ (?:figures?|answers?)\b")),
    ("count", re.compile(r"\(\d+ of \d+\)$")),
    ("count", re.compile(r"^\d+\. |\b(?:Figure|Table) \d+")),
    ("layout", re.compile(rf"(?:{N}) px\b")),
    ("version", re.compile(r"\b(?:Leaflet|Data:?|CC[- ]BY(?:-SA)?|ODbL|L?GPL|BSD|OFL|MIT"
                           r"|basemap-data)[- ]?v?\d[\d.]*(?:-\w+)*")),
)  # fmt: skip
FIGURE = re.compile(
    r"(?<![^\W\d_])"  # a digit within a name is no figure
    rf"(?P<bound>over |under |at least |at most )?(?P<low>{N})(?:–(?P<high>{N}))?(?P<share> ?%)?"
)
WORD = re.compile(r"[A-Za-z0-9]")  # a key of a conflict, ᵃ, may follow a unit
TOLERANCE = 6e-4  # what could move is printed to four digits
SAMPLE_SLACK = 6e-3  # words of a sample have three digits at most
THOUSANDTH = 5e-4  # and to no more than three places


@dataclass(frozen=True)
class Number:
    """A number a reader sees: its place and words, its class, its rows and arithmetic.

    `fault` says what is wrong with it, "" where nothing is.
    """

    place: str
    text: str
    kind: str
    rows: tuple[str, ...] = ()
    how: str = ""
    fault: str = ""


def audit(path: Path, ledger: Ledger) -> list[Number]:
    """Every number of a file with its account. Raises GeoError for a file that is not read."""
    numbered = _sources(path, ledger)
    return [n for block in blocks(path) for n in _Block(block, ledger, numbered).numbers()]


def _sources(path: Path, ledger: Ledger) -> dict[int, str]:
    """The id of each numbered source of a page, by the text it is cited with."""
    if path.suffix.lower() != ".html":
        return {}
    found = {}
    item = re.compile(r'<li id="source-(\d+)"[^>]*>(.*?)</li>', re.DOTALL)
    for number, markup in item.findall(intake.text(path)):
        text = flat(html.unescape(re.sub(r"<[^>]+>", " ", markup)))
        own = [name for told, name in ledger.sources.items() if text.startswith(flat(told))]
        if own:
            found[int(number)] = own[0]
    return found


@dataclass(frozen=True)
class _Figure:
    """An amount or share in a text: where it stands, its words, its ends."""

    start: int
    end: int
    text: str
    unit: str
    low: float | None
    high: float | None
    is_share: bool
    digits: int


class _Block:
    """One text, its numbers taken out class by class."""

    def __init__(self, block: Block, ledger: Ledger, numbered: dict[int, str]) -> None:
        self.block, self.ledger, self.numbered = block, ledger, numbered
        self.rest = block.text
        self.found: list[Number] = []
        self.told: set[str] = set()

    def numbers(self) -> list[Number]:
        if any(c.isdigit() for c in self.rest):
            self._texts()
            self._figures()
        self._cites()
        return self.found

    def _take(self, start: int, end: int, number: Number | None = None) -> None:
        self.rest = self.rest[:start] + "\0" * (end - start) + self.rest[end:]
        if number is not None:
            self.found.append(number)

    def _number(self, text: str, kind: str, **more: object) -> Number:
        return replace(Number(self.block.place, text.strip(), kind), **more)  # type: ignore[arg-type]

    def _texts(self) -> None:
        """Texts of the folder's own tables, the longest first, then dates, lengths and the like."""
        for text, entry in self.ledger.by_length:
            if text not in self.rest:
                continue
            whole = re.compile(rf"(?<![\w.,]){re.escape(text)}(?!\w|[.,]\d)")
            for match in list(whole.finditer(self.rest)):
                self.told |= entry.sources
                made = self._number(text, "text", rows=entry.rows, how=entry.how)
                self._take(*match.span(), made)
        for kind, pattern in CLASSES:
            for match in list(pattern.finditer(self.rest)):
                self._take(*match.span(), self._classed(kind, match[0]))

    def _classed(self, kind: str, text: str) -> Number:
        if kind != "length":
            return self._number(text, kind)
        km = float(re.sub(r" km.*", "", text).replace(",", ""))
        near = (one for one in self.ledger.lengths_km if abs(one.km - km) <= _last(text))
        first = next(near, None)
        if first is not None:
            return self._number(text, kind, rows=first.rows, how=first.how)
        own = self.ledger.amounts.get(re.sub(r" \(.*", "", text), [])
        if own:
            return self._number(text, kind, rows=own[0].rows, how=own[0].how)
        return self._number(text, kind, fault="no leg, line or row has this length")

    # --- figures ----------------------------------------------------------------------------------

    def _figures(self) -> None:
        own = list(self._read())
        for n, figure in enumerate(own):
            made = self._share(own, n) if figure.is_share else self._amount(own, n)
            self.found.append(made)

    def _read(self) -> Iterator[_Figure]:
        for match in FIGURE.finditer(self.rest):
            low, high = (
                float(x.replace(",", "")) if x else None for x in match.group("low", "high")
            )
            bound = match["bound"] or ""
            ends = (low, low) if high is None else (low, high)
            if bound:
                ends = (low, None) if bound in ("over ", "at least ") else (None, low)
            share = bool(match["share"])
            unit = "" if share else self._unit(match.end())
            text = self.rest[match.start() : match.end() + len(unit)]
            digits = len(match["low"].partition(".")[2])
            yield _Figure(match.start(), match.end() + len(unit), text, unit, *ends, share, digits)

    def _unit(self, at: int) -> str:
        """The unit that stands after a number, as the folder writes it, with what it is per."""
        rest = self.rest[at:]
        found = self._begun(rest, " ")
        return found + self._begun(rest[len(found) :], "/") if found else ""

    def _begun(self, rest: str, sign: str) -> str:
        """The longest unit that a text begins with, after a sign."""
        for unit in self.ledger.units:
            if rest.startswith(f"{sign}{unit}") and not WORD.match(rest, len(unit) + 1):
                return f"{sign}{unit}"
        return ""

    def _amount(self, own: Sequence[_Figure], n: int) -> Number:
        figure = own[n]
        text, unit = figure.text, figure.unit
        after = own[n + 1] if n + 1 < len(own) else None
        joined = self.rest[figure.end : after.start] if after else ""
        if not unit and after and re.fullmatch(r".* of (?:limit )?| to ", joined):
            text += re.sub(r"/year$", "", after.unit)
        entries = self._entries(text)
        mine = [e for e in entries if not self.block.rows or set(e.rows) & set(self.block.rows)]
        alone = self.block.place == "text" and text.strip() == self.block.text  # of a picture
        if not entries and ("legend" in self.block.place or alone):
            return self._scale(figure, text)
        made = None if entries else self._implied(own, n)
        if made is not None:
            return made
        if not entries:
            return self._number(text, "amount", fault="no row gives this number")
        if not mine:
            said = f"it is of {', '.join(entries[0].rows)}, not of {', '.join(self.block.rows)}"
            return self._number(
                text, "amount", rows=entries[0].rows, how=entries[0].how, fault=said
            )
        self.told |= {s for e in mine for s in e.sources}
        return self._number(text, "amount", rows=mine[0].rows, how=mine[0].how)

    def _scale(self, figure: _Figure, text: str) -> Number:
        """A sample of the scale of widths, which says what the line beside it is as wide as."""
        how, fault = "a sample of the scale of widths", ""
        if self.block.sample and figure.unit and figure.low is not None:
            wide, kind = self.block.sample
            said = flows.convert(figure.low, figure.unit.strip().partition("/")[0], kind)
            if not math.isclose(said, wide, rel_tol=SAMPLE_SLACK):
                fault = f"the line beside it is as wide as {wide:,.0f} {kind}"
        return self._number(text, "scale", how=how, fault=fault)

    def _implied(self, own: Sequence[_Figure], n: int) -> Number | None:
        """What two amounts of a text imply: 255 bbl and 32 t are 7.97 bbl/t."""
        figure, told = own[n], own[n].unit.strip().partition("/")
        if not self.rest[: figure.start].endswith("imply ") or not told[2]:
            return None
        ones = [f for f in own if f.unit.strip() == told[0]]
        others = [f for f in own if f.unit.strip() == told[2]]
        for one in ones:
            for other in others:
                if one.low and other.low and f"{one.low / other.low:.3g}" == f"{figure.low:.3g}":
                    how = f"{one.text.strip()} ÷ {other.text.strip()}"
                    return self._number(figure.text, "amount", how=how)
        return None

    def _entries(self, text: str) -> list[Entry]:
        amounts = self.ledger.amounts
        bare = text.removeprefix("at least ").removesuffix("/year")
        for form in (text, f"limit {text}", bare, f"{text}s"):
            if form in amounts:
                return amounts[form]
        return []

    def _share(self, own: Sequence[_Figure], n: int) -> Number:
        figure = own[n]
        pair = self._divided(own, n)
        entries = self.ledger.shares.get(figure.text.replace("%", " %").replace("  ", " "), [])
        mine = [e for e in entries if not self.block.rows or set(e.rows) & set(self.block.rows)]
        self.told |= {s for e in mine for s in e.sources}
        rows, how = (mine[0].rows, mine[0].how) if mine else ((), "")
        if pair is not None:
            how = f"{pair[0].text.strip()} ÷ {pair[1].text.strip()}"
            wrong = _quotient_fault(figure, *pair)
            if wrong:
                return self._number(figure.text, "share", rows=rows, how=how, fault=wrong)
            if mine:
                return self._number(figure.text, "share", rows=rows, how=how)
        if not mine:
            return self._number(figure.text, "share", how=how, fault="no row gives this share")
        return self._number(figure.text, "share", rows=rows, how=how)

    def _divided(self, own: Sequence[_Figure], n: int) -> tuple[_Figure, _Figure] | None:
        """The two amounts that stand beside a share: '1 of 4 Mt · 25 %', '1 Mt, 25 % of 4 Mt'."""
        amounts = [m for m in range(len(own)) if not own[m].is_share]
        before = [m for m in amounts if m < n and not self._parted(own[m].end, own[n].start)]
        after = [m for m in amounts if m > n][:1]
        if after and re.fullmatch(
            r" of (?:the )?(?:yearly )?(?:limit )?(?:of )?",
            self.rest[own[n].end : own[after[0]].start],
        ):
            moved = [m for m in before if not self.rest[: own[m].start].endswith(" of ")]
            return (own[moved[-1]], own[after[0]]) if moved else None
        if len(before) >= 2 and re.fullmatch(
            r" of (?:limit )?", self.rest[own[before[-2]].end : own[before[-1]].start]
        ):
            return own[before[-2]], own[before[-1]]
        return None

    def _parted(self, start: int, end: int) -> bool:
        return ";" in self.rest[start:end]

    # --- sources ----------------------------------------------------------------------------------

    def _cites(self) -> None:
        """Sources cited beside a figure are those of its rows."""
        if not self.block.rows or not self.numbered:
            return
        allowed = self.told.union(
            *(self.ledger.of_row.get(r, frozenset()) for r in self.block.rows)
        )
        for n in self.block.cites:
            name = self.numbered.get(n)
            if name is not None and allowed and name not in allowed:
                fault = f"{name} is no source of {', '.join(self.block.rows)}"
                self.found.append(self._number(f"[{n}]", "source", fault=fault))


def _last(text: str) -> float:
    """Half a unit of the last digit of a length, and a little for the sum of rounded legs."""
    digits = len(re.sub(r" km.*", "", text).partition(".")[2])
    return 0.5 * 10.0**-digits * 1.02


def _quotient_fault(share: _Figure, amount: _Figure, could: _Figure) -> str:
    low = _ratio(amount.low, could.high)
    high = _ratio(amount.high, could.low)
    ends = ((share.low, low, could.high), (share.high, high, could.low))
    for printed, found, by in ends:
        if printed is None and found is None:
            continue
        if printed is None or found is None:
            if printed in (None, 0.0, 0.1) or share.text.strip().startswith(
                ("at least 0 %", "under 0.1")
            ):
                continue
            return f"{amount.text.strip()} ÷ {could.text.strip()} leaves this end open"
        step = _step(printed, share.digits)
        if found * 100 < 0.1 and printed in (0.0, 0.1):
            continue
        slack = max(TOLERANCE, THOUSANDTH / by) if by else TOLERANCE
        if abs(found * 100 - printed) > step + found * 100 * slack + 1e-9:
            return f"{amount.text.strip()} ÷ {could.text.strip()} is {found * 100:.4g} %"
    return ""


def _step(printed: float, digits: int) -> float:
    """Half a unit of the last digit of a share: whole from 10 %, three digits from 1,000 %."""
    if printed >= 1000:
        return 0.5 * 10.0 ** (math.floor(math.log10(printed)) - 2)
    return 0.5 if printed >= 10 or not digits else 0.5 * 10.0**-digits


def _ratio(one: float | None, other: float | None) -> float | None:
    return None if one is None or not other else one / other


def faults(found: Iterable[Number]) -> list[Number]:
    """The numbers with something wrong."""
    return [n for n in found if n.fault]
