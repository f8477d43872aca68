"""HTTP: commands, staff pages and the citizen's page. Translates only."""
