/* What a line or place says when it is opened: every claim, with its numbered source. */
(function () {
  'use strict';
  const T = window.Tumen;

  /** @type {Map<number, { text: string, url: string }>} */
  const sources = new Map();

  /** @type {(number: number) => { text: string, url: string }} */
  function readSource(number) {
    const item = document.getElementById('source-' + number);
    if (!item) return { text: '[' + number + ']', url: '' };
    const link = item.querySelector('a:not(.back)');
    const words = Array.from(item.childNodes).filter(function (n) { return n.nodeType === Node.TEXT_NODE; });
    return {
      text: words.map(function (n) { return n.textContent; }).join('').trim(),
      url: link ? link.getAttribute('href') || '' : '',
    };
  }

  /** A source as the page lists it, its number where it lists none. */
  T.sourceOf = function (number) {
    const known = sources.get(number) || readSource(number);
    sources.set(number, known);
    return known;
  };

  /** The number of a source, which says whose word it is when it is pointed at or read aloud. */
  T.cite = function (number) {
    const words = '[' + number + ']', said = T.sourceOf(number).text;
    const link = T.el('a', { href: '#source-' + number, class: 'cite' }, words);
    if (said !== words) link.title = said;
    return link;
  };

  /** @type {(item: Scene.Claim) => HTMLElement} */
  function claim(item) {
    const head = T.el('strong', {}, item.figure);
    const what = item.figure.endsWith(item.what) ? '' : item.what;
    const words = [what, item.period, item.share].filter(Boolean).join(', ');
    const basis = T.el('span', { class: 'basis basis-' + item.basis }, item.basis);
    const line = T.el('p', {}, [head, ' ', words, ' ', basis, ' ', T.cite(item.source)]);
    const box = T.el('li', { class: item.drawn ? 'drawn' : '' }, [line]);
    if (item.drawn) line.prepend(T.el('span', { class: 'tag' }, 'drawn'), ' ');
    if (item.standing) line.append(' ', T.el('span', { class: 'tag' }, item.standing));
    if (item.note) box.append(T.el('p', { class: 'note' }, item.note));
    return box;
  }

  /** Claims with those whose figure is drawn first; of ties the order of the data stays. */
  T.ranked = function (claims, drawn) {
    const own = claims.map(function (claim) {
      return Object.assign({}, claim, { drawn: Boolean(claim.id) && drawn.indexOf(claim.id) >= 0 });
    });
    return own.filter(function (c) { return c.drawn; }).concat(own.filter(function (c) { return !c.drawn; }));
  };

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
      sources.forEach(function (number) { row.append(T.cite(number), ' '); });
      box.append(row);
    }
    box.append(T.claims(claims));
    return box;
  };

  /** @type {(node: Element | null, attributes: { [name: string]: string }) => void} */
  function say(node, attributes) {
    Object.keys(attributes).forEach(function (name) { if (node) node.setAttribute(name, attributes[name]); });
  }

  /** Open a popup that takes the focus, names itself and gives the focus back when it closes. */
  T.openPopup = function (map, at, content, from) {
    const popup = L.popup(T.popupOptions(map)).setLatLng(at).setContent(content).openOn(map);
    const box = popup.getElement(), title = content.querySelector('h2');
    if (!box) return popup;
    say(box, { role: 'dialog', 'aria-label': title ? title.textContent : '', tabindex: '-1' });
    say(box.querySelector('.leaflet-popup-content'),
      { role: 'region', 'aria-label': 'Every figure and its source', tabindex: '0' });
    box.focus({ preventScroll: true });
    box.addEventListener('keydown', function (event) { if (event.key === 'Escape') map.closePopup(popup); });
    popup.on('remove', function () {
      const within = box.contains(document.activeElement);
      if (within && from && from.isConnected) from.focus({ preventScroll: true });
    });
    return popup;
  };

  T.popupOptions = function (map) {
    const size = map.getSize();
    return { maxWidth: Math.min(380, size.x - 40), maxHeight: Math.max(140, Math.min(360, size.y - 130)), autoPanPaddingTopLeft: [50, 50] };
  };
})();
