/* The axis of time: a period to choose, its span, play, and events as marks that open. */
(function () {
  'use strict';
  const T = window.Tumen;
  const APART = 26;
  const EDGE = 12; // half a mark: none stands over the end of the axis
  const NAMED = 5; // events by name
  const CHANGES = ['opening', 'restart', 'suspension', 'closing', 'sanction'];
  const PAUSE_MS = 1600;
  /** @typedef {Scene.Clock & { events: Scene.Event[] }} Axis */
  /** @typedef {{ share: number, events: Scene.Event[] }} Mark */
  /** @type {{ [unit: string]: number }} */
  const MONTHS = { year: 12, quarter: 3, month: 1 };

  /** @type {(year: number, month: number, day: number) => string} */
  function iso(year, month, day) { return new Date(Date.UTC(year, month, day)).toISOString().slice(0, 10); }

  /** Every period of one unit from the first day to the last. */
  T.periods = function (start, end, unit) {
    const found = [], step = MONTHS[unit], last = Number(end.slice(0, 4));
    for (let year = Number(start.slice(0, 4)); year <= last; year++) {
      for (let month = 0; month < 12; month += step) {
        found.push({ start: iso(year, month, 1), end: iso(year, month + step, 0) });
      }
    }
    return found;
  };

  /** @type {(share: number) => string} */
  function percent(share) { return (share * 100).toFixed(4) + '%'; }

  /** @type {(words: string, attributes: { [name: string]: string }, act: () => void) => HTMLButtonElement} */
  function button(words, attributes, act) {
    const node = T.el('button', Object.assign({ type: 'button' }, attributes), words);
    node.addEventListener('click', act);
    return node;
  }

  /** What changes whether something runs is named before what is said or planned. @type {(event: Scene.Event) => number} */
  function weight(event) { return (CHANGES.indexOf(event.kind) < 0 ? 2 : 0) + (event.corridor ? 0 : 1); }

  /** @constructor @param {import('leaflet').Map} map @param {Axis} value */
  function Clock(map, value) {
    const self = this;
    this.map = map;
    this.value = value;
    this.lines = T.needLines(map);
    this.unit = value.units[0];
    this.span = 1;
    /** @type {number | null} */
    this.at = null;
    /** @type {ReturnType<typeof setInterval> | null} */
    this.timer = null;
    this.size = '';
    this.periods = T.periods(value.start, value.end, this.unit);
    this.root = T.slot('clock', map, 'Time', 'bottomleft');
    this.all = button('Fullest periods', { 'aria-pressed': 'true' }, function () { self.stop(); self.go(null); });
    this.play = button('▶ Play', { class: 'play' }, function () { if (self.timer) self.stop(); else self.start(); });
    this.now = T.el('output', { class: 'clock-now', 'aria-live': 'polite' });
    this.slider = T.el('input', { type: 'range', min: 0, step: 1, 'aria-label': 'Period' });
    this.spans = T.el('input', { type: 'number', min: 1, max: this.periods.length, value: 1, inputmode: 'numeric' });
    this.spanUnit = T.el('span', {}, '');
    this.track = T.el('div', { class: 'clock-track' });
    this.shade = T.el('div', { class: 'clock-shade', hidden: '' });
    this.rows = T.el('div', { class: 'clock-rows' });
    this.marks = T.el('div', { class: 'clock-marks' });
    this.corridors = T.charted(this.lines, value.corridors);
    this.figures = this.corridors.flatMap(function (own) { return own.figures; });
    this.stretches = T.stretches(value.start, value.end, this.figures);
    this.panel = T.el('div', { class: 'clock-panel', hidden: '' });
    this.build();
    this.chart = new T.Chart(this.rows, this.lines, this.corridors, this.stretches, value.bounds);
    this.mark();
    map.on('tumen:state', function () { self.chart.follow(); });
    if (value.open_start) this.openWith(value.open_start, value.open_end);
  }

  /** Open with a period, in the longest step whose periods begin and end with it. @type {(start: string, end: string) => void} */
  Clock.prototype.openWith = function (start, end) {
    const value = this.value;
    this.setUnit(value.units.find(function (unit) {
      const found = T.periods(value.start, value.end, unit);
      return found.some(function (p) { return p.start === start; }) && found.some(function (p) { return p.end === end; });
    }) || value.units[value.units.length - 1]);
    const from = this.periods.findIndex(function (p) { return p.end >= start; });
    const count = this.periods.filter(function (p) { return p.end >= start && p.start <= end; }).length;
    if (!count) return;
    this.span = count;
    this.spans.value = String(count);
    this.go(from);
  };

  Clock.prototype.build = function () {
    const self = this;
    const back = button('◀', { 'aria-label': 'Previous period with a figure' }, function () { self.stop(); self.step(-1); });
    const next = button('▶', { 'aria-label': 'Next period with a figure' }, function () { self.stop(); self.step(1); });
    this.slider.addEventListener('input', function () { self.stop(); self.go(Number(self.slider.value)); });
    const bar = T.el('div', { class: 'clock-bar' }, [this.all, back, this.play, next, ...this.choices(), this.now]);
    this.rows.addEventListener('click', function (event) { self.choose(event); });
    this.track.replaceChildren(this.shade, this.rows, this.marks);
    this.root.replaceChildren(bar, T.el('div', { class: 'clock-axis' }, [this.slider, this.track, this.panel]));
    this.root.classList.toggle('several', this.corridors.length > 1);
    this.root.hidden = false;
    if (window.ResizeObserver) new ResizeObserver(function () { self.fit(); }).observe(this.track);
  };

  /** The period of a place on the chart that was pressed. @param {MouseEvent} event */
  Clock.prototype.choose = function (event) {
    const picture = event.target instanceof Element && event.target.closest('svg');
    if (!picture) return;
    const box = picture.getBoundingClientRect(), date = T.dated(this.stretches, (event.clientX - box.left) / box.width);
    this.stop();
    this.go(this.periods.findIndex(function (p) { return p.end >= date; }));
  };

  /** Step and span: the unit of a period, and how many of them are taken together. */
  Clock.prototype.choices = function () {
    const self = this, made = [];
    const unit = T.el('select', {}, this.value.units.map(function (u) { return T.el('option', { value: u }, u); }));
    unit.addEventListener('change', function () { self.stop(); self.setUnit(unit.value); });
    if (this.value.units.length > 1) made.push(T.el('label', {}, ['Step ', unit]));
    this.spans.addEventListener('change', function () {
      self.span = Math.max(1, Math.min(Math.round(Number(self.spans.value)) || 1, self.periods.length));
      self.spans.value = String(self.span);
      self.stop();
      self.go(self.at === null ? self.latest() : self.at);
    });
    return made.concat([T.el('label', {}, ['Range ', this.spans, ' ', this.spanUnit])]);
  };

  /** @param {string} unit */
  Clock.prototype.setUnit = function (unit) {
    const shown = this.period();
    this.unit = unit;
    this.periods = T.periods(this.value.start, this.value.end, unit);
    this.span = 1;
    this.spans.value = '1';
    this.spans.max = String(this.periods.length);
    this.mark();
    if (shown) this.go(this.periods.findIndex(function (p) { return p.end >= shown.start; }));
  };

  /** The period shown: from the start of the first to the end of the last, or null. */
  Clock.prototype.period = function () {
    if (this.at === null) return null;
    const last = Math.min(this.at + this.span, this.periods.length) - 1;
    return { start: this.periods[this.at].start, end: this.periods[last].end };
  };

  /** Whether any figure is of a period, or of some time of it. @param {Span} period */
  Clock.prototype.knows = function (period) {
    return this.figures.some(function (f) { return T.meets(f, period); });
  };

  Clock.prototype.first = function () {
    const self = this;
    return Math.max(0, this.periods.findIndex(function (p) { return self.knows(p); }));
  };

  /** Where a range begins that ends with the latest period that has a figure. */
  Clock.prototype.latest = function () {
    let last = this.periods.length - 1;
    while (last > 0 && !this.knows(this.periods[last])) last -= 1;
    return Math.max(0, last - this.span + 1);
  };

  /** @param {number | null} at */
  Clock.prototype.go = function (at) {
    this.at = at === null ? null : Math.max(0, Math.min(at, this.periods.length - this.span));
    this.show();
    this.lines.setWindow(this.period());
  };

  /** To the next period, or the one before, that has a figure; false at the end. @param {1 | -1} by */
  Clock.prototype.step = function (by) {
    let at = this.at === null ? (by > 0 ? -1 : this.periods.length) : this.at;
    do { at += by; } while (at >= 0 && at < this.periods.length && !this.knows(this.periods[at]));
    if (at < 0 || at > this.periods.length - this.span) return false;
    this.go(at);
    return true;
  };

  Clock.prototype.start = function () {
    const self = this;
    this.play.textContent = '❚❚ Pause';
    this.timer = setInterval(function () { if (!self.step(1)) self.stop(); }, PAUSE_MS);
    if (!this.step(1)) this.go(this.first());
  };

  Clock.prototype.stop = function () {
    if (!this.timer) return;
    clearInterval(this.timer);
    this.timer = null;
    this.play.textContent = '▶ Play';
  };

  Clock.prototype.show = function () {
    const period = this.period();
    const words = period ? T.period(period.start, period.end) : 'the fullest period of each line';
    this.now.textContent = period ? words : '';
    this.all.setAttribute('aria-pressed', String(!period));
    this.slider.value = String(this.at === null ? this.periods.length - 1 : this.at);
    this.slider.setAttribute('aria-valuetext', words);
    this.spanUnit.textContent = this.unit + (this.span > 1 ? 's' : '');
    this.shade.hidden = !period;
    if (!period) return;
    this.shade.style.left = percent(T.placed(this.stretches, period.start));
    this.shade.style.right = percent(1 - T.placed(this.stretches, T.dayAfter(period.end)));
  };

  // --- what stands on the axis --------------------------------------------------------------------

  /** Draw anew where the chart has another size. */
  Clock.prototype.fit = function () {
    const size = this.rows.clientWidth + ' ' + this.rows.clientHeight;
    if (size !== this.size) this.mark();
  };

  Clock.prototype.mark = function () {
    this.size = this.rows.clientWidth + ' ' + this.rows.clientHeight;
    this.slider.max = String(this.periods.length - 1);
    this.chart.draw(this.periods);
    this.marks.replaceChildren(this.ticks(), this.events(), this.names());
    this.show();
  };

  /** Marks of events, those that would lie on each other as one with their number. */
  Clock.prototype.events = function () {
    const self = this, box = T.el('div', { class: 'clock-events', role: 'group', 'aria-label': 'Events' });
    const room = Math.max(1, this.track.clientWidth);
    /** @type {Mark[]} */
    const marks = [];
    this.value.events.forEach(function (event) {
      const share = Math.max(EDGE, Math.min(room - EDGE, T.placed(self.stretches, event.start) * room)) / room;
      const last = marks[marks.length - 1];
      if (last && (share - last.share) * room < APART) last.events.push(event);
      else marks.push({ share: share, events: [event] });
    });
    marks.forEach(function (mark) { box.append(self.eventMark(mark)); });
    return box;
  };

  /** @param {Mark} mark */
  Clock.prototype.eventMark = function (mark) {
    const self = this, many = mark.events.length, first = mark.events[0], last = mark.events[many - 1];
    const words = many > 1 ? many + ' events, ' + first.date + ' to ' + last.date : first.date + ', ' + first.title;
    const node = button(many > 1 ? String(many) : '◆', { class: 'clock-event', 'aria-label': words, title: words, 'aria-expanded': 'false' },
      function () { self.tell(node, mark.events); });
    node.style.left = percent(mark.share);
    return node;
  };

  /** Open the events of a mark: each with its date, kind and source. @param {HTMLElement} node @param {Scene.Event[]} events */
  Clock.prototype.tell = function (node, events) {
    const open = node.getAttribute('aria-expanded') === 'true';
    this.track.querySelectorAll('.clock-event').forEach(function (other) { other.setAttribute('aria-expanded', 'false'); });
    this.panel.hidden = open;
    if (open) return;
    node.setAttribute('aria-expanded', 'true');
    this.panel.replaceChildren(T.el('ul', {}, events.map(function (event) {
      const where = event.corridor ? event.kind + ', ' + event.corridor : event.kind;
      return T.el('li', {}, [T.el('span', { class: 'date' }, event.date), ' ', event.title, ' ',
        T.el('span', { class: 'quiet' }, where), ' ', T.cite(event.source)]);
    })));
  };

  /** Some events by name, in two rows under their marks: those of one corridor first, none twice or cut. */
  Clock.prototype.names = function () {
    const self = this, room = Math.max(1, this.track.clientWidth), box = T.el('div', { class: 'clock-names', 'aria-hidden': 'true' });
    /** @type {[number, number][][]} */
    const rows = [[], []];
    const first = this.value.start, last = this.value.end;
    const inside = this.value.events.filter(function (e) { return e.start >= first && e.start <= last; });
    const ordered = inside.slice().sort(function (a, b) { return weight(a) - weight(b) || a.title.length - b.title.length; });
    let named = 0;
    ordered.forEach(function (event) {
      const width = T.wordsPx(event.title) + 14, from = T.placed(self.stretches, event.start) * room;
      const left = from + width > room ? from - width : from;
      const row = rows.find(function (taken) { return taken.every(function (t) { return left > t[1] || left + width < t[0]; }); });
      if (named >= NAMED || !row || left < 0 || width > room) return;
      row.push([left, left + width]);
      named += 1;
      const node = T.el('span', { class: left < from ? 'ends' : '' }, event.title);
      node.style.left = left + 'px';
      node.style.width = width + 'px';
      node.style.top = rows.indexOf(row) * 15 + 'px';
      box.append(node);
    });
    return box;
  };

  /** Years under the chart, as many as find room; a long time without a figure by its first and last. */
  Clock.prototype.ticks = function () {
    const self = this, box = T.el('div', { class: 'clock-ticks', 'aria-hidden': 'true' });
    const room = this.track.clientWidth;
    let free = 0;
    this.stretches.forEach(function (one) {
      const from = T.placed(self.stretches, one.start) * room, to = T.placed(self.stretches, T.dayAfter(one.end)) * room;
      const years = one.empty && one.years > 1 && to - from < 36 * one.years ? [one.start.slice(0, 4) + '–' + one.end.slice(0, 4)]
        : Array.from({ length: one.years }, function (_, n) { return String(Number(one.start.slice(0, 4)) + n); });
      years.forEach(function (words, n) {
        const middle = from + (to - from) * (n + 0.5) / years.length, width = T.wordsPx(words) + 6;
        if (middle - width / 2 < free) return;
        free = middle + width / 2;
        const tick = T.el('span', {}, words);
        tick.style.left = percent(middle / room);
        box.append(tick);
      });
    });
    return box;
  };

  T.kinds.clock = function (map, value) { map._tumenClock = new Clock(map, value); };
})();
