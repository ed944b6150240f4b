"""Copies of a signed document that were altered: each must fail everywhere."""

import copy
import json
from collections.abc import Callable, Iterator


def _objects(value, pointer=""):
    """(pointer, object) of every JSON object in a document, the proof's own aside."""
    if isinstance(value, dict):
        yield pointer, value
        for key, item in value.items():
            if key not in {"proof", "@context"}:
                yield from _objects(item, f"{pointer}/{key}")
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _objects(item, f"{pointer}/{place}")


CHANGES: dict[str, Callable] = {
    "name": lambda made: made.update(name="Doctor of Everything"),
    "recipient": lambda made: made["credentialSubject"]["identifier"][1].update(identityHash="Somebody Else"),
    "grade": lambda made: made["credentialSubject"]["result"][0].update(value="A+"),
    "issuer": lambda made: made["issuer"].update(name="Harvard"),
    "later": lambda made: made.update(validUntil="2099-01-01T00:00:00Z"),
    "index": lambda made: made["credentialStatus"].update(statusListIndex="1"),
    "without_status": lambda made: made.pop("credentialStatus"),
    "term_of_the_standard_added": lambda made: made["credentialSubject"]["achievement"].update(
        specialization="Surgery"
    ),
    "evidence_removed": lambda made: made.pop("evidence"),
    "criteria": lambda made: made["credentialSubject"]["achievement"]["criteria"].update(narrative="Nothing."),
    "id": lambda made: made.update(id=made["id"][:-1] + ("1" if made["id"][-1] != "1" else "2")),
}
PROOF_CHANGES: dict[str, Callable] = {
    "created": lambda made: made["proof"].update(created="2020-01-01T00:00:00Z"),
    "signature": lambda made: made["proof"].update(proofValue="z" + made["proof"]["proofValue"][:0:-1]),
    "purpose": lambda made: made["proof"].update(proofPurpose="authentication"),
}


def copies(text: str) -> Iterator[tuple[str, str]]:
    """(what was done, the altered text), a field added at every depth among them."""
    document = json.loads(text)
    changes = {**CHANGES, **PROOF_CHANGES} if "proof" in document else CHANGES
    for name, change in changes.items():
        made = copy.deepcopy(document)
        change(made)
        yield name, json.dumps(made)
    for pointer, _ in _objects(document):
        made = copy.deepcopy(document)
        dict(_objects(made))[pointer]["honours"] = "summa cum laude"
        yield f"added at {pointer or '/'}", json.dumps(made)
