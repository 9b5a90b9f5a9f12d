/* Figures over time as columns: where years lie on the axis, and what each corridor shows when. */
(function () {
  'use strict';
  const T = window.Tumen;
  const LONG = 3; // years without a figure beyond which they take the room of two
  const GAP = 2;
  const NOTHING = 'no figure', IDLE = 'not in operation';

  /** @type {(date: string) => number} */
  function time(date) { return Date.parse(date); }

  /** @type {(date: string) => string} */
  function after(date) { return new Date(time(date) + 864e5).toISOString().slice(0, 10); }

  /** @type {(year: number) => string} */
  function year(year) { return String(year).padStart(4, '0'); }

  /** @type {(figures: Scene.Figure[], period: Span) => boolean} */
  function meets(figures, period) {
    return figures.some(function (f) { return f.start && f.start <= period.end && f.end >= period.start; });
  }

  /** The years of an axis, each with its room; a long time without a figure is one stretch. */
  T.stretches = function (start, end, figures) {
    /** @type {Stretch[]} */
    const found = [];
    for (let n = Number(start.slice(0, 4)); n <= Number(end.slice(0, 4)); n++) {
      const own = { start: year(n) + '-01-01', end: year(n) + '-12-31' }, last = found[found.length - 1];
      const empty = !meets(figures, own);
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
    const at = time(date), one = stretches.find(function (s) { return at < time(after(s.end)); });
    if (!one) return 1;
    const from = time(one.start), share = (at - from) / (time(after(one.end)) - from);
    return Math.max(0, (one.from + Math.max(0, share) * one.room) / room(stretches));
  };

  /** The date at a place on an axis. */
  T.dated = function (stretches, share) {
    const at = Math.max(0, Math.min(share, 1 - 1e-9)) * room(stretches);
    const one = stretches.filter(function (s) { return s.from <= at; }).slice(-1)[0];
    const from = time(one.start), whole = time(after(one.end)) - from;
    return new Date(from + (at - one.from) / one.room * whole).toISOString().slice(0, 10);
  };

  /** The corridors of a map with their figures, each figure once, in the order given. */
  T.charted = function (lines, order) {
    /** @type {Map<string, Charted>} */
    const found = new Map();
    lines.pipes.concat(lines.totals).forEach(function (pipe) {
      if (pipe.context || !pipe.figures.length && !pipe.casings.length) return;
      const own = found.get(pipe.corridor) || { corridor: pipe.corridor, title: pipe.corridor_title, pipes: [], figures: [] };
      const known = new Set(own.figures.map(function (f) { return f.id; }));
      own.pipes.push(pipe);
      // how well a figure is known to run over one line matters for that line alone
      pipe.figures.filter(function (f) { return f.start && !known.has(f.id); }).forEach(function (f) {
        own.figures.push(Object.assign({}, f, { knowledge: 0 }));
      });
      found.set(pipe.corridor, own);
    });
    const place = function (/** @type {Charted} */ own) { return order.indexOf(own.corridor); };
    return Array.from(found.values()).filter(function (own) { return own.figures.length; })
      .sort(function (a, b) { return place(a) - place(b); });
  };

  /** What a corridor shows in a period, whichever of its lines shows it. @type {(own: Charted, period: Span) => LineState} */
  function stateOf(own, period) {
    return T.state(Object.assign({}, own.pipes[0], { figures: own.figures, casings: own.pipes.flatMap(function (p) { return p.casings; }) }), period);
  }

  /** By what an amount is divided: years, for what is held against a yearly capacity or runs over years. @type {(f: Scene.Figure, limited: boolean) => number} */
  function divisor(f, limited) { return limited && f.years <= 1 ? 1 : f.years || 1; }

  /** @type {(f: Scene.Figure, span: Span, limited: boolean) => TimeColumn} */
  function column(f, span, limited) {
    const by = divisor(f, limited), ends = T.amountEnds(f).map(function (x) { return x === null ? null : x / by; });
    return {
      figure: f, start: f.start > span.start ? f.start : span.start, end: f.end < span.end ? f.end : span.end,
      low: ends[0], high: ends[1], colour: f.lanes.length ? f.lanes[0].colour : '', hollow: f.hollow,
    };
  }

  /** The columns of a corridor over periods: the figures that speak, in the kind of unit of the corridor. */
  T.columns = function (own, periods, limited) {
    const kind = T.kindsOf(own.figures)[0];
    /** @type {TimeColumn[]} */
    const made = [];
    /** @type {Said[]} */
    const said = [];
    periods.forEach(function (period) {
      const state = meets(own.figures, period) ? stateOf(own, period) : null;
      const cores = state ? state.cores.filter(function (f) { return f.kind === kind; }) : [];
      cores.forEach(function (f) {
        const last = made.filter(function (c) { return c.figure.id === f.id; }).slice(-1)[0], next = column(f, period, limited);
        if (last && after(last.end) === next.start) last.end = next.end; else made.push(next);
      });
      if (cores.length) return;
      const other = state ? state.cores.concat(state.said)[0] : null, active = own.pipes.some(function (p) {
        return !(p.since && p.since > period.end || p.until && p.until < period.start);
      });
      said.push({ start: period.start, end: period.end, words: other ? other.moved : active ? NOTHING : IDLE });
    });
    return { kind: kind, columns: made, said: joined(said) };
  };

  /** Periods that follow each other and say the same, as one. @type {(said: Said[]) => Said[]} */
  function joined(said) {
    /** @type {Said[]} */
    const found = [];
    said.forEach(function (one) {
      const last = found[found.length - 1];
      if (last && last.words === one.words && after(last.end) === one.start) last.end = one.end; else found.push(Object.assign({}, one));
    });
    return found;
  }

  /** What one column stands against: its own figure's, or the limit in force. @type {(c: TimeColumn, bounds: Scene.Bound[]) => Scene.Bound | null} */
  function boundOf(c, bounds) {
    const f = c.figure, at = bounds.find(function (b) { return b.start <= c.end && b.end >= c.start; });
    if (f.full === null) return at && at.limit && f.could.startsWith('limit ') ? Object.assign({}, at, { start: c.start, end: c.end }) : null;
    const by = f.years || 1, exact = f.full_low === null && f.full_high === null;
    const ends = (exact ? [f.full, f.full] : [f.full_low, f.full_high]).map(function (x) { return x === null ? null : x / by; });
    return { corridor: at ? at.corridor : '', kind: f.kind, low: ends[0], high: ends[1], start: c.start, end: c.end, word: at ? at.word : '', limit: false };
  }

  /** The time of a bound over which no column stands. @type {(b: Scene.Bound, columns: TimeColumn[]) => Scene.Bound[]} */
  function free(b, columns) {
    return columns.reduce(function (/** @type {Scene.Bound[]} */ pieces, c) {
      return pieces.flatMap(function (piece) {
        if (c.end < piece.start || c.start > piece.end) return [piece];
        const before = c.start > piece.start ? [Object.assign({}, piece, { end: dayBefore(c.start) })] : [];
        return c.end < piece.end ? before.concat([Object.assign({}, piece, { start: after(c.end) })]) : before;
      });
    }, [b]);
  }

  /** @type {(date: string) => string} */
  function dayBefore(date) { return new Date(time(date) - 864e5).toISOString().slice(0, 10); }

  /** @type {(one: Known, other: Known) => boolean} */
  function near(one, other) {
    return one === other || one !== null && other !== null && Math.abs(one - other) <= 1e-9 * Math.max(Math.abs(one), Math.abs(other));
  }

  /** Bounds as columns are held to them: a column stands against what its own figure is held to. */
  T.fitted = function (bounds, columns) {
    const every = bounds.flatMap(function (b) { return free(b, columns); })
      .concat(columns.flatMap(function (c) { return boundOf(c, bounds) || []; }))
      .sort(function (a, b) { return a.start < b.start ? -1 : a.start > b.start ? 1 : 0; });
    /** @type {Scene.Bound[]} */
    const found = [];
    every.forEach(function (one) {
      const last = found[found.length - 1];
      if (last && after(last.end) === one.start && near(last.low, one.low) && near(last.high, one.high)) last.end = one.end;
      else found.push(Object.assign({}, one));
    });
    return found;
  };
})();
