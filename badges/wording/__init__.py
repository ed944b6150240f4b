"""Rules, verdicts and faults in words, the same ones for the builder, the dry run, the dashboard and mails.

A layer above the pure core, because words need Django's catalogues: `badges.criteria` says what is so, in codes and
numbers that another language, a table or a database can have too, and nobody else turns them into sentences.
"""
