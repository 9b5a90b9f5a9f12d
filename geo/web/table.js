/* The table of every figure: sorted, chosen from, linked with the map, copied as CSV. */
(function () {
  'use strict';
  const T = window.Tumen;
  const KINDS = ['moved', 'could move', 'factor', 'limit', 'also known', 'line', 'place'];
  const NUMBERS = ['quantity', 'low', 'high', 'base', 'held', 'full', 'fullLow', 'fullHigh'];
  const FORMULA = /^[=+\-@\t\r]/;
  const order = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

  // --- pure: sorting, choosing, CSV ---------------------------------------------------------------

  function unknown(value) {
    return value === null || value === undefined || value === '' || Number.isNaN(value);
  }

  /** Order of two cells; what is unknown stands last, whichever way the column is sorted. */
  T.compareCells = function (one, other, down) {
    if (unknown(one) || unknown(other)) return Number(unknown(one)) - Number(unknown(other));
    const numbers = typeof one === 'number' && typeof other === 'number';
    const found = numbers ? one - other : order.compare(String(one), String(other));
    return down ? -found : found;
  };

  /* What a column is sorted by: a unit that keeps its order, so that like stands with like, and the
     values that turn with the direction. */
  const BY = {
    kind: function (row) { return ['', KINDS.indexOf(row.kind)]; },
    what: function (row) { return ['', row.what, row.route]; },
    corridor: function (row) { return ['', row.corridor]; },
    period: function (row) { return ['', row.start || row.end, row.end]; },
    figure: function (row) { return [row.base === null ? '' : row.baseUnit, row.base]; },
    held: function (row) { return [row.held === null ? '' : row.heldUnit, row.held]; },
    share: function (row) { return ['', [row.full, row.fullLow, row.fullHigh].find(function (x) { return !unknown(x); })]; },
    basis: function (row) { return ['', row.basis]; },
    source: function (row) { return ['', row.source]; },
  };
  const DOWN_FIRST = ['period', 'figure', 'held', 'share'];

  /** Rows in the order of a column; rows that are equal in it keep the order they have. */
  T.sortRows = function (rows, key, down) {
    const keys = new Map(rows.map(function (row) { return [row, BY[key](row)]; }));
    return rows.slice().sort(function (one, other) {
      const a = keys.get(one), b = keys.get(other);
      for (let i = 0; i < a.length; i++) {
        const found = T.compareCells(a[i], b[i], i > 0 && down);
        if (found) return found;
      }
      return 0;
    });
  };

  /** Whether a row bears on a window of ISO dates, both included; an open end reaches any day. */
  T.inWindow = function (row, span) {
    if (!span) return true;
    return (!row.start || row.start <= span.end) && (!row.end || row.end >= span.start);
  };

  function percent(share) { return unknown(share) ? null : Number((share * 100).toPrecision(12)); }

  const COLUMNS = [
    ['kind', function (r) { return r.kind; }],
    ['id', function (r) { return r.id; }],
    ['what', function (r) { return r.what; }],
    ['about', function (r) { return r.route; }],
    ['corridor', function (r) { return r.corridor; }],
    ['period', function (r) { return r.period; }],
    ['start_date', function (r) { return r.start; }],
    ['end_date', function (r) { return r.end; }],
    ['figure', function (r) { return r.figure; }],
    ['quantity', function (r) { return r.quantity; }],
    ['quantity_low', function (r) { return r.low; }],
    ['quantity_high', function (r) { return r.high; }],
    ['unit', function (r) { return r.unit; }],
    ['held_against', function (r) { return r.held; }],
    ['held_against_unit', function (r) { return r.heldUnit; }],
    ['share_percent', function (r) { return percent(r.full); }],
    ['share_low_percent', function (r) { return percent(r.fullLow); }],
    ['share_high_percent', function (r) { return percent(r.fullHigh); }],
    ['basis', function (r) { return r.basis; }],
    ['drawn', function (r) { return r.drawn ? 'yes' : 'no'; }],
    ['sources_differ', function (r) { return r.differ ? 'yes' : 'no'; }],
    ['note', function (r) { return r.note; }],
    ['source', function (r) { return r.sourceText; }],
    ['source_address', function (r) { return r.sourceUrl; }],
  ];

  function cell(value) {
    if (unknown(value)) return '';
    if (typeof value === 'number') return String(value);
    const text = FORMULA.test(value) ? "'" + value : String(value);
    return /[",\r\n]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
  }

  /** Rows as CSV: numbers plain, unknown empty, no text that a spreadsheet takes for a formula. */
  T.csv = function (rows) {
    const head = COLUMNS.map(function (column) { return column[0]; }).join(',');
    const lines = rows.map(function (row) {
      return COLUMNS.map(function (column) { return cell(column[1](row)); }).join(',');
    });
    return [head].concat(lines).join('\r\n') + '\r\n';
  };

  // --- the rows of the page -----------------------------------------------------------------------

  function text(node, selector) {
    const found = node.querySelector(selector);
    return found ? found.textContent.trim() : '';
  }

  function sourceOf(number, known) {
    const given = known.find(function (s) { return s.number === number; });
    if (given) return { text: given.text, url: given.url || '' };
    const item = document.getElementById('source-' + number);
    if (!item) return { text: '[' + number + ']', url: '' };
    const link = item.querySelector('a:not(.back)');
    const words = Array.from(item.childNodes).filter(function (n) { return n.nodeType === Node.TEXT_NODE; });
    return {
      text: words.map(function (n) { return n.textContent; }).join('').trim(),
      url: link ? link.getAttribute('href') : '',
    };
  }

  function read(node, known) {
    const data = node.dataset, number = Number(text(node, 'td .cite').slice(1, -1));
    const from = sourceOf(number, known);
    const row = {
      node: node, id: node.id.replace(/^figure-/, ''), pipe: data.rowPipe || '', kind: data.kind,
      what: text(node, '.what'), route: text(node, '.route'), note: text(node, '.note'),
      corridor: text(node, '.corridor'), period: text(node, '.period'), figure: text(node, '.said'),
      basis: text(node, '.basis'), start: data.start || '', end: data.end || '', unit: data.unit || '',
      baseUnit: data.baseUnit || '', heldUnit: data.heldUnit || '', source: number,
      sourceText: from.text, sourceUrl: from.url, drawn: node.classList.contains('drawn'),
      differ: Array.from(node.querySelectorAll('.tag')).some(function (t) { return t.textContent === 'sources differ'; }),
    };
    NUMBERS.forEach(function (name) { row[name] = data[name] === undefined ? null : Number(data[name]); });
    if (row.base === null) row.base = row.quantity;
    if (!row.baseUnit) row.baseUnit = row.unit;
    return row;
  }

  // --- the tools above it -------------------------------------------------------------------------

  function choice(word, all, values) {
    const select = T.el('select', {}, [T.el('option', { value: '' }, all)].concat(values.map(function (value) {
      return T.el('option', { value: value }, value);
    })));
    return { label: T.el('label', {}, [word + ' ', select]), select: select };
  }

  function unique(rows, name) {
    return Array.from(new Set(rows.map(function (row) { return row[name]; }))).filter(Boolean);
  }

  function tools(box, rows) {
    const kind = choice('Kind', 'all kinds', unique(rows, 'kind'));
    const corridor = choice('Corridor', 'all corridors', unique(rows, 'corridor'));
    const only = T.el('input', { type: 'checkbox' });
    const span = T.el('span', {});
    const copy = T.el('button', { type: 'button', class: 'copy' }, 'Copy as CSV');
    const count = T.el('p', { class: 'count', role: 'status' });
    const said = T.el('p', { class: 'said-copied', role: 'status' });
    box.replaceChildren(kind.label, corridor.label,
      T.el('label', {}, [only, ' only the chosen period', span]), copy, count, said);
    return { kind: kind.select, corridor: corridor.select, only: only, span: span, copy: copy, count: count, said: said };
  }

  /** Where the browser keeps the clipboard from the page: the text, selected, to copy by hand. */
  function byHand(csv, count) {
    const area = T.el('textarea', { readonly: '', rows: '12', 'aria-label': 'The rows as CSV' });
    area.value = csv;
    const close = T.el('button', { type: 'button' }, 'Close');
    const words = 'This browser keeps the clipboard from the page. The ' + count +
      ' rows are selected here: copy them with Ctrl+C or ⌘C.';
    const dialog = T.el('dialog', { class: 'by-hand', 'aria-label': 'Copy by hand' }, [T.el('p', {}, words), area, close]);
    close.addEventListener('click', function () { dialog.close(); });
    dialog.addEventListener('close', function () { dialog.remove(); });
    document.body.append(dialog);
    dialog.showModal();
    area.focus();
    area.select();
  }

  function rowsWord(n) { return n + (n === 1 ? ' row' : ' rows'); }

  function copyRows(shown, said) {
    const csv = T.csv(shown);
    const refused = function () {
      said.textContent = '';
      byHand(csv, shown.length);
    };
    if (!navigator.clipboard) return refused();
    return navigator.clipboard.writeText(csv).then(function () {
      said.textContent = rowsWord(shown.length) + ' copied.';
    }, refused);
  }

  // --- the table ----------------------------------------------------------------------------------

  /* Cards on a phone take the table's display away, and some browsers its meaning with it. */
  function roles(table) {
    const names = { THEAD: 'rowgroup', TBODY: 'rowgroup', TR: 'row', TD: 'cell' };
    table.setAttribute('role', 'table');
    table.querySelectorAll('thead, tbody, tr, td, th').forEach(function (node) {
      node.setAttribute('role', names[node.tagName] || (node.scope === 'col' ? 'columnheader' : 'rowheader'));
    });
  }

  function finder(map, row) {
    const words = 'Show on the map: ' + [row.what, row.period].filter(Boolean).join(', ');
    const icon = T.svg('svg', { viewBox: '0 0 16 16', width: 14, height: 14, 'aria-hidden': 'true' });
    icon.append(T.svg('circle', { cx: 8, cy: 8, r: 4.5 }), T.svg('path', { d: 'M8 0V5M8 11V16M0 8H5M11 8H16' }));
    const button = T.el('button', { type: 'button', class: 'find', title: 'Show on the map', 'aria-label': words }, [icon]);
    button.addEventListener('click', function () { map.fire('tumen:open', { pipe: row.pipe }); });
    row.node.querySelector('.kind').prepend(button);
  }

  /** Ids a line's rows go by: its own, and its corridor's where the row names no single line. */
  function linked(rows, id) {
    const lines = new Map(rows.filter(function (r) { return r.kind === 'line'; })
      .map(function (r) { return [r.pipe, r.corridor]; }));
    return rows.filter(function (row) {
      if (row.pipe === id) return true;
      return Boolean(row.pipe) && !lines.has(row.pipe) && lines.has(id) && row.corridor === lines.get(id);
    });
  }

  function scrollTo(region, node) {
    const head = region.querySelector('thead').offsetHeight;
    const at = node.getBoundingClientRect().top - region.getBoundingClientRect().top;
    region.scrollTo({ top: region.scrollTop + at - head - 4, behavior: T.reduced() ? 'auto' : 'smooth' });
  }

  T.kinds.table = function (map, value) {
    const table = document.querySelector('table.figures');
    if (!table || table.dataset.live) return;
    table.dataset.live = '1';
    const body = table.tBodies[0], region = table.parentElement;
    const rows = Array.from(body.rows).map(function (node) { return read(node, (value && value.sources) || []); });
    const box = tools(table.closest('section').querySelector('.figures-tools'), rows);
    const state = { key: '', down: false, span: null };

    function wanted(row) {
      return (!box.kind.value || row.kind === box.kind.value) &&
        (!box.corridor.value || row.corridor === box.corridor.value) &&
        (!box.only.checked || T.inWindow(row, state.span));
    }

    function shown() {
      return Array.from(body.rows).filter(function (node) { return !node.hidden; })
        .map(function (node) { return rows.find(function (row) { return row.node === node; }); });
    }

    function choose() {
      let n = 0;
      rows.forEach(function (row) {
        row.node.hidden = !wanted(row);
        n += row.node.hidden ? 0 : 1;
        const dated = Boolean(row.start || row.end);
        row.node.classList.toggle('now', Boolean(state.span) && dated && T.inWindow(row, state.span));
      });
      const words = n + ' of ' + rowsWord(rows.length);
      if (box.count.textContent !== words) box.count.textContent = words;
      box.said.textContent = '';
    }

    function sort(head) {
      const key = head.dataset.sort, first = DOWN_FIRST.indexOf(key) >= 0;
      if (state.key !== key) { state.key = key; state.down = first; }
      else if (state.down === first) state.down = !first;
      else state.key = '';
      table.querySelectorAll('[aria-sort]').forEach(function (node) { node.removeAttribute('aria-sort'); });
      if (state.key) head.setAttribute('aria-sort', state.down ? 'descending' : 'ascending');
      const ordered = state.key ? T.sortRows(rows, state.key, state.down) : rows;
      ordered.forEach(function (row) { body.append(row.node); });
    }

    function mark(id) {
      const own = id ? linked(rows, id) : [];
      rows.forEach(function (row) {
        const on = own.indexOf(row) >= 0;
        row.node.classList.toggle('selected', on);
        if (on) row.node.setAttribute('aria-current', 'true'); else row.node.removeAttribute('aria-current');
      });
      const seen = shown().filter(function (row) { return own.indexOf(row) >= 0; });
      const first = seen.find(function (row) { return row.drawn; }) || seen[0];
      if (first) scrollTo(region, first.node);
    }

    /* A way back from a source leads to its row, even when that was not among the chosen. */
    function arrive() {
      const row = rows.find(function (r) { return '#' + r.node.id === decodeURIComponent(location.hash); });
      if (!row || !row.node.hidden) return;
      box.kind.value = box.corridor.value = '';
      box.only.checked = false;
      choose();
      row.node.scrollIntoView({ block: 'center' });
    }

    table.querySelectorAll('th[data-sort]').forEach(function (head) {
      const button = T.el('button', { type: 'button' }, head.textContent);
      button.addEventListener('click', function () { sort(head); });
      head.replaceChildren(button);
    });
    rows.filter(function (row) { return row.pipe; }).forEach(function (row) { finder(map, row); });
    [box.kind, box.corridor, box.only].forEach(function (node) { node.addEventListener('change', choose); });
    box.copy.addEventListener('click', function () { copyRows(shown(), box.said); });
    window.addEventListener('hashchange', arrive);
    map.on('tumen:window', function (event) {
      state.span = event.window || null;
      box.span.textContent = state.span ? ' (' + state.span.start + ' to ' + state.span.end + ')' : '';
      choose();
    });
    map.on('tumen:selected', function (event) { mark(event.pipe && event.pipe.id ? event.pipe.id : event.pipe); });
    roles(table);
    choose();
  };
})();
