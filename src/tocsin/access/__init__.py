"""Who may see what: the one decision, TLP 2.0, and what is withheld of attacked parties."""

from tocsin.access.communities import fellows
from tocsin.access.decision import (
    EXPORT,
    NOTIFY,
    PUBLISH,
    VIEW,
    Decision,
    Principal,
    decide,
    local,
    require,
    shown,
)
from tocsin.access.markings import MEMBERS, PUBLIC, ceiling, known, strictest
from tocsin.access.victims import without_victims

__all__ = [
    "EXPORT",
    "MEMBERS",
    "NOTIFY",
    "PUBLIC",
    "PUBLISH",
    "VIEW",
    "Decision",
    "Principal",
    "ceiling",
    "decide",
    "fellows",
    "known",
    "local",
    "require",
    "shown",
    "strictest",
    "without_victims",
]
