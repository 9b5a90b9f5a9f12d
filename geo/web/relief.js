/* Relief and depth: grey pictures of a pack become patterns in the page's own colours. */
(function () {
  'use strict';
  const T = window.Tumen;

  const GREY = 128; // of land neither lit nor shaded
  // The most that a colour is moved to white and to black, on a pale page and on a dark one.
  const PALE = { lit: 0.55, shaded: 0.12 }, DARK = { lit: 0.1, shaded: 0.4 };
  const DEEP = [0.17, 0.1, 0.05]; // how much of red, green and blue the deepest sea takes away
  const NONE_DEG = 2, FULL_DEG = 4; // a view narrower than the first shows none: pixels would be seen

  /** @type {(picture: HTMLImageElement) => ImageData | null} */
  function pixels(picture) {
    const canvas = T.el('canvas', { width: picture.width, height: picture.height });
    const ctx = canvas.getContext('2d');
    if (!ctx) return null;
    ctx.drawImage(picture, 0, 0);
    return ctx.getImageData(0, 0, picture.width, picture.height);
  }

  /** Read the pictures of all layers that have one; a picture that cannot be read is none. */
  T.readShades = function (layers) {
    const read = layers.filter(function (layer) { return typeof layer.meta.image === 'string'; }).map(function (layer) {
      const picture = new Image();
      picture.src = 'data:image/webp;base64,' + layer.meta.image;
      return picture.decode().then(function () { layer.shade = pixels(picture) || undefined; }, function () {});
    });
    return Promise.all(read).then(function () {});
  };

  /** How strongly relief shows in a view so many degrees wide: 0 to 1 in quarters. */
  T.reliefStrength = function (deg) {
    return Math.round(4 * Math.max(0, Math.min(1, (deg - NONE_DEG) / (FULL_DEG - NONE_DEG)))) / 4;
  };

  /** A channel (0 red, 1 green, 2 blue) of a colour as a grey of the land moves it. */
  T.reliefTint = function (value, grey, dark, strength) {
    const most = dark ? DARK : PALE;
    const lit = (grey - GREY) / (grey > GREY ? 255 - GREY : GREY) * strength;
    return lit > 0 ? value + (255 - value) * lit * most.lit : value * (1 + lit * most.shaded);
  };

  /** A channel of the sea's colour as the grey of a depth moves it. */
  T.depthTint = function (value, grey, channel, strength) {
    return value * (1 - (1 - grey / 255) * DEEP[channel] * strength);
  };

  /** @type {(colour: string) => number[]} */
  function parts(colour) {
    const ctx = T.el('canvas', { width: 1, height: 1 }).getContext('2d');
    if (!ctx) return [0, 0, 0];
    ctx.fillStyle = colour;
    ctx.fillRect(0, 0, 1, 1);
    return Array.from(ctx.getImageData(0, 0, 1, 1).data.slice(0, 3));
  }

  /** A picture in the shades of one colour. */
  T.shaded = function (shade, colour, deep, strength) {
    const canvas = T.el('canvas', { width: shade.width, height: shade.height });
    const ctx = canvas.getContext('2d');
    if (!ctx) return canvas;
    const made = ctx.createImageData(shade.width, shade.height), base = parts(colour);
    const dark = base[0] + base[1] + base[2] < 384;
    for (let i = 0; i < made.data.length; i += 4) {
      for (let c = 0; c < 3; c++) {
        const grey = shade.data[i];
        made.data[i + c] = deep ? T.depthTint(base[c], grey, c, strength) : T.reliefTint(base[c], grey, dark, strength);
      }
      made.data[i + 3] = 255;
    }
    ctx.putImageData(made, 0, 0);
    return canvas;
  };
})();
