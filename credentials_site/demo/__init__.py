"""The demo institution: Northmoor University, its team, six achievements and a year of awards, made by the real stages."""
