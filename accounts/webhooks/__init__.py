"""Telling other systems that something happened: an outbox of signed messages (docs/webhooks.md)."""
