"""Tocsin: the working system for a coalition that fights botnets."""

__version__ = "0.1.0"
