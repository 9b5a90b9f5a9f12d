/* The track layer on the map. Canvases come in pairs: what is drawn grows on the hidden one in slices
   between frames, then the two change places, so that a million vertices never hold up the browser. */
(function () {
  'use strict';
  const T = window.Tumen;
  const PANE = 'tumen-tracks';
  const FRAME_MS = 22; // a slice may fill a frame so far; its size follows the machine
  const SLICE = { least: 3000, usual: 12000, first: 250000, most: 250000 }; // segments
  const TIGHT = 0.1; // of a view round it, where all is drawn within one frame
  const ROUGH = 3; // times as far apart vertices may lie while the clock is moved
  const SETTLE_MS = 160;
  const FEW = 25000; // segments up to which lines are drawn wide
  const FAINT = '0.22'; // of what lies outside the time shown

  function frame() { return new Promise(function (next) { requestAnimationFrame(next); }); }

  // --- a pair of canvases ---------------------------------------------------------------------------

  /** @constructor @param {TrackPainter} painter @param {number} padding @param {(sheet: TrackSheet) => Generator<void, number>} draw @param {string} name */
  function Sheet(painter, padding, draw, name) {
    this.painter = painter;
    this.map = painter.map;
    this.padding = padding;
    this.draw = draw;
    this.canvases = [0, 1].map(() => {
      const canvas = T.el('canvas', { class: name, 'aria-hidden': 'true' });
      if (this.map.options.zoomAnimation) canvas.classList.add('leaflet-zoom-animated');
      canvas.hidden = true;
      painter.pane().append(canvas);
      return canvas;
    });
    this.front = this.canvases[0];
    this.back = this.canvases[1];
    this.wanted = false;
    this.stale = false;
    this.first = padding > 0.2; // nothing is on the map yet: no more is drawn than is seen
    this.budget = { segments: this.first ? SLICE.first : SLICE.usual };
    /** @type {Promise<void> | null} */
    this.working = null;
    this.segments = 0;
    this.drawn = 0;
    /** @type {TrackPlace | null} */
    this.place = null; // of the canvas in front
    /** @type {TrackPlace | null} */
    this.next = null;
  }

  /** Draw anew as soon as what is being drawn is done; at once where the view has changed. */
  /** @param {boolean} [moved] */
  Sheet.prototype.want = function (moved) {
    this.wanted = true;
    this.stale = this.stale || Boolean(moved);
    if (!this.working) this.working = this.work().finally(() => { this.working = null; });
    return this.working;
  };

  Sheet.prototype.work = async function () {
    while (this.wanted) {
      this.wanted = this.stale = false;
      if (!this.lay()) return;
      const job = this.draw(this), budget = this.budget, first = this.first, pace = T.pace();
      let step = job.next();
      while (!step.done) {
        const began = performance.now();
        await (first ? pace() : frame());
        if (this.stale) break;
        step = job.next();
        if (first) continue; // nobody moves a map that is not there yet: no frame is waited for
        const took = performance.now() - began;
        const fitting = budget.segments * (took > FRAME_MS ? 0.7 : 1.2);
        budget.segments = Math.max(SLICE.least, Math.min(SLICE.most, fitting));
      }
      if (step.done) this.swap(step.value);
    }
  };

  /** Draw all at once, for a page that is being printed. */
  Sheet.prototype.now = function () {
    if (!this.lay()) return;
    const job = this.draw(this);
    let step = job.next();
    while (!step.done) step = job.next();
    this.swap(step.value);
  };

  /** The hidden canvas in place and of the size of the view; false while there is no view. */
  Sheet.prototype.lay = function () {
    const map = this.map;
    if (!map._loaded || map._animatingZoom) return false;
    const size = map.getSize(), pad = this.first ? 0 : this.drawn > SLICE.usual ? this.padding : Math.min(TIGHT, this.padding);
    const min = map.containerPointToLayerPoint(size.multiplyBy(-pad)).round();
    const bounds = /** @type {Box} */ (L.bounds(min, min.add(size.multiplyBy(1 + 2 * pad)).round()));
    this.next = { bounds: bounds, centre: map.getCenter(), zoom: map.getZoom() };
    const canvas = this.back, box = bounds.getSize(), ratio = this.painter.ratio();
    canvas.width = Math.round(box.x * ratio);
    canvas.height = Math.round(box.y * ratio);
    canvas.style.width = box.x + 'px';
    canvas.style.height = box.y + 'px';
    return true;
  };

  /** @returns {{ ctx: CanvasRenderingContext2D, view: TrackView }} */
  Sheet.prototype.ground = function () {
    const ctx = /** @type {CanvasRenderingContext2D} */ (this.back.getContext('2d')), ratio = this.painter.ratio();
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    const place = /** @type {TrackPlace} */ (this.next), bounds = place.bounds, size = bounds.getSize();
    const origin = this.map.getPixelOrigin();
    const view = {
      scale: 256 * Math.pow(2, place.zoom), left: origin.x + bounds.min.x, top: origin.y + bounds.min.y,
      width: size.x, height: size.y,
    };
    return { ctx: ctx, view: view };
  };

  /** @param {number} drawn */
  Sheet.prototype.swap = function (drawn) {
    this.drawn = drawn;
    if (this.first) this.budget.segments = SLICE.usual;
    this.first = false;
    this.place = /** @type {TrackPlace} */ (this.next);
    L.DomUtil.setTransform(this.back, this.place.bounds.min, 1);
    this.back.hidden = false;
    this.front.hidden = true;
    [this.front, this.back] = [this.back, this.front];
    this.painter.map.fire('tumen:tracks-drawn', { drawn: drawn });
  };

  Sheet.prototype.clear = function () {
    this.wanted = false;
    this.stale = true;
    this.canvases.forEach(function (canvas) { canvas.hidden = true; });
    this.place = null;
  };

  /** Whether the view still lies within the canvas in front. */
  Sheet.prototype.covers = function () {
    if (!this.place || this.map.getZoom() !== this.place.zoom) return false;
    const min = this.map.containerPointToLayerPoint([0, 0]);
    return this.place.bounds.contains(L.bounds(min, min.add(this.map.getSize())));
  };

  /** Stretch the canvas in front to where it belongs at another centre and zoom. */
  /** @param {import('leaflet').LatLng} centre @param {number} zoom */
  Sheet.prototype.stretch = function (centre, zoom) {
    const map = this.map, place = this.place;
    if (!place) return;
    const scale = map.getZoomScale(zoom, place.zoom), at = map.project(place.centre, zoom);
    const half = place.bounds.getSize().divideBy(2);
    L.DomUtil.setTransform(this.front, half.multiplyBy(-scale).add(at).subtract(map._getNewPixelOrigin(centre, zoom)), scale);
  };

  // --- the painter ----------------------------------------------------------------------------------

  /** @constructor @param {import('leaflet').Map} map @param {TracksValue} value @param {TrackIndex} index @param {import('leaflet').LayerGroup} root */
  function Painter(map, value, index, root) {
    this.map = map;
    this.value = value;
    this.index = index;
    this.root = root;
    this.count = value.table.vessel.length;
    /** @type {Span2 | null} */
    this.window = null; // in steps of the column of times
    this.selected = -1;
    this.sharpness = 1;
    this.frames = 0;
    this.rough = false; // while the clock is moved
    this.timer = 0;
    /** @type {{ [step: number]: { zoom: number, classes: Uint8Array | null, kept: TrackKept | null } }} */
    this.kept = {};
    this.modes = ['vessel'].concat(index.speed ? ['speed'] : [], index.time ? ['time'] : []);
    this.mode = this.modes.indexOf(value.color) >= 0 ? value.color : 'vessel';
    /** @type {TrackSheet} */
    this.base = new Sheet(this, 0.4, (sheet) => this.drawBase(sheet), 'tumen-tracks-all');
    /** @type {TrackSheet} */
    this.top = new Sheet(this, 0.1, (sheet) => this.drawTop(sheet), 'tumen-tracks-now');
    const ranges = this.ranges(), dye = this.dye();
    this.parts = ranges.parts;
    this.blocks = ranges.blocks;
    this.scale = dye.scale;
    this.classes = dye.classes;
  }

  Painter.prototype.pane = function () {
    const pane = this.map.getPane(PANE) || this.map.createPane(PANE);
    pane.style.zIndex = '440'; // over lines, under symbols and names
    pane.style.pointerEvents = 'none';
    return pane;
  };

  Painter.prototype.ratio = function () { return Math.max(window.devicePixelRatio || 1, this.sharpness); };

  /** Which parts and which blocks belong to a track: they stand one after the other. */
  Painter.prototype.ranges = function () {
    const { track, blocks, layer } = this.index;
    const parts = new Uint32Array(this.count + 1), first = new Uint32Array(layer.parts + 1);
    for (let p = 0; p < layer.parts; p++) parts[track[p] + 1] = p + 1;
    for (let n = 0; n < this.count; n++) parts[n + 1] = Math.max(parts[n + 1], parts[n]);
    for (let b = 0; b < blocks.count; b++) first[blocks.part[b] + 1] = b + 1;
    return { parts: parts, blocks: first };
  };

  /** Colours and classes of the mode chosen. */
  Painter.prototype.dye = function () {
    const scale = T.trackScale(this.index, this.value, this.mode);
    return { scale: scale, classes: T.trackClasses(this.index, this.mode, scale.colours.length, scale.bounds) };
  };

  /** @param {string} mode */
  Painter.prototype.paintBy = function (mode) {
    this.mode = mode;
    Object.assign(this, this.dye());
    this.want();
  };

  /** @param {boolean} [moved] */
  Painter.prototype.want = function (moved) {
    if (!this.map.hasLayer(this.root)) {
      this.base.clear();
      this.top.clear();
      return Promise.resolve();
    }
    const above = this.window || this.selected >= 0 ? this.top.want(moved) : this.top.clear();
    return Promise.all([this.base.want(moved), above]);
  };

  /** The vertices that the present zoom needs, made once for each zoom: where `step` is 0, less those
      that lie in a straight line, which a window of time would have to place. */
  /** @param {number} step @returns {Generator<void, TrackKept | null>} */
  Painter.prototype.needed = function* (step) {
    const zoom = this.map.getZoom(), known = this.kept[step], classes = step ? null : this.classes;
    if (known && known.zoom === zoom && known.classes === classes) return known.kept;
    const kept = yield* T.trackKept(this.index, 256 * Math.pow(2, zoom) / (step || 1), classes);
    this.kept[step] = { zoom: zoom, classes: classes, kept: kept };
    return kept;
  };

  /** @param {TrackSheet} sheet @param {Partial<TrackPick>} more @param {TrackKept | null} kept @returns {TrackPick} */
  Painter.prototype.pick = function (sheet, more, kept) {
    const own = { first: 0, last: this.index.blocks.count, window: null, classes: this.classes, kept: kept, budget: sheet.budget };
    return Object.assign(own, more);
  };

  /** Lines a device pixel wide where there are many: a browser draws those far faster. */
  /** @param {TrackSheet} sheet @param {boolean} ticks @returns {TrackLook} */
  Painter.prototype.look = function (sheet, ticks) {
    const few = sheet.drawn <= FEW && this.index.layer.points <= 40 * FEW;
    return { colours: this.scale.colours, width: few ? 1.6 : 1 / this.ratio(), gap: this.across(few ? 1.3 : 1 / this.ratio()), ticks: ticks };
  };

  /** The width of what is drawn across a gap: none where its gaps are lines of their own. @param {number} width */
  Painter.prototype.across = function (width) { return this.value.gap ? width : 0; };

  /** @param {TrackSheet} sheet @returns {Generator<void, number>} */
  Painter.prototype.drawBase = function* (sheet) {
    const kept = yield* this.needed(0), { ctx, view } = sheet.ground();
    return yield* T.drawTracks(ctx, this.index, view, this.look(sheet, true), this.pick(sheet, {}, kept));
  };

  /** What the clock shows, and the track that is selected. */
  /** @param {TrackSheet} sheet @returns {Generator<void, number>} */
  Painter.prototype.drawTop = function* (sheet) {
    const kept = yield* this.needed(this.rough ? ROUGH : 1), { ctx, view } = sheet.ground();
    let drawn = 0;
    if (this.window) {
      const pick = this.pick(sheet, { window: this.window }, kept), look = this.look(sheet, !this.rough);
      drawn += yield* T.drawTracks(ctx, this.index, view, Object.assign(look, { width: Math.max(look.width, 1.4 / this.ratio()) }), pick);
    }
    if (this.selected >= 0) drawn += yield* this.drawSelected(sheet, ctx, view, kept);
    return drawn;
  };

  /** @param {TrackSheet} sheet @param {CanvasRenderingContext2D} ctx @param {TrackView} view @param {TrackKept | null} kept @returns {Generator<void, number>} */
  Painter.prototype.drawSelected = function* (sheet, ctx, view, kept) {
    const first = this.blocks[this.parts[this.selected]], last = this.blocks[this.parts[this.selected + 1]];
    const one = this.pick(sheet, { first: first, last: last, classes: new Uint8Array(this.index.layer.parts) }, kept);
    const halo = { colours: [T.css('--halo')], width: 6, gap: this.across(6), ticks: false };
    const core = { colours: [T.css('--accent')], width: 2.6, gap: this.across(2.2), ticks: true };
    yield* T.drawTracks(ctx, this.index, view, halo, one);
    const drawn = yield* T.drawTracks(ctx, this.index, view, core, one);
    const at = this.window ? T.trackAt(this.index, this.selected, this.window[1]) : null;
    if (at) this.dot(ctx, view, at);
    return drawn;
  };

  /** @param {CanvasRenderingContext2D} ctx @param {TrackView} view @param {[number, number]} at */
  Painter.prototype.dot = function (ctx, view, at) {
    const turn = Math.round((view.left + view.width / 2) / view.scale - at[0]);
    ctx.beginPath();
    ctx.arc((at[0] + turn) * view.scale - view.left, at[1] * view.scale - view.top, 6, 0, 7);
    ctx.fillStyle = T.css('--accent');
    ctx.strokeStyle = T.css('--halo');
    ctx.lineWidth = 2.5;
    ctx.fill();
    ctx.stroke();
  };

  // --- what happens ---------------------------------------------------------------------------------

  /** Show what lies within a window of time, coarsely while it moves; null shows everything. */
  /** @param {Span2 | null} window */
  Painter.prototype.show = function (window) {
    this.window = window;
    this.base.canvases.forEach(function (canvas) { canvas.style.opacity = window ? FAINT : '1'; });
    clearTimeout(this.timer);
    this.rough = Boolean(window);
    if (window && this.map.hasLayer(this.root)) {
      this.top.want();
      this.timer = self.setTimeout(() => { this.rough = false; this.top.want(); }, SETTLE_MS);
    } else if (this.selected < 0) this.top.clear(); else this.top.want();
    this.map.fire('tumen:tracks-time', { layer: this, window: window });
  };

  /** @param {number} track */
  Painter.prototype.select = function (track) {
    if (track === this.selected) return;
    this.selected = track;
    if (this.window || track >= 0) this.top.want(); else this.top.clear();
    this.map.fire('tumen:tracks-selected', { layer: this, track: track });
    this.map.fire('tumen:selected', { pipe: track < 0 ? '' : String(this.value.table.vessel[track]) });
  };

  /** The place on a track nearest to a point of the map, within so many pixels. */
  /** @param {import('leaflet').LatLng} latlng @param {number} reach @returns {TrackHit | null} */
  Painter.prototype.find = function (latlng, reach) {
    const scale = 256 * Math.pow(2, this.map.getZoom()), x = T.mercatorX(latlng.lng), y = T.mercatorY(latlng.lat);
    const box = this.index.box;
    /** @type {TrackHit | null} */
    let best = null;
    for (let turn = Math.ceil(box[0] - x - 1e-9); turn <= box[2] - x + 1e-9 || turn === 0; turn++) {
      const hit = T.nearestTrack(this.index, x + turn, y, reach / scale, this.window);
      if (hit && (!best || hit.distance < best.distance)) best = hit;
      if (turn > 3) break;
    }
    return best;
  };

  /** Whether a track may be drawn in a box of the map, in pixels. @param {Edges} box */
  Painter.prototype.covers = function (box) {
    const middle = this.map.containerPointToLatLng([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]);
    return this.map.hasLayer(this.root) && this.find(middle, Math.hypot(box[2] - box[0], box[3] - box[1]) / 2) !== null;
  };

  /** The bounds of a track, for a map to show. */
  /** @param {number} track @returns {import('leaflet').LatLngBounds} */
  Painter.prototype.boundsOf = function (track) {
    const bb = this.index.layer.bb, bounds = L.latLngBounds([]);
    for (let p = this.parts[track]; p < this.parts[track + 1]; p++) {
      bounds.extend([T.latitude(bb[4 * p + 1]), (bb[4 * p] - 0.5) * 360]);
      bounds.extend([T.latitude(bb[4 * p + 3]), (bb[4 * p + 2] - 0.5) * 360]);
    }
    return bounds;
  };

  /** Draw round the view too, where there is something: a drag then shows no edge. */
  Painter.prototype.widen = function () {
    const [x0, y0, x1, y1] = this.index.box, view = this.map.getBounds();
    const within = x0 >= T.mercatorX(view.getWest()) && x1 <= T.mercatorX(view.getEast()) &&
      y0 >= T.mercatorY(view.getNorth()) && y1 <= T.mercatorY(view.getSouth());
    if (!within) this.base.want();
  };

  Painter.prototype.follow = function () {
    for (const sheet of [this.base, this.top]) if (sheet.place && !sheet.covers()) return this.want(true);
  };

  Painter.prototype.listen = function () {
    const map = this.map;
    map.on('viewreset zoomend resize', () => { this.want(true); });
    map.on('moveend move', () => { if (!map._animatingZoom) this.follow(); });
    map.on('zoomanim', (event) => { this.base.stretch(event.center, event.zoom); this.top.stretch(event.center, event.zoom); });
    map.on('zoom', () => { this.base.stretch(map.getCenter(), map.getZoom()); this.top.stretch(map.getCenter(), map.getZoom()); });
    map.on('tumen:print', (/** @type {TumenEvent} */ event) => {
      this.sharpness = event.sharpness || 1;
      if (!map.hasLayer(this.root)) return;
      this.base.now();
      if (this.window || this.selected >= 0) this.top.now();
    });
    map.on('tumen:open', (/** @type {TumenEvent} */ event) => {
      const track = this.value.table.vessel.map(String).indexOf(event.pipe || '');
      if (track >= 0) this.select(track);
    });
    this.root.on('add remove', () => { this.want(); });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => { Object.assign(this, this.dye()); this.want(); });
  };

  /** @param {TracksValue} value */
  T.kinds.tracks = async function (map, value, layer) {
    const layers = await T.decodePack(T.block(value.pack));
    const index = T.trackIndex(layers[0]), root = layer || L.layerGroup();
    const painter = new Painter(map, value, index, root);
    if (!layer) root.addTo(map);
    painter.listen();
    T.trackPanels(painter);
    (map._tumenTracks = map._tumenTracks || []).push(painter);
    (map._tumenCovers = map._tumenCovers || []).push(painter.covers.bind(painter));
    map._tumenCorridors = Object.assign(map._tumenCorridors || {}, { [value.name]: root });
    await painter.want();
    T.settled.then(() => { painter.widen(); });
  };
})();
