/* Markers that stand close together as one circle with their number; it comes apart on zoom. */
(function () {
  'use strict';
  const T = window.Tumen, F = T.foreign, make = F.make;
  const leaflet = /** @type {any} */ (L);
  const RADIUS_PX = 80;
  const TURN = Math.PI * 2;

  /** Clusters at one zoom: each point joins the first seed within the radius. @type {Fn} */
  function clustered(points, radius) {
    const cells = new Map();
    /** @type {any[]} */
    const found = [];
    points.forEach(function (/** @type {any} */ p) {
      const cx = Math.floor(p.x / radius), cy = Math.floor(p.y / radius);
      let best = null, nearest = radius * radius;
      for (let dx = -1; dx <= 1; dx++) for (let dy = -1; dy <= 1; dy++) {
        (cells.get((cx + dx) + ',' + (cy + dy)) || []).forEach(function (/** @type {any} */ c) {
          const d = (c.x - p.x) ** 2 + (c.y - p.y) ** 2;
          if (d < nearest) { nearest = d; best = c; }
        });
      }
      if (best) { /** @type {any} */ (best).members.push(p.marker); return; }
      const made = { x: p.x, y: p.y, members: [p.marker] };
      found.push(made);
      const key = cx + ',' + cy;
      if (!cells.has(key)) cells.set(key, []);
      cells.get(key).push(made);
    });
    return found;
  }

  /** @type {Fn} */
  function middle(members) {
    let lat = 0, lng = 0;
    members.forEach(function (/** @type {any} */ m) { const at = m.getLatLng(); lat += at.lat; lng += at.lng; });
    return L.latLng(lat / members.length, lng / members.length);
  }

  /** @type {Fn} */
  function plainIcon(cluster) {
    const count = cluster.getChildCount();
    const size = count < 10 ? 'small' : count < 100 ? 'medium' : 'large';
    return F.make.divIcon([{
      html: [['div', {}, [], [['span', {}, [], [String(count)]]]]],
      className: 'marker-cluster marker-cluster-' + size, iconSize: [40, 40],
    }], {});
  }

  const Cluster = leaflet.FeatureGroup.extend(/** @type {Methods} */ ({
    initialize: function (options) {
      leaflet.FeatureGroup.prototype.initialize.call(this, []);
      L.setOptions(this, Object.assign({ maxClusterRadius: RADIUS_PX, zoomToBoundsOnClick: true, spiderfyOnMaxZoom: true, singleMarkerMode: false }, options));
      this._all = new Map();
      this._shown = L.featureGroup();
      this._legs = L.layerGroup();
    },
    addLayer: function (layer) {
      if (layer instanceof L.LayerGroup) { layer.eachLayer((one) => this.addLayer(one)); return this; }
      this._all.set(L.stamp(layer), layer);
      layer.addEventParent(this);
      if (this._map && !this._waiting) {
        this._waiting = true;
        queueMicrotask(() => { this._waiting = false; if (this._map) this._draw(); });
      }
      return this;
    },
    removeLayer: function (layer) {
      if (layer instanceof L.LayerGroup) { layer.eachLayer((one) => this.removeLayer(one)); return this; }
      this._all.delete(L.stamp(layer));
      if (this._map) this._draw();
      return this;
    },
    hasLayer: function (layer) { return !!layer && this._all.has(L.stamp(layer)); },
    getLayers: function () { return Array.from(this._all.values()); },
    eachLayer: function (act, context) { this._all.forEach((/** @type {any} */ one) => act.call(context, one)); return this; },
    clearLayers: function () { this._all.clear(); if (this._map) this._draw(); return this; },
    getBounds: function () { return L.latLngBounds(this.getLayers().map((/** @type {any} */ m) => m.getLatLng())); },
    onAdd: function (map) {
      this._shown.addTo(map);
      this._legs.addTo(map);
      map.on('zoomend moveend', this._draw, this);
      this._draw();
    },
    onRemove: function (map) {
      map.off('zoomend moveend', this._draw, this);
      this._shown.remove();
      this._legs.remove();
    },
    _zoom: function () {
      return Math.round(this._map.getZoom());
    },
    _groups: function () {
      const zoom = this._zoom(), apart = this.options.disableClusteringAtZoom;
      if (this._at === zoom && this._count === this._all.size) return this._found;
      const radius = typeof this.options.maxClusterRadius === 'number' ? this.options.maxClusterRadius : RADIUS_PX;
      const points = this.getLayers().map((/** @type {any} */ marker) => {
        const p = this._map.project(marker.getLatLng(), zoom);
        return { x: p.x, y: p.y, marker: marker };
      });
      const none = apart !== undefined && apart !== null && zoom >= apart;
      this._found = none ? points.map((/** @type {any} */ p) => ({ members: [p.marker] })) : clustered(points, Math.max(1, radius));
      this._at = zoom;
      this._count = this._all.size;
      return this._found;
    },
    _draw: function () {
      const view = this._map.getBounds().pad(0.5);
      this._shown.clearLayers();
      this._legs.clearLayers();
      this._groups().forEach((/** @type {any} */ group) => {
        const at = group.members.length > 1 ? middle(group.members) : group.members[0].getLatLng();
        if (!view.contains(at)) return;
        this._shown.addLayer(group.members.length > 1 || this.options.singleMarkerMode ? this._circle(group, at) : group.members[0]);
      });
    },
    _circle: function (group, at) {
      const icon = F.worked(this.options.iconCreateFunction, plainIcon);
      const told = { getChildCount: () => group.members.length };
      const circle = L.marker(at, { icon: icon(told), keyboard: true, title: group.members.length + ' markers' });
      circle.on('click', () => this._open(group, at));
      return circle;
    },
    _open: function (group, at) {
      const bounds = L.latLngBounds(group.members.map((/** @type {any} */ m) => m.getLatLng()));
      const most = this._map.getMaxZoom(), zoom = this._map.getBoundsZoom(bounds);
      const stuck = bounds.getNorthEast().equals(bounds.getSouthWest()) || this._zoom() >= most;
      if (stuck && this.options.spiderfyOnMaxZoom) this._spread(group, at);
      else if (this.options.zoomToBoundsOnClick) this._map.setView(bounds.getCenter(), Math.min(Math.max(zoom, this._zoom() + 1), most));
    },
    _spread: function (group, at) {
      const centre = this._map.latLngToLayerPoint(at), n = group.members.length, reach = Math.max(40, 13 * (2 + n) / TURN * 2);
      this._legs.clearLayers();
      group.members.forEach((/** @type {any} */ marker, /** @type {number} */ k) => {
        const turn = (k / n) * TURN, to = this._map.layerPointToLatLng(centre.add([reach * Math.cos(turn), reach * Math.sin(turn)]));
        this._legs.addLayer(L.polyline([at, to], { weight: 1.5, color: '#222', opacity: 0.5 }));
        const foot = L.marker(to, Object.assign({}, marker.options));
        if (marker.getPopup()) foot.bindPopup(marker.getPopup().getContent());
        if (marker.getTooltip()) foot.bindTooltip(marker.getTooltip().getContent());
        this._legs.addLayer(foot);
      });
    },
  }));

  make.cluster = function (args) { return new Cluster(args[0] || {}); };

  make.fastCluster = function (args) {
    const cluster = new Cluster(args[1] || {});
    args[0].forEach(function (/** @type {any} */ row) {
      cluster.addLayer(L.marker([row[0], row[1]], { icon: make.awesomeIcon([{}], {}) }));
    });
    return cluster;
  };

  /** A group whose markers stand in a cluster: switched on and off by itself. */
  make.subGroup = function (args) {
    const parent = args[0];
    const group = /** @type {any} */ (L.featureGroup([]));
    group.onAdd = function () { this.eachLayer(function (/** @type {any} */ one) { parent.addLayer(one); }); return this; };
    group.onRemove = function () { this.eachLayer(function (/** @type {any} */ one) { parent.removeLayer(one); }); return this; };
    group.addLayer = function (/** @type {any} */ layer) {
      this._layers[this.getLayerId(layer)] = layer;
      if (this._map) parent.addLayer(layer);
      return this;
    };
    return group;
  };
})();
