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

  /** A sign of ours for a button: outlines on a square of 16. @type {Fn} */
  F.sign = function (path, width) {
    const svg = T.svg('svg', { class: 'foreign-sign', viewBox: '0 0 16 16', fill: 'none', stroke: 'currentColor', 'stroke-width': width || 2, 'aria-hidden': 'true' });
    svg.append(T.svg('path', { d: path }));
    return [svg];
  };

  make.fullscreen = function (args) {
    const options = F.last(args);
    const enter = String(options.title || 'Full Screen'), leave = String(options.titleCancel || 'Exit Full Screen');
    return F.control(options, function (/** @type {L.Map} */ map) {
      const button = F.button(F.sign('M1.2 5.6V1.2H5.6M10.4 1.2H14.8V5.6M14.8 10.4V14.8H10.4M5.6 14.8H1.2V10.4', 2.4), enter, function () {
        if (document.fullscreenElement) document.exitFullscreen();
        else map.getContainer().requestFullscreen().catch(function () { map.getContainer().classList.toggle('foreign-full'); map.invalidateSize(); });
      });
      document.addEventListener('fullscreenchange', function () {
        button.title = document.fullscreenElement ? leave : enter;
        map.invalidateSize();
      });
      const zoom = /** @type {any} */ (map).zoomControl, own = T.el('div', { class: 'leaflet-bar leaflet-control leaflet-control-fullscreen' });
      if (zoom && options.forceSeparateButton !== true && zoom.getPosition() === (options.position || 'topright')) { zoom.getContainer().append(button); own.hidden = true; } else own.append(button);
      return own;
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
      const button = F.button(F.sign('M8 1V15M1 8H15M6 3L8 1L10 3M6 13L8 15L10 13M3 6L1 8L3 10M13 6L15 8L13 10', 1.2), 'Zoom with the wheel: off', function () {
        const on = !map.scrollWheelZoom.enabled();
        if (on) map.scrollWheelZoom.enable(); else map.scrollWheelZoom.disable();
        button.title = 'Zoom with the wheel: ' + (on ? 'on' : 'off');
      });
      return T.el('div', { class: 'leaflet-bar foreign-wheel' }, [button]);
    }).addTo(map);
  };

  /** Legends beside the map can be drawn elsewhere with the pointer. */
  make.legendDrag = function () {
    /** @type {{ node: HTMLElement, x: number, y: number } | null} */
    let held = null;
    document.addEventListener('pointerdown', function (e) {
      const node = /** @type {HTMLElement | null} */ (e.target instanceof Element ? e.target.closest('.maplegend') : null);
      if (!node) return;
      const box = node.getBoundingClientRect();
      held = { node: node, x: e.clientX - box.left, y: e.clientY - box.top };
      e.preventDefault();
    });
    document.addEventListener('pointermove', function (e) {
      if (held) F.styled(held.node, [['left', e.clientX - held.x + 'px'], ['top', e.clientY - held.y + 'px'], ['right', 'auto'], ['bottom', 'auto']]);
    });
    document.addEventListener('pointerup', function () { held = null; });
    return {};
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
        rect.style.fill = F.colour(b.colour, 'none');
        group.append(rect);
      });
      group.append(T.svg('rect', { y: -1, width: inner, height: 1, fill: 'black' }));
      const digits = decimals(high - low);
      value.ticks.forEach(function (/** @type {any} */ tick) {
        if (tick === '' || tick === null) return;
        const text = T.svg('text', { x: x(tick), y: -4, 'text-anchor': 'middle' });
        text.textContent = Number(tick).toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits });
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

  /** The digits of a scale that is cut into about ten steps of 1, 2 or 5. @type {Fn} */
  function decimals(span) {
    if (!(span > 0)) return 1;
    const power = Math.pow(10, Math.floor(Math.log10(span / 10))), rest = span / 10 / power;
    const step = power * (rest >= 7.07 ? 10 : rest >= 3.16 ? 5 : rest >= 1.41 ? 2 : 1);
    return Math.min(20, Math.max(0, -Math.floor(Math.log10(step) + 0.01)));
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
