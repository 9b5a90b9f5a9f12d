// Which tiles of a ground are drawn in a view.
'use strict';
const test = require('node:test');
const assert = require('node:assert/strict');
const load = require('./load.js');

globalThis.L = { Layer: { extend: (members) => ({ members, extend: (more) => more }) }, Browser: {} };
const T = load('decode.js', 'basemap.js', 'ground.js');

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

test('a street has its name once, on its longest stretch in view, and only at street scale', () => {
  T.css = () => 'sans-serif';
  const layer = {
    name: 'streets', kind: 'line', labels: ['Long', 'Long', 'Short', 'Away'], parts: 4, later: null,
    X: Float64Array.of(0.1, 0.5, 0.1, 0.2, 0.2, 0.205, 2, 3), Y: Float64Array.of(0.2, 0.2, 0.4, 0.4, 0.3, 0.3, 2, 2),
    off: Uint32Array.of(0, 2, 4, 6, 8), bb: Float64Array.of(0.1, 0.2, 0.5, 0.2, 0.1, 0.4, 0.2, 0.4, 0.2, 0.3, 0.205, 0.3, 2, 2, 3, 2),
  };
  const rule = { from: 14, least_px: 90, most: 40 };
  const view = { scale: 1000, zoom: 14, left: 0, top: 0, width: 400, height: 500 };
  const [one, ...more] = T.streetNames([layer], view, rule);
  assert.deepEqual([one.text, Math.round((one.lng / 360 + 0.5) * 1000), more.length], ['Long', 250, 0]);
  assert.deepEqual(T.streetNames([layer], { ...view, zoom: 13 }, rule), []);
  const turned = T.streetNames([layer], { ...view, left: 450 }, { ...rule, least_px: 40 });
  assert.deepEqual(turned.map((label) => label.text), ['Long']);
});
