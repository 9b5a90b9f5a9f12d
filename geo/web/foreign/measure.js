/* Measuring on the map: click points, finish, read the length and the area on the sphere. */
(function () {
  'use strict';
  const T = window.Tumen, F = T.foreign, make = F.make;
  const EARTH_M = 6371008.8; // mean radius
  /** @type {{ [name: string]: [number, string] }} */
  const UNITS = {
    meters: [1, 'm'], kilometers: [1000, 'km'], feet: [0.3048, 'ft'], miles: [1609.344, 'mi'], nauticalmiles: [1852, 'nmi'], yards: [0.9144, 'yd'],
    sqmeters: [1, 'm²'], hectares: [1e4, 'ha'], acres: [4046.8564224, 'ac'], sqmiles: [2589988.110336, 'mi²'], sqfeet: [0.09290304, 'ft²'], sqkilometers: [1e6, 'km²'],
  };
  const RAD = Math.PI / 180;

  /** @type {Fn} */
  function metres(points) {
    let sum = 0;
    for (let n = 1; n < points.length; n++) {
      const a = points[n - 1], b = points[n];
      const h = Math.sin(((b.lat - a.lat) * RAD) / 2) ** 2 + Math.cos(a.lat * RAD) * Math.cos(b.lat * RAD) * Math.sin(((b.lng - a.lng) * RAD) / 2) ** 2;
      sum += 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(h)));
    }
    return sum;
  }

  /** Area of a ring on the sphere (Chamberlain and Duquette). @type {Fn} */
  function squareMetres(points) {
    let sum = 0;
    points.forEach(function (/** @type {any} */ a, /** @type {number} */ n) {
      const b = points[(n + 1) % points.length];
      sum += (b.lng - a.lng) * RAD * (2 + Math.sin(a.lat * RAD) + Math.sin(b.lat * RAD));
    });
    return Math.abs((sum * EARTH_M * EARTH_M) / 2);
  }

  /** @type {Fn} */
  function said(value, names) {
    return names.filter(Boolean).map(function (/** @type {string} */ name) {
      const unit = UNITS[name] || [1, name];
      return (value / unit[0]).toLocaleString('en', { maximumFractionDigits: 2 }) + ' ' + unit[1];
    }).join(' · ');
  }

  make.measure = function (args) {
    const options = Object.assign({ position: 'topright', activeColor: '#ABE67E', completedColor: '#C8F2BE' }, F.last(args));
    return F.control(options, function (/** @type {L.Map} */ map) {
      const result = T.el('p', { role: 'status' }, 'Click points on the map');
      const start = T.el('button', { type: 'button' }, 'Create a new measurement');
      const finish = T.el('button', { type: 'button' }, 'Finish measurement');
      const cancel = T.el('button', { type: 'button' }, 'Cancel');
      const panel = T.el('div', { class: 'foreign-measure-panel' }, [start, result, finish, cancel]);
      const node = T.el('div', { class: 'leaflet-bar leaflet-control-measure leaflet-control' });
      node.append(F.button(F.sign('M3 3H14V6H6V14H3ZM8 3V4.5M11 3V4.5M3 8H4.5M3 11H4.5', 1.4), 'Measure distances and areas', function () { node.classList.toggle('open'); }), panel);
      const drawn = L.featureGroup().addTo(map);
      /** @type {L.LatLng[]} */
      let points = [];
      let on = false;
      /** @type {Fn} */
      const phase = function (active) {
        on = active;
        start.hidden = active;
        result.hidden = finish.hidden = cancel.hidden = !active;
        if (active) map.doubleClickZoom.disable(); else map.doubleClickZoom.enable();
      };
      const words = function () {
        const long = said(metres(points), [options.primaryLengthUnit, options.secondaryLengthUnit]);
        const area = points.length > 2 ? ', ' + said(squareMetres(points), [options.primaryAreaUnit, options.secondaryAreaUnit]) : '';
        return points.length < 2 ? 'Click points on the map' : long + area;
      };
      const paint = function (/** @type {boolean} */ done) {
        drawn.clearLayers();
        const style = { color: done ? options.completedColor : options.activeColor, weight: 3, fillOpacity: 0.3 };
        points.forEach(function (p) { drawn.addLayer(L.circleMarker(p, { radius: 3, color: style.color, interactive: false })); });
        const shape = points.length > 2 && done ? L.polygon(points, style) : L.polyline(points, style);
        drawn.addLayer(shape);
        if (done) shape.bindPopup(T.el('div', {}, words())).openPopup();
        result.textContent = words();
      };
      map.on('click', function (e) {
        if (!on) return;
        points.push(e.latlng);
        paint(false);
      });
      start.addEventListener('click', function () { points = []; drawn.clearLayers(); result.textContent = words(); phase(true); });
      finish.addEventListener('click', function () { phase(false); if (points.length > 1) paint(true); });
      cancel.addEventListener('click', function () { phase(false); points = []; drawn.clearLayers(); });
      phase(false);
      return node;
    });
  };
})();
