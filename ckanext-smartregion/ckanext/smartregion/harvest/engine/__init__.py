"""The engine: list, compare, plan, apply through CKAN's actions, close. It knows CKAN and no page."""
