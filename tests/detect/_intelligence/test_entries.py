"""Each entry of a list is told by itself, or refused with a reason."""

import pytest

from tocsin.detect._intelligence.entries import (
    COMMON,
    NO_HOST,
    NOT_ONE,
    NOT_PUBLIC,
    OTHER_KIND,
    TOO_BROAD,
    Entry,
    entry,
)

HASH = "0123456789abcdef" * 4
PUBLIC = "93.184.215.14"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (PUBLIC, Entry("address", PUBLIC)),
        (f"{PUBLIC}:4444", Entry("address", PUBLIC, 4444)),
        (f"http://{PUBLIC}", Entry("address", PUBLIC, 80)),
        (f"https://{PUBLIC}/", Entry("address", PUBLIC, 443)),
        ("2600:0000::0001", Entry("address", "2600::1")),
        ("[2600::1]:443", Entry("address", "2600::1", 443)),
        ("93.184.215.0/24", Entry("network", "93.184.215.0/24")),
        (f"{PUBLIC}/32", Entry("address", PUBLIC)),
        ("C2.Example.NET", Entry("name", "c2.example.net")),
        ("*.example.net", Entry("name", "example.net")),
        ("c2[.]example[.]net", Entry("name", "c2.example.net")),
        ("c2.example.net:8080", Entry("name", "c2.example.net")),
        ("hxxp://c2.example.net/gate.php", Entry("url", "c2.example.net/gate.php")),
        (f"{PUBLIC}/bins/x86", Entry("url", f"{PUBLIC}/bins/x86")),
        (HASH, Entry("certificate_sha256", HASH)),
        (HASH[:32], Entry("ja3", HASH[:32])),
        ("t13d1516h2_8daaf6152771_b186095e22b6", Entry("ja4", "t13d1516h2_8daaf6152771_b186095e22b6")),
    ],
)
def test_what_it_is(text: str, found: Entry) -> None:
    assert entry(text) == found


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("192.168.1.1", NOT_PUBLIC),
        ("127.0.0.1:80", NOT_PUBLIC),
        ("10.0.0.0/8", NOT_PUBLIC),
        ("224.0.0.251", NOT_PUBLIC),
        ("fe80::1", NOT_PUBLIC),
        ("8.8.8.8", COMMON),
        ("1.1.1.1:443", COMMON),
        ("time.windows.com", COMMON),
        ("93.0.0.0/8", TOO_BROAD),
        (".tk", TOO_BROAD),
        ("co.uk", TOO_BROAD),
        ("/gate.php", NO_HOST),
        ("999.1.1.1", NOT_ONE),
        (f"{PUBLIC}:99999", NOT_ONE),
        ("<html>", NOT_ONE),
        ("a" * 4000, TOO_BROAD),
        ("", NOT_ONE),
        ("://", NOT_ONE),
        ("[::", NOT_ONE),
        ("1.2.3.4/99", NOT_ONE),
        ("²³.example.net", NOT_ONE),
    ],
)
def test_what_is_refused(text: str, reason: str) -> None:
    assert entry(text) == reason


def test_the_kind_that_was_said_must_fit() -> None:
    assert entry("c2.example.net", "address") == OTHER_KIND
    assert entry(PUBLIC, "network") == Entry("address", PUBLIC)
    assert entry("c2.example.net", "name") == Entry("name", "c2.example.net")
