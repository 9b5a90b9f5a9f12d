/* The figures of the period shown, the fullest first, beside the map; headline and deck follow. */
(function () {
  'use strict';
  const T = window.Tumen;

  const DECK = 'Widths show each figure of the chosen period at its yearly rate. Pale casing: what ' +
    'could move; core: what moved. A figure for a longer period is not split.';

  /**
   * How a figure's period lies to the one chosen: a longer one is not split, and says so.
   * @type {(figure: Scene.Figure, period: Span | null) => string}
   */
  function when(figure, period) {
    if (!period || figure.start === period.start && figure.end === period.end) return figure.period;
    if (figure.start <= period.start && figure.end >= period.end) return 'all of ' + figure.period + ', not split';
    return figure.period + (figure.added > 1 ? ', added up' : '');
  }

  /** @type {(figure: Scene.Figure) => number} */
  function share(figure) { return figure.capacity ? (figure.rate || 0) / figure.capacity : -1; }

  /** What each line shows now: ranked by how full it is, amounts without a share after, unknown last. */
  T.ranking = function (lines) {
    const told = lines.pipes.concat(lines.totals).filter(function (p) {
      return !p.context && lines.active(p) && (p.figures.length || p.casings.length);
    });
    /** @type {Ranked[]} */
    const rows = [];
    told.forEach(function (pipe) {
      const state = lines.state(pipe), figures = state.cores.length ? state.cores : state.said;
      figures.forEach(function (f) { rows.push({ pipe: pipe, figure: f, casing: null, share: share(f), known: f.rate !== null }); });
      if (!figures.length) rows.push({ pipe: pipe, figure: null, casing: state.casing, share: -1, known: false });
    });
    return rows.sort(function (a, b) {
      return b.share - a.share || Number(b.known) - Number(a.known) || Number(Boolean(b.figure)) - Number(Boolean(a.figure));
    });
  };

  /** @type {(value: number) => SVGElement} */
  function bar(value) {
    const picture = T.svg('svg', { width: 64, height: 10, viewBox: '0 0 64 10', 'aria-hidden': 'true', class: 'share-bar' });
    picture.append(T.svg('rect', { x: 0.5, y: 0.5, width: 63, height: 9, class: 'casing' }),
      T.svg('rect', { x: 0.5, y: 2, width: Math.min(63, Math.max(0.5, value * 63)), height: 6, class: value > 1 ? 'core over' : 'core' }));
    return picture;
  }

  /** @type {(map: import('leaflet').Map, pipe: Scene.Pipe) => HTMLElement} */
  function opener(map, pipe) {
    if (!pipe.parts.length) return T.el('span', {}, pipe.title);
    const node = T.el('button', { type: 'button', class: 'link' }, pipe.title);
    node.addEventListener('click', function () { map.fire('tumen:open', { pipe: pipe.id }); });
    return node;
  }

  /** Who says so, in short. @type {(number: number) => string} */
  function speaker(number) {
    const source = document.getElementById('source-' + number);
    return source && source.dataset.by || '';
  }

  /** @type {(f: Scene.Figure, period: Span | null) => Child[]} */
  function details(f, period) {
    /** @type {Child[]} */
    const line = [T.el('strong', {}, T.amount(f) + f.key), ' ', f.what === f.unit ? '' : f.what + ', ', when(f, period), ' ',
      T.el('span', { class: 'basis basis-' + f.basis }, f.basis), ' '];
    if (f.added > 1) line.push('(sum of ' + f.added + ' figures) ');
    return line.concat([T.cite(f.source), ' ', T.el('span', { class: 'quiet' }, speaker(f.source))]);
  }

  /** One line of the ranking: its name and how full it is, and below what moved and who says so. @type {(map: import('leaflet').Map, item: Ranked, period: Span | null) => HTMLElement} */
  function entry(map, item, period) {
    const f = item.figure, unknown = item.casing ? 'unknown, of ' + item.casing.could + ' ' : 'unknown ';
    const full = !f ? '?' : item.share >= 0 ? [T.el('strong', {}, f.share), bar(item.share)] : f.share || '–';
    const told = f ? details(f, period) : item.casing ? [unknown, T.cite(item.casing.source)] : [unknown];
    return T.el('tbody', { 'data-row-pipe': item.pipe.parts.length ? item.pipe.id : item.pipe.corridor }, [
      T.el('tr', {}, [T.el('th', { scope: 'row', rowspan: 1 }, [opener(map, item.pipe)]), T.el('td', { class: 'full' }, full)]),
      T.el('tr', {}, [T.el('td', { colspan: 2, class: 'told' }, told)]),
    ]);
  }

  /** @type {(map: import('leaflet').Map, lines: Lines) => HTMLElement[]} */
  function table(map, lines) {
    const period = lines.window;
    const words = period ? T.period(period.start, period.end) : 'The fullest period of each line';
    const head = T.el('thead', {}, [T.el('tr', {}, ['Line, and what moved of what could', 'Full'].map(function (w) {
      return T.el('th', { scope: 'col' }, w);
    }))]);
    const body = T.ranking(lines).map(function (item) { return entry(map, item, period); });
    return [T.el('h2', {}, 'Key figures'), T.el('table', { class: 'ranking' }, [T.el('caption', {}, words), head, ...body])];
  }

  /** The finding of a period in one line. */
  T.headline = function (lines, period) {
    const words = T.period(period.start, period.end);
    const told = T.ranking(lines).flatMap(function (item) {
      const f = item.figure;
      if (!f || !item.known) return [];
      const full = item.share >= 0 ? ', ' + f.share + ' full' : f.share ? ', ' + f.share : '';
      const own = when(f, period);
      return item.pipe.title + ' ' + T.amount(f) + full + ', ' + f.basis + (own === words ? '' : ' (' + own + ')');
    });
    return words + ': ' + (told.join('; ') || 'no amount is known');
  };

  T.kinds.now = function (map) {
    const lines = T.needLines(map), root = T.slot('now', map, 'Key figures', 'topright');
    const title = document.querySelector('.briefing h1'), deck = document.querySelector('.briefing .deck');
    const first = [title, deck].map(function (node) { return node ? node.textContent : ''; });
    const update = function () {
      const period = lines.window;
      root.replaceChildren(...table(map, lines));
      if (title) title.textContent = period ? T.headline(lines, period) : first[0];
      if (deck) deck.textContent = period ? DECK : first[1];
    };
    update();
    map.on('tumen:state', update);
  };
})();
