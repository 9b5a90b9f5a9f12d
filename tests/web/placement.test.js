// Where words stand, on crowds made at random, against what must hold of any. Also writes what it finds for
// the crowds of a file, which tests/test_placement.py compares with the still picture's.
'use strict';
const assert = require('node:assert/strict');
const fs = require('node:fs');
const { test } = require('node:test');
const T = require('./load.js')('placement.js', 'edges.js');

const R = T.rules.labels;

/** Numbers of a seed, the same in every run (mulberry32). */
function random(seed) {
  return function () {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Lines that wander over a map and beyond it, boxes that are taken, words of lines and of points. */
function crowd(seed) {
  const next = random(seed), width = 300 + Math.floor(next() * 1300), height = 250 + Math.floor(next() * 700);
  const lines = Array.from({ length: 1 + Math.floor(next() * 14) }, function (_, n) {
    const at = [next() * width * 1.4 - width * 0.2, next() * height * 1.4 - height * 0.2];
    const parts = [Array.from({ length: 2 + Math.floor(next() * 30) }, function () {
      at[0] += (next() - 0.45) * 90; at[1] += (next() - 0.45) * 90;
      return at.slice();
    })];
    return { id: 'l' + n, half: 1 + next() * 10, parts: parts, ends: ['p' + n, 'p' + (n + 1)] };
  });
  const taken = Array.from({ length: Math.floor(next() * 6) }, function () {
    const x = next() * width, y = next() * height;
    return [x, y, x + next() * 120, y + next() * 60];
  });
  const names = Array.from({ length: Math.floor(next() * 20) }, function () {
    return { w: 30 + next() * 90, h: 16, reach: 11, stops: [[next() * width, next() * height]], leads: R.name_leads, keep: next() < 0.6 };
  });
  const symbols = names.map(function (one) { return one.stops[0]; });
  return { width: width, height: height, lines: lines, taken: taken, names: names, symbols: symbols };
}

/** What is placed of a crowd: words of every line first, then names. */
function placed(made) {
  const courses = made.lines.map(function (l) { return T.course(l.id, l.half, l.parts); });
  const desk = { width: made.width, height: made.height, taken: made.taken.slice(), symbols: made.symbols, courses: courses };
  const words = made.lines.map(function (l, n) {
    const stops = T.stops(T.inView(l.parts, made.width, made.height));
    return { w: 90 + 12 * n, h: 20, reach: 6 + l.half, stops: stops, id: l.id, leads: R.leads, keep: n % 2 === 0 };
  });
  return words.concat(made.names).map(function (one) {
    const spot = T.spot(one, desk);
    if (spot) desk.taken.push(spot.box);
    return spot;
  });
}

function overlap(a, b) { return a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1]; }

/** How far a box is from a line: by many points along it, not as the code reckons. */
function away(box, parts) {
  let least = Infinity;
  parts.forEach(function (dots) {
    for (let i = 1; i < dots.length; i++) for (let k = 0; k <= 40; k++) {
      const x = dots[i - 1][0] + (dots[i][0] - dots[i - 1][0]) * k / 40, y = dots[i - 1][1] + (dots[i][1] - dots[i - 1][1]) * k / 40;
      least = Math.min(least, Math.hypot(Math.max(box[0] - x, 0, x - box[2]), Math.max(box[1] - y, 0, y - box[3])));
    }
  });
  return least;
}

test('words lie on the map, on no other words, beside their own line or led to it', function () {
  let near = 0, led = 0, names = 0;
  for (let seed = 1; seed <= 120; seed++) {
    const made = crowd(seed), found = placed(made), boxes = made.taken.slice();
    found.forEach(function (spot, n) {
      if (!spot) return;
      const box = spot.box, line = made.lines[n];
      assert.ok(box[0] >= R.edge && box[1] >= R.edge && box[2] <= made.width - R.edge && box[3] <= made.height - R.edge);
      assert.ok(!boxes.some(function (b) { return overlap(box, b); }), 'words on words, seed ' + seed);
      boxes.push(box);
      if (!line) {
        names += 1;
        const own = made.names[n - made.lines.length].stops[0];
        const off = function (p) { return away(box, [[p, p]]); };
        assert.ok(made.symbols.every(function (p) { return p === own || off(p) >= off(own) - 1e-9; }), 'its own symbol, seed ' + seed);
        return;
      }
      if (spot.leader) {
        led += 1;
        const end = spot.leader[1];
        assert.ok(away([end[0], end[1], end[0], end[1]], line.parts) < 1.5, 'a leader ends on its line, seed ' + seed);
        return;
      }
      near += 1;
      const own = away(box, line.parts);
      assert.ok(own <= line.half + R.close + R.gap + 1, 'near its line, seed ' + seed);
      made.lines.forEach(function (other) { if (other !== line) assert.ok(away(box, other.parts) > own, 'nearest, seed ' + seed); });
    });
  }
  assert.ok(near > 100 && led > 100 && names > 300, [near, led, names].join(' '));
});

test('a line that leaves the map is named at its edge by where it ends', function () {
  const lines = [{ ends: ['a', 'b'], parts: [[[50, 50], [50, 200], [90, 200], [90, 60]]] }, { ends: ['a', 'c'], parts: [[[60, 50], [60, 300]]] }];
  const found = T.edges(lines, new Set(['a', 'b']), 100, 100);
  assert.deepEqual(found.map(function (e) { return [e.side, e.places]; }), [[3, ['b', 'c']]]);
  assert.equal(T.edgeWords(found[0], function (id) { return id.toUpperCase(); }), 'B, C ↓');
  assert.deepEqual(T.edges([{ ends: ['a', 'b'], parts: [[[-40, 50], [60, 50]]] }], new Set(['b']), 100, 100)[0].places, ['a']);
  assert.deepEqual(T.edges([{ ends: ['a', 'b'], parts: [[[40, 50], [60, 50]]] }], new Set(), 100, 100), []);
});

if (process.env.TUMEN_CROWDS) {
  const made = Array.from({ length: 60 }, function (_, n) { return crowd(1000 + n); });
  const said = made.map(function (one) {
    const edges = T.edges(one.lines, new Set(['p1', 'p2', 'p3']), one.width, one.height);
    return { crowd: one, spots: placed(one), edges: edges.map(function (e) { return [e.side, e.places, T.edgeWords(e, String)]; }) };
  });
  fs.writeFileSync(process.env.TUMEN_CROWDS, JSON.stringify(said));
}
