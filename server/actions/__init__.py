"""Use cases: each asks the domain, saves and publishes in one unit of work."""
