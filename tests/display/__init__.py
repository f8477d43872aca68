"""Tests of the hall display 综合屏."""
