"""Where things are kept: telemetry in the lake, everything else in the ledger, what goes out in the outbox."""
