/* One manager of labels per map: highest priority first, none overlaps, at most so many. */
(function () {
  'use strict';
  const T = window.Tumen;
  const GAP = 3;
  const MOST = 70;
  const ruler = document.createElement('canvas').getContext('2d');

  function width(text, font) {
    ruler.font = font;
    return ruler.measureText(text).width;
  }

  function clash(box, taken) {
    return taken.some(function (b) {
      return box[0] < b[2] + GAP && box[2] > b[0] - GAP && box[1] < b[3] + GAP && box[3] > b[1] - GAP;
    });
  }

  /** Boxes [left, top, right, bottom] to try around a point, the best place first. */
  function around(point, w, h, reach) {
    const x = point.x, y = point.y, r = reach;
    return [
      [x + r, y - h / 2], [x - r - w, y - h / 2], [x - w / 2, y - r - h], [x - w / 2, y + r],
      [x + r * 0.8, y - h - r * 0.4], [x + r * 0.8, y + r * 0.4],
      [x - r * 0.8 - w, y - h - r * 0.4], [x - r * 0.8 - w, y + r * 0.4],
    ].map(function (p) { return [p[0], p[1], p[0] + w, p[1] + h]; });
  }

  /** Boxes that cover a wide line on the screen, so that names stand beside it. */
  function along(map, line) {
    const size = map.getSize(), half = line.half, boxes = [];
    const points = line.latlngs.map(function (ll) { return map.latLngToContainerPoint(ll); });
    for (let i = 1; i < points.length; i++) {
      const a = points[i - 1], b = points[i], n = Math.ceil(a.distanceTo(b) / (half * 1.5)) || 1;
      for (let k = 0; k <= Math.min(n, 400); k++) {
        const x = a.x + (b.x - a.x) * k / n, y = a.y + (b.y - a.y) * k / n;
        if (x < -half || y < -half || x > size.x + half || y > size.y + half) continue;
        boxes.push([x - half, y - half, x + half, y + half]);
      }
    }
    return boxes;
  }

  function Labels(map) {
    this.map = map;
    this.lines = [];
    this.groups = {};
    this.hidden = {};
    this.pane = map.createPane('tumen-labels');
    this.pane.style.zIndex = 620;
    this.pane.style.pointerEvents = 'none';
    this.pane.setAttribute('aria-hidden', 'true');
    map.on('moveend zoomend resize viewreset', this.layout, this);
    map.on('zoomstart', function () { this.pane.style.opacity = 0; }, this);
  }

  /** items: {text, lat, lng, priority, cls, font, height, reach, minZoom, at: [[lat, lng], …]} */
  Labels.prototype.set = function (group, items) {
    this.groups[group] = items;
    this.layout();
  };

  Labels.prototype.show = function (group, shown) {
    this.hidden[group] = !shown;
    this.layout();
  };

  Labels.prototype.items = function () {
    const zoom = this.map.getZoom();
    const all = [];
    Object.keys(this.groups).forEach(function (name) {
      if (this.hidden[name]) return;
      this.groups[name].forEach(function (item) { if (zoom >= (item.minZoom || 0)) all.push(item); });
    }, this);
    return all.sort(function (a, b) { return b.priority - a.priority; });
  };

  /** Ground that labels keep off: the symbols of places and the controls in the corners. */
  Labels.prototype.obstacles = function () {
    const frame = this.map.getContainer().getBoundingClientRect();
    const found = this.map.getContainer().querySelectorAll('.leaflet-control, .tumen-place');
    const boxes = Array.from(found).map(function (node) {
      const b = node.getBoundingClientRect();
      return [b.left - frame.left, b.top - frame.top, b.right - frame.left, b.bottom - frame.top];
    });
    this.lines.forEach(function (line) { boxes.push.apply(boxes, along(this.map, line)); }, this);
    return boxes;
  };

  Labels.prototype.layout = function () {
    if (!this.map._loaded) return;
    const size = this.map.getSize(), map = this.map;
    const taken = this.obstacles();
    const nodes = [];
    this.items().forEach(function (item) {
      if (nodes.length >= MOST) return;
      const w = width(item.text, item.font) + (item.pad || 0) * 2, h = item.height;
      const points = (item.at || [[item.lat, item.lng]]).map(function (p) {
        return map.latLngToContainerPoint(p);
      });
      const boxes = [];
      points.forEach(function (p) {
        if (p.x < 0 || p.y < 0 || p.x > size.x || p.y > size.y) return;
        if (item.centre) boxes.push([p.x - w / 2, p.y - h / 2, p.x + w / 2, p.y + h / 2]);
        else [0].concat(item.far || [8]).forEach(function (more) {
          boxes.push.apply(boxes, around(p, w, h, item.reach + more));
        });
      });
      const box = boxes.find(function (b) {
        return b[0] >= 2 && b[1] >= 2 && b[2] <= size.x - 2 && b[3] <= size.y - 2 && !clash(b, taken);
      });
      if (!box) return;
      taken.push(box);
      nodes.push(this.node(item, box, w));
    }, this);
    this.pane.replaceChildren.apply(this.pane, nodes);
    this.pane.style.opacity = 1;
    map.fire('tumen:labels', { count: nodes.length });
  };

  Labels.prototype.node = function (item, box, w) {
    const node = T.el('span', { class: 'tumen-label ' + item.cls }, item.text);
    const at = this.map.containerPointToLayerPoint([box[0], box[1]]);
    node.style.left = at.x + 'px';
    node.style.top = at.y + 'px';
    node.style.width = Math.ceil(w) + 'px';
    node.style.height = item.height + 'px';
    node.style.lineHeight = item.height + 'px';
    node.style.font = item.font;
    node.style.lineHeight = item.height + 'px';
    if (item.colour) node.style.setProperty('--own', item.colour);
    return node;
  };

  T.labels = function (map) {
    if (!map._tumenLabels) map._tumenLabels = new Labels(map);
    return map._tumenLabels;
  };
})();
