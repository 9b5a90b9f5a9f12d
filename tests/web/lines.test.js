// Courses that Python sends as differences are the lines they were.
'use strict';
const assert = require('node:assert/strict');
const { test } = require('node:test');
const T = require('./load.js')('format.js', 'state.js', 'lines.js');

function differences(values, times) {
  let found = values;
  for (let n = 0; n < times; n++) found = found.map((v, i) => v - (i ? found[i - 1] : 0));
  return found;
}

test('differences, taken any number of times over, give the line to its last digit', () => {
  let seed = 1;
  const chance = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  for (let round = 0; round < 200; round++) {
    const count = 1 + Math.floor(chance() * 40), times = 1 + round % 4;
    const x = Array.from({ length: count }, () => Math.round((chance() - 0.5) * 7.2e7));
    const y = Array.from({ length: count }, () => Math.round((chance() - 0.5) * 3.4e7));
    const part = { times, x: differences(x, times), y: differences(y, times) };
    const value = { pipes: [{ id: 'a', corridor: 'a', parts: [part, [[1.5, 2.25]]], claims: [], figures: [] }], claims: [], blank: {} };
    const [pipe] = T.lines({ fire() {} }, value).pipes;
    assert.deepEqual(pipe.parts[0], x.map((v, i) => [v / 1e5, y[i] / 1e5]));
    assert.deepEqual(pipe.parts[1], [[1.5, 2.25]]);
  }
});
