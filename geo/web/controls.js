/* Scale bar in km and nmi, full screen, and the list of layers with the language of names. */
(function () {
  'use strict';
  const T = window.Tumen;
  const NAMES = { en: 'English', ko: '한국어', ru: 'Русский' };

  function round(value) {
    const power = Math.pow(10, Math.floor(Math.log10(value)));
    const digit = value / power;
    return power * (digit >= 5 ? 5 : digit >= 2 ? 2 : 1);
  }

  const Scale = L.Control.extend({
    options: { position: 'bottomleft' },
    onAdd: function (map) {
      this._rows = [['km', 1], ['nmi', 1.852]].map(function (unit) {
        return { unit: unit[0], km: unit[1], node: T.el('div', { class: 'scale-bar' }) };
      });
      map.on('moveend zoomend resize', this.update, this);
      map.whenReady(this.update, this);
      return T.el('div', { class: 'tumen-scale' }, this._rows.map(function (r) { return r.node; }));
    },
    update: function () {
      const map = this._map, y = map.getSize().y / 2;
      const km = map.distance(map.containerPointToLatLng([0, y]), map.containerPointToLatLng([110, y])) / 1000;
      if (!(km > 0)) return;
      this._rows.forEach(function (row) {
        const value = round(km / row.km);
        row.node.style.width = Math.round(110 * value * row.km / km) + 'px';
        row.node.textContent = value + ' ' + row.unit;
      });
    },
  });

  const Full = L.Control.extend({
    options: { position: 'topleft' },
    onAdd: function (map) {
      const button = T.el('button', { type: 'button', class: 'tumen-full', 'aria-label': 'Full screen', title: 'Full screen' }, '⛶');
      L.DomEvent.disableClickPropagation(button);
      button.addEventListener('click', function () {
        if (document.fullscreenElement) document.exitFullscreen();
        else map.getContainer().requestFullscreen();
      });
      return T.el('div', { class: 'leaflet-bar' }, [button]);
    },
  });

  function tick(words, on, change) {
    const box = T.el('input', { type: 'checkbox' });
    box.checked = on;
    box.addEventListener('change', function () { change(box.checked); });
    return T.el('label', {}, [box, ' ', words]);
  }

  function toggle(map, layer) {
    return function (on) { if (on) map.addLayer(layer); else map.removeLayer(layer); };
  }

  function language(map) {
    const places = map._tumenPlaces;
    if (!places || places.languages.length < 2) return [];
    const select = T.el('select', {}, places.languages.map(function (l) {
      return T.el('option', { value: l }, NAMES[l]);
    }));
    select.addEventListener('change', function () { places.speak(select.value); });
    return [T.el('label', { class: 'language' }, ['Place names ', select])];
  }

  const Layers = L.Control.extend({
    options: { position: 'topright' },
    initialize: function (corridors) { this._titles = corridors; },
    onAdd: function (map) {
      const lines = Object.keys(map._tumenCorridors || {}).sort(this.order.bind(this)).map(function (id) {
        return tick(this._titles[id] || id, true, toggle(map, map._tumenCorridors[id]));
      }, this);
      const labels = T.labels(map);
      const rest = [tick('Figures on lines', true, function (on) { labels.show('flows', on); })];
      if (map._tumenPlaces) rest.push(tick('Places', true, function (on) {
        toggle(map, map._tumenPlaces.layer)(on);
        labels.show('places', on);
      }));
      if (map._tumenBase) {
        rest.push(tick('Base map names', true, function (on) { labels.show('base', on); }));
        rest.push(tick('Borders (not authoritative)', true, function (on) { map._tumenBase.showBorders(on); }));
      }
      const summary = T.el('summary', {}, 'Layers');
      const box = T.el('details', { class: 'tumen-layers' }, [summary].concat(lines, rest, language(map)));
      box.addEventListener('toggle', function () { labels.layout(); });
      L.DomEvent.disableClickPropagation(box);
      L.DomEvent.disableScrollPropagation(box);
      return box;
    },
    order: function (a, b) {
      const names = Object.keys(this._titles);
      return names.indexOf(a) - names.indexOf(b);
    },
  });

  T.kinds.controls = function (map, value) {
    map.attributionControl.setPrefix('');
    if (value.attribution) map.attributionControl.addAttribution(T.el('i', {}, value.attribution).innerHTML);
    new Full().addTo(map);
    new Scale().addTo(map);
    new Layers(value.corridors || {}).addTo(map);
    T.printable(map);
    T.labels(map).layout();
  };
})();
