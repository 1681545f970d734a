"""Questions of DNS and their answers: one row of both."""

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from tocsin.telemetry._packets._dns_messages import Malformed, Message, message
from tocsin.telemetry._packets._talks import Ends, Talk

# A resolver that has not answered after a minute will not. So many questions may wait: at 1 kB each, 50 MB.
_WAIT_US = 60_000_000
MOST_WAITING = 50_000
# Questions of one number between the same ports: one that is sent again and again.
_MOST_ALIKE = 16


@dataclass(slots=True)
class Questions:
    """Questions that wait for their answers, by who asked whom, and the number of the question."""

    waiting: OrderedDict[tuple[bytes, int], list[dict[str, Any]]] = field(default_factory=OrderedDict)
    rows: list[dict[str, Any]] = field(default_factory=list)

    def hear(self, key: bytes, ends: Ends, sender: int, time: int, data: bytes) -> bool:
        """Read a message that a side sent; whether it was one. ``key`` names the exchange of packets."""
        try:
            read = message(data)
        except Malformed:
            return False
        where = (key, read.number)
        if read.is_answer:
            self._answer(where, _row(ends, 1 - sender, time, read), read)
        elif read.query is not None:
            self._ask(where, _row(ends, sender, time, read))
        return True

    def expire(self, now: int) -> None:
        """Those that have waited too long, or that are too many, were not answered."""
        while self.waiting:
            first = next(iter(self.waiting.values()))[0]
            if len(self.waiting) <= MOST_WAITING and now - first["time"] <= _WAIT_US:
                break
            self.rows += self.waiting.popitem(last=False)[1]

    def close(self) -> None:
        """No more answers come."""
        for rows in self.waiting.values():
            self.rows += rows
        self.waiting.clear()

    def _ask(self, where: tuple[bytes, int], row: dict[str, Any]) -> None:
        asked = self.waiting.setdefault(where, [])
        asked.append(row)
        if len(asked) > _MOST_ALIKE:
            self.rows.append(asked.pop(0))

    def _answer(self, where: tuple[bytes, int], row: dict[str, Any], read: Message) -> None:
        asked = self.waiting.get(where, [])
        place = next((place for place, one in enumerate(asked) if read.query is None or _same(one, row)), None)
        if place is not None:
            row = asked.pop(place) | {name: row[name] for name in ("response_code", "answers", "ttl_seconds")}
            if not asked:
                del self.waiting[where]
        if row["query"] is not None:
            self.rows.append(row)


@dataclass(slots=True)
class Over:
    """Who reads DNS over TCP, where each message has its length before it."""

    questions: Questions
    key: bytes

    def heard(self, talk: Talk, side: int, time: int) -> bool:
        """Read the messages that are whole."""
        stream = talk.streams[side]
        while len(stream.data) >= 2:
            end = 2 + (stream.data[0] << 8 | stream.data[1])
            if len(stream.data) < end:
                break
            read = self.questions.hear(self.key, talk.ends, side, time, bytes(stream.data[2:end]))
            del stream.data[:end]
            if not read:
                return False
            talk.service = "dns"
        return not stream.broken

    def ended(self, talk: Talk) -> None:
        """Questions wait on, whatever becomes of the connection."""


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return bool(one["query"] == other["query"] and one["query_type"] == other["query_type"])


def _row(ends: Ends, asker: int, time: int, read: Message) -> dict[str, Any]:
    return {
        "time": time,
        "initiator": ends.addresses[asker],
        "initiator_port": ends.ports[asker],
        "responder": ends.addresses[1 - asker],
        "responder_port": ends.ports[1 - asker],
        "uid": str(ends.flow),
        "query": read.query,
        "query_type": read.query_type,
        "response_code": read.code,
        "answers": read.answers,
        "ttl_seconds": read.ttl,
    }
