"""The demo institution: Northmoor University, its team, its achievements, a year of awards and a term, made by the real stages."""
