/* Things made by files that a user has supplied. */
(function () {
  'use strict';
  const F = window.Tumen.foreign;

  F.make.supplied = function (args, one) {
    /** @type {any} */
    let found = window;
    String(one.path).split('.').forEach(function (name) { found = found && found[name]; });
    if (typeof found !== 'function') throw new Error(one.path + ' is not in the files supplied');
    return found.apply(null, args);
  };
  F.calls.start = function (thing) { thing.start(); };
})();
