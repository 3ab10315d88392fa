"""What a council of any size costs a month on AWS, and how near each function comes to its limits.

`samples.py` counts what each kind of event asks of AWS, by real handlers on moto; `load.py` says
how often each happens; `bill.py` multiplies both by `bench/prices.json`.
"""
