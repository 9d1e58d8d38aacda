"""Every speed claim of the project, runnable beside its peer; see README.md."""
