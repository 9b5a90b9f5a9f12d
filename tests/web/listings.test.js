// Sorting and choosing the rows of tables of words.
'use strict';
const assert = require('node:assert/strict');
const { test } = require('node:test');
const T = require('./load.js')('table.js', 'listings.js');

function row(words, cells, keys) { return { words: words, cells: cells, keys: keys || [], pipe: '', place: '' }; }

test('numbers sort as numbers, the unknown stands last either way, equal rows keep their order', () => {
  const rows = [row('a', [9.5]), row('b', [null]), row('c', [100]), row('d', [9.5])];
  assert.equal(T.listed(rows, 0, false).map((r) => r.words).join(''), 'adcb');
  assert.equal(T.listed(rows, 0, true).map((r) => r.words).join(''), 'cadb');
  assert.equal(rows.map((r) => r.words).join(''), 'abcd');
});

test('a row is chosen by its whole key and by every word, whatever the case', () => {
  const one = row('211000001 (synthetic broken, imo 9074729)', [], ['9074729', '211000001']);
  assert.ok(T.asked(one, '9074729', ''));
  assert.ok(T.asked(one, '211000001', 'BROKEN imo'));
  assert.ok(!T.asked(one, '907472', ''));
  assert.ok(!T.asked(one, '', 'broken silent'));
});
