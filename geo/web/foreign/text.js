/* Texts of strangers: trees of allowed elements, built with the document's own methods. */
(function () {
  'use strict';
  const T = window.Tumen;
  const SVG = 'http://www.w3.org/2000/svg';
  const DRAWN = new Set(['svg', 'g', 'path', 'rect', 'circle', 'ellipse', 'line', 'polygon', 'polyline',
    'text', 'tspan', 'defs', 'desc']);
  const NEVER = /^(?:script|style|iframe|object|embed|link|meta|base|form|template|foreignobject|use|animate|set)$/i;
  const ATTRIBUTE = /^(?!on)[a-z][a-z0-9-]*$/i;
  const LINK = /^(?:https?:\/\/|mailto:|#)/i;
  const PICTURE = /^data:image\//i;
  const FETCHES = /url\s*\(|image-set|expression|@|\\|</i;

  /** @type {Fn} */
  function attribute(node, name, value) {
    const lower = name.toLowerCase();
    if (!ATTRIBUTE.test(name) || lower === 'style' || lower === 'srcdoc') return;
    if (lower === 'src' && !PICTURE.test(value)) return;
    if (/^(?:href|xlink:href|action|formaction)$/.test(lower) && !LINK.test(value)) return;
    node.setAttribute(name === 'viewbox' ? 'viewBox' : name, value);
    if (lower === 'href') {
      node.setAttribute('rel', 'noopener noreferrer');
      if (value[0] !== '#') node.setAttribute('target', '_blank');
    }
  }

  /** @type {Fn} */
  function build(tree, drawn) {
    if (typeof tree === 'string') return document.createTextNode(tree);
    const name = String(tree[0]);
    if (NEVER.test(name)) return document.createTextNode('');
    const inside = drawn || name === 'svg';
    const node = inside && (DRAWN.has(name) || name === 'title')
      ? document.createElementNS(SVG, name) : document.createElement(name);
    Object.entries(tree[1]).forEach(function (pair) { attribute(node, pair[0], String(pair[1])); });
    styled(node, tree[2]);
    const icon = tree[1].icon;
    if (icon) node.append(T.foreign.glyph(icon));
    tree[3].forEach(function (/** @type {any} */ child) { node.append(build(child, inside)); });
    return node;
  }

  /** @type {Fn} */
  function styled(node, styles) {
    (styles || []).forEach(function (/** @type {string[]} */ pair) {
      if (FETCHES.test(pair[1])) return;
      const important = /\s*!\s*important\s*$/i;
      node.style.setProperty(pair[0], pair[1].replace(important, ''), important.test(pair[1]) ? 'important' : '');
    });
    return node;
  }

  /** @type {Foreign} */
  const F = (T.foreign = /** @type {any} */ ({ make: {}, calls: {}, things: {}, block: {}, glyphs: {} }));
  F.styled = styled;

  /** A colour or another value of a style that asks for no file; else the fallback. @type {Fn} */
  F.colour = function (value, fallback) {
    const text = String(value === undefined || value === null ? '' : value);
    return text && !FETCHES.test(text) ? text : fallback;
  };

  /** Nodes of a tree from Python; anything else is a text. */
  F.nodes = function (trees) {
    if (!Array.isArray(trees)) return [document.createTextNode(trees === null || trees === undefined ? '' : String(trees))];
    return trees.map(function (tree) { return build(tree, false); });
  };

  F.box = function (trees, styles) {
    const node = T.el('div', {});
    node.append.apply(node, F.nodes(trees));
    return styled(node, styles);
  };

  /** A glyph as a drawing: [width, height, path, turned upside down]. */
  F.glyph = function (name) {
    const found = F.glyphs[name];
    const node = T.svg('svg', { class: 'foreign-glyph', 'aria-hidden': 'true' });
    if (!found) return node;
    node.setAttribute('viewBox', '0 0 ' + found[0] + ' ' + found[1]);
    const turn = found[3] ? 'translate(0 ' + found[3] + ') scale(1 -1)' : '';
    const path = T.svg('path', { d: found[2], fill: 'currentColor' });
    if (turn) path.setAttribute('transform', turn);
    node.append(path);
    return node;
  };
})();
