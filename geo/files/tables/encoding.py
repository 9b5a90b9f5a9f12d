"""The text of a file whatever its code page: stated, by its mark, UTF-8, or found and said.

Which code page a short text has can often not be told. Then it is refused, and both readings of
its first row that holds a name are shown.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from geo.errors import GeoError
from geo.files import codepages, headings

if TYPE_CHECKING:
    from charset_normalizer import CharsetMatch

__all__ = ["decoded"]

# Code pages of offices, by their scripts; the first of those that read alike is named.
_PAGES = {
    "cp1252": "Western Europe", "cp1251": "Cyrillic", "cp949": "Korean", "gb18030": "Chinese",
    "cp932": "Japanese", "big5": "Chinese, traditional", "cp1250": "Central Europe",
    "cp1253": "Greek", "cp1254": "Turkish", "cp866": "Cyrillic, DOS", "koi8_r": "Cyrillic, KOI8",
}  # fmt: skip
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"),
          (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
_LOOKED_AT = 1 << 16  # bytes by which a code page is told
_MESS = 0.1  # by so much more of a mess is another reading, where there is enough text
_SENSE = 0.2  # by so much more does a reading look like a language
_ENOUGH = 12  # letters beyond ASCII that are enough text
_WORD = re.compile(r"[^\W\d_]+")


def decoded(content: bytes, path: Path, *, stated: str = "") -> tuple[str, tuple[str, ...]]:
    """The text of a file and what must be said of its encoding. Raises GeoError."""
    mark = next((name for own, name in _MARKS if content.startswith(own)), "")
    if stated:
        text = _as(content, path, stated)
        _refuse_doubt(content, path, stated)
        return text, ()
    if mark:
        return _as(content, path, mark), ()
    try:
        return content.decode("utf-8"), ()
    except UnicodeDecodeError as error:
        wide = _wide(content)
        if wide:
            return _as(content, path, wide), (f"Text is read as {wide.upper()}.",)
        return _found(content, path, error.start)


def _refuse_doubt(content: bytes, path: Path, stated: str) -> None:
    """Refuse a text that is UTF-8 though another encoding is stated."""
    found = codepages.read_two_ways(codepages.words(content), stated)
    if found:
        wrong, right = found
        raise GeoError(
            f"{path}: a word reads {wrong!r} by {stated}, and {right!r} by UTF-8: leave out "
            f"--encoding {stated}"
        )


def _as(content: bytes, path: Path, name: str) -> str:
    """The text in an encoding that is known. Raises GeoError."""
    try:
        return content.decode(name).removeprefix("\ufeff")
    except LookupError as error:
        raise GeoError(
            f"--encoding {name}: no such encoding; say for example cp1251, cp949 or latin-1"
        ) from error
    except UnicodeError as error:
        at = getattr(error, "start", 0)
        raise GeoError(f"{path}: byte {at} is not {name}; say another: --encoding") from error


def _wide(content: bytes) -> str:
    """UTF-16 without a mark: every other byte of most signs is 0."""
    head = content[:_LOOKED_AT]
    for name, odd in (("utf-16-le", head[1::2]), ("utf-16-be", head[0::2])):
        if len(odd) > 3 and odd.count(0) > len(odd) * 0.4 and len(content) % 2 == 0:
            return name
    return ""


# --- code pages -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Reading:
    """A text under one code page, and what speaks for it."""

    page: str
    text: str
    known: int
    coherence: float
    mess: float

    @property
    def rank(self) -> tuple[float, ...]:
        return (-self.known, self.mess - self.coherence)


def _found(content: bytes, path: Path, at: int) -> tuple[str, tuple[str, ...]]:
    """The text under the one code page that makes sense of it. GeoError where two do."""
    found = _readings(content)
    if not found:
        raise GeoError(f"{path}: byte {at} is not UTF-8; save the file as UTF-8, or say --encoding")
    best, others = found[0], found[1:]
    if not all(_is_surer(best, other) for other in others):
        raise GeoError(_in_doubt(path, at, best, others[0]))
    text = _as(content, path, best.page)
    said = f"Text is read as {best.page} ({_PAGES[best.page]}), for it is not UTF-8: "
    return text, (f"{said}{_sample(best.text, best.text)}. If it is another: --encoding.",)


def _readings(content: bytes) -> list[_Reading]:
    """What each code page makes of the text, the likeliest first; those that agree once."""
    head = content[:_LOOKED_AT]
    head = head[: head.rfind(b"\n") + 1] or head if len(content) > len(head) else head
    from charset_normalizer import from_bytes  # rarely needed, and slow to load

    matches = from_bytes(head, threshold=0.5, cp_isolation=list(_PAGES), preemptive_behaviour=False)
    names = list(_PAGES)
    made: dict[str, _Reading] = {}
    for match in sorted(matches, key=lambda one: _order(one, names)):
        page = next((n for n in names if n in {match.encoding, *match.could_be_from_charset}), "")
        text = str(match)
        if page and text not in made and not _senseless(text):
            made[text] = _Reading(page, text, _known(text), match.coherence, match.chaos)
    return sorted(made.values(), key=lambda one: one.rank)


def _order(match: CharsetMatch, names: list[str]) -> int:
    return names.index(match.encoding) if match.encoding in names else len(names)


def _senseless(text: str) -> bool:
    """Whether a text holds signs that no office writes: controls, private signs, lines of DOS."""
    odd = {"Cc", "Co", "Cn", "Cs"}
    return any(
        (unicodedata.category(c) in odd and c not in "\t\r\n\x0c") or "\u2500" <= c <= "\u259f"
        for c in set(text)
    )


def _known(text: str) -> int:
    """How many words beyond ASCII of the first lines are headings of a field."""
    words = {word for line in text.splitlines()[:5] for word in _cells(line)}
    return len({word for word in words if not word.isascii()} & headings.every())


def _cells(line: str) -> Iterator[str]:
    yield from map(headings.plain, re.split(r"[,;\t|]", line))


def _is_surer(best: _Reading, other: _Reading) -> bool:
    if best.known != other.known:
        return best.known > other.known
    letters = sum(not c.isascii() for word in _WORD.findall(best.text) for c in word)
    if letters < _ENOUGH:
        return False
    return other.mess - best.mess >= _MESS or (
        best.coherence - other.coherence >= _SENSE and best.mess <= other.mess
    )


def _in_doubt(path: Path, at: int, best: _Reading, other: _Reading) -> str:
    one, two = (_sample(own.text, best.text) for own in (best, other))
    return (
        f"{path}: byte {at} is not UTF-8, and what it is cannot be told for sure. "
        f"As {best.page} ({_PAGES[best.page]}) {one}; "
        f"as {other.page} ({_PAGES[other.page]}) {two}. "
        f"Say which is right: --encoding {best.page} or --encoding {other.page}, "
        "or save the file as UTF-8"
    )


def _sample(text: str, like: str) -> str:
    """'row 2 is …': the first row below the header with a sign beyond ASCII, else the header."""
    lines = like.splitlines()
    beyond = [n for n, line in enumerate(lines) if not line.isascii()]
    at = next((n for n in beyond if n), beyond[0] if beyond else 0)
    own = text.splitlines()
    return f"row {at + 1} is “{own[at][:60] if at < len(own) else ''}”"
