"""Notices: what changed at the sources is found, shown on the site and mailed once a day.

`finding` finds news, `audience` says whom they concern and in which language, `digest` mails them, `views` shows them.
"""
