"""How long people will wait 预计等候: a replay of the present hall, ranges learnt from its past.

Everything here is pure: what is known comes in as values, the present moment is second 0, and
randomness is an argument. `replay` plays the hall on, `simple` holds the rules of thumb, `ranges`
turns a figure into what is printed, `learning` is what past days teach.
"""
