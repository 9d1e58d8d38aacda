"""Messages to webhooks and the patience with them."""

from __future__ import annotations

import json

from ckanext.smartregion.feeds.webhooks import patience, signing

# The example of Standard Webhooks' own libraries.
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
CHANGES = [{"seq": 4, "published": "2026-11-26T12:00:00Z"}, {"seq": 7, "published": "2026-11-26T12:00:01Z"}]


def test_signature_is_that_of_standard_webhooks():
    body = b'{"test": 2432232314}'
    signed = signing.signature(SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert signed == "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_secret_is_long_and_never_the_same():
    assert signing.new_secret() != signing.new_secret()
    assert signing.new_secret().startswith("whsec_")


def test_message_is_the_same_however_often_it_is_made():
    first, again = (signing.changed("abc", CHANGES, after=3, following="x", complete=True) for _ in range(2))
    assert first == again
    assert (first.id, json.loads(first.body)["timestamp"]) == ("msg_abc_3_7", "2026-11-26T12:00:01Z")
    assert "." not in first.id


def test_patience_grows_up_to_half_a_day_and_heeds_what_is_asked():
    assert [patience.wait(failures, 0) for failures in (1, 2, 3)] == [10, 40, 160]
    assert patience.wait(50, 0) == 12 * 3600
    assert 10 < patience.wait(1, 0.5) < patience.wait(1, 1) == 12.5
    assert patience.wait(1, 0, asked=300) == 300
    assert patience.wait(1, 0, asked=10**9) == 24 * 3600
