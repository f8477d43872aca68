"""What the server publishes for kiosks and displays. Importing this loads no server."""
