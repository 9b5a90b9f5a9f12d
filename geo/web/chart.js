/* Figures over time as columns: where years lie on the axis, and what each corridor shows when. */
(function () {
  'use strict';
  const T = window.Tumen;
  const LONG = 3; // years without a figure beyond which they take the room of two
  const GAP = 2;
  const LETTER = 6.2; // pixels a letter of the chart takes, at most on average
  const NOTHING = 'no figure', IDLE = 'not in operation';

  /** @type {(date: string) => number} */
  function time(date) { return Date.parse(date); }

  /** @type {(year: number) => string} */
  function year(year) { return String(year).padStart(4, '0'); }

  /** @type {(figures: Scene.Figure[], period: Span) => boolean} */
  function some(figures, period) {
    return figures.some(function (f) { return T.meets(f, period); });
  }

  /** The room that words of the chart take, in pixels. */
  T.wordsPx = function (words) { return words.length * LETTER; };

  /** The years of an axis, each with its room; a long time without a figure is one stretch. */
  T.stretches = function (start, end, figures) {
    /** @type {Stretch[]} */
    const found = [];
    for (let n = Number(start.slice(0, 4)); n <= Number(end.slice(0, 4)); n++) {
      const own = { start: year(n) + '-01-01', end: year(n) + '-12-31' }, last = found[found.length - 1];
      const empty = !some(figures, own);
      if (empty && last && last.empty) { last.end = own.end; last.years += 1; } else found.push({ start: own.start, end: own.end, empty: empty, years: 1, room: 1, from: 0 });
    }
    let from = 0;
    found.forEach(function (one) {
      one.room = one.empty && one.years > LONG ? GAP : one.years;
      one.from = from;
      from += one.room;
    });
    return found;
  };

  /** @type {(stretches: Stretch[]) => number} */
  function room(stretches) {
    const last = stretches[stretches.length - 1];
    return last.from + last.room;
  }

  /** Where a date lies on an axis: 0 at the start of the first year, 1 at the end of the last; not beyond. */
  T.placed = function (stretches, date) {
    const at = time(date), one = stretches.find(function (s) { return at < time(T.dayAfter(s.end)); });
    if (!one) return 1;
    const from = time(one.start), share = (at - from) / (time(T.dayAfter(one.end)) - from);
    return Math.max(0, (one.from + Math.max(0, share) * one.room) / room(stretches));
  };

  /** The date at a place on an axis. */
  T.dated = function (stretches, share) {
    const at = Math.max(0, Math.min(share, 1 - 1e-9)) * room(stretches);
    const one = stretches.filter(function (s) { return s.from <= at; }).slice(-1)[0];
    const from = time(one.start), whole = time(T.dayAfter(one.end)) - from;
    return new Date(from + (at - one.from) / one.room * whole).toISOString().slice(0, 10);
  };

  /** The corridors of a map with their figures, each figure once, in the order given. */
  T.charted = function (lines, order) {
    /** @type {Map<string, Charted>} */
    const found = new Map();
    lines.pipes.concat(lines.totals).forEach(function (pipe) {
      if (pipe.context || !pipe.figures.length && !pipe.casings.length) return;
      const own = found.get(pipe.corridor) || { corridor: pipe.corridor, title: pipe.corridor_title, pipes: [], figures: [], kind: '', whole: pipe };
      const known = new Set(own.figures.map(function (f) { return f.id; }));
      own.pipes.push(pipe);
      // how well a figure is known to run over one line matters for that line alone
      pipe.figures.filter(function (f) { return f.start && !known.has(f.id); }).forEach(function (f) {
        own.figures.push(Object.assign({}, f, { knowledge: 0 }));
      });
      found.set(pipe.corridor, own);
    });
    const place = function (/** @type {Charted} */ own) { return order.indexOf(own.corridor); };
    return Array.from(found.values()).filter(function (own) { return own.figures.length; }).map(joinedUp)
      .sort(function (a, b) { return place(a) - place(b); });
  };

  /** A corridor as if it were one line, and the kind of unit that it is charted in. @type {(own: Charted) => Charted} */
  function joinedUp(own) {
    const casings = own.pipes.flatMap(function (p) { return p.casings; });
    return Object.assign(own, {
      kind: T.kindsOf(own.figures)[0] || '', whole: Object.assign({}, own.pipes[0], { figures: own.figures, casings: casings }),
    });
  }

  /** By what an amount is divided: years, for what is held against a yearly capacity or runs over years. @type {(f: Scene.Figure, limited: boolean) => number} */
  function divisor(f, limited) { return limited && f.years <= 1 ? 1 : f.years || 1; }

  /** @type {(f: Scene.Figure, limited: boolean) => Part} */
  function part(f, limited) {
    const by = divisor(f, limited), ends = T.amountEnds(f).map(function (x) { return x === null ? null : x / by; });
    return { figure: f, low: ends[0], high: ends[1] };
  }

  /** The sum of ends; unknown where one is: an open upper end leaves the sum open, an open lower end adds nothing. @type {(parts: Part[], end: 'low' | 'high') => Known} */
  function sum(parts, end) {
    if (parts.length === 1) return parts[0][end];
    if (end === 'high' && parts.some(function (p) { return p.high === null; })) return null;
    return parts.reduce(function (total, p) { return total + (p[end] || 0); }, 0);
  }

  /** The figures of one way in a period, one upon the other; `side` counts the ways that stand side by side. @type {(told: Scene.Figure[], span: Span, limited: boolean, side: number, sides: number) => TimeColumn} */
  function column(told, span, limited, side, sides) {
    const f = told[0], parts = told.map(function (one) { return part(one, limited); });
    return {
      figure: f, parts: parts, start: f.start > span.start ? f.start : span.start, end: f.end < span.end ? f.end : span.end,
      low: sum(parts, 'low'), high: sum(parts, 'high'), side: side, sides: sides,
    };
  }

  /** Whether one column goes on as another: the same figures in the same place. @type {(last: TimeColumn, next: TimeColumn) => boolean} */
  function goesOn(last, next) {
    const same = last.parts.length === next.parts.length && last.parts.every(function (p, n) { return p.figure.id === next.parts[n].figure.id; });
    return same && last.side === next.side && last.sides === next.sides && T.dayAfter(last.end) === next.start;
  }

  /** The columns of a corridor over periods: the figures that speak, in the kind of unit of the corridor. */
  T.columns = function (own, periods, limited) {
    /** @type {TimeColumn[]} */
    const made = [];
    /** @type {Said[]} */
    const said = [];
    periods.forEach(function (period) {
      const state = some(own.figures, period) ? T.state(own.whole, period) : null;
      const cores = state ? state.cores.filter(function (f) { return f.kind === own.kind; }) : [];
      T.ways(cores).forEach(function (told, side, every) {
        const next = column(told, period, limited, side, every.length), last = made.find(function (c) { return goesOn(c, next); });
        if (last) last.end = next.end; else made.push(next);
      });
      if (cores.length) return;
      const other = state ? state.cores.concat(state.said)[0] : null;
      const active = own.pipes.some(function (p) { return T.inBeing(p, period); });
      said.push({ start: period.start, end: period.end, words: other ? other.moved : active ? NOTHING : IDLE });
    });
    return { columns: made, said: joined(said) };
  };

  /** The colours of a corridor's columns, each with the cargo that most of its figures are of. */
  T.cargoColours = function (own) {
    /** @type {Map<string, Map<string, number>>} */
    const found = new Map();
    own.figures.filter(function (f) { return f.kind === own.kind; }).forEach(function (f) {
      f.lanes.forEach(function (lane) {
        const words = found.get(lane.colour) || new Map();
        found.set(lane.colour, words.set(lane.word, (words.get(lane.word) || 0) + 1));
      });
    });
    return Array.from(found, function (entry) {
      const words = Array.from(entry[1]).sort(function (a, b) { return b[1] - a[1]; });
      return { colour: entry[0], word: words[0][0] + (words.every(function (one) { return one[0].startsWith(words[0][0]); }) ? '' : ' …') };
    });
  };

  /** Periods that follow each other and say the same, as one. @type {(said: Said[]) => Said[]} */
  function joined(said) {
    /** @type {Said[]} */
    const found = [];
    said.forEach(function (one) {
      const last = found[found.length - 1];
      if (last && last.words === one.words && T.dayAfter(last.end) === one.start) last.end = one.end; else found.push(Object.assign({}, one));
    });
    return found;
  }

  /** What one column stands against: its own figure's, or the limit in force. @type {(c: TimeColumn, bounds: Stand[]) => Stand | null} */
  function boundOf(c, bounds) {
    const f = c.figure, at = bounds.find(function (b) { return b.start <= c.end && b.end >= c.start; });
    const own = { start: c.start, end: c.end, side: c.side, sides: c.sides };
    if (f.full === null) return at && at.limit && f.could.startsWith('limit ') ? Object.assign({}, at, own) : null;
    const ends = T.fullEnds(f, f.years || 1);
    return Object.assign({ corridor: at ? at.corridor : '', kind: f.kind, low: ends[0], high: ends[1], word: at ? at.word : '', limit: false }, own);
  }

  /** What the columns stand against; ways that stand against one thing have it together. @type {(columns: TimeColumn[], bounds: Stand[]) => Stand[]} */
  function held(columns, bounds) {
    /** @type {Stand[]} */
    const found = [];
    columns.forEach(function (c) {
      const next = boundOf(c, bounds), twin = next && found.find(function (b) { return b.start === next.start && b.end === next.end && alike(b, next); });
      if (twin) Object.assign(twin, { side: 0, sides: 1 }); else if (next) found.push(next);
    });
    return found;
  }

  /** @type {(one: Stand, other: Stand) => boolean} */
  function alike(one, other) { return near(one.low, other.low) && near(one.high, other.high); }

  /** @type {(one: Stand, other: Stand) => boolean} */
  function level(one, other) { return alike(one, other) && (one.side || 0) === (other.side || 0) && (one.sides || 1) === (other.sides || 1); }

  /** The time of a bound over which no column stands. @type {(b: Stand, columns: TimeColumn[]) => Stand[]} */
  function free(b, columns) {
    return columns.reduce(function (/** @type {Stand[]} */ pieces, c) {
      return pieces.flatMap(function (piece) {
        if (c.end < piece.start || c.start > piece.end) return [piece];
        const before = c.start > piece.start ? [Object.assign({}, piece, { end: T.dayAfter(c.start, -1) })] : [];
        return c.end < piece.end ? before.concat([Object.assign({}, piece, { start: T.dayAfter(c.end) })]) : before;
      });
    }, [b]);
  }

  /** @type {(one: Known, other: Known) => boolean} */
  function near(one, other) {
    return one === other || one !== null && other !== null && Math.abs(one - other) <= 1e-9 * Math.max(Math.abs(one), Math.abs(other));
  }

  /** Bounds as columns are held to them: a column stands against what its own figure is held to. */
  T.fitted = function (bounds, columns) {
    const every = bounds.flatMap(function (b) { return free(b, columns); })
      .concat(held(columns, bounds))
      .sort(function (a, b) { return a.start < b.start ? -1 : a.start > b.start ? 1 : 0; });
    /** @type {Stand[]} */
    const found = [];
    every.forEach(function (one) {
      const last = found[found.length - 1];
      if (last && T.dayAfter(last.end) === one.start && level(last, one)) last.end = one.end;
      else found.push(Object.assign({}, one));
    });
    return found;
  };
})();
