"""Facts about devices, as data. The module exists so that importlib.resources finds the files."""
