// Packs that geo/geometry/packing.py wrote, as geo/web/decode.js reads them. tests/test_web.py makes the packs.
'use strict';
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const T = require('./load.js')('decode.js');

const FOLDER = process.env.TUMEN_PACKS;
if (!FOLDER) throw new Error('No packs: run .venv/bin/python -m pytest tests/test_web.py');
const CASES = JSON.parse(fs.readFileSync(path.join(FOLDER, 'cases.json'), 'utf8'));

function pack(name) { return fs.readFileSync(path.join(FOLDER, name + '.pack')); }

function decode(bytes) { return T.decodePack(Buffer.from(bytes).toString('base64')); }

function degrees(layer, part) {
  const points = [];
  for (let i = layer.off[part]; i < layer.off[part + 1]; i++) {
    const north = Math.PI * (1 - 2 * layer.Y[i]);
    points.push([360 * layer.X[i] - 180, (180 / Math.PI) * Math.atan(Math.sinh(north))]);
  }
  return points;
}

function near(found, wanted, within, where) {
  assert.equal(found.length, wanted.length, where);
  found.forEach((pair, i) => pair.forEach((value, k) => {
    assert.ok(Math.abs(value - wanted[i][k]) <= within, `${where}, point ${i}: ${pair}, not ${wanted[i]}`);
  }));
}

test('there are packs of every kind and both orders', () => {
  const layers = Object.values(CASES).flat();
  assert.deepEqual(new Set(layers.map((l) => l.kind)), new Set(['line', 'point', 'polygon']));
  assert.deepEqual(new Set(layers.map((l) => l.order)), new Set([1, 2]));
});

for (const [name, wanted] of Object.entries(CASES)) {
  test(`${name}: every layer comes back within half a quantum`, async () => {
    const layers = await decode(pack(name));
    assert.deepEqual(layers.map((l) => l.name), wanted.map((l) => l.name));
    layers.forEach((layer, n) => {
      const own = wanted[n];
      assert.equal(layer.kind, own.kind);
      assert.deepEqual(layer.labels, own.labels);
      assert.deepEqual(layer.ranks, own.ranks);
      assert.deepEqual(layer.meta, own.meta);
      assert.equal(layer.parts, own.parts.length);
      own.parts.forEach((part, k) => {
        near(degrees(layer, k), part, own.quantum / 2 + 1e-9, `${layer.name}, part ${k}`);
      });
    });
  });

  test(`${name}: every column comes back within half a quantum, unknown as unknown`, async () => {
    (await decode(pack(name))).forEach((layer, n) => {
      assert.deepEqual(layer.columns.map((c) => [c.name, c.per]), wanted[n].columns.map((c) => [c.name, c.per]));
      layer.columns.forEach((column, k) => {
        const own = wanted[n].columns[k];
        assert.equal(column.units.length, own.values.length);
        own.values.forEach((value, i) => {
          if (value === null) { assert.equal(column.known[i], 0); return; }
          assert.ok(!column.known || column.known[i] === 1);
          const found = column.origin + column.units[i] * column.quantum;
          assert.ok(Math.abs(found - value) <= own.quantum / 2 + 1e-6, `${found}, not ${value}`);
        });
      });
    });
  });

  test(`${name}: the box of every part holds its points and no more`, async () => {
    for (const layer of await decode(pack(name))) {
      for (let part = 0; part < layer.parts; part++) {
        const xs = layer.X.subarray(layer.off[part], layer.off[part + 1]);
        const ys = layer.Y.subarray(layer.off[part], layer.off[part + 1]);
        assert.deepEqual([...layer.bb.subarray(4 * part, 4 * part + 4)],
          [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]);
      }
    }
  });
}

const BOXES = [
  [0.2, 0.1, 0.4, 0.3], [0.5, 0.5, 0.5, 0.5], [0.8601, 0.366, 0.862, 0.3702], [0.7, 0.2, 0.95, 0.45],
  [-1, -1, 0.5, 2], [0, 0.9, 1, 3], [-2, -2, 3, 3],
];

for (const [name, wanted] of Object.entries(CASES)) {
  test(`${name}: of a layer read partly parts are found and placed as of one read whole`, async () => {
    const text = pack(name).toString('base64');
    const [whole, partly] = [await T.decodePack(text), await T.decodePack(text, true)];
    whole.forEach((layer, n) => {
      const other = partly[n];
      assert.equal(other.later !== null, wanted[n].reach);
      if (other.later) assert.ok(other.X.every((x) => x === 0));
      for (const box of BOXES) {
        const found = T.partsIn(other, ...box);
        assert.deepEqual(found, T.partsIn(layer, ...box));
        assert.deepEqual(found, boxed(layer, box));
        for (const part of found) {
          const [from, end] = [layer.off[part], layer.off[part + 1]];
          for (const key of ['X', 'Y']) near([...other[key].subarray(from, end)].map((v) => [v]), [...layer[key].subarray(from, end)].map((v) => [v]), 1e-10, key);
          near([[...other.bb.subarray(4 * part, 4 * part + 4)]], [[...layer.bb.subarray(4 * part, 4 * part + 4)]], 1e-10, 'box');
        }
      }
    });
  });
}

function boxed({ parts, bb }, [x0, y0, x1, y1]) {
  return Array.from({ length: parts }, (_, part) => part).filter((part) => {
    const [west, north, east, south] = bb.subarray(4 * part, 4 * part + 4);
    return west <= x1 && east >= x0 && north <= y1 && south >= y0;
  });
}

test('parts that cannot meet a box are not placed', async () => {
  const [layer] = (await T.decodePack(pack('reach').toString('base64'), true)).filter((one) => one.name === 'all');
  assert.deepEqual(T.partsIn(layer, 0, 0, 0.1, 0.1), []);
  assert.ok(!layer.later.placed.includes(1));
});

test('there are layers that say how far their parts reach, with parts that do so one by one', async () => {
  const layers = [];
  for (const name of Object.keys(CASES)) layers.push(...await decode(pack(name)));
  const west = layers.flatMap((layer) => layer.columns.filter((column) => column.name === 'west'));
  assert.ok(west.some((column) => !column.known));
  assert.ok(west.some((column) => column.known && column.known.includes(1)));
  assert.ok(west.some((column) => column.known && !column.known.includes(1)));
});

test('line ends and spaces in the text are passed over', async () => {
  const [name] = Object.keys(CASES);
  const text = pack(name).toString('base64').replace(/(.{60})/g, '$1\r\n ');
  assert.equal((await T.decodePack(text)).length, CASES[name].length);
});

const DAMAGE = {
  'text that is not base64': [() => 'no, this is not it!', /it is not base64 text/],
  'an empty text': [() => '', /it is cut short/],
  'another file': [(b) => Buffer.from('PK-not-a-pack-at-all').toString('base64'), /not packed geometry/],
  'a later version': [(b) => { b[4] = 9; return b.toString('base64'); }, /version 9, not 1 to 2/],
  'a false length': [(b) => { b.writeUInt32LE(0xfffffff0, 9); return b.toString('base64'); }, /part of it is missing/],
  'a lost end': [(b) => b.subarray(0, b.length - 9).toString('base64'), /cannot be unpacked|is missing/],
  'another checksum': [(b) => { b[5] ^= 1; return b.toString('base64'); }, /its checksum differs/],
  'another byte': [(b) => { b[b.length >> 1] ^= 16; return b.toString('base64'); }, /cannot be unpacked/],
};

for (const [what, [damage, says]] of Object.entries(DAMAGE)) {
  test(`${what} is refused, with what to do`, async () => {
    const text = damage(Buffer.from(pack(Object.keys(CASES)[0])));
    await assert.rejects(T.decodePack(text), (error) => says.test(error.message) &&
      /Ask for the file again/.test(error.message));
  });
}

test('no changed byte goes unnoticed', async () => {
  const name = Object.keys(CASES).sort((a, b) => pack(a).length - pack(b).length)[0];
  const whole = pack(name), right = JSON.stringify(await decode(whole));
  for (let i = 0; i < whole.length; i++) {
    const changed = Buffer.from(whole);
    changed[i] ^= 0x10;
    const read = await decode(changed).then(JSON.stringify, () => 'refused');
    assert.ok(read === 'refused' || read === right, `byte ${i} of ${whole.length}`);
  }
});

test('the Mercator square ends where Web Mercator does', () => {
  assert.equal(T.mercatorX(-180), 0);
  assert.equal(T.mercatorX(180), 1);
  assert.equal(T.mercatorY(0), 0.5);
  assert.ok(Math.abs(T.mercatorY(90)) < 1e-9);
  assert.ok(Math.abs(T.mercatorY(-90) - 1) < 1e-9);
});
