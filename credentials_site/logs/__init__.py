"""What processes say: one line an event, JSON on servers, with what it belongs to and without secrets (docs/operations.md)."""
