/* The figures of the period shown, the fullest first, beside the map; headline and deck follow. */
(function () {
  'use strict';
  const T = window.Tumen;

  const DECK = 'Widths show each figure of the chosen period at its yearly rate. Pale casing: what ' +
    'could move; core: what moved. A figure for a longer period is not split.';

  /** How a figure's period lies to the one chosen: a longer one is not split, and says so. */
  function when(figure, period) {
    if (!period || figure.start === period.start && figure.end === period.end) return figure.period;
    if (figure.start <= period.start && figure.end >= period.end) return 'all of ' + figure.period + ', not split';
    return figure.period + (figure.added > 1 ? ', added up' : '');
  }

  function share(figure) { return figure.capacity ? figure.rate / figure.capacity : -1; }

  /** What each line shows now: ranked by how full it is, amounts without a share after, unknown last. */
  T.ranking = function (lines) {
    const told = lines.pipes.concat(lines.totals).filter(function (p) {
      return !p.context && lines.active(p) && (p.figures.length || p.casings.length);
    });
    const rows = [];
    told.forEach(function (pipe) {
      const state = lines.state(pipe), figures = state.cores.length ? state.cores : state.said;
      figures.forEach(function (f) { rows.push({ pipe: pipe, figure: f, share: share(f), known: f.rate !== null }); });
      if (!figures.length) rows.push({ pipe: pipe, figure: null, casing: state.casing, share: -1, known: false });
    });
    return rows.sort(function (a, b) {
      return b.share - a.share || b.known - a.known || Boolean(b.figure) - Boolean(a.figure);
    });
  };

  function bar(value) {
    const picture = T.svg('svg', { width: 64, height: 10, viewBox: '0 0 64 10', 'aria-hidden': 'true', class: 'share' });
    picture.append(T.svg('rect', { x: 0.5, y: 0.5, width: 63, height: 9, class: 'casing' }),
      T.svg('rect', { x: 0.5, y: 2, width: Math.min(63, Math.max(0.5, value * 63)), height: 6, class: value > 1 ? 'core over' : 'core' }));
    return picture;
  }

  function opener(map, pipe) {
    if (!pipe.parts.length) return T.el('span', {}, pipe.title);
    const node = T.el('button', { type: 'button', class: 'link' }, pipe.title);
    node.addEventListener('click', function () { map.fire('tumen:open', { pipe: pipe.id }); });
    return node;
  }

  function details(f, period) {
    const line = [T.el('strong', {}, T.amount(f) + f.key), ' ', f.what === f.unit ? '' : f.what + ', ', when(f, period), ' ',
      T.el('span', { class: 'basis basis-' + f.basis }, f.basis), ' '];
    if (f.added > 1) line.push('(sum of ' + f.added + ' figures) ');
    return line.concat([T.cite(f.source)]);
  }

  /** One line of the ranking: its name and how full it is, and below what moved and who says so. */
  function entry(map, item, period) {
    const f = item.figure, unknown = item.casing ? 'unknown, of ' + item.casing.could + ' ' : 'unknown ';
    const full = !f ? '?' : item.share >= 0 ? [T.el('strong', {}, f.share), bar(item.share)] : f.share || '–';
    const told = f ? details(f, period) : [unknown].concat(item.casing ? [T.cite(item.casing.source)] : []);
    return T.el('tbody', { 'data-row-pipe': item.pipe.parts.length ? item.pipe.id : item.pipe.corridor }, [
      T.el('tr', {}, [T.el('th', { scope: 'row', rowspan: 1 }, [opener(map, item.pipe)]), T.el('td', { class: 'full' }, full)]),
      T.el('tr', {}, [T.el('td', { colspan: 2, class: 'told' }, told)]),
    ]);
  }

  function table(map, lines) {
    const period = lines.window;
    const words = period ? T.period(period.start, period.end) : 'The fullest period of each line';
    const head = T.el('thead', {}, [T.el('tr', {}, ['Line, and what moved of what could', 'Full'].map(function (w) {
      return T.el('th', { scope: 'col' }, w);
    }))]);
    const body = T.ranking(lines).map(function (item) { return entry(map, item, period); });
    return [T.el('h2', {}, 'Key figures'), T.el('table', { class: 'ranking' }, [T.el('caption', {}, words), head].concat(body))];
  }

  /** The finding of a period in one line. */
  T.headline = function (lines) {
    const period = lines.window, words = T.period(period.start, period.end);
    const told = T.ranking(lines).filter(function (item) { return item.known; }).map(function (item) {
      const f = item.figure, full = item.share >= 0 ? ', ' + f.share + ' full' : f.share ? ', ' + f.share : '';
      const own = when(f, period);
      return item.pipe.title + ' ' + T.amount(f) + full + ', ' + f.basis + (own === words ? '' : ' (' + own + ')');
    });
    return words + ': ' + (told.join('; ') || 'no amount is known');
  };

  T.kinds.now = function (map) {
    const lines = T.needLines(map), root = T.slot('now', map, 'Key figures', 'topright');
    const title = document.querySelector('.briefing h1'), deck = document.querySelector('.briefing .deck');
    const first = title && [title.textContent, deck.textContent];
    const update = function () {
      root.replaceChildren.apply(root, table(map, lines));
      if (!title) return;
      title.textContent = lines.window ? T.headline(lines) : first[0];
      deck.textContent = lines.window ? DECK : first[1];
    };
    update();
    map.on('tumen:state', update);
  };
})();
