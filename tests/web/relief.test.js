// How relief and depth move the colours of the page.
'use strict';
const assert = require('node:assert/strict');
const { test } = require('node:test');
const T = require('./load.js')('relief.js');

test('a narrow view shows no relief, a wide one all of it', () => {
  assert.deepEqual([0.5, 2, 2.5, 3, 4, 90].map(T.reliefStrength), [0, 0, 0.25, 0.5, 1, 1]);
});

test('grey land keeps its colour, a slope in light is paler, one in shade darker', () => {
  for (const dark of [false, true]) {
    const base = dark ? 43 : 243;
    assert.equal(T.reliefTint(base, 128, dark, 1), base);
    assert.ok(T.reliefTint(base, 255, dark, 1) > base);
    assert.ok(T.reliefTint(base, 0, dark, 1) < base);
    assert.equal(T.reliefTint(base, 0, dark, 0), base);
    for (let grey = 1; grey < 256; grey++) {
      const here = T.reliefTint(base, grey, dark, 1);
      assert.ok(here >= T.reliefTint(base, grey - 1, dark, 1) && here >= 0 && here <= 255);
    }
  }
});

test('the shallowest sea keeps its colour, the deepest is darker and bluer', () => {
  for (const channel of [0, 1, 2]) assert.equal(T.depthTint(219, 255, channel, 1), 219);
  const deep = [0, 1, 2].map((channel) => T.depthTint(219, 0, channel, 1));
  assert.ok(deep[0] < deep[1] && deep[1] < deep[2] && deep[2] < 219);
});
