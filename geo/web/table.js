/* The table of every figure: sorted, chosen from, linked with the map, copied as CSV. */
(function () {
  'use strict';
  const T = window.Tumen;
  const KINDS = ['moved', 'could move', 'factor', 'limit', 'also known', 'line', 'place'];
  const HELD = 4, SHARE = 5; // among the cells of a row, its heading left out
  const MANY = 1000, FIRST = 200; // rows beyond which only the first of those wanted stand in the page
  const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r]/;
  /** @type {Intl.Collator | null} made when texts are first sorted: it takes a while to load */
  let collator = null;

  // --- pure: sorting, choosing, CSV ---------------------------------------------------------------

  /** @type {(value: unknown) => boolean} */
  function unknown(value) {
    return value === null || value === undefined || value === '' || Number.isNaN(value);
  }

  /** @param {string} one @param {string} other */
  function inOrder(one, other) {
    collator = collator || new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
    return collator.compare(one, other);
  }

  /** Order of two cells; what is unknown stands last, whichever way the column is sorted. */
  T.compareCells = function (one, other, down) {
    if (unknown(one) || unknown(other)) return Number(unknown(one)) - Number(unknown(other));
    const numbers = typeof one === 'number' && typeof other === 'number';
    const found = numbers ? one - other : inOrder(String(one), String(other));
    return down ? 0 - found : found;
  };

  /* What a column is sorted by: a unit that keeps its order, so that like stands with like, and the
     values that turn with the direction. */
  /** @type {{ [key: string]: (row: TableRow) => Cell[] }} */
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
    const keyed = rows.map(function (row) { return { row: row, cells: BY[key](row) }; });
    return keyed.sort(function (one, other) {
      for (let i = 0; i < one.cells.length; i++) {
        const found = T.compareCells(one.cells[i], other.cells[i], i > 0 && down);
        if (found) return found;
      }
      return 0;
    }).map(function (item) { return item.row; });
  };

  /** Whether a row bears on a window of ISO dates, both included; an open end reaches any day. */
  T.inWindow = function (row, span) {
    if (!span) return true;
    return (!row.start || row.start <= span.end) && (!row.end || row.end >= span.start);
  };

  /** @type {(share: number | null) => number | null} */
  function percent(share) { return share === null ? null : Number((share * 100).toPrecision(12)); }

  /** @type {[string, (row: TableRow) => Cell][]} */
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

  /** @type {(value: Cell) => string} */
  function cell(value) {
    if (value === undefined || unknown(value)) return '';
    if (typeof value === 'number') return String(value);
    const text = FORMULA.test(value || '') ? "'" + value : String(value);
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

  /** What a row has where its column is empty. */
  const EMPTY = {
    id: '', pipe: '', corridor: '', period: '', what: '', moved: '', could: '', share: '', basis: '', source: 0,
    route: '', note: '', drawn: false, conflict: false, key: '', kind: '', start: '', end: '', unit: '',
    quantity: null, quantity_low: null, quantity_high: null, base: null, base_unit: '', held: null, held_unit: '',
    full: null, full_low: null, full_high: null, lines: [], astray: false, apart: false, held_sources: [],
  };

  /** @type {(node: Element | null) => string} */
  function said(node) { return node ? (node.textContent || '').trim() : ''; }

  /** The value of a column in a row; undefined where the column is empty. @type {(column: Column | undefined, n: number) => any} */
  function valueAt(column, n) {
    return !column ? undefined : Array.isArray(column) ? column[n] : column.of[column.at[n]];
  }

  /** Rows packed as columns. @type {(packed: PackedRows) => SentRow[]} */
  T.unpackRows = function (packed) {
    const names = Object.keys(packed.columns);
    return Array.from({ length: packed.count }, function (_, n) {
      return Object.assign({}, EMPTY, Object.fromEntries(names.map(function (name) {
        return [name, valueAt(packed.columns[name], n)];
      })));
    });
  };

  /** @type {(name: string, text: string, kind?: string) => Child[]} */
  function span(name, text, kind) {
    return text ? [T.el('span', { class: name + (kind ? ' ' + name + '-' + kind : '') }, text), ' '] : [];
  }

  /** @type {(row: SentRow) => HTMLTableRowElement} */
  function drawnRow(row) {
    const tags = (row.conflict ? span('tag', 'sources differ') : []).concat(row.drawn ? span('tag', 'drawn') : []);
    /** @type {Child[]} */
    const of = [' of'], held = row.held_sources.length ? of.concat(row.held_sources.flatMap(function (n) { return [' ', T.cite(n)]; })) : [];
    const node = T.el('tr', { id: 'figure-' + row.id, 'data-row-pipe': row.pipe }, [
      T.el('td', {}, row.kind),
      T.el('th', { scope: 'row' }, span('what', row.what).concat(span('route', row.route), span('note', row.note))),
      T.el('td', {}, row.corridor), T.el('td', {}, row.period),
      T.el('td', { class: 'figure' }, span('said', row.moved + row.key).concat(tags)),
      T.el('td', {}, row.could), T.el('td', {}, row.share || (row.kind === 'moved' ? T.words.UNKNOWN : '')),
      T.el('td', {}, span('basis', row.basis, row.basis)), T.el('td', {}, [T.cite(row.source), ...held]),
    ]);
    node.classList.toggle('drawn', row.drawn);
    return node;
  }

  /** @type {(row: SentRow) => TableRow} */
  function made(row) {
    const from = T.sourceOf(row.source);
    return {
      sent: row, node: null, hidden: false, id: row.id, pipe: row.pipe, lines: row.lines, kind: row.kind,
      what: row.what, route: row.route, note: row.note, corridor: row.corridor, period: row.period,
      figure: row.moved + row.key, basis: row.basis, start: row.start, end: row.end,
      quantity: row.quantity, low: row.quantity_low, high: row.quantity_high, unit: row.unit,
      base: row.base, baseUnit: row.base_unit, held: row.held, heldUnit: row.held_unit,
      full: row.full, fullLow: row.full_low, fullHigh: row.full_high,
      source: row.source, sourceText: from.text, sourceUrl: from.url,
      astray: row.astray, apart: row.apart, drawn: row.drawn, differ: row.conflict,
    };
  }

  /** A row compared with a capacity of a slider: what could move in its period, and its share. @type {(row: TableRow, held: Asked) => { could: string, share: string }} */
  function reckoned(row, held) {
    const size = (T.rules.multiples[row.unit] || [row.unit, 1])[1], years = T.years(row.start, row.end);
    const range = row.low !== null && row.high !== null, exact = !range && row.quantity !== null;
    const ends = exact ? [row.quantity, row.quantity] : [row.low, row.high], full = held.rate * years / size;
    const shares = ends.map(function (x) { return x === null ? null : x / full; });
    return {
      could: T.words.could([full, held.least ? null : full], row.unit, years) + ', what if',
      share: T.words.share(held.least ? null : shares[0], shares[1]) || T.words.UNKNOWN,
    };
  }

  /** A row as it stands in the page; made when it is first needed. @type {(row: TableRow) => HTMLTableRowElement} */
  function nodeOf(row) {
    row.node = row.node || drawnRow(row.sent);
    return row.node;
  }

  /** Rows of a line whose capacity a slider sets say so; the others what their sources say. @param {TableRow[]} rows @param {Lines} lines */
  function whatIf(rows, lines) {
    rows.forEach(function (row) {
      const long = row.start && row.end &&
        (Date.parse(row.end) - Date.parse(row.start)) / 864e5 + 1 >= T.rules.least_share_days;
      const held = row.kind === 'moved' && long && !row.apart ? lines.asked(row.pipe, row.baseUnit) : null;
      if (!held && !row.published) return;
      const cells = nodeOf(row).querySelectorAll('td');
      if (!row.published) row.published = { could: said(cells[HELD]), share: said(cells[SHARE]) };
      const told = held ? reckoned(row, held) : row.published;
      cells[HELD].textContent = told.could;
      cells[SHARE].textContent = told.share;
      if (!held) delete row.published;
    });
  }

  // --- the tools above it -------------------------------------------------------------------------

  /** @type {(word: string, all: string, values: string[]) => { label: HTMLLabelElement, select: HTMLSelectElement }} */
  function choice(word, all, values) {
    const select = T.el('select', {}, [T.el('option', { value: '' }, all)].concat(values.map(function (value) {
      return T.el('option', { value: value }, value);
    })));
    return { label: T.el('label', {}, [word + ' ', select]), select: select };
  }

  /** @type {(values: string[]) => string[]} */
  function unique(values) { return Array.from(new Set(values)).filter(Boolean); }

  /** @param {Element} box @param {TableRow[]} rows */
  function tools(box, rows) {
    const kind = choice('Kind', 'all kinds', unique(rows.map(function (row) { return row.kind; })));
    const corridor = choice('Corridor', 'all corridors', unique(rows.map(function (row) { return row.corridor; })));
    const only = T.el('input', { type: 'checkbox' });
    const span = T.el('span', {});
    const copy = T.el('button', { type: 'button', class: 'copy' }, 'Copy as CSV');
    const count = T.el('p', { class: 'count', role: 'status' });
    const said = T.el('p', { class: 'said-copied', role: 'status' });
    const sought = T.el('input', { type: 'search', 'aria-label': 'Find rows by their words', placeholder: 'Find …' });
    const more = T.el('button', { type: 'button', class: 'more', hidden: '' }, '');
    box.replaceChildren(kind.label, corridor.label, ...(rows.length > MANY ? [sought] : []),
      T.el('label', {}, [only, ' only the chosen period', span]), copy, count, said);
    return {
      kind: kind.select, corridor: corridor.select, only: only, span: span, copy: copy, count: count, said: said,
      sought: sought, more: more,
    };
  }

  /** @type {(n: number) => string} */
  function rowsWord(n) { return (n < 1e4 ? n : T.words.number(n)) + (n === 1 ? ' row' : ' rows'); }

  /**
   * Where the browser keeps the clipboard from the page: the text, selected, to copy by hand.
   * @param {string} csv @param {number} count @param {HTMLElement} from
   */
  function byHand(csv, count, from) {
    const area = T.el('textarea', { readonly: '', rows: '12', 'aria-label': 'The rows as CSV' });
    area.value = csv;
    const close = T.el('button', { type: 'button' }, 'Close');
    const words = 'This browser keeps the clipboard from the page. Selected below: ' + rowsWord(count) +
      '. Copy with Ctrl+C or ⌘C.';
    const dialog = T.el('dialog', { class: 'by-hand', 'aria-label': 'Copy by hand' }, [T.el('p', {}, words), area, close]);
    close.addEventListener('click', function () { dialog.close(); });
    dialog.addEventListener('close', function () { dialog.remove(); from.focus(); });
    document.body.append(dialog);
    dialog.showModal();
    area.focus();
    area.select();
  }

  /** @param {TableRow[]} shown @param {HTMLElement} said @param {HTMLElement} from */
  function copyRows(shown, said, from) {
    const csv = T.csv(shown);
    const refused = function () { byHand(csv, shown.length, from); };
    said.textContent = '';
    if (!navigator.clipboard) { refused(); return; }
    navigator.clipboard.writeText(csv).then(function () {
      said.textContent = rowsWord(shown.length) + ' copied.';
    }, refused);
  }

  // --- the table ----------------------------------------------------------------------------------

  /**
   * Cards on a phone take the table's display away, and some browsers its meaning with it.
   * @param {HTMLElement} part the table, or a row that comes later
   */
  function roles(part) {
    /** @type {{ [tag: string]: string }} */
    const names = { THEAD: 'rowgroup', TBODY: 'rowgroup', TR: 'row', TD: 'cell' };
    part.setAttribute('role', names[part.tagName] || 'table');
    part.querySelectorAll('thead, tbody, tr, td, th').forEach(function (node) {
      const head = node.getAttribute('scope') === 'col' ? 'columnheader' : 'rowheader';
      node.setAttribute('role', names[node.tagName] || head);
    });
  }

  /** @type {(row: TableRow, find: () => void) => void} */
  function finder(row, find) {
    const words = 'Show on the map: ' + [row.what, row.period].filter(Boolean).join(', ');
    const icon = T.svg('svg', { viewBox: '0 0 16 16', width: 14, height: 14, 'aria-hidden': 'true' });
    icon.append(T.svg('circle', { cx: 8, cy: 8, r: 4.5 }), T.svg('path', { d: 'M8 0V5M8 11V16M0 8H5M11 8H16' }));
    const button = T.el('button', { type: 'button', class: 'find', title: 'Show on the map', 'aria-label': words }, icon);
    button.addEventListener('click', find);
    const first = nodeOf(row).querySelector('td');
    if (first) first.prepend(button);
  }

  /**
   * Rows of a line: its own, and its corridor's that name no single line.
   * @type {(rows: TableRow[], id: string) => TableRow[]}
   */
  function linked(rows, id) {
    const lines = new Map(rows.filter(function (r) { return r.kind === 'line'; })
      .map(function (r) { return [r.pipe, r.corridor]; }));
    return rows.filter(function (row) {
      if (row.pipe === id || row.lines.indexOf(id) >= 0) return true;
      return Boolean(row.pipe) && !lines.has(row.pipe) && lines.has(id) && row.corridor === lines.get(id);
    });
  }

  /** @type {(region: HTMLElement, node: HTMLElement) => void} */
  function scrollTo(region, node) {
    const head = region.querySelector('thead');
    const at = node.getBoundingClientRect().top - region.getBoundingClientRect().top;
    const top = region.scrollTop + at - (head ? head.offsetHeight : 0) - 4;
    region.scrollTo({ top: top, behavior: T.reduced() ? 'auto' : 'smooth' });
  }

  /**
   * The table in use: which rows are shown, in which order, and which belong to the line chosen.
   * @constructor @param {HTMLTableElement} table @param {HTMLElement} region @param {Element} box
   * @param {TableRow[]} rows
   */
  function Table(table, region, box, rows) {
    this.table = table;
    this.region = region;
    this.body = table.tBodies[0];
    this.rows = rows;
    this.most = rows.length > MANY ? FIRST : rows.length; // rows in the page
    /** @type {TableRow[]} */
    this.front = []; // those of the line chosen, which stand first where not all are in the page
    /** @type {((row: TableRow) => void) | null} */
    this.finder = null;
    /** @type {TableRow[]} */
    this.order = this.rows;
    this.box = tools(box, this.rows);
    region.after(this.box.more);
    if (!this.cut()) this.body.append(...rows.map(nodeOf));
    this.key = '';
    this.down = false;
    /** @type {Span | null} */
    this.span = null;
    /** @type {Chosen | null} */
    this.chosen = null;
    /** @type {TableRow | null} */
    this.asked = null;
  }

  /** Whether more rows are told than stand in the page. */
  Table.prototype.cut = function () { return this.rows.length > MANY; };

  /** @param {TableRow} row */
  Table.prototype.wanted = function (row) {
    const box = this.box, sought = box.sought.value.trim().toLowerCase();
    const words = sought && [row.what, row.route, row.corridor, row.period, row.id, row.note].join(' ').toLowerCase();
    if (sought && words.indexOf(sought) < 0) return false;
    return (!this.chosen || this.chosen.ids.has(row.id)) && (!box.kind.value || row.kind === box.kind.value) &&
      (!box.corridor.value || row.corridor === box.corridor.value) &&
      (!box.only.checked || T.inWindow(row, this.span));
  };

  Table.prototype.shown = function () {
    return this.order.filter(function (row) { return !row.hidden; });
  };

  /** Mark a row that is of the chosen period. @param {TableRow} row @param {HTMLElement} node */
  Table.prototype.date = function (row, node) {
    const dated = Boolean(row.start || row.end);
    node.classList.toggle('now', Boolean(this.span) && dated && T.inWindow(row, this.span));
  };

  /** A row as it comes into the page: with its button, and marked as those before it. @param {TableRow} row */
  Table.prototype.bring = function (row) {
    const node = nodeOf(row), fresh = !node.hasAttribute('role');
    if (fresh && this.finder) this.finder(row);
    if (fresh) roles(node);
    const own = this.front.indexOf(row) >= 0;
    this.date(row, node);
    node.classList.toggle('selected', own);
    if (own) node.setAttribute('aria-current', 'true'); else node.removeAttribute('aria-current');
    return node;
  };

  /** The first of the rows wanted, those of the line chosen before the others; the rest on demand. */
  Table.prototype.place = function () {
    if (!this.cut()) return;
    const shown = this.shown(), front = new Set(this.front);
    const own = shown.filter(function (row) { return front.has(row); });
    const every = own.concat(shown.filter(function (row) { return !front.has(row); }));
    this.body.replaceChildren(...every.slice(0, this.most).map(this.bring, this));
    const left = every.length - this.most;
    this.box.more.hidden = left <= 0;
    this.box.more.textContent = 'Show ' + T.words.number(Math.min(left, MANY)) + ' more';
    const words = T.words.number(Math.min(this.most, every.length)) + ' shown of ' + T.words.number(every.length) +
      (every.length < this.rows.length ? ' chosen of ' + rowsWord(this.rows.length) : every.length === 1 ? ' row' : ' rows');
    if (this.box.count.textContent !== words) this.box.count.textContent = words;
  };

  Table.prototype.choose = function () {
    for (const row of this.rows) {
      row.hidden = !this.wanted(row);
      if (this.cut()) continue;
      nodeOf(row).hidden = row.hidden;
      this.date(row, nodeOf(row));
    }
    this.box.said.textContent = '';
    if (this.cut()) { this.place(); return; }
    const words = this.shown().length + ' of ' + rowsWord(this.rows.length);
    if (this.box.count.textContent !== words) this.box.count.textContent = words;
  };

  /** Sort by a column, then the other way, then as the page came. @param {HTMLElement} head */
  Table.prototype.sort = function (head) {
    const key = head.dataset.sort || '', first = DOWN_FIRST.indexOf(key) >= 0;
    if (this.key !== key) { this.key = key; this.down = first; }
    else if (this.down === first) this.down = !first;
    else this.key = '';
    this.table.querySelectorAll('[aria-sort]').forEach(function (node) { node.removeAttribute('aria-sort'); });
    if (this.key) head.setAttribute('aria-sort', this.down ? 'descending' : 'ascending');
    this.order = this.key ? T.sortRows(this.rows, this.key, this.down) : this.rows;
    if (this.cut()) this.place(); else this.body.append(...this.order.map(nodeOf));
  };

  /** Mark the rows of a line and bring the first of them into view. @param {string} id */
  Table.prototype.mark = function (id) {
    const own = id ? linked(this.rows, id) : [];
    this.front = own;
    if (this.cut()) this.place();
    else this.rows.forEach(this.bring, this);
    const seen = this.shown().filter(function (row) { return own.indexOf(row) >= 0; });
    const first = seen.find(function (row) { return row.drawn; }) || seen[0];
    if (first && (!this.asked || seen.indexOf(this.asked) < 0)) scrollTo(this.region, nodeOf(first));
  };

  /** A way back from a source, or into the page, leads to its row, even when that was not among the chosen. @param {boolean} opening */
  Table.prototype.arrive = function (opening) {
    const row = this.rows.find(function (r) { return location.hash === '#figure-' + r.id; });
    if (!row || !(row.hidden || opening || this.cut())) return;
    this.box.kind.value = this.box.corridor.value = this.box.sought.value = '';
    this.box.only.checked = false;
    if (this.cut()) this.front = [row];
    this.choose();
    nodeOf(row).scrollIntoView({ block: 'center' });
  };

  /** @param {HTMLElement} head */
  Table.prototype.head = function (head) {
    const button = T.el('button', { type: 'button' }, head.textContent || '');
    button.addEventListener('click', this.sort.bind(this, head));
    head.replaceChildren(button);
  };

  /** @param {import('leaflet').Map} map @param {TableRow} row */
  Table.prototype.find = function (map, row) {
    this.asked = row;
    map.getContainer().scrollIntoView({ block: 'nearest' });
    map.fire('tumen:open', { pipe: row.pipe });
    this.asked = null;
  };

  /** @param {import('leaflet').Map} map */
  Table.prototype.link = function (map) {
    const self = this, box = this.box;
    this.table.querySelectorAll('th[data-sort]').forEach(function (head) {
      if (head instanceof HTMLElement) self.head(head);
    });
    this.finder = function (row) { if (row.pipe && !row.astray) finder(row, self.find.bind(self, map, row)); };
    if (!this.cut()) this.rows.forEach(this.finder);
    box.sought.addEventListener('input', this.choose.bind(this));
    box.more.addEventListener('click', function () { self.most += MANY; self.place(); });
    [box.kind, box.corridor, box.only].forEach(function (node) {
      node.addEventListener('change', self.choose.bind(self));
    });
    box.copy.addEventListener('click', function () { copyRows(self.shown(), box.said, box.copy); });
    window.addEventListener('hashchange', this.arrive.bind(this, false));
    if (this.cut()) window.addEventListener('beforeprint', function () { self.most = self.rows.length; self.place(); }); // paper has no button for more
    map.on('tumen:window', function (/** @type {any} */ event) { self.follow(event.window || null); });
    map.on('tumen:state', function () { const lines = T.lines(map); if (lines) { whatIf(self.rows, lines); self.only(lines.chosen); } });
    map.on('tumen:selected', function (/** @type {any} */ event) { self.mark(event.pipe || ''); });
  };

  /** Take the rows chosen on the map. @param {Chosen | null} chosen */
  Table.prototype.only = function (chosen) {
    if (this.chosen === chosen) return;
    this.chosen = chosen;
    this.choose();
  };

  /** Take the period chosen on the axis of time. @param {Span | null} span */
  Table.prototype.follow = function (span) {
    this.span = span;
    this.box.span.textContent = span ? ' (' + span.start + ' to ' + span.end + ')' : '';
    this.choose();
  };

  /** From every source to the first row that cites it. @param {TableRow[]} rows */
  function waysBack(rows) {
    new Map(rows.slice().reverse().map(function (row) { return [row.source, row.id]; })).forEach(function (id, number) {
      const item = document.getElementById('source-' + number);
      if (item) item.append(' ', T.el('a', { class: 'back', href: '#figure-' + id, 'aria-label': 'Back to the figure' }, '↩'));
    });
  }

  T.kinds.table = function (map, value) {
    T.slot('table', map, 'Every figure', 'bottomleft');
    const table = document.querySelector('table.figures');
    const region = table && table.parentElement, section = table && table.closest('section');
    const box = section && section.querySelector('.figures-tools');
    if (!(table instanceof HTMLTableElement) || !region || !box || table.dataset.live) return;
    table.dataset.live = '1';
    if (section instanceof HTMLElement) section.hidden = false;
    const rows = T.unpackRows(value).map(made), live = new Table(table, region, box, rows);
    waysBack(rows);
    live.link(map);
    roles(table);
    live.choose();
    live.arrive(true);
  };
})();
