/* The chart of the clock: a row of columns for each corridor, with what could move, and gaps in words. */
(function () {
  'use strict';
  const T = window.Tumen;
  const MOST = 12; // corridors with a row of their own
  const TOP = 16; // pixels above the highest column, for its figure
  const LOWEST = 40, HIGHEST = 260; // pixels of a row of columns
  const LEAST = 12; // pixels of the line of what could move
  const HIGH = 10; // pixels of the letters of an amount
  const LINE = 13; // pixels from a line of its words to the next
  const OPEN = 8; // pixels of the arrow of an open end

  /** @constructor @param {HTMLElement} root @param {Lines} lines @param {Charted[]} corridors @param {Stretch[]} stretches @param {Scene.Bound[]} bounds */
  function Chart(root, lines, corridors, stretches, bounds) {
    this.root = root;
    this.lines = lines;
    this.stretches = stretches;
    this.bounds = bounds;
    /** @type {Span[]} */
    this.periods = [];
    this.asked = '';
    this.order = corridors.map(function (own) { return own.corridor; });
    this.chosen = lines.chosen;
    this.shown = largest(corridors);
    this.more = corridors.length - this.shown.length;
    this.heads = heads(this.shown);
    this.say();
  }

  /** A line of words for each corridor. @param {Charted[]} shown */
  function heads(shown) { return shown.map(function () { return T.el('p', { class: 'clock-head' }); }); }

  /** Give the largest corridors a row each. @param {Charted[]} corridors */
  Chart.prototype.take = function (corridors) {
    this.shown = largest(corridors);
    this.more = corridors.length - this.shown.length;
    this.heads = heads(this.shown);
  };

  /** The corridors with rows of their own, in their order: those that moved most of what could. @type {(corridors: Charted[]) => Charted[]} */
  function largest(corridors) {
    const size = new Map(corridors.map(function (own) {
      return [own, own.figures.reduce(function (most, f) { return Math.max(most, f.full ? 1e6 * (f.quantity || 0) / f.full : 0, f.rate ? 1 : 0); }, 0)];
    }));
    const kept = new Set(corridors.slice().sort(function (a, b) { return (size.get(b) || 0) - (size.get(a) || 0); }).slice(0, MOST));
    return corridors.filter(function (own) { return kept.has(own); });
  }

  /** What each corridor shows now: its name, how full it was, what moved and who says so. */
  Chart.prototype.say = function () {
    const ranked = T.ranking(this.lines);
    this.shown.forEach((own, n) => {
      const told = ranked.filter(function (item) { return item.pipe.corridor === own.corridor && item.figure; });
      this.heads[n].replaceChildren(...this.head(own, told[0]));
    });
  };

  /** @param {Charted} own @param {Ranked | undefined} item */
  Chart.prototype.head = function (own, item) {
    const title = T.el('strong', { class: 'clock-title' }, own.title);
    title.style.setProperty('--own', own.pipes[0].colour);
    const f = item && item.figure;
    if (!f) return [title, ' ', T.el('span', { class: 'quiet' }, 'no figure'), ' ', this.boundWords(own), ...cargoes(own)];
    const where = item.title === own.title ? '' : item.title + ', ';
    const amount = f.could.startsWith('limit ') ? f.moved : T.amount(f);
    const cites = T.citesOf(f).flatMap(function (n) { return [T.cite(n), ' ']; });
    return [title, ' ', T.el('strong', { class: 'clock-share' }, f.share), ' ',
      T.el('span', { class: 'quiet' }, [amount, f.key, ' ', T.cargoWords(f), where, f.period, ', ', f.basis, ' ']), ...cites, this.boundWords(own), ...cargoes(own)];
  };

  /** What the colours of a corridor's columns are, where they have several. @type {(own: Charted) => HTMLElement[]} */
  function cargoes(own) {
    const words = T.cargoColours(own);
    return words.length < 2 ? [] : words.map(function (one) {
      const key = T.el('span', { class: 'clock-key' }, one.word);
      key.style.setProperty('--own', one.colour);
      return key;
    });
  }

  /** What the line across the columns is. @param {Charted} own */
  Chart.prototype.boundWords = function (own) {
    const last = this.boundsOf(own).slice(-1)[0];
    return T.el('span', { class: 'clock-bound' }, last ? '— ' + last.word : '');
  };

  /** Say anew what is shown, and draw anew where another capacity is asked for or other rows are chosen: all columns keep their height else. */
  Chart.prototype.follow = function () {
    const anew = this.chosen !== this.lines.chosen;
    if (anew) this.take(T.charted(this.lines, this.order));
    this.chosen = this.lines.chosen;
    this.say();
    const asked = JSON.stringify(this.lines.held);
    if ((anew || asked !== this.asked) && this.periods.length) this.draw(this.periods);
  };

  /** @param {Span[]} periods */
  Chart.prototype.draw = function (periods) {
    this.periods = periods;
    this.asked = JSON.stringify(this.lines.held);
    const width = Math.max(1, this.root.clientWidth), count = this.shown.length || 1;
    this.root.replaceChildren(...this.heads);
    const head = this.heads.length ? this.heads[0].offsetHeight : 0;
    const high = Math.max(LOWEST, Math.min(HIGHEST, Math.floor(this.root.clientHeight / count - head) - 1));
    this.root.replaceChildren(...this.shown.map((own, n) => {
      return T.el('div', { class: 'clock-row' }, [this.heads[n], this.picture(own, periods, width, high)]);
    }));
    if (this.more > 0) this.root.append(T.el('p', { class: 'quiet' }, this.more + ' more corridor' + (this.more > 1 ? 's' : '') + ' in the table'));
  };

  /** @param {Charted} own @param {Span[]} periods @param {number} width @param {number} height */
  Chart.prototype.picture = function (own, periods, width, height) {
    const held = this.lines.asked(own.corridor, own.kind);
    const every = this.boundsOf(own), limited = every.some(function (b) { return b.limit; });
    const chart = T.columns(own, periods, limited), fitted = held ? every : T.fitted(every, chart.columns);
    const bounds = fitted.filter(function (b, n) {
      return n === fitted.length - 1 || chart.columns.some(function (c) { return c.start <= b.end && c.end >= b.start; });
    });
    const tops = chart.columns.map(function (c) { return Math.max(c.low || 0, c.high || 0); })
      .concat(bounds.map(function (b) { return Math.max(b.low || 0, b.high || 0); }));
    const most = Math.max(...tops, 0) || 1, base = height - 1;
    const y = function (/** @type {number} */ value) { return base - value / most * (base - TOP); };
    const x = (/** @type {string} */ date) => T.placed(this.stretches, date) * width;
    const node = T.svg('svg', { class: 'clock-columns', width: width, height: height, viewBox: '0 0 ' + width + ' ' + height, role: 'img',
      'aria-label': spoken(own, chart, limited) });
    const unit = unitOf(chart);
    bounds.forEach(function (b) { node.append(...boundary(b, x, y)); });
    node.append(T.svg('line', { x1: 0, x2: width, y1: base + 0.5, y2: base + 0.5, class: 'axis' }));
    chart.columns.forEach(function (c) { node.append(...column(c, x, y, base)); });
    const rules = bounds.flatMap(function (b) { return ruled(b, x, y); });
    const told = figures(chart.columns, unit, x, y, width).map(function (one) {
      return Object.assign({}, one, { y: T.liftedOff(one, rules) });
    });
    node.append(...told.map(function (one) { return text(one.words, { x: (one.from + one.to) / 2, y: one.y }, 'amount'); }),
      ...gaps(chart.said, x, base, told));
    return node;
  };

  /** What a corridor's columns stand against: as published, or what is asked for under "What if". @param {Charted} own */
  Chart.prototype.boundsOf = function (own) {
    const published = this.bounds.filter(function (b) { return b.corridor === own.corridor && b.kind === own.kind; });
    const held = this.lines.asked(own.corridor, own.kind), last = this.stretches[this.stretches.length - 1];
    if (!held) return published;
    const unit = own.figures.find(function (f) { return f.kind === own.kind; }), rate = held.rate / (unit && unit.unit_size || 1);
    return [{ corridor: own.corridor, kind: own.kind, low: held.rate, high: held.rate, start: this.stretches[0].start, end: last.end,
      word: 'what if: ' + T.words.could([rate, held.least ? null : rate], unit && unit.unit || '', 1), limit: false }];
  };

  /** The unit most columns are said in, and its size. @type {(chart: { columns: TimeColumn[] }) => { name: string, size: number }} */
  function unitOf(chart) {
    /** @type {{ [unit: string]: number }} */
    const count = {};
    let best = { name: '', size: 1 };
    chart.columns.flatMap(function (c) { return c.parts; }).forEach(function (part) {
      const f = part.figure;
      count[f.unit] = (count[f.unit] || 0) + 1;
      if (!best.name || count[f.unit] > count[best.name]) best = { name: f.unit, size: f.unit_size };
    });
    return best;
  }

  /** @type {(own: Charted, chart: { columns: TimeColumn[] }, limited: boolean) => string} */
  function spoken(own, chart, limited) {
    const told = chart.columns.flatMap(function (c) { return c.parts; }).map(function (part) {
      return part.figure.period + ' ' + T.cargoWords(part.figure) + part.figure.moved + ' ' + part.figure.basis;
    });
    return own.title + (limited ? '' : ', height by yearly rate') + ': ' + (told.join('; ') || 'no figure');
  }

  /** Where a column or a line of what could move stands, in pixels: ways that stand side by side share the time. @type {(one: { start: string, end: string, side?: number, sides?: number }, x: (date: string) => number) => [number, number]} */
  function extent(one, x) {
    const from = x(one.start), each = Math.max(2, x(T.dayAfter(one.end)) - from) / (one.sides || 1);
    return [from + each * (one.side || 0), from + each * ((one.side || 0) + 1)];
  }

  /** The lines of what could move, in pixels: one, or the ends of a range. @type {(b: Stand, x: (date: string) => number, y: (value: number) => number) => Rule[]} */
  function ruled(b, x, y) {
    const own = extent(b, x), middle = (own[0] + own[1]) / 2, half = Math.max(LEAST / (b.sides || 1) / 2, (own[1] - own[0]) / 2);
    return Array.from(new Set([b.low, b.high])).flatMap(function (value) {
      return value === null ? [] : [{ from: middle - half, to: middle + half, y: y(value) }];
    });
  }

  /** @type {(b: Stand, x: (date: string) => number, y: (value: number) => number) => SVGElement[]} */
  function boundary(b, x, y) {
    const rules = ruled(b, x, y), low = rules[0], high = rules[1];
    const range = high ? [T.svg('rect', { x: low.from, width: low.to - low.from, y: high.y, height: low.y - high.y, class: 'bound-range' })] : [];
    return range.concat(rules.map(function (r) { return T.svg('line', { x1: r.from, x2: r.to, y1: r.y, y2: r.y, class: 'bound' }); }));
  }

  /** Where words stand that no line goes through: above the lines that they would meet, if there is room. @type {(words: Written, rules: Rule[]) => number} */
  T.liftedOff = function (words, rules) {
    const beside = rules.filter(function (r) { return r.from < words.to && r.to > words.from; }).sort(function (a, b) { return b.y - a.y; });
    const y = beside.reduce(function (at, r) { return r.y > at - HIGH && r.y < at + 2 ? r.y - 4 : at; }, words.y);
    return y < HIGH ? words.y : y;
  };

  /** Solid to the lower figure, a rim to the upper one; hollow where claimed; an arrow where the end is open. @type {(c: TimeColumn, x: (date: string) => number, y: (value: number) => number, base: number) => SVGElement[]} */
  function column(c, x, y, base) {
    const own = extent(c, x), from = own[0], whole = own[1] - from, side = whole > 12 ? whole * 0.18 : 0;
    const left = from + side, width = whole - 2 * side, made = [];
    const box = function (/** @type {number} */ low, /** @type {number} */ high, /** @type {string} */ name, /** @type {string} */ colour) {
      const top = Math.min(y(high), y(low) - 1), edge = name === 'hollow' ? 0.75 : 0;
      const node = T.svg('rect', { x: left + edge, y: top + edge, width: Math.max(1, width - 2 * edge), height: Math.max(1, y(low) - top - edge), class: 'column ' + name });
      node.style.setProperty('--own', colour);
      made.push(node);
    };
    const low = c.low || 0, high = c.high === null ? low : c.high;
    const last = c.parts[c.parts.length - 1].figure;
    if (high > low) box(low, high, 'rim', T.colourOf(last));
    stack(c).forEach(function (part) { box(part.from, part.to, part.hollow ? 'hollow' : 'solid', part.colour); });
    if (c.low === 0 && c.high === 0) made.push(T.svg('line', { x1: left, x2: left + width, y1: base - 1, y2: base - 1, class: 'zero' }));
    if (c.high === null) {
      const middle = left + width / 2, top = y(low);
      made.push(T.svg('path', { d: 'M' + middle + ' ' + top + 'V' + (top - OPEN) + 'M' + (middle - 3) + ' ' + (top - OPEN + 3) + 'L' + middle + ' ' + (top - OPEN) + 'L' + (middle + 3) + ' ' + (top - OPEN + 3), class: 'open' }));
    }
    return made;
  }

  /** The parts of a column, from the bottom: of each figure its cargoes, the largest first. @type {(c: TimeColumn) => { from: number, to: number, colour: string, hollow: boolean }[]} */
  function stack(c) {
    let at = 0;
    return c.parts.flatMap(function (part) {
      const f = part.figure, whole = f.lanes.reduce(function (sum, lane) { return sum + lane.rate; }, 0);
      const split = !f.hollow && f.lanes.length > 1 && whole > 0;
      const shares = split ? f.lanes.map(function (lane) { return { colour: lane.colour, share: lane.rate / whole }; })
        : [{ colour: T.colourOf(f), share: 1 }];
      return shares.filter(function () { return Boolean(part.low); }).map(function (one) {
        const from = at;
        at += (part.low || 0) * one.share;
        return { from: from, to: at, colour: one.colour, hollow: f.hollow };
      });
    });
  }

  /** @type {(words: string, at: { x: number, y: number }, name: string, anchor?: string) => SVGElement} */
  function text(words, at, name, anchor) {
    const node = T.svg('text', { x: at.x, y: at.y, class: name, 'text-anchor': anchor || 'middle' });
    node.textContent = words;
    return node;
  }

  /** The amounts above their columns, the largest first, where they find room. @type {(columns: TimeColumn[], unit: { name: string }, x: (date: string) => number, y: (value: number) => number, width: number) => Written[]} */
  function figures(columns, unit, x, y, width) {
    /** @type {Written[]} */
    const taken = [];
    const size = function (/** @type {TimeColumn} */ c) { return Math.max(c.low || 0, c.high || 0); };
    columns.slice().sort(function (a, b) { return size(b) - size(a); }).forEach(function (c) {
      const f = c.figure, whole = c.start === f.start && c.end === f.end, own = extent(c, x);
      const amounts = c.parts.map(function (part) { return T.words.bare(part.figure.moved, unit.name); }).join(' + ');
      const words = amounts + (whole ? '' : ' in ' + f.period), half = T.wordsPx(words) / 2 + 2;
      const middle = Math.max(half, Math.min(width - half, (own[0] + own[1]) / 2));
      if (taken.some(function (t) { return middle - half < t.to && middle + half > t.from; })) return;
      taken.push({ words: words, from: middle - half, to: middle + half, y: y(size(c)) - (c.high === null ? OPEN : 0) - 4 });
    });
    return taken;
  }

  /** Times without a column in words, where they find room beside the amounts. @type {(said: Said[], x: (date: string) => number, base: number, told: Written[]) => SVGElement[]} */
  function gaps(said, x, base, told) {
    return said.flatMap(function (one) {
      const from = x(one.start), to = x(T.dayAfter(one.end)), half = T.wordsPx(one.words) / 2, middle = (from + to) / 2;
      const meets = told.some(function (t) { return t.y > base - 4 - LINE && middle - half < t.to && middle + half > t.from; });
      if (2 * half > to - from || meets) return [];
      return [text(one.words, { x: (from + to) / 2, y: base - 4 }, 'gap')];
    });
  }

  T.Chart = /** @type {any} */ (Chart);
})();
