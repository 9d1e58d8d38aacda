"""Metrics: what Prometheus is told about sources, runs, records and the queue. `text` writes, `views` answers."""
