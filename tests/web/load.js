// Runs files of geo/web as a page does, one after the other, and returns what they share. Only for
// what needs no document: a stand-in would prove nothing of one. Each test file is its own process.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const vm = require('node:vm');

const WEB = path.join(__dirname, '..', '..', 'geo', 'web');
const RULES = path.join(WEB, '..', 'account', 'rules.json');

module.exports = function load(...names) {
  globalThis.window = { Tumen: { kinds: {}, rules: JSON.parse(fs.readFileSync(RULES, 'utf8')) } };
  for (const name of names) {
    const file = path.join(WEB, name);
    vm.runInThisContext(fs.readFileSync(file, 'utf8'), { filename: file });
  }
  return globalThis.window.Tumen;
};
