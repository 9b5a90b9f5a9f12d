/* Marker icons with a glyph: the pin of the awesome markers and the shapes of BeautifyIcon, drawn here. */
(function () {
  'use strict';
  const T = window.Tumen, F = T.foreign, make = F.make;
  /** @type {{ [name: string]: string }} */
  const COLOURS = {
    red: '#d63e2a', darkred: '#a13336', lightred: '#ff8e7f', orange: '#f69730', beige: '#ffcb92',
    green: '#72b026', darkgreen: '#728224', lightgreen: '#bbf970', blue: '#38aadd', darkblue: '#00649f',
    lightblue: '#8adaff', purple: '#d252b9', darkpurple: '#5b396b', pink: '#ff91ea', cadetblue: '#436978',
    white: '#fbfbfb', gray: '#575757', lightgray: '#a3a3a3', black: '#303030',
  };
  const PIN = 'M17.5 45L14.6 34.2H7C3.4 34.2 1 31.8 1 28.2V7C1 3.4 3.4 1 7 1H28C31.6 1 34 3.4 34 7V28.2C34 31.8 31.6 34.2 28 34.2H20.4Z';

  /** @type {Fn} */
  function drawn(icon, draw) {
    icon.createIcon = function () {
      const node = T.el('div', {});
      icon._setIconStyles(node, 'icon');
      draw(node);
      return node;
    };
    icon.createShadow = function () { return null; };
    return icon;
  }

  /** @type {Fn} */
  function placed(glyph, colour, turn) {
    const holder = T.el('span', { class: 'foreign-mark' }, []);
    holder.append(glyph);
    if (colour) holder.style.color = colour;
    if (turn) holder.style.transform = 'rotate(' + turn + 'deg)';
    return holder;
  }

  /** The angle that the class fa-rotate-N says. @type {Fn} */
  function angle(classes) {
    const found = /fa-rotate-(\d+)/.exec(classes || '');
    return found && [90, 180, 270].indexOf(Number(found[1])) >= 0 ? Number(found[1]) : 0;
  }

  make.awesomeIcon = function (args) {
    const options = Object.assign({ markerColor: 'blue', iconColor: 'white' }, args[0]);
    const icon = L.divIcon({
      className: 'foreign-pin', iconSize: options.iconSize || [35, 45], iconAnchor: options.iconAnchor || [17, 42],
      popupAnchor: options.popupAnchor || [1, -32],
    });
    return drawn(icon, function (/** @type {HTMLElement} */ node) {
      const pin = T.svg('svg', { viewBox: '0 0 35 46', width: 35, height: 46 });
      pin.append(T.svg('ellipse', { cx: 19, cy: 43, rx: 9, ry: 3, fill: '#000', 'fill-opacity': 0.25 }));
      pin.append(T.svg('path', { d: PIN, fill: COLOURS[options.markerColor] || COLOURS.blue, stroke: '#fff', 'stroke-opacity': 0.6 }));
      node.append(pin, placed(F.glyph(options.$glyph), options.iconColor, angle(options.extraClasses)));
    });
  };

  const SHAPED = /^(?:circle|circle-dot|rectangle|rectangle-dot|doughnut|marker)$/;

  make.beautifyIcon = function (args) {
    const given = Object.assign({ iconShape: 'marker', borderWidth: 3, borderColor: '#000', textColor: '#000', backgroundColor: '#fff' }, args[0]);
    const shape = SHAPED.test(given.iconShape) ? given.iconShape : 'marker';
    const small = /dot$/.test(shape);
    const size = given.iconSize || (small ? [8, 8] : [22, 22]);
    const icon = L.divIcon({
      className: 'foreign-beauty foreign-' + shape, iconSize: size,
      iconAnchor: given.iconAnchor || (shape === 'marker' ? [size[0] / 2 + 3, size[1] + 8] : [size[0] / 2, size[1] / 2]),
      popupAnchor: given.popupAnchor || [0, -size[1]],
    });
    return drawn(icon, function (/** @type {HTMLElement} */ node) {
      node.style.border = Number(given.borderWidth) + 'px solid ' + given.borderColor;
      node.style.background = given.backgroundColor;
      node.style.color = given.textColor;
      if (small) return;
      const inner = given.isAlphaNumericIcon ? T.el('span', {}, String(given.text)) : F.glyph(given.$glyph);
      node.append(placed(inner, given.textColor, 0));
    });
  };
})();
