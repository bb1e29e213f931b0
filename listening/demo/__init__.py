"""A municipality that does not exist, with two years of generated answers, to look around in."""

from .building import DemoLogin, DemoLogins, build, is_whole

__all__ = ["DemoLogin", "DemoLogins", "build", "is_whole"]
