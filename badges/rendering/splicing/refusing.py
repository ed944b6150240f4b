"""Why something is left to WeasyPrint."""


class CannotSplice(ValueError):
    """A design or a text that the splicer cannot prove to come out as WeasyPrint draws it."""
