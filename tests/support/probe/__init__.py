"""A tiny agent for the tests of `server.kit.agent`."""
