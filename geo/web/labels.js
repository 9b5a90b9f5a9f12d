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
    /** @type {{ [group: string]: Label[] | ((desk: LabelDesk) => Label[]) }} */
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

  /** Labels, or what makes them anew for each view. @param {string} group @param {Label[] | ((desk: LabelDesk) => Label[])} items */
  Manager.prototype.set = function (group, items) {
    this.groups[group] = items;
    this.layout();
  };

  /** @param {string} group @param {boolean} shown */
  Manager.prototype.show = function (group, shown) {
    this.hidden[group] = !shown;
    this.layout();
  };

  /** @param {LabelDesk} desk */
  Manager.prototype.items = function (desk) {
    const zoom = this.map.getZoom(), groups = this.groups, hidden = this.hidden;
    return Object.keys(groups).filter(function (name) { return !hidden[name]; })
      .flatMap(function (name) { const own = groups[name]; return typeof own === 'function' ? own(desk) : own; })
      .filter(function (item) { return zoom >= (item.minZoom || 0); })
      .sort(function (a, b) { return b.priority - a.priority; });
  };

  /** What labels keep off, in pixels: symbols of places, controls in the corners, and lines. @param {import('leaflet').Point} size @returns {LabelDesk} */
  Manager.prototype.desk = function (size) {
    const map = this.map, frame = map.getContainer().getBoundingClientRect();
    const nodes = Array.from(map.getContainer().querySelectorAll('.leaflet-control, .tumen-place svg'));
    /** @type {Edges[]} */
    const taken = nodes.map(function (node) {
      const b = node.getBoundingClientRect();
      return [b.left - frame.left, b.top - frame.top, b.right - frame.left, b.bottom - frame.top];
    });
    const symbols = taken.filter(function (_, n) { return nodes[n] instanceof SVGElement; })
      .map(function (b) { return /** @type {Dot} */ ([(b[0] + b[2]) / 2, (b[1] + b[3]) / 2]); });
    const lines = this.lines.map(function (line) {
      return { id: line.id, half: line.half, ends: line.ends || [], parts: [pixels(map, line.latlngs)] };
    });
    const courses = lines.map(function (line) { return T.course(line.id, line.half, line.parts); });
    return { width: size.x, height: size.y, taken: taken, symbols: symbols, courses: courses, lines: lines };
  };

  /** @param {Label} item @param {LabelDesk} desk @returns {Words} */
  Manager.prototype.words = function (item, desk) {
    const w = width(item.text, item.font) + (item.pad || 0) * 2;
    const seen = item.along ? T.stops(T.inView(desk.lines.flatMap(function (line) {
      return line.id === item.id ? line.parts : [];
    }), desk.width, desk.height)) : pixels(this.map, item.at || [[item.lat || 0, item.lng || 0]]);
    const stops = seen.filter(function (p) { return p[0] >= 0 && p[1] >= 0 && p[0] <= desk.width && p[1] <= desk.height; });
    return { w: w, h: item.height, reach: item.reach, stops: stops, on: item.centre, id: item.along ? item.id : undefined,
      leads: item.leads || T.rules.labels.leads.slice(0, 2), keep: item.keep };
  };

  /** Whether there is nothing to place and nothing to take away. */
  Manager.prototype.idle = function () {
    return !this.pane.childElementCount &&
      Object.values(this.groups).every(function (own) { return typeof own !== 'function' && !own.length; });
  };

  Manager.prototype.layout = function () {
    if (!this.map._loaded || this.idle()) return;
    const desk = this.desk(this.map.getSize()), items = this.items(desk);
    /** @type {HTMLElement[]} */
    const nodes = [], spots = this.plan(items, desk);
    items.forEach((item) => {
      const spot = spots.get(item);
      if (!spot) return;
      if (spot.leader) nodes.unshift(this.leader(spot.leader, item));
      nodes.push(this.node(item, spot.box));
    });
    this.pane.replaceChildren(...nodes);
    this.pane.style.opacity = '1';
    this.map.fire('tumen:labels', { count: spots.size });
  };

  /** Where labels go; the name of an end that finds no room goes first, if no figure is lost by that. @param {Label[]} items @param {LabelDesk} desk */
  Manager.prototype.plan = function (items, desk) {
    const spots = this.placed(items, desk);
    const lost = items.filter(function (item) { return item.end && !spots.has(item) && item.text; });
    if (!lost.length) return spots;
    const again = this.placed(lost.concat(items.filter(function (item) { return lost.indexOf(item) < 0; })), desk);
    const held = Array.from(spots.keys()).every(function (item) { return again.has(item) || !(item.along || item.end); });
    return held ? again : spots;
  };

  /** @param {Label[]} items @param {LabelDesk} desk */
  Manager.prototype.placed = function (items, desk) {
    const own = Object.assign({}, desk), found = new Map();
    items.forEach((item) => {
      if (found.size >= T.rules.labels.most) return;
      const spot = T.spot(this.words(item, own), own);
      if (!spot) return;
      own.taken = own.taken.concat(T.covered(spot));
      found.set(item, spot);
    });
    return found;
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

  T.labels = function (map) {
    if (!map._tumenLabels) map._tumenLabels = new Manager(map);
    return map._tumenLabels;
  };
})();
