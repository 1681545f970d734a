"""A host that asks for many machine-made names to find its control server.

Sees: a local host's questions for many registered domains that do not exist and look as if a machine had made them; or,
    where failures do not show because somebody answers for every name, that most of what it asks for looks so; or very
    many that do not exist and are of one cut, though they be made of words.

Needs: the names that were asked for and how questions were answered, seen before a resolver merges its clients.

Misses: generators that ask for fewer than names_min names a day; lists of words unless most of what a host asks for
    fails, or very many of one cut do; names below one domain, which are counted once; questions inside TLS or HTTPS; a
    generator whose first names resolve.

Alarms falsely on: people who study malware, and crawlers that follow dead links of one kind; a rule hides those.
    Filters that deny advertisers' names make these fail, but few of them look so. A name server that
    answers others and mail servers, which look up what spam names, are marked down.

Parameters:
    odd_per_mille: a name counts as machine-made when no more than so many in a thousand popular ones look so. Of
        generated names two in three or more do (docs/decisions/0012-names.md)
    names_min: fewest failed machine-made names; mistyped and dead ones that happen to look so are single
    names_many: names that count as many, and the fewest where looks or failures must do alone
    names_mass: names that no person's day explains
    share_min_percent: how many of the failed names must look so, percent. Of those that people meet one in ten would
        be much
    share_alone_percent: how many of all names that were asked for must look so, or must have failed, percent, where
        looks or failures must do alone; names_mass failures of one cut need no share
    share_high_percent: from where on hardly anything else fails, percent
    burst_minutes: in how short a time names_min new ones count as a burst
    alike_characters: names are of one cut when the middle four fifths of them differ by no more characters in length;
        of popular ones they differ by nine
    one_suffix_percent: how many are below one suffix, percent, to be of one cut; of popular ones two thirds
        are below the most frequent
    common_percent: a name that resolves and that so many of the hosts ask for is software's own, percent. Failed ones
        are not spared so: an outbreak makes many hosts ask for the same
    common_hosts_min: fewest hosts that must ask for it before their share says anything
    mail_domains_min: from so many domains on whose mail servers a host asks for, it handles mail
    clients_min: from so many others on whose questions a host answers, it is a resolver
    names_shown: how many names are shown
    score_min: lowest score that is kept, below 0.7 as a candidate. Failed machine-made names count 50, machine-made
        ones however they fared 40, failures of one cut alone 25; many 15, mass 10, a burst 10, alike in length 10,
        one suffix 10, hardly any other 10; handling mail takes 30 away, being a resolver 50

Learn more: MITRE ATT&CK T1568.002; Antonakakis et al., From Throw-Away Traffic to Bots (USENIX Security 2012);
    Plohmann et al., A Comprehensive Measurement Study of Domain Generating Malware (USENIX Security 2016).
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from tocsin.detect._expressions import count_where, points, quantiles, score
from tocsin.wording import duration, many, number

SAMPLING = 1
NEEDS = ("dns.response_code",)

HOST = ("sensor", "host", "day")
SET = (*HOST, "kind_of_set")

# What a host is judged by: failed and machine-made names, machine-made ones however they fared, all that failed.
FAILED_ODD, ODD, FAILED = 0, 1, 2

MINUTE_US = 60_000_000


def detect(
    domain_day: ir.Table,
    *,
    odd_per_mille: int = 50,
    names_min: int = 10,
    names_many: int = 30,
    names_mass: int = 100,
    share_min_percent: int = 40,
    share_alone_percent: int = 50,
    share_high_percent: int = 75,
    burst_minutes: int = 10,
    alike_characters: int = 6,
    one_suffix_percent: int = 80,
    common_percent: int = 20,
    common_hosts_min: int = 5,
    mail_domains_min: int = 10,
    clients_min: int = 2,
    names_shown: int = 20,
    score_min: float = 0.4,
) -> ir.Table:
    """Generated names, one row for each sensor, host, day and the first few names."""
    common = (domain_day.askers >= common_hosts_min) & (domain_day.askers * 100 >= domain_day.hosts * common_percent)
    own = domain_day.filter(~common | (domain_day.resolved == 0)).mutate(
        odd=domain_day.usual_per_mille <= odd_per_mille,
        failing=(domain_day.failed > 0) & (domain_day.resolved == 0),
    )
    hosts = _hosts(domain_day, own)
    listed = _sets(own)
    sets = _described(listed, names_min).inner_join(hosts, HOST)
    whole = ibis.ifelse(sets.kind_of_set == FAILED_ODD, sets.failed_names, sets.asked_names)
    least = ibis.ifelse(sets.kind_of_set == FAILED_ODD, names_min, names_many)
    alike = sets.longest - sets.shortest <= alike_characters
    one_suffix = sets.most_below_one * 100 >= sets.names * one_suffix_percent
    share = ibis.ifelse(sets.kind_of_set == FAILED_ODD, share_min_percent, share_alone_percent)
    enough = sets.names * 100 >= whole * share
    sets = sets.mutate(alike=alike, one_suffix=one_suffix).filter(
        sets.names >= least,
        enough | ((sets.kind_of_set == FAILED) & (sets.names >= names_mass)),
        (sets.kind_of_set != FAILED) | (alike & one_suffix),
    )
    scored = sets.mutate(
        score=score(
            _base(sets.kind_of_set),
            points(sets.names >= names_many, 15),
            points(sets.names >= names_mass, 10),
            points(sets.quickest_us <= burst_minutes * MINUTE_US, 10),
            points(sets.alike, 10),
            points(sets.one_suffix, 10),
            points((sets.kind_of_set != FAILED) & (sets.names * 100 >= whole * share_high_percent), 10),
            points(sets.mail_domains >= mail_domains_min, -30),
            points(sets.clients >= clients_min, -50),
        )
    )
    found = _best(scored.filter(scored.score >= score_min))
    return _shown(found, listed, names_shown)


def explain(host: str, strongest: Mapping[str, Any], others: int) -> str:  # noqa: ARG001  (it counts what is named)
    """How a customer reads it."""
    names, failed = many(strongest["generated_names"], "name"), many(strongest["failed_names"], "name")
    within = f"within {duration(timedelta(minutes=strongest['minutes']))}"
    asked = f"of {many(strongest['asked_names'], 'name')} in all"
    if strongest["by_looks_alone"]:
        told = f"{host} has asked for {names} that look machine-made {within}, {asked}."
    elif strongest["by_failures_alone"]:
        told = f"{host} has asked for {names} of one cut that do not exist {within}, {asked}."
    else:
        told = f"{host} has asked for {names} that do not exist and look machine-made {within}; {failed} failed in all."
    return (
        f"{told} Half of the hosts here meet no more than {number(strongest['failed_names_usual_here'])} names that do "
        f"not exist in a day. Bots look for their control server in this way."
    )


def _base(kind: ir.IntegerValue) -> ir.IntegerValue:
    return ibis.ifelse(kind == FAILED_ODD, 50, ibis.ifelse(kind == ODD, 40, 25))


def _hosts(every: ir.Table, own: ir.Table) -> ir.Table:
    """What each host asked for in all, and how many failed names are usual."""
    names = own.group_by(HOST).agg(
        asked_names=own.count(), failed_names=count_where(own.failing), machine_made_names=count_where(own.odd)
    )
    hosts = every.group_by(HOST).agg(mail_domains=count_where(every.mail > 0), clients=every.clients.max())
    counted = hosts.left_join(names, HOST).drop(*(f"{key}_right" for key in HOST))
    counted = counted.mutate(
        **{name: counted[name].fill_null(0) for name in ("asked_names", "failed_names", "machine_made_names")}
    )
    usual = quantiles(counted, ("sensor", "day"), "failed_names", failed_names_usual_here=50)
    return counted.inner_join(usual, ("sensor", "day"))


def _sets(own: ir.Table) -> ir.Table:
    """The names that a host may be judged by, once for each set that they belong to."""
    chosen = (
        (FAILED_ODD, own.failing & own.odd),
        # Of a provider's customers many have names that a machine gave them, and they are there.
        (ODD, own.odd & ~own.provided),
        (FAILED, own.failing),
    )
    columns = (*HOST, "domain", "suffix", "label_length", "usual_per_mille", "failing", "first", "last")
    return ibis.union(
        *(own.filter(which).select(*columns, kind_of_set=ibis.literal(kind, "int64")) for kind, which in chosen)
    )


def _described(listed: ir.Table, size: int) -> ir.Table:
    """Each set as a whole: how many, how alike, and the shortest time in which ``size`` new ones came."""
    ordered = ibis.window(group_by=[listed[key] for key in SET], order_by=listed["first"])
    runs = listed.mutate(run_us=listed["first"].delta(listed["first"].lag(size - 1).over(ordered), unit="microsecond"))
    sets = runs.group_by(SET).agg(
        names=runs.count(),
        failed_in_set=count_where(runs.failing),
        quickest_us=runs.run_us.min(),
        first_seen=runs["first"].min(),
        last_seen=runs["last"].max(),
    )
    below = listed.group_by(*SET, "suffix").agg(names=listed.count())
    most = below.group_by(SET).agg(most_below_one=below.names.max(), suffixes=below.count())
    lengths = quantiles(listed, SET, "label_length", shortest=10, longest=90)
    for more in (most, lengths):
        sets = sets.inner_join(more, SET)
    return sets


def _best(scored: ir.Table) -> ir.Table:
    """The set that tells most of each host."""
    order = ibis.window(group_by=[scored[key] for key in HOST], order_by=[scored.score.desc(), scored.kind_of_set])
    return scored.mutate(place=ibis.row_number().over(order)).filter(lambda row: row.place == 0).drop("place")


def _shown(found: ir.Table, listed: ir.Table, most: int) -> ir.Table:
    """The names of each set that look most machine-made, each with the evidence of its set."""
    by_looks = ibis.window(
        group_by=[listed[key] for key in SET], order_by=[listed.usual_per_mille, listed["first"], listed.domain]
    )
    few = listed.mutate(place=ibis.row_number().over(by_looks)).filter(lambda row: row.place < most)
    few = few.select(*SET, "domain", "usual_per_mille", asked=few["first"])
    rows = few.inner_join(found, SET)
    return rows.select(
        *(*HOST, "first_seen", "last_seen", "score"),
        name=rows.domain,
        protocol=ibis.literal("udp"),
        popular_names_that_look_so_per_mille=rows.usual_per_mille,
        generated_names=rows.names,
        failed_generated_names=rows.failed_in_set,
        failed_names=rows.failed_names,
        machine_made_names=rows.machine_made_names,
        asked_names=rows.asked_names,
        by_looks_alone=(rows.kind_of_set == ODD).cast("int64"),
        by_failures_alone=(rows.kind_of_set == FAILED).cast("int64"),
        minutes=rows.last_seen.delta(rows.first_seen, unit="microsecond") / 6e7,
        suffixes=rows.suffixes,
        characters_from=rows.shortest,
        characters_to=rows.longest,
        failed_names_usual_here=rows.failed_names_usual_here,
        mail_domains=rows.mail_domains,
        clients=rows.clients,
    )
