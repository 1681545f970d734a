"""Export packets one after another."""

from tests.telemetry.exporter import a_set, body, ipfix, netflow_v5, netflow_v9, record, template
from tocsin.telemetry import Reject
from tocsin.telemetry._netflow.packets import Packet, begins_export, is_export, packets

V5 = netflow_v5([record()] * 3)
V9 = netflow_v9(a_set(0, template()), a_set(256, body([record()])))
IPFIX = ipfix(a_set(2, template()), a_set(256, body([record()])))


def _found(*pieces: bytes) -> list[bytes | int]:
    return [part.data if isinstance(part, Packet) else part.line for part in packets(pieces)]


def test_packets_of_all_versions_follow_each_other() -> None:
    sent = [V5, V9, V9, IPFIX, V9, V5]
    whole = b"".join(sent)
    assert _found(whole) == sent
    assert _found(*(whole[at : at + 3] for at in range(0, len(whole), 3))) == sent


def test_zeros_that_fill_up_a_packet_are_part_of_it() -> None:
    assert _found(V9 + bytes(8) + IPFIX) == [V9 + bytes(8), IPFIX]
    assert _found(V9 + bytes(64)) == [V9 + bytes(64)]


def test_what_is_none_is_told_with_its_place() -> None:
    (first, wrong, last) = list(packets([V5 + b"nonsense" * 9 + V5]))
    assert isinstance(first, Packet) and isinstance(last, Packet)
    assert wrong == Reject(2, f"no whole export packet stands at byte {len(V5)}", "nonsense" * 9)


def test_only_whole_datagrams_are_exports() -> None:
    assert all(is_export(packet) for packet in (V5, V9, IPFIX))
    assert not any(is_export(packet[:-1]) for packet in (V5, V9, IPFIX))
    assert not any(is_export(packet + b"\x01") for packet in (V5, V9, IPFIX))
    assert not is_export(b"")


def test_a_file_may_begin_with_part_of_a_packet() -> None:
    assert all(begins_export(packet[: len(packet) - 10]) for packet in (V5, V9, IPFIX))
    assert not begins_export(b"\x00\x05\x00\x01" + b"some text that is no packet at all, and goes on" * 9)
    assert not begins_export(b"\x00\x0a\x00\x02" + bytes(100))
