"""A host that carries data inside questions to resolvers, as iodine, dnscat2 and data thieves do.

Sees: a local host's questions for names below one registered domain that are new nearly every time: long ones that fill
    the room that a name has, or ones that are asked for as text and answered with ever new text.

Needs: the names that were asked for, seen before a resolver merges its clients. Their types and answers help.

Misses: tunnels that ask for fewer than names_min new names a day, or for short ones whose answers are addresses;
    questions inside TLS or HTTPS; tunnels to an address that use port 53 for something other than DNS.

Alarms falsely on: look-ups that put hashes into names and are answered with text of their own each, where only one
    host makes them: a rule hides those. Lists of senders and virus scanners, which answer with addresses in
    127.0.0.0/8, and domains that many hosts here ask for are marked down; names that hold an address do not count.

Parameters:
    names_min: fewest new names below the domain; of a busy site people meet a dozen
    fresh_min_percent: how many of the questions ask for a new name, percent; caches keep others from being asked again
    carried_min_bytes: from how many characters in new names on a domain was told more than names hold by themselves
    carried_many_bytes: what hardly any look-up tells in a day
    full_characters: a name that reaches so many before the domain is as full as a tunnel makes it: names end at 253,
        hashes, identifiers and descriptions of servers at some 90
    full_min_percent: how many of the new names must be so full, percent
    odd_per_mille: a label looks encoded when no more than so many in a thousand popular names look so
    digits_min_percent: or when so many of its characters are digits, percent, as one in five or more are of what is
        written in hexadecimal or base 64
    odd_min_percent: how many of the new names must have such a label, percent
    text_min_percent: how many of the questions must be for records that hold text or names, percent
    varied_min_percent: how many of the answers to these must be new ones, percent; a look-up has a few that recur
    listed_min_percent: how many of the answers with an address must lie in 127.0.0.0/8 to be a list's, percent
    common_percent: domains that so many of the hosts ask in are software's own, percent
    common_hosts_min: fewest hosts that must ask there before their share says anything
    clients_min: from so many others on whose questions a host answers, it is a resolver
    score_min: lowest score that is kept, below 0.7 as a candidate. New names count 20, carried_min_bytes 20,
        carried_many_bytes 10, full names 20, encoded ones 10, questions for text 10, ever new text in answer 30; a
        list's answers take 40 away, a domain that is common here 30, being a resolver 50

Learn more: MITRE ATT&CK T1071.004, T1048.003; Born, Gustafson, Detecting DNS Tunnels Using Character Frequency
    Analysis (2010); Farnham, Detecting DNS Tunneling (SANS Institute, 2013).
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from tocsin.detect._expressions import count_where, points, quantiles, score, share
from tocsin.wording import duration, many, number

SAMPLING = 1
NEEDS = ("dns.query",)

DOMAIN = ("sensor", "host", "domain", "day")

# Records whose data is text, names or whatever their owner likes (RFC 1035, RFC 2782 and others), not an address.
TEXT_TYPES = ("TXT", "NULL", "CNAME", "MX", "NS", "SRV", "KEY", "DNSKEY", "SIG", "PRIVATE", "HINFO", "SPF")

LOOPBACK = "127."


def detect(
    dns: ir.Table,
    name: ir.Table,
    domain_day: ir.Table,
    *,
    names_min: int = 30,
    fresh_min_percent: int = 50,
    carried_min_bytes: int = 10_000,
    carried_many_bytes: int = 100_000,
    full_characters: int = 100,
    full_min_percent: int = 25,
    odd_per_mille: int = 50,
    digits_min_percent: int = 20,
    odd_min_percent: int = 50,
    text_min_percent: int = 50,
    varied_min_percent: int = 50,
    listed_min_percent: int = 50,
    common_percent: int = 20,
    common_hosts_min: int = 5,
    clients_min: int = 2,
    score_min: float = 0.4,
) -> ir.Table:
    """Domains through which data is carried, one row for each sensor, host, domain and day."""
    fresh = domain_day.names * 100 >= domain_day.questions * fresh_min_percent
    chosen = domain_day.filter(domain_day.names >= names_min, fresh)
    asked = _asked(dns, name, chosen)
    digits = asked.query.re_replace("[^0-9]", "").length()
    odd = asked.inner_usual_per_mille <= odd_per_mille
    asked = asked.mutate(
        full=asked.inner_length >= full_characters,
        encoded=odd | (digits * 100 >= asked.inner_length * digits_min_percent),
    )
    told = chosen.inner_join(_names(asked), DOMAIN).inner_join(_answers(asked), DOMAIN)
    text = told.text_questions * 100 >= told.questions * text_min_percent
    varied = told.text_answers * 100 >= told.text_questions * varied_min_percent
    listed = told.loopback_answers * 100 >= told.answered * listed_min_percent
    common = told.askers * 100 >= told.hosts * common_percent
    scored = told.mutate(
        score=score(
            20,
            points(told.fresh_bytes >= carried_min_bytes, 20),
            points(told.fresh_bytes >= carried_many_bytes, 10),
            points(told.full * 100 >= told.names * full_min_percent, 20),
            points(told.encoded * 100 >= told.names * odd_min_percent, 10),
            points(text, 10),
            points(text & varied, 30),
            points((told.answered > 0) & listed, -40),
            points((told.askers >= common_hosts_min) & common, -30),
            points(told.clients >= clients_min, -50),
        )
    )
    return _shown(scored.filter(scored.score >= score_min))


def explain(host: str, strongest: Mapping[str, Any], others: int) -> str:
    """How a customer reads it."""
    within = f"within {duration(timedelta(minutes=strongest['minutes']))}"
    back = f" and got {number(strongest['text_answer_bytes'])} bytes of text back" if strongest["text_answers"] else ""
    more = f" It does the same below {many(others, 'more domain')}." if others else ""
    return (
        f"{host} has asked for {many(strongest['new_names'], 'name')} below {strongest['name']} {within}, nearly each "
        f"of them new; it told {number(strongest['carried_bytes'])} bytes in them{back}. Names are looked up again and "
        f"again in ordinary use; data that is carried past a firewall looks like this.{more}"
    )


def _asked(dns: ir.Table, name: ir.Table, chosen: ir.Table) -> ir.Table:
    """The questions below the chosen domains."""
    of_name = name.filter(~name.about_address, name.inner_length > 0).semi_join(chosen, "domain")
    asked = dns.inner_join(of_name, dns.query == of_name.name)
    asked = asked.mutate(
        host=asked.initiator, day=asked.time.date(), text=asked.query_type.isin(TEXT_TYPES).fill_null(False)
    )
    return asked.mutate(answer=asked.answers.join(" ")).semi_join(chosen, DOMAIN)


def _names(asked: ir.Table) -> ir.Table:
    """How long the new names of each domain are, how many are full, and how many look encoded."""
    names = asked.group_by(*DOMAIN, "query").agg(
        length=asked.inner_length.max(), full=asked.full.max(), encoded=asked.encoded.max()
    )
    counted = names.group_by(DOMAIN).agg(full=count_where(names.full), encoded=count_where(names.encoded))
    return counted.inner_join(quantiles(names, DOMAIN, "length", characters_median=50, characters_most=100), DOMAIN)


def _answers(asked: ir.Table) -> ir.Table:
    """What came back to the questions of each domain."""
    some = asked.answer.length() > 0
    distinct = asked.filter(asked.text, some).group_by(*DOMAIN, "answer").agg(bytes=asked.answer.length().max())
    texts = distinct.group_by(DOMAIN).agg(text_answers=distinct.count(), text_answer_bytes=distinct.bytes.sum())
    counted = asked.group_by(DOMAIN).agg(
        text_questions=count_where(asked.text),
        answered=count_where(~asked.text & some),
        loopback_answers=count_where(~asked.text & asked.answer.startswith(LOOPBACK)),
    )
    both = counted.left_join(texts, DOMAIN).drop(*(f"{key}_right" for key in DOMAIN))
    return both.mutate(
        text_answers=both.text_answers.fill_null(0), text_answer_bytes=both.text_answer_bytes.fill_null(0)
    )


def _shown(found: ir.Table) -> ir.Table:
    lasted_us = found["last"].delta(found["first"], unit="microsecond")
    return found.select(
        *("sensor", "host", "day", "score"),
        name=found.domain,
        protocol=ibis.literal("udp"),
        first_seen=found["first"],
        last_seen=found["last"],
        questions=found.questions,
        new_names=found.names,
        carried_bytes=found.fresh_bytes,
        characters_median=found.characters_median,
        characters_most=found.characters_most,
        full_names=found.full,
        encoded_names=found.encoded,
        text_questions=found.text_questions,
        text_answers=found.text_answers,
        text_answer_bytes=found.text_answer_bytes,
        loopback_answer_share=share(found.loopback_answers, found.answered).fill_null(0.0),
        minutes=lasted_us / 6e7,
        questions_per_minute=share(found.questions * 60_000_000, ibis.greatest(lasted_us, 60_000_000)),
        hosts_that_ask_there=found.askers,
        hosts_here=found.hosts,
        clients=found.clients,
    )
