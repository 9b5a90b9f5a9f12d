// The axis and the columns of the chart, on figures made at random, against what must hold of any.
'use strict';
const assert = require('node:assert/strict');
const { test } = require('node:test');
const T = require('./load.js')('format.js', 'state.js', 'lines.js', 'now.js', 'chart.js', 'columns.js');

const DAY = 864e5;

/** Numbers of a seed, the same in every run (mulberry32). */
function random(seed) {
  return function () {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function iso(time) { return new Date(time).toISOString().slice(0, 10); }

function figure(next, n) {
  const year = 1980 + Math.floor(next() * 45), whole = next() < 0.6;
  const month = Math.floor(next() * 12), long = 1 + Math.floor(next() * 3);
  const start = whole ? year + '-01-01' : iso(Date.UTC(year, month, 1));
  const end = whole ? year + long - 1 + '-12-31' : iso(Date.UTC(year, month + long, 0));
  const years = T.years(start, end), amount = Math.round(next() * 1e6), kind = next() < 0.7 ? 't' : 'bbl';
  const form = next(), low = form < 0.4 ? amount : null, high = form < 0.2 ? amount * 1.5 : null;
  const quantity = low === null ? amount : high === null ? amount : amount * 1.25;
  return { id: 'f' + n, start, end, kind, unit: kind, unit_size: 1, rate: quantity / years, quantity, years, rank: 1 + Math.floor(next() * 2),
    basis: 'reported', direction: next() < 0.2 ? -1 : 1, capacity: null, full: null, full_low: null, full_high: null, quantity_low: low, quantity_high: high,
    lanes: [{ word: 'coal', colour: '#123456', rate: quantity / years }], hollow: next() < 0.2, flows: ['f' + n], knowledge: 0, aggregate: false,
    part_of: [], series: 's', added: 1, what: 'coal', period: T.period(start, end), moved: amount + ' ' + kind, cites: [] };
}

function corridor(seed) {
  const next = random(seed), figures = Array.from({ length: 1 + Math.floor(next() * 12) }, function (_, n) { return figure(next, n); });
  const pipe = { id: 'p', corridor: 'c', figures, casings: [], shown: [], since: '', until: '' };
  return T.charted({ pipes: [pipe], totals: [] }, ['c'])[0];
}

function axis(own) {
  const first = own.figures.map((f) => f.start).sort()[0], last = own.figures.map((f) => f.end).sort().slice(-1)[0];
  return { start: first.slice(0, 4) + '-01-01', end: last.slice(0, 4) + '-12-31' };
}

function years(span) {
  const found = [];
  for (let y = Number(span.start.slice(0, 4)); y <= Number(span.end.slice(0, 4)); y++) found.push({ start: y + '-01-01', end: y + '-12-31' });
  return found;
}

test('every year lies on the axis once, in order, and a place leads back to its date', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const own = corridor(seed), span = axis(own), stretches = T.stretches(span.start, span.end, own.figures);
    const told = stretches.flatMap((s) => years(s).map((y) => y.start));
    assert.deepEqual(told, years(span).map((y) => y.start), String(seed));
    let last = -1;
    for (let time = Date.parse(span.start); time <= Date.parse(span.end); time += 17 * DAY) {
      const at = T.placed(stretches, iso(time));
      assert.ok(at > last && at >= 0 && at < 1, seed + ' ' + iso(time));
      last = at;
      assert.ok(Math.abs(Date.parse(T.dated(stretches, at + 1e-9)) - time) <= DAY, seed + ' back to ' + iso(time));
    }
    assert.equal(T.placed(stretches, '1900-01-01'), 0);
    assert.equal(T.placed(stretches, '2100-01-01'), 1);
  }
});

test('each time is told once: by columns of one kind of unit, or in words', () => {
  let columns = 0, words = 0;
  for (let seed = 1; seed <= 300; seed++) {
    const own = corridor(seed), span = axis(own), found = T.columns(own, years(span), false);
    for (const year of years(span)) {
      const inside = found.columns.filter((c) => c.start <= year.end && c.end >= year.start);
      const said = found.said.filter((s) => s.start <= year.start && s.end >= year.end);
      assert.equal(said.length, inside.length ? 0 : 1, seed + ' ' + year.start);
      const any = own.figures.some((f) => f.kind === own.kind && f.start <= year.end && f.end >= year.start);
      if (!inside.length && said[0].words === 'no figure') assert.ok(!any, seed + ' ' + year.start + ' has a figure');
      words += said.length;
    }
    for (const c of found.columns) {
      for (const { figure: f, low, high } of c.parts) {
        assert.equal(f.kind, own.kind);
        assert.ok(c.start >= f.start && c.end <= f.end, 'a column lies within its figures');
        const ends = T.amountEnds(f);
        assert.ok(low === null || Math.abs(low * f.years - ends[0]) < 1e-6 * (1 + ends[0]));
        assert.equal(high === null, ends[1] === null);
      }
      columns += 1;
    }
  }
  assert.ok(columns > 500 && words > 300, columns + ' columns, ' + words + ' times in words');
});

test('against a limit of whole years an amount stands as it is, unless it runs over years', () => {
  for (let seed = 1; seed <= 100; seed++) {
    const own = corridor(seed), found = T.columns(own, years(axis(own)), true);
    for (const c of found.columns) {
      const by = c.figure.years <= 1 ? 1 : c.figure.years, ends = T.amountEnds(c.figure);
      assert.equal(c.low, ends[0] === null ? null : ends[0] / by);
    }
  }
});

/** A corridor whose periods have several cargoes and both ways at once, and what of each must stand in the chart. */
function mixed(seed) {
  const next = random(seed), figures = [];
  for (let year = 2000; year < 2006; year++) {
    for (const direction of next() < 0.3 ? [0] : next() < 0.5 ? [1] : [1, -1]) {
      ['coal', 'iron ore', 'timber'].filter(() => next() < 0.6).forEach((what, n) => {
        const f = figure(next, year + what + direction);
        const start = year + '-01-01', end = year + '-12-31', form = next(), amount = 1 + Math.floor(next() * 1e6);
        figures.push({ ...f, start, end, years: 1, kind: 't', unit: 't', rank: 1, direction, what, quantity: amount, rate: amount, hollow: false,
          quantity_low: form < 0.3 ? amount * 0.5 : null, quantity_high: form < 0.2 ? amount * 1.5 : null, flows: [year + what + direction],
          period: String(year), moved: amount + ' t', lanes: [{ word: what, colour: '#00000' + n, rate: amount }] });
      });
    }
  }
  const pipe = { id: 'p', corridor: 'c', figures, casings: [], shown: [], since: '', until: '' };
  return figures.length ? T.charted({ pipes: [pipe], totals: [] }, ['c'])[0] : null;
}

test('cargoes of one way stand one upon the other, ways side by side, and none is hidden', () => {
  let several = 0, beside = 0;
  for (let seed = 1; seed <= 200; seed++) {
    const own = mixed(seed);
    if (!own) continue;
    const span = axis(own), found = T.columns(own, years(span), false).columns;
    for (const year of years(span)) {
      const inside = found.filter((c) => c.start <= year.end && c.end >= year.start);
      const cores = T.state(own.whole, year).cores, ways = [...new Set(cores.map((f) => f.direction))];
      assert.equal(inside.length, ways.length, seed + ' ' + year.start);
      assert.deepEqual(inside.map((c) => [c.side, c.sides]), ways.map((_, n) => [n, ways.length]));
      inside.forEach((c, n) => {
        const want = cores.filter((f) => f.direction === ways[n]);
        assert.deepEqual(c.parts.map((p) => p.figure.id), want.map((f) => f.id));
        const low = want.reduce((sum, f) => sum + (T.amountEnds(f)[0] || 0), 0), open = want.some((f) => T.amountEnds(f)[1] === null);
        assert.ok(Math.abs(c.low - low) < 1e-6 * (1 + low), 'as high as its cargoes together');
        assert.equal(c.high === null, open);
        several += Number(want.length > 1);
      });
      beside += Number(ways.length > 1);
    }
  }
  assert.ok(several > 100 && beside > 100, several + ' stacked, ' + beside + ' side by side');
});

test('each colour of the columns is named by a cargo that has it', () => {
  for (let seed = 1; seed <= 50; seed++) {
    const own = mixed(seed);
    if (!own) continue;
    const lanes = own.figures.flatMap((f) => f.lanes), found = T.cargoColours(own);
    assert.deepEqual(new Set(found.map((one) => one.colour)), new Set(lanes.map((lane) => lane.colour)));
    for (const one of found) assert.ok(lanes.some((lane) => lane.colour === one.colour && lane.word === one.word.replace(' …', '')));
  }
});

test('ways that stand against one thing have it together, else each its own', () => {
  const day = { start: '2001-01-01', end: '2001-12-31' };
  for (const [one, other, want] of [[7, 7, [[7, 0, 1]]], [7, 9, [[7, 0, 2], [9, 1, 2]]]]) {
    const columns = [one, other].map((full, side) => ({ ...day, side, sides: 2, low: 1, high: 1,
      figure: { ...day, years: 1, full, full_low: null, full_high: null, kind: 't', could: '' } }));
    const bounds = [{ corridor: 'c', kind: 't', low: 5, high: 5, start: '2000-01-01', end: '2002-12-31', word: 'w', limit: false }];
    const inside = T.fitted(bounds, columns).filter((b) => b.start === day.start);
    assert.deepEqual(inside.map((b) => [b.low, b.side, b.sides]), want);
  }
});

test('a corridor is charted once, each of its figures once, in the order asked for', () => {
  const one = corridor(1), two = corridor(2);
  two.pipes[0].corridor = 'd';
  two.pipes[0].figures = two.figures.map((f) => ({ ...f, id: 'd' + f.id }));
  const again = { ...one.pipes[0], id: 'again' };
  const bare = { ...one.pipes[0], id: 'bare', corridor: 'e', figures: [] };
  const found = T.charted({ pipes: [one.pipes[0], again, bare, two.pipes[0]], totals: [] }, ['d', 'c', 'e']);
  assert.deepEqual(found.map((own) => own.corridor), ['d', 'c']);
  assert.deepEqual(found[1].figures.map((f) => f.id), one.figures.map((f) => f.id));
});

test('a column stands against what its own figure is held to, and no time against two things', () => {
  let held = 0;
  for (let seed = 1; seed <= 200; seed++) {
    const own = corridor(seed), next = random(seed + 1000), span = axis(own);
    own.figures.forEach((f) => { if (next() < 0.5) f.full = Math.round(next() * 1e6) + 1; f.could = f.full ? 'x' : ''; });
    const bounds = [{ corridor: 'c', kind: 't', low: 5, high: 7, start: span.start, end: span.end, word: 'w', limit: false }];
    const chart = T.columns(own, years(span), false), found = T.fitted(bounds, chart.columns);
    const alone = chart.columns.filter((c) => !chart.columns.some((o) => o !== c && o.start <= c.end && o.end >= c.start));
    for (const c of alone) {
      const over = found.filter((b) => b.start <= c.end && b.end >= c.start);
      assert.equal(over.length, c.figure.full === null ? 0 : 1, seed + ' ' + c.figure.id);
      if (!over.length) continue;
      assert.ok(over[0].start <= c.start && over[0].end >= c.end);
      assert.ok(Math.abs(over[0].low * c.figure.years - c.figure.full) < 1e-6 * c.figure.full);
      held += 1;
    }
    const outside = found.filter((b) => !chart.columns.some((c) => c.start <= b.end && c.end >= b.start));
    for (const b of outside) assert.deepEqual([b.low, b.high], [5, 7]);
    for (let n = 1; n < outside.length; n++) assert.ok(outside[n].start > outside[n - 1].end);
  }
  assert.ok(held > 100, held + ' columns held');
});

test('no line of what could move goes through an amount that has room above it', () => {
  const next = random(41);
  for (let n = 0; n < 2000; n++) {
    const from = next() * 300, words = { words: '1.2', from, to: from + 10 + next() * 60, y: 12 + next() * 60 };
    const rules = Array.from({ length: Math.floor(next() * 4) }, () => {
      const west = next() * 300;
      return { from: west, to: west + next() * 200, y: next() * 70 };
    });
    const meets = (y) => rules.filter((r) => r.from < words.to && r.to > words.from && r.y > y - 10 && r.y < y + 2);
    const y = T.liftedOff(words, rules);
    assert.ok(y <= words.y && y >= 10);
    if (!meets(words.y).length) assert.equal(y, words.y);
    else if (y < words.y) assert.deepEqual(meets(y), []);
    else assert.ok(Math.min(...rules.filter((r) => r.from < words.to && r.to > words.from).map((r) => r.y)) < 32);
  }
});
