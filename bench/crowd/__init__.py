"""Many people and many reports on the local stack: everybody hears what she is to hear, nobody
anything else. `python -m bench.crowd` is the full size, the tests have a small one."""
