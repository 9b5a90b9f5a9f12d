// What a line shows for a period, and how wide: the browser does as Python, on cases Python writes.
'use strict';
const assert = require('node:assert/strict');
const fs = require('node:fs');
const { test } = require('node:test');
const T = require('./load.js')('format.js', 'state.js', 'lines.js', 'now.js');

const cases = JSON.parse(fs.readFileSync(process.env.TUMEN_ACCOUNT, 'utf8'));
const map = { fire() {} };

function near(mine, theirs, said) {
  if (mine === null || theirs === null) return assert.equal(mine, theirs, said);
  assert.ok(Math.abs(mine - theirs) <= 1e-9 * Math.max(1, Math.abs(theirs)), said + ': ' + mine + ' for ' + theirs);
}

function figure(f) {
  return [f.id, f.label, f.moved, f.could, f.share, f.period, f.basis, f.added, f.cites, f.at];
}

function compare(lines, pipe, expected, said) {
  const state = lines.state(pipe);
  assert.deepEqual(state.cores.map(figure), expected.cores, said);
  assert.deepEqual(state.said.map(figure), expected.said, said);
  assert.deepEqual(state.listed.map((f) => f.id), expected.listed, said);
  assert.equal(state.casing ? state.casing.could : null, expected.casing, said);
  const strokes = lines.strokes(pipe, state);
  assert.equal(strokes.length, expected.strokes.length, said);
  strokes.forEach((one, n) => {
    const other = expected.strokes[n];
    near(one.casing, other.casing, said + ' casing');
    near(one.core, other.core, said + ' core');
    near(one.rim, other.rim, said + ' rim');
    near(one.plain === undefined ? null : one.plain, other.plain, said + ' plain');
    near(one.shift, other.shift, said + ' shift');
    assert.deepEqual([one.arrow, one.reverse, one.over, one.hollow], other.flags, said);
    assert.equal(one.lanes.length, other.lanes.length, said);
    one.lanes.forEach((lane, k) => near(lane.px, other.lanes[k], said + ' lane'));
  });
}

test('every line of every case shows what Python shows', () => {
  let count = 0;
  for (const [n, one] of cases.scenes.entries()) {
    const lines = T.lines({ ...map }, one.drawing);
    for (const asked of one.asked) {
      lines.window = asked.start ? { start: asked.start, end: asked.end } : null;
      for (const pipe of lines.pipes) compare(lines, pipe, asked.pipes[pipe.id], n + ' ' + asked.start + ' ' + pipe.id);
      const spoken = lines.pipes.filter((p) => lines.label(p)).map((p) => p.id).sort();
      assert.deepEqual(spoken, asked.spoken, n + ' ' + asked.start + ' who speaks');
      const written = lines.pipes.filter((p) => lines.written(p)).flatMap((p) => {
        const state = lines.state(p);
        return (state.cores.length ? state.cores : state.said).map((f) => f.id);
      });
      assert.deepEqual(written.sort(), asked.written, n + ' ' + asked.start + ' what is written');
      if (asked.start) assert.equal(T.headline(lines, lines.window), asked.headline);
      count += 1;
    }
  }
  assert.ok(count >= cases.least, count + ' cases');
});
