/* A list on the map: one value of a column, and lines, sums, chart and table hold its rows alone. */
(function () {
  'use strict';
  const T = window.Tumen;
  const BEAT_MS = 900;

  /** A list of every value under its column, after all. @type {(choices: Choice[]) => HTMLSelectElement} */
  function list(choices) {
    const groups = choices.map(function (choice, n) {
      return T.el('optgroup', { label: choice.column }, choice.values.map(function (value, m) {
        return T.el('option', { value: n + ' ' + m }, value.word);
      }));
    });
    return T.el('select', {}, [T.el('option', { value: '' }, 'all flows'), ...groups]);
  }

  /** A value as lines take it: its figures whole, its rows as a set. @type {(choice: Choice, n: number, blank: Partial<Scene.Figure>) => Chosen} */
  function whole(choice, n, blank) {
    const value = choice.values[n];
    const figures = Object.entries(value.figures).map(function (pair) {
      return [pair[0], pair[1].map(function (f) { return Object.assign({}, blank, f); })];
    });
    return Object.assign({}, value, { column: choice.column, figures: Object.fromEntries(figures), ids: new Set(value.rows) });
  }

  /** Buttons that go through the periods of a list, as a clock does where periods have a pace. @type {(choices: Choice[], select: HTMLSelectElement) => HTMLElement[]} */
  function stepper(choices, select) {
    const group = choices.findIndex(function (choice) { return choice.steps; }), count = choices[group].values.length;
    let timer = 0;
    const go = function (/** @type {number} */ by) {
      const at = select.value.startsWith(group + ' ') ? Number(select.value.split(' ')[1]) + by : by > 0 ? 0 : count - 1;
      select.value = group + ' ' + (at + count) % count;
      select.dispatchEvent(new Event('change'));
    };
    const stop = function () { window.clearInterval(timer); timer = 0; play.textContent = '▶ Play'; };
    const button = function (/** @type {string} */ words, /** @type {string} */ said, /** @type {() => void} */ press) {
      const node = T.el('button', { type: 'button', 'aria-label': said }, words);
      node.addEventListener('click', press);
      return node;
    };
    const play = button('▶ Play', 'Play the periods', function () {
      if (timer) { stop(); return; }
      go(1);
      timer = window.setInterval(function () { go(1); }, BEAT_MS);
      play.textContent = '❚❚ Pause';
    });
    const back = button('◀', 'Previous period', function () { stop(); go(-1); });
    const next = button('▶', 'Next period', function () { stop(); go(1); });
    return [T.el('div', { class: 'steps' }, [back, play, next])];
  }

  /** Headline and deck say what is chosen; without a choice what they said. @param {Lines} lines */
  function sayer(lines) {
    const title = document.querySelector('.briefing h1'), deck = document.querySelector('.briefing .deck');
    const first = [title, deck].map(function (node) { return node && node.textContent || ''; });
    let chosen = false;
    return function () {
      const own = lines.chosen, period = lines.window;
      if (!own && !chosen) return;
      chosen = Boolean(own);
      const said = own ? own.column + ' ' + own.word + '. ' : '';
      const words = period ? T.headline(lines, period) : own ? own.headline : first[0];
      if (title) title.textContent = said + words;
      if (title) title.classList.toggle('long', (said + words).length > T.rules.long_headline);
      if (deck && !period) deck.textContent = own ? own.deck : first[1];
    };
  }

  /** @param {{ choices: Choice[], blank: Partial<Scene.Figure> }} value */
  T.kinds.choices = function (map, value) {
    const lines = T.needLines(map), select = list(value.choices), say = sayer(lines);
    const count = T.el('p', { class: 'quiet', role: 'status' });
    select.addEventListener('change', function () {
      const at = select.value.split(' ').map(Number);
      const own = select.value ? whole(value.choices[at[0]], at[1], value.blank) : null;
      lines.choose(own);
      count.textContent = own ? own.deck : '';
    });
    const steps = value.choices.some(function (choice) { return choice.steps; }) ? stepper(value.choices, select) : [];
    const box = T.fold(map, 'tumen-layers tumen-choices', 'Filter', [T.el('label', {}, ['Only ', select]), ...steps, count]);
    T.corner(map, 'topright', box);
    map.on('tumen:state', say);
  };
})();
