/* The lines of a map as one value: their period, their scale, what each of them shows. Painters
   (pipes.js in SVG, many.js on a canvas) draw it; clock, table and sliders speak to it. */
(function () {
  'use strict';
  const T = window.Tumen;
  const LEAST_PX = 1;
  const MOST_PX = 48;

  /** @constructor @param {import('leaflet').Map} map @param {LinesValue} value */
  function Lines(map, value) {
    this.map = map;
    this.pipes = value.pipes;
    this.totals = value.totals || [];
    this.scale = value.scale || {};
    if (map.attributionControl) map.attributionControl.setPrefix('');
    /** @type {Span | null} */
    this.window = null;
    /** @type {{ [key: string]: Asked }} */
    this.held = {};
    /** @type {{ [id: string]: Scene.Pipe }} */
    this.byId = {};
    this.pipes.concat(this.totals).forEach((pipe) => { this.byId[pipe.id] = pipe; });
  }

  /** Show the figures of a period (ISO dates, both included); null: as it opens. @param {Span | null} period */
  Lines.prototype.setWindow = function (period) {
    this.window = period;
    this.map.fire('tumen:window', { window: period });
    this.map.fire('tumen:state');
  };

  /**
   * Hold a corridor's or a line's flows against another yearly capacity, in one kind of unit or in
   * any, exact or "at least"; null: as published.
   * @param {string} key @param {number | null} rate @param {string | null} [kind] @param {boolean} [least]
   */
  Lines.prototype.setCapacity = function (key, rate, kind, least) {
    if (rate === null) delete this.held[key];
    else this.held[key] = { rate: rate, kind: kind || null, least: Boolean(least) };
    this.map.fire('tumen:state');
  };

  /** The capacity asked for of a line, in one kind of unit. @type {(lines: Lines, pipe: Scene.Pipe, kind: string) => Asked | null} */
  function asked(lines, pipe, kind) {
    const held = lines.held[pipe.id] || lines.held[pipe.corridor];
    return held && (!held.kind || held.kind === kind) ? held : null;
  }

  /** A figure held against the capacity of a slider. @type {(figure: Scene.Figure, held: Asked) => Scene.Figure} */
  function reheld(figure, held) {
    const full = held.rate * figure.years;
    const share = T.words.share(T.atMost(T.shares(figure, full), held.least)) || T.words.UNKNOWN;
    const could = (held.least ? 'at least ' : '') + T.words.rounded(full / figure.unit_size) + ' ' +
      figure.unit + (figure.years === 1 ? '/year' : '');
    const made = Object.assign({}, figure, { capacity: held.rate, could: could, share: share });
    made.label = T.amount(made) + ' · ' + share + ' (' + figure.period + ', what if)' + figure.key;
    return made;
  }

  /** False where a line was not in being in the period shown. @param {Scene.Pipe} pipe */
  Lines.prototype.active = function (pipe) {
    const w = this.window;
    return !w || !(pipe.since && pipe.since > w.end || pipe.until && pipe.until < w.start);
  };

  /** @param {Scene.Pipe} pipe @returns {LineState} */
  Lines.prototype.state = function (pipe) {
    if (!this.active(pipe)) return { cores: [], casing: null, said: [] };
    const state = T.state(pipe, this.window);
    const cores = state.cores.map((figure) => {
      const held = asked(this, pipe, figure.kind);
      return held ? reheld(figure, held) : figure;
    });
    return { cores: cores, casing: state.casing, said: state.said };
  };

  /** Pixels of one unit a year: smaller than the scale while a slider needs more room. @param {string} kind */
  Lines.prototype.pixels = function (kind) {
    const scale = this.scale[kind] || 0;
    const most = Object.values(this.held).reduce(function (widest, held) {
      return Math.max(widest, !held.kind || held.kind === kind ? held.rate : 0);
    }, 0);
    return most * scale > MOST_PX ? MOST_PX / most : scale;
  };

  /** @param {Scene.Figure} figure @param {number} px */
  function lanes(figure, px) {
    const whole = Math.max(LEAST_PX, (figure.rate || 0) * px);
    const thin = figure.lanes.map(function (lane) {
      return { word: lane.word, colour: lane.colour, px: Math.max(LEAST_PX, lane.rate * px) };
    });
    const one = thin.length < 2 || whole < thin.length * LEAST_PX; // too narrow to be divided
    if (one) return { px: whole, lanes: [{ colour: thin.length ? thin[0].colour : null, px: whole }] };
    const rest = thin.slice(1).reduce(function (sum, lane) { return sum + lane.px; }, 0);
    thin[0].px = Math.max(LEAST_PX, whole - rest);
    return { px: whole, lanes: thin };
  }

  /** What one core looks like: casing and core in pixels, its lanes, its way along the line. @type {(pipe: Scene.Pipe, figure: Scene.Figure, px: number) => Stroke} */
  function stroke(pipe, figure, px) {
    const core = lanes(figure, px);
    return {
      casing: figure.capacity === null ? null : figure.capacity * px, core: core.px,
      lanes: core.lanes.map(function (lane) {
        return { px: lane.px, colour: lane.colour || pipe.colour };
      }),
      dash: figure.dash, reverse: figure.direction < 0, arrow: figure.direction !== 0,
      over: figure.capacity !== null && (figure.rate || 0) > figure.capacity * (1 + 1e-9), shift: 0,
    };
  }

  /** @type {(one: Stroke) => number} */
  function wide(one) { return Math.max(one.casing || 0, one.core || 0, one.plain || 0); }

  /** The strokes of a line: one for each way, side by side; a casing alone; or a plain line. @param {Scene.Pipe} pipe @param {LineState} state @returns {Stroke[]} */
  Lines.prototype.strokes = function (pipe, state) {
    let made = state.cores.map((f) => stroke(pipe, f, this.pixels(f.kind)));
    if (!made.length) made = [this.empty(pipe, state.casing)];
    if (made.length > 1) made.forEach(function (one) { one.shift = wide(one) / 2 + 1; });
    const aside = this.aside(pipe, made);
    made.forEach(function (one) { one.shift += one.reverse ? -aside : aside; });
    return made;
  };

  /** A line without a flow: its casing where it has one, else a plain line. @param {Scene.Pipe} pipe @param {Scene.Casing | null} casing @returns {Stroke} */
  Lines.prototype.empty = function (pipe, casing) {
    const bare = { core: null, lanes: [], dash: [], reverse: false, arrow: false, over: false, shift: 0 };
    const held = casing && asked(this, pipe, casing.kind);
    const px = casing ? (held ? held.rate : casing.capacity) * this.pixels(casing.kind) : 0;
    if (px > 0 && !pipe.context) return Object.assign(bare, { casing: px });
    const faint = !this.active(pipe);
    return Object.assign(bare, { casing: null, plain: faint ? 1.5 : pipe.width_px, faint: faint });
  };

  /** Room for the lines this one lies beside: to the right of travel, in pixels, at every zoom. @param {Scene.Pipe} pipe @param {Stroke[]} made @returns {number} */
  Lines.prototype.aside = function (pipe, made) {
    if (!pipe.beside.length) return 0;
    const own = made.reduce(function (sum, one) { return sum + wide(one); }, 0);
    return pipe.beside.reduce((sum, id, n) => {
      const other = this.byId[id];
      const room = other ? this.width(other) : 0;
      return sum + (n ? room : room / 2) + 3;
    }, own / 2);
  };

  /** The whole width of a line on the screen. @param {Scene.Pipe} pipe @returns {number} */
  Lines.prototype.width = function (pipe) {
    return this.strokes(Object.assign({}, pipe, { beside: [] }), this.state(pipe))
      .reduce(function (sum, one) { return sum + wide(one) + 2; }, -2);
  };

  /** What a line says of itself to someone who does not see it. @param {Scene.Pipe} pipe */
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

  /** What stands on the line: its figure, '?', or nothing where the page shows no amounts. @param {Scene.Pipe} pipe */
  Lines.prototype.label = function (pipe) {
    if (!pipe.label || !this.active(pipe)) return '';
    const plain = !this.window && !Object.keys(this.held).length;
    if (plain || !pipe.figures.length && !pipe.casings.length) return this.window ? '?' : pipe.label;
    return T.stateWords(this.state(pipe));
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
