"""Detection: tables in, findings out.

A detector is one file in this folder. Its ``detect`` names, as parameters, the tables and summaries that it reads
(``flow`` and the other lake tables, ``place``, ``name``, and each file of ``summaries/``); its thresholds are
keyword-only, with defaults. It returns an Ibis table with the columns of ``records.Detection`` and, beside them, the
numbers that decided.
``explain`` turns the strongest of its rows into sentences. ``SAMPLING`` is the coarsest sampling at which it can
judge, ``NEEDS`` the columns without which it cannot (``flow.duration_us``); what it reads beside is welcome, not
needed. It opens nothing and knows no engine.
"""

from tocsin.detect._run import DetectSummary, detect

__all__ = ["DetectSummary", "detect"]
