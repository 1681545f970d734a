import re

from tests.programme.report.pictures.test_pulse import FLOWS
from tests.programme.report.pictures.test_strip import SEEN
from tocsin.programme.report.pictures import WIDTHS, pulse, strip, svg

PICTURE = strip.describe("192.0.2.1", "203.0.113.5", SEEN, 9.0, "Source.")


def test_text_is_measured_by_the_shipped_font_so_that_the_width_is_the_one_asked_for() -> None:
    for width in WIDTHS.values():
        box = re.search(r'viewBox="0 0 (\d+) \d+"', svg(PICTURE, width))
        assert box is not None
        assert width - 4 <= int(box[1]) <= width + 16


def test_text_is_written_in_the_family_that_the_pdf_has() -> None:
    drawn = svg(PICTURE, WIDTHS["wide"])
    assert set(re.findall(r'font-family="([^"]+)"', drawn)) == {"'Source Sans 3'"}


def test_the_template_decides_the_size_on_the_page() -> None:
    opening = svg(PICTURE, WIDTHS["wide"]).partition(">")[0]
    assert " width=" not in opening and " height=" not in opening and "viewBox=" in opening


def test_characters_that_xml_forbids_are_left_out() -> None:
    picture = pulse.describe("192.0.2.1", {"a\x00\x1b\ud800\ufffe\uffffb \U0001f600": FLOWS}, "Source.")
    assert ">ab \U0001f600<" in svg(picture, WIDTHS["wide"])
