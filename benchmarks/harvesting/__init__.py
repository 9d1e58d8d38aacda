"""The far end and the two harvesters of benchmarks.harvest."""
