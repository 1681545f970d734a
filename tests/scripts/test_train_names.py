"""The script that trains the model of names."""

import re
from pathlib import Path

import numpy as np
import pytest

from scripts.train_names import HELD_OUT, TARGET, TRAINED, family_labels, held_out, labels, main, recall, steps, train
from tests.conftest import REPOSITORY
from tocsin.detect._name_model import BUCKET_BITS, Model, model, sums

LIMIT_BYTES = 2_000_000
LIKE_WORDS = ["garden", "riverbank", "summerhouse", "marketplace", "newspaper", "silverware", "basketball", "waterfall"]
LIKE_CHANCE = ["qxzkvbjw", "zzkqjxwv", "vbqxkzjp", "jxqkvzbw", "kqzxjvwb", "xkqzvjbp", "wqjxzkvb", "bzxqkjvw"]


def test_what_is_trained_tells_the_two_apart() -> None:
    weights = train(LIKE_WORDS, {"one": LIKE_CHANCE[:4], "two": LIKE_CHANCE[4:]})
    assert weights.dtype == np.int8 and weights.shape == (1 << BUCKET_BITS,)
    assert sums(weights, LIKE_WORDS).max() < sums(weights, LIKE_CHANCE).min()
    assert (train(LIKE_WORDS, {"one": LIKE_CHANCE[:4], "two": LIKE_CHANCE[4:]}) == weights).all()


def test_recall_is_measured_where_so_many_popular_names_are_wrong() -> None:
    weights = np.zeros(1 << BUCKET_BITS, np.int8)
    made = Model(weights, steps(np.arange(-500, 500)))
    assert recall(made, ["qxzkvbjw"], 490) == 0
    assert recall(made, ["qxzkvbjw"], 510) == 1


def test_labels_are_those_of_domains_that_can_be_judged() -> None:
    names = ["www.Example.com", "example.com", "host.local", "abc.com", "xn--bcher-kva.example", "a.example.co.uk."]
    assert labels(names) == ["example"]


def test_no_family_is_trained_on_and_tested() -> None:
    assert not TRAINED.keys() & HELD_OUT.keys()
    files = [file for families in (TRAINED, HELD_OUT) for one in families.values() for file in one]
    assert len(files) == len(set(files))


def test_the_packaged_model_is_small() -> None:
    assert TARGET.stat().st_size < LIMIT_BYTES
    assert (model().popular[1:] >= model().popular[:-1]).all()


def test_families_of_two_origins_share_their_side(test_data: Path) -> None:
    trained = {label for files in TRAINED.values() for label in family_labels(test_data / "domains", files)}
    tested = {label for files in HELD_OUT.values() for label in family_labels(test_data / "domains", files)}
    # Short names of two generators may coincide; whole lists may not.
    assert len(trained & tested) * 1000 < len(tested)
    assert 0.28 < np.mean([held_out(label) for label in trained]) < 0.32


def test_the_decision_shows_what_the_packaged_model_does(
    test_data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["train_names.py", str(test_data / "domains"), "--check"])
    main()
    printed = capsys.readouterr().out.splitlines()
    shown = (REPOSITORY / "docs" / "decisions" / "0012-names.md").read_text(encoding="utf-8")
    assert "\n".join(printed[1:]) in shown
    number = re.match(r"\d+ popular names", printed[0])
    assert number and f"{int(number[0].split()[0]):,} held-out popular names" in shown
    assert f"{TARGET.stat().st_size:,} bytes" in shown
