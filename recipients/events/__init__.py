"""What other systems send: signatures, events and xAPI statements, read and checked. Pure (docs/decisions/0020)."""
