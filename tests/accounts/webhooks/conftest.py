from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.accounts.webhooks.receiver import Receiver

if TYPE_CHECKING:
    from tests.accounts.webhooks.made import Made


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    receiver.up()
    yield receiver
    receiver.down()


@pytest.fixture
def made(db: None, receiver: Receiver) -> Made:
    from tests.accounts.webhooks.made import make

    return make(receiver)
