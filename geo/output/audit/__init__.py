"""What a finished page, story, deck, document or picture says, held to the rows of its folder.

Every number a reader sees is listed with the rows and the arithmetic it comes from. A number that
no row gives, a share that is not the quotient of the two numbers beside it, and a source cited for
a figure that is not its own are faults.
"""

from geo.output.audit.blocks import Block, blocks
from geo.output.audit.judge import Number, audit, faults
from geo.output.audit.ledger import Entry, Ledger

__all__ = ["Block", "Entry", "Ledger", "Number", "audit", "blocks", "faults"]
