"""Many people and many reports on the local stack: everybody gets the matching alerts and nobody
gets others. `python -m bench.crowd` is the full size, the tests have a small one."""
