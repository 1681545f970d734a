"""The demo's data, as it is shipped."""

from importlib.resources import files

from tests.telemetry.reading import read_conn


def test_the_shipped_capture_is_read_whole() -> None:
    packed = files("tocsin.content").joinpath("demo/iot23-34-1.conn.log.xz").read_bytes()
    outcome = read_conn(packed)
    assert outcome.table.num_rows == 23_145
    assert not outcome.rejects
    assert {row["initiator"] for row in outcome.rows} >= {"192.168.1.195"}


def test_its_origin_is_credited() -> None:
    credit = files("tocsin.content").joinpath("demo/CREDIT.md").read_text(encoding="utf-8")
    for word in ("IoT-23", "Garcia", "Parmisano", "Erquiaga", "10.5281/zenodo.4743746", "CC BY 4.0", "label"):
        assert word in credit
