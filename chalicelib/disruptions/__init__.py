"""Officers' notices that a service is disrupted: what, where and for how long."""
