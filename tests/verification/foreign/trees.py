"""Walking through documents, for tests that change them somewhere."""


def places(value, path=()):
    """Every object inside, by its path."""
    if isinstance(value, dict):
        yield path
        for key, item in value.items():
            yield from places(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from places(item, (*path, number))


def at(document, path):
    for step in path:
        document = document[step]
    return document
