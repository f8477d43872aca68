"""A model of LED bars 条屏: pseudo terminals with bars on them, and a page on which they glow.

It reads the frames of six protocols by the protocols' own documents and shares no code with what
makes them (`server/kit/serial/templates.py`), so that the one is a judge of the other. For tests,
demonstrations, and trying a site's file without hardware.
"""
