/* Lists of layers in groups and as a tree. */
(function () {
  'use strict';
  const T = window.Tumen, F = T.foreign, make = F.make;

  /** @type {Fn} */
  function box(map, layer, name, exclusive) {
    const input = T.el('input', { type: exclusive ? 'radio' : 'checkbox', class: 'leaflet-control-layers-selector' });
    if (exclusive) input.name = exclusive;
    const words = T.el('span', {}, ' ');
    words.append.apply(words, F.nodes(name));
    const label = T.el('label', {}, [input, words]);
    input.checked = map.hasLayer(layer);
    return { node: label, input: input, layer: layer };
  }

  /** Put every layer on the map whose box is ticked, and off where it is not. @type {Fn} */
  function obey(map, boxes) {
    boxes.forEach(function (/** @type {any} */ one) {
      const on = map.hasLayer(one.layer);
      if (one.input.checked && !on) map.addLayer(one.layer);
      if (!one.input.checked && on) map.removeLayer(one.layer);
    });
  }

  /** @type {Fn} */
  function shell(options, fill) {
    return F.control(Object.assign({ position: 'topright' }, options), function (/** @type {L.Map} */ map) {
      const list = T.el('section', { class: 'leaflet-control-layers-list' });
      fill(map, list);
      const node = T.el('div', { class: 'leaflet-control-layers leaflet-control foreign-layers', 'aria-haspopup': 'true' });
      const link = T.el('a', { class: 'leaflet-control-layers-toggle', href: '#', title: 'Layers', role: 'button' });
      /** @type {Fn} */
      const open = function (on) { node.classList.toggle('leaflet-control-layers-expanded', on); };
      L.DomEvent.on(link, 'click', function (e) { L.DomEvent.stop(e); open(true); });
      if (options.collapsed === false) open(true); else {
        node.addEventListener('mouseenter', function () { open(true); });
        node.addEventListener('mouseleave', function () { open(false); });
        map.on('click', function () { open(false); });
      }
      node.append(link, list);
      return node;
    });
  }

  let groups = 0;

  make.groupedLayers = function (args) {
    const options = args[2] || {};
    const exclusive = /** @type {any[]} */ ([]).concat(options.exclusiveGroups || []);
    return shell(options, function (/** @type {L.Map} */ map, /** @type {HTMLElement} */ list) {
      /** @type {any[]} */
      const boxes = [];
      args[1].forEach(function (/** @type {any} */ group) {
        const one = exclusive.indexOf(group[2]) >= 0 ? 'foreign-group-' + groups++ : '';
        const title = T.el('span', { class: 'leaflet-control-layers-group-name' });
        title.append.apply(title, F.nodes(group[0]));
        const part = T.el('div', { class: 'leaflet-control-layers-group' }, [title]);
        group[1].forEach(function (/** @type {any} */ pair) {
          const made = box(map, pair[1], pair[0], one);
          made.input.addEventListener('change', function () { obey(map, boxes); });
          boxes.push(made);
          part.append(made.node);
        });
        list.append(part);
      });
      map.on('layeradd layerremove', function () {
        boxes.forEach(function (made) { made.input.checked = map.hasLayer(made.layer); });
      });
    });
  };

  make.treeLayers = function (args) {
    const options = args[2] || {};
    return shell(options, function (/** @type {L.Map} */ map, /** @type {HTMLElement} */ list) {
      /** @type {any[]} */
      const boxes = [];
      [args[0], args[1]].forEach(function (tree, over) {
        [].concat(tree || []).forEach(function (node) { list.append(branch(map, node, boxes, !over)); });
      });
      boxes.forEach(function (made) { made.input.addEventListener('change', function () { obey(map, boxes); }); });
    });
  };

  /** @type {Fn} */
  function branch(map, node, boxes, base) {
    const name = node.label === undefined ? '' : node.label;
    const below = /** @type {any[]} */ (node.children || []);
    if (!below.length && node.layer) {
      const made = box(map, node.layer, name, base || node.radioGroup ? 'foreign-tree-' + (node.radioGroup || 'base') : '');
      boxes.push(made);
      return made.node;
    }
    const summary = T.el('summary', {});
    summary.append.apply(summary, F.nodes(name));
    const part = T.el('details', { class: 'foreign-branch' }, [summary]);
    part.open = !node.collapsed;
    /** @type {any[]} */
    const own = [];
    const inner = below.map(function (child) { return branch(map, child, own, base); });
    if (node.selectAllCheckbox) summary.prepend(every(map, own, node.selectAllCheckbox));
    inner.forEach(function (one) { part.append(one); });
    boxes.push.apply(boxes, own);
    return part;
  }

  /** One box for all of a branch. @type {Fn} */
  function every(map, boxes, title) {
    const words = typeof title === 'string' ? title : 'all';
    const input = T.el('input', { type: 'checkbox', class: 'leaflet-control-layers-selector', title: words, 'aria-label': words });
    input.checked = boxes.every(function (/** @type {any} */ made) { return made.input.checked; });
    input.addEventListener('change', function () {
      boxes.forEach(function (/** @type {any} */ made) { made.input.checked = input.checked; });
      obey(map, boxes);
    });
    return input;
  }
})();
