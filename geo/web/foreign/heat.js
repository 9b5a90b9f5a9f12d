/* Heat: points as soft discs added up on one canvas, coloured by a gradient. */
(function () {
  'use strict';
  const T = window.Tumen, F = T.foreign, make = F.make;
  const leaflet = /** @type {any} */ (L);
  const GRADIENT = { 0.4: 'blue', 0.6: 'cyan', 0.7: 'lime', 0.8: 'yellow', 1: 'red' };

  /** @type {Fn} */
  function palette(gradient) {
    const canvas = document.createElement('canvas');
    canvas.width = 1;
    canvas.height = 256;
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { willReadFrequently: true }));
    const ramp = pen.createLinearGradient(0, 0, 0, 256);
    Object.entries(gradient).forEach(function (stop) { ramp.addColorStop(Math.min(1, Math.max(0, Number(stop[0]))), String(stop[1])); });
    pen.fillStyle = ramp;
    pen.fillRect(0, 0, 1, 256);
    return pen.getImageData(0, 0, 1, 256).data;
  }

  /** One soft disc. @type {Fn} */
  function disc(radius, blur) {
    const reach = radius + blur, canvas = document.createElement('canvas');
    canvas.width = canvas.height = reach * 2;
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    pen.shadowOffsetX = pen.shadowOffsetY = reach * 2;
    pen.shadowBlur = blur;
    pen.shadowColor = 'black';
    pen.beginPath();
    pen.arc(-reach, -reach, radius, 0, Math.PI * 2);
    pen.fill();
    return canvas;
  }

  /** A disc that fades from a share of its radius to its edge. @type {Fn} */
  function fading(radius, core) {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = radius * 2;
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    const ramp = pen.createRadialGradient(radius, radius, radius * core, radius, radius, radius);
    ramp.addColorStop(0, 'rgba(0,0,0,1)');
    ramp.addColorStop(1, 'rgba(0,0,0,0)');
    pen.fillStyle = ramp;
    pen.fillRect(0, 0, radius * 2, radius * 2);
    return canvas;
  }

  F.Heat = leaflet.Layer.extend(/** @type {Methods} */ ({
    options: { minOpacity: 0.05, radius: 25, blur: 15 },
    initialize: function (points, options) {
      L.setOptions(this, options);
      this._points = points;
    },
    setPoints: function (points) { this._points = points; if (this._map) this._paint(); return this; },
    onAdd: function (map) {
      this._canvas = L.DomUtil.create('canvas', 'leaflet-heatmap-layer leaflet-layer leaflet-zoom-hide');
      this.getPane().append(this._canvas);
      map.on('moveend zoomend resize', this._paint, this);
      this._paint();
    },
    onRemove: function (map) {
      map.off('moveend zoomend resize', this._paint, this);
      this._canvas.remove();
    },
    _paint: function () {
      const map = this._map, size = map.getSize(), options = this.options;
      L.DomUtil.setPosition(this._canvas, map.containerPointToLayerPoint([0, 0]));
      this._canvas.width = size.x;
      this._canvas.height = size.y;
      const pen = this._canvas.getContext('2d', { willReadFrequently: true });
      const radius = Math.max(1, options.radius), blur = Math.max(0, options.blur);
      const reach = options.apart ? radius : radius + blur;
      const stamp = options.apart ? fading(radius, 1 - Math.min(1, blur)) : disc(radius, blur);
      (options.apart ? this._each(reach) : this._gathered(reach)).forEach(function (/** @type {any} */ at) {
        pen.globalAlpha = Math.min(1, Math.max(at[2], options.minOpacity));
        pen.drawImage(stamp, at[0] - reach, at[1] - reach);
      });
      if (size.x && size.y) this._colour(pen, size);
    },
    // Points of one cell of half a disc count as one, where their weight lies; the heaviest cell is the hottest.
    _gathered: function (reach) {
      const map = this._map, cell = reach / 2, size = map.getSize(), pane = map._getMapPanePos();
      /** @type {Map<string, number[]>} */
      const cells = new Map();
      let most = 1;
      this._points.forEach(function (/** @type {any} */ p) {
        const at = map.latLngToContainerPoint([p[0], p[1]]);
        if (at.x < -reach || at.y < -reach || at.x > size.x + reach || at.y > size.y + reach) return;
        const weight = p[2] === undefined || p[2] === null ? 1 : Number(p[2]);
        const key = Math.floor((at.x - (pane.x % cell)) / cell) + ',' + Math.floor((at.y - (pane.y % cell)) / cell), known = cells.get(key);
        const all = (known ? known[2] : 0) + weight;
        if (!known) cells.set(key, [at.x, at.y, weight]);
        else if (all) cells.set(key, [(known[0] * known[2] + at.x * weight) / all, (known[1] * known[2] + at.y * weight) / all, all]);
        most = Math.max(most, all);
      });
      return Array.from(cells.values(), function (c) { return [Math.round(c[0]), Math.round(c[1]), c[2] / most]; });
    },
    // Every point for itself, its weight as it is.
    _each: function (reach) {
      const map = this._map, view = L.bounds([[-reach, -reach], map.getSize().add([reach, reach])]);
      return this._points.map(function (/** @type {any} */ p) {
        const at = map.latLngToContainerPoint([p[0], p[1]]);
        return [Math.round(at.x), Math.round(at.y), Math.min(1, Number(p[2] === undefined ? 1 : p[2]))];
      }).filter(function (/** @type {number[]} */ at) { return view.contains([at[0], at[1]]); });
    },
    _colour: function (pen, size) {
      const image = pen.getImageData(0, 0, size.x, size.y), data = image.data;
      const most = 255 * (this.options.maxOpacity === undefined ? 1 : this.options.maxOpacity);
      const colours = this._colours || (this._colours = palette(this.options.gradient || GRADIENT));
      for (let n = 3; n < data.length; n += 4) {
        const at = data[n] * 4;
        if (!at) continue;
        data[n - 3] = colours[at];
        data[n - 2] = colours[at + 1];
        data[n - 1] = colours[at + 2];
        data[n] = Math.min(data[n], most);
      }
      pen.putImageData(image, 0, 0);
    },
  }));

  make.heat = function (args) { return new F.Heat(args[0], args[1] || {}); };
})();
