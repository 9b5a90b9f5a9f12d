// The base map: world and region packs drawn on one canvas below every overlay.
(function () {
  'use strict';
  const T = window.Tumen;

  /**
   * @typedef {CanvasRenderingContext2D} Context
   * @typedef {{ colour: string, width: number, dash?: number[] }} Pen
   */

  const PANE = 'tumen-basemap';
  const RIVER_MIN_ZOOM = 6;
  const REGION_MIN_ZOOM = 3; // below, the world is as fine as a pixel and regions overlap by less
  const STEP_PX = 0.6; // vertices nearer than this are not drawn
  const DASH = [6, 4];
  const SLEEPER = { width: 4, dash: [1, 9] }; // ticks across a railway
  const FALLBACK = {
    sea: '#dfe6ea', land: '#f4f2ee', lake: '#dfe6ea', river: '#b9c7d1', border: '#9a94a8', railway: '#b5afa4',
  };
  const AROUND = 'around_';
  const NAMED = ['place', 'country'];

  // What is seen of the world at one moment: scale, offset and size, in CSS pixels.
  /** @type {(map: L.Map, bounds: Box) => BasemapView} */
  function viewOf(map, bounds) {
    const scale = 256 * Math.pow(2, map.getZoom());
    const origin = map.getPixelOrigin();
    const size = bounds.getSize();
    return {
      scale, zoom: map.getZoom(),
      left: origin.x + bounds.min.x, top: origin.y + bounds.min.y,
      width: size.x, height: size.y,
    };
  }

  // The same view moved by whole worlds, so that a copy of the data falls into it.
  /** @type {(view: BasemapView, turn: number) => BasemapView} */
  function turned(view, turn) {
    return Object.assign({}, view, { left: view.left - turn * view.scale });
  }

  // Copies of data spanning [x0, x1] of the Mercator square that meet the view.
  /** @type {(view: BasemapView, x0: number, x1: number) => number[]} */
  function turnsOf(view, x0, x1) {
    const first = Math.ceil(view.left / view.scale - x1);
    const last = Math.floor((view.left + view.width) / view.scale - x0);
    const turns = [];
    for (let turn = first; turn <= last; turn++) turns.push(turn);
    return turns;
  }

  // The parts in view that are of some size.
  /** @type {(layer: PackLayer, view: BasemapView, minPx: number) => number[]} */
  function seen(layer, view, minPx) {
    const { bb } = layer, { scale, left, top } = view, least = minPx / scale;
    return T.partsIn(layer, left / scale, top / scale, (left + view.width) / scale, (top + view.height) / scale)
      .filter((part) => Math.max(bb[4 * part + 2] - bb[4 * part], bb[4 * part + 3] - bb[4 * part + 1]) >= least);
  }

  // Beyond which edges of the view a point lies, a bit for each.
  /** @type {(x: number, y: number, view: BasemapView) => number} */
  function beyond(x, y, view) {
    return (x < 0 ? 1 : x > view.width ? 2 : 0) | (y < 0 ? 4 : y > view.height ? 8 : 0);
  }

  // Add one part to the path, leaving out vertices closer than a pixel to the last one drawn; and of
  // an area those of a run that stays beyond one edge of the view, where nothing is seen of it.
  /** @type {(ctx: Context, layer: PackLayer, part: number, view: BasemapView, close: boolean) => void} */
  function trace(ctx, layer, part, view, close) {
    const X = layer.X, Y = layer.Y, scale = view.scale, left = view.left, top = view.top;
    const end = layer.off[part + 1];
    let i = layer.off[part];
    let px = X[i] * scale - left;
    let py = Y[i] * scale - top;
    let side = beyond(px, py, view), held = false;
    ctx.moveTo(px, py);
    for (i++; i < end; i++) {
      const x = X[i] * scale - left;
      const y = Y[i] * scale - top;
      if (Math.abs(x - px) < STEP_PX && Math.abs(y - py) < STEP_PX && i < end - 1) continue;
      const here = close ? beyond(x, y, view) : 0, still = (here & side) !== 0;
      if (held && !still) ctx.lineTo(px, py);
      if (!still) ctx.lineTo(x, y);
      held = still;
      side = still ? here & side : here;
      px = x;
      py = y;
    }
    if (held) ctx.lineTo(px, py);
    if (close) ctx.closePath();
  }

  /** @type {(ctx: Context, layer: PackLayer, view: BasemapView, colour: string) => number} */
  function fill(ctx, layer, view, colour) {
    const parts = seen(layer, view, 0.5);
    ctx.beginPath();
    for (const part of parts) trace(ctx, layer, part, view, true);
    ctx.fillStyle = colour;
    ctx.fill('evenodd');
    return parts.length;
  }

  /** @type {(ctx: Context, layer: PackLayer, view: BasemapView, pen: Pen) => number} */
  function stroke(ctx, layer, view, pen) {
    const parts = seen(layer, view, 2);
    ctx.strokeStyle = pen.colour;
    ctx.lineWidth = pen.width;
    ctx.setLineDash(pen.dash || []);
    ctx.beginPath();
    for (const part of parts) trace(ctx, layer, part, view, false);
    ctx.stroke();
    ctx.setLineDash([]);
    return parts.length;
  }

  /** @type {(zoom: number, low: number, high: number) => number} */
  function widthAt(zoom, low, high) {
    return Math.max(low, Math.min(high, low + (zoom - 5) * (high - low) / 6));
  }

  /** @type {(layers: PackLayer[], name: string) => PackLayer[]} */
  function named(layers, name) {
    return layers.filter((layer) => layer.name === name);
  }

  /** @type {(layers: PackLayer[]) => BasemapName[]} */
  function labelsOf(layers) {
    /** @type {BasemapName[]} */
    const labels = [];
    for (const layer of layers) {
      if (!NAMED.includes(layer.name) || !layer.labels) continue;
      layer.labels.forEach((text, i) => labels.push({
        text, kind: layer.name, rank: layer.ranks ? layer.ranks[i] : 0,
        lat: T.latitude(layer.Y[i]), lng: (layer.X[i] - 0.5) * 360,
      }));
    }
    return labels;
  }

  // A pack is one sheet, or two: its coarser rim below what it was cut for.
  /** @type {(layers: PackLayer[]) => Sheet[]} */
  function sheetsOf(layers) {
    return [AROUND, ''].map((prefix) => ({ layers, prefix, frame: frameOf(layers, prefix) }))
      .filter((sheet) => named(layers, sheet.prefix + 'land').length > 0);
  }

  // A sheet's extent as a box in the Mercator square; null for the world.
  /** @type {(layers: PackLayer[], prefix: string) => Frame | null} */
  function frameOf(layers, prefix) {
    const land = named(layers, prefix + 'land')[0];
    const extent = land && land.meta.extent;
    if (!extent || extent[2] - extent[0] >= 360) return null;
    return {
      x0: T.mercatorX(extent[0]), x1: T.mercatorX(extent[2]),
      y0: T.mercatorY(extent[3]), y1: T.mercatorY(extent[1]),
    };
  }

  // What other layers on a canvas of their own use of this one.
  T.sheet = { viewOf, turned, turnsOf, seen, trace, stroke };

  // options: world (layers), regions (array of layers), colours {sea, land, lake, river, border},
  // settled (a promise: until it is kept no more is drawn than is seen).
  T.Basemap = L.Layer.extend(/** @satisfies {Inside<BasemapLayer>} */ ({
    options: { pane: PANE, padding: 0.5, attribution: '' },

    initialize: function (options) {
      L.setOptions(this, options);
      this._colours = Object.assign({}, FALLBACK, this.options.colours);
      this._pad = this.options.settled ? 0 : this.options.padding;
      this._railways = (this.options.regions || []).flatMap((layers) => named(layers, 'railway'));
      this._sheets = [this.options.world || [], ...(this.options.regions || [])]
        .flatMap(sheetsOf);
      this.labels = (this.options.regions || []).flatMap(labelsOf);
      this.drawn = { land: 0, lake: 0, river: 0, border: 0, railway: 0 };
      this._shades = new Map();
    },

    beforeAdd: function (map) {
      if (map.getPane(PANE)) return;
      const pane = map.createPane(PANE);
      pane.style.zIndex = '200';
      pane.style.pointerEvents = 'none';
    },

    onAdd: function () {
      const canvas = this._canvas = L.DomUtil.create('canvas', 'tumen-basemap');
      canvas.setAttribute('aria-hidden', 'true');
      if (this._map.options.zoomAnimation) L.DomUtil.addClass(canvas, 'leaflet-zoom-animated');
      this.getPane()?.appendChild(canvas);
      this._update();
      this._say();
      this.options.settled?.then(() => this._widen());
    },

    // From now on draw round the view too, so that a drag shows no edge.
    _widen: function () {
      if (this._pad === this.options.padding) return;
      this._pad = this.options.padding;
      this._update();
    },

    onRemove: function () {
      cancelAnimationFrame(this._saying);
      this._canvas?.remove();
      this._canvas = null;
    },

    getEvents: function () {
      /** @type {{ [name: string]: (event: any) => void }} */
      const events = {
        viewreset: this._update, moveend: this._update, zoomend: this._update,
        resize: this._update, zoom: this._follow, move: this._refill,
      };
      if (this._map.options.zoomAnimation) events.zoomanim = this._animate;
      return events;
    },

    setColours: function (colours) {
      Object.assign(this._colours, colours);
      if (this._canvas) this._draw();
      return this;
    },

    setSharpness: function (least) {
      this._least = least;
      this._update();
      return this;
    },

    // 'ready' comes after the caller has had the chance to listen.
    _say: function () {
      this._saying = requestAnimationFrame(() => this.fire('ready', { drawn: this.drawn }));
    },

    _update: function () {
      if (!this._canvas || (this._map._animatingZoom && this._bounds)) return;
      const size = this._map.getSize();
      const pad = this._pad;
      const min = this._map.containerPointToLayerPoint(size.multiplyBy(-pad)).round();
      this._bounds = /** @type {Box} */ (
        new L.Bounds(min, min.add(size.multiplyBy(1 + 2 * pad)).round()));
      this._centre = this._map.getCenter();
      this._zoom = this._map.getZoom();
      this._fit(this._canvas);
      this._draw();
    },

    _ratio: function () {
      return Math.max(window.devicePixelRatio || 1, this._least || 1);
    },

    // Canvas in place and in device pixels.
    _fit: function (canvas) {
      const ratio = this._ratio();
      const size = this._bounds.getSize();
      canvas.width = Math.round(ratio * size.x);
      canvas.height = Math.round(ratio * size.y);
      canvas.style.width = size.x + 'px';
      canvas.style.height = size.y + 'px';
      L.DomUtil.setTransform(canvas, this._bounds.min, 1);
    },

    // A drag longer than the padding would show its edge: draw anew before it does.
    _refill: function () {
      if (!this._bounds || this._map._animatingZoom || this._map.getZoom() !== this._zoom) return;
      const size = this._map.getSize();
      const min = this._map.containerPointToLayerPoint([0, 0]);
      const view = new L.Bounds(min, min.add(size));
      if (this._bounds.contains(view)) return;
      this._pad = this.options.padding;
      this._update();
    },

    _animate: function (event) {
      this._place(event.center, event.zoom);
    },

    _follow: function () {
      this._place(this._map.getCenter(), this._map.getZoom());
    },

    // Stretch the drawn canvas to where it belongs at another centre and zoom.
    _place: function (centre, zoom) {
      const map = this._map;
      const scale = map.getZoomScale(zoom, this._zoom);
      const half = this._bounds.getSize().divideBy(2);
      const at = map.project(this._centre, zoom);
      const offset = half.multiplyBy(-scale).add(at).subtract(map._getNewPixelOrigin(centre, zoom));
      if (!this._canvas) return;
      if (L.Browser.any3d) L.DomUtil.setTransform(this._canvas, offset, scale);
      else L.DomUtil.setPosition(this._canvas, offset);
    },

    _draw: function () {
      const ctx = this._canvas && this._canvas.getContext('2d');
      if (!ctx) return;
      const view = viewOf(this._map, this._bounds);
      const ratio = this._ratio();
      this.drawn = { land: 0, lake: 0, river: 0, border: 0, railway: 0 };
      ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
      ctx.lineJoin = 'round';
      ctx.fillStyle = this._colours.sea;
      ctx.fillRect(0, 0, view.width, view.height);
      for (const sheet of this._sheets) this._drawSheet(ctx, sheet, view);
      for (const layer of this._railways) this._drawRailways(ctx, layer, view);
      this.fire('drawn', { drawn: this.drawn });
    },

    _drawSheet: function (ctx, sheet, view) {
      if (sheet.frame && view.zoom < REGION_MIN_ZOOM) return;
      const { x0, x1 } = sheet.frame || { x0: 0, x1: 1 };
      for (const turn of turnsOf(view, x0, x1)) {
        const here = turned(view, turn);
        ctx.save();
        if (sheet.frame) this._clear(ctx, sheet.frame, here);
        this._again(ctx, this._pattern(ctx, sheet, 'depth', this._colours.sea, here));
        this._drawLayers(ctx, sheet, here);
        ctx.restore();
      }
    },

    // Quiet lines with ticks, to the zoom at which their course is no longer known to a few pixels.
    _drawRailways: function (ctx, layer, view) {
      if (view.zoom < RIVER_MIN_ZOOM || view.zoom >= Number(layer.meta.to_zoom)) return;
      const colour = this._colours.railway, width = widthAt(view.zoom, 0.7, 1);
      for (const turn of turnsOf(view, 0, 2)) {
        const here = turned(view, turn);
        this.drawn.railway += stroke(ctx, layer, here, { colour, width });
        stroke(ctx, layer, here, { colour, ...SLEEPER });
      }
    },

    // Take the coarser sheet out of a finer one's frame: on whole device pixels, rounded inward,
    // so that the finer land covers every pixel taken out and no seam shows.
    _clear: function (ctx, frame, view) {
      const ratio = this._ratio();
      const x = Math.ceil((frame.x0 * view.scale - view.left) * ratio) / ratio;
      const y = Math.ceil((frame.y0 * view.scale - view.top) * ratio) / ratio;
      const right = Math.floor((frame.x1 * view.scale - view.left) * ratio) / ratio;
      const bottom = Math.floor((frame.y1 * view.scale - view.top) * ratio) / ratio;
      ctx.beginPath();
      ctx.rect(x, y, right - x, bottom - y);
      ctx.clip();
      ctx.fillStyle = this._colours.sea;
      ctx.fill();
    },

    // The pattern of a sheet's relief or depth in one colour, null where it has none or the view is
    // too narrow for it.
    _pattern: function (ctx, sheet, name, colour, view) {
      const layer = sheet.prefix ? undefined : named(sheet.layers, name)[0];
      const frame = sheet.frame;
      if (!layer || !layer.shade || !frame) return null;
      const strength = T.reliefStrength(this._map.getSize().x / view.scale * 360);
      if (!strength) return null;
      const key = [name, colour, strength].join();
      const made = this._shades.get(layer) || new Map();
      this._shades.set(layer, made);
      if (!made.has(key)) made.set(key, T.shaded(layer.shade, colour, name === 'depth', strength));
      const pattern = ctx.createPattern(made.get(key), 'no-repeat');
      pattern?.setTransform(new DOMMatrix([
        (frame.x1 - frame.x0) * view.scale / layer.shade.width, 0,
        0, (frame.y1 - frame.y0) * view.scale / layer.shade.height,
        frame.x0 * view.scale - view.left, frame.y0 * view.scale - view.top,
      ]));
      return pattern;
    },

    // Fill the path that stands a second time, with a pattern.
    _again: function (ctx, pattern) {
      if (!pattern) return;
      ctx.fillStyle = pattern;
      ctx.fill('evenodd');
    },

    _drawLayers: function (ctx, sheet, view) {
      const colours = this._colours;
      const drawn = this.drawn;
      /** @type {(name: string, draw: (layer: PackLayer) => number) => void} */
      const each = (name, draw) => named(sheet.layers, sheet.prefix + name).forEach((layer) => {
        drawn[name] += draw(layer);
      });
      const river = { colour: colours.river, width: widthAt(view.zoom, 0.6, 2.4) };
      const border = { colour: colours.border, width: widthAt(view.zoom, 0.8, 1.4), dash: DASH };
      each('land', (layer) => fill(ctx, layer, view, colours.land));
      this._again(ctx, this._pattern(ctx, sheet, 'relief', colours.land, view));
      each('lake', (layer) => fill(ctx, layer, view, colours.lake));
      if (view.zoom >= RIVER_MIN_ZOOM) each('river', (layer) => stroke(ctx, layer, view, river));
      each('border', (layer) => stroke(ctx, layer, view, border));
    },
  }));
})();
