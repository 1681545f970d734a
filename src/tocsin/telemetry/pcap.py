"""Packet captures: pcap and pcapng.

Reads: pcap of either byte order, in micro- or nanoseconds, and pcapng with several sections, interfaces and resolutions
    of time, plain or compressed. Links: Ethernet, Linux cooked (SLL, SLL2), PPP, PPPoE, raw IP, null and loopback; on
    them VLANs (also in VLANs), VNTAG, MPLS, provider backbone, SNAP. IPv4 and IPv6 with extension headers. Tunnels: IP
    in IP, GRE (with PPTP and ERSPAN), Ethernet in IP, MPLS in IP, and by their ports VXLAN, Geneve, Teredo and GTP-U.

Gives: flows, both directions in one row, whose ``uid`` is the number of the first packet; dns, questions with their
    answers and codes; tls with JA3, JA4 and, up to TLS 1.2, the server's certificate; http; smtp; login for the clients
    of SSH. States are Zeek's where the flags surely say them. Who began is told by the flags of TCP, by a message of
    DNS or by ICMP; else it is who was seen first. In a tunnel the inner packet counts, and not what carries it. A flow
    ends after five minutes of silence (TCP) or one, when its ports are used for a new connection, or after a day.
    Protocols but DNS (port 53) are known by how they begin, on any port; mail on its own ports.

Leaves out: what is not IP; 802.11; all payload. Fragments count to the ports that the first one had, and only that one
    is read; what is carried in fragments of a tunnel counts as the tunnel. Names asked of neighbours (mDNS, LLMNR),
    QUIC, HTTP/2, and whatever begins within an encrypted connection are not read. A question that is sent again is one
    more. Where packets of a connection are missing, or a head of HTTP has over 16 KiB, reading goes on with the next
    message that begins a packet; the flow counts all the same. What is captured on two interfaces counts twice. A
    packet that is damaged is rejected with its number; behind a length that makes no sense nothing can be found.

Learn more: https://www.tcpdump.org/manpages/pcap-savefile.5.html,
    https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcapng/, https://github.com/FoxIO-LLC/ja4
"""

from collections.abc import Iterable, Iterator

from tocsin.telemetry._rows import Batch, Reject
from tocsin.units import units

# As pcap and pcapng begin, in both byte orders.
_MAGIC = (
    *(b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4", b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\x3c\x4d"),
    *(b"\x34\xcd\xb2\xa1", b"\xa1\xb2\xcd\x34", b"\x0a\x0d\x0d\x0a"),
)
_PARTS = "tocsin.telemetry._packets"


def recognise(head: bytes) -> bool:
    """Whether it begins as a capture does, and is not a text that begins with such line ends."""
    return head[:4] in _MAGIC and (head[:1] != b"\x0a" or head[8:12] in (b"\x4d\x3c\x2b\x1a", b"\x1a\x2b\x3c\x4d"))


def read(content: Iterable[bytes], sensor: str, sampling: int) -> Iterator[Batch | Reject]:
    """Flows and what was said in them, and packets that cannot be read.

    The machinery is imported here, through the one place that imports late: every reader is asked about every file, and
    most files are no captures.
    """
    reading: Iterator[Batch | Reject] = units(_PARTS)["capture"].load().read(content, sensor, sampling)
    return reading
