// Figures and periods in words. That Python says the same is held by tests/test_state.py.
'use strict';
const assert = require('node:assert/strict');
const { test } = require('node:test');
const T = require('./load.js')('format.js', 'state.js', 'clock.js');

test('a figure keeps its digits and unknown is a word', () => {
  assert.equal(T.words.number(1234.5), '1,234.5');
  assert.equal(T.words.rounded(5833333), '5,830,000');
  assert.equal(T.words.quantity({ quantity: null }, 't'), T.words.UNKNOWN);
  assert.equal(T.words.quantity({ quantity: 0 }, 't'), '0 t');
});

test('a range stays a range and a bound a bound', () => {
  assert.equal(T.words.quantity({ quantity_low: 2, quantity_high: 2.5 }, 'Mt'), '2–2.5 Mt');
  assert.equal(T.words.quantity({ quantity_low: 0.05 }, 'Mt'), 'at least 0.05 Mt');
  assert.equal(T.words.quantity({ quantity_high: 0.1 }, 'Mt'), 'at most 0.1 Mt');
  assert.equal(T.words.share(0.5, 0.625), '50–63 %');
});

test('periods have the names people use', () => {
  const said = [
    ['2015-01-01', '2015-12-31', '2015'], ['2014-01-01', '2015-12-31', '2014–2015'],
    ['2015-01-01', '2015-03-31', 'Q1 2015'], ['2016-02-01', '2016-02-29', 'Feb 2016'],
    ['2015-01-01', '2015-08-31', 'Jan–Aug 2015'], ['2017-05-18', '2017-08-31', '18 May–31 Aug 2017'],
    ['2017-05-18', '2017-05-18', '18 May 2017'],
  ];
  for (const [start, end, words] of said) assert.equal(T.period(start, end), words);
});

test('the periods of an axis follow each other without a gap, leap days included', () => {
  for (const [unit, count] of [['month', 36], ['quarter', 12], ['year', 3]]) {
    const found = T.periods('2015-03-02', '2017-01-05', unit);
    assert.equal(found.length, count);
    assert.equal(found[0].start, '2015-01-01');
    assert.equal(found[count - 1].end, '2017-12-31');
    for (let n = 1; n < count; n++) {
      assert.equal(Date.parse(found[n].start) - Date.parse(found[n - 1].end), 864e5);
    }
  }
});
