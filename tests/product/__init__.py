"""Rows of what was asked for, each shown by a test that has its number and tells its story."""
