"""Claimed credentials for the bench, signed by the product's own stages. Prints their public ids."""

from __future__ import annotations

import sys

from bench.served import ground


def main(count: int) -> None:
    ground.begin()
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)
    print("\n".join(_claimed(count)))


def _claimed(count: int) -> list[str]:
    from dataclasses import replace

    from issuers import cleaning, clock
    from issuers.tenancy import across_issuers
    from recipients import delivering
    from tests.factories import IssuerFactory, UserFactory
    from tests.published import FULL, intend, publish

    about = {"name": "Northmoor University", "website": "https://northmoor.example.org", "description": "On the coast."}
    version = publish(IssuerFactory(**about), tags=["teaching", "patience"])
    who = [
        replace(FULL, line=n, name=f"Person {n} Al-Mansoori", address=cleaning.address(f"p{n}@example.org"))
        for n in range(count)
    ]
    award = intend(version, *(replace(person, student_id=f"S{person.line:05}") for person in who))
    while delivering.sign_chunk():
        continue
    now = clock.now()
    with across_issuers("bench"):
        award.credentials.update(accepted_at=now, claimed_at=now, holder=UserFactory(), visibility="public")
        return list(award.credentials.values_list("public_id", flat=True))


if __name__ == "__main__":
    main(int(sys.argv[1]))
