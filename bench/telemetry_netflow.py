"""Says how fast recorded NetFlow and IPFIX are read: records a CPU-second, from bytes to stitched flows.

    python bench/telemetry_netflow.py [RECORDS]

The exports are made up: half of the records are answers, one client in ten talks to a server in a hundred, times run
on. What is measured is the reader alone, without hashing the file and writing the lake.
"""

import struct
import sys
import time
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from tocsin.telemetry import Batch, netflow

RECORDS = 2_000_000
PIECE = 4 << 20
SECOND = 1_767_225_600
CLIENTS, SERVERS = 200_000, 2_000

V5 = [("sender", ">u4"), ("receiver", ">u4"), ("rest", "V8"), ("packets", ">u4"), ("bytes", ">u4"), ("start", ">u4")]
V5 += [("end", ">u4"), ("sender_port", ">u2"), ("receiver_port", ">u2"), ("pad", "u1"), ("flags", "u1")]
V5 += [("protocol", "u1"), ("more", "V9")]
# Elements of IANA with their lengths; addresses, ports, protocol, flags, counts, milliseconds.
FIXED = ((8, 4), (12, 4), (7, 2), (11, 2), (4, 1), (6, 1), (1, 8), (2, 8), (152, 8), (153, 8))
NAMES = ("sender", "receiver", "sender_port", "receiver_port", "protocol", "flags", "bytes", "packets", "start", "end")
V9_FIXED = (*FIXED[:6], (1, 4), (2, 4), (22, 4), (21, 4))
APPLICATION = 96

Columns = dict[str, NDArray[np.int64]]


def traffic(records: int) -> Columns:
    """Records as columns; ``start`` and ``end`` are milliseconds from the first."""
    random, flows = np.random.default_rng(7), records // 2
    client = 0x0A000000 + random.integers(0, CLIENTS, flows)
    server = 0xC6336400 + random.integers(0, SERVERS, flows)
    port, service = random.integers(1024, 65536, flows), random.choice([53, 80, 443], flows)
    start = np.sort(random.integers(0, 3_600_000, flows))
    end = start + random.integers(0, 10_000, flows)
    both = {
        "sender": (client, server),
        "receiver": (server, client),
        "sender_port": (port, service),
        "receiver_port": (service, port),
        "protocol": (np.full(flows, 6), np.full(flows, 6)),
        "flags": (np.full(flows, 27), np.full(flows, 27)),
        "packets": (random.integers(1, 50, flows), random.integers(1, 50, flows)),
        "bytes": (random.integers(40, 5000, flows), random.integers(40, 50000, flows)),
        "start": (start, start),
        "end": (end, end),
    }
    return {name: np.stack(sides, 1).reshape(-1) for name, sides in both.items()}


def netflow_v5(rows: Columns) -> Iterator[bytes]:
    """Packets of 30 records."""
    for at, body, last in _bodies(rows, np.dtype(V5), 30):
        yield struct.pack(">HHIIIIHH", 5, len(body) // 48, last, SECOND + last // 1000, 0, at, 0, 0) + body


def netflow_v9(rows: Columns) -> Iterator[bytes]:
    """Packets of 30 records, with the template in every hundredth."""
    for at, body, last in _bodies(rows, _dtype(V9_FIXED), 30):
        sets = (_template(0, V9_FIXED) if at % 3000 == 0 else b"") + _set(256, body)
        yield struct.pack(">HHIIII", 9, 30, last, SECOND + last // 1000, at, 1) + sets


def ipfix(rows: Columns) -> Iterator[bytes]:
    """Messages of 30 records of fixed length."""
    return _messages(rows, FIXED, lambda body, _: body)


def ipfix_variable(rows: Columns) -> Iterator[bytes]:
    """Messages of 30 records, each with a name of variable length at its end."""

    def named(body: bytes, width: int) -> bytes:
        names = (b"\x03dns", b"\x05https", b"\x00")
        return b"".join(body[at : at + width] + names[at % 3] for at in range(0, len(body), width))

    return _messages(rows, (*FIXED, (APPLICATION, 0xFFFF)), named)


def measure(records: int = RECORDS) -> Iterator[tuple[str, int, float]]:
    """What was read, its records, and how many of them a CPU-second takes."""
    rows = traffic(records)
    for name, export in (
        ("NetFlow v5", netflow_v5),
        ("NetFlow v9, fixed template", netflow_v9),
        ("IPFIX, fixed template", ipfix),
        ("IPFIX, a field of variable length", ipfix_variable),
    ):
        content = b"".join(export(rows))
        pieces = [content[at : at + PIECE] for at in range(0, len(content), PIECE)]
        begun = time.process_time()
        flows = sum(part.rows.num_rows for part in netflow.read(pieces, "bench", 1) if isinstance(part, Batch))
        spent = time.process_time() - begun
        assert records // 2 <= flows <= records * 0.51, f"{name}: {flows:,} flows of {records:,} records"
        yield name, records, records / spent


def _bodies(rows: Columns, dtype: "np.dtype[np.void]", size: int) -> Iterator[tuple[int, bytes, int]]:
    """Number of the first record, the records of a packet, and the time of its last, in milliseconds."""
    table = np.zeros(len(rows["start"]), dtype)
    for name in NAMES:
        shift = SECOND * 1000 if name in ("start", "end") and table.dtype[name].itemsize == 8 else 0
        table[name] = rows[name] + shift
    content, width = table.tobytes(), dtype.itemsize
    for at in range(0, len(table), size):
        yield at, content[at * width : (at + size) * width], int(rows["start"][min(at + size, len(table)) - 1]) + 10_000


def _dtype(fields: tuple[tuple[int, int], ...]) -> "np.dtype[np.void]":
    return np.dtype([(name, f">u{length}") for name, (_, length) in zip(NAMES, fields, strict=False)])


def _set(number: int, body: bytes) -> bytes:
    return struct.pack(">HH", number, len(body) + 4) + body


def _template(number: int, fields: tuple[tuple[int, int], ...]) -> bytes:
    return _set(number, struct.pack(">HH", 256, len(fields)) + b"".join(struct.pack(">HH", *field) for field in fields))


def _messages(
    rows: Columns, fields: tuple[tuple[int, int], ...], change: Callable[[bytes, int], bytes]
) -> Iterator[bytes]:
    dtype = _dtype(fields)
    for at, body, last in _bodies(rows, dtype, 30):
        sets = (_template(2, fields) if at % 3000 == 0 else b"") + _set(256, change(body, dtype.itemsize))
        yield struct.pack(">HHIII", 10, 16 + len(sets), SECOND + last // 1000, at, 1) + sets


def main() -> None:
    """Print a line for each kind of export."""
    for name, records, speed in measure(int(sys.argv[1]) if sys.argv[1:] else RECORDS):
        print(f"{name:34} {records:>10,} records {speed:>12,.0f} a CPU-second")


if __name__ == "__main__":
    main()
