from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_audit_append_only'),
    ]

    operations = [
        migrations.AddField(
            model_name='organisation',
            name='country',
            field=models.CharField(default='NL', max_length=2, verbose_name='country'),
        ),
        migrations.AddField(
            model_name='organisation',
            name='subdivision',
            field=models.CharField(blank=True, max_length=10, verbose_name='province or region'),
        ),
    ]
