"""Reports of mail servers in the form of RFC 3464."""

RETURNED = """\
From: Polsslag <polsslag@localhost>
To: {address}
Subject: Your answers
Message-ID: {message_id}
"""

REPORT = """\
From: Mail Delivery System <MAILER-DAEMON@mx.example.org>
To: bounces@polsslag.example.org
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain; charset=us-ascii

I am sorry to have to tell you that your message could not be delivered.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
Arrival-Date: Tue, 3 Mar 2026 10:00:00 +0100

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {words}

--b1
Content-Type: {returned_type}

{returned}
--b1--
"""

AWAY = """\
From: Someone <someone@example.org>
To: bounces@polsslag.example.org
Subject: Out of office
Auto-Submitted: auto-replied
Content-Type: text/plain

Back on Monday.
"""


def report(
    address: str,
    message_id: str,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    words: str = "550 5.1.1 No such person here",
    whole: bool = True,
) -> bytes:
    returned = RETURNED.format(address=address, message_id=message_id) + ("\nHello\n" if whole else "")
    return REPORT.format(
        address=address,
        action=action,
        status=status,
        words=words,
        returned_type="message/rfc822" if whole else "text/rfc822-headers",
        returned=returned,
    ).encode()
