"""The benchmark: counts and ratios that the project steers by, each beside its peer.

`make bench`, or `python -m bench` with Linux's /proc. CPU time is measured instead of elapsed time
wherever other programs on the machine would change a figure. `python -m bench.crowd` is separate:
it measures nothing, but compares (docs/BENCHMARKS.md).
"""
