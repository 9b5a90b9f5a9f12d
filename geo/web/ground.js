/* A ground of one's own over the base map: pictures by tile, or quiet areas, lines and names. */
(function () {
  'use strict';
  const T = window.Tumen;

  const PANE = 'tumen-ground';
  const STREETS = 'streets'; // the layer of a pack whose lines carry names
  const CLOSER = 3; // zooms beyond the deepest tiles: pictures are blurred, lines as good as they get
  const MOST_ZOOM = 20;
  const WIDER = 2; // zooms before the first tiles at which they are drawn, smaller

  /** @type {(text: string) => string} */
  function address(text) { return 'data:' + text; }

  // The pictures of a ground, read when they are first seen; `later` is called for each.
  /** @type {(tiles: { [name: string]: string }, later: () => void) => GroundPictures} */
  T.groundPictures = function (tiles, later) {
    /** @type {Map<string, HTMLImageElement | null>} */
    const read = new Map();
    /** @type {GroundPictures} */
    const pictures = {
      pending: [],
      at: function (z, x, y) {
        const name = z + '/' + x + '/' + y;
        if (!(name in tiles)) return null;
        if (!read.has(name)) {
          read.set(name, null);
          const image = new Image();
          image.src = address(tiles[name]);
          pictures.pending.push(image.decode().then(function () { read.set(name, image); later(); }, function () {}));
        }
        return read.get(name) || null;
      },
    };
    return pictures;
  };

  /** The zooms of tiles to draw in a view, the coarser first: it stands in where the finer has a gap. */
  T.groundZooms = function (zoom, ratio, low, high) {
    if (zoom < low - WIDER) return [];
    const best = Math.max(low, Math.min(high, Math.round(zoom + Math.log2(ratio))));
    return best > low ? [best - 1, best] : [best];
  };

  // Dark where the page's own land is: paper is light whatever the screen is.
  /** @type {() => boolean} */
  function dark() {
    const land = (T.css('--land').match(/[0-9a-f]{2}/gi) || []).map(function (pair) { return parseInt(pair, 16); });
    return land.length === 3 && land[0] + land[1] + land[2] < 384;
  }

  T.Ground = T.Basemap.extend(/** @satisfies {Inside<GroundLayer>} */ ({
    options: { pane: PANE, padding: 0.5, attribution: '' },

    initialize: function (options) {
      L.setOptions(this, options);
      const value = this._value = options.value, layers = options.layers || [];
      this._pad = options.settled ? 0 : this.options.padding;
      this._styles = value.styles.map(function (style) {
        return { style: style, layers: layers.filter(function (layer) { return layer.name === style.name; }) };
      });
      const self = this;
      this._pictures = T.groundPictures(value.tiles, function () {
        cancelAnimationFrame(self._saying);
        self._saying = requestAnimationFrame(function () { self._draw(); });
      });
      this._zooms = value.zooms;
      this.drawn = {};
    },

    beforeAdd: function (map) {
      if (map.getPane(PANE)) return;
      const pane = map.createPane(PANE);
      pane.style.zIndex = '210';
      pane.style.pointerEvents = 'none';
    },

    // When what is in view has been read.
    whole: function () {
      return Promise.all(this._pictures.pending).then(() => this._draw());
    },

    _say: function () {},

    _draw: function () {
      const ctx = this._canvas && this._canvas.getContext('2d');
      if (!ctx) return;
      const view = T.sheet.viewOf(this._map, this._bounds), ratio = this._ratio();
      const [west, south, east, north] = this._value.extent;
      const frame = { x0: T.mercatorX(west), x1: T.mercatorX(east), y0: T.mercatorY(north), y1: T.mercatorY(south) };
      ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
      ctx.clearRect(0, 0, view.width, view.height);
      ctx.lineJoin = ctx.lineCap = 'round';
      this.drawn = { tiles: 0, parts: 0 };
      for (const turn of T.sheet.turnsOf(view, frame.x0, frame.x1)) this._paint(ctx, frame, T.sheet.turned(view, turn));
      for (const turn of T.sheet.turnsOf(view, 0, 1)) this._tiles(ctx, T.sheet.turned(view, turn), ratio);
    },

    _paint: function (ctx, frame, view) {
      if (!this._styles.length) return;
      ctx.save();
      ctx.beginPath();
      ctx.rect(frame.x0 * view.scale - view.left, frame.y0 * view.scale - view.top,
        (frame.x1 - frame.x0) * view.scale, (frame.y1 - frame.y0) * view.scale);
      ctx.clip();
      const night = dark();
      ctx.fillStyle = T.css('--land');
      if (this._value.dry) ctx.fill();
      for (const one of this._styles) {
        const style = night ? Object.assign({}, one.style, one.style.dark) : one.style;
        if (view.zoom >= (style.from || 0)) one.layers.forEach((layer) => this._layer(ctx, layer, view, style));
      }
      ctx.restore();
    },

    _layer: function (ctx, layer, view, style) {
      if (style.fill) {
        const parts = T.sheet.seen(layer, view, 0.7);
        ctx.beginPath();
        for (const part of parts) T.sheet.trace(ctx, layer, part, view, true);
        ctx.fillStyle = style.fill;
        ctx.fill('nonzero');
        this.drawn.parts += parts.length;
      }
      if (!style.line || !style.width) return;
      // Widths are those of a street, from afar to as near as its course is known.
      const near = (view.zoom - 11) / 6, [low, high] = style.width;
      const width = Math.max(low, Math.min(high, low + near * (high - low)));
      this.drawn.parts += T.sheet.stroke(ctx, layer, view, { colour: style.line, width: width, dash: style.dash });
    },

    _tiles: function (ctx, view, ratio) {
      const [low, high] = this._zooms;
      for (const z of T.groundZooms(view.zoom, ratio, low, high)) {
        const size = Math.pow(2, z), side = view.scale / size;
        const from = Math.max(0, Math.floor(view.left / side)), to = Math.min(size - 1, Math.floor((view.left + view.width) / side));
        const top = Math.max(0, Math.floor(view.top / side)), end = Math.min(size - 1, Math.floor((view.top + view.height) / side));
        for (let x = from; x <= to; x++) for (let y = top; y <= end; y++) this._tile(ctx, z, x, y, side, view, ratio);
      }
    },

    // On whole device pixels: no seam shows between two.
    _tile: function (ctx, z, x, y, side, view, ratio) {
      const image = this._pictures.at(z, x, y);
      if (!image) return;
      const edge = function (/** @type {number} */ at) { return Math.round(at * ratio) / ratio; };
      const left = edge(x * side - view.left), top = edge(y * side - view.top);
      ctx.drawImage(image, left, top, edge((x + 1) * side - view.left) - left, edge((y + 1) * side - view.top) - top);
      this.drawn.tiles++;
    },
  }));

  /** @type {(layers: PackLayer[]) => Label[]} */
  function names(layers) {
    return layers.filter(function (layer) { return layer.name === 'place' && !!layer.labels; }).flatMap(function (layer) {
      return (layer.labels || []).map(function (text, i) {
        const rank = layer.ranks ? layer.ranks[i] : 0;
        return {
          text: text, lat: T.latitude(layer.Y[i]), lng: (layer.X[i] - 0.5) * 360, centre: true, cls: 'label-base',
          priority: 90 + Math.min(90, 8 * Math.log10(1 + rank)), height: 14, reach: 3, font: '12px ' + T.css('--font'),
        };
      });
    });
  }

  // The longest straight stretch of a line in view: its length in pixels, and its middle in the world.
  /** @type {(layer: PackLayer, part: number, view: BasemapView) => [number, number, number]} */
  function longest(layer, part, view) {
    const at = function (/** @type {number} */ i) { return [layer.X[i] * view.scale - view.left, layer.Y[i] * view.scale - view.top]; };
    /** @type {[number, number, number]} */
    let best = [0, 0, 0];
    for (let i = layer.off[part]; i < layer.off[part + 1] - 1; i++) {
      const [x, y] = at(i), [u, v] = at(i + 1), dx = u - x, dy = v - y;
      let from = 0, to = 1; // Liang and Barsky: where the stretch enters the view and leaves it
      for (const [step, room] of [[-dx, x], [dx, view.width - x], [-dy, y], [dy, view.height - y]]) {
        if (step < 0) from = Math.max(from, room / step);
        else if (step > 0) to = Math.min(to, room / step);
        else if (room < 0) to = -1;
      }
      const seen = (to - from) * Math.hypot(dx, dy), middle = (from + to) / 2;
      if (seen > best[0]) best = [seen, (x + middle * dx + view.left) / view.scale, (y + middle * dy + view.top) / view.scale];
    }
    return best;
  }

  // A name once for all lines that have it, on the longest stretch that is seen, the longest first.
  /** @type {(layers: PackLayer[], view: BasemapView, rule: GroundNamed) => Label[]} */
  T.streetNames = function (layers, view, rule) {
    if (view.zoom < rule.from) return [];
    /** @type {Map<string, [number, number, number]>} */
    const found = new Map();
    layers.forEach(function (layer) {
      for (const part of T.sheet.seen(layer, view, 1)) {
        const own = longest(layer, part, view), text = (layer.labels || [])[part];
        if (own[0] > (found.get(text) || [rule.least_px])[0]) found.set(text, own);
      }
    });
    const order = Array.from(found).sort(function (a, b) { return b[1][0] - a[1][0]; }).slice(0, rule.most);
    return order.map(function ([text, [length, x, y]]) {
      return {
        text: text, lat: T.latitude(y), lng: (x - 0.5) * 360, centre: true, cls: 'label-street',
        priority: 20 + Math.min(20, length / 100), height: 14, reach: 3, font: '12px ' + T.css('--font'),
      };
    });
  };

  /** @type {(map: import('leaflet').Map, layers: PackLayer[], value: GroundValue) => Label[]} */
  function streetsIn(map, layers, value) {
    const size = map.getSize(), at = map.containerPointToLayerPoint([0, 0]);
    const view = T.sheet.viewOf(map, /** @type {Box} */ (L.bounds(at, at.add(size))));
    const [west, , east] = value.extent;
    return T.sheet.turnsOf(view, T.mercatorX(west), T.mercatorX(east)).flatMap(function (turn) {
      return T.streetNames(layers, T.sheet.turned(view, turn), value.named)
        .map(function (label) { return Object.assign(label, { lng: (label.lng || 0) + 360 * turn }); });
    });
  }

  /**
   * The names of all grounds of a map.
   * @type {{ [map: number]: { places: Label[], streets: (() => Label[])[] } }}
   */
  const named = {};

  /** @param {GroundValue & { packs: string[] }} value */
  T.kinds.ground = function (map, value) {
    return Promise.all(value.packs.map(function (id) { return T.decodePack(T.block(id), true); })).then(function (packs) {
      const layers = packs.flat();
      map.setMaxZoom(Math.max(map.getMaxZoom(), Math.min(MOST_ZOOM, value.zooms[1] + CLOSER)));
      const ground = new T.Ground({ value: value, layers: layers, settled: T.settled, attribution: T.escaped(value.credit) });
      ground.addTo(map);
      matchMedia('(prefers-color-scheme: dark)').addEventListener('change', function () { ground.setColours({}); });
      const id = L.Util.stamp(map);
      const own = named[id] = named[id] || { places: [], streets: [] };
      own.places = own.places.concat(names(layers));
      const streets = layers.filter(function (layer) { return layer.name === STREETS; });
      if (streets.length) own.streets.push(function () { return streetsIn(map, streets, value); });
      T.labels(map).set('ground', own.streets.length
        ? function () { return own.places.concat(own.streets.flatMap(function (seen) { return seen(); })); } : own.places);
      map.on('tumen:print', function (event) { ground.setSharpness(/** @type {any} */ (event).sharpness); });
      return ground.whole();
    });
  };
})();
