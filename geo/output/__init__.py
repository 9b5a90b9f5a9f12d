"""A scene → what leaves: folium maps, pictures, pages, briefings; and the audit of what left.

Takes the values of `scene`, gives files that open anywhere and ask for nothing. May import all
that stands below `maps`.

draw         scene → folium; the only importer of folium
still        scene → picture, without a browser
page         a folium map → one offline file
shown        a page and its picture, small enough for a notebook to keep
bundle, templates  the browser side as text, and the document round the map
foreign      maps made without this kit, made anew by our own code
brief        slides, document, paper, web page
exports      what was drawn, as data
audit        what a finished file says, compared with the rows
"""
