// Which vertices of a track are drawn at a zoom, and what is found near a point.
'use strict';
const assert = require('node:assert/strict');
const { test } = require('node:test');
const T = require('./load.js')('decode.js', 'tracks.js');

const SCALE = 256 * 2 ** 9; // pixels of the Mercator square
const STEP_PX = 0.75, STRAIGHT_PX = 0.4;

/** Numbers from 0 to 1 that are the same in every run. */
function dice(seed) {
  let state = seed;
  return function () {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Parts that wander, run straight, stand still and turn back, as one layer. */
function layerOf(seed, sizes = [1, 2, 64, 65, 700, 1500]) {
  const random = dice(seed), off = Uint32Array.from([0, ...sizes.map((_, n) => sizes.slice(0, n + 1).reduce((a, b) => a + b))]);
  const points = off[sizes.length], X = new Float64Array(points), Y = new Float64Array(points);
  sizes.forEach((size, part) => {
    let x = 0.3 + 0.4 * random(), y = 0.3 + 0.4 * random(), heading = 7 * random(), pace = 3 / SCALE, bend = 0;
    for (let i = off[part]; i < off[part] + size; i++) {
      if (i % 90 === 0) { heading += 3 * random(); bend = 0.2 * (random() - 0.5) * (i % 180 ? 1 : 0); pace = [0, 0.2, 3, 12][Math.floor(4 * random())] / SCALE; }
      heading += bend;
      x += pace * Math.cos(heading);
      y += pace * Math.sin(heading);
      X[i] = x;
      Y[i] = y;
    }
  });
  const bb = new Float64Array(4 * sizes.length);
  sizes.forEach((_, part) => {
    const xs = X.subarray(off[part], off[part + 1]), ys = Y.subarray(off[part], off[part + 1]);
    bb.set([Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)], 4 * part);
  });
  return { parts: sizes.length, points, X, Y, off, bb, columns: [] };
}

function finished(job) {
  let step = job.next();
  while (!step.done) step = job.next();
  return step.value;
}

/** Pixels from a vertex to the segment between two others. */
function apart(layer, i, a, b) {
  const { X, Y } = layer, dx = X[b] - X[a], dy = Y[b] - Y[a], length = dx * dx + dy * dy;
  const along = length ? Math.max(0, Math.min(1, ((X[i] - X[a]) * dx + (Y[i] - Y[a]) * dy) / length)) : 0;
  return SCALE * Math.hypot(X[a] + along * dx - X[i], Y[a] + along * dy - Y[i]);
}

for (const seed of [1, 2, 3, 4, 5]) {
  for (const colours of [null, 'one a part', 'one a vertex']) {
    test(`fleet ${seed}, ${colours || 'every turn kept'}: no vertex lies farther than a pixel from what is drawn`, () => {
      const layer = layerOf(seed), index = T.trackIndex(layer);
      const classes = colours === null ? null
        : Uint8Array.from({ length: colours === 'one a part' ? layer.parts : layer.points }, (_, i) => Math.floor(i / 40) % 3);
      const kept = finished(T.trackKept(index, SCALE, classes));
      const rows = [...kept.rows];
      assert.deepEqual(rows, [...new Set(rows)].sort((a, b) => a - b));
      assert.equal(kept.at[index.blocks.count], rows.length);
      for (let b = 0; b < index.blocks.count; b++) {
        rows.slice(kept.at[b], kept.at[b + 1]).forEach((i) => assert.ok(i >= index.blocks.start[b] && i < index.blocks.start[b + 1]));
      }
      const drawn = new Set(rows);
      for (let part = 0; part < layer.parts; part++) {
        assert.ok(drawn.has(layer.off[part]) && drawn.has(layer.off[part + 1] - 1));
      }
      for (let k = 1; k < rows.length; k++) {
        for (let i = rows[k - 1] + 1; i < rows[k]; i++) {
          assert.ok(apart(layer, i, rows[k - 1], rows[k]) <= STEP_PX * Math.SQRT2 + STRAIGHT_PX, `vertex ${i}`);
        }
      }
    });
  }

  test(`fleet ${seed}: straight runs are left to their ends, a change of colour is not`, () => {
    const layer = layerOf(seed), index = T.trackIndex(layer), { X, Y } = layer;
    const one = new Uint8Array(layer.points), two = one.map((_, i) => Math.floor(i / 40) % 2);
    const all = finished(T.trackKept(index, SCALE, null)), few = finished(T.trackKept(index, SCALE, one));
    assert.ok(few.rows.length < 0.8 * all.rows.length, `${few.rows.length} of ${all.rows.length}`);
    const rows = [...finished(T.trackKept(index, SCALE, two)).rows];
    for (let k = 1; k < rows.length; k++) {
      for (let i = rows[k - 1] + 1; i < rows[k]; i++) {
        const far = Math.max(Math.abs(X[i] - X[rows[k]]), Math.abs(Y[i] - Y[rows[k]])) * SCALE;
        assert.ok(two[i] === two[rows[k]] || far <= 2 * STEP_PX || Math.abs(X[i] - X[rows[k - 1]]) * SCALE <= 2 * STEP_PX, `vertex ${i}`);
      }
    }
  });

  test(`fleet ${seed}: what the index finds is the nearest of all segments`, () => {
    const layer = layerOf(seed), index = T.trackIndex(layer), random = dice(seed + 100), { X, Y } = layer;
    for (let n = 0; n < 200; n++) {
      const at = Math.floor(random() * layer.points), reach = 20 / SCALE;
      const x = X[at] + (random() - 0.5) * 60 / SCALE, y = Y[at] + (random() - 0.5) * 60 / SCALE;
      let best = Infinity;
      for (let part = 0; part < layer.parts; part++) {
        for (let i = layer.off[part]; i < layer.off[part + 1]; i++) {
          const j = i > layer.off[part] ? i - 1 : i, dx = X[i] - X[j], dy = Y[i] - Y[j], length = dx * dx + dy * dy;
          const along = length ? Math.max(0, Math.min(1, ((x - X[j]) * dx + (y - Y[j]) * dy) / length)) : 1;
          best = Math.min(best, (X[j] + along * dx - x) ** 2 + (Y[j] + along * dy - y) ** 2);
        }
      }
      const hit = T.nearestTrack(index, x, y, reach, null);
      if (best > reach * reach) assert.equal(hit, null);
      else assert.ok(Math.abs(Math.sqrt(hit.distance) - Math.sqrt(best)) < 1e-12);
    }
  });
}

test('a segment is cut where it leaves a box, and refused where it misses it', () => {
  const through = Float64Array.from([-10, 5, 20, 5]);
  assert.ok(T.clipped(through, 0, 0, 10, 10));
  assert.deepEqual([...through], [0, 5, 10, 5]);
  const inside = Float64Array.from([1, 2, 3, 4]);
  assert.ok(T.clipped(inside, 0, 0, 10, 10));
  assert.deepEqual([...inside], [1, 2, 3, 4]);
  assert.equal(T.clipped(Float64Array.from([-5, 4, 4, 16]), 0, 0, 10, 10), false);
});
