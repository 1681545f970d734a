"""Cases: one subject's problem from first sight to its end, and who must act on it."""

from tocsin.cases._evidence import evidence
from tocsin.cases._listing import case_document, cases
from tocsin.cases._merge import MergeSummary, merge
from tocsin.cases._revise import Revised, revise
from tocsin.cases._states import EVENTS, STATES, happen, next_state

__all__ = [
    "EVENTS",
    "STATES",
    "MergeSummary",
    "Revised",
    "case_document",
    "cases",
    "evidence",
    "happen",
    "merge",
    "next_state",
    "revise",
]
