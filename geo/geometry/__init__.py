"""The earth: distances, ways over water and along railways, the base map, packed geometry.

Takes coordinates (lon, lat), gives distances, lines and blocks of bytes. Knows no data folder.
May import `files` and `errors`.

measure              distances and bearings on the ellipsoid
water, ways          ways over water, proven to keep to it
passages, coast      what ways are proven against: canals, straits, land
rail                 ways along the world's railways
curves, simplify     curves for flows without a course; fewer vertices within a tolerance
basemap, relief      what lies beneath: land and heights
seas, countries      their names
gshhg, outlines      shores, rivers and borders as they are read, and as a map has room for them
towns, names         towns, and which of them and of the countries to name
packing              many small integers in one deflated block
"""
