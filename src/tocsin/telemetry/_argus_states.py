"""How a connection went, in Zeek's words, from what Argus says of it. Null where the two do not surely mean the same.

Argus has a word for the state of a record or, with ``ra -Z b``, the TCP flags that each side sent: ``FSPA_FSPA``.

===========================================  ========  =================================================
flags, initiator's and responder's           Zeek      meaning
===========================================  ========  =================================================
``S_``                                       S0        asked, not answered
``S_RA``, ``S_R``                            REJ       refused
``SR_``                                      RSTOS0    asked and withdrawn, not answered
``FS_``                                      SH        asked and closed, not answered
``_FSA``, ``_SRA`` (with or without P)       SHR,      only the responder's side was seen
                                             RSTRH
S and A on both sides, no F, no R            S1        established, not ended
the same and F on both sides                 SF        established, ended
the same and F on one side                   S2, S3    closed by the initiator, by the responder, only
the same, no F, and R on one side            RSTO,     established, then reset by the initiator,
                                             RSTR      by the responder
no S, F or R on either side                  OTH       the middle of a connection
``REQ``                                      S0        asked, not answered
UDP: ``INT``, ``CON``                        S0, SF    not answered, answered
===========================================  ========  =================================================
"""

from tocsin.telemetry._values import distinct

_WORDS = {"tcp REQ": "S0", "udp INT": "S0", "udp CON": "SF"}
_CLOSED = {(False, False): "S1", (True, True): "SF", (True, False): "S2", (False, True): "S3"}
_ONE_SIDED = {frozenset("S"): "S0", frozenset("SR"): "RSTOS0", frozenset("FS"): "SH"}
# Explicit congestion notification, and push and urgent, say nothing about how a connection went.
_CONGESTION, _DATA = frozenset("EC"), frozenset("PU")


def state(text: str) -> str | None:
    """Protocol and state in Zeek's words.

    >>> [state(f"tcp {flags}") for flags in ("S_", "S_RA", "FSPA_FSPA", "SPA_SRPA", "FSRPA_FSPA", "PA_PA", "CON")]
    ['S0', 'REJ', 'SF', 'RSTR', None, 'OTH', None]
    """
    protocol, _, flags = text.partition(" ")
    initiator, separator, responder = flags.partition("_")
    if protocol != "tcp" or not separator or set(initiator + responder) - set("FSRPAUEC"):
        return _WORDS.get(text)
    return _connection(frozenset(initiator) - _CONGESTION, frozenset(responder) - _CONGESTION)


def _connection(initiator: frozenset[str], responder: frozenset[str]) -> str | None:
    if not responder:
        return _ONE_SIDED.get(initiator)
    if not initiator:
        return {frozenset("FSA"): "SHR", frozenset("SRA"): "RSTRH"}.get(responder - _DATA)
    if initiator == {"S"}:
        return "REJ" if responder in ({"R"}, {"R", "A"}) else None
    ended = (initiator | responder) & {"F", "R"}
    if {"S", "A"} <= initiator & responder:
        return _established(initiator, responder, ended)
    return None if ended or "S" in initiator | responder else "OTH"


def _established(initiator: frozenset[str], responder: frozenset[str], ended: frozenset[str]) -> str | None:
    if "R" not in ended:
        return _CLOSED["F" in initiator, "F" in responder]
    if "F" in ended or "R" in initiator & responder:
        return None
    return "RSTO" if "R" in initiator else "RSTR"


states = distinct(state)
