/* Tracks as typed arrays: blocks of vertices, the vertices a zoom needs, the nearest one to a point,
   and strokes cut into slices. Nothing here touches the document. */
(function () {
  'use strict';
  const T = window.Tumen;
  const BLOCK = 64; // vertices that share a box
  const WIDE = 64; // cells beyond which a block is looked at from everywhere
  const STEP_PX = 0.75; // vertices nearer than this to the last one are not drawn
  const STRAIGHT_PX = 0.4; // vertices nearer than this to a straight line are not drawn
  const SPARED = 0.8; // a zoom that needs more of the vertices than this takes all of them
  const PATH = 1 << 11; // segments of one stroke: longer paths cost more than their share
  const EDGE = 40; // pixels round the view that segments are clipped to
  const LOOK = 1 << 15; // vertices between two rests
  const LOOKED_UP = 1024; // values whose class is kept in a table
  const TICK_PX = 110;
  const TICK_CELL = 26; // one tick in a square of this size
  const MOST_TICKS = 900;
  const FULL_TICKS = 60000; // segments beyond which ticks would only darken the view

  /** @param {PackLayer} layer @param {string} name */
  function column(layer, name) { return layer.columns.find(function (c) { return c.name === name; }) || null; }

  /** Blocks of up to BLOCK vertices of one part, each with the box of the segments that end in it. */
  /** @param {PackLayer} layer @returns {TrackBlocks} */
  T.trackBlocks = function (layer) {
    let count = 0;
    for (let p = 0; p < layer.parts; p++) count += Math.ceil((layer.off[p + 1] - layer.off[p]) / BLOCK);
    const start = new Uint32Array(count + 1), part = new Uint32Array(count), box = new Float64Array(4 * count);
    let b = 0;
    for (let p = 0; p < layer.parts; p++) {
      const end = layer.off[p + 1];
      for (let from = layer.off[p]; from < end; from += BLOCK, b++) {
        start[b] = from;
        part[b] = p;
        let x0 = Infinity, y0 = Infinity, x1 = -Infinity, y1 = -Infinity;
        const to = Math.min(end, from + BLOCK);
        for (let i = Math.max(from - 1, layer.off[p]); i < to; i++) {
          const x = layer.X[i], y = layer.Y[i];
          if (x < x0) x0 = x;
          if (x > x1) x1 = x;
          if (y < y0) y0 = y;
          if (y > y1) y1 = y;
        }
        box[4 * b] = x0;
        box[4 * b + 1] = y0;
        box[4 * b + 2] = x1;
        box[4 * b + 3] = y1;
      }
    }
    start[count] = layer.points;
    return { count: count, start: start, part: part, box: box };
  };

  /** @param {PackLayer} layer @returns {[number, number, number, number]} */
  function boxOf(layer) {
    /** @type {[number, number, number, number]} */
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    for (let at = 0; at < layer.bb.length; at += 4) {
      box[0] = Math.min(box[0], layer.bb[at]);
      box[1] = Math.min(box[1], layer.bb[at + 1]);
      box[2] = Math.max(box[2], layer.bb[at + 2]);
      box[3] = Math.max(box[3], layer.bb[at + 3]);
    }
    return box;
  }

  /** The cells of a grid that a box meets: [column, row, column, row]. */
  /** @param {TrackGrid} grid @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1 */
  function cells(grid, x0, y0, x1, y1) {
    /** @param {number} v */
    const held = function (v) { return Math.max(0, Math.min(grid.side - 1, Math.floor(v))); };
    return [held((x0 - grid.x) / grid.width), held((y0 - grid.y) / grid.height),
      held((x1 - grid.x) / grid.width), held((y1 - grid.y) / grid.height)];
  }

  /** Which blocks meet which cell of a square grid over everything. */
  /** @param {TrackBlocks} blocks @param {number[]} box @returns {TrackGrid} */
  T.trackGrid = function (blocks, box) {
    const side = Math.max(8, Math.min(256, Math.ceil(Math.sqrt(blocks.count) / 2)));
    /** @type {TrackGrid} */
    const grid = {
      side: side, x: box[0], y: box[1], width: (box[2] - box[0]) / side || 1, height: (box[3] - box[1]) / side || 1,
      first: new Uint32Array(side * side + 1), block: new Uint32Array(0), wide: [],
    };
    /** @param {(cell: number, block: number) => void} take */
    const each = function (take) {
      for (let b = 0; b < blocks.count; b++) {
        const c = cells(grid, blocks.box[4 * b], blocks.box[4 * b + 1], blocks.box[4 * b + 2], blocks.box[4 * b + 3]);
        if ((c[2] - c[0] + 1) * (c[3] - c[1] + 1) > WIDE) { take(-1, b); continue; }
        for (let y = c[1]; y <= c[3]; y++) for (let x = c[0]; x <= c[2]; x++) take(y * side + x, b);
      }
    };
    each(function (cell, b) { if (cell < 0) grid.wide.push(b); else grid.first[cell + 1]++; });
    for (let cell = 0; cell < side * side; cell++) grid.first[cell + 1] += grid.first[cell];
    grid.block = new Uint32Array(grid.first[side * side]);
    const next = grid.first.slice();
    each(function (cell, b) { if (cell >= 0) grid.block[next[cell]++] = b; });
    return grid;
  };

  /** Everything that drawing and finding need, from a decoded layer. */
  /** @param {PackLayer} layer @returns {TrackIndex} */
  T.trackIndex = function (layer) {
    const blocks = T.trackBlocks(layer), box = boxOf(layer);
    const time = column(layer, 'time'), speed = column(layer, 'speed'), track = column(layer, 'track');
    const own = track ? track.units : Int32Array.from({ length: layer.parts }, function (_, p) { return p; });
    return {
      layer: layer, blocks: blocks, box: box, grid: null, track: own, time: time, speed: speed,
      span: time ? spanOf(layer, time.units) : null,
    };
  };

  /** The first and the last time of all parts, in steps of the column. */
  /** @param {PackLayer} layer @param {Int32Array} units @returns {[number, number]} */
  function spanOf(layer, units) {
    let from = Infinity, to = -Infinity;
    for (let p = 0; p < layer.parts; p++) {
      from = Math.min(from, units[layer.off[p]]);
      to = Math.max(to, units[layer.off[p + 1] - 1]);
    }
    return [from, to];
  }

  // --- the vertices a zoom needs --------------------------------------------------------------------

  /** The vertices farther than a pixel from the last one looked at, by block; null: all are needed. With
      `classes`, a run of them that lies within a fraction of a pixel of a straight line and in one class
      is left to its ends. */
  /** @param {TrackIndex} index @param {number} scale @param {Uint8Array | null} classes @returns {Generator<void, TrackKept | null>} */
  T.trackKept = function* (index, scale, classes) {
    const { layer, blocks } = index, own = classes && classes.length === layer.points ? classes : null;
    const rows = new Uint32Array(layer.points), at = new Uint32Array(blocks.count + 1);
    const walk = { n: 0, x: 0, y: 0, step: STEP_PX / scale, rows: rows, cone: classes ? new Cone(STRAIGHT_PX / scale) : null };
    let looked = 0;
    for (let b = 0; b < blocks.count; b++) {
      keptIn(walk, layer, blocks, b, own);
      at[b + 1] = walk.n;
      if (blocks.start[b + 1] - looked > 8 * LOOK) { looked = blocks.start[b + 1]; yield; }
    }
    return walk.n > SPARED * layer.points ? null : { rows: rows.slice(0, walk.n), at: at };
  };

  /** The vertices kept in one block. No pause stands in here: a browser compiles that well. */
  /** @param {TrackWalk} walk @param {PackLayer} layer @param {TrackBlocks} blocks @param {number} b @param {Uint8Array | null} own */
  function keptIn(walk, layer, blocks, b, own) {
    const { rows, step, cone } = walk, X = layer.X, Y = layer.Y, to = blocks.start[b + 1];
    const from = layer.off[blocks.part[b]], end = layer.off[blocks.part[b] + 1] - 1;
    let n = walk.n, px = walk.x, py = walk.y, last = -1; // looked at, and left out unless the next one turns away
    for (let i = blocks.start[b]; i < to; i++) {
      const x = X[i], y = Y[i], dx = x - px, dy = y - py;
      if (i > from && i < end && dx < step && dx > -step && dy < step && dy > -step) continue;
      if (cone && i > from && !cone.holds(x, y, last >= 0 && own !== null && own[i] !== own[last])) {
        if (last >= 0) rows[n++] = last;
        cone.begin(px, py);
        cone.holds(x, y, false);
      }
      if (!cone || i === from || i === end) {
        rows[n++] = i;
        last = -1;
        if (cone) cone.begin(x, y);
      } else last = i;
      px = x;
      py = y;
    }
    if (last >= 0 && cone) { rows[n++] = last; cone.begin(px, py); }
    walk.n = n;
    walk.x = px;
    walk.y = py;
  }

  /** @typedef {{ n: number, x: number, y: number, step: number, rows: Uint32Array, cone: Cone | null }} TrackWalk */

  /** Directions from a point in which a line passes every point so far within a distance. */
  /** @constructor @param {number} within */
  function Cone(within) {
    this.within = within;
    this.x = this.y = this.far = 0;
    this.lx = this.ly = this.hx = this.hy = 0; // the edges of the cone, to the right and to the left
  }

  /** @param {number} x @param {number} y */
  Cone.prototype.begin = function (x, y) {
    this.x = x;
    this.y = y;
    this.far = 0;
  };

  /** Whether a point lies in the cone and farther than the last; the cone then narrows to it. */
  /** @param {number} x @param {number} y @param {boolean} other */
  Cone.prototype.holds = function (x, y, other) {
    const dx = x - this.x, dy = y - this.y, far = dx * dx + dy * dy;
    if (other || far < this.far) return false;
    if (this.far && (this.lx * dy - this.ly * dx < 0 || this.hx * dy - this.hy * dx > 0)) return false;
    const share = this.within / Math.sqrt(far), ox = -dy * share, oy = dx * share;
    const lx = dx - ox, ly = dy - oy, hx = dx + ox, hy = dy + oy;
    if (!this.far || this.lx * ly - this.ly * lx > 0) { this.lx = lx; this.ly = ly; }
    if (!this.far || this.hx * hy - this.hy * hx < 0) { this.hx = hx; this.hy = hy; }
    this.far = far;
    return true;
  };

  // --- strokes --------------------------------------------------------------------------------------

  /** Clip a segment to a box, in place: [x0, y0, x1, y1]; false where nothing is left. */
  /** @param {Float64Array} s @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1 */
  T.clipped = function (s, x0, y0, x1, y1) {
    const dx = s[2] - s[0], dy = s[3] - s[1];
    let from = 0, to = 1;
    for (let side = 0; side < 4; side++) {
      const p = side === 0 ? -dx : side === 1 ? dx : side === 2 ? -dy : dy;
      const q = side === 0 ? s[0] - x0 : side === 1 ? x1 - s[0] : side === 2 ? s[1] - y0 : y1 - s[1];
      if (p === 0) { if (q < 0) return false; continue; }
      if (p < 0) from = Math.max(from, q / p); else to = Math.min(to, q / p);
      if (from > to) return false;
    }
    s[2] = s[0] + to * dx;
    s[3] = s[1] + to * dy;
    s[0] += from * dx;
    s[1] += from * dy;
    return true;
  };

  /** A pen that gathers segments of one class into paths of a bearable length. */
  /** @constructor @param {CanvasRenderingContext2D} ctx @param {TrackLook} look @param {TrackView} view */
  function Pen(ctx, look, view) {
    this.ctx = ctx;
    this.look = look;
    this.view = view;
    this.paths = look.colours.map(function () { return new Path2D(); });
    this.counts = look.colours.map(function () { return 0; });
    this.segment = new Float64Array(4);
    this.x = this.y = NaN;
    this.class = -1;
    this.drawn = 0;
    this.run = TICK_PX / 2;
    /** @type {Set<number>} */
    this.taken = new Set();
    /** @type {number[]} */
    this.ticks = [];
  }

  /** @param {number} c */
  Pen.prototype.stroke = function (c) {
    if (!this.counts[c]) return;
    this.ctx.strokeStyle = this.look.colours[c];
    this.ctx.stroke(this.paths[c]);
    this.paths[c] = new Path2D();
    this.counts[c] = 0;
    if (this.class === c) this.x = NaN;
  };

  /** A segment of a class, clipped to a margin round the view. */
  /** @param {number} ax @param {number} ay @param {number} bx @param {number} by @param {number} c */
  Pen.prototype.add = function (ax, ay, bx, by, c) {
    const view = this.view, right = view.width + EDGE, low = view.height + EDGE;
    if (ax < -EDGE && bx < -EDGE || ax > right && bx > right || ay < -EDGE && by < -EDGE || ay > low && by > low) return;
    if (ax < -EDGE || ax > right || ay < -EDGE || ay > low || bx < -EDGE || bx > right || by < -EDGE || by > low) {
      const s = this.segment;
      s[0] = ax; s[1] = ay; s[2] = bx; s[3] = by;
      if (!T.clipped(s, -EDGE, -EDGE, right, low)) return;
      ax = s[0]; ay = s[1]; bx = s[2]; by = s[3];
    }
    const path = this.paths[c];
    if (ax !== this.x || ay !== this.y || c !== this.class) path.moveTo(ax, ay);
    path.lineTo(bx, by);
    this.x = bx;
    this.y = by;
    this.class = c;
    this.drawn++;
    if (this.look.ticks && this.ticks.length < 4 * MOST_TICKS) this.tick(ax, ay, bx, by, c);
    if (++this.counts[c] > PATH) this.stroke(c);
  };

  /** @param {number} ax @param {number} ay @param {number} bx @param {number} by @param {number} c */
  Pen.prototype.tick = function (ax, ay, bx, by, c) {
    const dx = bx - ax, dy = by - ay, length = Math.sqrt(dx * dx + dy * dy);
    this.run += length;
    if (this.run < TICK_PX || length < 1) return;
    const x = (ax + bx) / 2, y = (ay + by) / 2;
    const cell = Math.floor(x / TICK_CELL) * 65536 + Math.floor(y / TICK_CELL);
    if (this.taken.has(cell)) return;
    this.taken.add(cell);
    this.run = 0;
    this.ticks.push(x, y, Math.atan2(dy, dx), c);
  };

  /** What is left in the paths, and the ticks of direction where they can be told apart. */
  Pen.prototype.finish = function () {
    for (let c = 0; c < this.paths.length; c++) this.stroke(c);
    if (!this.look.ticks || this.drawn > FULL_TICKS) return;
    const ctx = this.ctx, size = 4.5;
    for (let n = 0; n < this.ticks.length; n += 4) {
      const x = this.ticks[n], y = this.ticks[n + 1], angle = this.ticks[n + 2];
      ctx.beginPath();
      ctx.moveTo(x - size * Math.cos(angle - 0.5), y - size * Math.sin(angle - 0.5));
      ctx.lineTo(x + size * 0.5 * Math.cos(angle), y + size * 0.5 * Math.sin(angle));
      ctx.lineTo(x - size * Math.cos(angle + 0.5), y - size * Math.sin(angle + 0.5));
      ctx.strokeStyle = this.look.colours[this.ticks[n + 3]];
      ctx.lineWidth = 1.6;
      ctx.stroke();
    }
  };

  /** Draw blocks [first, last) of one copy of the world, resting after so many segments. */
  /** @param {Pen} pen @param {TrackIndex} index @param {TrackPick} pick @returns {Generator<void, void>} */
  function* blocksOf(pen, index, pick) {
    const { layer, blocks } = index, view = pen.view, box = blocks.box;
    const x0 = view.left / view.scale, y0 = view.top / view.scale;
    const x1 = (view.left + view.width) / view.scale, y1 = (view.top + view.height) / view.scale;
    const units = index.time && pick.window ? index.time.units : null;
    const from = pick.window ? pick.window[0] : 0, to = pick.window ? pick.window[1] : 0;
    let rested = pen.drawn, looked = 0;
    for (let b = pick.first; b < pick.last; b++) {
      if (box[4 * b] > x1 || box[4 * b + 2] < x0 || box[4 * b + 1] > y1 || box[4 * b + 3] < y0) continue;
      const begin = Math.max(blocks.start[b] - 1, layer.off[blocks.part[b]]);
      if (units && (units[begin] > to || units[blocks.start[b + 1] - 1] < from)) continue;
      block(pen, index, pick, b, units, from, to);
      looked += BLOCK;
      if (pen.drawn - rested > pick.budget.segments || looked > 8 * LOOK) {
        rested = pen.drawn;
        looked = 0;
        yield;
      }
    }
  }

  /** @param {Pen} pen @param {TrackIndex} index @param {TrackPick} pick @param {number} b @param {Int32Array | null} units @param {number} from @param {number} to */
  function block(pen, index, pick, b, units, from, to) {
    const { layer, blocks } = index, X = layer.X, Y = layer.Y, view = pen.view, kept = pick.kept;
    const scale = view.scale, left = view.left, top = view.top, first = layer.off[blocks.part[b]];
    const begin = kept ? kept.at[b] : blocks.start[b], end = kept ? kept.at[b + 1] : blocks.start[b + 1];
    if (begin === end) return;
    let before = kept ? begin > 0 ? kept.rows[begin - 1] : first : begin - 1;
    if (before < first) before = first;
    let px = X[before] * scale - left, py = Y[before] * scale - top;
    const own = pick.classes.length === layer.points ? -1 : pick.classes[blocks.part[b]];
    for (let k = begin; k < end; k++) {
      const i = kept ? kept.rows[k] : k;
      if (i === first) { px = X[i] * scale - left; py = Y[i] * scale - top; before = i; continue; }
      const x = X[i] * scale - left, y = Y[i] * scale - top, c = own < 0 ? pick.classes[i] : own;
      if (!units) pen.add(px, py, x, y, c);
      else part(pen, px, py, x, y, c, units[before], units[i], from, to);
      px = x;
      py = y;
      before = i;
    }
  }

  /** The piece of a segment from one time to another that lies within a window. */
  /** @param {Pen} pen @param {number} ax @param {number} ay @param {number} bx @param {number} by @param {number} c @param {number} start @param {number} end @param {number} from @param {number} to */
  function part(pen, ax, ay, bx, by, c, start, end, from, to) {
    if (end < from || start > to) return;
    const span = end - start || 1;
    const a = start < from ? (from - start) / span : 0, z = end > to ? (to - start) / span : 1;
    pen.add(a ? ax + a * (bx - ax) : ax, a ? ay + a * (by - ay) : ay,
      z < 1 ? ax + z * (bx - ax) : bx, z < 1 ? ay + z * (by - ay) : by, c);
  }

  /** Dashed: from the last position before a gap to the first after it. */
  /** @param {Pen} pen @param {TrackIndex} index @param {TrackPick} pick */
  function gaps(pen, index, pick) {
    const { layer, blocks } = index, { scale, left, top } = pen.view, X = layer.X, Y = layer.Y;
    if (pick.first >= pick.last) return;
    const own = pick.classes.length !== layer.points;
    for (let p = blocks.part[pick.first]; p < blocks.part[pick.last - 1]; p++) {
      if (index.track[p] !== index.track[p + 1]) continue;
      const i = layer.off[p + 1] - 1, j = i + 1, c = own ? pick.classes[p] : pick.classes[j];
      const ax = X[i] * scale - left, ay = Y[i] * scale - top, bx = X[j] * scale - left, by = Y[j] * scale - top;
      if (!index.time || !pick.window) pen.add(ax, ay, bx, by, c);
      else part(pen, ax, ay, bx, by, c, index.time.units[i], index.time.units[j], pick.window[0], pick.window[1]);
    }
  }

  /** Copies of the world in which something of the index meets a view. */
  /** @param {TrackIndex} index @param {TrackView} view */
  function turns(index, view) {
    const first = Math.ceil(view.left / view.scale - index.box[2]);
    const last = Math.floor((view.left + view.width) / view.scale - index.box[0]), found = [];
    for (let turn = first; turn <= last; turn++) found.push(turn);
    return found;
  }

  /** Draw what is picked of an index; returns the number of segments drawn. */
  /** @param {CanvasRenderingContext2D} ctx @param {TrackIndex} index @param {TrackView} view @param {TrackLook} look @param {TrackPick} pick @returns {Generator<void, number>} */
  T.drawTracks = function* (ctx, index, view, look, pick) {
    let drawn = 0;
    ctx.lineJoin = 'round';
    ctx.lineCap = 'butt';
    for (const turn of turns(index, view)) {
      const here = Object.assign({}, view, { left: view.left - turn * view.scale });
      const pen = new Pen(ctx, look, here), dashed = new Pen(ctx, Object.assign({}, look, { ticks: false }), here);
      ctx.lineWidth = look.width;
      ctx.setLineDash([]);
      yield* blocksOf(pen, index, pick);
      pen.finish();
      if (look.gap) {
        ctx.lineWidth = Math.max(look.width, look.gap);
        ctx.setLineDash([3, 5]);
        gaps(dashed, index, pick);
        dashed.finish();
        ctx.setLineDash([]);
      }
      drawn += pen.drawn + dashed.drawn;
    }
    return drawn;
  };

  // --- finding --------------------------------------------------------------------------------------

  /** The nearest place on any track within a distance of a point of the Mercator square: the vertex
      its segment ends at, and how far along the segment; null where there is none. */
  /** @param {TrackIndex} index @param {number} x @param {number} y @param {number} reach @param {Span2 | null} window @returns {TrackHit | null} */
  T.nearestTrack = function (index, x, y, reach, window) {
    /** @type {TrackHit | null} */
    let best = null;
    let within = reach * reach;
    const box = index.blocks.box;
    /** @param {number} b */
    const look = function (b) {
      if (box[4 * b] > x + reach || box[4 * b + 2] < x - reach || box[4 * b + 1] > y + reach || box[4 * b + 3] < y - reach) return;
      const hit = nearestIn(index, b, x, y, within, window);
      if (hit) { best = hit; within = hit.distance; }
    };
    const grid = index.grid = index.grid || T.trackGrid(index.blocks, index.box), c = cells(grid, x - reach, y - reach, x + reach, y + reach);
    const seen = new Set();
    for (let row = c[1]; row <= c[3]; row++) {
      for (let col = c[0]; col <= c[2]; col++) {
        const cell = row * grid.side + col;
        for (let n = grid.first[cell]; n < grid.first[cell + 1]; n++) {
          if (seen.has(grid.block[n])) continue;
          seen.add(grid.block[n]);
          look(grid.block[n]);
        }
      }
    }
    grid.wide.forEach(look);
    return best;
  };

  /** @param {TrackIndex} index @param {number} b @param {number} x @param {number} y @param {number} within @param {Span2 | null} window @returns {TrackHit | null} */
  function nearestIn(index, b, x, y, within, window) {
    const { layer, blocks } = index, X = layer.X, Y = layer.Y, p = blocks.part[b];
    const units = index.time && window ? index.time.units : null;
    /** @type {TrackHit | null} */
    let best = null;
    for (let i = blocks.start[b]; i < blocks.start[b + 1]; i++) {
      const j = i > layer.off[p] ? i - 1 : i;
      if (units && window && (units[i] < window[0] || units[j] > window[1])) continue;
      const dx = X[i] - X[j], dy = Y[i] - Y[j], length = dx * dx + dy * dy;
      const along = length ? Math.max(0, Math.min(1, ((x - X[j]) * dx + (y - Y[j]) * dy) / length)) : 1;
      const ox = X[j] + along * dx - x, oy = Y[j] + along * dy - y, distance = ox * ox + oy * oy;
      if (distance < within) { within = distance; best = { part: p, vertex: i, along: along, distance: distance }; }
    }
    return best;
  }

  /** Where a track is at a time: [x, y] of the Mercator square, or null while nothing is known. */
  /** @param {TrackIndex} index @param {number} track @param {number} at @returns {[number, number] | null} */
  T.trackAt = function (index, track, at) {
    if (!index.time) return null;
    const units = index.time.units, { X, Y, off } = index.layer;
    const first = index.track.indexOf(track), last = index.track.lastIndexOf(track);
    for (let p = first; p >= 0 && p <= last; p++) {
      if (units[off[p]] > at || units[off[p + 1] - 1] < at) continue;
      let low = off[p], high = off[p + 1] - 1;
      while (low < high) { const mid = (low + high) >> 1; if (units[mid] < at) low = mid + 1; else high = mid; }
      if (low === off[p]) return [X[low], Y[low]];
      const share = (at - units[low - 1]) / (units[low] - units[low - 1] || 1);
      return [X[low - 1] + share * (X[low] - X[low - 1]), Y[low - 1] + share * (Y[low] - Y[low - 1])];
    }
    return null;
  };

  /** A class for each part or for each vertex, from 0; the last class is the unknown. */
  /** @param {TrackIndex} index @param {string} mode @param {number} count @param {number[]} bounds @returns {Uint8Array} */
  T.trackClasses = function (index, mode, count, bounds) {
    const layer = index.layer, own = mode === 'speed' ? index.speed : mode === 'time' ? index.time : null;
    if (!own) return Uint8Array.from(index.track, function (n) { return n % count; });
    const classes = new Uint8Array(layer.points);
    const steps = bounds.map(function (b) { return (b - own.origin) / own.quantum; });
    const known = own.known, few = Uint8Array.from({ length: LOOKED_UP }, function (_, value) { return classOf(value, steps); });
    for (let i = 0; i < classes.length; i++) {
      const value = own.units[i];
      if (known && !known[i]) classes[i] = count - 1;
      else classes[i] = value >= 0 && value < LOOKED_UP ? few[value] : classOf(value, steps);
    }
    return classes;
  };

  /** @param {number} value @param {number[]} steps */
  function classOf(value, steps) {
    let c = 0;
    while (c < steps.length && value >= steps[c]) c++;
    return c;
  }
})();
