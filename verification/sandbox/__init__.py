"""Where strangers' documents are opened: a child process a document, without files, sockets or secrets (docs/decisions/0009).

`client` is what the product imports. `server`, `cage` and `jobs` run on the other side and know no Django.
"""
