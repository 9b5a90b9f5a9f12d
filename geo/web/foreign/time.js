/* Maps in time: an axis with play and slider, and what follows it. */
(function () {
  'use strict';
  const T = window.Tumen, F = T.foreign, make = F.make, calls = F.calls;
  const leaflet = /** @type {any} */ (L);
  const DAY_MS = 86400000;

  /** A time of the data in milliseconds: a number is one, a text is a date. @type {Fn} */
  function moment(value) {
    if (typeof value === 'number') return value;
    const found = Date.parse(value);
    return isNaN(found) ? Number(value) : found;
  }

  /** An ISO 8601 duration added to a time, so many times. @type {Fn} */
  function later(at, period, times) {
    const found = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?$/.exec(period || 'P1D');
    const n = /** @type {number[]} */ ((found || []).slice(1).map(function (part) { return Number(part || 0); }));
    const date = new Date(at);
    date.setUTCFullYear(date.getUTCFullYear() + times * (n[0] || 0));
    date.setUTCMonth(date.getUTCMonth() + times * (n[1] || 0));
    return date.getTime() + times * (((n[2] || 0) * 7 + (n[3] || 0)) * DAY_MS + (n[4] || 0) * 3600000 + (n[5] || 0) * 60000 + (n[6] || 0) * 1000);
  }

  /** A bar with a slider, a word, and buttons; `steps` are how many stops it has. @type {Fn} */
  function bar(map, options) {
    const range = T.el('input', { type: 'range', min: 0, max: Math.max(0, options.steps - 1), step: 1, value: 0, 'aria-label': 'Time' });
    const word = T.el('output', { class: 'foreign-time-word' });
    let timer = 0, at = 0;
    /** @type {Fn} */
    const go = function (n, quiet) {
      at = Math.max(0, Math.min(options.steps - 1, n));
      range.value = String(at);
      word.textContent = options.word(at);
      if (!quiet) options.show(at);
    };
    const stop = function () { clearInterval(timer); timer = 0; play.textContent = '▶'; play.title = 'Play'; };
    const start = function () {
      play.textContent = '❚❚';
      play.title = 'Pause';
      timer = window.setInterval(function () {
        if (at >= options.steps - 1 && !options.loop) { stop(); return; }
        go(at >= options.steps - 1 ? 0 : at + 1);
      }, Math.max(20, options.every));
    };
    const play = T.el('button', { type: 'button', title: 'Play', class: 'foreign-play' }, '▶');
    play.addEventListener('click', function () { if (timer) stop(); else { if (at >= options.steps - 1) go(0); start(); } });
    const back = T.el('button', { type: 'button', title: 'Back' }, '◀'), next = T.el('button', { type: 'button', title: 'Forward' }, '▶|');
    back.addEventListener('click', function () { stop(); go(at - 1); });
    next.addEventListener('click', function () { stop(); go(at + 1); });
    range.addEventListener('input', function () { go(Number(range.value)); });
    const parts = options.buttons === false ? [word, range] : [back, play, next, word, range];
    const node = T.el('div', { class: options.cls || 'foreign-time leaflet-bar' }, parts);
    if (options.keys) {
      node.tabIndex = 0;
      map.getContainer().addEventListener('keydown', function (/** @type {KeyboardEvent} */ e) {
        if (e.key === 'ArrowRight') go(at + 1);
        if (e.key === 'ArrowLeft') go(at - 1);
      });
    }
    go(options.first || 0, options.silent);
    if (options.play && !T.reduced()) start();
    return node;
  }

  // --- Timeline and its slider ---------------------------------------------------------------------

  const Timeline = leaflet.GeoJSON.extend(/** @type {Methods} */ ({
    initialize: function (data, options) {
      leaflet.GeoJSON.prototype.initialize.call(this, null, { style: function (/** @type {any} */ f) { return (f.properties || {}).style; } });
      const interval = F.worked(options.getInterval, function (/** @type {any} */ f) { return f.properties || {}; });
      this._spans = data.features.map(function (/** @type {any} */ f) {
        const span = interval(f) || {};
        return { feature: f, start: moment(span.start), end: moment(span.end) };
      }).filter(function (/** @type {any} */ s) { return !isNaN(s.start) && !isNaN(s.end); });
      this.start = Math.min.apply(null, this._spans.map(function (/** @type {any} */ s) { return s.start; }));
      this.end = Math.max.apply(null, this._spans.map(function (/** @type {any} */ s) { return s.end; }));
      this._shownAt = new Map();
    },
    setTime: function (time) {
      this._spans.forEach((/** @type {any} */ span) => {
        const on = span.start <= time && time <= span.end, known = this._shownAt.get(span);
        if (on && !known) { const layer = leaflet.GeoJSON.geometryToLayer(span.feature, this.options); layer.feature = span.feature; layer.defaultOptions = layer.options; this.resetStyle(layer); this.addLayer(layer); this._shownAt.set(span, layer); }
        if (!on && known) { this.removeLayer(known); this._shownAt.delete(span); }
      });
    },
  }));

  make.timeline = function (args) {
    const line = new Timeline(args[0], args[1] || {});
    line.setTime(line.start);
    return line;
  };

  make.timelineSlider = function (args) {
    const options = Object.assign({ autoPlay: true, steps: 1000, duration: 10000, enablePlayback: true }, args[0]);
    /** @type {any[]} */
    const lines = [];
    const control = F.control({ position: options.position || 'bottomleft' }, function () {
      return T.el('div', { class: 'leaflet-timeline-controls' });
    });
    /** @type {Fn} */
    control.addThing = function (line) {
      lines.push(line);
      const start = moment(options.start === undefined || options.start === null ? Math.min.apply(null, lines.map((l) => l.start)) : options.start);
      const end = moment(options.end === undefined || options.end === null ? Math.max.apply(null, lines.map((l) => l.end)) : options.end);
      const steps = Math.max(2, Math.min(100000, Number(options.steps) || 1000));
      const time = function (/** @type {number} */ n) { return start + ((end - start) * n) / (steps - 1); };
      const say = F.worked(options.formatOutput, function (/** @type {number} */ t) { return new Date(t).toISOString(); });
      control.getContainer().replaceChildren(bar(control._map, {
        steps: steps, every: options.duration / steps, play: options.autoPlay, loop: false, keys: options.enableKeyboardControls,
        buttons: options.enablePlayback, word: function (/** @type {number} */ n) { return say(time(n)); },
        show: function (/** @type {number} */ n) { lines.forEach(function (one) { one.setTime(time(n)); }); },
      }));
    };
    return control;
  };
  calls.addTimelines = function (control, args) { args.forEach(function (/** @type {any} */ line) { control.addThing(line); }); };

  // --- features with times of their own ------------------------------------------------------------

  /** The times of a feature, one for each of its coordinates or one for all. @type {Fn} */
  function timesOf(feature) {
    const p = feature.properties || {};
    const found = p.coordTimes || p.times || p.linestringTimestamps || (p.time === undefined ? [] : [p.time]);
    return found.map(moment);
  }

  /** A feature as it is at a time, or null. @type {Fn} */
  function until(feature, from, to) {
    const times = timesOf(feature);
    if (!times.length) return feature;
    const inside = times.map(function (/** @type {number} */ t) { return t <= to && t >= from; });
    if (!inside.some(Boolean)) return null;
    const geometry = feature.geometry, many = Array.isArray(geometry.coordinates) && geometry.coordinates.length === times.length;
    if (!many || geometry.type === 'Polygon' || geometry.type === 'Point') return inside[0] || times.length > 1 ? feature : null;
    const kept = geometry.coordinates.filter(function (/** @type {any} */ _, /** @type {number} */ n) { return inside[n]; });
    return Object.assign({}, feature, { geometry: Object.assign({}, geometry, { coordinates: kept }) });
  }

  /** @type {Fn} */
  function point(feature, at) {
    const p = feature.properties || {};
    if (p.icon === 'circle') return L.circleMarker(at, p.iconstyle || {});
    if (p.icon === 'marker' && p.iconstyle && /^data:image\//.test(p.iconstyle.iconUrl || '')) return L.marker(at, { icon: L.icon(p.iconstyle) });
    return L.marker(at);
  }

  /** @type {Fn} */
  function bound(feature, layer) {
    const p = feature.properties || {};
    if (p.popup) layer.bindPopup(F.box(p.popup));
    if (p.tooltip) layer.bindTooltip(F.box(p.tooltip));
  }

  make.timeLayer = function (args) {
    const told = args[0], data = args[1], options = args[2] || {}, period = told.period || 'P1D';
    const features = data.type === 'FeatureCollection' ? data.features : [data];
    const all = /** @type {number[]} */ (features.flatMap(timesOf)).filter(isFinite).sort(function (a, b) { return a - b; });
    /** @type {number[]} */
    const stops = [];
    for (let n = 0; all.length && stops.length < 20000; n++) {
      const at = later(all[0], period, n);
      stops.push(at);
      if (at >= all[all.length - 1] || at === stops[stops.length - 2]) break;
    }
    const group = leaflet.geoJson(null, {
      pointToLayer: point, style: function (/** @type {any} */ f) { return (f.properties || {}).style; }, onEachFeature: bound,
    });
    const last = options.addlastPoint;
    group._foreignTime = {
      stops: stops,
      show: function (/** @type {number} */ n) {
        const to = stops[n], from = options.duration ? later(to, options.duration, -1) : -Infinity;
        group.clearLayers();
        features.forEach(function (/** @type {any} */ feature) {
          const shown = until(feature, from, to);
          if (!shown) return;
          group.addData(shown);
          if (last && /^(?:LineString|MultiPoint)$/.test(shown.geometry.type)) {
            const at = shown.geometry.coordinates[shown.geometry.coordinates.length - 1];
            group.addData(Object.assign({}, shown, { geometry: { type: 'Point', coordinates: at } }));
          }
        });
      },
    };
    group.on('add', function () { attach(group._map, group._foreignTime); });
    return group;
  };

  /** The control that is on a map moves the layer that is, whichever came first. @type {Fn} */
  function attach(map, layer) {
    if (layer) (map._foreignLayers = map._foreignLayers || []).push(layer);
    const control = map._foreignClock;
    if (!control || !map._foreignLayers) return;
    const layers = map._foreignLayers, steps = Math.max.apply(null, layers.map(function (/** @type {any} */ l) { return l.stops.length; }));
    const options = control.options, player = options.playerOptions || {};
    const longest = layers.find(function (/** @type {any} */ l) { return l.stops.length === steps; });
    control.getContainer().replaceChildren(bar(map, {
      steps: steps, every: Number(player.transitionTime) || 500, loop: player.loop, play: options.autoPlay, first: control.first ? control.first(steps) : 0,
      word: function (/** @type {number} */ n) { return longest.word ? longest.word(n) : F.date(longest.stops[n], control.format || 'YYYY-MM-DD HH:mm:ss'); },
      show: function (/** @type {number} */ n) { layers.forEach(function (/** @type {any} */ l) { l.show(Math.min(n, l.stops.length - 1)); }); },
    }));
  }

  make.timeControl = function (args) {
    const given = args.length > 2 ? args[2] : args[1], index = args.length > 2 ? args[1] : null;
    const control = F.control(Object.assign({ position: 'bottomleft' }, given), function (/** @type {any} */ map) {
      map._foreignClock = control;
      queueMicrotask(function () { attach(map, null); });
      return T.el('div', { class: 'timecontrol' });
    });
    control.format = args[0] && args[0].format;
    control.index = index;
    return control;
  };

  make.heatTime = function (args) {
    const given = (args[1] || {}).heatmapOptions || {};
    const layer = new F.Heat([], {
      apart: true, radius: Number(given.radius) || 15, blur: given.blur === undefined ? 0.85 : Number(given.blur), minOpacity: Number(given.minOpacity) || 0,
      maxOpacity: given.maxOpacity === undefined ? 0.6 : Number(given.maxOpacity), gradient: given.gradient || { 0.25: 'blue', 0.55: 'lime', 0.85: 'yellow', 1: 'red' },
    });
    layer.on('add', function () {
      const clock = layer._map._foreignClock;
      attach(layer._map, {
        stops: args[0].map(function (/** @type {any} */ _, /** @type {number} */ n) { return n; }),
        word: function (/** @type {number} */ n) { return String(clock && clock.index ? clock.index[n] : n + 1); },
        show: function (/** @type {number} */ n) { layer.setPoints(args[0][n] || []); },
      });
    });
    return layer;
  };

  // --- areas coloured by time ----------------------------------------------------------------------

  make.slider = function (args) {
    const options = args[1], stamps = options.stamps, stroke = options.stroke;
    /** @type {Fn} */
    const style = function (feature, n) {
      const own = (options.styles[String(feature.id)] || {})[stamps[n]];
      return {
        fillColor: own ? own.color : 'white', fillOpacity: own ? own.opacity : 0, color: stroke.color, weight: stroke.weight,
        opacity: stroke.opacity, dashArray: '5,5',
      };
    };
    let at = Math.max(0, Number(options.at) || 0);
    const group = leaflet.geoJson(args[0], { style: function (/** @type {any} */ f) { return style(f, at); } });
    if (options.highlight) {
      group.on('mouseover', function (/** @type {any} */ e) { e.layer.setStyle({ fillOpacity: 1 }); });
      group.on('mouseout', function (/** @type {any} */ e) { e.layer.setStyle(style(e.layer.feature, at)); });
      group.on('click', function (/** @type {any} */ e) { group._map.fitBounds(e.layer.getBounds()); });
    }
    const above = bar(null, {
      steps: stamps.length, every: 800, first: at, buttons: false, cls: 'foreign-slider',
      word: function (/** @type {number} */ n) { return F.date(Number(stamps[n]) * 1000, options.date); },
      show: function (/** @type {number} */ n) { at = n; group.setStyle(function (/** @type {any} */ f) { return style(f, at); }); },
    });
    group.on('add', function () { group._map.getContainer().before(above); });
    group.on('remove', function () { above.remove(); });
    return group;
  };
})();
