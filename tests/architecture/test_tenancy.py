"""The one way out of the walls, and who uses it: a new use is a decision, made here."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("issuers", "badges", "recipients", "verification", "credentials_site")

# module → how often it looks across institutions, and what for.
ACROSS = {
    "badges/previewing.py": (2, "a worker takes the oldest proof of every institution, and looks whether one waits"),
    "credentials_site/backups/restoring.py": (1, "a restore verifies everybody's"),
    "credentials_site/metrics/rows.py": (1, "figures are about everybody's work"),
    "credentials_site/readiness.py": (2, "keys of any institution open; any mail tells whether the server was reached"),
    "credentials_site/demo/year.py": (2, "the demo's people live beside its institution"),
    "credentials_site/system_checks.py": (1, "any issued document names the host"),
    "issuers/access.py": (1, "the membership decides which scope opens"),
    "issuers/entrusting.py": (1, "a token of the API names its institution"),
    "issuers/inviting.py": (2, "an invitation is found by its token; its mail is a queue"),
    "issuers/management/commands/keys_reseal.py": (1, "the operator seals all secrets anew"),
    "issuers/proving.py": (1, "an account that nobody proved goes, wherever it is named"),
    "issuers/views/institutions.py": (2, "the institutions of one person"),
    "issuers/views/joining.py": (1, "the page names the inviting institution"),
    "recipients/answering.py": (2, "a worker looks at waiting applications of every institution"),
    "recipients/applying.py": (1, "what nobody proved goes"),
    "recipients/awarding.py": (
        2,
        "a worker awards what was demonstrated in every institution, and looks whether some waits",
    ),
    "recipients/arriving.py": (1, "a code goes to an address that no institution has yet"),
    "recipients/checking.py": (2, "a worker takes the oldest list; abandoned ones go"),
    "recipients/claiming.py": (1, "a worker takes offers for those who asked"),
    "recipients/chunking.py": (1, "workers take the oldest rows, fair across institutions"),
    "recipients/delivering.py": (3, "what was given up, or waits, is looked for in all institutions"),
    "recipients/earning.py": (1, "workers award what was earned at every institution"),
    "recipients/digesting.py": (1, "a weekly mail is about one person at every institution"),
    "recipients/finding.py": (1, "all links of one address"),
    "recipients/gathering.py": (2, "a worker takes the oldest file of activities; abandoned ones go"),
    "recipients/holding.py": (2, "a person's export and erasure span institutions"),
    "recipients/rehearsing.py": (1, "a worker takes the oldest dry run"),
    "recipients/news.py": (3, "workers look at what is new everywhere, fair across institutions"),
    "recipients/noticing.py": (1, "a worker takes the rules that are to look at everybody"),
    "recipients/receiving.py": (2, "a key names its institution; old calls of all are forgotten together"),
    "recipients/announcing.py": (1, "a worker looks which batches of all institutions are complete"),
    "recipients/calling.py": (5, "a worker sends what is due of every institution, and forgets what is old"),
    "recipients/telling.py": (2, "a worker tells people of every institution, and looks whether anybody waits"),
    "recipients/recognising.py": (2, "a proved address is one person's at every institution"),
    "recipients/sending.py": (9, "mails of all institutions leave over one connection"),
    "recipients/searching.py": (1, "a worker writes down the words of people of every institution"),
    "recipients/tallying.py": (1, "a worker folds the slips of every institution"),
    "recipients/tidying.py": (2, "files of certificates that no row of any institution names"),
    "recipients/views/applied.py": (2, "the mailed link names its application; one's own are of any institution"),
    "recipients/views/apply.py": (1, "a public form has no tenant until its address is read"),
    "recipients/clearing.py": (3, "a file may belong to work elsewhere; old removed ones go; a person's export"),
    "recipients/views/claim.py": (2, "the mailed link names its credential"),
    "recipients/views/here.py": (3, "a code on a screen names its door"),
    "recipients/views/find.py": (1, "the link in a mail names its mail"),
    "recipients/views/outside.py": (2, "the mailed link names its work"),
    "recipients/views/shown_work.py": (1, "a public piece of evidence has no tenant"),
    "recipients/views/live.py": (1, "a person's own news"),
    "recipients/views/person.py": (1, "a wallet spans institutions"),
    "recipients/bouncing.py": (1, "a mail provider names a mail by its number, and nothing else"),
    "recipients/reminding.py": (1, "reminders are due at every institution"),
    "recipients/views/slip.py": (2, "the code on a slip names its credential"),
    "verification/counting.py": (1, "looks at pages of all institutions are written down together"),
    "verification/management/commands/invariants.py": (1, "invariants are about everybody's rows"),
    "verification/opening.py": (2, "a public page and its files have no tenant"),
    "verification/receipts.py": (1, "a receipt names what a stranger may see, of any institution"),
    "verification/ours.py": (6, "the desk answers public addresses; a paper belongs to whoever holds its signed text"),
    "verification/views/issuer.py": (2, "public pages have no tenant"),
    "verification/views/machine.py": (2, "public formats have no tenant"),
    "verification/views/older.py": (2, "public formats of older backpacks have no tenant"),
}


def _uses():
    found = {}
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            tree = ast.parse(path.read_text())
            nodes = ast.walk(tree)
            calls = [n for n in nodes if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "across_issuers"]
            if calls:
                found[str(path.relative_to(ROOT))] = calls
    return found


def test_every_look_across_issuers_is_listed_with_its_reason():
    assert {path: len(calls) for path, calls in _uses().items()} == {
        path: count for path, (count, _why) in ACROSS.items()
    }


def test_every_look_across_issuers_says_why():
    silent = [
        path
        for path, calls in _uses().items()
        for call in calls
        if len(call.args) != 1 or not isinstance(call.args[0], ast.Constant) or not call.args[0].value
    ]

    assert silent == []
