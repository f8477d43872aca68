"""Questions: each returns a view of the contract and locks nothing."""
