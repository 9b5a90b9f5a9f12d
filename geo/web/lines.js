/* The lines of a map as one value: their period, their scale, what each of them shows. Painters
   (pipes.js in SVG, many.js on a canvas) draw it; clock, table and sliders speak to it. */
(function () {
  'use strict';
  const T = window.Tumen;
  const LEAST_PX = T.rules.least_core_px, LEAST_LANE_PX = T.rules.least_lane_px;
  const FAINT_PX = 1.5;
  const OVER = 1 + 1e-9;
  const MOST_PX = 48;
  const PER_DEG = 100000;

  /** Differences added up so many times, in degrees. @type {(steps: number[], times: number) => number[]} */
  function summed(steps, times) {
    let found = steps;
    for (let n = 0; n < times; n++) {
      let sum = 0;
      found = found.map(function (step) { return sum += step; });
    }
    return found.map(function (value) { return value / PER_DEG; });
  }

  /** A part of a line as its points. @type {(part: Scene.LonLat[] | Scene.Course) => Scene.LonLat[]} */
  function points(part) {
    if (!('x' in part)) return part;
    const lats = summed(part.y, part.times);
    return summed(part.x, part.times).map(function (lon, i) { return /** @type {Scene.LonLat} */ ([lon, lats[i]]); });
  }

  /** A line as Python has it: every claim is sent once, figures without what is empty, courses as differences. @type {(value: LinesValue) => (pipe: Scene.Pipe) => Scene.Pipe} */
  function whole(value) {
    return function (pipe) {
      if (!value.claims) return pipe;
      const claims = value.claims, numbers = /** @type {number[]} */ (/** @type {unknown} */ (pipe.claims));
      return Object.assign({}, pipe, {
        claims: numbers.map(function (n) { return claims[n]; }), parts: pipe.parts.map(points),
        figures: pipe.figures.map(function (f) { return Object.assign({}, value.blank, f); }),
      });
    };
  }

  /** @constructor @param {import('leaflet').Map} map @param {LinesValue} value */
  function Lines(map, value) {
    this.map = map;
    this.pipes = value.pipes.map(whole(value));
    this.totals = (value.totals || []).map(whole(value));
    this.scale = value.scale || {};
    if (map.attributionControl) map.attributionControl.setPrefix('');
    /** @type {Span | null} */
    this.window = null;
    /** @type {{ [key: string]: Asked }} */
    this.held = {};
    /** @type {Chosen | null} */
    this.chosen = null;
    /** What lines have while nothing is chosen. @type {Map<Scene.Pipe, Own>} */
    this.own = new Map();
    /** @type {{ [id: string]: Scene.Pipe }} */
    this.byId = {};
    /** @type {Map<string, Scene.Pipe[]>} */
    this.corridors = new Map();
    this.pipes.concat(this.totals).forEach((pipe) => {
      this.byId[pipe.id] = pipe;
      this.corridors.set(pipe.corridor, (this.corridors.get(pipe.corridor) || []).concat([pipe]));
    });
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

  /** Show what is left of a choice of rows; null: every row. @param {Chosen | null} chosen */
  Lines.prototype.choose = function (chosen) {
    this.chosen = chosen;
    this.pipes.concat(this.totals).forEach((pipe) => {
      const own = this.own.get(pipe) || { figures: pipe.figures, shown: pipe.shown, colour: pipe.colour };
      this.own.set(pipe, own);
      pipe.figures = chosen ? chosen.figures[pipe.id] || [] : own.figures;
      pipe.shown = chosen ? chosen.shown[pipe.id] || [] : own.shown;
      const first = pipe.figures.find(function (f) { return pipe.shown.includes(f.id); });
      pipe.colour = chosen && first && T.colourOf(first) || own.colour;
    });
    this.map.fire('tumen:state');
  };

  /** Whether a line has none of the rows that are chosen. @param {Scene.Pipe} pipe */
  Lines.prototype.left = function (pipe) { return Boolean(this.chosen) && !(pipe.id in (this.chosen || { figures: {} }).figures); };

  /** Figures of no leg, where legs follow each other: they are compared with nothing. @type {(lines: Lines, pipe: Scene.Pipe) => boolean} */
  function isAstray(lines, pipe) {
    return !pipe.parts.length && (lines.corridors.get(pipe.corridor) || []).some(function (p) { return p.series; });
  }

  /** The capacity asked for of a line, in one kind of unit. @type {(lines: Lines, pipe: Scene.Pipe, kind: string) => Asked | null} */
  function asked(lines, pipe, kind) {
    if (isAstray(lines, pipe)) return null;
    const leg = pipe.legs.find(function (name) { return name in lines.held; });
    const held = lines.held[pipe.id] || leg && lines.held[leg] || lines.held[pipe.corridor];
    return held && (!held.kind || held.kind === kind) ? held : null;
  }

  /** Whether any line is compared with a capacity that no source gives. */
  Lines.prototype.whatIf = function () { return Object.keys(this.held).length > 0; };

  /** The capacity asked for of a corridor or line by its id, in one kind of unit. @param {string} name @param {string} kind */
  Lines.prototype.asked = function (name, kind) {
    const pipe = this.byId[name] || (this.corridors.get(name) || [])[0];
    return pipe ? asked(this, pipe, kind) : null;
  };

  /** A figure compared with the capacity of a slider. @type {(figure: Scene.Figure, held: Asked) => Scene.Figure} */
  function reheld(figure, held) {
    const full = held.rate * figure.years;
    return T.worded(Object.assign({}, figure, {
      capacity: held.rate, full: full, full_low: held.least ? full : null, full_high: null, at: '',
    }), ', what if');
  }

  /** False where a line was not in being in the period shown. @param {Scene.Pipe} pipe */
  Lines.prototype.active = function (pipe) {
    return !this.left(pipe) && T.inBeing(pipe, this.window);
  };

  /** @param {Scene.Pipe} pipe @returns {LineState} */
  Lines.prototype.state = function (pipe) {
    if (!this.active(pipe)) return { cores: [], casing: null, said: [], listed: [] };
    const state = T.state(pipe, this.window);
    const cores = state.cores.map((figure) => {
      const held = asked(this, pipe, figure.kind);
      return held ? reheld(figure, held) : figure;
    });
    return { cores: cores, casing: state.casing, said: state.said, listed: state.listed };
  };

  /** Pixels of one unit a year: smaller than the scale while a slider needs more room. @param {string} kind */
  Lines.prototype.pixels = function (kind) {
    const scale = this.scale[kind] || 0;
    const most = Object.values(this.held).reduce(function (widest, held) {
      return Math.max(widest, !held.kind || held.kind === kind ? held.rate : 0);
    }, 0);
    return most * scale > MOST_PX ? MOST_PX / most : scale;
  };

  /** A lane for each cargo of a pixel or more; what is thinner is left to the largest. @type {(pipe: Scene.Pipe, told: Scene.Figure[], core: number, px: number) => Lane[]} */
  function lanes(pipe, told, core, px) {
    const every = told.flatMap(function (f) {
      return f.lanes.map(function (lane) { return Object.assign({}, lane, { rate: lane.rate * solid(f) }); });
    });
    if (!every.length) return [{ px: core, colour: pipe.colour }];
    const largest = every.reduce(function (best, lane, n) { return lane.rate > every[best].rate ? n : best; }, 0);
    const thin = every.map(function (lane, n) {
      return { px: lane.rate * px, colour: lane.colour || pipe.colour, largest: n === largest };
    }).filter(function (lane) { return lane.largest || lane.px >= LEAST_LANE_PX; });
    const others = thin.reduce(function (sum, lane) { return lane.largest ? sum : sum + lane.px; }, 0);
    return thin.map(function (lane) { return { px: lane.largest ? core - others : lane.px, colour: lane.colour }; });
  }

  /** @type {(f: Scene.Figure) => boolean} */
  function isOver(f) { return Boolean(f.full) && (f.quantity || 0) > (f.full || 0) * OVER; }

  /** The part of a figure that is drawn solid: of a range up to its lower end, else all. @type {(f: Scene.Figure) => number} */
  function solid(f) {
    const ends = T.amountEnds(f);
    return ends[0] !== null && ends[1] !== null && f.quantity ? ends[0] / f.quantity : 1;
  }

  /** The width of the upper ends, where any is above its figure. @type {(told: Scene.Figure[], core: number, px: number) => number | null} */
  function rim(told, core, px) {
    const wide = px * told.reduce(function (sum, f) {
      const most = T.amountEnds(f)[1];
      return sum + (most === null ? f.rate || 0 : most / (f.years || 1));
    }, 0);
    return wide > core * OVER ? wide : null;
  }

  /** The figures of one way as one core: casing and core in pixels, a lane for each cargo. @type {(pipe: Scene.Pipe, told: Scene.Figure[], px: number) => Stroke} */
  function stroke(pipe, told, px) {
    const first = told[0];
    const sure = told.reduce(function (sum, f) { return sum + (f.rate || 0) * solid(f); }, 0);
    const core = told.some(function (f) { return f.rate; }) ? Math.max(LEAST_PX, sure * px) : 0;
    const casings = told.flatMap(function (f) { return f.capacity === null ? [] : [f.capacity]; });
    /** @type {Stroke} */
    const made = {
      casing: casings.length ? Math.max.apply(null, casings) * px : null, core: core || null,
      rim: core ? rim(told, core, px) : null,
      lanes: core ? lanes(pipe, told, core, px) : [], hollow: first.hollow, reverse: first.direction < 0,
      arrow: core > 0 && first.direction !== 0, over: told.some(isOver), shift: 0,
    };
    return core || casings.length ? made : Object.assign(made, { plain: pipe.width_px });
  }

  /** The cores of a state by their way, in the order they are shown. */
  T.ways = function (cores) {
    /** @type {Map<number, Scene.Figure[]>} */
    const found = new Map();
    cores.forEach(function (f) { found.set(f.direction, (found.get(f.direction) || []).concat([f])); });
    return Array.from(found.values());
  };

  /** What is left open in a hollow core of a width. */
  T.hollowPx = function (px) { return px - 2 * Math.min(T.rules.hollow_edge_px, px / 4); };

  /** @type {(one: Stroke) => number} */
  function wide(one) { return Math.max(one.casing || 0, one.core || 0, one.rim || 0, one.plain || 0); }

  /** The strokes of a line: one for each way, side by side; a casing alone; or a plain line. @param {Scene.Pipe} pipe @param {LineState} state @returns {Stroke[]} */
  Lines.prototype.strokes = function (pipe, state) {
    let made = T.ways(state.cores).map((told) => stroke(pipe, told, this.pixels(told[0].kind)));
    if (!made.length) made = [this.empty(pipe, state.casing)];
    if (made.length > 1) made.forEach(function (one) { one.shift = wide(one) / 2 + 1; });
    const aside = this.aside(pipe, made);
    made.forEach(function (one) { one.shift += one.reverse ? -aside : aside; });
    return made;
  };

  /** A line without a flow: its casing where it has one, else a plain line. @param {Scene.Pipe} pipe @param {Scene.Casing | null} casing @returns {Stroke} */
  Lines.prototype.empty = function (pipe, casing) {
    const bare = { core: null, rim: null, lanes: [], hollow: false, reverse: false, arrow: false, over: false, shift: 0 };
    const held = casing && asked(this, pipe, casing.kind);
    const px = casing ? (held ? held.rate : casing.capacity) * this.pixels(casing.kind) : 0;
    if (px > 0 && !pipe.context) return Object.assign(bare, { casing: px });
    const faint = !this.active(pipe);
    return Object.assign(bare, { casing: null, plain: faint ? FAINT_PX : pipe.width_px, faint: faint });
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

  /** The figures a line would say, and what tells this saying apart. @type {(lines: Lines, pipe: Scene.Pipe) => string} */
  function saying(lines, pipe) {
    const state = lines.state(pipe), told = state.cores.length ? state.cores : state.said;
    return JSON.stringify([pipe.corridor, pipe.series ? '' : pipe.id].concat(told.map(function (f) { return f.id; })));
  }

  /** Of the lines of one corridor that would say the same, whether this is the one that says it: the longest. @param {Scene.Pipe} pipe */
  Lines.prototype.speaks = function (pipe) {
    if (!pipe.series) return true;
    const own = saying(this, pipe);
    const like = (this.corridors.get(pipe.corridor) || []).filter((p) => {
      return p.parts.length && p.label && this.active(p) && saying(this, p) === own;
    });
    return like.reduce(function (best, p) { return p.length_km > best.length_km ? p : best; }, like[0]) === pipe;
  };

  /** What stands on the line: its figure, '?', or nothing where the page shows no amounts or another line says it. @param {Scene.Pipe} pipe */
  Lines.prototype.label = function (pipe) {
    if (!pipe.label || !this.active(pipe) || !this.speaks(pipe)) return '';
    const plain = !this.window && !this.chosen && !Object.keys(this.held).length;
    if (plain || !pipe.figures.length && !pipe.casings.length) return this.window ? '?' : pipe.label;
    return T.stateWords(this.state(pipe));
  };

  /** Whether the amount of another corridor is on the map, beside which a count would only crowd. @type {(lines: Lines, pipe: Scene.Pipe) => boolean} */
  function besideAmounts(lines, pipe) {
    return lines.pipes.some(function (p) { return p.corridor !== pipe.corridor && lines.active(p) && lines.state(p).cores.length > 0; });
  }

  /** What is written on the map: what is unknown, and counts beside amounts, stand in popup and table. @param {Scene.Pipe} pipe */
  Lines.prototype.written = function (pipe) {
    const words = this.label(pipe), state = this.state(pipe);
    const counted = !state.cores.length && state.said.length > 0;
    return words === '?' || counted && besideAmounts(this, pipe) ? '' : words;
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
