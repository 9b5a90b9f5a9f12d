"""Is it sound, and can it be meant? Structure, meaning, plausibility; every fault at once.

Takes what `files` has read, gives what is sound of it and a fault for the rest, with its place and
its remedy. May import `geometry`, `files` and `errors`.

check          rows of a data folder: structure, keys, meaning
descriptors    the files that describe a folder
rfc7946        what GeoJSON asks and a model of it lets pass
vectors        files of features, layer by layer
userfile       one file of a user, row by row
plausibility   positions, dates and numbers that cannot be meant
namesakes      points whose longitude and latitude are swapped
"""
