"""The tamper-evident ledger: written with every change, never by hand. Format: docs/ledger.md."""
