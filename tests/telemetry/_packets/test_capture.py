"""A capture as a whole: what is left when its end is missing, and that pieces do not matter."""

import pytest

from tests.telemetry import office
from tocsin.records import Flow
from tocsin.telemetry import Batch, CutOff, Reject
from tocsin.telemetry._packets.capture import read


def _parts(data: bytes, size: int) -> tuple[list[Batch | Reject], str | None]:
    parts: list[Batch | Reject] = []
    try:
        parts.extend(read((data[at : at + size] for at in range(0, len(data), size)), "sensor", 1))
    except CutOff as end:
        return parts, str(end)
    return parts, None


def _rows(parts: list[Batch | Reject]) -> list[str]:
    return sorted(str(row) for part in parts if isinstance(part, Batch) for row in part.rows.to_pylist())


@pytest.mark.parametrize("data", [office.as_pcap(), office.as_pcapng()], ids=["pcap", "pcapng"])
@pytest.mark.parametrize("size", [50, 333, 4000])
def test_rows_do_not_depend_on_the_pieces(data: bytes, size: int) -> None:
    assert _rows(_parts(data, size)[0]) == _rows(_parts(data, len(data))[0])


@pytest.mark.parametrize("data", [office.as_pcap(), office.as_pcapng()], ids=["pcap", "pcapng"])
def test_flows_that_are_open_are_told_before_the_end_is_missed(data: bytes) -> None:
    parts, note = _parts(data[:-3], 4000)
    assert note == "its end is missing"
    assert sum(part.rows.num_rows for part in parts if isinstance(part, Batch) and part.record is Flow) == 12
    assert [part.reason for part in parts if isinstance(part, Reject)] == ["the capture is cut off in this packet"]


def test_a_capture_without_packets_has_no_rows() -> None:
    assert _parts(office.as_pcap()[:24], 24) == ([], None)
