"""Which figures may exist: pooling small groups, and the ledger of what was released."""
