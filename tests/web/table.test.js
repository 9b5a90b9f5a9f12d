// Sorting, choosing and copying the rows of the table of figures.
'use strict';
const assert = require('node:assert/strict');
const { test } = require('node:test');
const T = require('./load.js')('table.js');

const EMPTY = {
  id: '', pipe: '', kind: 'moved', what: '', route: '', note: '', corridor: '', period: '', figure: '',
  basis: '', start: '', end: '', quantity: null, low: null, high: null, unit: '', base: null,
  baseUnit: '', held: null, heldUnit: '', full: null, fullLow: null, fullHigh: null, source: 1,
  sourceText: '', sourceUrl: '', astray: false, drawn: false, differ: false,
};

function row(values) { return Object.assign({}, EMPTY, values); }

function ids(rows) { return rows.map((r) => r.id).join(' '); }

/** A CSV text as a spreadsheet reads it: rows of cells. */
function parse(text) {
  const rows = [[]];
  const cells = /("(?:[^"]|"")*"|[^,\r\n]*)(,|\r\n)/g;
  for (const [, value, end] of text.matchAll(cells)) {
    rows[rows.length - 1].push(value.startsWith('"') ? value.slice(1, -1).replace(/""/g, '"') : value);
    if (end !== ',') rows.push([]);
  }
  rows.pop();
  return rows.slice(1).map((row) => Object.fromEntries(row.map((cell, n) => [rows[0][n], cell])));
}

test('the unknown stands last whichever way a column is sorted', () => {
  for (const unknown of [null, undefined, '', NaN]) {
    for (const down of [false, true]) {
      assert.ok(T.compareCells(unknown, 0, down) > 0);
      assert.ok(T.compareCells(0, unknown, down) < 0);
      assert.equal(T.compareCells(unknown, null, down), 0);
    }
  }
});

test('numbers are sorted as numbers and words by their letters', () => {
  assert.ok(T.compareCells(9, 10) < 0);
  assert.ok(T.compareCells(9, 10, true) > 0);
  assert.ok(T.compareCells('Äpfel', 'Birnen') < 0);
  assert.equal(T.compareCells('a', 'a', true), 0);
});

test('like units stand together, the unknown last, equals in the order they had', () => {
  const rows = [
    row({ id: 'a', base: 2, baseUnit: 't' }), row({ id: 'b', baseUnit: 't' }),
    row({ id: 'c', base: 900, baseUnit: 'bbl' }), row({ id: 'd', base: 5, baseUnit: 't' }),
    row({ id: 'e', base: 2, baseUnit: 't' }), row({ id: 'f', base: 0, baseUnit: 't' }),
  ];
  assert.equal(ids(T.sortRows(rows, 'figure', true)), 'c d a e f b');
  assert.equal(ids(T.sortRows(rows, 'figure', false)), 'c f a e d b');
  assert.equal(ids(rows), 'a b c d e f');
});

test('a share known by a bound alone is sorted by that bound', () => {
  const rows = [row({ id: 'a', full: 0.5 }), row({ id: 'b' }), row({ id: 'c', fullLow: 3 }), row({ id: 'd', full: 0 })];
  assert.equal(ids(T.sortRows(rows, 'share', true)), 'c a d b');
});

test('kinds keep the order of the page, not of the alphabet', () => {
  const rows = ['line', 'moved', 'could move'].map((kind) => row({ id: kind[0], kind }));
  assert.equal(ids(T.sortRows(rows, 'kind', false)), 'm c l');
});

test('a row bears on a window when one day is in both; an open end reaches any day', () => {
  const span = { start: '2001-02-01', end: '2001-02-28' };
  const inside = (start, end) => T.inWindow({ start, end }, span);
  assert.ok(inside('2001-02-28', '2001-03-31'));
  assert.ok(!inside('2001-03-01', '2001-03-31'));
  assert.ok(inside('', '2001-02-01'));
  assert.ok(!inside('', '2001-01-31'));
  assert.ok(inside('1999-01-01', ''));
  assert.ok(inside('', ''));
  assert.ok(T.inWindow({ start: '2001-03-01', end: '2001-03-31' }, null));
});

test('what is copied reads back: commas, quotes and lines in text, numbers plain, unknown empty', () => {
  const note = 'a, "b"\nc';
  const [read] = parse(T.csv([row({ note, quantity: 1234567.5, full: 0.3, held: 4, start: '2001-01-01' })]));
  assert.equal(read.note, note);
  assert.equal(read.quantity, '1234567.5');
  assert.equal(read.quantity_low, '');
  assert.equal(read.share_percent, '30');
  assert.equal(read.held_against, '4');
  assert.equal(read.start_date, '2001-01-01');
});

test('a zero is a zero and a negative number stays a number', () => {
  const [read] = parse(T.csv([row({ quantity: 0, low: -5 })]));
  assert.equal(read.quantity, '0');
  assert.equal(read.quantity_low, '-5');
});

test('no text reaches a spreadsheet as a formula', () => {
  for (const start of ['=', '+', '-', '@', '\t', '\r']) {
    const text = start + 'HYPERLINK("x","y")';
    const [read] = parse(T.csv([row({ what: text, sourceText: text })]));
    assert.equal(read.what, "'" + text);
    assert.equal(read.source, "'" + text);
  }
});
