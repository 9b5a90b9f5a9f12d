"""Single files: read within limits, written whole or not at all.

Takes a path, gives bytes, rows of text or features as they stand, with every fault and its place.
Knows nothing of what they mean. May import `errors` only.

intake                       the door: what was named and nothing else, within limits
tables, sheets, workbook     tables of every kind, every row counted
days, monthnames             what a date or period covers, however it is written, in many languages
codepages                    whether a text is UTF-8 though another code page is stated
headings, numbers, live      how columns are headed, how numbers are written; cells that would run
strictjson, jsonforms        JSON as the standard has it, and features in other forms of it
markup, kml, placemarks, gpx XML of a user, and what it holds
shapefile, geopackage, gdal  formats that GDAL reads
tilestore                    tiles of web maps in one file
columnar                     what a Parquet file would take in memory
writing, zipped              the old file or the new one, whatever happens; the same bytes twice
"""
