"""PostgreSQL and Valkey of our own, in the data folder, for whoever has none to point at."""

from .errors import ServiceError
from .folder import DataFolder

__all__ = ["DataFolder", "ServiceError"]
