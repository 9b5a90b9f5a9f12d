/* Places: a symbol for each kind, as the rules draw it; a ring where the position is uncertain. */
(function () {
  'use strict';
  const T = window.Tumen;
  const SIZE = 13;
  const RING_PX = 9;
  const TARGET = 24; // pixels that answer to a finger
  const APART = 25;
  const NEAR_ZOOM = 8; // at which a place that a table asks for is shown
  /** @typedef {Scene.Place & { marker: import('leaflet').Marker, ring?: import('leaflet').Circle }} Drawn */

  /** Its symbol, and its order among places. @type {(place: Scene.Place) => [string, number]} */
  function look(place) { return T.rules.places[place.kind] || T.rules.other_place; }

  /** @type {(place: Scene.Place) => number} */
  function priority(place) { return look(place)[1] + T.rules.place_rank * place.rank; }

  /** @type {(place: Scene.Place) => import('leaflet').DivIcon} */
  function icon(place) {
    const picture = T.svg('svg', { width: SIZE, height: SIZE, viewBox: '0 0 13 13', 'aria-hidden': 'true' });
    picture.append(T.svg('path', { class: 'symbol symbol-' + place.kind, d: T.rules.symbols[look(place)[0]] }));
    const html = T.el('span', {}, [picture]);
    return L.divIcon({ className: 'tumen-place', html: html, iconSize: [TARGET, TARGET] });
  }

  /** @type {(place: Scene.Place, lang: string) => string} */
  function name(place, lang) { return place.names[lang] || place.names.en || place.id; }

  /** The language a name is really in, where the chosen one is missing. @type {(place: Scene.Place, lang: string) => string} */
  function tongue(place, lang) { return place.names[lang] ? lang : 'en'; }

  /** @type {(place: Scene.Place, lang: string) => HTMLElement} */
  function content(place, lang) {
    const others = Object.keys(place.names).filter(function (l) { return l !== lang && place.names[l]; })
      .map(function (l) { return place.names[l]; }).join(' · ');
    const where = place.lat.toFixed(4) + '°, ' + place.lon.toFixed(4) + '°' +
      (place.accuracy_m ? ' (± ' + place.accuracy_m + ' m)' : '');
    return T.popup(name(place, lang), [others, place.kind + ', ' + where, place.note],
      place.claims, [place.source]);
  }

  /** @type {(place: Scene.Place, lang: string) => Label} */
  function label(place, lang) {
    return {
      text: name(place, lang), lang: tongue(place, lang), lat: place.lat, lng: place.lon, priority: priority(place),
      cls: 'label-place', font: '600 12px ' + T.css('--font'), height: 16, reach: 11, keep: true, leads: T.rules.labels.name_leads,
      end: place.rank >= T.rules.place_end,
    };
  }

  /** A ring where the position is uncertain. @type {(place: Scene.Place, at: import('leaflet').LatLng) => import('leaflet').Circle | undefined} */
  function ring(place, at) {
    if (!place.accuracy_m) return undefined;
    return L.circle(at, { radius: place.accuracy_m, interactive: false, className: 'tumen-ring', fill: false });
  }

  /** @constructor @param {import('leaflet').Map} map @param {{ places: Scene.Place[], lang?: string }} value @param {import('leaflet').LayerGroup} layer */
  function Painter(map, value, layer) {
    this.map = map;
    this.layer = layer;
    this.rings = L.layerGroup().addTo(layer);
    this.lang = value.lang || 'en';
    /** @type {Drawn[]} */
    this.places = value.places.map((place) => this.build(place));
    map.on('zoomend', this.settle, this);
    this.layer.on('add remove', this.settle, this);
    this.settle();
  }

  /** @param {Scene.Place} place @returns {Drawn} */
  Painter.prototype.build = function (place) {
    const at = L.latLng(place.lat, place.lon), self = this;
    const marker = L.marker(at, { icon: icon(place), keyboard: true, riseOnHover: true });
    const drawn = Object.assign({}, place, { marker: marker, ring: ring(place, at) });
    const open = function () {
      T.openPopup(self.map, at, content(place, self.lang), marker.getElement());
      self.map.fire('tumen:selected', { place: place.id });
    };
    marker.on('click', open);
    marker.on('add', function () {
      const node = marker.getElement();
      self.say(drawn);
      if (node) node.addEventListener('keydown', function (event) {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        event.stopPropagation();
        open();
      });
    });
    return drawn;
  };

  /** Bring a place into view and open it, from a table. @param {string} id */
  Painter.prototype.find = function (id) {
    const place = this.places.find(function (p) { return id && p.id === id; });
    if (!place) return;
    this.map.setView([place.lat, place.lon], Math.max(this.map.getZoom(), NEAR_ZOOM), { animate: false });
    T.openPopup(this.map, L.latLng(place.lat, place.lon), content(place, this.lang), place.marker.getElement());
    this.map.fire('tumen:selected', { place: place.id });
  };

  /** @param {Drawn} place */
  Painter.prototype.say = function (place) {
    const node = place.marker.getElement();
    if (!node) return;
    node.setAttribute('role', 'button');
    node.setAttribute('aria-label', place.kind + ' ' + name(place, this.lang));
    node.setAttribute('lang', tongue(place, this.lang));
  };

  /** Symbols, rings and names for the zoom and the language. */
  Painter.prototype.settle = function () {
    const map = this.map, layer = this.layer, rings = this.rings, lang = this.lang;
    const metres = map.distance(map.containerPointToLatLng([0, 0]), map.containerPointToLatLng([100, 0])) / 100;
    if (map.hasLayer(layer)) thin(map, this.places, layer);
    this.places.forEach(function (p) {
      if (!p.ring) return;
      if ((p.accuracy_m || 0) / metres > RING_PX) rings.addLayer(p.ring); else rings.removeLayer(p.ring);
    });
    const shown = map.hasLayer(layer) ? this.places.filter(function (p) { return layer.hasLayer(p.marker); }) : [];
    T.labels(map).set('places', shown.map(function (p) { return label(p, lang); }));
  };

  /** The places that are in view. @returns {Set<string>} */
  Painter.prototype.seen = function () {
    const view = this.map.getBounds();
    return new Set(this.places.filter(function (p) { return view.contains([p.lat, p.lon]); }).map(function (p) { return p.id; }));
  };

  /** @param {string} id */
  Painter.prototype.named = function (id) {
    const place = this.places.find(function (p) { return p.id === id; });
    return place ? name(place, this.lang) : id;
  };

  /** @param {string} lang */
  Painter.prototype.speak = function (lang) {
    this.lang = lang;
    this.map.closePopup();
    this.places.forEach((place) => this.say(place));
    this.settle();
    this.map.getContainer().dataset.names = lang;
    this.map.fire('tumen:speak', { lang: lang });
  };

  /** @param {{ places: Scene.Place[], lang?: string }} value */
  T.kinds.places = function (map, value, layer) {
    const painter = new Painter(map, value, layer || L.layerGroup().addTo(map));
    map.on('tumen:open', function (/** @type {TumenEvent} */ event) { painter.find(event.place || ''); });
    map._tumenPlaces = {
      layer: painter.layer, languages: languages(value.places),
      speak: function (lang) { painter.speak(lang); },
      seen: function () { return painter.seen(); },
      name: function (id) { return painter.named(id); },
    };
  };

  /** Where symbols would lie on each other the more important one stays; the rest come with zoom. @type {(map: import('leaflet').Map, places: Drawn[], layer: import('leaflet').LayerGroup) => void} */
  function thin(map, places, layer) {
    /** @type {import('leaflet').Point[]} */
    const kept = [];
    places.slice().sort(function (a, b) { return priority(b) - priority(a); })
      .forEach(function (place) {
        const at = map.project([place.lat, place.lon]);
        if (kept.some(function (p) { return Math.max(Math.abs(p.x - at.x), Math.abs(p.y - at.y)) < APART; })) {
          layer.removeLayer(place.marker);
          return;
        }
        kept.push(at);
        layer.addLayer(place.marker);
      });
  }

  /** @type {(places: Scene.Place[]) => string[]} */
  function languages(places) {
    const found = new Set(places.flatMap(function (p) { return Object.keys(p.names); }));
    return [...found].sort(function (a, b) { return a === 'en' ? -1 : b === 'en' ? 1 : a < b ? -1 : 1; });
  }
})();
