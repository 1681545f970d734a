"""The samples of captures: some minutes of a made-up office, as pcap and as pcapng.

``python -m tests.telemetry.office`` writes them. What happens: a name is resolved, a page fetched, a name of a bot does
not exist, TLS and SSH sessions begin, a mail is sent, a server refuses, another is silent, somebody pings; a tunnel, a
VLAN and a fragmented packet; and one packet that is damaged. The addresses and names are for documentation.
"""

from collections.abc import Iterator
from pathlib import Path

from tests.telemetry.captures import (
    ACK,
    CLIENT,
    RST,
    SERVER,
    START,
    SYN,
    Connection,
    Timed,
    answer,
    asked,
    client_hello,
    enhanced,
    ethernet,
    extension_of,
    interface,
    ip,
    numbers,
    option,
    part,
    pcap,
    question,
    section,
    server_hello,
    server_name,
    udp,
)

FOLDER = Path(__file__).parents[1] / "samples/packets"
PAGE = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2000\r\n\r\n" + b"<p>page</p>" * 181 + b"<p>page</"
)
MAIL = [
    (1, b"220 mail.example.org\r\n"),
    (0, b"EHLO office.example.net\r\n"),
    (1, b"250 mail.example.org\r\n"),
    (0, b"MAIL FROM:<a@example.net>\r\n"),
    (1, b"250 ok\r\n"),
    (0, b"RCPT TO:<b@example.org>\r\n"),
    (1, b"250 ok\r\n"),
    (0, b"DATA\r\n"),
    (1, b"354 go on\r\n"),
    (0, b"hello\r\n.\r\n"),
    (1, b"250 taken\r\n"),
]


def packets() -> list[Timed]:
    """All packets in their order."""
    return sorted(_packets(), key=lambda packet: packet[0])


def _packets() -> Iterator[Timed]:
    address = (1, 300, bytes([198, 51, 100, 7]))
    yield START, asked(question(1, "www.example.org"))
    yield START + 0.02, asked(answer(1, "www.example.org", [address]), back=True)
    yield START + 5, asked(question(2, "qzxkwv.example.com"), port=40_001)
    yield START + 5.03, asked(answer(2, "qzxkwv.example.com", [], 3), back=True, port=40_001)
    request_ = b"GET /index.html HTTP/1.1\r\nHost: www.example.org\r\nUser-Agent: office/1.0\r\n\r\n"
    yield from Connection(time=START + 1).open().say(0, request_).say(1, PAGE).close().packets
    hello = client_hello(
        numbers(0x1301, 0xC02F), server_name("tls.example.org") + extension_of(10, part(2, numbers(29, 23)))
    )
    yield from (
        Connection(time=START + 10, source_port=50_001, target_port=443)
        .open().say(0, hello).say(1, server_hello()).close().packets
    )  # fmt: skip
    ssh = Connection(time=START + 20, source_port=50_002, target_port=22).open()
    yield from ssh.say(1, b"SSH-2.0-Server\r\n").say(0, b"SSH-2.0-Client\r\n").packets
    mail = Connection(time=START + 30, source_port=50_003, target_port=25).open()
    for side, line in MAIL:
        mail.say(side, line)
    yield from mail.close().packets
    refused = Connection(time=START + 40, source_port=50_004, target_port=8080)
    refused.packet(0, SYN)
    refused.packet(1, RST | ACK)
    yield from refused.packets
    silent = Connection(time=START + 41, target="198.51.100.99", source_port=50_005, target_port=23)
    silent.packet(0, SYN)
    yield from silent.packets
    for side, kind in ((0, 8), (1, 0)):
        ends = (CLIENT, SERVER) if side == 0 else (SERVER, CLIENT)
        yield START + 50 + side / 100, ethernet(ip(*ends, 1, bytes([kind, 0]) + bytes(30)))
    inner = ip("2001:db8::10", "2001:db8::7", 17, udp(123, 123, bytes(48)))
    yield START + 60, ethernet(ip("203.0.113.1", "203.0.113.2", 41, inner))
    tagged = bytes.fromhex("0020") + bytes.fromhex("0800") + ip(CLIENT, SERVER, 17, udp(500, 500, bytes(20)))
    yield START + 61, ethernet(tagged, 0x8100)
    yield START + 62, ethernet(ip(CLIENT, SERVER, 17, udp(7000, 7001, bytes(24)), identification=9, fragment=0x2000))
    yield START + 62.001, ethernet(ip(CLIENT, SERVER, 17, bytes(100), identification=9, fragment=4))
    yield START + 70, ethernet(b"\x4f" + bytes(19))


def as_pcap() -> bytes:
    """The classic format."""
    return pcap(packets())


def as_pcapng() -> bytes:
    """The same in two sections: of either byte order, in micro- and in nanoseconds."""
    half = len(packets()) // 2
    times = [round(time * 1_000_000) for time, _ in packets()]
    frames = [packet for _, packet in packets()]
    first = [enhanced(frame, time) for time, frame in zip(times[:half], frames[:half], strict=True)]
    nanoseconds = interface(options=option(9, b"\x09", ">"), order=">")
    second = [enhanced(f, time * 1000, order=">") for time, f in zip(times[half:], frames[half:], strict=True)]
    return b"".join([section(), interface(), *first, section(">"), nanoseconds, *second])


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "office.pcap").write_bytes(as_pcap())
    (FOLDER / "office.pcapng").write_bytes(as_pcapng())
