"""What one side of a TCP connection sends, put in order, as far as somebody is going to read it."""

from dataclasses import dataclass, field

# No head of HTTP that servers take is longer, and hardly a first certificate.
LONGEST = 32_768
# Segments that came too early, of which the ones before are awaited.
_MOST_HELD = 32
_WRAP = 1 << 32
UNTIL_CLOSED = 1 << 62


@dataclass(slots=True)
class Stream:
    """One direction.

    Attributes:
        data: what has come and was not consumed
        skip: bytes that are to come and that nobody wants
        passed: bytes that were skipped since ``skip`` was set
        broken: bytes are missing or too many, or another protocol takes over, so that nothing more can be read here
    """

    data: bytearray = field(default_factory=bytearray)
    skip: int = 0
    passed: int = 0
    broken: bool = False
    _expected: int | None = None
    _held: dict[int, tuple[bytes, int]] = field(default_factory=dict)

    def take(self, sequence: int, payload: bytes, length: int) -> None:
        """A segment that begins at a sequence number, as far as captured, and its length on the wire."""
        if self._expected is None:
            self._expected = sequence
        self._place(sequence, payload, length)
        while self._held and not self.broken:
            early = next((number for number in self._held if self._ahead(number) in (0, None)), None)
            if early is None:
                break
            self._place(early, *self._held.pop(early))

    def passes(self, sequence: int, length: int) -> bool:
        """Whether the next segment was one that nobody wants, and not the last of them; if so, it is done with."""
        if sequence != self._expected or length >= self.skip:
            return False
        self._expected = (sequence + length) % _WRAP
        self.skip -= length
        self.passed += length
        return True

    def pass_over(self, count: int) -> None:
        """Nobody wants the next so many bytes, those at hand among them."""
        have = min(count, len(self.data))
        del self.data[:have]
        self.skip, self.passed = count - have, have

    def held(self) -> int:
        """Bytes in memory."""
        early = sum(len(payload) for payload, _ in self._held.values()) if self._held else 0
        return len(self.data) + early

    def _ahead(self, sequence: int) -> int | None:
        """How far behind the expected byte a segment begins; None when it begins before it."""
        distance = (sequence - (self._expected or 0)) % _WRAP
        return distance if distance < _WRAP // 2 else None

    def _place(self, sequence: int, payload: bytes, length: int) -> None:
        ahead = self._ahead(sequence)
        if ahead is None:
            known = ((self._expected or 0) - sequence) % _WRAP
            if known < length:
                self._append(payload[known:], length - known)
        elif ahead <= self.skip:
            # Bytes that nobody wants are not missed.
            self.skip -= ahead
            self.passed += ahead
            self._expected = sequence
            self._append(payload, length)
        elif len(self._held) < _MOST_HELD and self.held() < LONGEST:
            self._held[sequence] = (payload, length)
        else:
            self.broken = True

    def _append(self, payload: bytes, length: int) -> None:
        self._expected = ((self._expected or 0) + length) % _WRAP
        unwanted = min(self.skip, length)
        if unwanted:
            self.skip -= unwanted
            self.passed += unwanted
            payload, length = payload[unwanted:], length - unwanted
        self.data += payload
        self.broken |= len(payload) < length or len(self.data) > LONGEST
