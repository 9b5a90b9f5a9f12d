"""The account of figures: which row speaks, over which legs, compared with what, in which words.

Takes the frames of a checked data folder, gives values; every output asks it and computes nothing
itself. The rules stand in docs/account.md. Imports nothing of the kit but `errors`.
"""

from __future__ import annotations

from geo.account.answers import Answer
from geo.account.book import Account
from geo.account.ceilings import Ceiling, Comparison
from geo.account.rows import Amount, Flow

__all__ = ["Account", "Amount", "Answer", "Ceiling", "Comparison", "Flow"]
