"""Figures for Prometheus at /metrics: what waits, from rows and Valkey; what was asked, from every web process of this machine."""
