/* Lines that move, stand beside their course, or carry a text. */
(function () {
  'use strict';
  const T = window.Tumen, F = T.foreign, make = F.make, calls = F.calls;
  const leaflet = /** @type {any} */ (L);

  // --- ants: a pulse of dashes over a line ---------------------------------------------------------

  make.antPath = function (args) {
    const options = Object.assign({ color: '#0000FF', pulseColor: '#FFFFFF', weight: 5, opacity: 0.5, delay: 400, dashArray: [10, 20], paused: false, reverse: false }, args[1]);
    const line = L.polyline(args[0], Object.assign({}, options, { dashArray: null, opacity: options.opacity }));
    const dash = Array.isArray(options.dashArray) ? options.dashArray.join(',') : String(options.dashArray);
    const pulse = L.polyline(args[0], Object.assign({}, options, {
      color: options.pulseColor, dashArray: dash, interactive: false, className: 'foreign-ants', opacity: options.opacity,
      renderer: L.svg(),
    }));
    const group = L.featureGroup([line, pulse]);
    pulse.on('add', function () {
      const path = /** @type {any} */ (pulse.getElement());
      if (!path || options.paused || T.reduced()) return;
      const total = dash.split(',').reduce(function (/** @type {number} */ sum, /** @type {string} */ one) { return sum + (parseFloat(one) || 0); }, 0) || 30;
      const way = options.reverse ? total : -total;
      path.animate([{ strokeDashoffset: 0 }, { strokeDashoffset: way * 2 }], { duration: Math.max(60, Number(options.delay) * 2), iterations: Infinity });
    });
    return group;
  };

  // --- beside its course ---------------------------------------------------------------------------

  /** Points moved to the right of travel by so many pixels. @type {Fn} */
  function shifted(points, px) {
    const moved = points.filter(function (/** @type {any} */ p, /** @type {number} */ n) { return !n || p.x !== points[n - 1].x || p.y !== points[n - 1].y; });
    if (moved.length < 2) return points;
    return moved.map(function (/** @type {any} */ p, /** @type {number} */ n) {
      const one = normal(moved[Math.max(0, n - 1)], moved[Math.max(1, n)]);
      const two = normal(moved[Math.min(moved.length - 2, n)], moved[Math.min(moved.length - 1, n + 1)]);
      const x = one.x + two.x, y = one.y + two.y, size = x * x + y * y;
      if (size < 0.2) return L.point(p.x + one.x * px, p.y + one.y * px);
      return L.point(p.x + (2 * x * px) / size, p.y + (2 * y * px) / size);
    });
  }

  /** @type {Fn} */
  function normal(a, b) {
    const dx = b.x - a.x, dy = b.y - a.y, long = Math.hypot(dx, dy) || 1;
    return { x: -dy / long, y: dx / long };
  }

  F.offset = function (line, px) {
    const project = line._projectLatlngs;
    line._projectLatlngs = /** @type {Fn} */ (function (latlngs, result, bounds) {
      project.call(line, latlngs, result, bounds);
      const last = result[result.length - 1];
      if (Array.isArray(last) && latlngs.length && latlngs[0] instanceof L.LatLng) result[result.length - 1] = shifted(last, px);
    });
    return line;
  };

  // --- a text along a line -------------------------------------------------------------------------

  let paths = 0;

  calls.setText = function (line, args) {
    const text = args[0], options = Object.assign({ repeat: false, center: false, below: false, offset: 0, orientation: 0 }, args[1]);
    /** @type {SVGElement | null} */
    let node = null;
    const lay = function () {
      if (node) node.remove();
      const path = line.getElement && line.getElement();
      if (!path || !(path instanceof SVGPathElement) || text === null) return;
      const id = path.id || 'foreign-path-' + paths++;
      path.id = id;
      node = T.svg('text', { 'font-size': 12 });
      Object.entries(options.attributes || {}).forEach(function (pair) { attribute(node, pair[0], pair[1]); });
      const run = T.svg('textPath', { href: '#' + id });
      const words = String(text).replace(/ /g, '\u00a0');
      run.textContent = words;
      node.append(run);
      if (options.offset) node.setAttribute('dy', String(options.offset));
      const parent = /** @type {Element} */ (path.parentNode);
      if (options.below) parent.insertBefore(node, parent.firstChild); else parent.append(node);
      fitted(node, run, path, words, options);
    };
    const move = line._updatePath;
    line._updatePath = function () { move.call(line); lay(); };
    line.on('remove', function () { if (node) node.remove(); });
    line.on('add', lay);
    lay();
  };

  /** @type {Fn} */
  function attribute(node, name, value) {
    if (/^(?:fill|stroke|opacity|dy|dx|class|rotate|textLength|letter-spacing|font-[a-z]+|(?:fill|stroke)-[a-z]+)$/i.test(name)) node.setAttribute(name, F.colour(value, ''));
  }

  /** @type {Fn} */
  function fitted(node, run, path, words, options) {
    const long = path.getTotalLength(), one = node.getComputedTextLength() || 1;
    if (options.repeat) run.textContent = words.repeat(Math.max(0, Math.min(2000, Math.ceil(long / one) - 1)));
    if (options.center) {
      node.setAttribute('text-anchor', 'middle');
      run.setAttribute('startOffset', '50%');
    }
    const turn = options.orientation === 'flip' ? 180 : options.orientation === 'perpendicular' ? 90 : Number(options.orientation) || 0;
    if (!turn) return;
    const box = node.getBBox();
    node.setAttribute('transform', 'rotate(' + turn + ' ' + (box.x + box.width / 2) + ' ' + (box.y + box.height / 2) + ')');
  }
  void leaflet;
})();
