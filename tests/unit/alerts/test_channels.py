"""What cannot be sent is said, whatever the reason; what can be is tried over real SMTP and HTTP beside other parts."""

from __future__ import annotations

import pytest

from tunegenie_assets.alerts.channels import ChannelError, MailServer, beat, mail_sender
from tunegenie_assets.alerts.incidents import Message, News


def test_a_name_that_no_machine_can_have_is_a_failed_try() -> None:
    server = MailServer("x" * 70, 25, "none", "", "", "me@example.org")
    message = Message(News.TEST, "title", (), None)
    with pytest.raises(ChannelError, match="could not be used"):
        mail_sender(server, ["you@example.org"], str)(message)
    with pytest.raises(ChannelError, match="could not be reached"):
        beat(f"http://{'x' * 70}/")
