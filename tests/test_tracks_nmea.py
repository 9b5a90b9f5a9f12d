"""NMEA 0183: checksums of our own, parts put together, bits by pyais; none lost or invented."""

import importlib.metadata
import random
import re
from collections import Counter

import pyais
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.tracks import dialects, nmea, reports
from geo.tracks.layout import Written

LON, LAT = -122.341618, 37.802118
ONE = "!AIVDM,1,1,,B,15M67FC000G?ufbE`FepT@3n00Sa,0*5C"
TWO = (
    "!AIVDM,2,1,4,A,55O0W7`00001L@gCWGA2uItLth@DqtL5@F22220j1h742t0Ht0000000,0*08",
    "!AIVDM,2,2,4,A,000000000000000,2*20",
)


def tag(words, *, right=True):
    """A tag block, with its checksum or another."""
    said = int(nmea.checksum(words), 16) ^ (not right)
    return f"\\{words}*{said:02X}\\"


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


@pytest.mark.parametrize(
    "line",
    [
        ONE + " ( MSG: 1, REPEAT: 0, MMSI: 366053209, ppm: 2.2, timestamp: 20160728000001)",
        f'{{"class":"AIS","rxuxtime":1469664001.0,"mmsi":366053209,"nmea":["{ONE}"]}}',
        f'1469664001000,NMEA0183,UDP 10110,AIVDM,"{ONE}"',
        "2016-07-28T00:00:01Z " + ONE,
        "[2016-07-28 00:00:01] " + ONE,
        "2016-07-28T09:00:01.000+09:00 " + ONE,
    ],
)
def test_time_comes_from_what_receivers_write_and_never_from_an_mmsi(line):
    (row,), log = read(line)
    assert row["time_utc"].timestamp() == 1469664001
    assert log.rejected == []


def test_a_receiver_s_own_sentences_are_a_clock():
    rmc = "$GPRMC,000001.00,A,5927.300,N,02445.600,E,0.1,344.0,280716,,,A*5C"
    zda = "$GPZDA,000002.00,28,07,2016,00,00*6C"
    rows, log = read(rmc, ONE, zda, ONE)
    assert [row["time_utc"].timestamp() for row in rows] == [1469664001, 1469664002]
    assert log.rejected == []


def test_times_before_a_sentence_may_have_a_form_and_a_zone():
    clock = nmea.Clock.of(Written(date_format="%d/%m/%Y %H:%M:%S", timezone="+09:00"))
    log = nmea.Log()
    (table,) = nmea.read(["28/07/2016 09:00:01 " + ONE], log, clock=clock)
    assert table["time_utc"][0].as_py().timestamp() == 1469664001
    assert clock.used


def test_groups_of_tag_blocks_are_joined_whichever_sentence_carries_the_source():
    static = pyais.encode_dict(
        {"type": 5, "mmsi": "366053209", "shipname": "SYNTHETIC 01"}, sentence_type="VDM"
    )
    for tags in (("g:1-2-77,s:r1,c:1469664001", "g:2-2-77"), ("g:1-2-77", "g:2-2-77,s:r1")):
        lines = [tag(words) + line for words, line in zip(tags, static, strict=True)]
        _, log = read(*lines)
        assert log.messages == {5: 1}
        assert log.rejected == []
    plain = [tag("s:r1,c:1469664001") + static[0], static[1]]
    assert read(*plain)[1].messages == {5: 1}
    two = [tag("s:r1") + static[0], tag("s:r2") + static[1]]
    assert [reason for *_, reason in read(*two)[1].rejected] == ["a part without its others"] * 2


def test_a_tag_block_with_a_wrong_checksum_tells_nothing():
    """Neither its time nor its source is taken; what stands beside the block still is."""
    right, wrong = tag("c:1469664001"), tag("s:r1,c:1469664002", right=False)
    rows, log = read(right + ONE, wrong + ONE, "2025-06-01T00:00:00Z " + wrong + ONE)
    assert [row["time_utc"].isoformat()[:10] for row in rows] == ["2016-07-28", "2025-06-01"]
    found = [(line, why) for line, _, why in log.rejected]
    assert found == [(2, "wrong checksum of its tag block")]


def test_checksums_of_a_writer_that_reckons_none_are_no_fault():
    lines = [f"\\c:{second}*00\\{ONE}" for second in (1469664001, 1469664003)]
    assert len(read(*lines)[0]) == len(read("\\c:1469664001\\" + ONE, lines[1])[0]) == 2


LEAST = {int(kind): bits for kind, bits in dialects.data("messages")["bits"].items()}


@pytest.mark.parametrize("kind", LEAST)
def test_a_message_shorter_than_its_type_needs_is_rejected(kind):
    bits = LEAST[kind] // 6 * 6 - 6
    binary = f"{kind:06b}" + "00" + f"{276000001:030b}" + "0" * max(0, bits - 38)
    number = (int(binary[n : n + 6], 2) for n in range(0, bits, 6))
    payload = "".join(chr(one + 48 if one < 40 else one + 56) for one in number)
    body = f"AIVDM,1,1,,A,{payload},0"
    rows, log = read(f"!{body}*{nmea.checksum(body)},1469664001")
    assert rows == []
    ((_, _, reason),) = log.rejected
    assert reason == f"too short for type {kind}" or reason.startswith("not decoded")


def test_a_position_cut_short_is_no_position():
    """96 bits of a type 1: pyais alone reads the rest as zero."""
    body = "AIVDM,1,1,,A,147=e0@P001iEr0R,0"
    rows, log = read(f"!{body}*{nmea.checksum(body)},1469664001")
    assert rows == []
    assert [reason for *_, reason in log.rejected] == ["too short for type 1"]


def test_base_stations_and_aids_to_navigation_say_what_they_are():
    data = {"lon": 11.6, "lat": 56.2, "year": 2025, "month": 6, "day": 1, "hour": 0, "minute": 0}
    kinds = {4: "base", 21: "aton", 9: "sar", 1: None}
    for kind, mobile in kinds.items():
        lines = pyais.encode_dict({"type": kind, "mmsi": "219000002", **data}, sentence_type="VDM")
        rows, _ = read(*(f"{line},1469664001" for line in lines))
        assert [row["mobile"] for row in rows] == [mobile]


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


def whole_or_by_pyais(lines, monkeypatch):
    """What is read with reports decoded in batches, and message by message by pyais."""
    made = []
    for pattern in (reports.PLAIN, re.compile("(?!)")):
        monkeypatch.setattr(reports, "PLAIN", pattern)
        rows, log = read(*lines)
        made.append((rows, log.lines, log.messages, log.checksums, log.rejected))
    return made


def test_reports_decoded_in_batches_are_what_pyais_makes_of_each(monkeypatch):
    rng = random.Random(7)
    letters = [chr(c) for c in (*range(48, 88), *range(96, 120))]
    lines = []
    for n in range(3000):
        payload = rng.choice("123B") + "".join(rng.choices(letters, k=27))
        if rng.random() < 0.1:
            payload = payload[: rng.randrange(5, 28)]
        body = f"AIVD{rng.choice('MO')},1,1,{rng.choice(['', '3'])},{rng.choice('AB1')},{payload},0"
        said = nmea.checksum(body) if rng.random() < 0.95 else "00"
        when = (
            f"2025-06-{rng.randrange(1, 32):02}T{rng.randrange(25):02}:00:59.25{rng.choice('Z ')}"
        )
        before, after = rng.choice([(f"{when} ", ""), ("", f",{1_748_736_000 + n}"), ("", ""),
                                    (tag(f"s:r,c:{1_748_736_000_000 + n}", right=n % 9), ""),
                                    (tag(f"g:1-2-{n % 5},s:r"), "")])  # fmt: skip
        lines.append(f"{before}!{body}*{said}{after}" + rng.choice(["", "\r\n", "\n"]))
        if rng.random() < 0.05:
            lines.append(rng.choice([*TWO, "$GPZDA,000000.00,01,06,2025,00,00*64", "no sentence"]))
    fast, slow = whole_or_by_pyais(lines, monkeypatch)
    assert len(fast[0]) > 1500
    assert fast == slow


def test_what_a_ship_told_before_is_beside_its_reports_in_batches_too(monkeypatch):
    (report,) = pyais.encode_dict({"msg_type": 1, "mmsi": 351759000, "lon": 1, "lat": 2})
    report = report.replace("AIVDO", "AIVDM")
    report = f"{report[:-2]}{nmea.checksum(report[1:-3])},1500000000"
    named = []
    for name in ("FIRST", "SECOND"):
        static = {"msg_type": 5, "mmsi": 351759000, "shipname": name, "imo": 9074729}
        named.append(pyais.encode_dict(static, sentence_type="VDM"))
    lines = [report, *named[0], report, *named[1], report]
    fast, slow = whole_or_by_pyais(lines, monkeypatch)
    assert fast == slow
    assert [row["name"] for row in fast[0]] == [None, "FIRST", "SECOND"]
    assert [row["imo"] for row in fast[0]] == [None, "9074729", "9074729"]


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
