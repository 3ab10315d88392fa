"""Open311 GeoReport v2 on the wire: one tree of values, written and read as XML and as JSON."""
