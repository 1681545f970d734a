"""Errors that a user is told of in one line: what is wrong, where, what to do."""


class TocsinError(Exception):
    """A problem that its message explains fully; it ends the command with ``exit_code``."""

    exit_code = 2


class WrongUse(TocsinError):
    """Asked for something that is not there or does not fit."""


class Unreadable(TocsinError):
    """The input cannot be read at all."""

    exit_code = 3


class Unreachable(TocsinError):
    """A partner or service does not answer."""

    exit_code = 4
