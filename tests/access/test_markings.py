from itertools import combinations_with_replacement

from tocsin.access import known, strictest
from tocsin.workspace import MARKINGS


def test_the_strictest_of_any_two_is_the_later_in_the_order() -> None:
    for wider, narrower in combinations_with_replacement(MARKINGS, 2):
        assert strictest([wider, narrower]) == strictest([narrower, wider]) == narrower


def test_what_is_no_label_counts_as_red() -> None:
    for word in ("TLP:WHITE", "tlp:clear", "", "TLP:EX:CHR"):
        assert known(word) == "TLP:RED"
        assert strictest(["TLP:CLEAR", word]) == "TLP:RED"


def test_nothing_is_nobodys_secret() -> None:
    assert strictest([]) == "TLP:CLEAR"
