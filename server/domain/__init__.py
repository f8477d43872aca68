"""The rules of a hall: pure functions on frozen values, without clock, database or network."""
