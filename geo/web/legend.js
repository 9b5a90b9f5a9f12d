/* The legend follows the scale: sample widths of the units that are drawn, at their present size. */
(function () {
  'use strict';
  const T = window.Tumen;
  const ROOM = { x: 340, y: 200 }; // pixels a legend takes, at most
  /** @typedef {import('leaflet').ControlPosition} Corner */
  T.samples = function (lines) {
    /** @type {{ [kind: string]: boolean }} */
    const drawn = {};
    lines.pipes.forEach(function (pipe) {
      const state = lines.state(pipe);
      state.cores.forEach(function (f) { drawn[f.kind] = true; });
      if (state.casing) drawn[state.casing.kind] = true;
    });
    /** @type {NodeListOf<HTMLElement>} */
    const groups = document.querySelectorAll('[data-samples]');
    groups.forEach(function (group) {
      group.hidden = !drawn[group.dataset.samples || ''];
    });
    /** @type {NodeListOf<SVGElement>} */
    const bars = document.querySelectorAll('[data-sample]');
    bars.forEach(function (bar) {
      const px = Number(bar.dataset.sample) * lines.pixels(bar.dataset.kind || '');
      bar.setAttribute('height', String(px));
      bar.setAttribute('y', String(10 - px / 2));
    });
  };

  /** Colours and symbols of what is drawn now. @param {Lines} lines */
  function drawn(lines) {
    /** @type {Set<string>} */
    const found = new Set();
    lines.pipes.forEach(function (pipe) {
      if (!lines.active(pipe)) return;
      const state = lines.state(pipe);
      if (pipe.geometry_basis === 'ring') found.add('loop');
      found.add(pipe.context && !state.cores.length ? 'context' : pipe.colour);
      if (state.cores.some(function (f) { return f.key; })) found.add('conflict');
      lines.strokes(pipe, state).forEach(function (one) {
        one.lanes.forEach(function (lane) { found.add(lane.colour); });
        if (one.core !== null) found.add(one.hollow ? 'hollow' : 'core');
        else if (one.casing === null && !pipe.context) found.add(pipe.dash.length ? 'dashed' : 'line');
        ['rim', 'casing'].forEach(function (name) { if (one[/** @type {'rim' | 'casing'} */ (name)] !== null) found.add(name); });
        if (one.over) found.add('over');
      });
    });
    return found;
  }

  /** Whether an entry of the page's legend is of what is drawn. @type {(item: HTMLElement, now: Set<string>) => boolean} */
  function isDrawn(item, now) {
    const symbol = item.dataset.symbol || '';
    if (symbol === 'swatch') return now.has(item.dataset.colour || '');
    return now.has(symbol === 'line' && 'dashed' in item.dataset ? 'dashed' : symbol);
  }

  /** An entry of the page's legend in few words. @type {(item: HTMLElement) => Node} */
  function short(item) {
    const copy = /** @type {HTMLElement} */ (item.cloneNode(true)), told = copy.querySelector('span');
    const symbol = item.dataset.symbol === 'line' && 'dashed' in item.dataset ? 'dashed' : item.dataset.symbol || '';
    const alone = symbol === 'swatch' || !item.dataset.colour; // a line of its own colour has its own name
    if (told && alone && T.rules.legend.words[symbol]) told.textContent = T.rules.legend.words[symbol];
    return copy;
  }

  /** The sample widths of the units that are drawn, a row for each. @returns {HTMLElement[]} */
  function widths() {
    /** @type {NodeListOf<HTMLElement>} */
    const groups = document.querySelectorAll('.legend-box [data-samples]:not([hidden])');
    return Array.from(groups).map(function (group) {
      const samples = Array.from(group.querySelectorAll('li'));
      return T.el('li', { class: 'widths' }, samples.flatMap(function (li, n) {
        const words = li.textContent.trim(), bare = n < samples.length - 1 ? words.split(' ')[0] : words;
        return [...Array.from(li.querySelectorAll('svg')).map(function (svg) { return svg.cloneNode(true); }), T.el('span', {}, bare)];
      }));
    });
  }

  /** What is drawn now, on the map: at most eight rows of the page's own legend; all of one that is not of figures. @param {Lines} lines @param {HTMLElement} list */
  function follow(lines, list) {
    /** @type {NodeListOf<HTMLElement>} */
    const every = document.querySelectorAll('.legend-box .legend:not(.samples) > li');
    const now = drawn(lines), rows = widths(), items = Array.from(every), room = T.rules.legend.most - rows.length;
    const own = lines.pipes.every(function (pipe) { return pipe.context; })
      ? items.slice(0, room).map(function (item) { return item.cloneNode(true); })
      : items.filter(function (item) { return isDrawn(item, now); }).slice(0, room).map(short);
    list.replaceChildren(...own, ...rows);
  }

  /** The corner of the map in which the legend lies on the fewest lines. @type {(map: import('leaflet').Map, lines: Lines) => Corner} */
  function free(map, lines) {
    const size = map.getSize(), points = lines.pipes.filter(function (p) { return lines.active(p); }).flatMap(function (pipe) {
      return pipe.parts.flatMap(function (part) { return spread(part.map(function (p) { return map.latLngToContainerPoint([p[1], p[0]]); })); });
    });
    /** @type {[Corner, number, number][]} */
    const corners = [['bottomleft', 0, size.y - ROOM.y - 40], ['topleft', 0, 140], ['bottomright', size.x - ROOM.x, size.y - ROOM.y - 20], ['topright', size.x - ROOM.x, 50]];
    const covered = corners.map(function (corner) {
      return points.filter(function (p) {
        return p.x >= corner[1] && p.x <= corner[1] + ROOM.x && p.y >= corner[2] && p.y <= corner[2] + ROOM.y;
      }).length;
    });
    return corners[covered.indexOf(Math.min.apply(null, covered))][0];
  }

  /** Points along a line, one for about every ten pixels. @type {(points: import('leaflet').Point[]) => import('leaflet').Point[]} */
  function spread(points) {
    return points.flatMap(function (p, n) {
      const next = points[n + 1] || p, steps = Math.min(200, Math.max(1, Math.round(p.distanceTo(next) / 10)));
      return Array.from({ length: steps }, function (_, k) { return L.point(p.x + (next.x - p.x) * k / steps, p.y + (next.y - p.y) * k / steps); });
    });
  }

  /** @param {import('leaflet').Map} map @param {Lines} lines */
  function onMap(map, lines) {
    const list = T.el('ul', { class: 'legend' }), box = T.fold(map, 'tumen-legend', 'Legend', [list]);
    follow(lines, list);
    map.whenReady(function () { T.corner(map, free(map, lines), box); });
    map.on('tumen:state', function () { follow(lines, list); });
  }

  T.kinds.legend = function (map) {
    const slot = T.slot('legend', map, 'Legend', 'bottomright');
    const lines = T.lines(map);
    if (lines) T.samples(lines);
    if (lines && slot.closest('aside')) onMap(map, lines);
  };
})();
