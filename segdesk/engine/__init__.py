"""Beside the house: torch, mmengine and mmseg. Reached only through jobs and cli."""

from segdesk.engine.put_off import put_off_abstract_operators

# Before any module of this room imports torch.
put_off_abstract_operators()
