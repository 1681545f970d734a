"""A host that follows advertisements all day, as no person does.

Sees: HTTP requests for what counts a click on an advertisement, many of them, to several advertising hosts,
    hour after hour, by a host that hardly asks for anything else. Clickbots earn by this.

Needs: HTTP telemetry with host and path. Encrypted clicks are not seen.

Misses: bots that click a few times a day or load whole pages around their clicks, and all that is inside TLS.

Alarms falsely on: crawlers and tests of advertising networks themselves.

Parameters:
    clicks_min: fewest clicks of the day; a person follows a handful
    hosts_min: fewest advertising hosts; one alone may call other things a click
    slots_min: five-minute slots of the day that must hold a click; one page that misbehaves is over sooner
    share_min_percent: how many of the host's requests are clicks, percent. Of a page that a person opens, a hundred
        parts are fetched for each click
    hosts_shown: how many advertising hosts are named
    score_min: lowest score that is kept, below 0.7 as a candidate. So many clicks count 60, ten times as many 10, twice
        the share 10, one program (User-Agent) for all clicks 10

Learn more: MITRE ATT&CK T1496; Miller et al., What's Clicking What? Techniques and Innovations of Today's Clickbots
    (DIMVA 2011); Pearce et al., Characterizing Large-Scale Click Fraud in ZeroAccess (CCS 2014).
"""

from collections.abc import Mapping
from typing import Any

import ibis
import ibis.expr.types as ir

from tocsin.detect._expressions import count_where, points, score, share
from tocsin.wording import number

SAMPLING = 1
NEEDS = ("http.path",)

HOST = ("sensor", "host", "day")
SLOT_MINUTES = 5

# What advertising networks call the step that counts a click, as a whole word in the path or in the name.
CLICK = r"(^|[/._?&;-])(ad|a|g|pixel)?(click|clk|clickthru|clickthrough|clicktrack)(s|er|tracker)?([/._?&;=-]|$)"


def detect(
    http: ir.Table,
    place: ir.Table,
    *,
    clicks_min: int = 100,
    hosts_min: int = 3,
    slots_min: int = 12,
    share_min_percent: int = 30,
    hosts_shown: int = 5,
    score_min: float = 0.4,
) -> ir.Table:
    """Hosts that click, one row for each sensor, host, day and advertising host, those with most clicks first."""
    requests = _requests(http, place)
    clickers = requests.group_by(HOST).agg(
        requests=requests.count(),
        clicks=count_where(requests.click),
        advertisers=requests.name.nunique(where=requests.click),
        programs=requests.program.nunique(where=requests.click),
        slots=requests.slot.nunique(where=requests.click),
        first_seen=requests.time.min(where=requests.click),
        last_seen=requests.time.max(where=requests.click),
    )
    clickers = clickers.filter(
        clickers.clicks >= clicks_min,
        clickers.advertisers >= hosts_min,
        clickers.slots >= slots_min,
        clickers.clicks * 100 >= clickers.requests * share_min_percent,
    )
    scored = clickers.mutate(
        score=score(
            60,
            points(clickers.clicks >= 10 * clicks_min, 10),
            points(clickers.clicks * 100 >= clickers.requests * 2 * share_min_percent, 10),
            points(clickers.programs == 1, 10),
        )
    )
    return _shown(scored.filter(scored.score >= score_min), requests.filter(requests.click), hosts_shown)


def explain(host: str, strongest: Mapping[str, Any], others: int) -> str:  # noqa: ARG001  (it counts what is named)
    """How a customer reads it."""
    share_percent = round(100 * strongest["clicks_share"])
    return (
        f"{host} has followed advertisements {number(strongest['clicks'])} times on "
        f"{number(strongest['advertising_hosts'])} advertising hosts, {share_percent} % of all that it asked the web "
        f"for. People follow a handful a day; programs that earn by false clicks do this."
    )


def _requests(http: ir.Table, place: ir.Table) -> ir.Table:
    local = place.filter(place.place == "local")
    asked = http.filter(http.host.notnull(), http.path.notnull()).semi_join(local, http.initiator == local.address)
    return asked.select(
        "sensor",
        "time",
        host=asked.initiator,
        name=asked.host.lower().re_replace(r":[0-9]+$", ""),
        peer=asked.responder,
        port=asked.responder_port,
        program=asked.user_agent.fill_null(""),
        day=asked.time.date(),
        slot=(asked.time.hour() * 60 + asked.time.minute()) // SLOT_MINUTES,
        click=asked.path.lower().re_search(CLICK) | asked.host.lower().re_search(CLICK),
    )


def _shown(clickers: ir.Table, clicks: ir.Table, most: int) -> ir.Table:
    """The advertising hosts that were asked most, each with the evidence of the host."""
    hosts = clicks.group_by(*HOST, "name").agg(asked=clicks.count())
    order = ibis.window(group_by=[hosts[key] for key in HOST], order_by=[hosts.asked.desc(), hosts.name])
    few = hosts.mutate(place=ibis.row_number().over(order)).filter(lambda row: row.place < most)
    rows = few.select(*HOST, "name", "asked").inner_join(clickers, HOST)
    return rows.select(
        *HOST,
        "name",
        "first_seen",
        "last_seen",
        "score",
        "clicks",
        peer=ibis.null("string"),
        port=ibis.null("int64"),
        protocol=ibis.literal("tcp"),
        clicks_on_this_host=rows.asked,
        clicks_share=share(rows.clicks, rows.requests),
        advertising_hosts=rows.advertisers,
        programs=rows.programs,
        five_minute_slots=rows.slots,
    )
