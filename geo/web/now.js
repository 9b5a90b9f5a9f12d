/* The figures of the period shown, the fullest first, beside the map; headline and deck follow. */
(function () {
  'use strict';
  const T = window.Tumen;

  const DECK = 'Widths and columns show yearly rates; a figure for a longer period is not split.';
  const WHAT_IF = 'Shares are of the capacities set under “What if”, not of published ones.';
  const FULLEST = 'The fullest period of each line';
  const MOST_TOLD = 20; // lines with their figures; the rest are added up, and found by name
  const MOST_SAID = T.rules.most_said; // figures in a headline; the rest are counted

  /**
   * How a figure's period lies to the one chosen: a longer one is not split, and says so.
   * @type {(figure: Scene.Figure, period: Span | null) => string}
   */
  function when(figure, period) {
    if (!period || figure.start === period.start && figure.end === period.end) return figure.period;
    if (figure.start <= period.start && figure.end >= period.end) return 'all of ' + figure.period + ', not split';
    return figure.period + (figure.added > 1 ? ', sum of ' + figure.added + ' figures' : '');
  }

  /** @type {(figure: Scene.Figure | null) => number} */
  function share(figure) { return figure && figure.full ? (figure.quantity || 0) / figure.full : -1; }

  /** @type {(pipe: Scene.Pipe, figure: Scene.Figure | null, state: LineState) => Ranked} */
  function ranked(pipe, figure, state) {
    return {
      pipe: pipe, figure: figure, casing: figure ? null : state.casing, share: share(figure),
      known: Boolean(figure && figure.rate !== null), listed: state.listed,
      title: figure && figure.where || pipe.title,
    };
  }

  /**
   * A figure that runs over several lines of a corridor once, at the longest of them; a line without
   * a figure not where another line of its corridor has one.
   * @type {(rows: Ranked[]) => Ranked[]}
   */
  function once(rows) {
    /** @type {Map<string, Ranked>} */
    const found = new Map();
    rows.forEach(function (row) {
      const name = row.figure ? row.figure.id : row.pipe.series ? '' : row.pipe.id;
      const key = JSON.stringify([row.pipe.corridor, name]), other = found.get(key);
      if (!other || other.pipe.length_km < row.pipe.length_km) found.set(key, row);
    });
    const told = new Set(Array.from(found.values()).filter(function (row) { return row.figure; })
      .map(function (row) { return row.pipe.corridor; }));
    return Array.from(found.values()).filter(function (row) {
      return row.figure || !row.pipe.series || !told.has(row.pipe.corridor);
    });
  }

  /** The ranking of the state that lines are in: table, headline and chart ask for the same one. @type {WeakMap<Lines, { state: string, rows: Ranked[] }>} */
  const last = new WeakMap();

  /** What each corridor shows now: ranked by how full it is, amounts without a share after, unknown last. */
  T.ranking = function (lines) {
    const state = JSON.stringify([lines.window, lines.held, lines.chosen && [lines.chosen.column, lines.chosen.word]]), kept = last.get(lines);
    if (kept && kept.state === state) return kept.rows;
    const rows = rank(lines);
    last.set(lines, { state: state, rows: rows });
    return rows;
  };

  /** @type {(lines: Lines) => Ranked[]} */
  function rank(lines) {
    const told = lines.pipes.concat(lines.totals).filter(function (p) {
      return !p.context && lines.active(p) && (p.figures.length || p.casings.length);
    });
    const rows = once(told.flatMap(function (pipe) {
      const state = lines.state(pipe), figures = state.cores.length ? state.cores : state.said;
      if (!figures.length) return [ranked(pipe, null, state)];
      return figures.map(function (f) { return ranked(pipe, f, state); });
    }));
    return rows.sort(function (a, b) {
      return b.share - a.share || Number(b.known) - Number(a.known) || Number(Boolean(b.figure)) - Number(Boolean(a.figure));
    });
  }

  /** @type {(value: number) => SVGElement} */
  function bar(value) {
    const picture = T.svg('svg', { width: 64, height: 10, viewBox: '0 0 64 10', 'aria-hidden': 'true', class: 'share-bar' });
    picture.append(T.svg('rect', { x: 0.5, y: 0.5, width: 63, height: 9, class: 'casing' }),
      T.svg('rect', { x: 0.5, y: 2, width: Math.min(63, Math.max(0.5, value * 63)), height: 6, class: value > 1 ? 'core over' : 'core' }));
    return picture;
  }

  /** @type {(map: import('leaflet').Map, pipe: Scene.Pipe, title: string) => HTMLElement} */
  function opener(map, pipe, title) {
    if (!pipe.parts.length) return T.el('span', {}, title);
    const node = T.el('button', { type: 'button', class: 'link' }, title);
    node.addEventListener('click', function () { map.fire('tumen:open', { pipe: pipe.id }); });
    return node;
  }

  /** Who says so, in short. @type {(number: number) => string} */
  function speaker(number) {
    const source = document.getElementById('source-' + number);
    return source && source.dataset.by || '';
  }

  /** Numbers of the sources of a figure and of what it is compared with. */
  T.citesOf = function (f) { return f.cites.length ? f.cites : f.source ? [f.source] : []; };

  /** The cargo of a figure before what is said of it: 'coal, '; '' where its unit says it. */
  T.cargoWords = function (f) { return f.what && f.what !== f.unit ? f.what + ', ' : ''; };

  /** @type {(f: Scene.Figure, period: Span | null) => Child[]} */
  function details(f, period) {
    /** @type {Child[]} */
    const line = [T.el('strong', {}, T.amount(f) + f.key), f.share && f.at ? ' at ' + f.at + ', ' : ' ', T.cargoWords(f), when(f, period), ' ',
      T.el('span', { class: 'basis basis-' + f.basis }, f.basis), ' '];
    if (f.added > 1) line.push('(sum of ' + f.added + ' figures) ');
    return line.concat(T.citesOf(f).flatMap(function (n) { return [T.cite(n), ' ']; }),
      [T.el('span', { class: 'quiet' }, speaker(f.source))]);
  }

  /** What else is known of the period: it is not added up. @type {(item: Ranked) => Child[]} */
  function also(item) {
    const known = item.listed.filter(function (f) { return f.moved; });
    if (!item.figure || !known.length) return [];
    const said = known.map(function (f) { return (f.what === f.unit ? '' : f.what + ' ') + f.moved + ' (' + f.period + ')'; });
    const more = said.length - MOST_SAID;
    const words = said.slice(0, MOST_SAID).join(', ') + (more > 0 ? ' and ' + more + ' more below' : '');
    return [T.el('span', { class: 'quiet also' }, ' Not added: ' + words + '.')];
  }

  /** One line of the ranking: its name and how full it is, and below what moved and who says so. @type {(map: import('leaflet').Map, item: Ranked, period: Span | null) => HTMLElement} */
  function entry(map, item, period) {
    const f = item.figure, unknown = item.casing ? 'unknown, of ' + item.casing.could + ' ' : 'unknown ';
    const full = !f ? '?' : item.share >= 0 ? [T.el('strong', {}, f.share), bar(item.share)] : f.share || '–';
    const told = f ? details(f, period).concat(also(item)) : item.casing ? [unknown, T.cite(item.casing.source)] : [unknown];
    return T.el('tbody', { 'data-row-pipe': item.pipe.parts.length ? item.pipe.id : item.pipe.corridor }, [
      T.el('tr', {}, [T.el('th', { scope: 'row', rowspan: 1 }, [opener(map, item.pipe, item.title)]), T.el('td', { class: 'full' }, full)]),
      T.el('tr', {}, [T.el('td', { colspan: 2, class: 'told' }, told)]),
    ]);
  }

  /** @type {(lines: Lines) => string} */
  function caption(lines) {
    const period = lines.window, words = period ? T.period(period.start, period.end) : FULLEST;
    return words + (lines.whatIf() ? ', what if' : '');
  }

  /** The corridor of a line and what it says of its way, to be found by. @type {(item: Ranked, words: string) => boolean} */
  function named(item, words) {
    return [item.title, item.pipe.corridor_title, item.pipe.title].join(' ').toLowerCase().indexOf(words) >= 0;
  }

  /** Yearly rates of lines, added up by kind of unit: '312 Mt/year, 4 of unknown amount'. @type {(rows: Ranked[]) => string} */
  function together(rows) {
    /** @type {Map<string, number>} */
    const rates = new Map();
    rows.forEach(function (item) {
      const f = item.figure;
      if (f && f.rate !== null) rates.set(f.kind, (rates.get(f.kind) || 0) + f.rate);
    });
    const told = Array.from(rates, function (own) {
      const units = Object.entries(T.rules.multiples).filter(function (u) { return u[1][0] === own[0] && u[1][1] <= own[1]; })
        .sort(function (a, b) { return b[1][1] - a[1][1]; });
      const unit = units.length ? units[0] : [own[0], [own[0], 1]];
      return T.words.rounded(own[1] / Number(unit[1][1])) + ' ' + unit[0] + '/year';
    });
    const unknown = rows.filter(function (item) { return !item.figure || item.figure.rate === null; }).length;
    return told.concat(unknown ? [T.words.number(unknown) + ' of unknown amount'] : []).join(', ');
  }

  /** What is not told line by line, and the field that finds it. @type {(rest: Ranked[], sought: HTMLInputElement) => HTMLElement} */
  function others(rest, sought) {
    const words = T.words.number(rest.length) + ' more line' + (rest.length === 1 ? '' : 's') + ', yearly rates added up: ' + together(rest);
    return T.el('p', { class: 'ranking-more' }, [T.el('label', {}, ['Find a line ', sought]), rest.length ? words : '']);
  }

  /** @type {(map: import('leaflet').Map, lines: Lines, sought: HTMLInputElement) => HTMLElement[]} */
  function table(map, lines, sought) {
    const head = T.el('thead', {}, [T.el('tr', {}, ['Line, and what moved of what could', 'Full'].map(function (w) {
      return T.el('th', { scope: 'col' }, w);
    }))]);
    const every = T.ranking(lines), words = sought.value.trim().toLowerCase();
    const own = words ? every.filter(function (item) { return named(item, words); }) : every;
    const body = own.slice(0, MOST_TOLD).map(function (item) { return entry(map, item, lines.window); });
    const more = every.length > MOST_TOLD ? [others(own.slice(MOST_TOLD), sought)] : [];
    return [T.el('h2', {}, 'Key figures'), ...more, T.el('table', { class: 'ranking' }, [T.el('caption', {}, caption(lines)), head, ...body])];
  }

  /** The finding of a period, or of the fullest ones, in one line: the fullest first, the rest counted. */
  T.headline = function (lines, period) {
    const words = period ? T.period(period.start, period.end) : FULLEST;
    const told = T.ranking(lines).flatMap(function (item) {
      const f = item.figure;
      if (!f || !item.known) return [];
      const full = f.share ? ', ' + f.share + (f.at ? ' at ' + f.at : '') : '', own = when(f, period);
      return item.title + ': ' + T.cargoWords(f) + T.amount(f) + full + ', ' + f.basis + (own === words ? '' : ' (' + own + ')');
    });
    const more = told.length - MOST_SAID;
    const rest = more > 0 ? [more + ' more figure' + (more > 1 ? 's' : '') + ' below'] : [];
    return words + ': ' + (told.slice(0, MOST_SAID).concat(rest).join('; ') || 'no amount is known');
  };

  T.kinds.now = function (map) {
    const lines = T.needLines(map), root = T.slot('now', map, 'Key figures', 'topright');
    const title = document.querySelector('.briefing h1'), deck = document.querySelector('.briefing .deck');
    const first = [title, deck].map(function (node) { return node && node.textContent || ''; });
    const say = function (/** @type {string} */ words) {
      if (!title) return;
      title.textContent = words;
      title.classList.toggle('long', words.length > T.rules.long_headline);
    };
    const sought = T.el('input', { type: 'search' });
    const tell = function () { root.replaceChildren(...table(map, lines, sought)); };
    sought.addEventListener('input', function () { tell(); sought.focus(); });
    const update = function () {
      const period = lines.window, whatIf = lines.whatIf();
      tell();
      say(whatIf ? 'What if. ' + T.headline(lines, period) : period ? T.headline(lines, period) : first[0]);
      if (deck) deck.textContent = whatIf ? WHAT_IF : period ? DECK : first[1];
    };
    update();
    map.on('tumen:state', update);
  };
})();
