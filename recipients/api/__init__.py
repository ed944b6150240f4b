"""`/api/v1/`: what other software asks and tells (docs/decisions/0031, docs/api.md)."""
