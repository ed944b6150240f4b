from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

from issuers.migrating import in_chunks

# What was shared before there were triggers. They see this too: verification 0006 counts all of it anew.
_SHARES = "recipients_share s WHERE s.credential_id = recipients_achievementcredential.id"
_OPEN = models.Q(cancelled_at__isnull=True, claimed_at__isnull=True, declined_at__isnull=True, revoked_at__isnull=True)


class Migration(migrations.Migration):
    """What pages of staff and the sweep ask for at a million rows; made beside the work that goes on."""

    atomic = False

    dependencies = [
        ('recipients', '0021_rollups'),
    ]

    operations = [
        in_chunks(
            'recipients_achievementcredential',
            f"shared_at = (SELECT min(s.created_at) FROM {_SHARES})",
            f"shared_at IS NULL AND EXISTS (SELECT FROM {_SHARES})",
        ),
        # The unique constraint on (issuer, id) is read backwards as well.
        RemoveIndexConcurrently(model_name='achievementcredential', name='credential_newest'),
        AddIndexConcurrently(
            model_name='achievementcredential',
            index=models.Index(
                condition=models.Q(('revoked_at__isnull', False), ('cancelled_at__isnull', False), ('suspended_at__isnull', False), ('declined_at__isnull', False), ('failed_at__isnull', False), _connector='OR'),
                fields=['issuer', '-id'], name='credential_ended',
            ),
        ),
        AddIndexConcurrently(
            model_name='achievementcredential',
            index=models.Index(condition=_OPEN, fields=['issuer', 'offer_expires_at'], name='credential_open'),
        ),
        AddIndexConcurrently(
            model_name='achievementcredential',
            index=models.Index(
                condition=models.Q(('accepted_at__isnull', False), ('claimed_at__isnull', True)),
                fields=['issuer', '-id'], name='credential_accepted',
            ),
        ),
        AddIndexConcurrently(
            model_name='achievementcredential',
            index=models.Index(
                condition=models.Q(('claimed_at__isnull', False), ('expires_at__isnull', False)),
                fields=['issuer', 'expires_at'], name='credential_expiring',
            ),
        ),
        AddIndexConcurrently(
            model_name='recipient',
            index=models.Index(condition=models.Q(('words_at__isnull', True)), fields=['id'], name='recipient_unread'),
        ),
        AddIndexConcurrently(
            model_name='recipient',
            index=models.Index(condition=models.Q(('erased_at__isnull', True), ('user__isnull', True)), fields=['created_at'], name='recipient_stranger'),
        ),
        AddIndexConcurrently(
            model_name='outgoingemail',
            index=models.Index(
                condition=models.Q(models.Q(('refused_at__isnull', False), ('failed_at__isnull', False), ('bounced_at__isnull', False), _connector='OR'), ('kind', 'offer')),
                fields=['issuer', 'credential'], name='email_offer_unsent',
            ),
        ),
    ]
