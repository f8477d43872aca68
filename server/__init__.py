"""The server of a hall: rules, store, realtime and staff pages. Importing this loads nothing."""
