"""Invitations on paper, each with a QR code and a short code to type."""
