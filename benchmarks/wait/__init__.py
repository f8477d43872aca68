"""The waiting time, scored on a simulated hall."""
