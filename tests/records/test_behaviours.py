"""Behaviours: one list, complete, with techniques in the form of ATT&CK."""

import re

import pytest

from tocsin.records import ATTACKING, BEHAVIOURS, C2_BEHAVIOURS, TITLES, story
from tocsin.records.behaviours import STORIES, UNHARMED_BEHAVIOURS


def test_a_name_stands_for_one_behaviour() -> None:
    assert all(behaviour.name == name for name, behaviour in BEHAVIOURS.items())
    assert len({behaviour.phrase for behaviour in BEHAVIOURS.values()}) == len(BEHAVIOURS)


def test_what_only_happens_to_a_subject_or_may_be_harmless_is_not_called_attacking() -> None:
    assert set(BEHAVIOURS) - ATTACKING == {
        "ddos_victim",
        "reflector",
        "spoofed_source",
        "indicator_match",
        "exposed_service",
    }


def test_techniques_have_the_form_of_attack() -> None:
    techniques = {behaviour.technique for behaviour in BEHAVIOURS.values()} - {None}
    assert all(re.fullmatch(r"T1\d{3}(\.\d{3})?", str(technique)) for technique in techniques)
    assert BEHAVIOURS["dga"].technique == "T1568.002"
    assert BEHAVIOURS["dns_tunnel"].technique == "T1071.004"
    assert BEHAVIOURS["indicator_match"].technique is None


def test_what_is_commanded_is_attacking() -> None:
    assert C2_BEHAVIOURS < ATTACKING
    assert "ddos_source" not in C2_BEHAVIOURS


def test_what_seeks_is_attacking_and_not_commanded() -> None:
    assert {"dga"} == UNHARMED_BEHAVIOURS - C2_BEHAVIOURS
    assert UNHARMED_BEHAVIOURS < ATTACKING


def test_a_phrase_follows_a_name_in_a_sentence() -> None:
    assert all(re.fullmatch(r"[a-z][^.]+", behaviour.phrase) for behaviour in BEHAVIOURS.values())


def test_every_behaviour_tells_a_story() -> None:
    told = set().union(*(behaviours for _, behaviours in STORIES))
    assert told == BEHAVIOURS.keys()
    assert [name for name, _ in STORIES] == list(TITLES)


@pytest.mark.parametrize("behaviour", sorted(BEHAVIOURS.keys() - ATTACKING))
def test_what_is_done_to_a_host_never_makes_it_infected(behaviour: str) -> None:
    assert story([behaviour]) != "infected"
    assert story([behaviour, "indicator_match"]) != "infected"
