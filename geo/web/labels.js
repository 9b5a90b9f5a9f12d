/* One manager of labels per map: highest priority first, none overlaps, at most so many. */
(function () {
  'use strict';
  const T = window.Tumen;
  const GAP = 3;
  const MOST = 70;
  const STOPS = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82];
  const STRAIGHT = 5;
  /** @typedef {import('leaflet').Point} Point */
  /** Left, top, right, bottom in pixels of the map. @typedef {[number, number, number, number]} Edges */
  /** Ground that is taken, and by which line. @typedef {{ box: Edges, own?: string }} Taken */
  const CLOSE = 15; // pixels between words and their line that need no leader

  /** Where words may stand: their centre, their angle and what they would cover. @typedef {{ x: number, y: number, angle: number, boxes: Edges[] }} Spot */
  /** @typedef {{ length: number, at: (s: number) => Point }} Walk */
  /** @type {CanvasRenderingContext2D | null} */
  let ruler = null;

  /** @type {(text: string, font: string) => number} */
  function width(text, font) {
    ruler = ruler || document.createElement('canvas').getContext('2d');
    if (!ruler) return text.length * 8;
    ruler.font = font;
    return ruler.measureText(text).width;
  }

  /** @type {(box: Edges, taken: Taken[], own: string | undefined) => boolean} */
  function clash(box, taken, own) {
    return taken.some(function (other) {
      const b = other.box;
      return !(own && other.own === own) && box[0] < b[2] + GAP && box[2] > b[0] - GAP && box[1] < b[3] + GAP && box[3] > b[1] - GAP;
    });
  }

  /** Boxes to try around a point, the best place first. @type {(point: Point, w: number, h: number, reach: number) => Edges[]} */
  function around(point, w, h, reach) {
    const x = point.x, y = point.y, r = reach;
    /** @type {[number, number][]} */
    const corners = [
      [x + r, y - h / 2], [x - r - w, y - h / 2], [x - w / 2, y - r - h], [x - w / 2, y + r],
      [x + r * 0.8, y - h - r * 0.4], [x + r * 0.8, y + r * 0.4],
      [x - r * 0.8 - w, y - h - r * 0.4], [x - r * 0.8 - w, y + r * 0.4],
    ];
    return corners.map(function (p) { return [p[0], p[1], p[0] + w, p[1] + h]; });
  }

  /** @type {(p: Point, size: Point, room: number) => boolean} */
  function visible(p, size, room) {
    return p.x > -room && p.y > -room && p.x < size.x + room && p.y < size.y + room;
  }

  /** Boxes that cover a wide line on the screen, so that names stand beside it. @type {(map: import('leaflet').Map, line: Labels['lines'][number]) => Taken[]} */
  function cover(map, line) {
    const size = map.getSize(), half = line.half;
    /** @type {Taken[]} */
    const boxes = [];
    const points = line.latlngs.map(function (ll) { return map.latLngToContainerPoint(ll); });
    for (let i = 1; i < points.length; i++) {
      const a = points[i - 1], b = points[i], n = Math.ceil(a.distanceTo(b) / (half * 1.5)) || 1;
      for (let k = 0; k <= Math.min(n, 400); k++) {
        const p = L.point(a.x + (b.x - a.x) * k / n, a.y + (b.y - a.y) * k / n);
        if (visible(p, size, half)) boxes.push({ box: [p.x - half, p.y - half, p.x + half, p.y + half], own: line.id });
      }
    }
    return boxes;
  }

  /** A walk along projected points: where it is after so many pixels. @type {(points: Point[]) => Walk} */
  function walk(points) {
    const marks = [0];
    for (let i = 1; i < points.length; i++) marks.push(marks[i - 1] + points[i - 1].distanceTo(points[i]));
    return {
      length: marks[marks.length - 1],
      at: function (s) {
        let i = 1;
        while (i < marks.length - 1 && marks[i] < s) i++;
        const span = marks[i] - marks[i - 1] || 1, t = (s - marks[i - 1]) / span, a = points[i - 1], b = points[i];
        return L.point(a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t);
      },
    };
  }

  /** How far a stretch of the walk strays from its chord, in pixels. @type {(way: Walk, from: number, to: number, a: Point, b: Point) => number} */
  function bend(way, from, to, a, b) {
    let most = 0;
    for (let k = 1; k < 8; k++) {
      const p = way.at(from + (to - from) * k / 8);
      most = Math.max(most, Math.abs((b.x - a.x) * (a.y - p.y) - (a.x - p.x) * (b.y - a.y)) / (a.distanceTo(b) || 1));
    }
    return most;
  }

  /** Places for words parallel to a line. @type {(way: Walk, w: number, item: Label) => Spot[]} */
  function beside(way, w, item) {
    /** @type {Spot[]} */
    const found = [];
    if (way.length < w + 24) return found;
    STOPS.forEach(function (k) {
      const from = k * way.length - w / 2, to = from + w;
      if (from < 8 || to > way.length - 8) return;
      const a = way.at(from), b = way.at(to), chord = a.distanceTo(b);
      if (chord < w * 0.9 || bend(way, from, to, a, b) > STRAIGHT) return;
      let angle = Math.atan2(b.y - a.y, b.x - a.x);
      if (angle > Math.PI / 2) angle -= Math.PI;
      if (angle <= -Math.PI / 2) angle += Math.PI;
      [-1, 1].forEach(function (side) {
        const off = side * (item.reach + item.height / 2);
        const x = (a.x + b.x) / 2 - Math.sin(angle) * off, y = (a.y + b.y) / 2 + Math.cos(angle) * off;
        found.push({ x: x, y: y, angle: angle, boxes: tiles(x, y, angle, w, item.height) });
      });
    });
    return found;
  }

  /** Small boxes that cover turned words. @type {(x: number, y: number, angle: number, w: number, h: number) => Edges[]} */
  function tiles(x, y, angle, w, h) {
    const n = Math.ceil(w / h), step = (w - h) / Math.max(1, n - 1);
    /** @type {Edges[]} */
    const boxes = [];
    for (let i = 0; i < n; i++) {
      const s = -w / 2 + h / 2 + step * i, cx = x + Math.cos(angle) * s, cy = y + Math.sin(angle) * s, r = h * 0.62;
      boxes.push([cx - r, cy - r, cx + r, cy + r]);
    }
    return boxes;
  }

  /** @type {(box: Edges) => Spot} */
  function upright(box) {
    return { x: (box[0] + box[2]) / 2, y: (box[1] + box[3]) / 2, angle: 0, boxes: [box] };
  }

  /** @constructor @param {import('leaflet').Map} map */
  function Manager(map) {
    this.map = map;
    /** @type {Labels['lines']} */
    this.lines = [];
    /** @type {{ [group: string]: Label[] }} */
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

  /** @param {string} group @param {Label[]} items */
  Manager.prototype.set = function (group, items) {
    this.groups[group] = items;
    this.layout();
  };

  /** @param {string} group @param {boolean} shown */
  Manager.prototype.show = function (group, shown) {
    this.hidden[group] = !shown;
    this.layout();
  };

  Manager.prototype.items = function () {
    const zoom = this.map.getZoom(), groups = this.groups, hidden = this.hidden;
    return Object.keys(groups).filter(function (name) { return !hidden[name]; })
      .flatMap(function (name) { return groups[name]; })
      .filter(function (item) { return zoom >= (item.minZoom || 0); })
      .sort(function (a, b) { return b.priority - a.priority; });
  };

  /** Ground that labels keep off: the symbols of places and the controls in the corners. @returns {Taken[]} */
  Manager.prototype.obstacles = function () {
    const frame = this.map.getContainer().getBoundingClientRect();
    const found = this.map.getContainer().querySelectorAll('.leaflet-control, .tumen-place svg');
    /** @type {Taken[]} */
    const boxes = Array.from(found).map(function (node) {
      const b = node.getBoundingClientRect();
      return { box: [b.left - frame.left, b.top - frame.top, b.right - frame.left, b.bottom - frame.top] };
    });
    return boxes.concat(this.lines.flatMap((line) => cover(this.map, line)));
  };

  /** Places to try for an item, the best first. @param {Label} item @param {number} w @param {Point} size */
  Manager.prototype.spots = function (item, w, size) {
    const map = this.map, h = item.height;
    const seen = function (/** @type {[number, number][]} */ line) {
      return line.map(function (ll) { return map.latLngToContainerPoint(ll); });
    };
    const way = item.along && walk(seen(item.along));
    const points = way ? STOPS.map(function (k) { return way.at(k * way.length); })
      : seen(item.at || [[item.lat || 0, item.lng || 0]]);
    const near = points.filter(function (p) { return visible(p, size, 0); });
    if (item.centre) {
      return near.map(function (p) { return upright([p.x - w / 2, p.y - h / 2, p.x + w / 2, p.y + h / 2]); });
    }
    /** @type {(more: number[]) => Spot[]} */
    const level = function (more) {
      return near.flatMap(function (p) {
        return more.flatMap(function (far) { return around(p, w, h, item.reach + far).map(upright); });
      });
    };
    const far = [0].concat(item.far || [8]), close = function (/** @type {number} */ more) { return more <= CLOSE; };
    // level and close by, else along the line, and only then further away
    return level(far.filter(close)).concat(way ? beside(way, w, item) : [],
      level(far.filter(function (more) { return !close(more); })));
  };

  Manager.prototype.layout = function () {
    if (!this.map._loaded) return;
    const size = this.map.getSize(), map = this.map, items = this.items();
    const taken = items.length ? this.obstacles() : [];
    /** @type {HTMLElement[]} */
    const nodes = [];
    items.forEach((item) => {
      if (nodes.length >= MOST) return;
      const w = width(item.text, item.font) + (item.pad || 0) * 2;
      const spot = this.spots(item, w, size).find(function (found) {
        return found.boxes.every(function (b) {
          return b[0] >= 2 && b[1] >= 2 && b[2] <= size.x - 2 && b[3] <= size.y - 2 &&
            !clash(b, taken, found.angle ? item.id : undefined);
        });
      });
      if (!spot) return;
      spot.boxes.forEach(function (box) { taken.push({ box: box }); });
      nodes.push(this.node(item, spot, w));
    });
    this.pane.replaceChildren(...nodes);
    this.pane.style.opacity = '1';
    map.fire('tumen:labels', { count: nodes.length });
  };

  /** @param {Label} item @param {Spot} spot @param {number} w */
  Manager.prototype.node = function (item, spot, w) {
    const node = T.el('span', { class: 'tumen-label ' + item.cls }, item.text);
    const at = this.map.containerPointToLayerPoint([spot.x - w / 2, spot.y - item.height / 2]);
    node.style.left = at.x + 'px';
    node.style.top = at.y + 'px';
    node.style.width = Math.ceil(w) + 'px';
    node.style.height = item.height + 'px';
    node.style.font = item.font;
    node.style.lineHeight = item.height + 'px';
    if (spot.angle) node.style.transform = 'rotate(' + spot.angle.toFixed(4) + 'rad)';
    if (item.colour) node.style.setProperty('--own', item.colour);
    if (item.lang) node.lang = item.lang;
    return node;
  };

  T.labels = function (map) {
    if (!map._tumenLabels) map._tumenLabels = new Manager(map);
    return map._tumenLabels;
  };
})();
