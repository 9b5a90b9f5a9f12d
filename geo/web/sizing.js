/* A map that opens without a size (a hidden tab, a slide, a closed panel) shows what it is of when it first gets
   one. An address that ends with #map shows the map alone. */
(function () {
  'use strict';
  const ALONE = '#map';

  /** @this {L.Map} */
  function watch() {
    const map = this, node = map.getContainer(), fit = map.fitBounds;
    /** @type {[bounds: import('leaflet').LatLngBoundsExpression, options?: import('leaflet').FitBoundsOptions] | null} */
    let first = null;
    let seen = node.clientWidth > 0 && node.clientHeight > 0;
    /** @type {L.Map['fitBounds']} */
    const noted = function (bounds, options) {
      first = first || [bounds, options];
      return fit.call(map, bounds, options);
    };
    map.fitBounds = noted;
    new ResizeObserver(function () {
      if (!node.clientWidth || !node.clientHeight) return;
      map.invalidateSize({ animate: false, pan: false });
      if (!seen && first) fit.apply(map, first);
      seen = true;
    }).observe(node);
  }

  function alone() {
    if (location.protocol !== 'about:') document.documentElement.classList.toggle('map-only', location.hash === ALONE);
  }

  if (window.ResizeObserver) L.Map.addInitHook(watch);
  addEventListener('hashchange', alone);
  alone();
})();
