"""Call pads 呼叫器 and raters 评价器 at the counters: keys become commands, the counter's state is shown.

`member.py` is a device on a line; `shown.py` says what it shows; `presses.py` sends keys to the server.
"""
