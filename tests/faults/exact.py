"""What must be true after every fault, counted by SQL and by bytes of our own."""

import json


def exact(place, people, *, printed_again=10, unsure_share=0.01):
    """Exact counts, unique signatures, one mail each with one Message-ID, files whole, bytes as an undisturbed process makes them.

    A mail may come twice only where its row says that it may have, in at most `unsure_share` of all (RFC 1047).
    """
    found = place.counts()
    assert found[:4] == (people, people, people, people), found
    signed = [json.loads(text) for (text,) in place.ask("SELECT signed FROM recipients_achievementcredential")]
    assert len({document["id"] for document in signed}) == people
    assert len({document["proof"]["proofValue"] for document in signed}) == people
    _mails(place, people, unsure_share)
    _files(place, people)
    _nothing_left_over(place)
    print(place.run("-m", "tests.faults.undisturbed", str(printed_again)).strip())
    print(f"repeats that say so: {found[4]}; longest queue: {place.longest_queue} messages")


def _mails(place, people, unsure_share):
    got = place.sink.people()
    unsure = {to for (to,) in place.ask('SELECT "to" FROM recipients_outgoingemail WHERE unsure_at IS NOT NULL')}
    twice = {to for to, times in got.items() if times > 1}
    assert len(got) == people
    assert twice <= unsure
    assert len(twice) <= max(1, people * unsure_share), twice
    for to in twice:
        assert len({message_id for who, message_id in place.sink.got if who == to}) == 1


def _files(place, people):
    """One file a row, none of them empty. What dead workers left of others is counted (recipients.tidying)."""
    named = {key for (key,) in place.ask("SELECT pdf FROM recipients_achievementcredential")}
    files = {str(file.relative_to(place.media)): file for file in (place.media / "pdf").rglob("*") if file.is_file()}
    assert len(named) == people
    assert named <= set(files)
    assert [name for name, file in files.items() if not file.stat().st_size and name in named] == []
    print(f"{len(set(files) - named)} files of dead workers, to be erased after a day")


def _nothing_left_over(place):
    left = place.ask(
        "SELECT count(*) FROM recipients_achievementcredential WHERE lease_until IS NOT NULL OR attempts > 0"
        " OR failure <> '' OR failed_at IS NOT NULL"
    )
    assert left == [(0,)]
