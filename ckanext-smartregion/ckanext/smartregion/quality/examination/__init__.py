"""What happens to a file in the child process: read it, judge its cells, collect what breaks a rule. Pure."""
