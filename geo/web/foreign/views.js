/* A second view of a map: the small one in its corner, two side by side, a curtain between layers. */
(function () {
  'use strict';
  const T = window.Tumen, F = T.foreign, make = F.make, calls = F.calls;
  const leaflet = /** @type {any} */ (L);

  calls.sync = function (map, args) {
    const other = args[0];
    map.on('move zoom', function () {
      if (map._foreignMoved || other._foreignMoving) return;
      other._foreignMoved = true;
      other.setView(map.getCenter(), map.getZoom(), { animate: false });
      other._foreignMoved = false;
    });
  };

  make.miniMap = function (args) {
    const options = Object.assign({ position: 'bottomright', width: 150, height: 150, collapsedWidth: 19, collapsedHeight: 19, zoomLevelOffset: -5, minimized: false }, args[1]);
    return F.control(options, function (/** @type {L.Map} */ map) {
      const node = T.el('div', { class: 'leaflet-control-minimap leaflet-control' });
      const screen = T.el('div', { class: 'foreign-mini' });
      node.append(screen);
      let small = !!options.minimized;
      /** @type {any} */
      let mini = null;
      const size = function () {
        node.style.width = (small ? options.collapsedWidth : options.width) + 'px';
        node.style.height = (small ? options.collapsedHeight : options.height) + 'px';
        screen.hidden = small;
        if (!small && mini) { mini.invalidateSize(); follow(); }
      };
      const level = function () {
        return options.zoomLevelFixed !== undefined && options.zoomLevelFixed !== null && options.zoomLevelFixed !== false
          ? Number(options.zoomLevelFixed) : Math.max(0, map.getZoom() + Number(options.zoomLevelOffset));
      };
      const follow = function () {
        if (!mini) return;
        mini.setView(Array.isArray(options.centerFixed) ? options.centerFixed : map.getCenter(), level(), { animate: false });
        mini._frame.setBounds(map.getBounds());
      };
      if (options.toggleDisplay) {
        const button = F.button(F.sign('M4 4L12 12M12 5V12H5', 2.4), 'Hide or show the small map', function () { small = !small; size(); });
        button.className = 'leaflet-control-minimap-toggle-display';
        node.append(button);
      }
      size();
      setTimeout(function () {
        mini = leaflet.map(screen, { attributionControl: false, zoomControl: false, dragging: !options.centerFixed, keyboard: false,
          scrollWheelZoom: false, doubleClickZoom: false, boxZoom: false, zoomSnap: 0, zoomAnimation: false, fadeAnimation: false });
        mini._frame = L.rectangle(map.getBounds(), { color: '#ff7800', weight: 1, interactive: false });
        mini.setView(map.getCenter(), level(), { animate: false });
        mini._frame.addTo(mini);
        if (args[0]) args[0].addTo(mini);
        follow();
        mini.on('dragend', function () { map.panTo(mini.getCenter()); });
        map.on('moveend', follow);
      }, 0);
      return node;
    });
  };

  /** One layer to the left of a curtain, the other to its right. */
  make.sideBySide = function (args) {
    return { addThing: null, addTo: function (/** @type {any} */ map) {
      const range = T.el('input', { type: 'range', min: 0, max: 1, step: 'any', value: 0.5, class: 'foreign-curtain', 'aria-label': 'Left or right layer' });
      map.getContainer().append(range);
      L.DomEvent.disableClickPropagation(range);
      const cut = function () {
        const at = map.getSize().x * Number(range.value), from = map.containerPointToLayerPoint([0, 0]);
        const edge = at + from.x, far = map.containerPointToLayerPoint(map.getSize());
        clip(args[0], 'rect(' + from.y + 'px,' + edge + 'px,' + far.y + 'px,' + from.x + 'px)');
        clip(args[1], 'rect(' + from.y + 'px,' + far.x + 'px,' + far.y + 'px,' + edge + 'px)');
      };
      range.addEventListener('input', cut);
      map.on('move', cut);
      [].concat(args[0], args[1]).forEach(function (layer) { if (layer) map.addLayer(layer); });
      cut();
    } };
  };

  /** @type {Fn} */
  function clip(layer, shape) {
    const node = layer && layer.getContainer && layer.getContainer();
    if (node) node.style.clip = shape;
  }
})();
