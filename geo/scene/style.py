"""The visual grammar in numbers: colours, dashes, widths."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from geo.account import units

# Okabe and Ito (2008), "Color Universal Design": told apart with any colour vision. Yellow and
# black are left out: the one is too light for a line on a pale map, the other is the map's ink.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
CONTEXT = "#6b7178"
RIM = float(units.RULES["rim_strength"])  # of a colour in the rim between the ends of a range
MAX_PX = float(units.RULES["widest_px"])
MIN_CORE_PX = float(units.RULES["least_core_px"])
END = float(units.RULES["place_end"])  # the least rank of a place where something ends
PLAIN_PX = 2.0
CONTEXT_PX = 1.5

# A dash says that nothing runs, a hollow core that the figure is claimed. What is most often so has
# the plainest sign: how well a course is known stands in words.
DASHED = (5.0, 4.0)
IDLE = frozenset({"planned", "suspended"})
COUNTED = frozenset({"observed", "derived", "reported"})
HOLLOW_EDGE_PX = float(units.RULES["hollow_edge_px"])  # the widest edge of a hollow core

# From the strongest evidence to the weakest: a sum is no better than its weakest part.
WEAKNESS = units.EVIDENCE


SYMBOLS: Mapping[str, str] = units.RULES["symbols"]  # outlines in a box of 13 pixels, as in SVG


@dataclass(frozen=True)
class Ornament:
    """What is drawn over a line without figures, by its mode, in pixels; `light` as the paper."""

    width: float
    dash: tuple[float, ...]
    cap: Literal["butt", "round"]
    light: bool = False


ORNAMENTS: Mapping[str, Ornament] = {
    mode: Ornament(**{**own, "dash": tuple(own["dash"])})
    for mode, own in units.RULES["modes"].items()
}


def place_symbol(kind: str) -> str:
    """The name of the symbol of a kind of place; an unknown kind has that of any other place."""
    return str(_place(kind)[0])


def place_order(kind: str, rank: float) -> float:
    """Which of two places that have no room beside each other is drawn: the one with more."""
    return float(_place(kind)[1]) + float(units.RULES["place_rank"]) * rank


def is_end(rank: float) -> bool:
    """Whether something begins or ends at a place of a rank: its name is among the last to go."""
    return rank >= END


def _place(kind: str) -> Sequence[str | float]:
    found: Sequence[str | float] = units.RULES["places"].get(kind, units.RULES["other_place"])
    return found


def dash(status: str) -> tuple[float, ...]:
    """Dash pattern in pixels for the state of a line: dashed where it is not in operation."""
    return DASHED if status in IDLE else ()


def is_hollow(basis: str) -> bool:
    """Whether a core is drawn hollow; an unknown word of evidence is drawn as claimed."""
    return basis not in COUNTED


def hollow_edge_px(core_px: float) -> float:
    """The edge of a hollow core; a thin one keeps a quarter of its width on each side."""
    return min(HOLLOW_EDGE_PX, core_px / 4)


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
