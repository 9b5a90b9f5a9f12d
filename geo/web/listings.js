/* Tables of words: sorted, chosen from by a key such as a vessel or by any word, found on the map. */
(function () {
  'use strict';
  const T = window.Tumen;

  // --- pure: sorting and choosing -----------------------------------------------------------------

  /** Rows in the order of a column; what is unknown stands last, equal rows keep their order. */
  T.listed = function (rows, column, down) {
    return rows.slice().sort(function (one, other) { return T.compareCells(one.cells[column], other.cells[column], down); });
  };

  /** Whether a row has a key and every word that is asked for. */
  T.asked = function (row, key, words) {
    if (key && row.keys.indexOf(key) < 0) return false;
    return words.toLowerCase().split(/\s+/).every(function (word) { return row.words.includes(word); });
  };

  // --- one table ----------------------------------------------------------------------------------

  /** @param {HTMLElement} cell @returns {Cell} */
  function value(cell) {
    if (cell.dataset.number !== undefined) return Number(cell.dataset.number);
    return cell.dataset.text === undefined ? null : cell.dataset.text;
  }

  /** @param {HTMLTableRowElement} node @returns {ListedRow} */
  function read(node) {
    const keys = (node.dataset.keys || '').split(' ').filter(Boolean);
    return {
      node: node, cells: Array.from(node.cells).map(value), keys: keys,
      words: (node.textContent || '').toLowerCase(), pipe: node.dataset.pipe || '', place: node.dataset.place || '',
    };
  }

  /** @constructor @param {HTMLElement} section @param {Listings} all */
  function Listing(section, all) {
    this.section = section;
    this.table = /** @type {HTMLTableElement} */ (section.querySelector('table'));
    this.body = this.table.tBodies[0];
    this.rows = Array.from(this.body.rows).map(read);
    this.column = -1;
    this.down = false;
    const head = section.querySelector('h2');
    this.title = head ? head.textContent || '' : '';
    this.go = T.el('button', { type: 'button', class: 'listings-go' });
    this.go.addEventListener('click', () => { this.arrive(); });
    Array.from(this.table.tHead ? this.table.tHead.rows[0].cells : []).forEach((cell, n) => {
      const button = T.el('button', { type: 'button' }, cell.textContent || '');
      button.addEventListener('click', () => { this.sort(n, cell); });
      cell.replaceChildren(button);
      if (cell.dataset.keyed) this.rows.forEach((row) => { keyed(row, n, row.keys[Number(cell.dataset.keyed)], all); });
    });
    this.rows.filter(function (row) { return row.pipe || row.place; }).forEach(function (row) { finder(row, all.map); });
  }

  /** A cell that names what rows are found by: it chooses all rows of it. @param {ListedRow} row @param {number} column @param {string | undefined} key @param {Listings} all */
  function keyed(row, column, key, all) {
    const cell = row.node.cells[column], text = cell.textContent || '';
    if (!key) return;
    const button = T.el('button', { type: 'button', class: 'listings-key', title: 'Only rows of this vessel' }, text);
    button.addEventListener('click', function () { all.choose(key); });
    cell.replaceChildren(button);
    if (!all.names.has(key)) all.names.set(key, text);
  }

  /** @param {ListedRow} row @param {import('leaflet').Map} map */
  function finder(row, map) {
    const first = row.node.cells[0], words = 'Show on the map: ' + (first.textContent || '');
    const icon = T.svg('svg', { viewBox: '0 0 16 16', width: 14, height: 14, 'aria-hidden': 'true' });
    icon.append(T.svg('circle', { cx: 8, cy: 8, r: 4.5 }), T.svg('path', { d: 'M8 0V5M8 11V16M0 8H5M11 8H16' }));
    const button = T.el('button', { type: 'button', class: 'find', title: 'Show on the map', 'aria-label': words }, icon);
    button.addEventListener('click', function () {
      map.getContainer().scrollIntoView({ block: 'nearest' });
      map.fire('tumen:open', row.pipe ? { pipe: row.pipe } : { place: row.place });
    });
    first.prepend(button);
  }

  /** Sort by a column, then the other way, then as the page came. @param {number} column @param {HTMLElement} cell */
  Listing.prototype.sort = function (column, cell) {
    if (this.column !== column) { this.column = column; this.down = false; }
    else if (!this.down) this.down = true;
    else this.column = -1;
    this.table.querySelectorAll('[aria-sort]').forEach(function (node) { node.removeAttribute('aria-sort'); });
    if (this.column >= 0) cell.setAttribute('aria-sort', this.down ? 'descending' : 'ascending');
    const order = this.column < 0 ? this.rows : T.listed(this.rows, this.column, this.down);
    this.body.append.apply(this.body, order.map(function (row) { return row.node; }));
  };

  /** @param {string} key @param {string} words */
  Listing.prototype.choose = function (key, words) {
    let count = 0;
    for (const row of this.rows) {
      row.node.hidden = !T.asked(row, key, words);
      if (!row.node.hidden) count++;
    }
    this.section.hidden = !count;
    this.go.disabled = !count;
    const all = T.words.number(this.rows.length);
    this.go.textContent = this.title + ' ' + (count < this.rows.length ? T.words.number(count) + ' of ' + all : all);
  };

  Listing.prototype.arrive = function () {
    this.section.scrollIntoView({ block: 'start', behavior: T.reduced() ? 'auto' : 'smooth' });
    const region = /** @type {HTMLElement | null} */ (this.section.querySelector('.scroll'));
    if (region) region.focus({ preventScroll: true });
  };

  // --- all of them --------------------------------------------------------------------------------

  /** @constructor @param {import('leaflet').Map} map @param {HTMLElement[]} sections */
  function Listings(map, sections) {
    this.map = map;
    /** @type {Map<string, string>} */
    this.names = new Map();
    this.tables = sections.map((section) => new Listing(section, this));
    this.select = T.el('select', {});
    this.words = T.el('input', { type: 'search', placeholder: 'name, number, place' });
    this.clear = T.el('button', { type: 'button', class: 'listings-all' }, 'Show all');
  }

  /** @param {string} key */
  Listings.prototype.choose = function (key) {
    this.select.value = key;
    this.show();
  };

  Listings.prototype.show = function () {
    const key = this.select.value, words = this.words.value.trim();
    this.tables.forEach(function (table) { table.choose(key, words); });
    this.clear.hidden = !key && !words;
  };

  /** The tools, above the first table. @param {HTMLElement} before */
  Listings.prototype.put = function (before) {
    const named = Array.from(this.names).sort(function (a, b) { return T.compareCells(a[1], b[1]); });
    this.select.append(T.el('option', { value: '' }, 'all'), ...named.map(function (pair) { return T.el('option', { value: pair[0] }, pair[1]); }));
    const box = T.el('div', { class: 'listings', role: 'group', 'aria-label': 'Choose rows of the tables' }, [
      T.el('label', {}, ['Vessel ', this.select]), T.el('label', {}, ['Find ', this.words]), this.clear,
      ...this.tables.map(function (table) { return table.go; }),
    ]);
    const self = this;
    this.select.addEventListener('change', function () { self.show(); });
    this.words.addEventListener('input', function () { self.show(); });
    this.clear.addEventListener('click', function () { self.words.value = ''; self.choose(''); });
    before.before(box);
    this.show();
  };

  T.kinds.listings = function (map) {
    const sections = /** @type {HTMLElement[]} */ (Array.from(document.querySelectorAll('section.listed')));
    if (!sections.length || document.querySelector('.listings')) return;
    new Listings(map, sections).put(sections[0]);
  };
})();
