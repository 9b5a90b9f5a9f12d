"""One reader of tables: encoding, delimiter, header, numbers, positions, shapes of flow tables.

What is found and not stated is said; what is in doubt is refused with both readings. Nothing is
guessed in silence.
"""

from geo.files.tables.form import Form
from geo.files.tables.reader import read

__all__ = ["Form", "read"]
