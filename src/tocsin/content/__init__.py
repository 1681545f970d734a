"""Facts that come with Tocsin, as data: each with the mark of its source, none of them compiled into code."""

from tocsin.content._lists import warninglist
from tocsin.content._packaged import packaged

__all__ = ["packaged", "warninglist"]
