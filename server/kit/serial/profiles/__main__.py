"""Prints the schema of all profiles."""

from server.kit.serial.profiles import schema_text

if __name__ == "__main__":
    print(schema_text(), end="")
