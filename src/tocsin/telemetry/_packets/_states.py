"""How an exchange went, in Zeek's words, from the flags that each side sent. Null where they do not surely say it.

The words are those of Zeek's ``conn_state``. Null stands for connections that both sides reset, and for those of which
the beginning was not seen and that were reset or closed by one side.
"""

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tocsin.telemetry._packets._exchanges import ANSWERED, ASKED
from tocsin.telemetry._packets._frames import Integers
from tocsin.telemetry._packets._packets import TCP, UDP
from tocsin.telemetry._packets._transport import ACK, FIN, RST

_WORDS = (None, "S0", "S1", "SF", "REJ", "S2", "S3", "RSTO", "RSTR", "RSTOS0", "RSTRH", "SH", "SHR", "OTH")
_CODES = {word: code for code, word in enumerate(_WORDS)}


def states(protocol: Integers, flags: NDArray[np.uint16], packets: Integers) -> "pa.Array[Any]":
    """States of flows. ``flags`` and ``packets`` have two columns: of the initiator and of the responder."""
    codes = np.select([protocol == TCP, protocol == UDP], [_tcp(flags, packets), _udp(packets)], _CODES["OTH"])
    # Exchanges of other protocols have no states; Zeek says so of ICMP.
    codes = np.where(np.isin(protocol, (TCP, UDP, 1, 58)), codes, 0)
    return pa.array(_WORDS, pa.string()).take(pa.array(codes, pa.int64()))


def _udp(packets: Integers) -> Integers:
    asked, answered = packets[:, 0] > 0, packets[:, 1] > 0
    return np.select([asked & answered, asked], [_CODES["SF"], _CODES["S0"]], _CODES["SHR"])


def _tcp(flags: NDArray[np.uint16], packets: Integers) -> Integers:
    initiator, responder = flags[:, 0], flags[:, 1]
    asked, answered = initiator & ASKED > 0, responder & ANSWERED > 0
    begun = asked | answered
    silent, mute = packets[:, 1] == 0, packets[:, 0] == 0
    reset = (initiator & RST > 0, responder & RST > 0)
    closed = (initiator & FIN > 0, responder & FIN > 0)
    told = [
        (closed[0] & closed[1], "SF"),
        (reset[0] & reset[1], None),
        (reset[1] & asked & ~answered & (initiator & ACK == 0), "REJ"),
        (reset[1] & answered & mute, "RSTRH"),
        (reset[1] & begun, "RSTR"),
        (reset[0] & silent & asked, "RSTOS0"),
        (reset[0] & begun & ~silent, "RSTO"),
        (reset[0] | reset[1], None),
        (closed[0] & silent & asked, "SH"),
        (closed[0] & begun & ~silent, "S2"),
        (closed[1] & mute & answered, "SHR"),
        (closed[1] & begun & ~mute, "S3"),
        (closed[0] | closed[1], None),
        (asked & silent & (initiator & ACK == 0), "S0"),
        (answered & ~mute, "S1"),
    ]
    conditions, words = [condition for condition, _ in told], [_CODES[word] for _, word in told]
    return np.select(conditions, words, _CODES["OTH"])
