"""Rules: what they hide, per peer and reversibly, and what they leave alone."""

from dataclasses import replace
from datetime import UTC, date, datetime
from time import process_time
from typing import Any

import pytest

from tocsin.detect import Wanted, add_rule, count, hide, in_force, remove_rule, rules
from tocsin.errors import WrongUse
from tocsin.records import Finding, record_id
from tocsin.store.ledger import Ledger, put, read
from tocsin.workspace import Workspace

SEEN = datetime(2018, 12, 21, 12, tzinfo=UTC)
HOST = "192.168.1.195"


def side(peer: str | None, port: int | None = 443, name: str | None = None, **changed: Any) -> dict[str, Any]:
    values = {
        "sensor": "edge",
        "kind": "host",
        "host": HOST,
        "peer": peer,
        "name": name,
        "port": port,
        "protocol": "tcp",
        "day": "2018-12-21",
        "first_seen": "2018-12-21T12:00:00",
        "last_seen": "2018-12-21T13:00:00",
        "first_of_all": "2018-12-21T12:00:00",
        "last_of_all": "2018-12-21T14:00:00",
        "peers_in_all": 2,
        "reported": True,
        "score": 0.9,
        "rule": None,
        "contacts": 100,
        "hours": 1.0,
        "interval_median_seconds": 60.0,
        "interval_lower_quartile_seconds": 60.0,
        "interval_upper_quartile_seconds": 60.0,
        "unanswered_share": 0.0,
        "names_called": 0,
        "calls_home": 0,
    }
    return values | changed


def finding(*sides: dict[str, Any], host: str = HOST, behaviour: str = "c2_beacon") -> Finding:
    return Finding(
        party="example-provider",
        marking="TLP:AMBER",
        source="detect",
        id=record_id("finding", host, behaviour),
        subject={"kind": "host", "value": host},
        host=host,
        behaviour=behaviour,
        technique=None,
        day=date(2018, 12, 21),
        score=0.9,
        confidence=90,
        first_seen=SEEN,
        last_seen=SEEN.replace(hour=14),
        peers=[{"address": s["peer"], "port": s["port"], "proto": s["protocol"], "name": s["name"]} for s in sides],
        evidence=[{"contacts": s["contacts"]} for s in sides],
        explanation="before",
        detector="test",
        suppressed_by=None,
        sides=list(sides),
    )


TWO = finding(side("198.51.100.7"), side("203.0.113.9", 8443, score=0.75))


def hidden(workspace: Workspace, ledger: Ledger, wanted: Wanted, *findings: Finding) -> dict[str, Finding]:
    """The findings by host and behaviour, after a rule."""
    with ledger.write() as connection:
        put(connection, findings)
        add_rule(connection, workspace, "ours", wanted, reason="It is ours.")
        hide(workspace, connection)
        return {f"{f.host} {f.behaviour}": f for f in read(connection, Finding)}


def test_one_peer_is_hidden_and_the_finding_tells_of_the_other(workspace: Workspace, ledger: Ledger) -> None:
    (after,) = hidden(workspace, ledger, Wanted(peers=["198.51.100.0/24"]), TWO).values()
    assert after.suppressed_by is None
    assert [peer["address"] for peer in after.peers] == ["203.0.113.9"]
    assert len(after.evidence) == 1
    assert (after.score, after.confidence, after.last_seen.hour) == (0.75, 75, 13)
    assert "203.0.113.9" in after.explanation
    assert "198.51.100.7" not in after.explanation
    assert "more" not in after.explanation


def test_a_finding_is_hidden_when_all_its_peers_are(workspace: Workspace, ledger: Ledger) -> None:
    (after,) = hidden(workspace, ledger, Wanted(peers=["198.51.100.7", "203.0.113.0/24"]), TWO).values()
    assert after.suppressed_by == "ours"
    assert len(after.peers) == 2
    with ledger.look() as connection:
        counted = count(read(connection, Finding))
    assert (counted.findings, counted.findings_by_rule["ours"], counted.peers_by_rule["ours"]) == (1, 1, 2)


def test_taking_the_rule_out_shows_all_of_it_again(workspace: Workspace, ledger: Ledger) -> None:
    (before,) = hidden(workspace, ledger, Wanted(ports=["1/udp"]), TWO).values()
    assert before == TWO, "a rule that does not match leaves it alone"
    for wanted in (Wanted(ports=["443/tcp"]), Wanted(behaviours=["c2_beacon"])):
        hidden(workspace, ledger, wanted)
        with ledger.write() as connection:
            remove_rule(connection, workspace, "ours")
            assert hide(workspace, connection).changed == 1
            (after,) = read(connection, Finding)
        assert (after.peers, after.score, after.suppressed_by) == (TWO.peers, TWO.score, None)
        assert (after.first_seen, after.last_seen) == (TWO.first_seen, TWO.last_seen)
        assert "1 more" in after.explanation


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        (Wanted(names=["*.example.net"]), True),
        (Wanted(names=["www.EXAMPLE.net."]), True),
        (Wanted(names=["example.net"]), False),
        (Wanted(names=["*.ample.net"]), False),
        (Wanted(ports=["443/tcp"]), True),
        (Wanted(ports=["443/udp"]), False),
        (Wanted(subjects=["192.168.1.0/24"]), True),
        (Wanted(subjects=["example-campus"]), True),
        (Wanted(subjects=["192.168.2.0/24"]), False),
        (Wanted(peers=["198.51.100.7"], ports=["80/tcp"]), False),
        (Wanted(peers=["2001:db8::/32"]), False),
        (Wanted(behaviours=["spam"]), False),
    ],
)
def test_what_fits(workspace: Workspace, ledger: Ledger, wanted: Wanted, fits: bool) -> None:
    (after,) = hidden(workspace, ledger, wanted, finding(side("198.51.100.7", name="www.example.net"))).values()
    assert (after.suppressed_by == "ours") == fits


def test_a_peer_known_by_name_alone_is_told_by_its_name(workspace: Workspace, ledger: Ledger) -> None:
    wanted = Wanted(names=["*.example.net"], peers=["198.51.100.0/24"])
    by_name, elsewhere = side(None, None, "www.example.net"), side("203.0.113.9", name="www.example.net")
    after = hidden(workspace, ledger, wanted, finding(by_name), finding(elsewhere, host="192.168.1.2"))
    assert [f.suppressed_by for f in after.values()].count("ours") == 1
    assert after[f"{HOST} c2_beacon"].suppressed_by == "ours"


def test_a_known_scanner_is_accused_of_nothing_that_its_traffic_shows(workspace: Workspace, ledger: Ledger) -> None:
    behaviours = ("scan_horizontal", "scan_vertical", "brute_force", "c2_beacon", "corroborated_c2", "ddos_victim")
    found = [replace(finding(host=HOST, behaviour=name), sides=[], peers=[]) for name in behaviours]
    other = replace(finding(host="192.168.1.2", behaviour="scan_vertical"), peers=[])
    after = hidden(workspace, ledger, Wanted(subjects=[HOST], scanner=True), *found, other)
    shown = {name for name, row in after.items() if row.suppressed_by is None}
    assert shown == {f"{HOST} corroborated_c2", f"{HOST} ddos_victim", "192.168.1.2 scan_vertical"}


def test_a_rule_ends_by_itself(workspace: Workspace, ledger: Ledger) -> None:
    with ledger.write() as connection:
        rule = add_rule(
            connection, workspace, "ours", Wanted(ports=["443/tcp"]), reason="Ours.", until=date(2018, 12, 21)
        )
        put(connection, [TWO])
        hide(workspace, connection)
        assert read(connection, Finding) == [TWO], "the clock stands at 22 December"
    assert in_force(rule, date(2018, 12, 21))


def test_a_rule_that_ships_can_be_switched_off_and_on(workspace: Workspace, ledger: Ledger) -> None:
    resolver = finding(side("8.8.8.8", 853))
    with ledger.write() as connection:
        put(connection, [resolver])
        assert hide(workspace, connection).findings_by_rule == {"resolvers": 1}
        remove_rule(connection, workspace, "resolvers")
        assert hide(workspace, connection).findings == 0
        assert [r.id for r in rules(connection) if not in_force(r, date(2018, 12, 22))] == ["resolvers"]
        add_rule(connection, workspace, "resolvers", Wanted())
        assert hide(workspace, connection).findings == 1


@pytest.mark.parametrize(
    ("name", "wanted", "reason", "said"),
    [
        ("ours", Wanted(), "Ours.", "hides everything"),
        ("ours", Wanted(ports=["443/tcp"]), "", "needs a reason"),
        ("Ours!", Wanted(ports=["443/tcp"]), "Ours.", "not a name for a rule"),
        ("ours", Wanted(ports=["443/"]), "Ours.", "not a port"),
        ("ours", Wanted(ports=["70000/tcp"]), "Ours.", "not a port"),
        ("ours", Wanted(names=["*"]), "Ours.", "not a name"),
        ("ours", Wanted(names=["*.net"]), "Ours.", "not a name"),
        ("ours", Wanted(peers=["198.51.100.300"]), "Ours.", "not a network"),
        ("ours", Wanted(subjects=["192.0.2.0/99"]), "Ours.", "not a subject"),
        ("ours", Wanted(behaviours=["beaconing"]), "Ours.", "no such behaviour"),
        ("ours", Wanted(scanner=True), "Ours.", "a known scanner is a subject"),
        ("time", Wanted(ports=["123/udp"]), "Ours.", "stays as it is"),
    ],
)
def test_what_is_no_rule_is_refused(
    workspace: Workspace, ledger: Ledger, name: str, wanted: Wanted, reason: str, said: str
) -> None:
    with ledger.write() as connection, pytest.raises(WrongUse, match=said):
        add_rule(connection, workspace, name, wanted, reason=reason)


def test_thousands_of_findings_and_hundreds_of_rules_are_quick(workspace: Workspace, ledger: Ledger) -> None:
    many = [
        finding(
            *(side(f"203.0.{i % 250}.{j}", 8000 + j, f"h{i}.example.org") for j in range(3)),
            host=f"192.168.{i // 250}.{i % 250}",
        )
        for i in range(3000)
    ]
    with ledger.write() as connection:
        put(connection, many)
        for i in range(300):
            wanted = Wanted(peers=[f"203.0.{i % 250}.0/31"], ports=[f"{8000 + i % 4}/tcp"])
            add_rule(connection, workspace, f"rule-{i}", wanted, reason="Ours.")
        began = process_time()
        changed = hide(workspace, connection).changed
        lasted = process_time() - began
    assert changed > 500
    # One look at every pair of side and rule would be millions of comparisons of networks, and take minutes.
    assert lasted < 20
