"""What the server does on its own: day roll-over, opening hours, clean-up."""
