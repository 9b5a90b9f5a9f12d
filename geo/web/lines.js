/* The lines of a map as one value: their period, their scale, what each of them shows. Painters
   (pipes.js in SVG, many.js on a canvas) draw it; clock, table and sliders speak to it. */
(function () {
  'use strict';
  const T = window.Tumen;
  const LEAST_PX = 1;
  const MOST_PX = 48;

  function Lines(map, value) {
    this.map = map;
    this.pipes = value.pipes;
    this.totals = value.totals || [];
    this.scale = value.scale || {};
    if (map.attributionControl) map.attributionControl.setPrefix('');
    this.window = null;
    this.held = {};
    this.byId = {};
    this.pipes.concat(this.totals).forEach(function (pipe) { this.byId[pipe.id] = pipe; }, this);
  }

  /** Show the figures of a period {start, end} (ISO dates, both included); null: as it opens. */
  Lines.prototype.setWindow = function (period) {
    this.window = period;
    this.map.fire('tumen:window', { window: period });
    this.map.fire('tumen:state');
  };

  /** Hold a corridor's or a line's flows against another yearly capacity; null: as published. */
  Lines.prototype.setCapacity = function (key, rate, kind) {
    if (rate === null) delete this.held[key];
    else this.held[key] = { rate: rate, kind: kind || null };
    this.map.fire('tumen:state');
  };

  function override(lines, pipe, kind) {
    const held = lines.held[pipe.id] || lines.held[pipe.corridor];
    return held && (!held.kind || held.kind === kind) ? held.rate : null;
  }

  /** A figure held against the capacity of a slider. */
  function reheld(figure, rate) {
    const share = T.words.percent(figure.rate / rate);
    const full = T.words.rounded(rate * figure.years / figure.unit_size);
    const could = full + ' ' + figure.unit + (figure.years === 1 ? '/year' : '');
    const held = Object.assign({}, figure, { capacity: rate, could: could, share: share });
    held.label = T.amount(held) + ' · ' + share + ' (' + figure.period + ', what if)' + figure.key;
    return held;
  }

  /** False where a line was not in being in the period shown. */
  Lines.prototype.active = function (pipe) {
    const w = this.window;
    return !w || !(pipe.since && pipe.since > w.end || pipe.until && pipe.until < w.start);
  };

  Lines.prototype.state = function (pipe) {
    if (!this.active(pipe)) return { cores: [], casing: null, said: [] };
    const state = T.state(pipe, this.window);
    const cores = state.cores.map(function (figure) {
      const rate = override(this, pipe, figure.kind);
      return rate === null ? figure : reheld(figure, rate);
    }, this);
    return { cores: cores, casing: state.casing, said: state.said };
  };

  /** Pixels of one unit a year: smaller than the scale while a slider needs more room. */
  Lines.prototype.pixels = function (kind) {
    const scale = this.scale[kind] || 0;
    const most = Object.keys(this.held).reduce(function (widest, key) {
      const held = this.held[key];
      return Math.max(widest, !held.kind || held.kind === kind ? held.rate : 0);
    }.bind(this), 0);
    return most * scale > MOST_PX ? MOST_PX / most : scale;
  };

  function lanes(figure, px) {
    const whole = Math.max(LEAST_PX, figure.rate * px);
    const thin = figure.lanes.map(function (lane) {
      return { word: lane.word, colour: lane.colour, px: Math.max(LEAST_PX, lane.rate * px) };
    });
    if (thin.length < 2) return { px: whole, lanes: [{ colour: thin.length ? thin[0].colour : null, px: whole }] };
    const rest = thin.slice(1).reduce(function (sum, lane) { return sum + lane.px; }, 0);
    thin[0].px = Math.max(LEAST_PX, whole - rest);
    return { px: whole, lanes: thin };
  }

  /** What one core looks like: casing and core in pixels, its lanes, its way along the line. */
  function stroke(pipe, figure, px) {
    const core = lanes(figure, px);
    return {
      casing: figure.capacity === null ? null : figure.capacity * px, core: core.px,
      lanes: core.lanes.map(function (lane) {
        return { px: lane.px, colour: lane.colour || pipe.colour };
      }),
      dash: figure.dash, reverse: figure.direction < 0, arrow: figure.direction !== 0,
      over: figure.capacity !== null && figure.rate > figure.capacity * (1 + 1e-9), shift: 0,
    };
  }

  function wide(one) { return Math.max(one.casing || 0, one.core || 0, one.plain || 0); }

  /** The strokes of a line: one for each way, side by side; a casing alone; or a plain line. */
  Lines.prototype.strokes = function (pipe, state) {
    const self = this;
    let made = state.cores.map(function (f) { return stroke(pipe, f, self.pixels(f.kind)); });
    const kind = state.casing && state.casing.kind;
    const empty = kind ? { casing: (override(this, pipe, kind) || state.casing.capacity) * this.pixels(kind) } : null;
    const bare = { core: null, lanes: [], dash: [], reverse: false, arrow: false, over: false, shift: 0 };
    if (!made.length && empty && empty.casing > 0 && !pipe.context) made = [Object.assign({}, bare, empty)];
    if (!made.length) {
      const faint = !this.active(pipe);
      made = [Object.assign({}, bare, { casing: null, plain: faint ? 1.5 : pipe.width_px, faint: faint })];
    }
    if (made.length > 1) made.forEach(function (one) { one.shift = wide(one) / 2 + 1; });
    const aside = this.aside(pipe, made);
    made.forEach(function (one) { one.shift += one.reverse ? -aside : aside; });
    return made;
  };

  /** Room for the lines this one lies beside: to the right of travel, in pixels, at every zoom. */
  Lines.prototype.aside = function (pipe, made) {
    if (!pipe.beside.length) return 0;
    const own = made.reduce(function (sum, one) { return sum + wide(one); }, 0);
    return pipe.beside.reduce(function (sum, id, n) {
      const other = this.byId[id];
      const room = other ? this.width(other) : 0;
      return sum + (n ? room : room / 2) + 3;
    }.bind(this), own / 2);
  };

  /** The whole width of a line on the screen. */
  Lines.prototype.width = function (pipe) {
    return this.strokes(Object.assign({}, pipe, { beside: [] }), this.state(pipe))
      .reduce(function (sum, one) { return sum + wide(one) + 2; }, -2);
  };

  /** '1.2 of 4 Mt/year', '241,114 bbl, limit 500,000 bbl/year' or '43 voyages'. */
  T.amount = function (figure) {
    if (!figure.could) return figure.moved;
    if (figure.capacity === null) return figure.moved + ', ' + figure.could;
    return figure.moved.slice(0, figure.moved.length - figure.unit.length - 1) + ' of ' + figure.could;
  };

  /** What a line says of itself to someone who does not see it. */
  Lines.prototype.announce = function (pipe) {
    const state = this.state(pipe);
    const told = state.cores.map(function (f) {
      return [f.period, T.amount(f), f.share, f.basis].filter(Boolean).join(', ');
    });
    if (!this.active(pipe)) return [pipe.title, 'not in being in this period'].join(', ');
    if (!told.length) told.push(state.said.length ? state.said[0].label + ', amount unknown' : 'flow unknown');
    const nothing = pipe.context || !(pipe.figures.length || pipe.casings.length || pipe.label);
    return [pipe.title].concat(nothing ? [] : told, [pipe.status]).filter(Boolean).join(', ');
  };

  /** What stands on the line: its figure, '?', or nothing where the page shows no amounts. */
  Lines.prototype.label = function (pipe) {
    if (!pipe.label || !this.active(pipe)) return '';
    const plain = !this.window && !Object.keys(this.held).length;
    if (plain || !pipe.figures.length && !pipe.casings.length) return this.window ? '?' : pipe.label;
    const said = T.stateWords(this.state(pipe));
    return said;
  };

  /** The lines of a map, for parts that follow them. */
  T.needLines = function (map) {
    if (!map._tumenLines) throw new Error('add the lines to the map before what follows them');
    return map._tumenLines;
  };

  T.lines = function (map, value) {
    if (value) map._tumenLines = new Lines(map, value);
    return map._tumenLines;
  };
})();
