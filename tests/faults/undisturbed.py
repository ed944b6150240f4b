"""Signs and prints every stored credential once more, in a process that nobody disturbs, and compares with what is stored.

Ids, salts and dates of two runs differ, so that two runs cannot be compared byte for byte. What can be, is stronger: from
the stored documents alone an undisturbed process gives the same signatures, byte for byte, and certificates that say the
same: text, attached credential, and the bytes too wherever printing depends on nothing else. Every file is what its name, its
hash, says. So nothing was cut off, mixed up or written by half. Prints how many were compared; exit code 1 names those that differ.
Then the product's own invariants are asked, in the same process.
"""

from __future__ import annotations

import json
import sys

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from badges.openbadges import validate  # noqa: E402
from issuers import keys, media  # noqa: E402
from issuers.tenancy import across_issuers  # noqa: E402
from recipients import printing  # noqa: E402
from recipients.models import AchievementCredential  # noqa: E402
from tests.printed import content  # noqa: E402


def compare(every):
    rows = AchievementCredential.objects.listed().filter(signed_at__isnull=False).order_by("pk")
    signers, different, printed, same = {}, [], 0, 0
    for number, row in enumerate(rows.iterator(chunk_size=200)):
        sign = signers.setdefault(row.issuer_id, keys.signer(row.issuer))
        if sign(validate.prepare_quickly(json.loads(row.document))) != row.signed:
            different.append(f"{row.public_id}: signed otherwise")
        stored = printing.fetch(row.pdf)  # of one that is kept in two parts it looks at both hashes itself
        if row.pdf.endswith(".pdf") and media.key_of("pdf", stored, "pdf") != row.pdf:
            different.append(f"{row.public_id}: its file is not what its name says")
        # Every file was compared with its own hash; printing all of them again takes as long as the batch did.
        if number % every == 0:
            printed += 1
            again = printing.certificate(row)
            same += again == stored
            if content(again) != content(stored):
                different.append(f"{row.public_id}: printed otherwise")
    return f"{number + 1} signed again, {printed} printed again ({same} to the byte)", different


if __name__ == "__main__":
    with across_issuers("a test compares"):
        told, different = compare(int(sys.argv[1]))
    print(f"{told}, {len(different)} differ")
    print(*different[:20], sep="\n")
    if different:
        sys.exit(1)
    call_command("invariants")
