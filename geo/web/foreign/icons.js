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
  const PIN = 'M17.5 44.2L8 30C5 25.5 3 22.2 3 18A14.5 14.2 0 0 1 32 18C32 22.2 30 25.5 27 30Z';
  const SHADE = 'M17 43.5C20 38 27 32.8 33 33.2C36.5 34.2 34.5 37.5 29.5 39.5C25.5 41.2 21 42.4 17 43.5Z';

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
      pin.append(T.svg('path', { d: SHADE, fill: '#000', 'fill-opacity': 0.35 }));
      pin.append(T.svg('path', { d: PIN, fill: COLOURS[options.markerColor] || COLOURS.blue }));
      node.append(pin, placed(F.glyph(options.$glyph), options.iconColor, angle(options.extraClasses)));
    });
  };

  /** What a shape is where nothing else is said: size and the point that stands on the place, in pixels. @type {{ [name: string]: number[][] }} */
  const SHAPES = {
    circle: [[22, 22], [11, 10]], marker: [[28, 28], [14, 36]], 'circle-dot': [[2, 2], [5, 5]],
    'rectangle-dot': [[2, 2], [5, 6]], doughnut: [[15, 15], [8, 8]],
  };

  make.beautifyIcon = function (args) {
    const given = Object.assign({ borderWidth: 2, borderColor: '#1EB300', borderStyle: 'solid', textColor: '#1EB300', backgroundColor: 'white' }, args[0]);
    const shape = SHAPES[given.iconShape] || given.iconShape === 'rectangle' ? given.iconShape : 'circle', told = Boolean(args[0] && args[0].iconShape);
    const [own, foot] = shape === 'rectangle' ? [null, [0, 0]] : SHAPES[shape]; // a rectangle is as wide as what it holds
    const size = given.iconSize || own, anchor = given.iconAnchor || foot;
    const icon = L.divIcon({
      className: 'foreign-beauty foreign-' + shape, iconSize: size, iconAnchor: anchor, popupAnchor: given.popupAnchor || [0, size ? -size[1] : 0],
    });
    return drawn(icon, function (/** @type {HTMLElement} */ outer) {
      // Leaflet places the outer box by its transform: what is turned stands inside it.
      const node = shape === 'marker' ? T.el('div', { class: 'foreign-turned' }) : outer;
      if (node !== outer) outer.append(node);
      F.styled(node, [
        ['border', Number(given.borderWidth) + 'px ' + F.colour(given.borderStyle, 'solid') + ' ' + F.colour(given.borderColor, '#1EB300')],
        ['background-color', F.colour(given.backgroundColor, 'white')],
      ].concat(given.$style || []));
      if (/dot$|^doughnut$/.test(shape)) return;
      const inner = given.isAlphaNumericIcon ? T.el('div', {}, String(given.text)) : T.el('i', {}, [F.glyph(given.$glyph)]);
      const at = given.innerIconAnchor || inset(shape, told, given.isAlphaNumericIcon);
      F.styled(inner, [['color', F.colour(given.textColor, '#1EB300')], ['margin', Number(at[1]) + 'px 0 0 ' + Number(at[0]) + 'px']].concat(given.$inner || []));
      node.append(inner);
    });
  };

  /** Where the sign stands inside its shape, in pixels. @type {Fn} */
  function inset(shape, told, text) {
    if (told && shape === 'circle' && text) return [0, -1];
    return told && shape === 'marker' && !text ? [-2, 5] : [0, 3];
  }
})();
