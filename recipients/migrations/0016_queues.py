from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Rows that wait, by institution: workers find each one's oldest without reading the others' (recipients.taking)."""

    atomic = False

    dependencies = [
        ('recipients', '0014_tutorial'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='achievementcredential',
            index=models.Index(condition=models.Q(('cancelled_at__isnull', True), ('failed_at__isnull', True), ('signed_at__isnull', True)), fields=['issuer', 'id'], name='credential_to_sign'),
        ),
        AddIndexConcurrently(
            model_name='achievementcredential',
            index=models.Index(condition=models.Q(('cancelled_at__isnull', True), ('failed_at__isnull', True), ('rendered_at__isnull', True), ('revoked_at__isnull', True), ('signed_at__isnull', False)), fields=['issuer', 'id'], name='credential_to_render'),
        ),
        RemoveIndexConcurrently(model_name='achievementcredential', name='credential_unsigned'),
        RemoveIndexConcurrently(model_name='achievementcredential', name='credential_unrendered'),
    ]
