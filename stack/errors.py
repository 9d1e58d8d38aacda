"""What can go wrong before the portal answers, as one sentence that says what to do."""


class StackError(Exception):
    """One sentence for the person at the terminal: what is wrong and what to do next."""
