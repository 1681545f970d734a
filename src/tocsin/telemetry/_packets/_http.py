"""Requests and answers of HTTP/1: their heads; of bodies only how long they are."""

import re
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from tocsin.records import Http
from tocsin.telemetry._packets._streams import UNTIL_CLOSED, Stream
from tocsin.telemetry._packets._talks import Talk, clean

METHODS = (
    *(b"GET ", b"POST", b"HEAD", b"PUT ", b"OPTI", b"CONN", b"DELE", b"PATC", b"TRAC", b"PROP", b"SEAR", b"NOTI"),
    *(b"M-SE", b"SUBS", b"MKCO", b"REPO"),
)
ANSWER = b"HTTP"
_REQUEST = re.compile(rb"([A-Z][A-Z_-]{1,31}) +(\S.*?) +HTTP/\d")
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? +(\d{3})")
_ABSOLUTE = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*://([^/?#]*)(.*)", re.DOTALL)
_LENGTH = re.compile(rb"\d{1,12}")
_LONGEST_HEAD, _LONGEST_TEXT, _LONGEST_LINE = 16_384, 2048, 64
# Requests that wait for their answers, as browsers once sent them on one connection.
_MOST_WAITING = 64
_HEAD, _BODY, _CHUNK, _TRAILER = range(4)


@dataclass(slots=True)
class _Direction:
    """What is being read of one side: what comes next, and bytes of the body so far."""

    phase: int = _HEAD
    body: int = 0


@dataclass(slots=True)
class Requests:
    """Who reads HTTP. Raises nothing; what is no HTTP ends it."""

    directions: tuple[_Direction, _Direction] = field(default_factory=lambda: (_Direction(), _Direction()))
    waiting: deque[dict[str, Any]] = field(default_factory=deque)
    answered: dict[str, Any] | None = None
    client: int | None = None

    def heard(self, talk: Talk, side: int, time: int) -> bool:
        """Read what can be read of a side."""
        stream, direction = talk.streams[side], self.directions[side]
        while not stream.skip:
            if direction.phase == _BODY:
                self._body_ended(talk, side)
            step = {_HEAD: self._head, _CHUNK: self._chunk, _TRAILER: self._trailer}[direction.phase]
            if not (more := step(talk, side, time)):
                return more is not False and not stream.broken
        return not stream.broken

    def ended(self, talk: Talk) -> None:
        """Tell what was asked and not answered whole."""
        for side in (0, 1):
            if self.directions[side].phase == _BODY:
                self._body_ended(talk, side)
        self._tell(talk)
        while self.waiting:
            self.answered = self.waiting.popleft()
            self._tell(talk)

    def _head(self, talk: Talk, side: int, time: int) -> bool | None:
        """A head; None when it is not whole yet, False when it is none or the last that can be read."""
        stream = talk.streams[side]
        while bytes(stream.data[:1]) in (b"\r", b"\n"):
            del stream.data[:1]
        head, size = _block(stream)
        if head is None and stream.broken:
            # The rest was not captured; the lines that were say enough.
            head = bytes(stream.data).rpartition(b"\n")[0] or None
        if head is None:
            return None if size < _LONGEST_HEAD else False
        line, *lines = head.split(b"\n")
        headers = _headers(lines)
        if found := _REQUEST.match(line):
            self.client = side
            read = self._request(found, headers, time)
        elif (found := _STATUS.match(line)) and side != self.client:
            self.client = 1 - side
            read = self._answer(talk, int(found[1]), headers, time)
        else:
            # No request, but what answers it may be read.
            stream.broken = True
            return False
        del stream.data[:size]
        talk.service = "http"
        return read and self._framed(stream, side, headers)

    def _request(self, found: re.Match[bytes], headers: dict[bytes, bytes], time: int) -> bool:
        method, target = found[1], found[2]
        host, path = headers.get(b"host", b""), target
        if absolute := _ABSOLUTE.fullmatch(target):
            host, path = host or absolute[1], absolute[2] or b"/"
        self.directions[self.client or 0].body = 0
        self.waiting.append(
            {
                "time": time,
                "method": clean(method, 32),
                "host": _host(host),
                "path": clean(path, _LONGEST_TEXT),
                "user_agent": clean(headers[b"user-agent"], _LONGEST_TEXT) if b"user-agent" in headers else None,
                "status": None,
                "request_bytes": 0,
                "response_bytes": None,
            }
        )
        return len(self.waiting) <= _MOST_WAITING

    def _answer(self, talk: Talk, status: int, headers: dict[bytes, bytes], time: int) -> bool:
        if 100 <= status < 200 and status != 101:
            headers[b"content-length"] = b"0"
            return True
        self._tell(talk)
        unasked = dict.fromkeys(("method", "host", "path", "user_agent", "request_bytes")) | {"time": time}
        self.answered = self.waiting.popleft() if self.waiting else unasked
        method = self.answered["method"]
        self.answered |= {"status": status, "response_bytes": 0}
        if method == "HEAD" or status in (204, 304):
            headers[b"content-length"] = b"0"
            headers.pop(b"transfer-encoding", None)
        if status != 101 and (method != "CONNECT" or status // 100 != 2):
            return True
        # What follows is another protocol, as often as not TLS.
        talk.streams[0].broken = talk.streams[1].broken = True
        return False

    def _framed(self, stream: Stream, side: int, headers: dict[bytes, bytes]) -> bool:
        """What follows a head: a body of a length, in chunks, until the end, or none."""
        direction = self.directions[side]
        direction.body = 0
        if b"chunked" in headers.get(b"transfer-encoding", b"").lower():
            direction.phase = _CHUNK
            return True
        length = headers.get(b"content-length")
        if length is not None and not _LENGTH.fullmatch(length):
            return False
        direction.phase = _BODY
        unsaid = 0 if side == self.client else UNTIL_CLOSED
        stream.pass_over(unsaid if length is None else int(length))
        self._count(side, stream)
        return True

    def _chunk(self, talk: Talk, side: int, time: int) -> bool | None:
        stream, direction = talk.streams[side], self.directions[side]
        line, found, _ = bytes(stream.data[: _LONGEST_LINE * 4]).partition(b"\n")
        if not found:
            return None if len(line) < _LONGEST_LINE * 4 else False
        digits = line.split(b";")[0].strip()
        if not re.fullmatch(rb"[0-9A-Fa-f]{1,8}", digits):
            return False
        del stream.data[: len(line) + 1]
        size = int(digits, 16)
        direction.body += size
        self._count(side, None)
        if size:
            stream.pass_over(size + 2)
        else:
            direction.phase = _TRAILER
        return True

    def _trailer(self, talk: Talk, side: int, time: int) -> bool | None:
        """Lines up to a blank one."""
        stream = talk.streams[side]
        line, found, _ = bytes(stream.data[:_LONGEST_HEAD]).partition(b"\n")
        if not found:
            return None if len(line) < _LONGEST_HEAD else False
        del stream.data[: len(line) + 1]
        if not line.strip():
            self._body_ended(talk, side)
        return True

    def _body_ended(self, talk: Talk, side: int) -> None:
        direction, stream = self.directions[side], talk.streams[side]
        self._count(side, stream if direction.phase == _BODY else None)
        direction.phase = _HEAD
        if side != self.client:
            self._tell(talk)

    def _count(self, side: int, stream: Stream | None) -> None:
        """Write down how much of the body there was."""
        count = self.directions[side].body if stream is None else stream.passed
        if side == self.client and self.waiting:
            self.waiting[-1]["request_bytes"] = count
        elif side == self.client and self.answered is not None:
            self.answered["request_bytes"] = count
        elif side != self.client and self.answered is not None:
            self.answered["response_bytes"] = count

    def _tell(self, talk: Talk) -> None:
        if self.answered is not None:
            talk.say(Http, self.client or 0, **self.answered)
            self.answered = None


def _block(stream: Stream) -> tuple[bytes | None, int]:
    """Lines up to a blank one, and their size with it; without one None, and how much there is."""
    data = bytes(stream.data[:_LONGEST_HEAD])
    found = re.search(rb"\r?\n\r?\n", data)
    return (data[: found.start()], found.end()) if found else (None, len(data))


def _headers(lines: list[bytes]) -> dict[bytes, bytes]:
    """Names in lower case and values; of several of one name the first."""
    headers: dict[bytes, bytes] = {}
    for line in lines[:200]:
        name, _, value = line.partition(b":")
        headers.setdefault(name.strip().lower(), value.strip())
    return headers


def _host(value: bytes) -> str | None:
    """A name or address without its port.

    >>> _host(b"Example.ORG:8080"), _host(b"[2001:db8::1]:80"), _host(b"")
    ('example.org', '2001:db8::1', None)
    """
    name = value[1:].partition(b"]")[0] if value.startswith(b"[") else value.partition(b":")[0]
    return clean(name.lower(), 255) or None
