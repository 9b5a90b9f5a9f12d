/* Lines in SVG: casing for capacity, core for flow, an arrowhead that stops short of the place. */
(function () {
  'use strict';
  const T = window.Tumen;
  const SHORT = 9;
  const EDGE = 1.5;
  const MITRE = 2.5;
  const CALM = 1.2; // pixels a line may stray, whatever its shift: lanes lie true in their casing

  /** @typedef {import('leaflet').Point} Point */
  /** @typedef {import('leaflet').Path} Path */
  /** @typedef {[number, number][]} LatLons */

  /** @type {(points: Point[]) => number} */
  function lengthOf(points) {
    let sum = 0;
    for (let i = 1; i < points.length; i++) sum += points[i - 1].distanceTo(points[i]);
    return sum;
  }

  /** Cut `px` pixels off the end of projected points, so that the line stops before its place. @type {(points: Point[], px: number) => Point[]} */
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

  /** @type {(a: Point, b: Point) => Point} */
  function normal(a, b) {
    const length = a.distanceTo(b) || 1;
    return L.point(-(b.y - a.y) / length, (b.x - a.x) / length);
  }

  /** @type {(points: Point[]) => Point[]} */
  function calm(points) { return L.LineUtil.simplify(points, CALM); }

  /** Projected points moved to the right of travel by `px` pixels: the same at every zoom. */
  T.shifted = function (points, px) {
    if (!px || points.length < 2) return points;
    const line = calm(points);
    return line.map(function (p, i) {
      const before = i ? normal(line[i - 1], p) : null, after = i < line.length - 1 ? normal(p, line[i + 1]) : null;
      const one = before || after, two = after || before;
      if (!one || !two) return p;
      const sum = L.point(one.x + two.x, one.y + two.y), length = Math.hypot(sum.x, sum.y);
      if (length < 1e-6) return L.point(p.x + two.x * px, p.y + two.y * px);
      const mitre = Math.min(MITRE, 2 / length) * px / length;
      return L.point(p.x + sum.x * mitre, p.y + sum.y * mitre);
    });
  };

  /**
   * Leaflet's own polyline, moved aside, with its last pixels left for the arrowhead.
   * @type {new (lines: LatLons | LatLons[], options: PipeLine['options']) => PipeLine}
   */
  const Line = L.Polyline.extend(/** @satisfies {Inside<PipeLine>} */ ({
    _project: function () {
      L.Polyline.prototype._project.call(this);
      const cut = this.options.cut || 0, shift = this.options.shift || 0;
      this._rings = this._rings.map(function (ring) { return T.shifted(shift ? ring : calm(ring), shift); });
      const last = this._rings.length - 1;
      if (cut && last >= 0 && lengthOf(this._rings[last]) > cut * 2.5) {
        this._rings[last] = shortened(this._rings[last], cut);
      }
      const box = this._rawPxBounds;
      if (box && box.min && box.max) {
        const room = L.point(Math.abs(shift), Math.abs(shift));
        this._rawPxBounds = L.bounds(box.min.subtract(room), box.max.add(room));
        this._updateBounds();
      }
    },
  }));

  /**
   * A filled arrowhead at the end of a line, in pixels.
   * @type {new (line: LatLons, options: ArrowOptions) => Arrow}
   */
  const Head = L.Path.extend(/** @satisfies {Inside<Arrow>} */ ({
    initialize: function (line, options) { this._line = line; L.setOptions(this, options); },
    _project: function () {
      const parts = this._line.map((ll) => this._map.latLngToLayerPoint(ll));
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
  }));

  /** @type {(part: Scene.LonLat[]) => LatLons} */
  function flip(part) { return part.map(function (p) { return [p[1], p[0]]; }); }

  /** @type {(lines: LatLons[]) => LatLons[]} */
  function backwards(lines) {
    return lines.map(function (line) { return line.slice().reverse(); }).reverse();
  }

  /** @type {(pattern: number[]) => string | undefined} */
  function dashes(pattern) {
    if (!pattern.length) return undefined;
    return pattern.map(function (n) { return Math.max(1, n); }).join(' ');
  }

  /** @type {PipeLine['options']} */
  const BASE = {
    pane: 'tumen-lines', interactive: false, lineCap: 'butt', lineJoin: 'round', fill: false,
    smoothFactor: 0.6,
  };

  /** @type {(lines: LatLons[], options: PipeLine['options']) => PipeLine} */
  function line(lines, options) { return new Line(lines, Object.assign({}, BASE, options)); }

  /** @type {(lines: LatLons[], pipe: Scene.Pipe, shift: number, px: number, bare: boolean) => Path[]} */
  function casing(lines, pipe, shift, px, bare) {
    return [
      line(lines, { className: 'tumen-edge', shift: shift, weight: px + 2 * EDGE, color: pipe.colour, dashArray: bare ? dashes(pipe.dash) : undefined }),
      line(lines, { className: 'tumen-casing', shift: shift, weight: px, color: pipe.tint }),
    ];
  }

  /** @type {(lines: LatLons[], pipe: Scene.Pipe, one: Stroke) => Path[]} */
  function plain(lines, pipe, one) {
    const px = one.plain || 0;
    return [
      line(lines, { className: 'tumen-halo', shift: one.shift, weight: px + 3, color: T.css('--halo'), opacity: one.faint ? 0 : 1 }),
      line(lines, { className: 'tumen-plain', shift: one.shift, weight: px, opacity: one.faint ? 0.45 : 1,
        color: pipe.colour, dashArray: dashes(pipe.dash) }),
    ].concat(ornament(lines, pipe, one));
  }

  /** What tells the mode of a line that runs: ticks, a double line, dots in pairs. @type {(lines: LatLons[], pipe: Scene.Pipe, one: Stroke) => PipeLine[]} */
  function ornament(lines, pipe, one) {
    const own = T.rules.modes[pipe.mode];
    if (!own || one.faint || pipe.dash.length) return [];
    return [line(lines, { className: 'tumen-ornament', shift: one.shift, weight: own.width, lineCap: own.cap,
      color: own.light ? T.css('--halo') : pipe.colour, dashArray: own.dash.join(' ') || undefined })];
  }

  /** A lane for each commodity across the core, the first at its left edge. @type {(lines: LatLons[], one: Stroke, px: number, cut: number) => Path[]} */
  function core(lines, one, px, cut) {
    let at = one.shift - px / 2;
    const colour = one.lanes[0].colour;
    const below = one.rim === null ? [] : [line(lines, { className: 'tumen-rim', cut: cut, weight: one.rim, color: colour, opacity: T.rules.rim_strength, shift: one.shift })];
    const made = one.lanes.map(function (lane) {
      at += lane.px;
      return line(lines, { className: 'tumen-core', cut: cut, weight: lane.px, color: lane.colour,
        shift: one.lanes.length > 1 ? at - lane.px / 2 : one.shift });
    });
    const hole = one.hollow ? [line(lines, { className: 'tumen-hollow', cut: cut, shift: one.shift,
      weight: T.hollowPx(px), color: T.css('--halo') })] : [];
    return below.concat(made, hole, one.over ? [line(lines, { className: 'tumen-over', cut: cut, shift: one.shift,
      weight: px, color: T.css('--ink'), dashArray: '1 6', opacity: 0.6 })] : []);
  }

  /** @type {(lines: LatLons[], one: Stroke, cut: number, head: number) => Path} */
  function arrow(lines, one, cut, head) {
    return new Head(lines[lines.length - 1], Object.assign({}, BASE, {
      className: 'tumen-arrow', stroke: true, weight: 1, color: T.css('--halo'), shift: one.shift,
      fill: true, fillColor: one.lanes[0].colour, fillOpacity: 1,
      cut: cut, head: head, half: Math.max(6, (one.core || 0) * 0.75),
    }));
  }

  /** Leaflet layers of one line in its state, the lowest first. @type {(pipe: Scene.Pipe, strokes: Stroke[]) => Path[]} */
  function layers(pipe, strokes) {
    const forward = pipe.parts.map(flip);
    return strokes.flatMap(function (one) {
      const lines = one.reverse ? backwards(forward) : forward;
      const head = Math.max(11, (one.core || 0) * 1.1), cut = one.arrow ? SHORT + head * 0.8 : 0;
      const below = one.casing !== null ? casing(lines, pipe, one.shift, one.casing, one.core === null)
        : one.core === null ? plain(lines, pipe, one) : [];
      const own = one.core === null ? [] : core(lines, one, one.core, cut);
      return [...below, ...own, ...(one.arrow && lines.length ? [arrow(lines, one, cut, head)] : [])];
    });
  }

  /** @type {(strokes: Stroke[]) => number} */
  function widest(strokes) {
    return strokes.reduce(function (sum, s) { return sum + Math.max(s.casing || 0, s.core || 0, s.rim || 0, s.plain || 0); }, 0);
  }

  /** @type {(lines: Lines, pipe: Scene.Pipe, strokes: Stroke[]) => Label} */
  function label(lines, pipe, strokes) {
    const amount = strokes.some(function (s) { return s.core !== null; });
    return {
      id: pipe.id, text: lines.written(pipe), cls: 'label-flow', colour: pipe.colour, pad: 5,
      along: true, priority: amount ? 1000 : 680, keep: amount,
      font: '600 13px ' + T.css('--font'), height: 20, reach: 6 + widest(strokes) / 2, leads: T.rules.labels.leads,
    };
  }

  /** @constructor @param {import('leaflet').Map} map @param {Lines} lines */
  function Painter(map, lines) {
    this.map = map;
    this.lines = lines;
    /** @type {{ [pipe: string]: import('leaflet').LayerGroup }} */
    this.groups = {};
    /** @type {{ [pipe: string]: PipeLine }} */
    this.hits = {};
    /** @type {{ [corridor: string]: import('leaflet').LayerGroup }} */
    this.corridors = {};
    ['tumen-lines', 'tumen-hits'].forEach(function (name, n) {
      const pane = map.getPane(name) || map.createPane(name);
      pane.style.zIndex = String(410 + n);
      if (!n) pane.style.pointerEvents = 'none';
    });
    // without a margin: what answers to pointer and keyboard ends where the map ends
    this.reached = L.svg({ pane: 'tumen-hits', padding: 0 });
  }

  /** @param {import('leaflet').LayerGroup} root */
  Painter.prototype.build = function (root) {
    this.lines.pipes.forEach((pipe) => {
      const group = this.groups[pipe.id] = L.layerGroup();
      const hit = this.hits[pipe.id] = new Line(pipe.parts.map(flip), {
        pane: 'tumen-hits', renderer: this.reached, className: 'tumen-hit', weight: 14, color: pipe.colour, opacity: 0,
        fill: false, lineCap: 'round',
      });
      hit.on('click', (event) => { this.open(pipe, event.latlng); });
      hit.on('add', () => { this.reach(pipe, hit); });
      const parent = this.corridors[pipe.corridor] || (this.corridors[pipe.corridor] = L.layerGroup().addTo(root));
      parent.addLayer(group).addLayer(hit);
    });
  };

  /** Draw every line anew in its present state; small ones lie on top of large ones. */
  Painter.prototype.draw = function () {
    /** @type {{ [pipe: string]: number }} */
    const widths = {};
    /** @type {Label[]} */
    const labels = [];
    /** @type {Labels['lines']} */
    const obstacles = [];
    this.lines.pipes.forEach((pipe) => {
      const strokes = this.lines.strokes(pipe, this.lines.state(pipe));
      const group = this.groups[pipe.id].clearLayers();
      if (this.leave(pipe)) { widths[pipe.id] = 0; return; }
      layers(pipe, strokes).forEach(function (layer) { group.addLayer(layer); });
      const px = widths[pipe.id] = widest(strokes);
      this.mark(pipe, group);
      this.aim(pipe, strokes, px);
      this.say(pipe);
      if (this.map.hasLayer(group)) pipe.parts.forEach(function (part) { obstacles.push({ id: pipe.id, latlngs: flip(part), half: px / 2 + 1, ends: pipe.ends }); });
      if (this.lines.written(pipe) && this.map.hasLayer(group)) labels.push(label(this.lines, pipe, strokes));
    });
    this.lines.pipes.slice().sort(function (a, b) {
      return (Number(b.context) - Number(a.context)) || widths[b.id] - widths[a.id];
    }).forEach((pipe) => {
      this.groups[pipe.id].eachLayer((layer) => {
        if (layer instanceof L.Path && this.map.hasLayer(layer)) layer.bringToFront();
      });
    });
    const manager = T.labels(this.map);
    manager.lines = obstacles;
    manager.set('edges', (desk) => this.edges(desk));
    manager.set('flows', labels);
    T.samples(this.lines);
  };

  /** Where lines that leave the map go. @param {LabelDesk} desk @returns {Label[]} */
  Painter.prototype.edges = function (desk) {
    const map = this.map, places = map._tumenPlaces;
    if (!places) return [];
    return T.edges(desk.lines, places.seen(), desk.width, desk.height).map(function (edge) {
      const at = map.containerPointToLatLng(edge.at);
      return { text: T.edgeWords(edge, places.name), lat: at.lat, lng: at.lng, priority: 450, keep: true, cls: 'label-edge',
        font: '600 12px ' + T.css('--font'), height: 16, reach: 6, leads: T.rules.labels.leads.slice(0, 4) };
    });
  };

  /** A line of which nothing is chosen is neither drawn nor reached. @param {Scene.Pipe} pipe */
  Painter.prototype.leave = function (pipe) {
    const left = this.lines.left(pipe), parent = this.corridors[pipe.corridor], hit = this.hits[pipe.id];
    if (left) parent.removeLayer(hit); else if (!parent.hasLayer(hit)) parent.addLayer(hit);
    return left;
  };

  /** The area that answers to pointer and keyboard lies where the line is drawn. @param {Scene.Pipe} pipe @param {Stroke[]} strokes @param {number} px */
  Painter.prototype.aim = function (pipe, strokes, px) {
    const hit = this.hits[pipe.id], one = strokes[0];
    hit.options.shift = strokes.length > 1 ? 0 : one.reverse ? -one.shift : one.shift;
    hit.setStyle({ weight: Math.max(14, px + 8) });
    if (hit._map) hit._reset();
  };

  /** @param {Scene.Pipe} pipe @param {import('leaflet').LayerGroup} group */
  Painter.prototype.mark = function (pipe, group) {
    group.eachLayer(function (layer) {
      const node = layer instanceof L.Path && layer.getElement();
      if (!(node instanceof SVGElement)) return;
      node.dataset.pipe = pipe.id;
      node.style.setProperty('--own', pipe.colour);
    });
  };

  /** @param {Scene.Pipe} pipe */
  Painter.prototype.say = function (pipe) {
    const path = this.hits[pipe.id].getElement();
    if (path) path.setAttribute('aria-label', this.lines.announce(pipe));
  };

  /** @param {Scene.Pipe} pipe @param {PipeLine} hit */
  Painter.prototype.reach = function (pipe, hit) {
    const path = hit.getElement(), map = this.map, self = this;
    if (!path) return;
    path.dataset.pipe = pipe.id;
    path.setAttribute('tabindex', '0');
    path.setAttribute('role', 'button');
    this.say(pipe);
    path.addEventListener('keydown', function (event) {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      self.open(pipe);
    });
    ['mouseover', 'focus', 'mouseout', 'blur'].forEach(function (name, n) {
      path.addEventListener(name, function () { T.select(map, pipe, n < 2); });
    });
  };

  /** Open what is known of a line, at a point of it or in its middle. @param {Scene.Pipe} pipe @param {import('leaflet').LatLng} [at] */
  Painter.prototype.open = function (pipe, at) {
    const drawn = this.lines.state(pipe).cores.flatMap(function (f) { return f.flows; });
    const words = [pipe.status + ' · ' + pipe.length, this.lines.announce(pipe), pipe.note];
    const content = T.popup(pipe.title, words, T.ranked(pipe.claims, drawn), pipe.sources);
    T.openPopup(this.map, at || this.hits[pipe.id].getCenter(), content, this.hits[pipe.id].getElement());
    this.map.fire('tumen:selected', { pipe: pipe.id });
  };

  /** Light a line and its rows in the table, or put them out again. */
  T.select = function (map, pipe, on) {
    const keys = [pipe.id, pipe.corridor];
    document.querySelectorAll('[data-row-pipe]').forEach(function (row) {
      row.classList.toggle('lit', on && keys.indexOf(row.getAttribute('data-row-pipe') || '') >= 0);
    });
    map.getContainer().querySelectorAll('path[data-pipe]').forEach(function (path) {
      path.classList.toggle('lit', on && path.getAttribute('data-pipe') === pipe.id);
    });
  };

  /** @type {(target: EventTarget | null) => Element | null} */
  function rowOf(target) { return target instanceof Element ? target.closest('[data-row-pipe]') : null; }

  /** Rows light the lines they speak of: one listener for all rows, also those made later. @type {(map: import('leaflet').Map, lines: Lines) => void} */
  function rows(map, lines) {
    const light = function (/** @type {boolean} */ on) {
      return function (/** @type {MouseEvent | FocusEvent} */ event) {
        const row = rowOf(event.target);
        if (!row || rowOf(event.relatedTarget) === row) return;
        const name = row.getAttribute('data-row-pipe');
        const own = lines.pipes.filter(function (p) { return p.id === name || p.corridor === name; });
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

  /** Lines by a name: the one of that id, or those of that corridor, the one with figures first. @type {(lines: Lines, name: string) => Scene.Pipe[]} */
  function named(lines, name) {
    const told = function (/** @type {Scene.Pipe} */ p) { return lines.state(p).cores.length ? 2 : p.figures.length ? 1 : 0; };
    const one = lines.pipes.filter(function (p) { return p.id === name; });
    return one.length ? one : lines.pipes.filter(function (p) { return p.corridor === name; })
      .sort(function (a, b) { return told(b) - told(a); });
  }

  /** @param {LinesValue} value */
  T.kinds.pipes = function (map, value, layer) {
    T.lines(map, value);
    const lines = T.needLines(map), painter = new Painter(map, lines), root = layer || L.layerGroup().addTo(map);
    painter.build(root);
    painter.draw();
    root.on('add remove', painter.draw, painter);
    rows(map, lines);
    map.on('tumen:state', painter.draw, painter);
    map.on('tumen:open', function (/** @type {TumenEvent} */ event) {
      const found = named(lines, event.pipe || '');
      if (!found.length) return;
      const bounds = L.latLngBounds([]);
      found.forEach(function (pipe) { bounds.extend(painter.hits[pipe.id].getBounds()); });
      map.fitBounds(bounds, { maxZoom: map.getZoom(), animate: false });
      painter.open(found[0]);
    });
    map._tumenPipes = lines;
    map._tumenCorridors = Object.assign(map._tumenCorridors || {}, painter.corridors);
  };
})();
