/* Lines in SVG: casing for capacity, core for flow, an arrowhead that stops short of the place. */
(function () {
  'use strict';
  const T = window.Tumen;
  const SHORT = 9;
  const EDGE = 1.5;
  const MITRE = 2.5;

  function lengthOf(points) {
    let sum = 0;
    for (let i = 1; i < points.length; i++) sum += points[i - 1].distanceTo(points[i]);
    return sum;
  }

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

  function normal(a, b) {
    const length = a.distanceTo(b) || 1;
    return L.point(-(b.y - a.y) / length, (b.x - a.x) / length);
  }

  /** Projected points moved to the right of travel by `px` pixels: the same at every zoom. */
  T.shifted = function (points, px) {
    if (!px || points.length < 2) return points;
    const line = L.LineUtil.simplify(points, 1.2);
    return line.map(function (p, i) {
      const before = i ? normal(line[i - 1], p) : null, after = i < line.length - 1 ? normal(p, line[i + 1]) : null;
      const one = before || after, two = after || before;
      const sum = L.point(one.x + two.x, one.y + two.y), length = Math.hypot(sum.x, sum.y);
      if (length < 1e-6) return L.point(p.x + two.x * px, p.y + two.y * px);
      const mitre = Math.min(MITRE, 2 / length) * px / length;
      return L.point(p.x + sum.x * mitre, p.y + sum.y * mitre);
    });
  };

  /* Leaflet's own polyline, moved aside, with its last pixels left for the arrowhead. */
  const Line = L.Polyline.extend({
    _project: function () {
      L.Polyline.prototype._project.call(this);
      const cut = this.options.cut || 0, shift = this.options.shift || 0;
      this._rings = this._rings.map(function (ring) { return T.shifted(ring, shift); });
      const last = this._rings.length - 1;
      if (cut && last >= 0 && lengthOf(this._rings[last]) > cut * 2.5) {
        this._rings[last] = shortened(this._rings[last], cut);
      }
      if (this._rawPxBounds) {
        const room = L.point(Math.abs(shift), Math.abs(shift));
        this._rawPxBounds = L.bounds(this._rawPxBounds.min.subtract(room), this._rawPxBounds.max.add(room));
        this._updateBounds();
      }
    },
  });

  /* A filled arrowhead at the end of a line, in pixels. */
  const Arrow = L.Path.extend({
    initialize: function (line, options) { this._line = line; L.setOptions(this, options); },
    _project: function () {
      const parts = this._line.map(function (ll) { return this._map.latLngToLayerPoint(ll); }, this);
      this._points = [];
      this._bounds = this._pxBounds = L.bounds(parts);
      if (lengthOf(parts) < this.options.cut * 2.5) return;
      const tip = shortened(T.shifted(parts, this.options.shift), SHORT), base = shortened(tip, this.options.head);
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

  function backwards(lines) {
    return lines.map(function (line) { return line.slice().reverse(); }).reverse();
  }

  function dashes(pattern) {
    if (!pattern.length) return null;
    return pattern.map(function (n) { return Math.max(1, n); }).join(' ');
  }

  const BASE = {
    pane: 'tumen-lines', interactive: false, lineCap: 'butt', lineJoin: 'round', fill: false,
    smoothFactor: 0.6,
  };

  function casing(lines, pipe, one, made) {
    const shift = one.shift;
    made.push(new Line(lines, Object.assign({}, BASE, { className: 'tumen-edge', shift: shift,
      weight: one.casing + 2 * EDGE, color: pipe.colour, dashArray: dashes(pipe.dash) })));
    made.push(new Line(lines, Object.assign({}, BASE, { className: 'tumen-casing', shift: shift,
      weight: one.casing, color: pipe.tint })));
  }

  function plain(lines, pipe, one, made) {
    made.push(new Line(lines, Object.assign({}, BASE, { className: 'tumen-halo', shift: one.shift,
      weight: one.plain + 3, color: T.css('--halo'), opacity: one.faint ? 0 : 1 })));
    made.push(new Line(lines, Object.assign({}, BASE, { className: 'tumen-plain', shift: one.shift,
      weight: one.plain, opacity: one.faint ? 0.45 : 1, color: pipe.colour, dashArray: dashes(pipe.dash) })));
  }

  /** A lane for each commodity across the core, the first at its left edge. */
  function core(lines, one, cut, made) {
    let at = one.shift - one.core / 2;
    one.lanes.forEach(function (lane) {
      made.push(new Line(lines, Object.assign({}, BASE, { className: 'tumen-core', cut: cut,
        shift: one.lanes.length > 1 ? at + lane.px / 2 : one.shift, weight: lane.px,
        color: lane.colour, dashArray: dashes(one.dash) })));
      at += lane.px;
    });
    if (one.over) {
      made.push(new Line(lines, Object.assign({}, BASE, { className: 'tumen-over', cut: cut,
        shift: one.shift, weight: one.core, color: T.css('--ink'), dashArray: '1 6', opacity: 0.6 })));
    }
  }

  function arrow(lines, one, cut, head, made) {
    made.push(new Arrow(lines[lines.length - 1], Object.assign({}, BASE, {
      className: 'tumen-arrow', stroke: true, weight: 1, color: T.css('--halo'), shift: one.shift,
      fill: true, fillColor: one.lanes[0].colour, fillOpacity: 1,
      cut: cut, head: head, half: Math.max(6, one.core * 0.75),
    })));
  }

  /** Leaflet layers of one line in its state, the lowest first. */
  function layers(pipe, strokes) {
    const made = [], forward = pipe.parts.map(flip);
    strokes.forEach(function (one) {
      const lines = one.reverse ? backwards(forward) : forward;
      const head = Math.max(11, (one.core || 0) * 1.1), cut = one.arrow ? SHORT + head * 0.8 : 0;
      if (one.casing !== null) casing(lines, pipe, one, made);
      else if (one.core === null) plain(lines, pipe, one, made);
      if (one.core !== null) core(lines, one, cut, made);
      if (one.arrow && lines.length) arrow(lines, one, cut, head, made);
    });
    return made;
  }

  function widest(strokes) {
    return strokes.reduce(function (sum, s) { return sum + Math.max(s.casing || 0, s.core || 0, s.plain || 0); }, 0);
  }

  function label(lines, pipe, strokes) {
    const words = lines.label(pipe), unknown = words === '?';
    const amount = strokes.some(function (s) { return s.core !== null; });
    return {
      id: pipe.id, text: words, cls: unknown ? 'label-unknown' : 'label-flow', colour: pipe.colour, pad: unknown ? 2 : 5,
      along: flip(pipe.parts.reduce(function (a, b) { return b.length > a.length ? b : a; }, [])),
      on: unknown, priority: unknown ? 350 : amount ? 1000 : 680,
      font: '600 13px ' + T.css('--font'), height: unknown ? 16 : 20, reach: 6 + widest(strokes) / 2,
      far: unknown ? [0] : [8, 24, 44, 70],
    };
  }

  function Painter(map, lines) {
    this.map = map;
    this.lines = lines;
    this.groups = {};
    this.hits = {};
    this.corridors = {};
    ['tumen-lines', 'tumen-hits'].forEach(function (name, n) {
      if (map.getPane(name)) return;
      map.createPane(name).style.zIndex = String(410 + n);
    });
    map.getPane('tumen-lines').style.pointerEvents = 'none';
  }

  Painter.prototype.build = function (root) {
    this.lines.pipes.forEach(function (pipe) {
      const group = this.groups[pipe.id] = L.layerGroup();
      const hit = this.hits[pipe.id] = new Line(pipe.parts.map(flip), {
        pane: 'tumen-hits', className: 'tumen-hit', weight: 14, color: pipe.colour, opacity: 0,
        fill: false, lineCap: 'round',
      });
      hit.on('click', function (event) { this.open(pipe, event.latlng); }, this);
      hit.on('add', function () { this.reach(pipe, hit); }, this);
      const parent = this.corridors[pipe.corridor] || (this.corridors[pipe.corridor] = L.layerGroup().addTo(root));
      parent.addLayer(group).addLayer(hit);
    }, this);
  };

  /** Draw every line anew in its present state; small ones lie on top of large ones. */
  Painter.prototype.draw = function () {
    const widths = {}, labels = [], obstacles = [];
    this.lines.pipes.forEach(function (pipe) {
      const strokes = this.lines.strokes(pipe, this.lines.state(pipe));
      const group = this.groups[pipe.id].clearLayers();
      layers(pipe, strokes).forEach(function (layer) { group.addLayer(layer); });
      const px = widths[pipe.id] = widest(strokes);
      this.mark(pipe, group);
      this.aim(pipe, strokes, px);
      if (this.hits[pipe.id].getElement()) this.say(pipe, this.hits[pipe.id].getElement());
      if (px > 5) pipe.parts.forEach(function (part) { obstacles.push({ id: pipe.id, latlngs: flip(part), half: px / 2 + 1 }); });
      if (this.lines.label(pipe) && this.map.hasLayer(group)) labels.push(label(this.lines, pipe, strokes));
    }, this);
    this.lines.pipes.slice().sort(function (a, b) {
      return (b.context - a.context) || widths[b.id] - widths[a.id];
    }).forEach(function (pipe) {
      this.groups[pipe.id].eachLayer(function (layer) { if (layer._map) layer.bringToFront(); });
    }, this);
    const manager = T.labels(this.map);
    manager.lines = obstacles;
    manager.set('flows', labels);
    T.samples(this.lines);
  };

  /** The area that answers to pointer and keyboard lies where the line is drawn. */
  Painter.prototype.aim = function (pipe, strokes, px) {
    const hit = this.hits[pipe.id], one = strokes[0];
    hit.options.shift = strokes.length > 1 ? 0 : one.reverse ? -one.shift : one.shift;
    hit.setStyle({ weight: Math.max(14, px + 8) });
    if (hit._map) hit._reset();
  };

  Painter.prototype.mark = function (pipe, group) {
    group.eachLayer(function (layer) {
      const node = layer.getElement && layer.getElement();
      if (!node) return;
      node.dataset.pipe = pipe.id;
      node.style.setProperty('--own', pipe.colour);
    });
  };

  Painter.prototype.say = function (pipe, path) {
    path.setAttribute('aria-label', this.lines.announce(pipe));
  };

  Painter.prototype.reach = function (pipe, hit) {
    const path = hit.getElement(), map = this.map, self = this;
    path.dataset.pipe = pipe.id;
    path.setAttribute('tabindex', '0');
    path.setAttribute('role', 'button');
    this.say(pipe, path);
    path.addEventListener('keydown', function (event) {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      self.open(pipe);
    });
    [['mouseover', true], ['focus', true], ['mouseout', false], ['blur', false]].forEach(function (pair) {
      path.addEventListener(pair[0], function () { T.select(map, pipe, pair[1]); });
    });
  };

  /** Open what is known of a line, at a point of it or in its middle. */
  Painter.prototype.open = function (pipe, at) {
    const drawn = this.lines.state(pipe).cores.reduce(function (all, f) { return all.concat(f.flows); }, []);
    const words = [pipe.status + ' · ' + pipe.length, this.lines.announce(pipe), pipe.note];
    const content = T.popup(pipe.title, words, T.ranked(pipe.claims, drawn), pipe.sources);
    T.openPopup(this.map, at || this.hits[pipe.id].getCenter(), content, this.hits[pipe.id].getElement());
    this.map.fire('tumen:selected', { pipe: pipe.id });
  };

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

  function rowOf(target) { return target instanceof Element ? target.closest('[data-row-pipe]') : null; }

  /** Rows light the lines they speak of: one listener for all rows, also those made later. */
  function rows(map, lines) {
    const light = function (on) {
      return function (event) {
        const row = rowOf(event.target);
        if (!row || rowOf(event.relatedTarget) === row) return;
        const own = lines.pipes.filter(function (p) {
          return p.id === row.dataset.rowPipe || p.corridor === row.dataset.rowPipe;
        });
        own.forEach(function (p) { T.select(map, p, on); });
        if (own.length > 1 && on) {
          own.forEach(function (p) {
            map.getContainer().querySelectorAll('path[data-pipe="' + CSS.escape(p.id) + '"]')
              .forEach(function (path) { path.classList.add('lit'); });
          });
        }
      };
    };
    document.addEventListener('mouseover', light(true));
    document.addEventListener('focusin', light(true));
    document.addEventListener('mouseout', light(false));
    document.addEventListener('focusout', light(false));
  }

  T.kinds.pipes = function (map, value, layer) {
    const lines = T.lines(map, value), painter = new Painter(map, lines), root = layer || L.layerGroup().addTo(map);
    painter.build(root);
    painter.draw();
    root.on('add remove', painter.draw, painter);
    rows(map, lines);
    map.on('tumen:state', painter.draw, painter);
    map.on('tumen:open', function (event) {
      const pipe = lines.byId[event.pipe] || lines.pipes.find(function (p) { return p.corridor === event.pipe; });
      if (!pipe || !painter.hits[pipe.id]) return;
      map.fitBounds(painter.hits[pipe.id].getBounds(), { maxZoom: map.getZoom(), animate: false });
      painter.open(pipe);
    });
    map._tumenPipes = lines;
    map._tumenCorridors = Object.assign(map._tumenCorridors || {}, painter.corridors);
  };
})();
