"""Numbers as programs write them: digits, a point, an exponent, and nothing else."""

from __future__ import annotations

import math
import re

__all__ = ["EXPONENT", "PLAIN", "number"]

EXPONENT = r"(?:[eE][+-]?[0-9]{1,3})?"
PLAIN = re.compile(rf"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+){EXPONENT}")


def number(text: str) -> float | None:
    """The finite number that a text is; None for any other text."""
    if not PLAIN.fullmatch(text.strip()):
        return None
    value = float(text)
    return value if math.isfinite(value) else None
