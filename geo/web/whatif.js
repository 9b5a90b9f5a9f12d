/* What if: capacity as a product of factors with sliders, worded and computed as
   geo/scene/products.py and geo/flows.py do it. */
(function () {
  'use strict';
  const T = window.Tumen;

  /** `constant` times each value, or divided by it, in this order. */
  T.product = function (constant, values, divides) {
    return values.reduce(function (result, value, n) {
      return divides && divides[n] ? result / value : result * value;
    }, constant);
  };

  /** @typedef {{ [factor: string]: number }} Values */

  /** @type {(factor: Scene.FactorSlider, values: Values) => number} */
  function valueOf(factor, values) { return factor.id in values ? values[factor.id] : factor.value; }

  /** The product in its own unit, with some factors set by id. @type {(product: Scene.WhatIf, values: Values) => number} */
  function setTo(product, values) {
    return T.product(product.constant,
      product.factors.map(function (f) { return valueOf(f, values); }),
      product.factors.map(function (f) { return f.divides; }));
  }

  /** @type {(factor: Scene.FactorSlider, n: number) => string} */
  function sign(factor, n) {
    if (!n) return factor.divides ? '÷ ' : '';
    return factor.divides ? ' ÷ ' : ' × ';
  }

  /** A factor without a value in the sources makes the product "at least". @type {(product: Scene.WhatIf, values: Values) => boolean} */
  function atLeast(product, values) {
    return product.factors.some(function (f) { return !f.known && !(f.id in values); });
  }

  /** What moved as a share; of a capacity that is "at least" so much, at most. @type {(product: Scene.WhatIf, yearly: number, when: string, least: boolean) => string} */
  function against(product, yearly, when, least) {
    const held = product.held;
    if (!held) return 'what moved ' + (when && when + ' ') + 'is not known in ' + product.kind;
    const ratio = function (/** @type {Known} */ rate) { return rate === null || !yearly ? null : rate / yearly; };
    const ends = held.rate === null ? [held.low, held.high] : [held.rate, held.rate];
    const share = T.words.share(least ? null : ratio(ends[0]), ratio(ends[1]));
    return held.said + (share || T.words.UNKNOWN) + ' of ' + held.of;
  }

  /** 'in' a year, quarter or month, `told` if that has a name; 'between' two days (ISO dates). */
  T.during = function (start, end, told) {
    const next = new Date(Date.parse(end) + 864e5).toISOString();
    if (start.slice(8) === '01' && next.slice(8, 10) === '01') return 'in ' + (told || T.period(start, end));
    return 'between ' + T.period(start, start) + ' and ' + T.period(end, end);
  };

  /** A figure of the line as what the product is held against. @type {(figure: Scene.Figure, drawn: boolean) => Scene.Held} */
  function heldNow(figure, drawn) {
    const when = T.during(figure.start, figure.end, figure.period);
    const ends = T.amountEnds(figure).map(function (x) { return x === null ? null : x / figure.years; });
    const exact = ends[0] === ends[1] ? ends[0] : null, cites = figure.told_by.length ? figure.told_by : [figure.source];
    const bound = /^at (least|most) /.test(figure.moved);
    return {
      said: (bound ? figure.moved + ' moved ' + when + ', which' : 'the ' + figure.moved + ' that moved ' + when) + ' would be ',
      of: figure.years === 1 ? 'it' : 'it for that time', rate: exact,
      low: exact === null ? ends[0] : null, high: exact === null ? ends[1] : null,
      cites: cites.map(function (n) { return '[' + n + ']'; }).join(' '), drawn: drawn,
    };
  }

  /** The product held against what its line shows in a period, as products.during does it. */
  T.productDuring = function (product, pipes, period) {
    /** @type {(p: Scene.Pipe) => boolean} */
    const exact = function (p) { return p.id === product.line || p.legs.indexOf(product.line) >= 0; };
    const near = pipes.filter(function (p) { return exact(p) || p.corridor === product.line; });
    const named = near.filter(exact), own = named.length ? named : near;
    const once = new Map(own.flatMap(function (p) { return p.figures; }).map(function (f) { return [f.id, f]; }));
    const like = Array.from(once.values()).filter(function (f) { return f.kind === product.kind; });
    const core = own.length ? T.state(Object.assign({}, own[0], { figures: like }), period).cores[0] : undefined;
    return Object.assign({}, product, { held: core ? heldNow(core, product.held !== null) : null });
  };

  /** The product in words with some factors set by id, and what moved as a share of it. */
  T.productSentence = function (product, values, when) {
    const result = setTo(product, values);
    const said = product.factors.map(function (f, n) {
      const value = valueOf(f, values);
      return sign(f, n) + T.words.number(value) + (value === 1 ? f.one : f.many);
    }).join('');
    const least = atLeast(product, values);
    const could = (least ? 'at least ' : '') + T.words.rounded(result) + ' ' + product.unit;
    return said + product.tail + ' = ' + could + ' a ' + product.per + ' could move; ' +
      against(product, result * product.per_year, when || '', least) + '.';
  };

  /** @typedef {{ factor: Scene.FactorSlider, input: HTMLInputElement, said: Element | null }} Slider */

  /** The sliders of a box, each with its factor. @type {(box: HTMLElement, product: Scene.WhatIf) => Slider[]} */
  function slidersOf(box, product) {
    return product.factors.flatMap(function (factor) {
      const input = box.querySelector('[data-factor="' + CSS.escape(factor.id) + '"]');
      return input instanceof HTMLInputElement ? [{ factor: factor, input: input, said: input.previousElementSibling }] : [];
    });
  }

  /** @type {(box: HTMLElement, selector: string) => HTMLElement} */
  function need(box, selector) {
    /** @type {HTMLElement | null} */
    const node = box.querySelector(selector);
    if (!node) throw new Error('a what-if has no ' + selector);
    return node;
  }

  /** @constructor @param {HTMLElement} box @param {Scene.WhatIf} product @param {Panels} panels */
  function Panel(box, product, panels) {
    this.product = product;
    this.panels = panels;
    /** @type {Values} */
    this.values = {};
    /** @type {Span | null} */
    this.period = null;
    this.said = need(box, '.said');
    this.moved = box.querySelector('.held');
    /** @type {HTMLInputElement | null} */
    this.switch = box.querySelector('[role="switch"]');
    this.sliders = slidersOf(box, product);
    box.dataset.live = '1';
    need(box, '.actions').hidden = false;
    need(box, '.actions button').addEventListener('click', this.reset.bind(this));
    if (this.switch) this.switch.addEventListener('change', this.choose.bind(this));
    this.sliders.forEach((slider) => {
      slider.input.disabled = false;
      slider.input.addEventListener('input', this.move.bind(this, slider));
    });
    this.show();
  }

  /** What the sliders and the sentence say. */
  Panel.prototype.show = function () {
    this.sliders.forEach((slider) => {
      const factor = slider.factor, value = valueOf(factor, this.values);
      const least = !factor.known && !(factor.id in this.values) ? 'at least ' : '';
      const words = least + (T.words.number(value) + ' ' + (value === 1 ? factor.unit_one : factor.unit)).trim();
      slider.input.value = String(value);
      slider.input.setAttribute('aria-valuetext', words);
      if (slider.said) slider.said.textContent = words;
    });
    this.speak();
  };

  /** The sentence for the period of the clock, and who says what moved. */
  Panel.prototype.speak = function () {
    const period = this.period, product = period ? this.panels.during(this.product, period) : this.product;
    const sentence = T.productSentence(product, this.values, period ? T.during(period.start, period.end) : '');
    if (this.said.textContent === sentence) return;
    this.said.textContent = sentence;
    const cites = product.held ? product.held.cites.match(/\d+/g) || [] : [];
    if (this.moved) this.moved.replaceChildren(...(cites.length ? ['; what moved'] : []),
      ...cites.flatMap(function (number) { return [' ', T.cite(Number(number))]; }));
  };

  /** Take the period of the clock, without a word for each panel. @param {Span | null} period */
  Panel.prototype.follow = function (period) {
    this.period = period;
    this.said.setAttribute('aria-live', 'off');
    this.speak();
  };

  /** @param {Slider} slider */
  Panel.prototype.move = function (slider) {
    const first = !Object.keys(this.values).length;
    this.values[slider.factor.id] = Number(slider.input.value);
    this.said.setAttribute('aria-live', 'polite');
    this.show();
    if (this.switch && first) this.switch.checked = true;
    if (this.switch && this.switch.checked) this.draw();
  };

  Panel.prototype.choose = function () {
    if (this.switch && this.switch.checked) this.draw();
    else this.panels.capacity(this.product, null);
  };

  /** Draw this product as the casing: one at a time for each line. */
  Panel.prototype.draw = function () {
    this.panels.all.forEach((other) => {
      if (other !== this && other.switch && other.product.line === this.product.line) other.switch.checked = false;
    });
    const rate = setTo(this.product, this.values) * this.product.per_year;
    this.panels.capacity(this.product, rate, atLeast(this.product, this.values));
  };

  /** The values of the sources, and the published capacity on the map. */
  Panel.prototype.reset = function () {
    this.values = {};
    if (this.switch && this.switch.checked) {
      this.switch.checked = false;
      this.panels.capacity(this.product, null);
    }
    this.show();
  };

  /** Sends capacities to the lines of a map: the last one asked for in each frame. */
  /** @constructor @param {import('leaflet').Map} map */
  function Panels(map) {
    this.map = map;
    /** @type {Panel[]} */
    this.all = [];
    /** @type {{ [line: string]: { rate: number | null, kind: string, least: boolean } }} */
    this.asked = {};
    this.waiting = false;
    map.on('tumen:window', (/** @type {TumenEvent} */ event) => {
      this.all.forEach(function (panel) { panel.follow(event.window || null); });
    });
  }

  /** @param {Scene.WhatIf} product @param {Span} period */
  Panels.prototype.during = function (product, period) {
    const lines = T.lines(this.map);
    return T.productDuring(product, lines ? lines.pipes.concat(lines.totals) : [], period);
  };

  /** @param {Scene.WhatIf} product @param {number | null} rate @param {boolean} [least] */
  Panels.prototype.capacity = function (product, rate, least) {
    this.asked[product.line] = { rate: rate, kind: product.kind, least: Boolean(least) };
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(this.send.bind(this));
  };

  Panels.prototype.send = function () {
    const asked = this.asked, lines = this.map._tumenPipes;
    this.asked = {};
    this.waiting = false;
    if (!lines) return;
    Object.keys(asked).forEach(function (line) {
      const own = asked[line];
      lines.setCapacity(line, own.rate, own.kind, own.least);
    });
  };

  /** @param {{ products: Scene.WhatIf[] }} value */
  T.kinds.whatif = function (map, value) {
    const panels = new Panels(map);
    T.slot('whatif', map, 'What if', 'bottomleft');
    value.products.forEach(function (product) {
      /** @type {HTMLElement | null} */
      const box = document.querySelector('[data-product="' + CSS.escape(product.id) + '"]:not([data-live])');
      if (box) panels.all.push(new Panel(box, product, panels));
    });
  };
})();
