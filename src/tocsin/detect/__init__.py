"""Detection: tables in, findings out.

A detector is one file in this folder. Its ``detect`` names, as parameters, the tables and summaries that it reads
(``flow`` and the other lake tables, ``place``, ``name``, ``indicator``, each file of ``summaries/``); its thresholds
are keyword-only, with defaults. It returns an Ibis table with the columns of ``records.Detection`` and, beside them,
the numbers that decided. ``explain`` turns the strongest of its rows into sentences. ``SAMPLING`` is the coarsest
sampling at which it can judge, ``NEEDS`` the columns without which it cannot (``flow.duration_us``); what it reads
beside is welcome, not needed. With ``RARITY = True`` what half of the network visits weighs less, what is rare and new
more. It opens nothing and knows no engine.
"""

from tocsin.detect._hiding import Hidden, count, hide
from tocsin.detect._intelligence import Imported, Options, import_lists
from tocsin.detect._local import Inferred
from tocsin.detect._rulebook import Wanted, add_rule, in_force, remove_rule, rules, shipped
from tocsin.detect._run import DetectSummary, detect
from tocsin.detect._unable import Unable, grouped

__all__ = [
    "DetectSummary",
    "Hidden",
    "Imported",
    "Inferred",
    "Options",
    "Unable",
    "Wanted",
    "add_rule",
    "count",
    "detect",
    "grouped",
    "hide",
    "import_lists",
    "in_force",
    "remove_rule",
    "rules",
    "shipped",
]
