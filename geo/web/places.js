/* Places: hollow square a port, circle a station or town, bar a crossing; a ring where uncertain. */
(function () {
  'use strict';
  const T = window.Tumen;
  const SIZE = 13;
  const RING_PX = 9;
  const APART = 13;
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
    return L.divIcon({ className: 'tumen-place', html: html, iconSize: [SIZE, SIZE] });
  }

  function name(place, lang) { return place.names[lang] || place.names.en || place.id; }

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
      text: name(place, lang), lat: place.lat, lng: place.lon, priority: PRIORITY[place.kind] || 500,
      cls: 'label-place', font: '600 12px ' + T.css('--font'), height: 16, reach: 11,
    };
  }

  T.kinds.places = function (map, value) {
    const layer = L.layerGroup().addTo(map), rings = L.layerGroup().addTo(map);
    let lang = value.lang || 'en';
    value.places.forEach(function (place) {
      const at = [place.lat, place.lon];
      const marker = L.marker(at, { icon: icon(place), keyboard: true, alt: name(place, lang), riseOnHover: true });
      marker.on('click keypress', function (event) {
        const key = event.originalEvent && event.originalEvent.key;
        if (event.type === 'keypress' && key !== 'Enter') return;
        L.popup(T.popupOptions(map)).setLatLng(at).setContent(content(place, lang)).openOn(map);
      });
      marker.on('add', function () {
        marker.getElement().setAttribute('aria-label', place.kind + ' ' + name(place, lang));
      });
      place.marker = marker;
      if (place.accuracy_m) {
        place.ring = L.circle(at, { radius: place.accuracy_m, interactive: false, className: 'tumen-ring', fill: false });
      }
    });
    const sizes = function () {
      const metres = map.distance(map.containerPointToLatLng([0, 0]), map.containerPointToLatLng([100, 0])) / 100;
      value.places.forEach(function (p) {
        if (!p.ring) return;
        if (p.accuracy_m / metres > RING_PX) rings.addLayer(p.ring); else rings.removeLayer(p.ring);
      });
    };
    const names = function () {
      const shown = value.places.filter(function (p) { return layer.hasLayer(p.marker); });
      T.labels(map).set('places', shown.map(function (p) { return label(p, lang); }));
    };
    const crowd = function () { thin(map, value.places, layer); names(); };
    map.on('zoomend', sizes);
    map.on('zoomend', crowd);
    sizes();
    crowd();
    map._tumenPlaces = { layer: layer, languages: languages(value.places), speak: function (l) { lang = l; names(); } };
  };

  /** Where symbols would lie on each other the more important one stays; the rest come with zoom. */
  function thin(map, places, layer) {
    const kept = [];
    places.slice().sort(function (a, b) { return (PRIORITY[b.kind] || 0) - (PRIORITY[a.kind] || 0); })
      .forEach(function (place) {
        const at = map.project([place.lat, place.lon]);
        if (kept.some(function (p) { return p.distanceTo(at) < APART; })) {
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
