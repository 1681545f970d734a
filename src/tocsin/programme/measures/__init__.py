"""Measures: one figure a file, each with its formula and with what it leaves out."""
