"""Serial devices: one port, one native thread, one inbox."""
