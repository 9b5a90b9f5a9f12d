/* Maps, tiles, shapes, markers, popups, groups, the list of layers: what most maps are made of. */
(function () {
  'use strict';
  const T = window.Tumen, F = T.foreign, make = F.make, calls = F.calls;
  const leaflet = /** @type {any} */ (L);
  const NONE = Object.freeze({});

  // Leaflet writes a few texts as markup; here they are trees or plain text.
  leaflet.Control.Attribution.prototype._update = /** @type {Fn} */ (function () {
    const self = /** @type {any} */ (this);
    if (!self._map) return;
    const shown = Object.keys(self._attributions).filter(function (text) { return self._attributions[text]; });
    const parts = ['Leaflet'].concat(shown);
    self._container.replaceChildren();
    parts.forEach(function (text, n) {
      if (n) self._container.append(' | ');
      const nodes = F.attributions[text] ? F.nodes(F.attributions[text]) : [document.createTextNode(text)];
      self._container.append.apply(self._container, nodes);
    });
  });
  F.attributions = {};

  /** A text that Leaflet keeps as a string and we show as a tree. @type {Fn} */
  function kept(of, trees) {
    const key = typeof trees === 'string' ? trees : textOf(trees);
    if (typeof trees !== 'string') of[key] = trees;
    return key;
  }

  /** @type {Fn} */
  function textOf(trees) {
    return F.box(trees).textContent || ' ';
  }

  const Layers = leaflet.Control.Layers;
  const addItem = Layers.prototype._addItem;
  Layers.prototype._addItem = /** @type {Fn} */ (function (item) {
    const self = /** @type {any} */ (this);
    const said = item.name;
    const label = addItem.call(self, Object.assign({}, item, { name: '' }));
    const span = label.querySelector('span span');
    span.replaceChildren(' ');
    span.append.apply(span, F.nodes(said));
    return label;
  });

  make.map = function (args) {
    const options = Object.assign({}, args[1]);
    const map = L.map(args[0], options);
    if (map.attributionControl) map.attributionControl.setPrefix('Leaflet');
    return map;
  };

  // --- the base map in the place of online tiles ---------------------------------------------------

  /** @type {Fn} */
  function ground(map) {
    if (map._foreignGround || map.options.crs !== L.CRS.EPSG3857) return;
    map._foreignGround = true;
    const work = T.kinds.basemap(map, { packs: ['foreign-world'] });
    T.pending.push(Promise.resolve(work).catch(function (error) { T.fail(map, error); }));
  }

  const Ground = leaflet.Layer.extend(/** @type {Methods} */ ({
    initialize: function (options) { L.setOptions(this, options); },
    onAdd: function (map) {
      const options = this.options;
      if (isFinite(options.maxZoom) && map.options.maxZoom === undefined) map.setMaxZoom(options.maxZoom);
      if (isFinite(options.minZoom) && map.options.minZoom === undefined) map.setMinZoom(options.minZoom);
      if (!options.over) ground(map);
    },
    onRemove: function () {},
    getAttribution: function () { return this.options.said; },
    setZIndex: function () { return this; },
    setOpacity: function () { return this; },
    bringToFront: function () { return this; },
    bringToBack: function () { return this; },
    getContainer: function () { return null; },
  }));

  make.tiles = function (args) {
    const options = Object.assign({}, F.last(args), { wms: args[0].wms });
    options.over = options.wms;
    options.said = kept(F.attributions, options.$said);
    return new Ground(options);
  };

  // --- shapes: a colour that names a file is none --------------------------------------------------

  const updateStyle = leaflet.SVG.prototype._updateStyle;
  leaflet.SVG.prototype._updateStyle = /** @type {Fn} */ (function (layer) {
    ['color', 'fillColor', 'dashArray'].forEach(function (name) {
      const value = layer.options[name];
      if (typeof value === 'string' && !F.colour(value, '')) layer.options[name] = name === 'dashArray' ? null : '#3388ff';
    });
    updateStyle.call(this, layer);
  });

  make.polyline = function (args) {
    const line = L.polyline(args[0], args[1]);
    return F.offset && args[1] && args[1].offset ? F.offset(line, args[1].offset) : line;
  };
  make.polygon = function (args) { return L.polygon(args[0], args[1]); };
  make.rectangle = function (args) { return L.rectangle(args[0], args[1]); };
  make.circle = function (args) { return L.circle(args[0], args[1]); };
  make.circleMarker = function (args) { return L.circleMarker(args[0], args[1]); };
  make.marker = function (args) { return L.marker(args[0], safeMarker(args[1])); };
  make.featureGroup = function (args) { return L.featureGroup([], args[0] || NONE); };
  make.layerGroup = function () { return L.layerGroup(); };
  make.imageOverlay = function (args) { return L.imageOverlay(args[0], args[1], args[2]); };
  make.scale = function (args) { return L.control.scale(args[0] || NONE); };
  make.zoom = function (args) {
    const options = F.last(args);
    delete options.zoomInText;
    delete options.zoomOutText;
    return L.control.zoom(options);
  };

  /** @type {Fn} */
  function safeMarker(options) {
    const made = Object.assign({}, options);
    ['title', 'alt'].forEach(function (name) { if (made[name] !== undefined) made[name] = String(made[name]); });
    return made;
  }

  make.pictureIcon = function (args) { return L.icon(args[0]); };

  /** An icon of allowed elements: the tree is built anew for each marker. */
  make.divIcon = function (args) {
    const options = Object.assign({}, args[0]), trees = options.html;
    const icon = L.divIcon(Object.assign(options, { html: '' }));
    const create = icon.createIcon;
    icon.createIcon = function (old) {
      const node = create.call(icon, old);
      if (trees !== undefined && trees !== null && trees !== false) node.append.apply(node, F.nodes(trees));
      return node;
    };
    return icon;
  };

  // --- popups and tooltips -------------------------------------------------------------------------

  make.popup = function (args) {
    const popup = L.popup(args[0] || NONE);
    popup.setContent(T.el('div', {}));
    return popup;
  };
  calls.setContent = function (popup, args) { popup.setContent(F.box(args[0])); };
  calls.bindPopup = function (thing, args) {
    if (!(args[0] instanceof L.Popup)) throw new Error('a popup that is none');
    thing.bindPopup(args[0]);
  };
  calls.openPopup = function (thing) {
    const map = thing._map;
    if (map) thing.openPopup(); else thing.once('add', function () { thing.openPopup(); });
  };
  calls.tooltip = function (thing, args) { thing.bindTooltip(F.box(args[1], args[0]), args[2] || NONE); };
  calls.openTooltip = function (thing) { thing.openTooltip(); };

  // --- what is done to things ----------------------------------------------------------------------

  calls.addTo = function (thing, args) {
    const to = args[0];
    if (to && typeof to.addThing === 'function') to.addThing(thing); else thing.addTo(to);
  };
  calls.addControl = function (map, args) { args[0].addTo(map); };
  calls.addLayer = function (group, args) { group.addLayer(args[0]); };
  calls.remove = function (thing) { thing.remove(); };
  calls.setIcon = function (marker, args) { marker.setIcon(args[0]); };
  calls.fitBounds = function (map, args) { map.fitBounds(args[0], args[1] || NONE); };
  calls.setView = function (map, args) { map.setView(args[0], args[1]); };
  calls.bringToFront = function (thing) { if (thing.bringToFront) thing.bringToFront(); };
  calls.bringToBack = function (thing) { if (thing.bringToBack) thing.bringToBack(); };
  calls.setZIndex = function (thing, args) { if (thing.setZIndex) thing.setZIndex(args[0]); };
  calls.setStyle = function (thing, args) { thing.setStyle(args[0]); };
  calls.setOption = function (thing, args) { thing.options[args[0]] = args[1]; };
  calls['on:front'] = function (map, args) { map.on(args[0], function () { args[1].forEach(front); }); };
  calls['do:front'] = function (_, args) { args[0].forEach(front); };
  /** @type {Fn} */
  function front(thing) { if (thing.bringToFront && thing._map !== null) thing.bringToFront(); }

  make.pane = function (args) {
    const pane = args[0].createPane(String(args[1]));
    return { pane: pane };
  };
  calls.paneStyle = function (thing, args) { thing.pane.style[args[0] === 'zIndex' ? 'zIndex' : 'pointerEvents'] = String(args[1]); };

  /** @type {Fn} */
  function fit(map, method, options) {
    const bounds = L.latLngBounds([]);
    map.eachLayer(function (/** @type {any} */ layer) {
      if (typeof layer.getBounds === 'function') bounds.extend(layer.getBounds());
    });
    if (bounds.isValid()) map[method === 'flyToBounds' ? 'flyToBounds' : 'fitBounds'](bounds, options);
  }
  calls['on:fit'] = function (map, args) { map.on(args[0], function () { fit(map, args[1], args[2]); }); };
  calls['do:fit'] = function (map, args) { fit(map, args[0], args[1]); };

  // --- the list of layers --------------------------------------------------------------------------

  make.layerControl = function (args) { return F.layerList(args[0], args[1], args[2]); };

  /** Names may be trees: [[name, layer], …]. */
  F.layerList = function (base, over, options) {
    const control = new leaflet.Control.Layers(null, null, options || {});
    base.forEach(function (/** @type {any} */ pair) { control.addBaseLayer(pair[1], pair[0]); });
    over.forEach(function (/** @type {any} */ pair) { control.addOverlay(pair[1], pair[0]); });
    return control;
  };
  calls.drag = function (control) { new L.Draggable(control.getContainer()).enable(); };

  calls.own = function (map, args) { T.add(args[0], args[1], args[2].id, args[3]); };

  // --- markup round the map ------------------------------------------------------------------------

  make.markup = function (args) {
    const first = document.querySelector('.folium-map');
    const nodes = F.nodes(args[1]);
    if (args[0] === 'before' && first) first.before.apply(first, nodes); else document.body.append.apply(document.body, nodes);
    return nodes;
  };
})();
