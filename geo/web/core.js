/* Shared pieces: elements without markup, blocks of data, and the register of drawable kinds. */
(function () {
  'use strict';
  const T = (window.Tumen = window.Tumen || {});
  const SVG = 'http://www.w3.org/2000/svg';

  /** An element with text children only: values reach the page as text, never as markup. */
  T.el = function (name, attributes, children) {
    const node = document.createElement(name);
    Object.keys(attributes || {}).forEach(function (key) { node.setAttribute(key, attributes[key]); });
    [].concat(children === undefined ? [] : children).forEach(function (child) {
      node.append(child instanceof Node ? child : document.createTextNode(String(child)));
    });
    return node;
  };

  T.svg = function (name, attributes) {
    const node = document.createElementNS(SVG, name);
    Object.keys(attributes || {}).forEach(function (key) { node.setAttribute(key, attributes[key]); });
    return node;
  };

  T.block = function (id) { return document.getElementById(id).textContent; };

  T.css = function (name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  };

  T.reduced = function () { return matchMedia('(prefers-reduced-motion: reduce)').matches; };

  /** Say on the page what went wrong: a blank map is never the answer. */
  T.fail = function (map, error) {
    const words = 'This map could not be drawn in full: ' + error.message;
    const note = T.el('p', { class: 'tumen-fault', role: 'alert' }, words);
    map.getContainer().append(note);
    document.documentElement.dataset.fault = error.message;
  };

  T.kinds = {};
  T.pending = [];

  /** Draw a block of data on a map, after those before it: kinds register in T.kinds. */
  T.add = function (kind, map, id) {
    const before = T.pending[T.pending.length - 1] || Promise.resolve();
    const work = before
      .then(function () { return T.kinds[kind](map, JSON.parse(T.block(id))); })
      .catch(function (error) { T.fail(map, error); });
    T.pending.push(work);
    return work;
  };

  /** Mark the document ready once everything asked for so far is drawn. */
  T.ready = function () {
    Promise.all(T.pending).then(function () {
      requestAnimationFrame(function () {
        requestAnimationFrame(function () { document.documentElement.dataset.ready = '1'; });
      });
    });
  };
})();
