/* Which figures of a line are drawn for a period: the same choice as geo/scene/state.py makes. */
(function () {
  'use strict';
  const T = window.Tumen;
  const EXACT = 0, COVERS = 1, INSIDE = 2, PARTLY = 3;
  const NAMED = 3;
  /** @typedef {(string | number)[]} Key */
  const WEAKNESS = ['observed', 'reported', 'derived', 'claimed'];

  /** @type {(start: string, end: string) => number} */
  function days(start, end) { return Math.round((Date.parse(end) - Date.parse(start)) / 864e5) + 1; }

  /** What moved divided by something: the exact amount, or else its ends. @type {(f: Scene.Figure, by: number) => Known[]} */
  function over(f, by) {
    const ends = [f.quantity_low, f.quantity_high], exact = ends.every(function (x) { return x === null; });
    return [exact ? f.quantity : null].concat(ends).map(function (x) { return x === null || !by ? null : x / by; });
  }

  /** What moved, in the figure's own unit: '1.2 Mt', '2–2.5 Mt', 'over 0.05 Mt'. */
  T.said = function (figure) {
    const own = over(figure, figure.unit_size);
    return T.words.quantity({ quantity: own[0], quantity_low: own[1], quantity_high: own[2] }, figure.unit);
  };

  /** What moved as shares of what could in the figure's period, for T.words.share. */
  T.shares = function (figure, full) {
    const own = over(figure, full);
    return { utilisation: own[0], utilisation_low: own[1], utilisation_high: own[2] };
  };

  /** '1.2 of 4 Mt/year', '241,114 bbl, limit 500,000 bbl/year' or '43 voyages'. */
  T.amount = function (figure) {
    if (!figure.could) return figure.moved;
    if (figure.capacity === null) return figure.moved + ', ' + figure.could;
    return T.words.bare(figure.moved, figure.unit) + ' of ' + figure.could;
  };

  /** Shares of a capacity that is "at least" so much: at most so large, with no lower end. */
  T.atMost = function (shares, least) {
    const most = shares.utilisation_high ?? shares.utilisation;
    return least ? { utilisation_high: most } : shares;
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

  /**
   * Held against a capacity, for the whole period, proven, near in time, of high rank; then by id.
   * @type {(figure: Scene.Figure, w: Span) => Key}
   */
  function order(figure, w) {
    const how = fit(figure, w), span = days(figure.start, figure.end);
    return [figure.capacity === null ? 1 : 0, how > COVERS ? 1 : 0, figure.basis === 'claimed' ? 1 : 0, how,
      how === COVERS ? span : -span, figure.rank, figure.id];
  }

  /** @type {(a: Key, b: Key) => number} */
  function compare(a, b) {
    for (let i = 0; i < a.length; i++) {
      if (a[i] < b[i]) return -1;
      if (a[i] > b[i]) return 1;
    }
    return 0;
  }

  /** @type {(figures: Scene.Figure[], key: (figure: Scene.Figure) => Key) => Scene.Figure[]} */
  function ordered(figures, key) {
    return figures.map(function (f) { return { f: f, key: key(f) }; })
      .sort(function (a, b) { return compare(a.key, b.key); })
      .map(function (item) { return item.f; });
  }

  /** @type {(row: Scene.Figure[]) => number} */
  function covered(row) {
    return row.reduce(function (sum, f) { return sum + days(f.start, f.end); }, 0);
  }

  /** @type {(figure: Scene.Figure, first: Scene.Figure) => boolean} */
  function addable(figure, first) {
    return (figure.capacity === null) === (first.capacity === null) && figure.rank === 1 &&
      figure.basis !== 'claimed' && !/^(over|under) /.test(figure.moved);
  }

  /** @type {(like: Scene.Figure[]) => Scene.Figure[]} */
  function inARow(like) {
    /** @type {Scene.Figure[]} */
    const chosen = [];
    ordered(like, function (f) { return [f.end, f.start, f.id]; }).forEach(function (f) {
      if (!chosen.length || f.start > chosen[chosen.length - 1].end) chosen.push(f);
    });
    return chosen;
  }

  /** @type {(figures: Scene.Figure[], value: (figure: Scene.Figure) => number) => number} */
  function total(figures, value) {
    return figures.reduce(function (sum, f) { return sum + value(f); }, 0);
  }

  /** One end of a sum: an exact figure counts as it is. @type {(found: Scene.Figure[], end: 'quantity_low' | 'quantity_high') => Known} */
  function summed(found, end) {
    if (found.every(function (f) { return f[end] === null; })) return null;
    return total(found, function (f) { return f[end] ?? f.quantity ?? 0; });
  }

  /** @type {(found: Scene.Figure[]) => string} */
  function periods(found) {
    if (found.length <= NAMED) return T.words.joined(found.map(function (f) { return f.period; }));
    return T.period(found[0].start, found[found.length - 1].end);
  }

  /** Figures of one cargo and way that follow each other, as their sum over all their years. @param {Scene.Figure[]} found */
  function added(found) {
    const first = found[0], years = total(found, function (f) { return f.years; });
    const quantity = total(found, function (f) { return f.quantity || 0; });
    const full = first.capacity === null ? null
      : total(found, function (f) { return (f.capacity || 0) * f.years; });
    const weakest = found.reduce(function (worst, f) {
      return WEAKNESS.indexOf(f.basis) > WEAKNESS.indexOf(worst.basis) ? f : worst;
    });
    return worded(Object.assign({}, first, {
      id: found.map(function (f) { return f.id; }).join('+'),
      flows: found.flatMap(function (f) { return f.flows; }),
      end: found[found.length - 1].end, years: years, quantity: quantity, rate: quantity / years,
      capacity: full === null ? null : full / years, basis: weakest.basis, dash: weakest.dash,
      lanes: [{ word: first.what, colour: first.lanes[0].colour, rate: quantity / years }],
      period: periods(found), key: '', added: found.length,
      quantity_low: summed(found, 'quantity_low'), quantity_high: summed(found, 'quantity_high'),
    }), full);
  }

  /** @type {(figure: Scene.Figure, full: number | null) => Scene.Figure} */
  function worded(figure, full) {
    const could = full === null ? '' : T.words.rounded(full / figure.unit_size) + ' ' + figure.unit;
    const told = Object.assign(figure, {
      moved: T.said(figure), could: could, share: full ? T.words.share(T.shares(figure, full)) : '',
    });
    const amount = could ? T.amount(told) + ' · ' + told.share : told.moved;
    return Object.assign(told, { label: amount + ' (' + figure.period + ', added up)' });
  }

  /** @type {(found: Scene.Figure[], w: Span) => Scene.Figure} */
  function best(found, w) {
    const first = ordered(found, function (f) { return order(f, w); })[0];
    if (fit(first, w) !== INSIDE) return first;
    /** @type {Map<string, { key: Key, like: Scene.Figure[] }>} */
    const rows = new Map();
    found.filter(function (f) { return fit(f, w) === INSIDE && addable(f, first); }).forEach(function (f) {
      const key = [f.kind, f.what, f.direction], name = JSON.stringify(key);
      const row = rows.get(name) || { key: key, like: [] };
      rows.set(name, row);
      row.like.push(f);
    });
    const candidates = Array.from(rows.values()).sort(function (a, b) { return compare(a.key, b.key); })
      .map(function (row) { return inARow(row.like); });
    const longest = candidates.reduce(function (most, row) {
      return covered(row) > covered(most) ? row : most;
    }, /** @type {Scene.Figure[]} */ ([]));
    return longest.length > 1 && covered(longest) > covered([first]) ? added(longest) : first;
  }

  /** @type {(found: Scene.Figure[], w: Span) => Scene.Figure[]} */
  function cores(found, w) {
    if (!found.length) return [];
    const first = best(found, w);
    const other = first.direction === 0 ? []
      : found.filter(function (f) { return f.direction === -first.direction && f.kind === first.kind; });
    return other.length ? [first, best(other, w)] : [first];
  }

  /** {cores, casing, said} of a line for a period {start, end}, or null for the one it opens with. */
  T.state = function (pipe, window) {
    if (!window) {
      const shown = pipe.figures.filter(function (f) { return pipe.shown.indexOf(f.id) >= 0; });
      const counts = pipe.figures.filter(function (f) { return f.rate === null; });
      return {
        cores: shown, casing: shown.length ? null : inForce(pipe.casings, null),
        said: shown.length ? [] : counts.slice(-1),
      };
    }
    const near = pipe.figures.filter(function (f) {
      return f.start && f.start <= window.end && f.end >= window.start;
    });
    const chosen = cores(near.filter(function (f) { return f.rate !== null; }), window);
    const counts = ordered(near.filter(function (f) { return f.rate === null; }),
      function (f) { return order(f, window); });
    return {
      cores: chosen, casing: chosen.length ? null : inForce(pipe.casings, window),
      said: chosen.length ? [] : counts.slice(0, 1),
    };
  };

  /** What a state says in one line; '?' where nothing is known. */
  T.stateWords = function (state) {
    const told = state.cores.length ? state.cores : state.said;
    return told.map(function (f) { return f.label; }).join('; ') || '?';
  };
})();
