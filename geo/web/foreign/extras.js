/* Sectors, polygons of n sides, boats, the line between day and night, patterns, search by name. */
(function () {
  'use strict';
  const T = window.Tumen, F = T.foreign, make = F.make, calls = F.calls;
  const leaflet = /** @type {any} */ (L);
  const RAD = Math.PI / 180;
  let patterns = 0;

  // --- sectors -------------------------------------------------------------------------------------

  make.semiCircle = function (args) {
    const sector = /** @type {any} */ (L.circle(args[0], Object.assign({ startAngle: 0, stopAngle: 359.9999 }, args[1])));
    sector._updatePath = function () {
      const renderer = sector._renderer, r = Math.max(Math.round(sector._radius), 1), high = Math.max(Math.round(sector._radiusY || r), 1);
      if (!renderer._setPath) { leaflet.Circle.prototype._updatePath.call(sector); return; }
      renderer._setPath(sector, sector._empty() ? 'M0 0' : wedge(sector._point, r, high, sector.options.startAngle, sector.options.stopAngle));
    };
    return sector;
  };
  calls.setDirection = function (sector, args) {
    L.setOptions(sector, { startAngle: args[0] - args[1] / 2, stopAngle: args[0] + args[1] / 2 });
    if (sector._map) sector.redraw();
  };

  /** Bearings clockwise from north. @type {Fn} */
  function wedge(p, rx, ry, start, stop) {
    /** @type {Fn} */
    const at = function (bearing) { return [p.x + rx * Math.sin(bearing * RAD), p.y - ry * Math.cos(bearing * RAD)]; };
    const from = at(start), to = at(stop), large = stop - start >= 180 ? 1 : 0;
    return 'M' + p.x + ' ' + p.y + 'L' + from + 'A' + rx + ',' + ry + ' 0 ' + large + ',1 ' + to + 'z';
  }

  make.regularPolygon = function (args) {
    const options = Object.assign({ numberOfSides: 4, rotation: 0, radius: 15, fill: true }, args[1]);
    const sides = Math.max(3, Math.min(360, Math.round(options.numberOfSides)));
    const marker = /** @type {any} */ (L.circleMarker(args[0], options));
    marker._updatePath = function () {
      const p = marker._point, r = options.radius;
      const corners = Array.from({ length: sides }, function (_, n) {
        const turn = (n / sides) * 2 * Math.PI + options.rotation * RAD;
        return (p.x + r * Math.cos(turn)).toFixed(1) + ' ' + (p.y + r * Math.sin(turn)).toFixed(1);
      });
      if (marker._renderer._setPath) marker._renderer._setPath(marker, 'M' + corners.join('L') + 'Z');
      else leaflet.CircleMarker.prototype._updatePath.call(marker);
    };
    if (options.gradient !== false) options.fillPattern = marker.options.fillPattern = shaded(options);
    return marker;
  };

  /** From white to the colour, across; on the outline where there is no area. @type {Fn} */
  function shaded(options) {
    const id = 'foreign-pattern-' + patterns++;
    return { id: id, on: options.stroke !== false && !options.fill ? 'stroke' : 'fill', node: function () {
      const node = T.svg('linearGradient', { id: id, x1: '0%', y1: '0%', x2: '100%', y2: '100%' });
      node.append(T.svg('stop', { offset: '0%', 'stop-color': '#fff' }));
      node.append(T.svg('stop', { offset: '60%', 'stop-color': F.colour(options.fillColor || options.color, '#3388ff') }));
      return node;
    } };
  }

  // --- boats ---------------------------------------------------------------------------------------

  const SIDE = 150, HULL = 'M66 85C66 99.4 84 99.4 84 85Q84 67 75 49Q66 67 66 85Z';

  make.boat = function (args) {
    const options = Object.assign({ color: '#f1c40f', heading: 0 }, args[1]);
    const marker = L.marker(args[0], { icon: L.divIcon({ className: 'foreign-boat', iconSize: [SIDE, SIDE], html: '' }) });
    marker.on('add', function () { boat(marker, options); });
    Object.assign(marker, { _foreignBoat: options });
    return marker;
  };

  /** @type {Fn} */
  function boat(marker, options) {
    const node = marker.getElement();
    if (!node) return;
    const svg = T.svg('svg', { viewBox: '0 0 150 150', width: SIDE, height: SIDE, fill: 'none', stroke: '#000' });
    svg.append(T.svg('path', { d: HULL, fill: F.colour(options.color, '#f1c40f'), transform: turned(options.heading) }));
    if (options.wind !== undefined) svg.append(T.svg('path', { d: barbs(options.speed), transform: turned(options.wind) }));
    node.replaceChildren(svg);
  }

  /** @type {Fn} */
  function turned(bearing) { return 'rotate(' + (Number(bearing) || 0) + ' 75 75)'; }

  /** A wind feather of 25 pixels: a long barb for ten knots, a short one for five. @type {Fn} */
  function barbs(speed) {
    const five = Math.round(Number(speed) / 5) || 0, tens = Math.floor(five / 2);
    let path = 'M75 40V15', y = 15;
    for (let n = 0; n < Math.min(tens, 40); n++, y += 5) path += 'M75 ' + y + 'l8 -8';
    return five % 2 ? path + 'M75 ' + (y + (tens ? 0 : 5)) + 'l5 -5' : path;
  }
  calls.setHeading = function (marker, args) { marker._foreignBoat.heading = args[0]; boat(marker, marker._foreignBoat); };
  calls.setHeadingWind = function (marker, args) {
    Object.assign(marker._foreignBoat, { heading: args[0], speed: args[1], wind: args[2] });
    boat(marker, marker._foreignBoat);
  };

  // --- day and night -------------------------------------------------------------------------------

  /** The sun overhead at a time: declination and hour angle (US Naval Observatory's low-precision formulas). @type {Fn} */
  function sun(date) {
    const d = date.getTime() / 86400000 - 10957.5, g = (357.529 + 0.98560028 * d) * RAD, q = 280.459 + 0.98564736 * d;
    const l = (q + 1.915 * Math.sin(g) + 0.02 * Math.sin(2 * g)) * RAD, e = (23.439 - 0.00000036 * d) * RAD;
    const right = Math.atan2(Math.cos(e) * Math.sin(l), Math.cos(l)) / RAD;
    const sidereal = (280.46061837 + 360.98564736629 * d) % 360;
    return { lat: Math.asin(Math.sin(e) * Math.sin(l)) / RAD, lng: ((right - sidereal + 540) % 360) - 180 };
  }

  make.terminator = function () {
    const s = sun(new Date()), ring = [];
    for (let lng = -360; lng <= 360; lng += 1) {
      const lat = Math.atan(-Math.cos((lng - s.lng) * RAD) / Math.tan(s.lat * RAD)) / RAD;
      ring.push([lat, lng]);
    }
    const pole = s.lat > 0 ? -90 : 90;
    ring.push([pole, 360], [pole, -360]);
    return L.polygon(/** @type {any} */ (ring), { color: '#00', opacity: 0.5, fillColor: '#000', fillOpacity: 0.5, stroke: false, interactive: false });
  };

  // --- patterns ------------------------------------------------------------------------------------

  /** @type {Fn} */
  function pattern(options, draw) {
    const id = 'foreign-pattern-' + patterns++;
    return { id: id, addTo: function () {}, addShape: function () {}, node: function () {
      const node = T.svg('pattern', { id: id, width: options.width, height: options.height, patternUnits: 'userSpaceOnUse' });
      if (options.angle) node.setAttribute('patternTransform', 'rotate(' + options.angle + ')');
      draw(node);
      return node;
    } };
  }

  make.stripes = function (args) {
    const o = Object.assign({ weight: 4, spaceWeight: 4, color: '#000', spaceColor: '#fff', opacity: 1, spaceOpacity: 0, angle: 0 }, args[0]);
    return pattern({ width: 8, height: o.weight + o.spaceWeight, angle: o.angle }, function (/** @type {SVGElement} */ node) {
      node.append(T.svg('rect', { width: 8, height: o.weight, fill: F.colour(o.color, '#000'), 'fill-opacity': o.opacity }));
      node.append(T.svg('rect', { width: 8, y: o.weight, height: o.spaceWeight, fill: F.colour(o.spaceColor, '#fff'), 'fill-opacity': o.spaceOpacity }));
    });
  };
  make.patternCircle = function (args) { return args[0]; };
  make.pattern = function (args) {
    /** @type {any[]} */
    const shapes = [];
    const made = pattern(args[0], function (/** @type {SVGElement} */ node) {
      shapes.forEach(function (s) {
        node.append(T.svg('circle', {
          cx: s.x || s.radius, cy: s.y || s.radius, r: s.radius, fill: s.fill === false ? 'none' : F.colour(s.fillColor || s.color, '#3388ff'),
          'fill-opacity': s.fillOpacity === undefined ? 0.2 : s.fillOpacity, stroke: F.colour(s.color, '#3388ff'), 'stroke-width': s.weight || 0, 'stroke-opacity': s.opacity || 1,
        }));
      });
    });
    made.addShape = function (/** @type {any} */ s) { shapes.push(s); };
    return made;
  };
  calls.addShape = function (thing, args) { thing.addShape(args[0]); };

  const updateStyle = leaflet.SVG.prototype._updateStyle;
  leaflet.SVG.prototype._updateStyle = /** @type {Fn} */ (function (layer) {
    const self = /** @type {any} */ (this);
    updateStyle.call(self, layer);
    const made = layer.options.fillPattern;
    if (!made || !made.node || !layer._path) return;
    let defs = self._container.querySelector('defs');
    if (!defs) { defs = T.svg('defs'); self._container.prepend(defs); }
    if (!Array.from(defs.children).some(function (one) { return /** @type {Element} */ (one).id === made.id; })) defs.append(made.node());
    layer._path.setAttribute(made.on || 'fill', 'url(#' + made.id + ')');
  });

  // --- search --------------------------------------------------------------------------------------

  make.search = function (args) {
    const options = Object.assign({ propertyName: 'title', textPlaceholder: 'Search' }, args[0]);
    const control = F.control({ position: options.position || 'topleft', found: {} }, function (/** @type {L.Map} */ map) {
      const field = T.el('input', { type: 'search', placeholder: String(options.textPlaceholder), 'aria-label': String(options.textPlaceholder) });
      const list = T.el('ul', { class: 'foreign-found', role: 'listbox' });
      const show = function () {
        const wanted = field.value.trim().toLowerCase();
        /** @type {[string, any][]} */
        const found = [];
        options.layer.eachLayer(function (/** @type {any} */ layer) {
          const name = String(nameOf(layer, options.propertyName));
          if (wanted && name.toLowerCase().includes(wanted) && found.length < 20) found.push([name, layer]);
        });
        list.replaceChildren(...found.map(function (pair) {
          const item = T.el('button', { type: 'button', role: 'option' }, pair[0]);
          item.addEventListener('click', function () { field.value = pair[0]; list.replaceChildren(); go(map, pair[1], options, control.options.found); });
          return T.el('li', {}, [item]);
        }));
      };
      field.addEventListener('input', show);
      field.addEventListener('keydown', function (e) {
        const first = list.querySelector('button');
        if (e.key === 'Enter' && first) first.click();
      });
      return T.el('div', { class: 'leaflet-bar foreign-search' }, [field, list]);
    });
    return control;
  };

  /** @type {Fn} */
  function nameOf(layer, key) {
    const properties = (layer.feature && layer.feature.properties) || {};
    const found = properties[key] !== undefined ? properties[key] : (layer.options || {})[key];
    return found === undefined ? '' : found;
  }

  /** @type {Fn} */
  function go(map, layer, options, style) {
    if (layer.getBounds) {
      if (options.zoom) map.flyTo(layer.getBounds().getCenter(), options.zoom); else map.fitBounds(layer.getBounds());
    } else map.setView(layer.getLatLng(), options.zoom || Math.max(map.getZoom(), 12));
    if (layer.setStyle && style) layer.setStyle(style);
    if (layer.getPopup && layer.getPopup()) layer.openPopup();
  }
})();
