/* What a line or place says when it is opened: every claim, with its numbered source. */
(function () {
  'use strict';
  const T = window.Tumen;

  function cite(number) {
    return T.el('a', { href: '#source-' + number, class: 'cite' }, '[' + number + ']');
  }

  T.cite = cite;

  function claim(item) {
    const head = T.el('strong', {}, item.figure);
    const what = item.figure.endsWith(item.what) ? '' : item.what;
    const words = [what, item.period, item.share].filter(Boolean).join(', ');
    const basis = T.el('span', { class: 'basis basis-' + item.basis }, item.basis);
    const line = T.el('p', {}, [head, ' ', words, ' ', basis, ' ', cite(item.source)]);
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
      sources.forEach(function (number) { row.append(cite(number), ' '); });
      box.append(row);
    }
    box.append(T.claims(claims));
    return box;
  };

  /** Open a popup that takes the focus, names itself and gives the focus back when it closes. */
  T.openPopup = function (map, at, content, from) {
    const popup = L.popup(T.popupOptions(map)).setLatLng(at).setContent(content).openOn(map);
    const box = popup.getElement();
    box.setAttribute('role', 'dialog');
    box.setAttribute('aria-label', content.querySelector('h2').textContent);
    box.setAttribute('tabindex', '-1');
    const scroller = box.querySelector('.leaflet-popup-content');
    scroller.setAttribute('tabindex', '0');
    scroller.setAttribute('role', 'region');
    scroller.setAttribute('aria-label', 'Every figure and its source');
    box.focus({ preventScroll: true });
    box.addEventListener('keydown', function (event) { if (event.key === 'Escape') map.closePopup(popup); });
    popup.on('remove', function () {
      if (from && from.isConnected && box.contains(document.activeElement)) from.focus({ preventScroll: true });
    });
    return popup;
  };

  T.popupOptions = function (map) {
    const size = map.getSize();
    return { maxWidth: Math.min(380, size.x - 40), maxHeight: Math.max(140, Math.min(360, size.y - 130)), autoPanPaddingTopLeft: [50, 50] };
  };
})();
