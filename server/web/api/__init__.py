"""The HTTP interface, version 1: commands by POST with a key, questions by GET."""
