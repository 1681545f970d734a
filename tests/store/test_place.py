"""A lake's place is named by a path or URL, and told of without what is secret in it."""

from pathlib import Path

import pytest

from tocsin.errors import Unreachable, WrongUse
from tocsin.store.place import place, writing


def test_a_folder_lists_its_files_with_their_sizes(tmp_path: Path) -> None:
    (tmp_path / "lake/flow/day=2026-01-05").mkdir(parents=True)
    (tmp_path / "lake/flow/day=2026-01-05/one.parquet").write_bytes(b"four")
    where = place(tmp_path / "lake")
    assert where.local
    assert where.sizes() == {"flow/day=2026-01-05/one.parquet": 4}
    where.remove(["flow/day=2026-01-05/one.parquet", "flow/day=2026-01-05/gone.parquet"])
    assert where.sizes() == place(tmp_path / "none").sizes() == {}


def test_a_url_of_a_folder_is_a_folder(tmp_path: Path) -> None:
    assert place(f"file://{tmp_path}/lake").local
    assert place(f"file://{tmp_path}/lake").path("x") == f"{tmp_path}/lake/x"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("nope://key:secret@host/lake", "not a place for a lake: nope://host/lake"),
        ("s3://key:secret@bucket/lake?region=r&colour=red", "Unexpected query parameter in S3 URI: 'colour'"),
        ("s3:///lake?region=r", "not a place for a lake"),
        ("s3://?region=r&scheme=http", "name a bucket or folder"),
    ],
)
def test_a_url_that_names_no_place_is_told_without_its_secret(url: str, told: str) -> None:
    with pytest.raises(WrongUse) as error:
        place(url)
    assert told in str(error.value)
    assert "secret" not in str(error.value)


def test_a_url_is_shown_without_credentials_and_settings() -> None:
    where = place("s3://key:secret@bucket/tocsin/lake/?region=r&scheme=http&endpoint_override=127.0.0.1:9")
    assert (where.shown, where.root, where.local) == ("s3://bucket/tocsin/lake/", "bucket/tocsin/lake", False)
    assert where.remote("flow/a.parquet").url == "s3a://bucket/tocsin/lake/flow/a.parquet"


def test_what_an_object_store_refuses_is_another_service_that_does_not_answer() -> None:
    where = place("s3://bucket/lake?region=r&scheme=http&endpoint_override=127.0.0.1:9")
    refused = pytest.raises(Unreachable, match="the lake cannot be written: s3://bucket/lake: no; nothing was kept")
    with refused, writing(where, "nothing was kept"):
        raise OSError("no")
