from datetime import UTC, datetime, timedelta

from tocsin.programme.report.pictures import WIDTHS, svg, thread
from tocsin.programme.report.pictures.thread import Stage
from tocsin.wording import THIN

FIRST = datetime(2018, 12, 21, 14, 55, tzinfo=UTC)
LAST, NOW = FIRST + timedelta(hours=20), FIRST + timedelta(hours=24)
WRITTEN = Stage("Notice written", "no notice is written", LAST)
TOLD = Stage("Told", "nobody has been told", None)
CLEAN = Stage("Verified clean", "it is not verified clean", None)


def test_the_title_says_what_the_case_waits_for() -> None:
    picture = thread.describe(FIRST, LAST, NOW, [WRITTEN, TOLD, CLEAN], "Ledger")
    assert picture["title"] == f"24{THIN}h after first sight, nobody has been told"


def test_only_the_first_step_that_lacks_is_waited_for() -> None:
    lanes = thread.describe(FIRST, LAST, NOW, [WRITTEN, TOLD, CLEAN], "Ledger")["data"]["lanes"]
    assert [lane["kind"] for lane in lanes] == ["seen", "done", "waits", "ahead"]
    assert lanes[2]["text"] == f"Told: not yet, 24{THIN}h so far"


def test_a_case_that_went_through_all_steps_is_closed() -> None:
    done = [Stage("Verified clean", "", NOW)]
    assert thread.describe(FIRST, LAST, NOW, done, "Ledger")["title"] == f"Closed after 24{THIN}h"


def test_the_picture_has_a_mark_for_each_lane_that_has_begun() -> None:
    drawn = svg(thread.describe(FIRST, LAST, NOW, [WRITTEN, TOLD, CLEAN], "Ledger"), WIDTHS["narrow"])
    assert [drawn.count(f'"var(--{name})"') for name in ("beacon", "told", "urgent")] == [1, 1, 1]
    assert "Verified clean: not yet" in drawn
