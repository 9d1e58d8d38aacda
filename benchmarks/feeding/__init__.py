"""What the benchmark of the feeds is made of: rendering alone, the store, and the portal as it is served."""
