/* Scale bar in km and nmi, full screen, and the list of layers with the language of names. */
(function () {
  'use strict';
  const T = window.Tumen;
  /** A language by its own name; its code where the browser has none. @type {(code: string) => string} */
  function named(code) {
    try {
      const name = new Intl.DisplayNames([code], { type: 'language' }).of(code) || code;
      return name.charAt(0).toLocaleUpperCase(code) + name.slice(1);
    } catch { return code; }
  }

  /** @type {(value: number) => number} */
  function round(value) {
    const power = Math.pow(10, Math.floor(Math.log10(value)));
    const digit = value / power;
    return power * (digit >= 5 ? 5 : digit >= 2 ? 2 : 1);
  }

  /** @param {import('leaflet').Map} map */
  function scale(map) {
    const rows = [{ unit: 'km', km: 1 }, { unit: 'nmi', km: 1.852 }].map(function (unit) {
      return Object.assign(unit, { node: T.el('div', { class: 'scale-bar' }) });
    });
    T.corner(map, 'bottomleft', T.el('div', { class: 'tumen-scale' }, rows.map(function (r) { return r.node; })));
    const update = function () {
      const y = map.getSize().y / 2;
      const km = map.distance(map.containerPointToLatLng([0, y]), map.containerPointToLatLng([110, y])) / 1000;
      if (!(km > 0)) return;
      rows.forEach(function (row) {
        const value = round(km / row.km);
        row.node.style.width = Math.round(110 * value * row.km / km) + 'px';
        row.node.textContent = value + ' ' + row.unit;
      });
    };
    map.on('moveend zoomend resize', update);
    map.whenReady(update);
  }

  /** @param {import('leaflet').Map} map */
  function full(map) {
    const button = T.el('button', { type: 'button', class: 'tumen-full', 'aria-label': 'Full screen', title: 'Full screen' }, '⛶');
    button.addEventListener('click', function () {
      if (document.fullscreenElement) document.exitFullscreen();
      else map.getContainer().requestFullscreen();
    });
    T.corner(map, 'topleft', T.el('div', { class: 'leaflet-bar' }, [button]));
  }

  /** @type {(words: string, on: boolean, change: (on: boolean) => void) => HTMLElement} */
  function tick(words, on, change) {
    const box = T.el('input', { type: 'checkbox' });
    box.checked = on;
    box.addEventListener('change', function () { change(box.checked); });
    return T.el('label', {}, [box, ' ', words]);
  }

  /** @type {(map: import('leaflet').Map, layer: import('leaflet').Layer) => (on: boolean) => void} */
  function toggle(map, layer) {
    return function (on) { if (on) map.addLayer(layer); else map.removeLayer(layer); };
  }

  /** @type {(map: import('leaflet').Map) => HTMLElement[]} */
  function language(map) {
    const places = map._tumenPlaces;
    if (!places || places.languages.length < 2) return [];
    const select = T.el('select', {}, places.languages.map(function (l) {
      return T.el('option', { value: l }, named(l));
    }));
    const english = T.el('p', { class: 'language', hidden: '' }, 'Seas and countries have no name in it: English.');
    select.addEventListener('change', function () {
      places.speak(select.value);
      english.hidden = !map._tumenBase || map._tumenBase.speaks(select.value);
    });
    return [T.el('label', { class: 'language' }, ['Place names ', select]), english];
  }

  /** @type {(map: import('leaflet').Map, titles: Scene.Names) => HTMLElement[]} */
  function corridors(map, titles) {
    const layers = map._tumenCorridors || {}, order = Object.keys(titles);
    return Object.keys(layers).sort(function (a, b) { return order.indexOf(a) - order.indexOf(b); })
      .map(function (id) { return tick(titles[id] || id, true, toggle(map, layers[id])); });
  }

  /** @param {import('leaflet').Map} map @param {Scene.Names} titles */
  function layers(map, titles) {
    const labels = T.labels(map), places = map._tumenPlaces, base = map._tumenBase;
    const rest = [tick('Figures on lines', true, function (on) { labels.show('flows', on); })];
    if (places) rest.push(tick('Places', true, function (on) {
      toggle(map, places.layer)(on);
      labels.show('places', on);
    }));
    if (base) {
      rest.push(tick('Base map names', true, function (on) { labels.show('base', on); }));
      rest.push(tick('Borders (not authoritative)', true, function (on) { base.showBorders(on); }));
    }
    const box = T.fold(map, 'tumen-layers', 'Layers', [...corridors(map, titles), ...rest, ...language(map)]);
    box.open = false;
    T.corner(map, 'topright', box);
  }

  /** @param {{ attribution?: string, corridors?: Scene.Names }} value */
  T.kinds.controls = function (map, value) {
    if (map.attributionControl) map.attributionControl.setPrefix('');
    if (value.attribution && map.attributionControl) map.attributionControl.addAttribution(T.escaped(value.attribution));
    full(map);
    scale(map);
    layers(map, value.corridors || {});
    T.printable(map);
    T.labels(map).layout();
    if (map._tumenLocator) map._tumenLocator.start();
  };
})();
