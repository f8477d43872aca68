"""LED bars 条屏 above counters and for zones: what they show, and how they are driven.

`panels.py` says what is shown, pure; `bars.py` is a bar on a line; `command.py` the command line.
"""
