/* The legend follows the scale: sample widths of the units that are drawn, at their present size. */
(function () {
  'use strict';
  const T = window.Tumen;

  T.samples = function (lines) {
    /** @type {{ [kind: string]: boolean }} */
    const drawn = {};
    lines.pipes.forEach(function (pipe) {
      const state = lines.state(pipe);
      state.cores.forEach(function (f) { drawn[f.kind] = true; });
      if (state.casing) drawn[state.casing.kind] = true;
    });
    /** @type {NodeListOf<HTMLElement>} */
    const groups = document.querySelectorAll('[data-samples]');
    groups.forEach(function (group) {
      group.hidden = !drawn[group.dataset.samples || ''];
    });
    /** @type {NodeListOf<SVGElement>} */
    const bars = document.querySelectorAll('[data-sample]');
    bars.forEach(function (bar) {
      const px = Number(bar.dataset.sample) * lines.pixels(bar.dataset.kind || '');
      bar.setAttribute('height', String(px));
      bar.setAttribute('y', String(10 - px / 2));
    });
  };

  T.kinds.legend = function (map) {
    T.slot('legend', map, 'Legend', 'bottomright');
    const lines = T.lines(map);
    if (lines) T.samples(lines);
  };
})();
