/* Where in the world a map of a small extent is: a small map in the corner that covers nothing that is drawn.
   geo/scene/locator.py makes it, geo/output/still/locator.py draws the same. */
(function () {
  'use strict';
  const T = window.Tumen;
  const R = T.rules.locator;
  const WORDS = "Locator: the map's place in its region";
  const QUIET = '.label-base, .label-sea, .label-country, .label-street'; // names of the ground make room

  /** @type {(value: LocatorValue, lang: string) => SVGElement} */
  function picture(value, lang) {
    const svg = T.svg('svg', { width: R.size, height: R.size, viewBox: '0 0 ' + R.size + ' ' + R.size });
    const ground = T.svg('g', { transform: 'scale(' + 1 / value.steps + ')' }), m = value.mark;
    ground.append(T.svg('path', { class: 'land', d: value.land }), T.svg('path', { class: 'borders', d: value.borders }));
    svg.append(ground, m.length > 2 ? T.svg('rect', { class: 'here', x: m[0], y: m[1], width: m[2], height: m[3] })
      : T.svg('circle', { class: 'here dot', cx: m[0], cy: m[1], r: R.dot_px }));
    value.names.forEach(function (one) {
      const text = T.svg('text', { x: one.x, y: one.y + 4 });
      text.textContent = one.names[lang] || one.names[lang.split('-')[0]] || one.names.en;
      svg.append(text);
    });
    return svg;
  }

  /** @constructor @param {L.Map} map @param {LocatorValue} value @param {string} lang */
  function Locator(map, value, lang) {
    this.map = map;
    this.value = value;
    this.node = T.el('div', { class: 'tumen-locator', role: 'img', 'aria-label': WORDS });
    this.control = new L.Control();
    this.control.onAdd = () => this.node;
    this.on = false;
    this.speak(map.getContainer().dataset.names || lang);
    map.on('tumen:speak', (/** @type {any} */ event) => { this.speak(event.lang); });
  }

  /** Once everything else is drawn. */
  Locator.prototype.start = function () {
    this.place();
    this.map.on('moveend resize', this.place, this);
  };

  /** @param {string} lang */
  Locator.prototype.speak = function (lang) { this.node.replaceChildren(picture(this.value, lang)); };

  /** Whether it says anything: the map is large, and shows no more than the region and some of what it is of. */
  Locator.prototype.tells = function () {
    const map = this.map, size = map.getSize(), seen = map.getBounds(), box = this.value.view;
    const wide = Math.min(seen.getEast() - seen.getWest(), seen.getNorth() - seen.getSouth()) > R.most_deg;
    return size.x >= R.room[0] && size.y >= R.room[1] && !(wide && map.getZoom() < this.first()) &&
      seen.intersects([[box[1], box[0]], [box[3], box[2]]]);
  };

  /** The zoom at which the map is seen whole. */
  Locator.prototype.first = function () {
    const box = this.value.view;
    return this.map.getBoundsZoom([[box[1], box[0]], [box[3], box[2]]]);
  };

  /** What it must not cover, in pixels of the map, but for lines and features. @param {DOMRect} frame @returns {Edges[]} */
  Locator.prototype.taken = function (frame) {
    const nodes = this.map.getContainer().querySelectorAll('.leaflet-control, .tumen-place svg, .tumen-label, .tumen-leader');
    return Array.from(nodes).filter((node) => node !== this.node && !node.matches(QUIET)).map(function (node) {
      const b = node.getBoundingClientRect();
      return [b.left - frame.left, b.top - frame.top, b.right - frame.left, b.bottom - frame.top];
    });
  };

  /** Whether it may stand in a corner. @param {L.ControlPosition} corner @param {Edges[]} taken @param {Desk} desk @param {DOMRect} frame */
  Locator.prototype.fits = function (corner, taken, desk, frame) {
    if (this.control.getPosition() !== corner) this.control.setPosition(corner);
    const b = this.node.getBoundingClientRect(), map = this.map, size = map.getSize();
    const x = b.left - frame.left, y = b.top - frame.top, away = R.clear;
    /** @type {Edges} */
    const box = [x - away, y - away, x + b.width + away, y + b.height + away];
    if (box[0] < 0 || box[1] < 0 || box[2] > size.x || box[3] > size.y) return false;
    return !taken.some(function (t) { return t[0] < box[2] && t[2] > box[0] && t[1] < box[3] && t[3] > box[1]; }) &&
      T.clear(box, desk, false) && !(map._tumenCovers || []).some(function (covers) { return covers(box); });
  };

  /** Into the first corner in which it covers nothing, words being where they are without it; out where there is none. */
  Locator.prototype.place = function () {
    const map = this.map, labels = T.labels(map);
    this.control.remove();
    if (this.on) labels.layout();
    this.on = this.tells() && this.choose();
    if (this.on) labels.layout(); else this.control.remove();
  };

  /** @returns {boolean} */
  Locator.prototype.choose = function () {
    const map = this.map, frame = map.getContainer().getBoundingClientRect();
    const taken = this.taken(frame), desk = T.labels(map).desk(map.getSize());
    this.control.addTo(map);
    return R.corners.some((corner) => this.fits(corner, taken, desk, frame));
  };

  T.locator = function (map, value, lang) { map._tumenLocator = new Locator(map, value, lang); };
})();
