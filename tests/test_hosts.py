"""A map where others show it: in the frame that each host puts it in, and as it prints it."""

import re

import pytest
from test_frames import MAPS

NAMES = ("flows", "features", "tracks")
# As their sources have them: what the page round an output allows.
HOSTS = {
    "colab": (
        "allow-downloads allow-forms allow-modals allow-pointer-lock allow-popups "
        "allow-popups-to-escape-sandbox allow-presentation allow-same-origin allow-scripts "
        "allow-storage-access-by-user-activation allow-top-navigation-by-user-activation",
        "",
    ),
    "vscode": (
        "allow-scripts allow-same-origin allow-forms allow-pointer-lock allow-downloads",
        "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' https: http: data:; "
        "font-src 'self' https:; connect-src https:; child-src https: data:;",
    ),
    "streamlit": (
        "allow-forms allow-modals allow-popups allow-popups-to-escape-sandbox allow-same-origin "
        "allow-scripts allow-downloads",
        "",
    ),
}
OUTER = (
    "<!doctype html><meta charset=utf-8><title>host</title>"
    '<iframe id=output sandbox="{sandbox}" width=1000 height=760 src="output.html"></iframe>'
)
INNER = "<!doctype html><meta charset=utf-8>{policy}<title>output</title><body>{html}"


@pytest.mark.browser
@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("name", NAMES)
def test_a_map_is_drawn_in_the_frame_of_a_host(host, name, browser, tmp_path):
    sandbox, policy = HOSTS[host]
    policy = policy and f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    html = MAPS[name]()._repr_html_()
    (tmp_path / "host.html").write_text(OUTER.format(sandbox=sandbox), encoding="utf-8")
    (tmp_path / "output.html").write_text(INNER.format(policy=policy, html=html), encoding="utf-8")
    context = browser.new_context(offline=True, viewport={"width": 1100, "height": 800})
    try:
        page = context.new_page()
        said = []
        page.on("console", lambda one: said.append(one.text) if one.type == "error" else None)
        page.goto((tmp_path / "host.html").as_uri())
        inner = page.frame_locator("#output").frame_locator("iframe").frame_locator("iframe")
        inner.locator('html[data-ready="1"]').wait_for(state="attached")
        assert inner.locator(".leaflet-container canvas, .leaflet-container path").count() > 0
        assert said == []
    finally:
        context.close()


@pytest.mark.parametrize("name", NAMES)
def test_a_host_that_prints_objects_prints_one_line(name):
    made = MAPS[name]()
    assert re.fullmatch(r"<\w+Map '[^\n]*': [^\n]*>|<Map '[^\n]*': [^\n]*>", str(made))
    assert "0x" not in repr(made)
    assert not hasattr(type(made), "__dataclass_fields__")  # Streamlit lists the fields of one


@pytest.mark.parametrize("name", NAMES)
def test_where_frames_are_stripped_a_picture_is_left(name):
    shown = MAPS[name]()._repr_mimebundle_()
    bare = re.sub(r"<iframe.*?</iframe>", "", shown["text/html"], flags=re.DOTALL)
    assert re.search(r'<img alt="[^"]+" width="100%" src="data:image/webp;base64,', bare)
    assert shown["image/png"]
