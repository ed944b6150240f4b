"""Certificates compiled once per version by WeasyPrint, and spliced per person: the same page at a hundredth of the price.

What cannot be proved to come out as WeasyPrint draws it raises CannotSplice, and is printed by WeasyPrint. See
docs/decisions/0026-splicing-certificates.md.
"""
