"""Export packets to order: NetFlow v5, v9 and IPFIX, and captures of them. Addresses are reserved for documentation."""

import socket
import struct
from collections.abc import Iterable, Sequence
from ipaddress import ip_address

SECOND = 1_767_225_600
BOOT_MS = 3_600_000
V9, IPFIX = 9, 10
CLIENT, SERVER = "192.0.2.10", "198.51.100.7"

# Elements of IANA: addresses, ports, protocol, flags, bytes, packets, start and end in milliseconds.
FIELDS = ((8, 4), (12, 4), (7, 2), (11, 2), (4, 1), (6, 1), (1, 8), (2, 8), (152, 8), (153, 8))
FIELDS6 = ((27, 16), (28, 16), *FIELDS[2:])

Record = dict[int, int | str]


def record(second: float = 0, duration: float = 1, **changes: int | str) -> Record:
    """One direction of an exchange, by elements; ``changes`` are named ``e`` and the element: ``e4=17``."""
    start = round((SECOND + second) * 1000)
    usual: Record = {8: CLIENT, 12: SERVER, 7: 50_000, 11: 443, 4: 6, 6: 0x1B, 1: 600, 2: 6}
    usual |= {152: start, 153: start + round(duration * 1000)}
    return usual | {int(name[1:]): value for name, value in changes.items()}


def reverse(row: Record, delay: float = 0.01, **changes: int | str) -> Record:
    """The other direction."""
    turned = row | {8: row[12], 12: row[8], 7: row[11], 11: row[7]}
    turned |= {element: int(row[element]) + round(delay * 1000) for element in (152, 153)}
    return turned | {int(name[1:]): value for name, value in changes.items()}


def packed(value: int | str, length: int) -> bytes:
    if isinstance(value, str):
        return ip_address(value).packed
    return value.to_bytes(length, "big")


def body(rows: Iterable[Record], fields: Sequence[tuple[int, int]] = FIELDS) -> bytes:
    return b"".join(packed(row.get(element, 0), length) for row in rows for element, length in fields)


def a_set(number: int, content: bytes) -> bytes:
    return struct.pack(">HH", number, len(content) + 4) + content


def template(fields: Sequence[tuple[int, ...]] = FIELDS, number: int = 256) -> bytes:
    """A template's record. A field of three numbers is an enterprise's: element, length, enterprise."""
    written = b""
    for element, length, *enterprise in fields:
        written += struct.pack(">HH", element | (0x8000 if enterprise else 0), length)
        written += struct.pack(">I", *enterprise) if enterprise else b""
    return struct.pack(">HH", number, len(fields)) + written


def ipfix(*sets: bytes, second: float = 60, domain: int = 1) -> bytes:
    content = b"".join(sets)
    return struct.pack(">HHIII", 10, 16 + len(content), SECOND + int(second), 0, domain) + content


def netflow_v9(*sets: bytes, second: float = 60, domain: int = 1, uptime: int | None = None) -> bytes:
    """The exporter was started an hour before SECOND."""
    up = BOOT_MS + int(second * 1000) if uptime is None else uptime
    return struct.pack(">HHIIII", 9, len(sets), up % 2**32, SECOND + int(second), 0, domain) + b"".join(sets)


def netflow_v5(rows: Sequence[Record], second: float = 60, sampling: int = 0, uptime: int | None = None) -> bytes:
    up = BOOT_MS + int(second * 1000) if uptime is None else uptime
    content = b""
    for row in rows:
        first, last = ((up - ((SECOND + int(second)) * 1000 - int(row[element]))) % 2**32 for element in (152, 153))
        content += packed(row[8], 4) + packed(row[12], 4) + bytes(8) + struct.pack(">II", int(row[2]), int(row[1]))
        content += struct.pack(">IIHHBBBB8x", first, last, int(row[7]), int(row[11]), 0, int(row[6]), int(row[4]), 0)
    header = struct.pack(">HHIIIIHH", 5, len(rows), up % 2**32, SECOND + int(second), 0, 0, 0, sampling)
    return header + content


def messages(rows: Sequence[Record], version: int = IPFIX, fields: Sequence[tuple[int, int]] = FIELDS) -> bytes:
    """A template, then the rows in packets of at most twenty, one after another."""
    send = ipfix if version == IPFIX else netflow_v9
    first = a_set(2 if version == IPFIX else 0, template(fields))
    parts = [a_set(256, body(rows[at : at + 20], fields)) for at in range(0, len(rows), 20)]
    return b"".join([send(first), *(send(part) for part in parts)])


def udp(payload: bytes, source: str = "203.0.113.1", port: int = 2055) -> bytes:
    """An Ethernet frame that carries a datagram; checksums are left out."""
    datagram = struct.pack(">HHHH", 40_000, port, len(payload) + 8, 0) + payload
    address = ip_address(source)
    if address.version == 4:
        header = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(datagram), 0, 0, 64, 17, 0)
        header += address.packed + socket.inet_aton("203.0.113.9")
        return bytes(12) + b"\x08\x00" + header + datagram
    header = struct.pack(">IHBB", 0x60000000, len(datagram), 17, 64) + address.packed + bytes(15) + b"\1"
    return bytes(12) + b"\x86\xdd" + header + datagram


def pcap(frames: Iterable[bytes], order: str = "<", link: int = 1) -> bytes:
    head = struct.pack(order + "IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, link)
    return head + b"".join(struct.pack(order + "IIII", SECOND, 0, len(frame), len(frame)) + frame for frame in frames)


def pcapng(frames: Iterable[bytes], order: str = "<", link: int = 1) -> bytes:
    def block(kind: int, content: bytes) -> bytes:
        content += bytes(-len(content) % 4)
        size = struct.pack(order + "I", len(content) + 12)
        return struct.pack(order + "I", kind) + size + content + size

    parts = [block(0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1))]
    parts.append(block(1, struct.pack(order + "HHI", link, 0, 0)))
    parts += [block(6, struct.pack(order + "IIIII", 0, 0, 0, len(frame), len(frame)) + frame) for frame in frames]
    return b"".join(parts)


def tcp(source: str, target: str, ports: tuple[int, int], flags: int, payload: int = 0) -> bytes:
    """An Ethernet frame with a TCP segment of so many bytes; checksums are left out."""
    segment = struct.pack(">HHIIBBHHH", *ports, 0, 0, 0x50, flags, 1024, 0, 0) + bytes(payload)
    header = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(segment), 0, 0, 64, 6, 0)
    return bytes(12) + b"\x08\x00" + header + ip_address(source).packed + ip_address(target).packed + segment


def sflow(frame: bytes, rate: int, agent: str = "203.0.113.1") -> bytes:
    """A datagram of sFlow 5 with one sample: the headers of a frame, and 1 in how many was looked at."""
    raw = struct.pack(">IIII", 1, len(frame), 4, len(frame)) + frame + bytes(-len(frame) % 4)
    sample = struct.pack(">IIIIIIII", 1, 1, rate, rate, 0, 1, 2, 1) + struct.pack(">II", 1, len(raw)) + raw
    head = struct.pack(">II4sIIII", 5, 1, ip_address(agent).packed, 0, 1, BOOT_MS, 1)
    return head + struct.pack(">II", 1, len(sample)) + sample
