"""The voice 语音 of a display: what is said, and the announcer that says it."""
