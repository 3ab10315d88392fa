"""The benchmark: counts and ratios that the project steers by, each beside its peer.

`make bench`, or `python -m bench` with Linux's /proc. CPU time is measured, not the clock's, where
other programs on the machine would change a figure. `python -m bench.crowd` stands alone: it
measures nothing, but compares (docs/BENCHMARKS.md).
"""
