/* Lines: casing for capacity, core for flow, an arrowhead that stops short of the place. */
(function () {
  'use strict';
  const T = window.Tumen;
  const SHORT = 9;
  const EDGE = 1.5;

  /** Cut `px` pixels off the end of projected points, so that the line stops before its place. */
  function shortened(points, px) {
    const kept = points.slice();
    let left = px;
    while (kept.length > 1) {
      const a = kept[kept.length - 2], b = kept[kept.length - 1], length = a.distanceTo(b);
      if (length > left) {
        const k = (length - left) / length;
        kept[kept.length - 1] = L.point(a.x + (b.x - a.x) * k, a.y + (b.y - a.y) * k);
        return kept;
      }
      left -= length;
      kept.pop();
    }
    return points;
  }

  function lengthOf(points) {
    let sum = 0;
    for (let i = 1; i < points.length; i++) sum += points[i - 1].distanceTo(points[i]);
    return sum;
  }

  /* Leaflet's own polyline, with its last pixels left for the arrowhead. */
  const Line = L.Polyline.extend({
    _project: function () {
      L.Polyline.prototype._project.call(this);
      const cut = this.options.cut || 0;
      const last = this._rings.length - 1;
      if (cut && last >= 0 && lengthOf(this._rings[last]) > cut * 2.5) {
        this._rings[last] = shortened(this._rings[last], cut);
      }
    },
  });

  /* A filled arrowhead at the end of a line, in pixels. */
  const Arrow = L.Path.extend({
    initialize: function (line, options) { this._line = line; L.setOptions(this, options); },
    _project: function () {
      const parts = [];
      this._line.forEach(function (ll) { parts.push(this._map.latLngToLayerPoint(ll)); }, this);
      this._points = [];
      this._bounds = L.bounds(parts);
      this._pxBounds = this._bounds;
      if (lengthOf(parts) < this.options.cut * 2.5) return;
      const tip = shortened(parts, SHORT), base = shortened(tip, this.options.head);
      const a = base[base.length - 1], b = tip[tip.length - 1];
      const k = this.options.half / (a.distanceTo(b) || 1), dx = (b.x - a.x) * k, dy = (b.y - a.y) * k;
      this._points = [L.point(a.x - dy, a.y + dx), b, L.point(a.x + dy, a.y - dx)];
    },
    _update: function () { if (this._map) this._updatePath(); },
    _updatePath: function () {
      const d = this._points.map(function (p, i) { return (i ? 'L' : 'M') + p.x + ' ' + p.y; }).join('');
      this._renderer._setPath(this, d ? d + 'z' : 'M0 0');
    },
    _empty: function () { return !this._points.length; },
    redraw: function () { if (this._map) this._renderer._updatePath(this); return this; },
  });

  function flip(part) { return part.map(function (p) { return [p[1], p[0]]; }); }

  function dashes(pattern) {
    if (!pattern.length) return null;
    return pattern.map(function (n) { return Math.max(1, n); }).join(' ');
  }

  function announce(pipe) {
    return [pipe.title, pipe.label === '?' ? 'flow unknown' : pipe.label, pipe.basis, pipe.status]
      .filter(Boolean).join(', ');
  }

  function layers(pipe) {
    const lines = pipe.parts.map(flip), made = [];
    const head = Math.max(11, (pipe.core_px || 0) * 1.1), cut = pipe.arrow ? SHORT + head * 0.8 : 0;
    const base = { interactive: false, lineCap: 'butt', lineJoin: 'round', fill: false, smoothFactor: 0.6 };
    const add = function (cls, options) {
      made.push(new Line(lines, Object.assign({}, base, { className: cls }, options)));
    };
    if (pipe.casing_px !== null) {
      add('tumen-edge', { weight: pipe.casing_px + 2 * EDGE, color: pipe.colour, dashArray: dashes(pipe.dash) });
      add('tumen-casing', { weight: pipe.casing_px, color: pipe.tint });
    } else if (pipe.core_px === null) {
      add('tumen-halo', { weight: pipe.width_px + 3, color: T.css('--halo') });
      add('tumen-plain', { weight: pipe.width_px, color: pipe.colour, dashArray: dashes(pipe.dash) });
    }
    if (pipe.core_px !== null) {
      const dash = dashes(pipe.core_dash);
      add('tumen-core', { weight: pipe.core_px, color: pipe.colour, dashArray: dash, cut: cut });
    }
    if (pipe.over) {
      add('tumen-over', { weight: pipe.core_px, color: T.css('--ink'), dashArray: '1 6', opacity: 0.6 });
    }
    if (pipe.arrow && lines.length) {
      made.push(new Arrow(lines[lines.length - 1], {
        className: 'tumen-arrow', interactive: false, stroke: true, weight: 1, color: T.css('--halo'),
        fill: true, fillColor: pipe.colour, fillOpacity: 1,
        cut: cut, head: head, half: Math.max(6, (pipe.core_px || 0) * 0.75),
      }));
    }
    made.push(new Line(lines, {
      className: 'tumen-hit', weight: Math.max(14, (pipe.casing_px || 0) + 8), color: pipe.colour,
      opacity: 0, fill: false, lineCap: 'round',
    }));
    return made;
  }

  /** Points along a line where its label may stand: the middle first, then outwards. */
  function labelPoints(pipe) {
    const line = pipe.parts.reduce(function (a, b) { return b.length > a.length ? b : a; }, []);
    const at = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8];
    const marks = [0];
    for (let i = 1; i < line.length; i++) {
      const dx = line[i][0] - line[i - 1][0], dy = line[i][1] - line[i - 1][1];
      marks.push(marks[i - 1] + Math.hypot(dx, dy));
    }
    const total = marks[marks.length - 1];
    return at.map(function (k) {
      let i = 1;
      while (i < marks.length - 1 && marks[i] < k * total) i++;
      const span = marks[i] - marks[i - 1] || 1, t = (k * total - marks[i - 1]) / span;
      return [line[i - 1][1] + (line[i][1] - line[i - 1][1]) * t,
        line[i - 1][0] + (line[i][0] - line[i - 1][0]) * t];
    });
  }

  function label(pipe) {
    return {
      text: pipe.label, at: labelPoints(pipe), priority: pipe.label === '?' ? 350 : pipe.core_px === null ? 680 : 1000,
      cls: pipe.label === '?' ? 'label-unknown' : 'label-flow', colour: pipe.colour, pad: 5,
      font: '600 13px ' + T.css('--font'), height: 20, reach: 8 + (pipe.casing_px || 4) / 2 + 4,
      far: pipe.label === '?' ? [8] : [8, 24, 44, 70],
    };
  }

  function open(map, pipe) {
    const words = [pipe.status + ' · ' + pipe.length, pipe.note];
    return L.popup(T.popupOptions(map)).setContent(T.popup(pipe.title, words, pipe.claims, pipe.sources));
  }

  function reach(map, pipe, hit, group) {
    const path = hit.getElement();
    path.dataset.pipe = pipe.id;
    path.setAttribute('tabindex', '0');
    path.setAttribute('role', 'button');
    path.setAttribute('aria-label', announce(pipe));
    path.addEventListener('keydown', function (event) {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      open(map, pipe).setLatLng(hit.getCenter()).openOn(map);
    });
    ['mouseover', 'focus'].forEach(function (name) {
      path.addEventListener(name, function () { T.select(map, pipe, true); });
    });
    ['mouseout', 'blur'].forEach(function (name) {
      path.addEventListener(name, function () { T.select(map, pipe, false); });
    });
    group.eachLayer(function (layer) {
      const node = layer.getElement && layer.getElement();
      if (!node) return;
      node.dataset.pipe = pipe.id;
      node.style.setProperty('--own', pipe.colour);
    });
  }

  /** Light a line and its rows in the table, or put them out again. */
  T.select = function (map, pipe, on) {
    const keys = [pipe.id, pipe.corridor];
    document.querySelectorAll('[data-row-pipe]').forEach(function (row) {
      row.classList.toggle('lit', on && keys.indexOf(row.dataset.rowPipe) >= 0);
    });
    map.getContainer().querySelectorAll('path[data-pipe]').forEach(function (path) {
      path.classList.toggle('lit', on && path.dataset.pipe === pipe.id);
    });
  };

  function rows(map, pipes) {
    document.querySelectorAll('[data-row-pipe]').forEach(function (row) {
      const own = pipes.filter(function (p) {
        return p.id === row.dataset.rowPipe || p.corridor === row.dataset.rowPipe;
      });
      if (!own.length) return;
      ['mouseenter', 'focusin'].forEach(function (name) {
        row.addEventListener(name, function () { own.forEach(function (p) { T.select(map, p, true); }); });
      });
      ['mouseleave', 'focusout'].forEach(function (name) {
        row.addEventListener(name, function () { own.forEach(function (p) { T.select(map, p, false); }); });
      });
    });
  }

  T.kinds.pipes = function (map, value) {
    const byCorridor = {};
    value.pipes.slice().reverse().forEach(function (pipe) {
      const group = L.featureGroup(layers(pipe));
      const parent = byCorridor[pipe.corridor] || (byCorridor[pipe.corridor] = L.featureGroup().addTo(map));
      parent.addLayer(group);
      const hit = group.getLayers().pop();
      hit.on('click', function (event) { open(map, pipe).setLatLng(event.latlng).openOn(map); });
      hit.on('add', function () { reach(map, pipe, hit, group); });
      reach(map, pipe, hit, group);
    });
    rows(map, value.pipes);
    map._tumenCorridors = Object.assign(map._tumenCorridors || {}, byCorridor);
    value.pipes.filter(function (p) { return p.casing_px > 5 || p.core_px > 5; }).forEach(function (p) {
      p.parts.forEach(function (part) {
        T.labels(map).lines.push({ latlngs: flip(part), half: Math.max(p.casing_px, p.core_px) / 2 + 1 });
      });
    });
    const labelled = value.pipes.filter(function (p) { return p.label; });
    T.labels(map).set('flows', labelled.map(label));
  };
})();
