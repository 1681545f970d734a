"""Questions out of real captures, as the tests that are given them need them."""

import base64
import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tests.detect.flows import Row
from tocsin.records import Dns, columns

RESPONSE_CODES = {0: "NOERROR", 2: "SERVFAIL", 3: "NXDOMAIN", 5: "REFUSED"}
TYPES = {1: "A", 5: "CNAME", 12: "PTR", 15: "MX", 16: "TXT", 28: "AAAA", 33: "SRV"}


def zeek_questions(file: Path) -> list[Row]:
    """Rows of a ``dns.log`` with tabs."""
    lines = file.read_text(encoding="utf-8").splitlines()
    fields = next(line for line in lines if line.startswith("#fields")).split("\t")[1:]
    records = (dict(zip(fields, line.split("\t"), strict=True)) for line in lines if not line.startswith("#"))
    return [_of_zeek(record) for record in records if record["query"] != "-"]


def payload_questions(file: Path) -> list[Row]:
    """Rows of flows whose payload an Argus sensor kept: each question, and the code of its answer."""
    with file.open(encoding="utf-8", newline="") as opened:
        return list(_of_argus(csv.DictReader(opened)))


def _row(time: datetime, initiator: str, responder: str, query: str, **more: object) -> Row:
    row: Row = {column.name: None for column in columns(Dns)}
    known = {"sensor": "edge", "time": time, "initiator": initiator, "responder": responder, "responder_port": 53}
    return row | known | {"query": query.lower(), "answers": []} | more


def _of_zeek(record: dict[str, str]) -> Row:
    given = {name: value for name, value in record.items() if value not in ("-", "(empty)")}
    return _row(
        datetime.fromtimestamp(float(record["ts"]), UTC).replace(tzinfo=None),
        record["id.orig_h"],
        record["id.resp_h"],
        record["query"],
        responder_port=int(record["id.resp_p"]),
        query_type=given.get("qtype_name"),
        response_code=given.get("rcode_name"),
        answers=given.get("answers", "").split(",") if "answers" in given else [],
    )


def _of_argus(records: Iterator[dict[str, str]]) -> Iterator[Row]:
    for record in records:
        question, answer = _bytes(record["srcUdata"]), _bytes(record["dstUdata"])
        if len(question) < 17 or question[2] & 0x80:
            continue
        name, end = _name(question)
        heard = len(answer) >= 12
        yield _row(
            datetime.fromisoformat(record["StartTime"].replace("/", "-")),
            record["SrcAddr"],
            record["DstAddr"],
            name,
            query_type=TYPES.get(int.from_bytes(question[end : end + 2]), "other"),
            response_code=RESPONSE_CODES.get(answer[3] & 15) if heard else None,
            answers=["198.51.100.1"] * int.from_bytes(answer[6:8]) if heard else [],
        )


def _bytes(kept: str) -> bytes:
    text = kept.partition("=")[2]
    return base64.b64decode(text[: len(text) // 4 * 4], validate=False)


def _name(message: bytes) -> tuple[str, int]:
    labels, place = [], 12
    while place < len(message) and (length := message[place]) and length < 64:
        labels.append(message[place + 1 : place + 1 + length].decode("ascii", "replace"))
        place += length + 1
    return ".".join(labels), place + 1
