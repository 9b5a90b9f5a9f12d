/* A user's own points, lines and areas: plain symbols, every property in the popup as text. */
(function () {
  'use strict';
  const T = window.Tumen;
  /** @typedef {import('geojson').Feature} Feature */

  /** @type {(feature: Feature, title: string) => HTMLElement} */
  function content(feature, title) {
    const box = T.el('div', { class: 'tumen-popup' }, [T.el('h2', {}, title)]);
    const table = T.el('table', { class: 'properties' });
    Object.entries(feature.properties || {}).forEach(function (pair) {
      const key = pair[0], value = pair[1];
      if (value === null || value === '') return;
      const words = typeof value === 'object' ? JSON.stringify(value) : value;
      table.append(T.el('tr', {}, [T.el('th', { scope: 'row' }, key), T.el('td', {}, words)]));
    });
    box.append(table);
    return box;
  }

  /** @type {(feature: Feature, label: string | undefined, number: number) => string} */
  function name(feature, label, number) {
    const value = label && feature.properties ? feature.properties[label] : '';
    return value ? String(value) : 'feature ' + (number + 1);
  }

  /** Where the label of a layer stands: at its point, or in the middle of its box.
   * @type {(item: any) => L.LatLng | null}
   */
  function middle(item) {
    if (item.getLatLng) return item.getLatLng();
    return item.getBounds && item.getBounds().isValid() ? item.getBounds().getCenter() : null;
  }

  /** What a feature looks like, where that is not as its layer.
   * @typedef {{ colour?: string, fill?: string, opacity?: number, width?: number, radius?: number }} Look
   */

  /** @type {(feature: Feature | undefined) => Look} */
  function own(feature) {
    return (feature && /** @type {any} */ (feature).look) || {};
  }

  const PANES = ['areas', 'lines', 'points'];

  /** Points lie over lines, lines over areas: each is in a pane of its own.
   * @type {(map: any, feature: Feature | undefined) => string}
   */
  function pane(map, feature) {
    const type = feature && feature.geometry ? feature.geometry.type : '';
    const kind = /Polygon|Collection/.test(type) ? 0 : /Line/.test(type) ? 1 : 2;
    const name = 'features-' + PANES[kind];
    if (!map.getPane(name)) map.createPane(name).style.zIndex = String(401 + kind);
    return name;
  }

  /** Whether a feature lies in a box of the map, or its edge runs through it. @type {(map: L.Map, item: any, box: L.Bounds) => boolean} */
  function meets(map, item, box) {
    if (item.getLayers) return item.getLayers().some(function (/** @type {any} */ one) { return meets(map, one, box); });
    const at = map.latLngToContainerPoint.bind(map);
    if (item.getLatLng) return box.contains(at(item.getLatLng()));
    const frame = item.getBounds();
    if (!box.intersects(L.bounds(at(frame.getNorthWest()), at(frame.getSouthEast())))) return false;
    const own = item.getLatLngs().flat(item instanceof L.Polygon ? 1 : 0), parts = Array.isArray(own[0]) ? own : [own];
    return parts.some(function (/** @type {L.LatLng[]} */ part) {
      const dots = (item instanceof L.Polygon ? [...part, part[0]] : part).map(at);
      return dots.some(function (p, n) { return n > 0 && Boolean(L.LineUtil.clipSegment(dots[n - 1], p, box, false, false)); });
    });
  }

  /** @param {{ id: string, colour: string, label?: string, weight?: number, fill?: number, collection: any }} value */
  T.kinds.features = function (map, value) {
    const colour = value.colour, halo = T.css('--halo');
    /** @type {Label[]} */
    const labels = [];
    /** @type {(() => void)[]} */
    const openers = [];
    let number = 0;
    const layer = L.geoJSON(value.collection, {
      style: function (feature) {
        const look = own(feature), ink = look.colour || colour, at = pane(map, feature);
        if (at === 'features-points') {
          return { radius: look.radius ?? 5, weight: 2, color: ink, fillColor: look.fill || halo, fillOpacity: 1, className: 'tumen-feature', pane: at };
        }
        return { color: ink, weight: look.width ?? value.weight ?? 3, fillColor: look.fill || ink, fillOpacity: look.opacity ?? value.fill ?? 0.15, className: 'tumen-feature', pane: at };
      },
      pointToLayer: function (_, at) {
        return L.circleMarker(at);
      },
      onEachFeature: function (feature, item) {
        const own = number++, title = name(feature, value.label, own), at = middle(item);
        const open = function (/** @type {L.LatLng} */ where) {
          L.popup(T.popupOptions(map)).setLatLng(where).setContent(content(feature, title)).openOn(map);
          map.fire('tumen:selected', { feature: [value.id, own] });
        };
        item.on('click', function (event) { open(event.latlng); });
        if (at) openers.push(function () { map.panInside(at); open(at); });
        else openers.push(function () {});
        if (value.label && at && labels.length < 1500) {
          labels.push({ text: title, lat: at.lat, lng: at.lng, priority: 500, cls: 'label-place', font: '600 12px ' + T.css('--font'), height: 16, reach: 8 });
        }
      },
    }).addTo(map);
    map._tumenCorridors = Object.assign(map._tumenCorridors || {}, { [value.id]: layer });
    T.labels(map).set('features-' + value.id, labels);
    (map._tumenCovers = map._tumenCovers || []).push(function (box) {
      return map.hasLayer(layer) && meets(map, layer, L.bounds([box[0], box[1]], [box[2], box[3]]));
    });
    map.on('tumen:open', function (/** @type {any} */ event) {
      if (event.feature && event.feature[0] === value.id && openers[event.feature[1]]) openers[event.feature[1]]();
    });
  };
})();
