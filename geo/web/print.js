/* A whole map on paper: while the page is printed, its map is light, sharp and of a fixed size. */
(function () {
  'use strict';
  const T = window.Tumen;
  const CLASS = 'printing';
  const SHARP = 3; // device pixels per CSS pixel: 288 to the inch
  const AT_ONCE = { animate: false };
  const ROOM = L.point(2, 2); // pixels, for what rounding takes

  /** @type {(map: L.Map, sharpness: number) => void} */
  function redraw(map, sharpness) {
    const base = map._tumenBase;
    if (base) {
      base.repaint();
      base.setSharpness(sharpness);
    }
    map.fire('tumen:print', { sharpness: sharpness });
  }

  /**
   * Lay the map out for paper: at least what the screen showed, in the frame print.css gives it.
   * Returns what puts the screen back.
   * @type {(map: L.Map) => () => void}
   */
  function layOut(map) {
    const centre = map.getCenter(), zoom = map.getZoom(), bounds = map.getBounds();
    const snap = map.options.zoomSnap;
    document.documentElement.classList.add(CLASS);
    map.stop();
    map.options.zoomSnap = 0;
    map.invalidateSize({ animate: false, pan: false });
    map.fitBounds(bounds, { animate: false, padding: ROOM });
    redraw(map, SHARP);
    return function () {
      document.documentElement.classList.remove(CLASS);
      map.options.zoomSnap = snap;
      map.invalidateSize({ animate: false, pan: false });
      map.setView(centre, zoom, AT_ONCE);
      redraw(map, 1);
    };
  }

  /** Let a map be printed whole; a browser says when printing begins and ends. */
  T.printable = function (map) {
    /** @type {(() => void) | null} */
    let putBack = null;
    window.addEventListener('beforeprint', function () {
      if (!putBack) putBack = layOut(map);
    });
    window.addEventListener('afterprint', function () {
      if (putBack) putBack();
      putBack = null;
    });
  };
})();
