"""Answers kept by the text of the question: an editor asks the same of the same design again and again."""

import functools
import json
from collections.abc import Callable
from typing import Any, TypeVar

Answer = TypeVar("Answer")
KEPT = 128  # answers that a process keeps of each question


def by_text(question: Callable[[Any], Answer]) -> Callable[[Any], Answer]:
    """Ask `question` once of each document. Its answer must depend on the document alone, and never be changed.

    What is no JSON is asked about each time. Weigh documents first: what is kept is as large as what was asked.
    """

    @functools.lru_cache(maxsize=KEPT)
    def asked(text: str) -> Answer:
        return question(json.loads(text))

    @functools.wraps(question)
    def ask(document: Any) -> Answer:
        try:
            text = json.dumps(document)
        except (TypeError, ValueError):
            return question(document)
        return asked(text)

    return ask
