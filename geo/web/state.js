/* Which figures of a line are drawn for a period: the same choice as geo/scene/state.py makes. */
(function () {
  'use strict';
  const T = window.Tumen;
  const EXACT = 0, COVERS = 1, INSIDE = 2, PARTLY = 3;
  const NAMED = 3;
  const WEAKNESS = ['observed', 'reported', 'derived', 'claimed'];
  const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

  function days(start, end) { return Math.round((Date.parse(end) - Date.parse(start)) / 864e5) + 1; }

  function split(iso) { return iso.split('-').map(Number); }

  function day(date) { return date[2] + ' ' + MONTHS[date[1] - 1] + ' ' + date[0]; }

  function lastDay(date) { return new Date(Date.UTC(date[0], date[1], 0)).getUTCDate(); }

  function months(a, b) {
    const first = MONTHS[a[1] - 1], last = MONTHS[b[1] - 1];
    if (a[1] === 1 && b[1] === 12) return a[0] === b[0] ? String(a[0]) : a[0] + '–' + b[0];
    if (a[0] !== b[0]) return first + ' ' + a[0] + '–' + last + ' ' + b[0];
    if (a[1] === b[1]) return first + ' ' + a[0];
    if (b[1] - a[1] === 2 && a[1] % 3 === 1) return 'Q' + (a[1] + 2) / 3 + ' ' + a[0];
    return first + '–' + last + ' ' + a[0];
  }

  /** A period of two ISO dates in words, as words.period in Python says it. */
  T.period = function (start, end) {
    const a = split(start), b = split(end);
    if (start === end) return day(a);
    if (a[2] === 1 && b[2] === lastDay(b)) return months(a, b);
    if (a[0] === b[0] && a[1] === b[1]) return a[2] + '–' + day(b);
    if (a[0] === b[0]) return a[2] + ' ' + MONTHS[a[1] - 1] + '–' + day(b);
    return day(a) + '–' + day(b);
  };

  function joined(words) {
    return words.length > 1 ? words.slice(0, -1).join(', ') + ' and ' + words[words.length - 1] : words.join('');
  }

  function inForce(casings, window) {
    return casings.find(function (c) {
      if (!window) return true;
      return (!c.start || c.start <= window.end) && (!c.end || c.end >= window.start);
    }) || null;
  }

  function fit(figure, w) {
    if (figure.start === w.start && figure.end === w.end) return EXACT;
    if (figure.start <= w.start && figure.end >= w.end) return COVERS;
    return w.start <= figure.start && figure.end <= w.end ? INSIDE : PARTLY;
  }

  /** Held against a capacity, for the whole period, proven, near in time, of high rank; then by id. */
  function order(figure, w) {
    const how = fit(figure, w), span = days(figure.start, figure.end);
    return [figure.capacity === null ? 1 : 0, how > COVERS ? 1 : 0, figure.basis === 'claimed' ? 1 : 0, how,
      how === COVERS ? span : -span, figure.rank, figure.id];
  }

  function compare(a, b) {
    for (let i = 0; i < a.length; i++) {
      if (a[i] < b[i]) return -1;
      if (a[i] > b[i]) return 1;
    }
    return 0;
  }

  function ordered(figures, key) {
    return figures.map(function (f) { return { f: f, key: key(f) }; })
      .sort(function (a, b) { return compare(a.key, b.key); })
      .map(function (item) { return item.f; });
  }

  function covered(row) {
    return row.reduce(function (sum, f) { return sum + days(f.start, f.end); }, 0);
  }

  function addable(figure, first) {
    return (figure.capacity === null) === (first.capacity === null) && figure.rank === 1 &&
      figure.basis !== 'claimed' && !/^(over|under) /.test(figure.moved);
  }

  function inARow(like) {
    const chosen = [];
    ordered(like, function (f) { return [f.end, f.start, f.id]; }).forEach(function (f) {
      if (!chosen.length || f.start > chosen[chosen.length - 1].end) chosen.push(f);
    });
    return chosen;
  }

  function total(figures, value) {
    return figures.reduce(function (sum, f) { return sum + value(f); }, 0);
  }

  function periods(found) {
    if (found.length <= NAMED) return joined(found.map(function (f) { return f.period; }));
    return T.period(found[0].start, found[found.length - 1].end);
  }

  /** Figures of one cargo and way that follow each other, as their sum over all their years. */
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
      flows: [].concat.apply([], found.map(function (f) { return f.flows; })),
      end: found[found.length - 1].end, years: years, quantity: quantity, rate: quantity / years,
      capacity: full === null ? null : full / years, basis: weakest.basis, dash: weakest.dash,
      lanes: [{ word: first.what, colour: first.lanes[0].colour, rate: quantity / years }],
      period: periods(found), key: '', added: found.length,
    }), full);
  }

  function worded(figure, full) {
    const moved = T.words.number(figure.quantity / figure.unit_size);
    const could = full === null ? '' : T.words.number(Number((full / figure.unit_size).toPrecision(3)));
    const share = full ? T.words.percent(figure.quantity / full) : '';
    const of = could ? ' of ' + could + ' ' + figure.unit + ' · ' + share : ' ' + figure.unit;
    return Object.assign(figure, {
      moved: moved + ' ' + figure.unit, could: could && could + ' ' + figure.unit, share: share,
      label: moved + of + ' (' + figure.period + ', added up)',
    });
  }

  function best(found, w) {
    const first = ordered(found, function (f) { return order(f, w); })[0];
    if (fit(first, w) !== INSIDE) return first;
    const rows = new Map();
    found.filter(function (f) { return fit(f, w) === INSIDE && addable(f, first); }).forEach(function (f) {
      const key = [f.kind, f.what, f.direction];
      const name = JSON.stringify(key);
      if (!rows.has(name)) rows.set(name, { key: key, like: [] });
      rows.get(name).like.push(f);
    });
    const candidates = Array.from(rows.values()).sort(function (a, b) { return compare(a.key, b.key); })
      .map(function (row) { return inARow(row.like); });
    const longest = candidates.reduce(function (most, row) {
      return covered(row) > covered(most) ? row : most;
    }, []);
    return longest.length > 1 && covered(longest) > covered([first]) ? added(longest) : first;
  }

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
