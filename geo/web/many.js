/* Hundreds to tens of thousands of lines on one canvas. Of the lines in view the largest are drawn in
   full; the rest is said as a sum and comes back on zoom. While the map is panned the canvas is only
   moved; it is drawn anew when the view leaves it, the zoom changes, or a line changes its state
   (`tumen:state`, which clock and sliders fire: T.lines says what each line then shows). */
(function () {
  'use strict';
  const T = window.Tumen;
  const PANE = 'tumen-many';
  const LIMIT = 300; // lines drawn in full at one view
  const PLAIN_LIMIT = 5000; // of lines that carry no flow: one stroke each
  const PROXIES = 40; // lines that Tab reaches
  const LABELS = 25;
  const OBSTACLES = 30;
  const PADDING = 0.5; // of the view on each side, drawn ahead
  const STEP_PX = 0.6; // vertices nearer than this are not drawn
  const SETTLE_MS = 120; // after the last move: choice, sum, labels and focus follow
  const BUCKET = 4; // steps of width to a pixel: lines of one step share a stroke
  const SHORT = 9; // a line stops this far before its place
  const EDGE = 1.5;
  const HALO = 1;
  const TARGET = 24;
  /** @type {{ [kind: string]: { [unit: string]: number } }} */
  const LARGER = { t: { kt: 1e3, Mt: 1e6 } }; // units a sum may be said in, by base unit

  // --- pure: geometry and choice ------------------------------------------------------------------

  /** Lines as typed arrays. X, Y: Mercator square, y southward; off: where parts begin; first: the
      first part of each line, one longer than lines; box: west, north, east, south of each line. */
  /** @param {Scene.Pipe[]} pipes @returns {ManyIndex} */
  T.indexLines = function (pipes) {
    const parts = pipes.reduce(function (sum, p) { return sum + p.parts.length; }, 0);
    const points = pipes.reduce(function (sum, p) {
      return p.parts.reduce(function (inner, part) { return inner + part.length; }, sum);
    }, 0);
    /** @type {ManyIndex} */
    const index = {
      count: pipes.length, X: new Float64Array(points), Y: new Float64Array(points),
      off: new Uint32Array(parts + 1), first: new Uint32Array(pipes.length + 1),
      box: new Float64Array(4 * pipes.length), size: new Float64Array(pipes.length),
      order: new Uint32Array(pipes.length), amounts: [],
    };
    let part = 0, at = 0;
    pipes.forEach(function (pipe, line) {
      const box = [Infinity, Infinity, -Infinity, -Infinity];
      pipe.parts.forEach(function (own) {
        own.forEach(function (point) {
          const x = index.X[at] = T.mercatorX(point[0]), y = index.Y[at] = T.mercatorY(point[1]);
          box[0] = Math.min(box[0], x);
          box[1] = Math.min(box[1], y);
          box[2] = Math.max(box[2], x);
          box[3] = Math.max(box[3], y);
          at++;
        });
        index.off[++part] = at;
      });
      index.first[line + 1] = part;
      index.box.set(box, 4 * line);
    });
    return index;
  };

  /** Put lines in order of size, the largest first; of equals the first given stays first. */
  /** @param {ManyIndex} index @param {number[]} sizes @param {ManyAmount[][]} amounts */
  T.orderLines = function (index, sizes, amounts) {
    index.size.set(sizes);
    index.amounts = amounts;
    const order = Array.from(index.size.keys());
    order.sort(function (a, b) { return index.size[b] - index.size[a] || a - b; });
    index.order.set(order);
  };

  /** Whether a straight piece has a point in a box [west, north, east, south]: its ends are cut off
      side by side until nothing is left of it, or something within. */
  /** @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1 @param {number[]} view */
  function touches(x0, y0, x1, y1, view) {
    let from = 0, to = 1;
    const dx = x1 - x0, dy = y1 - y0;
    const sides = [[-dx, x0 - view[0]], [dx, view[2] - x0], [-dy, y0 - view[1]], [dy, view[3] - y0]];
    for (const side of sides) {
      const p = side[0], q = side[1];
      if (p === 0 && q < 0) return false;
      if (p < 0) from = Math.max(from, q / p);
      if (p > 0) to = Math.min(to, q / p);
      if (from > to) return false;
    }
    return true;
  }

  /** Whether a line has a point in a view [west, north, east, south] of the Mercator square. */
  /** @param {ManyIndex} index @param {number} line @param {number[]} view */
  T.meetsView = function (index, line, view) {
    const box = index.box, at = 4 * line;
    if (box[at] > view[2] || box[at + 2] < view[0] || box[at + 1] > view[3] || box[at + 3] < view[1]) return false;
    if (box[at] >= view[0] && box[at + 2] <= view[2] && box[at + 1] >= view[1] && box[at + 3] <= view[3]) return true;
    for (let part = index.first[line]; part < index.first[line + 1]; part++) {
      for (let i = index.off[part] + 1; i < index.off[part + 1]; i++) {
        if (touches(index.X[i - 1], index.Y[i - 1], index.X[i], index.Y[i], view)) return true;
      }
    }
    return false;
  };

  /**
   * Of the lines that meet a view the largest `limit` are drawn; `rest` is what the others add up
   * to: how many, their totals by kind of unit, and how many of them are of unknown amount.
   * `shown(line)` false leaves a line out of both.
   */
  /** @param {ManyIndex} index @param {number[]} view @param {number} limit @param {(line: number) => boolean} [shown] @returns {ManyChoice} */
  T.chooseLines = function (index, view, limit, shown) {
    /** @type {number[]} */
    const drawn = [];
    /** @type {ManyRest} */
    const rest = { count: 0, unknown: 0, totals: {} };
    for (const line of index.order) {
      if (shown && !shown(line) || !T.meetsView(index, line, view)) continue;
      if (drawn.length < limit) { drawn.push(line); continue; }
      rest.count++;
      const amounts = index.amounts[line] || [];
      if (!amounts.length) rest.unknown++;
      amounts.forEach(function (a) {
        const total = rest.totals[a.kind] || (rest.totals[a.kind] = { quantity: 0, units: Object.assign({}, LARGER[a.kind]) });
        total.quantity += a.quantity;
        total.units[a.unit] = a.size;
      });
    }
    return { drawn: drawn, rest: rest };
  };

  /** 'other: 4,712 flows, 1.3 Mt, not drawn at this zoom', of lines without amounts 'other: 12 lines,
      not drawn at this zoom'; '' where nothing is left out. */
  /** @param {ManyRest} rest */
  T.otherWords = function (rest) {
    if (!rest.count) return '';
    const told = Object.keys(rest.totals).map(function (kind) {
      const total = rest.totals[kind], units = Object.keys(total.units).sort(function (a, b) {
        return total.units[b] - total.units[a];
      });
      const unit = units.find(function (u) { return total.quantity >= total.units[u]; }) || units[units.length - 1];
      return T.words.rounded(total.quantity / total.units[unit]) + ' ' + unit;
    });
    if (rest.unknown && told.length) told.push(T.words.number(rest.unknown) + ' of unknown amount');
    const what = told.length ? ' flow' : ' line';
    const flows = T.words.number(rest.count) + what + (rest.count === 1 ? '' : 's');
    return 'other: ' + [flows].concat(told).join(', ') + ', not drawn at this zoom';
  };

  /** A hex colour mixed with another: the share of the first is kept. */
  /** @param {string} colour @param {string} other @param {number} share */
  function mixed(colour, other, share) {
    /** @param {string} text @param {number} at */
    const part = function (text, at) { return parseInt(text.slice(at, at + 2), 16); };
    return 'rgb(' + [1, 3, 5].map(function (at) {
      return Math.round(part(colour, at) * share + part(other, at) * (1 - share));
    }).join(',') + ')';
  }

  // --- points in pixels ---------------------------------------------------------------------------

  /** One part of a line in pixels, flat [x, y, …], without vertices that no eye tells apart. */
  /** @param {ManyIndex} index @param {number} part @param {ManyView} view @param {boolean} reverse */
  function projected(index, part, view, reverse) {
    /** @type {number[]} */
    const points = [];
    const first = index.off[part], last = index.off[part + 1] - 1;
    const from = reverse ? last : first, to = reverse ? first : last, step = reverse ? -1 : 1;
    let px = NaN, py = NaN;
    for (let i = from; i !== to + step; i += step) {
      const x = index.X[i] * view.scale - view.left, y = index.Y[i] * view.scale - view.top;
      if (i !== to && Math.abs(x - px) < STEP_PX && Math.abs(y - py) < STEP_PX) continue;
      points.push(x, y);
      px = x;
      py = y;
    }
    return points;
  }

  /** Points moved to the right of travel, as pipes.js moves them. */
  /** @param {number[]} points @param {number} px */
  function moved(points, px) {
    if (!px) return points;
    /** @type {import('leaflet').Point[]} */
    const line = [];
    /** @type {number[]} */
    const out = [];
    for (let i = 0; i < points.length; i += 2) line.push(L.point(points[i], points[i + 1]));
    T.shifted(line, px).forEach(function (p) { out.push(p.x, p.y); });
    return out;
  }

  /** @param {number[]} points */
  function lengthOf(points) {
    let sum = 0;
    for (let i = 2; i < points.length; i += 2) sum += Math.hypot(points[i] - points[i - 2], points[i + 1] - points[i - 1]);
    return sum;
  }

  /** Cut `px` pixels off the end, in place. */
  /** @param {number[]} points @param {number} px */
  function shorten(points, px) {
    let left = px;
    while (points.length > 4) {
      const n = points.length, length = Math.hypot(points[n - 2] - points[n - 4], points[n - 1] - points[n - 3]);
      if (length > left) break;
      left -= length;
      points.length = n - 2;
    }
    const n = points.length, dx = points[n - 2] - points[n - 4], dy = points[n - 1] - points[n - 3];
    const k = left / (Math.hypot(dx, dy) || 1);
    points[n - 2] -= dx * k;
    points[n - 1] -= dy * k;
    return points;
  }

  /** @param {Path2D} path @param {number[]} points */
  function trace(path, points) {
    path.moveTo(points[0], points[1]);
    for (let i = 2; i < points.length; i += 2) path.lineTo(points[i], points[i + 1]);
  }

  // --- strokes of a drawing, gathered by what they share -------------------------------------------

  /* The passes of one step of width, the lowest first. */
  const PASSES = ['edge', 'casing', 'halo', 'plain', 'rim', 'core', 'hollow', 'over', 'arrow'];

  /** @constructor */
  function Batches() {
    /** @type {Map<number, Map<string, ManyPass>>} */
    this.steps = new Map();
  }

  /** The path of all strokes of one look in one step of width. */
  /** @param {number} step @param {string} pass @param {ManyLook} look @returns {Path2D} */
  Batches.prototype.path = function (step, pass, look) {
    const paths = this.steps.get(step) || new Map(), key = pass + '|' + look.colour + '|' + look.width + '|' + look.dash.join();
    this.steps.set(step, paths);
    if (!paths.has(key)) paths.set(key, { pass: pass, look: look, path: new Path2D() });
    return paths.get(key).path;
  };

  /** Stroke everything: wide lines first, so that narrow ones lie on top. */
  /** @param {CanvasRenderingContext2D} ctx @param {string} halo */
  Batches.prototype.paint = function (ctx, halo) {
    Array.from(this.steps.keys()).sort(function (a, b) { return b - a; }).forEach((step) => {
      const paths = Array.from((this.steps.get(step) || new Map()).values());
      paths.sort(function (a, b) { return PASSES.indexOf(a.pass) - PASSES.indexOf(b.pass); });
      paths.forEach(function (item) { strokeAll(ctx, item, halo); });
    });
  };

  /** @param {CanvasRenderingContext2D} ctx @param {ManyPass} item @param {string} halo */
  function strokeAll(ctx, item, halo) {
    ctx.globalAlpha = item.look.alpha || 1;
    ctx.strokeStyle = item.pass === 'arrow' ? halo : item.look.colour;
    ctx.lineWidth = item.look.width;
    ctx.setLineDash(item.look.dash);
    ctx.stroke(item.path);
    if (item.pass === 'arrow') {
      ctx.fillStyle = item.look.colour;
      ctx.fill(item.path);
    }
  }

  /** @param {number} px */
  function quarter(px) { return Math.max(1, Math.round(px * BUCKET)) / BUCKET; }

  /** @param {Stroke} one */
  function wide(one) { return Math.max(one.casing || 0, one.core || 0, one.plain || 0); }

  /** @param {Stroke[]} strokes */
  function widest(strokes) { return strokes.reduce(function (sum, one) { return sum + wide(one); }, 0); }

  // --- the painter --------------------------------------------------------------------------------

  /** @constructor @param {import('leaflet').Map} map @param {LinesValue & { limit?: number | null }} value @param {import('leaflet').LayerGroup} root */
  function Painter(map, value, root) {
    this.map = map;
    this.lines = /** @type {Lines} */ (T.lines(map, value));
    const usual = this.lines.pipes.every((pipe) => pipe.context) ? PLAIN_LIMIT : LIMIT;
    this.limit = value.limit === undefined ? usual : value.limit === null ? Infinity : value.limit;
    this.root = root;
    this.index = T.indexLines(this.lines.pipes);
    /** @type {{ [pipe: string]: number }} */
    this.at = {};
    this.lines.pipes.forEach((pipe, n) => { this.at[pipe.id] = n; });
    /** @type {{ [corridor: string]: boolean }} */
    this.hidden = {};
    /** @type {number[]} */
    this.drawn = [];
    /** @type {ManyRest} */
    this.rest = { count: 0, unknown: 0, totals: {} };
    this.kept = -1; // the line whose popup was opened last: drawn whatever its size
    this.sharpness = 1;
    this.redraws = 0;
    this.under = -1; // the line under the pointer
    /** @type {import('leaflet').Polyline | null} */
    this.glow = null;
    /** @type {Box | null} */
    this.bounds = null;
    this.centre = map.getCenter();
    this.zoom = map.getZoom();
    this.timer = 0;
    /** @type {Set<number>} */
    this.painted = new Set();
    /** @type {Stroke[][]} */
    this.strokes = [];
    this.canvas = T.el('canvas', { class: 'tumen-many', 'aria-hidden': 'true' });
    this.pane();
    this.corridors = this.switches();
    this.other = new Other();
    this.focus = new Proxies(this);
    this.style();
  }

  Painter.prototype.pane = function () {
    const map = this.map;
    const pane = map.getPane(PANE) || map.createPane(PANE);
    pane.style.zIndex = '410';
    pane.style.pointerEvents = 'none';
    if (map.options.zoomAnimation) this.canvas.classList.add('leaflet-zoom-animated');
    pane.append(this.canvas);
  };

  /** A layer for each corridor that draws nothing itself: it says whether its lines are on. */
  Painter.prototype.switches = function () {
    /** @type {{ [corridor: string]: import('leaflet').LayerGroup }} */
    const made = {};
    const self = this;
    this.lines.pipes.forEach(function (pipe) {
      if (made[pipe.corridor]) return;
      const layer = made[pipe.corridor] = L.layerGroup();
      layer.addTo(self.root);
      layer.on('add remove', function (event) {
        self.hidden[pipe.corridor] = event.type === 'remove';
        self.redraw();
      });
    });
    return made;
  };

  /** @param {number} line */
  Painter.prototype.shows = function (line) {
    const pipe = this.lines.pipes[line];
    return !this.hidden[pipe.corridor] && !this.lines.left(pipe);
  };

  /** Every line in its present state: its strokes, its width, what it adds to a sum. */
  Painter.prototype.style = function () {
    const lines = this.lines;
    /** @type {ManyAmount[][]} */
    const amounts = [];
    /** @type {number[]} */
    const sizes = [];
    this.strokes = lines.pipes.map(function (pipe) {
      const state = lines.state(pipe), strokes = lines.strokes(pipe, state);
      amounts.push(state.cores.flatMap(function (f) {
        if (f.quantity === null || !f.kind) return [];
        return [{ kind: f.kind, quantity: f.quantity, unit: f.unit || f.kind, size: f.unit_size || 1 }];
      }));
      // Unknown flows come after known ones, those with a capacity first.
      // Of lines as thin as can be drawn the one that carries more comes first.
      const fine = state.cores.reduce(function (sum, f) { return sum + (f.rate || 0) * lines.pixels(f.kind); }, 0);
      sizes.push(state.cores.length ? widest(strokes) + Math.min(1, fine) / 1e3 : widest(strokes) / 1e3 - 1);
      return strokes;
    });
    T.orderLines(this.index, sizes, amounts);
    T.samples(lines);
    this.redraw();
  };

  // --- the view -------------------------------------------------------------------------------------

  /** Bounds in layer pixels as a box of the Mercator square. */
  /** @param {Box} bounds */
  Painter.prototype.square = function (bounds) {
    const scale = 256 * Math.pow(2, this.map.getZoom()), origin = this.map.getPixelOrigin();
    return [(origin.x + bounds.min.x) / scale, (origin.y + bounds.min.y) / scale,
      (origin.x + bounds.max.x) / scale, (origin.y + bounds.max.y) / scale];
  };

  /** Whether a line is drawn in a box of the map, in pixels. @param {Edges} box */
  Painter.prototype.covers = function (box) {
    const min = this.map.containerPointToLayerPoint([box[0], box[1]]), max = this.map.containerPointToLayerPoint([box[2], box[3]]);
    const view = this.square(/** @type {Box} */ (L.bounds(min, max)));
    return this.map.hasLayer(this.root) && this.drawn.some((line) => T.meetsView(this.index, line, view));
  };

  /** @returns {Box} */
  Painter.prototype.visible = function () {
    const min = this.map.containerPointToLayerPoint([0, 0]);
    return /** @type {Box} */ (L.bounds(min, min.add(this.map.getSize())));
  };

  /** What this view draws, and what it leaves to the sum. */
  Painter.prototype.choose = function () {
    const shows = this.shows.bind(this), view = this.square(this.visible());
    const own = T.chooseLines(this.index, view, this.limit, shows);
    if (this.kept >= 0 && own.drawn.indexOf(this.kept) < 0 && shows(this.kept)) own.drawn.push(this.kept);
    return own;
  };

  /** The canvas round the view, drawn anew. */
  Painter.prototype.redraw = function () {
    const map = this.map;
    if (!map._loaded || map._animatingZoom && this.bounds) return;
    const size = map.getSize(), min = map.containerPointToLayerPoint(size.multiplyBy(-PADDING)).round();
    const bounds = /** @type {Box} */ (L.bounds(min, min.add(size.multiplyBy(1 + 2 * PADDING)).round()));
    this.bounds = bounds;
    this.centre = map.getCenter();
    this.zoom = map.getZoom();
    const own = this.choose();
    const around = T.chooseLines(this.index, this.square(bounds), this.limit, this.shows.bind(this)).drawn;
    this.show(own, around);
  };

  /** @param {ManyChoice} own @param {number[]} around */
  Painter.prototype.show = function (own, around) {
    this.drawn = own.drawn;
    this.rest = own.rest;
    this.painted = new Set(own.drawn.concat(around));
    this.paint();
    this.settle();
  };

  /** After a move: draw anew where the choice has changed, then sum, labels and focus. */
  Painter.prototype.follow = function () {
    if (!this.bounds) return;
    if (this.map.getZoom() !== this.zoom || !this.bounds.contains(this.visible())) { this.redraw(); return; }
    const own = this.limit < this.index.count ? this.choose() : null;
    const painted = this.painted;
    if (own && !own.drawn.every(function (line) { return painted.has(line); })) { this.redraw(); return; }
    const next = own || this.choose();
    this.drawn = next.drawn;
    this.rest = next.rest;
    this.settle();
  };

  /** What stands beside the lines follows the view. */
  Painter.prototype.settle = function () {
    const on = this.map.hasLayer(this.root);
    this.other.say(on ? T.otherWords(this.rest) : '');
    this.focus.offer(on ? this.drawn.slice(0, PROXIES) : []);
    this.label(on ? this.drawn : []);
    this.map.getContainer().dataset.lines = String(on ? this.drawn.length : 0);
    this.map.fire('tumen:settled', { drawn: this.drawn.length, rest: this.rest });
  };

  Painter.prototype.later = function () {
    const self = this;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(function () { self.follow(); }, SETTLE_MS);
  };

  /** A drag longer than the padding would show the edge: draw anew before it does. */
  Painter.prototype.refill = function () {
    if (!this.bounds || this.map._animatingZoom || this.map.getZoom() !== this.zoom) return;
    if (!this.bounds.contains(this.visible())) this.redraw();
  };

  /** Stretch the drawn canvas to where it belongs at another centre and zoom. */
  /** @param {import('leaflet').LatLng} centre @param {number} zoom */
  Painter.prototype.place = function (centre, zoom) {
    const map = this.map, scale = map.getZoomScale(zoom, this.zoom);
    const half = map.getSize().multiplyBy(0.5 + PADDING), at = map.project(this.centre, zoom);
    const offset = half.multiplyBy(-scale).add(at).subtract(map._getNewPixelOrigin(centre, zoom));
    L.DomUtil.setTransform(this.canvas, offset, scale);
  };

  // --- painting -----------------------------------------------------------------------------------

  Painter.prototype.paint = function () {
    if (!this.bounds) return;
    const canvas = this.canvas, size = this.bounds.getSize();
    const ratio = Math.max(window.devicePixelRatio || 1, this.sharpness);
    canvas.width = Math.round(size.x * ratio);
    canvas.height = Math.round(size.y * ratio);
    canvas.style.width = size.x + 'px';
    canvas.style.height = size.y + 'px';
    L.DomUtil.setTransform(canvas, this.bounds.min, 1);
    const ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.lineJoin = 'round';
    this.redraws++;
    if (this.map.hasLayer(this.root)) this.gather(this.bounds).paint(ctx, T.css('--halo'));
  };

  /** The strokes of all lines to paint, in pixels of the canvas. */
  /** @param {Box} bounds */
  Painter.prototype.gather = function (bounds) {
    const box = this.square(bounds), size = bounds.getSize(), scale = 256 * Math.pow(2, this.map.getZoom());
    const view = { scale: scale, left: box[0] * scale, top: box[1] * scale, width: size.x, height: size.y };
    const batches = new Batches(), ink = { halo: T.css('--halo'), text: T.css('--ink') };
    this.painted.forEach((line) => {
      const pipe = this.lines.pipes[line];
      this.strokes[line].forEach((one) => { this.add(batches, view, ink, line, pipe, one); });
    });
    return batches;
  };

  /** @param {Batches} batches @param {ManyView} view @param {ManyInk} ink @param {number} line @param {Scene.Pipe} pipe @param {Stroke} one */
  Painter.prototype.add = function (batches, view, ink, line, pipe, one) {
    const first = this.index.first[line], last = this.index.first[line + 1] - 1, step = quarter(wide(one));
    const head = one.arrow ? Math.max(7, (one.core || 0) * 1.1) : 0, cut = head ? SHORT + head * 0.8 : 0;
    for (let part = first; part <= last; part++) {
      const points = moved(projected(this.index, part, view, one.reverse), one.shift);
      if (points.length < 4) continue;
      const end = one.reverse ? part === first : part === last;
      const pointed = cut && end && lengthOf(points) > cut * 2.5;
      if (one.casing !== null) this.casing(batches, step, ink, pipe, one, points);
      else if (one.core === null) this.plain(batches, step, ink, pipe, one, points);
      if (one.core === null) continue;
      if (pointed) this.arrow(batches, step, one, points.slice(), head);
      this.core(batches, step, ink, one, pointed ? shorten(points, cut) : points);
    }
  };

  /** @param {Batches} batches @param {number} step @param {ManyInk} ink @param {Scene.Pipe} pipe @param {Stroke} one @param {number[]} points */
  Painter.prototype.casing = function (batches, step, ink, pipe, one, points) {
    const width = quarter(one.casing || 0);
    trace(batches.path(step, 'edge', { colour: pipe.colour, width: width + 2 * EDGE, dash: one.core === null ? pipe.dash : [] }), points);
    const fill = mixed(pipe.colour, ink.halo, 0.28);
    trace(batches.path(step, 'casing', { colour: fill, width: width, dash: [] }), points);
  };

  /** @param {Batches} batches @param {number} step @param {ManyInk} ink @param {Scene.Pipe} pipe @param {Stroke} one @param {number[]} points */
  Painter.prototype.plain = function (batches, step, ink, pipe, one, points) {
    const width = one.plain || 0, look = { colour: pipe.colour, width: width, dash: pipe.dash, alpha: one.faint ? 0.45 : 1 };
    if (!one.faint) trace(batches.path(step, 'halo', { colour: ink.halo, width: width + 3, dash: [] }), points);
    trace(batches.path(step, 'plain', look), points);
  };

  /** A lane for each commodity across the core, the first at its left edge. */
  /** @param {Batches} batches @param {number} step @param {ManyInk} ink @param {Stroke} one @param {number[]} points */
  Painter.prototype.core = function (batches, step, ink, one, points) {
    const px = one.core || 0, whole = quarter(px);
    if (one.casing === null) {
      trace(batches.path(step, 'halo', { colour: ink.halo, width: whole + 2 * HALO, dash: [] }), points);
    }
    let at = -px / 2;
    if (one.rim !== null) {
      trace(batches.path(step, 'rim', { colour: mixed(one.lanes[0].colour, ink.halo, T.rules.rim_strength), width: quarter(one.rim), dash: [] }), points);
    }
    one.lanes.forEach(function (lane) {
      const own = one.lanes.length > 1 ? moved(points, at + lane.px / 2) : points;
      trace(batches.path(step, 'core', { colour: lane.colour, width: quarter(lane.px), dash: [] }), own);
      at += lane.px;
    });
    if (one.hollow) {
      trace(batches.path(step, 'hollow', { colour: ink.halo, width: T.hollowPx(px), dash: [] }), points);
    }
    if (one.over) {
      trace(batches.path(step, 'over', { colour: ink.text, width: whole, dash: [1, 6], alpha: 0.6 }), points);
    }
  };

  /** @param {Batches} batches @param {number} step @param {Stroke} one @param {number[]} points @param {number} head */
  Painter.prototype.arrow = function (batches, step, one, points, head) {
    const tip = shorten(points, SHORT), n = tip.length, x = tip[n - 2], y = tip[n - 1];
    shorten(tip, head);
    const m = tip.length, bx = tip[m - 2], by = tip[m - 1];
    const k = Math.max(3.5, (one.core || 0) * 0.75) / (Math.hypot(x - bx, y - by) || 1);
    const path = batches.path(step, 'arrow', { colour: one.lanes[0].colour, width: 1, dash: [] });
    path.moveTo(bx - (y - by) * k, by + (x - bx) * k);
    path.lineTo(x, y);
    path.lineTo(bx + (y - by) * k, by - (x - bx) * k);
    path.closePath();
  };

  // --- what stands beside the lines ---------------------------------------------------------------

  /** @param {Scene.LonLat[]} part @returns {[number, number][]} */
  function flip(part) { return part.map(function (p) { return [p[1], p[0]]; }); }

  /** @param {Scene.Pipe} pipe */
  function longest(pipe) {
    return pipe.parts.reduce(function (a, b) { return b.length > a.length ? b : a; }, []);
  }

  /** Figures on the largest lines; names of places keep off the wide ones. */
  /** @param {number[]} drawn */
  Painter.prototype.label = function (drawn) {
    const manager = T.labels(this.map), pipes = this.lines.pipes;
    manager.lines = drawn.slice(0, OBSTACLES).map((line) => {
      return { id: pipes[line].id, latlngs: flip(longest(pipes[line])), half: widest(this.strokes[line]) / 2 + 1 };
    });
    const told = drawn.slice(0, LABELS).filter((line) => this.lines.written(pipes[line]));
    manager.set('flows', told.map(this.words, this));
  };

  /** @param {number} line @param {number} rank @returns {Label} */
  Painter.prototype.words = function (line, rank) {
    const pipe = this.lines.pipes[line], text = this.lines.written(pipe);
    return {
      id: pipe.id, text: text, cls: 'label-flow', colour: pipe.colour,
      along: true, priority: 700 - rank, pad: 5,
      font: '600 12px ' + T.css('--font'), height: 18,
      reach: 5 + widest(this.strokes[line]) / 2, leads: T.rules.labels.leads.slice(0, 4),
    };
  };

  /* The sum of what is not drawn, in a corner of the map. */
  /** @constructor */
  function Other() {
    this.node = T.el('div', { class: 'tumen-other leaflet-control', role: 'status' });
    Object.assign(this.node.style, {
      background: 'var(--paper)', color: 'var(--ink)', padding: '3px 8px', borderRadius: '3px',
      border: '1px solid var(--rule)', fontSize: '12px', maxWidth: 'min(440px, 70vw)',
    });
    this.node.hidden = true;
  }

  /** @param {import('leaflet').Map} map */
  Other.prototype.addTo = function (map) {
    const node = this.node, Corner = L.Control.extend({
      options: { position: 'bottomleft' }, onAdd: function () { return node; },
    });
    new Corner().addTo(map);
  };

  /** @param {string} words */
  Other.prototype.say = function (words) {
    if (this.node.textContent !== words) this.node.textContent = words;
    this.node.hidden = !words;
  };

  /* Real buttons that stand for lines: Tab reaches them in order of size, Enter opens. */
  /** @constructor @param {Painter} painter */
  function Proxies(painter) {
    this.painter = painter;
    /** @type {Map<number, HTMLButtonElement>} */
    this.nodes = new Map();
    this.box = T.el('div', { class: 'tumen-proxies', role: 'group', 'aria-label': 'Largest flows in view' });
    Object.assign(this.box.style, { position: 'absolute', inset: '0', overflow: 'hidden', pointerEvents: 'none', zIndex: '450' });
    painter.map.getContainer().append(this.box);
  }

  /** Offer these lines, the largest first; a line that has the focus keeps it. */
  /** @param {number[]} lines */
  Proxies.prototype.offer = function (lines) {
    const active = document.activeElement, self = this;
    this.nodes.forEach(function (node, line) {
      if (lines.indexOf(line) >= 0 || node === active) return;
      node.remove();
      self.nodes.delete(line);
    });
    /** @type {HTMLElement | null} */
    let before = null;
    lines.forEach(function (line) {
      const node = self.nodes.get(line) || self.make(line);
      const next = before ? before.nextSibling : self.box.firstChild;
      if (node !== next && node !== active) self.box.insertBefore(node, next);
      self.put(node, line);
      before = node;
    });
  };

  /** @param {number} line */
  Proxies.prototype.make = function (line) {
    const painter = this.painter, node = T.el('button', { type: 'button' });
    Object.assign(node.style, {
      position: 'absolute', width: TARGET + 'px', height: TARGET + 'px', padding: '0', border: '0',
      borderRadius: '50%', background: 'transparent', pointerEvents: 'none',
    });
    node.addEventListener('focus', function () { painter.light(line, true); });
    node.addEventListener('blur', function () { painter.light(line, false); });
    node.addEventListener('click', function (event) {
      event.stopPropagation(); // the map would take it as a click beside every popup
      painter.open(line, null, node);
    });
    this.nodes.set(line, node);
    return node;
  };

  /** Where the line is seen, with the words it says of itself now. */
  /** @param {HTMLElement} node @param {number} line */
  Proxies.prototype.put = function (node, line) {
    const at = this.painter.middle(line), size = this.painter.map.getSize();
    node.style.left = Math.max(4, Math.min(size.x - TARGET - 4, at.x - TARGET / 2)) + 'px';
    node.style.top = Math.max(4, Math.min(size.y - TARGET - 4, at.y - TARGET / 2)) + 'px';
    const words = this.painter.lines.announce(this.painter.lines.pipes[line]);
    if (node.getAttribute('aria-label') !== words) node.setAttribute('aria-label', words);
  };

  /** The middle of what is seen of a line, in pixels of the container. */
  /** @param {number} line */
  Painter.prototype.middle = function (line) {
    const index = this.index, view = this.square(this.visible()), /** @type {number[]} */ seen = [];
    for (let i = index.off[index.first[line]]; i < index.off[index.first[line + 1]]; i++) {
      if (index.X[i] >= view[0] && index.X[i] <= view[2] && index.Y[i] >= view[1] && index.Y[i] <= view[3]) seen.push(i);
    }
    const all = index.off[index.first[line]] + index.off[index.first[line + 1]];
    const i = seen.length ? seen[seen.length >> 1] : all >> 1, scale = 256 * Math.pow(2, this.map.getZoom());
    return L.point((index.X[i] - view[0]) * scale, (index.Y[i] - view[1]) * scale);
  };

  // --- pointer ------------------------------------------------------------------------------------

  /** The line nearest to a point of the container, within reach of a finger or a pointer; or -1. */
  /** @param {import('leaflet').Point} point */
  Painter.prototype.hit = function (point) {
    if (!this.map.hasLayer(this.root)) return -1;
    const reach = matchMedia('(pointer: coarse)').matches ? 16 : 7, index = this.index;
    const scale = 256 * Math.pow(2, this.map.getZoom()), view = this.square(this.visible());
    const x = view[0] + point.x / scale, y = view[1] + point.y / scale;
    let found = -1, least = reach;
    this.drawn.forEach((line) => {
      const half = widest(this.strokes[line]) / 2, room = (half + reach) / scale, at = 4 * line, box = index.box;
      if (x < box[at] - room || x > box[at + 2] + room || y < box[at + 1] - room || y > box[at + 3] + room) return;
      const near = Math.max(0, distance(index, line, x, y) * scale - half);
      if (near < least || near === least && found >= 0) { least = near; found = line; }
    });
    return found;
  };

  /** @param {ManyIndex} index @param {number} line @param {number} x @param {number} y */
  function distance(index, line, x, y) {
    let least = Infinity;
    for (let part = index.first[line]; part < index.first[line + 1]; part++) {
      for (let i = index.off[part] + 1; i < index.off[part + 1]; i++) {
        const ax = index.X[i - 1], ay = index.Y[i - 1], dx = index.X[i] - ax, dy = index.Y[i] - ay;
        const t = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
        least = Math.min(least, Math.hypot(x - ax - t * dx, y - ay - t * dy));
      }
    }
    return least;
  }

  /** Light a line and its rows in the table, or put them out again. */
  /** @param {number} line @param {boolean} on */
  Painter.prototype.light = function (line, on) {
    const pipe = this.lines.pipes[line];
    if (this.glow) this.glow.remove();
    this.glow = null;
    if (on) {
      this.glow = L.polyline(pipe.parts.map(flip), {
        pane: PANE, interactive: false, className: 'tumen-lit', color: T.css('--accent'), opacity: 0.45,
        weight: widest(this.strokes[line]) + 8, lineCap: 'round',
      }).addTo(this.map);
    }
    document.querySelectorAll('[data-row-pipe="' + CSS.escape(pipe.id) + '"]').forEach(function (row) {
      row.classList.toggle('lit', on);
    });
  };

  /** @param {number} line */
  Painter.prototype.point = function (line) {
    if (line === this.under) return;
    if (this.under >= 0) this.light(this.under, false);
    this.under = line;
    this.map.getContainer().style.cursor = line >= 0 ? 'pointer' : '';
    if (line >= 0) this.light(line, true);
  };

  /** Open what is known of a line, at a point of it or in the middle of what is seen of it. */
  /** @param {number} line @param {import('leaflet').LatLng | null} at @param {HTMLElement | null} from */
  Painter.prototype.open = function (line, at, from) {
    const pipe = this.lines.pipes[line], lines = this.lines;
    const drawn = lines.state(pipe).cores.flatMap(function (f) { return f.flows; });
    const words = [[pipe.status, pipe.length].filter(Boolean).join(' · '), lines.announce(pipe), pipe.note];
    const content = T.popup(pipe.title, words, T.ranked(pipe.claims, drawn), pipe.sources);
    this.kept = line;
    if (!this.painted.has(line)) this.redraw();
    const where = at || this.map.containerPointToLatLng(this.middle(line));
    T.openPopup(this.map, where, content, from || undefined);
    this.map.fire('tumen:selected', { pipe: pipe.id });
  };

  Painter.prototype.listen = function () {
    const map = this.map, self = this;
    map.on('moveend zoomend', this.later, this);
    map.on('zoomend viewreset resize', this.redraw, this);
    map.on('move', this.refill, this);
    map.on('zoomanim', function (event) { self.place(event.center, event.zoom); });
    map.on('zoom', function () { self.place(map.getCenter(), map.getZoom()); });
    map.on('tumen:state', this.style, this);
    map.on('tumen:print', /** @param {TumenEvent} event */ function (event) {
      self.sharpness = event.sharpness || 1;
      self.redraw();
    });
    map.on('mousemove', function (event) { self.point(self.hit(event.containerPoint)); });
    map.on('mouseout', function () { self.point(-1); });
    map.on('click', function (event) {
      const line = self.hit(event.containerPoint);
      if (line >= 0) self.open(line, event.latlng, null);
    });
    map.on('tumen:open', /** @param {TumenEvent} event */ function (event) { self.find(event.pipe || ''); });
    this.root.on('add remove', this.redraw, this);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', function () { self.redraw(); });
  };

  /** Bring a line into view and open it, from the table. */
  /** @param {string} id */
  Painter.prototype.find = function (id) {
    const line = this.at[id];
    if (line === undefined || !this.lines.pipes[line].parts.length) return;
    const bounds = L.polyline(this.lines.pipes[line].parts.map(flip)).getBounds();
    this.kept = line;
    this.map.fitBounds(bounds, { maxZoom: this.map.getZoom(), animate: false });
    this.redraw();
    this.open(line, null, null);
  };

  /** @param {EventTarget | null} target @returns {HTMLElement | null} */
  function rowOf(target) { return target instanceof Element ? target.closest('[data-row-pipe]') : null; }

  /** Rows light the lines they speak of: one listener for all rows. */
  Painter.prototype.rows = function () {
    const self = this;
    /** @param {boolean} on @returns {(event: MouseEvent | FocusEvent) => void} */
    const light = function (on) {
      return function (event) {
        const row = rowOf(event.target);
        if (!row || rowOf(event.relatedTarget) === row) return;
        const line = self.at[row.dataset.rowPipe || ''];
        if (line !== undefined) self.light(line, on);
      };
    };
    document.addEventListener('mouseover', light(true));
    document.addEventListener('focusin', light(true));
    document.addEventListener('mouseout', light(false));
    document.addEventListener('focusout', light(false));
  };

  /** value: {pipes, totals, scale, limit}; `limit` null draws every line. */
  T.kinds.many = function (map, value, layer) {
    const painter = new Painter(map, value, layer || L.layerGroup().addTo(map));
    painter.other.addTo(map);
    painter.listen();
    painter.rows();
    map._tumenPipes = painter.lines;
    map._tumenMany = painter;
    (map._tumenCovers = map._tumenCovers || []).push(painter.covers.bind(painter));
    map._tumenCorridors = Object.assign(map._tumenCorridors || {}, painter.corridors);
  };
})();
