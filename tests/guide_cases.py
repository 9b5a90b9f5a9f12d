"""Maps as the guides of folium and geopandas make them: the same classes in the same ways.

The code is our own. Countries come from pyogrio's test data, everything else is made here.
"""

import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path

import branca
import folium
import folium_cases as cases
import geopandas
import numpy as np
import pandas as pd
import pyogrio
from folium import plugins
from folium.utilities import JsCode

warnings.filterwarnings("ignore", message="CartoDB")
MADE: dict[str, Callable[[], object]] = {}
RAN = np.random.default_rng(7)


@cache
def countries() -> geopandas.GeoDataFrame:
    folder = Path(pyogrio.__file__).parent / "tests" / "fixtures" / "naturalearth_lowres"
    return geopandas.read_file(folder / "naturalearth_lowres.shp")


@cache
def cities() -> geopandas.GeoDataFrame:
    frame = countries()[["name", "continent", "pop_est"]].assign(kind=lambda f: f["continent"])
    frame["href"] = '<a href="https://example.org/' + frame["name"] + '">' + frame["name"] + "</a>"
    frame["level"] = np.arange(len(frame)) % 4
    spots = countries().geometry.representative_point()
    return geopandas.GeoDataFrame(frame, geometry=spots, crs=4326)


def asia() -> geopandas.GeoDataFrame:
    found = countries()
    return found[found.continent == "Asia"].reset_index(drop=True)


def shape() -> dict:
    return asia().__geo_interface__


def guide(make: Callable[[], object]) -> Callable[[], object]:
    MADE[make.__name__] = make
    return make


def world(**options: object) -> folium.Map:
    return folium.Map([30, 60], zoom_start=3, **options)


# --- geopandas: interactive mapping, plotting with folium -----------------------------------------


@guide
def explore_plain():
    return countries().explore()


@guide
def explore_categories():
    return asia().explore(
        column="name",
        tooltip="name",
        popup=True,
        tiles="CartoDB positron",
        cmap="Set1",
        style_kwds={"color": "black"},
    )


@guide
def explore_two_layers():
    made = asia().explore(
        column="pop_est",
        scheme="naturalbreaks",
        legend=True,
        k=10,
        tooltip=False,
        popup=["pop_est", "gdp_md_est"],
        legend_kwds={"colorbar": False},
        name="people",
    )
    cities().explore(
        m=made,
        color="red",
        marker_kwds={"radius": 5, "fill": True},
        tooltip="name",
        tooltip_kwds={"labels": False},
        name="cities",
    )
    folium.TileLayer("CartoDB positron", show=False).add_to(made)
    folium.LayerControl().add_to(made)
    return made


@guide
def coloured_markers():
    made = folium.Map(location=[4, 10], tiles="Cartodb dark_matter", zoom_start=3)
    colours = {"Africa": "green", "Asia": "blue", "Europe": "orange", "Oceania": "pink"}
    for row in cities().itertuples():
        words = f"Name: {row.name}<br>Continent: {row.continent}<br>At: {row.geometry.y}"
        icon = folium.Icon(color=colours.get(row.continent, "purple"))
        at = [row.geometry.y, row.geometry.x]
        made.add_child(folium.Marker(location=at, popup=words, icon=icon))
    return made


@guide
def heat_of_points():
    made = folium.Map(location=[15, 30], tiles="Cartodb dark_matter", zoom_start=2)
    plugins.HeatMap([[p.y, p.x] for p in cities().geometry]).add_to(made)
    return made


@guide
def polygons_one_by_one():
    made = folium.Map(location=[35, 100], zoom_start=4, tiles="CartoDB positron")
    for row in asia().itertuples():
        text = geopandas.GeoSeries(row.geometry).simplify(tolerance=0.001).to_json()
        layer = folium.GeoJson(data=text, style_function=lambda _: {"fillColor": "orange"})
        folium.Popup(row.name).add_to(layer)
        layer.add_to(made)
    for row in asia().itertuples():
        at = row.geometry.representative_point()
        words = f"length: {row.geometry.length} <br> area: {row.geometry.area}"
        folium.Marker(location=[at.y, at.x], popup=words).add_to(made)
    return made


# --- folium: getting started, map -----------------------------------------------------------------


@guide
def a_map():
    return folium.Map()


@guide
def map_in_bounds():
    return folium.Map(
        location=[40, 130],
        min_lat=30,
        max_lat=50,
        min_lon=120,
        max_lon=140,
        max_bounds=True,
        width=500,
        height=300,
        left="10%",
        control_scale=True,
        zoom_control="topright",
        no_touch=True,
        disable_3d=True,
    )


@guide
def groups_of_markers():
    made = world(tiles="cartodb positron")
    for name, at in (("group 1", [45, 122]), ("group 2", [40, 120])):
        group = folium.FeatureGroup(name=name).add_to(made)
        folium.Marker(at, icon=folium.Icon("red", icon="cloud"), tooltip="Click me!").add_to(group)
        folium.Marker(at, popup="Timberline", icon=folium.Icon(icon="info-sign")).add_to(group)
    folium.LayerControl().add_to(made)
    made.fit_bounds([[35, 110], [50, 130]], padding=(10, 10))
    return made


@guide
def a_figure_of_two_maps():
    figure = branca.element.Figure(width=600, height=400)
    figure.add_child(world())
    return figure._children[next(iter(figure._children))]


@guide
def maps_side_by_side():
    figure = branca.element.Figure()
    for column in (1, 2):
        made = world()
        figure.add_subplot(1, 2, column).add_child(made)
        folium.Marker([40, 100 + column]).add_to(made)
    return figure


# --- vector layers, icons, popups -----------------------------------------------------------------


@guide
def vectors():
    made = folium.Map(cases.HERE, zoom_start=8)
    folium.PolyLine(
        cases.LINE, color="#FF0000", weight=5, tooltip="From A to B", smooth_factor=50
    ).add_to(made)
    folium.PolyLine([cases.LINE, cases.AREA], color="green", no_clip=True).add_to(made)
    folium.Rectangle(
        [[42, 130], [42.4, 130.5]],
        line_join="round",
        dash_array="5, 5",
        color="red",
        fill=True,
        fill_color="pink",
        fill_opacity=0.6,
        popup="box",
        tooltip="<strong>Box</strong>",
    ).add_to(made)
    hole = [[42.2, 130.4], [42.3, 130.4], [42.3, 130.5]]
    folium.Polygon([cases.AREA, hole], color="blue", weight=10, fill_color="red").add_to(made)
    folium.Circle(
        cases.HERE,
        radius=50,
        color="cornflowerblue",
        stroke=False,
        fill=True,
        popup="50 meters",
        tooltip="I am in meters",
    ).add_to(made)
    folium.CircleMarker(
        cases.HERE, radius=30, opacity=1, popup=folium.Popup("30 px", parse_html=True)
    ).add_to(made)
    folium.ColorLine(cases.LINE, colors=[0, 0.5], colormap=["y", "orange", "r"]).add_to(made)
    return made


@guide
def icons():
    made = folium.Map(cases.HERE, zoom_start=8)
    for icon in (
        folium.Icon(color="red", icon="car", prefix="fa", angle=180),
        folium.Icon(color="lightgray", icon_color="#00ff00", icon="glyphicon-flag"),
        folium.Icon(icon="fa-brands fa-github", prefix="fa"),
        folium.DivIcon(
            icon_size=(150, 36), icon_anchor=(7, 20), html='<div style="font-size: 24pt">★</div>'
        ),
        folium.CustomIcon(
            cases.PICTURE, icon_size=(38, 95), icon_anchor=(22, 94), popup_anchor=(-3, -76)
        ),
        plugins.BeautifyIcon(icon="plane", icon_shape="triangle", border_color="#b3334f"),
        plugins.BeautifyIcon(
            border_color="#00ABDC",
            text_color="#00ABDC",
            number=10,
            inner_icon_style="margin-top:0;",
        ),
    ):
        folium.Marker(cases.HERE, icon=icon).add_to(made)
    return made


@guide
def popups():
    made = folium.Map(cases.HERE, zoom_start=8)
    table = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}).to_html(
        classes="table table-striped table-hover table-condensed table-responsive"
    )
    frame = branca.element.IFrame(html="<h1>A page</h1><p>in a box", width=500, height=300)
    for popup in (
        "a quote ' and \" here",
        table,
        folium.Popup("<b>bold</b>", max_width=100, sticky=True),
        folium.Popup("later", lazy=True),
        folium.Popup(frame, max_width=500),
        folium.Popup(folium.Html("<i>as typed</i>"), show=True),
    ):
        folium.Marker(cases.HERE, popup=popup).add_to(made)
    folium.Marker(
        cases.HERE,
        tooltip=folium.Tooltip("tip", style="color: red; width: 80px;", sticky=False),
        draggable=True,
    ).add_to(made)
    made.add_child(folium.LatLngPopup())
    return made


@guide
def click_for_marker():
    made = folium.Map(cases.HERE, zoom_start=8)
    made.add_child(folium.ClickForMarker("<b>Lat:</b> ${lat}<br /><b>Lon:</b> ${lng}"))
    return made


@guide
def click_for_position():
    made = folium.Map(cases.HERE, zoom_start=8)
    made.add_child(folium.ClickForLatLng(format_str='"[" + lat + "," + lng + "]"', alert=True))
    return made


# --- raster layers --------------------------------------------------------------------------------


@guide
def image_of_numbers():
    image = np.zeros((61, 61))
    image[45, :] = 1.0
    made = world()
    folium.raster_layers.ImageOverlay(
        image=image,
        bounds=[[0, -60], [60, 60]],
        origin="lower",
        mercator_project=True,
        colormap=lambda x: (1, 0, 0, x),
        name="line",
        opacity=0.6,
        interactive=True,
        cross_origin=False,
        zindex=1,
        alt="a line",
    ).add_to(made).add_child(folium.Popup("I am an image"))
    folium.LayerControl().add_to(made)
    return made


@guide
def online_layers():
    made = world(tiles=None)
    folium.TileLayer("OpenStreetMap").add_to(made)
    folium.TileLayer(
        "https://{s}.tiles.invalid/{z}/{x}/{y}.png",
        attr="My data",
        name="mine",
        subdomains="ab",
        tms=True,
        opacity=0.5,
        detect_retina=True,
    ).add_to(made)
    folium.WmsTileLayer(
        url="https://example.org/wms",
        name="radar",
        fmt="image/png",
        layers="n0r",
        attr="weather",
        transparent=True,
        overlay=True,
        control=True,
    ).add_to(made)
    folium.LayerControl().add_to(made)
    return made


# --- GeoJSON --------------------------------------------------------------------------------------


@guide
def geojson_of_every_kind():
    made = world()
    folium.GeoJson(shape(), name="dict").add_to(made)
    folium.GeoJson(asia().to_json(), name="text", zoom_on_click=True).add_to(made)
    folium.GeoJson(asia(), name="frame", smooth_factor=2).add_to(made)
    folium.GeoJson(asia().geometry.iloc[0], name="one geometry").add_to(made)
    folium.GeoJson(geopandas.GeoSeries(asia().geometry), name="series").add_to(made)
    scale = branca.colormap.linear.YlGn_09.scale(0, 1e9)
    people = asia().set_index("name")["pop_est"]
    folium.GeoJson(
        shape(),
        name="people",
        style_function=lambda f: {
            "fillColor": scale(people[f["properties"]["name"]]),
            "color": "black",
            "weight": 1,
            "dashArray": "5, 5",
            "fillOpacity": 0.9,
        },
        highlight_function=lambda _: {"weight": 3, "color": "green"},
        popup_keep_highlighted=True,
        popup=folium.GeoJsonPopup(["name"]),
    ).add_to(made)
    scale.caption = "People"
    scale.add_to(made)
    folium.LayerControl().add_to(made)
    return made


@guide
def geojson_tooltip_and_popup():
    made = world()
    look = "background-color: #F0EFEF; border: 2px solid black; border-radius: 3px;"
    folium.GeoJson(
        asia(),
        tooltip=folium.GeoJsonTooltip(
            ["name", "pop_est", "gdp_md_est"],
            aliases=["State:", "People:", "Income:"],
            localize=True,
            sticky=False,
            labels=True,
            style=look,
            max_width=800,
        ),
        popup=folium.GeoJsonPopup(
            ["name", "pop_est"],
            aliases=["State", "% Change"],
            localize=True,
            labels=False,
            style="background-color: yellow;",
        ),
    ).add_to(made)
    return made


def stations(marker: object, style: Callable[[dict], dict]) -> folium.Map:
    made = world()
    folium.GeoJson(
        cities(),
        name="Stations",
        marker=marker,
        style_function=style,
        zoom_on_click=True,
        tooltip=folium.GeoJsonTooltip(fields=["name", "continent"]),
        popup=folium.GeoJsonPopup(fields=["name", "href"]),
        highlight_function=lambda _: {"fillOpacity": 0.8},
    ).add_to(made)
    return made


@guide
def geojson_circles():
    circle = folium.Circle(radius=4, fill_color="orange", fill_opacity=0.4, color="black", weight=1)
    colours = ["orange", "yellow", "green", "blue"]
    return stations(
        circle,
        lambda f: {
            "fillColor": colours[f["properties"]["level"]],
            "radius": f["properties"]["level"] * 9000,
        },
    )


@guide
def geojson_markup_icons():
    return stations(
        folium.Marker(icon=folium.DivIcon()),
        lambda f: {
            "html": f'<a href="https://example.org"><div style="font-size: 0.8em">'
            f"{f['properties']['name']}</div></a>"
        },
    )


@guide
def geojson_pins():
    colours = ["red", "orange", "green", "blue"]
    pin = folium.Marker(icon=folium.Icon(icon="star"))
    return stations(pin, lambda f: {"markerColor": colours[f["properties"]["level"]]})


@guide
def geojson_with_a_function():
    made = world()
    tell = JsCode(
        "function(feature, layer) { layer.bindTooltip('<b>' + feature.properties.name + '</b>'); }"
    )
    folium.GeoJson(shape(), on_each_feature=tell).add_to(made)
    return made


def coloured(**options: object) -> folium.Map:
    made = world()
    table = pd.DataFrame({"State": asia()["name"], "People": asia()["pop_est"] / 1e6})
    table.loc[4, "People"] = float("nan")
    folium.Choropleth(
        geo_data=shape(),
        data=table,
        columns=["State", "People"],
        key_on="feature.properties.name",
        **options,
    ).add_to(made)
    folium.LayerControl(collapsed=False).add_to(made)
    return made


@guide
def choropleth_without_data():
    made = world()
    folium.Choropleth(geo_data=shape(), fill_opacity=0.3, line_weight=2).add_to(made)
    return made


@guide
def choropleth_plain():
    return coloured()


@guide
def choropleth_of_everything():
    return coloured(
        fill_color="YlGn",
        fill_opacity=0.7,
        line_opacity=0.2,
        legend_name="People (m)",
        highlight=True,
        bins=[0, 4, 9, 11, 2000],
        nan_fill_color="purple",
        nan_fill_opacity=0.4,
        name="People",
        show=False,
    )


@guide
def choropleth_of_a_topology():
    made = folium.Map(cases.HERE, zoom_start=7)
    folium.Choropleth(
        geo_data=cases.TOPOLOGY,
        topojson="objects.areas",
        key_on="feature.id",
        data=pd.Series({"a": 1, "b": 2}),
        fill_color="PuBu",
    ).add_to(made)
    return made


# --- plugins --------------------------------------------------------------------------------------


@guide
def clusters():
    made = world()
    at = [[p.y, p.x] for p in cities().geometry]
    cluster = plugins.MarkerCluster(
        name="1000 clustered icons",
        overlay=True,
        control=True,
        icon_create_function=None,
        options={"disableClusteringAtZoom": 6},
    ).add_to(made)
    for row, spot in zip(cities().itertuples(), at, strict=True):
        folium.Marker(spot, popup=f"lon:{spot[1]}<br>{row.name}").add_to(cluster)
    plugins.FastMarkerCluster(data=at).add_to(made)
    plugins.MarkerCluster(
        locations=at,
        popups=list(cities()["name"]),
        icons=[folium.Icon(icon="star")] * len(at),
        icon_create_function="function(c) { return L.divIcon({html: '<b>' + c.getChildCount() + "
        "'</b>', className: 'marker-cluster marker-cluster-small', iconSize: new L.Point(20, 20)});"
        " }",
    ).add_to(made)
    folium.LayerControl().add_to(made)
    return made


@guide
def cluster_with_a_callback():
    made = world()
    callback = "function (row) { return L.circleMarker(new L.LatLng(row[0], row[1])); }"
    plugins.FastMarkerCluster([[40, 100]], callback=callback).add_to(made)
    return made


@guide
def heat_in_time():
    made = world()
    steps = [np.add(RAN.normal(size=(20, 2)), (48, 5)).tolist() for _ in range(5)]
    plugins.HeatMapWithTime(
        steps,
        index=[f"2021-01-0{n}" for n in range(1, 6)],
        auto_play=True,
        max_opacity=0.3,
        radius=20,
    ).add_to(made)
    return made


@guide
def controls():
    made = world()
    plugins.ScrollZoomToggler().add_to(made)
    plugins.Fullscreen(
        position="topright", title="Expand me", title_cancel="Exit me", force_separate_button=True
    ).add_to(made)
    plugins.MiniMap(toggle_display=True, tile_layer="CartoDB positron", position="topleft").add_to(
        made
    )
    plugins.MousePosition(
        position="topright",
        separator=" | ",
        empty_string="NaN",
        lng_first=True,
        num_digits=20,
        prefix="Coordinates:",
        lat_formatter="function(num) {return L.Util.formatNum(num, 3) + ' &deg; ';};",
    ).add_to(made)
    plugins.MeasureControl(position="topleft", primary_length_unit="kilometers").add_to(made)
    plugins.Terminator().add_to(made)
    folium.features.Control("Scale", position="bottomright").add_to(made)
    return made


@guide
def lines_with_texts():
    made = folium.Map(cases.HERE, zoom_start=8)
    line = folium.PolyLine(cases.LINE, weight=8, color="blue").add_to(made)
    look = {"fill": "#007DEF", "font-weight": "bold", "font-size": "24"}
    plugins.PolyLineTextPath(line, "\u25ba", repeat=True, offset=7, attributes=look).add_to(made)
    plugins.AntPath(cases.LINE, dash_array=[20, 30], reverse=True).add_to(made)
    plugins.PolyLineOffset(cases.LINE, weight=4, color="green", opacity=1, offset=-5).add_to(made)
    plugins.PolyLineFromEncoded("_p~iF~cn~U_ulLn{vA_mqNvxq`@", color="green").add_to(made)
    plugins.PolygonFromEncoded("w`j~FpxivO}jz@qnnCd}~Bsa{@~f`C`lkH", fill=True).add_to(made)
    plugins.SemiCircle(cases.HERE, radius=900, start_angle=140, stop_angle=220, popup="a").add_to(
        made
    )
    for kind in ({"heading": 45, "wind_heading": 150, "wind_speed": 45}, {"heading": -20}):
        plugins.BoatMarker(cases.HERE, color="#8f8", **kind).add_to(made)
    return made


@guide
def searches():
    made = world()
    places = folium.GeoJson(
        cities(), name="Cities", tooltip=folium.GeoJsonTooltip(["name"])
    ).add_to(made)
    areas = folium.GeoJson(asia(), name="Areas").add_to(made)
    plugins.Search(
        layer=areas,
        geom_type="Polygon",
        placeholder="Search for an area",
        collapsed=False,
        search_label="name",
        weight=3,
    ).add_to(made)
    plugins.Search(
        layer=places, geom_type="Point", placeholder="Search", collapsed=True, search_label="name"
    ).add_to(made)
    folium.LayerControl().add_to(made)
    return made


@guide
def timestamped():
    made = world()
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "LineString", "coordinates": [[139.7, 35.6], [139.8, 35.7]]},
            "properties": {
                "times": ["2017-06-02T00:00:00", "2017-06-02T00:10:00"],
                "style": {"color": "red", "weight": 5 if n else 15},
                "popup": "<table><tr><td>a</td></tr></table>",
                "icon": "circle",
                "iconstyle": {"fillColor": "green", "fillOpacity": 0.6, "radius": 13},
            },
        }
        for n in range(2)
    ]
    plugins.TimestampedGeoJson(
        {"type": "FeatureCollection", "features": features},
        period="PT1M",
        add_last_point=True,
        loop=False,
        max_speed=1,
        loop_button=True,
        date_options="YYYY/MM/DD",
        duration="P2M",
        time_slider_drag_update=True,
    ).add_to(made)
    return made


@guide
def timeline_with_a_formatter():
    made = world()
    data = cities().head(20).assign(start="2020-01-01", end="2021-01-01").__geo_interface__
    line = plugins.Timeline(data).add_to(made)
    folium.GeoJsonTooltip(["name"]).add_to(line)
    plugins.TimelineSlider(
        auto_play=False, show_ticks=True, enable_keyboard_controls=True, playback_duration=30000
    ).add_timelines(line).add_to(made)
    return made


@guide
def slider_of_colours():
    made = world()
    when = [str(int(t.timestamp())) for t in pd.date_range("2016-01-01", periods=5, freq="ME")]
    styles = {
        str(n): {t: {"color": "#d7191c", "opacity": 0.1 * k} for k, t in enumerate(when)}
        for n in range(len(asia()))
    }
    plugins.TimeSliderChoropleth(asia().to_json(), styledict=styles, init_timestamp=-1).add_to(made)
    return made


@guide
def lists_of_layers():
    made = world()
    groups = [folium.FeatureGroup(name=f"g{n}").add_to(made) for n in range(4)]
    for n, group in enumerate(groups):
        folium.Marker([40, 74 + n]).add_to(group)
    plugins.GroupedLayerControl(
        groups={"groups1": groups[:2], "groups2": groups[2:]},
        exclusive_groups=False,
        collapsed=False,
    ).add_to(made)
    cluster = plugins.MarkerCluster(control=False).add_to(made)
    plugins.FeatureGroupSubGroup(cluster, "sub").add_to(made)
    folium.LayerControl(collapsed=False).add_to(made)
    return made


@guide
def colour_maps():
    made = world()
    linear = branca.colormap.linear.YlOrRd_04.scale(0, 100).to_step(6)
    linear.caption = "Step"
    made.add_child(linear)
    made.add_child(
        branca.colormap.StepColormap(
            ["r", "g", "b"], vmin=3, vmax=10, index=[3, 4, 8, 10], caption="Index"
        )
    )
    return made


@guide
def panes():
    made = world(tiles="CartoDB PositronNoLabels")
    folium.GeoJson(shape(), style_function=lambda _: {"fillOpacity": 1}).add_to(made)
    folium.map.CustomPane("labels", z_index=625, pointer_events=False).add_to(made)
    folium.TileLayer("CartoDBPositronOnlyLabels", pane="labels").add_to(made)
    return made


@guide
def pie_charts_as_icons():
    made = world()
    chart = (
        '<svg width="50" height="50"><circle cx="25" cy="25" r="20" fill="#e6194b"/>'
        '<path d="M25 25L25 5A20 20 0 0 1 45 25Z" fill="#19e6b4"/></svg>'
    )
    for at in ([40, 60], [45, 70]):
        folium.Marker(at, icon=folium.DivIcon(html=chart)).add_to(made)
    return made


@guide
def a_heading_above():
    made = world()
    title = "<h3 align='center' style='font-size:16px'><b>Title</b></h3>"
    made.get_root().html.add_child(folium.Element(title))
    made.get_root().title = "My map"
    return made


@guide
def a_video():
    made = world()
    folium.raster_layers.VideoOverlay(
        "https://example.org/x.webm", bounds=[[32, -130], [13, -100]]
    ).add_to(made)
    return made


@guide
def an_online_image():
    made = world()
    folium.raster_layers.ImageOverlay(
        "https://example.org/x.jpg", bounds=[[-82, -180], [82, 180]]
    ).add_to(made)
    return made


@guide
def events_in_javascript():
    made = world()
    areas = folium.GeoJson(shape()).add_to(made)
    areas.on(mouseover=JsCode("function (e) { e.target.openPopup(); }"))
    return made
