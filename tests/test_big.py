"""Big input is served within the memory, thinned with a word, or refused with the reason.

The sizes that are promised are those of `make soak`; here the same is asked of smaller files.
"""

import bigcases
import pytest

browser = pytest.mark.browser


@browser
def test_many_features_are_drawn_thinned_with_a_word(tmp_path, open_page):
    bigcases.features(tmp_path, open_page, 30_000, ceiling=1_500_000_000)


@browser
def test_a_long_line_is_drawn_as_a_track(tmp_path, open_page):
    bigcases.line(tmp_path, open_page, 400_000, ceiling=1_500_000_000)


@browser
def test_a_heavy_property_is_cut_with_a_word(tmp_path, open_page):
    bigcases.heavy(tmp_path, open_page, 5_000_000, ceiling=1_500_000_000)


def test_a_file_beyond_the_memory_is_refused_with_the_reason(tmp_path):
    bigcases.refused(tmp_path, 60_000_000, memory="100MB")


def test_a_table_of_positions_is_read_with_every_row_counted(tmp_path):
    bigcases.positions(tmp_path, 8_000_000, memory="500MB", ceiling=1_500_000_000)
