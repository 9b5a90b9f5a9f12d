"""NMEA 0183: checksums of our own, parts put together, bits by pyais; none lost or invented."""

import importlib.metadata
import random
import re
from collections import Counter

import pyais
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.tracks import nmea

LON, LAT = -122.341618, 37.802118
ONE = "!AIVDM,1,1,,B,15M67FC000G?ufbE`FepT@3n00Sa,0*5C"
TWO = (
    "!AIVDM,2,1,4,A,55O0W7`00001L@gCWGA2uItLth@DqtL5@F22220j1h742t0Ht0000000,0*08",
    "!AIVDM,2,2,4,A,000000000000000,2*20",
)


def read(*lines):
    log = nmea.Log()
    return [row for table in nmea.read(lines, log) for row in table.to_pylist()], log


@given(st.integers(0, 799_999_999), st.floats(-180, 180), st.floats(-90, 90), st.floats(0, 102))
def test_what_pyais_encodes_is_read_back(mmsi, lon, lat, speed):
    data = {"msg_type": 1, "mmsi": f"{mmsi:09}", "lon": lon, "lat": lat, "speed": speed}
    (line,) = pyais.encode_dict(data, sentence_type="VDM")
    (row,), log = read(f"{line},1500000000")
    assert row["vessel"] == f"{mmsi:09}"
    assert row["lon"] == pytest.approx(lon, abs=1e-5)
    assert row["lat"] == pytest.approx(lat, abs=1e-5)
    assert row["speed_kn"] == pytest.approx(speed, abs=0.11)
    assert log.checksums == {"right": 1}


@given(
    st.text(
        st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="*\\"), max_size=60
    )
)
def test_the_checksum_is_that_of_the_standard(body):
    total = 0
    for char in body:
        total ^= ord(char)
    assert int(nmea.checksum(body), 16) == total


@pytest.mark.parametrize(
    "line",
    [
        "\\s:r1,c:1469664001*35\\" + ONE,
        "\\c:1469664001000*0E\\" + ONE,
        ONE + ",r003669945,1469664001",
        ONE + ",1469664001",
        "1469664001 " + ONE,
        ONE.replace("AIVDM", "AIVDO").replace("*5C", "*5E") + ",1469664001",
    ],
)
def test_time_comes_from_tag_blocks_or_the_receiver(line):
    (row,), log = read(line)
    assert row["time_utc"].timestamp() == 1469664001
    assert (row["lon"], row["lat"]) == (LON, LAT)
    assert log.rejected == []


def test_parts_are_put_together_in_any_order_and_between_others():
    for lines in ((TWO[0], ONE, TWO[1]), (TWO[1], TWO[0], ONE)):
        _, log = read(*lines)
        assert log.messages == {5: 1, 1: 1}
    _, log = read(TWO[0])
    assert [reason for _, _, reason in log.rejected] == ["a part without its others"]


def test_static_messages_name_the_positions_that_follow():
    static = pyais.encode_dict(
        {"type": 5, "mmsi": "366053209", "shipname": "SYNTHETIC 01", "draught": 6.5, "imo": 1},
        sentence_type="VDM",
    )
    (row,), _ = read(*static, ONE + ",1469664001")
    assert (row["name"], row["draught_m"], row["imo"]) == ("SYNTHETIC 01", 6.5, "1")


def test_a_position_without_a_time_is_rejected_with_what_to_do():
    rows, log = read(ONE)
    assert rows == []
    assert "tag blocks" in log.rejected[0][2]


def samples():
    """Sentences of every type that pyais can encode, some in several parts."""
    rng = random.Random(1)
    found = []
    for kind in (1, 2, 3, 4, 5, 9, 14, 18, 19, 21, 24, 27):
        for _ in range(20):
            data = {"type": kind, "mmsi": f"79{rng.randrange(10**7):07}", "text": "SYNTHETIC"}
            data |= {"lon": rng.uniform(-180, 180), "lat": rng.uniform(-90, 90), "partno": 0}
            found += pyais.encode_dict(data, sentence_type="VDM", seq_id=rng.randrange(10))
    return found


def test_no_message_is_lost_and_none_invented():
    """The peer is pyais's own assembler, on the same sentences."""
    lines = samples()
    peer = [message.decode() for message in pyais.IterMessages([one.encode() for one in lines])]
    log = nmea.Log()
    ours = [message for _, _, message, _ in nmea.messages(lines, log)]
    assert len(peer) == 240
    assert [one.asdict() for one in ours] == [one.asdict() for one in peer]
    assert sum(log.messages.values()) == 240
    assert log.rejected == []


SENTENCE = re.compile(r"![A-Z]{2}VD[MO],[^\s\"'`\\]*\*[0-9A-F]{2}")


def shipped():
    """Sentences in what the installed pyais carries, file by file: its manual and its code."""
    for file in importlib.metadata.files("pyais"):
        if file.suffix == ".py" or file.name == "METADATA":
            found = SENTENCE.findall(file.locate().read_text(encoding="utf-8"))
            if found:
                yield found


def test_samples_that_pyais_ships_are_read_as_pyais_reads_them():
    heard = 0
    for lines in shipped():
        encoded = [one.encode() for one in lines]
        peer = Counter(repr(m.decode()) for m in pyais.IterMessages(encoded) if m.is_valid)
        ours = Counter(repr(message) for _, _, message, _ in nmea.messages(lines, nmea.Log()))
        assert ours == peer
        heard += sum(peer.values())
    assert heard >= 5
