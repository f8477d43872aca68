"""What is done with this repository: setup, checks, pictures. Nothing of it is shipped."""
