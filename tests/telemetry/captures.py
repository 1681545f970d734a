"""Captures made to order: bytes of packets and of the files that hold them. All addresses are for documentation."""

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address

CLIENT, SERVER, RESOLVER = "192.0.2.10", "198.51.100.7", "203.0.113.53"
START = 1_767_571_200.0
FIN, SYN, RST, PUSH, ACK = 1, 2, 4, 8, 16

Timed = tuple[float, bytes]


def ethernet(payload: bytes, kind: int = 0x0800) -> bytes:
    return bytes.fromhex("020000000001020000000002") + struct.pack(">H", kind) + payload


def ip(source: str, target: str, protocol: int, payload: bytes, *, identification: int = 0, fragment: int = 0) -> bytes:
    """IPv4 or IPv6 by the addresses. ``fragment``: the flags and the offset of IPv4."""
    first, second = ip_address(source), ip_address(target)
    if first.version == 6:
        return struct.pack(">IHBB", 6 << 28, len(payload), protocol, 64) + first.packed + second.packed + payload
    fields = (0x45, 0, 20 + len(payload), identification, fragment, 64, protocol, 0)
    return struct.pack(">BBHHHBBH", *fields) + first.packed + second.packed + payload


def tcp(source: int, target: int, flags: int, sequence: int = 0, payload: bytes = b"", acknowledged: int = 0) -> bytes:
    return struct.pack(">HHIIBBHHH", source, target, sequence, acknowledged, 0x50, flags, 64000, 0, 0) + payload


def udp(source: int, target: int, payload: bytes) -> bytes:
    return struct.pack(">HHHH", source, target, 8 + len(payload), 0) + payload


def pcap(
    packets: Iterable[Timed], *, link: int = 1, order: str = "<", units: int = 1_000_000, snap: int = 262_144
) -> bytes:
    """A file in the classic format; ``units`` of time a second decide on its magic."""
    magic = 0xA1B2C3D4 if units == 1_000_000 else 0xA1B23C4D
    parts = [struct.pack(f"{order}IHHiIII", magic, 2, 4, 0, 0, snap, link)]
    for time, packet in packets:
        seconds, rest = divmod(round(time * 1_000_000), 1_000_000)
        rest *= units // 1_000_000
        kept = packet[:snap]
        parts.append(struct.pack(f"{order}IIII", seconds, rest, len(kept), len(packet)) + kept)
    return b"".join(parts)


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    body += bytes(-len(body) % 4)
    size = struct.pack(f"{order}I", 12 + len(body))
    return struct.pack(f"{order}I", kind) + size + body + size


def option(code: int, value: bytes, order: str = "<") -> bytes:
    return struct.pack(f"{order}HH", code, len(value)) + value + bytes(-len(value) % 4)


def section(order: str = "<") -> bytes:
    return block(0x0A0D0D0A, struct.pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def interface(link: int = 1, options: bytes = b"", order: str = "<") -> bytes:
    return block(1, struct.pack(f"{order}HHI", link, 0, 0) + options, order)


def enhanced(packet: bytes, time: int, number: int = 0, order: str = "<") -> bytes:
    """A packet of pcapng; ``time`` in the units of its interface."""
    head = struct.pack(f"{order}IIIII", number, time >> 32, time & 0xFFFFFFFF, len(packet), len(packet))
    return block(6, head + packet, order)


@dataclass
class Connection:
    """A connection of TCP; what is said is put into packets, one every ``pace`` seconds."""

    source: str = CLIENT
    target: str = SERVER
    source_port: int = 50_000
    target_port: int = 80
    time: float = START
    pace: float = 0.01
    sequences: list[int] = field(default_factory=lambda: [1000, 5000])
    packets: list[Timed] = field(default_factory=list)

    def packet(self, side: int, flags: int, payload: bytes = b"") -> None:
        """One packet of the client (0) or the server (1)."""
        ends = ((self.source, self.source_port), (self.target, self.target_port))
        (source, port), (target, other) = ends[side], ends[1 - side]
        segment = tcp(
            port, other, flags, self.sequences[side] % (1 << 32), payload, self.sequences[1 - side] % (1 << 32)
        )
        self.packets.append((self.time, ethernet(ip(source, target, 6, segment), 0x86DD if ":" in source else 0x0800)))
        self.time += self.pace
        self.sequences[side] += len(payload) + bool(flags & (SYN | FIN))

    def open(self) -> "Connection":
        self.packet(0, SYN)
        self.packet(1, SYN | ACK)
        self.packet(0, ACK)
        return self

    def say(self, side: int, data: bytes, size: int = 1400) -> "Connection":
        for at in range(0, len(data), size):
            self.packet(side, ACK | PUSH, data[at : at + size])
        return self

    def close(self) -> "Connection":
        for side in (0, 1):
            self.packet(side, FIN | ACK)
            self.packet(1 - side, ACK)
        return self


def name(text: str) -> bytes:
    return b"".join(bytes([len(label)]) + label for label in text.encode().split(b".")) + b"\0"


def question(number: int, asked: str, kind: int = 1) -> bytes:
    return struct.pack(">HHHHHH", number, 0x0100, 1, 0, 0, 0) + name(asked) + struct.pack(">HH", kind, 1)


def answer(number: int, asked: str, records: Sequence[tuple[int, int, bytes]], code: int = 0, kind: int = 1) -> bytes:
    """An answer with records of type, time to live and data; their name is that of the question."""
    head = struct.pack(">HHHHHH", number, 0x8180 | code, 1, len(records), 0, 0)
    body = b"".join(b"\xc0\x0c" + struct.pack(">HHIH", t, 1, ttl, len(data)) + data for t, ttl, data in records)
    return head + name(asked) + struct.pack(">HH", kind, 1) + body


def asked(payload: bytes, *, back: bool = False, port: int = 40_000) -> bytes:
    """A message of DNS to the resolver, or back from it, in a frame."""
    if back:
        return ethernet(ip(RESOLVER, CLIENT, 17, udp(53, port, payload)))
    return ethernet(ip(CLIENT, RESOLVER, 17, udp(port, 53, payload)))


def part(size: int, data: bytes) -> bytes:
    """Data behind its length."""
    return len(data).to_bytes(size, "big") + data


def numbers(*values: int) -> bytes:
    return b"".join(struct.pack(">H", value) for value in values)


def record(kind: int, message: bytes) -> bytes:
    """A message of a TLS handshake in a record."""
    return b"\x16\x03\x01" + part(2, bytes([kind]) + part(3, message))


def extension_of(kind: int, data: bytes) -> bytes:
    return struct.pack(">H", kind) + part(2, data)


def server_name(text: str) -> bytes:
    return extension_of(0, part(2, b"\0" + part(2, text.encode())))


def client_hello(ciphers: bytes, extensions: bytes, version: int = 0x0303) -> bytes:
    body = numbers(version) + bytes(32) + part(1, b"") + part(2, ciphers) + part(1, b"\0")
    return record(1, body + (part(2, extensions) if extensions else b""))


def server_hello(version: int = 0x0303, extensions: bytes = b"") -> bytes:
    body = numbers(version) + bytes(32) + part(1, b"") + numbers(0xC02F) + b"\0"
    return record(2, body + (part(2, extensions) if extensions else b""))


def certificates(*ders: bytes) -> bytes:
    return record(11, part(3, b"".join(part(3, der) for der in ders)))
