/* What stands beside the tracks: legend, list of vessels, clock, and what a track says of itself. */
(function () {
  'use strict';
  const T = window.Tumen;
  const REACH_PX = 8;
  const LISTED = 200;
  const PLAY_MS = 50;
  const STEPS = 1000;
  const KNOTS = [1, 5, 10, 15]; // bounds of the classes of speed
  /** Lengths of the window, in hours. @type {[string, number][]} */
  const LENGTHS = [['1 hour', 1], ['6 hours', 6], ['1 day', 24], ['1 week', 168], ['4 weeks', 672], ['1 year', 8766]];


  /** The column of times, where it is known to be there. @param {TrackIndex} index */
  function timed(index) { return /** @type {PackColumn} */ (index.time); }

  /** Seconds of Unix time as day and minute. @param {number} seconds @param {boolean} [short] */
  function moment(seconds, short) {
    const when = new Date(seconds * 1000).toISOString(), day = T.period(when.slice(0, 10), when.slice(0, 10));
    return short ? day : day + ' ' + when.slice(11, 16);
  }

  /** @param {TrackIndex} index @param {number} units */
  function seconds(index, units) { return timed(index).origin + units * timed(index).quantum; }

  /** Colours, bounds of classes and words of a mode; the last class is the unknown where there may be any. */
  T.trackScale = function (index, value, mode) {
    const ramp = [1, 2, 3, 4, 5].map(function (n) { return T.css('--ramp-' + n); });
    if (mode === 'speed') {
      const words = KNOTS.map(function (k, n) { return n ? KNOTS[n - 1] + '–' + k + ' kn' : 'under ' + k + ' kn'; });
      words.push('over ' + KNOTS[3] + ' kn');
      if (index.speed && index.speed.known) words.push('speed unknown');
      return { colours: ramp.concat(T.css('--quiet')), bounds: KNOTS, words: words };
    }
    if (mode === 'time' && index.span) {
      const from = seconds(index, index.span[0]), to = seconds(index, index.span[1]), step = (to - from) / 5;
      const bounds = [1, 2, 3, 4].map(function (n) { return from + n * step; }), short = step > 172800;
      const words = ramp.map(function (_, n) { return moment(from + n * step, short) + ' to ' + moment(from + (n + 1) * step, short); });
      return { colours: ramp, bounds: bounds, words: words };
    }
    const names = value.table.vessel.map(String), few = names.length <= value.colours.length;
    return { colours: few ? value.colours.slice(0, Math.max(1, names.length)) : value.colours, bounds: [], words: few ? names : [] };
  };

  // --- legend ---------------------------------------------------------------------------------------

  /** @param {string} colour @param {string} dash @param {boolean} [tick] */
  function swatch(colour, dash, tick) {
    const svg = T.svg('svg', { width: 34, height: 12, viewBox: '0 0 34 12', 'aria-hidden': 'true' });
    svg.append(T.svg('path', { d: 'M1 6H33', stroke: colour, fill: 'none', 'stroke-width': 2.2, 'stroke-dasharray': dash || 'none' }));
    if (tick) svg.append(T.svg('path', { d: 'M14 2.5L19 6L14 9.5', stroke: colour, fill: 'none', 'stroke-width': 1.8 }));
    return svg;
  }

  /** @param {Node} picture @param {string} words */
  function entry(picture, words) { return T.el('li', {}, [picture, ' ', T.el('span', {}, words)]); }

  /** @param {TrackPainter} painter @param {HTMLElement} box */
  function fillLegend(painter, box) {
    const value = painter.value, scale = painter.scale, quiet = T.css('--quiet');
    const items = scale.words.map(function (words, n) { return entry(swatch(scale.colours[n], ''), words); });
    if (painter.mode === 'vessel' && !scale.words.length) {
      const few = scale.colours.length;
      items.push(T.el('li', {}, [T.el('span', {}, 'a colour for each ' + value.moves.vessel + '; of ' + T.words.number(painter.count) + ' ' + value.moves.vessels + ', every ' + few + 'th shares one')]));
    }
    if (value.gap) items.push(entry(swatch(quiet, '3 5'), value.gap));
    items.push(entry(swatch(quiet, '', true), 'direction of travel, at closer zooms'));
    const notes = value.notes.map(function (text) { return T.el('p', { class: 'tracks-note' }, text); });
    if (value.synthetic) notes.unshift(T.el('p', { class: 'tracks-synthetic' }, 'Synthetic positions: no ' + value.moves.ship + ' was here.'));
    box.replaceChildren(T.el('ul', { class: 'legend' }, items), ...notes);
  }

  /** @param {TrackPainter} painter */
  function legend(painter) {
    const box = T.el('div', { class: 'tracks-key' }), head = T.el('div', { class: 'tracks-head' });
    if (painter.modes.length > 1) {
      const select = T.el('select', {}, painter.modes.map(function (m) { return T.el('option', { value: m }, m === 'vessel' ? painter.value.moves.vessel : m); }));
      select.value = painter.mode;
      select.addEventListener('change', function () { painter.paintBy(select.value); fillLegend(painter, box); });
      head.append(T.el('label', {}, ['Colour by ', select]));
    }
    fillLegend(painter, box);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', function () { fillLegend(painter, box); });
    const roomy = painter.map.getSize().x >= 700; // else the clock has the lower edge to itself
    panel(painter.map, roomy ? 'bottomright' : 'topright', 'Legend: ' + painter.value.name, [head, box], roomy, 'tracks-legend');
  }

  /** @param {import('leaflet').Map} map @param {import('leaflet').ControlPosition} position @param {string} title @param {HTMLElement[]} inner @param {boolean} open @param {string} name */
  function panel(map, position, title, inner, open, name) {
    const box = T.el('details', { class: 'tumen-panel ' + name }, [T.el('summary', {}, title), ...inner]);
    box.toggleAttribute('open', open);
    T.corner(map, position, box);
    return box;
  }

  // --- what a track says ----------------------------------------------------------------------------

  /** @param {TrackPainter} painter @param {number} track @returns {[string, string][]} */
  function facts(painter, track) {
    const table = painter.value.table;
    return Object.keys(table).filter(function (key) { return known(table[key][track]); })
      .map(function (key) { return [painter.value.heads[key] || key, said(table[key][track])]; });
  }

  /** @param {unknown} value */
  function known(value) { return value !== null && value !== undefined && value !== ''; }

  /** @param {unknown} value */
  function said(value) {
    return typeof value === 'number' ? T.words.number(value) : typeof value === 'object' ? JSON.stringify(value) : String(value);
  }

  /** Time and speed at the place that was found. @param {TrackPainter} painter @param {TrackHit} hit @returns {[string, string][]} */
  function here(painter, hit) {
    const index = painter.index, i = hit.vertex, j = i > index.layer.off[hit.part] ? i - 1 : i;
    /** @type {[string, string][]} */
    const found = [];
    if (index.time) {
      const units = index.time.units, at = units[j] + hit.along * (units[i] - units[j]);
      found.push(['Here at', moment(seconds(index, at)) + ' UTC']);
    }
    const speed = index.speed;
    if (speed && (!speed.known || speed.known[i])) {
      const kn = speed.origin + speed.units[i] * speed.quantum;
      found.push(['Speed here', kn.toFixed(1) + ' kn, ' + painter.value.speed]);
    }
    return found;
  }

  /** @param {TrackPainter} painter @param {number} track @param {[string, string][]} rows */
  function content(painter, track, rows) {
    const table = T.el('table', { class: 'properties' }, rows.map(function (row) {
      return T.el('tr', {}, [T.el('th', { scope: 'row' }, row[0]), T.el('td', {}, row[1])]);
    }));
    const box = T.el('div', { class: 'tumen-popup' }, [T.el('h2', {}, title(painter, track)), table]);
    if (painter.value.synthetic) box.append(T.el('p', { class: 'line' }, 'synthetic'));
    return box;
  }

  /** @param {TrackPainter} painter @param {number} track */
  function title(painter, track) {
    const table = painter.value.table, name = table.name && table.name[track];
    return (known(name) ? name + ' · ' : '') + table.vessel[track];
  }

  /** @param {TrackPainter} painter */
  function pointing(painter) {
    const map = painter.map, tip = L.tooltip({ direction: 'top', offset: [0, -6], className: 'tumen-tracks-tip' });
    let waiting = false;
    const out = function () { tip.remove(); map.getContainer().classList.remove('tracks-hit'); };
    map.on('mousemove', function (event) {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(function () {
        waiting = false;
        const hit = map.hasLayer(painter.root) ? painter.find(event.latlng, REACH_PX) : null;
        if (!hit) { out(); return; }
        map.getContainer().classList.add('tracks-hit');
        const track = painter.index.track[hit.part];
        const lines = here(painter, hit).map(function (row) { return T.el('div', {}, row[1]); });
        tip.setLatLng(event.latlng).setContent(T.el('div', {}, [T.el('strong', {}, title(painter, track)), ...lines]));
        if (!map.hasLayer(tip)) tip.addTo(map);
      });
    });
    map.on('mouseout', out);
    map.on('click', function (event) {
      const hit = map.hasLayer(painter.root) ? painter.find(event.latlng, REACH_PX + 4) : null;
      if (!hit) { painter.select(-1); return; }
      const track = painter.index.track[hit.part];
      out();
      painter.select(track);
      T.openPopup(map, event.latlng, content(painter, track, facts(painter, track).concat(here(painter, hit))), map.getContainer());
    });
  }

  // --- the list -------------------------------------------------------------------------------------

  /** Vessels to find and choose from: the same selection as on the map. @constructor @param {TrackPainter} painter */
  function List(painter) {
    this.painter = painter;
    const thing = painter.value.moves.vessel, find = 'Find ' + (/^[aeiou]/.test(thing) ? 'an ' : 'a ') + thing;
    this.find = T.el('input', { type: 'search', placeholder: find, 'aria-label': find });
    this.said = T.el('p', { class: 'tracks-note', role: 'status' });
    this.rows = T.el('ul', { class: 'tracks-list' });
    /** @type {Map<number, HTMLButtonElement>} */
    this.nodes = new Map();
    this.words = painter.value.table.vessel.map(function (_, n) { return title(painter, n).toLowerCase(); });
    const count = T.words.number(painter.count) + (painter.count === 1 ? ' track' : ' tracks');
    const box = panel(painter.map, 'topright', count, [this.find, this.said, this.rows], false, 'tracks-box');
    box.addEventListener('toggle', () => { if (box.open && !this.nodes.size) this.fill(); });
    this.find.addEventListener('input', () => { this.fill(); });
    painter.map.on('tumen:tracks-selected', (/** @type {any} */ event) => { if (event.layer === painter) this.mark(event.track); });
    painter.map.on('tumen:tracks-time', (/** @type {any} */ event) => { if (event.layer === painter && box.open) this.dim(); });
  }

  List.prototype.fill = function () {
    const asked = this.find.value.trim().toLowerCase(), found = [];
    let count = 0;
    for (let n = 0; n < this.words.length; n++) {
      if (asked && !this.words[n].includes(asked)) continue;
      if (count++ < LISTED) found.push(n);
    }
    this.nodes = new Map(found.map((n) => [n, this.row(n)]));
    this.rows.replaceChildren(...Array.from(this.nodes.values(), function (node) { return T.el('li', {}, [node]); }));
    this.said.textContent = count > LISTED ? 'The first ' + LISTED + ' of ' + T.words.number(count) + '; write to find others.' : count ? '' : 'None of this name.';
    this.mark(this.painter.selected);
    this.dim();
  };

  /** @param {number} track */
  List.prototype.row = function (track) {
    const painter = this.painter, table = painter.value.table, count = table.positions && table.positions[track];
    const quiet = known(count) ? said(count) + ' positions' : '';
    const node = T.el('button', { type: 'button', 'aria-pressed': 'false' }, [T.el('span', {}, title(painter, track)), T.el('span', { class: 'quiet' }, quiet)]);
    node.addEventListener('click', function () {
      const on = painter.selected !== track;
      painter.select(on ? track : -1);
      if (on) painter.map.fitBounds(painter.boundsOf(track), { animate: false, maxZoom: 12, padding: [30, 30] });
      if (on) T.openPopup(painter.map, painter.boundsOf(track).getCenter(), content(painter, track, facts(painter, track)), node);
    });
    return node;
  };

  /** @param {number} track */
  List.prototype.mark = function (track) {
    this.nodes.forEach(function (node, n) { node.setAttribute('aria-pressed', String(n === track)); });
    const node = this.nodes.get(track);
    if (node) node.scrollIntoView({ block: 'nearest' });
  };

  /** Rows of vessels that are nowhere within the time shown stand back. */
  List.prototype.dim = function () {
    const { index, window, parts } = this.painter, units = index.time && index.time.units, off = index.layer.off;
    this.nodes.forEach(function (node, n) {
      const first = off[parts[n]], last = off[parts[n + 1]] - 1;
      node.classList.toggle('off', Boolean(units && window && (units[first] > window[1] || units[last] < window[0])));
    });
  };

  // --- the clock ------------------------------------------------------------------------------------

  /** @constructor @param {TrackPainter} painter */
  function Clock(painter) {
    this.painter = painter;
    this.span = /** @type {[number, number]} */ (painter.index.span);
    this.timer = 0;
    const hours = (this.span[1] - this.span[0]) * timed(painter.index).quantum / 3600;
    this.lengths = LENGTHS.filter(function (l) { return l[1] < hours; }).concat([['all before', Infinity]]);
    this.slider = T.el('input', { type: 'range', min: 0, max: STEPS, step: 1, value: STEPS, 'aria-label': 'Time shown' });
    this.length = T.el('select', { 'aria-label': 'Length of the time shown' }, this.lengths.map(function (l, n) { return T.el('option', { value: n }, l[0]); }));
    const usual = this.lengths.findIndex(function (l) { return l[1] >= hours / 40; });
    this.length.value = String(Math.max(0, usual));
    this.said = T.el('output', { class: 'tracks-when' }, 'all times');
    this.all = this.button('All', 'Show all times', () => { this.stop(); this.off(); });
    this.play = this.button('▶', 'Play', () => { if (this.timer) this.stop(); else this.start(); });
    this.mark = T.el('div', { class: 'tracks-span', hidden: '', 'aria-hidden': 'true' });
    this.slider.addEventListener('input', () => { this.stop(); this.show(); });
    this.length.addEventListener('change', () => { this.show(); });
    const rail = T.el('div', { class: 'tracks-rail' }, [this.slider, this.mark]);
    const box = T.el('div', { class: 'tracks-clock', role: 'group', 'aria-label': 'Clock of the tracks, UTC' },
      [this.play, rail, this.length, this.all, this.said]);
    T.corner(painter.map, 'bottomleft', box);
    painter.map.on('tumen:tracks-selected', (/** @type {any} */ event) => { if (event.layer === painter) this.shade(event.track); });
  }

  /** @param {string} words @param {string} label @param {() => void} act */
  Clock.prototype.button = function (words, label, act) {
    const node = T.el('button', { type: 'button', 'aria-label': label, title: label }, words);
    node.addEventListener('click', act);
    return node;
  };

  Clock.prototype.show = function () {
    const index = this.painter.index, length = this.lengths[Number(this.length.value)][1] * 3600 / timed(index).quantum;
    const to = this.span[0] + (this.span[1] - this.span[0]) * Number(this.slider.value) / STEPS;
    const from = Math.max(this.span[0], to - length);
    this.said.textContent = moment(seconds(index, from)) + ' to ' + moment(seconds(index, to)) + ' UTC';
    this.slider.setAttribute('aria-valuetext', this.said.textContent);
    this.painter.show([from, to]);
  };

  /** Show a span of seconds of Unix time. @param {number} from @param {number} to */
  Clock.prototype.openWith = function (from, to) {
    const index = this.painter.index, time = timed(index), whole = this.span[1] - this.span[0] || 1;
    const ends = [from, to].map((s) => Math.min(this.span[1], Math.max(this.span[0], (s - time.origin) / time.quantum)));
    this.slider.value = String(Math.round(STEPS * (ends[1] - this.span[0]) / whole));
    this.said.textContent = moment(seconds(index, ends[0])) + ' to ' + moment(seconds(index, ends[1])) + ' UTC';
    this.slider.setAttribute('aria-valuetext', this.said.textContent);
    this.painter.show([ends[0], ends[1]]);
  };

  Clock.prototype.off = function () {
    this.slider.value = String(STEPS);
    this.said.textContent = 'all times';
    this.slider.setAttribute('aria-valuetext', 'all times');
    this.painter.show(null);
  };

  Clock.prototype.start = function () {
    if (Number(this.slider.value) >= STEPS) this.slider.value = '0';
    this.play.textContent = '❚❚';
    this.play.setAttribute('aria-label', 'Pause');
    this.timer = window.setInterval(() => {
      const next = Number(this.slider.value) + 2;
      this.slider.value = String(Math.min(STEPS, next));
      this.show();
      if (next >= STEPS) this.stop();
    }, PLAY_MS);
    this.show();
  };

  Clock.prototype.stop = function () {
    if (!this.timer) return;
    clearInterval(this.timer);
    this.timer = 0;
    this.play.textContent = '▶';
    this.play.setAttribute('aria-label', 'Play');
  };

  /** On the axis: when the selected track was received. @param {number} track */
  Clock.prototype.shade = function (track) {
    this.mark.hidden = track < 0;
    if (track < 0) return;
    const { index, parts } = this.painter, units = timed(index).units, off = index.layer.off, whole = this.span[1] - this.span[0] || 1;
    const from = units[off[parts[track]]], to = units[off[parts[track + 1]] - 1];
    this.mark.style.left = ((from - this.span[0]) / whole * 100).toFixed(3) + '%';
    this.mark.style.right = ((this.span[1] - to) / whole * 100).toFixed(3) + '%';
  };

  T.trackPanels = function (painter) {
    legend(painter);
    new List(painter);
    const span = painter.index.span;
    if (span && span[1] > span[0]) painter.clock = new Clock(painter);
    pointing(painter);
  };
})();
