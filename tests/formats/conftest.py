"""An export to write: one infected device, its control server, two attacked addresses."""

from dataclasses import replace
from datetime import date

import pytest

from tests.formats.infected import CASE, FINDINGS, MITIGATION
from tocsin.formats import Export
from tocsin.records import Party, Peer


@pytest.fixture
def export() -> Export:
    """What the operator may have of the sample."""
    operator = Party(
        party="example-provider",
        marking="TLP:AMBER",
        source="test",
        id="example-provider",
        name="Example Provider",
        role="operator",
        sector="communications",
        segments=["infrastructure"],
        country=None,
        joined=date(2018, 1, 1),
        left=None,
    )
    return Export(
        operator=operator,
        contact="abuse@provider.example.net",
        marking="TLP:AMBER",
        cases=(CASE,),
        findings=FINDINGS,
        mitigations=(MITIGATION,),
    )


@pytest.fixture
def over_ipv6(export: Export) -> Export:
    """The same with a control server at an IPv6 address, and names with quotes and letters of all kinds."""
    peer = Peer(address="2001:db8::bad", port=443, proto="udp", name='c2"; drop.éxample')
    findings = tuple(
        replace(finding, peers=[peer], explanation='Ünlucky "device"\n\\ drop table inet filter; #')
        if finding.behaviour == "c2_beacon"
        else finding
        for finding in export.findings
    )
    operator = replace(export.operator, name='Prövider "One"\n; flush ruleset')
    mitigation = replace(export.mitigations[0], target=dict(peer), reason='"; }\nflush ruleset \\ 雪 ' + "x" * 300)
    return replace(export, operator=operator, findings=findings, mitigations=(mitigation,))


@pytest.fixture
def without_peers(export: Export) -> Export:
    """The same with findings that name no peer."""
    return replace(export, findings=tuple(replace(f, peers=[], evidence=[]) for f in export.findings), mitigations=())


@pytest.fixture
def by_name(export: Export) -> Export:
    """The same with findings whose peers are known by name only: a tunnel's domain, and names that a bot looked for."""
    (first, *_) = export.findings
    tunnel = [Peer(address=None, port=None, proto="udp", name="t.example.net")]
    sought = [Peer(address=None, port=None, proto="udp", name=name) for name in ("qxzkv.example", "o'b\\x.example")]
    findings = (
        replace(first, behaviour="dns_tunnel", technique="T1071.004", peers=tunnel, evidence=[{"new_names": 90}]),
        replace(first, id=first.id[::-1], behaviour="dga", technique="T1568.002", peers=sought, evidence=[{}, {}]),
    )
    case = replace(export.cases[0], findings=[finding.id for finding in findings])
    return replace(export, cases=(case,), findings=findings, mitigations=())
