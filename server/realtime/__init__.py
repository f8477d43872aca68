"""Delivers committed events to screens and staff pages."""
