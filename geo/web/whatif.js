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

  function valueOf(factor, values) { return factor.id in values ? values[factor.id] : factor.value; }

  /** The product in its own unit, with some factors set by id. */
  function setTo(product, values) {
    return T.product(product.constant,
      product.factors.map(function (f) { return valueOf(f, values); }),
      product.factors.map(function (f) { return f.divides; }));
  }

  function sign(factor, n) {
    if (!n) return factor.divides ? '÷ ' : '';
    return factor.divides ? ' ÷ ' : ' × ';
  }

  /** What moved as a share; of a capacity that is "at least" so much, at most. */
  function against(product, yearly, atLeast) {
    const held = product.held;
    if (!held) return 'what moved is not known in ' + product.kind;
    const ratio = function (rate) { return rate === null || !yearly ? null : rate / yearly; };
    const most = held.high === null ? held.rate : held.high;
    const share = T.words.share({
      utilisation: atLeast ? null : ratio(held.rate),
      utilisation_low: atLeast ? null : ratio(held.low),
      utilisation_high: ratio(atLeast ? most : held.high),
    });
    return held.said + (share || T.words.UNKNOWN) + ' of ' + held.of;
  }

  /** The product in words with some factors set by id, and what moved as a share of it. */
  T.productSentence = function (product, values) {
    const result = setTo(product, values);
    const said = product.factors.map(function (f, n) {
      const value = valueOf(f, values);
      return sign(f, n) + T.words.number(value) + (value === 1 ? f.one : f.many);
    }).join('');
    const unknown = product.factors.some(function (f) { return !f.known && !(f.id in values); });
    const could = (unknown ? 'at least ' : '') + T.words.rounded(result) + ' ' + product.unit;
    return said + product.tail + ' = ' + could + ' a ' + product.per + ' could move; ' +
      against(product, result * product.per_year, unknown) + '.';
  };

  function Panel(box, product, panels) {
    this.box = box;
    this.product = product;
    this.panels = panels;
    this.values = {};
    this.said = box.querySelector('.said');
    this.switch = box.querySelector('[role="switch"]');
    this.sliders = Array.from(box.querySelectorAll('[data-factor]'));
    box.dataset.live = '1';
    box.querySelector('.actions').hidden = false;
    box.querySelector('.actions button').addEventListener('click', this.reset.bind(this));
    if (this.switch) this.switch.addEventListener('change', this.choose.bind(this));
    this.sliders.forEach(function (slider) {
      slider.disabled = false;
      slider.addEventListener('input', this.move.bind(this, slider));
    }, this);
    this.show();
  }

  Panel.prototype.factor = function (slider) {
    return this.product.factors.find(function (f) { return f.id === slider.dataset.factor; });
  };

  /** What the sliders and the sentence say. */
  Panel.prototype.show = function () {
    this.sliders.forEach(function (slider) {
      const factor = this.factor(slider), value = valueOf(factor, this.values);
      const least = !factor.known && !(factor.id in this.values) ? 'at least ' : '';
      const words = least + (T.words.number(value) + ' ' + (value === 1 ? factor.unit_one : factor.unit)).trim();
      slider.value = String(value);
      slider.setAttribute('aria-valuetext', words);
      slider.previousElementSibling.textContent = words;
    }, this);
    const sentence = T.productSentence(this.product, this.values);
    if (this.said.textContent !== sentence) this.said.textContent = sentence;
  };

  Panel.prototype.move = function (slider) {
    const first = !Object.keys(this.values).length;
    this.values[slider.dataset.factor] = Number(slider.value);
    this.show();
    if (this.switch && first) this.switch.checked = true;
    if (this.switch && this.switch.checked) this.draw();
  };

  Panel.prototype.choose = function () {
    if (this.switch.checked) this.draw();
    else this.panels.capacity(this.product, null);
  };

  /** Draw this product as the casing: one at a time for each line. */
  Panel.prototype.draw = function () {
    this.panels.all.forEach(function (other) {
      if (other !== this && other.switch && other.product.line === this.product.line) other.switch.checked = false;
    }, this);
    this.panels.capacity(this.product, setTo(this.product, this.values) * this.product.per_year);
  };

  /** The values of the sources, and the published capacity on the map. */
  Panel.prototype.reset = function () {
    const drawn = this.switch && this.switch.checked;
    this.values = {};
    if (drawn) {
      this.switch.checked = false;
      this.panels.capacity(this.product, null);
    }
    this.show();
  };

  /** Sends capacities to the lines of a map: the last one asked for in each frame. */
  function Panels(map) {
    this.map = map;
    this.all = [];
    this.asked = {};
    this.waiting = false;
  }

  Panels.prototype.capacity = function (product, rate) {
    this.asked[product.line] = { rate: rate, kind: product.kind };
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(this.send.bind(this));
  };

  Panels.prototype.send = function () {
    const asked = this.asked, lines = this.map._tumenPipes;
    this.asked = {};
    this.waiting = false;
    if (!lines || !lines.setCapacity) return;
    Object.keys(asked).forEach(function (line) { lines.setCapacity(line, asked[line].rate, asked[line].kind); });
  };

  T.kinds.whatif = function (map, value) {
    const panels = new Panels(map);
    T.slot('whatif', map, 'What if', 'bottomleft');
    value.products.forEach(function (product) {
      const box = document.querySelector('[data-product="' + CSS.escape(product.id) + '"]:not([data-live])');
      if (box) panels.all.push(new Panel(box, product, panels));
    });
  };
})();
