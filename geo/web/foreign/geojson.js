/* GeoJSON layers with style, highlight, tooltip and popup by feature. */
(function () {
  'use strict';
  const T = window.Tumen, F = T.foreign, make = F.make, calls = F.calls;
  const leaflet = /** @type {any} */ (L);

  /** A styler: the value that tells features apart → a style. @type {Fn} */
  function styler(styles) {
    const known = new Map();
    styles.cases.forEach(function (/** @type {any} */ one) {
      one[0].forEach(function (/** @type {any} */ id) { known.set(id, one[1]); });
    });
    const by = styles.by;
    return function (/** @type {any} */ feature) {
      const value = by[0] === 'id' ? feature.id : (feature.properties || {})[by[1]];
      return known.has(value) ? known.get(value) : styles.default;
    };
  }

  const POINTS = /** @type {{ [name: string]: Fn }} */ ({
    Marker: function (at, options) { return L.marker(at, options); },
    CircleMarker: function (at, options) { return L.circleMarker(at, options); },
    Circle: function (at, options) { return L.circle(at, options); },
    circle: function (at, options) { return L.circle(at, options); },
  });

  /** @type {Fn} */
  function pointMaker(given, style) {
    return function (/** @type {any} */ feature, /** @type {any} */ at) {
      const options = Object.assign({}, given.options);
      const own = style && given.style ? style(feature) : null;
      if (given.icon) {
        const icon = Object.assign({}, given.iconOptions, own);
        options.icon = given.icon === 'Icon' ? make.awesomeIcon([icon], {}) : make.divIcon([icon], {});
      } else Object.assign(options, own);
      return POINTS[given.maker](at, options);
    };
  }

  /** @type {Fn} */
  function centred(map, target) {
    if (typeof target.getBounds === 'function') { map.fitBounds(target.getBounds()); return; }
    if (typeof target.getLatLng !== 'function') return;
    const zoom = map.getZoom();
    map.flyTo(target.getLatLng(), zoom > 12 ? zoom : zoom + 1);
  }

  /** @type {Fn} */
  function reacting(layer, each, light, group) {
    const lit = function (/** @type {any} */ e) {
      if (typeof e.target.setStyle === 'function') e.target.setStyle(light(e.target.feature));
    };
    const unlit = function (/** @type {any} */ e) {
      if (typeof e.target.setStyle === 'function') group().resetStyle(e.target);
    };
    if (each.highlight && light) {
      layer.on('mouseover', lit);
      layer.on('mouseout', function (/** @type {any} */ e) { if (!each.keep || !e.target.isPopupOpen()) unlit(e); });
      if (each.keep) layer.on({ popupopen: lit, popupclose: unlit });
    }
    if (each.zoom) layer.on('click', function (/** @type {any} */ e) { centred(e.target._map, e.target); });
  }

  make.geoJson = function (args) {
    const options = Object.assign({}, args[1]);
    const style = options.$style && styler(options.$style);
    const light = options.$highlight && styler(options.$highlight);
    const each = options.$onEachFeature || {};
    if (style) options.style = style;
    if (options.$pointToLayer) options.pointToLayer = pointMaker(options.$pointToLayer, style);
    options.onEachFeature = function (/** @type {any} */ _, /** @type {any} */ layer) {
      reacting(layer, each, light, function () { return group; });
    };
    const group = leaflet.geoJson(null, options);
    if (args[0]) group.addData(args[0]);
    return group;
  };

  calls.addData = function (group, args) { group.addData(args[0]); };
  calls.ownStyle = function (group) {
    group.setStyle(function (/** @type {any} */ feature) { return (feature.properties || {}).style; });
  };

  /** @type {Fn} */
  function said(value, localize) {
    if (value === null) return '';
    if (typeof value === 'object') return JSON.stringify(value);
    return localize && value !== undefined ? value.toLocaleString() : String(value);
  }

  /** The table of a feature's properties: values are text, as they stand in the data. @type {Fn} */
  function table(shown, layer) {
    const properties = (layer.feature && layer.feature.properties) || {};
    const rows = shown.fields.map(function (/** @type {string} */ field, /** @type {number} */ n) {
      const cells = [T.el('td', {}, said(properties[field], shown.localize))];
      if (shown.labels) cells.unshift(/** @type {any} */ (T.el('th', {}, said(shown.aliases[n], shown.localize))));
      return T.el('tr', {}, cells);
    });
    return T.el('div', {}, [T.el('table', {}, [T.el('tbody', {}, rows)])]);
  }

  calls.detailTooltip = function (thing, args) {
    thing.bindTooltip(function (/** @type {any} */ layer) { return table(args[0], layer); }, args[1]);
  };
  calls.detailPopup = function (thing, args) {
    thing.bindPopup(function (/** @type {any} */ layer) { return table(args[0], layer); }, args[1]);
  };
})();
