"""The auditor: judges what was released by ledger and atoms alone, with nothing of the code that decides."""
