/* What a line or place says when it is opened: every claim, with its numbered source. */
(function () {
  'use strict';
  const T = window.Tumen;

  function cite(number) {
    return T.el('a', { href: '#source-' + number, class: 'cite' }, '[' + number + ']');
  }

  function claim(item) {
    const head = T.el('strong', {}, item.figure);
    const what = item.figure.endsWith(item.what) ? '' : item.what;
    const words = [what, item.period, item.share].filter(Boolean).join(', ');
    const basis = T.el('span', { class: 'basis basis-' + item.basis }, item.basis);
    const line = T.el('p', {}, [head, ' ', words, ' ', basis, ' ', cite(item.source)]);
    const box = T.el('li', { class: item.drawn ? 'drawn' : '' }, [line]);
    if (item.drawn) line.prepend(T.el('span', { class: 'tag' }, 'drawn'), ' ');
    if (item.note) box.append(T.el('p', { class: 'note' }, item.note));
    return box;
  }

  const GROUPS = [['flow', 'Moved'], ['capacity', 'Could move'], ['attribute', 'Also known']];

  T.claims = function (claims) {
    const box = T.el('div', { class: 'claims' });
    GROUPS.forEach(function (group) {
      const own = claims.filter(function (c) { return c.group === group[0]; });
      if (!own.length) return;
      box.append(T.el('h3', {}, group[1]), T.el('ul', {}, own.map(claim)));
    });
    return box;
  };

  T.popup = function (title, lines, claims, sources) {
    const box = T.el('div', { class: 'tumen-popup' }, [T.el('h2', {}, title)]);
    lines.filter(Boolean).forEach(function (line) { box.append(T.el('p', { class: 'line' }, line)); });
    if (sources && sources.length) {
      const row = T.el('p', { class: 'line' }, 'Course: ');
      sources.forEach(function (number) { row.append(cite(number), ' '); });
      box.append(row);
    }
    box.append(T.claims(claims));
    return box;
  };

  T.popupOptions = function (map) {
    const size = map.getSize();
    return { maxWidth: Math.min(380, size.x - 40), maxHeight: Math.max(140, Math.min(360, size.y - 130)), autoPanPaddingTopLeft: [50, 50] };
  };
})();
