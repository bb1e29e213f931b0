"""The read API: the same figures, behind the same wall and scope, for programs. docs/api.md explains it."""
