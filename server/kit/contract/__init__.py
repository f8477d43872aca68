"""The contract between server, kiosk and display: events, views, board, refusals and their codec."""
