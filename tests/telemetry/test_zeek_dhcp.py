"""The reader of Zeek's dhcp logs."""

from pathlib import Path

from tests.telemetry.told import LEASE, brief, leases
from tocsin.telemetry import zeek_dhcp

LOG = (LEASE / "dhcp.log").read_bytes()
JSON = (
    b'{"ts":1767607200.25,"uids":["C1"],"msg_types":["ACK"],"mac":"02:00:5e:00:53:01","assigned_addr":"192.0.2.100","lease_time":600.0}\n'
    b'{"ts":1767607500.25,"uids":["C2"],"msg_types":["ACK"],"mac":"02:00:5e:00:53:01","assigned_addr":"192.0.2.100","lease_time":600.0}\n'
)
RENEWED = ("192.0.2.100", "mac:02:00:5e:00:53:01", "10:00:00", "10:15:00")


def test_a_renewed_lease_is_one_row_and_without_an_address_there_is_none() -> None:
    for log in (LOG, JSON):
        found, outcome = leases(zeek_dhcp, log)
        assert list(map(brief, found)) == [RENEWED]
        assert not outcome.rejects


def test_lines_that_are_wrong_are_named() -> None:
    found, outcome = leases(zeek_dhcp, LOG.replace(b"1767607500.250000", b"soon"))
    assert outcome.reasons == {10: "ts is not a time: 'soon'"}
    assert [brief(lease)[3] for lease in found] == ["10:10:00"]


def test_a_dhcp_log_is_known_by_its_content() -> None:
    assert zeek_dhcp.recognise(LOG)
    assert zeek_dhcp.recognise(JSON)
    assert not zeek_dhcp.recognise(LOG.replace(b"#path\tdhcp", b"#path\tdns"))


def test_the_logs_of_a_capture_are_read(test_data: Path) -> None:
    logs = sorted((test_data / "captures").glob("**/dhcp.log"))
    assert logs
    for log in logs:
        data = log.read_bytes()
        found, outcome = leases(zeek_dhcp, data)
        assert zeek_dhcp.recognise(data)
        assert all(lease["subscriber"].startswith("mac:") for lease in found)
        assert len(outcome.rejects) == 0, (log, outcome.rejects[:3])
