// Which of many lines are drawn, and what the others add up to.
'use strict';
const assert = require('node:assert/strict');
const { test } = require('node:test');
const T = require('./load.js')('format.js', 'decode.js', 'many.js');

const WORLD = [0, 0, 1, 1];
const pipes = [
  { id: 'a', parts: [[[0, 0], [10, 10]]] },
  { id: 'b', parts: [[[100, 0], [110, 10]], [[111, 10], [112, 12]]] },
  { id: 'c', parts: [[[-10, -10], [20, 20]]] },
];

function made(sizes = [1, 3, 2]) {
  const index = T.indexLines(pipes);
  T.orderLines(index, sizes, [
    [{ kind: 't', quantity: 10, unit: 't', size: 1 }],
    [{ kind: 't', quantity: 2e6, unit: 'Mt', size: 1e6 }],
    [],
  ]);
  return index;
}

function view(west, south, east, north) {
  return [T.mercatorX(west), T.mercatorY(north), T.mercatorX(east), T.mercatorY(south)];
}

test('lines keep their parts and boxes', () => {
  const index = made();
  assert.equal(index.count, 3);
  assert.deepEqual(Array.from(index.first), [0, 1, 3, 4]);
  assert.deepEqual(Array.from(index.off), [0, 2, 4, 6, 8]);
});

test('the largest come first and of equals the first given', () => {
  assert.deepEqual(Array.from(made().order), [1, 2, 0]);
  assert.deepEqual(Array.from(made([1, 1, 1]).order), [0, 1, 2]);
});

test('drawn and summed together are every line in view', () => {
  const found = T.chooseLines(made(), WORLD, 1);
  assert.deepEqual(found.drawn, [1]);
  assert.equal(found.rest.count, 2);
  assert.equal(found.rest.unknown, 1);
  assert.equal(found.rest.totals.t.quantity, 10);
});

test('a line out of view is in neither', () => {
  const found = T.chooseLines(made(), view(90, -5, 120, 20), 9);
  assert.deepEqual(found.drawn, [1]);
  assert.equal(found.rest.count, 0);
});

test('a line meets a view that it crosses without a vertex inside', () => {
  const index = made();
  assert.ok(T.meetsView(index, 2, view(3, 3, 4, 4)));
  assert.ok(!T.meetsView(index, 2, view(3, -4, 4, -3)));
});

test('a line that is switched off is in neither', () => {
  const found = T.chooseLines(made(), WORLD, 1, (line) => line !== 1);
  assert.deepEqual(found.drawn, [2]);
  assert.equal(found.rest.count, 1);
});

test('the sum says how many, how much and how many of unknown amount', () => {
  const said = T.otherWords(T.chooseLines(made(), WORLD, 0).rest);
  assert.equal(said, 'other: 3 flows, 2 Mt, 1 of unknown amount, not drawn at this zoom');
  assert.equal(T.otherWords({ count: 0, unknown: 0, totals: {} }), '');
  const none = T.otherWords({ count: 12, unknown: 12, totals: {} });
  assert.equal(none, 'other: 12 lines, not drawn at this zoom');
});
