"""Which packets say something, who reads them, and the rows that come of it."""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tocsin.records import Dns, Record
from tocsin.telemetry._packets import _http as http
from tocsin.telemetry._packets import _smtp as smtp
from tocsin.telemetry._packets import _ssh as ssh
from tocsin.telemetry._packets._addresses import address_text
from tocsin.telemetry._packets._exchanges import IGNORED, WATCHED, Flows
from tocsin.telemetry._packets._flow_rows import turned
from tocsin.telemetry._packets._packets import TCP, UDP, Packets
from tocsin.telemetry._packets._questions import Over, Questions
from tocsin.telemetry._packets._streams import LONGEST
from tocsin.telemetry._packets._talks import Ends, Listener, Talk
from tocsin.telemetry._packets._tls import Handshake, begins_tls
from tocsin.telemetry._packets._transport import DNS_PORT, FIN, RST, Segments

# Conversations end when they have said what is wanted, so that few are open at once; the oldest end for want of room.
MOST_TALKS = 50_000
MOST_HELD = 128 << 20
_FIRST_WORDS = tuple(int.from_bytes(word, "big") for word in (*http.METHODS, http.ANSWER, ssh.BEGINS))
# The parts of a key, as exchanges.KEY has them.
_KEY = struct.Struct(">16s16sIBB")
_GREETINGS = tuple(int.from_bytes(word, "big") for word in smtp.GREETINGS)


def worth_watching(packets: Packets, segments: Segments) -> NDArray[np.bool_]:
    """Packets of TCP that begin as a protocol does that is read here."""
    rows, begin = segments.rows, segments.payload
    has_words = (packets.protocol[rows] == TCP) & (begin + 4 <= packets.stop[rows])
    at = np.where(has_words, begin, 0)
    word = sum(packets.octets[at + place].astype(np.int64) << 8 * (3 - place) for place in range(4))
    is_hello = (word >> 8 >= 0x160300) & (word >> 8 <= 0x160304) & np.isin(packets.octets[at + 5], (1, 2))
    is_mail = np.isin(word, _GREETINGS) & _has_port(segments, smtp.PORTS)
    found: NDArray[np.bool_] = np.isin(word, _FIRST_WORDS) | is_hello | is_mail | _has_port(segments, (DNS_PORT,))
    found &= has_words
    return found


def _has_port(segments: Segments, ports: tuple[int, ...]) -> NDArray[np.bool_]:
    return np.isin(segments.source, ports) | np.isin(segments.target, ports)


@dataclass(slots=True)
class Conversations:
    """The conversations under way."""

    talks: dict[int, Talk] = field(default_factory=dict)
    questions: Questions = field(default_factory=Questions)
    services: dict[int, str] = field(default_factory=dict)
    rows: dict[type[Record], list[dict[str, Any]]] = field(default_factory=dict)

    def hear(self, packets: Packets, segments: Segments, arrived: Flows, flows: Flows) -> list[bytes]:
        """Read what packets say; gives the keys of the flows of which nothing more is wanted.

        ``arrived`` are the packets as flows, ``flows`` those that each is part of.
        """
        finished: dict[int, bytes] = {}
        data = packets.frames.data
        for said in _said(packets, segments, arrived, flows):
            flow, key, side, time, sequence, began, is_udp, begin, stop, end = said
            talk = self.talks.get(flow)
            if talk is not None and talk.streams[side].passes(sequence, end - begin):
                continue
            if is_udp:
                if self.questions.hear(key, _ends(key, flow), side, time, data[begin:stop]):
                    self.services[flow] = "dns"
            elif flow not in finished and (talk := talk or self._talk(flow, key, began, data[begin:stop])):
                talk.streams[side].take(sequence, data[begin:stop], end - begin)
                if self._over(talk, side, time):
                    finished[flow] = key
        for flow, key in _closed(flows):
            self._end(flow)
            finished[flow] = key
        return list(finished.values())

    def close(self, flows: Flows) -> list[str | None]:
        """Flows have ended; gives the service of each."""
        for number in flows["number"][flows["watched"] & WATCHED > 0].tolist():
            self._end(number)
        return [self.services.pop(number, None) for number in flows["number"].tolist()]

    def expire(self, now: int) -> None:
        """Keep within the bounds of memory, and give up what nobody answers."""
        self.questions.expire(now)
        while len(self.talks) > MOST_TALKS:
            self._end(next(iter(self.talks)))
        if len(self.talks) * 4 * LONGEST > MOST_HELD:
            held = {number: sum(stream.held() for stream in talk.streams) for number, talk in self.talks.items()}
            total = sum(held.values())
            for number, size in held.items():
                if total <= MOST_HELD:
                    break
                self._end(number)
                total -= size

    def fetch(self) -> Iterable[tuple[type[Record], list[dict[str, Any]]]]:
        """The rows so far, once."""
        rows, self.rows = self.rows, {}
        if self.questions.rows:
            rows[Dns], self.questions.rows = self.questions.rows, []
        return rows.items()

    def _talk(self, flow: int, key: bytes, began: int, payload: bytes) -> Talk | None:
        ends = _ends(key, flow)
        listener = _listener(ends, payload, key, self.questions)
        if listener is None:
            return None
        self.talks[flow] = Talk(ends, began, listener)
        return self.talks[flow]

    def _over(self, talk: Talk, side: int, time: int) -> bool:
        """Let the listener hear; whether nothing more is wanted of the whole flow."""
        if talk.listener.heard(talk, side, time):
            return False
        self._end(talk.ends.flow)
        # Where bytes are missing or another protocol takes over, a packet can be read that begins anew.
        return not talk.streams[side].broken

    def _end(self, number: int) -> None:
        talk = self.talks.pop(number, None)
        if talk is None:
            return
        talk.listener.ended(talk)
        if talk.service:
            self.services[number] = talk.service
        for record, row in talk.said:
            self.rows.setdefault(record, []).append(row)


def _said(
    packets: Packets, segments: Segments, arrived: Flows, flows: Flows
) -> Iterator[tuple[int, bytes, int, int, int, int, bool, int, int, int]]:
    """Packets of conversations that are listened to, and messages of DNS over UDP.

    Of each: number and key of its flow, its side, its time, where it stands in the sequence, which side began, whether
    it is UDP, and where its payload begins, ends as captured, and ends on the wire.
    """
    has_payload = packets.whole[segments.rows] > segments.payload
    is_udp = (packets.protocol[segments.rows] == UDP) & ~packets.later[segments.rows]
    is_dns = is_udp & _has_port(segments, (DNS_PORT,)) & (segments.payload + 12 <= packets.stop[segments.rows])
    is_heard = (packets.protocol[segments.rows] == TCP) & (flows["watched"] & (WATCHED | IGNORED) == WATCHED)
    places = np.flatnonzero((is_dns | is_heard) & has_payload)
    rows, heard = segments.rows[places], flows[places]
    return zip(
        heard["number"].tolist(),
        heard["key"].tolist(),
        arrived["packets"][places, 1].tolist(),
        packets.frames.time[rows].tolist(),
        segments.sequence[places].tolist(),
        turned(heard).astype(np.int64).tolist(),
        is_udp[places].tolist(),
        segments.payload[places].tolist(),
        packets.stop[rows].tolist(),
        packets.whole[rows].tolist(),
        strict=True,
    )


def _closed(flows: Flows) -> Iterator[tuple[int, bytes]]:
    """Connections that were listened to and that both sides have closed or one has reset."""
    flags = flows["flags"]
    ended = (flags[:, 0] & flags[:, 1] & FIN > 0) | ((flags[:, 0] | flags[:, 1]) & RST > 0)
    places = np.flatnonzero(ended & (flows["watched"] & (WATCHED | IGNORED) == WATCHED))
    _, once = np.unique(flows["number"][places], return_index=True)
    ended_flows = flows[places[once]]
    return zip(ended_flows["number"].tolist(), ended_flows["key"].tolist(), strict=True)


def _listener(ends: Ends, payload: bytes, key: bytes, questions: Questions) -> Listener | None:
    word = payload[:4]
    if begins_tls(payload):
        return Handshake((bytearray(), bytearray()))
    if word in http.METHODS or word == http.ANSWER:
        return http.Requests()
    if word == ssh.BEGINS:
        return ssh.Greeting()
    if word in smtp.GREETINGS and not set(smtp.PORTS).isdisjoint(ends.ports):
        return smtp.Mails()
    return Over(questions, key) if DNS_PORT in ends.ports else None


def _ends(key: bytes, flow: int) -> Ends:
    first, second, ports, _, family = _KEY.unpack_from(key)
    addresses = address_text(first, family), address_text(second, family)
    return Ends(addresses, (ports >> 16, ports & 0xFFFF), flow)
