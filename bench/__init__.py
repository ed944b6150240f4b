"""Speed and memory as ratios within one run: ours against a naive baseline that stays here as code. `make bench`."""
