from django.db import migrations

# What institutions have already is theirs in the library too. Its size is not known here: 0 says so.
OURS = """
INSERT INTO badges_picture (issuer_id, kind, key, name, alt, width, height)
    SELECT id, 'logo', logo, left(name, 120), left(name, 120), 0, 0 FROM issuers_issuer WHERE logo <> '';
INSERT INTO badges_picture (issuer_id, kind, key, name, alt, width, height)
    SELECT DISTINCT ON (design.issuer_id, signer->>'picture')
        design.issuer_id, 'signature', signer->>'picture', left(signer->>'name', 120), '', 0, 0
    FROM badges_certificatedesign AS design,
        jsonb_path_query(design.layout, 'lax $.signers[*]') AS signer
    WHERE coalesce(signer->>'picture', '') <> ''
    ON CONFLICT DO NOTHING;
"""


class Migration(migrations.Migration):
    """The logos and signatures of today's drafts are pictures of their institutions."""

    dependencies = [
        ('badges', '0002_kit'),
    ]

    operations = [
        migrations.RunSQL(OURS, migrations.RunSQL.noop),
    ]
