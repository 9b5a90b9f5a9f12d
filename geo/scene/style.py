"""The visual grammar in numbers: colours, dashes, widths."""

from __future__ import annotations

import math
from collections.abc import Sequence

from geo.account import units

# Okabe and Ito (2008), "Color Universal Design": told apart with any colour vision. Yellow and
# black are left out: the one is too light for a line on a pale map, the other is the map's ink.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
CONTEXT = "#6b7178"
MAX_PX = float(units.RULES["widest_px"])
MIN_CORE_PX = float(units.RULES["least_core_px"])
PLAIN_PX = 3.0
CONTEXT_PX = 2.0

# Boukhelifa et al. (2012): readers take dashes for uncertainty. The word stands beside each.
DASH: dict[str, tuple[float, ...]] = {
    "surveyed": (),
    "observed": (),
    "simplified": (),
    "modelled": (9.0, 5.0),
    "derived": (9.0, 5.0),
    "schematic": (12.0, 4.0, 3.0, 4.0),
    "reported": (6.0, 1.5),
    "claimed": (2.0, 5.0),
}

# From the strongest evidence to the weakest: a sum is no better than its weakest part.
WEAKNESS = units.EVIDENCE


def dash(basis: str) -> tuple[float, ...]:
    """Dash pattern in pixels for a basis word; an unknown word is drawn as claimed."""
    return DASH.get(basis, DASH["claimed"])


def tint(colour: str, *, strength: float = 0.28) -> str:
    """A pale version of a hex colour: mixed with white, `strength` of the colour kept."""
    channels = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    mixed = [round(255 - (255 - c) * strength) for c in channels]
    return "#" + "".join(f"{c:02x}" for c in mixed)


def colours(groups: Sequence[str]) -> dict[str, str]:
    """A colour per commodity group, in the order given; from the seventh on they share grey."""
    unique = list(dict.fromkeys(groups))
    return {g: PALETTE[i] if i < len(PALETTE) else CONTEXT for i, g in enumerate(unique)}


def nice(value: float) -> float:
    """The largest of 1, 2, 5 × 10^n that is not above a positive value."""
    power = 10.0 ** (math.floor(math.log10(value)) - 1)
    steps = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)
    return max(step * power for step in steps if step * power <= value * (1 + 1e-9))


def samples(most: float) -> tuple[float, float, float]:
    """Three different quantities: the largest drawn, a round one of up to half of it, and again."""
    half = nice(most / 2)
    return (nice(half / 2), half, most)
