"""A data folder → checked frames; and how a new one begins.

The only door to data folders; raw files are never written. May import `account`, `checking`,
`geometry`, `files` and `errors`.

package      reads a folder: frames, faults, hashes
courses      legs that leave their course to the kit
ambiguity    two answers where there must be one
verdicts     claims of a document against the rows
prose        words for readers: no ids, no names of columns
railways     railways of the ground, in a file of their own
credits      to whom lines are owed, apart from the folder's licence
scaffold     a new folder that already builds
examples     folders that come with the kit
"""
