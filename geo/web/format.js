/* Figures in words, as geo/scene/words.py says them. */
(function () {
  'use strict';
})();
