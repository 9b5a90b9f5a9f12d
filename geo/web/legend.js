/* The legend follows the scale: sample widths of the units that are drawn, at their present size. */
(function () {
  'use strict';
  const T = window.Tumen;

  T.samples = function (lines) {
    const drawn = {};
    lines.pipes.forEach(function (pipe) {
      const state = lines.state(pipe);
      state.cores.forEach(function (f) { drawn[f.kind] = true; });
      if (state.casing) drawn[state.casing.kind] = true;
    });
    document.querySelectorAll('[data-samples]').forEach(function (group) {
      group.hidden = !drawn[group.dataset.samples];
    });
    document.querySelectorAll('[data-sample]').forEach(function (bar) {
      const px = Number(bar.dataset.sample) * lines.pixels(bar.dataset.kind);
      bar.setAttribute('height', px);
      bar.setAttribute('y', 10 - px / 2);
    });
  };

  T.kinds.legend = function (map) {
    T.slot('legend', map, 'Legend', 'bottomright');
    if (T.lines(map)) T.samples(T.lines(map));
  };
})();
