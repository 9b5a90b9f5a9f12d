/* Runs the steps of a foreign map: each makes a thing our code knows, or does something to one. */
(function () {
  'use strict';
  const T = window.Tumen, F = T.foreign;
  const leaflet = /** @type {any} */ (L);

  /** A value with names put in their place: {"$": name} is a thing, {"$$": […]} an object as it is. @type {Fn} */
  function revived(value) {
    if (Array.isArray(value)) return value.map(revived);
    if (value === null || typeof value !== 'object') return value;
    if (typeof value.$ === 'string') return named(value.$);
    const pairs = value.$$ || Object.entries(value);
    return Object.fromEntries(pairs.map(function (/** @type {any} */ pair) { return [pair[0], revived(pair[1])]; }));
  }

  /** @type {Fn} */
  function named(name) {
    if (Object.prototype.hasOwnProperty.call(F.things, name)) return F.things[name];
    const found = /^L\.CRS\.(\w+)$/.exec(name);
    if (found && leaflet.CRS[found[1]]) return leaflet.CRS[found[1]];
    throw new Error('nothing is called ' + name);
  }

  /** @type {Fn} */
  function step(one) {
    const args = one.plain ? one.args : revived(one.args);
    if (one.make) {
      const maker = F.make[one.make];
      if (!maker) throw new Error('no way to make ' + one.make);
      F.things[one.id] = maker(args, one);
      return;
    }
    const thing = named(one.on), act = F.calls[one.call];
    if (!act) throw new Error('no way to ' + one.call);
    act(thing, args, one);
  }

  F.onlyMap = function () {
    return Object.values(F.things).find(function (thing) { return thing instanceof L.Map; });
  };

  /** Without a map the page itself says what failed. @type {Fn} */
  function failed(error) {
    document.body.append(T.el('p', { class: 'tumen-fault', role: 'alert' }, 'This map could not be drawn: ' + error.message));
    document.documentElement.dataset.fault = error.message;
  }

  /** Run every step in order; what fails is said on the page and the rest goes on. */
  F.start = function () {
    F.value = JSON.parse(T.block('foreign'));
    Object.assign(F.glyphs, F.value.glyphs || {});
    if (F.value.pictures) {
      delete leaflet.Icon.Default.prototype._getIconUrl;
      L.Icon.Default.mergeOptions(F.value.pictures);
    }
    F.value.steps.forEach(function (/** @type {any} */ one) {
      try { step(one); } catch (error) {
        const map = F.onlyMap();
        const said = new Error((one.make || one.call) + ': ' + /** @type {Error} */ (error).message);
        if (map) T.fail(map, said); else failed(said);
      }
    });
    const map = F.onlyMap();
    const notices = F.value.notices || [];
    // Licences and what was left out are said where a map has put its own attribution away.
    if (map && notices.length && !map.attributionControl) map.attributionControl = L.control.attribution({ prefix: false }).addTo(map);
    notices.forEach(function (/** @type {string} */ text) { map && map.attributionControl.addAttribution(text); });
    T.ready();
  };

  /** Work out a formula: a list of what to do and its parts. */
  F.formula = function (formula, given) {
    const parts = formula.slice(1), kind = formula[0];
    const work = function (/** @type {any} */ part) { return F.formula(part, given); };
    switch (kind) {
      case 'value': return parts[0];
      case 'name': return given[parts[0]];
      case 'field': { const of = work(parts[0]); return of === null || of === undefined ? undefined : own(of, parts[1]); }
      case '+': return work(parts[0]) + work(parts[1]);
      case '-': return work(parts[0]) - work(parts[1]);
      case '*': return work(parts[0]) * work(parts[1]);
      case '/': return work(parts[0]) / work(parts[1]);
      case 'object': return Object.fromEntries(parts[0].map(function (/** @type {any} */ p) { return [p[0], work(p[1])]; }));
      case 'formatNum': return L.Util.formatNum(Number(work(parts[0])), parts[1] ? work(parts[1]) : 6);
      case 'toFixed': return Number(work(parts[0])).toFixed(parts[1] ? work(parts[1]) : 0);
      case 'toLocaleString': return work(parts[0]).toLocaleString();
      case 'toString': return String(work(parts[0]));
      case 'getChildCount': return work(parts[0]).getChildCount();
      case 'point': return L.point(work(parts[0]), work(parts[1]));
      case 'divIcon': return F.make.divIcon([work(parts[0])], {});
      case 'markup': return filled(parts[0], parts[1].map(work));
      default: throw new Error('no formula ' + kind);
    }
  };

  /** Trees with values in the place of their marks. @type {Fn} */
  function filled(trees, values) {
    if (typeof trees === 'string') return trees.replace(/\ue000(\d+)\ue001/g, function (mark, n) { return n in values ? String(values[n]) : mark; });
    if (Array.isArray(trees)) return trees.map(function (/** @type {any} */ one) { return filled(one, values); });
    if (trees === null || typeof trees !== 'object') return trees;
    return Object.fromEntries(Object.entries(trees).map(function (pair) { return [pair[0], filled(pair[1], values)]; }));
  }

  /** @type {Fn} */
  function own(of, name) {
    return Object.prototype.hasOwnProperty.call(Object(of), name) ? of[name] : undefined;
  }

  /** A function from a formula, a date format or what stands in for none. */
  F.worked = function (value, fallback) {
    if (value && value.$formula) {
      return function (/** @type {any[]} */ ...args) {
        /** @type {any} */
        const given = {};
        value.$formula.names.forEach(function (/** @type {string} */ name, /** @type {number} */ n) { given[name] = args[n]; });
        return F.formula(value.$formula.value, given);
      };
    }
    if (value && value.$date) return function (/** @type {any} */ date) { return F.date(date, value.$date); };
    return fallback;
  };

  F.last = function (args) {
    const found = args.filter(function (/** @type {any} */ a) { return a && typeof a === 'object' && !Array.isArray(a); });
    return found.length ? Object.assign({}, found[found.length - 1]) : {};
  };

  // --- dates, as moment.js writes them, in the zone of the reader ---------------------------------

  const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
  const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September',
    'October', 'November', 'December'];
  /** @type {Fn} */
  const two = function (n) { return String(n).padStart(2, '0'); };
  /** @type {{ [sign: string]: (d: Date) => string | number }} */
  const SIGNS = {
    YYYY: (d) => d.getFullYear(), YY: (d) => two(d.getFullYear() % 100), MMMM: (d) => MONTHS[d.getMonth()],
    MMM: (d) => MONTHS[d.getMonth()].slice(0, 3), MM: (d) => two(d.getMonth() + 1), M: (d) => d.getMonth() + 1,
    DD: (d) => two(d.getDate()), D: (d) => d.getDate(), dddd: (d) => DAYS[d.getDay()],
    ddd: (d) => DAYS[d.getDay()].slice(0, 3), HH: (d) => two(d.getHours()), H: (d) => d.getHours(),
    hh: (d) => two(d.getHours() % 12 || 12), h: (d) => d.getHours() % 12 || 12, mm: (d) => two(d.getMinutes()),
    m: (d) => d.getMinutes(), ss: (d) => two(d.getSeconds()), s: (d) => d.getSeconds(),
    SSS: (d) => String(d.getMilliseconds()).padStart(3, '0'), A: (d) => (d.getHours() < 12 ? 'AM' : 'PM'),
    a: (d) => (d.getHours() < 12 ? 'am' : 'pm'), X: (d) => Math.floor(d.getTime() / 1000), x: (d) => d.getTime(),
  };
  const SIGN = /\[([^\]]*)\]|YYYY|YY|MMMM|MMM|MM|M|DD|D|dddd|ddd|HH|H|hh|h|mm|m|SSS|ss|s|A|a|X|x/g;

  F.date = function (date, format) {
    const at = new Date(date);
    if (isNaN(at.getTime())) return 'Invalid date';
    return String(format).replace(SIGN, function (sign, literal) {
      return literal === undefined ? String(SIGNS[sign](at)) : literal;
    });
  };
})();
