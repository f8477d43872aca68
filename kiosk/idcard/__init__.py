"""Identity cards 身份证 at the kiosk: readers, and the one moment in which a card's number exists.

A number comes from the reader, is hashed with the key of the day, and is gone; it is in no log,
file, event, request or page. Only readers certified by the police, by what their makers ship: as a
keyboard, or as the maker's own service on this box. Nothing here opens a card itself.
"""
