"""Events from Suricata: EVE, one JSON object a line.

Reads: ``eve.json`` of Suricata 3 to 8, as it lies or compressed, with events of any types among each other. Times have
a zone (``2026-01-05T10:00:00.123456+0100``).

Gives: flows from ``flow`` events, with both directions, from ``start`` to ``end``; counts are multiplied by the
sampling rate when one is given. Bytes are Suricata's own, of frames with their link headers: on Ethernet 14 a packet
more than Zeek's. States are in Zeek's words where the two surely mean the same. A flow that is silent for long is
begun anew, after 30 seconds where Suricata did not see its beginning, so that there can be several where Zeek has one.

dns from ``dns`` events of versions 1, 2 and 3: an answer takes the place of its question, and has its time; they are
matched by flow and DNS id among the 131,072 questions that were asked last. tls (``ja3`` and ``ja4`` where they are
switched on), http (version 2 too), smtp, and ssh as logins of which is not known whether they succeeded. Alerts are
evidence beside findings. Where an alert or an answer was written as its packet went, to the client, the sides change
places.

Leaves out: all other events (``stats``, ``fileinfo``, ``anomaly``, ``netflow`` and so on), alerts on packets without
addresses, payloads, people's addresses, and what EVE does not say: bytes of requests, replies to mail. Its
``fingerprint`` is the SHA-1 of a certificate and not kept; the SHA-256 is known where ``certificate`` is switched on.

Of a log that is read while it grows, the few questions whose answer comes in the next part stand as
unanswered, and the answer by itself.

Learn more: https://docs.suricata.io/en/latest/output/eve/eve-json-format.html
"""

import json
from collections.abc import Iterable, Iterator
from itertools import chain

import pyarrow as pa

from tocsin.records import Dns
from tocsin.telemetry._ahead import ahead
from tocsin.telemetry._batches import batch
from tocsin.telemetry._blocks import Lines, blocks
from tocsin.telemetry._eve import events, of_type
from tocsin.telemetry._eve_dns import FIELDS, ended, messages, settled
from tocsin.telemetry._eve_exchanges import exchanges
from tocsin.telemetry._eve_flows import flow_fields, flows
from tocsin.telemetry._flows import flow_batch
from tocsin.telemetry._header import no_header
from tocsin.telemetry._rows import Batch, CutOff, Reject

LINES_TRIED = 20
header = no_header


def recognise(head: bytes) -> bool:
    """Whether one of the first lines is an event."""
    return any(_is_event(line) for line in head.split(b"\n")[:LINES_TRIED] if line.startswith(b"{"))


def read(content: Iterable[bytes], sensor: str, sampling: int) -> Iterator[Batch | Reject]:
    """Flows, exchanges and alerts, and lines that are no events."""
    waiting: pa.Table | None = None
    try:
        for part in chain.from_iterable(ahead(lambda block: _parts(block, sensor, sampling), blocks(content))):
            if isinstance(part, pa.Table):
                done, waiting = settled(waiting, part)
                yield batch(Dns, done, sensor)
            else:
                yield part
    except CutOff:
        yield from _unanswered(waiting, sensor)
        raise
    yield from _unanswered(waiting, sensor)


def _is_event(line: bytes) -> bool:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return False
    # pmacct has types of events too, of which each is a purge of its cache.
    return isinstance(event, dict) and {"timestamp", "event_type"} <= event.keys() and event["event_type"] != "purge"


def _parts(block: Lines | Reject, sensor: str, sampling: int) -> list[Batch | Reject | pa.Table]:
    """What stands in a block; tables are of questions and answers, which are still to be matched."""
    found: list[Batch | Reject | pa.Table] = []
    for part in events(block):
        if isinstance(part, Reject):
            found.append(part)
            continue
        for flow in of_type(*part, "flow", flow_fields(sampling)):
            found += [flow if isinstance(flow, Reject) else flow_batch(flows(flow[1]), sensor, sampling)]
        found += exchanges(*part, sensor)
        for message in of_type(*part, "dns", FIELDS):
            found += [message if isinstance(message, Reject) else messages(*message)]
    return found


def _unanswered(waiting: pa.Table | None, sensor: str) -> Iterator[Batch]:
    if waiting is not None:
        yield batch(Dns, ended(waiting), sensor)
