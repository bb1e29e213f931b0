"""Every mail that was sent, kept in the data folder to look at. For the demo and for developing only."""
