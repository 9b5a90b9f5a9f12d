"""What a briefing says is known, disputed and not known is what its rows hold."""

import re

from hypothesis import given
from hypothesis import strategies as st

from geo.output.brief.argument import MOST, MOST_DISPUTED, argued
from geo.scene.model import Row

BASES = ["observed", "reported", "claimed", "derived"]


@st.composite
def rows(draw):
    year, known = draw(st.integers(1990, 2024)), draw(st.booleans())
    full = draw(st.none() | st.floats(0.01, 2)) if known else None
    return Row(
        id=str(draw(st.uuids())), pipe="p", corridor="C", period=str(year), what="coal",
        moved="1 t" if known else "unknown", could="", share=f"{full:.0%}" if full else "",
        basis=draw(st.sampled_from(BASES)), source=draw(st.integers(1, 9)),
        start=f"{year}-01-01", end=f"{year}-12-31", quantity=1.0 if known else None, full=full,
    )  # fmt: skip


def number(pattern, text):
    return sum(int(found.replace(",", "")) for found in re.findall(pattern, text))


@given(
    st.lists(rows(), max_size=12), st.lists(st.just("Where: 1 t [1] against 2 t [2]"), max_size=6)
)
def test_every_row_is_known_or_not_and_counted_once(own, conflicts):
    said = dict(argued(own, conflicts))
    known = [row for row in own if row.quantity is not None]
    text = said.get("Known", "")
    assert number(r"(\d+) figures? (?:observed|reported|claimed|derived)", text) == len(known)
    assert number(r"^(\d+) sources?", text) == len({row.source for row in known})
    if any(row.full for row in known):
        most = max(known, key=lambda row: row.full or 0)
        assert f"the highest, and the latest, is {most.share}" in text or (
            f"the highest is {most.share}" in text
        )
    silent = [row for row in own if row.quantity is None]
    told = said.get("Not known", "")
    assert told.count("coal") + number(r"and (\d+) more figure", told) == len(silent)
    assert told.count("coal") <= MOST
    disputed = said.get("Disputed", "")
    more = number(r"and (\d+) more question", disputed)
    assert disputed.count("against") + more == len(conflicts)
    assert disputed.count("against") <= MOST_DISPUTED
