/* Which figures of a line are shown for a period: the same choice as geo/account/periods.py makes. */
(function () {
  'use strict';
  const T = window.Tumen;
  const EXACT = 0, COVERS = 1, INSIDE = 2, PARTLY = 3;
  const NAMED = 3;
  /** @typedef {(string | number)[]} Key */
  /** @typedef {[Known, Known]} Ends */
  const EVIDENCE = T.rules.evidence;

  /** @type {(start: string, end: string) => number} */
  function days(start, end) { return Math.round((Date.parse(end) - Date.parse(start)) / 864e5) + 1; }

  /** @type {(basis: string) => number} */
  function evidence(basis) {
    const at = EVIDENCE.indexOf(basis);
    return at < 0 ? EVIDENCE.length : at;
  }

  /** A day so many days later. */
  T.dayAfter = function (iso, days) {
    return new Date(Date.parse(iso) + 864e5 * (days === undefined ? 1 : days)).toISOString().slice(0, 10);
  };

  /** Whether a figure is of some time of a period. */
  T.meets = function (figure, period) {
    return Boolean(figure.start) && figure.start <= period.end && figure.end >= period.start;
  };

  /** The colour of a figure: of its largest cargo; '' where no cargo is known. */
  T.colourOf = function (figure) { return figure.lanes.length ? figure.lanes[0].colour : ''; };

  /** Whether a line was in being at some time of a period; without a period it is. */
  T.inBeing = function (pipe, period) {
    return !period || !(pipe.since && pipe.since > period.end || pipe.until && pipe.until < period.start);
  };

  /** Length of a period in years: a calendar year is exactly 1, a month 1/12; as geo/account/units.py has it. @type {(start: string, end: string) => number} */
  T.years = function (start, end) {
    const a = start.split('-').map(Number), next = new Date(Date.parse(end) + 864e5).toISOString().split('T')[0];
    const b = next.split('-').map(Number);
    if (a[2] === 1 && b[2] === 1) return ((b[0] - a[0]) * 12 + b[1] - a[1]) / 12;
    const leap = a[0] % 4 === 0 && (a[0] % 100 !== 0 || a[0] % 400 === 0);
    return (Date.parse(next) - Date.parse(start)) / 864e5 / (leap ? 366 : 365);
  };

  /** Lower and upper end of what moved, in the base unit. @type {(f: Scene.Figure) => Ends} */
  T.amountEnds = function (f) {
    const exact = f.quantity_low === null && f.quantity_high === null;
    return exact ? [f.quantity, f.quantity] : [f.quantity_low, f.quantity_high];
  };

  /** Lower and upper end of what could move in the figure's period. @type {(f: Scene.Figure, by: number) => Ends} */
  T.fullEnds = function (f, by) {
    const exact = f.full_low === null && f.full_high === null;
    const ends = exact ? [f.full, f.full] : [f.full_low, f.full_high];
    return [ends[0] === null ? null : ends[0] / by, ends[1] === null ? null : ends[1] / by];
  };

  /** One end divided by the other. @type {(one: Known, other: Known) => Known} */
  function ratio(one, other) { return one === null || !other ? null : one / other; }

  /** What moved ÷ what could: lower end ÷ upper end to upper end ÷ lower end. @type {(f: Scene.Figure) => Ends} */
  function shareEnds(f) {
    const amount = T.amountEnds(f), full = T.fullEnds(f, 1);
    return [ratio(amount[0], full[1]), ratio(amount[1], full[0])];
  }

  /** What moved, in the figure's own unit: '1.2 Mt', '2–2.5 Mt', 'at least 0.05 Mt'. @type {(f: Scene.Figure) => string} */
  function moved(f) {
    const exact = f.quantity_low === null && f.quantity_high === null;
    const own = [exact ? f.quantity : null, f.quantity_low, f.quantity_high].map(function (x) {
      return x === null ? null : x / f.unit_size;
    });
    return T.words.quantity({ quantity: own[0], quantity_low: own[1], quantity_high: own[2] }, f.unit);
  }

  /** '1.2 of 4 Mt/year', '241,114 bbl, limit 500,000 bbl/year' or '43 voyages'. */
  T.amount = function (figure) {
    if (!figure.could) return figure.moved;
    if (figure.could.startsWith('limit ')) return figure.moved + ', ' + figure.could;
    return T.words.bare(figure.moved, figure.unit) + ' of ' + figure.could;
  };

  /** '2–2.5 of 4 Mt/year · 50–63 % (a year)', with the narrowest leg and the mark of a conflict. @type {(f: Scene.Figure, tail?: string) => string} */
  T.figureLabel = function (f, tail) {
    const when = f.period + (f.added > 1 ? ', sum of ' + f.added + ' figures' : '') + (tail || '');
    if (!f.could) return f.moved + ' (' + when + ')' + f.key;
    return T.words.bare(f.moved, f.unit) + ' of ' + f.could + (f.share ? ' · ' + f.share : '') + (f.at ? ' at ' + f.at : '') +
      ' (' + when + ')' + f.key;
  };

  /** A figure with what it says of itself, from its numbers. @type {(f: Scene.Figure, tail?: string) => Scene.Figure} */
  T.worded = function (f, tail) {
    const ends = shareEnds(f);
    const told = Object.assign({}, f, {
      moved: moved(f), could: T.words.could(T.fullEnds(f, f.unit_size), f.unit, f.years), share: T.words.share(ends[0], ends[1]),
    });
    return Object.assign(told, { label: T.figureLabel(told, tail) });
  };

  /** @type {(casings: Scene.Casing[], window: Span | null) => Scene.Casing | null} */
  function inForce(casings, window) {
    return casings.find(function (c) {
      if (!window) return true;
      return (!c.start || c.start <= window.end) && (!c.end || c.end >= window.start);
    }) || null;
  }

  /** @type {(figure: Span, w: Span) => number} */
  function fit(figure, w) {
    if (figure.start === w.start && figure.end === w.end) return EXACT;
    if (figure.start <= w.start && figure.end >= w.end) return COVERS;
    return w.start <= figure.start && figure.end <= w.end ? INSIDE : PARTLY;
  }

  /** The order of the account: rank, fit, way, cargo, evidence, length, rate, end, id. @type {(f: Scene.Figure, w: Span) => Key} */
  function order(f, w) {
    const how = fit(f, w), span = days(f.start, f.end);
    return [f.rank, how, f.knowledge, f.aggregate ? 0 : 1, evidence(f.basis), how === COVERS ? span : -span,
      -(f.rate || 0), -Date.parse(f.end), f.id];
  }

  /** @type {(a: Key, b: Key) => number} */
  function compare(a, b) {
    for (let i = 0; i < a.length; i++) {
      if (a[i] < b[i]) return -1;
      if (a[i] > b[i]) return 1;
    }
    return 0;
  }

  /** @type {<V>(values: V[], key: (value: V) => Key) => V[]} */
  function ordered(values, key) {
    return values.map(function (value) { return { value: value, key: key(value) }; })
      .sort(function (a, b) { return compare(a.key, b.key); })
      .map(function (item) { return item.value; });
  }

  /** The kinds of unit of a line, the most telling first: compared ones, then those of rank 1. */
  T.kindsOf = function (figures) {
    const found = figures.filter(function (f) { return f.rate !== null; });
    const names = Array.from(new Set(found.map(function (f) { return f.kind; })));
    return ordered(names, function (kind) {
      const own = found.filter(function (f) { return f.kind === kind; });
      const first = own.filter(function (f) { return f.rank === 1; }).length;
      return [own.some(function (f) { return f.full !== null; }) ? 0 : 1, -first, kind];
    });
  };

  /** @type {(run: Scene.Figure[]) => number} */
  function covered(run) { return total(run, function (f) { return days(f.start, f.end); }); }

  /** Bounds and claims do not add up. @type {(f: Scene.Figure) => boolean} */
  function addable(f) {
    return (f.quantity_low === null) === (f.quantity_high === null) && f.basis !== 'claimed';
  }

  /** Figures of one series and way that follow each other without gap or overlap. @type {(like: Scene.Figure[]) => Scene.Figure[][]} */
  function runs(like) {
    /** @type {Scene.Figure[][]} */
    const found = [];
    ordered(like, function (f) { return [f.series, f.direction, f.start, f.end, f.id]; }).forEach(function (f) {
      const run = found[found.length - 1], last = run && run[run.length - 1];
      const follows = last && last.series === f.series && last.direction === f.direction && T.dayAfter(last.end) === f.start;
      if (follows) run.push(f); else found.push([f]);
    });
    return found;
  }

  /** @type {(figures: Scene.Figure[], value: (figure: Scene.Figure) => number) => number} */
  function total(figures, value) {
    return figures.reduce(function (sum, f) { return sum + value(f); }, 0);
  }

  /** One end of a sum, open where one of its figures is. @type {(ends: Known[]) => Known} */
  function summed(ends) {
    return ends.includes(null) ? null : ends.reduce(function (/** @type {number} */ sum, x) { return sum + (x || 0); }, 0);
  }

  /** Both ends of a sum; null if every figure of it is exact. @type {(found: Ends[]) => Ends} */
  function addedEnds(found) {
    if (found.every(function (ends) { return ends[0] === ends[1]; })) return [null, null];
    return [summed(found.map(function (ends) { return ends[0]; })), summed(found.map(function (ends) { return ends[1]; }))];
  }

  /** Size and ends of what could move in all; unknown where it is for one, or no end is left. @param {Scene.Figure[]} found */
  function addedFull(found) {
    const ends = found.map(function (f) { return T.fullEnds(f, 1); }), both = addedEnds(ends);
    const open = both[0] === null && both[1] === null && ends.some(function (one) { return one[0] !== one[1]; });
    const known = !open && found.every(function (f) { return f.full !== null; });
    return { full: known ? total(found, function (f) { return f.full || 0; }) : null,
      full_low: known ? both[0] : null, full_high: known ? both[1] : null };
  }

  /** @type {(found: Scene.Figure[]) => string} */
  function periods(found) {
    if (found.length <= NAMED) return T.words.joined(found.map(function (f) { return f.period; }));
    return T.period(found[0].start, found[found.length - 1].end);
  }

  /** Figures of one series and way that follow each other, as their sum over all their years. @param {Scene.Figure[]} found */
  function added(found) {
    const first = found[0], years = T.years(first.start, found[found.length - 1].end);
    const quantity = total(found, function (f) { return f.quantity || 0; });
    const both = addedEnds(found.map(T.amountEnds));
    const cased = found.every(function (f) { return f.capacity !== null; });
    const weakest = found.reduce(function (worst, f) { return evidence(f.basis) > evidence(worst.basis) ? f : worst; });
    return T.worded(Object.assign({}, first, {
      id: found.map(function (f) { return f.id; }).join('+'),
      flows: found.flatMap(function (f) { return f.flows; }),
      end: found[found.length - 1].end, years: years, quantity: quantity, rate: quantity / years,
      capacity: cased ? total(found, function (f) { return (f.capacity || 0) * f.years; }) / years : null,
      basis: weakest.basis, hollow: weakest.hollow,
      lanes: [{ word: first.what, colour: first.lanes.length ? first.lanes[0].colour : '', rate: quantity / years }],
      period: periods(found), key: '', added: found.length,
      quantity_low: both[0], quantity_high: both[1],
      at: found.every(function (f) { return f.at === first.at; }) ? first.at : '',
      cites: Array.from(new Set(found.flatMap(function (f) { return f.cites; }))),
    }, addedFull(found)));
  }

  /** The first figure by the order of the account, or a sum that covers more of the period. @type {(found: Scene.Figure[], w: Span) => Scene.Figure} */
  function firstOf(found, w) {
    const first = ordered(found, function (f) { return order(f, w); })[0];
    if (fit(first, w) !== INSIDE) return first;
    const like = found.filter(function (f) { return f.rank === first.rank && addable(f) && fit(f, w) === INSIDE; });
    const several = runs(like).filter(function (run) { return run.length > 1; });
    const longest = ordered(several, function (run) { return [-covered(run), run[0].start, run[0].id]; })[0];
    return longest && covered(longest) > covered([first]) ? added(longest) : first;
  }

  /** A figure, and those of other cargo that answer the like of its question. @type {(first: Scene.Figure, found: Scene.Figure[], w: Span) => Scene.Figure[]} */
  function beside(first, found, w) {
    if (first.added > 1 || first.aggregate) return [first];
    return [first].concat(ordered(found, function (f) { return order(f, w); }).filter(function (f) {
      const same = f.rank === first.rank && f.start === first.start && f.end === first.end &&
        f.direction === first.direction && f.knowledge === first.knowledge;
      const part = f.part_of.some(function (id) { return first.flows.includes(id); }) ||
        first.part_of.some(function (id) { return f.flows.includes(id); });
      return same && f.what !== first.what && !f.aggregate && !part;
    }));
  }

  /** @type {(every: Scene.Figure[], near: Scene.Figure[], w: Span) => Scene.Figure[]} */
  function cores(every, near, w) {
    if (!near.length) return [];
    const names = T.kindsOf(every);
    const kind = ordered(near, function (f) { return [f.rank, names.indexOf(f.kind)]; })[0].kind;
    const own = near.filter(function (f) { return f.kind === kind; }), first = firstOf(own, w);
    const other = first.direction ? own.filter(function (f) { return f.direction === -first.direction; }) : [];
    return beside(first, own, w).concat(other.length ? beside(firstOf(other, w), other, w) : []);
  }

  /** {cores, casing, said, listed} of a line for a period {start, end}, or null for the one it opens with. */
  T.state = function (pipe, window) {
    const wide = pipe.figures.filter(function (f) { return f.rate !== null; });
    const counts = pipe.figures.filter(function (f) { return f.rate === null; });
    if (!window) {
      const shown = pipe.shown.flatMap(function (id) { return pipe.figures.filter(function (f) { return f.id === id; }); });
      return {
        cores: shown, casing: shown.length ? null : inForce(pipe.casings, null),
        said: shown.length ? [] : counts.filter(function (f) { return f.rank === 1; }).slice(-1), listed: [],
      };
    }
    const meets = function (/** @type {Scene.Figure} */ f) { return T.meets(f, window); };
    const near = wide.filter(meets), chosen = cores(pipe.figures, near, window);
    const used = new Set(chosen.flatMap(function (f) { return f.flows; }));
    const said = ordered(counts.filter(meets), function (f) { return order(f, window); });
    return {
      cores: chosen, casing: chosen.length ? null : inForce(pipe.casings, window),
      said: chosen.length ? [] : said.slice(0, 1),
      listed: near.filter(function (f) { return !f.flows.some(function (name) { return used.has(name); }); }),
    };
  };

  /** What a state says in one line; '?' where nothing is known. */
  T.stateWords = function (state) {
    const told = state.cores.length ? state.cores : state.said;
    return told.map(function (f) { return f.label; }).join('; ') || '?';
  };
})();
