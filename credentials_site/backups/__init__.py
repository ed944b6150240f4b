"""Backups: a consistent copy of database and files, and the way back (docs/decisions/0034-operations.md).

    FOLDER/files/…                        every file of the media storage, once; shared by all backups in the folder
    FOLDER/files/.laurel-backups          says that it is ours: what no backup names is removed from it, and from no other
    FOLDER/2026-11-26T03-15-00Z/          one backup
        database.dump                     pg_dump's custom format, as one snapshot
        files.txt                         what `sha256sum --check` reads: the files that belong to it
        manifest.json                     what it is of: address, version, migrations, rows by table, names of keys
        SHA256SUMS                        of the three above

Keys are never in it: neither SECRET_KEY nor KEY_ENCRYPTION_KEYS, and no session that somebody could go on with.
"""
