"""Many failed machine-made names are a generator's; what else fails or looks odd is not."""

from datetime import date
from pathlib import Path

import pyarrow as pa

from tests.detect.captured import payload_questions, zeek_questions
from tests.detect.flows import HOST, PEER, Detect, Row
from tests.detect.questions import asked, each, failed, generated, scores
from tocsin.detect import DetectSummary, dga
from tocsin.detect import detect as detect_all
from tocsin.parties.enrol import Entry, enrol
from tocsin.records import Dns, arrow_schema
from tocsin.store.lake import LakeWriter
from tocsin.store.ledger import Ledger, put
from tocsin.workspace import Workspace

WORDS = ["river", "window", "garden", "silver", "market", "letter", "summer", "planet", "copper", "basket"]
SUFFIXES = ("com", "net", "org", "info", "biz")


def worded(count: int, suffixes: tuple[str, ...] = SUFFIXES) -> list[str]:
    """Names as people and lists of words make them."""
    pairs = [f"{one}{other}" for one in WORDS for other in WORDS] + [f"the{one}{two}" for one in WORDS for two in WORDS]
    return [f"{name}.{suffixes[place % len(suffixes)]}" for place, name in enumerate(pairs[:count])]


def ordinary(count: int) -> list[Row]:
    """What a person's programs ask for, and get."""
    return [asked(place * 60, f"www.{name}") for place, name in enumerate(worded(count))]


def found_at(count: int) -> list[Row]:
    """Other names that are there."""
    return [asked(place * 60, name) for place, name in enumerate(worded(count, ("info",)))]


def test_failed_machine_made_names_are_found(detect: Detect) -> None:
    rows = detect("dga", [], dns=[*each(generated(10)), *ordinary(40)])
    assert {row["name"] for row in rows} == set(generated(10))
    row = rows[0]
    assert (row["host"], row["score"], row["by_looks_alone"], row["by_failures_alone"]) == (HOST, 0.9, 0, 0)
    assert (row["generated_names"], row["failed_names"], row["asked_names"], row["suffixes"]) == (10, 10, 50, 1)
    assert (row["characters_from"], row["characters_to"], row["minutes"]) == (12, 12, 0.75)
    assert all(row["popular_names_that_look_so_per_mille"] <= 50 for row in rows)


def test_it_says_so_and_shows_a_few(detect: Detect) -> None:
    rows = detect("dga", [], dns=[*each(generated(40)), *each(worded(5))])
    assert len(rows) == 20
    told = dga.explain(HOST, rows[0], 19)
    assert told.startswith(f"{HOST} has asked for 40 names that do not exist and look machine-made within 3.2")
    assert "; 45 names failed in all. Half of the hosts here meet no more than 45 names" in told


def test_more_names_are_stronger(detect: Detect) -> None:
    slow = [each(generated(count, SUFFIXES), apart=800) for count in (9, 10, 29, 30, 99, 100)]
    assert scores(detect, "dga", *slow) == [0, 0.7, 0.7, 0.85, 0.85, 0.95]


def test_ones_below_many_suffixes_must_come_quickly_or_be_many(detect: Detect) -> None:
    others = each(worded(4), begin=50_000)
    quick, slower = ([*each(generated(10, SUFFIXES), apart=apart), *others] for apart in (66, 67))
    others = each(worded(11), begin=50_000)
    slow, many = ([*each(generated(count, SUFFIXES), apart=1200), *others] for count in (29, 30))
    assert scores(detect, "dga", quick, slower, slow, many) == [0.7, 0, 0, 0.75]


def test_two_in_five_that_fail_must_look_so(detect: Detect) -> None:
    cases = [[*each(generated(10)), *each(worded(others))] for others in (3, 4, 15, 16)]
    assert scores(detect, "dga", *cases) == [0.9, 0.8, 0.8, 0]


def test_lengths_apart_count_less(detect: Detect) -> None:
    cases = [each(generated(5, length=7) + generated(5, length=length, seed=8)) for length in (13, 14)]
    assert scores(detect, "dga", *cases) == [0.9, 0.8]


def test_names_that_all_resolve_are_found_by_looks(detect: Detect) -> None:
    """A resolver that answers for names that do not exist, or a sinkhole."""
    names = [asked(place, name) for place, name in enumerate(generated(30))]
    row = detect("dga", [], dns=names)[0]
    assert (row["by_looks_alone"], row["generated_names"], row["failed_generated_names"]) == (1, 30, 0)
    assert "has asked for 30 names that look machine-made within" in dga.explain(HOST, row, 19)
    cases = [names[:29], [*names, *ordinary(30)], [*names, *ordinary(31)]]
    assert scores(detect, "dga", *cases) == [0, 0.85, 0]


def test_lists_of_words_are_found_when_nearly_all_fails(detect: Detect) -> None:
    rows = detect("dga", [], dns=each(worded(100, ("com",))))
    assert (rows[0]["by_failures_alone"], rows[0]["score"]) == (1, 0.8)
    assert "100 names of one cut that do not exist" in dga.explain(HOST, rows[0], 19)
    many, few = (each(worded(count, ("com",))) for count in (30, 29))
    dead_links, slow = each(worded(150)), each(worded(99, ("com",)), apart=300)
    half, less = ([*many, *found_at(others)] for others in (30, 31))
    mass, less_mass = ([*each(worded(count, ("com",))), *found_at(190)] for count in (100, 99))
    found = scores(detect, "dga", many, few, dead_links, slow, half, less, mass, less_mass)
    assert found == [0.7, 0, 0, 0, 0.7, 0, 0.8, 0]


def test_a_name_that_resolves_once_has_not_failed(detect: Detect) -> None:
    names = generated(12)
    some = [asked(9000 + place, f"www.{name}") for place, name in enumerate(names[:3])]
    assert scores(detect, "dga", [*each(names), *some], [*each(names), *some[:2]]) == [0, 0.9]


SILENT = {
    "a browser's random probes": [name.partition(".")[0] for name in generated(60)],
    "a search suffix": [f"{name.partition('.')[0]}.corp.example.com" for name in generated(60)],
    "a root of one's own": [f"{name.partition('.')[0]}.corp" for name in generated(60)],
    "lists of senders": [f"{place}.2.0.192.zen.example.org" for place in range(200)],
    "reputation": [f"{name.partition('.')[0]}.scan.example.net" for name in generated(200)],
    "addresses backwards": [f"{place}.2.0.192.in-addr.arpa" for place in range(200)],
    "other alphabets": [f"xn--{name}" for name in generated(25, SUFFIXES)],
    "multicast DNS": [f"{name.partition('.')[0]}.local" for name in generated(60)],
    "one name again and again": generated(1) * 500,
    "mistyped": worded(29, ("com",)),
}


def test_what_else_fails_is_silent(detect: Detect) -> None:
    found = scores(detect, "dga", *(each(names, apart=1) for names in SILENT.values()))
    assert dict(zip(SILENT, found, strict=True)) == dict.fromkeys(SILENT, 0)


def test_customers_of_a_provider_have_machine_made_names_and_those_are_there(detect: Detect) -> None:
    content = [asked(place, f"{name.partition('.')[0]}.cloudfront.net") for place, name in enumerate(generated(80))]
    dynamic = each(f"{name.partition('.')[0]}.ddns.net" for name in generated(30))
    assert scores(detect, "dga", content, dynamic) == [0, 0.99]


def test_netbios_and_unanswered_questions_say_nothing(detect: Detect) -> None:
    unheard = [*each(generated(60), response_code=None), *ordinary(61)]
    assert scores(detect, "dga", each(generated(60), query_type="NB"), unheard) == [0, 0]


def test_a_resolver_that_asks_for_others_is_not_accused(detect: Detect) -> None:
    clients = [asked(place, "www.example.com", initiator=f"192.0.2.{place}", responder=HOST) for place in (21, 22)]
    cases = [[*each(generated(100)), *clients[:count]] for count in (1, 2)]
    assert scores(detect, "dga", *cases) == [0.99, 0]


def test_a_mail_server_needs_more_than_spam_names(detect: Detect) -> None:
    mail = [asked(place, name, query_type="MX") for place, name in enumerate(worded(10))]
    cases = [[*each(generated(29)), *mail[:count]] for count in (9, 10)]
    assert scores(detect, "dga", *cases) == [0.9, 0]


def test_an_outbreak_is_not_spared_and_common_software_is(detect: Detect) -> None:
    hosts = [f"192.0.2.{number}" for number in range(1, 6)]
    outbreak = [row for host in hosts for row in each(generated(30), initiator=host)]
    assert {row["host"] for row in detect("dga", [], dns=outbreak)} == set(hosts)
    resolved = [row | {"response_code": "NOERROR", "answers": [PEER]} for row in outbreak]
    fewer = [row for row in resolved if row["initiator"] != hosts[0]]
    assert scores(detect, "dga", resolved, fewer) == [0, 0.95]


def test_questions_from_outside_and_of_two_days_are_apart(detect: Detect) -> None:
    outside = each(generated(60), initiator="203.0.113.9", responder=HOST)
    midnight = each(generated(18), begin=86_400 - 45)
    assert scores(detect, "dga", outside, midnight) == [0, 0]


def test_usual_is_what_half_of_the_hosts_meet(detect: Detect) -> None:
    others = [failed(1, f"{WORDS[number]}.com", initiator=f"192.0.2.{20 + number % 3}") for number in range(6)]
    assert detect("dga", [], dns=[*each(generated(12)), *others])[0]["failed_names_usual_here"] == 2


def run(workspace: Workspace, ledger: Ledger, rows: list[Row]) -> DetectSummary:
    """The whole detection over a lake that holds these questions, and no flows."""
    with LakeWriter(workspace.lake, "one") as writer:
        writer.write(Dns, pa.Table.from_pylist(rows, schema=arrow_schema(Dns)))
        files = writer.finish(workspace.party, "TLP:AMBER", "test")
    with ledger.write() as connection:
        put(connection, files)
        enrol(connection, workspace, Entry(id="example-campus", networks=("192.0.2.0/24",), since=date(2018, 1, 1)))
    return detect_all(workspace, ledger)


def test_a_finding_names_what_was_asked_for(workspace: Workspace, ledger: Ledger) -> None:
    (finding,) = run(workspace, ledger, each(generated(40))).findings
    assert (finding.behaviour, finding.host, finding.technique) == ("dga", HOST, "T1568.002")
    assert len(finding.peers) == 20
    assert all(peer["address"] is None and peer["name"] in generated(40) for peer in finding.peers)


def test_without_answers_it_cannot_be_judged(workspace: Workspace, ledger: Ledger) -> None:
    unheard = run(workspace, ledger, each(generated(40), response_code=None))
    assert not unheard.findings
    reasons = {unable.detector: unable.reason for unable in unheard.unable}
    assert reasons["dga"] == "it does not say how questions were answered"
    assert "dns_tunnel" not in reasons


def test_the_generator_of_a_real_bot_is_found_at_either_address(detect: Detect, test_data: Path) -> None:
    rows = zeek_questions(test_data / "captures" / "strato-005-simda-dga" / "dns.log")
    bot = {"192.168.1.116": HOST, "fd77:48a1:c0bb:0:b96c:506d:6c7f:e8be": "2001:db8::116"}
    moved = [row | {"initiator": bot[row["initiator"]]} for row in rows if row["initiator"] in bot]
    found = detect("dga", [], dns=moved)
    assert {row["host"] for row in found} == {HOST, "2001:db8::116"}
    assert all(row["characters_to"] == 7 and row["suffixes"] == 1 for row in found)


def test_a_normal_host_of_a_real_network_is_silent(detect: Detect, test_data: Path) -> None:
    (file,) = (test_data / "captures" / "slips-history-normal-2015-03-24-dns").glob("*.binetflow")
    rows = [row | {"initiator": HOST} for row in payload_questions(file)]
    assert len(rows) > 2000
    assert sum(row["response_code"] == "NXDOMAIN" for row in rows) > 0
    assert detect("dga", [], dns=rows) == []
    assert detect("dns_tunnel", [], dns=rows) == []
