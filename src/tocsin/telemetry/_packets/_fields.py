"""Fields of a binary message, one after the other, never beyond its end."""


class TooShort(Exception):
    """The message ends before the field does."""


class Fields:
    """A message that is read from its beginning."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def __bool__(self) -> bool:
        return self.at < len(self.data)

    def octets(self, count: int) -> bytes:
        """The next so many bytes. Raises TooShort."""
        begin, self.at = self.at, self.at + count
        if self.at > len(self.data):
            raise TooShort
        return self.data[begin : self.at]

    def number(self, size: int) -> int:
        """A number of so many bytes, high byte first. Raises TooShort."""
        return int.from_bytes(self.octets(size), "big")

    def part(self, size: int) -> "Fields":
        """A part whose length stands before it in so many bytes. Raises TooShort."""
        return Fields(self.octets(self.number(size)))

    def numbers(self, size: int) -> list[int]:
        """All that is left, as numbers of so many bytes. Raises TooShort."""
        found = []
        while self:
            found.append(self.number(size))
        return found
