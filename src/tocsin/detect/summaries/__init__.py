"""Summaries that several detectors read; each is computed once a day of telemetry."""
