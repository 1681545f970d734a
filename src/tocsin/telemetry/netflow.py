"""Flows from NetFlow v5, NetFlow v9 and IPFIX, as exporters send them.

Reads: export packets that were recorded: the payloads of their UDP datagrams one after another in a file, or captures
(pcap, pcapng) in which at least half of the frames are such exports, whatever the port. Templates are kept by exporter
and observation domain, options templates among them; data that comes before its template waits for it. Fields of
variable, reduced or zero length, withdrawn and changed templates are understood.

Gives: flows. Both directions of an exchange, which routers export one by one, become one row; where one of them is
missing, the responder's counts are 0 if it is sure that nothing came back and null if it is not known. Records that
have both directions already (RFC 5103, Cisco's initiator and responder counts) are rows as they are. Where a record, an
option or the header of NetFlow v5 states a sampling rate, counts are multiplied by it, and it goes before
``--sampling``. Uptimes become times by the clock of the packet's header. States are in Zeek's words where TCP flags
leave no doubt.

Leaves out: records without two addresses and a protocol (layer 2, statistics), translations of addresses without
counts, a firewall's notes that a flow has begun (its end comes again with counts), fields of enterprises, and whatever
else stands in a capture. Records that say no time have that of their packet. Rates that hold for one interface alone
are taken for those of the exporter. sFlow is another protocol: let ``sfacctd`` write it as JSON.

Learn more: RFC 7011, RFC 3954, RFC 5103, https://www.iana.org/assignments/ipfix
"""

from collections.abc import Iterable, Iterator
from itertools import chain

from tocsin.telemetry._netflow.captures import datagrams, holds_exports, is_capture
from tocsin.telemetry._netflow.exports import records
from tocsin.telemetry._netflow.packets import Packet, begins_export, is_export, packets
from tocsin.telemetry._rows import Batch, Reject
from tocsin.telemetry._stitch import stitched


def recognise(head: bytes) -> bool:
    """Whether it begins with an export packet, or is a capture of which at least half the first frames are some."""
    return holds_exports(head) if is_capture(head) else begins_export(head)


def read(content: Iterable[bytes], sensor: str, sampling: int) -> Iterator[Batch | Reject]:
    """Flows, and packets and records that are none."""
    pieces = iter(content)
    first = next(pieces, b"")
    whole = chain([first], pieces)
    found = _captured(whole) if is_capture(first) else packets(whole)
    return stitched(records(found), sensor, sampling)


def _captured(content: Iterable[bytes]) -> Iterator[Packet]:
    for number, datagram in enumerate(datagrams(content), 1):
        if is_export(datagram.payload):
            yield Packet(number, datagram.source, datagram.payload)
