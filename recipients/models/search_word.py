"""Words that people are found by where there are too many to look at each."""

from __future__ import annotations

from django.db import models

from issuers.tenancy import TenantModel
from recipients.models.recipient import Recipient


class SearchWord(TenantModel):
    """One word of a person's name, address or number, in small letters. Compared as bytes: an index then serves beginnings.

    Written by a worker (recipients.searching); a trigger marks whose words are out of date, and takes those of the erased.
    """

    recipient = models.ForeignKey(Recipient, on_delete=models.CASCADE, related_name="search_words", db_constraint=False)
    word = models.CharField(max_length=60, db_collation="C")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["issuer", "word", "recipient"], name="one_search_word_a_person"),
        ]

    def __str__(self) -> str:
        return self.word
