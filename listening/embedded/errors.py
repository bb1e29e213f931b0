class ServiceError(Exception):
    """A service cannot start; the message says what to do about it."""
