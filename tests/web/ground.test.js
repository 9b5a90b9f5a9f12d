// Which tiles of a ground are drawn in a view.
'use strict';
const test = require('node:test');
const assert = require('node:assert/strict');
const load = require('./load.js');

globalThis.L = { Layer: { extend: (members) => ({ members, extend: (more) => more }) }, Browser: {} };
const T = load('basemap.js', 'ground.js');

test('the zoom of tiles that suits a view is drawn over the one before it', () => {
  assert.deepEqual(T.groundZooms(12.25, 1, 10, 14), [11, 12]);
  assert.deepEqual(T.groundZooms(12.25, 2, 10, 14), [12, 13]);
  assert.deepEqual(T.groundZooms(17, 1, 10, 14), [13, 14]);
  assert.deepEqual(T.groundZooms(9, 1, 10, 14), [10]);
});

test('from afar no tile is drawn', () => {
  assert.deepEqual(T.groundZooms(7.5, 1, 10, 14), []);
  assert.deepEqual(T.groundZooms(8, 1, 10, 14), [10]);
});

test('a tile that the ground has not is none, and is not read', () => {
  const made = [];
  globalThis.Image = class { constructor() { made.push(this); } decode() { return Promise.resolve(); } };
  const pictures = T.groundPictures({ '3/1/2': 'image/png;base64,AA==' }, () => {});
  assert.equal(pictures.at(3, 1, 1), null);
  assert.equal(made.length, 0);
  assert.equal(pictures.at(3, 1, 2), null); // not read yet
  assert.equal(pictures.at(3, 1, 2), null);
  assert.equal(made.length, 1);
  assert.equal(made[0].src, 'data:image/png;base64,AA==');
  return Promise.all(pictures.pending).then(() => assert.equal(pictures.at(3, 1, 2), made[0]));
});
