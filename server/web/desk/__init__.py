"""The clerk's page 窗口终端."""
