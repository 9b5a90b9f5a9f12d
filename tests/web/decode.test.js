// Packs that geo/pack.py wrote, as geo/web/decode.js reads them. tests/test_web.py makes the packs.
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

for (const [name, wanted] of Object.entries(CASES)) {
  test(`${name}: read partly, a part is placed when it is asked for, and then as one read whole`, async () => {
    const text = pack(name).toString('base64');
    const [whole, partly] = [await T.decodePack(text), await T.decodePack(text, true)];
    whole.forEach((layer, n) => {
      const other = partly[n];
      assert.equal(other.later !== null, wanted[n].reach);
      for (let part = 0; part < layer.parts; part++) {
        const [from, end] = [layer.off[part], layer.off[part + 1]];
        const box = layer.bb.subarray(4 * part, 4 * part + 4), most = other.bb.slice(4 * part, 4 * part + 4);
        [-1, -1, 1, 1].forEach((side, k) => assert.ok(side * (most[k] - box[k]) > -1e-10));
        if (other.later) assert.ok(other.X.subarray(from, end).every((x) => x === 0));
        for (let again = 0; again < 2; again++) T.place(other, part);
        box.forEach((edge, k) => assert.ok(Math.abs(edge - other.bb[4 * part + k]) < 1e-10));
        for (let i = from; i < end; i++) {
          assert.ok(Math.abs(other.X[i] - layer.X[i]) < 1e-12);
          assert.ok(Math.abs(other.Y[i] - layer.Y[i]) < 1e-10);
        }
      }
    });
  });
}

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
