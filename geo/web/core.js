/* Shared pieces: elements without markup, blocks of data, and the register of drawable kinds. */
(function () {
  'use strict';
  const T = (window.Tumen = window.Tumen || /** @type {Tumen} */ ({}));
  const ROOMY = 700; // pixels of a map on which panels stand open
  const SVG = /** @type {const} */ ('http://www.w3.org/2000/svg');

  /** @type {(node: Element, attributes?: { [name: string]: string | number }) => void} */
  function set(node, attributes) {
    Object.entries(attributes || {}).forEach(function (pair) { node.setAttribute(pair[0], String(pair[1])); });
  }

  /** An element with text children only: values reach the page as text, never as markup. */
  T.el = function (name, attributes, children) {
    const node = document.createElement(name);
    set(node, attributes);
    const all = children === undefined ? [] : Array.isArray(children) ? children : [children];
    all.forEach(function (child) { node.append(child instanceof Node ? child : String(child)); });
    return node;
  };

  T.svg = function (name, attributes) {
    const node = document.createElementNS(SVG, name);
    set(node, attributes);
    return node;
  };

  T.block = function (id) {
    const node = document.getElementById(id);
    if (!node) throw new Error('the page holds no block ' + id);
    return node.textContent || '';
  };

  /** The value of a block of data: JSON, or the same as gzip in base64. */
  T.value = async function (id) {
    const node = document.getElementById(id);
    if (!node || node.getAttribute('type') !== 'application/gzip') return JSON.parse(T.block(id));
    if (typeof DecompressionStream !== 'function') throw new Error('this browser is too old to unpack it; open the page in a current one');
    const bytes = Uint8Array.from(atob(T.block(id)), function (letter) { return letter.charCodeAt(0); });
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).json();
  };

  T.css = function (name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  };

  /** A text as markup that shows it as typed, for Leaflet, which takes markup. */
  T.escaped = function (text) { return T.el('i', {}, text).innerHTML; };

  /** A node of ours in a corner of the map: what is done to it is not done to the map. */
  T.corner = function (map, position, node) {
    const control = new L.Control({ position: position });
    control.onAdd = function () {
      L.DomEvent.disableClickPropagation(node);
      L.DomEvent.disableScrollPropagation(node);
      return node;
    };
    control.addTo(map);
  };

  /** @type {(selector: string) => HTMLElement | null} */
  function find(selector) { return document.querySelector(selector); }

  /** A box that opens and shuts on a map, open where there is room; labels keep out of its way. */
  T.fold = function (map, name, title, children) {
    const box = T.el('details', { class: name }, [T.el('summary', {}, title), ...children]);
    box.open = map.getSize().x >= ROOMY;
    box.addEventListener('toggle', function () { if (map._tumenLabels) map._tumenLabels.layout(); });
    return box;
  };

  /** Where a part of the page stands: its slot in the frame, else a panel on the map itself. */
  T.slot = function (name, map, title, position) {
    const found = find('[data-slot="' + name + '"]'), part = find('[data-part="' + name + '"]');
    if (found && !(part && part.contains(found))) return found;
    const inner = part || T.el('div', { class: name, 'data-slot': name });
    inner.hidden = false;
    const box = T.fold(map, 'tumen-panel', title, [inner]);
    if (name === 'table') box.open = false;
    T.corner(map, position || 'bottomright', box);
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

  /** The letters that the page brings, if it does: words are measured with them. */
  function lettered() {
    const faces = ['400', '700'].map(function (weight) { return document.fonts.load(weight + ' 12px "Tumen Sans"'); });
    return Promise.allSettled(faces);
  }

  /** Draw a block of data on a map, after those before it: kinds register in T.kinds. */
  T.add = function (kind, map, id, layer) {
    const before = T.pending[T.pending.length - 1] || lettered();
    const work = before
      .then(function () { return T.value(id); })
      .then(function (value) { return T.kinds[kind](map, value, layer); })
      .catch(function (error) { T.fail(map, error); });
    T.pending.push(work);
    return work;
  };

  /** When everything asked for so far is drawn and seen. */
  function seen() {
    return Promise.all(T.pending).then(function () {
      return new Promise(function (resolve) {
        requestAnimationFrame(function () { requestAnimationFrame(resolve); });
      });
    });
  }

  /** Mark the document ready once everything asked for so far is drawn. */
  T.ready = function () {
    seen().then(function () { document.documentElement.dataset.ready = '1'; });
  };

  const loaded = new Promise(function (resolve) {
    if (document.readyState === 'complete') resolve(null); else addEventListener('load', resolve);
  });

  /** When the page is seen and the browser has a moment for what may come later. */
  T.settled = loaded.then(seen).then(function () {
    return new Promise(function (resolve) {
      if ('requestIdleCallback' in window) requestIdleCallback(resolve); else setTimeout(resolve, 200);
    });
  });
})();
