"""How the TCP connections that each local host tried to open ended, for each address and port."""

import ibis
import ibis.expr.types as ir

from tocsin.detect._expressions import count_where, packets_at_least

KEYS = ("sensor", "host", "inside", "peer", "port", "day")

# Zeek's words for what it saw no beginning of: the middle of a connection, or only the other side's half of it.
NOT_OPENED_HERE = ("OTH", "SHR", "RSTRH")

# A program opens connections from a high port. Behind a low one stands a service that answers: the question was missed.
FIRST_OWN_PORT = 1024

# TCP refuses with a packet of headers alone (RFC 9293): no options, unlike the packet that accepts. Bytes, by family.
REFUSAL_V4, REFUSAL_V6 = 40, 60

# Data follow an answer only: who sends more than a request and its repetitions was answered where nobody looked.
# Systems repeat a request six times at most, in some 60 to 80 bytes, a frame around it included 100.
REQUEST_PACKETS_MAX, REQUEST_BYTES_MAX = 10, 100


def summarise(flow: ir.Table, place: ir.Table) -> ir.Table:
    """Attempts by sensor, host, peer, port and day; ``inside`` tells whether the peer is local too.

    ``vain`` counts those of the ``attempts`` that nobody answered or that were refused. Both are told by packets and
    bytes, for few sources have a word for it. Where a source says neither, there is no attempt to count.
    """
    local = place.filter(place.place == "local")
    nowhere = place.filter(place.place == "nowhere")
    tried = flow.filter(
        flow.protocol == "tcp",
        flow.responder_port.notnull(),
        packets_at_least(flow, "responder").notnull() | flow.state.notnull(),
        flow.initiator_port.fill_null(FIRST_OWN_PORT) >= FIRST_OWN_PORT,
        ~flow.state.fill_null("").isin(NOT_OPENED_HERE),
    )
    tried = tried.semi_join(local, tried.initiator == local.address)
    tried = tried.anti_join(nowhere, tried.responder == nowhere.address)
    own = local.select(own="address")
    tried = tried.left_join(own, tried.responder == own.own)
    tried = tried.mutate(
        host=tried.initiator,
        inside=tried.own.notnull(),
        peer=tried.responder,
        port=tried.responder_port,
        day=tried.time.date(),
        vain=_unheard(tried) | _refused(tried),
    )
    return tried.group_by(KEYS).agg(
        attempts=tried.count(),
        vain=count_where(tried.vain),
        first=tried.time.min(),
        last=tried.time.max(),
    )


def _unheard(flow: ir.Table) -> ir.BooleanValue:
    """Nothing came back, and nothing was sent that presumes an answer."""
    few = flow.initiator_packets <= REQUEST_PACKETS_MAX
    small = flow.initiator_bytes <= flow.initiator_packets * REQUEST_BYTES_MAX
    return (packets_at_least(flow, "responder") == 0).fill_null(False) & few.fill_null(True) & small.fill_null(True)


def _refused(flow: ir.Table) -> ir.BooleanValue:
    """What came back was no more than refusals."""
    refusal = ibis.ifelse(flow.responder.contains(":"), REFUSAL_V6, REFUSAL_V4)
    small = (flow.responder_packets > 0) & (flow.responder_bytes <= flow.responder_packets * refusal)
    return (flow.state == "REJ").fill_null(False) | small.fill_null(False)
