"""Another profile beside the desk's: the VC-API, so that the public W3C conformance suites can be run against Laurel.

Off unless VC_API_TOKEN is set. It signs with a did:key of its own and never with an institution's key, takes contexts that
are written into a document, which the desk refuses, and keeps nothing (docs/decisions/0010, docs/conformance.md).
"""
