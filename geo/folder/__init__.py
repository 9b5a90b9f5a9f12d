"""A data folder → checked frames; and how a new one begins.

The only door to data folders; raw files are never written. May import `account`, `checking`,
`geometry`, `files` and `errors`.

package      reads a folder: frames, faults, hashes
courses      legs that leave their course to the kit
ambiguity    two answers where there must be one
wide         flows in the short form, written out with what they name
verdicts     claims of a document against the rows
prose        words for readers: no ids, no names of columns
railways     railways of the ground, in a file of their own
credits      to whom lines are owed, apart from the folder's licence
dictionary   every file and column in Markdown
schemas      what editors complete from
scaffold     a new folder that already builds
begun        it begins with a table of flows
drafts       its languages, and corridors beside each other
examples     folders that come with the kit
"""
