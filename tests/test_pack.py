import struct
import zlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geo import pack
from geo.errors import DataError
from geo.geometry.packing import Column, Layer

coordinates = st.floats(-360, 360)
parts = st.lists(
    st.integers(1, 12).flatmap(lambda n: arrays(float, (n, 2), elements=coordinates)), max_size=5
)
quanta = st.sampled_from([1e-5, 1e-4, 1e-2, 0.25])


def line(*xy, **more):
    return Layer("way", "line", 1e-4, [np.array(xy, dtype=float)], **more)


@pytest.fixture
def packed():
    return pack.encode([line((1, 2), (3, 4), (5, 7))])


def repacked(payload, *, checksum=None, size=None):
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = squeeze.compress(payload) + squeeze.flush()
    checksum = zlib.crc32(payload) if checksum is None else checksum
    return struct.pack("<4sBII", b"TUMN", 1, checksum, size or len(payload)) + body


@given(parts, quanta, st.sampled_from([1, 2]), st.sampled_from(["polygon", "line", "point"]))
def test_what_goes_in_comes_out_to_half_a_quantum(parts, quantum, order, kind):
    (back,) = pack.decode(pack.encode([Layer("any", kind, quantum, parts, order=order)]))
    assert (back.name, back.kind, back.quantum, back.order) == ("any", kind, quantum, order)
    assert [p.shape for p in back.parts] == [p.shape for p in parts]
    for there, here in zip(back.parts, parts, strict=True):
        assert np.abs(there - here).max() <= quantum / 2 + 1e-9


def columns_of(draw, parts):
    found = []
    for number, per in enumerate(draw(st.lists(st.sampled_from(["vertex", "part"]), max_size=3))):
        count = len(parts) if per == "part" else sum(map(len, parts))
        values = draw(arrays(float, count, elements=st.floats(-1e6, 1e6) | st.just(np.nan)))
        order = draw(st.sampled_from([1, 2]))
        found.append(Column(f"c{number}", values, 0.01, 1e9, order, per))
    return found


@given(st.data(), parts, st.sampled_from([1, 2]))
def test_columns_come_out_to_half_a_quantum_and_unknown_stays_unknown(data, parts, order):
    columns = columns_of(data.draw, parts)
    moved = [replace(c, values=c.values + c.origin) for c in columns]
    layer = Layer("any", "line", 1e-4, parts, order=order, columns=moved)
    (back,) = pack.decode(pack.encode([layer]))
    assert [(c.name, c.per, c.order) for c in back.columns] == [
        (c.name, c.per, c.order) for c in moved
    ]
    for there, here in zip(back.columns, moved, strict=True):
        assert np.array_equal(np.isnan(there.values), np.isnan(here.values))
        assert np.nanmax(np.abs(there.values - here.values), initial=0) <= 0.005 + 1e-6


long_parts = st.lists(
    st.integers(124, 132).flatmap(lambda n: arrays(float, (n, 2), elements=coordinates)), max_size=3
)


@given(parts, long_parts, quanta)
def test_parts_reach_as_far_from_their_first_points_as_they_say(short, long, quantum):
    layer = Layer("any", "line", quantum, [*short, *long], meta={"source": "s"})
    (back,) = pack.decode(pack.encode([pack.with_reach(layer)]))
    reach = {column.name: column.values for column in back.columns}
    others = back.meta.get("reach_units", 0) * quantum
    assert back.meta["source"] == "s"
    for number, part in enumerate(back.parts):
        west, south, east, north = (
            reach[side][number] for side in ("west", "south", "east", "north")
        )
        first, low, high = part[0], part.min(axis=0), part.max(axis=0)
        if len(part) < 128:
            assert np.isnan([west, south, east, north]).all()
            assert max(*(first - low), *(high - first)) <= others + 1e-9
        else:
            assert np.allclose([west, south, east, north], [*(first - low), *(high - first)])


def test_of_no_parts_no_reach_is_said():
    assert pack.with_reach(Layer("none", "line", 1e-4, [])).columns == []


def test_reach_is_of_the_layer_given_and_leaves_it_as_it_was():
    layer = line((1, 2), (3, 1))
    found = pack.with_reach(layer)
    assert (layer.columns, layer.meta) == ([], {})
    assert found.meta == {"reach_units": 20_000}
    with pytest.raises(DataError, match="finite"):
        pack.with_reach(line((np.nan, 0)))


def test_layers_without_columns_are_written_as_they_always_were(packed):
    assert packed[4] == 1
    assert pack.encode([line((1, 2), columns=[Column("t", np.array([3.0]))])])[4] == 2


@given(parts)
def test_packing_twice_gives_the_same_bytes(parts):
    once = pack.encode([Layer("any", "line", 1e-4, parts)])
    assert pack.encode(pack.decode(once)) == once


def test_labels_ranks_and_meta_survive():
    towns = Layer(
        "place", "point", 1e-3, [np.array([[1.0, 2.0], [3.0, 4.0]])],
        labels=["Ŭ «a»", "{{ b }}"], ranks=[3, 1], meta={"source": "s", "extent": [0, 1, 2, 3.5]},
    )  # fmt: skip
    none, back = pack.decode(pack.encode([Layer("empty", "line", 1.0, []), towns]))
    assert none.parts == []
    assert (back.labels, back.ranks, back.meta) == (towns.labels, towns.ranks, towns.meta)


def test_header_begins_with_magic_version_checksum_and_length(packed):
    magic, version, checksum, size = struct.unpack_from("<4sBII", packed)
    payload = zlib.decompress(packed[13:], -15)
    assert (magic, version, checksum, size) == (b"TUMN", 1, zlib.crc32(payload), len(payload))


@pytest.mark.parametrize(
    ("layer", "word"),
    [
        (line((np.nan, 0)), "finite"),
        (line((1e6, 0)), "too fine"),
        (Layer("x", "line", 1e-4, [np.zeros((0, 2))]), "shape"),
        (Layer("x", "line", 0.0, []), "quantum"),
        (Layer("x", "blob", 1.0, []), "kind"),
        (line((1, 2), labels=["a", "b"]), "labels"),
        (line((1, 2), columns=[Column("t", np.zeros(2))]), "one a vertex"),
        (line((1, 2), columns=[Column("t", np.array([1e12]))]), "too fine"),
        (line((1, 2), columns=[Column("t", np.array([np.inf]))]), "too fine"),
        (line((1, 2), columns=[Column("t", np.zeros(1), 0.0)]), "column t"),
    ],
)
def test_what_cannot_be_kept_is_refused(layer, word):
    with pytest.raises(DataError, match=word):
        pack.encode([layer])


def test_damage_is_named(packed):
    for data, word in [
        (b"", "truncated"),
        (b"GIF8" + packed[4:], "magic"),
        (packed[:4] + b"\x03" + packed[5:], "version 3"),
        (packed[:-4], "truncated"),
        (packed[:5] + b"\0\0\0\0" + packed[9:], "checksum"),
        (packed[:9] + b"\xff\xff\xff\x7f" + packed[13:], "truncated"),
        (packed[:13] + b"\xff" * 20, "damaged|truncated"),
    ]:
        with pytest.raises(DataError, match=word):
            pack.decode(data)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xff\xff\xff\xff[]",
        b"\x02\x00\x00\x00[1",
        b"\x04\x00\x00\x00[{}]",
        b"\x04\x00\x00\x00[12]",
    ],
)
def test_a_sound_checksum_does_not_save_a_bad_header(payload):
    with pytest.raises(DataError, match=r"header|truncated"):
        pack.decode(repacked(payload))


@given(st.data())
def test_any_single_damaged_byte_is_noticed(data):
    packed = pack.encode([line((1, 2), (3, 4), (5, 7))])
    at = data.draw(st.integers(0, len(packed) - 1))
    flip = data.draw(st.integers(1, 255))
    hurt = packed[:at] + bytes([packed[at] ^ flip]) + packed[at + 1 :]
    try:
        back = pack.decode(hurt)
    except DataError:
        return
    # Deflate has padding bits that mean nothing; then the content must be whole.
    assert pack.encode(back) == packed


def test_a_coast_takes_about_two_bytes_a_vertex():
    rng = np.random.default_rng(1)
    coast = np.cumsum(rng.normal(0, 3e-3, (5000, 2)), axis=0)
    size = len(pack.encode([Layer("land", "polygon", 1e-4, [coast])]))
    assert size < 2.6 * len(coast)
