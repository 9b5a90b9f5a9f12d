/* Full screen, position of the mouse, what a click does, wheel zoom, colour scales. */
(function () {
  'use strict';
  const T = window.Tumen, F = T.foreign, make = F.make, calls = F.calls;
  const leaflet = /** @type {any} */ (L);

  /** A control of ours from its options and a function that makes its node. */
  F.control = function (options, build) {
    const control = new leaflet.Control(options);
    control.onAdd = function (/** @type {L.Map} */ map) {
      const node = build(map, control);
      L.DomEvent.disableClickPropagation(node);
      L.DomEvent.disableScrollPropagation(node);
      return node;
    };
    return control;
  };

  F.button = function (text, title, act) {
    const button = T.el('a', { href: '#', role: 'button', title: title, 'aria-label': title }, text);
    L.DomEvent.on(button, 'click', function (event) { L.DomEvent.stop(event); act(); });
    return button;
  };

  make.fullscreen = function (args) {
    const options = F.last(args);
    const enter = String(options.title || 'Full Screen'), leave = String(options.titleCancel || 'Exit Full Screen');
    return F.control(options, function (/** @type {L.Map} */ map) {
      const button = F.button('⛶', enter, function () {
        if (document.fullscreenElement) document.exitFullscreen();
        else map.getContainer().requestFullscreen().catch(function () { map.getContainer().classList.toggle('foreign-full'); map.invalidateSize(); });
      });
      document.addEventListener('fullscreenchange', function () {
        button.title = document.fullscreenElement ? leave : enter;
        map.invalidateSize();
      });
      return T.el('div', { class: 'leaflet-bar leaflet-control leaflet-control-fullscreen' }, [button]);
    });
  };

  make.mousePosition = function (args) {
    const options = Object.assign({ separator: ' : ', emptyString: 'Unavailable', numDigits: 5, prefix: '' }, F.last(args));
    /** @type {Fn} */
    const say = function (value, formatter) {
      const plain = function (/** @type {number} */ v) { return L.Util.formatNum(v, options.numDigits); };
      return textOf(String(F.worked(formatter, plain)(value)));
    };
    const control = F.control(options, function (/** @type {L.Map} */ map) {
      const node = T.el('div', { class: 'leaflet-control-mouseposition' }, String(options.emptyString));
      map.on('mousemove', function (e) {
        const given = control.options;
        const parts = [say(e.latlng.lat, given.latFormatter), say(e.latlng.wrap().lng, given.lngFormatter)];
        if (options.lngFirst) parts.reverse();
        node.textContent = options.prefix + ' ' + parts.join(options.separator);
      });
      return node;
    });
    return control;
  };

  /** @type {{ [name: string]: string }} */
  const ENTITIES = { deg: '°', nbsp: ' ', amp: '&', prime: '′', Prime: '″', lt: '<', gt: '>', quot: '"' };

  /** Words with the few signs that formatters write as entities. @type {Fn} */
  function textOf(text) {
    return text.replace(/&(\w+);/g, function (/** @type {string} */ whole, /** @type {string} */ name) { return ENTITIES[name] || whole; });
  }

  // --- clicks --------------------------------------------------------------------------------------

  calls['on:latLng'] = function (map, args) {
    map.on('click', function (/** @type {any} */ e) {
      const words = ['Latitude: ' + e.latlng.lat.toFixed(4), T.el('br', {}), 'Longitude: ' + e.latlng.lng.toFixed(4)];
      args[1].setLatLng(e.latlng).setContent(T.el('div', {}, words)).openOn(map);
    });
  };

  /** @type {Fn} */
  function at(e, digits) { return { lat: e.latlng.lat.toFixed(digits), lng: e.latlng.lng.toFixed(digits) }; }

  calls['on:clickMarker'] = function (map, args) {
    map.on('click', function (/** @type {any} */ e) {
      const marker = L.marker(e.latlng).addTo(map);
      if (marker.dragging) marker.dragging.enable();
      marker.on('dblclick', function () { map.removeLayer(marker); });
      const text = F.formula(args[1], at(e, 4));
      marker.bindPopup(T.el('div', {}, lines(String(text))));
    });
  };

  /** A text whose only markup is a break or a bold word, as lines. @type {Fn} */
  function lines(text) {
    const parts = text.split(/<br\s*\/?>/i);
    return parts.flatMap(function (/** @type {string} */ part, /** @type {number} */ n) {
      const words = part.replace(/<\/?b>/gi, '');
      return n ? [T.el('br', {}), words] : [words];
    });
  }

  calls['on:clickCopy'] = function (map, args) {
    map.on('click', function (/** @type {any} */ e) {
      const text = String(F.formula(args[1], at(e, 6)));
      const said = function () { if (args[2]) F.say(map, 'Copied to clipboard: ' + text); };
      if (navigator.clipboard) navigator.clipboard.writeText(text).then(said, said); else said();
    });
  };

  F.say = function (map, text) {
    const found = map.getContainer().querySelector('.foreign-say');
    const node = found || T.el('p', { class: 'foreign-say', role: 'status' });
    node.textContent = text;
    if (!found) map.getContainer().append(node);
  };

  calls.wheelToggle = function (map) {
    map.scrollWheelZoom.disable();
    F.control({ position: 'bottomleft' }, function () {
      const button = F.button('✥', 'Zoom with the wheel: off', function () {
        const on = !map.scrollWheelZoom.enabled();
        if (on) map.scrollWheelZoom.enable(); else map.scrollWheelZoom.disable();
        button.title = 'Zoom with the wheel: ' + (on ? 'on' : 'off');
      });
      return T.el('div', { class: 'leaflet-bar foreign-wheel' }, [button]);
    }).addTo(map);
  };

  // --- colour scales -------------------------------------------------------------------------------

  make.colourScale = function (args) {
    const value = args[1], width = value.width || 450, height = value.height || 40, inner = width - 50;
    const low = value.extent[0], high = value.extent[value.extent.length - 1];
    /** @type {Fn} */
    const x = function (v) { return high === low ? 0 : ((v - low) / (high - low)) * inner; };
    const control = F.control({ position: 'topright' }, function () {
      const svg = T.svg('svg', { class: 'foreign-scale', width: width, height: height, role: 'img', 'aria-label': value.caption });
      const group = T.svg('g', { transform: 'translate(25,16)', fill: value.colour || 'black' });
      bands(value, x).forEach(function (/** @type {any} */ b) {
        const rect = T.svg('rect', { x: b.from, width: Math.max(0, b.to - b.from), height: height - 30 });
        rect.style.fill = b.colour;
        group.append(rect);
      });
      value.ticks.forEach(function (/** @type {any} */ tick) {
        if (tick === '' || tick === null) return;
        group.append(T.svg('line', { x1: x(tick), x2: x(tick), y1: 0, y2: -1, stroke: 'currentColor' }));
        const text = T.svg('text', { x: x(tick), y: -4, 'text-anchor': 'middle' });
        text.textContent = Number(tick).toLocaleString('en', { maximumFractionDigits: 1, minimumFractionDigits: decimals(value.ticks) });
        group.append(text);
      });
      const caption = T.svg('text', { class: 'caption', y: 21 });
      caption.textContent = value.caption;
      group.append(caption);
      svg.append(group);
      const node = T.el('div', { class: 'legend leaflet-control' });
      node.append(svg);
      return node;
    });
    return control.addTo(args[0]);
  };

  /** @type {Fn} */
  function decimals(ticks) {
    return ticks.every(function (/** @type {any} */ t) { return t === '' || Number.isInteger(t); }) ? (ticks.some((/** @type {any} */ t) => Math.abs(t) < 10 && t !== '') ? 1 : 0) : 1;
  }

  /** Neighbouring bands of one colour are drawn as one. @type {Fn} */
  function bands(value, x) {
    /** @type {any[]} */
    const found = [];
    value.range.forEach(function (/** @type {string} */ colour, /** @type {number} */ n) {
      const from = n ? x(value.domain[n - 1]) : 0;
      const to = n < value.domain.length ? x(value.domain[n]) : x(value.extent[value.extent.length - 1]);
      const last = found[found.length - 1];
      if (last && last.colour === colour) last.to = to; else found.push({ from: from, to: to, colour: colour });
    });
    return found;
  }
})();
