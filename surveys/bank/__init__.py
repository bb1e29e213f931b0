"""The question bank that comes with the product: themes and questions in Dutch and English."""

from .load import Bank, BankError, BankQuestion, BankTheme, load_bank

__all__ = ["Bank", "BankError", "BankQuestion", "BankTheme", "load_bank"]
