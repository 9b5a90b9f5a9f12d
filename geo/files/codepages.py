"""Whether a text is UTF-8 after all, though another code page is stated for it."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator

__all__ = ["read_two_ways", "words"]

# Letters: two bytes of another page may look like one of UTF-8 by chance, but not thrice.
_LEAST = 3
_SHOWN = 20  # letters of a word
_WORD = re.compile(rb"[\x80-\xff][^\s<>\"'&;,]*")  # from its first letter beyond ASCII: in one pass


def read_two_ways(texts: Iterable[bytes], page: str) -> tuple[str, str] | None:
    """The first word by the page stated and by UTF-8, cut short, of texts that are UTF-8.

    None where what is not ASCII is no UTF-8, where there is too little to tell, and for a page of
    UTF-8 itself or of several bytes a letter, which UTF-8 seldom passes for.
    """
    if not _of_single_bytes(page):
        return None
    first, letters = b"", 0
    for own in texts:
        try:
            known = own.decode("utf-8")
        except UnicodeDecodeError as error:
            if error.end < len(own) or error.reason != "unexpected end of data":
                return None
            known = own[: error.start].decode("utf-8")
        letters += sum(not sign.isascii() for sign in known)
        first = first or (own if not own.isascii() else b"")
    if letters < _LEAST:
        return None
    return first.decode(page, "replace")[:_SHOWN], first.decode("utf-8", "replace")[:_SHOWN]


def words(content: bytes) -> Iterator[bytes]:
    """The words of a text that are not ASCII, as they are asked for."""
    return (found[0] for found in _WORD.finditer(content))


def _of_single_bytes(page: str) -> bool:
    decoder = codecs.getincrementaldecoder(page)
    return all(decoder("replace").decode(bytes([byte])) for byte in range(0x80, 0x100))
