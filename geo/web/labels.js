/* One manager of labels per map: highest priority first, none overlaps, at most so many. */
(function () {
  'use strict';
  const T = window.Tumen;
  /** @type {CanvasRenderingContext2D | null} */
  let ruler = null;

  /** @type {(text: string, font: string) => number} */
  function width(text, font) {
    ruler = ruler || document.createElement('canvas').getContext('2d');
    if (!ruler) return text.length * 8;
    ruler.font = font;
    return ruler.measureText(text).width;
  }

  /** A line as pixels of the map, without the dots that lie within two pixels of the one before. @type {(map: import('leaflet').Map, line: [number, number][]) => Dot[]} */
  function pixels(map, line) {
    /** @type {Dot[]} */
    const dots = [];
    line.forEach(function (ll, i) {
      const p = map.latLngToContainerPoint(ll), last = dots[dots.length - 1];
      if (!last || i === line.length - 1 || Math.abs(p.x - last[0]) + Math.abs(p.y - last[1]) > 2) dots.push([p.x, p.y]);
    });
    return dots;
  }

  /** @constructor @param {import('leaflet').Map} map */
  function Manager(map) {
    this.map = map;
    /** @type {Labels['lines']} */
    this.lines = [];
    /** @type {{ [group: string]: Label[] | ((size: import('leaflet').Point) => Label[]) }} */
    this.groups = {};
    /** @type {{ [group: string]: boolean }} */
    this.hidden = {};
    this.pane = map.createPane('tumen-labels');
    this.pane.style.zIndex = '620';
    this.pane.style.pointerEvents = 'none';
    this.pane.setAttribute('aria-hidden', 'true');
    map.on('moveend zoomend resize viewreset', this.layout, this);
    map.on('zoomstart', () => { this.pane.style.opacity = '0'; });
  }

  /** Labels, or what makes them anew for each view. @param {string} group @param {Label[] | ((size: import('leaflet').Point) => Label[])} items */
  Manager.prototype.set = function (group, items) {
    this.groups[group] = items;
    this.layout();
  };

  /** @param {string} group @param {boolean} shown */
  Manager.prototype.show = function (group, shown) {
    this.hidden[group] = !shown;
    this.layout();
  };

  /** @param {import('leaflet').Point} size */
  Manager.prototype.items = function (size) {
    const zoom = this.map.getZoom(), groups = this.groups, hidden = this.hidden;
    return Object.keys(groups).filter(function (name) { return !hidden[name]; })
      .flatMap(function (name) { const own = groups[name]; return typeof own === 'function' ? own(size) : own; })
      .filter(function (item) { return zoom >= (item.minZoom || 0); })
      .sort(function (a, b) { return b.priority - a.priority; });
  };

  /** What labels keep off: symbols of places, controls in the corners, and lines. @param {import('leaflet').Point} size @returns {Desk} */
  Manager.prototype.desk = function (size) {
    const map = this.map, frame = map.getContainer().getBoundingClientRect();
    const found = map.getContainer().querySelectorAll('.leaflet-control, .tumen-place svg');
    /** @type {Edges[]} */
    const taken = Array.from(found).map(function (node) {
      const b = node.getBoundingClientRect();
      return [b.left - frame.left, b.top - frame.top, b.right - frame.left, b.bottom - frame.top];
    });
    const symbols = Array.from(map.getContainer().querySelectorAll('.tumen-place svg')).map(function (node) {
      const b = node.getBoundingClientRect();
      return /** @type {Dot} */ ([(b.left + b.right) / 2 - frame.left, (b.top + b.bottom) / 2 - frame.top]);
    });
    const courses = this.lines.map(function (line) { return T.course(line.id, line.half, [pixels(map, line.latlngs)]); });
    return { width: size.x, height: size.y, taken: taken, symbols: symbols, courses: courses };
  };

  /** @param {Label} item @param {import('leaflet').Point} size @returns {Words} */
  Manager.prototype.words = function (item, size) {
    const map = this.map, w = width(item.text, item.font) + (item.pad || 0) * 2;
    const seen = item.along ? T.stops(T.inView(item.along.map(function (part) { return pixels(map, part); }), size.x, size.y))
      : pixels(map, item.at || [[item.lat || 0, item.lng || 0]]);
    const stops = seen.filter(function (p) { return p[0] >= 0 && p[1] >= 0 && p[0] <= size.x && p[1] <= size.y; });
    return { w: w, h: item.height, reach: item.reach, stops: stops, on: item.centre, id: item.along && item.id,
      leads: item.leads || T.rules.labels.leads.slice(0, 2), keep: item.keep };
  };

  Manager.prototype.layout = function () {
    if (!this.map._loaded) return;
    const size = this.map.getSize(), items = this.items(size);
    if (!items.length && !this.pane.childElementCount) return;
    const desk = this.desk(size);
    /** @type {HTMLElement[]} */
    const nodes = [];
    let count = 0;
    items.forEach((item) => {
      if (count >= T.rules.labels.most) return;
      const words = this.words(item, size), spot = T.spot(words, desk);
      if (!spot) return;
      desk.taken.push(spot.box);
      if (spot.leader) nodes.unshift(this.leader(spot.leader, item));
      nodes.push(this.node(item, spot.box));
      count += 1;
    });
    this.pane.replaceChildren(...nodes);
    this.pane.style.opacity = '1';
    this.map.fire('tumen:labels', { count: count });
  };

  /** @param {Label} item @param {Edges} box */
  Manager.prototype.node = function (item, box) {
    const node = T.el('span', { class: 'tumen-label ' + item.cls }, item.text);
    const at = this.map.containerPointToLayerPoint([box[0], box[1]]);
    node.style.left = at.x + 'px';
    node.style.top = at.y + 'px';
    node.style.width = Math.ceil(box[2] - box[0]) + 'px';
    node.style.height = item.height + 'px';
    node.style.font = item.font;
    node.style.lineHeight = item.height + 'px';
    if (item.id && item.along) node.dataset.pipe = item.id;
    if (item.colour) node.style.setProperty('--own', item.colour);
    if (item.lang) node.lang = item.lang;
    return node;
  };

  /** @param {[Dot, Dot]} ends @param {Label} item */
  Manager.prototype.leader = function (ends, item) {
    const node = T.el('span', { class: 'tumen-leader' }), at = this.map.containerPointToLayerPoint(ends[0]);
    const dx = ends[1][0] - ends[0][0], dy = ends[1][1] - ends[0][1];
    if (item.id) node.dataset.pipe = item.id;
    node.style.left = at.x + 'px';
    node.style.top = at.y + 'px';
    node.style.width = Math.hypot(dx, dy) + 'px';
    node.style.transform = 'rotate(' + Math.atan2(dy, dx).toFixed(4) + 'rad)';
    if (item.colour) node.style.setProperty('--own', item.colour);
    return node;
  };

  T.pixels = pixels;
  T.labels = function (map) {
    if (!map._tumenLabels) map._tumenLabels = new Manager(map);
    return map._tumenLabels;
  };
})();
