/* Places: hollow square a port, circle a station or town, bar a crossing; a ring where uncertain. */
(function () {
  'use strict';
  const T = window.Tumen;
  const SIZE = 13;
  const RING_PX = 9;
  const TARGET = 24; // pixels that answer to a finger
  const APART = 25;
  const SHAPES = {
    port: ['rect', { x: 2, y: 2, width: 9, height: 9 }],
    anchorage: ['rect', { x: 2, y: 2, width: 9, height: 9 }],
    crossing: ['rect', { x: 5, y: 0.5, width: 3, height: 12 }],
    junction: ['circle', { cx: 6.5, cy: 6.5, r: 3 }],
    town: ['circle', { cx: 6.5, cy: 6.5, r: 3 }],
    station: ['circle', { cx: 6.5, cy: 6.5, r: 4.5 }],
  };
  const PRIORITY = { port: 640, crossing: 620, station: 600, junction: 560, anchorage: 560, town: 500 };

  function icon(place) {
    const shape = SHAPES[place.kind] || SHAPES.station;
    const picture = T.svg('svg', { width: SIZE, height: SIZE, viewBox: '0 0 13 13', 'aria-hidden': 'true' });
    picture.append(T.svg(shape[0], Object.assign({ class: 'symbol symbol-' + place.kind }, shape[1])));
    const html = T.el('span', {}, [picture]);
    return L.divIcon({ className: 'tumen-place', html: html, iconSize: [TARGET, TARGET] });
  }

  function name(place, lang) { return place.names[lang] || place.names.en || place.id; }

  /** The language a name is really in, where the chosen one is missing. */
  function tongue(place, lang) { return place.names[lang] ? lang : 'en'; }

  function content(place, lang) {
    const others = ['en', 'ko', 'ru'].filter(function (l) { return l !== lang && place.names[l]; })
      .map(function (l) { return place.names[l]; }).join(' · ');
    const where = place.lat.toFixed(4) + '°, ' + place.lon.toFixed(4) + '°' +
      (place.accuracy_m ? ' (± ' + place.accuracy_m + ' m)' : '');
    return T.popup(name(place, lang), [others, place.kind + ', ' + where, place.note],
      place.claims, [place.source]);
  }

  function label(place, lang) {
    return {
      text: name(place, lang), lang: tongue(place, lang), lat: place.lat, lng: place.lon, priority: PRIORITY[place.kind] || 500,
      cls: 'label-place', font: '600 12px ' + T.css('--font'), height: 16, reach: 11,
    };
  }

  function Painter(map, value, layer) {
    this.map = map;
    this.places = value.places;
    this.layer = layer;
    this.rings = L.layerGroup().addTo(layer);
    this.lang = value.lang || 'en';
    this.places.forEach(this.build, this);
    map.on('zoomend', this.settle, this);
    this.layer.on('add remove', this.settle, this);
    this.settle();
  }

  Painter.prototype.build = function (place) {
    const at = [place.lat, place.lon], self = this;
    const marker = place.marker = L.marker(at, { icon: icon(place), keyboard: true, riseOnHover: true });
    const open = function () {
      T.openPopup(self.map, at, content(place, self.lang), marker.getElement());
    };
    marker.on('click', open);
    marker.on('add', function () {
      const node = marker.getElement();
      self.say(place);
      node.addEventListener('keydown', function (event) {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        event.stopPropagation();
        open();
      });
    });
    if (place.accuracy_m) {
      place.ring = L.circle(at, { radius: place.accuracy_m, interactive: false, className: 'tumen-ring', fill: false });
    }
  };

  Painter.prototype.say = function (place) {
    const node = place.marker.getElement();
    if (!node) return;
    node.setAttribute('role', 'button');
    node.setAttribute('aria-label', place.kind + ' ' + name(place, this.lang));
    node.setAttribute('lang', tongue(place, this.lang));
  };

  /** Symbols, rings and names for the zoom and the language. */
  Painter.prototype.settle = function () {
    const map = this.map, layer = this.layer, rings = this.rings;
    const metres = map.distance(map.containerPointToLatLng([0, 0]), map.containerPointToLatLng([100, 0])) / 100;
    thin(map, this.places, layer);
    this.places.forEach(function (p) {
      if (!p.ring) return;
      if (p.accuracy_m / metres > RING_PX) rings.addLayer(p.ring); else rings.removeLayer(p.ring);
    });
    const shown = map.hasLayer(layer) ? this.places.filter(function (p) { return layer.hasLayer(p.marker); }) : [];
    T.labels(map).set('places', shown.map(function (p) { return label(p, this.lang); }, this));
  };

  Painter.prototype.speak = function (lang) {
    this.lang = lang;
    this.map.closePopup();
    this.places.forEach(this.say, this);
    this.settle();
    this.map.getContainer().dataset.names = lang;
  };

  T.kinds.places = function (map, value, layer) {
    const painter = new Painter(map, value, layer || L.layerGroup().addTo(map));
    map._tumenPlaces = {
      layer: painter.layer, languages: languages(value.places),
      speak: function (lang) { painter.speak(lang); },
    };
  };

  /** Where symbols would lie on each other the more important one stays; the rest come with zoom. */
  function thin(map, places, layer) {
    const kept = [];
    places.slice().sort(function (a, b) { return (PRIORITY[b.kind] || 0) - (PRIORITY[a.kind] || 0); })
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

  function languages(places) {
    return ['en', 'ko', 'ru'].filter(function (l) { return places.some(function (p) { return p.names[l]; }); });
  }
})();
