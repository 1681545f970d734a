from datetime import UTC, datetime, timedelta

import pytest

from tocsin.programme.report._traffic import Flood
from tocsin.programme.report.pictures import WIDTHS, pulse, svg
from tocsin.wording import THIN

FIRST = datetime(2018, 12, 22, 8, 22, 38, tzinfo=UTC)
FLOWS = Flood(FIRST, timedelta(seconds=1), False, 600, [100.0, 200.0, 300.0])
PACKETS = Flood(FIRST, timedelta(seconds=1), True, 9000, [5000.0, 4000.0])


def test_each_target_has_a_panel_with_what_was_counted() -> None:
    picture = pulse.describe("192.0.2.1", {"a": FLOWS, "b": PACKETS}, "Source.")
    assert picture["title"] == "192.0.2[.]1 took part in flooding 2 addresses"
    assert [panel["note"] for panel in picture["data"]["panels"]] == ["new connections a second", "packets a second"]
    assert picture["tables"][1]["rows"] == [["08:22:38", f"5{THIN}000"], ["08:22:39", f"4{THIN}000"]]
    assert f"9{THIN}000 packets in 2{THIN}s" in picture["alternative"]


def test_more_targets_than_panels_are_counted_in_the_title() -> None:
    picture = pulse.describe("192.0.2.1", {str(number): FLOWS for number in range(9)}, "Source.")
    assert "9 addresses" in picture["title"] and len(picture["data"]["panels"]) == pulse.PANELS


@pytest.mark.parametrize("width", WIDTHS.values())
def test_every_second_is_a_bar_from_zero(width: int) -> None:
    picture = pulse.describe("192.0.2.1", {"a": FLOWS}, "Source.")
    assert svg(picture, width).count('fill="var(--flood)"') == 3


def test_names_are_text_and_never_markup() -> None:
    drawn = svg(pulse.describe("192.0.2.1", {"<script>x</script>": FLOWS}, "Source."), WIDTHS["wide"])
    assert "<script" not in drawn and "&lt;script&gt;" in drawn
