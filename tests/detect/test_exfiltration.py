"""Much that goes out and little that comes back is found where nobody delivers anything."""

from typing import Any

import pytest

from tests.detect.flows import HOST, PEER, Detect, Row, flow
from tocsin.detect import exfiltration


def upload(megabytes: float = 120, **changed: Any) -> Row:
    sent = {"initiator_bytes": round(megabytes * 1_000_000), "responder_bytes": 3_000_000, "responder_packets": 40_000}
    return flow(60, **sent | changed)


def test_a_large_upload_to_a_port_of_its_own_is_found(detect: Detect) -> None:
    (row,) = detect("exfiltration", [upload(60), upload(60)])
    assert (row["peer"], row["port"], row["sent_bytes"], row["connections"]) == (PEER, 4444, 120_000_000, 2)
    assert row["score"] == 0.75
    text = exfiltration.explain(HOST, row, 0)
    assert text.startswith(f"{HOST} has sent 120 megabytes to {PEER} on port 4444/tcp and got 6 back.")


@pytest.mark.parametrize(
    "hidden", [{"protocol": "udp", "responder_port": 53, "service": "dns"}, {"protocol": "icmp", "responder_port": 0}]
)
def test_less_is_enough_where_it_hides(detect: Detect, hidden: dict[str, Any]) -> None:
    (row,) = detect("exfiltration", [upload(20, responder_bytes=2_000_000, **hidden)])
    assert row["score"] == 0.85
    assert detect("exfiltration", [upload(19, responder_bytes=1_000_000, **hidden)]) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"initiator_bytes": 99_000_000},
        {"responder_bytes": 13_000_000},
        {"responder_bytes": 0, "responder_packets": 0},
        {"responder_port": 443},
        {"service": "ssh"},
        {"protocol": "udp"},
        {"responder": "192.0.2.77"},
        {"initiator": PEER, "responder": HOST},
    ],
    ids=["little", "much comes back", "nobody listens", "web", "known protocol", "stream", "inside", "download"],
)
def test_what_ordinary_software_does_is_not_reported(detect: Detect, changed: dict[str, Any]) -> None:
    assert detect("exfiltration", [upload(**changed)]) == []


def test_who_shares_files_with_a_crowd_is_not_reported(detect: Detect) -> None:
    crowd = [flow(i, responder=f"198.51.100.{i + 10}", responder_port=20_000 + i) for i in range(30)]
    assert detect("exfiltration", [upload(), *crowd]) == []
    assert detect("exfiltration", [upload(), *crowd[:28]]) != []
