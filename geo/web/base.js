/* The base map as a kind of block: packs decoded, colours from the page's style, names as labels. */
(function () {
  'use strict';
  const T = window.Tumen;

  /** @type {(borders: boolean) => BasemapColours} */
  function colours(borders) {
    return {
      sea: T.css('--sea'), land: T.css('--land'), lake: T.css('--lake'), river: T.css('--river'),
      border: borders ? T.css('--border') : 'transparent', railway: T.css('--railway'),
    };
  }

  /** @type {(item: BasemapName) => Label} */
  function label(item) {
    const country = item.kind === 'country';
    return {
      text: country ? item.text.toUpperCase() : item.text, lat: item.lat, lng: item.lng, centre: country, keep: country,
      priority: country ? 400 : 100 + Math.min(90, 8 * Math.log10(1 + item.rank)),
      cls: country ? 'label-country' : 'label-base', height: 14, reach: 3,
      font: (country ? '600 12px ' : '12px ') + T.css('--font'),
      minZoom: country ? 4 : item.rank > 500000 ? 4 : item.rank > 100000 ? 6 : item.rank > 30000 ? 8 : 9,
    };
  }

  /** The language that names are in where one is asked for: it, the one it is a kind of, English. @type {(names: Scene.Names, lang: string) => string} */
  function spoken(names, lang) {
    return [lang, lang.split('-')[0]].find(function (l) { return names[l]; }) || 'en';
  }

  /** @type {(sea: SeaName, lang: string) => Label} */
  function seaLabel(sea, lang) {
    const own = spoken(sea.names, lang);
    return {
      text: sea.names[own], lang: own, at: [[sea.lon, sea.lat], ...sea.more || []].map(function (p) { return [p[1], p[0]]; }), centre: true, keep: true, priority: 380,
      cls: 'label-sea', height: 14, reach: 3, font: 'italic 12px ' + T.css('--font'), minZoom: sea.zoom,
    };
  }

  /** @type {(country: CountryName, lang: string) => Label} */
  function countryLabel(country, lang) {
    const own = spoken(country.names, lang);
    return {
      text: country.names[own].toUpperCase(), lang: own, priority: 400, centre: true, keep: true,
      at: country.spots.map(function (p) { return [p[1], p[0]]; }),
      cls: 'label-country', height: 14, reach: 3, font: '600 12px ' + T.css('--font'), minZoom: country.zoom,
    };
  }

  /**
   * Names the page draws itself are not said twice by the base map.
   * @type {(labels: BasemapName[], own: string[]) => BasemapName[]}
   */
  function others(labels, own) {
    const known = own.map(function (name) { return name.toLowerCase(); });
    return labels.filter(function (item) { return known.indexOf(item.text.toLowerCase()) < 0; });
  }

  /** What the view alone has. @typedef {{ seas?: SeaName[], countries?: CountryName[], lang?: string, locator?: LocatorValue | null }} Seen */

  /** @param {{ packs: string[], own?: string[], attribution: string, seen?: string }} value */
  T.kinds.basemap = function (map, value) {
    return Promise.all(value.packs.map(function (id) { return T.decodePack(T.block(id), true); }))
      .then(function (packs) { return T.readShades(packs.flat()).then(function () { return packs; }); })
      .then(async function (packs) {
        /** @type {Seen} */
        const seen = value.seen ? await T.value(value.seen) : {}, seas = seen.seas || [];
        let borders = true;
        const base = new T.Basemap({
          world: packs[0], regions: packs.slice(1), colours: colours(borders), settled: T.settled,
          attribution: T.escaped(value.attribution),
        });
        base.addTo(map);
        const repaint = function () { base.setColours(colours(borders)); };
        matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaint);
        const showBorders = function (/** @type {boolean} */ on) { borders = on; repaint(); };
        const countries = seen.countries || [];
        const speaks = function (/** @type {string} */ lang) {
          return [...seas, ...countries].every(function (one) {
            return lang.split('-')[0] === 'en' || spoken(one.names, lang) !== 'en';
          });
        };
        map._tumenBase = Object.assign(base, { showBorders: showBorders, repaint: repaint, speaks: speaks });
        const ground = others(base.labels, value.own || [])
          .filter(function (item) { return item.kind !== 'country' || !countries.length; }).map(label);
        const speak = function (/** @type {string} */ lang) {
          T.labels(map).set('base', ground.concat(seas.map(function (sea) { return seaLabel(sea, lang); }),
            countries.map(function (country) { return countryLabel(country, lang); })));
        };
        speak(map.getContainer().dataset.names || seen.lang || 'en');
        map.on('tumen:speak', function (event) { speak(/** @type {any} */ (event).lang); });
        if (T.locator && seen.locator) T.locator(map, seen.locator, seen.lang || 'en');
      });
  };
})();
