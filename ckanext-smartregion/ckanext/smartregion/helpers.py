"""Template helpers of the core."""
