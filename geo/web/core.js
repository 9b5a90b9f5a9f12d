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

  /** Where a part of the page stands: its slot in the frame, else a panel on the map itself. */
  T.slot = function (name, map, title, position) {
    const found = document.querySelector('[data-slot="' + name + '"]');
    const part = document.querySelector('[data-part="' + name + '"]');
    if (found && !(part && part.contains(found))) return found;
    const inner = part || T.el('div', { class: name, 'data-slot': name });
    inner.hidden = false;
    const box = T.el('details', { class: 'tumen-panel', open: '' }, [T.el('summary', {}, title), inner]);
    const Panel = L.Control.extend({
      options: { position: position || 'bottomright' },
      onAdd: function () {
        L.DomEvent.disableClickPropagation(box);
        L.DomEvent.disableScrollPropagation(box);
        return box;
      },
    });
    new Panel().addTo(map);
    return found || inner;
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
  T.add = function (kind, map, id, layer) {
    const before = T.pending[T.pending.length - 1] || Promise.resolve();
    const work = before
      .then(function () { return T.kinds[kind](map, JSON.parse(T.block(id)), layer); })
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
