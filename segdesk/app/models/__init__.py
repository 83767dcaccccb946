"""The models at hand, and what is done with one."""
