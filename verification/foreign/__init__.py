"""Pure: credentials of any origin, read and judged. No Django, no network: what must be fetched is asked for and handed in.

`judging.examine` runs inside the sandbox, as what strangers hand in must (SECURITY T5 to T9).
"""
